"""A copy that can take the ledger's place, and looking at a ledger that must not be written."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.values.errors import Refused, SetupError
from sync.language.catalogues import ENGLISH
from sync.ledger import chain_file
from sync.ledger.chain_file import kept_in
from sync.ledger.hash_chain import HeadFile
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger, open_read_only
from tests.ledger.samples import everything, fill, intent, run
from tests.ledger.test_machine import in_child, with_limits


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """What stands in a folder, and when it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_a_backup_takes_the_ledger_s_place(ledger: SqliteLedger, tmp_path: Path) -> None:
    """Taken while the ledger is in use, rows after the kept head included; in a folder that is there or not."""
    fill(ledger)
    ledger.intend(intent("R2", "1"))
    (tmp_path / "there").mkdir()
    for folder in (tmp_path / "there", tmp_path / "a" / "new"):
        ledger.back_up(folder)
        with open_ledger(folder) as copy:
            assert everything(copy) == everything(ledger)
            assert copy.verify() == ledger.head()
            copy.begin(run(9), [])
    assert ledger.run("R9") is None


def test_a_backup_is_cut_short_no_less_noticeably(ledger: SqliteLedger, folder: Path, tmp_path: Path) -> None:
    """It has its own head, of the same end."""
    fill(ledger)
    ledger.back_up(tmp_path / "copy")
    copied, kept = (HeadFile(place / "ledger.head").read() for place in (tmp_path / "copy", folder))
    assert copied is not None
    assert kept is not None
    assert (copied.rows, copied.hash) == (kept.rows, kept.hash)
    assert sorted(files(tmp_path / "copy")) == ["ledger.db", "ledger.head"]


@pytest.mark.parametrize("name", ["ledger.db", "ledger.head"])
def test_a_backup_overwrites_nothing(ledger: SqliteLedger, tmp_path: Path, name: str) -> None:
    """Either file says that a ledger is, or was, kept there."""
    there = tmp_path / "copy"
    there.mkdir()
    (there / name).write_bytes(b"")
    before = files(there)
    with pytest.raises(Refused) as refused:
        ledger.back_up(there)
    assert refused.value.said(ENGLISH) == f"There is a ledger in {there} already. Choose another folder."
    assert files(there) == before


def test_a_backup_that_cannot_be_written_is_a_matter_of_setup(ledger: SqliteLedger, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(SetupError) as refused:
        ledger.back_up(tmp_path / "taken")
    assert refused.value.said(ENGLISH) == (
        f"The ledger cannot be kept in {tmp_path / 'taken'}: something with that name is there already. Make room "
        "or ask for the right to write there, or choose another folder."
    )


def test_a_backup_that_fails_half_way_leaves_nothing(
    ledger: SqliteLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says why it failed, whichever of the two files was there by then."""

    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    parts: list[tuple[type, str]] = [(chain_file.ChainFile, "copy_into"), (HeadFile, "write")]
    for owner, name in parts:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, full)
            with pytest.raises(SetupError, match="cause-disk-full"):
                ledger.back_up(tmp_path / "copy")
        assert list((tmp_path / "copy").iterdir()) == []
    ledger.back_up(tmp_path / "copy")


def test_a_folder_is_asked_whether_it_holds_a_ledger(ledger: SqliteLedger, folder: Path, tmp_path: Path) -> None:
    """Without making anything; a folder whose ledger is gone still had one."""
    assert ledger.head().rows == 0
    assert (kept_in(folder), kept_in(tmp_path / "none")) == (True, False)
    (folder / "ledger.db").rename(tmp_path / "away.db")
    assert kept_in(folder)
    assert not (tmp_path / "none").exists()


def test_looking_writes_nothing_and_tells_everything(ledger: SqliteLedger, folder: Path) -> None:
    """Even where the kept head lags behind."""
    fill(ledger)
    ledger.intend(intent("R2", "1"))
    told, before = everything(ledger), files(folder)
    looking = open_read_only(folder)
    assert looking is not None
    with looking:
        assert everything(looking) == told
        with pytest.raises(SetupError, match="ledger-folder-unusable"):
            looking.begin(run(9), [])
    assert files(folder) == before


def test_looking_where_no_ledger_was_kept_makes_none(tmp_path: Path) -> None:
    """No folder, no file."""
    assert open_read_only(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


def test_looking_at_a_ledger_that_is_gone_is_refused(folder: Path) -> None:
    """Nothing is made in its place."""
    with open_ledger(folder) as ledger:
        fill(ledger, 1)
    (folder / "ledger.db").unlink()
    with pytest.raises(Refused, match="ledger-missing"):
        open_read_only(folder)
    assert [path.name for path in folder.iterdir()] == ["ledger.head"]


def test_looking_at_a_ledger_that_was_cut_is_refused(folder: Path) -> None:
    """The head is compared as at any opening."""
    with open_ledger(folder) as ledger:
        fill(ledger, 1)
        end = ledger.head()
    HeadFile(folder / "ledger.head").write(replace(end, rows=end.rows + 80))
    with pytest.raises(Refused, match="ledger-cut-off"):
        open_read_only(folder)


@with_limits
def test_looking_at_a_ledger_whose_commit_was_cut_short_takes_it_back(folder: Path) -> None:
    """A crash left SQLite's journal: what was there before the commit is told, and the journal is gone."""
    with open_ledger(folder) as ledger:
        fill(ledger, 1)
        told = everything(ledger)

    def work() -> str:
        connection = sqlite3.connect(folder / "ledger.db", isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        for seq in range(100, 300):
            values = (seq, "decision", "R0", "1", "", "", 0, None, None, 0, "x" * 3000, "")
            connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        os.kill(os.getpid(), signal.SIGKILL)
        return "alive"

    assert in_child(work) == ""
    assert (folder / "ledger.db-journal").exists()
    looking = open_read_only(folder)
    assert looking is not None
    with looking:
        assert everything(looking) == told
    assert sorted(files(folder)) == ["ledger.db", "ledger.head"]
