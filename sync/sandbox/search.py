"""Invoice Search: which invoices are shown, in which order, and what of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import Any

from msgspec import Struct

from sync.core.money import ZERO, total
from sync.core.records import Invoice, Payment
from sync.core.standing import standing

ROWS_ON_A_PAGE = 50
FIRST_ORDER = "-date"
_DIGITS = re.compile(r"(\d+)", re.ASCII)


class Paid(StrEnum):
    """How far an invoice is paid, as Manage's own filter on Paid Amount words it."""

    FULL = "Paid In Full"
    PARTIAL = "Partially Paid"
    NONE = "Not Paid"


class Found(Struct, frozen=True, kw_only=True):
    """An invoice as Invoice Search shows it.

    Attributes:
        number: the invoice number.
        company: the company's name.
        dated: the invoice's date.
        currency: ISO code; empty on a site that names none.
        total: tax included.
        paid_amount: Paid Amount.
        date_paid: Date Paid: the payment record's date, and only when the invoice is paid in full.
        balance: what is still owed.
        status: the billing status.
    """

    number: str
    company: str
    dated: date | None
    currency: str
    total: Decimal
    paid_amount: Decimal
    date_paid: date | None
    balance: Decimal
    status: str


class Sum(Struct, frozen=True, kw_only=True):
    """Σ of all invoices found in one currency."""

    currency: str
    count: int
    total: Decimal
    paid_amount: Decimal
    balance: Decimal


class Search(Struct, frozen=True, kw_only=True):
    """What a visitor asks for.

    Attributes:
        text: part of an invoice number, company, or status, in any case.
        paid: see `Paid`; None for all.
        order: a name in `ORDERS`, with a minus before it for the reverse.
        page: 1 is the first.
    """

    text: str = ""
    paid: Paid | None = None
    order: str = FIRST_ORDER
    page: int = 1


class Result(Struct, frozen=True, kw_only=True):
    """One page of what was found.

    Attributes:
        rows: on this page.
        first: the place of the first row among all found, from 1.
        count: how many were found.
        page: the page shown, which is the last one where a later one was asked for.
        pages: how many there are.
        sums: one for each currency.
    """

    rows: Sequence[Found]
    first: int
    count: int
    page: int
    pages: int
    sums: Sequence[Sum]


def read_search(given: Mapping[str, str]) -> Search:
    """Read a query string; what cannot be understood counts as not said."""
    paid, order, page = given.get("paid", ""), given.get("order", ""), given.get("page", "")
    return Search(
        text=given.get("q", "").strip(),
        paid=Paid(paid) if paid in list(Paid) else None,
        order=order if order.removeprefix("-") in ORDERS else FIRST_ORDER,
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) <= len("999999") else 1,
    )


def find(invoices: Iterable[Invoice], payments: Callable[[int], Sequence[Payment]], search: Search) -> Result:
    """Search.

    Args:
        invoices: all there are, by rising id.
        payments: gives the payment records on an invoice by its id.
        search: what is asked for.
    """
    text = search.text.casefold()
    found = [i for i in invoices if _matches(i, text) and search.paid in {None, paid_state(i)}]
    pages = max(1, -(-len(found) // ROWS_ON_A_PAGE))
    page = min(max(1, search.page), pages)
    start = (page - 1) * ROWS_ON_A_PAGE
    shown = _ordered(found, payments, search.order)[start : start + ROWS_ON_A_PAGE]
    return Result(
        rows=[_found(invoice, payments(invoice.id)) for invoice in shown],
        first=start + 1,
        count=len(found),
        page=page,
        pages=pages,
        sums=_sums(found),
    )


def paid_state(invoice: Invoice) -> Paid | None:
    """How far an invoice is paid; None for a credit memo, or an invoice over nothing, which cannot be paid."""
    if invoice.total <= ZERO:
        return None
    if invoice.balance <= ZERO:
        return Paid.FULL
    return Paid.NONE if invoice.payments == ZERO else Paid.PARTIAL


def date_paid(invoice: Invoice, payments: Sequence[Payment]) -> date | None:
    """The payment record's date, and only when the invoice is paid in full; Manage does the same."""
    return standing(invoice, payments).date_paid if paid_state(invoice) is Paid.FULL else None


ORDERS: Mapping[str, Callable[[Invoice, Sequence[Payment]], Any]] = {
    "invoice": lambda invoice, _: _natural(invoice.number),
    "company": lambda invoice, _: invoice.company.casefold(),
    "date": lambda invoice, _: invoice.dated,
    "currency": lambda invoice, _: invoice.currency,
    "total": lambda invoice, _: invoice.total,
    "paid": lambda invoice, _: invoice.payments,
    "date-paid": date_paid,
    "balance": lambda invoice, _: invoice.balance,
    "status": lambda invoice, _: invoice.status.casefold(),
}
"""What a search can be sorted by; the values of one order compare with each other, and None is none."""


def _matches(invoice: Invoice, text: str) -> bool:
    return not text or any(text in said.casefold() for said in (invoice.number, invoice.company, invoice.status))


def _found(invoice: Invoice, payments: Sequence[Payment]) -> Found:
    return Found(
        number=invoice.number,
        company=invoice.company,
        dated=invoice.dated,
        currency=invoice.currency or "",
        total=invoice.total,
        paid_amount=invoice.payments,
        date_paid=date_paid(invoice, payments),
        balance=invoice.balance,
        status=invoice.status,
    )


def _ordered(invoices: Iterable[Invoice], payments: Callable[[int], Sequence[Payment]], order: str) -> list[Invoice]:
    """Sort, by rising id where the column says the same; invoices without a value come last either way."""
    key = ORDERS[order.removeprefix("-")]
    keyed = [(key(invoice, payments(invoice.id)), invoice) for invoice in invoices]
    valued = [pair for pair in keyed if pair[0] is not None]
    valued.sort(key=itemgetter(0), reverse=order.startswith("-"))
    return [invoice for _, invoice in valued] + [invoice for value, invoice in keyed if value is None]


def _natural(number: str) -> list[tuple[int, str]]:
    """INV-9 before INV-10."""
    parts = _DIGITS.split(number.casefold())
    return [(int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts)]


def _sums(invoices: Iterable[Invoice]) -> list[Sum]:
    groups: defaultdict[str, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        groups[invoice.currency or ""].append(invoice)
    return [
        Sum(
            currency=currency,
            count=len(group),
            total=total(invoice.total for invoice in group),
            paid_amount=total(invoice.payments for invoice in group),
            balance=total(invoice.balance for invoice in group),
        )
        for currency, group in sorted(groups.items())
    ]
