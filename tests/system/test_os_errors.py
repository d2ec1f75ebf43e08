"""Why the operating system or SQLite did not do what it was asked, in the language of the reader."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from sync.core.values.messages import Text
from sync.language.catalogues import language
from sync.system.files import DAY, cause, replacing
from tests.support.english import worded


def of_the_system(folder: Path) -> OSError:
    """A folder where a file is wanted."""
    with pytest.raises(OSError, match=r"directory|denied") as raised:
        folder.read_bytes()
    return raised.value


def of_sqlite(file: Path, statement: str) -> sqlite3.Error:
    """What SQLite says of a statement on a file."""
    connection = sqlite3.connect(file)
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        return error
    finally:
        connection.close()
    raise AssertionError


def test_a_cause_is_told_in_both_languages(tmp_path: Path) -> None:
    """Of a real error of each, and of one that came without a number."""
    text = tmp_path / "text"
    text.write_text("no database" * 100, encoding="utf-8")
    errors = [
        of_the_system(tmp_path),
        of_sqlite(text, "SELECT * FROM sqlite_master"),
        of_sqlite(tmp_path / "new", "SELECT * FROM row"),
        ValueError("of a reader that found no record"),
    ]
    damage = "it is damaged, or holds something else"
    assert [worded(cause(error)) for error in errors] == ["it is a folder", damage, damage, damage]
    damage = "le fichier est endommagé ou contient autre chose"
    causes = [why for why in map(cause, errors) if isinstance(why, Text)]
    assert [why.said(language("fr")) for why in causes] == [
        "c'est un dossier",
        damage,
        damage,
        damage,
    ]


def test_a_folder_in_a_file_s_place_is_told(tmp_path: Path) -> None:
    """Where a file would be put too; Windows itself only says that it is forbidden."""
    (tmp_path / "made").mkdir()
    with pytest.raises(OSError, match="made") as raised, replacing(tmp_path / "made") as file:
        file.write(b"x")
    assert worded(cause(raised.value)) == "it is a folder"
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_what_is_not_known_is_told_in_the_system_s_own_words() -> None:
    """With whatever it gives; a finer shade of SQLite's is told as its kind."""
    rare = sqlite3.OperationalError("too many levels")
    rare.sqlite_errorcode = sqlite3.SQLITE_TOOBIG
    fine = sqlite3.OperationalError("said")
    fine.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    assert cause(rare) == "too many levels"
    assert worded(cause(fine)) == "the disk or the network failed"
    assert cause(OSError(errno.ELOOP, "Too many links")) == "Too many links"
    assert cause(OSError("full")) == "full"


def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path: Path) -> None:
    """Ours alone, and never what another process is writing."""
    old, new, other = (tmp_path / f".{name}.tmp" for name in ("tieout-0123abcd", "tieout-4567abcd", "other-0123abcd"))
    for path in (old, new, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (0, path.stat().st_mtime - DAY - 60))
    with replacing(tmp_path / "made") as file:
        file.write(b"x")
    assert {path.name for path in tmp_path.iterdir()} == {new.name, other.name, "made"}
