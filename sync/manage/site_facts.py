"""What a Manage site tells of itself on first contact: one page of invoices, and the payments of some paid ones.

Nothing is written, and nothing of it names a company, an invoice or an amount. Which unknown each answer decides:
facts/connectwise-manage.md, section 8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from sync.core.prove import site_report
from sync.core.prove.site_report import Answer, Learned
from sync.core.values.errors import TieoutError
from sync.core.values.money import ZERO
from sync.core.values.records import Payment
from sync.language.catalogues import ENGLISH
from sync.manage import invoice_pages, payloads
from sync.manage.http_session import ManageSession
from sync.manage.invoice_pages import PAGE, InvoicePages
from sync.system.log import log_error, without_secrets

SAMPLE = 50
"""Paid invoices whose payment records are read: part-paid ones first, then the newest."""


class _Record(payloads.WirePayment, rename="camel"):
    """A payment record with what becomes of it in the accounting interface."""

    payment_sync_status: str | None = None


def answers(session: ManageSession, pages: InvoicePages) -> tuple[list[Answer], Learned]:
    """Return what comes of each question, and what it says of the settings; a question that fails ends no other."""
    found = [_refused_or("Version", lambda: invoice_pages.version(session))]
    try:
        page, more = pages.newest()
    except TieoutError as error:
        return [*found, _of_api(session), _failed("Invoices", error)], Learned()
    counted = pages.count()
    rows = ((PAGE, len(page), "yes" if more else "no", counted),)
    found.append(Answer(question="A page of invoices", columns=("asked", "given", "more", "counted"), rows=rows))
    known = "yes" if any(each.closed is not None for each in page) else "no"
    found.append(Answer(question="Invoices show whether they are closed", columns=("",), rows=((known,),)))
    odd = (sum(1 for each in page if each.unreadable), sum(1 for each in page if not each.adds_up))
    columns = ("amounts absent or unreadable", "contradict themselves")
    found.append(Answer(question="Invoices that cannot be used", columns=columns, rows=(odd,)))
    found.append(_refused_or("Billing statuses may be read", lambda: _yes(session)))
    paid = [each for each in page if each.payments != ZERO and not each.unreadable]
    paid.sort(key=lambda each: each.balance == ZERO)
    sample = {each.id: each for each in paid[:SAMPLE]}
    try:
        read = dict(zip(sample, pages.side_by_side(lambda number: _records(session, number), [*sample]), strict=True))
    except TieoutError as error:
        return [*found, _of_api(session), _failed("Payment records", error)], site_report.learned(page, {}, {})
    records = {number: [payloads.payment(each, number) for each in on] for number, on in read.items()}
    found += [*_raw(read), *site_report.paid_invoices(sample, records), _of_api(session)]
    return found, site_report.learned(page, sample, _usable(records))


def _usable(records: Mapping[int, Sequence[Payment]]) -> dict[int, Sequence[Payment]]:
    return {number: [each for each in found if not each.flaw] for number, found in records.items()}


def _yes(session: ManageSession) -> str:
    invoice_pages.read_billing_status(session)
    return "yes"


def _records(session: ManageSession, number: int) -> list[_Record]:
    return invoice_pages.payment_records(session, number, _Record, f"{payloads.PAYMENT_FIELDS},paymentSyncStatus")


def _raw(read: Mapping[int, Sequence[_Record]]) -> list[Answer]:
    """What the core's records do not keep: codes of Manage's, by how often they are there."""
    every = [each for on in read.values() for each in on]
    sources = Counter(each.source or "(none)" for each in every)
    states = Counter(each.payment_sync_status or "(none)" for each in every)
    return [
        Answer(question=asked, columns=("", "records"), rows=tuple(sorted(counted.items())))
        for asked, counted in (("Sources of records", sources), ("paymentSyncStatus of records", states))
    ]


def _of_api(session: ManageSession) -> Answer:
    rows = ((session.version or "(none)", session.current_version or "(not told)"),)
    return Answer(question="Version of the API", columns=("asked", "api-current-version"), rows=rows)


def _refused_or(question: str, ask: Callable[[], str]) -> Answer:
    try:
        return Answer(question=question, columns=("",), rows=((ask(),),))
    except TieoutError as error:
        return _failed(question, error)


def _failed(question: str, error: TieoutError) -> Answer:
    log_error(error, error.text.said(ENGLISH))
    return Answer(question=question, failed=without_secrets(error.text.said(ENGLISH)))
