"""The ledger's file: opened only when it can be trusted, appended to in chained, committed transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sync.core.errors import Refused, SetupError
from sync.core.journal import Head
from sync.core.words import Text, say
from sync.ledger.head import HeadFile
from sync.ledger.schema import APPLICATION_ID, CREATE, GENESIS, VERSION, Line, chained

FILE = "ledger.db"
BUSY_SECONDS = 5.0
_COLUMNS = "seq, kind, run, key, state, invoice, body, hash"


class Store:
    """Rows in, rows out. Every append is committed before it returns."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger of a state folder, or make a new one at first use.

        Raises:
            SetupError: the folder or the file cannot be used.
            Refused: the ledger is missing, empty, damaged, cut short, or newer than this Tieout.
        """
        self.path = folder / FILE
        self._file = HeadFile(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            new = self._is_new()
            self._connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise _unusable(folder, error) from None
        try:
            with self._trusted():
                self._connection.execute("PRAGMA journal_mode = DELETE")
                self._connection.execute("PRAGMA synchronous = FULL")
                if new:
                    self._create()
                self._check()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Keep the head and close the file."""
        self.keep_head()
        self._connection.close()

    def append(self, lines: Iterable[Line]) -> None:
        """Add rows at the end of the chain, all or none, and commit.

        Raises:
            Refused: they could not be committed; nothing was added.
        """
        with self._trusted():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                head = self._head()
                previous, rows = head.hash, []
                for seq, line in enumerate(lines, head.rows + 1):
                    previous = chained(previous, seq, line)
                    rows.append((seq, line.kind, line.run, line.key, line.state, line.invoice, line.body, previous))
                self._connection.executemany(f"INSERT INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a query.

        Raises:
            Refused: the file is damaged where they stand.
        """
        with self._trusted():
            return self._connection.execute(query, parameters).fetchall()

    def head(self) -> Head:
        """The end of the chain."""
        with self._trusted():
            return self._head()

    def keep_head(self) -> None:
        """Write the end of the chain beside the ledger. A head that lags behind is harmless."""
        try:
            self._file.write(self.head())
        except OSError as error:
            raise _unusable(self.path.parent, error) from None

    def verify(self) -> Head:
        """Walk the whole chain.

        Raises:
            Refused: names the first bad row, or says that rows are missing at the end.
        """
        previous, seq = GENESIS, 0
        with self._trusted():
            for row in self._connection.execute(f"SELECT {_COLUMNS} FROM entry ORDER BY seq"):
                seq += 1
                line = Line(kind=row[1], run=row[2], key=row[3], state=row[4], invoice=row[5], body=row[6])
                previous = chained(previous, seq, line)
                if (row[0], row[7]) != (seq, previous):
                    raise Refused(
                        say(
                            "Row {seq} of the ledger ({kind} of run {run}) is not as it was written. Restore the "
                            "ledger from a backup; nothing can be pushed on a changed one.",
                            seq=seq,
                            kind=line.kind,
                            run=line.run,
                        )
                    )
        self._not_cut()
        return Head(rows=seq, hash=previous)

    def _is_new(self) -> bool:
        known = self._file.exists()
        size = self.path.stat().st_size if self.path.exists() else None
        if size and size > 0:
            return False
        if known:
            raise Refused(
                say(
                    "The ledger {path} is missing or empty, though one has been kept here. Restore it from a backup; "
                    "to start a new one knowingly, move {head} away.",
                    path=str(self.path),
                    head=self._file.name,
                )
            )
        return True

    def _create(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in CREATE:
            self._connection.execute(statement)
        self._connection.execute("COMMIT")
        self._file.write(Head(rows=0, hash=GENESIS))

    def _check(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise Refused(self._damaged())
        if version > VERSION:
            raise Refused(
                say("The ledger {path} was written by a newer Tieout. Update Tieout here.", path=str(self.path))
            )
        self._not_cut()

    def _not_cut(self) -> None:
        kept = self._file.read()
        if kept is None or kept.rows == 0:
            return
        found = self._connection.execute("SELECT hash FROM entry WHERE seq = ?", (kept.rows,)).fetchone()
        if found is None or found[0] != kept.hash:
            raise Refused(
                say(
                    "The ledger {path} does not reach row {rows} as it did: rows were cut off or replaced. Restore it "
                    "from a backup.",
                    path=str(self.path),
                    rows=kept.rows,
                )
            )

    def _head(self) -> Head:
        last = self._connection.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(rows=last[0], hash=last[1]) if last else Head(rows=0, hash=GENESIS)

    def _damaged(self) -> Text:
        return say("The file {path} is not a ledger, or is damaged. Restore it from a backup.", path=str(self.path))

    @contextmanager
    def _trusted(self) -> Iterator[None]:
        """Turn what SQLite says into what a person can do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "full" in str(error) or "readonly" in str(error) or "disk I/O" in str(error):
                raise Refused(
                    say(
                        "The ledger {path} cannot be written: {why}. Close what holds it or make room, then try again.",
                        path=str(self.path),
                        why=str(error),
                    )
                ) from None
            raise Refused(self._damaged()) from None
        except sqlite3.DatabaseError:
            raise Refused(self._damaged()) from None


def _unusable(folder: Path, error: Exception) -> SetupError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return SetupError(
        say(
            "The state folder {folder} cannot be used: {why}. Choose another with --state.", folder=str(folder), why=why
        )
    )
