"""What became of a write: every reply against every reading, and the quiet period by both clocks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from msgspec.structs import replace

from sync.core.decide.write_outcome import (
    Shown,
    applied_record,
    posting_by_reading,
    settled_by_reading,
    shown_of,
    shows_as_read_back,
    touched_record,
)
from sync.core.values.messages import say
from sync.core.values.posting import LATER, Accepted, Intent, NoAnswer, Outcome, Posting, Refusal, Written, posting_of
from sync.core.values.records import Payment, Write
from tests.core.values.test_posting import CHANGE, CREATE, DAY, DELETE, DONE, QUIET, SENT, intent
from tests.support.build import payment
from tests.support.english import ids

ONLINE = payment("20.00", DAY, record=4, wisepay=True)
ACCEPTED = Accepted(payment_id=9)
NO = Refusal(message=say("The invoice is closed."))
SILENCE = NoAnswer(message=say("No answer."))
GONE = Written(payment_id=None, amount=Decimal("0.00"), paid_on=None)
CREATED, CHANGED, DELETED = (
    intent(CREATE),
    intent(CHANGE, 9),
    intent(replace(DELETE, amount_before=Decimal("100.00")), 9),
)


def beside_online(sent: Intent) -> Intent:
    """The same write on an invoice of which 20.00 were paid online."""
    twenty = Decimal("20.00")
    return replace(
        sent,
        paid_before=sent.paid_before + twenty,
        paid_proposed=sent.paid_proposed + twenty,
        records_before=(*sent.records_before, 4),
    )


@pytest.mark.parametrize(
    ("write", "before", "records", "shown"),
    [
        (CREATE, (), [DONE], Shown.INTENDED),
        (CREATE, (), [], Shown.BEFORE),
        (CREATE, (9,), [DONE], Shown.OTHER),
        (CREATE, (), [payment("90.00", DAY)], Shown.OTHER),
        (CREATE, (), [payment("100.00")], Shown.OTHER),
        (CREATE, (), [DONE, payment("100.00", DAY, record=10)], Shown.OTHER),
        (CREATE, (), [DONE, payment("1.00", record=10)], Shown.OTHER),
        (CREATE, (), [replace(DONE, wisepay=True)], Shown.OTHER),
        (CHANGE, (9,), [DONE], Shown.INTENDED),
        (CHANGE, (9,), [payment("40.00", DAY)], Shown.OTHER),
        (replace(CHANGE, paid_on_before=DAY), (9,), [payment("40.00", DAY)], Shown.BEFORE),
        (CHANGE, (9,), [payment("40.00")], Shown.BEFORE),
        (CHANGE, (9,), [payment("100.00")], Shown.OTHER),
        (CHANGE, (9,), [DONE, payment("5.00", record=10)], Shown.OTHER),
        (CHANGE, (9,), [], Shown.OTHER),
        (DELETE, (9,), [], Shown.INTENDED),
        (DELETE, (9,), [payment("100.00", DAY, record=10)], Shown.OTHER),
        (DELETE, (9,), [payment("40.00", DAY)], Shown.BEFORE),
        (DELETE, (9,), [DONE], Shown.OTHER),
        (DELETE, (9,), [payment("40.00", DAY), payment("5.00", record=10)], Shown.OTHER),
    ],
)
def test_records_are_as_intended_as_before_or_otherwise(
    write: Write, before: tuple[int, ...], records: list[Payment], shown: Shown
) -> None:
    """By record, amount and day, and by what the whole invoice comes to."""
    assert shown_of(intent(write, *before), records) is shown
    assert shown_of(beside_online(intent(write, *before)), [*records, ONLINE]) is shown


def test_records_that_add_up_to_the_same_are_not_the_same() -> None:
    """Another record with the amount of the one that was there; ours lowered by what another adds."""
    assert shown_of(intent(CHANGE, 9), [payment("40.00", record=10)]) is Shown.OTHER
    sent = replace(intent(CHANGE, 9, 10), paid_before=Decimal("50.00"))
    assert shown_of(sent, [payment("30.00"), payment("20.00", record=10)]) is Shown.OTHER


def test_the_record_that_a_write_touched() -> None:
    """A deletion leaves none; of two new ones it is that which Manage named, and without a name nobody's."""
    other = payment("5.00", record=10)
    assert touched_record(DELETED, [DONE]) is None
    assert touched_record(CREATED, [DONE, other]) is None
    assert touched_record(CREATED, [DONE, other], named=10) == other
    assert touched_record(CREATED, [DONE], named=77) == DONE
    assert touched_record(CHANGED, [other, payment("40.00")]) == payment("40.00")
    assert touched_record(CHANGED, [other]) is None
    assert applied_record(CREATED, [payment("90.00", DAY)]) is None
    assert applied_record(CREATED, [DONE, other], named=9) == DONE


