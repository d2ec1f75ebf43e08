"""Every number explained: a document's rows in order, what each counts as, and what is owed after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.money import ZERO
from sync.core.records import DISCOUNT, OWN_KINDS, RECEIPT, Entry

Mirrors = Mapping[tuple[int, str, date | None, Decimal], set[int]]
"""Documents with an unbanked application, by customer, number, date and amount."""


class Part(StrEnum):
    """What a row of a document's ledger counts as."""

    TOTAL = "total"
    CASH = "cash"
    DISCOUNT = "discount"
    CREDIT = "credit"
    OTHER = "other"


class Application(Struct, frozen=True, kw_only=True, gc=False):
    """A row of a document's ledger as an accountant reads it: its own amount, a receipt, a discount, a credit.

    Attributes:
        id: `tcustrdt.lId`.
        number: of the receipt, or the document's own.
        dated: the transaction's date.
        entered_on: the day it was keyed in, where Sage records it.
        entered_by: Sage's user who keyed it in, where Sage records it.
        part: what it counts as.
        amount: as in Sage: above zero raises what is owed; None when unreadable.
        balance: what is owed after it, in the order shown.
        reversed: Sage marks it as one of a reversed pair.
        clears: it brought the balance to zero for good.
        entered: it is payment information entered in the run's window.
    """

    id: int
    number: str
    dated: date | None
    entered_on: date | None
    entered_by: str
    part: Part
    amount: Decimal | None
    balance: Decimal
    reversed: bool = False
    clears: bool = False
    entered: bool = False


def part(entry: Entry, mirrors: Mirrors) -> Part:
    """What a row counts as. A credit note applied has no cheque, no bank, and a mirror on another document."""
    kind = entry.kind
    if kind in OWN_KINDS:
        return Part.TOTAL
    if not entry.banked and entry.amount is not None:
        opposite = mirrors.get((entry.customer_id, entry.number, entry.dated, -entry.amount), set())
        if opposite - {entry.document_id}:
            return Part.CREDIT
    if kind == RECEIPT:
        return Part.CASH
    return Part.DISCOUNT if kind == DISCOUNT else Part.OTHER


def by_date(row: Entry) -> tuple[date, int]:
    """The order in which applications count: by date, then by entry."""
    return (row.dated or date.min, row.id)


def own_first(row: Entry) -> tuple[bool, date, int]:
    """The order in which a document's rows are shown: its own first, whatever their dates, then by date and entry."""
    return (row.kind not in OWN_KINDS, row.dated or date.min, row.id)


def applications(
    rows: Sequence[Entry], parts: Sequence[Part], clearing: Entry | None, entered: Collection[int]
) -> tuple[Application, ...]:
    """A document's rows with the running balance.

    Args:
        rows: all rows of one document, in the order of `own_first`.
        parts: what each of them counts as.
        clearing: the row that cleared it, if one did.
        entered: ids of the rows that are payment information entered in the run's window.
    """
    found = []
    balance = ZERO
    for row, kind in zip(rows, parts, strict=True):
        balance += row.amount or ZERO
        found.append(
            Application(
                id=row.id,
                number=row.number,
                dated=row.dated,
                entered_on=row.entered_on,
                entered_by=row.entered_by,
                part=kind,
                amount=row.amount,
                balance=balance,
                reversed=row.reversed,
                clears=row is clearing,
                entered=row.id in entered,
            )
        )
    return tuple(found)
