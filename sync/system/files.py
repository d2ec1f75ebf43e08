"""Files that appear whole or not at all, folders that can be used, and why the operating system refused."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import platformdirs

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say

_IN_USE = say("cause-in-use")
_FORBIDDEN = say("cause-forbidden")
_FULL = say("cause-disk-full")
_READ_ONLY = say("cause-read-only")
_FAILED = say("cause-device-failed")
_DAMAGED = say("cause-damaged")
_BY_SYSTEM: Mapping[int, Text] = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EADDRINUSE: _IN_USE,
    errno.EBUSY: _IN_USE,
    errno.EEXIST: say("cause-name-taken"),
    errno.EINVAL: say("cause-name-not-allowed"),
    errno.EIO: _FAILED,
    errno.EISDIR: say("cause-is-a-folder"),
    errno.ENAMETOOLONG: say("cause-name-too-long"),
    errno.ENOENT: say("cause-not-found"),
    errno.ENOSPC: _FULL,
    errno.ENOTDIR: say("cause-file-within-path"),
    errno.EROFS: _READ_ONLY,
}
_BY_SQLITE: Mapping[int, Text] = {
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FAILED,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
}
DAY = 86_400
"""Seconds."""
_PRIMARY = 0xFF
"""The low byte of SQLite's extended result codes is the code proper."""


def sqlite_code(error: Exception) -> int:
    """Return SQLite's result code of an error; that of damage where the reader found the fault by itself."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _PRIMARY


def cause(error: Exception) -> Text | str:
    """Return why it failed; in the system's own words and language where this module has none for it."""
    if isinstance(error, OSError):
        number = errno.EISDIR if _is_of_a_folder(error) else error.errno or 0
        return _BY_SYSTEM.get(number) or error.strerror or str(error)
    return _BY_SQLITE.get(sqlite_code(error)) or str(error)


def _is_of_a_folder(error: OSError) -> bool:
    """Return whether a folder stands where a file was to be: Windows says no more than that it is forbidden."""
    if os.name != "nt" or error.errno != errno.EACCES:
        return False
    opened = error.filename if getattr(error, "winerror", None) is None else None  # by C's `open`, which has no folders
    return any(name and os.path.isdir(name) for name in (opened, error.filename2))  # noqa: PTH112 - bytes too


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file beside `path` that takes its place when all went well, and is removed when not.

    What a process left that was killed is removed a day later.
    """
    beside = path.with_name(f".tieout-{secrets.token_hex(4)}.tmp")
    with contextlib.suppress(OSError):
        for left in path.parent.glob(".tieout-????????.tmp"):
            if time.time() - left.stat().st_mtime > DAY:
                left.unlink()
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def exports_folder() -> Path:
    """Return the folder that audit files go to: of TIEOUT_EXPORTS, else Tieout among the user's documents.

    Raises:
        SetupError: it cannot be made.
    """
    return made_folder(watch_folder(None))


def watch_folder(profile: str | None) -> Path:
    """Return the folder that a watch writes to unless it is given one: each profile has its own among the exports."""
    return Path(os.environ.get("TIEOUT_EXPORTS") or platformdirs.user_documents_path() / "Tieout") / (profile or "")


def made_folder(folder: Path) -> Path:
    """Make a folder for files that people look at, if need be, and return it.

    Raises:
        SetupError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(say("export-named-folder-cannot-be-made", folder=str(folder), why=cause(error))) from error
    return folder
