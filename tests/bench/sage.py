"""Reading Sage over ODBC: all balances beside the ordinary way, and the touched documents beside their bare rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, cast

from sync.core.values.periods import Choice, Since, Window
from sync.core.values.records import Balance, Wanted
from sync.sage.sage_connection import MySql
from sync.sage.snapshot import OpenSnapshot, open_odbc
from sync.system.bounded import Bound
from tests.bench.figures import Figure, megabytes, paired, seconds
from tests.bench.growth import SIZES, Growth
from tests.support.mariadb import PASSWORD, running
from tests.support.sage_books import SageBooks, mariadb_books

DOCUMENTS, TOUCHED, CUSTOMERS = 100_000, 2_000, 500
TODAY = date(2026, 4, 10)
WINDOW = Window(since=Since(choice=Choice.CUSTOM), start=TODAY - timedelta(days=7), end=TODAY, bounded=False)
ROW_KIND = 12
"""Place of the ledger row's kind among the columns of both tables; both have one of that name."""
ORDINARY = "pyodbc: all columns of both tables fetched at once, Decimal sums in Python"
BARE = "from tests.bench import sage; import pyodbc"
HOLD = "import sys; from tests.bench import sage; kept = sage.{}(sys.argv[1])"
"""Programs that only have the modules, and that hold what one of the two ways returns."""
LEDGER = (("", 0, "1", 0), ("R", 1, "-0.5", 1060), ("S", 1, "-0.5", 1060))
"""Letter, kind, share of the total and bank account of the three rows of a document."""

_DOCUMENTS = """
INSERT INTO tcustr
SELECT seq, seq MOD {customers} + 11, '2026-01-05' + INTERVAL seq MOD 60 DAY, 100000 + seq, 0, 30, 100.0, 1
  FROM seq_1_to_{documents}
"""
_ROWS = """
INSERT INTO tcustrdt
SELECT 3 * seq + {place}, seq, '2026-01-05' + INTERVAL seq MOD 60 + 10 * {place} DAY,
       CONCAT('{letter}', 100000 + seq), {kind}, {share} * (113 + seq MOD 900 + 0.25), 0, 0, {bank}, {bank} * seq,
       IF({place} = 2 AND seq MOD {every} = 0, '2026-04-08', '2026-03-20'), '1899-12-30 10:15:00', 'marie', 'winsim'
  FROM seq_1_to_{documents}
"""


