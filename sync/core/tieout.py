"""The tie-out of receivables, both ways: what is owed in Sage, what in Manage, and each difference by its class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.money import total
from sync.core.words import Text


class Class(StrEnum):
    """Why the two systems show different balances. In this order on paper."""

    TO_PUSH = "to_push"
    HELD = "held"
    NOT_IN_MANAGE = "not_in_manage"
    NOT_IN_SAGE = "not_in_sage"
    TOTAL_DIFFERS = "total_differs"
    CREDIT = "credit"
    CURRENCY = "currency"
    TIMING = "timing"
    MANAGE_ONLY = "manage_only"
    UNEXPLAINED = "unexplained"


class Age(StrEnum):
    """How old an open balance is, by the document's date."""

    CURRENT = "0 to 30 days"
    MONTH = "31 to 60 days"
    TWO_MONTHS = "61 to 90 days"
    OLD = "91 days and more"
    UNDATED = "No date"


AGES = ((30, Age.CURRENT), (60, Age.MONTH), (90, Age.TWO_MONTHS))


class Item(Struct, frozen=True, kw_only=True, gc=False):
    """One difference, or one part of it.

    Attributes:
        reason: its class.
        invoice: the number.
        customer: as Sage names them, else as Manage does.
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        sage: what Sage says is owed on it; None where Sage has none of it.
        manage: what Manage says is owed on it; None where Manage has none of it.
        difference: Sage less Manage, as far as this class explains it.
        text: why, in words.
        key: of the reconciliation row, where Sage has the document.
    """

    reason: Class
    invoice: str
    customer: str
    currency: str
    sage: Decimal | None
    manage: Decimal | None
    difference: Decimal
    text: Text
    key: str = ""


class Owed(Struct, frozen=True, kw_only=True):
    """What somebody owes, or what is of some age, in both systems: amounts, and how many are open in each."""

    name: str
    currency: str
    sage: Decimal
    manage: Decimal
    documents: int
    invoices: int

    @property
    def difference(self) -> Decimal:
        """Sage less Manage."""
        return self.sage - self.manage


class Open(Struct, frozen=True, kw_only=True, gc=False):
    """One open balance on one side, for adding up."""

    customer: str
    currency: str
    dated: date | None
    amount: Decimal


class TieOut(Struct, frozen=True, kw_only=True):
    """Open balances in Sage against open balances in Manage.

    Attributes:
        day: on which both were read.
        items: every difference, in the order of `Class`, then by customer and number.
        customers: who owes what, by name and currency.
        ages: by age and currency.
    """

    day: date
    items: tuple[Item, ...]
    customers: tuple[Owed, ...]
    ages: tuple[Owed, ...]

    @property
    def totals(self) -> tuple[Owed, ...]:
        """One line for each currency."""
        units = sorted({owed.currency for owed in self.customers})
        return tuple(_sum(unit, unit, [owed for owed in self.customers if owed.currency == unit]) for unit in units)

    def explained(self, unit: str, reason: Class) -> Decimal:
        """Σ of the differences of one class in one currency."""
        return total(item.difference for item in self.items if (item.currency, item.reason) == (unit, reason))

    def classes(self, unit: str) -> list[tuple[Class, int, Decimal]]:
        """The classes that occur in one currency, how many items each has and their sum; unexplained is always last."""
        found = []
        for reason in Class:
            items = sum(1 for item in self.items if (item.currency, item.reason) == (unit, reason))
            last = reason is Class.UNEXPLAINED
            if items or last:
                found.append((reason, items, self.unexplained(unit) if last else self.explained(unit, reason)))
        return found

    def unexplained(self, unit: str) -> Decimal:
        """What no class explains: the difference of the totals less all that is classified."""
        whole = total(owed.difference for owed in self.totals if owed.currency == unit)
        named = total(self.explained(unit, reason) for reason in Class if reason is not Class.UNEXPLAINED)
        return whole - named


def added_up(day: date, sage: Sequence[Open], manage: Sequence[Open], items: Iterable[Item]) -> TieOut:
    """Put the open balances of both sides and their differences together.

    Args:
        day: on which both were read; ages are counted up to it.
        sage: every balance in Sage that is not zero.
        manage: every balance in Manage that is not zero.
        items: the differences.
    """
    order = list(Class)
    return TieOut(
        day=day,
        items=tuple(sorted(items, key=lambda item: (order.index(item.reason), item.customer, item.invoice, item.key))),
        customers=_both(sage, manage, lambda each: each.customer, str.casefold),
        ages=_both(sage, manage, lambda each: age(each.dated, day).value, _age_order),
    )


def age(dated: date | None, day: date) -> Age:
    """How old a document is on a day."""
    if dated is None:
        return Age.UNDATED
    days = (day - dated).days
    return next((name for most, name in AGES if days <= most), Age.OLD)


def _age_order(name: str) -> int:
    return list(Age).index(Age(name))


def _both(
    sage: Iterable[Open], manage: Iterable[Open], name: Callable[[Open], str], order: Callable[[str], int | str]
) -> tuple[Owed, ...]:
    """Both sides' balances added up under one name and currency."""
    sums: defaultdict[tuple[str, str], tuple[list[Decimal], list[Decimal]]] = defaultdict(lambda: ([], []))
    for side, balances in enumerate((sage, manage)):
        for each in balances:
            sums[name(each), each.currency][side].append(each.amount)
    found = [
        Owed(
            name=called,
            currency=unit,
            sage=total(ours),
            manage=total(theirs),
            documents=len(ours),
            invoices=len(theirs),
        )
        for (called, unit), (ours, theirs) in sums.items()
    ]
    return tuple(sorted(found, key=lambda owed: (owed.currency, order(owed.name), owed.name)))


def _sum(name: str, unit: str, parts: Sequence[Owed]) -> Owed:
    return Owed(
        name=name,
        currency=unit,
        sage=total(part.sage for part in parts),
        manage=total(part.manage for part in parts),
        documents=sum(part.documents for part in parts),
        invoices=sum(part.invoices for part in parts),
    )
