"""Rows as the database driver returns them, as the core's values. What cannot be read is said, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core import money
from sync.core.reading import Entered
from sync.core.records import Balance, Document, Entry
from sync.core.words import Text, say

EARLIEST_YEAR, LATEST_YEAR = 1980, 2200
NO_TYPE = -1


def document(row: Sequence[Any]) -> Document:
    """A document from a row of `queries.DOCUMENTS`."""
    number, customer_id, found_customer, customer, source, dated, kind, currency = row
    day = _day(dated)
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


def balance(row: Sequence[Any]) -> Balance:
    """What a document comes to, from a row of `queries.BALANCES`."""
    *head, own, cash, owed, unread, entered_on = row
    amounts = [_amount(value or 0) for value in (own, cash, owed)]
    readable = [amount for amount in amounts if amount is not None]
    unreadable = bool(unread) or len(readable) < len(amounts)
    total, received, still = (money.ZERO,) * len(amounts) if unreadable else readable
    return Balance(
        document=document(head),
        total=total,
        cash=received,
        balance=still,
        last_entered=_day(entered_on),
        unreadable=unreadable,
    )


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
    try:
        day = date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None
