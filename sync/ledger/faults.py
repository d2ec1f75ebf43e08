"""What the operating system and SQLite say when the ledger cannot be used, as what a person can do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.causes import cause, sqlite_code
from sync.core.errors import Lost, Refused, SetupError, TieoutError
from sync.core.words import Text, say
from sync.ledger import lines

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNUSABLE = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_KINDS = {
    lines.RUN: say("run"),
    lines.EVIDENCE: say("evidence"),
    lines.ROW: say("row"),
    lines.DECISION: say("decision"),
    lines.INTENT: say("intent"),
    lines.POSTING: say("posting"),
    lines.CUSTOMER: say("customer"),
    lines.END: say("end"),
    lines.EXPORT: say("export"),
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Work with the ledger's file; what goes wrong is raised in words.

    Raises:
        SetupError: the folder or the disk has to be corrected first.
        Refused: another program holds the file, or it is damaged.
    """
    try:
        yield
    except OSError as error:
        raise _unusable(path, cause(error)) from None
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _meaning(path, error) from None


def damaged(path: Path) -> Lost:
    """The file is no ledger, or no longer."""
    return Lost(say("{path} is damaged, or is not a ledger of Tieout.", path=str(path)))


def missing_row(seq: int) -> Lost:
    """The chain has a gap."""
    return Lost(say("Row {seq} of the ledger is missing.", seq=seq))


def changed_row(seq: int, kind: str, run: str) -> Lost:
    """A row does not fit its hash; even its kind may be something else now."""
    return Lost(
        say(
            "Row {seq} of the ledger ({kind} of run {run}) is not as it was written.",
            seq=seq,
            kind=_KINDS.get(kind, kind),
            run=run,
        )
    )


def _meaning(path: Path, error: sqlite3.DatabaseError) -> TieoutError:
    code = sqlite_code(error)
    if code in _BUSY:
        return Refused(
            say(
                "The ledger {path} is in use by another program (Tieout, a backup or a virus scanner). Wait until it "
                "is done, then try again.",
                path=str(path),
            )
        )
    return _unusable(path, cause(error)) if code in _UNUSABLE else damaged(path)


def _unusable(path: Path, why: Text | str) -> SetupError:
    return SetupError(
        say(
            "The ledger cannot be kept in {folder}: {why}. Make room or ask for the right to write there, or choose "
            "another folder.",
            folder=str(path.parent),
            why=why,
        )
    )
