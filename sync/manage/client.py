"""The `ManageSite` port over ConnectWise Manage's REST API: bulk reads in the fewest requests, and single writes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import chain
from typing import Self

from sync.behaviour import Behaviour
from sync.core.checks import Check, Verdict, failed
from sync.core.errors import TieoutError
from sync.core.matching import normalise
from sync.core.posting import Reply
from sync.core.records import Invoice, Payment, Write
from sync.core.words import Text, say
from sync.manage import session, wire, writing
from sync.manage.conditions import URL_LIMIT, chunks
from sync.manage.line import Line
from sync.manage.listing import INVOICES, READ_INVOICES, Listing
from sync.manage.pace import Pace
from sync.manage.spans import LAST, PAGE

FEW = 3
"""Up to so many requests by number it is not worth asking how many invoices there are."""
MOST_SKEW = timedelta(minutes=5)


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
        pace: Pace | None = None,
    ) -> None:
        """See `sync.manage.session.build`; `timeout` is seconds to wait for an answer; no pace is as fast as can be."""
        built = session.build(
            company=company, client_id=client_id, public_key=public_key, private_key=private_key, threads=threads
        )
        self._line = Line(built, site, company, timeout, pace)
        self._listing = Listing(self._line, threads)
        self._behaviour = behaviour

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

    @property
    def seconds_each(self) -> float:
        """Seconds from one request to the next: as long as answers took so far, or as the pace allows."""
        return max(self._line.latency, self._line.pace.spacing)

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers: by number or by paging them all, whichever asks less often.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        wanted = frozenset(numbers)
        if not wanted:
            return []
        fixed = {"fields": wire.INVOICE_FIELDS, "pageSize": PAGE, "pageId": LAST, "conditions": ""}
        asked = list(chunks(wanted, URL_LIMIT - self._line.url_room(INVOICES, fixed)))
        if len(asked) > FEW and (count := self._listing.count()) < (len(asked) - 1) * PAGE:
            found = self._listing.everything(count, exact=True)
        else:
            found = list(chain.from_iterable(self._listing.side_by_side(self._listing.answer, asked)))
        return [invoice for invoice in found if normalise(invoice.number) in wanted]

    def all_invoices(self, about: int = 0) -> list[Invoice]:
        """Every invoice of the site, in the fewest requests, side by side.

        Args:
            about: how many there may be, as the books tell; what is read never depends on it.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        return self._listing.everything(about)

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        ordered = sorted(invoice_ids)
        return dict(zip(ordered, self._listing.side_by_side(self._payments, ordered), strict=True))

    def ready(self) -> None:
        """Wait until the pace allows one more request."""
        self._line.pace.ready()

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

    def _payments(self, invoice_id: int) -> tuple[Payment, ...]:
        found, _ = self._line.get(
            f"{INVOICES}/{invoice_id}/payments",
            list[wire.WirePayment],
            say("read payments"),
            {"fields": wire.PAYMENT_FIELDS, "pageSize": PAGE},
        )
        return tuple(wire.payment(each, invoice_id) for each in found)

    def _check_login(self) -> Text:
        info, _ = self._line.get("/system/info", wire.SystemInfo, say("read the site's version"), {})
        return say("Manage {version} answers at {site}.", version=info.version, site=self._line.site)

    def _check_invoices(self) -> Text:
        return say("{count} invoices can be read.", count=self._listing.count())

    def _check_payments(self) -> Text:
        some, _ = self._line.get(INVOICES, list[wire.WireInvoice], READ_INVOICES, {"fields": "id", "pageSize": 1})
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
