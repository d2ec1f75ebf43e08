"""The story of one invoice: every row of the ledger that speaks of it, in order, as somebody would tell it.

A number is no identity: what bears the same one, of another customer or other books, is a story of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from sync.core.decide.matching import trimmed
from sync.core.values.labels import OUTCOMES, STATUSES
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.posting import Decision, Intent, Posting
from sync.core.values.proposal import AcceptedMatch, Application, Hold, Proposal
from sync.core.values.records import Action
from sync.core.values.runs import Company, Person, Run, same_site

Told = Proposal | Decision | Hold | AcceptedMatch | Intent | Posting
"""What a row of the ledger may say of an invoice."""


class Recorded(Struct, frozen=True, kw_only=True):
    """A row of the ledger that speaks of a row of a reconciliation.

    Attributes:
        place: its number in the ledger.
        at: when it was committed, UTC.
        run: the run that it belongs to.
        key: of the reconciliation's row.
        told: what it says.
        by: whose push, undo or sync it was part of; None where that never ended, so that nobody is named.
    """

    place: int
    at: datetime
    run: Run
    key: str
    told: Told
    by: Person | None


class StepKind(StrEnum):
    """What happened."""

    SEEN = "seen"
    DECIDED = "decided"
    HELD = "held"
    RELEASED = "released"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    SENT = "sent"
    ENDED = "ended"
    UNDO_SENT = "undo_sent"
    UNDO_ENDED = "undo_ended"


KINDS: Mapping[StepKind, Text] = {
    StepKind.SEEN: say("story-seen"),
    StepKind.DECIDED: say("story-decided"),
    StepKind.HELD: say("held-by-a-person"),
    StepKind.RELEASED: say("hold-released"),
    StepKind.MATCHED: say("story-matched"),
    StepKind.UNMATCHED: say("story-unmatched"),
    StepKind.SENT: say("story-sent"),
    StepKind.ENDED: say("what-became-of-it"),
    StepKind.UNDO_SENT: say("story-undo-sent"),
    StepKind.UNDO_ENDED: say("story-undo-ended"),
}


class Step(Struct, frozen=True, kw_only=True):
    """One row of the ledger, as a line of the story.

    Attributes:
        recorded: the row.
        kind: what happened.
        who: the user; empty where the ledger names nobody.
        text: what it says, in words.
        fresh: the rows in Sage that the run before had not seen, or saw otherwise.
        gone: those that it had seen, and that Sage no longer showed.
    """

    recorded: Recorded
    kind: StepKind
    who: str
    text: Text
    fresh: tuple[Application, ...] = ()
    gone: tuple[Application, ...] = ()

    @property
    def applications(self) -> tuple[Application, ...]:
        """The document's rows in Sage, as this run saw them."""
        told = self.recorded.told
        return told.applications if isinstance(told, Proposal) else ()


class Story(Struct, frozen=True, kw_only=True):
    """All that the ledger knows of one invoice, oldest first.

    Attributes:
        company: books and site of its first run.
        invoice: its number in Sage.
        customer: as last seen.
        key: of its reconciliation row: Sage's own number of the document.
        steps: never empty.
    """

    company: Company
    invoice: str
    customer: str
    key: str
    steps: tuple[Step, ...]


_Whose = tuple[int, str, str, int]
"""Books and site, in the order in which they came; then document, number and customer."""


def bears(known: str, number: str) -> bool:
    """Return whether a number is the one that somebody asks for: in any case, without what cannot be seen around it."""
    wanted = trimmed(number).casefold()
    return bool(wanted) and trimmed(known).casefold() == wanted


def stories(recorded: Sequence[Recorded], number: str) -> list[Story]:
    """Return the story of each invoice that bears a number, that of the oldest row first.

    Args:
        recorded: every row of the ledger about any key of which a row bears the number, oldest first.
        number: in Sage; or in Manage, where a person accepted it.
    """
    whose = _Owners(recorded)
    told: defaultdict[_Whose, list[Recorded]] = defaultdict(list)
    meant: dict[_Whose, bool] = {}
    for each in recorded:
        owner = whose.of(each)
        if owner is not None:
            told[owner].append(each)
            meant[owner] = meant.get(owner, False) or any(bears(known, number) for known in _numbers(each.told))
    return [_story(owner, rows) for owner, rows in told.items() if meant[owner]]


def _numbers(told: Told) -> tuple[str, ...]:
    if isinstance(told, Decision):  # it names no invoice
        return ()
    return (told.invoice, told.manage_number) if isinstance(told, AcceptedMatch) else (told.invoice,)


