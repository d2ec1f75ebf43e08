"""Manage's records and refusals as JSON: names, types and nesting as in its API description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import TypeVar

from sync.core.values.records import Invoice, Payment

Row = TypeVar("Row")
Json = dict[str, object]
Fields = Mapping[str, Callable[[Row], object]]
"""The top-level fields of one kind of record, and how each is read from it; moments are UTC, amounts Decimal."""


class ApiError(Exception):
    """A request that Manage refuses.

    Attributes:
        status: the HTTP status.
        code: Manage's word for the kind of refusal.
        message: Manage's sentence.
        problems: what is wrong with the record sent; None where no record is at fault.
    """

    def __init__(
        self, status: HTTPStatus, code: str, message: str, problems: tuple[dict[str, str], ...] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = problems

    def body(self) -> Json:
        """Return `ErrorResponseMessage` as JSON."""
        return {"code": self.code, "message": self.message, "errors": self.problems}


def invalid_payment(field: str, code: str, message: str) -> ApiError:
    """Return the refusal (400) of a payment as it was sent, with the field at fault."""
    problem = {"code": code, "message": message, "resource": "payment", "field": field}
    return ApiError(HTTPStatus.BAD_REQUEST, "InvalidObject", "payment object is invalid", (problem,))


def bad_query(code: str, message: str) -> ApiError:
    """Return the refusal (400) of a query string or body that Manage does not understand."""
    return ApiError(HTTPStatus.BAD_REQUEST, code, message)


def not_found(record: str, number: int) -> ApiError:
    """Return the refusal (404) of a request for a record that does not exist."""
    return ApiError(HTTPStatus.NOT_FOUND, "NotFound", f"{record} {number} not found")


def shown(fields: Fields[Row], paths: Sequence[str]) -> Callable[[Row], Json]:
    """Return how a record is shown with only the fields asked for (all, where none are).

    Args:
        fields: of the kind of record.
        paths: slash paths, such as `company/name`; unknown ones are left out, as Manage does.
    """
    wanted: dict[str, list[str]] = {}
    for path in paths or fields:
        head, _, tail = path.partition("/")
        if head in fields:
            wanted.setdefault(head, []).append(tail)
    return lambda row: {head: _narrowed(fields[head](row), tails) for head, tails in wanted.items()}


INVOICE: Fields[Invoice] = {
    "id": lambda invoice: invoice.id,
    "invoiceNumber": lambda invoice: invoice.number,
    "type": lambda invoice: invoice.kind,
    "status": lambda invoice: {"name": invoice.status, "isClosed": invoice.closed},
    "company": lambda invoice: {"id": invoice.company_id, "identifier": invoice.company_code, "name": invoice.company},
    "accountNumber": lambda invoice: invoice.account,
    "date": lambda invoice: _midnight(invoice.dated),
    "currency": lambda invoice: _currency(invoice.currency),
    "total": lambda invoice: invoice.total,
    "payments": lambda invoice: invoice.payments,
    "credits": lambda invoice: invoice.credits,
    "balance": lambda invoice: invoice.balance,
}
"""`Invoice`. There is no paid flag, closed flag or date paid on it: Manage has none."""


PLAIN = "Payment"
"""What the type of a plain payment is, where none was sent."""


def payment_fields(invoice: Invoice) -> Fields[Payment]:
    """Return the fields of `InvoicePayment`. It has none for a note or a reference: Manage has none."""
    return {
        "id": lambda payment: payment.id,
        "type": lambda payment: "Credit" if payment.credit else payment.kind or PLAIN,
        "source": lambda payment: "WisePay" if payment.wisepay else "Default" if payment.plain else "Other",
        "invoice": lambda _: {"id": invoice.id, "identifier": invoice.number},
        "credit": lambda payment: {"id": payment.id, "identifier": f"CM{payment.id}"} if payment.credit else None,
        "amount": lambda payment: payment.amount,
        "paymentDate": lambda payment: (
            f"{payment.paid_on}{payment.time_of_day}" if payment.time_of_day else _midnight(payment.paid_on)
        ),
        "appliedBy": lambda payment: payment.applied_by,
    }


def _currency(code: str | None) -> Json | None:
    return None if code is None else {"currencyCode": code, "numberOfDecimals": 2, "name": code}


def _midnight(day: date | None) -> datetime | None:
    """Return a calendar date as Manage sends it: midnight, marked as UTC."""
    return None if day is None else datetime.combine(day, time(), UTC)


def _narrowed(value: object, names: Sequence[str]) -> object:
    if "" in names or not isinstance(value, Mapping):
        return value
    return {name: value[name] for name in names if name in value}
