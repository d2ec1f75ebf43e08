"""The `ManageSite` port over ConnectWise Manage's REST API: bulk reads in the fewest requests, and single writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import ceil
from typing import Self, TypeVar
from urllib.parse import parse_qs, urlsplit

import requests

from sync.behaviour import Behaviour
from sync.core.checks import Check, Verdict, failed
from sync.core.errors import TieoutError, Unavailable
from sync.core.matching import normalise
from sync.core.posting import Reply
from sync.core.records import Invoice, Payment, Write
from sync.core.words import Text, say
from sync.manage import session, wire, writing
from sync.manage.conditions import URL_LIMIT, chunks
from sync.manage.line import Line

PAGE = 1000
FEW = 3
"""Up to so many requests by number it is not worth asking how many invoices there are."""
MOST_SKEW = timedelta(minutes=5)
INVOICES = "/finance/invoices"
Given = TypeVar("Given")
Found = TypeVar("Found")


class ManageClient:
    """One login to one site. Use as a context manager, or close it."""

    def __init__(
        self,
        *,
        site: str,
        company: str,
        client_id: str,
        public_key: str,
        private_key: str,
        timeout: float,
        behaviour: Behaviour,
        threads: int = 8,
    ) -> None:
        """See `sync.manage.session.build`; `timeout` is seconds to wait for an answer."""
        built = session.build(
            company=company, client_id=client_id, public_key=public_key, private_key=private_key, threads=threads
        )
        self._line = Line(built, site, company, timeout)
        self._behaviour = behaviour
        self._threads = threads

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return self._line.requests

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._line.session.close()

    @property
    def clock_skew(self) -> timedelta | None:
        """By how much this computer's clock is ahead of Manage's, as the last answer told; None before the first."""
        return self._line.clock_skew

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers: by number or by paging them all, whichever asks less often.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        wanted = frozenset(numbers)
        if not wanted:
            return []
        fixed = {"fields": wire.INVOICE_FIELDS, "pageSize": PAGE, "pageId": 2**31, "conditions": ""}
        asked = list(chunks(wanted, URL_LIMIT - self._line.url_room(INVOICES, fixed)))
        if len(asked) > FEW and self._pages() < len(asked):
            found: Iterator[wire.WireInvoice] = self._paged(None)
            return [wire.invoice(each) for each in found if normalise(each.invoice_number or "") in wanted]
        pages = self._side_by_side(lambda condition: list(self._paged(condition)), asked)
        return [wire.invoice(each) for page in pages for each in page if normalise(each.invoice_number or "") in wanted]

    def all_invoices(self) -> list[Invoice]:
        """Every invoice of the site, page by page.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        return [wire.invoice(each) for each in self._paged(None)]

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        ordered = sorted(invoice_ids)
        return dict(zip(ordered, self._side_by_side(self._payments, ordered), strict=True))

    def write(self, write: Write) -> Reply:
        """Send one request, once."""
        return writing.send(self._line, write, self._behaviour)

    def check(self) -> list[Check]:
        """Test site, login, permissions and clocks; each failure says what to do."""
        checks = [self._tried(say("Manage site and login"), self._check_login)]
        if checks[0].verdict is Verdict.OK:
            checks.append(self._tried(say("Manage invoices"), self._check_invoices))
            checks.append(self._tried(say("Manage payments"), self._check_payments))
        return [*checks, *self._check_clock()]

    def _pages(self) -> int:
        counted, _ = self._line.get(f"{INVOICES}/count", wire.Count, "invoices", {})
        return ceil((counted.count + 1) / PAGE)

    def _paged(self, condition: str | None) -> Iterator[wire.WireInvoice]:
        """All pages of a question, forward only, so that rows added meanwhile shift nothing."""
        parameters: dict[str, object] = {"fields": wire.INVOICE_FIELDS, "pageSize": PAGE}
        if condition is not None:
            parameters["conditions"] = condition
        last = 0
        while True:
            page, response = self._line.get(
                INVOICES, list[wire.WireInvoice], "invoices", parameters, pagination_type="forward-only"
            )
            yield from page
            if len(page) < PAGE:
                return
            following = _next_page(response) or page[-1].id
            if following <= last:
                raise Unavailable(say("Manage's pages of invoices do not end. Nothing was changed; try again."))
            parameters["pageId"] = last = following

    def _payments(self, invoice_id: int) -> tuple[Payment, ...]:
        found, _ = self._line.get(
            f"{INVOICES}/{invoice_id}/payments",
            list[wire.WirePayment],
            "payments",
            {"fields": wire.PAYMENT_FIELDS, "pageSize": PAGE},
        )
        return tuple(wire.payment(each, invoice_id) for each in found)

    def _side_by_side(self, ask: Callable[[Given], Found], questions: Sequence[Given]) -> list[Found]:
        """The answers to all questions, in their order; the first failure ends it."""
        if len(questions) == 1:
            return [ask(questions[0])]
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                return list(pool.map(ask, questions))
            except TieoutError:
                pool.shutdown(cancel_futures=True)
                raise

    def _check_login(self) -> Text:
        info, _ = self._line.get("/system/info", wire.SystemInfo, "the site's version", {})
        return say("Manage {version} answers at {site}.", version=info.version, site=self._line.site)

    def _check_invoices(self) -> Text:
        counted, _ = self._line.get(f"{INVOICES}/count", wire.Count, "invoices", {})
        return say("{count} invoices can be read.", count=counted.count)

    def _check_payments(self) -> Text:
        some, _ = self._line.get(INVOICES, list[wire.WireInvoice], "invoices", {"fields": "id", "pageSize": 1})
        for each in some:
            self._payments(each.id)
        return say("Payments can be read. Whether they may be written shows only at the first push.")

    def _check_clock(self) -> list[Check]:
        skew = self._line.clock_skew
        if skew is None:
            return []
        if abs(skew) <= MOST_SKEW:
            return [Check(link=say("Clocks"), verdict=Verdict.OK, finding=say("They agree."))]
        apart = say(
            "This computer's clock and Manage's are {minutes} minutes apart. Set this computer's clock.",
            minutes=round(abs(skew).total_seconds() / 60),
        )
        return [Check(link=say("Clocks"), verdict=Verdict.WARNING, finding=apart)]

    def _tried(self, link: Text, test: Callable[[], Text]) -> Check:
        try:
            return Check(link=link, verdict=Verdict.OK, finding=test())
        except TieoutError as error:
            return failed(link, error)[0]


def _next_page(response: requests.Response) -> int | None:
    """The page id in the Link header; its address is never followed."""
    url = response.links.get("next", {}).get("url", "")
    found = parse_qs(urlsplit(url).query).get("pageId", [""])[0]
    return int(found) if found.isdecimal() else None
