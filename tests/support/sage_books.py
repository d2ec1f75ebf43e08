"""Small Sage companies for tests, in memory, in sqlite or in MariaDB: rows by hand, and a reader on them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sync.core.values.messages import say
from sync.core.values.money import EMPTY, ZERO, held
from sync.core.values.periods import Window, parse_since
from sync.core.values.records import Document, Entry, Reading, Wanted
from sync.practice.sample_company import TABLES, statements
from sync.sage.snapshot import SageDatabase, open_direct, open_odbc, open_sqlite
from sync.sage.statements import NO_TYPE
from tests.support.fakes import FakeBooks
from tests.support.mariadb import PASSWORD, READER, MariaDb

COMPANY, CUSTOMER = "Érable & Fils inc.", "Boréal inc."
STAMP = ("1899-12-30 10:15:00", "marie", "winsim")


class SageBooks:
    """One company whose rows a test writes itself."""

    def __init__(self, admin: Any, reader: SageDatabase, *, sqlite: bool) -> None:  # noqa: ANN401 - a connection of either driver
        self.admin = admin
        self.reader = reader
        self.sqlite = sqlite
        with closing(admin.cursor()) as cursor:
            for statement in statements(sqlite=sqlite):
                cursor.execute(statement)
        self.insert("tcompany", (1, COMPANY, "2026-01-01 00:00:00", "2026-12-31 00:00:00"))
        self.insert("tcustomr", (7, CUSTOMER, "2026-01-01 00:00:00", *STAMP, 30, 1))

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
                given.get("cheque", number if given["bank"] else 0),
                entered,
                *STAMP,
            ),
        )

    def journal(self, table: str, number: int, source: str, dated: str, entered: str, customer: int = 7) -> None:
        """A journal header of the receivables module."""
        self.insert(table, (number, _moment(entered), *STAMP, _moment(dated), 2, 2, source, "receipt", 1, customer))

    def count(self, kind: int, following: int) -> None:
        """The next number of a kind of record."""
        self.run("CREATE TABLE IF NOT EXISTS tnxtpids (lId INTEGER, lNextId INTEGER, PRIMARY KEY (lId))")
        self.run(f"INSERT INTO tnxtpids VALUES ({kind}, {following})")

    def read(self, start: str | None = "2026-03-10", end: str = "2026-04-10", **wanted: Any) -> Reading:  # noqa: ANN401 - any field of Wanted
        """Read with a window (or none), open at its end unless `bounded=True`."""
        return self.reader.read(wanted_of(start, end, **wanted))


class BooksInMemory:
    """The same company as values, read by the stand-in."""

    def __init__(self) -> None:
        self.reader = FakeBooks(company=COMPANY, counters={})

    def count(self, kind: int, following: int) -> None:
        """As in `SageBooks`."""
        self.reader.counters[kind] = following

    def document(self, number: int, source: str, dated: str = "2026-03-01", **fields: Any) -> None:  # noqa: ANN401 - any column
        """As in `SageBooks`."""
        given: dict[str, Any] = {"customer": 7, "kind": 0, "currency": 1, "total": 100.0} | fields
        self.reader.documents.append(
            Document(
                id=number,
                customer_id=given["customer"],
                customer=CUSTOMER,
                number=source,
                dated=date.fromisoformat(dated),
                kind=given["kind"],
                currency_id=given["currency"],
            )
        )
        if given["total"] is not None:
            self.row(number * 100, number, given["total"], dated, kind=given["kind"], source=source, bank=0)

    def row(self, number: int, document: int, amount: float | None, dated: str, **fields: Any) -> None:  # noqa: ANN401 - any column
        """As in `SageBooks`."""
        given: dict[str, Any] = {
            "kind": 1,
            "source": f"R{number}",
            "entered": dated,
            "reversed": 0,
            "bank": 1060,
        } | fields
        customers = {each.id: each.customer_id for each in self.reader.documents}
        flaw = say("sage-row-without-type", id=number) if given["kind"] is None else None
        if amount is None:
            flaw = say("sage-row-amount-bad", id=number, why=EMPTY)
        self.reader.entries.append(
            Entry(
                id=number,
                document_id=document,
                customer_id=customers.get(document, 0),
                dated=date.fromisoformat(dated),
                number=given["source"],
                kind=NO_TYPE if given["kind"] is None else given["kind"],
                amount=None if amount is None else held(amount)[0],
                beyond=ZERO if amount is None else held(amount)[1],
                reversed=bool(given["reversed"]),
                banked=bool(given["bank"] or given.get("cheque", 0)),
                cheque=given.get("cheque", number if given["bank"] else 0),
                entered_on=date.fromisoformat(given["entered"]),
                entered_by="marie",
                flaw=flaw,
            )
        )

    def read(self, start: str | None = "2026-03-10", end: str = "2026-04-10", **wanted: Any) -> Reading:  # noqa: ANN401 - any field of Wanted
        """As in `SageBooks`."""
        return self.reader.read(wanted_of(start, end, **wanted))


def wanted_of(start: str | None, end: str, *, bounded: bool = False, **wanted: Any) -> Wanted:  # noqa: ANN401 - any field of Wanted
    """What is wanted: a window (or none), open at its end unless it is bounded."""
    window = None
    if start is not None:
        window = Window(
            since=parse_since(start), start=date.fromisoformat(start), end=date.fromisoformat(end), bounded=bounded
        )
    return Wanted(window=window, **wanted)


def sqlite_books(path: Path) -> SageBooks:
    """Books in a sqlite file."""
    return SageBooks(sqlite3.connect(path), open_sqlite(path), sqlite=True)


def mariadb_books(server: MariaDb, *, direct: bool = False) -> SageBooks:
    """Books in a database of their own on a MariaDB server, read over its ODBC driver or without one."""
    name = server.new_database()
    return SageBooks(server.admin(name), mariadb_reader(server, name, direct=direct), sqlite=False)


def mariadb_reader(
    server: MariaDb, name: str, user: str = READER, password: str = PASSWORD, *, direct: bool = False
) -> SageDatabase:
    """A reader of a company on a MariaDB server, over its ODBC driver or without one."""
    if direct:
        return open_direct("127.0.0.1", server.port, name, user, password)
    return open_odbc(server.connection_string(name, user), password)


def _moment(day: str | None) -> str | None:
    return f"{day} 00:00:00" if day and len(day) == 10 else day
