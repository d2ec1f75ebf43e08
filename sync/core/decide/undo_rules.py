"""Taking back what a run wrote: only where Manage still holds it, and back to exactly what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.manage_position import paid
from sync.core.decide.write_outcome import unread
from sync.core.values.messages import Text, say
from sync.core.values.posting import Intent, Posting, Written, with_intents
from sync.core.values.proposal import Proposal
from sync.core.values.records import Action, Payment, Write


class Undoing(Struct, frozen=True, kw_only=True):
    """One row whose write may be taken back.

    Attributes:
        posting: how the write ended.
        intent: what was sent, and what was there before it.
    """

    posting: Posting
    intent: Intent


def undoable(postings: Iterable[Posting], intents: Sequence[Intent]) -> list[Undoing]:
    """Return the rows of a run that a push changed in Manage and that no undo has taken back yet.

    Args:
        postings: what each row last changed in Manage.
        intents: every write of the run.
    """
    return [
        Undoing(posting=posting, intent=intent)
        for posting, intent in with_intents(postings, intents)
        if intent is not None and posting.written is not None and not posting.undo
    ]


def taken_back(
    row: Undoing, reviewed: Proposal, records: Sequence[Payment], last_written: Written | None
) -> Proposal | Text:
    """Return the reviewed row with the write that restores what was before; or, as a Text, why it must not be sent.

    Args:
        row: from `undoable`.
        reviewed: the row as it was reviewed.
        records: the invoice's payment records as just read.
        last_written: what our ledger last wrote on this invoice, by any run.
    """
    written = row.posting.written
    if last_written != written:
        return say("undo-written-again-since")
    if written is None or not _still_there(records, written):
        return say("undo-write-no-longer-there")
    if (flaw := unread(records)) is not None:
        return flaw + say("undo-write-left-alone")
    sent = row.intent.write
    now = paid(records)
    write = Write(
        action=_action(sent),
        invoice_id=sent.invoice_id,
        payment_id=written.payment_id,
        amount=sent.amount_before,
        paid_on=sent.paid_on_before,
        amount_before=written.amount,
        paid_on_before=written.paid_on,
        restores=row.intent.before,
    )
    return replace(
        reviewed,
        write=write,
        paid_before=now,
        paid_proposed=now - written.amount + sent.amount_before,
        date_paid_before=written.paid_on,
        date_paid_proposed=sent.paid_on_before,
    )


def limits(rows: Sequence[Proposal]) -> list[Text]:
    """Return what is said, before the first write of an undo, of that which may not come back as it was."""
    writes = [row.write for row in rows if row.write is not None]
    made = sum(1 for write in writes if write.action is Action.CREATE)
    undated = sum(1 for write in writes if write.action is Action.CHANGE and write.takes_date_away)
    found = [say("undo-makes-new-records", count=made)] if made else []
    return found + ([say("undo-takes-dates-away", count=undated)] if undated else [])


def _still_there(records: Sequence[Payment], written: Written) -> bool:
    """Return whether exactly what we wrote is there, beside whatever else; or nothing, where we deleted."""
    own = {record.id: (record.amount, record.paid_on) for record in records if record.ours}
    if written.payment_id is None:
        return not own
    return own.get(written.payment_id) == (written.amount, written.paid_on)


def _action(sent: Write) -> Action:
    match sent.action:
        case Action.CREATE:
            return Action.DELETE
        case Action.DELETE:
            return Action.CREATE
        case Action.CHANGE:
            return Action.CHANGE
        case _:
            assert_never(sent.action)
