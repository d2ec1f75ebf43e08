"""The use case Undo: a run's writes taken back by the same protocol that sent them."""

from __future__ import annotations

from collections.abc import Sequence

from sync import deliver, post
from sync.core.caps import alone
from sync.core.errors import Refused
from sync.core.journal import Phase, Run
from sync.core.posting import Intent, Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.undoing import Undoing, taken_back, undoable
from sync.core.words import Text, say
from sync.deliver import Confirm, Pushed
from sync.gather import Desk


def undo(desk: Desk, run_id: str, confirm: Confirm) -> Pushed:
    """Set the rows that a run wrote back to what each invoice had before, where Manage still holds what was written.

    Args:
        desk: the systems and the settings.
        run_id: the run.
        confirm: asked once before the first write when records would be deleted or caps are exceeded.

    Returns:
        One posting per row that the run had changed; refused where Manage has changed since.

    Raises:
        SetupError: a login or the settings need correcting.
        Unavailable: Manage did not answer; nothing was changed.
        Refused: the run is unknown here or of another site, wrote nothing, it was not confirmed, or the ledger is not
            as it was written.
    """
    desk.ledger.verify()  # what is restored comes from its rows alone
    run = _found(desk, run_id)
    doubtful = post.settle(desk, run.company)
    wanted = undoable(desk.ledger.changes(run.id).values(), desk.ledger.intents(run.id))
    if not wanted and any(intent.run == run.id for intent in doubtful.values()):
        raise Refused(
            say("A write of run {run} got no answer and may still arrive. Undo it after the quiet period.", run=run_id)
        )
    if not wanted:
        raise Refused(
            say(
                "Run {run} has nothing in Manage that could be undone. See in tieout history what each run wrote.",
                run=run_id,
            )
        )
    rows = desk.ledger.reviewed(run.id)
    known = desk.ledger.known(run.company)
    payments = desk.manage.payments({row.intent.write.invoice_id for row in wanted})
    ready: list[Proposal] = []
    refused: list[Posting] = []
    for row in wanted:
        invoice = row.intent.write.invoice_id
        if invoice in doubtful:
            found: Proposal | Text = say("A write to this invoice got no answer and may still arrive. Undo it later.")
        else:
            found = taken_back(row, rows[row.posting.key], payments[invoice], known.written.get(invoice))
        if isinstance(found, Proposal):
            ready.append(found)
        else:
            refused.append(_refused(row.posting, found))
    refused += [_unanswered(intent) for intent in doubtful.values() if _is_left(intent, run, wanted)]
    why_not = alone(ready, (), run.person.user, desk.person.user, desk.caps)
    if why_not is not None:
        raise Refused(why_not)
    deliver.confirmed(desk, ready, len(refused), confirm)
    deliver.record(desk, refused)
    sent = deliver.deliver(desk, run, ready, payments, Phase.UNDO)
    return deliver.finish(desk, run, rows, [*refused, *sent], Phase.UNDO)


def _found(desk: Desk, run_id: str) -> Run:
    run = desk.ledger.run(run_id)
    if run is None:
        raise Refused(
            say(
                "Run {run} is not in the ledger of this user on this computer. Choose one that tieout history lists.",
                run=run_id,
            )
        )
    if (run.company.site, run.company.manage) != (desk.site, desk.manage_company):
        raise Refused(
            say(
                "Run {run} wrote to {theirs} and the settings are for {ours}. Use the settings it was made with.",
                run=run_id,
                theirs=f"{run.company.site} ({run.company.manage})",
                ours=f"{desk.site} ({desk.manage_company})",
            )
        )
    return run


def _is_left(intent: Intent, run: Run, wanted: Sequence[Undoing]) -> bool:
    """A write of the run that may still arrive, on a row that has nothing else to undo."""
    return intent.run == run.id and intent.key not in {row.posting.key for row in wanted}


def _unanswered(intent: Intent) -> Posting:
    return Posting(
        run=intent.run,
        key=intent.key,
        invoice=intent.invoice,
        currency=intent.currency,
        outcome=Outcome.UNKNOWN,
        message=say("This write got no answer and may still arrive. Undo the run again after the quiet period."),
        undo=True,
    )


def _refused(posting: Posting, why: Text) -> Posting:
    return Posting(
        run=posting.run,
        key=posting.key,
        invoice=posting.invoice,
        currency=posting.currency,
        outcome=Outcome.REFUSED,
        message=why,
        undo=True,
    )
