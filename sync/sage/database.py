"""The Sage reader: one consistent, read-only snapshot of the documents that are wanted."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sync.core.checks import Check, Verdict, failed
from sync.core.errors import Part, Refused, SetupError, TieoutError
from sync.core.matching import normalise
from sync.core.reading import Reading, Wanted
from sync.core.records import OWN_KINDS, Balance, Document, Entry
from sync.core.words import say
from sync.sage import faults, queries, rows
from sync.sage.dialect import Dialect, MySql, Sqlite, writable_warning
from sync.sage.faults import UnsaidError
from sync.sage.touched import entered, strategy

CHUNK = 500
BLOCK = 1_000
_CURRENCIES = {"h": "tcustr", "c": "tcustomr"}


def open_odbc(connection_string: str, password: str | None) -> SageDatabase:
    """The books of a live Sage company, over any MySQL or MariaDB ODBC driver. Connects only when read."""
    return SageDatabase(MySql(connection_string, password))


def open_sqlite(path: Path) -> SageDatabase:
    """The embedded sample company. Opened only when read."""
    return SageDatabase(Sqlite(path))


class SageDatabase:
    """A Sage 50 company, read only."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def read(self, wanted: Wanted) -> Reading:
        """Read in one read-only, consistent transaction.

        Raises:
            SetupError: driver, login, rights, a missing table or column.
            Unavailable: no answer, or the connection was lost; nothing was changed.
            Refused: the company has no documents at all.
        """
        try:
            return self._read(wanted)
        except UnsaidError:
            return self._read(wanted)

    def _read(self, wanted: Wanted) -> Reading:
        with self._session() as session:
            return session.read(wanted)

    def check(self) -> list[Check]:
        """Test connection, tables, the way touched invoices are found, and rights."""
        link = say("Sage")
        try:
            with self._session() as session:
                company, how, warned = session.company(), session.strategy[1], session.can_write()
        except TieoutError as error:
            return failed(link, error)
        checks = [
            Check(link=link, verdict=Verdict.OK, finding=say("{company} can be read.", company=company)),
            Check(link=say("Sage receipts"), verdict=Verdict.OK, finding=how),
        ]
        if warned:
            checks.append(Check(link=say("Sage rights"), verdict=Verdict.WARNING, finding=writable_warning()))
        return checks

    @contextmanager
    def _session(self) -> Iterator[Session]:
        drivers: tuple[type[Exception], ...] = (sqlite3.Error,)
        try:
            import pyodbc  # noqa: PLC0415 - the driver manager may be missing where only the sample is read

            drivers += (pyodbc.Error,)
        except ImportError:
            pass
        try:
            with closing(self._dialect.connect()) as connection:
                yield Session(connection, self._dialect)
        except drivers as error:
            raise self._dialect.explained(error) from None


