"""The JSON that scripts read: `sync --json`, `push --json`, `history --json`. Its shape is a promise.

Money is a string with two decimals, dates are ISO, absent is null, and words are English whatever is spoken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.control_totals import lines
from sync.core.journal import Phase, Run, RunSummary
from sync.core.money import ZERO, plain, total
from sync.core.posting import Outcome, Posting
from sync.core.proposal import UNNAMED, Proposal
from sync.core.review import Review
from sync.core.words import Text, say

Json = dict[str, Any]
COMPANY_NAMED = 40
"""Characters of the company's name in a file's name: some systems take no long paths."""


def review_json(review: Review) -> Json:
    """`sync --json`: the run, its window, one object per row, and totals per status and currency."""
    run = review.run
    return {
        "run": run.id,
        "company": run.company.sage,
        "window": {
            "choice": run.window.choice,
            "start": run.window.start.isoformat(),
            "end": run.window.end.isoformat(),
        },
        "strategy": run.strategy.english,
        "notices": [notice.english for notice in run.notices],
        "requests": run.requests,
        "rows": [_row(row) for row in review.rows],
        "totals": {
            "count": len(review.rows),
            "approved": sum(1 for row in review.rows if row.approve),
            "statuses": [
                {
                    "status": line.status.value,
                    "currency": None if line.currency.startswith(UNNAMED) else line.currency,
                    "count": line.count,
                    "settled": plain(line.settled),
                    "paid_before": plain(line.paid_before),
                    "paid_proposed": plain(line.paid_proposed),
                    "change": plain(line.change),
                }
                for line in lines(review.rows)
            ],
        },
    }


def file_name(run: Run) -> str:
    """Name of a reconciliation file."""
    return f"{pack_name(run)}.xlsx"


def pack_name(run: Run) -> str:
    """Name that says company, window and run, as workpapers are filed; without an ending."""
    company = re.sub(r"[^\w-]+", "-", run.company.sage).strip("-")[:COMPANY_NAMED]
    return f"AR-PaymentSync_{company}_{run.window.start}_{run.window.end}_run{run.id}"


def pack_file(run: Run) -> str:
    """Name of a pack's files, without an ending: short, because they lie in a folder that says the rest."""
    return f"AR-PaymentSync_run{run.id}"


def pushed_json(run: Run, postings: Sequence[Posting]) -> Json:
    """`push --json`: one object per row marked Yes, and totals per outcome and currency."""
    return {
        "run": run.id,
        "postings": [_posting(posting) for posting in postings],
        "totals": {
            "count": len(postings),
            "outcomes": {
                outcome.value: count for outcome, count in sorted(Counter(p.outcome for p in postings).items())
            },
            "change": {currency: plain(amount) for currency, amount in sorted(change_by_currency(postings).items())},
        },
    }


def history_json(history: Iterable[RunSummary]) -> list[Json]:
    """`history --json`: one object per run, newest first."""
    return [
        {
            "run": entry.run.id,
            "started": entry.run.started.isoformat(),
            "company": entry.run.company.sage,
            "site": entry.run.company.site,
            "user": entry.run.person.user,
            "computer": entry.run.person.computer,
            "window": {
                "choice": entry.run.window.choice,
                "start": entry.run.window.start.isoformat(),
                "end": entry.run.window.end.isoformat(),
            },
            "rows": dict(entry.rows),
            "ended": entry.end.phase.value if entry.end else None,
            "successful": entry.end.successful if entry.end else False,
            "outcomes": {outcome.value: count for outcome, count in entry.end.outcomes.items()} if entry.end else {},
            "posted": {currency: plain(amount) for currency, amount in entry.posted.items()},
            "exports": [
                {
                    "at": export.at.isoformat(),
                    "user": export.person.user,
                    "folder": export.folder,
                    "files": dict(export.files),
                }
                for export in entry.exports
            ],
        }
        for entry in history
    ]


def ended(entry: RunSummary) -> Text:
    """How a run stands, in words: the same on the sheet History and in `tieout history`."""
    if entry.end is None:
        return say("interrupted")
    if entry.end.phase is Phase.SYNC:
        return say("nothing to push") if entry.end.successful else say("to be pushed")
    if entry.end.phase is Phase.REBUILD:
        return say("began a new ledger")
    if entry.end.phase is Phase.UNDO:
        return say("undone") if entry.end.successful else say("undone, with open rows")
    return say("pushed") if entry.end.successful else say("pushed, with open rows")


def change_by_currency(postings: Iterable[Posting]) -> dict[str, Decimal]:
    """Σ of what the posted rows added to Paid Amount, by currency."""
    sums: dict[str, Decimal] = {}
    for posting in postings:
        if posting.outcome is Outcome.POSTED:
            currency = posting.currency or UNNAMED
            added = (posting.paid_after or ZERO) - (posting.paid_before or ZERO)
            sums[currency] = total((sums.get(currency, ZERO), added))
    return sums


def _row(row: Proposal) -> Json:
    return {
        "key": row.key,
        "invoice": row.invoice,
        "customer": row.customer,
        "currency": row.currency,
        "status": row.status.value,
        "reason": (row.reason + row.next_step).english,
        "sage_total": _money(row.sage_total),
        "manage_total": _money(row.manage_total),
        "cash": _money(row.cash),
        "discount": _money(row.discount),
        "credit": _money(row.credit),
        "other": _money(row.other),
        "sage_balance": _money(row.sage_balance),
        "paid_before": _money(row.paid_before),
        "paid_proposed": _money(row.paid_proposed),
        "date_paid_before": _day(row.date_paid_before),
        "date_paid_proposed": _day(row.date_paid_proposed),
        "clearing_receipt": row.clearing_receipt,
        "approve": row.approve,
    }


def _posting(posting: Posting) -> Json:
    return {
        "key": posting.key,
        "invoice": posting.invoice,
        "outcome": posting.outcome.value,
        "paid_before": _money(posting.paid_before),
        "paid_after": _money(posting.paid_after),
        "date_paid_after": _day(posting.date_paid_after),
        "payment_id": posting.payment_id,
        "verified": posting.verified,
        "message": posting.message.english,
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
