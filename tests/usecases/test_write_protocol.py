"""One row of a push: what the ledger is told before and after its request, field by field and word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.values.errors import SetupError, Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.posting import LATER, Intent, NoAnswer, NotSent, Outcome, Posting, Refusal, Written
from sync.core.values.records import Payment, Write
from sync.language.catalogues import ENGLISH
from sync.usecases.write_protocol import BREAKER, READ_BACK_AFTER, WRITE_ATTEMPTS
from tests.support.build import create
from tests.support.english import ids
from tests.support.fakes import SILENCE
from tests.usecases.office import Office, statuses

SENT = datetime(2026, 4, 10, 13, 30, 1, tzinfo=UTC)
APRIL_7 = date(2026, 4, 7)
ONLINE = Payment(id=4, invoice_id=101_001, amount=Decimal("20.00"), paid_on=date(2026, 4, 8), wisepay=True)
BUSY = NotSent(message=say("Too many requests."), wait=1.0)
CREATE = create(101_001, "80.00", APRIL_7)
LOOK = "Look at the invoice's payments in Manage, then run the sync again."


@pytest.fixture
def part_online(office: Office) -> Office:
    """An invoice of 100.00 paid in full, 20.00 of it online: 80.00 is to be written."""
    office.invoice(1001, "100.00", ONLINE)
    office.receipt(1001, "100.00")
    return office


def pushed(office: Office, number: int = 1001) -> Posting:
    """How the invoice's row ended, which is what the ledger holds of it."""
    review = office.sync()
    postings = {posting.invoice: posting for posting in office.push(review).postings}
    found = postings[str(number)]
    assert office.ledger.postings(review.run.id)[found.key] == found
    return found


def lag(office: Office, readings: int) -> None:
    """Have the site show what it holds only after so many readings that follow a write."""
    site, left = office.site, [0]

    def accept(write: Write) -> None:
        shown = site.records[write.invoice_id]
        left[0] = readings

        def show(_: Collection[int]) -> None:
            left[0] -= 1
            if left[0] < 0:
                site.late.pop(write.invoice_id, None)

        site.late[write.invoice_id] = tuple(shown)
        site.before_payments = show

    site.before_write = accept


def ended(posting: Posting, outcome: Outcome, message: Text) -> Posting:
    """A posting of a row that was sent, of which no reading is known."""
    return Posting(
        run=posting.run,
        key="1001",
        invoice="1001",
        currency="CAD",
        outcome=outcome,
        message=message,
        invoice_id=101_001,
        paid_before=Decimal("20.00"),
        attempt=1,
    )


def test_an_intent_says_all_that_is_about_to_be_sent(part_online: Office) -> None:
    """Whole invoice before and after, and every record that stood there."""
    posting = pushed(part_online)
    assert part_online.ledger.intents(posting.run) == [
        Intent(
            run=posting.run,
            key="1001",
            invoice="1001",
            currency="CAD",
            at=SENT,
            attempt=1,
            write=CREATE,
            paid_before=Decimal("20.00"),
            paid_proposed=Decimal("100.00"),
            records_before=(4,),
        )
    ]


def test_a_verified_posting_says_all_that_was_read_back(part_online: Office) -> None:
    """Our own record's date, not the online payment's later one."""
    posting = pushed(part_online)
    assert posting == replace(
        ended(posting, Outcome.POSTED, say("push-written-and-read-back")),
        paid_after=Decimal("100.00"),
        date_paid_after=APRIL_7,
        payment_id=9001,
        verified=True,
        written=Written(payment_id=9001, amount=Decimal("80.00"), paid_on=APRIL_7),
    )


def test_a_deletion_is_verified_beside_what_is_left_alone(part_online: Office) -> None:
    """The record is gone, the online payment is not, and no date of ours is left."""
    pushed(part_online)
    part_online.row(1001, "80.00", number="NSF")
    review = part_online.sync()
    (posting,) = part_online.push(review, approve={"1001": True}).postings
    assert (posting.verified, posting.payment_id, posting.date_paid_after, posting.message.said(ENGLISH)) == (
        True,
        None,
        None,
        "Written and read back.",
    )
    assert posting.written == Written(payment_id=None, amount=Decimal("0.00"), paid_on=None)


