"""What differs between Sage's own MySQL and the embedded sqlite: connecting, catalogue, clock, session, rights."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.sage import mysql_ways, sage_errors
from sync.sage.mysql_ways import CONNECT, Connection, Way
from sync.system.bounded import Bound, OverdueError, within
from sync.system.files import cause

T = TypeVar("T")
CHARSET, OLD_CHARSET = "utf8mb4", "utf8"
"""Servers before MySQL 5.5.3, and drivers of their time, know the second only."""
_WRITES = re.compile(r"\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b")
_NOW = "%Y-%m-%d %H:%M:%S"


class Sqlite:
    """The embedded sample company: one file, opened read only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def bounded(self, work: Callable[[Bound], T]) -> T:
        """Return what a piece of work returns: a file answers at once."""
        return work(Bound())

    def connect(self, bound: Bound) -> sqlite3.Connection:
        """Open the file read only and begin."""
        del bound
        if not self._path.is_file():
            raise SetupError(say("sage-books-missing", path=str(self._path)))
        connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        connection.execute("BEGIN")
        return connection

    def columns(self, connection: sqlite3.Connection) -> dict[str, set[str]]:
        """Return the columns of each table, from the file's own catalogue."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
        for (table,) in tables:
            for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,)):
                found[table.lower()].add(column.lower())
        return dict(found)

    def without_transactions(self, connection: sqlite3.Connection, tables: Collection[str]) -> list[str]:
        """Return none: every table of the file is read at one moment."""
        del connection, tables
        return []

    def driver(self, connection: sqlite3.Connection) -> str:
        """Return what reads the file."""
        return self.version(connection)

    def said(self, error: Exception) -> str:
        """Return an error in its own words."""
        return str(error)

    def version(self, connection: sqlite3.Connection) -> str:
        """Return SQLite's version."""
        del connection
        return f"SQLite {sqlite3.sqlite_version}"

    def clock(self, connection: sqlite3.Connection) -> datetime:
        """Return the computer's clock, local."""
        (text,) = connection.execute("SELECT datetime('now', 'localtime')").fetchone()
        return datetime.strptime(text, _NOW)  # noqa: DTZ007 - Sage's clock is local and naive

    def can_write(self, connection: sqlite3.Connection) -> bool:
        """Return False: the file is opened read only."""
        del connection
        return False

    def forbids_writing(self, connection: sqlite3.Connection) -> bool:
        """Return True: the file is opened read only."""
        del connection
        return True

    def explained(self, error: Exception) -> Exception:
        """Return the error for a file that is no database, or is damaged."""
        return SetupError(say("sage-books-unreadable", path=str(self._path), why=cause(error)))


class MySql:
    """The MySQL server that Sage's Connection Manager runs, over either way."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._limits = mysql_ways.LIMITS

    def bounded(self, work: Callable[[Bound], T]) -> T:
        """Return what a piece of work returns, which may take so long.

        Raises:
            Unavailable: the database was silent for too long, or slow.
        """
        try:
            return within(self._limits.reading, work)
        except OverdueError as error:
            raise sage_errors.overdue(error, connecting=CONNECT) from error

    def connect(self, bound: Bound) -> Connection:
        """Connect, forbid writing, and begin one consistent snapshot. Raises SetupError or Unavailable in words."""
        bound.begin(CONNECT, self._limits.connect)
        try:
            opened = self._open()
        except self._way.errors as error:
            raise sage_errors.in_words(self._way.words(error), connecting=True) from error
        connection = Connection(opened, self._way, bound, self._limits)
        try:
            connection.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.read_only = self._forbids_writing(connection)
            only = ", READ ONLY" if connection.read_only else ""
            connection.ask(f"START TRANSACTION WITH CONSISTENT SNAPSHOT{only}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> Any:  # noqa: ANN401 - neither driver has types
        """Log in; once more with the character set of old servers where the one of today is not known."""
        try:
            return self._way.open(CHARSET, self._limits)
        except self._way.errors as error:
            if not sage_errors.is_charset(self._way.words(error)):
                raise
        return self._way.open(OLD_CHARSET, self._limits)

    def _forbids_writing(self, connection: Connection) -> bool:
        """Have the server refuse every write of this session; False for one before MySQL 5.6.5, which cannot."""
        try:
            connection.ask("SET SESSION TRANSACTION READ ONLY")
        except self._way.errors as error:
            if not sage_errors.is_syntax(self._way.words(error)):
                raise
            return False
        return True

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Return the driver's errors."""
        return self._way.errors

    def columns(self, connection: Connection) -> dict[str, set[str]]:
        """Return the columns of each table, from information_schema, which lists only what the login may read."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for table, column in connection.ask(
            "SELECT LOWER(table_name), LOWER(column_name) FROM information_schema.columns "
            "WHERE table_schema = DATABASE()"
        ):
            found[table].add(column)
        return dict(found)

    def without_transactions(self, connection: Connection, tables: Collection[str]) -> list[str]:
        """Return those of the tables that no snapshot holds still, by what information_schema says of their engine.

        A view, or a table of which nothing is said, may stand on anything.
        """
        engines = dict(
            connection.ask(
                "SELECT LOWER(table_name), LOWER(engine) FROM information_schema.tables WHERE table_schema = DATABASE()"
            )
        )
        return sorted(table for table in tables if engines.get(table) != "innodb")

    def driver(self, connection: Connection) -> str:
        """Return what speaks to the server, and its version."""
        return connection.driver()

    def said(self, error: Exception) -> str:
        """Return an error in the server's or the driver's own words."""
        words = self._way.words(error)
        return f"{words.number or words.state} {words.said}"

    def version(self, connection: Connection) -> str:
        """Return the server's version, as it says it."""
        ((text,),) = connection.ask("SELECT VERSION()")
        return f"MySQL {text}"

    def clock(self, connection: Connection) -> datetime:
        """Return the server's clock in its own zone."""
        ((text,),) = connection.ask("SELECT CAST(NOW() AS CHAR)")
        return datetime.strptime(text, _NOW)  # noqa: DTZ007 - Sage's clock is local and naive

    def can_write(self, connection: Connection) -> bool:
        """Return whether the login may write, from its own grants."""
        grants = [str(row[0]) for row in connection.ask("SHOW GRANTS FOR CURRENT_USER()")]
        return any(_WRITES.search(grant.split(" ON ")[0].upper()) for grant in grants)

    def forbids_writing(self, connection: Connection) -> bool:
        """Return whether the server itself refuses what this session would change."""
        return connection.read_only

    def explained(self, error: Exception) -> Exception:
        """Return the error in words, by SQLSTATE and MySQL's error number."""
        return sage_errors.in_words(self._way.words(error), connecting=False)


Dialect = Sqlite | MySql
"""One kind of database that holds a Sage company. Connecting raises SetupError or Unavailable in words."""


def writable_warning() -> Text:
    """Return the warning that the Sage login could write; it is shown with the run."""
    return say("sage-login-could-write")
