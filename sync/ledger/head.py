"""Where the chain ended, kept beside the ledger: a ledger that was cut short or taken away does not match it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from sync.core.errors import Refused
from sync.core.journal import Head
from sync.core.words import say

FILE = "ledger.head"


class HeadFile:
    """The file `ledger.head` in a state folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @property
    def name(self) -> str:
        """Its full name, for people."""
        return str(self._path)

    def exists(self) -> bool:
        """A ledger has been here."""
        return self._path.exists()

    def read(self) -> Head | None:
        """The head last written; None when there is no file.

        Raises:
            Refused: the file cannot be read for certain.
        """
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Head)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            raise Refused(
                say(
                    "The file {path} is damaged, so the ledger beside it cannot be trusted. Restore both from a "
                    "backup.",
                    path=str(self._path),
                )
            ) from None

    def write(self, head: Head) -> None:
        """Replace the head, whole or not at all."""
        temporary = self._path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(msgspec.json.encode(head))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