READINGS: dict[str, tuple[Intent, dict[Shown, list[Payment]]]] = {
    "create": (
        CREATED,
        {Shown.INTENDED: [DONE], Shown.BEFORE: [], Shown.OTHER: [payment("90.00", DAY)]},
    ),
    "change": (
        CHANGED,
        {Shown.INTENDED: [DONE], Shown.BEFORE: [payment("40.00")], Shown.OTHER: [payment("90.00", DAY)]},
    ),
    "delete": (
        DELETED,
        {Shown.INTENDED: [], Shown.BEFORE: [DONE], Shown.OTHER: [payment("90.00", DAY)]},
    ),
}
"""For each kind of write, the records of each reading."""
ENDINGS = {
    (ACCEPTED, Shown.INTENDED): (Outcome.POSTED, ["push-written-and-read-back"]),
    (ACCEPTED, Shown.BEFORE): (Outcome.UNKNOWN, ["push-accepted-not-seen", *ids(LATER)]),
    (ACCEPTED, Shown.OTHER): (Outcome.DIFFERS, ["push-shows-other"]),
    (NO, Shown.INTENDED): (Outcome.POSTED, ["push-not-confirmed-but-read-back"]),
    (NO, Shown.BEFORE): (Outcome.REFUSED, ids(NO.message)),
    (NO, Shown.OTHER): (Outcome.DIFFERS, ["push-shows-other"]),
    (SILENCE, Shown.INTENDED): (Outcome.POSTED, ["push-not-confirmed-but-read-back"]),
    (SILENCE, Shown.BEFORE): (Outcome.UNKNOWN, ids(SILENCE.message)),
    (SILENCE, Shown.OTHER): (Outcome.UNKNOWN, ids(SILENCE.message)),
}


def test_somebody_else_s_record_is_not_taken_for_the_one_that_manage_said_it_made() -> None:
    """Ours lags, theirs is there: ours may still arrive, and theirs is never undone."""
    theirs = payment("60.00", DAY, record=78)
    found = posting_by_reading(CREATED, Accepted(payment_id=77), [theirs])
    assert (found.outcome, found.written, touched_record(CREATED, [theirs], named=77)) == (Outcome.UNKNOWN, None, None)


@pytest.mark.parametrize(("kind", "ending"), list(product(READINGS, ENDINGS)))
def test_every_reply_is_judged_by_what_is_read(kind: str, ending: tuple[Accepted | Refusal | NoAnswer, Shown]) -> None:
    """Outcome and sentence; verified is what was posted and nothing else, and only what was read is told."""
    reply, shown = ending
    sent, readings = READINGS[kind]
    found = posting_by_reading(sent, reply, readings[shown])
    outcome, said = ENDINGS[ending]
    if (kind, reply, shown) == ("delete", ACCEPTED, Shown.OTHER):  # nothing tells that it was ours that changed
        outcome, said = ENDINGS[ACCEPTED, Shown.BEFORE]
    assert shown_of(sent, readings[shown]) is shown
    assert (found.outcome, ids(found.message)) == (outcome, said)
    assert found.verified is (outcome is Outcome.POSTED)
    assert (found.paid_after is not None) is (outcome in {Outcome.POSTED, Outcome.DIFFERS})


