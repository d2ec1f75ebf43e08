"""A month of runs: which runs are of it, and from which reading to which both systems' balances are rolled forward.

A run is of the month in which its days end, so that a run that closes November is November's on whichever day it was
made; but never of a month before that of an earlier run. So the order of the ledger alone decides, and a month that a
later one has followed looks the same whenever it is asked for.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.completeness import gaps
from sync.core.prove.figures import CARRIED, Disposition, Tally, disposition, taken_back
from sync.core.prove.receipts import Receipt, receipts
from sync.core.prove.review import list_was_whole
from sync.core.prove.roll_forward import Balances, BalancesRead, RollForward, of_ours
from sync.core.prove.workpapers import Audit, Held
from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.posting import Decision, Posting
from sync.core.values.proposal import Proposal, Status
from sync.core.values.runs import Head, Person, Run, month_pack_file, month_pack_name


class Month(Struct, frozen=True, kw_only=True, order=True):
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        """As the command line takes it: 2026-11."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])


def parse_month(text: str) -> Month:
    """Read a month as typed, such as 2026-11.

    Raises:
        SetupError: it is none.
    """
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise SetupError(say("month-unreadable", typed=text)) from error
    return Month(year=day.year, number=day.month)


class MonthOfRuns(Struct, frozen=True, kw_only=True):
    """The runs of a month, and the readings of balances that it lies between.

    Attributes:
        month: the month.
        runs: its runs, oldest first.
        opening: the last reading before its first run, else the first of its own; None where nothing was read.
        closing: its last reading; None where nothing was read.
        partial: its runs to which Manage did not show all its invoices; their balances prove nothing.
        next: the first run of a later month; None where there is none yet.
        looked_from: the first day that it or any run before it looked at; None where it has no runs.
    """

    month: Month
    runs: tuple[Run, ...]
    opening: BalancesRead | None
    closing: BalancesRead | None
    partial: tuple[Run, ...]
    next: Run | None
    looked_from: date | None


def month_of_runs(
    month: Month, runs: Sequence[Run], readings: Sequence[BalancesRead], whole: AbstractSet[BalancesRead]
) -> MonthOfRuns:
    """Return the runs of a month.

    Args:
        month: the month.
        runs: all on record of the same books and site, oldest first.
        readings: of their balances, oldest first.
        whole: those that are of all invoices; the month lies between two of these.
    """
    of = _months(runs)
    ours = [run for run in runs if of[run.id] == month]
    later = next((run for run in runs if of[run.id] > month), None)
    begun = [each for each in readings if not each.closing]
    first = next((each.place for each in begun if of[each.run] == month), None)
    cut = next((each.place for each in begun if of[each.run] > month), None)
    known = [each for each in readings if each in whole]
    before = [each for each in known if first is not None and each.place < first]
    within = [each for each in known if first is not None and each.place >= first and (cut is None or each.place < cut)]
    return MonthOfRuns(
        month=month,
        runs=tuple(ours),
        opening=next(iter((*before[-1:], *within)), None),
        closing=next(iter(reversed(within)), None),
        partial=tuple(run for run in ours if not list_was_whole(run)),
        next=later,
        looked_from=min((run.window.start for run in runs if of[run.id] <= month), default=None) if ours else None,
    )


def _months(runs: Iterable[Run]) -> dict[str, Month]:
    """Return the month of each run: that of its last day, and never one before that of an earlier run."""
    found: dict[str, Month] = {}
    newest = Month(year=1, number=1)
    for run in runs:
        day = _last_day(run)
        newest = max(newest, Month(year=day.year, number=day.month))
        found[run.id] = newest
    return found


def _last_day(run: Run) -> date:
    """Return the day on which a run's days end, whether it leaves days out before them or not."""
    return min(run.day, run.window.end) if run.window.bounded else run.day


def not_whole(of: MonthOfRuns, today: date) -> list[Text]:
    """Return what keeps a month from being whole, in sentences; nothing where it is.

    Args:
        of: the month, which has runs.
        today: the day on which it is asked for.
    """
    said = []
    if today <= of.month.last:
        said.append(say("month-not-over", day=of.month.last))
    elif of.next is None:
        said.append(say("month-still-open", month=str(of.month)))
    if of.looked_from is not None and of.looked_from > of.month.first:
        said.append(say("month-not-looked-at-from-the-start", day=of.looked_from))
    last = max(map(_last_day, of.runs))
    if last < of.month.last:
        said.append(say("month-not-looked-at-to-the-end", day=last))
    said += [
        say("month-leaves-gap", run=run.id, last=run.covered_to, start=run.window.start)
        for run in of.runs
        if run.covered_to is not None
    ]
    said += [say("month-list-not-whole", run=run.id) for run in of.partial]
    return said


