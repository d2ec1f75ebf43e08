"""Invoice Search, the page that people look at: which invoices it shows, in which order, and what of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from jinja2 import StrictUndefined
from msgspec import Struct
from werkzeug.wrappers import Response

from sync.core.decide.manage_position import standing_of
from sync.core.values.messages import Language, Text, legible, say
from sync.core.values.money import ZERO
from sync.core.values.records import Invoice, Payment
from sync.language.catalogues import ENGLISH, NAMES, language
from sync.practice.store import Store

ROWS_ON_A_PAGE = 50
FIRST_ORDER = "-date"
_DIGITS = re.compile(r"(\d+)", re.ASCII)


class Paid(StrEnum):
    """How far an invoice is paid, as Manage's own filter on Paid Amount words it."""

    FULL = "Paid In Full"
    PARTIAL = "Partially Paid"
    NONE = "Not Paid"


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


class SearchResult(Struct, frozen=True, kw_only=True):
    """One page of what was found.

    Attributes:
        rows: the invoices on this page, each with its Date Paid.
        first: the place of the first row among all found, from 1.
        count: how many were found.
        page: the page shown, which is the last one where a later one was asked for.
        pages: how many there are.
        by_currency: all that were found, by ISO code; "" where a site names none.
    """

    rows: Sequence[tuple[Invoice, date | None]]
    first: int
    count: int
    page: int
    pages: int
    by_currency: Mapping[str, Sequence[Invoice]]


def read_search(given: Mapping[str, str]) -> Search:
    """Read a query string; what cannot be understood counts as not said."""
    paid, order, page = given.get("paid", ""), given.get("order", ""), given.get("page", "")
    return Search(
        text=given.get("q", "").strip(),
        paid=Paid(paid) if paid in list(Paid) else None,
        order=order if order.removeprefix("-") in ORDERS else FIRST_ORDER,
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) <= len("999999") else 1,
    )


def search_invoices(
    invoices: Iterable[Invoice], payments: Callable[[int], Sequence[Payment]], search: Search
) -> SearchResult:
    """Return one page of the invoices that a visitor searches for.

    Args:
        invoices: all there are, by rising id.
        payments: gives the payment records on an invoice by its id.
        search: what is asked for.
    """
    text = search.text.casefold()
    matching = [i for i in invoices if _matches(i, text) and search.paid in {None, paid_state(i)}]
    pages = max(1, -(-len(matching) // ROWS_ON_A_PAGE))
    page = min(max(1, search.page), pages)
    start = (page - 1) * ROWS_ON_A_PAGE
    groups: defaultdict[str, list[Invoice]] = defaultdict(list)
    for invoice in matching:
        groups[invoice.currency or ""].append(invoice)
    shown = _ordered(matching, payments, search.order)[start : start + ROWS_ON_A_PAGE]
    return SearchResult(
        rows=[(invoice, date_paid(invoice, payments(invoice.id))) for invoice in shown],
        first=start + 1,
        count=len(matching),
        page=page,
        pages=pages,
        by_currency=dict(sorted(groups.items())),
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
    return standing_of(invoice, payments).date_paid if paid_state(invoice) is Paid.FULL else None


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
    return [(int(part), "") if index % 2 else (-1, part) for index, part in enumerate(parts)]


PATH = "/finance/invoice-search"
INVOICE = "/finance/invoice"
"""Behind it comes the number of an invoice's record: its own page, as a link from a row leads to."""


LABELS: Mapping[str, Text] = {
    "invoice": say("invoice"),
    "company": say("company"),
    "date": say("date"),
    "currency": say("currency"),
    "total": say("total"),
    "paid": say("paid-amount"),
    "date-paid": say("date-paid"),
    "balance": say("balance"),
    "status": say("status"),
}
"""The columns: each name in the query string, and its heading."""
AMOUNTS = frozenset({"total", "paid", "balance"})
STATES = {Paid.FULL: say("paid-in-full"), Paid.PARTIAL: say("partially-paid"), Paid.NONE: say("not-paid")}


def add_page(app: Flask, store: Store) -> None:
    """Give an app the page, and lead its root there."""

    def home() -> Response:
        return redirect(url_for("invoice_search"))

    def invoice(record: int) -> Response:
        """The search that finds this invoice."""
        found = next((each for each in store.invoices() if each.id == record), None)
        return redirect(url_for("invoice_search", q=found.number if found else record))

    def invoice_search() -> str:
        search = read_search(request.args.to_dict())
        result = search_invoices(store.invoices(), store.payments, search)
        return render_template(
            "invoice_search.html",
            search=search,
            result=result,
            labels=LABELS,
            amounts=AMOUNTS,
            states=STATES,
            address=lambda **changed: _address(search, **changed),
            reversed_order=lambda name: f"-{name}" if search.order == name else name,
        )

    app.jinja_env.globals.update(say=say, language=_language, counted=_counted)
    app.jinja_env.finalize = _in_words
    app.jinja_env.undefined = StrictUndefined  # a name that a template has wrong is an error, not an empty list
    app.add_url_rule("/", view_func=home)
    app.add_url_rule(PATH, view_func=invoice_search)
    app.add_url_rule(f"{INVOICE}/<int:record>", view_func=invoice)


def _language() -> Language:
    """The first language that the visitor's browser asks for and Tieout speaks, else English."""
    asked = (tag[:2].lower() for tag in request.accept_languages.values())  # by rank; fr-CA is fr
    return language(next((code for code in asked if code in NAMES), ENGLISH.code))


def _in_words(value: object) -> object:
    """Return a value as a template shows it: a `Text` in the visitor's language, words without what is unseen."""
    if isinstance(value, Text):
        return value.said(_language())
    return legible(value) if type(value) is str else value  # markup is of a type of its own


def _counted(number: int) -> str:
    """A number with thousands set apart, as the visitor's language writes it."""
    return f"{number:,}".replace(",", _language().group)


def _address(search: Search, *, order: str | None = None, page: int = 1) -> str:
    """The address of this search in another order, or of another of its pages."""
    order = search.order if order is None else order
    return url_for(
        "invoice_search",
        q=search.text or None,
        paid=search.paid.value if search.paid else None,
        order=None if order == FIRST_ORDER else order,
        page=page if page > 1 else None,
    )
