"""From positions and invoices to proposals: the first status that applies, its reason, and what would be written."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from sync.core import reasons
from sync.core.judgements import judged
from sync.core.matching import Finding, Match, match
from sync.core.money import ZERO
from sync.core.policy import Policy
from sync.core.position import Position
from sync.core.proposal import Proposal, Status
from sync.core.records import Action, Invoice, Payment, Write
from sync.core.standing import (
    Known,
    Standing,
    Target,
    agrees,
    agrees_as_seen,
    as_written,
    standing,
    standing_as_seen,
    target,
    write,
)
from sync.core.words import Text

CREDIT_MEMO = "CreditMemo"
UNDECIDED = frozenset({None, Status.REOPENED})
"""What a pair's status may be where its payment records decide."""


class Pair(Struct, frozen=True, kw_only=True, gc=False):
    """A document, its match, and the target where the match allows one."""

    position: Position
    match: Match
    status: Status | None
    goal: Target | None


class Found(Struct, frozen=True, kw_only=True, gc=False):
    """What was found about a pair: the part of its row that is decided rather than copied; see `Proposal`."""

    status: Status
    reason: Text
    next_step: Text
    date_paid_before: date | None = None
    write: Write | None = None
    record_read: bool = False
    fingerprint: str = ""


def pair(
    positions: Sequence[Position],
    rows: Collection[int],
    invoices: Iterable[Invoice],
    known: Known,
    policy: Policy,
) -> list[Pair]:
    """Pair the documents that become rows with their invoices, and settle every status that needs no payment record.

    Args:
        positions: every candidate in Sage that bears one of the numbers, touched or not.
        rows: ids of the documents that become rows: touched, or carried forward.
        invoices: every invoice in Manage that bears one of the numbers.
        known: what the ledger remembers.
        policy: the settings.

    Returns:
        One pair per row, in order of number and document id.
    """
    matches = match(positions, invoices, policy.invoice_prefix, known.customers)
    wanted = frozenset(rows)
    chosen = sorted(
        (p for p in positions if p.document.id in wanted), key=lambda p: (p.document.number.strip(), p.document.id)
    )
    return [_paired(p, matches[p.document.id], policy) for p in chosen]


def unread(pairs: Iterable[Pair], known: Known) -> set[int]:
    """Manage ids of the invoices whose payment records have to be read before these pairs can be proposed.

    Only where the invoice shows payments, and not where it agrees and the ledger holds a read-back that says so; and
    where a write was refused, because a record of 0.00 may stand in its way that Paid Amount does not show.
    """
    needed = set()
    for each in pairs:
        invoice = each.match.invoice
        if invoice is None or each.goal is None or each.status not in UNDECIDED:
            continue
        seen = known.seen.get(invoice.id)
        shows = invoice.payments != ZERO or invoice.id in known.refused
        if shows and not agrees_as_seen(each.goal, seen, invoice):
            needed.add(invoice.id)
    return needed


def propose(
    pairs: Iterable[Pair], payments: Mapping[int, Sequence[Payment]], known: Known, policy: Policy
) -> list[Proposal]:
    """Turn each pair into one row of the reconciliation.

    Args:
        pairs: from `pair`.
        payments: payment records by Manage invoice id, for at least the invoices that `unread` names.
        known: what the ledger remembers.
        policy: the settings.

    Returns:
        One proposal per pair, in the same order.
    """
    settings = policy.fingerprint()
    return [_row(each, _found(each, payments, known, policy, settings), policy) for each in pairs]


def _paired(position: Position, found: Match, policy: Policy) -> Pair:
    invoice = found.invoice
    goal = target(position, invoice, policy) if invoice and not position.unreadable else None
    return Pair(position=position, match=found, status=_early_status(position, found, goal, policy), goal=goal)


def _early_status(position: Position, found: Match, goal: Target | None, policy: Policy) -> Status | None:
    """The status where it can be told without payment records; REOPENED here is a voided document still paid."""
    invoice = found.invoice
    if position.flaws or (invoice and invoice.flaw) or (goal and goal.paid < ZERO and not position.credit_note):
        return Status.BAD_DATA
    if position.credit_note or (invoice and invoice.kind == CREDIT_MEMO):
        paid_invoice = invoice is not None and invoice.kind != CREDIT_MEMO and invoice.payments != ZERO
        return Status.BAD_DATA if paid_invoice else Status.CREDIT_NOTE
    if position.voided and not found.shown_paid:
        return Status.VOIDED
    if found.finding is Finding.AMBIGUOUS:
        return Status.AMBIGUOUS
    if invoice is None:
        return Status.NOT_IN_MANAGE
    currency = policy.currencies.get(position.document.currency_id)
    if currency is None or currency != (invoice.currency or policy.home_currency):
        return Status.CURRENCY_DIFFERS
    return Status.REOPENED if position.voided else None