@contextmanager
def company(documents: int, touched: int) -> Iterator[str]:
    """Connection string of a company of so many documents, so many of them touched in `WINDOW`, on its own server.

    Three rows a document: its own amount and two receipts that settle it, the second at times in the window.
    """
    with running() as server:
        books = mariadb_books(server)
        _fill(books, documents, max(1, documents // touched))
        (name,) = books.admin.execute("SELECT DATABASE()").fetchone()
        yield server.connection_string(name)


def _fill(books: SageBooks, documents: int, every: int) -> None:
    books.run(
        "INSERT INTO tcustomr SELECT 10 + seq, CONCAT('Client ', seq), '2026-01-01', '1899-12-30 10:15:00', 'marie', "
        f"'winsim', 30, 1 FROM seq_1_to_{CUSTOMERS}"
    )
    books.run(_DOCUMENTS.format(customers=CUSTOMERS, documents=documents))
    for place, (letter, kind, share, bank) in enumerate(LEDGER):
        row = {"place": place, "letter": letter, "kind": kind, "share": share, "bank": bank}
        books.run(_ROWS.format(documents=documents, every=every, **row))
    for table in ("tcustr", "tcustrdt"):
        books.run(f"ANALYZE TABLE {table}")


def figures(runs: int, scale: float) -> list[Figure]:
    """All balances, in time and memory, and the touched documents.

    Args:
        runs: of each; medians are taken.
        scale: 1.0 is 100,000 documents with 300,000 rows, 2,000 of them touched.
    """
    documents, touched = max(1, int(DOCUMENTS * scale)), max(1, int(TOUCHED * scale))
    size = f"{documents:,} documents, {3 * documents:,} rows"
    with company(documents, touched) as books:
        asked = queries_of(books)
        every = paired(partial(balances, books), partial(ordinary, books), runs)
        held = megabytes(HOLD.format("balances"), books), megabytes(HOLD.format("ordinary"), books)
        some = paired(partial(read, books), partial(fetched, books, asked), runs)
    bare = megabytes(BARE)
    return [
        Figure(stage="read Sage whole", size=size, ours=every[0], floor=every[1], floor_is=ORDINARY, most=0.30),
        Figure(
            stage="read Sage whole, memory beyond the modules",
            size=size,
            ours=held[0] - bare,
            floor=held[1] - bare,
            floor_is=ORDINARY,
            most=0.50,
            unit="MB",
        ),
        Figure(
            stage="read Sage, touched",
            size=f"{touched:,} touched of {documents:,} documents",
            ours=some[0],
            floor=some[1],
            floor_is="the same queries, bare",
            most=1.5,
        ),
    ]


def growth(sizes: Sequence[int] = SIZES, runs: int = 3) -> list[Growth]:
    """Reading by touched documents among as many others, by documents of which as many are touched, and all balances.

    No index serves the day of entry, so that the server looks through its ledger for it; everything else follows what
    was touched.
    """
    few, large = TOUCHED // 10, sizes[-1]
    busy, quiet, every, held = {}, {}, {}, {}
    bare = megabytes(BARE)
    for touched in (few, TOUCHED, TOUCHED * 10):
        with company(large, touched) as books:
            busy[touched] = seconds(partial(read, books), runs)
    for documents in sizes:
        with company(documents, few) as books:
            quiet[documents] = seconds(partial(read, books), runs)
            every[documents] = seconds(partial(balances, books), runs)
            held[documents] = megabytes(HOLD.format("balances"), books) - bare
    return [
        Growth(stage=f"read touched of {large:,} documents", unit="s", taken=busy),
        Growth(stage=f"read {few:,} touched, by documents", unit="s", taken=quiet),
        Growth(stage="read Sage whole", unit="s", taken=every),
        Growth(stage="read Sage whole, memory", unit="MB", taken=held),
    ]


def balances(books: str) -> list[Balance]:
    """Ours: every document's balance as the core's values."""
    with open_odbc(books, PASSWORD)._session() as session:
        return session._balances()


def ordinary(books: str) -> dict[int, list[Decimal]]:
    """The ordinary way: all columns of both tables at once, amounts made decimals, and positions worked out here."""
    with open_odbc(books, PASSWORD)._session() as session:
        rows = session._connection._opened.execute(
            "SELECT h.*, d.* FROM tcustr h JOIN tcustrdt d ON d.lcustrid = h.lid"
        ).fetchall()
    sums: defaultdict[int, list[Decimal]] = defaultdict(lambda: [Decimal("0.00")] * 3)
    for row in rows:
        amount = Decimal(repr(row.dAmount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        of = sums[row.lCusTrId]
        of[1 if row[ROW_KIND] else 0] += amount
        of[2] += amount
    return dict(sums)


def read(books: str) -> int:
    """Ours: everything that a sync reads of the touched documents."""
    return len(open_odbc(books, PASSWORD).read(Wanted(window=WINDOW)).entries)


def queries_of(books: str) -> list[tuple[str, tuple[object, ...]]]:
    """What `read` asks, with its parameters, in order."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    class Listening(OpenSnapshot):
        def _ask(self, query: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
            asked.append((query, parameters))
            return super()._ask(query, *parameters)

    reader = open_odbc(books, PASSWORD)
    with reader._session() as session:
        Listening(session._connection, session._dialect).read(Wanted(window=WINDOW))
    return asked


def fetched(books: str, asked: list[tuple[str, tuple[object, ...]]]) -> int:
    """The floor: the same connection and queries, everything fetched, and nothing made of it."""
    reader = open_odbc(books, PASSWORD)
    rows, connection = 0, cast("MySql", reader._dialect).connect(Bound())
    with closing(connection), closing(connection.cursor()) as cursor:
        cast("MySql", reader._dialect).columns(connection)
        for query, parameters in asked:
            cursor.execute(query, parameters)
            rows += len(cursor.fetchall())
    return rows
