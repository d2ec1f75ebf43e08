"""Read Sage and Manage for a set of documents, and let the core propose: used by the sync, the push and the watch."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from msgspec.structs import replace

from sync.core.decide.manage_position import (
    LedgerMemory,
    in_known_currencies,
)
from sync.core.decide.matching import credits_shown, match, normalise, numbers_of, spellings
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose, unread
from sync.core.prove.review import BothSystems, manage_notices
from sync.core.values.messages import Text, say
from sync.core.values.periods import Since, Window, day_of, window
from sync.core.values.policy import Policy
from sync.core.values.records import Covered, Wanted
from sync.core.values.runs import Company, Run
from sync.usecases.guards import pinned_books, require_same_books
from sync.usecases.ports import Seat, Systems


def window_and_last_run(
    seat: Seat, books: Company | None, since: Since, until: date | None = None
) -> tuple[Window, Run | None]:
    """Return the window that was chosen, and the last successful run on these books by whoever sits here.

    A run whose clock was ahead covers days that have not come yet: it is no watermark, and an earlier one is taken.
    """
    today = day_of(seat.clock.now(), seat.clock.today())
    last = seat.ledger.last_success(books, seat.person, today) if books else None
    return window(since, today=today, until=until, last_run=last.complete_to if last else None), last


def future_watermark(seat: Seat, books: Company | None, last: Run | None) -> tuple[Text, ...]:
    """Return what is said where the newest successful run was passed over, because its day lies in the future."""
    newest = seat.ledger.last_success(books, seat.person) if books else None
    if newest is None or newest == last:
        return ()
    return (say("sync-watermark-in-future", run=newest.id, day=newest.complete_to),)


def wanted_documents(seat: Seat, books: Company | None, days: Window, policy: Policy, ids: Iterable[int]) -> Wanted:
    """Return what to read: the documents touched in a window or entered late, others by their ids, and all balances."""
    today = day_of(seat.clock.now(), seat.clock.today())
    above = seat.ledger.highest_row(books, days.start) if books else None
    run = seat.ledger.covering_run(books, today) if books else None
    return Wanted(
        window=days,
        documents=frozenset(ids),
        above_row=above,
        covered=Covered(row=run.highest_row, day=run.complete_to) if run else None,
        prefixes=policy.prefixes,
        balances=True,
    )


def read_and_propose(
    systems: Systems,
    policy: Policy,
    seat: Seat,
    wanted: Wanted,
    *,
    records: bool = True,
    unsure: Collection[int] = (),
    spelled: frozenset[str] = frozenset(),
    changed: Collection[int] = (),
) -> BothSystems:
    """Read Sage, then Manage for the same invoices, and turn both into proposals. Nothing is written anywhere.

    Args:
        systems: both.
        policy: what is proposed.
        seat: the ledger remembers what was there before.
        wanted: which documents.
        records: read payment records where they decide; without them there is no proposal that would rest on them.
        unsure: documents that were reviewed beside a list that is not whole, see `pair`.
        spelled: numbers exactly as Manage had them at the review, so that they are found by name.
        changed: Manage invoice ids whose records are read whatever the ledger has seen: `looked_at` found them changed.

    Returns:
        One proposal per document touched in the window or wanted by id and still in Sage.

    Raises:
        SetupError: a login or the settings need correcting.
        Unavailable: one of the systems did not answer.
        Refused: the books are not those that this site was first used with, or they are empty.
    """
    prefixes, pinned = policy.prefixes, pinned_books(seat.ledger, systems)
    before = seat.ledger.books_mark(pinned) if pinned else None
    known = seat.ledger.known(pinned) if pinned else LedgerMemory()
    known = replace(known, changed=known.changed.union(changed))
    either = (number for each in known.accepted.values() for number in (each.invoice, each.manage_number))
    accepted = frozenset(normalise(number, prefixes) for number in either)
    with seat.progress.stage(say("reading-sage"), 1) as stage:
        reading = systems.sage.read(replace(wanted, numbers=accepted, marks=before.rows if before else ()))
        stage.step()
    told = seat.ledger.companies().get(pinned) if pinned else None
    company, said = require_same_books(pinned, before, systems, reading, told)
    known = known.of((*reading.documents, *(each.document for each in reading.balances)))
    day = day_of(reading.clock, seat.clock.today())
    rows = reading.touched | (wanted.documents & {document.id for document in reading.documents})
    entered = frozenset(row.id for row in reading.entered)
    everything = positions(reading.documents, reading.entries, day, entered)
    looked_at = (each.document for each in everything if each.document.id in rows or each.shared)
    numbers = frozenset[str]().union(*(numbers_of(document, known.accepted, prefixes) for document in looked_at))
    manage = systems.manage
    with seat.progress.stage(say("reading-manage"), 2) as stage:
        listed = manage.all_invoices(len(reading.balances)) if wanted.balances else None
        invoices = listed.invoices if listed else []
        if listed is None or not listed.whole:  # what a list that is not whole lacks is asked for by name
            by_name = manage.invoices(spellings(numbers, prefixes) | spelled)
            invoices = list({each.id: each for each in (*invoices, *by_name)}.values())
        stage.step()
        invoices = in_known_currencies(invoices)
        bearing = [invoice for invoice in invoices if normalise(invoice.number, prefixes) in numbers]
        whole = listed is None or listed.whole
        if any(each.shared for each in everything):
            shown = credits_shown(match(everything, bearing, prefixes, known.customers, known.accepted))
            everything = positions(reading.documents, reading.entries, day, entered, shown)
        pairs = pair(everything, rows, bearing, known, policy, unsure if whole else rows)
        needed = unread(pairs, known)
        payments = manage.payments(needed if records else ())
        stage.step()
    sure = [each for each in pairs if records or each.match.invoice is None or each.match.invoice.id not in needed]
    return BothSystems(
        company=company,
        day=day,
        reading=reading,
        positions=[position for position in everything if position.document.id in rows],
        candidates=everything,
        proposals=propose(sure, payments, known, policy),
        payments=payments,
        invoices=invoices,
        known=known,
        whole=whole,
        notices=(*said, *(manage_notices(listed) if listed else ())),
    )
