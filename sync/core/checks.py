"""What `tieout check` finds of each link, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.core.words import Text


class Verdict(StrEnum):
    """How a check ended. A warning does not stop a run."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One link, tested.

    Attributes:
        link: what was tested, in a few words ("Sage login").
        verdict: see `Verdict`.
        finding: what is so, and for anything but OK what to do about it.
    """

    link: Text
    verdict: Verdict
    finding: Text
