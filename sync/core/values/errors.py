"""What stops a run, by the reader's next move. Findings about one invoice are rows, never errors.

    TieoutError        (`sync.usecases.push.Stopped`: a push was cut short after it began to write)   exit 1
    ├── SetupError     something to correct first; every problem is listed at once        exit 2
    │   └── NotFound   Manage finds no such record, or this login may not see it          exit 2
    ├── Unavailable    Sage or Manage cannot be reached; nothing was changed, try again   exit 3
    └── Refused        a guard said no before the first write                             exit 4
        └── LedgerLost the ledger is gone or no longer what was written; it can be rebuilt exit 4

Only entry points catch these. Each carries its sentences as `Text`. What becomes of one row of a push (refused, stale,
unknown) does not stop the run, so it is a value: see `sync.core.values.posting`. What `tieout check` finds of each link
is a value too, `Check`.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct

from sync.core.values.messages import Language, Text, say


class LoginPart(StrEnum):
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

    def __init__(self, *sentences: Text, parts: Collection[LoginPart] = ()) -> None:
        super().__init__(*sentences)
        self.sentences = sentences
        self.parts = frozenset(parts)

    @property
    def text(self) -> Text:
        """All its sentences as one text, to be said within another."""
        return Text(tuple(sentence for each in self.sentences for sentence in each.sentences))

    def said(self, language: Language) -> str:
        """Return its sentences in a language, each on a line of its own."""
        return "\n".join(sentence.said(language) for sentence in self.sentences)

    def __str__(self) -> str:
        """Return the ids and values of its sentences, for programmers and the log; `said` has the words."""
        return "; ".join(map(str, self.sentences))


class SetupError(TieoutError):
    """Something in the settings, the command or a login has to be corrected; lists every problem found."""

    exit_status = 2


class NotFound(SetupError):
    """Manage found nothing where it was asked: the record is gone, or the login or the address is wrong (404)."""


class Unavailable(TieoutError):
    """Sage or Manage did not answer as needed; nothing was changed and the same command may be tried again."""

    exit_status = 3


class Refused(TieoutError):
    """A guard refused before the first write: wrong company, empty Sage, superseded workbook, tampered ledger, caps."""

    exit_status = 4


class LedgerLost(Refused):
    """The ledger is missing, damaged or cut short: restored from a backup, or rebuilt from both systems."""

    def __init__(self, found: Text) -> None:
        super().__init__(found + say("lost-ledger-restore-or-rebuild"))
        self.found = found


class Verdict(StrEnum):
    """How a check ended. A warning does not stop a run; what is unreachable may answer later."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


class System(StrEnum):
    """One of the two systems that are to agree."""

    SAGE = "sage"
    MANAGE = "manage"


class Check(Struct, frozen=True, kw_only=True):
    """One link, tested.

    Attributes:
        link: what was tested, in a few words ("Sage login").
        verdict: see `Verdict`.
        finding: what is so, and for anything but OK what to do about it.
        parts: of the connection, those that may be wrong, where that is known.
        system: that it leads to; None where it stays on this computer.
    """

    link: Text
    verdict: Verdict
    finding: Text
    parts: frozenset[LoginPart] = frozenset()
    system: System | None = None


def failed_checks(link: Text, error: TieoutError) -> list[Check]:
    """Return the checks of a link that an error came from: one for each of its sentences."""
    verdict = Verdict.UNREACHABLE if isinstance(error, Unavailable) else Verdict.FAILED
    return [Check(link=link, verdict=verdict, finding=sentence, parts=error.parts) for sentence in error.sentences]
