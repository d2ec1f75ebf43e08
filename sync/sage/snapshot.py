"""Read one consistent, read-only snapshot of Sage: the documents that are wanted, and what was entered when."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from msgspec.structs import replace

from sync.core.decide.credit_groups import group_of, sharing_credit
from sync.core.decide.matching import normalise
from sync.core.decide.same_books import MARKED, mark_of
from sync.core.prove import link_findings
from sync.core.prove.control_account import home_parts
from sync.core.prove.site_report import Answer
from sync.core.values.errors import (
    Check,
    Refused,
    SetupError,
    TieoutError,
    Unavailable,
    failed_checks,
)
from sync.core.values.messages import Text, say
from sync.core.values.periods import Choice, Since, Window, window
from sync.core.values.records import (
    RECEIPT,
    AccountReading,
    Balance,
    BooksMark,
    Document,
    Entered,
    Entry,
    Reading,
    RowMark,
    Wanted,
)
from sync.language.catalogues import ENGLISH
from sync.sage import sage_errors, statements
from sync.sage.mysql_ways import Direct, Odbc
from sync.sage.sage_connection import Dialect, MySql, Sqlite, writable_warning
from sync.sage.sage_errors import UnsaidError
from sync.sage.statements import COUNTERS_TABLE
from sync.system.bounded import Bound
from sync.system.log import log_error

_log = logging.getLogger(__name__)
CHUNK = 500
BLOCK = 1_000
MOST_FOUND = 600
"""Characters of what was found instead of a missing table or column that are shown; the log has it all."""
MOST_READINGS = 4
"""Of tables without transactions; a company where somebody enters receipts is quiet between two of them."""
PAUSE = 0.5
"""Seconds between two readings: longer than what belongs together takes to be entered."""
_CURRENCIES = {"h": "tcustr", "c": "tcustomr"}


def open_odbc(connection_string: str, password: str | None) -> SageDatabase:
    """Return the books of a live Sage company, over any MySQL or MariaDB ODBC driver. Connects only when read."""
    return SageDatabase(MySql(Odbc(connection_string, password)))


def open_direct(host: str, port: int, database: str, user: str, password: str | None) -> SageDatabase:
    """Return the books of a live Sage company, without any driver. Connects only when read."""
    return SageDatabase(MySql(Direct(host, port, database, user, password)))


def open_sqlite(path: Path) -> SageDatabase:
    """Return the embedded sample company. Opened only when read."""
    return SageDatabase(Sqlite(path))


class SageDatabase:
    """A Sage 50 company, read only."""

    def __init__(self, dialect: Dialect, pause: float = PAUSE) -> None:
        self._dialect = dialect
        self._pause = pause

    def read(self, wanted: Wanted) -> Reading:
        """Read in one read-only, consistent transaction. Raises as the port `SageBooks` says."""

        def work(bound: Bound) -> Reading:
            try:
                return self._read(wanted, bound)
            except UnsaidError:
                return self._read(wanted, bound)

        return self._dialect.bounded(work)

    def _read(self, wanted: Wanted, bound: Bound) -> Reading:
        """Read once; where tables have no transactions, until two readings in a row agree in all but the clock."""
        with self._session(bound) as session:
            reading, unsteady = session.read(wanted), session.without_transactions()
        for _ in range(MOST_READINGS - 1 if unsteady else 0):
            sleep(self._pause)
            with self._session(bound) as session:
                again = session.read(wanted)
            if replace(again, clock=reading.clock) == reading:
                return replace(reading, notices=(*reading.notices, _without_transactions(unsteady)))
            reading = again
        if unsteady:
            raise Unavailable(say("sage-readings-differ", times=MOST_READINGS))
        return reading

    def check(self, currencies: Mapping[int, str] | None = None) -> list[Check]:
        """Read as a sync does, for the newest documents and the balance of each, and say what it would make of them.

        Args:
            currencies: those that the settings name; None where there are no settings yet.
        """
        try:
            version, wanted = self._dialect.bounded(self._newest)
            return link_findings.of_sage(self.read(wanted), version, currencies)
        except TieoutError as error:
            log_error(error, error.text.said(ENGLISH))
            return failed_checks(say("sage"), error)

    def currencies(self) -> dict[int, int]:
        """Return how many documents are in each of Sage's currencies, by its number; none where Sage shows no currency.

        Raises:
            SetupError, Unavailable: as the port `SageBooks` says of reading.
        """

        def work(bound: Bound) -> dict[int, int]:
            with self._session(bound) as session:
                return session.currencies()

        return self._dialect.bounded(work)

    def facts(self) -> list[Answer]:
        """Return what the company and its database tell of themselves; where that ends early, why it does."""
        from sync.sage import site_facts  # noqa: PLC0415 - only a report needs it

        found: list[Answer] = []
        try:
            self._dialect.bounded(lambda bound: found.extend(site_facts.answers(self._dialect, bound)))
        except TieoutError as error:
            log_error(error, error.text.said(ENGLISH))
            found.append(site_facts.unreached(error))
        return found

    def _newest(self, bound: Bound) -> tuple[str, Wanted]:
        with self._session(bound) as session:
            return session.version(), session.newest()

    @contextmanager
    def _session(self, bound: Bound | None = None) -> Iterator[OpenSnapshot]:
        try:
            with closing(self._dialect.connect(bound or Bound())) as connection:
                yield OpenSnapshot(connection, self._dialect)
        except self._dialect.errors as error:
            raise self._dialect.explained(error) from error


class OpenSnapshot:
    """One open snapshot."""

    def __init__(self, connection: Any, dialect: Dialect) -> None:  # noqa: ANN401 - a DB-API connection of either driver
        self._connection = connection
        self._dialect = dialect
        self._columns = dialect.columns(connection)
        _complete(self._columns)
        self.strategy = how_touched_are_found(self._ask, self._columns)

    def company(self) -> str:
        """Return the company's name."""
        name = next((str(row[0] or "").strip() for row in self._ask(statements.COMPANY)), "")
        if not name:
            raise SetupError(say("sage-company-unnamed"))
        return name

    def version(self) -> str:
        """Return which database server this is."""
        return self._dialect.version(self._connection)

    def newest(self) -> Wanted:
        """Return what a sync of the past week wants, with the newest documents that have payment information."""
        rows = [(int(row[0]), int(row[1])) for row in self._ask(statements.NEWEST_APPLICATIONS)]
        return Wanted(
            window=window(Since(choice=Choice.PAST_WEEK), today=self._dialect.clock(self._connection).date()),
            documents=frozenset(document for _, document in rows),
            above_row=max((number for number, _ in rows), default=0),
            balances=True,
        )

    def can_write(self) -> bool:
        """Return whether the login could write, were the session not read only."""
        return self._dialect.can_write(self._connection)

    def without_transactions(self) -> list[str]:
        """Return the tables that are read and that no transaction holds still."""
        tables = {*statements.REQUIRED, *_journals(self._columns), *([COUNTERS_TABLE] if self._counted else [])}
        tables |= statements.CONTROL.keys() & self._columns.keys()
        return self._dialect.without_transactions(self._connection, tables)

    def weaknesses(self) -> tuple[Text, ...]:
        """Return what is said of books that show less than they might."""
        weaker = () if self.strategy[0] else (say("sage-without-day-of-entry"),)
        if not self._dialect.forbids_writing(self._connection):
            weaker = (say("sage-session-not-read-only"), *weaker)
        return weaker if self._shows_currency else (*weaker, say("sage-without-currency"))

    def currencies(self) -> dict[int, int]:
        """See `SageDatabase.currencies`."""
        if not self._shows_currency:
            return {}
        query = statements.CURRENCIES_IN_USE.format(currency=_currency_sql(self._columns, "h", "c"))
        return {int(number): int(documents) for number, documents in self._ask(query)}

    @property
    def _shows_currency(self) -> bool:
        return any("lcurrncyid" in self._columns[table] for table in _CURRENCIES.values())

    @property
    def _counted(self) -> bool:
        return self._columns.get(COUNTERS_TABLE, set()) >= statements.COUNTERS_COLUMNS

    def read(self, wanted: Wanted) -> Reading:
        """See `SageDatabase.read`."""
        clock = self._dialect.clock(self._connection)
        company = self.company()
        if not any(True for _ in self._ask(statements.ANY_DOCUMENT)):
            raise Refused(say("sage-books-without-invoices", company=company))
        stamped, how = self.strategy
        found = rows_entered(self._ask, self._columns, wanted, stamped=stamped)
        new = {row.document_id for row in found}
        balances: Sequence[Balance] = self._balances() if wanted.balances else ()
        account = self._account(balances) if wanted.balances else None
        ids = self._with_same_number(new | wanted.documents, wanted)
        entries = self._entries(ids)
        credit = self._credit(entries.values(), balances)
        sharing = self._with_same_number(sharing_credit(credit.values(), ids), wanted) - ids
        entries = credit | entries | self._entries(sharing)
        return Reading(
            company=company,
            clock=clock,
            strategy=how,
            highest_row=next((int(row[0] or 0) for row in self._ask(statements.HIGHEST_ROW)), 0),
            entered=found,
            documents=self._documents(ids | sharing, new),
            entries=list(entries.values()),
            notices=(*((writable_warning(),) if self.can_write() else ()), *self.weaknesses()),
            balances=balances,
            stamped=stamped,
            mark=self._mark(wanted.marks),
            still_there=frozenset(
                int(row[0]) for row in self._chunked(statements.STILL_THERE, {row.document_id for row in wanted.marks})
            ),
            account=account,
        )

    def _account(self, balances: Sequence[Balance]) -> AccountReading:
        """The control account and what its ledger comes to; or why that cannot be read, which ends nothing."""
        missing = _missing(self._columns, statements.CONTROL)
        if missing:
            return AccountReading(why=say("control-tables-missing", missing=", ".join(missing)))
        home = "d.damthm" if "damthm" in self._columns["tcustrdt"] else "NULL"
        currency = _currency_sql(self._columns, "h", "c")
        only = statements.ABROAD.format(currency=currency)  # of home documents the balances tell the same
        query = statements.LEDGER_PARTS.format(currency=currency, home=home, only=only)
        try:
            accounts = [*self._ask(statements.ACCOUNT)]
            return statements.account_reading(accounts, self._ask(query), home_parts(balances))
        except self._dialect.errors as error:
            explained = self._dialect.explained(error)
            if not isinstance(explained, TieoutError) or isinstance(explained, UnsaidError):
                raise
            log_error(explained, explained.text.said(ENGLISH))
            return AccountReading(why=explained.text)  # a connection that is lost fails at the next statement anyway

    def _mark(self, known: Sequence[RowMark]) -> BooksMark:
        """What these books are known again by: the counters, the newest rows, and those that are known and there."""
        nothing = {"entered_on": "NULL", "entered_by": "NULL"}
        rows = [*self._ask(statements.NEWEST_ROWS.format(many=MARKED, **nothing))]
        rows += self._chunked(statements.KNOWN_ROWS, [row.id for row in known], **nothing)
        by_id = {int(row[0]): mark_of(statements.entry(row[:-1]), row[-1] or "") for row in rows}
        counters = (
            {int(kind): int(following) for kind, following in self._ask(statements.COUNTERS)} if self._counted else {}
        )
        return BooksMark(counters=counters, rows=tuple(by_id[number] for number in sorted(by_id)))

    def _balances(self) -> list[Balance]:
        """What every document of the company comes to."""
        stamp = "COALESCE(d.dtasdate, d.dtdate)" if "dtasdate" in self._columns["tcustrdt"] else "d.dtdate"
        customers = {
            int(row[0]): (row[1], int(row[2]))
            for row in self._ask(statements.CUSTOMERS.format(currency=_currency_sql(self._columns, "c")))
        }
        query = statements.BALANCES.format(currency=_currency_sql(self._columns, "h"), entered=stamp)
        return [statements.balance(row, customers) for row in self._ask(query)]

    def _with_same_number(self, ids: Collection[int], wanted: Wanted) -> set[int]:
        """These documents, and every other one that bears one of their numbers or a wanted one.

        All numbers are read and compared here: no condition of a database trims all that cannot be seen.
        """
        if not (ids or wanted.numbers):
            return set()
        every = {int(row[0]): normalise(row[1] or "", wanted.prefixes) for row in self._ask(statements.NUMBERS)}
        numbers = {every[each] for each in ids if each in every} | wanted.numbers
        return set(ids) | {each for each, number in every.items() if number and number in numbers}

    def _documents(self, ids: Collection[int], new: Collection[int]) -> list[Document]:
        currency = _currency_sql(self._columns, "h", "c")
        found = [
            statements.document(row) for row in self._chunked(statements.DOCUMENTS, sorted(ids), currency=currency)
        ]
        missing = set(new) - {document.id for document in found}
        return [*found, *(statements.orphan(number) for number in sorted(missing))]

    def _entries(self, ids: Collection[int]) -> dict[int, Entry]:
        """All rows of these documents."""
        return self._rows(statements.ENTRIES, sorted(ids))

    def _credit(self, entries: Iterable[Entry], balances: Sequence[Balance]) -> dict[int, Entry]:
        """What `credits_of` needs to know of other documents: of all of them beside all balances, else of customers."""
        notes: Iterable[int] = (each.document.id for each in balances if each.credit_note)
        if not balances:
            customers = {entry.customer_id for entry in entries if entry.kind == RECEIPT}
            notes = (int(row[0]) for row in self._chunked(statements.CREDIT_NOTES, sorted(customers)))
        given = self._entries(list(notes))
        receipts = [entry for entry in given.values() if entry.kind == RECEIPT]
        groups = {group_of(entry) for entry in receipts}
        bearing = self._rows(statements.BEARING_RECEIPT, sorted({entry.number for entry in receipts}))
        return given | {number: entry for number, entry in bearing.items() if group_of(entry) in groups}

    def _rows(self, query: str, values: Collection[object]) -> dict[int, Entry]:
        columns = self._columns["tcustrdt"]
        stamps = {
            "entered_on": "CAST(d.dtasdate AS CHAR)" if "dtasdate" in columns else "NULL",
            "entered_by": "d.sasuserid" if "sasuserid" in columns else "NULL",
        }
        return {int(row[0]): statements.entry(row) for row in self._chunked(query, values, **stamps)}

    def _chunked(self, query: str, values: Collection[object], **places: str) -> Iterator[tuple[Any, ...]]:
        ordered = list(values)
        for start in range(0, len(ordered), CHUNK):
            chunk = ordered[start : start + CHUNK]
            yield from self._ask(query.format(marks=", ".join("?" * len(chunk)), **places), *chunk)

    def _ask(self, query: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        begun, rows_read = monotonic(), 0
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(query, parameters)
                while block := cursor.fetchmany(BLOCK):
                    rows_read += len(block)
                    yield from block
        finally:
            _log.info("%s: %d rows, %d ms", statements.name_of(query), rows_read, (monotonic() - begun) * 1000)


def _without_transactions(tables: Sequence[str]) -> Text:
    return say("sage-tables-without-transactions", tables=", ".join(tables))


def _complete(columns: Mapping[str, set[str]]) -> None:
    """Refuse books without the tables and columns that reading needs; every missing one is named."""
    if not set(statements.REQUIRED) & set(columns):
        raise sage_errors.no_tables_in_sight()
    missing = _missing(columns, statements.REQUIRED)
    if missing:
        tables = [table for table in statements.REQUIRED if table in columns]
        found = ", ".join(f"{table} ({', '.join(sorted(columns[table]))})" for table in tables)
        _log.info("found in Sage's database: %s", found)
        short = found if len(found) <= MOST_FOUND else found[:MOST_FOUND].rstrip() + "…"
        raise SetupError(say("sage-database-lacks-table", missing=", ".join(missing), found=short))


def _missing(columns: Mapping[str, set[str]], wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """What is not there, or not to be seen by this login, of tables and their columns."""
    found = (
        f"{table}.{column}" if table in columns else table
        for table, needed in wanted.items()
        for column in needed
        if column not in columns.get(table, ())
    )
    return list(dict.fromkeys(found))


def _currency_sql(columns: Mapping[str, set[str]], *places: str) -> str:
    """The document's currency (`h`), else the customer's (`c`): of those asked for the first that is named, else 0.

    A Sage without either column has one currency, the home one.
    """
    known = [place for place, table in _CURRENCIES.items() if "lcurrncyid" in columns[table]]
    if not known:
        return "1"
    named = [f"NULLIF({place}.lcurrncyid, 0)" for place in known if place in places]
    return f"COALESCE({', '.join(named)}, 0)" if named else "0"


Ask = Callable[..., Iterable[tuple[Any, ...]]]
"""Runs a query with parameters and returns its rows."""
FAR_FUTURE = date(9999, 12, 31)


def how_touched_are_found(ask: Ask, columns: Mapping[str, set[str]]) -> tuple[bool, Text]:
    """Return whether the rows' own day of entry can be relied on, and the sentence that says so in a run.

    Args:
        ask: runs a query.
        columns: lower-case column names by table.
    """
    if "dtasdate" in columns["tcustrdt"] and not any(True for _ in ask(statements.UNSTAMPED)):
        return True, say("sage-found-by-entry-day")
    journals = bool(_journals(columns))
    if journals:
        return False, say("sage-found-by-journal")
    return False, say("sage-found-by-rows-and-dates")


def rows_entered(ask: Ask, columns: Mapping[str, set[str]], wanted: Wanted, *, stamped: bool) -> list[Entered]:
    """Return the rows of payment information entered in the window, in order of entry.

    Beside a reliable day of entry the row number tells what was entered since the last run by a clock that was late.
    Without one this is the union of all other evidence: too many rather than one too few.

    Args:
        ask: runs a query.
        columns: lower-case column names by table.
        wanted: the window, the highest row seen before it, and what earlier runs saw.
        stamped: from `how_touched_are_found`.
    """
    if wanted.window is None:
        return []
    days = _bounds(wanted.window)
    if stamped:
        found = [*ask(statements.TOUCHED_BY_STAMP, *days)]
        if (seen := wanted.covered) is not None:
            before = min(seen.day, wanted.window.start).isoformat()
            found += ask(statements.TOUCHED_LATE, seen.row, before)
        return _rows(found)
    found = [*ask(statements.TOUCHED_BY_DATE, *days)]
    if "dtasdate" in columns["tcustrdt"]:
        found += ask(statements.TOUCHED_BY_STAMP, *days)
    for journal in _journals(columns):
        found += ask(statements.TOUCHED_BY_JOURNAL.format(journal=journal), *days)
    if wanted.above_row is not None:
        found += ask(statements.TOUCHED_BY_ROW, wanted.above_row, days[1])
    return _rows(found)


def _journals(columns: Mapping[str, set[str]]) -> list[str]:
    return [name for name in statements.JOURNALS if columns.get(name, set()) >= statements.JOURNAL_COLUMNS]


def _bounds(days: Window) -> tuple[str, str]:
    """First day, and the day after the last; a window without an end date is open."""
    after = days.end + timedelta(days=1) if days.bounded else FAR_FUTURE
    return days.start.isoformat(), after.isoformat()


def _rows(found: Iterable[tuple[Any, ...]]) -> list[Entered]:
    """Each row once, whatever found it; rows that belong to no document are left to Sage."""
    by_id = {int(row[0]): statements.entered(row) for row in found if row[1] is not None}
    return [by_id[number] for number in sorted(by_id)]
