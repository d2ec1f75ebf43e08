"""One row of a push: the decision, the intent committed before its request, Manage's reply, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.records import Payment, Write

LATER = say("push-unanswered-sync-later")
"""What to do about a write that got no answer."""


class Outcome(StrEnum):
    """How a row of a push ended."""

    POSTED = "posted"
    ALREADY = "already"
    STALE = "stale"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DIFFERS = "differs"


class Decision(Struct, frozen=True, kw_only=True):
    """What the reviewer said of one row. Nothing else is ever taken from a workbook.

    Attributes:
        key: the row's key.
        approve: Yes in its Approve cell.
        note: the Note cell.
        owner: the Owner cell.
        objection: why the row is refused as it stands in the workbook (edited, duplicated, a formula), if it is.
        invoice: the Invoice cell, by which a row of no known key is named; not stored.
        blank: nothing stands in its Approve cell: it is not pushed, and nobody has said No; not stored.
        until: the day in the cell Hold until, to which the row is held.
        no_day: what stands in that cell where it is not a day; not stored.
    """

    key: str
    approve: bool
    note: str = ""
    owner: str = ""
    objection: Text | None = None
    invoice: str = ""
    blank: bool = False
    until: date | None = None
    no_day: str = ""


class Intent(Struct, frozen=True, kw_only=True):
    """A write about to be sent, committed to the ledger before its request.

    Attributes:
        run: the run's id.
        key: the row's key.
        invoice: the invoice number, for people.
        currency: ISO code.
        at: the moment by this computer's clock, UTC.
        clock_ahead: seconds by which that clock was ahead of Manage's, as its last answer told; 0 where none did.
        attempt: the number of this write among those of its row in this run, undo included, from 1.
        write: the request.
        paid_before: Paid Amount of the whole invoice just before.
        paid_proposed: Paid Amount of the whole invoice intended.
        records_before: ids of all payment records on the invoice just before.
        undo: it takes an earlier write of the run back.
        before: the record that is to be changed or deleted, as read just before; None where one is made.
    """

    run: str
    key: str
    invoice: str
    currency: str | None
    at: datetime
    attempt: int
    write: Write
    paid_before: Decimal
    paid_proposed: Decimal
    records_before: tuple[int, ...] = ()
    undo: bool = False
    clock_ahead: float = 0.0
    before: Payment | None = None


class Posting(Struct, frozen=True, kw_only=True):
    """How one approved row ended.

    Attributes:
        run: the run's id.
        key: the row's key.
        invoice: the invoice number.
        currency: ISO code.
        outcome: see `Outcome`.
        message: what happened, in words.
        invoice_id: Manage's invoice, where known.
        paid_before: Paid Amount before, the whole invoice.
        paid_after: Paid Amount as read back; None when it was not read.
        date_paid_after: Date Paid as read back.
        payment_id: the payment record that carries it.
        verified: a reading showed exactly what was intended, as it does of every row that was posted.
        written: what our record now says, where this push wrote it.
        undo: it took an earlier write of the run back.
        attempt: of the intent whose write this tells of; None where nothing was sent.
    """

    run: str
    key: str
    invoice: str
    outcome: Outcome
    message: Text
    currency: str | None = None
    invoice_id: int | None = None
    paid_before: Decimal | None = None
    paid_after: Decimal | None = None
    date_paid_after: date | None = None
    payment_id: int | None = None
    verified: bool = False
    written: Written | None = None
    undo: bool = False
    attempt: int | None = None

    @property
    def as_approved(self) -> bool:
        """Manage was read, and shows exactly what was approved."""
        return self.verified and self.outcome in {Outcome.POSTED, Outcome.ALREADY}

    @property
    def added(self) -> Decimal:
        """What it added to Paid Amount, as it was read before and after."""
        return (self.paid_after or ZERO) - (self.paid_before or ZERO)


def unsent(
    run: str,
    key: str,
    invoice: str,
    outcome: Outcome,
    message: Text,
    *,
    currency: str | None = None,
    undo: bool = False,
) -> Posting:
    """Return the posting of a row for which nothing was sent."""
    return Posting(run=run, key=key, invoice=invoice, currency=currency, outcome=outcome, message=message, undo=undo)


def posting_of(intent: Intent, outcome: Outcome, message: Text) -> Posting:
    """Return the posting of a write that was sent, with nothing read back yet."""
    return Posting(
        run=intent.run,
        key=intent.key,
        invoice=intent.invoice,
        currency=intent.currency,
        outcome=outcome,
        message=message,
        invoice_id=intent.write.invoice_id,
        paid_before=intent.paid_before,
        undo=intent.undo,
        attempt=intent.attempt,
    )


def with_intents(postings: Iterable[Posting], intents: Iterable[Intent]) -> list[tuple[Posting, Intent | None]]:
    """Pair each posting of a run with the intent whose write it tells of; None where nothing was sent."""
    by_attempt = {(intent.key, intent.attempt): intent for intent in intents}
    return [(each, None if each.attempt is None else by_attempt.get((each.key, each.attempt))) for each in postings]


def without_posting(intents: Iterable[Intent], postings: Iterable[Posting]) -> list[Intent]:
    """Return the intents of a run that no posting tells of: the program ended before it could be recorded."""
    told = {(each.key, each.attempt) for each in postings}
    return [intent for intent in intents if (intent.key, intent.attempt) not in told]


def attempts_by_key(intents: Iterable[Intent]) -> dict[str, int]:
    """Return the number of the last attempt of each row of a run."""
    last: dict[str, int] = {}
    for intent in intents:
        last[intent.key] = max(intent.attempt, last.get(intent.key, 0))
    return last


class Accepted(Struct, frozen=True, kw_only=True):
    """Manage answered with success. What it holds is for the reading back to tell.

    Attributes:
        payment_id: of the record that it says it made or changed, where it names one.
    """

    payment_id: int | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """Manage itself answered completely, and said no.

    Attributes:
        message: Manage's words and what to do.
        stop: the login or its permission failed, so that no other row can do better.
        names: fields of a payment record that its words name, and "version" where they are about that of the API.
    """

    message: Text
    stop: bool = False
    names: frozenset[str] = frozenset()


class NotSent(Struct, frozen=True, kw_only=True):
    """Nothing can have been applied: no connection was made, or Manage was too busy to take the request.

    Attributes:
        message: what happened.
        wait: seconds until it may be sent again; None where that would not help, or where waiting has lasted too long.
    """

    message: Text
    wait: float | None = None


class NoAnswer(Struct, frozen=True, kw_only=True):
    """Silence, or an answer that is no clear word of Manage's: the write may or may not have been applied."""

    message: Text


Reply = Accepted | Refusal | NotSent | NoAnswer


class Written(Struct, frozen=True, kw_only=True):
    """What our ledger last wrote (or left) as our payment record on an invoice; amount zero after a deletion."""

    payment_id: int | None
    amount: Decimal
    paid_on: date | None
