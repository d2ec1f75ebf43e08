"""The ledger's one table: rows are only ever added, and each carries the hash of the one before it."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

APPLICATION_ID = 0x5449454F
"""`TIEO`, in the header of the file."""
VERSION = 1
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
      body    TEXT NOT NULL,
      hash    TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX entry_by_run ON entry (kind, run, key, state)",
    "CREATE INDEX entry_by_key ON entry (kind, key, seq, run, state, proof)",
    "CREATE INDEX entry_proof ON entry (invoice, run) WHERE proof",
    """CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER entry_remains BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)
"""As SQLite keeps them, word for word: a ledger whose triggers or columns are not these is not trusted.

The two indexes by run and by key hold all that the views look for, so that they never read a body they do not show.
"""

COLUMNS = "seq, kind, run, key, at, state, proof, invoice, body, hash"

Row = tuple[int, str, str, str, str, str, int, int | None, str, str]
"""A row as it stands in the table, in the order of `COLUMNS`."""


class Line(Struct, frozen=True, kw_only=True):
    """What one row of the ledger says, before it is chained.

    Attributes:
        kind: what happened, see `sync.ledger.lines`.
        run: the run's id.
        key: what it is about; the reconciliation row's key for all but runs, ends and customers.
        state: how it stands, in one word that views look for.
        proof: it says what a reading of Manage's payment records showed.
        invoice: Manage's invoice, where there is one.
        body: the whole value as JSON.
    """

    kind: str
    run: str
    key: str = ""
    state: str = ""
    proof: bool = False
    invoice: int | None = None
    body: str


def chained(previous: str, seq: int, at: str, line: Line) -> Row:
    """A row, with the hash of everything it says and of the row before it.

    Args:
        previous: hash of the row before.
        seq: the row's number, from 1 without gaps.
        at: the moment it was committed, UTC.
        line: what it says.
    """
    said = (seq, line.kind, line.run, line.key, at, line.state, int(line.proof), line.invoice, line.body)
    return (*said, _hash(previous, said))


def follows(previous: str, row: tuple[object, ...]) -> bool:
    """Whether a row as read is the one that was chained after another: every type and everything it says."""
    try:
        typed: Row = msgspec.convert(row, Row)
    except msgspec.ValidationError:
        return False
    return typed[-1] == _hash(previous, typed[:-1])


def _hash(previous: str, said: tuple[object, ...]) -> str:
    """JSON keeps the values apart, so that no text can be moved from one column to the next."""
    return hashlib.sha256(msgspec.json.encode((previous, said))).hexdigest()


def readable(raw: bytes) -> str:
    """Text that is no longer Unicode is read all the same, so that the row it stands in can be named."""
    return raw.decode(errors="replace")
