"""Words from outside stay words in a pack, and its links lead from a row to the same row elsewhere, and only there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from sync.core.prove.workpapers import Audit
from sync.core.values.messages import say
from sync.core.values.posting import Decision
from sync.core.values.proposal import Proposal, Status
from sync.core.values.runs import Company
from tests.workbook import paper
from tests.workbook.audit.packs import LISTS, SHEETS, audit, listed, opened, pack, sheet
from workbook.xlsx.cells import visible

UNTOLD = "x005F_ literal"
"""The other reader takes the mark out of these words itself."""
HOSTILE = [
    *(words for words in paper.NASTY if words != UNTOLD),
    "-2",
    "\t=1+1",
    "\r=1+1",
    "=cmd|'/C calc'!A0",
    "http://example.net",
]
SAFE = re.compile(r"=SUBTOTAL\(10[39],\$[A-Z]+\$\d+:\$[A-Z]+\$\d+\)|=IF\(ABS\(SUM\([$A-Z0-9:]+\)-[A-Z]+\d+\)<0\.005.*")


def hostile() -> Audit:
    """Every word that comes from outside is one that a spreadsheet likes to change."""
    rows: list[Proposal] = []
    for number, words in enumerate(HOSTILE, start=1):
        said = say("{words}", words=words)
        named = {"invoice": words, "customer": words, "clearing_receipt": words, "reason": said}
        rows.append(paper.proposal(number, Status.READY if number % 2 else Status.TOTAL_DIFFERS, **named))
    of = audit(rows)
    company = Company(sage=HOSTILE[0], site="https://api-na.myconnectwise.net", manage="@acme")
    notes = {row.key: Decision(key=row.key, approve=True, note=row.customer, owner=row.customer) for row in rows}
    carried = [replace(item, note=item.row.customer, owner=item.row.customer) for item in of.held]
    return replace(of, run=replace(of.run, company=company), decisions=notes, held=carried)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack full of such words."""
    return pack(tmp_path_factory.mktemp("hostile"), hostile())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of believable rows."""
    return pack(tmp_path_factory.mktemp("pack"), audit(paper.rows(40)))


def test_words_from_outside_stay_words(attacked: Path) -> None:
    """In every column of words on every list: stored as text, to the letter.

    openpyxl takes the escape of an underscore away from shared words only, and these stand in their cells.
    """
    book = opened(attacked)
    every = [visible(words) for words in HOSTILE]
    for name, heads, expected in (
        ("20 Reconciliation", ("Invoice", "Customer", "Receipt", "Note"), every),
        ("30 Posted", ("Invoice", "Customer"), every[::2]),
        ("40 Held items", ("Invoice", "Customer", "Note", "Owner"), every[1::2]),
    ):
        shown = sheet(book, name)
        found = listed(shown)
        for head in heads:
            cells = [shown.cell(found.header + 1 + n, found.heads.index(head) + 1) for n in range(len(found.rows))]
            values = [str(cell.value).replace("_x005F_", "_") for cell in cells]
            assert (values, {cell.data_type for cell in cells}) == (expected, {"s"})


def test_the_only_formulas_are_our_own(attacked: Path) -> None:
    """Control totals and checks; nothing that came from a name."""
    formulas = {
        str(cell.value)
        for found in opened(attacked)
        for row in found.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert formulas
    assert [formula for formula in formulas if not SAFE.fullmatch(formula)] == []


def test_no_link_leads_out_of_the_workbook(attacked: Path) -> None:
    """Addresses in names are words; links are places on the pack's own sheets."""
    links = [
        cell.hyperlink for found in opened(attacked) for row in found.iter_rows() for cell in row if cell.hyperlink
    ]
    assert links
    assert {link.target for link in links} == {None}
    assert [
        link.location for link in links if not re.fullmatch(r"'(20|60) [A-Z][a-z]+'!A\d+", str(link.location))
    ] == []


def _links(shown: Worksheet) -> dict[int, tuple[str, int]]:
    """By row: the sheet and the row that its first cell leads to."""
    found = {}
    for number in range(1, shown.max_row + 1):
        link = shown.cell(number, 1).hyperlink
        if link is not None:
            place = re.fullmatch(r"'(.+)'!A(\d+)", str(link.location))
            assert place
            found[number] = (place[1], int(place[2]))
    return found


@pytest.mark.parametrize(
    ("name", "to", "by"),
    [
        ("20 Reconciliation", "60 Applications", "Key"),
        ("60 Applications", "20 Reconciliation", "Key"),
        ("30 Posted", "20 Reconciliation", "Key"),
        ("40 Held items", "20 Reconciliation", "Key"),
        ("51 Tie-out items", "20 Reconciliation", "Invoice"),
    ],
)
def test_each_link_leads_to_the_row_of_the_same_key(made: Path, name: str, to: str, by: str) -> None:
    """From the reconciliation to the first application of the invoice and back, and to it from every other list."""
    book = opened(made)
    shown, target = (sheet(book, each) for each in (name, to))
    here, there = listed(shown), listed(target)
    keys = [(name, number, here.rows[number - here.header - 1][here.heads.index(by)]) for number in _links(shown)]
    led = [
        (name, number, there.rows[row - there.header - 1][there.heads.index(by)])
        for number, (of, row) in _links(shown).items()
        if of == to
    ]
    assert keys == led
    explained = [row for row in here.rows if name != "20 Reconciliation" or row[here.heads.index("Total Sage")]]
    assert len(led) == len(explained) > 0


def test_a_link_to_the_applications_leads_to_the_first_of_them(made: Path) -> None:
    """The invoice's own line, with the receipts below it."""
    book = opened(made)
    there = listed(sheet(book, "60 Applications"))
    kinds = {there.rows[row - there.header - 1][3] for _, row in _links(sheet(book, "20 Reconciliation")).values()}
    assert kinds == {"Invoice"}


def test_a_sheet_of_another_program_shows_the_same_words(attacked: Path) -> None:
    """Every list is complete however its words look."""
    book = opened(attacked)
    counts = {name: len(listed(sheet(book, name)).rows) for name in LISTS}
    posted, held = len(HOSTILE[::2]), len(HOSTILE[1::2])
    assert (counts["20 Reconciliation"], counts["30 Posted"], counts["40 Held items"]) == (posted + held, posted, held)
    assert book.sheetnames == SHEETS
