"""What an audit pack is made of: a run as reviewed, as pushed, as read back, and what it left open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.opening import Opening
from sync.core.prove.bridge import BridgeLine, bridge
from sync.core.prove.completeness import Completeness
from sync.core.prove.figures import (
    CARRIED,
    NOBODY_CHOSE,
    Chosen,
    Disposition,
    Postings,
    Tally,
    disposition,
    taken_back,
    tallies,
)
from sync.core.prove.receipts import Receipt, receipts
from sync.core.prove.review import Evidence, OpenItem
from sync.core.prove.roll_forward import NOTHING_ROLLED, Rolled
from sync.core.prove.tie_out import TieOut
from sync.core.values.labels import counted
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Intent, Posting
from sync.core.values.proposal import AcceptedMatch, Hold, Proposal, Status
from sync.core.values.runs import Export, Head, Person, Phase, Run, RunEnd, pack_file, pack_name
from sync.core.values.signature import Signature


class Held(Struct, frozen=True, kw_only=True):
    """A row that was carried forward, until it is settled.

    Attributes:
        row: as last reviewed.
        opened: the local day on which it was first held.
        age: days from then to the day of the run.
        note: the last note on it.
        owner: who was last named to see to it.
        closed: the day of the run, where that settled it; None while it is open, or where a later run settled it.
        how: it was settled; None while open.
    """

    row: Proposal
    opened: date
    age: int
    note: str
    owner: str
    closed: date | None = None
    how: Text | None = None


class Event(Struct, frozen=True, kw_only=True):
    """A line of the run log."""

    at: datetime
    person: Person
    what: Text


class Audit(Struct, frozen=True, kw_only=True):
    """Everything on record about one run.

    Attributes:
        run: the run.
        rows: as they were reviewed.
        decisions: the last one on each row, by key.
        chosen: what the Approve column says where somebody has it open, by key; else what was decided at the push.
        intents: every write that was to be sent, oldest first.
        postings: how rows ended, by key; one that was sent and not concluded is unknown.
        sent: how every push and undo of its rows ended, oldest first.
        evidence: what the sync proved beside its rows.
        opening: the opening statement that this run made; None where it made none.
        held: what it carried in or left open.
        ends: of its sync, its pushes and its undo, oldest first.
        exports: made of it before.
        head: the end of the ledger's chain at this moment.
        at: this moment, UTC.
        person: who makes the pack.
        rolled: how both systems' balances went before, within and after it, as far as they were read.
        said: holds, releases and accepted matches of these books at this site, each with its run, oldest first.
        signatures: of the run, oldest first.
    """

    run: Run
    rows: Sequence[Proposal]
    decisions: Mapping[str, Decision]
    intents: Sequence[Intent]
    postings: Mapping[str, Posting]
    sent: Sequence[Posting]
    evidence: Evidence
    held: Sequence[Held]
    ends: Sequence[RunEnd]
    exports: Sequence[Export]
    head: Head
    at: datetime
    person: Person
    chosen: Chosen = NOBODY_CHOSE
    opening: Opening | None = None
    rolled: Rolled = NOTHING_ROLLED
    said: Sequence[tuple[str, Hold | AcceptedMatch]] = ()
    signatures: Sequence[Signature] = ()

    def folder_name(self, most: int) -> str:
        """Return the name of its pack's folder, of so many characters at most."""
        return pack_name(self.run, most)

    @property
    def file_name(self) -> str:
        """The name of its pack's files, without an ending."""
        return pack_file(self.run)

    @property
    def balances(self) -> TieOut | None:
        """Both systems' balances as last read: after the last write, else at the sync; None where they never were."""
        closing = self.rolled.closing
        return closing.tie_out if closing else self.evidence.tie_out

    @property
    def proof(self) -> Completeness:
        """What was entered in Sage in the window against what became of it."""
        return self.evidence.proof(self.rows, self.postings, self.chosen)

    @property
    def figures(self) -> list[Tally]:
        """The rows counted and added up by what became of them."""
        return tallies(self.rows, self.postings, self.chosen)

    @property
    def bridge(self) -> list[BridgeLine]:
        """From what was entered in Sage to what changed in Manage."""
        return bridge(self.proof, self.rows, self.postings, self.chosen)

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts of the window, each once, with what became of what they paid."""
        return receipts(self.rows, self.postings, self.chosen)

    @property
    def pushed_by(self) -> tuple[Person, ...]:
        """Who pushed, each person once; a push that was interrupted or had nothing to write names nobody."""
        return self._by(Phase.PUSH)

    @property
    def undone_by(self) -> tuple[Person, ...]:
        """Who took the run back, each once."""
        return self._by(Phase.UNDO)

    def _by(self, phase: Phase) -> tuple[Person, ...]:
        return tuple(dict.fromkeys(end.person for end in self.ends if end.phase is phase and end.outcomes))

    def became(self, row: Proposal) -> Disposition:
        """Return what became of a row."""
        return disposition(row, self.postings.get(row.key), chosen=self.chosen.get(row.key))


def held(
    before: Mapping[str, OpenItem],
    now: Mapping[str, OpenItem],
    rows: Iterable[Proposal],
    postings: Postings,
    day: date,
    chosen: Chosen = NOBODY_CHOSE,
) -> list[Held]:
    """Return what a run left held, oldest first, then what it carried in and closed; what is ready is neither.

    What was taken back after the next run had begun is held since the day of the run: it was not open in between.

    Args:
        before: open when the run began.
        now: open when the next run began, or at this moment if none did.
        rows: of the run.
        postings: how they ended, by key.
        day: of the run.
        chosen: what a person said of them, by key.
    """
    ours = {row.key: row for row in rows}
    became = {key: disposition(row, postings.get(key), chosen=chosen.get(key)) for key, row in ours.items()}
    found = [_held(item, ours[key], day) for key, item in now.items() if became.get(key) in CARRIED]
    found += [
        Held(row=ours[key], opened=day, age=0, note="", owner="")
        for key in taken_back(postings)
        if became.get(key) in CARRIED and key not in now and key not in before
    ]
    closed = []
    for key, item in before.items():
        if key in ours and key not in now:
            how = _how(ours[key], postings.get(key))
            later = say("audit-settled-by-later-run")
            closed.append(replace(_held(item, ours[key], day), closed=day if how else None, how=how or later))
    return [*sorted(found, key=lambda each: each.opened), *closed]


def run_log(run: Run, ends: Iterable[RunEnd], exports: Iterable[Export]) -> list[Event]:
    """Return what happened to a run, oldest first."""
    begun = Event(at=run.started, person=run.person, what=say("audit-rows-recorded"))
    ended = [Event(at=end.at, person=end.person, what=_ended(end)) for end in ends]
    made = [
        Event(at=each.at, person=each.person, what=say("audit-files-written", count=len(each.files)))
        for each in exports
    ]
    return sorted([begun, *ended, *made], key=lambda event: event.at)


def _held(item: OpenItem, row: Proposal, day: date) -> Held:
    age = max(0, (day - item.since).days)
    return Held(row=row, opened=item.since, age=age, note=item.note, owner=item.owner)


def _how(row: Proposal, posting: Posting | None) -> Text | None:
    """How the run itself settled a row; None where it did not."""
    became = disposition(row, posting)
    if became is Disposition.POSTED:
        return say("audit-posted-and-read-back")
    if became is Disposition.IN_AGREEMENT:
        return say("audit-found-in-agreement")
    return _CLOSED_AS.get(row.status)


_CLOSED_AS = {
    Status.VOIDED: say("audit-voided-in-sage"),
    Status.CREDIT_NOTE: say("audit-found-credit-note"),
    Status.DEPOSIT: say("audit-found-deposit"),
}


def _ended(end: RunEnd) -> Text:
    if end.phase is Phase.SYNC:
        return say("audit-sync-ended")
    if end.phase is Phase.REBUILD:
        return say("audit-rebuild-ended")
    if end.phase is Phase.UNDO:
        return say("audit-undo-counts", counts=counted(end.outcomes)) if end.outcomes else say("audit-undo-empty")
    return say("audit-push-counts", counts=counted(end.outcomes)) if end.outcomes else say("audit-push-empty")
