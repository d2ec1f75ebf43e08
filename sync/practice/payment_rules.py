"""What Manage does with a payment that is sent to it: how it is read and judged, and the record made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.manage_position import paid
from sync.core.decide.write_outcome import MIDNIGHT
from sync.core.values.money import ZERO, BadAmountError, cents
from sync.core.values.policy import PartialDate
from sync.core.values.records import Invoice, Payment
from sync.practice.json_records import ApiError, bad_query, invalid_payment
from sync.settings.settings_file import DateClear


class SecondPayment(StrEnum):
    """What Manage does with a second payment on an invoice."""

    REFUSED = "refused"
    ALLOWED = "allowed"


class Overpayment(StrEnum):
    """What Manage does with a payment above the balance."""

    REFUSED = "refused"
    CLIPPED = "clipped"


class ClosedInvoices(StrEnum):
    """Whether payments may be written on closed invoices."""

    WRITABLE = "writable"
    REFUSED = "refused"


class PostDemands(StrEnum):
    """What Manage demands of a new payment beside its amount."""

    NOTHING = "nothing"
    INVOICE = "invoice"
    TYPE = "type"
    BOTH = "both"


class SiteBehaviour(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which Manage the practice site plays where nobody could verify the real one; the likeliest is the default.

    Attributes:
        partial_date: where dates are sent with partial payments, Manage puts today's on a payment that has none.
        date_clear: the one way in which a payment date can be taken away.
        second_payment: on an invoice that has one.
        overpayment: above the balance.
        closed_invoices: whether they take payments.
        post_demands: what a new payment has to say beside its amount.
        payment_type: the one type that is taken; empty for any.
        api_version: of the API, which is not taken; empty where all are.
    """

    partial_date: PartialDate = PartialDate.OMIT
    date_clear: DateClear = DateClear.REMOVE
    second_payment: SecondPayment = SecondPayment.REFUSED
    overpayment: Overpayment = Overpayment.REFUSED
    closed_invoices: ClosedInvoices = ClosedInvoices.WRITABLE
    post_demands: PostDemands = PostDemands.NOTHING
    payment_type: str = ""
    api_version: str = ""


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\dZ)", re.ASCII)
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_REFERENCES = ("invoice/", "credit/")


class Draft(Struct, frozen=True, kw_only=True):
    """What a payment record is to say.

    Attributes:
        amount: above zero, two decimals.
        paid_on: the payment date; None for none.
        time_of_day: of that date; empty for midnight.
        kind: its type; empty where none was sent.
    """

    amount: Decimal
    paid_on: date | None
    time_of_day: str = ""
    kind: str = ""


def sent_payment(body: bytes, invoice_id: int, behaviour: SiteBehaviour) -> Draft:
    """Return the record sent to create a payment. Fields that Tieout never sends are not looked at.

    Args:
        body: JSON.
        invoice_id: the invoice in the request's path, which an `invoice` in the body has to agree with.
        behaviour: which Manage this is.

    Raises:
        ApiError: (400) not a payment record.
    """
    record = _decoded(body)
    if not isinstance(record, dict):
        raise invalid_payment("body", "InvalidValue", "The body must be one payment record.")
    demanded = {PostDemands.BOTH: ["invoice", "type"]}.get(behaviour.post_demands, [behaviour.post_demands.value])
    for field in ("invoice", "type"):
        if field in demanded and not record.get(field):
            raise invalid_payment(field, "MissingRequiredField", f"{field} is required.")
    if behaviour.payment_type and record.get("type") not in {None, behaviour.payment_type}:
        raise invalid_payment("type", "InvalidValue", f"type must be {behaviour.payment_type}.")
    reference = record.get("invoice")
    if isinstance(reference, Mapping) and reference.get("id", invoice_id) != invoice_id:
        raise invalid_payment("invoice", "InvalidReference", "invoice is not the invoice of the request's path.")
    sent, kind = record.get("paymentDate"), record.get("type")
    draft = Draft(amount=_amount(record.get("amount")), paid_on=None, kind=kind if isinstance(kind, str) else "")
    return draft if sent is None else _dated(draft, sent)


def patched_payment(body: bytes, payment: Payment, date_clear: DateClear) -> Draft:
    """Return what a payment is to say once the operations sent to change it are applied.

    Args:
        body: JSON, an array of `op`, `path` and `value`.
        payment: the record as it is.
        date_clear: the one way in which this site lets a payment date be taken away.

    Raises:
        ApiError: (400) an operation cannot be carried out; none of them is.
    """
    operations = _decoded(body)
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise invalid_payment("body", "InvalidValue", "The body must be an array of patch operations.")
    result = Draft(amount=payment.amount, paid_on=payment.paid_on, time_of_day=payment.time_of_day)
    for operation in operations:
        result = _applied(result, operation, date_clear)
    return result


