"""From Sage's rows to a document's position: its total, what has settled it and how, and when it was cleared.

A cheque over several invoices needs no splitting: Sage keeps one row for each invoice it was applied to, all with the
receipt's number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from sync.core.decide.credit_groups import NOBODY, Credits, SharedCredit, credits_of
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, is_nothing, rounded, total
from sync.core.values.proposal import Application, ApplicationPart
from sync.core.values.records import DISCOUNT, OWN_KINDS, RECEIPT, Document, Entry

_SETTLING = (ApplicationPart.CASH, ApplicationPart.DISCOUNT, ApplicationPart.CREDIT, ApplicationPart.OTHER)
_Line = tuple[Entry, ApplicationPart, Decimal | None]
"""A row, or a part of one: what it counts as, and its amount as in Sage."""


class Position(Struct, frozen=True, kw_only=True, gc=False):
    """What Sage says of one document, in the customer's currency, two decimals.

    Always ``total - cash - discount - credit - other == balance``. Total and balance are added up as Sage holds them
    and rounded once; what the rounding of the parts misses of them is within the largest part.

    Attributes:
        document: the document itself.
        total: Σ of its own rows; below zero for a credit note.
        cash: receipts applied, returned cheques taken off.
        discount: early-payment discounts taken.
        credit: what credit notes gave, see `credit_groups`; below zero on a credit note.
        other: applications of a kind that Tieout does not know; shown and reported.
        balance: Σ of all rows: what is still owed.
        paid_in_full_on: the day the balance became zero for good, never before the document's own date.
        clearing_receipt: number of the application that did it.
        last_receipt_on: day of the latest application that lowered the balance and was not taken back.
        clearing_dated: day of the application that did it: the number alone is no key.
        unknown_kinds: Sage's codes behind `other`, of which something stands.
        shared: the credit in it of which only a sum over several documents is certain.
        moved: how much more of `credit` it has because Manage shows it so; Sage leaves it open.
        rounding: what the largest part has been given so that the parts add up.
        deposit: it has rows and none of its own: money without an invoice.
        post_dated: its receipts that are dated after today, in words.
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
    clearing_dated: date | None = None
    last_receipt_on: date | None = None
    unknown_kinds: tuple[int, ...] = ()
    shared: tuple[SharedCredit, ...] = ()
    moved: Decimal = ZERO
    rounding: Decimal = ZERO
    deposit: bool = False
    post_dated: tuple[Text, ...] = ()
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
        return self.balance == ZERO and self.total == ZERO and not (self.flaws or self.deposit)

    @property
    def credit_note(self) -> bool:
        """A document that lowers what the customer owes, whatever its type says."""
        return self.total < ZERO


def positions(
    documents: Iterable[Document],
    entries: Iterable[Entry],
    today: date | None = None,
    entered: Collection[int] = frozenset(),
    shown: Mapping[int, Decimal] = NOBODY,
) -> list[Position]:
    """Work out the position of each document.

    Args:
        documents: the documents wanted, each once.
        entries: all rows of those documents, and what `credits_of` needs to know of others.
        today: Sage's local date; an application dated later is not money received yet. None asks no such question.
        entered: ids of the rows that are payment information entered in the run's window.
        shown: the credits that Manage shows, see `credits_of`.

    Returns:
        One position per document, in the documents' order. The order of the input never matters otherwise.
    """
    entries = tuple(entries)
    rows: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        rows[entry.document_id].append(entry)
    credit = credits_of(entries, shown)
    return [
        _position(document, sorted(rows.pop(document.id, ()), key=own_first), credit, today, entered)
        for document in documents
    ]


def _position(
    document: Document, rows: Sequence[Entry], credit: Credits, today: date | None, entered: Collection[int]
) -> Position:
    """The position of one document; its rows come sorted by `own_first`, once for everything that follows."""
    lines = list(_lines(rows, credit))
    sums = dict.fromkeys(_SETTLING, ZERO)
    unknown: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    own = ZERO
    for row, part, amount in lines:
        if part is ApplicationPart.TOTAL:
            own += row.held
        else:
            sums[part] -= amount or ZERO
        if part is ApplicationPart.OTHER:
            unknown[row.kind] += row.held
    dating = [row for row in rows if row.kind not in OWN_KINDS and not row.reversed]
    flaws = _flaws(document, rows)
    deposit = bool(rows) and rows[0].kind not in OWN_KINDS
    post_dated = _post_dated(dating, today)
    owed = total(row.held for row in rows)
    whole, balance = rounded(own), rounded(owed)
    rounding = whole - balance - total(sums.values())
    sums[max(_SETTLING, key=lambda part: abs(sums[part]))] += rounding
    clearing = None
    if balance == ZERO and whole != ZERO and not (flaws or post_dated):
        clearing = _clearing(owed - total(row.held for row in dating), dating)
        if clearing is None:
            flaws = (say("row-all-applications-reversed"),)
    return Position(
        document=document,
        total=whole,
        cash=sums[ApplicationPart.CASH],
        discount=sums[ApplicationPart.DISCOUNT],
        credit=sums[ApplicationPart.CREDIT],
        other=sums[ApplicationPart.OTHER],
        balance=balance,
        paid_in_full_on=_not_before(document.dated, clearing.dated) if clearing else None,
        clearing_receipt=clearing.number if clearing else None,
        clearing_dated=clearing.dated if clearing else None,
        last_receipt_on=_not_before(document.dated, _last_lowered(dating)),
        unknown_kinds=tuple(sorted(kind for kind, amount in unknown.items() if not is_nothing(amount))),
        shared=credit.shared.get(document.id, ()),
        moved=credit.moved.get(document.id, ZERO),
        rounding=rounding,
        deposit=deposit,
        post_dated=post_dated,
        flaws=flaws,
        unreadable=any(row.amount is None for row in rows),
        applications=_applications(lines, clearing, entered),
    )


