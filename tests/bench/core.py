"""The pure core: positions, pairs and proposals, and the tie-out, beside the look-ups that any of it needs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose
from sync.core.prove.tie_out import TieOutScope, tie_out
from sync.core.values.money import ZERO
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal
from sync.core.values.records import Balance, Document, Entry, Invoice
from tests.bench import books
from tests.bench.figures import Figure, megabytes, paired, seconds
from tests.bench.growth import SIZES, Growth

DOCUMENTS, LEAST, LOOKUPS = 100_000, 10_000, 4
GOAL = 4.5
CLOCK = time.process_time
"""Nothing here waits, so only this program's own turns count."""
WINDOW = Window(since=Since(choice=Choice.CUSTOM), start=books.DAY - timedelta(days=30), end=books.DAY)
LOOKED_UP = "one dict of all documents, and four look-ups in it for each"
HOLD = """
import sys
from tests.bench import books, core
count = int(sys.argv[1])
held = books.documents(count), books.entries(count), books.invoices(count)
"""
"""A program that only holds what is reconciled, with all modules that it needs."""
WORK = HOLD + "kept = core.reconcile(*held)\n"


def figures(runs: int, scale: float) -> list[Figure]:
    """Reconcile and tie-out.

    Args:
        runs: of each; medians are taken.
        scale: 1.0 is 100,000 documents with 300,000 rows.
    """
    count = max(LEAST, int(DOCUMENTS * scale))
    documents, entries, invoices = books.documents(count), books.entries(count), books.invoices(count)
    look_up = partial(looked_up, list(range(count)))
    rows = reconcile(documents, entries, invoices)
    values, floor = paired(partial(made_again, rows), look_up, runs, CLOCK)
    del rows
    size = f"{count:,} documents, {len(entries):,} rows"
    reconciled = paired(partial(reconcile, documents, entries, invoices), look_up, runs, CLOCK)
    scope = TieOutScope(rows={}, window=WINDOW, policy=Policy(), day=books.DAY)
    tied = paired(partial(tie_out, balances_of(documents), invoices, scope), look_up, runs, CLOCK)
    return [
        _figure(
            "reconcile",
            size,
            reconciled,
            600,
            f"copying its finished rows, a proposal and three applications each, is {values / floor:.0f} floors; the "
            "rest is sums of decimals, sentences and the named facts by which a change is told",
        ),
        _figure("tie-out", size, tied, 120, "each difference is a value with its class, amounts and a sentence"),
    ]


def _figure(stage: str, size: str, taken: tuple[float, float], known: float, why: str) -> Figure:
    ours, floor = taken
    return Figure(stage=stage, size=size, ours=ours, floor=floor, floor_is=LOOKED_UP, most=GOAL, known=known, why=why)


def growth(sizes: Sequence[int] = SIZES, runs: int = 3) -> list[Growth]:
    """Reconciling at each size, in time, and in memory beyond what is reconciled."""
    took, grew = {}, {}
    for count in sizes:
        company = books.documents(count), books.entries(count), books.invoices(count)
        took[count] = seconds(partial(reconcile, *company), runs, CLOCK)
        grew[count] = megabytes(WORK, str(count)) - megabytes(HOLD, str(count))
    return [Growth(stage="reconcile", unit="s", taken=took), Growth(stage="reconcile, memory", unit="MB", taken=grew)]


def reconcile(documents: list[Document], entries: list[Entry], invoices: list[Invoice]) -> list[Proposal]:
    """All of the pure middle: every document becomes a row."""
    known, policy = LedgerMemory(), Policy()
    found = positions(documents, entries, books.DAY)
    pairs = pair(found, frozenset(document.id for document in documents), invoices, known, policy)
    return propose(pairs, {}, known, policy)


def looked_up(ids: list[int]) -> None:
    """The floor: whatever joins rows, documents and invoices has to find each of them once."""
    places = {number: number for number in ids}
    for _ in range(LOOKUPS):
        for number in ids:
            _ = places[number]


def balances_of(documents: list[Document]) -> list[Balance]:
    """Every document settled in Sage, as the database adds it up; in Manage all of them are still open."""
    return [
        Balance(
            document=document,
            total=books.TOTAL,
            received=books.TOTAL,
            balance=ZERO,
            last_entered=books.DAY - timedelta(days=20),
        )
        for document in documents
    ]


def made_again(rows: list[Proposal]) -> list[Proposal]:
    """What merely making the answer's values costs, with all that stands in them at hand."""
    return [replace(row, applications=tuple([replace(each) for each in row.applications])) for row in rows]
