"""What differs between Sage's own MySQL and the embedded sqlite: connecting, catalogue, clock, session, rights."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.sage import sage_errors
from sync.system.files import cause

CONNECT_SECONDS = 10
_WRITES = re.compile(r"\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b")
_NOW = "%Y-%m-%d %H:%M:%S"


class Sqlite:
    """The embedded sample company: one file, opened read only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> sqlite3.Connection:
        """Open the file read only and begin."""
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

    def clock(self, connection: sqlite3.Connection) -> datetime:
        """Return the computer's clock, local."""
        (text,) = connection.execute("SELECT datetime('now', 'localtime')").fetchone()
        return datetime.strptime(text, _NOW)  # noqa: DTZ007 - Sage's clock is local and naive

    def can_write(self, connection: sqlite3.Connection) -> bool:
        """Return False: the file is opened read only."""
        del connection
        return False

    def explained(self, error: Exception) -> Exception:
        """Return the error for a file that is no database, or is damaged."""
        return SetupError(say("sage-books-unreadable", path=str(self._path), why=cause(error)))


class MySql:
    """The MySQL server that Sage's Connection Manager runs, over ODBC."""

    def __init__(self, connection_string: str, password: str | None) -> None:
        self._connection_string = connection_string.rstrip("; ")
        self._password = password

    def connect(self) -> Any:  # noqa: ANN401 - pyodbc has no types
        """Connect, forbid writing, and begin one consistent snapshot."""
        import pyodbc  # noqa: PLC0415 - only real books need the driver manager

        pyodbc.pooling = False
        text = self._connection_string
        if "charset=" not in text.lower():
            text += ";CHARSET=utf8mb4"
        if self._password is not None:
            text += ";PWD={" + self._password.replace("}", "}}") + "}"
        connection = pyodbc.connect(text, autocommit=True, timeout=CONNECT_SECONDS)
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        except pyodbc.Error:
            connection.close()
            raise
        return connection

    def columns(self, connection: Any) -> dict[str, set[str]]:  # noqa: ANN401 - pyodbc has no types
        """Return the columns of each table, from information_schema, which lists only what the login may read."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        with closing(connection.cursor()) as cursor:
            cursor.execute(
                "SELECT LOWER(table_name), LOWER(column_name) FROM information_schema.columns "
                "WHERE table_schema = DATABASE()"
            )
            for table, column in cursor.fetchall():
                found[table].add(column)
        return dict(found)

    def without_transactions(self, connection: Any, tables: Collection[str]) -> list[str]:  # noqa: ANN401 - pyodbc has no types
        """Return those of the tables that no snapshot holds still, by what information_schema says of their engine.

        A view, or a table of which nothing is said, may stand on anything.
        """
        with closing(connection.cursor()) as cursor:
            cursor.execute(
                "SELECT LOWER(table_name), LOWER(engine) FROM information_schema.tables WHERE table_schema = DATABASE()"
            )
            engines = dict(cursor.fetchall())
        return sorted(table for table in tables if engines.get(table) != "innodb")

    def clock(self, connection: Any) -> datetime:  # noqa: ANN401 - pyodbc has no types
        """Return the server's clock in its own zone."""
        with closing(connection.cursor()) as cursor:
            (text,) = cursor.execute("SELECT CAST(NOW() AS CHAR)").fetchone()
        return datetime.strptime(text, _NOW)  # noqa: DTZ007 - Sage's clock is local and naive

    def can_write(self, connection: Any) -> bool:  # noqa: ANN401 - pyodbc has no types
        """Return whether the login may write, from its own grants."""
        with closing(connection.cursor()) as cursor:
            grants = [row[0] for row in cursor.execute("SHOW GRANTS FOR CURRENT_USER()").fetchall()]
        return any(_WRITES.search(grant.split(" ON ")[0].upper()) for grant in grants)

    def explained(self, error: Exception) -> Exception:
        """Return the error in words, by SQLSTATE and MySQL's error number."""
        return sage_errors.odbc_in_words(error)


Dialect = Sqlite | MySql
"""One kind of database that holds a Sage company. Connecting raises SetupError or Unavailable in words."""


def writable_warning() -> Text:
    """Return the warning that the Sage login could write; it is shown with the run."""
    return say("sage-login-could-write")
