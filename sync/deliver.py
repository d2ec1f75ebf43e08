"""A push around its rows: what may be sent, what changed since the review, the confirmation, and how it all ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.core.caps import cautions
from sync.core.duration import told
from sync.core.errors import Refused
from sync.core.journal import Phase, Run, RunEnd
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import Proposal, Status
from sync.core.records import Payment
from sync.core.words import Text, say
from sync.gather import Desk
from sync.post import post

Confirm = Callable[[Sequence[Text], int], bool]
"""Asks a person to confirm a push that is out of the ordinary: the reasons, and how many rows would be written."""

BREAKER = 3
"""After so many silences in a row a push stops: Manage is not answering."""

_LOGIN_LOST = say("Not sent: Manage refused the login or its permission on an earlier row. Correct it, then try again.")
_SILENT = say("Not sent: Manage stopped answering. Try again when it does.")


class Pushed(Struct, frozen=True, kw_only=True):
    """How a push ended.

    Attributes:
        run: the run.
        rows: its reviewed rows, by key.
        postings: one per row marked Yes, in the order of the review.
        successful: nothing unknown or refused, and every write read back as intended; the watermark moved.
    """

    run: Run
    rows: Mapping[str, Proposal]
    postings: tuple[Posting, ...]
    successful: bool


def sort_out(
    run: Run,
    rows: Mapping[str, Proposal],
    decisions: Iterable[Decision],
    before: Mapping[str, Posting],
    doubtful: Mapping[int, Intent],
) -> tuple[dict[str, Posting], dict[str, Proposal]]:
    """Part the rows marked Yes into those that are settled without asking anybody, and those to be sent.

    Args:
        run: the run.
        rows: its reviewed rows, by key.
        decisions: from the workbook.
        before: how rows of this run ended in earlier pushes.
        doubtful: writes without an answer, by Manage invoice id; an undo of an earlier push may be one of them.

    Returns:
        Postings by key (refused as they stand in the workbook; already pushed from this review), and the rest.
    """
    settled: dict[str, Posting] = {}
    todo: dict[str, Proposal] = {}
    for decision in decisions:
        if not decision.approve:
            continue
        row = rows.get(decision.key)
        earlier = before.get(decision.key)
        if row is None or decision.objection is not None or not row.approvable:
            why = decision.objection or say("This row cannot be approved. Change Approve to No.")
            invoice = row.invoice if row else ""
            settled[decision.key] = _unsent(run, decision.key, invoice, Outcome.REFUSED, why)
        elif earlier is not None and earlier.undo:
            why = say("This run was undone. Run the sync again and review it.")
            settled[decision.key] = _unsent(run, decision.key, row.invoice, Outcome.REFUSED, why)
        elif earlier is not None and earlier.verified and row.invoice_id not in doubtful:
            message = say("Pushed before from this same review; nothing was sent.")
            settled[decision.key] = replace(earlier, outcome=Outcome.ALREADY, message=message)
        else:
            todo[decision.key] = row
    return settled, {key: row for key, row in todo.items() if key not in settled}


def compare(run: Run, row: Proposal, current: Proposal | None, doubtful: Mapping[int, Intent]) -> Posting | None:
    """Compare a reviewed row with what both systems say now; None when it may be sent as reviewed."""
    if row.invoice_id in doubtful:
        why = say(
            "An earlier write to this invoice got no answer and may still arrive, so nothing was sent. "
            "Push again after the quiet period."
        )
        return _unsent(run, row.key, row.invoice, Outcome.UNKNOWN, why)
    if current is not None and current.status is Status.IN_AGREEMENT and _as_approved(row, current):
        return Posting(
            run=run.id,
            key=row.key,
            invoice=row.invoice,
            currency=row.currency,
            outcome=Outcome.ALREADY,
            message=say("Manage already shows what Sage says; nothing was sent."),
            invoice_id=current.invoice_id,
            paid_before=current.paid_before,
            paid_after=current.paid_before,
            date_paid_after=current.date_paid_before,
            verified=True,
        )
    if current is not None and _as_reviewed(row, current):
        return None
    return _unsent(run, row.key, row.invoice, Outcome.STALE, _what_changed(row, current))


def _as_approved(row: Proposal, current: Proposal) -> bool:
    """What both systems now agree on is what was approved, and not something else."""
    return (current.paid_proposed, current.date_paid_proposed) == (row.paid_proposed, row.date_paid_proposed)


def _as_reviewed(row: Proposal, current: Proposal) -> bool:
    """What was approved is still what is: the same facts, and judged the same by what our ledger has since learned."""
    return current.approvable and (current.fingerprint, current.status) == (row.fingerprint, row.status)


def confirmed(desk: Desk, ready: Sequence[Proposal], stale: int, confirm: Confirm) -> None:
    """Ask once, before the first write, when a push is out of the ordinary.

    Args:
        desk: the settings.
        ready: the rows that would be written.
        stale: how many approved rows have changed since the review.
        confirm: asks the person.

    Raises:
        Refused: not confirmed.
    """
    found = cautions(ready, stale, desk.caps)
    if found and not confirm(found, len(ready)):
        raise Refused(
            say("This was not confirmed, so nothing was written to Manage. Run it again to confirm it."), *found
        )


def record(desk: Desk, settled: Iterable[Posting]) -> None:
    """Commit how the rows ended that were not sent; what an earlier push wrote is on record already."""
    for posting in settled:
        if not (posting.outcome is Outcome.ALREADY and posting.written is not None):
            desk.ledger.conclude(posting)


def deliver(
    desk: Desk,
    run: Run,
    ready: Sequence[Proposal],
    payments: Mapping[int, Sequence[Payment]],
    phase: Phase = Phase.PUSH,
) -> Iterator[Posting]:
    """Write the rows one by one, each by the protocol of `sync.post`; stop when no other row could do better.

    Args:
        desk: the systems.
        run: the run.
        ready: rows as just read again, still as reviewed.
        payments: their payment records as just read, by Manage invoice id.
        phase: a push, or an undo of earlier pushes.

    Yields:
        How each row ended, the unsent ones too.
    """
    halted: Text | None = None
    silences = 0
    how_long = told(len(ready), desk.manage.seconds_each)
    with desk.progress.stage(say("Writing to Manage"), len(ready), how_long) as stage:
        for row in ready:
            write = row.write
            if halted is not None or write is None:
                posting = replace(
                    _unsent(run, row.key, row.invoice, Outcome.REFUSED, halted or _SILENT), undo=phase is Phase.UNDO
                )
                desk.ledger.conclude(posting)
            else:
                records = payments.get(write.invoice_id, ())
                posting, stop = post(desk, run.id, row, write, records, undo=phase is Phase.UNDO)
                silences = silences + 1 if posting.outcome is Outcome.UNKNOWN else 0
                halted = _LOGIN_LOST if stop else _SILENT if silences >= BREAKER else None
            stage.step()
            yield posting


def finish(
    desk: Desk, run: Run, rows: Mapping[str, Proposal], postings: Iterable[Posting], phase: Phase = Phase.PUSH
) -> Pushed:
    """Record how the push, or the undo, ended; a successful push moves the watermark."""
    by_key = {posting.key: posting for posting in postings}
    ordered = (*(by_key.pop(key) for key in rows if key in by_key), *by_key.values())
    bad = {Outcome.UNKNOWN, Outcome.REFUSED}
    successful = not any(p.outcome in bad or (p.outcome is Outcome.POSTED and not p.verified) for p in ordered)
    outcomes = Counter(posting.outcome for posting in ordered)
    desk.ledger.finish(
        RunEnd(
            run=run.id,
            phase=phase,
            at=desk.clock.now(),
            person=desk.person,
            successful=successful,
            outcomes=dict(outcomes),
        )
    )
    return Pushed(run=run, rows=rows, postings=ordered, successful=successful)


def _what_changed(row: Proposal, current: Proposal | None) -> Text:
    if current is None:
        return say("Sage no longer holds this invoice, so nothing was sent. Run the sync again.")
    if (row.settled, row.sage_total, row.date_paid_proposed) != (
        current.settled,
        current.sage_total,
        current.date_paid_proposed,
    ):
        return say(
            "Sage has changed since the review ({before} settled then, {now} now), so nothing was sent. Run the sync "
            "again and review it.",
            before=_or_dash(row.settled),
            now=_or_dash(current.settled),
        )
    return say(
        "Manage has changed since the review ({before} paid then, {now} now), so nothing was sent. Run the sync again "
        "and review it.",
        before=_or_dash(row.paid_before),
        now=_or_dash(current.paid_before),
    )


def _or_dash(amount: Decimal | None) -> Decimal | str:
    return "-" if amount is None else amount


def _unsent(run: Run, key: str, invoice: str, outcome: Outcome, message: Text) -> Posting:
    return Posting(run=run.id, key=key, invoice=invoice, outcome=outcome, message=message)
