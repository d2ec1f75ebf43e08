"""The chain: the ledger's one table, the hash that each row carries of the one before, and the head kept beside it.

Rows are only ever added. The head says where the chain ended, so that a ledger cut short or taken away is noticed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.core.values.errors import LedgerLost, Refused
from sync.core.values.messages import say
from sync.core.values.runs import Head

APPLICATION_ID = 0x5449454F
"""`TIEO`, in the header of the file."""
LEDGER_VERSION = 2
GENESIS = "0" * 64
"""Stands for the hash of the row before the first."""
OBJECTS = (
    """CREATE TABLE entry (
      seq     INTEGER PRIMARY KEY,
      kind    TEXT NOT NULL,
      run     TEXT NOT NULL,
      key     TEXT NOT NULL,
      at      TEXT NOT NULL,
      state   TEXT NOT NULL,
      proof   INTEGER NOT NULL,
      invoice INTEGER,
      attempt INTEGER,
      written INTEGER NOT NULL,
      body    TEXT NOT NULL,
      hash    TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX entry_by_run ON entry (kind, run, key, state, attempt)",
    "CREATE INDEX entry_by_key ON entry (kind, key, seq, run, state, proof)",
    "CREATE INDEX entry_proof ON entry (invoice, run) WHERE proof",
    "CREATE INDEX entry_written ON entry (invoice, run) WHERE written",
    """CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER entry_remains BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)
"""As SQLite keeps them, word for word: a ledger whose triggers or columns are not these is not trusted.

The two indexes by run and by key hold all that the queries look for, so that they never read a body they do not show.
"""
COLUMNS = "seq, kind, run, key, at, state, proof, invoice, attempt, written, body, hash"
ChainedRow = tuple[int, str, str, str, str, str, int, int | None, int | None, int, str, str]
"""A row as it stands in the table, in the order of `COLUMNS`."""


class LedgerLine(Struct, frozen=True, kw_only=True):
    """What one row of the ledger says, before it is chained.

    Attributes:
        kind: what happened, see `sync.ledger.formats`.
        run: the run's id.
        key: what it is about; the reconciliation row's key for all but runs, ends and customers.
        state: how it stands, in one word that the queries look for.
        proof: it says what a reading of Manage's payment records showed.
        invoice: Manage's invoice, where there is one.
        attempt: which write of its row in this run it speaks of, where it speaks of one.
        written: it says what our payment record on the invoice was left at.
        body: the whole record as JSON.
    """

    kind: str
    run: str
    key: str = ""
    state: str = ""
    proof: bool = False
    invoice: int | None = None
    attempt: int | None = None
    written: bool = False
    body: str


def chained(previous: str, seq: int, at: str, line: LedgerLine) -> ChainedRow:
    """Return a row, with the hash of everything it says and of the row before it.

    Args:
        previous: hash of the row before.
        seq: the row's number, from 1 without gaps.
        at: the moment it was committed, UTC.
        line: what it says.
    """
    said = (
        *(seq, line.kind, line.run, line.key, at, line.state, int(line.proof)),
        *(line.invoice, line.attempt, int(line.written), line.body),
    )
    return (*said, _hash(previous, said))


def follows(previous: str, row: tuple[object, ...]) -> bool:
    """Return whether a row as read is the one that was chained after another: every type and everything it says."""
    try:
        typed: ChainedRow = msgspec.convert(row, ChainedRow)
    except msgspec.ValidationError:
        return False
    return typed[-1] == _hash(previous, typed[:-1])


def _hash(previous: str, said: tuple[object, ...]) -> str:
    """Hash the row as JSON, which keeps values apart, so that no text can move from one column to the next."""
    return hashlib.sha256(msgspec.json.encode((previous, said))).hexdigest()


def readable(raw: bytes) -> str:
    """Return text even from bytes that are not valid UTF-8, so that the damaged row can be named."""
    return raw.decode(errors="replace")


HEAD_FILE = "ledger.head"
HEAD_VERSION = 1
"""Version of the file's format."""


class MissedHead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A head that was written here once: how many rows, the last one's hash, and when."""

    rows: int
    hash: str
    at: datetime


class HeadRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds.

    Attributes:
        v: the version of its format.
        rows: how many rows the ledger had.
        hash: of the last one.
        at: when this was written, UTC.
        doubtful_since: when the ledger was found to be an older one or a copy; None where it is in no doubt.
        missed: heads that stood here before, and that the ledger did not hold when it was opened since.
        sum: SHA-256 of all that, so that a moment or a number that was spoiled is not taken for one.
    """

    v: int
    rows: int
    hash: str
    at: datetime
    doubtful_since: datetime | None
    missed: tuple[MissedHead, ...]
    sum: str = ""

    def summed(self) -> HeadRecord:
        """Return it with its sum."""
        return replace(self, sum=hashlib.sha256(msgspec.json.encode(replace(self, sum=""))).hexdigest())

    @property
    def heads(self) -> tuple[MissedHead, ...]:
        """Every head that it knows, the newest last."""
        return (*self.missed, MissedHead(rows=self.rows, hash=self.hash, at=self.at))


class _Version(Struct):
    """The version alone: what else a later format holds is not for this one to judge."""

    v: int


class HeadFile:
    """A file that holds the end of a chain: `ledger.head` beside the ledger, or its copy in another place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Return whether the head file is there, so that a ledger was kept here."""
        return self.path.exists()

    def read(self) -> HeadRecord | None:
        """Return what was last written; None when there is no file.

        Raises:
            OSError: the file cannot be read.
            LedgerLost: it does not hold a head.
            Refused: a newer Tieout wrote it.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            version = msgspec.json.decode(content, type=_Version).v
            record = msgspec.json.decode(content, type=HeadRecord) if version == HEAD_VERSION else None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise LedgerLost(say("ledger-head-damaged", path=str(self.path))) from error
        if version > HEAD_VERSION:
            raise Refused(say("ledger-of-newer-version", path=str(self.path)))
        if record is None or content != msgspec.json.encode(record.summed()):
            raise LedgerLost(say("ledger-head-damaged", path=str(self.path)))
        return record

    def write(self, head: Head, doubtful_since: datetime | None = None, missed: tuple[MissedHead, ...] = ()) -> None:
        """Replace the head, whole or not at all. The caller holds the ledger's lock, so that heads never cross.

        Raises:
            OSError: the file cannot be written.
        """
        record = HeadRecord(
            v=HEAD_VERSION,
            rows=head.rows,
            hash=head.hash,
            at=datetime.now(UTC),
            doubtful_since=doubtful_since,
            missed=missed,
        )
        temporary = self.path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(msgspec.json.encode(record.summed()))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)


