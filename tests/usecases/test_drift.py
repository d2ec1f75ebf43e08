"""What we wrote and somebody changed since is a row of every later run, whatever its window."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.messages import say
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Status
from sync.core.values.records import RECEIPT
from sync.usecases.sync import show_nobody
from sync.usecases.watch import watch
from tests.usecases.office import LAST_RUN, PAST_MONTH, Office, outcomes, statuses


def classes(review: Review) -> dict[str, DifferenceClass]:
    """The classes of the tie-out's differences, by invoice."""
    tied = review.evidence.tie_out
    return {} if tied is None else {item.invoice: item.reason for item in tied.items}


def months_later(office: Office) -> None:
    """1001 is pushed and read back; then three months go by without a receipt for it."""
    office.invoice(1001, "112.10")
    office.receipt(1001, "112.10")
    office.push(office.sync())
    office.clock.pass_by(timedelta(days=90))
    office.clock.day = date(2026, 7, 9)
    office.invoice(1002, "50.00")
    office.receipt(1002, "50.00", entered_on=date(2026, 7, 1))
    office.push(office.sync(LAST_RUN))


def change(office: Office, amount: str | None) -> None:
    """A person changes the record of 1001 in Manage, or deletes it."""
    record = office.site.records[101_001][0]
    changed = [] if amount is None else [replace(record, amount=Decimal(amount))]
    office.site.add(office.site.invoices_[101_001], *changed)


def test_what_is_as_it_was_read_back_is_no_row(office: Office) -> None:
    """However long ago."""
    months_later(office)
    assert statuses(office.sync(LAST_RUN)) == {}


def test_an_amount_that_was_changed_is_a_row_with_a_class_of_its_own(office: Office) -> None:
    """In the very next run and in every one after it, until it is settled."""
    months_later(office)
    change(office, "100.00")
    for _ in range(2):
        review = office.sync(LAST_RUN)
        assert (statuses(review), classes(review)) == (
            {"1001": "changed_in_manage"},
            {"1001": DifferenceClass.CHANGED_IN_MANAGE},
        )


def test_a_record_that_was_deleted_is_a_row(office: Office) -> None:
    """Nothing is shown as paid any more."""
    months_later(office)
    change(office, None)
    assert statuses(office.sync(LAST_RUN)) == {"1001": "changed_in_manage"}


def test_a_date_that_was_changed_at_an_equal_amount_is_a_row_until_it_is_settled(office: Office) -> None:
    """Manage's list shows no date: the records are read in turn. The row comes back, and a push puts the date right."""
    months_later(office)
    assert say("sync-records-looked-at", count=2, of=2) in office.sync(LAST_RUN).run.notices
    record = office.site.records[101_001][0]
    office.site.records[101_001] = [replace(record, paid_on=date(2026, 5, 5))]
    for _ in range(2):
        review = office.sync(LAST_RUN)
        (row,) = review.rows
        assert (row.invoice, row.status, row.approve) == ("1001", Status.CHANGED_IN_MANAGE, False)
        assert row.reason == say("row-date-changed-in-manage", amount=Decimal("112.10"), dated=date(2026, 5, 5))
        assert (row.date_paid_before, row.date_paid_proposed) == (date(2026, 5, 5), record.paid_on)
    assert outcomes(office.push(review, approve={"1001": True})) == {"1001": Outcome.POSTED}
    assert office.shown(1001) == ("112.10", record.paid_on)
    assert statuses(office.sync(LAST_RUN)) == {}


def test_a_date_that_was_put_right_in_manage_settles_its_row(office: Office) -> None:
    """Read again, not remembered: what was read back before the change says nothing any more."""
    months_later(office)
    record = office.site.records[101_001][0]
    office.site.records[101_001] = [replace(record, paid_on=None)]
    assert statuses(office.sync(LAST_RUN)) == {"1001": "changed_in_manage"}
    office.site.records[101_001] = [record]
    assert statuses(office.sync(LAST_RUN)) == {"1001": "in_agreement"}
    assert statuses(office.sync(LAST_RUN)) == {}


