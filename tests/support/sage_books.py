"""Small Sage companies for tests, in sqlite or in MariaDB: rows by hand, and a reader on them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sync.core.periods import Window
from sync.core.reading import Reading, Wanted
from sync.sage.database import SageDatabase, open_odbc, open_sqlite
from sync.sage.schema import MYSQL, SQLITE, TABLES
from tests.support.mariadb import PASSWORD, MariaDb

STAMP = ("1899-12-30 10:15:00", "marie", "winsim")


class SageBooks:
    """One company whose rows a test writes itself."""

    def __init__(self, admin: Any, reader: SageDatabase, *, sqlite: bool) -> None:  # noqa: ANN401 - a connection of either driver
        self.admin = admin
        self.reader = reader
        self.sqlite = sqlite
        with closing(admin.cursor()) as cursor:
            for statement in (SQLITE if sqlite else MYSQL).statements():
                cursor.execute(statement)
        self.insert("tcompany", (1, "Érable & Fils inc.", "2026-01-01 00:00:00", "2026-12-31 00:00:00"))
        self.insert("tcustomr", (7, "Boréal inc.", "2026-01-01 00:00:00", *STAMP, 30, 1))

    def insert(self, table: str, *rows: tuple[object, ...]) -> None:
        """Insert rows as they are."""
        marks = ", ".join("?" * len(TABLES[table]))
        with closing(self.admin.cursor()) as cursor:
            for row in rows:
                cursor.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        self.admin.commit()

    def run(self, statement: str) -> None:
        """Run any statement as the owner of the books."""
        with closing(self.admin.cursor()) as cursor:
            cursor.execute(statement)
        self.admin.commit()

    def document(self, number: int, source: str, dated: str | None = "2026-03-01", **fields: Any) -> None:  # noqa: ANN401 - any column
        """A document of customer 7, with its own row of 100.00 unless told otherwise."""
        row: dict[str, Any] = {"customer": 7, "kind": 0, "currency": 1, "total": 100.0} | fields
        self.insert(
            "tcustr", (number, row["customer"], _moment(dated), source, row["kind"], 30, 100.0, row["currency"])
        )
        if row["total"] is not None:
            self.row(number * 100, number, row["total"], dated, kind=row["kind"], source=source, bank=0)

    def row(self, number: int, document: int, amount: object, dated: str | None, **fields: Any) -> None:  # noqa: ANN401 - any column
        """A row of a document's ledger: a receipt entered on its own day unless told otherwise."""
        given: dict[str, Any] = {
            "kind": 1,
            "source": f"R{number}",
            "entered": dated,
            "reversed": 0,
            "bank": 1060,
        } | fields
        entered = _moment(given["entered"])
        self.insert(
            "tcustrdt",
            (
                number,
                document,
                _moment(dated),
                given["source"],
                given["kind"],
                amount,
                amount,
                given["reversed"],
                given["bank"],
                number if given["bank"] else 0,
                entered,
                *STAMP,
            ),
        )

    def journal(self, table: str, number: int, source: str, dated: str, entered: str, customer: int = 7) -> None:
        """A journal header of the receivables module."""
        self.insert(table, (number, _moment(entered), *STAMP, _moment(dated), 2, 2, source, "receipt", 1, customer))

    def read(self, start: str | None = "2026-03-10", end: str = "2026-04-10", **wanted: Any) -> Reading:  # noqa: ANN401 - any field of Wanted
        """Read with a window (or none), open at its end unless `bounded=True`."""
        bounded = wanted.pop("bounded", False)
        window = None
        if start is not None:
            window = Window(
                choice="custom", start=date.fromisoformat(start), end=date.fromisoformat(end), bounded=bounded
            )
        return self.reader.read(Wanted(window=window, **wanted))


def sqlite_books(path: Path) -> SageBooks:
    """Books in a sqlite file."""
    return SageBooks(sqlite3.connect(path), open_sqlite(path), sqlite=True)


def mariadb_books(server: MariaDb) -> SageBooks:
    """Books in a database of their own on a MariaDB server."""
    name = server.new_database()
    return SageBooks(server.admin(name), open_odbc(server.connection_string(name), PASSWORD), sqlite=False)


def _moment(day: str | None) -> str | None:
    return f"{day} 00:00:00" if day and len(day) == 10 else day
