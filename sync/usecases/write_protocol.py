"""How rows are written, each by one protocol: read again, INTENT committed, one request, read back, OUTCOME committed.

Silence is never answered by sending again, and no answer is taken for what Manage holds. A write in doubt is settled by
reading, after a quiet period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from msgspec import Struct

from sync.core.decide.push_rules import duration_sentence
from sync.core.decide.write_outcome import in_flight, posting_by_reading, settled_by_reading
from sync.core.values.errors import NotFound, SetupError, TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.posting import (
    LATER,
    Accepted,
    Intent,
    NoAnswer,
    NotSent,
    Outcome,
    Posting,
    Refusal,
    attempts_by_key,
    posting_of,
    unsent,
)
from sync.core.values.proposal import Proposal
from sync.core.values.records import Payment
from sync.core.values.runs import Company
from sync.usecases.ports import Clock, Ledger, ManageSite, Seat

WRITE_ATTEMPTS = 3
"""How often a row is sent that cannot have been applied before, and is still as reviewed."""
READ_BACK_AFTER = (1.0, 2.0, 4.0)
"""Seconds between readings of what a write should have made, as long as it is not to be seen: a site may lag behind."""
BREAKER = 3
"""After so many rows in a row without a clear answer, or refused with the same words, a push stops."""
_NO_ACCESS = say("push-not-sent-after-refused-login")
_SILENT = say("push-not-sent-manage-silent")


class Checked(Struct, frozen=True, kw_only=True):
    """A row as it is now, still as reviewed, and the payment records on its invoice."""

    row: Proposal
    records: Sequence[Payment]


Check = Callable[[Proposal], Checked | Posting]
"""Reads what a row rests on again, just before it is written: the row as it is now, or how it ends unsent.

