"""This computer: who works at it, its clock (or the day that stands for it in rehearsals), and the lock of one run."""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from msgspec import DecodeError, Struct, json

from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import Text, say
from sync.core.values.runs import Person
from sync.system.files import cause
from sync.system.local_folders import must_be_local

_log = logging.getLogger(__name__)


class SystemClock(Struct, frozen=True):
    """The clock of this computer.

    Attributes:
        day: set by `--today`; stands for every clock's date.
    """

    day: date | None = None

    def now(self) -> datetime:
        """Return the moment, UTC."""
        return datetime.now(UTC)

    def today(self) -> date | None:
        """Return the day set by `--today`, if any."""
        return self.day

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C interrupts."""
        time.sleep(seconds)


HOLDER = "tieout.lock.txt"
"""Beside the lock: since when it is held (UTC), and by whom, as JSON, so that each reader is told in their language."""


def this_person() -> Person:
    """Return who runs this, as the operating system knows the process's user, and on which computer.

    No variable of the environment and no setting has a say: whoever changed one would be somebody else.

    Raises:
        SetupError: Windows does not say who it is.
    """
    name = _name_by_windows() if sys.platform == "win32" else _name_by_posix()
    return Person(user=name, computer=platform.node())


def _name_by_posix() -> str:
    """Return the account's name; its number where it has no name, as in some containers."""
    import pwd  # noqa: PLC0415 - Windows has none

    user = os.geteuid()
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid {user}"


_SAM_NAME = 2
"""What Windows calls NameSamCompatible: `DOMAIN\\user`, so that accounts of two domains are two people."""
_LONGEST_NAME = 1024


def _name_by_windows() -> str:
    """Return the user whom the process runs as, with the domain where Windows tells it."""
    dll: Any = getattr(ctypes, "WinDLL")  # noqa: B009 - exists on Windows only
    words, size = ctypes.create_unicode_buffer(_LONGEST_NAME), ctypes.c_ulong(_LONGEST_NAME)
    if dll("secur32").GetUserNameExW(_SAM_NAME, words, ctypes.byref(size)) and words.value:
        return words.value
    size = ctypes.c_ulong(_LONGEST_NAME)
    if not (dll("advapi32").GetUserNameW(words, ctypes.byref(size)) and words.value):
        raise SetupError(say("system-user-not-told"))
    return words.value


@contextmanager
def hold_lock(state: Path) -> Iterator[None]:
    """Hold this user's lock on this computer. The operating system frees it when the process dies."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only runs need it

    must_be_local(state)
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "tieout.lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise Refused(_who_holds(state) + say("sync-wait-for-other-run")) from error
    except OSError as error:
        raise SetupError(say("sync-state-folder-unusable", folder=str(state), why=cause(error))) from error
    _log.info("the lock in %s is taken", state)
    try:
        with suppress(OSError):  # only names the holder; the lock holds without it
            (state / HOLDER).write_bytes(json.encode((SystemClock().now(), this_person())))
        yield
    finally:
        lock.release()
        _log.info("the lock is given back")


def _who_holds(state: Path) -> Text:
    """Say who holds the lock and since when, as far as can be read: the file may be written just now, or be older."""
    try:
        since, person = json.decode((state / HOLDER).read_bytes(), type=tuple[datetime, Person])
    except (OSError, UnicodeDecodeError, DecodeError):
        return say("sync-tieout-already-running")
    return say(
        "sync-tieout-running-since",
        at=f"{since.astimezone():%Y-%m-%d %H:%M:%S}",
        user=person.user,
        computer=person.computer,
    )
