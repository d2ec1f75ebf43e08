"""What Manage does with a payment that is written: decided purely, under the behaviour that the site plays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from sync.behaviour import Behaviour, ClosedInvoices, Overpayment, SecondPayment
from sync.core.money import ZERO
from sync.core.policy import PartialDate
from sync.core.records import Invoice, Payment
from sync.core.standing import paid
from sync.sandbox.bodies import RESOURCE, Draft
from sync.sandbox.faults import invalid

API_MEMBER = "APIMember"


def computed(invoice: Invoice, payments: Iterable[Payment]) -> Invoice:
    """The invoice with the amounts that Manage works out: payments, and total less payments less credits."""
    amount = paid(payments)
    return replace(invoice, payments=amount, balance=invoice.total - amount - invoice.credits)


def created(
    number: int, invoice: Invoice, payments: Iterable[Payment], draft: Draft, behaviour: Behaviour, today: date
) -> Payment:
    """The record that a POST makes.

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
        raise invalid(RESOURCE, "invoice", "ObjectExists", f"Invoice {invoice.number} already has a payment.")
    return Payment(
        id=number,
        invoice_id=invoice.id,
        amount=_allowed(draft.amount, invoice, payments, behaviour),
        paid_on=dated(draft, behaviour, today),
        applied_by=API_MEMBER,
    )


def changed(
    payment: Payment, invoice: Invoice, payments: Iterable[Payment], draft: Draft, behaviour: Behaviour
) -> Payment:
    """The record that a PATCH or a PUT makes of another.

    Raises:
        ApiError: (400) the invoice takes no such payment, or the record is not the client's to change.
    """
    check_writable(payment, invoice, behaviour)
    others = [other for other in payments if other.id != payment.id]
    return replace(payment, amount=_allowed(draft.amount, invoice, others, behaviour), paid_on=draft.paid_on)


def check_writable(payment: Payment, invoice: Invoice, behaviour: Behaviour) -> None:
    """Insist that a record may be changed or deleted.

    Raises:
        ApiError: (400) a credit memo, a payment made online, or a closed invoice of a site that locks them.
    """
    _check_open(invoice, behaviour)
    if not payment.ours:
        raise invalid(RESOURCE, "source", "InvalidOperation", "Online payments and credits cannot be changed here.")


def dated(draft: Draft, behaviour: Behaviour, today: date) -> date | None:
    """The payment date of a record that was sent whole: some sites date it themselves when none was sent."""
    if draft.paid_on is None and behaviour.partial_date is PartialDate.LAST_RECEIPT:
        return today
    return draft.paid_on


def _check_open(invoice: Invoice, behaviour: Behaviour) -> None:
    if invoice.closed and behaviour.closed_invoices is ClosedInvoices.REFUSED:
        raise invalid(RESOURCE, "invoice", "InvalidOperation", f"Invoice {invoice.number} is closed.")


def _allowed(amount: Decimal, invoice: Invoice, others: Iterable[Payment], behaviour: Behaviour) -> Decimal:
    """The amount that is stored: never above what the other records leave owing."""
    owing = invoice.total - invoice.credits - paid(others)
    if amount <= owing:
        return amount
    if behaviour.overpayment is Overpayment.CLIPPED and owing > ZERO:
        return owing
    raise invalid(RESOURCE, "amount", "InvalidValue", f"amount exceeds the balance of {owing:.2f}.")
