"""From positions and invoices to proposals: the first status that applies, its reason, and what would be written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide import reasons
from sync.core.decide.facts import facts, fingerprint
from sync.core.decide.manage_position import (
    LedgerMemory,
    Standing,
    Target,
    agrees,
    agrees_as_seen,
    as_written,
    standing_as_seen,
    standing_of,
    target_of,
    write_needed,
)
from sync.core.decide.matching import Finding, Match, match, trimmed
from sync.core.decide.position import Position
from sync.core.decide.reasons import reason_with_records
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.periods import day_of
from sync.core.values.policy import Policy
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Action, Invoice, Payment, Write

CREDIT_MEMO = "CreditMemo"
UNDECIDED = frozenset({None, Status.REOPENED})
"""What a pair's status may be where its payment records decide."""


class Pair(Struct, frozen=True, kw_only=True, gc=False):
    """A document, its match, and the target where the match allows one.

    `whole`: Manage's list of invoices is, so that another invoice of this number would have been seen.
    """

    position: Position
    match: Match
    status: Status | None
    target: Target | None
    whole: bool = True


class Judgement(Struct, frozen=True, kw_only=True, gc=False):
    """What is decided about a pair rather than copied into its row: see `Proposal`; and the records it rests on."""

    status: Status
    reason: Text
    next_step: Text
    date_paid_before: date | None = None
    write: Write | None = None
    record_read: bool = False
    standing: Standing | None = None


def pair(
    positions: Sequence[Position],
    rows: Iterable[int],
    invoices: Iterable[Invoice],
    known: LedgerMemory,
    policy: Policy,
    unsure: Collection[int] = (),
) -> list[Pair]:
    """Pair the documents that become rows with their invoices, and settle every status that needs no payment record.

    Args:
        positions: every candidate in Sage that bears one of the numbers, touched or not.
        rows: ids of the documents that become rows: touched, or carried forward.
        invoices: every invoice in Manage that bears one of the numbers.
        known: what the ledger remembers.
        policy: the settings.
        unsure: ids of documents that are judged beside a list of invoices that is not whole.

    Returns:
        One pair per row, in order of number and document id.
    """
    matches = match(positions, invoices, policy.prefixes, known.customers, known.accepted)
    wanted = frozenset(rows)
    chosen = sorted(
        (p for p in positions if p.document.id in wanted), key=lambda p: (trimmed(p.document.number), p.document.id)
    )
    return [_paired(p, matches[p.document.id], policy, whole=p.document.id not in unsure) for p in chosen]


def unread(pairs: Iterable[Pair], known: LedgerMemory) -> set[int]:
    """Return the ids of the invoices whose payment records have to be read before these pairs can be proposed.

    Only where the invoice shows payments, and not where it agrees and the ledger holds a read-back that says so; and
    where a row was refused or stale, because a record of 0.00 may stand in its way that Paid Amount does not show.
    """
    needed = set()
    for each in pairs:
        invoice = each.match.invoice
        if invoice is None or each.target is None or each.status not in UNDECIDED:
            continue
        seen = None if invoice.id in known.changed else known.seen.get(invoice.id)
        shows = invoice.payments != ZERO or invoice.id in known.refused
        if shows and not agrees_as_seen(each.target, seen, invoice):
            needed.add(invoice.id)
    return needed


