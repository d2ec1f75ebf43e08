"""What became of a write, by what Manage shows afterwards: its answer alone proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from sync.core.decide.manage_position import paid
from sync.core.values.labels import with_commas
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import ZERO
from sync.core.values.posting import (
    LATER,
    Accepted,
    Intent,
    NoAnswer,
    Outcome,
    Posting,
    Refusal,
    Written,
    posting_of,
)
from sync.core.values.records import Action, Payment

MIDNIGHT = "T00:00:00Z"
"""The time of day of a payment date that is a day and nothing more."""
SAME_TIME = 5.0
"""Seconds: what clocks differ by less is no difference; Manage tells the time in whole ones."""


class Shown(StrEnum):
    """What an invoice's payment records show of a write."""

    INTENDED = "intended"
    BEFORE = "before"
    OTHER = "other"


def shown_of(intent: Intent, records: Sequence[Payment]) -> Shown:
    """Return whether records are as a write was to make them, as they were before it, or otherwise."""
    written = intent.write
    total = paid(records)
    gone = written.action is Action.DELETE and all(each.id != written.payment_id for each in records)
    if (gone or applied_record(intent, records) is not None) and total == intent.paid_proposed:
        return Shown.INTENDED
    own = next((each for each in records if each.id == written.payment_id), None)
    untouched = own is None or (own.amount, own.paid_on) == (written.amount_before, written.paid_on_before)
    same = {each.id for each in records} == set(intent.records_before) and total == intent.paid_before
    return Shown.BEFORE if same and untouched else Shown.OTHER


def unread(records: Iterable[Payment]) -> Text | None:
    """Return what is wrong with a record whose amount cannot be read, so that nobody can tell what is paid."""
    return next((record.flaw for record in records if record.flaw), None)


def applied_record(intent: Intent, records: Iterable[Payment], named: int | None = None) -> Payment | None:
    """Return the record that carries what was intended: the changed one, or the one that was not there before."""
    wanted = intent.write
    found = touched_record(intent, records, named)
    return found if found and (found.amount, found.paid_on) == (wanted.amount, wanted.paid_on) else None


def touched_record(intent: Intent, records: Iterable[Payment], named: int | None = None) -> Payment | None:
    """Return the record that a write makes or changes, whatever it says; None after a deletion or if not clear.

    Args:
        intent: what was sent.
        records: all payment records now on the invoice.
        named: id of the record that Manage said it made: another new one is somebody else's, unless it is as was sent.
    """
    wanted = intent.write
    if wanted.action is Action.DELETE:
        return None
    if wanted.action is Action.CREATE:
        found = [each for each in records if each.ours and each.id not in intent.records_before]
        if named is not None:
            as_sent = [each for each in found if (each.amount, each.paid_on) == (wanted.amount, wanted.paid_on)]
            found = [each for each in found if each.id == named] or as_sent
    else:
        found = [each for each in records if each.id == wanted.payment_id]
    return found[0] if len(found) == 1 else None


def posting_by_reading(intent: Intent, reply: Accepted | Refusal | NoAnswer, records: Sequence[Payment]) -> Posting:
    """Return how a write ended, by the payment records that were read after Manage's reply.

    What is as before is refused only where Manage itself said so. Otherwise it may still arrive, and is unknown; so is
    what somebody else has changed meanwhile, as long as our own write is not to be seen and nobody answered for it, and
    where the amount of a record cannot be read.
    """
    if (flaw := unread(records)) is not None:
        return posting_of(intent, Outcome.UNKNOWN, flaw + LATER)
    shown = shown_of(intent, records)
    match reply:
        case Accepted(payment_id=named):
            ours, said = touched_record(intent, records, named), say("push-accepted-not-seen") + LATER
        case NoAnswer(message=said):
            ours = touched_record(intent, records)
        case Refusal(message=said):
            # A record that Manage refused to make is somebody else's, as far as anybody can tell. One that is as it was
            # to become was changed by us for all that it said, and what was to be restored need not be restored again.
            stays = shown is Shown.INTENDED and (intent.undo or intent.write.action is not Action.CREATE)
            ours = touched_record(intent, records) if stays else None
        case _:
            assert_never(reply)
    if shown is Shown.INTENDED:
        confirmed = isinstance(reply, Accepted)
        found = say("push-written-and-read-back") if confirmed else say("push-not-confirmed-but-read-back")
        return _read(intent, Outcome.POSTED, found + _not_as_it_was(intent, ours), records, ours)
    if shown is Shown.BEFORE:
        return posting_of(intent, Outcome.REFUSED if isinstance(reply, Refusal) else Outcome.UNKNOWN, said)
    arrived = applied_record(intent, records) is not None or (isinstance(reply, Accepted) and ours is not None)
    if not (isinstance(reply, Refusal) or arrived):
        return posting_of(intent, Outcome.UNKNOWN, said)
    return _differs(intent, records, ours)


