"""Opening: a first use, a ledger that is gone, and files that are something else."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.core.values.errors import Refused, SetupError
from sync.core.values.runs import Head
from sync.ledger import hash_chain
from sync.ledger.hash_chain import GENESIS
from sync.ledger.sqlite_ledger import open_ledger
from tests.ledger.samples import COMPANY, everything, fill, run


@pytest.fixture
def filled(folder: Path) -> Path:
    """The folder of a ledger with a day of work, closed."""
    with open_ledger(folder) as ledger:
        fill(ledger, 1)
    return folder


def test_first_use_makes_the_folder_and_an_empty_ledger(tmp_path: Path) -> None:
    """Nothing has to be prepared, however deep the folder."""
    with open_ledger(tmp_path / "a" / "b") as ledger:
        assert Head(rows=0, hash=GENESIS) == ledger.head()
        assert (ledger.history(), ledger.run("R0"), ledger.open_items(COMPANY)) == ([], None, {})
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == ["ledger.db", "ledger.head"]


def test_what_was_recorded_is_there_at_the_next_opening(filled: Path) -> None:
    """Closing and opening changes no answer."""
    with open_ledger(filled) as ledger:
        before = everything(ledger)
    with open_ledger(filled) as ledger:
        assert before == everything(ledger)


def test_a_head_is_on_the_disk_before_it_takes_the_old_one_s_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut there is the old head or the new one, and never an empty file."""
    done: list[str] = []
    synced, replaced = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        done.append(f"{os.fstat(descriptor).st_size > 0} fsync")
        synced(descriptor)

    def replace(path: Path, target: Path) -> Path:
        done.append(f"replace {target.name}")
        return replaced(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    open_ledger(folder).close()
    assert done == ["True fsync", "replace ledger.head"]


def test_closing_twice_is_harmless(folder: Path) -> None:
    """A context manager may be closed by hand as well."""
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [])
        ledger.close()


def test_a_deleted_ledger_is_not_a_first_use(filled: Path) -> None:
    """The head says that there was one: restore it, or say knowingly that a new one is wanted."""
    (filled / "ledger.db").unlink()
    with pytest.raises(Refused, match=r"ledger-missing.*lost-ledger-restore-or-rebuild"):
        open_ledger(filled)
    assert not (filled / "ledger.db").exists()


@pytest.mark.parametrize("name", ["ledger.db", "ledger.head"])
def test_a_folder_in_a_file_s_place_is_called_that(folder: Path, name: str) -> None:
    """And not a failing disk."""
    (folder / name).mkdir(parents=True)
    with pytest.raises(SetupError, match="ledger-folder-in-its-place"):
        open_ledger(folder)


def test_a_new_ledger_is_started_knowingly(filled: Path) -> None:
    """What the message says works: without both files it is a first use."""
    (filled / "ledger.db").unlink()
    (filled / "ledger.head").rename(filled / "old.head")
    with open_ledger(filled) as ledger:
        assert ledger.head().rows == 0


def test_an_emptied_ledger_is_not_a_first_use(filled: Path) -> None:
    """SQLite would take an empty file for a new database."""
    (filled / "ledger.db").write_bytes(b"")
    with pytest.raises(Refused, match="ledger-missing"):
        open_ledger(filled)


def test_a_ledger_without_its_head_is_refused(filled: Path) -> None:
    """Who cuts rows off may delete the head too; a ledger with rows always has one."""
    (filled / "ledger.head").unlink()
    with pytest.raises(Refused, match="ledger-head-missing"):
        open_ledger(filled)


def test_a_crash_between_the_first_two_files_is_mended(folder: Path) -> None:
    """The empty ledger was made and its head was not: there is nothing that could have been cut off."""
    with open_ledger(folder):
        pass
    (folder / "ledger.head").unlink()
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [])
    with open_ledger(folder) as ledger:
        assert ledger.verify().rows == 1


@pytest.mark.parametrize("content", [b"Not a database at all, but long enough to look like a file." * 20, b"\0" * 8192])
def test_another_kind_of_file_is_refused(folder: Path, content: bytes) -> None:
    """With or without a head, what is no database is left alone."""
    folder.mkdir()
    (folder / "ledger.db").write_bytes(content)
    with pytest.raises(Refused, match="ledger-damaged"):
        open_ledger(folder)
    assert content == (folder / "ledger.db").read_bytes()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE entry (seq INTEGER PRIMARY KEY)",
        "CREATE TABLE invoice (number TEXT)",
        "PRAGMA application_id = 7",
    ],
)
def test_another_program_s_database_is_refused(folder: Path, statement: str) -> None:
    """Nothing is added to it, even where it would fit in."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        connection.execute(statement)
    before = (folder / "ledger.db").read_bytes()
    with pytest.raises(Refused, match="ledger-damaged"):
        open_ledger(folder)
    assert before == (folder / "ledger.db").read_bytes()


@pytest.mark.parametrize(
    ("version", "words"), [(hash_chain.LEDGER_VERSION + 1, "ledger-of-newer-version"), (0, "ledger-damaged")]
)
def test_another_version_is_refused(filled: Path, version: int, words: str) -> None:
    """A newer ledger asks for a newer Tieout; there has never been an older one."""
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(Refused, match=words):
        open_ledger(filled)


@pytest.mark.parametrize("below", [(), ("state",)])
def test_a_folder_that_cannot_be_made_is_a_matter_of_setup(tmp_path: Path, below: tuple[str, ...]) -> None:
    """A file stands where the folder, or a folder above it, should be."""
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(SetupError, match="ledger-folder-unusable"):
        open_ledger(tmp_path.joinpath("taken", *below))
