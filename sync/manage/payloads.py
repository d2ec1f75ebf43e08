"""Manage's JSON as it is on the wire, and as the core's values. Amounts are read exactly, days are never converted."""

from __future__ import annotations

import re
import threading
from codecs import BOM_UTF8
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeVar

import msgspec

from sync.core.values import money
from sync.core.values.messages import Text, say
from sync.core.values.records import Invoice, Payment
from sync.settings.settings_file import BalanceIdentity

INVOICE_FIELDS = (
    "id,invoiceNumber,type,status/name,status/isClosed,company/id,company/identifier,company/name,accountNumber,"
    "currency/currencyCode,date,total,payments,credits,balance"
)
PAYMENT_FIELDS = "id,type,source,invoice,credit,amount,paymentDate,appliedBy"
Shape = TypeVar("Shape")
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}
_making = threading.Lock()


def decode(content: bytes, shape: type[Shape]) -> Shape:
    """Return JSON as a value of a shape.

    msgspec works out what it has to know of a struct when it is first used, and crashes where two threads do so at
    once: so each decoder is made once, by one thread.

    Raises:
        msgspec.MsgspecError, UnicodeDecodeError: it is not of that shape.
    """
    with _making:
        if shape not in _decoders:
            _decoders[shape] = msgspec.json.Decoder(shape)
        decoder: msgspec.json.Decoder[Shape] = _decoders[shape]
    try:
        return decoder.decode(content.removeprefix(BOM_UTF8))
    except RecursionError as error:  # nested beyond reason
        raise msgspec.DecodeError from error


Id = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A record's number. Beyond this no program that reads JSON is sure of it, and no database of ours can keep it."""


class Reference(msgspec.Struct, rename="camel", gc=False):
    """A reference to another record."""

    id: Id | None = None
    identifier: str | None = None
    name: str | None = None
    currency_code: str | None = None
    is_closed: bool | None = None


_NOTHING = Reference()
_PLAIN_TYPES, _PLAIN_SOURCES = frozenset({"", "p", "payment"}), frozenset({"", "default"})
"""What `type` and `source` of a plain payment are: "P" is the one type that was ever seen."""
_MIDNIGHT = re.compile(r"(T00:00(:00(\.0+)?)?(Z|\+00:00)?)?")
EARLIEST = date(1980, 1, 1)
"""A day before it is how a program says that there is none (0001-01-01, 1900-01-01)."""
_AMOUNTS = (say("total-word"), say("payments-word"), say("credits-word"), say("balance-word"))


class RecordId(msgspec.Struct, gc=False):
    """Any record, for its id alone."""

    id: Id


class WireInvoice(msgspec.Struct, rename="camel", gc=False):
    """`GET /finance/invoices`; only the fields used."""

    id: Id
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

    id: Id
    type: str | None = None
    source: str | None = None
    invoice: Reference | None = None
    credit: Reference | None = None
    amount: Decimal | None = None
    payment_date: str | None = None
    applied_by: str | None = None


class Count(msgspec.Struct):
    """`GET …/count`."""

    count: int


class SystemInfo(msgspec.Struct):
    """`GET /system/info`."""

    version: str = "?"


def invoice(wire: WireInvoice, identity: BalanceIdentity = BalanceIdentity.ON) -> Invoice:
    """Return an invoice; one with an amount that is absent, unreadable or contradicts the others carries a flaw.

    Args:
        wire: as Manage sent it.
        identity: whether total less payments and credits has to be the balance.
    """
    amounts = (wire.total, wire.payments, wire.credits, wire.balance)
    flaw: Text | None = None
    try:
        total, payments, credited, balance = map(_amount, amounts)
    except money.BadAmountError:
        total, payments, credited, balance, flaw = *[money.ZERO] * 4, _unreadable(wire.id, amounts)
    if total - payments - credited != balance and identity is BalanceIdentity.ON:
        flaw = say(
            "manage-invoice-contradicts-itself",
            id=wire.id,
            total=total,
            payments=payments,
            credits=credited,
            balance=balance,
        )
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


def _unreadable(invoice_id: int, amounts: Sequence[Decimal | None]) -> Text | None:
    """Return the flaw that names the first amount that cannot be read; None when all can be."""
    for amount, value in zip(_AMOUNTS, amounts, strict=True):
        _, why = _read(value)
        if why is not None:
            return say("manage-invoice-amount-bad", id=invoice_id, amount=amount, why=why)
    return None


def payment(wire: WirePayment, invoice_id: int) -> Payment:
    """Return a payment record; one whose amount cannot be read carries a flaw."""
    amount, why = _read(wire.amount)
    paid_on = day(wire.payment_date)
    flaw: Text | None = None
    if why is not None:
        flaw = say("manage-payment-amount-bad", id=wire.id, why=why)
    return Payment(
        id=wire.id,
        invoice_id=invoice_id,
        amount=amount,
        paid_on=paid_on,
        wisepay=_folded(wire.source) == "wisepay",
        credit=wire.credit is not None and wire.credit != _NOTHING,
        plain=_folded(wire.type) in _PLAIN_TYPES and _folded(wire.source) in _PLAIN_SOURCES,
        applied_by=wire.applied_by or "",
        flaw=flaw,
        kind=wire.type or "",
        time_of_day=_time_of_day(wire.payment_date or "") if paid_on else "",
        beyond=wire.amount - amount if wire.amount is not None and why is None else money.ZERO,
    )


def _time_of_day(text: str) -> str:
    """Return what follows the day of a moment, as Manage shows it; empty for midnight."""
    return "" if _MIDNIGHT.fullmatch(text[10:]) else text[10:50]


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def _amount(value: Decimal | None) -> Decimal:
    """An amount; one that is absent is none, and not zero."""
    if value is None:
        raise money.BadAmountError(money.EMPTY)
    return money.cents(value) if value else money.ZERO


def _read(amount: Decimal | None) -> tuple[Decimal, Text | None]:
    """An amount, or zero and why it is none."""
    try:
        return _amount(amount), None
    except money.BadAmountError as error:
        return money.ZERO, error.why


@lru_cache(maxsize=4096)
def day(text: str | None) -> date | None:
    """Return the calendar day at the start of an ISO moment, as Manage shows it; never converted between time zones."""
    try:
        found = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return found if found >= EARLIEST else None