@pytest.mark.parametrize(
    ("kind", "reply", "shown", "written"),
    [
        ("create", ACCEPTED, Shown.INTENDED, Written(payment_id=9, amount=DONE.amount, paid_on=DAY)),
        ("create", SILENCE, Shown.INTENDED, Written(payment_id=9, amount=DONE.amount, paid_on=DAY)),
        ("create", NO, Shown.INTENDED, None),
        ("create", ACCEPTED, Shown.OTHER, Written(payment_id=9, amount=Decimal("90.00"), paid_on=DAY)),
        ("change", ACCEPTED, Shown.OTHER, Written(payment_id=9, amount=Decimal("90.00"), paid_on=DAY)),
        ("change", NO, Shown.OTHER, None),
        ("delete", ACCEPTED, Shown.INTENDED, GONE),
        ("delete", NO, Shown.INTENDED, GONE),
        ("delete", SILENCE, Shown.INTENDED, GONE),
        ("delete", ACCEPTED, Shown.OTHER, None),
    ],
)
def test_what_is_ours_is_told_from_what_is_somebody_else_s(
    kind: str, reply: Accepted | Refusal | NoAnswer, shown: Shown, written: Written | None
) -> None:
    """A record is ours where nobody refused it; what was to be deleted and is gone is gone whoever did it."""
    sent, readings = READINGS[kind]
    found = posting_by_reading(sent, reply, readings[shown])
    assert (found.written, found.payment_id) == (written, written.payment_id if written else None)


def test_what_is_read_back_is_told_beside_what_was_paid_online() -> None:
    """The whole invoice's amount, our own record's date."""
    online = replace(ONLINE, paid_on=DAY + timedelta(days=3))
    found = posting_by_reading(beside_online(CREATED), ACCEPTED, [DONE, online])
    assert found == replace(
        posting_of(beside_online(CREATED), Outcome.POSTED, say("push-written-and-read-back")),
        paid_after=Decimal("120.00"),
        date_paid_after=DAY,
        payment_id=9,
        verified=True,
        written=Written(payment_id=9, amount=DONE.amount, paid_on=DAY),
    )


def test_silence_and_our_record_beside_somebody_else_s_differs() -> None:
    """Ours has arrived and is told as ours, though the invoice comes to more."""
    found = posting_by_reading(CHANGED, SILENCE, [DONE, payment("5.00", record=10)])
    assert (found.outcome, found.payment_id, found.paid_after) == (Outcome.DIFFERS, 9, Decimal("105.00"))


def test_of_two_new_records_the_one_that_manage_named_is_ours() -> None:
    """It differs all the same, since the invoice comes to more than was approved."""
    found = posting_by_reading(CREATED, ACCEPTED, [DONE, payment("5.00", record=10)])
    assert (found.outcome, found.payment_id) == (Outcome.DIFFERS, 9)


@pytest.mark.parametrize(
    ("records", "shown", "proposed"),
    [
        ([payment("90.00", DAY)], "push-paid-on-day", "push-paid-on-day"),
        ([payment("90.00")], "push-paid-without-date", "push-paid-on-day"),
    ],
)
def test_what_differs_names_both(records: list[Payment], shown: str, proposed: str) -> None:
    """Amount and date as they stand there, and as they were to be."""
    ((_, values),) = [
        (sentence.id, dict(sentence.values))
        for sentence in posting_by_reading(CREATED, ACCEPTED, records).message.sentences
    ]
    assert (shown in values["shown"], proposed in values["proposed"]) == (True, True)


@pytest.mark.parametrize("kind", READINGS)
def test_what_arrived_after_all_is_posted_at_once(kind: str) -> None:
    """Whenever it is read."""
    sent, readings = READINGS[kind]
    found = settled_by_reading(sent, readings[Shown.INTENDED], SENT, 0.0, QUIET)
    assert found is not None
    assert (found.outcome, ids(found.message), found.verified) == (Outcome.POSTED, ["push-applied-after-all"], True)


