"""What a sync proves beside its rows: that nothing entered in Sage was lost, and how both systems' balances tie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sync import steps
from sync.core.caps import Caps
from sync.core.completeness import Intake, Sort, completeness
from sync.core.errors import Refused, SetupError
from sync.core.journal import Person
from sync.core.periods import EARLIEST, Choice, Since
from sync.core.posting import Decision, Outcome
from sync.core.reading import Reading, Wanted
from sync.core.records import OWN_KINDS
from sync.core.review import Decided
from sync.core.tieout import Class
from tests.core.test_properties import World, worlds
from tests.steps.office import LAST_RUN, TODAY, Office, outcomes, statuses
from tests.support.fakes import FakeBooks

ALL = Since(choice=Choice.CUSTOM, custom=EARLIEST)


@dataclass
class LosingBooks(FakeBooks):
    """Books whose reader selects a row and then loses it, or the whole of its document, on the way."""

    lost: int = 0
    document_too: bool = False

    def read(self, wanted: Wanted) -> Reading:
        """Answer without the row."""
        reading = super().read(wanted)
        gone = {row.document_id for row in reading.entered if row.id == self.lost and self.document_too}
        return replace(
            reading,
            entries=[row for row in reading.entries if row.id != self.lost and row.document_id not in gone],
            documents=[document for document in reading.documents if document.id not in gone],
        )


def losing(books: FakeBooks, lost: int, *, document_too: bool = False) -> LosingBooks:
    """The same books, read by a reader that loses a row."""
    return LosingBooks(documents=books.documents, entries=books.entries, lost=lost, document_too=document_too)


def paid(office: Office) -> int:
    """An invoice with a receipt and a discount; the receipt's row."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "3.00", kind=2)
    return office.receipt(1001, "110.00").id


def test_what_was_entered_in_the_window_is_recorded_with_the_run(office: Office) -> None:
    """From the rows that selected the invoices, and kept in the ledger."""
    paid(office)
    office.receipt(1001, "1.00", entered_on=date(2026, 3, 9))
    review = office.sync()
    assert review.evidence.entered == (
        Intake(sort=Sort.RECEIPT, currency="CAD", count=1, amount=Decimal("110.00")),
        Intake(sort=Sort.DISCOUNT, currency="CAD", count=1, amount=Decimal("3.00")),
    )
    assert office.ledger.evidence(review.run.id) == review.evidence
    assert completeness(review.evidence.entered, review.rows, {}).differences == ()


def test_the_whole_of_both_systems_is_tied_out(office: Office) -> None:
    """Beside the rows: what was settled before the window, and what Manage alone has; each on the day of the run."""
    paid(office)
    office.invoice(1002, "50.00")
    office.receipt(1002, "20.00", entered_on=date(2026, 3, 9))
    office.invoice(1003, "10.00")
    office.books.documents = [each for each in office.books.documents if each.id != 1003]
    tie_out = office.sync().evidence.tie_out
    assert tie_out is not None
    assert [(item.invoice, item.reason, str(item.difference)) for item in tie_out.items] == [
        ("1001", Class.TO_PUSH, "-113.00"),
        ("1003", Class.NOT_IN_SAGE, "-10.00"),
        ("1002", Class.TIMING, "-20.00"),
    ]
    (owed,) = tie_out.totals
    assert (str(owed.sage), str(owed.manage), tie_out.day) == ("30.00", "173.00", TODAY)


def test_the_tie_out_is_of_the_run_s_day(office: Office) -> None:
    """The one that was set, else Sage's."""
    office.books.clock = office.books.clock.replace(day=8)
    for day, found in ((TODAY, TODAY), (None, date(2026, 4, 8))):
        office.clock.day = day
        review = office.sync()
        assert review.evidence.tie_out is not None
        assert (review.evidence.tie_out.day, review.run.day) == (found, found)


