"""Taking back what a run wrote: only where Manage still holds it, and back to exactly what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from sync.core.money import ZERO
from sync.core.posting import Intent, Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.records import Action, Payment, Write
from sync.core.standing import Written, paid
from sync.core.words import Text, say


class Undoing(Struct, frozen=True, kw_only=True):
    """One row whose write may be taken back.

    Attributes:
        posting: how the write ended.
        intent: what was sent, and what was there before it.
    """

    posting: Posting
    intent: Intent


def undoable(postings: Iterable[Posting], intents: Sequence[Intent]) -> list[Undoing]:
    """The rows of a run that a push changed in Manage and that no undo has taken back yet.

    Args:
        postings: what each row last changed in Manage.
        intents: every write of the run, oldest first.
    """
    last = {intent.key: intent for intent in intents if not intent.undo}
    return [
        Undoing(posting=posting, intent=last[posting.key])
        for posting in postings
        if posting.key in last and posting.written is not None and not _taken_back(posting)
    ]


def taken_back(row: Undoing, reviewed: Proposal, records: Sequence[Payment], known: Written | None) -> Proposal | Text:
    """The reviewed row with the write that restores what was there before, or why that must not be sent.

    Args:
        row: from `undoable`.
        reviewed: the row as it was reviewed.
        records: the invoice's payment records as just read.
        known: what our ledger last wrote on this invoice, by any run.
    """
    written = row.posting.written
    if known != written:
        return say(
            "A later run, or the undo of one, has written this invoice again. Undo that run first if it still stands; "
            "else set the payment in Manage by hand."
        )
    own = [record for record in records if record.ours]
    if written is None or not _still_there(own, written):
        return say("Manage no longer holds what this run wrote, so it is left alone. Look at the invoice's payments.")
    sent = row.intent.write
    now = paid(records)
    write = Write(
        action=_action(sent),
        invoice_id=sent.invoice_id,
        payment_id=own[0].id if own else None,
        amount=sent.amount_before,
        paid_on=sent.paid_on_before,
        amount_before=sent.amount,
        paid_on_before=sent.paid_on,
    )
    return replace(
        reviewed,
        write=write,
        paid_before=now,
        paid_proposed=now - sent.amount + sent.amount_before,
        date_paid_before=sent.paid_on,
        date_paid_proposed=sent.paid_on_before,
    )


def _taken_back(posting: Posting) -> bool:
    return posting.undo and posting.outcome is Outcome.POSTED


def _still_there(own: Sequence[Payment], written: Written) -> bool:
    if written.amount == ZERO and written.payment_id is None:
        return not own
    if len(own) != 1:
        return False
    return (own[0].id, own[0].amount, own[0].paid_on) == (written.payment_id, written.amount, written.paid_on)


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