def _found(each: Pair, payments: Mapping[int, Sequence[Payment]], known: Known, policy: Policy, settings: str) -> Found:
    """What was found about a pair; `settings` is the policy's fingerprint."""
    invoice, goal = each.match.invoice, each.goal
    if invoice is None or goal is None or each.status not in UNDECIDED:
        status = each.status or Status.BAD_DATA
        reason, step = reasons.early(status, each.position, each.match, policy)
        return Found(status=status, reason=reason, next_step=step)
    records = payments.get(invoice.id, ())
    flaw = next((record.flaw for record in records if record.flaw), None)
    if flaw is not None:
        return Found(status=Status.BAD_DATA, reason=flaw, next_step=reasons.CORRECT_IN_MANAGE)
    as_seen = invoice.id not in payments and invoice.payments != ZERO
    stands = standing_as_seen(goal, invoice) if as_seen else standing(invoice, records)
    intended = write(goal, stands, invoice)
    status = _status(each, stands, intended, known, policy)
    adopted = stands.own is not None and invoice.id not in known.written
    reason, step = judged(status, each.position, each.match, stands, goal, intended, adopted=adopted)
    return Found(
        status=status,
        reason=reason,
        next_step=step,
        date_paid_before=stands.date_paid,
        write=intended,
        record_read=invoice.id in payments,
        fingerprint=_fingerprint(each, stands, intended, settings),
    )


def _status(each: Pair, stands: Standing, intended: Write | None, known: Known, policy: Policy) -> Status:
    """The status of a matched pair whose records are known, in the order of `Status`.

    One step is taken out of that order: a single record that already says the right amount and date is not held
    because somebody other than this ledger wrote it; there is nothing to write.
    """
    position, found, goal, invoice = each.position, each.match, each.goal, each.match.invoice
    if invoice is None or goal is None:  # told apart before
        raise AssertionError
    same = agrees(goal, stands, invoice)
    if not same and (intended is None or not as_written(stands, known.written.get(invoice.id))):
        return Status.CHANGED_IN_MANAGE
    if each.status is not None:
        return each.status
    if abs(position.total - invoice.total) > policy.tolerance:
        return Status.TOTAL_DIFFERS if found.same_customer else Status.CUSTOMER_DIFFERS
    if goal.paid > invoice.total - invoice.credits:
        return Status.OVERPAID
    if same:
        return Status.IN_AGREEMENT
    lowered = goal.paid < invoice.payments or (intended is not None and intended.action is Action.DELETE)
    dropped = intended is not None and intended.paid_on_before is not None and intended.paid_on is None
    return Status.REOPENED if lowered or dropped else Status.READY


def _row(each: Pair, found: Found, policy: Policy) -> Proposal:
    position, invoice, goal = each.position, each.match.invoice, each.goal
    document, readable = position.document, not position.unreadable
    comparable = each.status is not Status.CURRENCY_DIFFERS
    usable = invoice if invoice and not invoice.flaw and comparable else None
    return Proposal(
        key=str(document.id),
        document_id=document.id,
        customer_id=document.customer_id,
        invoice=document.number.strip(),
        customer=document.customer,
        dated=document.dated,
        currency=policy.currencies.get(document.currency_id),
        currency_id=document.currency_id,
        status=found.status,
        reason=found.reason,
        next_step=found.next_step,
        sage_total=position.total if readable else None,
        cash=position.cash if readable else None,
        discount=position.discount if readable else None,
        credit=position.credit if readable else None,
        other=position.other if readable else None,
        sage_balance=position.balance if readable else None,
        manage_total=usable.total if usable else None,
        paid_before=usable.payments if usable else None,
        paid_proposed=goal.paid if goal and comparable else None,
        date_paid_before=found.date_paid_before,
        date_paid_proposed=goal.date_paid if goal else None,
        clearing_receipt=position.clearing_receipt,
        invoice_id=invoice.id if invoice else None,
        company_id=invoice.company_id if invoice else None,
        write=found.write,
        record_read=found.record_read,
        fingerprint=found.fingerprint,
        applications=position.applications,
    )


def _fingerprint(each: Pair, stands: Standing, intended: Write | None, settings: str) -> str:
    """Hash of all that a row was decided on; a push sends a row only while this is unchanged."""
    position, invoice = each.position, each.match.invoice
    facts = (
        position.document,
        (position.total, position.cash, position.discount, position.credit, position.other, position.balance),
        (position.paid_in_full_on, position.clearing_receipt, position.last_receipt_on),
        invoice and (invoice.id, invoice.number, invoice.company_id, invoice.currency),
        invoice and (invoice.total, invoice.payments, invoice.credits),
        *(stands, intended, settings),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]