def propose(
    pairs: Iterable[Pair], payments: Mapping[int, Sequence[Payment]], known: LedgerMemory, policy: Policy
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
    judged = ((each, _judge(each, payments, known, policy)) for each in pairs)
    return [_row(each, _with_acceptance(judgement, each.match), policy, settings) for each, judgement in judged]


def _paired(position: Position, matched: Match, policy: Policy, *, whole: bool) -> Pair:
    invoice = matched.invoice
    target = target_of(position, invoice, policy) if invoice and not position.unreadable else None
    status = _early_status(position, matched, target, policy)
    return Pair(position=position, match=matched, status=status, target=target, whole=whole)


def _early_status(position: Position, matched: Match, target: Target | None, policy: Policy) -> Status | None:
    """Return the status that needs no payment records, or None; REOPENED here is a voided document still paid."""
    invoice = matched.invoice
    if position.flaws or (invoice and invoice.flaw) or (target and target.paid < ZERO and not position.credit_note):
        return Status.BAD_DATA
    if position.credit_note or (invoice and invoice.kind == CREDIT_MEMO):
        paid_invoice = invoice is not None and invoice.kind != CREDIT_MEMO and invoice.payments != ZERO
        return Status.BAD_DATA if paid_invoice else Status.CREDIT_NOTE
    if position.voided and not matched.shown_paid:
        return Status.VOIDED
    if position.deposit:
        return Status.DEPOSIT
    if matched.finding is Finding.AMBIGUOUS:
        return Status.AMBIGUOUS
    if invoice is None:
        return Status.NOT_IN_MANAGE
    currency = policy.currencies.get(position.document.currency_id)
    if currency is None or currency != (invoice.currency or policy.home_currency):
        return Status.CURRENCY_DIFFERS
    if position.post_dated:
        return Status.POST_DATED
    return Status.REOPENED if position.voided else None


def _with_acceptance(judgement: Judgement, matched: Match) -> Judgement:
    """Return a judgement whose reason names who said that the document is an invoice of another number, if any did."""
    if (kept := matched.accepted) is None:
        return judgement
    said = say("row-match-accepted", number=kept.manage_number, user=kept.user, day=day_of(kept.at, None))
    return replace(judgement, reason=judgement.reason + said)


def _judge(each: Pair, payments: Mapping[int, Sequence[Payment]], known: LedgerMemory, policy: Policy) -> Judgement:
    """Decide the status of a pair, the reason for it, and what would be written."""
    invoice, target = each.match.invoice, each.target
    if invoice is None or target is None or each.status not in UNDECIDED:
        status = each.status or Status.BAD_DATA
        reason, step = reasons.reason_without_records(status, each.position, each.match, policy, whole=each.whole)
        return Judgement(status=status, reason=reason, next_step=step)
    records = payments.get(invoice.id, ())
    flaw = next((record.flaw for record in records if record.flaw), None)
    if flaw is not None:
        return Judgement(status=Status.BAD_DATA, reason=flaw, next_step=reasons.CORRECT_IN_MANAGE)
    as_seen = invoice.id not in payments and invoice.payments != ZERO
    standing = standing_as_seen(target, invoice) if as_seen else standing_of(invoice, records)
    intended = write_needed(target, standing, invoice)
    status = _status(each, standing, intended, known, policy)
    adopted = standing.own_record is not None and invoice.id not in known.written
    reason, step = reason_with_records(status, each.position, each.match, standing, target, intended, adopted=adopted)
    if status is Status.CUSTOMER_DIFFERS and not each.whole:
        reason += say("row-other-invoice-unseen")
    return Judgement(
        status=status,
        reason=reason,
        next_step=step,
        date_paid_before=standing.date_paid,
        write=intended,
        record_read=invoice.id in payments,
        standing=None if as_seen else standing,
    )


def _status(each: Pair, standing: Standing, intended: Write | None, known: LedgerMemory, policy: Policy) -> Status:
    """The status of a matched pair whose records are known, in the order of `Status`.

    One step is taken out of that order: a single record that already says the right amount and date is not held
    because somebody other than this ledger wrote it; there is nothing to write.
    """
    position, matched, target, invoice = each.position, each.match, each.target, each.match.invoice
    if invoice is None or target is None:
        raise AssertionError("pairs without an invoice or a target are told apart before")
    same = agrees(target, standing, invoice)
    if not same and (intended is None or not as_written(standing, known.written.get(invoice.id))):
        return Status.CHANGED_IN_MANAGE
    if each.status is not None:
        return each.status
    if abs(position.total - invoice.total) > policy.tolerance:
        return Status.TOTAL_DIFFERS if matched.same_customer else Status.CUSTOMER_DIFFERS
    if target.paid > invoice.total - invoice.credits + policy.tolerance:
        return Status.OVERPAID
    if same:
        return Status.IN_AGREEMENT
    if _is_reopened(target, invoice, intended):
        return Status.REOPENED
    if not (matched.same_customer or each.whole):
        return Status.CUSTOMER_DIFFERS
    return Status.UNKNOWN_KIND if position.unknown_kinds else Status.READY


def _is_reopened(target: Target, invoice: Invoice, intended: Write | None) -> bool:
    """Return whether the write would take something away: an amount, a date, or the whole record."""
    taken = intended is not None and (intended.action is Action.DELETE or intended.takes_date_away)
    return taken or target.paid < invoice.payments


def _row(each: Pair, judgement: Judgement, policy: Policy, settings: str) -> Proposal:
    """Make the row of a pair; `settings` is the policy's fingerprint."""
    position, invoice, target = each.position, each.match.invoice, each.target
    document, readable = position.document, not position.unreadable
    comparable = each.status is not Status.CURRENCY_DIFFERS
    named = facts(position, invoice, judgement.standing, judgement.write, settings)
    usable = invoice if invoice and not invoice.flaw and comparable else None
    paid_before, paid_proposed = usable.payments if usable else None, target.paid if target else None
    date_proposed = target.date_paid if target else None
    if judgement.write is None and judgement.status is not Status.IN_AGREEMENT:  # nothing can be approved, nor changes
        paid_proposed, date_proposed = paid_before, judgement.date_paid_before
    return Proposal(
        key=str(document.id),
        document_id=document.id,
        customer_id=document.customer_id,
        invoice=trimmed(document.number),
        customer=document.customer,
        dated=document.dated,
        currency=policy.currencies.get(document.currency_id),
        currency_id=document.currency_id,
        status=judgement.status,
        reason=judgement.reason + reasons.remarks(position),
        next_step=judgement.next_step,
        sage_total=position.total if readable else None,
        cash=position.cash if readable else None,
        discount=position.discount if readable else None,
        credit=position.credit if readable else None,
        other=position.other if readable else None,
        sage_balance=position.balance if readable else None,
        manage_total=usable.total if usable else None,
        paid_before=paid_before,
        paid_proposed=paid_proposed,
        date_paid_before=judgement.date_paid_before,
        date_paid_proposed=date_proposed,
        clearing_receipt=position.clearing_receipt,
        invoice_id=invoice.id if invoice else None,
        company_id=invoice.company_id if invoice else None,
        write=judgement.write,
        record_read=judgement.record_read,
        facts=named,
        fingerprint=fingerprint(named),
        applications=position.applications,
        credits_shown=target.credits_shown if target and comparable else ZERO,
        left_by_policy=target.left_by_policy if target and comparable else ZERO,
        cents_apart=target.cents_apart if target and comparable else ZERO,
    )
