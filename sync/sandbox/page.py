"""The web page Finance > Invoice Search, made whole on the server, in the language spoken there: it needs no script."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from sync.core.words import Text, say, spoken
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
    label: Text
    amount: bool = False


COLUMNS = (
    Column(name="invoice", label=say("Invoice")),
    Column(name="company", label=say("Company")),
    Column(name="date", label=say("Date")),
    Column(name="currency", label=say("Currency")),
    Column(name="total", label=say("Total"), amount=True),
    Column(name="paid", label=say("Paid Amount"), amount=True),
    Column(name="date-paid", label=say("Date Paid")),
    Column(name="balance", label=say("Balance"), amount=True),
    Column(name="status", label=say("Status")),
)
STATES: Mapping[Paid, Text] = {
    Paid.FULL: say("Paid In Full"),
    Paid.PARTIAL: say("Partially Paid"),
    Paid.NONE: say("Not Paid"),
}


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
            labels={column.name: column.label for column in COLUMNS},
            states=STATES,
            address=lambda **changed: _address(search, **changed),
            reversed_order=lambda name: f"-{name}" if search.order == name else name,
        )

    app.jinja_env.globals.update(say=say, spoken=spoken, counted=_counted)
    app.add_url_rule("/", view_func=home)
    app.add_url_rule(PATH, view_func=invoice_search)


def _counted(number: int) -> str:
    """A number with thousands told apart."""
    return f"{number:,}".replace(",", spoken().group)


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
