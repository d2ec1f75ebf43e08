"""The entry in Windows' Task Scheduler that lets `tieout watch` run every day, for this user and without a window."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import time
from pathlib import Path
from xml.etree import ElementTree as ET

from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
SECONDS = 30
"""For an answer of the Task Scheduler."""
FIRST_DAY = "2026-01-01"
"""Any day that has passed: the entry counts from it."""


class ScheduledTask(Struct, frozen=True, kw_only=True):
    """A daily task.

    Attributes:
        name: in the Task Scheduler.
        program: this Python, in the form that opens no window.
        arguments: for it.
        at: the local time of day.
    """

    name: str
    program: Path
    arguments: tuple[str, ...]
    at: time


def name_of(profile: str | None) -> str:
    """Return the name of a profile's entry."""
    return f"Tieout watch {profile}" if profile else "Tieout watch"


def entry(at: time, profile: str | None, options: Sequence[str], python: Path) -> ScheduledTask:
    """Return the entry for a profile.

    Args:
        at: the local time of day.
        profile: its name; None for the default one.
        options: common options that the watch is to be given.
        python: the program that runs this.
    """
    chosen = ("--profile", profile) if profile else ()
    return ScheduledTask(
        name=name_of(profile),
        program=python.with_name("pythonw.exe"),
        arguments=("-P", "-m", "tieout", "watch", *chosen, *options),  # -P: not from the folder it happens to start in
        at=at,
    )


def xml(task: ScheduledTask) -> str:
    """Return the entry as the Task Scheduler imports it: with the user's own rights, and only while logged on.

    The keyring is open only then. A day on which the computer was off is made up for once it is on again.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}Task", version="1.2")
    trigger = _below(root, "Triggers", "CalendarTrigger")
    _texts(trigger, StartBoundary=f"{FIRST_DAY}T{task.at:%H:%M}:00")
    _texts(_below(trigger, "ScheduleByDay"), DaysInterval="1")
    principal = _below(root, "Principals", "Principal")
    principal.set("id", "Author")
    _texts(principal, LogonType="InteractiveToken", RunLevel="LeastPrivilege")
    _texts(
        _below(root, "Settings"),
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        ExecutionTimeLimit="PT1H",
    )
    actions = _below(root, "Actions")
    actions.set("Context", "Author")
    _texts(_below(actions, "Exec"), Command=str(task.program), Arguments=subprocess.list2cmdline(task.arguments))
    return '<?xml version="1.0" encoding="UTF-16"?>\n' + ET.tostring(root, encoding="unicode")


def create_command(task: ScheduledTask, file: Path) -> list[str]:
    """Return the command that has Windows make the entry, from a file that holds its XML in UTF-16."""
    return ["schtasks", "/Create", "/TN", task.name, "/XML", str(file), "/F"]


def delete_command(name: str) -> list[str]:
    """Return the command that has Windows forget an entry."""
    return ["schtasks", "/Delete", "/TN", name, "/F"]


def create(task: ScheduledTask, *, dry_run: bool) -> Iterator[Text]:
    """Make the entry, or only say it; one sentence per step.

    Raises:
        SetupError: Windows refused.
    """
    words = {"at": f"{task.at:%H:%M}", "name": task.name}
    if sys.platform == "win32" and not dry_run:  # pragma: no cover - needs Windows
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "watch.xml"
            file.write_text(xml(task), encoding="utf-16")
            _run(create_command(task, file))
        yield say("install-scheduled-watch", **words)
        return
    yield say("install-would-schedule-watch", **words)
    yield say("install-would-run-command", command=subprocess.list2cmdline([str(task.program), *task.arguments]))
    yield from _not_here()


def delete(name: str, *, dry_run: bool) -> Iterator[Text]:
    """Remove the entry, or only say it.

    Raises:
        SetupError: Windows refused, or has no such entry.
    """
    if sys.platform == "win32" and not dry_run:  # pragma: no cover - needs Windows
        _run(delete_command(name))
        yield say("install-unscheduled-watch", name=name)
        return
    yield say("install-would-unschedule-watch", name=name)
    yield from _not_here()


def delete_if_there(name: str, *, dry_run: bool) -> Iterator[Text]:
    """Remove the entry where there is one, or only say it; where Windows does not answer, name it."""
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        there = _is_there(name)
        if there:
            try:
                yield from delete(name, dry_run=dry_run)
            except SetupError as error:  # it is named, and the rest is taken away all the same
                yield error.text
        elif there is None:
            yield say("install-scheduler-silent", name=name)
    else:
        yield say("install-would-unschedule-watch", name=name)


def _is_there(name: str) -> bool | None:  # pragma: no cover - needs Windows
    """Return whether there is such an entry; None where Windows does not say."""
    quiet = subprocess.DEVNULL
    try:
        asked = subprocess.run(  # noqa: S603 - fixed words
            ["schtasks", "/Query", "/TN", name],  # noqa: S607 - Windows' own
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.returncode == 0


def _not_here() -> Iterator[Text]:
    if sys.platform != "win32":
        yield say("install-scheduling-needs-windows")


def _run(command: Sequence[str]) -> None:  # pragma: no cover - needs Windows
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            command, capture_output=True, text=True, errors="replace", check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise SetupError(say("install-scheduler-no-answer", seconds=SECONDS)) from error
    if done.returncode:
        raise SetupError(say("install-scheduler-refused", why=" ".join((done.stderr or done.stdout).split()) or "?"))


def _below(parent: ET.Element, *names: str) -> ET.Element:
    for name in names:
        parent = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    return parent


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        _below(parent, name).text = text
