"""The proof that nothing was lost: what was entered in Sage in the window comes out in the rows, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.applications import Application, Part
from sync.core.labels import currency
from sync.core.money import ZERO, total
from sync.core.policy import Policy
from sync.core.position import Position
from sync.core.posting import Outcome, Posting
from sync.core.proposal import UNNAMED, Proposal, Status
from sync.core.reading import Entered
from sync.core.records import DISCOUNT, OWN_KINDS, RECEIPT
from sync.core.words import Text, say


class Sort(StrEnum):
    """What a row of payment information is to an accountant."""

    RECEIPT = "receipt"
    DISCOUNT = "discount"
    CREDIT = "credit"
    REVERSAL = "reversal"
    OTHER = "other"


class Disposition(StrEnum):
    """What became of the invoice that a row of payment information belongs to."""

    POSTED = "posted"
    IN_AGREEMENT = "in_agreement"
    READY = "ready"
    HELD = "held"
    OUT_OF_SCOPE = "out_of_scope"


OUT_OF_SCOPE = frozenset({Status.CREDIT_NOTE, Status.VOIDED, Status.NOT_IN_MANAGE})


class Intake(Struct, frozen=True, kw_only=True):
    """Payment information of one sort and currency entered in the window, as it was selected in Sage.

    Attributes:
        sort: see `Sort`.
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: rows in Sage.
        amount: Σ of what they settle; below zero for what was taken back.
    """

    sort: Sort
    currency: str
    count: int
    amount: Decimal


class Disposed(Struct, frozen=True, kw_only=True):
    """What became of it: rows in Sage of one disposition, status and currency, and what they settle."""

    disposition: Disposition
    status: Status
    currency: str
    count: int
    amount: Decimal


class Completeness(Struct, frozen=True, kw_only=True):
    """Both sides of the proof.

    Attributes:
        entered: by sort and currency, from Sage's own rows.
        disposed: by disposition, status and currency, from the rows of the reconciliation.
        differences: in words, one for each currency that does not tie; empty when all do.
        unreadable: rows in Sage without an amount that can be read; they count, and add nothing.
    """

    entered: tuple[Intake, ...]
    disposed: tuple[Disposed, ...]
    differences: tuple[Text, ...]
    unreadable: int = 0


def intake(entered: Iterable[Entered], positions: Iterable[Position], policy: Policy) -> tuple[Intake, ...]:
    """Add up what was entered in the window, straight from the rows that selected the invoices.

    Args:
        entered: the rows as they were selected; a document's own are no payment information of themselves.
        positions: tell what each row counts as and its currency; one that they do not know is counted all the same.
        policy: names the currencies.
    """
    known = {row.id: (row, position) for position in positions for row in position.applications}
    sums: defaultdict[tuple[Sort, str], list[Decimal]] = defaultdict(list)
    for row in entered:
        if row.kind in OWN_KINDS:
            continue
        application, position = known.get(row.id, (None, None))
        number = position.document.currency_id if position else 0
        unit = policy.currencies.get(number, f"{UNNAMED}{number}")
        sort = _sort(application) if application else _sort_by_kind(row.kind)
        sums[sort, unit].append(ZERO - (row.amount or ZERO))
    order = list(Sort)
    return tuple(
        Intake(sort=sort, currency=unit, count=len(amounts), amount=total(amounts))
        for (sort, unit), amounts in sorted(sums.items(), key=lambda each: (order.index(each[0][0]), each[0][1]))
    )


def completeness(entered: Sequence[Intake], rows: Iterable[Proposal], postings: Mapping[str, Posting]) -> Completeness:
    """Hold what was entered against what the rows of the reconciliation account for.

    Args:
        entered: from `intake`.
        rows: the rows as reviewed.
        postings: how rows of the run ended so far, by key.
    """
    sums: defaultdict[tuple[Disposition, Status, str], list[Decimal]] = defaultdict(list)
    unreadable = 0
    for row in rows:
        for application in row.applications:
            if application.entered and application.part is not Part.TOTAL:
                unreadable += application.amount is None
                where = (disposition(row, postings.get(row.key)), row.status, row.unit)
                sums[where].append(ZERO - (application.amount or ZERO))
    order, statuses = list(Disposition), list(Status)
    disposed = tuple(
        Disposed(disposition=where, status=status, currency=unit, count=len(amounts), amount=total(amounts))
        for (where, status, unit), amounts in sorted(
            sums.items(), key=lambda each: (order.index(each[0][0]), statuses.index(each[0][1]), each[0][2])
        )
    )
    return Completeness(
        entered=tuple(entered),
        disposed=disposed,
        differences=_differences(entered, disposed),
        unreadable=unreadable,
    )


def disposition(row: Proposal, posting: Posting | None) -> Disposition:
    """What became of a row: by its push where there was one, else by its status."""
    done = posting is not None and posting.verified and not posting.undo
    if posting is not None and done and posting.outcome is Outcome.POSTED:
        return Disposition.POSTED
    if row.status is Status.IN_AGREEMENT or (posting is not None and done):
        return Disposition.IN_AGREEMENT
    if row.status in OUT_OF_SCOPE:
        return Disposition.OUT_OF_SCOPE
    return Disposition.READY if row.approve and posting is None else Disposition.HELD


class Gap(Struct, frozen=True, kw_only=True):
    """By how many rows, and by what amount, the two sides of the proof differ in one currency."""

    currency: str
    rows: int
    amount: Decimal


def gaps(entered: Sequence[Intake], disposed: Sequence[Disposed]) -> list[Gap]:
    """One for each currency, nothing on nothing where it ties."""
    return [
        Gap(
            currency=unit,
            rows=sum(e.count for e in entered if e.currency == unit)
            - sum(d.count for d in disposed if d.currency == unit),
            amount=total(e.amount for e in entered if e.currency == unit)
            - total(d.amount for d in disposed if d.currency == unit),
        )
        for unit in sorted({e.currency for e in entered} | {d.currency for d in disposed})
    ]


def _differences(entered: Sequence[Intake], disposed: Sequence[Disposed]) -> tuple[Text, ...]:
    found = []
    for gap in gaps(entered, disposed):
        if gap.rows or gap.amount != ZERO:
            read = [line for line in entered if line.currency == gap.currency]
            count, amount = sum(line.count for line in read), total(line.amount for line in read)
            found.append(
                say(
                    "Entered in Sage in the window in {currency}: {count} rows that settle {amount}; the sheet "
                    "accounts for {shown} rows and {settled}. Out by {difference}.",
                    currency=currency(gap.currency),
                    count=count,
                    amount=amount,
                    shown=count - gap.rows,
                    settled=amount - gap.amount,
                    difference=gap.amount,
                )
            )
    return tuple(found)


def _sort(row: Application) -> Sort:
    if row.part is Part.CREDIT:
        return Sort.CREDIT
    if row.reversed or (row.amount or ZERO) > ZERO:
        return Sort.REVERSAL
    return Sort.RECEIPT if row.part is Part.CASH else Sort.DISCOUNT if row.part is Part.DISCOUNT else Sort.OTHER


def _sort_by_kind(kind: int) -> Sort:
    return Sort.RECEIPT if kind == RECEIPT else Sort.DISCOUNT if kind == DISCOUNT else Sort.OTHER