@pytest.mark.parametrize(("kept", "shown"), [("90.00", "110.00"), ("80.00", "100.00")])
def test_what_was_not_kept_as_sent_differs(part_online: Office, kept: str, shown: str) -> None:
    """Another amount; or the right amount on another day, which the sum alone does not show."""
    day = date(2026, 4, 9)

    def changed(_: Write) -> None:
        record = part_online.record(1001, kept, day, record_id=9001)
        part_online.site.add(part_online.site.invoices_[101_001], ONLINE, record)

    part_online.site.after_write = changed
    posting = pushed(part_online)
    message = say(
        "push-shows-other",
        shown=say("push-paid-on-day", amount=Decimal(shown), day=day),
        proposed=say("push-paid-on-day", amount=Decimal("100.00"), day=APRIL_7),
    )
    assert posting == replace(
        ended(posting, Outcome.DIFFERS, message),
        paid_after=Decimal(shown),
        date_paid_after=day,
        payment_id=9001,
        written=Written(payment_id=9001, amount=Decimal(kept), paid_on=day),
    )


def test_silence_is_an_unknown_posting(part_online: Office) -> None:
    """With the adapter's sentence, once a site that may lag has been read for some seconds."""
    part_online.site.before_write = lambda _: SILENCE
    posting = pushed(part_online)
    assert posting == ended(posting, Outcome.UNKNOWN, SILENCE.message)
    assert part_online.clock.slept == list(READ_BACK_AFTER)


def test_silence_about_what_is_there_is_posted(part_online: Office) -> None:
    """What is read decides: it is as good as confirmed."""
    part_online.site.after_write = lambda _: SILENCE
    posting = pushed(part_online)
    assert (posting.outcome, posting.verified, posting.payment_id) == (Outcome.POSTED, True, 9001)
    assert (ids(posting.message), part_online.clock.slept) == (["push-not-confirmed-but-read-back"], [])


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (None, "push-accepted-not-read-back"),
        (SILENCE, "push-not-read-back"),
        (Refusal(message=say("No.")), "push-not-read-back"),
    ],
)
def test_what_cannot_be_read_back_is_unknown(
    part_online: Office, reply: Refusal | NoAnswer | None, message: str
) -> None:
    """Whatever was answered. That nothing was changed, as a reading's error has it, would not be true here."""

    def die(_: Write) -> Refusal | NoAnswer | None:
        part_online.site.down = True
        return reply

    part_online.site.after_write = die
    posting = pushed(part_online)
    said = say(message) + LATER
    assert posting == ended(posting, Outcome.UNKNOWN, said)


def test_what_was_settled_by_reading_says_so(part_online: Office) -> None:
    """Applied after all, though nothing was to be read at first."""

    def die(_: Write) -> NoAnswer:
        part_online.site.down = True
        return SILENCE

    part_online.site.after_write = die
    posting = pushed(part_online)
    part_online.site.down = False
    part_online.sync()
    (settled,) = part_online.ledger.postings(posting.run).values()
    assert (settled.outcome, settled.verified, ids(settled.message)) == (
        Outcome.POSTED,
        True,
        ["push-applied-after-all"],
    )


def test_what_never_arrived_says_so_once_the_quiet_period_is_over(part_online: Office) -> None:
    """Only then may it be sent again."""
    part_online.site.before_write = lambda _: SILENCE
    posting = pushed(part_online)
    part_online.clock.pass_by(timedelta(minutes=10))
    part_online.sync()
    (settled,) = part_online.ledger.postings(posting.run).values()
    assert settled == ended(posting, Outcome.REFUSED, say("push-never-applied"))


