"""The proof that nothing was lost, to the cent.

Control totals: every document read comes out in exactly one row, and the rows add up to what was read. Completeness:
what was entered in Sage in the window comes out in the rows, by what became of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.decide.position import Position
from sync.core.prove.figures import NOBODY_CHOSE, Chosen, Disposition, Postings, disposition
from sync.core.values.labels import currency
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.policy import Policy
from sync.core.values.proposal import Application, ApplicationPart, Proposal, Status
from sync.core.values.records import DISCOUNT, OWN_KINDS, RECEIPT, Entered


class IntakeKind(StrEnum):
    """What a row of payment information is to an accountant."""

    RECEIPT = "receipt"
    DISCOUNT = "discount"
    CREDIT = "credit"
    REVERSAL = "reversal"
    OTHER = "other"


class Intake(Struct, frozen=True, kw_only=True):
    """Payment information of one sort and currency entered in the window, as it was selected in Sage.

    Attributes:
        sort: see `IntakeKind`.
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: rows in Sage; one that is part cash, part credit counts as one of each.
        amount: Σ of what they settle; below zero for what was taken back.
    """

    sort: IntakeKind
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


SORTS: Mapping[IntakeKind, Text] = {
    IntakeKind.RECEIPT: say("receipts"),
    IntakeKind.DISCOUNT: say("discounts"),
    IntakeKind.CREDIT: say("credits-applied"),
    IntakeKind.REVERSAL: say("returned-and-reversed"),
    IntakeKind.OTHER: say("other-kinds"),
}


class Completeness(Struct, frozen=True, kw_only=True):
    """Both sides of the proof.

    Attributes:
        entered: by sort and currency, from Sage's own rows.
        disposed: by disposition, status and currency, from the rows of the reconciliation.
        differences: in words, one for each currency that does not tie; empty when all do.
        unreadable: rows in Sage without an amount that can be read; they count, and add nothing.
        rounding: in words, one for each currency in which rows, in cents, miss what Sage holds; it stops nothing.
    """

    entered: tuple[Intake, ...]
    disposed: tuple[Disposed, ...]
    differences: tuple[Text, ...]
    unreadable: int = 0
    rounding: tuple[Text, ...] = ()


def intake(entered: Iterable[Entered], positions: Iterable[Position], policy: Policy) -> tuple[Intake, ...]:
    """Add up what was entered in the window, straight from the rows that selected the invoices.

    Args:
        entered: the rows as they were selected; a document's own are no payment information of themselves.
        positions: tell what each row counts as and its currency; one that they do not know is counted all the same.
        policy: names the currencies.
    """
    known: defaultdict[int, list[tuple[Application, Position]]] = defaultdict(list)
    for position in positions:
        for application in position.applications:
            known[application.id].append((application, position))
    sums: defaultdict[tuple[IntakeKind, str], list[Decimal]] = defaultdict(list)
    for row in entered:
        if row.kind in OWN_KINDS:
            continue
        left = ZERO - (row.amount or ZERO)
        parts = known.get(row.id, ())
        for application, position in parts[:-1]:  # the credit in a row that is part cash
            part = ZERO - (application.amount or ZERO)
            sums[_kind_of_application(application), policy.unit(position.document.currency_id)].append(part)
            left -= part
        sort = _kind_of_application(parts[-1][0]) if parts else _kind_of_code(row.kind)
        sums[sort, policy.unit(parts[-1][1].document.currency_id if parts else 0)].append(left)
    order = list(IntakeKind)
    return tuple(
        Intake(sort=sort, currency=unit, count=len(amounts), amount=total(amounts))
        for (sort, unit), amounts in sorted(sums.items(), key=lambda each: (order.index(each[0][0]), each[0][1]))
    )


def completeness(
    entered: Sequence[Intake], rows: Iterable[Proposal], postings: Postings, chosen: Chosen = NOBODY_CHOSE
) -> Completeness:
    """Compare what was entered with what the rows of the reconciliation account for.

    Args:
        entered: from `intake`.
        rows: the rows as reviewed.
        postings: how rows of the run ended so far, by key.
        chosen: what a person said of them, by key.
    """
    sums: defaultdict[tuple[Disposition, Status, str], list[Decimal]] = defaultdict(list)
    rounding: defaultdict[str, list[Decimal]] = defaultdict(list)
    unreadable = 0
    for row in rows:
        if row.rounding != ZERO:
            rounding[row.unit].append(row.rounding)
        where = (disposition(row, postings.get(row.key), chosen=chosen.get(row.key)), row.status, row.unit)
        for application in row.applications:
            if application.entered and application.part is not ApplicationPart.TOTAL:
                unreadable += application.amount is None
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
        rounding=tuple(
            say("totals-rounding", currency=currency(unit), count=len(amounts), amount=total(amounts))
            for unit, amounts in sorted(rounding.items())
        ),
    )


class Gap(Struct, frozen=True, kw_only=True):
    """By how many rows, and by what amount, the two sides of the proof differ in one currency."""

    currency: str
    rows: int
    amount: Decimal


def gaps(entered: Sequence[Intake], disposed: Sequence[Disposed]) -> list[Gap]:
    """Return one gap for each currency; its count and amount are zero where the proof ties."""
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
                    "totals-window-incomplete",
                    currency=currency(gap.currency),
                    count=count,
                    amount=amount,
                    shown=count - gap.rows,
                    settled=amount - gap.amount,
                    difference=gap.amount,
                )
            )
    return tuple(found)


def _kind_of_application(row: Application) -> IntakeKind:
    if row.part is ApplicationPart.CREDIT:
        return IntakeKind.CREDIT
    if row.reversed or (row.amount or ZERO) > ZERO:
        return IntakeKind.REVERSAL
    if row.part is ApplicationPart.CASH:
        return IntakeKind.RECEIPT
    return IntakeKind.DISCOUNT if row.part is ApplicationPart.DISCOUNT else IntakeKind.OTHER


def _kind_of_code(kind: int) -> IntakeKind:
    if kind == RECEIPT:
        return IntakeKind.RECEIPT
    return IntakeKind.DISCOUNT if kind == DISCOUNT else IntakeKind.OTHER


class ControlTotal(Struct, frozen=True, kw_only=True):
    """Count and sums of the rows of one status in one currency.

    Attributes:
        status: the status.
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: rows.
        settled: Σ that Sage shows settled.
        paid_before: Σ of Manage's Paid Amount.
        paid_proposed: Σ of what Paid Amount should be.
        change: Σ that an approval of all of them would add; a row that cannot be pushed adds nothing.
    """

    status: Status
    currency: str
    count: int
    settled: Decimal
    paid_before: Decimal
    paid_proposed: Decimal
    change: Decimal


def control_totals(proposals: Iterable[Proposal]) -> list[ControlTotal]:
    """Return count and sums of the rows by status and currency: in the order of `Status`, then by currency code."""
    groups: defaultdict[tuple[Status, str], list[Proposal]] = defaultdict(list)
    for row in proposals:
        groups[row.status, row.unit].append(row)
    order = list(Status)
    return [
        ControlTotal(
            status=status,
            currency=unit,
            count=len(rows),
            settled=total(row.settled or ZERO for row in rows),
            paid_before=total(row.paid_before or ZERO for row in rows),
            paid_proposed=total(row.paid_proposed or ZERO for row in rows),
            change=total(row.change for row in rows),
        )
        for (status, unit), rows in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), g[0][1]))
    ]


def settled_by_currency(positions: Iterable[Position], policy: Policy) -> dict[str, Decimal]:
    """Return Σ settled of the documents read, by currency, from the positions; unreadable ones count as none."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for position in positions:
        if not position.unreadable:
            sums[policy.unit(position.document.currency_id)] += position.settled
    return dict(sums)


def untied(positions: Sequence[Position], proposals: Sequence[Proposal], policy: Policy) -> list[Text]:
    """Return where the rows do not account for what was read; empty when they do, to the cent.

    Args:
        positions: of the documents that were to become rows.
        proposals: the rows.
        policy: names the currencies.
    """
    found = []
    if sorted(str(p.document.id) for p in positions) != sorted(row.key for row in proposals):
        found.append(say("totals-document-count-differs", read=len(positions), shown=len(proposals)))
    read = settled_by_currency(positions, policy)
    shown: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in control_totals(proposals):
        shown[row.currency] += row.settled
    found.extend(
        say("totals-settled-differs", currency=currency(unit), read=read.get(unit, ZERO), shown=shown[unit])
        for unit in sorted(read.keys() | shown.keys())
        if read.get(unit, ZERO) != shown[unit]
    )
    return found
