"""The opening statement on paper: to be signed, with the figures of the tie-out, in the pack of its run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.prove.tie_out import DifferenceClass
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import Language
from sync.core.values.policy import Policy
from sync.language.catalogues import ENGLISH, language
from tests.usecases.office import Office
from workbook.audit.pack import papers
from workbook.papers.paper import Paper
from workbook.xlsx.cells import Plain, in_words

OLD = date(2026, 3, 5)


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The run that made a statement: two invoices in dollars of one currency, one in those of another, one new."""
    policy = Policy(currencies={1: "CAD", 2: "USD"})
    office = Office(folder=tmp_path_factory.mktemp("office") / "state", policy=policy, go_live=date(2026, 3, 15))
    for number, day in ((1001, OLD), (1002, OLD), (1003, OLD), (1004, date(2026, 4, 7))):
        office.invoice(number, f"{number}.00")
        office.receipt(number, f"{number - 1000}.00", dated=day, entered_on=day)
    shown = office.site.invoices_[101_003]
    office.site.add(replace(shown, currency="USD"))
    office.books.documents = [replace(d, currency_id=2) if d.id == 1003 else d for d in office.books.documents]
    found = office.audit(office.sync().run.id)
    office.ledger.close()
    return found


def statement(audit: Audit, words: Language) -> tuple[Paper, list[list[list[Plain]]]]:
    """The paper, and the cells of its blocks in words."""
    (found,) = [each for each in papers(audit, words) if each.number == "53"]
    return found, [[in_words(row, words) for row in block.rows] for block in found.blocks]


@pytest.mark.parametrize(
    ("words", "name", "total", "counted"),
    [
        (ENGLISH, "53 Opening statement", "Total", "Invoices: {}"),
        (language("fr"), "53 État d'ouverture", "Total", "Factures\u00a0: {}"),
    ],
    ids=["en", "fr"],
)
def test_it_says_who_accepted_what_and_leaves_room_to_sign(
    audit: Audit, words: Language, name: str, total: str, counted: str
) -> None:
    """Day, person, moment and run; totals by currency; lines for two; and every invoice, which leads to its row."""
    paper, (who, totals, sign, rows) = statement(audit, words)
    assert audit.opening is not None
    assert paper.name.said(words) == name
    assert [row[1] for row in who][::3] == ["2026-03-15", audit.run.id]
    assert str(who[1][1]).startswith("marie")
    assert totals == [
        [total, counted.format(2), "CAD", Decimal("3.00"), Decimal("0.00"), Decimal("0.00"), Decimal("-3.00")],
        [total, counted.format(1), "USD", Decimal("3.00"), Decimal("0.00"), Decimal("0.00"), Decimal("-3.00")],
    ]
    assert [row[1:] for row in sign] == [[None] * 3] * 2
    assert [(row[0], row[2], row[6]) for row in rows] == [
        ("1001", "CAD", Decimal("-1.00")),
        ("1002", "CAD", Decimal("-2.00")),
        ("1003", "USD", Decimal("-3.00")),
    ]
    assert list(paper.blocks[3].keys) == ["1001", "1002", "1003"]


def test_its_totals_are_the_tie_out_s(audit: Audit) -> None:
    """One word, one figure."""
    tied, (_, totals, *_) = audit.evidence.tie_out, statement(audit, ENGLISH)[1]
    assert tied is not None
    assert {str(row[2]): row[6] for row in totals} == {
        unit: tied.explained(unit, DifferenceClass.OPENING) for unit in ("CAD", "USD")
    }


def test_one_of_nothing_says_so_and_other_runs_have_none(audit: Audit) -> None:
    """There is still something to sign: that nothing differed."""
    assert audit.opening is not None
    paper, blocks = statement(replace(audit, opening=replace(audit.opening, rows=())), ENGLISH)
    assert (blocks[1], blocks[3]) == ([], [])
    assert paper.blocks[1].empty == paper.blocks[3].empty
    assert "53" not in {each.number for each in papers(replace(audit, opening=None), ENGLISH)}
