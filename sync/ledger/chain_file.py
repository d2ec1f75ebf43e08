"""The ledger's file: opened only when it can be trusted, appended to in chained transactions, copied as a backup."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from sync.core.values.errors import LedgerLost, Refused, SetupError, TieoutError
from sync.core.values.messages import BLANK, say
from sync.core.values.runs import Head
from sync.ledger import queries
from sync.ledger.formats import KINDS
from sync.ledger.hash_chain import (
    APPLICATION_ID,
    COLUMNS,
    GENESIS,
    HEAD_FILE,
    LEDGER_VERSION,
    OBJECTS,
    ChainedRow,
    HeadFile,
    HeadRecord,
    JournalMode,
    LedgerLine,
    MissedHead,
    chained,
    end_of,
    follows,
    readable,
)
from sync.ledger.ledger_errors import changed_row, damaged, in_spans, in_words, missing_rows, unknown_kind
from sync.system.files import sqlite_code

LEDGER_FILE = "ledger.db"
BUSY_SECONDS = 5.0
"""How long to wait for another program that holds the file."""
LONG_WAIT = 0.1
"""A wait for the file of this many seconds or more is logged."""
_log = logging.getLogger(__name__)
_INSERT = f"INSERT INTO entry ({COLUMNS}) VALUES ({', '.join('?' * (COLUMNS.count(',') + 1))})"


def kept_in(folder: Path) -> bool:
    """Return whether a ledger is, or was, kept in a folder."""
    with in_words(folder / LEDGER_FILE):
        return (folder / LEDGER_FILE).exists() or HeadFile(folder / HEAD_FILE).exists()


class ChainFile:
    """The ledger's file as chained rows. Every append is committed before it returns; `journal` says how."""

    def __init__(self, folder: Path, *, look_only: bool = False, second_head: Path | None = None) -> None:
        """Open the ledger of a state folder, or make a new one at first use.

        Args:
            folder: the state folder.
            look_only: never write, and make nothing: for a folder that is read only, such as a backup.
            second_head: where a copy of the head is kept, outside the state folder. A ledger that does not hold the row
                which that copy names, or of which no copy is known, may be an older one that was put back.

        Raises:
            SetupError: the folder or the file cannot be used; said now, not when the first row is to be written.
            Refused: the ledger is missing, empty, damaged, cut short, in use, or newer than this Tieout.
        """
        self.path = folder / LEDGER_FILE
        self._head_file = HeadFile(folder / HEAD_FILE)
        self._second: HeadFile | None = None
        self._missed: tuple[MissedHead, ...] = ()
        self.doubtful_since: datetime | None = None
        self._head_is_behind = False
        with in_words(self.path):
            if not look_only:
                folder.mkdir(parents=True, exist_ok=True)
            self._require_present()
            self._connection = self._connected(self._mode(look_only=look_only))
            self._connection.text_factory = readable
            self.journal = JournalMode(self._connection)
            try:
                self._require_trusted() if look_only else self._open(second_head)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Keep the head and close the file."""
        try:
            self.keep_head()
        finally:
            self._head_is_behind = False
            self.journal.leave_write_ahead_log()
            self._connection.close()

    def append(self, lines: Iterable[LedgerLine]) -> None:
        """Add rows at the end of the chain, all or none, and commit.

        Raises:
            SetupError: the disk is full or the folder cannot be written; nothing was added.
            Refused: another program holds the file, or it is damaged; nothing was added.
        """
        with in_words(self.path), self._transaction():
            head, at = self._head(), datetime.now(UTC).isoformat(timespec="milliseconds")
            previous, rows = head.hash, []
            for seq, line in enumerate(lines, head.rows + 1):
                row = chained(previous, seq, at, line)
                previous = row[-1]
                rows.append(row)
            self._connection.executemany(_INSERT, rows)
        self._head_is_behind = True

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            Refused: another program holds the file, or it is damaged where they stand.
        """
        with in_words(self.path):
            return self._connection.execute(query, parameters).fetchall()

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Read everything within this block from one snapshot, whatever another process adds."""
        with in_words(self.path):
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:  # SQLite ends it by itself where the file cannot be read
                self._connection.execute("COMMIT")

    def head(self) -> Head:
        """Return the end of the chain."""
        with in_words(self.path):
            return self._head()

    def hide_from(self, seq: int) -> None:
        """Have every question answered as it was before a row came in; only for a ledger that is looked at."""
        with in_words(self.path):
            self._connection.execute("DROP VIEW IF EXISTS temp.entry")
            # A name is looked up among what is temporary first, so that the view stands in the table's place.
            self._connection.execute(f"CREATE TEMP VIEW entry AS SELECT * FROM main.entry WHERE seq < {seq:d}")

    def hash_of(self, seq: int) -> str | None:
        """Return the hash of a row; None where there is none of that number."""
        with in_words(self.path):
            return self._hash_of(seq)

    def mark_intent(self) -> None:
        """Write the end of the chain beside the ledger and in the second place, before the request leaves.

        Rows that are lost later, with a side file or to an older copy, are then missed.

        Raises:
            SetupError: one of the places cannot be written; nothing may be sent.
        """
        with in_words(self.path):
            self._write_head()

    def keep_head(self) -> None:
        """Write the end of the chain beside the ledger, if rows were added since.

        A push that is done must not end in an error: a head that cannot be written now is written at the next opening.
        """
        if self._head_is_behind:
            with suppress(TieoutError), in_words(self.path):
                self._write_head()
        self.journal.leave_write_ahead_log()

    def copy_into(self, other: sqlite3.Connection) -> None:
        """Copy the whole file by SQLite's own means, even while it is in use."""
        self._connection.backup(other)

    def verify(self) -> Head:
        """Walk the whole chain, and let SQLite compare its indexes with the rows.

        Raises:
            Refused: names the first bad row, or says that rows are missing at the end.
        """
        with in_words(self.path):
            self._require_uncut()
            head = self._walk(1)
            if self._connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise damaged(self.path)
        return head

    def _mode(self, *, look_only: bool) -> str:
        """Return how to open the file: even for reading, an interrupted commit must first be rolled back."""
        cut_short = self.path.with_name(f"{LEDGER_FILE}-journal").exists()
        return "rwc" if not look_only else "rw" if cut_short else "ro"

    def _connected(self, mode: str) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(address, timeout=BUSY_SECONDS, isolation_level=None, uri=True)
        if mode == "ro" and not self.path.with_name(f"{LEDGER_FILE}-wal").exists():
            try:
                connection.execute("PRAGMA schema_version")
            except sqlite3.OperationalError as error:
                if sqlite_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                    connection.close()
                    raise
                # A file copied in the middle of a push says that it has a write-ahead log. SQLite makes one anew to
                # read it, and cannot where nothing may be made, as on a CD: there nobody can change it either.
                connection.close()
                still = f"{address}&immutable=1"
                return sqlite3.connect(still, timeout=BUSY_SECONDS, isolation_level=None, uri=True)
        return connection

    def _require_present(self) -> None:
        """Refuse a ledger that has disappeared, or whose place a folder takes; one that never existed is fine."""
        for path in (self.path, self._head_file.path):
            if path.is_dir():
                raise SetupError(say("ledger-folder-in-its-place", path=str(path)))
        empty = not self.path.exists() or self.path.stat().st_size == 0
        if empty and self._head_file.exists():
            raise LedgerLost(say("ledger-missing", path=str(self.path)))

    def _open(self, second_head: Path | None) -> None:
        self.journal.use_single_file()
        self._connection.execute("PRAGMA synchronous = FULL")
        if not self._head_file.exists():
            self._create()
        self._require_trusted()
        kept = self._head_file.read()
        end = self._walk(max(1, kept.rows) if kept else 1)
        self._require_writable()
        if kept is None or (kept.rows, kept.hash) != (end.rows, end.hash):
            self._write_head()
        if second_head is not None:
            self._second = self._compared(HeadFile(second_head), end)

    def _compared(self, second: HeadFile, end: Head) -> HeadFile:
        """Tell by the second head whether this ledger is older than one that was here before, and put it right.

        What an older ledger does not know may have been sent, so that it is in doubt from the moment it is found.
        """
        was_here = second.exists()
        try:
            known = second.read()
        except TieoutError:
            known = None  # a damaged copy says that a ledger was here, and nothing else
        fits = known is not None and self._hash_of(known.rows) == known.hash
        heads = known.heads if known is not None else ()
        self._missed = tuple(each for each in heads if self._hash_of(each.rows) != each.hash)
        if fits and known is not None:
            self.doubtful_since = known.doubtful_since
            return second
        self.doubtful_since = datetime.now(UTC) if was_here or end.rows else None
        with in_words(second.path):
            second.path.parent.mkdir(parents=True, exist_ok=True)
            second.write(end, self.doubtful_since, self._missed)
        return second

    def _require_trusted(self) -> None:
        self._identify()
        self._require_uncut()
        self._require_known_kinds()

    def _create(self) -> None:
        """Make the table in a file that holds nothing; another process may have been quicker."""
        with self._transaction():
            (objects,) = self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            if objects or self._pragma("application_id"):
                return
            for statement in OBJECTS:
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {LEDGER_VERSION}")

    def _identify(self) -> None:
        """The file is a ledger, of this version, with its triggers in place."""
        if self._pragma("application_id") != APPLICATION_ID:
            raise damaged(self.path)
        version = self._pragma("user_version")
        if version > LEDGER_VERSION:
            raise Refused(say("ledger-of-newer-version", path=str(self.path)))
        if 0 < version < LEDGER_VERSION:
            raise LedgerLost(say("ledger-of-older-version", path=str(self.path)))
        objects = self._connection.execute("SELECT sql FROM sqlite_master ORDER BY rowid").fetchall()
        if version != LEDGER_VERSION or [sql for (sql,) in objects] != list(OBJECTS):
            raise damaged(self.path)

    def _require_uncut(self) -> None:
        """The ledger still holds the row that the kept head names. Without a head, only an empty one is trusted."""
        rows = self._head().rows  # read before the head file: another process writes that before its first row
        kept = self._head_file.read()
        if kept is None and rows:
            raise LedgerLost(say("ledger-head-missing", head=str(self._head_file.path)))
        if kept is not None and self._hash_of(kept.rows) != kept.hash:
            raise self._unlike(kept)

    def _unlike(self, kept: HeadRecord) -> LedgerLost:
        """Return the error for a ledger that does not hold the row that the kept head names."""
        end, at = self._head().rows, f"{kept.at:%Y-%m-%d %H:%M:%S}"
        gaps, changed = self._gaps(), BLANK
        if not gaps:
            try:
                self._walk(1)
            except LedgerLost as error:
                changed = error.found
        gaps += [(end + 1, kept.rows)] if kept.rows > end else []
        if gaps:
            said = say("ledger-cut-off", path=str(self.path), missing=in_spans(gaps), rows=kept.rows, at=at)
            return LedgerLost(changed + said)
        replaced = say("ledger-replaced", path=str(self.path), rows=kept.rows, at=at)
        return LedgerLost(replaced if changed == BLANK else changed)

    def _gaps(self) -> list[tuple[int, int]]:
        """Return the rows that are missing before the last one: first and last of each gap."""
        return list(self._connection.execute(queries.GAPS).fetchall())

    def _require_known_kinds(self) -> None:
        """Every row is of a kind that this version knows, unless it is not as it was written."""
        for (kind,) in self._connection.execute(queries.KINDS).fetchall():
            if kind not in KINDS:
                row = self._connection.execute(queries.FIRST_OF_KIND, (kind,)).fetchone()
                if row is None or row[1] != kind:
                    raise damaged(self.path)
                self._walk(row[0])
                raise unknown_kind(row[0], kind)

    def _walk(self, first: int) -> Head:
        """Check the chain from a row to its end, which is returned."""
        previous, seq = self._hash_of(first - 1), first - 1
        if previous is None:
            raise missing_rows([(seq, seq)])
        for row in self._connection.execute(f"SELECT {COLUMNS} FROM entry WHERE seq >= ? ORDER BY seq", (first,)):
            seq += 1
            if row[0] != seq:
                raise missing_rows(self._gaps())
            if not follows(previous, row):
                raise changed_row(seq, str(row[1]), str(row[2]))
            previous = row[-1]
        return Head(rows=seq, hash=previous)

    def _require_writable(self) -> None:
        """Try a write and roll it back, so that a folder without write permission is reported at once."""
        with self._transaction("ROLLBACK"):
            self._connection.execute(f"PRAGMA user_version = {LEDGER_VERSION}")

    def _write_head(self) -> None:
        with self._transaction():
            head = self._head()
            self._head_file.write(head)
            if self._second is not None:
                self._second.write(head, self.doubtful_since, self._missed)
        self._head_is_behind = False

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
        begun = monotonic()
        self._connection.execute("BEGIN IMMEDIATE")
        if (waited := monotonic() - begun) > LONG_WAIT:
            _log.warning("waited %d ms for another process to leave the ledger", waited * 1000)
        try:
            yield
            self._connection.execute(end)
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def rows_left(folder: Path, until: int) -> Iterator[ChainedRow | None]:
    """Yield each row of a lost ledger that is still as it was chained, and None for each that is missing or is not.

    A copy is read, so that what is left stays as it is.

    Args:
        folder: where it is.
        until: how many rows there were, as far as a head tells.

    Raises:
        TieoutError: no ledger of this version is there that could be read.
    """
    path = folder / LEDGER_FILE
    with in_words(path), TemporaryDirectory() as copies:
        for each in folder.glob(f"{LEDGER_FILE}*"):
            if each.name in {LEDGER_FILE, f"{LEDGER_FILE}-wal", f"{LEDGER_FILE}-journal"}:
                shutil.copyfile(each, Path(copies) / each.name)
        with closing(sqlite3.connect(Path(copies) / LEDGER_FILE)) as connection:
            connection.text_factory = readable
            found = [connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")]
            if found != [(APPLICATION_ID,), (LEDGER_VERSION,)]:
                raise damaged(path)
            (highest,) = _read_or_none(connection, "SELECT MAX(seq) FROM entry")
            previous = GENESIS
            for seq in range(1, max(until, highest if isinstance(highest, int) else 0) + 1):
                row = _read_or_none(connection, f"SELECT {COLUMNS} FROM entry WHERE seq = ?", seq)
                yield row if follows(previous, row) else None  # type: ignore[misc] # of these types, if it follows
                previous = str(row[-1])


def _read_or_none(connection: sqlite3.Connection, query: str, *parameters: int) -> tuple[object, ...]:
    """Return a row; one of nothing where there is none, or where the file cannot be read."""
    with suppress(sqlite3.DatabaseError):
        return connection.execute(query, parameters).fetchone() or (None,)
    return (None,)


def back_up(store: ChainFile, folder: Path) -> None:
    """Copy a ledger and its head into a folder where none is.

    Raises:
        SetupError: the folder cannot be written.
        Refused: a ledger is there already.
    """
    if kept_in(folder):
        raise Refused(say("ledger-backup-folder-taken", folder=str(folder)))
    with in_words(folder / LEDGER_FILE):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(folder / LEDGER_FILE)) as copy:
                store.copy_into(copy)
                JournalMode(copy).use_single_file()  # a push under way has a write-ahead log, which is not copied
                head = end_of(copy)  # of the copy: rows may have been added to the ledger meanwhile
            HeadFile(folder / HEAD_FILE).write(head)
        except BaseException:
            for path in (folder / LEDGER_FILE, folder / HEAD_FILE):
                path.unlink(missing_ok=True)
            raise
