"""The use case Trial: one invoice is written, read back, taken back and read back, by the protocol of push and undo.

What nobody could verify about Manage is learned from it: where Manage refuses in words that name a field or the version
of its API, the next way is tried, each an attempt on record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import asdict, replace

from sync.core.prove.review import Decided, Reviewed
from sync.core.values import labels
from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.policy import PartialDate, Policy
from sync.core.values.posting import Decision, Outcome, Posting
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Action
from sync.core.values.runs import NotedHead
from sync.settings.settings_file import Behaviour, DateClear
from sync.usecases.guards import decision_on_record, pinned_books, why_not_pushed
from sync.usecases.ports import Ledger, ManageSite, Rules, Seat, Systems
from sync.usecases.push import Confirm, Pushed, Stopped, push
from sync.usecases.undo import undo
from sync.usecases.write_protocol import HowFar

_log = logging.getLogger(__name__)
TYPES = ("P", "Payment", "")
"""Types that a new payment record may say, the likeliest first; with "" it says none. Others are no plain payments."""


class TrialSite(ManageSite, Protocol):
    """A site that can be asked in other ways."""

    @property
    def behaviour(self) -> Behaviour:
        """How it is asked now: without a version of its API once it has refused one."""

    @property
    def named(self) -> frozenset[str]:
        """What the refusal of the last write named; nothing where that was not refused."""

    def behave(self, behaviour: Behaviour) -> None:
        """Ask and write in another way from now on."""


class Candidate(Struct, frozen=True, kw_only=True):
    """The row that a trial is made with, and the review that it is from."""

    reviewed: Reviewed
    row: Proposal


class Tried(Struct, frozen=True, kw_only=True):
    """How a trial ended.

    Attributes:
        candidate: what it was made with.
        written: how each attempt to write ended, oldest first.
        undone: how each attempt to take it back ended; empty where nothing was written.
        learned: lines of [manage.behaviour] that Manage wants otherwise than the settings file has them.
        notices: what the reader should know of it as a whole.
    """

    candidate: Candidate
    written: tuple[Posting, ...]
    undone: tuple[Posting, ...]
    learned: Mapping[str, str]
    notices: tuple[Text, ...] = ()

    @property
    def as_it_was(self) -> bool:
        """Manage was read, and shows what it showed before."""
        if self.undone:
            return self.undone[-1].as_approved
        return self.written[-1].outcome not in {Outcome.UNKNOWN, Outcome.DIFFERS}

    @property
    def well(self) -> bool:
        """All steps went well."""
        return self.as_it_was and bool(self.undone) and self.written[-1].as_approved


def candidate(ledger: Ledger, systems: Systems, policy: Policy, invoice: str | None = None) -> Candidate:
    """Return the row to make a trial with, of the newest review that may still be pushed.

    Args:
        ledger: knows the review.
        systems: the site is the one that the settings name.
        policy: the settings that decide, which must not have changed since.
        invoice: the number, or the row's key, of one that is ready; None for the smallest without a payment record.

    Raises:
        SetupError: there is no such review, or no such row in it.
    """
    books = pinned_books(ledger, systems)
    ended = (each.run for each in ledger.history() if each.run.company == books and each.end is not None)
    run = next(ended, None)
    if run is None:
        raise SetupError(say("trial-sync-first"))
    reviewed = Reviewed(run=run, rows=ledger.reviewed(run.id))
    if why := why_not_pushed(ledger, policy, reviewed):
        raise SetupError(*why, say("trial-sync-first"))
    ready = list(_ready(ledger, reviewed))
    if invoice is not None:
        wanted = invoice.strip()
        named = [row for row in ready if row.key == wanted] or [row for row in ready if row.invoice == wanted]
        if not named:
            raise SetupError(say("trial-invoice-not-ready", invoice=invoice, run=run.id))
        if len(named) > 1:
            raise SetupError(say("trial-number-of-several", invoice=invoice, keys=", ".join(row.key for row in named)))
        return Candidate(reviewed=reviewed, row=named[0])
    without = [row for row in ready if row.write and row.write.action is Action.CREATE and not row.paid_before]
    if not without:
        raise SetupError(say("trial-nothing-fits", run=run.id))
    return Candidate(reviewed=reviewed, row=min(without, key=lambda row: (row.change, row.invoice)))


def _ready(ledger: Ledger, reviewed: Reviewed) -> Iterator[Proposal]:
    """Yield the rows that are ready, that nobody set to No, and that no push has written."""
    postings, decisions = ledger.postings(reviewed.run.id), ledger.decisions(reviewed.run.id)
    for key, row in reviewed.rows.items():
        approved = decisions[key].approve if key in decisions else row.approve
        unwritten = key not in postings or postings[key].outcome in {Outcome.REFUSED, Outcome.STALE}
        if row.status is Status.READY and approved and unwritten:
            yield row


def trial(systems: Systems, site: TrialSite, rules: Rules, seat: Seat, chosen: Candidate, confirm: Confirm) -> Tried:
    """Write one invoice, read it back, take it back and read it back; learn what Manage asks for on the way.

    Args:
        systems: both are read again; Manage is written.
        site: what answers for Manage among them.
        rules: the settings that decide.
        seat: the ledger, the clock, and who tries.
        chosen: from `candidate`.
        confirm: asked once, before the first write.

    Returns:
        What became of each attempt; where something stands in Manage, `conclusion` says how to take it back.

    Raises:
        SetupError, Unavailable, Refused: as `push`; nothing was changed.
        Stopped: it was cut short after it began to write; `undo` of the run takes back what was written.
    """
    reviewed, row, asked = chosen.reviewed, chosen.row, site.behaviour
    answers: list[bool] = []

    def once(what: Sequence[Text], why: Sequence[Text], rows: Sequence[Proposal]) -> bool:
        answers.append(bool(answers) or confirm(what, why, rows))
        return answers[-1]

    def write() -> Pushed:
        decision = replace(decision_on_record(seat.ledger, reviewed, row), approve=True)
        return push(systems, rules, seat, reviewed, _only(seat.ledger, reviewed, decision), once)

    _log.info("trial of %s begins: invoice %s", reviewed.run.id, row.invoice)
    pushed = _until_taken(site, write, frozenset({"version", "type"}))
    written = tuple(each.postings[0] for each in pushed)
    last = written[-1]
    if last.written is None:
        return Tried(candidate=chosen, written=written, undone=(), learned={}, notices=pushed[-1].notices)
    dated = last.outcome is Outcome.DIFFERS and row.date_paid_proposed is None and last.written.paid_on is not None

    def take_back() -> Pushed:
        return undo(systems, rules, seat, reviewed.run.id, lambda *_: True, [row.key])

    try:
        undone = _until_taken(site, take_back, frozenset({"version", "paymentDate"}))
    except Stopped:
        raise
    except (KeyboardInterrupt, Exception) as error:
        raise Stopped(HowFar(ended=[last]), error) from error
    found = replace(site.behaviour, partial_date=PartialDate.LAST_RECEIPT) if dated else site.behaviour
    return Tried(
        candidate=chosen,
        written=written,
        undone=tuple(each.postings[0] for each in undone),
        learned=_differing(asked, found),
        notices=tuple(dict.fromkeys((*pushed[-1].notices, *undone[-1].notices))),
    )


def _only(ledger: Ledger, reviewed: Reviewed, decision: Decision) -> Decided:
    """Return what a workbook would say in which this row alone is decided."""
    printed = NotedHead(head=ledger.head(), where=reviewed.run.id)
    return Decided(run=reviewed.run.id, decisions=(decision,), printed=printed)


def _until_taken(site: TrialSite, work: Callable[[], Pushed], curable: frozenset[str]) -> list[Pushed]:
    """Push or undo one row; again in another way where Manage's refusal names something that a way may cure."""
    tried, done = [site.behaviour], [work()]
    while _was_refused(done[-1].postings[0]) and (way := other_way(site.named & curable, tried)) is not None:
        _log.info("refused for %s; tried in another way: %s", sorted(site.named), way)
        site.behave(way)
        tried.append(way)
        done.append(work())
    return done