class _Owners:
    """Tells whose a row of the ledger is: only reviewed rows, holds and matches say it themselves."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._sites: list[Run] = []
        self._rows = {
            (each.run.id, each.key): self._own(each, each.told) for each in recorded if isinstance(each.told, Proposal)
        }

    def of(self, each: Recorded) -> _Whose | None:
        """Return whose it is; None where it speaks of a row that its run never showed."""
        if isinstance(each.told, Hold | AcceptedMatch):
            return self._own(each, each.told)
        return self._rows.get((each.run.id, each.key))

    def _own(self, each: Recorded, told: Proposal | Hold | AcceptedMatch) -> _Whose:
        return self._site(each.run), each.key.partition("/")[0], told.invoice, told.customer_id

    def _site(self, run: Run) -> int:
        for place, known in enumerate(self._sites):
            books = known.company.sage == run.company.sage
            if books and same_site(known.company, known.says, run.company, run.says):
                return place
        self._sites.append(run)
        return len(self._sites) - 1


def _story(owner: _Whose, rows: Sequence[Recorded]) -> Story:
    answered = {(each.run.id, each.key, each.told.attempt) for each in rows if isinstance(each.told, Posting)}
    names = [each.told.customer for each in rows if isinstance(each.told, Proposal | AcceptedMatch)]
    return Story(
        company=rows[0].run.company,
        invoice=owner[2],
        customer=next(reversed(names), ""),
        key=owner[1],
        steps=tuple(_steps(rows, answered)),
    )


def _steps(rows: Iterable[Recorded], answered: Collection[tuple[str, str, int | None]]) -> Iterator[Step]:
    before: Proposal | None = None
    row: Proposal | None = None
    for each in rows:
        told, who = each.told, each.by.user if each.by else ""
        match told:
            case Proposal():
                row, fresh, gone = told, *_changed(before, told)
                before = told
                words = _found(told, first=fresh == told.applications, same=not fresh and not gone)
                yield Step(
                    recorded=each, kind=StepKind.SEEN, who=each.run.person.user, text=words, fresh=fresh, gone=gone
                )
            case Decision():
                yield Step(recorded=each, kind=StepKind.DECIDED, who=who, text=_decided(told, row))
            case Hold():
                kind = StepKind.RELEASED if told.released else StepKind.HELD
                yield Step(recorded=each, kind=kind, who=told.user, text=_noted(told.note, told.owner, told.until))
            case AcceptedMatch():
                kind = StepKind.UNMATCHED if told.undone else StepKind.MATCHED
                words = say("story-match", number=told.manage_number, customer=told.manage_customer)
                yield Step(recorded=each, kind=kind, who=told.user, text=words)
            case Intent():
                kind = StepKind.UNDO_SENT if told.undo else StepKind.SENT
                told_of = (each.run.id, each.key, told.attempt) in answered
                yield Step(recorded=each, kind=kind, who=who, text=_sent(told, answered=told_of))
            case Posting():
                kind = StepKind.UNDO_ENDED if told.undo else StepKind.ENDED
                yield Step(recorded=each, kind=kind, who=who, text=_ended(told))
            case _:
                assert_never(told)


def _changed(before: Proposal | None, now: Proposal) -> tuple[tuple[Application, ...], tuple[Application, ...]]:
    """Return the rows in Sage that are new or otherwise than a run before saw them, and those that are gone.

    What is owed after a row, and whether it was entered in a run's window, is no change of the row.
    """
    if before is None:
        return now.applications, ()
    was, is_ = ({_row(each) for each in row.applications} for row in (before, now))
    fresh = tuple(each for each in now.applications if _row(each) not in was)
    ids = {each.id for each in now.applications}
    return fresh, tuple(each for each in before.applications if _row(each) not in is_ and each.id not in ids)


def _row(each: Application) -> tuple[object, ...]:
    return each.id, each.number, each.dated, each.part, each.amount, each.reversed


def _found(row: Proposal, *, first: bool, same: bool) -> Text:
    """Return what a run found and proposed, and why."""
    status = STATUSES[row.status]
    if row.paid_before is None or row.paid_proposed is None:
        words = say("story-found", status=status)
    elif row.paid_before == row.paid_proposed:
        words = say("story-found-paid", status=status, paid=row.paid_before)
    else:
        words = say("story-proposed", status=status, before=row.paid_before, proposed=row.paid_proposed)
    if row.date_paid_proposed is not None and row.approvable:
        words += say("story-date-proposed", day=row.date_paid_proposed)
    words += row.reason + row.next_step
    if row.hold is not None:
        words += say("story-on-hold", user=row.hold.user, day=row.hold.at.date())
    if row.opening is not None:
        words += say("story-in-opening", day=row.opening)
    if same and not first:
        words += say("story-sage-as-before", count=len(row.applications))
    return words


def _decided(decision: Decision, row: Proposal | None) -> Text:
    """Return what a person said, and whether that is not what stood there."""
    words = say("story-said-yes") if decision.approve else say("story-said-no")
    if row is not None and row.approve != decision.approve:
        words += say("story-against-default")
    words += _noted(decision.note, decision.owner, decision.until)
    return words if decision.objection is None else words + say("story-objection", why=decision.objection)


def _noted(note: str, owner: str, until: date | None) -> Text:
    words = say("story-until", day=until) if until is not None else BLANK
    words += say("story-note", note=note) if note else BLANK
    return words + say("story-owner", owner=owner) if owner else words


_ACTIONS: Mapping[Action, Text] = {
    Action.CREATE: say("story-creates"),
    Action.CHANGE: say("story-changes"),
    Action.DELETE: say("story-deletes"),
}


def _sent(intent: Intent, *, answered: bool) -> Text:
    """Return what was sent, and that nothing is known of it where no row tells."""
    words = say(
        "story-attempt",
        attempt=intent.attempt,
        action=_ACTIONS[intent.write.action],
        before=intent.paid_before,
        proposed=intent.paid_proposed,
    )
    return words if answered else words + say("story-no-outcome")


def _ended(posting: Posting) -> Text:
    """Return how it ended, in the words of then, and what was read back."""
    words = say("story-outcome", outcome=OUTCOMES[posting.outcome]) + posting.message
    if posting.paid_after is None:
        return words + (say("story-not-read-back") if posting.attempt is not None else BLANK)
    if posting.date_paid_after is None:
        return words + say("story-read-back", paid=posting.paid_after)
    return words + say("story-read-back-dated", paid=posting.paid_after, day=posting.date_paid_after)
