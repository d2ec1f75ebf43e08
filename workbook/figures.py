"""The figures behind the control sheet: status, last run and the four summary cards, as the block that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from sync.core.journal import Run, RunSummary
from sync.core.labels import currency
from sync.core.money import ZERO, total
from sync.core.posting import Outcome, Posting
from sync.core.proposal import CLOSED, Proposal, Status
from sync.core.words import say, spoken
from workbook.cells import Cell
from workbook.header import named
from workbook.panel import Figure

Figures = Mapping[Figure, Cell]


def cards(rows: Sequence[Proposal], postings: Mapping[str, Posting], chosen: Mapping[str, bool]) -> Figures:
    """Counts and amounts of the cards; amounts of two currencies stand on two lines.

    Args:
        rows: the reviewed rows.
        postings: how rows of this run ended in a push, by key.
        chosen: what the Approve column says, by key; without an entry the default counts.
    """
    done = {key for key, posting in postings.items() if _done(posting)}
    failed = [row for row in rows if row.key in postings and row.key not in done]
    waiting = [row for row in rows if row.key not in postings]
    ready = [row for row in waiting if row.approvable and chosen.get(row.key, row.approve)]
    ready_keys = {row.key for row in ready}
    agreed = [row for row in rows if row.status is Status.IN_AGREEMENT or row.key in done]
    held = [row for row in waiting if row.key not in ready_keys and row.status not in CLOSED]
    return {
        Figure.READY_COUNT: Decimal(len(ready)),
        Figure.READY_AMOUNT: amounts(ready, lambda row: row.change),
        Figure.AGREED_COUNT: Decimal(len(agreed)),
        Figure.AGREED_AMOUNT: amounts(agreed, lambda row: row.paid_proposed or ZERO),
        Figure.HELD_COUNT: Decimal(len(held)),
        Figure.HELD_AMOUNT: amounts(held, lambda row: row.settled or ZERO),
        Figure.FAILED_COUNT: Decimal(len(failed)),
        Figure.FAILED_AMOUNT: amounts(failed, lambda row: row.change),
    }


def last_run(history: Iterable[RunSummary], own: Run | None) -> Figures:
    """The last successful run by anyone on record, in words, and the day that this user's own reaches up to.

    Args:
        history: the runs on record, newest first.
        own: this user's last successful run on this computer.
    """
    newest = next((entry for entry in history if entry.end is not None and entry.end.successful), None)
    words = say("none yet")
    if newest is not None and newest.end is not None:
        at, person = newest.end.at.astimezone(), newest.end.person
        words = say("{moment} by {person}", moment=f"{at:%Y-%m-%d %H:%M}", person=named(person))
    return {Figure.LAST_RUN: str(words), Figure.LAST_DAY: own.complete_to if own else None}


def amounts(rows: Iterable[Proposal], amount: Callable[[Proposal], Decimal]) -> str:
    """Σ per currency, a line each."""
    sums: dict[str, list[Decimal]] = {}
    for row in rows:
        sums.setdefault(row.unit, []).append(amount(row))
    return (
        "\n".join(f"{spoken().amount(total(each))} {currency(unit)}" for unit, each in sorted(sums.items())) or "\u2013"
    )


def _done(posting: Posting) -> bool:
    return posting.outcome is Outcome.ALREADY or (posting.outcome is Outcome.POSTED and posting.verified)
