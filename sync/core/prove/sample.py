"""A sample of a run's rows to test: every large one, and others by chance that anybody can work out again.

A row's place in the draw is the SHA-256 of `run:key`, lowest first: the same rows come out whenever and wherever it is
drawn, and nobody can choose them before the run has its id.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.figures import Disposition
from sync.core.prove.month import LastSeen
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import natural
from sync.core.values.money import ZERO, cents
from sync.core.values.proposal import Proposal

SHARE = Decimal("0.05")
"""A row is large from this part on of all that Sage shows settled in its currency."""
DRAWN = 25
"""How many of the others are drawn."""
_UNTESTED = frozenset({Disposition.OUT_OF_SCOPE, Disposition.OPENING})


class Chosen(Struct, frozen=True, kw_only=True):
    """A row to test, and whether it is because it is large, or by chance."""

    row: Proposal
    large: bool


class Sample(Struct, frozen=True, kw_only=True):
    """The rows to test, and how they were found.

    Attributes:
        chosen: large rows first, by number; then those that were drawn, by number.
        of: how many rows it was taken from: those with something to be paid.
        least: in each currency, from which amount on a row is large.
    """

    chosen: tuple[Chosen, ...]
    of: int
    least: Mapping[str, Decimal]


def sample(seen: Audit | LastSeen, name: str) -> Sample:
    """Return the sample of a run or of a month, whose name decides what is drawn."""
    rows = [row for row in seen.rows if row.settled is not None and seen.became(row) not in _UNTESTED]
    settled: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        settled[row.unit] += _size(row)
    least = {unit: cents(settled[unit] * SHARE) for unit in sorted(settled)}
    large = [row for row in rows if _size(row) >= least[row.unit] > ZERO]
    keys = {row.key for row in large}
    others = sorted((row for row in rows if row.key not in keys), key=lambda row: _place(name, row.key))
    found = [*((row, True) for row in _by_number(large)), *((row, False) for row in _by_number(others[:DRAWN]))]
    chosen = tuple(Chosen(row=row, large=is_large) for row, is_large in found)
    return Sample(chosen=chosen, of=len(rows), least=least)


def _size(row: Proposal) -> Decimal:
    return abs(row.settled or ZERO)


def _by_number(rows: list[Proposal]) -> list[Proposal]:
    return sorted(rows, key=lambda row: (natural(row.invoice), row.key))


def _place(name: str, key: str) -> str:
    return hashlib.sha256(f"{name}:{key}".encode()).hexdigest()
