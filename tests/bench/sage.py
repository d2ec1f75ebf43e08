"""Reading Sage over ODBC: all balances beside the ordinary way, and the touched documents beside their bare rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from sync.core.periods import Window
from sync.core.reading import Wanted
from sync.core.records import Balance
from sync.sage.database import Session, open_odbc
from tests.bench.figures import Figure, megabytes, paired, seconds
from tests.support.mariadb import PASSWORD, MariaDb, running
from tests.support.sage_books import mariadb_books

DOCUMENTS, TOUCHED, CUSTOMERS = 100_000, 2_000, 500
TODAY = date(2026, 4, 10)
WINDOW = Window(choice="custom", start=TODAY - timedelta(days=7), end=TODAY, bounded=False)

GROWTH_TOUCHED = 200
ROW_KIND = 12
"""Place of the ledger row's kind among the columns of both tables; both have one of that name."""
ORDINARY = "pyodbc: all columns of both tables fetched at once, Decimal sums in Python"
PEAK_OF_OURS = "import sys; from tests.bench.sage import balances as work; kept = work(sys.argv[1])"
PEAK_OF_ORDINARY = "import sys; from tests.bench.sage import ordinary as work; kept = work(sys.argv[1])"
LEDGER = (("", 0, "1", 0), ("R", 1, "-0.5", 1060), ("S", 1, "-0.5", 1060))
"""Letter, kind, share of the total and bank account of the three rows of a document."""

_DOCUMENTS = """
INSERT INTO tcustr
SELECT seq, seq MOD {customers} + 11, '2026-01-05' + INTERVAL seq MOD 60 DAY, CONCAT('', 100000 + seq), 0, 30, 100.0, 1
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
def companies(*sizes: tuple[int, int]) -> Iterator[list[str]]:
    """Connection strings of companies of so many documents, so many of them touched in `WINDOW`, on one server."""
    with running() as server:
        yield [_company(server, documents, touched) for documents, touched in sizes]


def _company(server: MariaDb, documents: int, touched: int) -> str:
    """Three rows a document: its own amount and two receipts that settle it, the second at times in the window."""
    books = mariadb_books(server)
    books.run(
        "INSERT INTO tcustomr SELECT 10 + seq, CONCAT('Client ', seq), '2026-01-01', '1899-12-30 10:15:00', 'marie', "
        f"'winsim', 30, 1 FROM seq_1_to_{CUSTOMERS}"
    )
    books.run(_DOCUMENTS.format(customers=CUSTOMERS, documents=documents))
    every = max(1, documents // touched)
    for place, (letter, kind, share, bank) in enumerate(LEDGER):
        row = {"place": place, "letter": letter, "kind": kind, "share": share, "bank": bank}
        books.run(_ROWS.format(documents=documents, every=every, **row))
    for table in ("tcustr", "tcustrdt"):
        books.run(f"ANALYZE TABLE {table}")
    (name,) = books.admin.execute("SELECT DATABASE()").fetchone()
    return server.connection_string(name)


def figures(runs: int, scale: float) -> list[Figure]:
    """All balances, in time and memory, and the touched documents.

    Args:
        runs: of each; medians are taken.
        scale: 1.0 is 100,000 documents with 300,000 rows, 2,000 of them touched.
    """
    documents, touched = max(1, int(DOCUMENTS * scale)), max(1, int(TOUCHED * scale))
    with companies((documents, touched)) as (company,):
        size = f"{documents:,} documents, {3 * documents:,} rows"
        ours, floor = paired(lambda: balances(company), lambda: ordinary(company), runs)
        found = [Figure(stage="Sage tie-out", size=size, ours=ours, floor=floor, floor_is=ORDINARY, most=0.30)]
        ours, floor = megabytes(PEAK_OF_OURS, company), megabytes(PEAK_OF_ORDINARY, company)
        found.append(
            Figure(
                stage="Sage tie-out, memory", size=size, ours=ours, floor=floor, floor_is=ORDINARY, most=0.50, unit="MB"
            )
        )
        asked = queries_of(company)
        ours, floor = paired(lambda: read(company), lambda: fetched(company, asked), runs)
        size = f"{touched:,} touched of {documents:,} documents"
        found.append(
            Figure(
                stage="Sage, touched", size=size, ours=ours, floor=floor, floor_is="the same queries, bare", most=1.5
            )
        )
    return found


def growth(runs: int, sizes: tuple[int, ...] = (1_000, 10_000, 100_000)) -> list[tuple[int, float, float]]:
    """Documents, seconds to read 200 touched of them, and seconds for all their balances."""
    with companies(*((documents, GROWTH_TOUCHED) for documents in sizes)) as found:
        return [
            (documents, seconds(partial(read, company), runs), seconds(partial(balances, company), runs))
            for documents, company in zip(sizes, found, strict=True)
        ]


def balances(company: str) -> list[Balance]:
    """Ours: every document's balance as the core's values."""
    with open_odbc(company, PASSWORD)._session() as session:
        return session._balances()


def ordinary(company: str) -> dict[int, list[Decimal]]:
    """The ordinary way: all columns of both tables at once, amounts made decimals, and positions worked out here."""
    with open_odbc(company, PASSWORD)._session() as session:
        rows = session._connection.execute(
            "SELECT h.*, d.* FROM tcustr h JOIN tcustrdt d ON d.lcustrid = h.lid"
        ).fetchall()
    sums: defaultdict[int, list[Decimal]] = defaultdict(lambda: [Decimal("0.00")] * 3)
    for row in rows:
        amount = Decimal(repr(row.dAmount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        of = sums[row.lCusTrId]
        of[1 if row[ROW_KIND] else 0] += amount
        of[2] += amount
    return dict(sums)


def read(company: str) -> int:
    """Ours: everything that a sync reads of the touched documents."""
    return len(open_odbc(company, PASSWORD).read(Wanted(window=WINDOW)).entries)


def queries_of(company: str) -> list[tuple[str, tuple[object, ...]]]:
    """What `read` asks, with its parameters, in order."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    class Listening(Session):
        def _ask(self, query: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
            asked.append((query, parameters))
            return super()._ask(query, *parameters)

    reader = open_odbc(company, PASSWORD)
    with reader._session() as session:
        Listening(session._connection, session._dialect).read(Wanted(window=WINDOW))
    return asked


def fetched(company: str, asked: list[tuple[str, tuple[object, ...]]]) -> int:
    """The floor: the same connection and queries, everything fetched, and nothing made of it."""
    reader = open_odbc(company, PASSWORD)
    connection = reader._dialect.connect()
    try:
        reader._dialect.columns(connection)
        return sum(len(connection.execute(query, *parameters).fetchall()) for query, parameters in asked)
    finally:
        connection.close()
