"""Small values with believable defaults; name only what the test is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from sync.core.values.messages import say
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Action, Balance, Document, Entry, Invoice, Payment, Write

OWN_DAY, RECEIPT_DAY = date(2026, 3, 1), date(2026, 3, 15)


def document(nth: int = 1, /, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """An invoice of Boréal inc. in Canadian dollars; its number in both systems is 1000 and more."""
    plain = Document(
        id=nth,
        customer_id=7,
        customer="Boréal inc.",
        number=str(1000 + nth),
        dated=OWN_DAY,
        kind=0,
        currency_id=1,
    )
    return replace(plain, **changes)


def own(total: str, doc: int = 1, **changes: Any) -> Entry:  # noqa: ANN401 - any field
    """A document's own row."""
    return entry(
        total,
        doc=doc,
        **({"id": doc * 100, "kind": 0, "dated": OWN_DAY, "number": str(1000 + doc), "banked": False} | changes),
    )


def entry(amount: str | None, doc: int = 1, **changes: Any) -> Entry:  # noqa: ANN401 - any field
    """A receipt; its amount lowers what is owed when it is below zero."""
    plain = Entry(
        id=doc * 100 + 1,
        document_id=doc,
        customer_id=7,
        dated=RECEIPT_DAY,
        number="R1",
        kind=1,
        amount=None if amount is None else Decimal(amount),
        reversed=False,
        banked=True,
    )
    return replace(plain, **changes)


def invoice(nth: int = 1, /, total: str = "100.00", payments: str = "0.00", **changes: Any) -> Invoice:  # noqa: ANN401 - any field
    """The same invoice in Manage; its id is 501 and more."""
    due, paid = Decimal(total), Decimal(payments)
    plain = Invoice(
        id=500 + nth,
        number=str(1000 + nth),
        kind="Standard",
        company_id=3,
        company="Boréal inc.",
        company_code="BOREAL",
        account="",
        currency="CAD",
        dated=OWN_DAY,
        total=due,
        payments=paid,
        credits=Decimal("0.00"),
        balance=due - paid,
        status="Closed",
        closed=True,
    )
    return replace(plain, **changes)


def payment(amount: str, paid_on: date | None = None, nth: int = 1, record: int = 9, **changes: Any) -> Payment:  # noqa: ANN401 - any field
    """A payment record on an invoice in Manage."""
    plain = Payment(id=record, invoice_id=500 + nth, amount=Decimal(amount), paid_on=paid_on)
    return replace(plain, **changes)


def create(invoice_id: int, amount: str, paid_on: date | None = None) -> Write:
    """A first payment record, to be written."""
    return Write(
        action=Action.CREATE,
        invoice_id=invoice_id,
        payment_id=None,
        amount=Decimal(amount),
        paid_on=paid_on,
        amount_before=Decimal("0.00"),
        paid_on_before=None,
    )


def proposal(nth: int = 1, /, **changes: Any) -> Proposal:  # noqa: ANN401 - any field
    """The row of the same invoice, ready to be approved, that says no more than it must."""
    about = document(nth)
    plain = Proposal(
        key=str(nth),
        document_id=nth,
        customer_id=about.customer_id,
        invoice=about.number,
        customer=about.customer,
        dated=about.dated,
        currency="CAD",
        status=Status.READY,
        reason=say("x"),
        next_step=say("y"),
    )
    return replace(plain, **changes)


def balance(nth: int = 1, /, total: str = "100.00", owed: str = "100.00", **changes: Any) -> Balance:  # noqa: ANN401 - any field of a balance or its document
    """What the same invoice comes to in Sage; what is settled of it was received, and long ago."""
    whole, still = Decimal(total), Decimal(owed)
    about = {name: changes.pop(name) for name in set(changes) & {"number", "customer", "customer_id", "currency_id"}}
    plain = Balance(
        document=document(nth, **about),
        total=whole,
        received=whole - still,
        balance=still,
        last_entered=None if whole == still else date(2026, 1, 15),
    )
    return replace(plain, **changes)
