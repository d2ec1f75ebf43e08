"""What the operating system and SQLite say when the ledger cannot be used, as what a person can do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sync.core.values.errors import LedgerLost, Refused, SetupError, TieoutError
from sync.core.values.messages import Text, say
from sync.ledger.formats import KINDS
from sync.ledger.stored_form import RecordKind, UnreadableError
from sync.system.files import cause, sqlite_code

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNUSABLE = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY}
)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Work with the ledger's file; what goes wrong is raised in words.

    Raises:
        SetupError: the folder or the disk has to be corrected first.
        Refused: another program holds the file, or it is damaged.
    """
    try:
        yield
    except OSError as error:
        raise _unusable(path, cause(error)) from error
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _meaning(path, error) from error


def damaged(path: Path) -> LedgerLost:
    """Return the error for a file that is no ledger, or no longer."""
    return LedgerLost(say("ledger-damaged", path=str(path)))


def missing_rows(gaps: Iterable[tuple[int, int]]) -> LedgerLost:
    """Return the error for gaps in the chain, each from its first missing row to its last."""
    return LedgerLost(say("ledger-row-missing", rows=in_spans(gaps)))


def in_spans(gaps: Iterable[tuple[int, int]]) -> str:
    """Return stretches of rows as numbers."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in gaps)


def changed_row(seq: int, kind: str, run: str) -> LedgerLost:
    """Return the error for a row that does not fit its hash; even its kind may be something else now."""
    return LedgerLost(say("ledger-row-changed", seq=seq, kind=KINDS[kind].word if kind in KINDS else kind, run=run))


def unknown_kind(seq: int, kind: str) -> Refused:
    """Return the error for a row of a kind that only a later version writes."""
    return Refused(say("ledger-kind-unknown", seq=seq, kind=kind))


def unreadable_row(seq: int, kind: RecordKind[Any], error: UnreadableError) -> Refused:
    """Return the error for a row whose record is of a later version, or not as any version writes it."""
    if error.newer:
        return Refused(say("ledger-record-of-newer-version", seq=seq, kind=kind.word))
    return LedgerLost(say("ledger-record-unreadable", seq=seq, kind=kind.word, why=error.why))


def _meaning(path: Path, error: sqlite3.DatabaseError) -> TieoutError:
    code = sqlite_code(error)
    if code in _BUSY:
        return Refused(say("ledger-in-use", path=str(path)))
    return _unusable(path, cause(error)) if code in _UNUSABLE else damaged(path)


def _unusable(path: Path, why: Text | str) -> SetupError:
    return SetupError(say("ledger-folder-unusable", folder=str(path.parent), why=why))
