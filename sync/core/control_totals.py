"""Control totals: every document comes out in exactly one row, and the rows add up to what was read, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core import labels
from sync.core.money import ZERO, total
from sync.core.policy import Policy
from sync.core.position import Position
from sync.core.proposal import UNNAMED, Proposal, Status
from sync.core.words import Text, say


class Line(Struct, frozen=True, kw_only=True):
    """Count and sums of the rows of one status in one currency.

    Attributes:
        status: the status.
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: rows.
        settled: Σ that Sage shows settled.
        paid_before: Σ of Manage's Paid Amount.
        paid_proposed: Σ of what Paid Amount should be.
        change: Σ that an approval of all of them would add.
    """

    status: Status
    currency: str
    count: int
    settled: Decimal
    paid_before: Decimal
    paid_proposed: Decimal
    change: Decimal


def lines(proposals: Iterable[Proposal]) -> list[Line]:
    """Count and sum the rows per status and currency, in the order of `Status`, home currency's code first by name."""
    groups: defaultdict[tuple[Status, str], list[Proposal]] = defaultdict(list)
    for row in proposals:
        groups[row.status, row.unit].append(row)
    order = list(Status)
    return [
        Line(
            status=status,
            currency=currency,
            count=len(rows),
            settled=total(row.settled or ZERO for row in rows),
            paid_before=total(row.paid_before or ZERO for row in rows),
            paid_proposed=total(row.paid_proposed or ZERO for row in rows),
            change=total(row.change for row in rows),
        )
        for (status, currency), rows in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), g[0][1]))
    ]


def settled_by_currency(positions: Iterable[Position], policy: Policy) -> dict[str, Decimal]:
    """Σ settled of the documents read, by currency, straight from the positions; unreadable ones count as none."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for position in positions:
        if not position.unreadable:
            sums[_unit(position, policy)] += position.settled
    return dict(sums)


def differences(positions: Sequence[Position], proposals: Sequence[Proposal], policy: Policy) -> list[Text]:
    """Where the rows do not account for what was read; empty when they do, to the cent.

    Args:
        positions: of the documents that were to become rows.
        proposals: the rows.
        policy: names the currencies.
    """
    found = []
    if sorted(str(p.document.id) for p in positions) != sorted(row.key for row in proposals):
        found.append(
            say(
                "{read} documents were read and {shown} rows came out; they are not the same.",
                read=len(positions),
                shown=len(proposals),
            )
        )
    read = settled_by_currency(positions, policy)
    shown: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines(proposals):
        shown[line.currency] += line.settled
    found.extend(
        say(
            "Settled in Sage in {currency}: {read} read, {shown} in the rows.",
            currency=labels.currency(currency),
            read=read.get(currency, ZERO),
            shown=shown[currency],
        )
        for currency in sorted(read.keys() | shown.keys())
        if read.get(currency, ZERO) != shown[currency]
    )
    return found


def _unit(position: Position, policy: Policy) -> str:
    number = position.document.currency_id
    return policy.currencies.get(number, f"{UNNAMED}{number}")
