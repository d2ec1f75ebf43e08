"""The ledger's file: opened only when it can be trusted, appended to in chained, committed transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.core.errors import Lost, Refused, TieoutError
from sync.core.journal import Head
from sync.core.words import say
from sync.ledger.commits import Commits
from sync.ledger.faults import changed_row, damaged, explained, missing_row
from sync.ledger.head import HeadFile, end_of
from sync.ledger.schema import APPLICATION_ID, COLUMNS, GENESIS, OBJECTS, VERSION, Line, chained, follows, readable

FILE = "ledger.db"
BUSY_SECONDS = 5.0
"""How long to wait for another program that holds the file."""

_INSERT = f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def kept_in(folder: Path) -> bool:
    """Whether a ledger is, or was, kept in a folder."""
    with explained(folder / FILE):
        return (folder / FILE).exists() or HeadFile(folder).exists()


class Store:
    """Rows in, rows out. Every append is committed before it returns; `commits` says by what means."""

    def __init__(self, folder: Path, *, look_only: bool = False) -> None:
        """Open the ledger of a state folder, or make a new one at first use.

        Args:
            folder: the state folder.
            look_only: never write, and make nothing: for a folder that is read only, such as a backup.

        Raises:
            SetupError: the folder or the file cannot be used; said now, not when the first row is to be written.
            Refused: the ledger is missing, empty, damaged, cut short, in use, or newer than this Tieout.
        """
        self.path = folder / FILE
        self._kept = HeadFile(folder)
        self._behind = False
        with explained(self.path):
            if not look_only:
                folder.mkdir(parents=True, exist_ok=True)
            self._there()
            file = f"{self.path.absolute().as_uri()}?mode={self._mode(look_only=look_only)}"
            self._connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, uri=True)
            self._connection.text_factory = readable
            self.commits = Commits(self._connection)
            try:
                self._trust() if look_only else self._open()
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Keep the head and close the file."""
        try:
            self.keep_head()
        finally:
            self._behind = False
            self.commits.calm_down()
            self._connection.close()

    def append(self, lines: Iterable[Line]) -> None:
        """Add rows at the end of the chain, all or none, and commit.

        Raises:
            SetupError: the disk is full or the folder cannot be written; nothing was added.
            Refused: another program holds the file, or it is damaged; nothing was added.
        """
        with explained(self.path), self._transaction():
            head, at = self._head(), datetime.now(UTC).isoformat(timespec="milliseconds")
            previous, rows = head.hash, []
            for seq, line in enumerate(lines, head.rows + 1):
                row = chained(previous, seq, at, line)
                previous = row[-1]
                rows.append(row)
            self._connection.executemany(_INSERT, rows)
        self._behind = True

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a query.

        Raises:
            Refused: another program holds the file, or it is damaged where they stand.
        """
        with explained(self.path):
            return self._connection.execute(query, parameters).fetchall()

    def head(self) -> Head:
        """The end of the chain."""
        with explained(self.path):
            return self._head()

    def keep_head(self) -> None:
        """Write the end of the chain beside the ledger, if rows were added since.

        A push that is done must not end in an error: a head that cannot be written now is written at the next opening.
        """
        if self._behind:
            with suppress(TieoutError), explained(self.path):
                self._write_head()
        self.commits.calm_down()

    def copy_into(self, other: sqlite3.Connection) -> None:
        """Copy the whole file by SQLite's own means, even while it is in use."""
        self._connection.backup(other)

    def verify(self) -> Head:
        """Walk the whole chain, and let SQLite compare its indexes with the rows.

        Raises:
            Refused: names the first bad row, or says that rows are missing at the end.
        """
        with explained(self.path):
            self._not_cut()
            head = self._walk(1)
            if self._connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise damaged(self.path)
        return head

    def _mode(self, *, look_only: bool) -> str:
        """A commit that a crash cut short has to be taken back before the file can even be looked at."""
        cut_short = self.path.with_name(f"{FILE}-journal").exists()
        return "rwc" if not look_only else "rw" if cut_short else "ro"

    def _there(self) -> None:
        """Tell a ledger that is gone from one that never was."""
        empty = not self.path.exists() or self.path.stat().st_size == 0
        if empty and self._kept.exists():
            raise Lost(
                say("The ledger {path} is missing or empty, though one has been kept here.", path=str(self.path))
            )

    def _open(self) -> None:
        self.commits.in_one_file()
        self._connection.execute("PRAGMA synchronous = FULL")
        if not self._kept.exists():
            self._create()
        self._trust()
        kept = self._kept.read()
        end = self._walk(max(1, kept.rows) if kept else 1)
        self._writable()
        if kept != end:
            self._write_head()

    def _trust(self) -> None:
        self._identify()
        self._not_cut()

    def _create(self) -> None:
        """Make the table in a file that holds nothing; another process may have been quicker."""
        with self._transaction():
            (objects,) = self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            if objects or self._pragma("application_id"):
                return
            for statement in OBJECTS:
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _identify(self) -> None:
        """The file is a ledger, of this version, with its triggers in place."""
        if self._pragma("application_id") != APPLICATION_ID:
            raise damaged(self.path)
        if self._pragma("user_version") > VERSION:
            raise Refused(
                say("The ledger {path} was written by a newer Tieout. Update Tieout here.", path=str(self.path))
            )
        objects = self._connection.execute("SELECT sql FROM sqlite_master ORDER BY rowid").fetchall()
        if self._pragma("user_version") != VERSION or [sql for (sql,) in objects] != list(OBJECTS):
            raise damaged(self.path)

    def _not_cut(self) -> None:
        """The ledger still holds the row that the kept head names. Without a head, only an empty one is trusted."""
        rows = self._head().rows  # read before the head file: another process writes that before its first row
        kept = self._kept.read()
        if kept is None and rows:
            raise Lost(
                say(
                    "{head} is missing, so nobody can tell whether rows were cut off the ledger beside it.",
                    head=str(self._kept.path),
                )
            )
        if kept is not None and self._hash_of(kept.rows) != kept.hash:
            raise Lost(
                say(
                    "The ledger {path} no longer ends as it did at row {rows}: rows were cut off or replaced.",
                    path=str(self.path),
                    rows=kept.rows,
                )
            )

    def _walk(self, first: int) -> Head:
        """Check the chain from a row to its end, which is returned."""
        previous, seq = self._hash_of(first - 1), first - 1
        if previous is None:
            raise missing_row(seq)
        for row in self._connection.execute(f"SELECT {COLUMNS} FROM entry WHERE seq >= ? ORDER BY seq", (first,)):
            seq += 1
            if row[0] != seq:
                raise missing_row(seq)
            if not follows(previous, row):
                raise changed_row(seq, str(row[1]), str(row[2]))
            previous = row[-1]
        return Head(rows=seq, hash=previous)

    def _writable(self) -> None:
        """Try a write and take it back, so that a folder without rights is told before anything is read."""
        with self._transaction("ROLLBACK"):
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _write_head(self) -> None:
        with self._transaction():
            self._kept.write(self._head())
        self._behind = False

    def _head(self) -> Head:
        return end_of(self._connection)

    def _hash_of(self, seq: int) -> str | None:
        found = self._connection.execute("SELECT hash FROM entry WHERE seq = ?", (seq,)).fetchone()
        return found[0] if found else GENESIS if seq == 0 else None

    def _pragma(self, name: str) -> int:
        (value,) = self._connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)

    @contextmanager
    def _transaction(self, end: str = "COMMIT") -> Iterator[None]:
        """Hold the file alone; whatever goes wrong leaves it as it was."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute(end)
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
