"""How a button's task ended."""

from __future__ import annotations

from msgspec import Struct


class Told(Struct, frozen=True, kw_only=True):
    """How a button's task ended.

    Attributes:
        sentence: what the status cell says.
        done: nothing went wrong.
    """

    sentence: str
    done: bool = True
