"""Invoices by the page: the answer to one question to its end, and every invoice of a site, read side by side.

A page of invoices sorted by id says all there is between its first and its last, at the moment it was answered. Every
id is in one page or in one range, so an invoice that was there all along is read once, whatever comes or goes. An
answer ends where it names no next page: one that is not full says nothing about those behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, count, pairwise
from math import ceil
from typing import Any, TypeVar

import requests
from msgspec import Struct

from sync.core.values.errors import SetupError, TieoutError, Unavailable
from sync.core.values.messages import say
from sync.core.values.records import Invoice, InvoiceList
from sync.language.catalogues import ENGLISH
from sync.manage import payloads
from sync.manage.http_session import ManageSession
from sync.manage.manage_errors import QuestionRefused
from sync.settings.settings_file import BalanceIdentity
from sync.system.log import log_error

PAGE = 1000
"""Invoices on a page, as many as Manage allows; a site may give fewer."""
FULL = 930
"""Invoices wanted in a range of more ids: chance puts more than a page into few of them."""
LAST = 2**31 - 1
"""The highest id there can be."""
Span = tuple[int, int]
"""Ids above the first number, up to the second."""


class PagesRead(Struct, frozen=True, kw_only=True):
    """What numbered pages say of the invoices of a site.

    Attributes:
        count: how many invoices they hold.
        gaps: ranges between the pages, by rising id.
        low: nothing is known of ids below this one; 1 when all are known.
    """

    count: int
    gaps: tuple[Span, ...]
    low: int


def falling(ids: Sequence[int]) -> bool:
    """Return whether ids fall, as on a page sorted newest first."""
    return all(newer > older for newer, older in pairwise(ids))


def pages_read(pages: Sequence[Sequence[int]], *, ended: bool) -> PagesRead:
    """Return how many invoices the numbered pages hold and which ranges of ids they leave unread.

    Args:
        pages: their ids, falling, from the first page on. They were answered at different moments: the next may begin
            with what the one before it showed already, or leave something out between them.
        ended: one of them names no next page, so that there is nothing below them.
    """
    gaps: list[Span] = []
    low = LAST + 1
    for index, ids in enumerate(pages):
        if ids:
            if index and ids[0] < low - 1:
                gaps.append((ids[0], low - 1))
            low = min(low, ids[-1])
    count = len({number for ids in pages for number in ids})
    return PagesRead(count=count, gaps=tuple(reversed(gaps)), low=1 if ended else low)


def id_ranges(low: int, about: int) -> list[Span]:
    """Return the ranges that hold all ids below one, so that each needs one answer, or few more.

    Never more ranges than the invoices fill: with the pages that follow a full one, at most about twice the fewest
    requests, however the ids lie.

    Args:
        low: the id below which nothing is known.
        about: how many invoices are left.
    """
    if low <= 1:
        return []
    count = min(ceil((low - 1) / PAGE), max(1, ceil(about / FULL)))
    return list(pairwise((low - 1) * step // count for step in range(count + 1)))


def condition(spans: Sequence[Span]) -> str:
    """Return a question for the invoices of these ranges."""
    return " or ".join(f"(id > {above} and id <= {up_to})" for above, up_to in spans)


def above(number: int, asked: str) -> str:
    """Return a question narrowed to the invoices above an id."""
    return f"id > {number} and ({asked})"


INVOICES = "/finance/invoices"
READ_INVOICES = say("manage-to-read-invoices")
SURE = 0.9
"""The share of a site's expected pages that is requested before their number is known."""
Given = TypeVar("Given")
Answer = TypeVar("Answer")
Record = TypeVar("Record", bound=payloads.WirePayment)


