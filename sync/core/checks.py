"""What `tieout check` finds of each link, in words."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sync.core.errors import Part, TieoutError, Unavailable
from sync.core.words import Text


class Verdict(StrEnum):
    """How a check ended. A warning does not stop a run; what is unreachable may answer later."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


class Check(Struct, frozen=True, kw_only=True):
    """One link, tested.

    Attributes:
        link: what was tested, in a few words ("Sage login").
        verdict: see `Verdict`.
        finding: what is so, and for anything but OK what to do about it.
        parts: of the connection, those that may be wrong, where that is known.
    """

    link: Text
    verdict: Verdict
    finding: Text
    parts: frozenset[Part] = frozenset()


def failed(link: Text, error: TieoutError) -> list[Check]:
    """A link that an error came from: one check for each of its sentences."""
    verdict = Verdict.UNREACHABLE if isinstance(error, Unavailable) else Verdict.FAILED
    return [Check(link=link, verdict=verdict, finding=sentence, parts=error.parts) for sentence in error.sentences]
