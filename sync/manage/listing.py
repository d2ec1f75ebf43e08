"""Invoices by the page: the answer to one question to its end, and every invoice of a site, read side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import requests
from msgspec import Struct

from sync.core.errors import TieoutError, Unavailable
from sync.core.records import Invoice
from sync.core.words import say
from sync.manage import wire
from sync.manage.line import Line
from sync.manage.spans import LAST, PAGE, Newest, Span, condition, cut, dense, falling, joined

INVOICES = "/finance/invoices"
READ_INVOICES = say("read invoices")
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
        with self._pool() as pool:
            return list(pool.map(ask, questions))

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                yield pool
            except TieoutError:
                pool.shutdown(cancel_futures=True)
                raise

    def count(self) -> int:
        """How many invoices there are."""
        counted, _ = self._line.get(f"{INVOICES}/count", wire.Count, READ_INVOICES, {})
        return counted.count

    def answer(self, asked: str | None) -> list[Invoice]:
        """All invoices that a condition is true for; None asks for every invoice."""
        return [invoice for page in self._paged(asked) for invoice in self._shown(page)]

    def everything(self, about: int, *, exact: bool = False) -> list[Invoice]:
        """Every invoice, each once: the newest by numbered pages, the rest by ranges of ids.

        Nothing is asked above the first page: an invoice made later was not there when the reading began. Pages are
        looked at in full while the next are on their way.

        Args:
            about: how many there may be. Only the number of requests depends on it, never what is read.
            exact: it is Manage's own count.

        Raises:
            Unavailable: no complete answer, or one that was not asked for.
        """
        likely = min(self.threads, max(1, int(about * SURE) // PAGE))
        with self._pool() as pool:
            pages = list(pool.map(self._newest, range(1, likely + 1)))
            if not all(falling(page.ids) for page in pages):  # a site that does not sort is read from its beginning
                return self.answer(None)
            newest = joined([page.ids for page in pages])
            rest = pool.map(self._in_ranges, self._left(newest, about, exact=exact))
            known = {invoice.id: invoice for page in pages for invoice in self._shown(page)}
            for page in chain.from_iterable(rest):
                before, found = len(known), self._shown(page)
                known |= {invoice.id: invoice for invoice in found}
                if len(known) < before + len(found):
                    raise Unavailable(
                        say("Manage showed invoices that were not asked for. Nothing was changed; try again.")
                    )
        return [known[number] for number in sorted(known)]

    def _left(self, newest: Newest, about: int, *, exact: bool) -> list[tuple[Span, ...]]:
        """Questions for what numbered pages left open."""
        left = about - newest.count
        if not (exact or dense(newest.low, left)):
            left = self.count() - newest.count
        return [(span,) for span in cut(newest.low, left)] + [newest.gaps] * bool(newest.gaps)

    def _newest(self, number: int) -> _Page:
        """One page of all invoices, the newest first."""
        return self._page({"orderBy": "id desc", "page": number})

    def _in_ranges(self, spans: Sequence[Span]) -> list[_Page]:
        return list(self._paged(condition(spans), spans[-1][1]))

    def _paged(self, asked: str | None, end: int = LAST) -> Iterator[_Page]:
        """All pages of a question, forward only, so that none added meanwhile shifts the others.

        Args:
            asked: the condition; None for every invoice.
            end: no invoice asked for has a higher id, so that a page which reaches it is the last.
        """
        parameters: dict[str, object] = {} if asked is None else {"conditions": asked}
        last = 0
        while True:
            page = self._page(parameters, pagination_type="forward-only")
            yield page
            if len(page.ids) < PAGE or page.ids[-1] >= end:
                return
            following = _next_page(page.response) or page.ids[-1]
            if following <= last:
                raise Unavailable(say("Manage's pages of invoices do not end. Nothing was changed; try again."))
            parameters["pageId"] = last = following

    def _page(self, parameters: Mapping[str, object], **headers: str) -> _Page:
        asked = {"fields": wire.INVOICE_FIELDS, "pageSize": PAGE, **parameters}
        found, response = self._line.get(INVOICES, list[wire.Numbered], READ_INVOICES, asked, **headers)
        return _Page(ids=[each.id for each in found], response=response)

    def _shown(self, page: _Page) -> list[Invoice]:
        return [wire.invoice(each) for each in self._line.decoded(page.response, list[wire.WireInvoice])]


class _Page(Struct, frozen=True, kw_only=True):
    """A page of which only the ids have been looked at."""

    ids: list[int]
    response: requests.Response


def _next_page(response: requests.Response) -> int | None:
    """The page id in the Link header; its address is never followed."""
    url = response.links.get("next", {}).get("url", "")
    found = parse_qs(urlsplit(url).query).get("pageId", [""])[0]
    return int(found) if found.isdecimal() else None
