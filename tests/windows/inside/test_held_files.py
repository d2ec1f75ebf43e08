"""Files that another program has open, as Windows keeps them from everybody else: nothing is lost, and all is said."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from addin.install import installation
from addin.install.installation import InstallPlaces, put_in_place
from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from tests.cli.world import TODAY, Terminal

HOLD = """
import sys
from pathlib import Path
from sync.system.this_computer import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def open_in_excel(path: Path) -> Iterator[None]:
    """Hold a file as Excel does: others may read it, and no more."""
    file, con = import_module("win32file"), import_module("win32con")
    held = file.CreateFile(
        str(path), con.GENERIC_READ | con.GENERIC_WRITE, con.FILE_SHARE_READ, None, con.OPEN_EXISTING, 0, None
    )
    try:
        yield
    finally:
        held.Close()


def test_a_reconciliation_that_excel_has_open_is_left_alone(terminal: Terminal, practice: Practice) -> None:
    """Neither is it pushed as it was last saved, nor is it written over."""
    sync = ("sync", "--since", "past-week", "--out", "practice.xlsx")
    assert terminal.at(practice, *sync).status == 0
    made = terminal.folder / "practice.xlsx"
    before = made.read_bytes()
    with open_in_excel(made):
        pushed = terminal.at(practice, "push", "practice.xlsx", "--yes")
        again = terminal.at(practice, *sync)
    assert (pushed.status, again.status) == (4, 2), pushed.words + again.words
    said = "practice.xlsx is open (by somebody): what is not saved yet is not in it"
    assert (said in pushed.err, said in again.err) == (True, True), pushed.words + again.words
    assert made.read_bytes() == before, pushed.words + again.words
    assert terminal.at(practice, *sync).status == 0


def test_a_ledger_that_another_process_holds_is_waited_for(terminal: Terminal, practice: Practice) -> None:
    """The sentence says who has it; once that process has died, nothing is in the way."""
    command = [sys.executable, "-c", HOLD, str(practice.place.state)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        answer = terminal.at(practice, "sync", "--since", "past-week", "--out", "a.xlsx")
        holder.kill()
    assert (answer.status, "has been running since" in answer.err) == (4, True), answer.words
    assert terminal.at(practice, "sync", "--since", "past-week", "--out", "a.xlsx").status == 0


def test_a_second_installation_begins_with_what_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The add-in that a running Excel holds; nothing is moved before. Then the workbook of before stays as it was."""
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "config" / "tieout.toml"))
    places = InstallPlaces(
        workbook=tmp_path / "Tieout" / installation.WORKBOOK,
        addin=tmp_path / "XLSTART" / installation.ADDIN,
        shortcut=tmp_path / "Programs" / installation.SHORTCUT,
    )
    list(put_in_place(places, ENGLISH))
    places.workbook.write_bytes(kept := places.workbook.read_bytes() + b" with a note")
    with open_in_excel(places.addin), pytest.raises(SetupError, match="install-file-not-writable") as refused:
        list(put_in_place(places, ENGLISH))
    assert installation.ADDIN in refused.value.said(ENGLISH)
    assert [path.name for path in places.workbook.parent.iterdir()] == [installation.WORKBOOK]
    list(put_in_place(places, ENGLISH))
    names = sorted(path.name for path in places.workbook.parent.iterdir())
    assert (names, places.workbook.read_bytes()) == (["Tieout (2).xlsm", installation.WORKBOOK], kept)


def test_the_daily_run_needs_no_window(practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the scheduler starts it: its words are in the notice, and nowhere else."""
    monkeypatch.setenv("TIEOUT_EXPORTS", str(tmp_path / "exports"))
    common = ("--config", str(practice.place.config), "--state", str(practice.place.state), "--today", str(TODAY))
    program = Path(sys.executable).with_name("pythonw.exe")
    done = subprocess.run([program, "-P", "-m", "sync", "watch", *common], check=False, timeout=120)
    assert done.returncode == 0
    assert " ready, " in (tmp_path / "exports" / "notice.txt").read_text("utf-8")
