"""Gather everything on record of a month for one pack: all its runs, opening to closing.

What a later month's run has followed looks the same whenever it is gathered: the ledger answers as it did before it.
"""

from __future__ import annotations

from datetime import date, datetime

from sync.core.prove.month import Month, MonthAudit, MonthOfRuns, last_seen, month_of_runs, not_whole
from sync.core.prove.workpapers import held
from sync.core.values.errors import Refused
from sync.core.values.messages import Text, say
from sync.core.values.runs import Company, Person
from sync.usecases.closing import between, is_whole
from sync.usecases.export import gathered
from sync.usecases.ports import Ledger


def companies_of(ledger: Ledger, month: Month) -> list[Company]:
    """Return the books and sites that have runs of a month, the newest first, each once however it is spelled."""
    found: dict[tuple[str, ...], Company] = {}
    for company in reversed(list(ledger.companies())):
        if runs := _of(ledger, month, company).runs:
            found.setdefault(tuple(run.id for run in runs), company)
    return list(found.values())


def gathered_month(
    ledger: Ledger, month: Month, company: Company, at: datetime, today: date, person: Person
) -> MonthAudit:
    """Return everything on record about a month of books and site.

    Args:
        ledger: it answers as it did at the end of the month from then on.
        month: the month.
        company: books and site.
        at: the moment, UTC.
        today: the local day.
        person: who asks.

    Raises:
        Refused: no run on record is of that month.
    """
    of = _of(ledger, month, company)
    if not of.runs:
        raise Refused(say("month-without-runs", month=str(month)))
    remarks = not_whole(of, today)
    if of.next is not None:
        ledger.as_before(of.next)
    audits = tuple(gathered(ledger, run.id, at, person) for run in of.runs)
    before, now = ledger.open_items(company, before=of.runs[0].id), ledger.open_items(company)
    seen = last_seen(audits, now)
    rolled = None
    if of.opening is not None and of.closing is not None and of.opening != of.closing:
        rolled = between(ledger, company, of.opening, of.closing)
    if of.closing is not None and ledger.sent(company, of.closing.place):
        remarks.append(say("month-not-read-after-push"))
    remarks += _of_earlier_months(ledger, company, of)
    if doubt := ledger.in_doubt(company):
        remarks.append(say("month-writes-in-doubt", count=len(doubt)))
    return MonthAudit(
        of=of,
        audits=audits,
        seen=seen,
        held=tuple(held(before, now, seen.rows, seen.postings, of.month.last, seen.chosen)),
        rolled=rolled,
        closing=None if of.closing is None else ledger.balances(of.closing),
        remarks=tuple(remarks),
        head=ledger.head(),
        at=at,
        person=person,
    )


def _of_earlier_months(ledger: Ledger, company: Company, of: MonthOfRuns) -> list[Text]:
    """Return what is said of writes that the roll-forward of a month counts, and that are of no run of it."""
    begun = next(each.place for each in ledger.readings(company) if each.run == of.runs[0].id)
    runs = [each.run for each in ledger.sent(company, begun)]
    others = [run for run in runs if run not in {each.id for each in of.runs}]
    if not others:
        return []
    return [say("month-writes-of-earlier-runs", count=len(others), runs=", ".join(dict.fromkeys(others)))]


def _of(ledger: Ledger, month: Month, company: Company) -> MonthOfRuns:
    readings = ledger.readings(company)
    ours = {each.run for each in readings}
    runs = [summary.run for summary in reversed(ledger.history()) if summary.run.id in ours]
    return month_of_runs(month, runs, readings, {each for each in readings if is_whole(ledger, each)})