class Session:
    """One open snapshot."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:  # noqa: ANN401 - a DB-API connection of either driver
        self._connection = connection
        self._dialect = dialect
        self._columns = dialect.columns(connection)
        _complete(self._columns)
        self.strategy = strategy(self._ask, self._columns)

    def company(self) -> str:
        """The company's name."""
        name = next((str(row[0] or "").strip() for row in self._ask(queries.COMPANY)), "")
        if not name:
            raise SetupError(say("Sage's company has no name. Check that these are the books of a company."))
        return name

    def can_write(self) -> bool:
        """Whether the login could write, were the session not read only."""
        return self._dialect.can_write(self._connection)

    def read(self, wanted: Wanted) -> Reading:
        """See `SageDatabase.read`."""
        clock = self._dialect.clock(self._connection)
        company = self.company()
        if not any(True for _ in self._ask(queries.ANY_DOCUMENT)):
            raise Refused(
                say(
                    "The books of {company} hold no invoice at all, so they are probably not the ones you mean. "
                    "Open the right company in Sage 50.",
                    company=company,
                )
            )
        stamped, how = self.strategy
        found = entered(self._ask, self._columns, wanted, stamped=stamped)
        new = {row.document_id for row in found}
        ids = self._with_same_number(new | wanted.documents, wanted.prefix)
        documents = self._documents(ids, new)
        return Reading(
            company=company,
            clock=clock,
            strategy=how,
            highest_row=next((int(row[0] or 0) for row in self._ask(queries.HIGHEST_ROW)), 0),
            entered=found,
            documents=documents,
            entries=self._entries(documents),
            notices=(writable_warning(),) if self.can_write() else (),
            balances=self._balances() if wanted.balances else (),
        )

    def _balances(self) -> list[Balance]:
        """What every document of the company comes to."""
        stamp = "COALESCE(d.dtasdate, d.dtdate)" if "dtasdate" in self._columns["tcustrdt"] else "d.dtdate"
        customers = {
            row[0]: (row[1], int(row[2]))
            for row in self._ask(queries.CUSTOMERS.format(currency=_currency(self._columns, "c")))
        }
        query = queries.BALANCES.format(currency=_currency(self._columns, "h"), entered=stamp)
        return [rows.balance(row, customers) for row in self._ask(query)]

    def _with_same_number(self, ids: Collection[int], prefix: str) -> set[int]:
        """These documents, and every other one that bears one of their numbers, compared exactly."""
        numbers = {normalise(row[1] or "", prefix) for row in self._chunked(queries.NUMBERS, ids)} - {""}
        spellings = numbers | {prefix + number for number in numbers}
        same = self._chunked(queries.SAME_NUMBER, sorted(spellings))
        return set(ids) | {int(row[0]) for row in same if normalise(row[1] or "", prefix) in numbers}

    def _documents(self, ids: Collection[int], new: Collection[int]) -> list[Document]:
        currency = _currency(self._columns, "h", "c")
        found = [rows.document(row) for row in self._chunked(queries.DOCUMENTS, sorted(ids), currency=currency)]
        missing = set(new) - {document.id for document in found}
        return [*found, *(rows.orphan(number) for number in sorted(missing))]

    def _entries(self, documents: Iterable[Document]) -> list[Entry]:
        stamps = {
            "entered_on": "CAST(d.dtasdate AS CHAR)" if "dtasdate" in self._columns["tcustrdt"] else "NULL",
            "entered_by": "d.sasuserid" if "sasuserid" in self._columns["tcustrdt"] else "NULL",
        }
        ids = sorted(document.id for document in documents)
        entries = {int(row[0]): rows.entry(row) for row in self._chunked(queries.ENTRIES, ids, **stamps)}
        customers = {e.customer_id for e in entries.values() if not e.banked and e.kind not in OWN_KINDS}
        for row in self._chunked(queries.MIRRORS, sorted(customers), **stamps):
            entries.setdefault(int(row[0]), rows.entry(row))
        return list(entries.values())

    def _chunked(self, query: str, values: Collection[object], **places: str) -> Iterator[tuple[Any, ...]]:
        ordered = list(values)
        for start in range(0, len(ordered), CHUNK):
            chunk = ordered[start : start + CHUNK]
            yield from self._ask(query.format(marks=", ".join("?" * len(chunk)), **places), *chunk)

    def _ask(self, query: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(query, parameters)
            while block := cursor.fetchmany(BLOCK):
                yield from block


def _complete(columns: Mapping[str, set[str]]) -> None:
    """Refuse books without the tables and columns that reading needs; every missing one is named."""
    if not set(queries.REQUIRED) & set(columns):
        raise SetupError(faults.third_party_access(), parts=[Part.RIGHTS])
    missing = [
        f"{table}.{column}" if table in columns else table
        for table, needed in queries.REQUIRED.items()
        for column in needed
        if column not in columns.get(table, ())
    ]
    if missing:
        raise SetupError(
            say(
                "Sage's database has no {missing}; a Sage update may have changed it. Nothing was guessed and nothing "
                "read; please report this.",
                missing=", ".join(dict.fromkeys(missing)),
            )
        )


def _currency(columns: Mapping[str, set[str]], *places: str) -> str:
    """The document's currency (`h`), else the customer's (`c`): of those asked for the first that is named, else 0.

    A Sage without either column has one currency, the home one.
    """
    known = [place for place, table in _CURRENCIES.items() if "lcurrncyid" in columns[table]]
    if not known:
        return "1"
    named = [f"NULLIF({place}.lcurrncyid, 0)" for place in known if place in places]
    return f"COALESCE({', '.join(named)}, 0)" if named else "0"
