"""What an undo sends, exactly: the write before it turned round."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.undo_rules import Undoing, taken_back, undoable
from sync.core.values.messages import Text, say
from sync.core.values.posting import Outcome, Posting, Written
from sync.core.values.proposal import Proposal
from sync.core.values.records import Action, Payment, Write
from tests.core.values.test_posting import CHANGE, CREATE, DAY, DELETE, intent
from tests.support.build import payment, proposal
from tests.support.english import worded

BEFORE_DAY = date(2026, 3, 2)
CHANGED = replace(CHANGE, paid_on_before=BEFORE_DAY)
ONLINE = payment("25.00", DAY, record=4, wisepay=True)
NOT_OURS_NOW = "Manage no longer holds what this run wrote, so it is left alone. Look at the invoice's payments."


def undoing(write: Write, *, undo: bool = False) -> Undoing:
    """A write that was posted, as record 9."""
    left = Written(payment_id=None if write.action is Action.DELETE else 9, amount=write.amount, paid_on=write.paid_on)
    posting = Posting(
        run="r",
        key="1",
        invoice="1001",
        outcome=Outcome.POSTED,
        message=say("Written."),
        written=left,
        undo=undo,
        attempt=1,
    )
    return Undoing(posting=posting, intent=intent(write))


REVIEWED = proposal()


def back(row: Undoing, *records: Payment) -> Proposal | Text:
    """What is sent to take a write back."""
    return taken_back(row, REVIEWED, records, row.posting.written)


@pytest.mark.parametrize(
    ("write", "records", "action", "payment_id"),
    [
        (CREATE, [payment("100.00", DAY), ONLINE], Action.DELETE, 9),
        (CREATE, [payment("1.00", record=10), payment("100.00", DAY)], Action.DELETE, 9),
        (CHANGED, [payment("1.00", record=10), payment("100.00", DAY)], Action.CHANGE, 9),
        (CHANGED, [payment("100.00", DAY), ONLINE], Action.CHANGE, 9),
        (replace(DELETE, amount_before=Decimal("40.00")), [ONLINE], Action.CREATE, None),
    ],
)
def test_a_write_is_turned_round(write: Write, records: list[Payment], action: Action, payment_id: int | None) -> None:
    """Amount and date as they were, exactly our record, beside whatever else; the row says the whole invoice."""
    now = sum((record.amount for record in records), Decimal("0.00"))
    assert back(undoing(write), *records) == replace(
        REVIEWED,
        write=Write(
            action=action,
            invoice_id=501,
            payment_id=payment_id,
            amount=write.amount_before,
            paid_on=write.paid_on_before,
            amount_before=write.amount,
            paid_on_before=write.paid_on,
        ),
        paid_before=now,
        paid_proposed=now - write.amount + write.amount_before,
        date_paid_before=write.paid_on,
        date_paid_proposed=write.paid_on_before,
    )


@pytest.mark.parametrize(
    ("write", "records"),
    [
        (CREATE, []),
        (CREATE, [payment("100.01", DAY)]),
        (CREATE, [payment("100.00", BEFORE_DAY)]),
        (CREATE, [payment("100.00", DAY, record=10)]),
        (DELETE, [payment("100.00", DAY)]),
        (replace(CREATE, amount=Decimal("0.00"), paid_on=None), []),
    ],
)
def test_what_is_no_longer_there_is_left_alone(write: Write, records: list[Payment]) -> None:
    """Gone, another amount, another day, another record, or one where none was left."""
    assert worded(back(undoing(write), *records)) == NOT_OURS_NOW


def test_beside_an_amount_that_cannot_be_read_nothing_is_restored() -> None:
    """What is paid before and after nobody can tell; the record is named."""
    unread = replace(ONLINE, amount=Decimal("0.00"), flaw=say("manage-payment-amount-bad", id=4, why=say("empty")))
    said = back(undoing(CREATE), payment("100.00", DAY), unread)
    assert isinstance(said, Text)
    assert [sentence.id for sentence in said.sentences] == ["manage-payment-amount-bad", "undo-write-left-alone"]


def test_what_a_later_run_wrote_is_undone_by_that_run_first() -> None:
    """Whatever stands in Manage."""
    later = Written(payment_id=9, amount=Decimal("150.00"), paid_on=DAY)
    found = taken_back(undoing(CREATE), REVIEWED, [payment("150.00", DAY)], later)
    assert worded(found) == (
        "A later run, or the undo of one, has written this invoice again. Undo that run first if it still stands; "
        "else set the payment in Manage by hand."
    )


def test_a_row_is_undone_by_its_last_write_unless_an_undo_has_done_it() -> None:
    """An undo that failed has not; a row that was never written has nothing to undo."""
    first, last = intent(CREATE), replace(intent(CHANGED), attempt=2)
    undo = replace(intent(DELETE), undo=True, attempt=3)
    posted = replace(undoing(CHANGED).posting, attempt=2)
    done = replace(undoing(DELETE, undo=True).posting, attempt=3)
    assert undoable([posted], [first, last, undo]) == [Undoing(posting=posted, intent=last)]
    assert undoable([undoing(CREATE).posting], [first, undo]) == [
        Undoing(posting=undoing(CREATE).posting, intent=first)
    ]
    assert undoable([done, replace(posted, written=None), replace(posted, key="2")], [first, last, undo]) == []


def test_what_manage_kept_otherwise_is_taken_back_as_it_stands() -> None:
    """A write that differs is ours all the same: what is lowered is what stands there, not what was sent."""
    kept = Written(payment_id=9, amount=Decimal("90.00"), paid_on=BEFORE_DAY)
    wrote = undoing(CHANGED)
    differs = replace(wrote, posting=replace(wrote.posting, outcome=Outcome.DIFFERS, written=kept))
    found = back(differs, payment("90.00", BEFORE_DAY))
    assert isinstance(found, Proposal)
    assert found.write is not None
    assert (found.write.amount_before, found.paid_before, found.paid_proposed) == (
        kept.amount,
        Decimal("90.00"),
        Decimal("40.00"),
    )
