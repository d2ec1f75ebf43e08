"""The use case Undo: a run's writes taken back by the same protocol that sent them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from sync.core.decide.undo_rules import Undoing, taken_back, undoable
from sync.core.prove.review import Reviewed
from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.posting import Intent, Outcome, Posting, unsent
from sync.core.values.proposal import Proposal
from sync.core.values.records import Payment
from sync.core.values.runs import Phase
from sync.usecases.guards import require_quiet, require_same_site, run_on_record
from sync.usecases.known_heads import require_on_record
from sync.usecases.ports import Rules, Seat, Systems
from sync.usecases.push import Confirm, Pushed, WritePlan, carry_out, with_closing
from sync.usecases.write_protocol import Checked, payments_found, settle

_log = logging.getLogger(__name__)


def undo(
    systems: Systems, rules: Rules, seat: Seat, run_id: str, confirm: Confirm, keys: Collection[str] = ()
) -> Pushed:
    """Set the rows that a run wrote back to what each invoice had before, where Manage still holds what was written.

    Args:
        systems: Manage is read and written; Sage is asked only for the balances, once all is done.
        rules: the settings that decide.
        seat: the ledger, the clock, and who takes the run back.
        run_id: the run.
        confirm: asked once before the first write; told why, where that is out of the ordinary.
        keys: of the rows to be taken back; none: all.

    Returns:
        One posting per row to be taken back that the run had changed; refused where Manage has changed since.

    Raises:
        SetupError: a login or the settings need correcting, or the run wrote no such row.
        Unavailable: Manage did not answer; nothing was changed.
        Refused: the run is unknown here or of another site, wrote nothing, it was not confirmed, or the ledger is not
            as it was written.
        Stopped: it was cut short after it began to write.
    """
    ledger = seat.ledger
    ledger.verify()  # what is restored comes from its rows alone
    require_on_record(ledger)
    run = require_same_site(ledger, systems, run_on_record(ledger, run_id))
    require_quiet(ledger, seat.clock.now(), rules.quiet)
    doubtful = settle(systems.manage, ledger, seat.clock, rules.quiet, run.company)
    wanted = undoable(ledger.changes(run.id).values(), ledger.intents(run.id))
    unanswered = [intent for intent in doubtful.values() if intent.run == run.id]
    if keys:
        wanted = [row for row in wanted if row.posting.key in keys]
        unanswered = [intent for intent in unanswered if intent.key in keys]
        if unwritten := set(keys) - {row.posting.key for row in wanted} - {intent.key for intent in unanswered}:
            raise SetupError(say("undo-row-not-written", run=run_id, keys=", ".join(sorted(unwritten))))
    if not wanted and unanswered:
        raise Refused(say("undo-run-write-unanswered", run=run_id))
    if not wanted:
        raise Refused(say("undo-nothing-to-undo", run=run_id))
    _log.info("undo of %s begins: %d rows", run.id, len(wanted))
    rows = ledger.reviewed(run.id)
    known = ledger.known(run.company)
    by_key = {row.posting.key: row for row in wanted}

    def judged(wrote: Undoing, records: Sequence[Payment] | None) -> Checked | Posting:
        invoice = wrote.intent.write.invoice_id
        if invoice in doubtful:
            return _refused(wrote.posting, say("undo-invoice-write-unanswered"))
        if records is None:
            return _refused(wrote.posting, say("undo-invoice-not-found"))
        restored = taken_back(wrote, rows[wrote.posting.key], records, known.written.get(invoice))
        if isinstance(restored, Text):
            return _refused(wrote.posting, restored)
        return Checked(row=restored, records=records)

    def check(row: Proposal) -> Checked | Posting:
        """Read the payment records again; see `Check`."""
        wrote = by_key[row.key]
        invoice = wrote.intent.write.invoice_id
        return judged(wrote, payments_found(systems.manage, {invoice}).get(invoice))

    payments = payments_found(systems.manage, {row.intent.write.invoice_id for row in wanted})
    checked = [judged(row, payments.get(row.intent.write.invoice_id)) for row in wanted]
    ready = [each.row for each in checked if isinstance(each, Checked)]
    refused = [each for each in checked if isinstance(each, Posting)]
    known_rows = {
        row.posting.key for row in wanted
    }  # a write that may still arrive, on a row with nothing else to undo
    refused += [_unanswered(intent) for intent in unanswered if intent.key not in known_rows]
    reviewed = Reviewed(run=run, rows=rows)
    plan = WritePlan(phase=Phase.UNDO, reviewed=reviewed, ready=ready, unsent=refused, check=check)
    undone = carry_out(systems.manage, rules.caps, seat, plan, len(refused), confirm)
    return with_closing(systems, rules.policy, seat, undone)


def _unanswered(intent: Intent) -> Posting:
    why = say("undo-write-unanswered")
    return unsent(intent.run, intent.key, intent.invoice, Outcome.UNKNOWN, why, currency=intent.currency, undo=True)


def _refused(posting: Posting, why: Text) -> Posting:
    return unsent(posting.run, posting.key, posting.invoice, Outcome.REFUSED, why, currency=posting.currency, undo=True)
