"""Reading Sage over ODBC: all balances beside the ordinary way, and the touched documents beside their bare rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sync.core.periods import Window
from sync.core.reading import Reading, Wanted
from sync.sage.database import open_odbc
from tests.bench.figures import Figure, megabytes
from tests.support.mariadb import PASSWORD, MariaDb, running
from tests.support.sage_books import mariadb_books

DOCUMENTS, TOUCHED, CUSTOMERS = 100_000, 2_000, 500
TODAY = date(2026, 4, 10)
WINDOW = Window(choice="custom", start=TODAY - timedelta(days=7), end=TODAY, bounded=False)

_DOCUMENTS = """
INSERT INTO tcustr
SELECT seq, seq MOD {customers} + 1, '2026-01-05' + INTERVAL seq MOD 60 DAY, CONCAT('', 100000 + seq), 0, 30, 100.0, 1
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
    books.run(_DOCUMENTS.format(customers=CUSTOMERS, documents=documents).replace("MOD 500 + 1", "MOD 500 + 11"))
    for place, (letter, kind, share, bank) in enumerate((("", 0, "1", 0), ("R", 1, "-0.5", 1060), ("S", 1, "-0.5", 1060))):
        books.run(
            _ROWS.format(
                documents=documents,
                place=place,
                letter=letter,
                kind=kind,
                share=share,
                bank=bank,
                every=documents // touched,
            )
        )
    for table in ("tcustr", "tcustrdt"):
        books.run(f"ANALYZE TABLE {table}")
    (name,) = books.admin.execute("SELECT DATABASE()").fetchone()
    return server.connection_string(name)