Raises SetupError where the login needs correcting, and Unavailable where Manage does not answer.
"""


def settle(manage: ManageSite, ledger: Ledger, clock: Clock, quiet: timedelta, company: Company) -> dict[int, Intent]:
    """Settle writes whose answer never came, by reading.

    Args:
        manage: is read.
        ledger: knows the writes, and is told what became of them.
        clock: tells how long ago each was sent.
        quiet: how long a late write may still arrive.
        company: whose writes.

    Returns:
        The writes still in doubt, by Manage invoice id: nothing may be sent for those invoices in this run. One whose
        invoice Manage does not find is among them, because that says nothing of the write.

    Raises:
        SetupError: the login needs correcting.
        Unavailable: Manage did not answer.
    """
    doubtful = ledger.in_doubt(company)
    if not doubtful:
        return {}
    asked = clock.now()  # a reading that takes long says nothing of the time after it began
    payments = payments_found(manage, {intent.write.invoice_id for intent in doubtful})
    ahead = seconds_ahead(manage)
    open_questions = {}
    for intent in doubtful:
        records = payments.get(intent.write.invoice_id)
        posting = None if records is None else settled_by_reading(intent, records, asked, ahead, quiet)
        if posting is None:
            open_questions[intent.write.invoice_id] = intent
        else:
            ledger.conclude(posting)
    return open_questions


def payments_found(manage: ManageSite, invoices: Collection[int]) -> Mapping[int, Sequence[Payment]]:
    """Return the payment records of each invoice that Manage finds: one that is gone does not hide the others."""
    found: dict[int, Sequence[Payment]] = {}
    try:
        found |= manage.payments(invoices)
    except NotFound:
        for each in sorted(invoices):
            with suppress(NotFound):
                found |= manage.payments({each})
    return found


def seconds_ahead(manage: ManageSite) -> float:
    """Return by how many seconds this computer's clock is ahead of Manage's; 0 where no answer told."""
    return 0.0 if manage.clock_skew is None else manage.clock_skew.total_seconds()


@dataclass
class HowFar:
    """How far a push or an undo has come.

    Attributes:
        ended: how rows ended, the unsent ones too, as it was recorded.
        in_flight: the row that was being written when it was cut short, whose ending is not on record.
    """

    ended: list[Posting] = field(default_factory=list)
    in_flight: Posting | None = None


def write_rows(
    manage: ManageSite, seat: Seat, run: str, ready: Sequence[Proposal], check: Check, far: HowFar, *, undo: bool
) -> None:
    """Write rows one after the other; stop when no other row could do better.

    Args:
        manage: is written.
        seat: the ledger, the clock, and what shows progress.
        run: the run's id.
        ready: the rows to be written.
        check: reads each again just before it is written.
        far: is told how each row ended; whatever cuts this short, the row whose request may be out is named there.
        undo: the writes take earlier ones of the run back.
    """
    attempts = attempts_by_key(seat.ledger.intents(run))
    writer = _RowWriter(manage, seat, run, check, undo=undo)
    with seat.progress.stage(
        say("writing-to-manage"), len(ready), duration_sentence(len(ready), manage.seconds_each)
    ) as stage:
        for row in ready:
            posting: Posting | None = None
            try:
                posting = writer.write(row, attempts.get(row.key, 0))
                seat.ledger.conclude(posting)
                far.ended.append(posting)
                stage.step()
            except BaseException:
                if writer.out is not None and posting not in far.ended:
                    far.in_flight = in_flight(writer.out, posting)
                raise


class _Ended(Struct, frozen=True, kw_only=True):
    """How a row ended, whether Manage gave a clear answer, and why no other row could do better, if so."""

    posting: Posting
    clear: bool = True
    stop: Text | None = None


def _reason(said: Text, row: Proposal) -> str:
    """Return what a refusal says without what names its own row: the same for rows that are refused for one reason."""
    named = {row.invoice, dict(row.facts).get("manage.number", "")}
    named |= {str(row.write.invoice_id), str(row.write.payment_id or "")} if row.write else set()
    own = "|".join(re.escape(each) for each in sorted(named - {""}, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{own})(?!\w)", "", str(said))


class _RowWriter:
    """Writes the rows of one push or undo, and knows when to stop.

    Attributes:
        out: the intent whose request may have left, of the row that is being written or was last.
    """

    def __init__(self, manage: ManageSite, seat: Seat, run: str, check: Check, *, undo: bool) -> None:
        self._manage, self._seat, self._run, self._check, self._undo = manage, seat, run, check, undo
        self.out: Intent | None = None
        self._halted: Text | None = None
        self._unclear = 0
        self._refusals: list[str] = []

    def write(self, row: Proposal, attempt: int) -> Posting:
        """Write a row, unless an earlier one told that none can be written; return a posting that is yet to be kept."""
        self.out = None
        if self._halted is not None:
            return self._unsent(row, self._halted)
        ended = self._attempted(row, attempt)
        self._unclear = 0 if ended.clear else self._unclear + 1
        refused = ended.posting.outcome is Outcome.REFUSED and ended.clear and ended.posting.attempt is not None
        reason = _reason(ended.posting.message, row)
        self._refusals = [each for each in (*self._refusals, reason) if each == reason] if refused else []
        if self._unclear == BREAKER:
            self._halted = _SILENT
        elif len(self._refusals) == BREAKER:
            self._halted = say("push-not-sent-same-refusal", said=ended.posting.message)
        self._halted = ended.stop or self._halted
        return ended.posting

    def _attempted(self, row: Proposal, before: int) -> _Ended:
        """Read a row again, send its write, and read it back; again only where nothing can have been applied."""
        for attempt in range(before + 1, before + 1 + WRITE_ATTEMPTS):
            try:
                checked = self._check(row)
            except TieoutError as error:
                refused = isinstance(error, SetupError) and not isinstance(error, NotFound)  # one invoice may be gone
                stop = _NO_ACCESS if refused else None
                return _Ended(
                    posting=self._unsent(row, say("push-not-sent-not-read", why=error.text)), clear=False, stop=stop
                )
            if isinstance(checked, Posting):
                return _Ended(posting=checked)
            self._manage.wait_for_turn()  # so that no wait lies between the intent and its request
            intent = self._intent(checked, attempt)
            self._seat.ledger.intend(intent)
            self.out = intent
            reply = self._manage.write(intent.write)
            if not isinstance(reply, NotSent):
                return self._read_back(intent, reply)
            self.out = None
            posting = posting_of(intent, Outcome.REFUSED, reply.message)
            if reply.wait is None or attempt == before + WRITE_ATTEMPTS:
                return _Ended(posting=posting, clear=False)
            self._seat.ledger.conclude(posting)
            self._seat.clock.sleep(reply.wait)
        raise AssertionError("the last attempt returns")

    def _read_back(self, intent: Intent, reply: Accepted | Refusal | NoAnswer) -> _Ended:
        """Read the invoice's records whatever the answer was, for some seconds if the write is not to be seen."""
        invoice = intent.write.invoice_id
        for wait in (*READ_BACK_AFTER, None):
            try:
                records = self._manage.payments({invoice})[invoice]
            except TieoutError:  # why is in the log
                accepted = isinstance(reply, Accepted)
                told = say("push-accepted-not-read-back") + LATER if accepted else say("push-not-read-back") + LATER
                return _Ended(posting=posting_of(intent, Outcome.UNKNOWN, told), clear=False)
            posting = posting_by_reading(intent, reply, records)
            if wait is None or posting.outcome in {Outcome.POSTED, Outcome.REFUSED}:
                stop = _NO_ACCESS if isinstance(reply, Refusal) and reply.stop else None
                return _Ended(posting=posting, clear=posting.outcome is not Outcome.UNKNOWN, stop=stop)
            self._seat.clock.sleep(wait)
        raise AssertionError("the last reading returns")

    def _intent(self, checked: Checked, attempt: int) -> Intent:
        row = checked.row
        if row.write is None:
            raise AssertionError("only a row with a write is still as reviewed")
        return Intent(
            run=self._run,
            key=row.key,
            invoice=row.invoice,
            currency=row.currency,
            at=self._seat.clock.now(),
            clock_ahead=seconds_ahead(self._manage),
            attempt=attempt,
            write=row.write,
            paid_before=row.paid_before or ZERO,
            paid_proposed=row.paid_proposed or ZERO,
            records_before=tuple(record.id for record in checked.records),
            before=next((record for record in checked.records if record.id == row.write.payment_id), None),
            undo=self._undo,
        )

    def _unsent(self, row: Proposal, why: Text) -> Posting:
        return unsent(self._run, row.key, row.invoice, Outcome.REFUSED, why, currency=row.currency, undo=self._undo)
