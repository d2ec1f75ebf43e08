"""What a person reviews, what comes back, and what earlier runs left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from sync.core import reasons
from sync.core.completeness import Intake
from sync.core.journal import Head, Run
from sync.core.money import ZERO
from sync.core.posting import Decision
from sync.core.proposal import Proposal, Status
from sync.core.tieout import TieOut


class OpenItem(Struct, frozen=True, kw_only=True):
    """A row of an earlier run that is not settled yet.

    Attributes:
        row: as last reviewed.
        since: the local day on which it was first held.
        note: the last note on it.
        owner: who was last named to see to it.
    """

    row: Proposal
    since: date
    note: str = ""
    owner: str = ""


class Evidence(Struct, frozen=True, kw_only=True):
    """What a sync proves beside its rows.

    Attributes:
        entered: what was entered in Sage in the window, as it was selected.
        tie_out: open balances of both systems, read at the same moment; None for a run that was not synced.
    """

    entered: tuple[Intake, ...] = ()
    tie_out: TieOut | None = None


class Review(Struct, frozen=True, kw_only=True):
    """All that a reconciliation sheet shows."""

    run: Run
    rows: Sequence[Proposal]
    ledger_head: Head
    evidence: Evidence = field(default_factory=Evidence)
    open_items: Mapping[str, OpenItem] = field(default_factory=dict)


class Decided(Struct, frozen=True, kw_only=True):
    """What a reconciliation file holds when it comes back.

    Attributes:
        run: the run id in its header block.
        decisions: one per row present.
        missing: how many reviewed rows are no longer in the file; they count as not approved.
        hidden: how many approved rows are hidden by a filter or by hand.
    """

    run: str
    decisions: tuple[Decision, ...]
    missing: int = 0
    hidden: int = 0


def gone(item: OpenItem, owed: Decimal | None = None) -> Proposal:
    """A carried-forward row whose document Sage no longer holds: information, and no figure that nobody vouches for.

    Args:
        item: the row.
        owed: the balance of the one invoice of its number in Manage; None where that cannot be told. At zero nobody
            owes anything in either system, and the row is closed.
    """
    row = item.row
    settled = owed == ZERO
    reason, step = reasons.cleared(row.customer, settled=settled)
    return Proposal(
        key=row.key,
        document_id=row.document_id,
        customer_id=row.customer_id,
        invoice=row.invoice,
        customer=row.customer,
        dated=row.dated,
        currency=row.currency,
        currency_id=row.currency_id,
        status=Status.IN_AGREEMENT if settled else Status.BAD_DATA,
        reason=reason,
        next_step=step,
    )
