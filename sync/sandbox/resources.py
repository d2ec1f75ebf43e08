"""Manage's records as JSON: names, types and nesting as in its OpenAPI description, as far as Tieout meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar

from msgspec import Struct

from sync.core.records import Invoice, Payment
from sync.sandbox.faults import ApiError, bad_query

Row = TypeVar("Row")
Json = dict[str, object]


class BillingStatus(Struct, frozen=True, kw_only=True):
    """A billing status; `closed` is None where the seed does not say."""

    id: int
    name: str
    closed: bool | None


class Resource(Struct, Generic[Row], frozen=True):
    """A kind of record.

    Attributes:
        name: for messages.
        fields: each top-level field and how it is read; moments are UTC, amounts Decimal.
    """

    name: str
    fields: Mapping[str, Callable[[Row], object]]

    def reader(self, path: str) -> Callable[[Row], object]:
        """The function that reads a field by its slash path.

        Raises:
            ApiError: (400) there is no such field.
        """
        head, _, tail = path.partition("/")
        read = self.fields.get(head)
        if read is None:
            raise _unrecognized(path)
        return _inside(read, tail) if tail else read

    def whole(self, row: Row) -> Json:
        """The record with every field."""
        return {name: read(row) for name, read in self.fields.items()}

    def cut(self, paths: Sequence[str]) -> Callable[[Row], Json]:
        """How a record is shown with only the fields asked for; unknown ones are left out, as Manage does."""
        wanted: dict[str, list[str]] = {}
        for path in paths:
            head, _, tail = path.partition("/")
            if head in self.fields:
                wanted.setdefault(head, []).append(tail)
        if not paths:
            return self.whole
        return lambda row: {head: _narrowed(self.fields[head](row), tails) for head, tails in wanted.items()}


def billing_statuses(invoices: Iterable[Invoice]) -> list[BillingStatus]:
    """The billing statuses that a site's invoices bear, numbered from 1 in the order of their names."""
    found = {(invoice.status, invoice.closed) for invoice in invoices}
    ordered = sorted(found, key=lambda status: (status[0], str(status[1])))
    return [BillingStatus(id=number, name=name, closed=closed) for number, (name, closed) in enumerate(ordered, 1)]


def invoice_resource(statuses: Iterable[BillingStatus]) -> Resource[Invoice]:
    """`Invoice`. There is no paid flag, closed flag or date paid on it: Manage has none."""
    ids = {(status.name, status.closed): status.id for status in statuses}
    return Resource(
        "Invoice",
        {
            "id": lambda invoice: invoice.id,
            "invoiceNumber": lambda invoice: invoice.number,
            "type": lambda invoice: invoice.kind,
            "status": lambda invoice: {
                "id": ids[invoice.status, invoice.closed],
                "name": invoice.status,
                "isClosed": invoice.closed,
            },
            "company": _company,
            "billToCompany": _company,
            "accountNumber": lambda invoice: invoice.account,
            "date": lambda invoice: _midnight(invoice.dated),
            "currency": lambda invoice: _currency(invoice.currency),
            "total": lambda invoice: invoice.total,
            "payments": lambda invoice: invoice.payments,
            "credits": lambda invoice: invoice.credits,
            "balance": lambda invoice: invoice.balance,
            "_info": lambda invoice: {"dateEntered": _midnight(invoice.dated)},
        },
    )


def payment_resource(invoice: Invoice) -> Resource[Payment]:
    """`InvoicePayment`. It has no field for a note or a reference: Manage has none."""
    return Resource(
        "Payment",
        {
            "id": lambda payment: payment.id,
            "type": lambda payment: "Credit" if payment.credit else "Payment",
            "source": lambda payment: "WisePay" if payment.wisepay else "Default",
            "invoice": lambda _: {
                "id": invoice.id,
                "identifier": invoice.number,
                "billingType": invoice.kind,
                "invoiceDate": _midnight(invoice.dated),
                "chargeFirmFlag": False,
            },
            "credit": lambda payment: {"id": payment.id, "identifier": f"CM{payment.id}"} if payment.credit else None,
            "amount": lambda payment: payment.amount,
            "invoiceBalance": lambda _: invoice.balance,
            "invoiceTotal": lambda _: invoice.total,
            "paymentDate": lambda payment: _midnight(payment.paid_on),
            "appliedBy": lambda payment: payment.applied_by,
            "_info": lambda payment: {"enteredBy": payment.applied_by},
        },
    )


STATUS_RESOURCE: Resource[BillingStatus] = Resource(
    "BillingStatus",
    {
        "id": lambda status: status.id,
        "name": lambda status: status.name,
        "sortOrder": lambda status: status.id,
        "defaultFlag": lambda status: status.id == 1,
        "closedFlag": lambda status: bool(status.closed),
        "inactiveFlag": lambda _: False,
        "sentFlag": lambda _: False,
        "_info": lambda _: {},
    },
)


def _company(invoice: Invoice) -> Json:
    return {"id": invoice.company_id, "identifier": invoice.company_code, "name": invoice.company}


def _currency(code: str | None) -> Json | None:
    return None if code is None else {"currencyCode": code, "numberOfDecimals": 2, "name": code}


def _midnight(day: date | None) -> datetime | None:
    """A calendar date as Manage sends it: midnight, marked as UTC."""
    return None if day is None else datetime.combine(day, time(), UTC)


def _inside(read: Callable[[Row], object], path: str) -> Callable[[Row], object]:
    def value(row: Row) -> object:
        found = read(row)
        for name in path.split("/"):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    return value


def _narrowed(value: object, names: Sequence[str]) -> object:
    if "" in names or not isinstance(value, Mapping):
        return value
    return {name: value[name] for name in names if name in value}


def _unrecognized(path: str) -> ApiError:
    return bad_query("ApiFindCondition", f"{path} is not a recognized name.")
