"""The use case Push, from a reviewed workbook to what became of each approved row; `write_protocol` writes a row."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.matching import normalise, numbers_of, spellings
from sync.core.decide.moved_receipts import half_moves
from sync.core.decide.position import Position
from sync.core.decide.push_rules import (
    Caps,
    cautions,
    duration,
    ending_without_request,
    limit_for_one,
    split_decisions,
    summary,
    why_second_person,
)
from sync.core.decide.reconcile import pair, propose
from sync.core.decide.undo_rules import limits
from sync.core.decide.write_outcome import shows_as_read_back
from sync.core.prove.review import BothSystems, Decided, Reviewed
from sync.core.values.errors import Refused, TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.policy import Policy
from sync.core.values.posting import Intent, Outcome, Posting, unsent
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Document, Invoice, Wanted
from sync.core.values.runs import Phase, Run, RunEnd
from sync.usecases.closing import read_closing
from sync.usecases.guards import forgotten, keep_decisions, require_clock, require_quiet
from sync.usecases.known_heads import require_printed
from sync.usecases.ports import Clock, ManageSite, Rules, Seat, Systems
from sync.usecases.read_and_propose import read_and_propose
from sync.usecases.write_protocol import Check, Checked, HowFar, payments_found, settle, write_rows

_log = logging.getLogger(__name__)
FRESH = timedelta(seconds=8)
"""For so long a row's invoice counts as just read."""
AT_ONCE = 25
"""How many rows' invoices are read again in one request during a push; their payment records are read one by one."""
Confirm = Callable[[Sequence[Text], Sequence[Text], Sequence[Proposal]], bool]
"""Shows a person what is about to be written, and asks where that is out of the ordinary: what, why, which rows."""


class Pushed(Struct, frozen=True, kw_only=True):
    """How a push ended.

    Attributes:
        run: the run.
        rows: its reviewed rows, by key.
        postings: one per row marked Yes, in the order of the review.
        successful: nothing unknown, refused or differing; the watermark moved.
        notices: what the reader should know of it as a whole.
    """

    run: Run
    rows: Mapping[str, Proposal]
    postings: tuple[Posting, ...]
    successful: bool
    notices: tuple[Text, ...] = ()


class Stopped(TieoutError):
    """A push or an undo that was cut short after it began to write.

    Attributes:
        cause: what cut it short: an interruption, an error of Tieout's, or a defect.
        ended: how the rows ended that it had reached, as it was recorded.
        in_flight: the row that was being written, which Manage may show or not; None where there was none.
    """

    def __init__(self, far: HowFar, cause: BaseException) -> None:
        first = (far.in_flight.message,) if far.in_flight else ()
        super().__init__(*first, *(cause.sentences if isinstance(cause, TieoutError) else (say("push-cut-short"),)))
        self.cause, self.ended, self.in_flight = cause, tuple(far.ended), far.in_flight

    @property
    def told(self) -> tuple[Posting, ...]:
        """Everything that is to be told of it, row by row."""
        return (*self.ended, self.in_flight) if self.in_flight else self.ended


class WritePlan(Struct, frozen=True, kw_only=True):
    """What a push or an undo comes to before its first write.

    Attributes:
        phase: which of the two.
        reviewed: the run and its rows.
        ready: the rows to be written.
        unsent: how the other rows ended.
        check: reads each of those again just before it is written.
        before: what earlier pushes of the run changed, which counts towards the limit of one person alone.
        said: what the reader should know of the decisions.
        unanswered: writes of the run in doubt, which count towards that limit too.
    """

    phase: Phase
    reviewed: Reviewed
    ready: Sequence[Proposal]
    unsent: Sequence[Posting]
    check: Check
    before: Sequence[Posting] = ()
    said: Sequence[Text] = ()
    unanswered: Sequence[Intent] = ()


