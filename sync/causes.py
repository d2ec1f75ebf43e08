"""Why the operating system or SQLite did not do what it was asked, in words that a sentence takes after a colon."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping

from sync.core.words import Text, say

_IN_USE = say("another program is using it")
_FORBIDDEN = say("the system does not allow it, or another program has it open")
_FULL = say("the disk is full")
_READ_ONLY = say("it may only be read")
_FAILED = say("the disk or the network failed")
_DAMAGED = say("it is damaged, or holds something else")

_BY_SYSTEM: Mapping[int, Text] = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EADDRINUSE: _IN_USE,
    errno.EBUSY: _IN_USE,
    errno.EEXIST: say("something of that name is there already"),
    errno.EINVAL: say("the system does not take that name"),
    errno.EIO: _FAILED,
    errno.EISDIR: say("it is a folder"),
    errno.ENAMETOOLONG: say("the name is too long"),
    errno.ENOENT: say("there is no such file or folder"),
    errno.ENOSPC: _FULL,
    errno.ENOTDIR: say("part of the path is a file rather than a folder"),
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
_PRIMARY = 0xFF
"""The low byte of SQLite's extended result codes is the code proper."""


def sqlite_code(error: Exception) -> int:
    """SQLite's result code of an error; that of damage where the reader found the fault by itself."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _PRIMARY


def cause(error: Exception) -> Text | str:
    """Why it failed; what is not known here is told in the system's own words, which are in the system's language."""
    if isinstance(error, OSError):
        return _BY_SYSTEM.get(error.errno or 0) or error.strerror or str(error)
    return _BY_SQLITE.get(sqlite_code(error)) or str(error)
