"""Invoices by the page: the answer to one question to its end, and every invoice of a site, read side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from operator import attrgetter
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import requests

from sync.core.errors import TieoutError, Unavailable
from sync.core.records import Invoice
from sync.core.words import say
from sync.manage import wire
from sync.manage.line import Line
from sync.manage.spans import PAGE, Span, condition, cut, dense, falling, joined

INVOICES = "/finance/invoices"
LAST = 2**31 - 1
"""The highest id there can be."""
SURE = 0.9
"""Of the pages that a site may have, this part is asked for before it is known how many there are."""
Given = TypeVar("Given")
Found = TypeVar("Found")


class Listing:
    """The invoices of a site.

    Attributes:
        threads: how many requests may be under way at once.
    """

    def __init__(self, line: Line, threads: int) -> None:
        self._line = line
        self.threads = threads

    def side_by_side(self, ask: Callable[[Given], Found], questions: Sequence[Given]) -> list[Found]:
        """The answers to all questions, in their order; the first failure ends it."""
        if len(questions) == 1:
            return [ask(questions[0])]
        with ThreadPoolExecutor(min(self.threads, len(questions) or 1)) as pool:
            try:
                return list(pool.map(ask, questions))
            except TieoutError:
                pool.shutdown(cancel_futures=True)
                raise

    def count(self) -> int:
        """How many invoices there are."""
        counted, _ = self._line.get(f"{INVOICES}/count", wire.Count, "invoices", {})
        return counted.count

    def answer(self, asked: str | None, end: int = LAST) -> list[Invoice]:
        """All invoices that a condition is true for, page by page, forward only, so that none added shifts the others.

        Args:
            asked: the condition; None for every invoice.
            end: no invoice asked for has a higher id, so that a page which reaches it is the last.
        """
        parameters: dict[str, object] = {"fields": wire.INVOICE_FIELDS, "pageSize": PAGE}
        if asked is not None:
            parameters["conditions"] = asked
        found: list[Invoice] = []
        last = 0
        while True:
            page, response = self._line.get(
                INVOICES, list[wire.WireInvoice], "invoices", parameters, pagination_type="forward-only"
            )
            found += wire.invoices(page)
            if len(page) < PAGE or page[-1].id >= end:
                return found
            following = _next_page(response) or page[-1].id
            if following <= last:
                raise Unavailable(say("Manage's pages of invoices do not end. Nothing was changed; try again."))
            parameters["pageId"] = last = following

    def everything(self, about: int, *, exact: bool = False) -> list[Invoice]:
        """Every invoice, each once: the newest by numbered pages, the rest by ranges of ids.

        Nothing is asked above the first page: an invoice made later was not there when the reading began.

        Args:
            about: how many there may be. Only the number of requests depends on it, never what is read.
            exact: it is Manage's own count.
        """
        likely = min(self.threads, max(1, int(about * SURE) // PAGE))
        pages = self.side_by_side(self._newest, range(1, likely + 1))
        if not all(map(falling, pages)):  # a site that does not sort is read from its beginning
            return self.answer(None)
        newest = joined(pages)
        left = about - len(newest.invoices)
        if not (exact or dense(newest.low, left)):
            left = self.count() - len(newest.invoices)
        questions = [(span,) for span in cut(newest.low, left)] + [newest.gaps] * bool(newest.gaps)
        rest = self.side_by_side(self._in_ranges, questions)
        return _once(chain(newest.invoices, *rest))

    def _newest(self, number: int) -> list[Invoice]:
        """One page of all invoices, the newest first."""
        asked = {"fields": wire.INVOICE_FIELDS, "pageSize": PAGE, "orderBy": "id desc", "page": number}
        page, _ = self._line.get(INVOICES, list[wire.WireInvoice], "invoices", asked)
        return wire.invoices(page)

    def _in_ranges(self, spans: Sequence[Span]) -> list[Invoice]:
        return self.answer(condition(spans), spans[-1][1])


def _once(found: Iterable[Invoice]) -> list[Invoice]:
    """Invoices by rising id.

    Raises:
        Unavailable: one came twice, so that the site did not answer what it was asked.
    """
    by_id = sorted(found, key=attrgetter("id"))
    if any(one.id == next_one.id for one, next_one in pairwise(by_id)):
        raise Unavailable(say("Manage showed an invoice in two places at once. Nothing was changed; try again."))
    return by_id


def _next_page(response: requests.Response) -> int | None:
    """The page id in the Link header; its address is never followed."""
    url = response.links.get("next", {}).get("url", "")
    found = parse_qs(urlsplit(url).query).get("pageId", [""])[0]
    return int(found) if found.isdecimal() else None