def test_a_second_record_at_an_equal_amount_is_a_row(office: Office) -> None:
    """One split in two by somebody; one that was entered anew with the same day is none."""
    months_later(office)
    record = office.site.records[101_001][0]
    office.site.records[101_001] = [replace(record, id=77)]
    assert statuses(office.sync(LAST_RUN)) == {}
    halves = [replace(record, amount=Decimal("56.05")), replace(record, id=78, amount=Decimal("56.05"))]
    office.site.records[101_001] = halves
    assert statuses(office.sync(LAST_RUN)) == {"1001": "changed_in_manage"}


def test_records_are_read_in_turn_and_never_more_than_so_many(office: Office) -> None:
    """120 invoices that were written: each once in four syncs, 30 requests beside the list in each."""
    for number in range(1001, 1121):
        office.invoice(number, "10.00")
        office.receipt(number, "10.00")
    office.push(office.sync())
    office.clock.pass_by(timedelta(days=90))
    office.clock.day = date(2026, 7, 9)
    del office.site.read[:]
    for _ in range(4):
        before = office.site.requests
        review = office.sync(LAST_RUN)
        assert (review.rows, office.site.requests - before) == ([], 31)
        assert say("sync-records-looked-at", count=30, of=120) in review.run.notices
    assert sorted(office.site.read) == list(range(101_001, 101_121))


def test_an_invoice_that_is_gone_is_a_row(office: Office) -> None:
    """Deleted in Manage with its payment."""
    months_later(office)
    del office.site.invoices_[101_001]
    assert statuses(office.sync(LAST_RUN)) == {"1001": "not_in_manage"}


def test_what_was_put_right_is_settled(office: Office) -> None:
    """The row closes by itself, and is no row any more."""
    months_later(office)
    change(office, "100.00")
    office.sync(LAST_RUN)
    change(office, "112.10")
    assert statuses(office.sync(LAST_RUN)) == {"1001": "in_agreement"}
    assert statuses(office.sync(LAST_RUN)) == {}


def test_what_is_older_than_the_first_run_was_never_looked_at(office: Office) -> None:
    """No later window closes it: it is no matter of timing, and an earlier Custom Date takes it in."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00", dated=date(2025, 12, 1), entered_on=date(2025, 12, 1))
    review = office.sync(PAST_MONTH)
    assert classes(review) == {"1001": DifferenceClass.NEVER_LOOKED_AT}


def notices(review: Review) -> set[str]:
    """The ids of what is said of the run as a whole."""
    return {sentence.id for notice in review.run.notices for sentence in notice.sentences}


def test_an_invoice_that_sage_has_cleared_since_is_named_when_manage_changes(office: Office) -> None:
    """No document is left to make a row of: what was paid, posted and cleared is not forgotten all the same."""
    months_later(office)
    office.books.documents = [each for each in office.books.documents if each.id != 1001]
    office.books.entries = [each for each in office.books.entries if each.document_id != 1001]
    assert "sync-cleared-changed-in-manage" not in notices(office.sync(LAST_RUN))
    change(office, "100.00")
    for _ in range(2):
        assert "sync-cleared-changed-in-manage" in notices(office.sync(LAST_RUN))
    del office.site.invoices_[101_001]
    assert "sync-cleared-changed-in-manage" not in notices(office.sync(LAST_RUN))


def test_an_amount_in_sage_that_can_no_longer_be_read_is_a_row(office: Office) -> None:
    """Whatever the window: what cannot be read shows nothing settled, and Manage still shows it paid."""
    months_later(office)
    receipt = next(each for each in office.books.entries if each.document_id == 1001 and each.kind == RECEIPT)
    office.books.entries[office.books.entries.index(receipt)] = replace(receipt, amount=None)
    assert statuses(office.sync(LAST_RUN)) == {"1001": "bad_data"}


def test_a_watch_that_only_looks_sees_what_was_changed_in_manage_too(office: Office) -> None:
    """A review waits, perhaps for weeks: what differs from what was read back is not nothing new."""
    months_later(office)
    office.invoice(1003, "10.00")
    office.receipt(1003, "10.00", entered_on=date(2026, 7, 8))
    office.sync(LAST_RUN)
    for amount, new in (("112.10", 0), ("100.00", 1)):
        change(office, amount)
        waiting = watch(office.systems, office.rules, office.seat, None, show_nobody).waiting
        assert waiting is not None
        assert (waiting.changed, waiting.new) == (0, new)
