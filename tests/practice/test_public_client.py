"""A public client of Manage that nobody here wrote (pyconnectwise) works on the practice site, and sees what we see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlsplit

import pytest
from pyconnectwise import ConnectWiseManageAPIClient
from pyconnectwise.exceptions import AuthenticationFailedException, MalformedRequestException, NotFoundException
from pyconnectwise.models.manage import Invoice as TheirInvoice
from pyconnectwise.models.manage import Payment as TheirPayment
from pyconnectwise.types import JSON, Patch

from sync.core.values.records import Action, Invoice, Payment, Write
from sync.manage.client import ManageClient
from tests.manage.conftest import client_of
from tests.practice.conftest import SEED, Client, Open, invoice
from tests.support.certificates import office_certificate, tls_front

MANY = (*SEED, *(invoice(each) for each in range(600, 660)))
DAY = date(2026, 3, 20)


@dataclass
class Both:
    """The same site, by their client and by ours."""

    theirs: ConnectWiseManageAPIClient
    ours: ManageClient
    host: str

    def payments(self, invoice_id: int) -> list[TheirPayment]:
        """The payment records of an invoice, as both see them alike."""
        found = self.theirs.finance.invoices.id(invoice_id).payments.get()
        assert list(map(seen, found)) == list(map(shown, self.ours.payments({invoice_id})[invoice_id]))
        return found


def seen(record: TheirPayment) -> tuple[object, ...]:
    """What their client tells of a payment record."""
    assert record.invoice is not None
    day = record.payment_date.date() if record.payment_date else None
    return record.id, record.invoice.id, cents(record.amount), day, record.type, record.applied_by


def shown(record: Payment) -> tuple[object, ...]:
    """What ours tells."""
    return record.id, record.invoice_id, record.amount, record.paid_on, record.kind, record.applied_by


def cents(amount: float | None) -> Decimal:
    """Their amounts are binary fractions."""
    assert amount is not None
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def listed(each: TheirInvoice) -> tuple[object, ...]:
    """What their client tells of an invoice."""
    assert each.company is not None
    assert each.currency is not None
    amounts = [cents(amount) for amount in (each.total, each.payments, each.credits, each.balance)]
    day = each.date.date() if each.date else None
    return each.id, each.invoice_number, each.company.name, each.currency.currency_code, day, *amounts


def known(each: Invoice) -> tuple[object, ...]:
    """What ours tells."""
    amounts = (each.total, each.payments, each.credits, each.balance)
    return each.id, each.number, each.company, each.currency, each.dated, *amounts


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SSLContext]:
    """An authority and a server's certificate: theirs speaks https alone."""
    return office_certificate(tmp_path_factory.mktemp("office"))


@pytest.fixture
def site(open_site: Open) -> Client:
    """A practice site of some pages."""
    return open_site(invoices=MANY)


@pytest.fixture
def both(office: tuple[Path, SSLContext], site: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """Both clients, logged in."""
    path, context = office
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    keys = {"public_key": "sandbox", "private_key": "sandbox"}
    with tls_front(context, urlsplit(site.url).port or 0) as host, client_of(site.url, **keys) as ours:
        yield Both(ConnectWiseManageAPIClient("acme", host, "tests", "sandbox", "sandbox"), ours, host)


def test_it_lists_the_invoices_that_we_list(both: Both) -> None:
    """Page by page to the end, one by its number, one by its id, and how many there are."""
    pages = both.theirs.finance.invoices.paginated(1, 25, {"orderBy": "id asc"})
    theirs = [listed(each) for each in pages.all()]
    assert theirs == sorted(known(each) for each in both.ours.all_invoices().invoices)
    assert both.theirs.finance.invoices.count.get().count == len(MANY)
    (one,) = both.theirs.finance.invoices.get(params={"conditions": 'invoiceNumber in ("INV-504")'})
    assert [listed(one)] == [known(each) for each in both.ours.invoices({"INV-504"})]
    assert listed(both.theirs.finance.invoices.id(504).get()) == listed(one)


def test_it_writes_changes_and_deletes_a_payment(both: Both) -> None:
    """What it wrote is what we read, and what we wrote is what it reads."""
    invoice_payments = both.theirs.finance.invoices.id(501).payments
    sent: JSON = {"type": "P", "amount": 149.99, "paymentDate": "2026-03-20T00:00:00Z", "invoice": {"id": 501}}
    made = invoice_payments.post(data=sent)
    assert both.payments(501) == [made]
    assert (made.amount, made.payment_date) == (149.99, datetime(2026, 3, 20, tzinfo=UTC))
    assert made.id is not None
    record = invoice_payments.id(made.id)
    changed = record.patch([Patch(op="replace", path="amount", value=200.5)])
    assert (both.payments(501), changed.amount, record.get()) == ([changed], 200.5, changed)
    (found,) = both.ours.invoices({"INV-501"})
    assert listed(both.theirs.finance.invoices.id(501).get()) == known(found)
    record.delete()
    assert both.payments(501) == []
    with pytest.raises(NotFoundException):
        record.get()
    both.ours.write(
        Write(
            action=Action.CREATE,
            invoice_id=501,
            payment_id=None,
            amount=Decimal("149.99"),
            paid_on=DAY,
            amount_before=Decimal("0.00"),
            paid_on_before=None,
        )
    )
    (ours,) = both.payments(501)
    assert (ours.model_dump(exclude={"id"}), ours.id) != (made.model_dump(exclude={"id"}), made.id)
    assert ours.model_dump(exclude={"id"}) == made.model_dump(exclude={"id"})


def test_it_is_refused_as_we_are(both: Both) -> None:
    """A wrong login, and a payment that the invoice does not take."""
    with pytest.raises(MalformedRequestException):
        both.theirs.finance.invoices.id(503).payments.post(data={"amount": 5000, "invoice": {"id": 503}})
    stranger = ConnectWiseManageAPIClient("acme", both.host, "tests", "sandbox", "wrong")
    with pytest.raises(AuthenticationFailedException):
        stranger.finance.invoices.get()