def _was_refused(posting: Posting) -> bool:
    """Return whether a request was sent, and Manage refused it."""
    return posting.outcome is Outcome.REFUSED and posting.attempt is not None


def other_way(named: frozenset[str], tried: list[Behaviour]) -> Behaviour | None:
    """Return the next way to write that may cure what a refusal named; None where all were tried."""
    now, ways = tried[-1], list[Behaviour]()
    if "version" in named:
        ways.append(replace(now, api_version=""))
    if "type" in named:
        ways += [replace(now, payment_type=each) for each in TYPES]
    if "paymentDate" in named:
        ways += [replace(now, date_clear=each) for each in DateClear]
    return next((way for way in ways if way not in tried), None)


def _differing(before: Behaviour, now: Behaviour) -> dict[str, str]:
    """Return the lines of [manage.behaviour] that are to say something else than they did."""
    said = asdict(before)
    return {name: str(value) for name, value in asdict(now).items() if value != said[name]}


def proposal_sentence(row: Proposal) -> Text:
    """Return what a trial will write and take back."""
    return say(
        "trial-will-write",
        invoice=row.invoice,
        customer=row.customer,
        before=row.paid_before or ZERO,
        proposed=row.paid_proposed or ZERO,
        currency=labels.currency(row.unit),
        day=row.date_paid_proposed or say("none-word"),
    )


def lessons(tried: Tried) -> list[Text]:
    """Return what was learned, a sentence for each line of the settings; that they fit, where all went well so."""
    said = [say("trial-learned", name=name, value=value) for name, value in tried.learned.items()]
    return said or [say("trial-settings-fit")] * tried.well


def conclusion(tried: Tried) -> Text:
    """Return how a trial ended: that Manage is as it was, or what stands there and how to take it back."""
    row, run = tried.candidate.row, tried.candidate.reviewed.run
    last = (tried.undone or tried.written)[-1]
    if tried.as_it_was and tried.undone:
        return say("trial-as-it-was", invoice=row.invoice) + say("trial-sync-again", invoice=row.invoice)
    if tried.as_it_was:
        return say("trial-nothing-written", invoice=row.invoice)
    if last.outcome is Outcome.UNKNOWN:
        return say("trial-in-doubt", invoice=row.invoice, run=run.id)
    read = last if last.paid_after is not None else tried.written[-1]
    if not tried.undone or read.paid_after is None:
        return say("trial-record-unclear", invoice=row.invoice)
    day = read.date_paid_after or say("none-word")
    return say("trial-stands", invoice=row.invoice, amount=read.paid_after, day=day, run=run.id)