def _lines(rows: Iterable[Entry], credit: Credits) -> Iterator[_Line]:
    """What each row counts as; one that is part cash and part credit comes as both."""
    for row in rows:
        part = _PARTS.get(row.kind, ApplicationPart.OTHER)
        taken = credit.by_row.get(row.id)
        if taken is None or row.amount is None:
            yield row, part, row.amount
            continue
        yield row, ApplicationPart.CREDIT, ZERO - taken
        if row.amount + taken != ZERO:
            yield row, part, row.amount + taken


_PARTS: Mapping[int, ApplicationPart] = {
    **dict.fromkeys(OWN_KINDS, ApplicationPart.TOTAL),
    RECEIPT: ApplicationPart.CASH,
    DISCOUNT: ApplicationPart.DISCOUNT,
}


def _flaws(document: Document, rows: Sequence[Entry]) -> tuple[Text, ...]:
    """What is wrong with a document's records: itself, its rows by date, and that it has none."""
    flaws = [document.flaw] if document.flaw else []
    flaws += [row.flaw for row in sorted((row for row in rows if row.flaw), key=by_date) if row.flaw]
    if not rows:
        flaws.append(say("row-document-without-amount"))
    return tuple(flaws)


def _post_dated(dating: Sequence[Entry], today: date | None) -> tuple[Text, ...]:
    """What is said of each application that is dated after today; they come in order of date."""
    if today is None or not dating or dating[-1].dated is None or dating[-1].dated <= today:
        return ()
    return tuple(
        say("row-receipt-post-dated", receipt=row.number or say("an-application"), date=row.dated)
        for row in dating
        if row.dated and row.dated > today
    )


def _clearing(running: Decimal, dating: Sequence[Entry]) -> Entry | None:
    """The application after which the running balance of a document whose rows all cancel is zero for good.

    Args:
        running: Σ of the document's own rows and of reversed pairs, as Sage holds it: they count first, whatever their
            dates, so that neither can set the date.
        dating: the rows that may set a date, in order: neither the document's own nor reversed.
    """
    clearing = None
    for row in dating:
        before, running = running, running + row.held
        if not is_nothing(running):
            clearing = None
        elif not is_nothing(before):
            clearing = row
    return clearing


def _last_lowered(dating: Sequence[Entry]) -> date | None:
    """Return the day of the last application that lowered the balance; one reversed for the same amount does not count.

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


def by_date(row: Entry) -> tuple[date, int]:
    """Return what applications are sorted by: date, then entry."""
    return (row.dated or date.min, row.id)


def own_first(row: Entry) -> tuple[bool, date, int]:
    """Return what a document's rows are sorted by: its own first, whatever their dates, then date and entry."""
    return (row.kind not in OWN_KINDS, row.dated or date.min, row.id)


def _applications(lines: Sequence[_Line], clearing: Entry | None, entered: Collection[int]) -> tuple[Application, ...]:
    """Return a document's rows with the running balance.

    Args:
        lines: in the order of `own_first`.
        clearing: the row that cleared it, if one did; where it is two lines, the last of them does.
        entered: ids of the rows that are payment information entered in the run's window.
    """
    found = []
    running = ZERO
    whole_cents = not any(row.beyond for row, _, _ in lines)
    for row, part, amount in lines:
        last = part is not ApplicationPart.CREDIT or amount == row.amount
        running += (amount or ZERO) + (row.beyond if last else ZERO)
        found.append(
            Application(
                id=row.id,
                number=row.number,
                dated=row.dated,
                entered_on=row.entered_on,
                entered_by=row.entered_by,
                part=part,
                amount=amount,
                balance=running if whole_cents else rounded(running),
                reversed=row.reversed,
                clears=row is clearing and last,
                entered=row.id in entered,
            )
        )
    return tuple(found)