class LastSeen(Struct, frozen=True, kw_only=True):
    """The rows of a month's runs, each once.

    Attributes:
        rows: each as it was last reviewed; what any run of the month had entered in its window is marked so.
        runs: the run that reviewed it last, by key.
        decisions: the last one of that run, by key.
        postings: how it ended in that run, by key; of what that run found in agreement, the last write of the month
            that ended as approved.
        chosen: what its Approve column said in that run, by key.
    """

    rows: Sequence[Proposal]
    runs: Mapping[str, str]
    decisions: Mapping[str, Decision]
    postings: Mapping[str, Posting]
    chosen: Mapping[str, bool]

    def became(self, row: Proposal) -> Disposition:
        """Return what became of a row by the end of the month."""
        return disposition(row, self.postings.get(row.key), chosen=self.chosen.get(row.key))

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts of all windows, each once, with what became of what they paid by the end of the month."""
        return receipts(self.rows, self.postings, self.chosen)


def last_seen(audits: Iterable[Audit], still: Collection[str] = (), earlier: Iterable[Audit] = ()) -> LastSeen:
    """Return the rows of a month's runs, each once.

    Args:
        audits: of its runs, oldest first.
        still: keys of what is open at the end of the month. Where the last run saw one in agreement, an undo came after
            that: it is as the run left it that was undone.
        earlier: of runs of earlier months what was sent in this one: see `sent_since`.
    """
    rows: dict[str, Proposal] = {}
    by: dict[str, Audit] = {}
    written: dict[str, Posting] = {}
    undone: dict[str, tuple[Proposal, Audit]] = {
        row.key: (row, audit) for audit in earlier for row in audit.rows if row.key in taken_back(audit.postings)
    }
    for audit in audits:
        for row in audit.rows:
            before = rows.get(row.key)
            rows[row.key] = row if before is None else _with_entered(row, before)
            by[row.key] = audit
        undone |= {key: (rows[key], audit) for key in taken_back(audit.postings) if key in rows}
        written |= {key: posting for key, posting in audit.postings.items() if key in rows}
    for key, (row, audit) in undone.items():
        if key in still and key in rows and rows[key].status is Status.IN_AGREEMENT:
            rows[key], by[key] = _with_entered(row, rows[key]), audit
            written[key] = audit.postings[key]
    postings = {
        key: posting
        for key, posting in written.items()
        if key in by[key].postings
        or (posting.as_approved and not posting.undo and rows[key].status is Status.IN_AGREEMENT)
    }
    return LastSeen(
        rows=tuple(rows.values()),
        runs={key: audit.run.id for key, audit in by.items()},
        decisions={key: each for key, audit in by.items() if (each := audit.decisions.get(key)) is not None},
        postings=postings,
        chosen={key: yes for key, audit in by.items() if (yes := audit.chosen.get(key)) is not None},
    )


def sent_since(audit: Audit, sent: Sequence[Posting]) -> Audit:
    """Return of a run only what it sent in those writes, as a month has it in which it was written but not reviewed."""
    of = {(posting.key, posting.attempt, posting.undo) for posting in sent if posting.run == audit.run.id}
    keys, attempts = {key for key, _, _ in of}, {(key, attempt) for key, attempt, _ in of}
    intents = [intent for intent in audit.intents if (intent.key, intent.attempt) in attempts]
    first = min((intent.at for intent in intents), default=audit.at)
    return replace(
        audit,
        rows=[row for row in audit.rows if row.key in keys],
        decisions={},
        chosen={},
        intents=intents,
        postings={key: each for key, each in audit.postings.items() if (key, each.attempt, each.undo) in of},
        sent=[each for each in audit.sent if (each.key, each.attempt, each.undo) in of],
        ends=[end for end in audit.ends if end.at >= first],
        exports=(),
        said=(),
        signatures=(),
    )


def _with_entered(row: Proposal, before: Proposal) -> Proposal:
    """Return a row that marks as entered what an earlier reading of it did too."""
    entered = {(each.id, each.part) for each in before.applications if each.entered}
    marks = [each.entered or (each.id, each.part) in entered for each in row.applications]
    if marks == [each.entered for each in row.applications]:
        return row
    marked = (replace(each, entered=yes) for each, yes in zip(row.applications, marks, strict=True))
    return replace(row, applications=tuple(marked))


class RunLine(Struct, frozen=True, kw_only=True):
    """A run of a month in one currency.

    Attributes:
        audit: the run's.
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        rows: that it read.
        posted: of those, that it wrote and that read back as approved.
        added: Σ that its writes added to Paid Amount as they were read back, undo included.
        held: of the rows, that wait for a person, or were pushed and did not end as approved.
        entered: Σ that was entered in Sage in its window.
        difference: of that, what no row accounts for.
    """

    audit: Audit
    currency: str
    rows: int
    posted: int
    added: Decimal
    held: int
    entered: Decimal
    difference: Decimal


class MonthAudit(Struct, frozen=True, kw_only=True):
    """Everything on record about a month, as it stood before the first run of a later one.

    Attributes:
        of: its runs and readings.
        audits: of each run, oldest first.
        earlier: of each run of an earlier month what was sent in this one, such as an undo, oldest first.
        seen: the rows of all runs, each once, as it was last reviewed.
        held: what the month carried in or left open, and what it closed.
        rolled: from its opening to its closing; None where it has no two readings.
        closing: its last reading; None where there is none.
        remarks: what keeps it from being whole, in sentences.
        head: the end of the ledger's chain at its end.
        at: the moment of asking, UTC.
        person: who asks.
    """

    of: MonthOfRuns
    audits: tuple[Audit, ...]
    earlier: tuple[Audit, ...]
    seen: LastSeen
    held: tuple[Held, ...]
    rolled: RollForward | None
    closing: Balances | None
    remarks: tuple[Text, ...]
    head: Head
    at: datetime
    person: Person

    def posted(self, run: str) -> dict[str, Decimal]:
        """Return what the writes of a run added to Paid Amount as they were read back, undo included, by currency."""
        (audit,) = (each for each in self.audits if each.run.id == run)
        return _added(audit)

    @property
    def run(self) -> Run:
        """Its last run: its pack is on record as one of it."""
        return self.of.runs[-1]

    @property
    def rows(self) -> Sequence[Proposal]:
        """The rows of all its runs, each once."""
        return self.seen.rows

    def folder_name(self, most: int) -> str:
        """Return the name of its pack's folder, of so many characters at most."""
        return month_pack_name(self.run.company, str(self.of.month), most)

    @property
    def file_name(self) -> str:
        """The name of its pack's files, without an ending."""
        return month_pack_file(str(self.of.month))

    @property
    def all_sent(self) -> tuple[Audit, ...]:
        """What was sent for runs of earlier months, then its own runs."""
        return *self.earlier, *self.audits

    @property
    def lines(self) -> list[RunLine]:
        """Each of its runs in each currency, oldest first, after what was sent for runs of earlier months.

        A run that read no row stands once, without a currency.
        """
        sent = [_sent_line(audit, unit, added) for audit in self.earlier for unit, added in _added(audit).items()]
        return [*sent, *(line for audit in self.audits for line in _lines(audit))]


