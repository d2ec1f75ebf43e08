"""Which ids were read and which are left: numbered pages put together, and ranges of ids for the rest.

A page of invoices sorted by id says all there is between its first and its last, at the moment it was answered. Every id
is in one page or in one range, so an invoice that was there all along is read once, whatever comes or goes meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from sync.core.records import Invoice

PAGE = 1000
"""Invoices on a page, as many as Manage allows; a range of so many ids is complete with any one answer."""
FULL = 930
"""Invoices wanted in a range of more ids: chance puts more than a page into few of them."""
Span = tuple[int, int]
"""Ids above the first number, up to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """What numbered pages told.

    Attributes:
        invoices: each once.
        gaps: between the pages, by rising id.
        low: nothing is known of ids below this one; 1 when all are known.
    """

    invoices: list[Invoice]
    gaps: tuple[Span, ...]
    low: int


def falling(page: Sequence[Invoice]) -> bool:
    """The page is sorted as it was asked for, newest first."""
    return all(newer.id > older.id for newer, older in pairwise(page))


def joined(pages: Sequence[Sequence[Invoice]]) -> Newest:
    """Numbered pages, the newest first, as one list without doubles.

    Args:
        pages: from the first page on, each sorted by falling id. They were answered at different moments, so that the
            next may begin with what the one before it showed already, or leave something out between them.
    """
    found: list[Invoice] = []
    gaps: list[Span] = []
    low: int | None = None
    for page in pages:
        if page:
            if low is not None and page[0].id < low - 1:
                gaps.append((page[0].id, low - 1))
            found += page if low is None else [invoice for invoice in page if invoice.id < low]
            low = found[-1].id
        if len(page) < PAGE and (page or low is None):
            low = 1
            break
    return Newest(invoices=found, gaps=tuple(reversed(gaps)), low=low or 1)


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
