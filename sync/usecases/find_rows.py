"""Find the rows of both systems at one moment: what a sync shows, and what the balances after a push are classed by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.holds import with_holds
from sync.core.decide.manage_position import (
    changed_after_clearing,
    changed_since_written,
    in_turn,
    records_changed,
    unlike_manage,
)
from sync.core.decide.moved_receipts import keys_to_compare, lowered_in_sage, with_moves
from sync.core.decide.near_invoices import with_near_invoices
from sync.core.decide.opening import Opening, OpeningRow, compared, standing, why_not_opened
from sync.core.prove.completeness import untied
from sync.core.prove.review import BothSystems, OpenItem
from sync.core.values.errors import Refused
from sync.core.values.messages import Text, say
from sync.core.values.periods import Window
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Company
from sync.usecases.guards import knows_all
from sync.usecases.ports import Seat, Systems
from sync.usecases.read_and_propose import read_and_propose, wanted_documents


class Found(Struct, frozen=True, kw_only=True):
    """The rows of both systems at one moment.

    Attributes:
        read: both systems.
        rows: what is proposed, with the holds on record.
        open_items: what earlier runs left open.
        accepted: keys of what both still show as the opening statement on record says.
        first: nothing was on record, and rows carry no stamps: every balance was compared.
        unlike: documents that Manage shows otherwise, where every balance was compared.
        missed: how many of them were no rows by the window.
        why_not: what keeps an opening statement from being made that was asked for.
        said: what the reader should know of what was looked at beside the window.
    """

    read: BothSystems
    rows: list[Proposal]
    open_items: dict[str, OpenItem]
    accepted: frozenset[str]
    first: bool
    unlike: set[int]
    missed: int
    why_not: tuple[Text, ...]
    said: tuple[Text, ...]


def find_rows(
    systems: Systems,
    policy: Policy,
    seat: Seat,
    books: Company | None,
    days: Window,
    *,
    asked: date | None = None,
    turn: bool = True,
) -> Found:
    """Read both systems and find every row of a window, with what earlier runs left open and what has changed since.

    Args:
        systems: both.
        policy: what is proposed.
        seat: the ledger remembers what was there before.
        books: as this site was first used with; None before that.
        days: the window.
        asked: the day of an opening statement that is to be made.
        turn: look at the records of written invoices whose turn it is.

    Raises:
        SetupError: a login or the settings need correcting.
        Unavailable: one of the systems did not answer.
        Refused: a guard said no.
    """
    ledger = seat.ledger
    opening = ledger.opening(books) if books else None
    open_items = ledger.open_items(books) if books else {}
    wanted = wanted_documents(seat, books, days, policy, (item.row.document_id for item in open_items.values()))
    read = read_and_propose(systems, policy, seat, wanted)
    changed, gone = drifted(read, policy)
    cleared = changed_after_clearing(gone, read.invoices, read.known)
    first = wanted.above_row is None and not read.reading.stamped  # positions alone show what was reversed before it
    certain = {"stamped": read.reading.stamped, "whole": read.whole, "sure": knows_all(ledger)}
    why_not = () if asked is None else why_not_opened(asked, days, **certain)
    all_in = first or opening or (asked and not why_not)
    unlike = unlike_manage(read.reading.balances, read.invoices, read.known, policy, days) if all_in else set()
    if opening is not None:
        unlike &= set(map(int, opening.keys - accepted_still(opening, read, policy, open_items)))
        unlike -= set(read.known.documents.values())  # what we wrote has its own watch, from `drifted`
    missed = unlike - {each.document.id for each in read.positions}
    redated, turned = looked_at(systems, seat, read) if turn else (frozenset[int](), ())
    if more := changed | missed | {read.known.documents[each] for each in redated}:  # seldom; then they are open items
        wanted = replace(wanted, documents=wanted.documents | more)
        read = read_and_propose(systems, policy, seat, wanted, changed=redated)
    differences = untied(read.positions, read.proposals, policy)
    if differences:
        raise Refused(say("sync-control-totals-untied"), *differences)
    agreed = ledger.agreed_rows(read.company, keys_to_compare(read.proposals))
    rows = with_moves(read.proposals, agreed)
    rows = with_near_invoices(rows, read.reading.balances, read.invoices, read.known, policy.prefixes)
    return Found(
        read=read,
        rows=with_holds(rows, ledger.holds(read.company), read.day),
        open_items=open_items,
        accepted=accepted_still(opening, read, policy, open_items),
        first=first,
        unlike=unlike,
        missed=len(missed),
        why_not=why_not,
        said=(*cleared, *turned),
    )


def drifted(read: BothSystems, policy: Policy) -> tuple[frozenset[int], frozenset[int]]:
    """Return the documents that are no rows yet and whose invoices are not as we left them; and those Sage has cleared.

    Args:
        read: with balances, and every invoice in Manage.
        policy: its tolerance is no difference.
    """
    changed = changed_since_written(read.invoices, read.known)
    changed |= lowered_in_sage(read.reading.balances, read.known, policy)
    changed -= {each.document.id for each in read.positions}
    here = changed & {each.document.id for each in read.reading.balances}
    return here, changed - here


def looked_at(systems: Systems, seat: Seat, read: BothSystems) -> tuple[frozenset[int], tuple[Text, ...]]:
    """Return which written invoices have other payment records than were read back, of those whose turn it is.

    Args:
        systems: Manage is asked for their records.
        seat: its runs on record say whose turn it is.
        read: with every invoice in Manage; what it has read already is not asked for again.

    Returns:
        Their Manage ids, and what is said of how many were looked at.
    """
    ids, of = in_turn(read.invoices, read.known, seat.ledger.run_count(read.company))
    if not ids:
        return frozenset(), ()
    payments = systems.manage.payments({*ids} - read.payments.keys())
    said = say("sync-records-looked-at", count=len(ids), of=of)
    return records_changed(read.invoices, payments, read.known), (said,)


def compared_in(read: BothSystems, policy: Policy, go_live: date, keys: Collection[str]) -> dict[str, OpeningRow]:
    """Return how both systems show these documents, as `compared` does, in a reading with balances."""
    return compared(read.reading.balances, read.invoices, read.known, policy, go_live, keys) if keys else {}


def accepted_still(
    opening: Opening | None, read: BothSystems, policy: Policy, waiting: Collection[str]
) -> frozenset[str]:
    """Return the keys of what both systems still show as the opening statement says.

    What Tieout has written since has left it, and so have the rows that are `waiting` for a person again.
    """
    if opening is None:
        return frozenset()
    left = {*waiting, *map(str, read.known.documents.values())}
    return standing(opening, compared_in(read, policy, opening.go_live, opening.keys - left))
