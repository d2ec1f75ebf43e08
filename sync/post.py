"""The push protocol for one row: INTENT committed, one request, exact check, read back, OUTCOME committed.

Silence is never answered by sending again. A write in doubt is settled by reading, after a quiet period.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import assert_never

from sync.core.errors import TieoutError
from sync.core.journal import Company
from sync.core.money import ZERO
from sync.core.posting import (
    Applied,
    Fate,
    Intent,
    NoAnswer,
    NotApplied,
    Outcome,
    Posting,
    applied_record,
    fate,
    touched_record,
)
from sync.core.proposal import Proposal
from sync.core.records import Action, Payment, Write
from sync.core.standing import Written, paid
from sync.core.words import Text, say
from sync.gather import Desk

SAME_TIME = timedelta(seconds=5)
"""Clocks that differ by less count as equal; Manage tells the time in whole seconds."""
ATTEMPTS = 3
"""How often a row is sent when Manage answers "too many requests" and its record is still as reviewed."""


def settle(desk: Desk, company: Company) -> dict[int, Intent]:
    """Settle writes whose answer never came, by reading.

    Returns:
        The writes still in doubt, by Manage invoice id: nothing may be sent for those invoices in this run.

    Raises:
        SetupError: the login needs correcting.
        Unavailable: Manage did not answer.
    """
    doubtful = desk.ledger.in_doubt(company)
    if not doubtful:
        return {}
    asked = desk.clock.now()
    payments = desk.manage.payments({intent.write.invoice_id for intent in doubtful})
    asked = by_manage(desk, asked)
    open_questions = {}
    for intent in doubtful:
        records = payments[intent.write.invoice_id]
        found = fate(intent, records, asked, desk.quiet)
        if found is Fate.IN_DOUBT:
            open_questions[intent.write.invoice_id] = intent
        elif found is Fate.APPLIED:
            desk.ledger.conclude(_confirmed(intent, records, say("Manage had applied it after all.")))
        else:
            desk.ledger.conclude(ended(intent, Outcome.REFUSED, _not_applied(intent, records)))
    return open_questions


def _not_applied(intent: Intent, records: Sequence[Payment]) -> Text:
    shown = paid(records)
    if shown == intent.paid_before:
        return say("Manage never applied it; it may be sent again.")
    return say(
        "Manage shows {shown} paid, neither what was there before nor the {proposed} that was sent. The next sync "
        "shows what is to be done.",
        shown=shown,
        proposed=intent.paid_proposed,
    )


def by_manage(desk: Desk, moment: datetime) -> datetime:
    """A moment by Manage's clock, where its answers tell another: a clock set here never shortens the quiet period."""
    skew = desk.manage.clock_skew
    return moment if skew is None or abs(skew) < SAME_TIME else moment - skew


def post(
    desk: Desk, run: str, row: Proposal, write: Write, records: Sequence[Payment], *, undo: bool
) -> tuple[Posting, bool]:
    """Write one approved row, still as reviewed.

    Args:
        desk: the systems.
        run: the run's id.
        row: the row as just read again.
        write: its write.
        records: the payment records on its invoice, as just read.
        undo: the write takes an earlier one of the run back.

    Returns:
        How it ended, and whether the push must stop because no other row could do better.
    """
    for attempt in range(1, ATTEMPTS + 1):
        desk.manage.ready()
        intent = Intent(
            run=run,
            key=row.key,
            invoice=row.invoice,
            currency=row.currency,
            at=by_manage(desk, desk.clock.now()),
            write=write,
            paid_before=row.paid_before or ZERO,
            paid_proposed=row.paid_proposed or ZERO,
            records_before=tuple(record.id for record in records),
            undo=undo,
        )
        desk.ledger.intend(intent)
        reply = desk.manage.write(write)
        match reply:
            case Applied(payment=echo):
                return _concluded(desk, _read_back(desk, intent, echo)), False
            case NoAnswer(message=message):
                return _concluded(desk, ended(intent, Outcome.UNKNOWN, message)), False
            case NotApplied(message=message, stop=stop, wait=wait):
                posting = _concluded(desk, ended(intent, Outcome.REFUSED, message))
                if wait is None or attempt == ATTEMPTS:
                    return posting, stop
                desk.clock.sleep(wait)
                if not _unchanged(desk, intent, records):
                    return _concluded(desk, ended(intent, Outcome.STALE, _CHANGED_WHILE_WAITING)), False
            case _:
                assert_never(reply)
    raise AssertionError  # the last attempt returns


_CHANGED_WHILE_WAITING = say(
    "The invoice's payments changed in Manage while waiting to send. Run the sync again and review it."
)


def _concluded(desk: Desk, posting: Posting) -> Posting:
    desk.ledger.conclude(posting)
    return posting


def _unchanged(desk: Desk, intent: Intent, records: Sequence[Payment]) -> bool:
    invoice = intent.write.invoice_id
    try:
        return tuple(desk.manage.payments({invoice})[invoice]) == tuple(records)
    except TieoutError:
        return False


def _read_back(desk: Desk, intent: Intent, echo: Payment | None) -> Posting:
    """Read the invoice's records after a write that Manage confirmed; only the reading counts."""
    invoice = intent.write.invoice_id
    try:
        records = desk.manage.payments({invoice})[invoice]
    except TieoutError as error:
        return ended(
            intent,
            Outcome.UNKNOWN,
            say("Manage accepted it, but it could not be read back: {why} The next run settles it.", why=error.text),
        )
    return _confirmed(intent, records, say("Written and read back."), echo)


_NO_DATE = say("no date")


def _confirmed(intent: Intent, records: Sequence[Payment], message: Text, echo: Payment | None = None) -> Posting:
    """A write known to be done, with what Manage shows now; verified only when that is exactly what was intended."""
    record = applied_record(intent, records)
    gone = intent.write.action is Action.DELETE and all(p.id != intent.write.payment_id for p in records)
    shown = paid(records)
    verified = (record is not None or gone) and shown == intent.paid_proposed
    if not verified:
        message = say(
            "Manage accepted it but now shows {shown} paid on {day} instead of {proposed} on {wanted}. Look at the "
            "invoice's payments in Manage, then run the sync again.",
            shown=shown,
            day=_latest_date(records) or _NO_DATE,
            proposed=intent.paid_proposed,
            wanted=intent.write.paid_on or _NO_DATE,
        )
    carrier = touched_record(intent, records) or echo
    written = Written(payment_id=None, amount=ZERO, paid_on=None)
    if not gone:
        said = carrier or intent.write
        payment_id = carrier.id if carrier else intent.write.payment_id
        written = Written(payment_id=payment_id, amount=said.amount, paid_on=said.paid_on)
    return Posting(
        run=intent.run,
        key=intent.key,
        invoice=intent.invoice,
        currency=intent.currency,
        outcome=Outcome.POSTED,
        message=message,
        invoice_id=intent.write.invoice_id,
        paid_before=intent.paid_before,
        paid_after=shown,
        date_paid_after=_latest_date(records),
        payment_id=written.payment_id,
        verified=verified,
        written=written,
        undo=intent.undo,
    )


def _latest_date(records: Iterable[Payment]) -> date | None:
    return max((p.paid_on for p in records if p.ours and p.paid_on), default=None)


def ended(intent: Intent, outcome: Outcome, message: Text) -> Posting:
    """How a write ended of which nothing was read back."""
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
    )
