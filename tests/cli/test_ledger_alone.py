"""`tieout export`, `history` and `verify` where there is a ledger and nothing else: what an auditor has."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from sync.settings import settings_file
from sync.settings.profiles import default_state, place_of
from sync.system.log import LOG
from sync.system.this_computer import hold_lock
from sync.usecases.export import MANIFEST
from tests.cli.test_export import Month, month, told
from tests.cli.world import Terminal
from tests.ledger.test_machine import NOBODY, as_root, in_child

__all__ = ["month"]
NOON = datetime(2026, 4, 10, 16, tzinfo=UTC)
PACK = ("--format", "xlsx,csv", "--dir")


@pytest.fixture
def alone(month: Month, tmp_path: Path) -> Path:
    """A folder that holds the files of a ledger."""
    folder = tmp_path / "auditor"
    copied(month, folder)
    return folder


def copied(month: Month, folder: Path) -> None:
    """Copy what is kept of a ledger, and nothing beside it."""
    folder.mkdir(exist_ok=True)
    for path in month.practice.place.state.glob("ledger.*"):
        shutil.copy(path, folder)


@pytest.fixture
def nothing_else(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal where neither settings, keys, Sage nor Manage can be asked for."""

    def refused(*_: object) -> None:
        raise AssertionError

    for name in [name for name in os.environ if name.startswith("TIEOUT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings_file, "load", refused)
    monkeypatch.setattr("sync.wiring.unlock", refused)
    monkeypatch.setattr("sync.wiring.open_sage", refused)
    monkeypatch.setattr("sync.wiring.open_manage", refused)
    monkeypatch.setattr("socket.socket.connect", refused)
    return terminal


def pack(folder: Path) -> dict[str, bytes]:
    """Every file of the one pack in a folder."""
    (made,) = folder.iterdir()
    return {path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()}


def test_the_pack_is_the_same_to_the_byte(month: Month, alone: Path, nothing_else: Terminal, tmp_path: Path) -> None:
    """Made at the same moment by the same person, where the run was made and where there is only its ledger."""
    with time_machine.travel(NOON, tick=False):
        answer = nothing_else.tieout("export", month.run, *PACK, str(tmp_path / "theirs"), "--state", str(alone))
        assert (answer.status, answer.err) == (0, "")
        assert told(month.practice, "export", month.run, *PACK, str(tmp_path / "ours")).status == 0
    ours = pack(tmp_path / "ours")
    assert ours == pack(tmp_path / "theirs")
    assert MANIFEST in ours


def test_what_is_on_record_is_listed_and_verified(month: Month, alone: Path, nothing_else: Terminal) -> None:
    """The pack that was made is a row of the ledger like any other."""
    state = ("--state", str(alone))
    before = nothing_else.tieout("verify", *state)
    exported = nothing_else.tieout("export", month.run, *PACK, str(alone.parent / "packs"), *state)
    after, listed = nothing_else.tieout("verify", *state), nothing_else.tieout("history", *state)
    assert [answer.status for answer in (before, exported, after, listed)] == [0, 0, 0, 0]
    assert _rows(after.out) == _rows(before.out) + 1
    assert month.run in listed.out


def test_a_sync_or_a_push_that_is_running_stops_no_export(
    month: Month, alone: Path, nothing_else: Terminal, tmp_path: Path
) -> None:
    """Their lock is theirs alone."""
    with hold_lock(alone):
        answer = nothing_else.tieout("export", month.run, *PACK, str(tmp_path / "pack"), "--state", str(alone))
    assert (answer.status, answer.err) == (0, "")


@pytest.mark.parametrize("command", [("export", "R"), ("history",), ("verify",)])
def test_a_folder_without_a_ledger_is_named(nothing_else: Terminal, command: tuple[str, ...]) -> None:
    """Exit 2, and nothing is made there."""
    answer = nothing_else.tieout(*command, "--state", "empty")
    assert (answer.status, "There is no ledger in empty. Sync first" in answer.err) == (2, True)
    assert not Path("empty").exists()


def test_where_nothing_was_synced_yet_nothing_is_wrong(nothing_else: Terminal) -> None:
    """Unless a run is asked for; a folder that is not there is not made for the log."""
    said = [
        nothing_else.tieout(*command, "--profile", "new") for command in (("history",), ("verify",), ("export", "R"))
    ]
    assert [answer.status for answer in said] == [0, 0, 2]
    assert not place_of("new").state.exists()


def test_what_only_looks_at_a_ledger_writes_no_log_there(month: Month, alone: Path, nothing_else: Terminal) -> None:
    """It may be a backup, or on a CD."""
    nothing_else.tieout("export", month.run, *PACK, str(alone.parent / "packs"), "--state", str(alone))
    assert [path.name for path in alone.iterdir() if "log" in path.name] == []
    assert f"export {month.run}" in (default_state() / LOG).read_text("utf-8")


@pytest.mark.parametrize("command", ["export", "undo"])
def test_a_run_without_a_name_is_refused(nothing_else: Terminal, command: str) -> None:
    """As a script leaves it whose variable is not set."""
    answer = nothing_else.tieout(command, " ")
    assert (answer.status, "No run is named" in answer.err) == (2, True)


@pytest.fixture
def read_only(month: Month) -> Iterator[Path]:
    """Folders `state`, whose ledger others may only read, and `packs`, where they may write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        copied(month, folder / "state")
        (folder / "packs").mkdir()
        (folder / "packs").chmod(0o777)
        yield folder


@as_root
@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_ledger_that_may_only_be_read_is_exported_and_says_so(
    month: Month, read_only: Path, nothing_else: Terminal, journal: str, tmp_path: Path
) -> None:
    """A backup on a share or a CD, be it one that was copied in the middle of a push: the pack is whole."""
    month.export(tmp_path)  # whoever has no rights may not read Python's own library either: all is imported before
    state = read_only / "state"
    with closing(sqlite3.connect(state / "ledger.db")) as ledger:
        ledger.execute(f"PRAGMA journal_mode = {journal}")
    for path in state.iterdir():
        path.chmod(0o644)
    before = {path.name: path.read_bytes() for path in state.iterdir()}

    def work() -> str:
        os.seteuid(NOBODY)
        answer = nothing_else.tieout("export", month.run, *PACK, str(read_only / "packs"), "--state", str(state))
        return f"{answer.status} {answer.err}{'and in the ledger.' in answer.out}"

    why = f"The ledger cannot be kept in {state}"
    said = in_child(work)
    assert said.endswith("False")
    assert said.startswith("0 The pack is complete and its full hashes are in SHA256SUMS.txt, but they could not be ")
    assert why in said
    assert MANIFEST in pack(read_only / "packs")
    assert {path.name: path.read_bytes() for path in state.iterdir()} == before


def _rows(said: str) -> int:
    return int(said.removeprefix("The ledger is intact: ").split()[0])
