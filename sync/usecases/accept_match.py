"""The use case Match: a person accepts an invoice of another number in Manage for one in Sage, or takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from sync.core.decide.matching import trimmed
from sync.core.decide.near_invoices import FOLDS
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.proposal import AcceptedMatch, Proposal, Status
from sync.core.values.records import Invoice
from sync.core.values.runs import Company
from sync.usecases.guards import pinned_books
from sync.usecases.ports import Ledger, ManageSite, Seat, Systems

Named = TypeVar("Named", Proposal, AcceptedMatch)


def accept(systems: Systems, seat: Seat, invoice: str, number: str) -> AcceptedMatch:
    """Record that an invoice that is not in Manage is the one of another number there; later syncs take them as one.

    Args:
        systems: Manage is read.
        seat: the ledger, and who accepts.
        invoice: the number in Sage, or the row's key.
        number: of the invoice in Manage.

    Raises:
        SetupError: no open row, or no invoice in Manage, or several, are meant.
        Unavailable: Manage did not answer.
    """
    books, ledger = _books(systems, seat.ledger), seat.ledger
    open_rows = [item.row for item in ledger.open_items(books).values() if item.row.status is Status.NOT_IN_MANAGE]
    row = _only(open_rows, invoice)
    found = _in_manage(systems.manage, number)
    if len(found) != 1:
        raise SetupError(say("match-not-one-in-manage", number=number, count=len(found)))
    match = AcceptedMatch(
        key=row.key,
        invoice=row.invoice,
        customer_id=row.customer_id,
        customer=row.customer,
        invoice_id=found[0].id,
        manage_number=found[0].number,
        manage_customer=found[0].company,
        user=seat.person.user,
        at=seat.clock.now(),
    )
    ledger.accept(_newest_run(ledger, books), match)
    return match


def take_back(systems: Systems, seat: Seat, invoice: str) -> AcceptedMatch:
    """Record that an accepted match holds no longer; arguments and errors as `accept`."""
    books = _books(systems, seat.ledger)
    undone = replace(_only(accepted(systems, seat), invoice), user=seat.person.user, at=seat.clock.now(), undone=True)
    seat.ledger.accept(_newest_run(seat.ledger, books), undone)
    return undone


def accepted(systems: Systems, seat: Seat) -> list[AcceptedMatch]:
    """Return the matches that were accepted and not taken back. Raises SetupError before the first sync."""
    return list(seat.ledger.known(_books(systems, seat.ledger)).accepted.values())


def _books(systems: Systems, ledger: Ledger) -> Company:
    books = pinned_books(ledger, systems)
    if books is None:
        raise SetupError(say("match-needs-a-sync"))
    return books


def _newest_run(ledger: Ledger, books: Company) -> str:
    return next(each.run.id for each in ledger.history() if each.run.company == books)


def _only(some: Sequence[Named], invoice: str) -> Named:
    """Return the one of this number, or of this key."""
    named = [each for each in some if each.invoice == trimmed(invoice)] or [e for e in some if e.key == invoice]
    if not named:
        raise SetupError(say("match-not-among-rows", invoice=invoice))
    if len(named) > 1:
        keys = ", ".join(f"{each.key} ({each.customer})" for each in named)
        raise SetupError(say("match-several-rows", invoice=invoice, keys=keys))
    return named[0]


def _in_manage(manage: ManageSite, number: str) -> list[Invoice]:
    """Return the invoices that bear a number; where none does, those that look as if they did."""
    visible = FOLDS[0][1]
    return manage.invoices({number}) or [
        each for each in manage.all_invoices().invoices if visible(each.number) == visible(number)
    ]
