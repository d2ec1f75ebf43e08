"""What a person is told when the ledger cannot be used, word for word, by the next move."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.core.values.errors import LedgerLost, Refused, SetupError, TieoutError
from sync.core.values.runs import Head
from sync.language.catalogues import ENGLISH
from sync.ledger.hash_chain import LEDGER_VERSION, HeadFile
from sync.ledger.ledger_errors import changed_row, damaged, in_words, missing_rows
from sync.ledger.sqlite_ledger import open_ledger
from tests.ledger.samples import fill

PATH = Path("/state/ledger.db")
WAY_OUT = "Restore the whole folder from a backup, or run tieout rebuild."
DAMAGED = f"/state/ledger.db is damaged, or is not a ledger of Tieout. {WAY_OUT}"
BUSY = (
    "The ledger /state/ledger.db is in use by another program (Tieout, a backup or a virus scanner). Wait until it is "
    "done, then try again."
)


def unusable(why: str) -> str:
    """What is said of a folder that the ledger cannot be kept in."""
    return (
        f"The ledger cannot be kept in /state: {why}. Make room or ask for the right to write there, or choose another "
        "folder."
    )


FORBIDDEN = unusable("the system does not allow it, or another program has it open")


def sqlite_error(code: int | None) -> sqlite3.DatabaseError:
    """An error as SQLite raises it; without a code, as Python's own part does."""
    error = sqlite3.OperationalError("said")
    if code is not None:
        error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY), Refused, BUSY),
        (sqlite_error(sqlite3.SQLITE_LOCKED), Refused, BUSY),
        (sqlite_error(sqlite3.SQLITE_BUSY_RECOVERY), Refused, BUSY),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), SetupError, FORBIDDEN),
        (sqlite_error(sqlite3.SQLITE_FULL), SetupError, unusable("the disk is full")),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), SetupError, unusable("the disk or the network failed")),
        (sqlite_error(sqlite3.SQLITE_PERM), SetupError, FORBIDDEN),
        (sqlite_error(sqlite3.SQLITE_READONLY_DIRECTORY), SetupError, unusable("it is read-only")),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), LedgerLost, DAMAGED),
        (sqlite_error(sqlite3.SQLITE_NOTADB), LedgerLost, DAMAGED),
        (sqlite_error(None), LedgerLost, DAMAGED),
        (PermissionError(13, "said", "/state"), SetupError, FORBIDDEN),
        (OSError(999, "said"), SetupError, unusable("said")),
        (OSError("said"), SetupError, unusable("said")),
    ],
)
def test_what_went_wrong_is_told_by_what_can_be_done(error: Exception, kind: type[TieoutError], sentence: str) -> None:
    """Wait; make room or ask for rights; or restore. A code's finer shades count as the code."""
    with pytest.raises(TieoutError) as told, in_words(PATH):
        raise error
    assert (type(told.value), told.value.said(ENGLISH)) == (kind, sentence)


def test_a_mistake_of_ours_is_not_explained_away() -> None:
    """A wrong statement is a defect, and looks like one."""
    with pytest.raises(sqlite3.ProgrammingError), in_words(PATH):
        raise sqlite3.ProgrammingError


def test_a_chain_that_cannot_be_trusted_names_its_row() -> None:
    """And says what to do before anything is written."""
    assert damaged(PATH).said(ENGLISH) == DAMAGED
    assert missing_rows([(7, 7), (9, 11)]).said(ENGLISH) == f"Missing from the ledger, by number: 7, 9-11. {WAY_OUT}"
    assert changed_row(7, "posting", "R1").said(ENGLISH) == (
        f"Row 7 of the ledger (posting of run R1) is not as it was written. {WAY_OUT}"
    )


@pytest.fixture
def filled(folder: Path) -> Path:
    """The folder of a ledger with a day of work, closed."""
    with open_ledger(folder) as ledger:
        fill(ledger, 1)
    return folder


def refusal(folder: Path) -> str:
    """What opening says."""
    with pytest.raises(Refused) as refused:
        open_ledger(folder)
    return refused.value.said(ENGLISH)


def test_a_ledger_that_is_gone_says_how_to_go_on(filled: Path) -> None:
    """By a backup, or by what both systems still say."""
    (filled / "ledger.db").unlink()
    assert refusal(filled) == (
        f"The ledger {filled / 'ledger.db'} is missing or empty, though one has been kept here. {WAY_OUT}"
    )


def test_a_head_that_is_gone_says_how_to_go_on(filled: Path) -> None:
    """The same way."""
    (filled / "ledger.head").unlink()
    assert refusal(filled) == (
        f"{filled / 'ledger.head'} is missing, so it cannot be told whether rows were cut off the ledger beside it. "
        f"{WAY_OUT}"
    )


@pytest.mark.parametrize("content", [b"", b"{}", b'{"rows":"x","hash":""}', b"\xff\xfe", b'{"rows":1,"hash":"\xff"}'])
def test_a_head_that_is_damaged_is_said(filled: Path, content: bytes) -> None:
    """Empty, of another shape, or no text."""
    (filled / "ledger.head").write_bytes(content)
    assert refusal(filled) == (
        f"{filled / 'ledger.head'} is damaged, so it cannot be told whether the ledger beside it is complete. {WAY_OUT}"
    )


def test_a_ledger_that_was_cut_says_where_it_ended(filled: Path) -> None:
    """By the head's row."""
    head = HeadFile(filled / "ledger.head")
    head.write(Head(rows=12, hash="0a" * 32))
    kept = head.read()
    assert kept is not None
    assert refusal(filled) == (
        f"Missing from the ledger {filled / 'ledger.db'}, by number: 12. Its head, written "
        f"{kept.at:%Y-%m-%d %H:%M:%S} UTC, says that it ended at row 12. {WAY_OUT}"
    )


def test_a_newer_ledger_asks_for_a_newer_tieout(filled: Path) -> None:
    """It is not damaged."""
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        connection.execute(f"PRAGMA user_version = {LEDGER_VERSION + 1}")
    assert refusal(filled) == (f"The ledger {filled / 'ledger.db'} was written by a newer Tieout. Update Tieout here.")
