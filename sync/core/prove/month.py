"""A month of runs: which runs are of it, and from which reading to which both systems' balances are rolled forward.

A run is of the month in which its days end, so that a run that closes November is November's on whichever day it was
made; but never of a month before that of an earlier run. So the order of the ledger alone decides, and a month that a
later one has followed looks the same whenever it is asked for.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.review import OpenItem, list_was_whole
from sync.core.prove.roll_forward import Balances, BalancesRead, RollForward
from sync.core.prove.workpapers import Audit, Held, held
from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Head, Person, Run


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
    """

    month: Month
    runs: tuple[Run, ...]
    opening: BalancesRead | None
    closing: BalancesRead | None
    partial: tuple[Run, ...]
    next: Run | None


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
        of: the month.
        today: the day on which it is asked for.
    """
    said = []
    if not of.runs:
        return [say("month-without-runs", month=str(of.month))]
    if today <= of.month.last:
        said.append(say("month-not-over", day=of.month.last))
    elif of.next is None:
        said.append(say("month-still-open", month=str(of.month)))
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


class MonthAudit(Struct, frozen=True, kw_only=True):
    """Everything on record about a month, as it stood before the first run of a later one.

    Attributes:
        of: its runs and readings.
        audits: of each run, oldest first.
        rows: of all runs, each as it was last reviewed, by key.
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
    rows: Mapping[str, Proposal]
    held: tuple[Held, ...]
    rolled: RollForward | None
    closing: Balances | None
    remarks: tuple[Text, ...]
    head: Head
    at: datetime
    person: Person

    def posted(self, run: str) -> dict[str, Decimal]:
        """Return what the writes of a run added to Paid Amount as they were read back, undo included, by currency."""
        sums: dict[str, Decimal] = {}
        (audit,) = (each for each in self.audits if each.run.id == run)
        units = {row.key: row.unit for row in audit.rows}
        for posting in audit.sent:
            if posting.paid_after is not None and posting.attempt is not None:
                unit = units[posting.key]
                sums[unit] = total((sums.get(unit, ZERO), posting.added))
        return sums


def held_through(
    audits: Sequence[Audit], before: Mapping[str, OpenItem], now: Mapping[str, OpenItem], day: date
) -> list[Held]:
    """Return what a month left held, oldest first, then what it carried in and closed.

    Args:
        audits: of its runs, oldest first.
        before: open when it began.
        now: open when it ended.
        day: its last.
    """
    last = {row.key: (row, audit) for audit in audits for row in audit.rows}
    postings = {key: posting for key, (_, audit) in last.items() if (posting := audit.postings.get(key)) is not None}
    chosen = {key: yes for key, (_, audit) in last.items() if (yes := audit.chosen.get(key)) is not None}
    return held(before, now, [row for row, _ in last.values()], postings, day, chosen)