@pytest.mark.parametrize(
    ("ahead_then", "ahead_now", "passed", "settled"),
    [
        (None, None, 10, True),
        (0.0, 3600.0, 69, False),
        (0.0, 3600.0, 70, True),
        (0.0, -3600.0, 9, False),
        (3600.0, 3600.0, 10, True),
    ],
)
def test_a_clock_that_was_set_does_not_end_the_quiet_period(
    part_online: Office, ahead_then: float | None, ahead_now: float | None, passed: int, *, settled: bool
) -> None:
    """It is over when it is by both: this computer's, and Manage's as its answers tell."""
    skew = {each: None if each is None else timedelta(seconds=each) for each in (ahead_then, ahead_now)}
    part_online.site.clock_skew = skew[ahead_then]
    part_online.site.before_write = lambda _: SILENCE
    posting = pushed(part_online)
    (intent,) = part_online.ledger.intents(posting.run)
    assert (intent.at, intent.clock_ahead) == (SENT, ahead_then or 0.0)
    part_online.clock.moment = SENT + timedelta(minutes=passed, seconds=-1)
    part_online.site.clock_skew = skew[ahead_now]
    part_online.sync()
    assert (part_online.ledger.in_doubt(part_online.ledger.history()[0].run.company) == []) is settled


@pytest.mark.parametrize(("seen_after", "slept"), [(1, [1.0]), (2, [1.0, 2.0]), (3, [1.0, 2.0, 4.0])])
def test_what_a_lagging_site_shows_late_is_posted(part_online: Office, seen_after: int, slept: list[float]) -> None:
    """Accepted, and to be seen at the second reading, or at the last."""
    lag(part_online, seen_after)
    posting = pushed(part_online)
    assert (posting.outcome, posting.verified, posting.payment_id) == (Outcome.POSTED, True, 9001)
    assert (ids(posting.message), part_online.clock.slept) == (["push-written-and-read-back"], slept)


def test_what_is_accepted_and_not_to_be_seen_is_unknown(part_online: Office) -> None:
    """After seven seconds; it is not refused, since it may show later, and it does."""
    lag(part_online, 4)
    posting = pushed(part_online)
    assert posting == ended(posting, Outcome.UNKNOWN, say("push-accepted-not-seen") + LATER)
    part_online.sync()
    assert part_online.ledger.postings(posting.run)["1001"].outcome is Outcome.POSTED


def test_a_refusal_is_read_back_once(part_online: Office) -> None:
    """Manage's own no, and everything as before: nothing is left to wait for."""
    part_online.site.before_write = lambda _: Refusal(message=say("The invoice is closed."))
    before = part_online.site.requests
    review = part_online.sync()
    asked = part_online.site.requests - before
    part_online.push(review)
    (posting,) = part_online.ledger.postings(review.run.id).values()
    assert posting == ended(posting, Outcome.REFUSED, say("The invoice is closed."))
    assert part_online.clock.slept == []
    assert part_online.site.requests - before - asked == 5 + 2  # both lists, records, write, records; balances


def test_a_refusal_of_what_stands_there_is_posted_as_nobody_s(part_online: Office) -> None:
    """Somebody entered the very same a moment before: it is there, and it is not ours to undo."""

    def first(write: Write) -> None:
        record = part_online.record(1001, str(write.amount), write.paid_on, record_id=77)
        part_online.site.add(part_online.site.invoices_[101_001], ONLINE, record)

    part_online.site.before_write = first
    posting = pushed(part_online)
    assert (posting.outcome, ids(posting.message)) == (Outcome.POSTED, ["push-not-confirmed-but-read-back"])
    assert (posting.verified, posting.written, part_online.ledger.changes(posting.run)) == (True, None, {})


def test_a_row_that_changed_while_waiting_stops_itself_alone(part_online: Office) -> None:
    """It is stale with the first fact that differs, after a refusal that waited; the next row is sent."""
    part_online.invoice(1002, "50.00")
    part_online.receipt(1002, "50.00")

    def busy(write: Write) -> NotSent | None:
        if write.invoice_id != 101_001:
            return None
        part_online.site.add(part_online.site.invoices_[101_001], ONLINE, part_online.record(1001, "5.00"))
        return BUSY

    part_online.site.before_write = busy
    posting = pushed(part_online)
    assert (posting.outcome, ids(posting.message), posting.attempt) == (
        Outcome.STALE,
        ["push-fact-changed-in-manage"],
        None,
    )
    told = part_online.ledger.all_postings(posting.run)
    assert [(each.outcome, each.attempt) for each in told if each.invoice == "1001"] == [
        (Outcome.REFUSED, 1),
        (Outcome.STALE, None),
    ]
    assert part_online.shown(1002) == ("50.00", APRIL_7)


