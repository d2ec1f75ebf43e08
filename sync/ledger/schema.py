"""The ledger's one table: rows are only ever added, and each carries the hash of the one before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

APPLICATION_ID = 0x5449454F
VERSION = 1
GENESIS = "0" * 64

CREATE = (
    """CREATE TABLE entry (
      seq     INTEGER PRIMARY KEY,
      kind    TEXT NOT NULL,
      run     TEXT NOT NULL,
      key     TEXT NOT NULL,
      state   TEXT NOT NULL,
      invoice INTEGER,
      body    TEXT NOT NULL,
      hash    TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX entry_by_run ON entry (kind, run, key, seq)",
    "CREATE INDEX entry_by_key ON entry (kind, key, seq)",
    """CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER entry_remains BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one row of the ledger says, before it is chained."""

    kind: str
    run: str
    key: str = ""
    state: str = ""
    invoice: int | None = None
    body: str


def chained(previous: str, seq: int, line: Line) -> str:
    """The hash of a row: everything it says, and the hash of the row before it."""
    parts = (previous, str(seq), line.kind, line.run, line.key, line.state, str(line.invoice or ""), line.body)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