class InvoicePages:
    """The invoices of a site.

    Attributes:
        threads: how many requests may be under way at once.
    """

    def __init__(self, session: ManageSession, threads: int, identity: BalanceIdentity = BalanceIdentity.ON) -> None:
        self._session = session
        self._identity = identity
        self.threads = threads

    def side_by_side(self, ask: Callable[[Given], Answer], questions: Sequence[Given]) -> list[Answer]:
        """Return the answers to all questions, in their order; the first failure ends it."""
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

    def count(self) -> int | None:
        """Return how many invoices there are; None where Manage, or this login's role, has no answer to that."""
        try:
            counted, _ = self._session.get(f"{INVOICES}/count", payloads.Count, READ_INVOICES, {})
        except (SetupError, QuestionRefused) as error:
            log_error(error, error.text.said(ENGLISH))
            return None
        return counted.count

    def newest(self) -> tuple[list[Invoice], bool]:
        """Return the first page that a sync reads, and whether it names a next one."""
        page = self._newest(1)
        return self._invoices_on(page), page.more

    def invoices_where(self, asked: str) -> list[Invoice]:
        """Return all invoices that a condition is true for."""
        return [invoice for page in self._paged(asked, LAST) for invoice in self._invoices_on(page)]

    def all_invoices(self, about: int = 0, counted: int | None = None) -> InvoiceList:
        """Return every invoice, each once, with Manage's own count; read once more where the two disagree.

        Args:
            about: how many there may be. Only the number of requests depends on it, never what is read.
            counted: Manage's own count, where it is at hand.

        Raises:
            Unavailable: no complete answer, or one that was not asked for.
        """
        found = self._list(about, counted)
        return found if found.whole or found.counted is None else self._list(found.counted, None)

    def _list(self, about: int, counted: int | None) -> InvoiceList:
        """Read the newest by numbered pages, the rest by ranges of ids, and the count beside them.

        Nothing is asked above the first page: an invoice made later was not there when the reading began. Pages are
        looked at in full while the next are on their way.
        """
        likely = max(1, min(self.threads - (counted is None), int(about * SURE) // PAGE))
        with self._pool() as pool:
            counting = pool.submit(self.count) if counted is None else None
            pages = list(pool.map(self._newest, range(1, likely + 1)))
            if not all(falling(page.ids) for page in pages):  # a site that does not sort is read from its beginning
                pages = []
            known = pages_read([page.ids for page in pages], ended=not all(page.more for page in pages))
            count = counting.result() if counting else counted
            spans = [(span,) for span in id_ranges(known.low, (count or 0) - known.count)]
            rest = pool.map(self._in_ranges, spans + [known.gaps] * bool(known.gaps))
            invoices = {invoice.id: invoice for page in pages for invoice in self._invoices_on(page)}
            for page in chain.from_iterable(rest):
                before, more = len(invoices), self._invoices_on(page)
                invoices |= {invoice.id: invoice for invoice in more}
                if len(invoices) < before + len(more):
                    raise Unavailable(say("manage-unasked-invoices"))
        return InvoiceList(invoices=[invoices[number] for number in sorted(invoices)], counted=count)

    def _newest(self, number: int) -> _Page:
        """One page of all invoices, the newest first."""
        return self._page({"orderBy": "id desc", "page": number})

    def _in_ranges(self, spans: Sequence[Span]) -> list[_Page]:
        return list(self._paged(condition(spans), spans[-1][1]))

    def _paged(self, asked: str, end: int) -> Iterator[_Page]:
        """All pages of a question, each asked for above the last id, so that nothing added or deleted shifts it.

        Args:
            asked: the condition.
            end: no invoice asked for has a higher id, so that a page which reaches it is the last.
        """
        last = empty = 0
        while True:
            narrowed = above(last, asked) if last else asked
            page = self._page({"orderBy": "id asc", "conditions": narrowed} | ({"page": empty + 1} if empty else {}))
            yield page
            empty = 0 if page.ids else empty + 1
            if not page.more or end in page.ids[-1:] or empty > 1:  # some may name a next page for ever
                return
            if not falling([*reversed(page.ids), last]):
                raise Unavailable(say("manage-pages-endless"))
            last = page.ids[-1] if page.ids else last

    def _page(self, parameters: Mapping[str, object]) -> _Page:
        asked = {"fields": payloads.INVOICE_FIELDS, "pageSize": PAGE, **parameters}
        records, response = self._session.get(INVOICES, list[payloads.RecordId], READ_INVOICES, asked)
        return _Page(ids=[each.id for each in records], more="next" in response.links, response=response)

    def _invoices_on(self, page: _Page) -> list[Invoice]:
        found = self._session.decoded(page.response, list[payloads.WireInvoice])
        return [payloads.invoice(each, self._identity) for each in found]


class _Page(Struct, frozen=True, kw_only=True):
    """A page of which only the ids have been looked at, and whether it names a next one."""

    ids: list[int]
    more: bool
    response: requests.Response


def payment_records(session: ManageSession, invoice_id: int, shape: type[Record], fields: str) -> list[Record]:
    """Return all payment records of an invoice, each once by its id, page by page until one names no next.

    Args:
        session: with the site.
        invoice_id: of the invoice.
        shape: what is read of each.
        fields: the names of that.

    Raises:
        SetupError, Unavailable: as `ManageSession.get`; or the pages have no end.
    """
    path, found, empty = f"{INVOICES}/{invoice_id}/payments", dict[int, Record](), 0
    several: Any = list[shape]  # type: ignore[valid-type] # a shape is a value here
    for number in count(1):
        asked = {"fields": fields, "pageSize": PAGE} | ({"page": number} if number > 1 else {})
        records: list[Record]
        records, response = session.get(path, several, say("manage-to-read-payments"), asked)
        before = len(found)
        found |= {each.id: each for each in records}
        empty = 0 if records else empty + 1
        if "next" not in response.links or empty > 1:  # one empty page is not the last
            break
        if records and len(found) == before:
            raise Unavailable(say("manage-pages-endless"))
    return list(found.values())


def version(session: ManageSession) -> str:
    """Return the server's version, which no sync needs and a small role may not know. Raises as `ManageSession.get`."""
    return session.get("/system/info", payloads.SystemInfo, say("manage-to-read-version"), {})[0].version


def read_billing_status(session: ManageSession) -> None:
    """Read one billing status, to see whether this login may. Raises as `ManageSession.get`."""
    asked = {"fields": "id", "pageSize": 1}
    session.get("/finance/billingStatuses", list[payloads.RecordId], say("manage-to-read-billing-statuses"), asked)