def settled_by_reading(
    intent: Intent, records: Sequence[Payment], now: datetime, clock_ahead: float, quiet: timedelta
) -> Posting | None:
    """Return what became of a write whose answer never came; None while it may still arrive, or nobody can tell.

    Args:
        intent: what was sent.
        records: all payment records now on the invoice.
        now: a moment before they were read, by this computer's clock, UTC.
        clock_ahead: seconds by which that clock is ahead of Manage's.
        quiet: how long a late write may still arrive. It is over when it is by both clocks: either may have been set.
    """
    if unread(records) is not None:
        return None
    shown = shown_of(intent, records)
    ours = touched_record(intent, records)
    if shown is Shown.INTENDED:
        found = say("push-applied-after-all")
        return _read(intent, Outcome.POSTED, found + _not_as_it_was(intent, ours), records, ours)
    if applied_record(intent, records) is not None:
        return _differs(intent, records, ours)
    here, moved = now - intent.at, clock_ahead - intent.clock_ahead
    there = here - timedelta(seconds=moved if abs(moved) >= SAME_TIME else 0.0)
    if min(here, there) < quiet:
        return None
    if shown is Shown.BEFORE:
        return posting_of(intent, Outcome.REFUSED, say("push-never-applied"))
    return _differs(intent, records, None)


RESTORED_BUT = "undo-restored-but"
_NONE = say("none-word")


def restored_otherwise(posting: Posting) -> bool:
    """Return whether an undo brought amount and date back, and something else is not as it was."""
    return posting.undo and any(sentence.id == RESTORED_BUT for sentence in posting.message.sentences)


def _not_as_it_was(intent: Intent, ours: Payment | None) -> Text:
    """Return what an undo could not bring back beside amount and date; nothing where all is as it was."""
    was = intent.write.restores
    if was is None or ours is None:
        return BLANK
    held = was.amount + was.beyond, ours.amount + ours.beyond
    kinds = was.kind or _NONE, ours.kind or _NONE
    users = was.applied_by or _NONE, ours.applied_by or _NONE
    times = was.time_of_day or MIDNIGHT, ours.time_of_day or MIDNIGHT
    compared = [
        (was.id, ours.id, say("undo-record-is-new", before=str(was.id), now=str(ours.id))),
        (*kinds, say("undo-type-differs", before=kinds[0], now=kinds[1])),
        (*users, say("undo-user-differs", before=users[0], now=users[1])),
        (*times, say("undo-time-differs", before=times[0][1:], now=times[1][1:])),
        (*held, say("undo-amount-differs", before=str(held[0]), now=str(held[1]))),
    ]
    found = [said for before, now, said in compared if before != now]
    return say("undo-restored-but", what=with_commas(found)) if found else BLANK


def shows_as_read_back(posting: Posting, records: Sequence[Payment] | None) -> bool:
    """Return whether records are still as they were read back after a write; None where the invoice is not found."""
    if records is None or unread(records) is not None:
        return False
    return (paid(records), _latest_date(records)) == (posting.paid_after, posting.date_paid_after)


def in_flight(intent: Intent, known: Posting | None = None) -> Posting:
    """Return the posting of a write that was under way when its push was cut short: what Manage shows is not on record.

    Args:
        intent: what was sent, or was about to be.
        known: how it ended, where that was read and only could not be recorded.
    """
    if known is None:
        proposed = _paid_on(intent.paid_proposed, intent.write.paid_on)
        return posting_of(
            intent, Outcome.UNKNOWN, say("push-row-in-flight", invoice=intent.invoice, proposed=proposed) + LATER
        )
    said = known.message + say("push-outcome-unrecorded", invoice=intent.invoice) + LATER
    return replace(known, outcome=Outcome.UNKNOWN, verified=False, message=said)


def in_doubt(intent: Intent) -> Text:
    """Return the sentence for a write of which is not known yet whether Manage took it."""
    proposed = _paid_on(intent.paid_proposed, intent.write.paid_on)
    return say("push-write-in-doubt", run=intent.run, invoice=intent.invoice, proposed=proposed) + LATER


def _differs(intent: Intent, records: Sequence[Payment], ours: Payment | None) -> Posting:
    message = say(
        "push-shows-other",
        shown=_paid_on(paid(records), _latest_date(records)),
        proposed=_paid_on(intent.paid_proposed, intent.write.paid_on),
    )
    return _read(intent, Outcome.DIFFERS, message, records, ours)


def _read(intent: Intent, outcome: Outcome, message: Text, records: Sequence[Payment], ours: Payment | None) -> Posting:
    """Return a posting with what was read; `ours` is the record that this write made or changed, if that is clear."""
    written = Written(payment_id=ours.id, amount=ours.amount, paid_on=ours.paid_on) if ours else None
    if intent.write.action is Action.DELETE and all(each.id != intent.write.payment_id for each in records):
        written = Written(payment_id=None, amount=ZERO, paid_on=None)
    return replace(
        posting_of(intent, outcome, message),
        paid_after=paid(records),
        date_paid_after=_latest_date(records),
        payment_id=written.payment_id if written else None,
        verified=outcome is Outcome.POSTED,
        written=written,
    )


def _paid_on(amount: Decimal, day: date | None) -> Text:
    if day is None:
        return say("push-paid-without-date", amount=amount)
    return say("push-paid-on-day", amount=amount, day=day)


def _latest_date(records: Iterable[Payment]) -> date | None:
    return max((each.paid_on for each in records if each.ours and each.paid_on), default=None)