def test_a_busy_site_is_read_again_before_each_attempt(part_online: Office) -> None:
    """Each attempt is an intent of its own, and none of the first is left in doubt."""
    answers = [BUSY, BUSY]
    part_online.site.before_write = lambda _: answers.pop() if answers else None
    posting = pushed(part_online)
    reads = part_online.site.read.count(101_001)
    assert (posting.outcome, posting.attempt, part_online.clock.slept) == (Outcome.POSTED, 3, [1.0, 1.0])
    assert reads == 1 + WRITE_ATTEMPTS + 1  # the sync's, one before each write, the reading back
    assert [intent.attempt for intent in part_online.ledger.intents(posting.run)] == [1, 2, 3]
    assert part_online.ledger.in_doubt(part_online.ledger.history()[0].run.company) == []


def test_what_waiting_does_not_help_is_sent_once(part_online: Office) -> None:
    """An untrusted certificate, or a patience that is at its end."""
    part_online.site.before_write = lambda _: NotSent(message=say("Not sent."))
    posting = pushed(part_online)
    assert posting == ended(posting, Outcome.REFUSED, say("Not sent."))
    assert (len(part_online.site.writes), part_online.clock.slept) == (1, [])


def several(office: Office, count: int) -> list[str]:
    """Rows of 100.00 each, by invoice number."""
    numbers = [str(1001 + nth) for nth in range(count)]
    for number in numbers:
        office.invoice(int(number), "100.00")
        office.receipt(int(number), "100.00")
    return numbers


def test_rows_that_cannot_be_read_before_their_write_end_a_push(office: Office) -> None:
    """Each is refused unsent and counts as unclear; the third ends it, and the others are not tried."""
    numbers = several(office, BREAKER + 2)
    review = office.sync()
    office.site.before_payments = lambda _: Unavailable(say("Manage does not answer."))
    found = office.push(review)
    assert office.site.writes == []
    assert [(each.invoice, each.outcome, ids(each.message)[0]) for each in found.postings] == [
        (number, Outcome.REFUSED, "push-not-sent-not-read" if nth < BREAKER else "push-not-sent-manage-silent")
        for nth, number in enumerate(numbers)
    ]
    assert not found.successful


def test_a_login_lost_between_rows_ends_a_push(office: Office) -> None:
    """The row that could not be read says why, and the others that they were not tried."""
    several(office, 3)
    review = office.sync()
    office.site.after_write = lambda _: setattr(
        office.site, "before_payments", lambda _: SetupError(say("The keys were refused."))
    )
    found = office.push(review)
    assert [(each.outcome, ids(each.message)[0]) for each in found.postings] == [
        (Outcome.UNKNOWN, "push-accepted-not-read-back"),
        (Outcome.REFUSED, "push-not-sent-not-read"),
        (Outcome.REFUSED, "push-not-sent-after-refused-login"),
    ]


def test_one_that_is_unclear_among_others_ends_nothing(office: Office) -> None:
    """Sent to a site that was never reached, unread before its write, unanswered: a clear one begins the count anew."""
    numbers = several(office, 2 * BREAKER)
    replies = iter([NotSent(message=say("Not sent.")), SILENCE, None, SILENCE, NotSent(message=say("Not sent.")), None])
    office.site.before_write = lambda _: next(replies)
    found = office.push(office.sync())
    assert len(office.site.writes) == len(numbers)
    assert [each.outcome for each in found.postings] == [
        Outcome.REFUSED,
        Outcome.UNKNOWN,
        Outcome.POSTED,
        Outcome.UNKNOWN,
        Outcome.REFUSED,
        Outcome.POSTED,
    ]


def test_the_same_refusal_again_and_again_ends_a_push(office: Office) -> None:
    """A closed period refuses every row alike; the rest says what Manage said."""
    several(office, BREAKER + 1)
    said = say("The period is closed.")
    office.site.before_write = lambda _: Refusal(message=said)
    found = office.push(office.sync())
    assert len(office.site.writes) == BREAKER
    assert [each.message for each in found.postings] == [
        *[said] * BREAKER,
        say("push-not-sent-same-refusal", said=said),
    ]


