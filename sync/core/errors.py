"""What stops a run, by the reader's next move. Findings about one invoice are rows, never errors.

    TieoutError
    ├── SetupError     something to correct first; every problem is listed at once        exit 2
    ├── Unavailable    Sage or Manage cannot be reached; nothing was changed, try again   exit 3
    └── Refused        a guard said no before the first write                             exit 4
        └── Lost       the ledger is gone or no longer what was written; it can be rebuilt exit 4

Only entry points catch these. Each carries its sentences as `Text`. What becomes of one row of a push (refused, stale,
unconfirmed) does not stop the run, so it is a value: see `sync.core.posting`.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from sync.core.words import Text, say


class Part(StrEnum):
    """A part of a connection that may have to be corrected, so that it can be asked for again."""

    DRIVER = "driver"
    ADDRESS = "address"
    COMPANY = "company"
    LOGIN = "login"
    RIGHTS = "rights"


class TieoutError(Exception):
    """Base of all errors that Tieout explains in words.

    Attributes:
        sentences: what happened and what to do.
        parts: which parts of a connection may be wrong, where that is known.
    """

    exit_status = 1

    def __init__(self, *sentences: Text, parts: Collection[Part] = ()) -> None:
        super().__init__(*sentences)
        self.sentences = sentences
        self.parts = frozenset(parts)

    @property
    def text(self) -> Text:
        """All its sentences as one text, to be said within another."""
        return Text(tuple(sentence for each in self.sentences for sentence in each.sentences))

    def __str__(self) -> str:
        """Every sentence on a line of its own."""
        return "\n".join(str(sentence) for sentence in self.sentences)


class SetupError(TieoutError):
    """Something in the settings, the command or a login has to be corrected; lists every problem found."""

    exit_status = 2


class Unavailable(TieoutError):
    """Sage or Manage did not answer as needed; nothing was changed and the same command may be tried again."""

    exit_status = 3


class Refused(TieoutError):
    """A guard refused before the first write: wrong company, empty Sage, superseded workbook, tampered ledger, caps."""

    exit_status = 4


class Lost(Refused):
    """The ledger is missing, damaged or cut short: restored from a backup, or rebuilt from both systems."""

    def __init__(self, found: Text) -> None:
        super().__init__(found + say("Restore the whole folder from a backup, or run tieout rebuild."))
