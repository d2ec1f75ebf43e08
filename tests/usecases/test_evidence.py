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

from sync.core.decide.push_rules import SECOND_PERSON_STAYS, Caps
from sync.core.prove.completeness import Intake, IntakeKind, completeness
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import say
from sync.core.values.periods import EARLIEST, Choice, Since
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import ApplicationPart
from sync.core.values.records import OWN_KINDS, Reading, Wanted
from sync.core.values.runs import Person
from sync.language.catalogues import ENGLISH
from tests.core.test_properties import World, worlds
from tests.support.fakes import SILENCE, FakeBooks
from tests.usecases.office import LAST_RUN, TODAY, Office, outcomes, statuses

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
        Intake(sort=IntakeKind.RECEIPT, currency="CAD", count=1, amount=Decimal("110.00")),
        Intake(sort=IntakeKind.DISCOUNT, currency="CAD", count=1, amount=Decimal("3.00")),
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
        ("1001", DifferenceClass.TO_PUSH, "-113.00"),
        ("1003", DifferenceClass.NOT_IN_SAGE, "-10.00"),
        ("1002", DifferenceClass.NEVER_LOOKED_AT, "-20.00"),
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
        ("Other", DifferenceClass.NOT_IN_SAGE, "-113.00")
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
    assert any("Out by" in notice.said(ENGLISH) for notice in review.run.notices)
    with pytest.raises(Refused) as refused:
        office.push(review)
    assert refused.value.said(ENGLISH).split("\n") == [
        "What was entered in Sage is not all in this run, so nothing is pushed. Sync again.",
        *(notice.said(ENGLISH) for notice in review.run.notices),
    ]
    assert office.site.writes == []
    assert office.ledger.postings(review.run.id) == {}
    with pytest.raises(SetupError, match="date-no-successful-run-yet"):
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
    reviewed = office.reviewed(older.id)
    assert (reviewed.run, list(reviewed.rows.values())) == (older, rows)


PAUL = Person(user="paul", computer="compta-2")


def test_above_an_amount_whoever_prepared_a_run_may_not_push_it(office: Office) -> None:
    """Refused in words with nothing written, whatever is confirmed; somebody else may."""
    paid(office)
    office.caps = Caps(rows=9, amount=Decimal("900.00"), second_person=Decimal("112.99"))
    review = office.sync()
    with pytest.raises(Refused, match=r"second-person\(currency=CAD, most=112\.99, moved=113\.00, user=marie\)"):
        office.push(review)
    office.caps = replace(office.caps, second_person=None)
    with pytest.raises(Refused, match="second-person"):
        office.push(review)
    assert office.site.writes == []
    office.person = PAUL
    pushed = office.push_decided(review.run.id, [Decision(key="1001", approve=True)])
    assert outcomes(pushed) == {"1001": Outcome.POSTED}


def test_the_limit_for_one_person_is_recorded_with_the_run_and_shown(office: Office) -> None:
    """With what it cannot see, on every paper of the run; and a run without the rule says nothing of it."""
    paid(office)
    assert [str(notice) for notice in office.sync().run.notices if "second-person" in str(notice)] == []
    office.caps = replace(office.caps, second_person=Decimal("112.99"))
    run = office.ledger.run(office.sync().run.id)
    assert run is not None
    assert run.second_person == Decimal("112.99")
    assert (say("push-second-person-rule", most=Decimal("112.99")) + SECOND_PERSON_STAYS) in run.notices


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
    lines = [each for row in review.rows for each in row.applications if each.entered]
    entered = [each for each in lines if each.part is not ApplicationPart.TOTAL]
    assert {each.id for each in entered} == {row.id for row in new}
    assert sum(line.count for line in found.entered) == len(entered)  # two of a row that is part cash, part credit
    assert sum(line.amount for line in found.entered) == -sum(row.amount or 0 for row in new)
    tie_out = review.evidence.tie_out
    assert tie_out is not None
    assert [tie_out.unexplained(owed.currency) for owed in tie_out.totals] == [
        tie_out.explained(owed.currency, DifferenceClass.UNEXPLAINED) for owed in tie_out.totals
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
            with pytest.raises(Refused, match="push-sage-read-incomplete"):
                office.push(review)
            assert office.site.writes == []
        office.ledger.close()


def test_what_may_still_arrive_counts_towards_what_one_person_may_push(office: Office) -> None:
    """No answer is not none of the money: a large push is not made small by a row whose write is in doubt."""
    office.caps = Caps(rows=9, amount=Decimal("900.00"), second_person=Decimal("150.00"))
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    review = office.sync()
    office.site.before_write = lambda _: SILENCE
    assert outcomes(office.push(review, approve={"1002": False})) == {"1001": Outcome.UNKNOWN}
    office.site.before_write = lambda _: None
    with pytest.raises(Refused, match=r"second-person\(currency=CAD, most=150\.00, moved=200\.00, user=marie\)"):
        office.push(review, approve={"1001": False})
    office.person = PAUL
    assert outcomes(office.push(review, approve={"1001": False})) == {"1002": Outcome.POSTED}
