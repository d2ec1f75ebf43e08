"""Gather what Sage and Manage say of a set of documents, and let the core decide: used by the sync and by the push."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from sync.core.caps import Caps
from sync.core.errors import Refused
from sync.core.journal import Company, Person
from sync.core.matching import normalise
from sync.core.policy import Policy
from sync.core.position import Position, positions
from sync.core.proposal import Proposal
from sync.core.reading import Reading, Wanted
from sync.core.reconcile import pair, propose, unread
from sync.core.records import Invoice, Payment
from sync.core.standing import Known
from sync.core.words import say
from sync.ports import Clock, Ledger, ManageSite, Progress, SageBooks


class Desk(Struct, frozen=True, kw_only=True):
    """All that a use case works with: the two systems, the ledger, the clock, and the settings that decide.

    Attributes:
        sage: the books.
        manage: the site.
        ledger: this user's record on this computer.
        clock: time.
        progress: shows long work.
        policy: what is proposed.
        caps: when a push asks first.
        quiet: how long a late write may still arrive.
        site: Manage's address, scheme and host.
        manage_company: Manage's company id.
        person: who, and where.
        version: of Tieout.
    """

    sage: SageBooks
    manage: ManageSite
    ledger: Ledger
    clock: Clock
    progress: Progress
    policy: Policy
    caps: Caps
    quiet: timedelta
    site: str
    manage_company: str
    person: Person
    version: str

    @property
    def pinned(self) -> Company | None:
        """The books that this site was first used with; None before the first run."""
        return self.ledger.company_of_site(self.site, self.manage_company)


class Gathered(Struct, frozen=True, kw_only=True):
    """What both systems say at one moment, and what follows from it.

    Attributes:
        company: books and site.
        reading: Sage's snapshot.
        positions: of the documents that became rows.
        proposals: the rows.
        payments: the payment records that were read, by Manage invoice id.
        invoices: what was read of Manage: the invoices of the rows, or all of them for a tie-out.
        known: what the ledger remembered at that moment.
    """

    company: Company
    reading: Reading
    positions: list[Position]
    proposals: list[Proposal]
    payments: dict[int, tuple[Payment, ...]]
    invoices: list[Invoice]
    known: Known


def gather(desk: Desk, wanted: Wanted) -> Gathered:
    """Read Sage, then Manage for the same invoices, and turn both into proposals. Nothing is written anywhere.

    Args:
        desk: the systems and the settings.
        wanted: which documents.

    Returns:
        One proposal per document touched in the window or wanted by id and still in Sage.

    Raises:
        SetupError: a login or the settings need correcting.
        Unavailable: one of the systems did not answer.
        Refused: the books are not those that this site was first used with, or they are empty.
    """
    with desk.progress.stage(say("Reading Sage"), 1) as stage:
        reading = desk.sage.read(wanted)
        stage.step()
    company = _same_books(desk, reading)
    _no_older_books(desk, company, reading)
    rows = reading.touched | (wanted.documents & {document.id for document in reading.documents})
    everything = positions(
        reading.documents,
        reading.entries,
        desk.clock.today() or reading.clock.date(),
        frozenset(row.id for row in reading.entered),
    )
    chosen = [position for position in everything if position.document.id in rows]
    numbers = {normalise(p.document.number, desk.policy.invoice_prefix) for p in chosen} - {""}
    with desk.progress.stage(say("Reading Manage"), 2) as stage:
        invoices = desk.manage.all_invoices(len(reading.balances)) if wanted.balances else desk.manage.invoices(numbers)
        stage.step()
        known = desk.ledger.known(company)
        bearing = [invoice for invoice in invoices if normalise(invoice.number) in numbers]
        pairs = pair(everything, rows, bearing, known, desk.policy)
        payments = desk.manage.payments(unread(pairs, known))
        stage.step()
    return Gathered(
        company=company,
        reading=reading,
        positions=chosen,
        proposals=propose(pairs, payments, known, desk.policy),
        payments=payments,
        invoices=invoices,
        known=known,
    )


def _same_books(desk: Desk, reading: Reading) -> Company:
    pinned = desk.pinned
    if pinned is not None and pinned.sage != reading.company:
        raise Refused(
            say(
                "These are the books of {found}, but {site} has so far been used with {pinned}. Open the right company "
                "in Sage 50, or use another state folder (--state) for another company.",
                found=reading.company,
                site=desk.site,
                pinned=pinned.sage,
            )
        )
    return pinned or Company(sage=reading.company, site=desk.site, manage=desk.manage_company)


def _no_older_books(desk: Desk, company: Company, reading: Reading) -> None:
    """Sage numbers its rows upwards: fewer than were seen before means an older copy of the same books."""
    seen = desk.ledger.highest_row(company, date.max)
    if seen is not None and reading.highest_row < seen:
        raise Refused(
            say(
                "Sage's newest row is number {now}, and number {seen} was there before: an older copy of {company} is "
                "open, or its newest transactions were cleared. Open the current one; if this is right, use a new "
                "state folder (--state).",
                now=str(reading.highest_row),
                seen=str(seen),
                company=company.sage,
            )
        )
