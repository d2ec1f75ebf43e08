"""Rows as the database driver returns them, as the core's values. What cannot be read is said, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sync.core import money
from sync.core.money import ZERO
from sync.core.reading import Entered
from sync.core.records import Balance, Document, Entry
from sync.core.words import Text, say

EARLIEST_YEAR, LATEST_YEAR = 1980, 2200
DAYS_REMEMBERED = 100_000
NO_TYPE = -1


def document(row: Sequence[Any]) -> Document:
    """A document from a row of `queries.DOCUMENTS`."""
    number, customer_id, found_customer, customer, source, dated, kind, currency = row
    return _document(number, customer_id, found_customer, customer, source, _day(dated), kind, currency)


def _document(
    number: int,
    customer_id: int | None,
    found_customer: int | None,
    customer: str | None,
    source: str | None,
    day: date | None,
    kind: int | None,
    currency: int | None,
) -> Document:
    flaw = None
    if found_customer is None:
        flaw = say("Sage document {id} belongs to no customer.", id=int(number))
    elif day is None:
        flaw = say("Sage document {id} has no valid date.", id=int(number))
    elif kind is None:
        flaw = say("Sage document {id} has no type.", id=int(number))
    return Document(
        id=int(number),
        customer_id=int(customer_id or 0),
        customer=customer or "",
        number=source or "",
        dated=day,
        kind=NO_TYPE if kind is None else int(kind),
        currency_id=int(currency or 0),
        flaw=flaw,
    )


def orphan(document_id: int) -> Document:
    """Stands for a document that rows belong to and Sage does not hold."""
    return Document(
        id=document_id,
        customer_id=0,
        customer="",
        number="",
        dated=None,
        kind=NO_TYPE,
        currency_id=0,
        flaw=say("Sage has payment rows for document {id}, and no such document.", id=document_id),
    )


def entered(row: Sequence[Any]) -> Entered:
    """A row of payment information as it was selected, from a row of `queries.TOUCHED_BY_STAMP` and its like."""
    number, document_id, kind, value = row
    return Entered(
        id=int(number),
        document_id=int(document_id),
        kind=NO_TYPE if kind is None else int(kind),
        amount=_amount(value),
    )


def balance(row: Sequence[Any], customers: Mapping[int, tuple[str | None, int]]) -> Balance:
    """What a document comes to.

    Args:
        row: of `queries.BALANCES`.
        customers: name and currency by number, from `queries.CUSTOMERS`.
    """
    number, customer_id, source, dated, kind, currency, own, cash, owed, entered_on = row
    customer = customers.get(customer_id)
    found, name, usual = (customer_id, *customer) if customer else (None, None, 0)
    about = _document(number, customer_id, found, name, source, _numbered(dated), kind, currency or usual)
    entered = _numbered(entered_on)
    if own is None:
        return Balance(document=about, total=ZERO, cash=ZERO, balance=ZERO, last_entered=entered)
    try:
        return Balance(
            document=about,
            total=money.from_double(own),
            cash=money.from_double(cash or 0.0),
            balance=money.from_double(owed),
            last_entered=entered,
        )
    except money.BadAmountError:
        return Balance(document=about, total=ZERO, cash=ZERO, balance=ZERO, last_entered=entered, unreadable=True)


def entry(row: Sequence[Any]) -> Entry:
    """A row of a document's ledger, from a row of `queries.ENTRIES` or `queries.MIRRORS`."""
    number, document_id, customer_id, dated, source, kind, value, is_reversed, cheque, bank, entered_on, by = row
    day = _day(dated)
    flaw: Text | None = None
    amount = None
    try:
        amount = money.from_double(value)
    except money.BadAmountError as error:
        flaw = say("The amount of Sage row {id} is {why}.", id=int(number), why=error.why)
    if flaw is None and day is None:
        flaw = say("Sage row {id} has no valid date.", id=int(number))
    if flaw is None and kind is None:
        flaw = say("Sage row {id} has no type.", id=int(number))
    return Entry(
        id=int(number),
        document_id=int(document_id),
        customer_id=int(customer_id or 0),
        dated=day,
        number=source or "",
        kind=NO_TYPE if kind is None else int(kind),
        amount=amount,
        reversed=bool(is_reversed),
        banked=bool(cheque or bank),
        entered_on=_day(entered_on),
        entered_by=by or "",
        flaw=flaw,
    )


def _amount(value: object) -> Decimal | None:
    try:
        return money.from_double(value)
    except money.BadAmountError:
        return None


def _day(text: object) -> date | None:
    """The calendar day at the start of a date's text; None when there is none (empty, zero, out of range)."""
    return _calendar(str(text)[:10]) if text is not None else None


@lru_cache(maxsize=DAYS_REMEMBERED)
def _numbered(day: float | None) -> date | None:
    """The calendar day of a number made of its digits; None when there is none."""
    return _calendar(f"{day:08.0f}") if day else None


@lru_cache(maxsize=DAYS_REMEMBERED)
def _calendar(text: str) -> date | None:
    """A company's days are few and its rows many, so each day is read, and kept, once."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None
