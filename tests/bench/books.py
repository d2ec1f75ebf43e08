"""Large companies as the core's values: documents, their rows and their invoices, the same for the same size."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sync.core.values.money import ZERO
from sync.core.values.records import Document, Entry, Invoice

DAY = date(2026, 4, 10)
FIRST = 100_000
CUSTOMERS = 500
TOTAL, PARTS = Decimal("113.00"), (Decimal("-100.00"), Decimal("-13.00"))


def documents(count: int) -> list[Document]:
    """Invoices of 113.00."""
    return [
        Document(
            id=number,
            customer_id=number % CUSTOMERS,
            customer=f"Client {number % CUSTOMERS}",
            number=str(FIRST + number),
            dated=DAY - timedelta(days=60),
            kind=0,
            currency_id=1,
        )
        for number in range(count)
    ]


def entries(count: int) -> list[Entry]:
    """Three rows for each document: its own amount and two receipts that settle it."""
    return [
        Entry(
            id=3 * number + place,
            document_id=number,
            customer_id=number % CUSTOMERS,
            dated=DAY - timedelta(days=60 - 20 * place),
            number=f"{'R' if place else ''}{FIRST + number}",
            kind=1 if place else 0,
            amount=amount,
            reversed=False,
            banked=bool(place),
            entered_on=DAY - timedelta(days=20),
            entered_by="marie",
        )
        for number in range(count)
        for place, amount in enumerate((TOTAL, *PARTS))
    ]


def invoices(count: int) -> list[Invoice]:
    """The same invoices in Manage, unpaid."""
    return [
        Invoice(
            id=number,
            number=str(FIRST + number),
            kind="Standard",
            company_id=number % CUSTOMERS,
            company=f"Client {number % CUSTOMERS}",
            company_code=f"C{number % CUSTOMERS}",
            account="",
            currency="CAD",
            dated=DAY - timedelta(days=60),
            total=TOTAL,
            payments=ZERO,
            credits=ZERO,
            balance=TOTAL,
            status="Closed",
            closed=True,
        )
        for number in range(count)
    ]
