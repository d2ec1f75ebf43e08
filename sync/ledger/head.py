"""Where the chain ended, kept beside the ledger: a ledger that was cut short or taken away does not match it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import msgspec

from sync.core.errors import Lost
from sync.core.journal import Head
from sync.core.words import say
from sync.ledger.schema import GENESIS

FILE = "ledger.head"


class HeadFile:
    """The file `ledger.head` in a state folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def exists(self) -> bool:
        """A ledger has been here."""
        return self.path.exists()

    def read(self) -> Head | None:
        """The head last written; None when there is no file.

        Raises:
            OSError: the file cannot be read.
            Lost: it does not hold a head.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Head)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Lost(
                say("{path} is damaged, so nobody can tell whether the ledger beside it is whole.", path=str(self.path))
            ) from None

    def write(self, head: Head) -> None:
        """Replace the head, whole or not at all. The caller holds the ledger's lock, so that heads never cross.

        Raises:
            OSError: the file cannot be written.
        """
        temporary = self.path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(msgspec.json.encode(head))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)


def end_of(connection: sqlite3.Connection) -> Head:
    """The end of the chain in a ledger's file."""
    last = connection.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(rows=last[0], hash=last[1]) if last else Head(rows=0, hash=GENESIS)
