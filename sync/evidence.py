"""What a sync proves beside its rows: that nothing was lost, and how the two systems' open balances tie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sync.core.completeness import intake
from sync.core.control_totals import differences
from sync.core.errors import Refused
from sync.core.matching import normalise
from sync.core.periods import Window
from sync.core.proposal import Proposal
from sync.core.receivables import Side, tie_out
from sync.core.review import Evidence, OpenItem, gone
from sync.core.words import say
from sync.gather import Desk, Gathered


def proved(gathered: Gathered, rows: Sequence[Proposal], days: Window, desk: Desk) -> Evidence:
    """What a sync proves beside its rows: what was entered, and how the two systems' open balances tie."""
    reading = gathered.reading
    side = Side(
        rows={row.document_id: row for row in rows},
        window=days,
        policy=desk.policy,
        customers=gathered.known.customers,
        day=desk.clock.today() or reading.clock.date(),
    )
    return Evidence(
        entered=intake(reading.entered, gathered.positions, desk.policy),
        tie_out=tie_out(reading.balances, gathered.invoices, side),
    )


def tied(gathered: Gathered, desk: Desk) -> None:
    """Make sure that every document read is one row, and that the rows add up to what was read.

    Raises:
        Refused: they do not.
    """
    found = differences(gathered.positions, gathered.proposals, desk.policy)
    if found:
        raise Refused(say("The control totals do not tie, so nothing was recorded. Please report this."), *found)


def cleared(open_items: Iterable[OpenItem], gathered: Gathered, prefix: str) -> list[Proposal]:
    """Open rows of earlier runs whose documents Sage no longer holds; nothing is held where Manage shows nothing owed.

    Args:
        open_items: of earlier runs.
        gathered: with every invoice in Manage.
        prefix: of the numbers in Sage.
    """
    present = {document.id: normalise(document.number, prefix) for document in gathered.reading.documents}
    absent = [item for item in open_items if item.row.document_id not in present]
    owed: dict[str, Decimal | None] = dict.fromkeys(present.values()) if absent else {}
    for invoice in gathered.invoices if absent else ():
        number = normalise(invoice.number)
        owed[number] = None if number in owed or invoice.flaw else invoice.balance  # two of one number tell nothing
    return [gone(item, owed.get(normalise(item.row.invoice, prefix))) for item in absent]
