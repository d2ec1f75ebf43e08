"""From Sage's rows to a document's position: its total, what has settled it and how, and when it was cleared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from sync.core.applications import Application, Mirrors, Part, applications, by_date, own_first, part
from sync.core.money import ZERO, total
from sync.core.records import OWN_KINDS, Document, Entry
from sync.core.words import Text, say

_NO_SUMS = dict.fromkeys(Part, ZERO)


class Position(Struct, frozen=True, kw_only=True, gc=False):
    """What Sage says of one document, in the customer's currency, two decimals.

    Always ``total - cash - discount - credit - other == balance``.

    Attributes:
        document: the document itself.
        total: Σ of its own rows; below zero for a credit note.
        cash: receipts applied, returned cheques taken off.
        discount: early-payment discounts taken.
        credit: credit notes applied.
        other: applications of a kind that Tieout does not know; shown and reported.
        balance: Σ of all rows: what is still owed.
        paid_in_full_on: the day the balance became zero for good, never before the document's own date.
        clearing_receipt: number of the application that did it.
        last_receipt_on: day of the latest application that lowered the balance and was not taken back.
        unknown_kinds: Sage's codes behind `other`.
        flaws: what is wrong with its records, in words.
        unreadable: an amount could not be read, so none of the amounts is to be shown.
        applications: all its rows, in order, with the running balance.
    """

    document: Document
    total: Decimal
    cash: Decimal
    discount: Decimal
    credit: Decimal
    other: Decimal
    balance: Decimal
    paid_in_full_on: date | None = None
    clearing_receipt: str | None = None
    last_receipt_on: date | None = None
    unknown_kinds: tuple[int, ...] = ()
    flaws: tuple[Text, ...] = ()
    unreadable: bool = False
    applications: tuple[Application, ...] = ()

    @property
    def settled(self) -> Decimal:
        """Everything taken off what was owed: cash, discounts, credits and other applications."""
        return self.cash + self.discount + self.credit + self.other

    @property
    def paid_in_full(self) -> bool:
        """Nothing is owed any more on a document that was for something."""
        return self.balance == ZERO and self.total != ZERO

    @property
    def voided(self) -> bool:
        """All its rows cancel: nothing was ever owed, or Sage has reversed it."""
        return self.balance == ZERO and self.total == ZERO and not self.flaws

    @property
    def credit_note(self) -> bool:
        """A document that lowers what the customer owes, whatever its type says."""
        return self.total < ZERO


def positions(
    documents: Iterable[Document],
    entries: Iterable[Entry],
    today: date | None = None,
    entered: Collection[int] = frozenset(),
) -> list[Position]:
    """Work out the position of each document.

    Args:
        documents: the documents wanted, each once.
        entries: all rows of those documents, and at least every unbanked application of their customers (the mirrors
            by which credit notes are recognised). Rows of other documents are used as mirrors only.
        today: Sage's local date; an application dated later is not money received yet. None asks no such question.
        entered: ids of the rows that are payment information entered in the run's window.

    Returns:
        One position per document, in the documents' order. The order of the input never matters otherwise.
    """
    rows: defaultdict[int, list[Entry]] = defaultdict(list)
    mirrors: defaultdict[tuple[int, str, date | None, Decimal], set[int]] = defaultdict(set)
    for entry in entries:
        rows[entry.document_id].append(entry)
        if not entry.banked and entry.kind not in OWN_KINDS and entry.amount is not None:
            mirrors[entry.customer_id, entry.number, entry.dated, entry.amount].add(entry.document_id)
    return [
        _position(document, sorted(rows.pop(document.id, ()), key=own_first), mirrors, today, entered)
        for document in documents
    ]


def _position(
    document: Document,
    rows: Sequence[Entry],
    mirrors: Mirrors,
    today: date | None,
    entered: Collection[int],
) -> Position:
    """The position of one document; its rows come sorted by `own_first`, once for everything that follows."""
    parts = [part(row, mirrors) for row in rows]
    sums = _NO_SUMS.copy()
    unknown: set[int] = set()
    for row, kind in zip(rows, parts, strict=True):
        sums[kind] += row.amount or ZERO
        if kind is Part.OTHER:
            unknown.add(row.kind)
    dating = [row for row in rows if row.kind not in OWN_KINDS and not row.reversed]
    flaws = _flaws(document, rows, dating, today)
    whole, cash, discount, credit, other = sums.values()
    balance = whole + cash + discount + credit + other
    clearing = None
    if balance == ZERO and whole != ZERO and not flaws:
        clearing = _clearing(dating)
        if clearing is None:
            flaws = (say("Every application that clears this document is marked reversed in Sage."),)
    return Position(
        document=document,
        total=whole,
        cash=ZERO - cash,
        discount=ZERO - discount,
        credit=ZERO - credit,
        other=ZERO - other,
        balance=balance,
        paid_in_full_on=_not_before(document.dated, clearing.dated) if clearing else None,
        clearing_receipt=clearing.number if clearing else None,
        last_receipt_on=_not_before(document.dated, _last_lowered(dating)),
        unknown_kinds=tuple(sorted(unknown)),
        flaws=flaws,
        unreadable=any(row.amount is None for row in rows),
        applications=applications(rows, parts, clearing, entered),
    )


def _flaws(document: Document, rows: Sequence[Entry], dating: Sequence[Entry], today: date | None) -> tuple[Text, ...]:
    """What is wrong with a document's records: itself, its rows by date, the future, and no row of its own."""
    flaws = [document.flaw] if document.flaw else []
    flaws += [row.flaw for row in sorted((row for row in rows if row.flaw), key=by_date) if row.flaw]
    if today and dating and dating[-1].dated and dating[-1].dated > today:
        flaws += [_from_the_future(row) for row in dating if row.dated and row.dated > today]
    if not rows or rows[0].kind not in OWN_KINDS:
        flaws.append(say("Sage holds no amount of its own for this document."))
    return tuple(flaws)


def _from_the_future(row: Entry) -> Text:
    return say(
        "{receipt} is dated {date}, which is still to come: a post-dated cheque, or a typing error.",
        receipt=row.number or say("An application"),
        date=row.dated or date.max,
    )


def _clearing(dating: Sequence[Entry]) -> Entry | None:
    """The application after which the running balance of a document whose rows all cancel is zero for good.

    The document's own rows and reversed pairs count first, whatever their dates, so that neither can set the date.

    Args:
        dating: the rows that may set a date, in order: neither the document's own nor reversed.
    """
    running = ZERO - total(row.amount or ZERO for row in dating)
    clearing = None
    for row in dating:
        before, running = running, running + (row.amount or ZERO)
        if running != ZERO:
            clearing = None
        elif before != ZERO:
            clearing = row
    return clearing


def _last_lowered(dating: Sequence[Entry]) -> date | None:
    """Day of the latest application that lowered the balance; one that came back for the same amount does not count.

    Args:
        dating: the rows that may set a date, in order.
    """
    standing: list[Entry] = []
    for row in dating:
        amount = row.amount or ZERO
        if amount < ZERO:
            standing.append(row)
            continue
        equal = [r for r in reversed(standing) if (r.amount or ZERO) == -amount]
        named = (r for r in equal if r.number and row.number.endswith(r.number))  # "NSF 123" takes back receipt 123
        taken_back = next(named, equal[0] if equal else None)
        if taken_back is not None:
            standing.remove(taken_back)
    return standing[-1].dated if standing else None


def _not_before(own: date | None, day: date | None) -> date | None:
    return max(own, day) if own and day else day
