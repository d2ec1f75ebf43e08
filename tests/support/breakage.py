"""What can happen to one request on its way to Manage, and to the answer on its way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

End = Enum("End", "CLOSE RESET HANG")
"""How a connection to Tieout ends once its bytes have passed; HANG leaves it open and silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toxic:
    """What happens to one request and its answer.

    Attributes:
        delivered: the request reaches the site.
        passed: how many bytes of the answer reach Tieout; None for all of them.
        end: how the connection ends after them.
        drops: in so many pieces the answer comes.
        pause: seconds before each piece.
        last: from just before this answer on, nobody listens any more.
    """

    delivered: bool = True
    passed: int | None = None
    end: End = End.CLOSE
    drops: int = 1
    pause: float = 0.0
    last: bool = False


HEALTHY = Toxic()


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """One whole request, as it arrived; `path` is below the API's address."""

    method: str
    path: str

    @property
    def writes(self) -> bool:
        """It asks for a change."""
        return self.method != "GET"