@pytest.mark.parametrize("kind", READINGS)
@pytest.mark.parametrize(
    ("shown", "outcome", "said"),
    [
        (Shown.BEFORE, Outcome.REFUSED, "push-never-applied"),
        (Shown.OTHER, Outcome.DIFFERS, "push-shows-other"),
    ],
)
def test_anything_else_is_settled_only_after_the_quiet_period(
    kind: str, shown: Shown, outcome: Outcome, said: str
) -> None:
    """Until then a late write may still arrive; what stands there otherwise is not told as ours."""
    sent, readings = READINGS[kind]
    assert settled_by_reading(sent, readings[shown], SENT + timedelta(minutes=9), 0.0, QUIET) is None
    found = settled_by_reading(sent, readings[shown], SENT + QUIET, 0.0, QUIET)
    assert found is not None
    assert (found.outcome, ids(found.message), found.written) == (outcome, [said], None)


@pytest.mark.parametrize("reply", [ACCEPTED, NO, SILENCE])
def test_an_amount_that_cannot_be_read_back_settles_nothing(reply: Accepted | Refusal | NoAnswer) -> None:
    """Whatever else is there: it counts as no amount, and not as 0.00."""
    records = [DONE, replace(ONLINE, amount=Decimal("0.00"), flaw=say("manage-payment-amount-bad", id=4, why="empty"))]
    posting = posting_by_reading(CREATED, reply, records)
    assert (posting.outcome, posting.paid_after, posting.verified) == (Outcome.UNKNOWN, None, False)
    assert settled_by_reading(CREATED, records, SENT + QUIET, 0.0, QUIET) is None


def test_what_was_read_back_is_there_only_where_it_is_read_again() -> None:
    """An invoice that is not found, or an amount that cannot be read, shows nothing."""
    posting = posting_by_reading(CREATED, ACCEPTED, [DONE])
    bad = replace(ONLINE, amount=Decimal("0.00"), flaw=say("manage-payment-amount-bad", id=4, why="empty"))
    assert [shows_as_read_back(posting, records) for records in ([DONE], [], [DONE, ONLINE], [DONE, bad], None)] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_what_arrived_beside_somebody_else_s_record_differs_at_once() -> None:
    """Our write is to be seen, so that nothing is left to wait for."""
    found = settled_by_reading(CREATED, [DONE, replace(ONLINE, amount=Decimal("1.00"))], SENT, 0.0, QUIET)
    assert found is not None
    assert (found.outcome, found.payment_id) == (Outcome.DIFFERS, 9)


def test_a_quiet_period_of_nothing_decides_at_once() -> None:
    """Zero is allowed."""
    found = settled_by_reading(CREATED, [], SENT, 0.0, timedelta(0))
    assert found is not None
    assert found.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("here", "ahead_before", "ahead_now", "over"),
    [
        (10, 0, 0, True),
        (10, 3600, 3600, True),
        (70, 0, 3600, True),
        (69, 0, 3600, False),
        (9, 0, -3600, False),
        (10, 0, -3600, True),
        (9, 3600, 0, False),
        (10, -60, 0, False),
        (11, -60, 0, True),
        (10, 0, 4, True),
        (10, 0, 5, False),
    ],
)
def test_the_quiet_period_is_over_when_it_is_by_both_clocks(
    here: int, ahead_before: int, ahead_now: int, *, over: bool
) -> None:
    """Either may have been set meanwhile: minutes by this one, seconds by which it was ahead of Manage's."""
    sent = replace(CREATED, clock_ahead=float(ahead_before))
    found = settled_by_reading(sent, [], SENT + timedelta(minutes=here), float(ahead_now), QUIET)
    assert (found is not None) is over


def test_a_posting_by_reading_says_of_its_intent_what_was_sent() -> None:
    """Run, row, attempt and whether it takes back an earlier write."""
    sent = replace(CREATED, attempt=3, undo=True)
    found: Posting = posting_by_reading(sent, NO, [])
    assert found == posting_of(sent, Outcome.REFUSED, NO.message)
