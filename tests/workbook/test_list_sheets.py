"""The lists of the control workbook: their verdicts and empty states, what stands out in them, and their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from addin.install.build import build_workbook
from sync.core.prove.review import Review
from sync.core.values.messages import Language, Text, say
from sync.core.values.money import ZERO
from sync.core.values.proposal import Status
from sync.language.catalogues import ENGLISH, known_as, languages
from tests.workbook import paper
from tests.workbook.audit.packs import audit
from workbook.control.layout_mark import SHEETS
from workbook.control.list_sheets import HELD, LISTS, PROOF, RECEIPTS, RUNS, TIE_OUT, fitted, held_block, proof_block
from workbook.control.review_blocks import head_blocks
from workbook.look.column import CellKind
from workbook.look.statuses import LOOKS
from workbook.xlsx.cells import in_words, letters

pytestmark = pytest.mark.filterwarnings("ignore:Print area cannot be set")  # openpyxl knows no whole columns
RESERVED = {"history", "historique"}
"""What Excel calls a sheet of its own, in the languages that Tieout speaks."""


@pytest.fixture(scope="module", params=languages(), ids=lambda each: each.code)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Language, Path]:
    """A control workbook in each language."""
    path = tmp_path_factory.mktemp("built") / "Tieout.xlsm"
    build_workbook(path, request.param, interpreter="/opt/tieout/python")
    return request.param, path


def sheet(built: tuple[Language, Path], name: Text) -> Worksheet:
    """A sheet of it."""
    language, path = built
    found = load_workbook(path)[name.said(language)]
    assert isinstance(found, Worksheet)
    return found


def test_no_sheet_has_a_name_that_excel_keeps_for_itself(built: tuple[Language, Path]) -> None:
    """Nor one that is longer than a tab takes, or that another sheet has in any case."""
    language, path = built
    names = load_workbook(path).sheetnames
    assert names == in_words(SHEETS, language)
    assert RUNS.name.said(language) in names
    small = {name.casefold() for name in names}
    assert (small & RESERVED, len(small), [name for name in names if len(name) > 31]) == (set(), len(names), [])


@pytest.mark.parametrize("each", LISTS, ids=lambda each: each.name.said(ENGLISH))
def test_a_list_says_what_fills_it_and_that_a_sync_found_nothing(built: tuple[Language, Path], each: object) -> None:
    """Never a blank grid: neither before the first sync nor where there is nothing to show."""
    (found,) = [one for one in LISTS if one is each]
    language, _ = built
    cell = sheet(built, found.name).cell(found.header + 2, 1)
    assert (cell.value, cell.alignment.wrap_text) == (say("sheet-filled-by-run-sync").said(language), None)
    assert fitted(found, []) == [[found.empty, *[None] * (len(found.columns) - 1)]]


def test_headings_and_totals_stand_out_and_nothing_sorts_them_away(built: tuple[Language, Path]) -> None:
    """In the lists that have any; the others can be filtered, down to the last row that they may have."""
    for each in LISTS:
        found = sheet(built, each.name)
        looks = {
            rule.formula[0]: (rule.dxf.font.b, str(rules.sqref))
            for rules in found.conditional_formatting
            for rule in rules.rules
            if rule.dxf and rule.formula and ("COUNTA" in rule.formula[0] or rule.formula[0].startswith("OR("))
        }
        first, last = each.header + 2, each.header + 1 + each.most
        assert len(looks) == (2 if each.parted else 0)
        assert all(look == (True, f"A{first}:{letters(len(each.columns) - 1)}{last}") for look in looks.values())
        assert (found.auto_filter.ref is None) == each.parted
        if not each.parted:
            assert str(found.auto_filter.ref).endswith(str(last))
    assert [each for each in LISTS if each.parted] == [PROOF, TIE_OUT, RECEIPTS]


def test_statuses_of_held_items_have_the_colours_of_the_reconciliation(built: tuple[Language, Path]) -> None:
    """A rule for each word, in each language: a list is told in the one that is chosen."""
    place = next(at for at, column in enumerate(HELD.columns, start=1) if column.kind is CellKind.STATUS)
    found = sheet(built, HELD.name)
    cell = found.cell(HELD.header + 2, place).coordinate
    (rules,) = [each.rules for each in found.conditional_formatting if cell in each.sqref]
    colours = {rule.formula[0]: rule.dxf.fill.bgColor.rgb[2:] for rule in rules}
    assert colours == {f'"{word}"': look.fill for look in LOOKS.values() for word in known_as(look.word)}


def test_words_of_every_list_stay_words() -> None:
    """A customer that begins as a formula does: Excel takes nothing for one in cells that were made text before."""
    words = {CellKind.TEXT, CellKind.STATUS, CellKind.LONG}
    for each in LISTS:
        columns = [column for column in each.columns if column.kind in words]
        assert len(each.words(each.most).split(",")) == len(columns) > 0
    rows = [paper.proposal(1), paper.proposal(2, Status.TOTAL_DIFFERS, customer=paper.NASTY[0])]
    assert [row[1] for row in held_block(audit(rows))] == [paper.NASTY[0]]


def test_what_is_held_stands_by_money_and_what_the_run_closed_last() -> None:
    """The amounts are those that the push would change, else what Sage shows settled."""
    found = audit(paper.rows(40), pushed=False)
    rows = held_block(found)
    closed = [column.id for column in HELD.columns].index("closed")
    still_open = [row[closed] is None for row in rows]
    assert still_open == sorted(still_open, reverse=True)
    money = {item.row.invoice: abs(item.row.change or item.row.settled or ZERO) for item in found.held}
    sums = [money[str(row[0])] for row, opened in zip(rows, still_open, strict=True) if opened]
    assert (sums == sorted(sums, reverse=True), len(sums) > 5) == (True, True)


def head(found: Review, language: Language) -> list[object]:
    """The cells of the reconciliation's head."""
    return [cell for _, block in head_blocks(found, language) for row in block for cell in row]


@pytest.mark.parametrize("language", languages(), ids=lambda each: each.code)
def test_no_notice_is_lost(language: Language) -> None:
    """The head of the reconciliation says the only one, or how many there are and where; the proof has them all."""
    notices = tuple(say("Notice {n}: {words}", n=n, words="read it " * n * 5 + "all") for n in range(1, 4))
    for count in range(4):
        found = replace(audit(paper.rows(6)), run=paper.run(notices=notices[:count]))
        shown = [row[1] for row in proof_block(found)[1:] if row[0] == say("notice")]
        assert shown == list(notices[:count])
        cells = head(paper.review(paper.rows(6), notices=notices[:count]), language)
        said = say("sheet-notices-elsewhere", sheet=PROOF.name, count=count) if count > 1 else notices[0]
        assert (said.said(language) in cells) == (count > 0)
    (long,) = notices[2:]
    cells = head(paper.review(paper.rows(6), notices=(long,)), language)
    assert say("sheet-notices-elsewhere", sheet=PROOF.name, count=1).said(language) in cells