@pytest.mark.parametrize("named", ["number", "id"])
def test_a_refusal_that_names_its_own_invoice_is_the_same_refusal(office: Office, named: str) -> None:
    """Of a push and of its undo: a site that takes nothing is not asked row by row."""
    several(office, 2 * BREAKER)

    def answer(write: Write) -> Refusal:
        invoice = office.site.invoices_[write.invoice_id]
        name = invoice.number if named == "number" else str(invoice.id)
        return Refusal(message=say("manage-request-failed", what="x", code=400, said=f"Invoice {name} is locked."))

    review = office.sync()
    office.site.before_write = answer
    found = office.push(review)
    assert [ids(each.message) for each in found.postings] == [
        *[["manage-request-failed"]] * BREAKER,
        *[["push-not-sent-same-refusal"]] * BREAKER,
    ]
    office.site.before_write = lambda _: None
    written = office.push(office.sync())
    assert {each.outcome for each in written.postings} == {Outcome.POSTED}
    office.site.before_write = answer
    undone = office.undo(written.run.id)
    assert [ids(each.message)[0] for each in undone.postings][-BREAKER:] == ["push-not-sent-same-refusal"] * BREAKER


def test_refusals_that_differ_or_do_not_follow_each_other_end_nothing(office: Office) -> None:
    """Each is about its own row."""
    numbers = several(office, 6)
    words = iter(["a", "a", "b", None, "a", "a"])

    def answer(_: Write) -> Refusal | None:
        word = next(words)
        return None if word is None else Refusal(message=say(word))

    office.site.before_write = answer
    office.push(office.sync())
    assert len(office.site.writes) == len(numbers)


def test_a_person_who_edits_during_a_long_push_keeps_what_they_typed(office: Office) -> None:
    """Row 20 was read with the others, and is read again just before its write: stale, and no word of failure."""
    numbers = several(office, 40)
    theirs = office.record(1020, "30.00", date(2026, 4, 8), record_id=77)

    def edit(write: Write) -> None:
        if write.invoice_id == 101_010:
            office.site.add(office.site.invoices_[101_020], theirs)

    office.site.after_write = edit
    found = office.push(office.sync())
    stale = [each for each in found.postings if each.outcome is not Outcome.POSTED]
    assert [(each.invoice, each.outcome, ids(each.message)) for each in stale] == [
        ("1020", Outcome.STALE, ["push-fact-changed-in-manage"])
    ]
    assert (office.site.records[101_020], len(office.site.writes)) == ([theirs], len(numbers) - 1)
    assert found.successful


def test_what_a_person_settles_during_a_push_is_not_sent(office: Office) -> None:
    """Their record is new, so that the row is stale; the next sync finds that both agree."""
    several(office, 2)
    same = office.record(1002, "100.00", APRIL_7, record_id=77)
    office.site.after_write = lambda _: office.site.add(office.site.invoices_[101_002], same)
    found = office.push(office.sync())
    assert [each.outcome for each in found.postings] == [Outcome.POSTED, Outcome.STALE]
    assert len(office.site.writes) == 1
    assert statuses(office.sync()) == {"1001": "in_agreement", "1002": "in_agreement"}


@pytest.mark.parametrize("first", [None, "40.00"], ids=["creates", "changes"])
def test_five_hundred_rows_cost_little_more_than_three_requests_each(office: Office, first: str | None) -> None:
    """Of 500 rows a person edits 50 meanwhile: 450 are posted, and 50 are stale and stay as they were typed."""
    for number in range(1001, 1501):
        office.invoice(number, "100.00", *([office.record(number, first, record_id=number)] if first else []))
        office.receipt(number, "100.00")
    review = office.sync()
    edited = range(1010, 1501, 10)
    typed = {number: office.record(number, "30.00", record_id=number + 50_000) for number in edited}

    def edit(write: Write) -> None:
        if write.invoice_id == 101_001:
            for number, record in typed.items():
                office.site.add(office.site.invoices_[number + 100_000], record)

    office.site.after_write, before = edit, office.site.requests
    found = office.push(review)
    outcomes = Counter(each.outcome for each in found.postings)
    assert (outcomes, found.successful) == ({Outcome.POSTED: 450, Outcome.STALE: 50}, True)
    assert office.site.requests - before <= 3 * 500 + 500 / 20
    assert all(office.site.records[number + 100_000] == [record] for number, record in typed.items())
