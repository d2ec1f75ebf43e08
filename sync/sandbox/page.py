"""The web page Finance > Invoice Search, made whole on the server: it needs no script."""

from __future__ import annotations

from flask import Flask, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from sync.sandbox.search import FIRST_ORDER, Paid, Search, find, read_search
from sync.sandbox.store import Store

PATH = "/finance/invoice-search"


class Column(Struct, frozen=True, kw_only=True):
    """A column of the table.

    Attributes:
        name: as in the query string.
        label: as in the heading.
        amount: it holds amounts, which line up on the right.
    """

    name: str
    label: str
    amount: bool = False


COLUMNS = (
    Column(name="invoice", label="Invoice"),
    Column(name="company", label="Company"),
    Column(name="date", label="Date"),
    Column(name="currency", label="Currency"),
    Column(name="total", label="Total", amount=True),
    Column(name="paid", label="Paid Amount", amount=True),
    Column(name="date-paid", label="Date Paid"),
    Column(name="balance", label="Balance", amount=True),
    Column(name="status", label="Status"),
)


def add_page(app: Flask, store: Store) -> None:
    """Give an app the page, and lead its root there."""

    def home() -> Response:
        return redirect(url_for("invoice_search"))

    def invoice_search() -> str:
        search = read_search(request.args.to_dict())
        result = find(store.invoices(), store.payments, search)
        return render_template(
            "invoice_search.html",
            columns=COLUMNS,
            search=search,
            result=result,
            states=list(Paid),
            address=lambda **changed: _address(search, **changed),
            reversed_order=lambda name: f"-{name}" if search.order == name else name,
        )

    app.add_url_rule("/", view_func=home)
    app.add_url_rule(PATH, view_func=invoice_search)


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