def push(systems: Systems, rules: Rules, seat: Seat, reviewed: Reviewed, decided: Decided, confirm: Confirm) -> Pushed:
    """Write the approved rows that are still as reviewed, each read back and recorded.

    Args:
        systems: both are read again; Manage is written.
        rules: the settings that decide.
        seat: the ledger, the clock, and who pushes.
        reviewed: from `sync.usecases.guards.reviewed_rows`.
        decided: what the workbook says.
        confirm: asked once before the first write; told why, where that is out of the ordinary.

    Returns:
        One posting per row marked Yes.

    Raises:
        SetupError: a login or the settings need correcting.
        Unavailable: one of the systems did not answer; nothing was changed.
        Refused: the ledger is not the one that the workbook was made from, approved rows cannot be seen, it was not
            confirmed, or another guard said no; nothing was changed.
        Stopped: it was cut short after it began to write.
    """
    if decided.hidden:
        raise Refused(say("push-approved-rows-hidden", count=decided.hidden))
    run, ledger = reviewed.run, seat.ledger
    require_printed(ledger, decided.printed)
    approved = sum(decision.approve for decision in decided.decisions)
    _log.info("push of %s begins: %d of %d rows approved", run.id, approved, len(reviewed.rows))
    decisions, said = keep_decisions(ledger, seat.person, seat.clock, reviewed, decided.decisions)
    require_quiet(ledger, seat.clock.now(), rules.quiet)
    doubtful = settle(systems.manage, ledger, seat.clock, rules.quiet, run.company)
    settled, todo = split_decisions(run.id, reviewed.rows, decisions, ledger.postings(run.id), doubtful)
    settled |= _changed_since_pushed(systems.manage, settled.values())
    ready, changed, check = _read_again(systems, rules.policy, seat, reviewed, todo, doubtful)
    settled |= changed
    plan = WritePlan(
        phase=Phase.PUSH,
        reviewed=reviewed,
        ready=ready,
        unsent=list(settled.values()),
        check=check,
        before=ledger.all_postings(run.id),
        said=said,
        unanswered=[intent for intent in doubtful.values() if intent.run == run.id],
    )
    stale = sum(1 for posting in settled.values() if posting.outcome is Outcome.STALE)
    return with_closing(systems, rules.policy, seat, carry_out(systems.manage, rules.caps, seat, plan, stale, confirm))


def _changed_since_pushed(manage: ManageSite, settled: Iterable[Posting]) -> dict[str, Posting]:
    """Return, by key, the rows pushed before that Manage shows otherwise now: what was read back then is not today."""
    pushed = [each for each in settled if each.outcome is Outcome.ALREADY]
    if not pushed:
        return {}
    found = payments_found(manage, {each.invoice_id for each in pushed if each.invoice_id is not None})
    why = say("push-changed-since-pushed")
    return {
        each.key: unsent(each.run, each.key, each.invoice, Outcome.STALE, why, currency=each.currency)
        for each in pushed
        if not shows_as_read_back(each, found.get(each.invoice_id or 0))
    }


def _read_again(
    systems: Systems,
    policy: Policy,
    seat: Seat,
    reviewed: Reviewed,
    todo: Mapping[str, Proposal],
    doubtful: Mapping[int, Intent],
) -> tuple[list[Proposal], dict[str, Posting], Check]:
    """Read both systems: return the rows to be written, how the others ended, and what checks a row before its write.

    Payment records are left to that check: what rests on them is read and judged just before it is written. Where no
    row is left that could be written, nothing is asked.
    """
    if not todo:
        return [], {}, _nothing_to_check
    documents = frozenset(row.document_id for row in todo.values())
    wanted = Wanted(window=None, documents=documents, prefixes=policy.prefixes)
    unsure = {row.document_id for row in todo.values() if row.status is Status.CUSTOMER_DIFFERS}
    spelled = frozenset(as_in_manage(row) for row in todo.values()) - {""}
    read = read_and_propose(systems, policy, seat, wanted, records=False, unsure=unsure, spelled=spelled)
    there = {each.document.id for each in read.positions}
    current = {row.key: row for row in todo.values() if row.document_id in there}
    current |= {row.key: row for row in read.proposals}
    run = reviewed.run.id
    endings = {key: ending_without_request(run, row, current.get(key), doubtful) for key, row in todo.items()}
    ready = [current[key] for key, ending in endings.items() if ending is None]
    ended = {key: ending for key, ending in endings.items() if ending is not None}
    return ready, ended, _AsReviewed(systems.manage, seat.clock, policy, reviewed, read, ready)


