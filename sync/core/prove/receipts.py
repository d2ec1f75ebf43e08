"""The receipts of a run's window, each once: what it paid, what became of each part, and that nothing is left out.

A receipt is what one customer has of one number and day, in one currency: Sage's number alone is no key, and what tells
two receipts of the same number, day and customer apart is not on record, so that these stand together. Only what was
entered in the window counts; a part that was entered before is said, and is in none of the sums. What Sage keeps of a
receipt without any row of its receivables is not read either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.completeness import Intake
from sync.core.prove.figures import NOBODY_CHOSE, Chosen, Disposition, Postings, disposition
from sync.core.values.labels import collated, currency, natural
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.proposal import Application, ApplicationPart, Proposal, Status

_Key = tuple[str, int, str, date | None]
"""Currency, customer, number and day."""


class Applied(Struct, frozen=True, kw_only=True):
    """What a receipt settles of one document, of what was entered in the window.

    Attributes:
        row: the document's row.
        became: what became of it.
        applications: the rows in Sage.
        before: something of this receipt had been applied to it before the window.
    """

    row: Proposal
    became: Disposition
    applications: tuple[Application, ...]
    before: bool = False

    def amount(self, part: ApplicationPart | None = None) -> Decimal:
        """Return Σ of what it settles, in all or of one part; below zero for what was taken back."""
        return self.figure(part) or ZERO

    def figure(self, part: ApplicationPart | None = None) -> Decimal | None:
        """Return `amount` as it is shown: None where no row of it has an amount that can be read."""
        return _figure([self], part)

    @property
    def on_account(self) -> bool:
        """It is money without an invoice: a deposit, or what is left of a receipt."""
        return self.row.status is Status.DEPOSIT

    @property
    def unreadable(self) -> int:
        """How many of its rows have no amount that can be read; they add nothing."""
        return sum(each.amount is None for each in self.applications)

    @property
    def taken_back(self) -> bool:
        """Sage marks a row as reversed, or money was taken back: a returned cheque, a correction."""
        cash = (each for each in self.applications if each.part is not ApplicationPart.CREDIT)
        return any(each.reversed or (each.amount or ZERO) > ZERO for each in cash)

    @property
    def entered_on(self) -> date | None:
        """The last day on which a part of it was keyed in, where Sage records it."""
        return max((each.entered_on for each in self.applications if each.entered_on), default=None)

    @property
    def entered_by(self) -> tuple[str, ...]:
        """Who keyed it in, where Sage records it."""
        return tuple(dict.fromkeys(each.entered_by for each in self.applications if each.entered_by))


class Receipt(Struct, frozen=True, kw_only=True):
    """What one customer has of one number and day: a receipt, a deposit, a credit applied, a returned cheque.

    Attributes:
        number: as Sage has it; empty where it has none.
        dated: its day; None where Sage's is empty.
        currency: ISO code, or `UNNAMED` and Sage's number.
        customer: the name.
        applied: by document, in the order of their numbers.
    """

    number: str
    dated: date | None
    currency: str
    customer: str
    applied: tuple[Applied, ...]

    def amount(self, part: ApplicationPart | None = None) -> Decimal:
        """Return Σ of what it settles, in all or of one part."""
        return self.figure(part) or ZERO

    def figure(self, part: ApplicationPart | None = None) -> Decimal | None:
        """Return `amount` as it is shown: None where no row of it has an amount that can be read."""
        return _figure(self.applied, part)

    @property
    def invoices(self) -> int:
        """How many documents it was applied to; money on account is applied to none."""
        return sum(not each.on_account for each in self.applied)


def _figure(applied: Iterable[Applied], part: ApplicationPart | None) -> Decimal | None:
    rows = [each for of in applied for each in of.applications if part in {None, each.part}]
    if rows and all(each.amount is None for each in rows):
        return None
    return ZERO - total(each.amount or ZERO for each in rows)


class ReceiptTotal(Struct, frozen=True, kw_only=True):
    """The receipts of one currency, beside what was entered in it by the proof.

    Attributes:
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: receipts.
        parts: Σ of what they settle, by part.
        amount: Σ of all parts.
        rows: rows in Sage behind them.
        unreadable: how many of those have no amount that can be read; they add nothing.
        entered: what was entered in the window, by the rows that selected the invoices.
        entered_rows: how many those were.
    """

    currency: str
    count: int
    parts: dict[ApplicationPart, Decimal]
    amount: Decimal
    rows: int
    unreadable: int
    entered: Decimal
    entered_rows: int

    @property
    def difference(self) -> Decimal:
        """What was entered and stands in no receipt."""
        return self.entered - self.amount

    @property
    def ties(self) -> bool:
        """Every row that was entered stands in a receipt, with its amount."""
        return self.difference == ZERO and self.rows == self.entered_rows


PAID = tuple(part for part in ApplicationPart if part is not ApplicationPart.TOTAL)
"""What a receipt may be made of."""


def receipts(rows: Iterable[Proposal], postings: Postings, chosen: Chosen = NOBODY_CHOSE) -> list[Receipt]:
    """Return the receipts behind what was entered in the window, in the order of currency, day, number and customer.

    Args:
        rows: as reviewed.
        postings: how they ended so far, by key.
        chosen: what a person said of them, by key.
    """
    found: defaultdict[_Key, list[Applied]] = defaultdict(list)
    for row in rows:
        mine: defaultdict[_Key, list[Application]] = defaultdict(list)
        for each in row.applications:
            if each.part is not ApplicationPart.TOTAL:
                mine[row.unit, row.customer_id, each.number.strip(), each.dated].append(each)
        became = disposition(row, postings.get(row.key), chosen=chosen.get(row.key))
        for key, applications in mine.items():
            if new := tuple(each for each in applications if each.entered):
                before = len(new) < len(applications)
                found[key].append(Applied(row=row, became=became, applications=new, before=before))
    made = [
        Receipt(
            number=number,
            dated=dated,
            currency=unit,
            customer=applied[0].row.customer,
            applied=tuple(sorted(applied, key=lambda each: (natural(each.row.invoice), each.row.key))),
        )
        for (unit, _, number, dated), applied in found.items()
    ]
    return sorted(made, key=_place)


def _place(receipt: Receipt) -> tuple[object, ...]:
    day = receipt.dated or date.min
    return (receipt.currency, day, natural(receipt.number), collated(receipt.customer), receipt.applied[0].row.key)


def receipt_totals(found: Collection[Receipt], entered: Sequence[Intake]) -> list[ReceiptTotal]:
    """Return the receipts added up by currency, beside what the proof has as entered."""
    units = sorted({each.currency for each in found} | {each.currency for each in entered})
    return [
        _total(unit, [r for r in found if r.currency == unit], [e for e in entered if e.currency == unit])
        for unit in units
    ]


def _total(unit: str, mine: Sequence[Receipt], entered: Sequence[Intake]) -> ReceiptTotal:
    return ReceiptTotal(
        currency=unit,
        count=len(mine),
        parts={part: total(each.amount(part) for each in mine) for part in PAID},
        amount=total(each.amount() for each in mine),
        rows=sum(len(applied.applications) for each in mine for applied in each.applied),
        unreadable=sum(applied.unreadable for each in mine for applied in each.applied),
        entered=total(each.amount for each in entered),
        entered_rows=sum(each.count for each in entered),
    )


def verdict(totals: Collection[ReceiptTotal]) -> Text:
    """Return whether the receipts are all that was entered, or by what they are out, and what nobody could read."""
    out = [
        say(
            "receipts-out",
            currency=currency(each.currency),
            entered=each.entered,
            rows=each.entered_rows,
            shown=each.amount,
            shown_rows=each.rows,
            difference=each.difference,
        )
        for each in totals
        if not each.ties
    ]
    said = sum(out[1:], out[0]) if out else say("receipts-all-accounted-for")
    unreadable = sum(each.unreadable for each in totals)
    return said + say("pack-unreadable-amounts", count=unreadable) if unreadable else said
