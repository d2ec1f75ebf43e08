"""One row of a push: the decision, the intent committed before its request, Manage's reply, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.records import Action, Payment, Write
from sync.core.standing import Written
from sync.core.words import Text, say

LATER = say("Run the sync again after the quiet period; it finds out.")
"""What to do about a write that got no answer."""


class Outcome(StrEnum):
    """How a row of a push ended."""

    POSTED = "posted"
    ALREADY = "already"
    STALE = "stale"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Decision(Struct, frozen=True, kw_only=True):
    """What the reviewer said of one row. Nothing else is ever taken from a workbook.

    Attributes:
        key: the row's key.
        approve: Yes in its Approve cell.
        note: the Note cell.
        owner: the Owner cell.
        objection: why the row is refused as it stands in the workbook (edited, duplicated, a formula), if it is.
    """

    key: str
    approve: bool
    note: str = ""
    owner: str = ""
    objection: Text | None = None


class Intent(Struct, frozen=True, kw_only=True):
    """A write about to be sent, committed to the ledger before its request.

    Attributes:
        run: the run's id.
        key: the row's key.
        invoice: the invoice number, for people.
        currency: ISO code.
        at: the moment, UTC.
        write: the request.
        paid_before: Paid Amount of the whole invoice just before.
        paid_proposed: Paid Amount of the whole invoice intended.
        records_before: ids of all payment records on the invoice just before.
        undo: it takes an earlier write of the run back.
    """

    run: str
    key: str
    invoice: str
    currency: str | None
    at: datetime
    write: Write
    paid_before: Decimal
    paid_proposed: Decimal
    records_before: tuple[int, ...] = ()
    undo: bool = False


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
        verified: a reading after the write showed exactly what was intended.
        written: what our record now says, where this push wrote it.
        undo: it took an earlier write of the run back.
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


class Applied(Struct, frozen=True, kw_only=True):
    """Manage answered exactly as it should: the write is done. `payment` is its echo (None for a deletion)."""

    payment: Payment | None


class NotApplied(Struct, frozen=True, kw_only=True):
    """Manage answered completely and said no.

    Attributes:
        message: Manage's words and what to do.
        stop: the login or its permission failed, so that no other row can do better.
        wait: seconds Manage asks to wait before another attempt, where it does.
    """

    message: Text
    stop: bool = False
    wait: float | None = None


class NoAnswer(Struct, frozen=True, kw_only=True):
    """Silence, or an answer that cannot be trusted: the write may or may not have been applied."""

    message: Text


Reply = Applied | NotApplied | NoAnswer


class Fate(StrEnum):
    """What a reading shows of a write whose answer never came."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    IN_DOUBT = "in_doubt"


def fate(intent: Intent, payments: Sequence[Payment], now: datetime, quiet: timedelta) -> Fate:
    """Let a reading decide what became of a write.

    Args:
        intent: what was sent.
        payments: all payment records now on the invoice.
        now: the moment of the reading, UTC.
        quiet: how long a late write may still arrive; "not applied" is never concluded sooner.

    Returns:
        Applied as soon as the record says so; not applied only after the quiet period.
    """
    if applied_record(intent, payments) is not None:
        return Fate.APPLIED
    if intent.write.action is Action.DELETE and all(p.id != intent.write.payment_id for p in payments):
        return Fate.APPLIED
    return Fate.NOT_APPLIED if now - intent.at >= quiet else Fate.IN_DOUBT


def applied_record(intent: Intent, payments: Iterable[Payment]) -> Payment | None:
    """The record that carries what was intended: the changed one, or the one new record that was not there before."""
    wanted = intent.write
    found = touched_record(intent, payments)
    return found if found and (found.amount, found.paid_on) == (wanted.amount, wanted.paid_on) else None


def touched_record(intent: Intent, payments: Iterable[Payment]) -> Payment | None:
    """The record that a write makes or changes, whatever it says now; None after a deletion, or if none can be told."""
    wanted = intent.write
    if wanted.action is Action.DELETE:
        return None
    if wanted.action is Action.CREATE:
        found = [p for p in payments if p.ours and p.id not in intent.records_before]
    else:
        found = [p for p in payments if p.id == wanted.payment_id]
    return found[0] if len(found) == 1 else None
