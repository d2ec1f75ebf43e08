"""Manage's JSON as it is on the wire, and as the core's values. Amounts are read exactly, days are never converted."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from sync.core import money
from sync.core.records import Invoice, Payment
from sync.core.words import Text, say

INVOICE_FIELDS = (
    "id,invoiceNumber,type,status/name,status/isClosed,company/id,company/identifier,company/name,accountNumber,"
    "currency/currencyCode,date,total,payments,credits,balance"
)
PAYMENT_FIELDS = "id,source,invoice,credit,amount,paymentDate,appliedBy"


Shape = TypeVar("Shape")
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}
_making = threading.Lock()


def decode(content: bytes, shape: type[Shape]) -> Shape:
    """JSON as a value of a shape.

    msgspec works out what it has to know of a struct when it is first used, and crashes where two threads do so at
    once: so each decoder is made once, by one thread.

    Raises:
        msgspec.MsgspecError, UnicodeDecodeError: it is not of that shape.
    """
    with _making:
        if shape not in _decoders:
            _decoders[shape] = msgspec.json.Decoder(shape)
        decoder: msgspec.json.Decoder[Shape] = _decoders[shape]
    return decoder.decode(content)


class Reference(msgspec.Struct, rename="camel", gc=False):
    """A reference to another record."""

    id: int | None = None
    identifier: str | None = None
    name: str | None = None
    currency_code: str | None = None
    is_closed: bool | None = None


_NOTHING = Reference()


class Numbered(msgspec.Struct, gc=False):
    """Any record, for its id alone."""

    id: int


class WireInvoice(msgspec.Struct, rename="camel", gc=False):
    """`GET /finance/invoices`; only the fields used."""

    id: int
    invoice_number: str | None = None
    type: str | None = None
    status: Reference | None = None
    company: Reference | None = None
    account_number: str | None = None
    currency: Reference | None = None
    date: str | None = None
    total: Decimal | None = None
    payments: Decimal | None = None
    credits: Decimal | None = None
    balance: Decimal | None = None


class WirePayment(msgspec.Struct, rename="camel"):
    """`GET /finance/invoices/{id}/payments`; only the fields used."""

    id: int
    source: str | None = None
    invoice: Reference | None = None
    credit: Reference | None = None
    amount: Decimal | None = None
    payment_date: str | None = None
    applied_by: str | None = None


class Count(msgspec.Struct):
    """`GET …/count`."""

    count: int


class CompanyInfo(msgspec.Struct):
    """`GET /login/companyinfo/{company}`."""

    codebase: str = msgspec.field(name="Codebase")


class SystemInfo(msgspec.Struct):
    """`GET /system/info`."""

    version: str = "?"


class Fault(msgspec.Struct):
    """One entry of an error's `errors`."""

    message: str | None = None
    field: str | None = None


class Problem(msgspec.Struct):
    """An error's body, in either of Manage's two shapes."""

    code: str | None = None
    message: str | None = None
    errors: list[Fault] | None = None


def invoice(wire: WireInvoice) -> Invoice:
    """An invoice; one whose total or number cannot be read carries a flaw."""
    amounts = (wire.total, wire.payments, wire.credits, wire.balance)
    flaw: Text | None = None
    try:
        total, payments, credited, balance = [money.cents(each) if each else money.ZERO for each in amounts]
    except money.BadAmountError:
        total, payments, credited, balance, flaw = *[money.ZERO] * 4, _unreadable(wire.id, amounts)
    if wire.balance is None:
        balance = total - payments - credited
    if wire.total is None:
        flaw = say("Manage's invoice {id} has no total.", id=wire.id)
    company, status = wire.company or _NOTHING, wire.status or _NOTHING
    return Invoice(
        id=wire.id,
        number=wire.invoice_number or "",
        kind=wire.type or "",
        company_id=company.id or 0,
        company=company.name or "",
        company_code=company.identifier or "",
        account=wire.account_number or "",
        currency=wire.currency.currency_code if wire.currency else None,
        dated=day(wire.date),
        total=total,
        payments=payments,
        credits=credited,
        balance=balance,
        status=status.name or "",
        closed=status.is_closed,
        flaw=flaw,
    )


_AMOUNTS = (say("total"), say("payments"), say("credits"), say("balance"))


def _unreadable(invoice_id: int, amounts: Sequence[Decimal | None]) -> Text | None:
    """Names the last amount that is none."""
    flaw: Text | None = None
    for name, value in zip(_AMOUNTS, amounts, strict=True):
        try:
            money.cents(value or money.ZERO)
        except money.BadAmountError as error:
            flaw = say("Manage's invoice {id} shows a {name} that is {why}.", id=invoice_id, name=name, why=error.why)
    return flaw


def payment(wire: WirePayment, invoice_id: int) -> Payment:
    """A payment record; one whose amount cannot be read carries a flaw."""
    amount, why = money.ZERO, money.EMPTY
    readable = False
    if wire.amount is not None:
        try:
            amount, readable = money.cents(wire.amount), True
        except money.BadAmountError as error:
            why = error.why
    flaw = say("Payment record {id} on this invoice in Manage has an amount that is {why}.", id=wire.id, why=why)
    return Payment(
        id=wire.id,
        invoice_id=invoice_id,
        amount=amount,
        paid_on=day(wire.payment_date),
        wisepay=(wire.source or "").casefold() == "wisepay",
        credit=wire.credit is not None and wire.credit.id is not None,
        applied_by=wire.applied_by or "",
        flaw=None if readable else flaw,
    )


@lru_cache(maxsize=4096)
def day(text: str | None) -> date | None:
    """The calendar day at the start of an ISO moment, as Manage shows it; never converted between time zones."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
