"""Books that are an older copy, or cleared, or in which a number is another's by now: what is bound to what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.errors import Refused
from sync.core.values.messages import say
from sync.core.values.posting import Decision
from sync.core.values.records import Document
from tests.usecases.office import TODAY, Office, statuses

NOTE = "Vireo disputes this; lawyer called"
OLD = date(2026, 1, 5)


def paid(office: Office, *numbers: int) -> None:
    """Invoices that are paid in Sage and not yet in Manage."""
    for number in numbers:
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")


def take_away(office: Office, *numbers: int) -> None:
    """Take whole documents out of the books."""
    office.books.documents = [d for d in office.books.documents if d.id not in numbers]
    office.books.entries = [row for row in office.books.entries if row.document_id not in numbers]


def restored_and_worked_on(office: Office) -> None:
    """A backup from before 1002 was put back, and another invoice entered, which got the same numbers."""
    take_away(office, 1002)
    office.next_row -= 2
    other = Document(
        id=1002, customer_id=8, customer="Vireo", number="1900", dated=date(2026, 4, 1), kind=0, currency_id=1
    )
    office.books.documents.append(other)
    for amount, kind in (("75.00", 0), ("-75.00", 1)):
        office.row(1002, amount, kind=kind, customer_id=8)


@pytest.mark.parametrize("counters", [{}, {50: 8}], ids=["no counters", "counters as before"])
def test_a_restored_backup_with_new_entries_is_told_by_the_rows(office: Office, counters: dict[int, int]) -> None:
    """The highest row number is as it was; other entries bear it. Neither a sync nor a push goes on."""
    office.books.counters = counters
    paid(office, 1001, 1002)
    review = office.sync()
    highest = max(row.id for row in office.books.entries)
    restored_and_worked_on(office)
    assert max(row.id for row in office.books.entries) == highest
    for go_on in (office.sync, lambda: office.push(review)):
        with pytest.raises(Refused) as refused:
            go_on()
        assert refused.value.sentences == (
            say("sync-older-rows-differ", row="4", count=2, known=4),
            say("sync-older-books-open", company="Maple Networks Inc."),
        )
    assert (office.site.writes, len(office.ledger.history())) == ([], 1)


def test_a_restored_backup_is_told_by_its_counters(office: Office) -> None:
    """Even where all rows that were known are still there: a customer may have got another's number."""
    paid(office, 1001)
    office.sync()
    office.books.counters = {50: 7}
    with pytest.raises(Refused, match="sync-older-counter-fell"):
        office.sync()


def test_a_restored_backup_without_counters_is_told_by_how_rows_went(office: Office) -> None:
    """A receipt is gone and its invoice is there: clearing takes whole invoices."""
    office.books.counters = {}
    paid(office, 1001, 1002)
    office.sync()
    office.books.entries.pop()
    with pytest.raises(Refused, match="sync-older-rows-gone"):
        office.sync()


@pytest.mark.parametrize("counted", [True, False])
def test_clearing_paid_transactions_is_carried_on_with_and_said(office: Office, *, counted: bool) -> None:
    """The highest number falls, and that is a yearly act: said in the next run, and in no later one."""
    if not counted:
        office.books.counters = {}
    paid(office, 1001, 1002)
    office.push(office.sync())
    take_away(office, 1002)
    said = say("sync-transactions-cleared", count=2, known=4)
    review = office.sync()
    looked_at = say("sync-records-looked-at", count=2, of=2)
    assert review.run.notices == ((said if counted else said + say("sync-cleared-without-counters")), looked_at)
    assert (office.sync().run.notices, office.shown(1002)[0]) == ((looked_at,), "100.00")


def with_another_under_its_number(office: Office, **whose: object) -> Review:
    """1001 was held with a note; by now nobody remembers its rows, and its id is another document's."""
    paid(office, 1001)
    review = office.sync()
    decisions = [Decision(key="1001", approve=False, note=NOTE, owner="luc")]
    office.push_decided(review.run.id, decisions)
    document, own, receipt = office.books.documents[-1], *office.books.entries
    for _ in range(250):
        office.row(1, "0.00", kind=0, dated=OLD, entered_on=OLD)
    office.sync()
    office.books.documents[-1] = replace(document, **whose)
    office.books.entries[:2] = [
        replace(row, customer_id=office.books.documents[-1].customer_id) for row in (own, receipt)
    ]
    office.clock.day = TODAY + timedelta(days=1)
    return office.sync()


@pytest.mark.parametrize("whose", [{"number": "1900"}, {"customer_id": 8, "customer": "Vireo"}])
def test_an_item_stays_when_its_number_is_another_document_s(office: Office, whose: dict[str, object]) -> None:
    """The held invoice is a row of its own, with its note; the other document has neither note nor hold."""
    review = with_another_under_its_number(office, **whose)
    for _ in range(3):
        theirs, ours = sorted(review.rows, key=lambda row: len(row.key))
        assert (theirs.key, theirs.document_id, theirs.hold) == ("1001", 1001, None)
        assert (ours.key, ours.invoice, ours.customer_id, ours.status.value) == ("1001/7/1001", "1001", 7, "bad_data")
        item, other = review.item_of(ours), review.item_of(theirs)
        assert item is not None
        assert (item.row.invoice, item.note, item.owner) == ("1001", NOTE, "luc")
        assert other is None or (other.note, other.owner) == ("", "")
        kept = Decision(key=ours.key, approve=False, note=item.note, owner=item.owner)
        office.push_decided(review.run.id, [kept])
        review = office.sync()
    assert office.ledger.open_items(review.run.company)["1001"].since == TODAY + timedelta(days=1)


def test_its_note_stays_through_runs_that_nobody_decides(office: Office) -> None:
    """It was given under the number that is another document's by now."""
    with_another_under_its_number(office, number="1900")
    review = office.sync()
    (item,) = [item for row in review.rows if row.key == "1001/7/1001" and (item := review.item_of(row)) is not None]
    assert (item.row.key, item.note, item.owner) == ("1001/7/1001", NOTE, "luc")


def test_a_note_stays_with_the_same_document(office: Office) -> None:
    """Spaces around a number are none of it."""
    review = with_another_under_its_number(office, number=" 1001 ")
    (row,) = review.rows
    item = review.item_of(row)
    assert item is not None
    assert (row.key, row.hold is not None, item.note) == ("1001", True, NOTE)


def test_a_remembered_customer_is_remembered_by_number_and_name(office: Office) -> None:
    """Whoever gets the number later is somebody else; whoever is renamed is named with both names until posted."""
    paid(office, 1001)
    theirs = office.site.invoices_[101_001]
    office.site.invoices_[101_001] = replace(theirs, company="Boreal Group", company_code="BG")
    office.push(office.sync())
    paid(office, 1002)
    later = replace(office.site.invoices_[101_002], company="Boreal Group", company_code="BG")
    office.site.invoices_[101_002] = replace(later, total=Decimal("120.00"), balance=Decimal("120.00"))
    assert statuses(office.sync())["1002"] == "total_differs"
    office.books.documents = [replace(d, customer="Vireo") for d in office.books.documents]
    assert statuses(office.sync())["1002"] == "customer_differs"
