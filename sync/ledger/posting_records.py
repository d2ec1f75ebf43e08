"""How a write is stored: the intent before it is sent, and the posting that says how it ended."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from msgspec.structs import replace

from sync.core.decide.manage_position import Seen
from sync.core.values.messages import say
from sync.core.values.posting import Intent, Outcome, Posting, Written
from sync.core.values.records import Action, Payment, Write
from sync.ledger.hash_chain import LedgerLine
from sync.ledger.stored_form import RecordKind, Sentences, Stored, body_of, filled, from_text, to_text, value_of

UNDONE = "undone"
"""State of a posting that took an earlier one back: it settles nothing, and opens the row again."""


class WriteStored(Stored, frozen=True, kw_only=True):
    """A request to Manage."""

    action: str
    invoice_id: int
    payment_id: int | None
    amount: Decimal
    paid_on: date | None
    amount_before: Decimal
    paid_on_before: date | None


class PaymentStored(Stored, frozen=True, kw_only=True):
    """A payment record in Manage as it was before a write."""

    id: int
    invoice_id: int
    amount: Decimal
    beyond: Decimal
    paid_on: date | None
    time_of_day: str
    kind: str
    applied_by: str


class IntentRecord(Stored, frozen=True, kw_only=True):
    """A write about to be sent."""

    v: int
    run: str
    key: str
    attempt: int
    invoice: str
    currency: str | None
    at: datetime
    write: WriteStored
    paid_before: Decimal
    paid_proposed: Decimal
    records_before: tuple[int, ...]
    undo: bool
    clock_ahead: float
    before: PaymentStored | None
    restores: PaymentStored | None


class WrittenStored(Stored, frozen=True, kw_only=True):
    """What our payment record says after a write."""

    payment_id: int | None
    amount: Decimal
    paid_on: date | None


class PostingRecord(Stored, frozen=True, kw_only=True):
    """How a row ended."""

    v: int
    run: str
    key: str
    attempt: int | None
    invoice: str
    outcome: str
    message: Sentences
    currency: str | None
    invoice_id: int | None
    paid_before: Decimal | None
    paid_after: Decimal | None
    date_paid_after: date | None
    payment_id: int | None
    verified: bool
    written: WrittenStored | None
    undo: bool


def to_write(write: Write) -> WriteStored:
    """Return the stored form of a request to Manage."""
    return filled(WriteStored, write, action=write.action.value)


def from_write(stored: WriteStored) -> Write:
    """Return the request to Manage of its stored form."""
    return value_of(Write, stored, action=Action(stored.action))


def to_intent(intent: Intent) -> IntentRecord:
    """Return the record of an intent."""
    before, restores = intent.before, intent.write.restores
    return filled(
        IntentRecord,
        intent,
        v=INTENTS.version,
        write=to_write(intent.write),
        before=filled(PaymentStored, before) if before else None,
        restores=filled(PaymentStored, restores) if restores else None,
    )


def from_intent(record: IntentRecord) -> Intent:
    """Return the intent of a record."""
    before = value_of(Payment, record.before) if record.before else None
    restores = value_of(Payment, record.restores) if record.restores else None
    write = replace(from_write(record.write), restores=restores)
    return Intent(
        **{name: getattr(record, name) for name in record.__struct_fields__ if name not in _NOT_OF_AN_INTENT},
        write=write,
        before=before,
    )


_NOT_OF_AN_INTENT = frozenset({"v", "write", "before", "restores"})


def to_posting(posting: Posting) -> PostingRecord:
    """Return the record of a posting."""
    return filled(
        PostingRecord,
        posting,
        v=POSTINGS.version,
        outcome=posting.outcome.value,
        message=to_text(posting.message),
        written=filled(WrittenStored, posting.written) if posting.written else None,
    )


def from_posting(record: PostingRecord) -> Posting:
    """Return the posting of a record."""
    return value_of(
        Posting,
        record,
        outcome=Outcome(record.outcome),
        message=from_text(record.message),
        written=value_of(Written, record.written) if record.written else None,
    )


INTENTS = RecordKind(name="intent", version=1, word=say("intent-word"), record=IntentRecord, made=from_intent)
POSTINGS = RecordKind(name="posting", version=1, word=say("posting-word"), record=PostingRecord, made=from_posting)


def line_of_intent(intent: Intent) -> LedgerLine:
    """Return the line of a write about to be sent."""
    return LedgerLine(
        kind=INTENTS.name,
        run=intent.run,
        key=intent.key,
        invoice=intent.write.invoice_id,
        attempt=intent.attempt,
        body=body_of(to_intent(intent)),
    )


def line_of_posting(posting: Posting) -> LedgerLine:
    """Return the line of how a row ended."""
    return LedgerLine(
        kind=POSTINGS.name,
        run=posting.run,
        key=posting.key,
        state=UNDONE if posting.undo and posting.outcome is Outcome.POSTED else posting.outcome.value,
        proof=posting.verified,
        invoice=posting.invoice_id,
        attempt=posting.attempt,
        written=posting.written is not None,
        body=body_of(to_posting(posting)),
    )


def seen_at_posting(posting: Posting) -> Seen | None:
    """Return Paid Amount and the payment record's date as read back."""
    if posting.paid_after is None:
        return None
    date_paid = posting.written.paid_on if posting.written else posting.date_paid_after
    return Seen(paid=posting.paid_after, date_paid=date_paid)