def test_a_remembered_customer_ties_out_as_it_is_matched(office: Office) -> None:
    """Two invoices of one number, told apart by whom a push was for."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    first = office.site.invoices_[101_001]
    office.push(office.sync())
    office.site.add(replace(first, id=9, company_id=8, company="Other"))
    office.site.add(replace(office.site.invoices_[101_001], company="Renamed"), office.site.records[101_001][0])
    tie_out = office.sync(ALL).evidence.tie_out
    assert tie_out is not None
    assert [(item.customer, item.reason, str(item.difference)) for item in tie_out.items] == [
        ("Other", Class.NOT_IN_SAGE, "-113.00")
    ]


@pytest.mark.parametrize("document_too", [False, True])
def test_a_row_lost_on_the_way_is_said_and_nothing_is_pushed(office: Office, *, document_too: bool) -> None:
    """With its figures on the run; its workbook is refused, nothing is written, and the run is not successful."""
    lost = paid(office)
    office.invoice(1002, "50.00")
    office.receipt(1002, "50.00")
    whole, office.books = office.books, losing(office.books, lost, document_too=document_too)
    review = office.sync()
    assert review.run.notices
    assert any("Out by" in str(notice) for notice in review.run.notices)
    with pytest.raises(Refused) as refused:
        office.push(review)
    assert str(refused.value).split("\n") == [
        "What was entered in Sage is not all in this run, so nothing is pushed. Sync again.",
        *map(str, review.run.notices),
    ]
    assert office.site.writes == []
    assert office.ledger.postings(review.run.id) == {}
    with pytest.raises(SetupError, match="No successful run"):
        office.sync(LAST_RUN)
    office.books = whole
    assert outcomes(office.push(office.sync())) == {"1001": Outcome.POSTED, "1002": Outcome.POSTED}


def test_a_run_with_nothing_to_push_that_lost_a_row_does_not_move_the_watermark(office: Office) -> None:
    """Its rows agree, and one that was entered is not among them."""
    office.invoice(1001, "0.00")
    lost = office.receipt(1001, "0.00").id
    office.books = losing(office.books, lost)
    review = office.sync()
    assert (statuses(review), len(review.run.notices)) == ({"1001": "voided"}, 1)
    (summary,) = office.ledger.history()
    assert summary.end is not None
    assert not summary.end.successful


def test_a_run_of_a_ledger_that_kept_no_evidence_may_be_pushed(office: Office) -> None:
    """Its rows tell of nothing entered either."""
    paid(office)
    review = office.sync()
    office.clock.pass_by(timedelta(seconds=1))
    older = replace(review.run, id="20260410-140000-abcd")
    rows = [replace(row, applications=()) for row in review.rows]
    office.ledger.begin(older, rows)
    run, reviewed = steps.reviewed_rows(office.desk, older.id)
    assert (run, list(reviewed.values())) == (older, rows)


PAUL = Person(user="paul", computer="compta-2")


def test_above_an_amount_whoever_prepared_a_run_may_not_push_it(office: Office) -> None:
    """Refused in words with nothing written, whatever is confirmed; somebody else may."""
    paid(office)
    office.caps = Caps(rows=9, amount=Decimal("900.00"), second_person=Decimal("112.99"))
    review = office.sync()
    with pytest.raises(Refused, match=r"^marie prepared this run, and 113\.00 CAD would change, more than the 112\.99"):
        office.push(review)
    assert office.site.writes == []
    run, rows = steps.reviewed_rows(office.desk, review.run.id)
    decided = Decided(run=run.id, decisions=(Decision(key="1001", approve=True),))
    pushed = steps.push(replace(office.desk, person=PAUL), run, rows, decided, lambda *_: True)
    assert outcomes(pushed) == {"1001": Outcome.POSTED}


def furnished(folder: Path, world: World, days: list[int]) -> Office:
    """An office with these books and this site; each row entered so many days before today."""
    office = Office(folder=folder, policy=world.policy)
    ages = iter(days)
    office.books.documents = list(world.documents)
    office.books.entries = [replace(row, entered_on=TODAY - timedelta(days=next(ages))) for row in world.entries]
    for invoice in world.invoices:
        office.site.add(invoice, *(payment for payment in world.payments if payment.invoice_id == invoice.id))
    return office


DAYS = st.lists(st.integers(0, 40), min_size=24, max_size=24)
SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@settings(max_examples=40)
@given(world=worlds(), days=DAYS, span=SPANS, bounded=st.booleans())
def test_whatever_the_window_everything_entered_in_it_is_accounted_for(
    *, world: World, days: list[int], span: list[int], bounded: bool
) -> None:
    """The proof holds, it says what was entered, and no tie-out leaves a cent without a class."""
    latest, earliest = span
    since = Since(choice=Choice.CUSTOM, custom=TODAY - timedelta(days=earliest))
    until = TODAY - timedelta(days=latest) if bounded else None
    with TemporaryDirectory() as folder:
        office = furnished(Path(folder), world, days)
        review = office.sync(since, until)
        office.ledger.close()
    new = [
        row
        for row in office.books.entries
        if row.kind not in OWN_KINDS and row.entered_on and review.run.window.holds(row.entered_on)
    ]
    found = completeness(review.evidence.entered, review.rows, {})
    assert (found.differences, review.run.notices) == ((), ())
    assert sum(line.count for line in found.entered) == len(new)
    assert sum(line.amount for line in found.entered) == -sum(row.amount or 0 for row in new)
    tie_out = review.evidence.tie_out
    assert tie_out is not None
    assert [tie_out.unexplained(owed.currency) for owed in tie_out.totals] == [
        tie_out.explained(owed.currency, Class.UNEXPLAINED) for owed in tie_out.totals
    ]


@settings(max_examples=40)
@given(worlds(), DAYS, st.data())
def test_whichever_row_is_lost_nothing_is_pushed(world: World, days: list[int], data: st.DataObject) -> None:
    """Every application entered in the window is missed, with or without its document, and no write is sent."""
    applications = [row.id for row in world.entries if row.kind not in OWN_KINDS]
    with TemporaryDirectory() as folder:
        office = furnished(Path(folder), world, days)
        if applications:
            lost = data.draw(st.sampled_from(applications))
            office.books = losing(office.books, lost, document_too=data.draw(st.booleans()))
            review = office.sync(ALL)
            assert completeness(review.evidence.entered, review.rows, {}).differences != ()
            with pytest.raises(Refused, match="is not all in this run"):
                office.push(review)
            assert office.site.writes == []
        office.ledger.close()
