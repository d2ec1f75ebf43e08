"""One row of a push: what the ledger is told before and after its request, field by field and word for word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.posting import LATER, Applied, Intent, NotApplied, Outcome, Posting
from sync.core.records import Action, Payment, Write
from sync.core.standing import Written
from sync.core.words import Text, say
from sync.post import by_manage
from tests.steps.office import Office
from tests.support.fakes import SILENCE

SENT = datetime(2026, 4, 10, 13, 30, 1, tzinfo=UTC)
APRIL_7 = date(2026, 4, 7)
ONLINE = Payment(id=4, invoice_id=101_001, amount=Decimal("20.00"), paid_on=date(2026, 4, 8), wisepay=True)
BUSY = NotApplied(message=say("Too many requests."), wait=1.0)
CREATE = Write(
    action=Action.CREATE,
    invoice_id=101_001,
    payment_id=None,
    amount=Decimal("80.00"),
    paid_on=APRIL_7,
    amount_before=Decimal("0.00"),
    paid_on_before=None,
)
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
        ended(posting, Outcome.POSTED, say("Written and read back.")),
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
    assert (posting.verified, posting.payment_id, posting.date_paid_after, str(posting.message)) == (
        True,
        None,
        None,
        "Written and read back.",
    )
    assert posting.written == Written(payment_id=None, amount=Decimal("0.00"), paid_on=None)


@pytest.mark.parametrize(("kept", "shown"), [("90.00", "110.00"), ("80.00", "100.00")])
def test_what_was_not_kept_as_sent_is_said(part_online: Office, kept: str, shown: str) -> None:
    """Another amount; or the right amount on another day, which the sum alone does not show."""
    day = date(2026, 4, 9)

    def changed(_: Write) -> Applied:
        record = part_online.record(1001, kept, day, record_id=9001)
        part_online.site.add(part_online.site.invoices_[101_001], ONLINE, record)
        return Applied(payment=record)

    part_online.site.after_write = changed
    posting = pushed(part_online)
    message = (
        f"Manage accepted it but now shows {shown} paid on 2026-04-09 instead of 100.00 paid on 2026-04-07. {LOOK}"
    )
    assert (posting.verified, str(posting.message), posting.date_paid_after) == (False, message, day)


def test_silence_is_an_unknown_posting(part_online: Office) -> None:
    """With the adapter's sentence, and nothing that nobody has read."""
    part_online.site.after_write = lambda _: SILENCE
    posting = pushed(part_online)
    assert posting == ended(posting, Outcome.UNKNOWN, SILENCE.message)


def test_an_answer_that_cannot_be_read_back_says_why(part_online: Office) -> None:
    """The error's own words, and what happens next."""

    def die(_: Write) -> None:
        part_online.site.down = True

    part_online.site.after_write = die
    posting = pushed(part_online)
    assert (posting.outcome, str(posting.message)) == (
        Outcome.UNKNOWN,
        f"Manage accepted it, but it could not be read back: Manage does not answer. {LATER}",
    )


def test_what_was_settled_by_reading_says_so(part_online: Office) -> None:
    """Applied after all, though the answer was lost."""
    part_online.site.after_write = lambda _: SILENCE
    posting = pushed(part_online)
    part_online.sync()
    (settled,) = part_online.ledger.postings(posting.run).values()
    assert (settled.outcome, settled.verified, str(settled.message)) == (
        Outcome.POSTED,
        True,
        "Manage had applied it after all.",
    )


def test_what_never_arrived_says_so_once_the_quiet_period_is_over(part_online: Office) -> None:
    """Only then may it be sent again."""
    part_online.site.before_write = lambda _: SILENCE
    posting = pushed(part_online)
    part_online.clock.pass_by(timedelta(minutes=10))
    part_online.sync()
    (settled,) = part_online.ledger.postings(posting.run).values()
    assert settled == ended(posting, Outcome.REFUSED, say("Manage never applied it. Run the sync again, then push it."))


def test_a_row_that_changed_while_waiting_stops_itself_alone(part_online: Office) -> None:
    """It is stale; the next row is sent."""
    part_online.invoice(1002, "50.00")
    part_online.receipt(1002, "50.00")

    def busy(write: Write) -> NotApplied | None:
        if write.invoice_id != 101_001:
            return None
        part_online.site.add(part_online.site.invoices_[101_001], ONLINE, part_online.record(1001, "5.00"))
        return BUSY

    part_online.site.before_write = busy
    posting = pushed(part_online)
    assert posting == ended(
        posting,
        Outcome.STALE,
        say("The invoice's payments changed in Manage while waiting to send. Run the sync again and review it."),
    )
    assert part_online.shown(1002) == ("50.00", APRIL_7)


@pytest.mark.parametrize(
    ("skew", "moved"),
    [(None, 0.0), (4.9, 0.0), (-4.9, 0.0), (5.0, -5.0), (-5.0, 5.0), (3600.0, -3600.0)],
)
def test_the_moment_is_manage_s_where_the_clocks_differ(office: Office, skew: float | None, moved: float) -> None:
    """A clock here that is ahead by so many seconds is set back by as many; below five they count as equal."""
    office.site.clock_skew = None if skew is None else timedelta(seconds=skew)
    assert by_manage(office.desk, SENT) == SENT + timedelta(seconds=moved)
