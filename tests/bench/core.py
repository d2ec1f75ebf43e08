"""The pure core: positions, pairs and proposals, and the tie-out, beside the look-ups that any of it needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from sync.core.money import ZERO
from sync.core.periods import Window
from sync.core.policy import Policy
from sync.core.position import positions
from sync.core.proposal import Proposal, Status
from sync.core.reasons import NOTHING
from sync.core.receivables import Side, tie_out
from sync.core.reconcile import pair, propose
from sync.core.records import Balance, Document, Entry, Invoice
from sync.core.standing import Known
from tests.bench import books
from tests.bench.figures import Figure, paired, seconds

DOCUMENTS, LOOKUPS = 100_000, 4
GOAL, BESIDE_PANDAS, UNBOUNDED = 4.5, 1.0, float("inf")
CLOCK = time.process_time
"""Nothing here waits, so only this program's own turns count."""
WINDOW = Window(choice="custom", start=books.DAY - timedelta(days=30), end=books.DAY)
LOOKED_UP = "one dict of all documents, and four look-ups in it for each"


def figures(runs: int, scale: float) -> list[Figure]:
    """Reconcile and tie-out; with pandas, where it is installed, the ordinary merge beside it.

    Args:
        runs: of each; medians are taken.
        scale: 1.0 is 100,000 documents with 300,000 rows.
    """
    count = max(1, int(DOCUMENTS * scale))
    documents, entries, invoices = books.documents(count), books.entries(count), books.invoices(count)
    ids = list(range(count))

    def reconciled() -> list[Proposal]:
        return reconcile(documents, entries, invoices)

    size = f"{count:,} documents, {len(entries):,} rows"
    values, floor = paired(lambda: [_bare(document) for document in documents], lambda: looked_up(ids), runs, CLOCK)
    bare = values / floor
    ours, floor = paired(reconciled, lambda: looked_up(ids), runs, CLOCK)
    found = [
        Figure(
            stage="Reconcile",
            size=size,
            ours=ours,
            floor=floor,
            floor_is=LOOKED_UP,
            most=GOAL,
            why=f"One `Proposal` for each document, and nothing else, is {bare:.1f} times the floor.",
        )
    ]
    balances, side = balances_of(documents), Side(rows={}, window=WINDOW, policy=Policy(), day=books.DAY)
    ours, floor = paired(lambda: tie_out(balances, invoices, side), lambda: looked_up(ids), runs, CLOCK)
    found.append(Figure(stage="Tie-out", size=size, ours=ours, floor=floor, floor_is=LOOKED_UP, most=UNBOUNDED))
    if find_spec("pandas"):
        ours, floor = paired(reconciled, merged(entries, invoices), runs, CLOCK)
        found.append(
            Figure(
                stage="Reconcile beside pandas",
                size=size,
                ours=ours,
                floor=floor,
                floor_is="a groupby of the rows and a merge with the invoices, without reasons or proposals",
                most=BESIDE_PANDAS,
            )
        )
    return found


def growth(runs: int, sizes: tuple[int, ...] = (1_000, 10_000, 100_000)) -> list[tuple[int, float]]:
    """Documents, and seconds to reconcile them."""
    taken = []
    for count in sizes:
        documents, entries, invoices = books.documents(count), books.entries(count), books.invoices(count)
        taken.append((count, seconds(partial(reconcile, documents, entries, invoices), runs, CLOCK)))
    return taken


def reconcile(documents: list[Document], entries: list[Entry], invoices: list[Invoice]) -> list[Proposal]:
    """All of the pure middle: every document becomes a row."""
    known, policy = Known(), Policy()
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
            cash=books.TOTAL,
            balance=ZERO,
            last_entered=books.DAY - timedelta(days=20),
        )
        for document in documents
    ]


def merged(entries: list[Entry], invoices: list[Invoice]) -> Callable[[], object]:
    """The same join as pandas does it, with its frames already made: sums by document, then a merge by number."""
    pandas = import_module("pandas")
    rows = pandas.DataFrame(
        {
            "number": [str(books.FIRST + entry.document_id) for entry in entries],
            "kind": [entry.kind for entry in entries],
            "amount": [float(entry.amount or ZERO) for entry in entries],
        }
    )
    shown = pandas.DataFrame(
        {
            "number": [invoice.number for invoice in invoices],
            "total": [float(invoice.total) for invoice in invoices],
            "payments": [float(invoice.payments) for invoice in invoices],
        }
    )

    def join() -> object:
        sums = rows.groupby(["number", "kind"])["amount"].sum().unstack(fill_value=0.0).reset_index()
        both = sums.merge(shown, on="number", how="left")
        both["ready"] = (both[1] + both["payments"]).round(2) != ZERO
        return both

    return join


def _bare(document: Document) -> Proposal:
    """A row that says nothing yet: what merely making the answer's values costs."""
    return Proposal(
        key=str(document.id),
        document_id=document.id,
        customer_id=document.customer_id,
        invoice=document.number,
        customer=document.customer,
        dated=document.dated,
        currency="CAD",
        status=Status.READY,
        reason=NOTHING,
        next_step=NOTHING,
    )
