"""The daily entry in Windows' Task Scheduler, as it would be made."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from defusedxml import ElementTree

from addin.install import schedule
from tests.cli.world import Terminal

SPACE = f"{{{schedule.NAMESPACE}}}"
PYTHON = Path("/C/Program Files/Python/python.exe")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminal(capsys, tmp_path)


def test_the_entry_runs_daily_for_this_user_without_a_window() -> None:
    """No more rights than the user has, only while logged on, and made up for after a day off."""
    task = schedule.entry(time(7, 5), "north", ["--state", "C:\\A & B\\state"], PYTHON)
    text = schedule.xml(task)
    assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>')
    root = ElementTree.fromstring(text.encode("utf-16"))
    found = {each.tag.removeprefix(SPACE): (each.text or "") for each in root.iter() if each.text}
    assert found == {
        "StartBoundary": "2026-01-01T07:05:00",
        "DaysInterval": "1",
        "LogonType": "InteractiveToken",
        "RunLevel": "LeastPrivilege",
        "MultipleInstancesPolicy": "IgnoreNew",
        "DisallowStartIfOnBatteries": "false",
        "StopIfGoingOnBatteries": "false",
        "StartWhenAvailable": "true",
        "ExecutionTimeLimit": "PT1H",
        "Command": str(PYTHON.with_name("pythonw.exe")),
        "Arguments": '-P -m tieout watch --profile north --state "C:\\A & B\\state"',
    }


def test_windows_is_told_in_one_command_each() -> None:
    """An entry of the same name is replaced; each profile has one."""
    task = schedule.entry(time(7, 5), None, [], PYTHON)
    file = Path("watch.xml")
    assert schedule.create_command(task, file) == [
        "schtasks",
        "/Create",
        "/TN",
        "Tieout watch",
        "/XML",
        "watch.xml",
        "/F",
    ]
    assert schedule.delete_command(schedule.name_of("north")) == [
        "schtasks",
        "/Delete",
        "/TN",
        "Tieout watch north",
        "/F",
    ]


def test_elsewhere_it_is_only_told(terminal: Terminal) -> None:
    """With the command that would run; nothing else is installed."""
    answer = terminal.tieout("install", "--watch", "07:30", "--profile", "north", "--config", "own.toml")
    assert answer.status == 0
    assert "every day at 07:30, as Tieout watch north" in answer.out
    assert f"watch --profile north --config {terminal.folder / 'own.toml'}" in answer.out
    assert "Nothing was changed, because this is not Windows." in answer.out
    assert "Tieout.xlsm" not in answer.out
    gone = terminal.tieout("install", "--no-watch")
    assert (gone.status, "Tieout watch would be removed" in gone.out) == (0, True)
    assert list(terminal.folder.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--watch", "7h30"], ["--watch", "25:00"], ["--watch", "07:30", "--no-watch"]])
def test_no_time_of_day_is_refused(terminal: Terminal, arguments: list[str]) -> None:
    """Exit 2."""
    assert terminal.tieout("install", *arguments).status == 2
