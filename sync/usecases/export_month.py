"""Gather everything on record of a month for one pack: all its runs, opening to closing.

What a later month's run has followed looks the same whenever it is gathered: the ledger answers as it did before it.
"""

from __future__ import annotations

from datetime import date, datetime

from sync.core.prove.month import Month, MonthAudit, MonthOfRuns, last_seen, month_of_runs, not_whole, sent_since
from sync.core.prove.workpapers import held
from sync.core.values.errors import Refused
from sync.core.values.messages import say
from sync.core.values.posting import Posting
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
    sent = _sent_for_earlier_months(ledger, company, of)
    runs = dict.fromkeys(posting.run for posting in sent)
    earlier = tuple(sent_since(gathered(ledger, run, at, person), sent) for run in runs)
    seen = last_seen(audits, now, earlier)
    undone = {row.key: (row, audit.postings.get(row.key)) for audit in earlier for row in audit.rows}
    rows = [*seen.rows, *(row for key, (row, _) in undone.items() if key not in seen.runs)]
    postings = {key: each for key, (_, each) in undone.items() if each is not None} | dict(seen.postings)
    rolled = None
    if of.opening is not None and of.closing is not None and of.opening != of.closing:
        rolled = between(ledger, company, of.opening, of.closing)
    if of.closing is not None and ledger.sent(company, of.closing.place):
        remarks.append(say("month-not-read-after-push"))
    if doubt := ledger.in_doubt(company):
        remarks.append(say("month-writes-in-doubt", count=len(doubt)))
    return MonthAudit(
        of=of,
        audits=audits,
        earlier=earlier,
        seen=seen,
        held=tuple(held(before, now, rows, postings, of.month.last, seen.chosen)),
        rolled=rolled,
        closing=None if of.closing is None else ledger.balances(of.closing),
        remarks=tuple(remarks),
        head=ledger.head(),
        at=at,
        person=person,
    )


def _sent_for_earlier_months(ledger: Ledger, company: Company, of: MonthOfRuns) -> list[Posting]:
    """Return the writes and undos of a month that are of no run of it, as its roll-forward counts them too."""
    begun = next(each.place for each in ledger.readings(company) if each.run == of.runs[0].id)
    after = begun if of.opening is None else min(begun, of.opening.place)
    ours = {run.id for run in of.runs}
    return [posting for posting in ledger.sent(company, after) if posting.run not in ours]


def _of(ledger: Ledger, month: Month, company: Company) -> MonthOfRuns:
    readings = ledger.readings(company)
    ours = {each.run for each in readings}
    runs = [summary.run for summary in reversed(ledger.history()) if summary.run.id in ours]
    return month_of_runs(month, runs, readings, {each for each in readings if is_whole(ledger, each)})
