"""Which ids were read and which are left: numbered pages put together, and ranges of ids for the rest.

A page of invoices sorted by id says all there is between its first and its last, at the moment it was answered. Every
id is in one page or in one range, so an invoice that was there all along is read once, whatever comes or goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from msgspec import Struct

PAGE = 1000
"""Invoices on a page, as many as Manage allows; a range of so many ids is complete with any one answer."""
FULL = 930
"""Invoices wanted in a range of more ids: chance puts more than a page into few of them."""
LAST = 2**31 - 1
"""The highest id there can be."""
Span = tuple[int, int]
"""Ids above the first number, up to the second."""


class Newest(Struct, frozen=True, kw_only=True):
    """What numbered pages told.

    Attributes:
        count: how many invoices they hold.
        gaps: ranges between the pages, by rising id.
        low: nothing is known of ids below this one; 1 when all are known.
    """

    count: int
    gaps: tuple[Span, ...]
    low: int


def falling(ids: Sequence[int]) -> bool:
    """A page is sorted as it was asked for, newest first."""
    return all(newer > older for newer, older in pairwise(ids))


def joined(pages: Sequence[Sequence[int]]) -> Newest:
    """What numbered pages leave open.

    Args:
        pages: their ids, falling, from the first page on. They were answered at different moments: the next may begin
            with what the one before it showed already, or leave something out between them.
    """
    gaps: list[Span] = []
    low = LAST + 1
    for place, ids in enumerate(pages):
        if ids:
            if place and ids[0] < low - 1:
                gaps.append((ids[0], low - 1))
            low = min(low, ids[-1])
        if len(ids) < PAGE and (ids or not place):  # below a page that is not full there is nothing
            low = 1
            break
    return Newest(count=len({number for ids in pages for number in ids}), gaps=tuple(reversed(gaps)), low=low)


def dense(low: int, about: int) -> bool:
    """So many invoices below an id fill ranges of a page's width, so that nobody need count them first."""
    return ceil((low - 1) / PAGE) <= _filled(about)


def cut(low: int, about: int) -> list[Span]:
    """Ranges that hold all ids below one, so that each needs one answer, or few more.

    Never more ranges than the invoices fill: with the pages that follow a full one, at most about twice the fewest
    requests, however the ids lie.

    Args:
        low: the id below which nothing is known.
        about: how many invoices are left.
    """
    if low <= 1:
        return []
    count = min(ceil((low - 1) / PAGE), _filled(about))
    return list(pairwise((low - 1) * place // count for place in range(count + 1)))


def condition(spans: Sequence[Span]) -> str:
    """A question for the invoices of these ranges."""
    return " or ".join(f"(id > {above} and id <= {up_to})" for above, up_to in spans)


def _filled(about: int) -> int:
    return max(1, ceil(about / FULL))