def _nothing_to_check(row: Proposal) -> Checked:
    raise AssertionError(row.key)


class _AsReviewed:
    """Reads a row's invoice and payment records again and tells whether the row is still as it was reviewed."""

    def __init__(
        self,
        manage: ManageSite,
        clock: Clock,
        policy: Policy,
        reviewed: Reviewed,
        read: BothSystems,
        ready: Sequence[Proposal],
    ) -> None:
        self._manage, self._clock, self._policy, self._reviewed, self._read = manage, clock, policy, reviewed, read
        self._bearing: defaultdict[str, list[Position]] = defaultdict(list)
        for each in read.candidates:
            for number in self._numbers_of(each.document):
                self._bearing[number].append(each)
        now = {str(each.document.id): self._numbers_of(each.document) for each in read.positions}
        self._numbers = {row.key: now[row.key] for row in ready}
        self._unsure = {row.document_id for row in ready if row.status is Status.CUSTOMER_DIFFERS}
        self._fresh: dict[str, list[Invoice]] = {}
        self._read_at = clock.now()

    def __call__(self, row: Proposal) -> Checked | Posting:
        """See `Check`."""
        if row.key not in self._fresh or self._clock.now() - self._read_at > FRESH:
            self._read_invoices(row.key)
        bearing = list({p.document.id: p for n in self._numbers[row.key] for p in self._bearing[n]}.values())
        policy, known = self._policy, self._read.known
        pairs = pair(bearing, {row.document_id}, self._fresh.pop(row.key), known, policy, self._unsure)
        invoice = pairs[0].match.invoice
        records = self._manage.payments({invoice.id}) if invoice else {}
        (current,) = propose(pairs, records, known, policy)
        ending = ending_without_request(self._reviewed.run.id, self._reviewed.rows[row.key], current, {})
        return ending or Checked(row=current, records=records[invoice.id] if invoice else ())

    def _read_invoices(self, key: str) -> None:
        """Read the invoices of this row and of the next ones in one request: seconds later each of them is written."""
        waiting = list(self._numbers)
        begin, self._read_at = waiting.index(key), self._clock.now()
        numbers, prefixes = (
            {each: self._numbers[each] for each in waiting[begin : begin + AT_ONCE]},
            self._policy.prefixes,
        )
        spelled = {as_in_manage(self._reviewed.rows[each]) for each in numbers} - {""}
        found = self._manage.invoices(spellings(frozenset[str]().union(*numbers.values()), prefixes) | spelled)
        self._fresh = {
            each: [invoice for invoice in found if normalise(invoice.number, prefixes) in bearing]
            for each, bearing in numbers.items()
        }

    def _numbers_of(self, document: Document) -> frozenset[str]:
        return numbers_of(document, self._read.known.accepted, self._policy.prefixes)


def as_in_manage(row: Proposal) -> str:
    """Return the number of a row's invoice exactly as Manage had it at the review; empty where it had none."""
    return dict(row.facts).get("manage.number", "")


