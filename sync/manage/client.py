"""The `ManageSite` port over ConnectWise Manage's REST API: bulk reads in the fewest requests, and single writes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import chain
from typing import Self, TypeVar

from msgspec.structs import replace

from sync.core.decide.matching import trimmed
from sync.core.prove import link_findings
from sync.core.prove.site_report import Answer, Learned
from sync.core.values.errors import Check, LoginPart, TieoutError, Unavailable, Verdict, failed_checks
from sync.core.values.messages import Text, say
from sync.core.values.posting import Refusal, Reply
from sync.core.values.records import Invoice, InvoiceList, Payment, Write
from sync.core.values.runs import SiteSays
from sync.language.catalogues import ENGLISH
from sync.manage import http_session, invoice_pages, payloads, payment_writes
from sync.manage.http_session import URL_LIMIT, ManageSession, Pace, can_be_asked_for, number_conditions
from sync.manage.invoice_pages import INVOICES, LAST, PAGE, InvoicePages, above
from sync.manage.manage_errors import QuestionRefused
from sync.settings.manage_route import Route
from sync.settings.settings_file import Behaviour
from sync.system.log import log_error
from sync.usecases.guards import MOST_SKEW

FEW = 3
"""When this many requests by number are enough, the number of invoices is not asked for first."""


class ManageClient:
    """One login to one site, whose reads raise as `ManageSite` says. Use as a context manager, or close it."""

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
        route: Route | None = None,
    ) -> None:
        """See `http_session.build_session`; `timeout` is seconds for a whole answer; no pace: as fast as can be."""
        route = route or Route()
        built = http_session.build_session(
            company=company,
            client_id=client_id,
            public_key=public_key,
            private_key=private_key,
            threads=threads,
            route=route,
        )
        self._session = ManageSession(built, site, company, timeout, pace, version=behaviour.api_version, route=route)
        self._pages = InvoicePages(self._session, threads, behaviour.balance_identity)
        self._behaviour = behaviour
        self._named: frozenset[str] = frozenset()
        self._list_fails = False

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return self._session.requests

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._session.session.close()

    @property
    def clock_skew(self) -> timedelta | None:
        """By how much this computer's clock is ahead of Manage's, as the last answer that tells has told; else None."""
        return self._session.clock_skew

    @property
    def says(self) -> SiteSays | None:
        """What the site says of itself, asked once; None where that is less than an id and a name."""
        self._session.base()
        return self._session.says

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What a run is to say of how the site had to be asked."""
        return (self._session.version_refused,) if self._session.version_refused else ()

    @property
    def current_version(self) -> str:
        """The version of its API that Manage last said is current; empty before it said so."""
        return self._session.current_version

    @property
    def behaviour(self) -> Behaviour:
        """How the site is asked now: without a version of its API once it has refused one."""
        return replace(self._behaviour, api_version=self._session.version)

    @property
    def named(self) -> frozenset[str]:
        """What the refusal of the last write named; nothing where that was not refused."""
        return self._named

    def behave(self, behaviour: Behaviour) -> None:
        """Ask and write in another way from now on."""
        self._behaviour = behaviour
        self._session.ask_for_version(behaviour.api_version)

    @property
    def seconds_each(self) -> float:
        """Seconds from one request to the next: as long as answers took so far, or as the pace allows."""
        return max(self._session.latency, self._session.pace.spacing)

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """Return all invoices that bear one of the numbers.

        They are asked for by number; or read among all invoices of the site where that takes fewer requests, where a
        number holds a character that no condition is known to spell, and where Manage does not take the question. A
        list that is not whole answers for none of them.

        Raises:
            Unavailable: no complete answer, also where only a list could tell and it is not whole.
        """
        wanted = frozenset(numbers)
        if not wanted:
            return []
        bare = {trimmed(number) for number in wanted}
        return [invoice for invoice in self._candidates(wanted) if trimmed(invoice.number) in bare]

    def _candidates(self, wanted: frozenset[str]) -> list[Invoice]:
        """Return invoices among which are all that bear one of the numbers."""
        if not all(map(can_be_asked_for, wanted)):
            return self._whole_list()
        fixed = {
            "fields": payloads.INVOICE_FIELDS,
            "pageSize": PAGE,
            "orderBy": "id asc",
            "conditions": above(LAST, ""),
        }
        questions = list(number_conditions(wanted, URL_LIMIT - self._session.url_room(INVOICES, fixed)))
        if (
            len(questions) > FEW
            and not self._list_fails
            and (number := self._pages.count()) is not None
            and number < (len(questions) - 1) * PAGE
        ):
            listed = self._listed(number, number)
            if listed.whole:
                return listed.invoices
        try:
            return list(chain.from_iterable(self._pages.side_by_side(self._pages.invoices_where, questions)))
        except QuestionRefused:
            return self._whole_list()

    def _whole_list(self) -> list[Invoice]:
        """Return every invoice, where no other way of asking is left."""
        listed = self._listed()
        if listed.counted is None:
            raise Unavailable(say("manage-list-uncounted"))
        if not listed.whole:
            raise Unavailable(say("manage-list-not-whole", counted=listed.counted, shown=len(listed.invoices)))
        return listed.invoices

    def _listed(self, about: int = 0, counted: int | None = None) -> InvoiceList:
        found = self._pages.all_invoices(about, counted)
        self._list_fails = not found.whole
        return found

    def all_invoices(self, about: int = 0) -> InvoiceList:
        """Return every invoice of the site, in the fewest requests, side by side, with Manage's own count.

        Args:
            about: how many there may be, as the books tell; what is read never depends on it.
        """
        return self._listed(about)

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """Return all payment records of each invoice, by its id."""
        ordered = sorted(invoice_ids)
        return dict(zip(ordered, self._pages.side_by_side(self._payments, ordered), strict=True))

    def wait_for_turn(self) -> None:
        """Wait until the pace allows one more request."""
        self._session.pace.wait_for_turn()

    def write(self, write: Write) -> Reply:
        """Send one request, once."""
        reply = payment_writes.send(self._session, write, self._behaviour)
        self._named = reply.names if isinstance(reply, Refusal) else frozenset()
        return reply

    def check(self) -> list[Check]:
        """Read as a sync does, one page and the payment records of one invoice, and say what it would make of them.

        What no sync asks for (the server's version, a billing status) is a warning where it is refused.
        """
        try:
            return [*self._check(), *self._check_clock()]
        except TieoutError as error:
            return [*_failed(_LOGIN, error), *(self._check_clock() if self.clock_skew is not None else ())]

    def _check(self) -> list[Check]:
        self._session.base()
        version = _attempt(lambda: invoice_pages.version(self._session))
        try:
            page, more = self._pages.newest()
        except TieoutError as error:
            if isinstance(version, TieoutError) and LoginPart.RIGHTS not in error.parts:
                raise
            return [self._answers(version), *_failed(link_findings.INVOICES, error)]
        checks = link_findings.of_invoices(page, self._pages.count(), more=more)
        status = _attempt(lambda: invoice_pages.read_billing_status(self._session))
        if isinstance(status, TieoutError):
            unread = say("check-manage-status-unread") + status.text
            checks.append(Check(link=link_findings.INVOICES, verdict=Verdict.WARNING, finding=unread))
        chosen = next((each for each in page if each.payments and not each.flaw), next(iter(page), None))
        records = _attempt(lambda: self._payments(chosen.id) if chosen else ())
        if isinstance(records, TieoutError):
            checks += failed_checks(link_findings.PAYMENTS, records)
        else:
            checks += link_findings.of_payments(chosen, records)
        checks += [Check(link=say("manage-api"), verdict=Verdict.WARNING, finding=each) for each in self.remarks]
        return [self._answers(version), *checks]

    def _answers(self, version: str | TieoutError) -> Check:
        """What says that the login works: with the server's version, where this login may know it."""
        if isinstance(version, TieoutError):
            unread = say("check-manage-version-unread") + version.text
            return Check(link=_LOGIN, verdict=Verdict.WARNING, finding=unread)
        api = self.current_version or self._session.version or "-"
        found = say("manage-answers", version=version, site=self._session.site, api=api)
        return Check(link=_LOGIN, verdict=Verdict.OK, finding=found)

    def facts(self) -> tuple[list[Answer], Learned]:
        """Return what the site tells of itself, and what that says of the settings."""
        from sync.manage import site_facts  # noqa: PLC0415 - only a report needs it

        return site_facts.answers(self._session, self._pages)

    def _payments(self, invoice_id: int) -> tuple[Payment, ...]:
        records = invoice_pages.payment_records(
            self._session, invoice_id, payloads.WirePayment, payloads.PAYMENT_FIELDS
        )
        return tuple(payloads.payment(each, invoice_id) for each in records)

    def _check_clock(self) -> list[Check]:
        skew = self._session.clock_skew
        if skew is None:
            return [Check(link=say("clocks"), verdict=Verdict.WARNING, finding=say("manage-clocks-not-compared"))]
        if abs(skew) <= MOST_SKEW:
            return [Check(link=say("clocks"), verdict=Verdict.OK, finding=say("manage-clocks-agree"))]
        apart = say("manage-clocks-apart", minutes=round(abs(skew).total_seconds() / 60))
        return [Check(link=say("clocks"), verdict=Verdict.WARNING, finding=apart)]


_LOGIN = say("manage-site-and-login")
Found = TypeVar("Found")


def _attempt(question: Callable[[], Found]) -> Found | TieoutError:
    """Return the answer to a question, or why there is none."""
    try:
        return question()
    except TieoutError as error:
        log_error(error, error.text.said(ENGLISH))
        return error


def _failed(link: Text, error: TieoutError) -> list[Check]:
    log_error(error, error.text.said(ENGLISH))
    return failed_checks(link, error)