def _applied(result: Draft, operation: dict[str, object], date_clear: DateClear) -> Draft:
    match operation:
        case {"op": "add" | "replace", "path": "amount", "value": value}:
            return replace(result, amount=_amount(value))
        case {"op": "add" | "replace", "path": "paymentDate", "value": None}:
            if date_clear is not DateClear.NULL:
                raise invalid_payment("paymentDate", "InvalidValue", "paymentDate cannot be set to null.")
            return replace(result, paid_on=None, time_of_day="")
        case {"op": "add" | "replace", "path": "paymentDate", "value": value}:
            return _dated(result, value)
        case {"op": "remove", "path": "paymentDate"}:
            if date_clear is not DateClear.REMOVE:
                raise invalid_payment("paymentDate", "InvalidOperation", "paymentDate cannot be removed.")
            return replace(result, paid_on=None, time_of_day="")
        case {"op": "add" | "replace", "path": str(path)} if path.startswith(_REFERENCES):
            return result  # Manage's false 200: a part of a reference is taken without effect
        case _:
            path = str(operation.get("path", ""))
            raise invalid_payment(path, "InvalidOperation", f"This operation cannot be carried out on '{path}'.")


def _decoded(body: bytes) -> object:
    try:
        decoded: object = _DECODER.decode(body)
    except (msgspec.DecodeError, ArithmeticError, UnicodeDecodeError) as error:
        raise bad_query("InvalidJson", f"The body is not JSON: {error}") from error
    return decoded


def _amount(value: object) -> Decimal:
    if value is None:
        raise invalid_payment("amount", "MissingRequiredField", "amount is required.")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _bad_amount()
    try:
        amount = cents(Decimal(value))
    except BadAmountError as error:
        raise _bad_amount() from error
    if amount <= ZERO:
        raise invalid_payment("amount", "InvalidValue", "amount must be above zero.")
    return amount


def _bad_amount() -> ApiError:
    return invalid_payment("amount", "InvalidValue", "amount is not an amount of money.")


def _dated(draft: Draft, value: object) -> Draft:
    moment = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    try:
        day, time_of_day = date.fromisoformat(moment[1] if moment else ""), moment[2] if moment else ""
        return replace(draft, paid_on=day, time_of_day="" if time_of_day == MIDNIGHT else time_of_day)
    except ValueError as error:
        why = "paymentDate must look like 2026-03-31T00:00:00Z."
        raise invalid_payment("paymentDate", "InvalidValue", why) from error


API_MEMBER = "APIMember"


def computed(invoice: Invoice, payments: Iterable[Payment]) -> Invoice:
    """Return the invoice with the amounts that Manage works out: payments, and total less payments less credits."""
    amount = paid(payments)
    return replace(invoice, payments=amount, balance=invoice.total - amount - invoice.credits)


def created(
    number: int, invoice: Invoice, payments: Iterable[Payment], draft: Draft, behaviour: SiteBehaviour, today: date
) -> Payment:
    """Return the record that a POST makes.

    Args:
        number: its id.
        invoice: as it is.
        payments: all records on it.
        draft: what was sent.
        behaviour: which Manage this is.
        today: what the server dates a payment by, where it dates one by itself.

    Raises:
        ApiError: (400) the invoice takes no such payment.
    """
    _check_open(invoice, behaviour)
    standing = [payment for payment in payments if payment.ours]
    if standing and behaviour.second_payment is SecondPayment.REFUSED:
        raise invalid_payment("invoice", "ObjectExists", f"Invoice {invoice.number} already has a payment.")
    undated = draft.paid_on is None
    return Payment(
        id=number,
        invoice_id=invoice.id,
        amount=_allowed(draft.amount, invoice, payments, behaviour),
        paid_on=today if undated and behaviour.partial_date is PartialDate.LAST_RECEIPT else draft.paid_on,
        applied_by=API_MEMBER,
        time_of_day=draft.time_of_day,
        kind=draft.kind,
    )


def changed(
    payment: Payment, invoice: Invoice, payments: Iterable[Payment], draft: Draft, behaviour: SiteBehaviour
) -> Payment:
    """Return the record that a PATCH makes of another.

    Raises:
        ApiError: (400) the invoice takes no such payment, or the record is not the client's to change.
    """
    check_writable(payment, invoice, behaviour)
    others = [other for other in payments if other.id != payment.id]
    amount = _allowed(draft.amount, invoice, others, behaviour)
    return replace(payment, amount=amount, paid_on=draft.paid_on, time_of_day=draft.time_of_day)


def check_writable(payment: Payment, invoice: Invoice, behaviour: SiteBehaviour) -> None:
    """Insist that a record may be changed or deleted.

    Raises:
        ApiError: (400) a credit memo, a payment made online, or a closed invoice of a site that locks them.
    """
    _check_open(invoice, behaviour)
    if not payment.ours:
        raise invalid_payment("source", "InvalidOperation", "Online payments and credits cannot be changed here.")


def _check_open(invoice: Invoice, behaviour: SiteBehaviour) -> None:
    if invoice.closed and behaviour.closed_invoices is ClosedInvoices.REFUSED:
        raise invalid_payment("invoice", "InvalidOperation", f"Invoice {invoice.number} is closed.")


def _allowed(amount: Decimal, invoice: Invoice, others: Iterable[Payment], behaviour: SiteBehaviour) -> Decimal:
    """The amount that is stored: never above what the other records leave owing."""
    owing = invoice.total - invoice.credits - paid(others)
    if amount <= owing:
        return amount
    if behaviour.overpayment is Overpayment.CLIPPED and owing > ZERO:
        return owing
    raise invalid_payment("amount", "InvalidValue", f"amount exceeds the balance of {owing:.2f}.")