def carry_out(manage: ManageSite, caps: Caps, seat: Seat, plan: WritePlan, stale: int, confirm: Confirm) -> Pushed:
    """Ask for confirmation if needed, write the rows, and record how each ended; used by push and undo.

    Args:
        manage: is written.
        caps: above these a person is asked, or has to be a second one.
        seat: the ledger, the clock, and who pushes.
        plan: which rows.
        stale: how many rows cannot be written because something has changed.
        confirm: asks the person, once, before the first write.

    Raises:
        Refused: not confirmed, it takes two people, or the clocks are a day apart; nothing was changed.
        Stopped: interrupted, or the ledger cannot be written, after it began to write.
    """
    run, clocks = plan.reviewed.run, require_clock(manage)
    most = limit_for_one(run.second_person, caps.second_person)
    takes_two = why_second_person(plan.ready, plan.before, run.person.user, seat.person.user, most, plan.unanswered)
    if takes_two is not None:
        raise Refused(takes_two)
    shown = [posting.key for posting in plan.unsent if posting.outcome is Outcome.ALREADY]
    apart = half_moves(plan.ready, plan.reviewed.rows, shown) if plan.phase is Phase.PUSH else []
    lost = forgotten(seat.ledger) if plan.ready and plan.phase is Phase.PUSH else ()
    unusual = [*lost, *cautions(plan.ready, stale, caps), *apart]
    aside = limits(plan.ready) if plan.phase is Phase.UNDO else apart
    if plan.ready:
        what = [*summary(plan.ready), duration(len(plan.ready), manage.seconds_each), *aside]
        if not confirm(what, unusual, plan.ready):
            raise Refused(say("push-not-confirmed"), *unusual)
    far = HowFar()
    try:
        for posting in plan.unsent:
            # What an earlier push wrote is on record already.
            if not (posting.outcome is Outcome.ALREADY and posting.written is not None):
                seat.ledger.conclude(posting)
            far.ended.append(posting)
        write_rows(manage, seat, run.id, plan.ready, plan.check, far, undo=plan.phase is Phase.UNDO)
        return _finish(seat, plan, far.ended, (*plan.said, *clocks, *manage.remarks))
    except (KeyboardInterrupt, Exception) as error:
        if not far.ended and far.in_flight is None:
            raise
        _log.error("%s of %s is cut short, with %s in flight", plan.phase, run.id, far.in_flight and far.in_flight.key)
        raise Stopped(far, error) from error


def with_closing(systems: Systems, policy: Policy, seat: Seat, pushed: Pushed) -> Pushed:
    """Return a push or an undo after which the balances have been read once more; not where it sent nothing.

    Raises:
        Stopped: a defect in reading them; what was written is told all the same.
    """
    if not any(posting.attempt and posting.outcome is not Outcome.ALREADY for posting in pushed.postings):
        return pushed
    if any(posting.outcome is Outcome.UNKNOWN for posting in pushed.postings):  # Manage may be silent still, or late
        return replace(pushed, notices=(*pushed.notices, say("closing-not-read", why=say("closing-write-in-doubt"))))
    try:
        said = read_closing(systems, policy, seat, pushed.run)
    except Exception as error:
        raise Stopped(HowFar(ended=list(pushed.postings)), error) from error
    return replace(pushed, notices=(*pushed.notices, *said))


def _finish(seat: Seat, plan: WritePlan, postings: Iterable[Posting], notices: tuple[Text, ...]) -> Pushed:
    """Record how the push, or the undo, ended; a successful push moves the watermark."""
    run, rows = plan.reviewed.run, plan.reviewed.rows
    by_key = {posting.key: posting for posting in postings}
    ordered = (*(by_key.pop(key) for key in rows if key in by_key), *by_key.values())
    successful = not any(p.outcome in {Outcome.UNKNOWN, Outcome.REFUSED, Outcome.DIFFERS} for p in ordered)
    outcomes = dict(Counter(posting.outcome for posting in ordered))
    _log.info("%s of %s ends: %s", plan.phase, run.id, outcomes)
    seat.ledger.finish(
        RunEnd(
            run=run.id,
            phase=plan.phase,
            at=seat.clock.now(),
            person=seat.person,
            successful=successful,
            outcomes=outcomes,
        )
    )
    return Pushed(run=run, rows=rows, postings=ordered, successful=successful, notices=notices)