def end_of(connection: sqlite3.Connection) -> Head:
    """Return the end of the chain in a ledger's file."""
    last = connection.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(rows=last[0], hash=last[1]) if last else Head(rows=0, hash=GENESIS)


class JournalMode:
    """The journal of one connection to the ledger's file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._hurried = False

    def use_single_file(self) -> None:
        """Keep everything in the one file, as between runs: also what a push that was killed left beside it."""
        self._hurried = False
        self._journal("DELETE")

    def use_write_ahead_log(self) -> None:
        """Use SQLite's write-ahead log until `leave_write_ahead_log`: many rows will be committed one by one.

        It takes one write to the disk for each commit. The rollback journal takes four, and does not wait for its own
        deletion: after a power cut it may come back and take the commit back. Where another program has the file open
        just now, rows are committed as before.
        """
        if not self._hurried:
            self._hurried = True
            self._journal("WAL")

    def leave_write_ahead_log(self) -> None:
        """Return to one file; if another program has it open now, the next opening does it."""
        if self._hurried:
            self.use_single_file()

    def _journal(self, mode: str) -> None:
        """Set the journal mode; a fault in the file is reported by the first row that is read or added."""
        with suppress(sqlite3.OperationalError):
            self._connection.execute(f"PRAGMA journal_mode = {mode}")
