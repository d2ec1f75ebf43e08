"""The bodies of requests that write payments, read into what they ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.behaviour import DateClear
from sync.core.money import ZERO, BadAmountError, cents
from sync.core.records import Payment
from sync.sandbox.faults import ApiError, bad_query, invalid

RESOURCE = "payment"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\dZ", re.ASCII)
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_REFERENCES = ("invoice/", "credit/")


class Draft(Struct, frozen=True, kw_only=True):
    """What a payment record is to say.

    Attributes:
        amount: above zero, two decimals.
        paid_on: the payment date; None for none.
    """

    amount: Decimal
    paid_on: date | None


def draft(body: bytes, invoice_id: int) -> Draft:
    """Read the record sent to create or replace a payment. Fields that Tieout never sends are not looked at.

    Args:
        body: JSON.
        invoice_id: the invoice in the request's path, which an `invoice` in the body has to agree with.

    Raises:
        ApiError: (400) not a payment record.
    """
    record = _decoded(body)
    if not isinstance(record, dict):
        raise invalid(RESOURCE, "body", "InvalidValue", "The body must be one payment record.")
    reference = record.get("invoice")
    if isinstance(reference, Mapping) and reference.get("id", invoice_id) != invoice_id:
        raise invalid(RESOURCE, "invoice", "InvalidReference", "invoice is not the invoice of the request's path.")
    sent = record.get("paymentDate")
    return Draft(amount=_amount(record.get("amount")), paid_on=None if sent is None else _day(sent))


def patched(body: bytes, payment: Payment, date_clear: DateClear) -> Draft:
    """Read the operations sent to change a payment, and apply them.

    Args:
        body: JSON, an array of `op`, `path` and `value`.
        payment: the record as it is.
        date_clear: the one way in which this site lets a payment date be taken away.

    Raises:
        ApiError: (400) an operation cannot be carried out; none of them is.
    """
    operations = _decoded(body)
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise invalid(RESOURCE, "body", "InvalidValue", "The body must be an array of patch operations.")
    result = Draft(amount=payment.amount, paid_on=payment.paid_on)
    for operation in operations:
        result = _applied(result, operation, date_clear)
    return result


def _applied(result: Draft, operation: dict[str, object], date_clear: DateClear) -> Draft:
    match operation:
        case {"op": "add" | "replace", "path": "amount", "value": value}:
            return replace(result, amount=_amount(value))
        case {"op": "add" | "replace", "path": "paymentDate", "value": None}:
            if date_clear is not DateClear.NULL:
                raise invalid(RESOURCE, "paymentDate", "InvalidValue", "paymentDate cannot be set to null.")
            return replace(result, paid_on=None)
        case {"op": "add" | "replace", "path": "paymentDate", "value": value}:
            return replace(result, paid_on=_day(value))
        case {"op": "remove", "path": "paymentDate"}:
            if date_clear is not DateClear.REMOVE:
                raise invalid(RESOURCE, "paymentDate", "InvalidOperation", "paymentDate cannot be removed.")
            return replace(result, paid_on=None)
        case {"op": "add" | "replace", "path": str(path)} if path.startswith(_REFERENCES):
            return result  # Manage's false 200: a part of a reference is taken without effect
        case _:
            path = str(operation.get("path", ""))
            raise invalid(RESOURCE, path, "InvalidOperation", f"This operation cannot be carried out on '{path}'.")


def _decoded(body: bytes) -> object:
    try:
        decoded: object = _DECODER.decode(body)
    except (msgspec.DecodeError, ArithmeticError, UnicodeDecodeError) as error:
        raise bad_query("InvalidJson", f"The body is not JSON: {error}") from None
    return decoded


def _amount(value: object) -> Decimal:
    if value is None:
        raise invalid(RESOURCE, "amount", "MissingRequiredField", "amount is required.")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _bad_amount()
    try:
        amount = cents(Decimal(value))
    except BadAmountError:
        raise _bad_amount() from None
    if amount <= ZERO:
        raise invalid(RESOURCE, "amount", "InvalidValue", "amount must be above zero.")
    return amount


def _bad_amount() -> ApiError:
    return invalid(RESOURCE, "amount", "InvalidValue", "amount is not an amount of money.")


def _day(value: object) -> date:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise invalid(
            RESOURCE, "paymentDate", "InvalidValue", "paymentDate must look like 2026-03-31T00:00:00Z."
        ) from None
