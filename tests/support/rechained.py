"""A ledger changed by somebody who knows how it is chained: every row fits the one before, and the head fits too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sync.core.values.runs import Head
from sync.ledger.hash_chain import COLUMNS, GENESIS, HEAD_FILE, OBJECTS, HeadFile, LedgerLine, chained

Changed = Callable[[int, str], str]
"""The body that a row gets, from its number and the body it had."""


def rechain(folder: Path, changed: Changed, second: Path | None = None) -> None:
    """Change rows of the ledger in a state folder and chain it anew, with its head and, where named, the second one."""
    with closing(sqlite3.connect(folder / "ledger.db")) as file:
        for trigger in ("entry_stays", "entry_remains"):
            file.execute(f"DROP TRIGGER {trigger}")
        rows = file.execute(f"SELECT {COLUMNS} FROM entry ORDER BY seq").fetchall()
        file.execute("DELETE FROM entry")
        previous = GENESIS
        for seq, kind, run, key, at, state, proof, invoice, attempt, written, body, _ in rows:
            line = LedgerLine(
                kind=kind,
                run=run,
                key=key,
                state=state,
                proof=bool(proof),
                invoice=invoice,
                attempt=attempt,
                written=bool(written),
                body=changed(seq, body),
            )
            row = chained(previous, seq, at, line)
            previous = row[-1]
            file.execute(f"INSERT INTO entry ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
        for statement in OBJECTS[-2:]:
            file.execute(statement)
        file.commit()
    for path in (folder / HEAD_FILE, *([second] if second else [])):
        HeadFile(path).write(Head(rows=len(rows), hash=previous))


def cut(folder: Path, first: int, last: int) -> None:
    """Take rows out of the ledger, and leave everything else as it is."""
    with closing(sqlite3.connect(folder / "ledger.db")) as file:
        file.execute("DROP TRIGGER entry_remains")
        file.execute("DELETE FROM entry WHERE seq BETWEEN ? AND ?", (first, last))
        file.execute(OBJECTS[-1])
        file.commit()
