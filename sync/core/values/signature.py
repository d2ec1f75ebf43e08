"""A signature: who stands by which figures of a run, in which role, and the hash over them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, json

from sync.core.values.money import plain
from sync.core.values.runs import Person

SIGNATURE_FORMAT = 1
"""Version of what is hashed."""


class Role(StrEnum):
    """In which role somebody signs."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"


class Measure(StrEnum):
    """What a signed figure is of. Stored in ledgers."""

    ENTERED = "entered"
    ROWS = "rows"
    SETTLED = "settled"
    CHANGE = "change"
    SAGE = "sage"
    MANAGE = "manage"
    UNEXPLAINED = "unexplained"
    DECISIONS = "decisions"
    DECIDED = "decided"


class SignedFigure(Struct, frozen=True, kw_only=True):
    """One figure of a pack, by name.

    Attributes:
        measure: see `Measure`.
        of: the value of the kind, disposition or decision that it is of; empty where it is of the whole.
        currency: ISO code, or `UNNAMED` and Sage's number.
        value: a count, or an amount in that currency.
    """

    measure: Measure
    of: str
    currency: str
    value: Decimal

    @property
    def name(self) -> tuple[Measure, str, str]:
        """What it is, without its value."""
        return self.measure, self.of, self.currency


class Signature(Struct, frozen=True, kw_only=True):
    """A person's signature of a run.

    Attributes:
        run: the run's id.
        role: as which.
        person: who, and where.
        at: when, UTC.
        note: what they said with it.
        figures: what they stand by.
        hash: SHA-256 of those figures; see `hash_of`.
    """

    run: str
    role: Role
    person: Person
    at: datetime
    note: str
    figures: tuple[SignedFigure, ...]
    hash: str


def hash_of(figures: Sequence[SignedFigure]) -> str:
    """Return the SHA-256 of figures, in the order of their names, with the version of the format."""
    named = sorted([each.measure.value, each.of, each.currency, plain(each.value)] for each in figures)
    return hashlib.sha256(json.encode([SIGNATURE_FORMAT, named])).hexdigest()