def _sent_line(audit: Audit, unit: str, added: Decimal) -> RunLine:
    """Return the line of a run of an earlier month: it read nothing in this one."""
    return RunLine(audit=audit, currency=unit, rows=0, posted=0, added=added, held=0, entered=ZERO, difference=ZERO)


def _lines(audit: Audit) -> list[RunLine]:
    proof, added, figures = audit.proof, _added(audit), audit.figures
    out = {each.currency: each.amount for each in gaps(proof.entered, proof.disposed)}
    units = sorted({each.currency for each in figures} | out.keys() | added.keys()) or [""]
    return [
        RunLine(
            audit=audit,
            currency=unit,
            rows=sum(each.count for each in figures if each.currency == unit),
            posted=_count(figures, unit, {Disposition.POSTED}),
            added=added.get(unit, ZERO),
            held=_count(figures, unit, CARRIED),
            entered=total(each.amount for each in proof.entered if each.currency == unit),
            difference=out.get(unit, ZERO),
        )
        for unit in units
    ]


def _count(figures: Iterable[Tally], unit: str, wanted: Collection[Disposition]) -> int:
    return sum(each.count for each in figures if each.currency == unit and each.disposition in wanted)


def _added(audit: Audit) -> dict[str, Decimal]:
    """Return what the writes of a run added to Paid Amount as they were read back, by currency: as it is rolled."""
    sums: dict[str, Decimal] = {}
    units = {row.key: row.unit for row in audit.rows}
    for posting in audit.sent:
        if posting.paid_after is not None and posting.attempt is not None:
            unit = units[posting.key]
            sums[unit] = total((sums.get(unit, ZERO), of_ours(posting)))
    return sums
