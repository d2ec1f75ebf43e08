"""What a sync proves beside its rows: that nothing was lost, and how the two systems' open balances tie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync.core.completeness import intake
from sync.core.control_totals import differences
from sync.core.errors import Refused
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


def cleared(open_items: Iterable[OpenItem], gathered: Gathered) -> list[Proposal]:
    """Open rows of earlier runs whose documents Sage no longer holds."""
    present = {document.id for document in gathered.reading.documents}
    return [gone(item) for item in open_items if item.row.document_id not in present]
