"""Where an invoice stands in Manage against its target, and the one write that would bring it there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from sync.core.decide.matching import Finding, folded, match
from sync.core.decide.position import Position
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Window
from sync.core.values.policy import UNNAMED, PaidAmount, PartialDate, Policy
from sync.core.values.posting import Written
from sync.core.values.proposal import AcceptedMatch
from sync.core.values.records import Action, Balance, Document, Invoice, Payment, Write


class Seen(Struct, frozen=True, kw_only=True):
    """Paid Amount and Date Paid of an invoice as our ledger last read them from Manage's payment records."""

    paid: Decimal
    date_paid: date | None


class LedgerMemory(Struct, frozen=True, kw_only=True):
    """What the ledger remembers. All of it may be lost: a run is then slower, never wrong.

    Attributes:
        written: by Manage invoice id, what we last wrote.
        seen: by Manage invoice id, what we last read back.
        changed: Manage invoice ids of which a row has said since that they are no longer as we last read them back.
        customers: Sage customer id to Manage company id, from rows that were posted.
        names: Sage customer id to the name that the customer bore then.
        refused: Manage invoice ids whose last row was refused or stale, so that their records deserve a look.
        documents: by Manage invoice id, the document in Sage whose row was written.
        accepted: by document in Sage, the invoice of another number that a person said it is.
    """

    written: Mapping[int, Written] = field(default_factory=dict)
    seen: Mapping[int, Seen] = field(default_factory=dict)
    customers: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    refused: frozenset[int] = frozenset()
    documents: Mapping[int, int] = field(default_factory=dict)
    accepted: Mapping[int, AcceptedMatch] = field(default_factory=dict)
    changed: frozenset[int] = frozenset()

    def of(self, documents: Iterable[Document]) -> LedgerMemory:
        """Return this memory without the customers that bear another name by now: their number may be another's."""
        now = {document.customer_id: folded(document.customer) for document in documents}
        kept = {each: at for each, at in self.customers.items() if now.get(each) == folded(self.names.get(each, ""))}
        return replace(self, customers=kept)


class Target(Struct, frozen=True, kw_only=True, gc=False):
    """What Manage should say of an invoice: Paid Amount of the whole invoice, and the date its record should carry.

    Attributes:
        paid: Paid Amount, the whole invoice.
        date_paid: Date Paid; only when paid in full.
        record_date: the date to keep on the payment record: `date_paid`, or the last receipt's day on a part-paid
            invoice where the site wants one.
        credits_shown: see `Proposal`.
        left_by_policy: see `Proposal`.
        cents_apart: see `Proposal`.
    """

    paid: Decimal
    date_paid: date | None
    record_date: date | None
    credits_shown: Decimal = ZERO
    left_by_policy: Decimal = ZERO
    cents_apart: Decimal = ZERO


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """What Manage's payment records say of an invoice.

    Attributes:
        own_record: the one record that Tieout may set, if there is exactly one.
        own_count: how many such records there are.
        paid_online: Σ of the payments that are not ours to set, such as those made online.
        date_paid: the own record's date, else the online payment's.
        adds_up: the records add up to the invoice's Paid Amount.
    """

    own_record: Payment | None = None
    own_count: int = 0
    paid_online: Decimal
    date_paid: date | None
    adds_up: bool


def target_of(position: Position, invoice: Invoice, policy: Policy) -> Target:
    """Return what Manage should say of an invoice, by the policy.

    Credit notes applied in Sage count only as far as Manage does not already show them as credits. Where the totals are
    a cent of tax apart, within the tolerance, what is paid in full in Sage is paid in full in Manage.
    """
    paid = ZERO if position.voided else _target_amount(position, invoice, policy)
    record_date = position.paid_in_full_on
    if policy.partial_date is PartialDate.LAST_RECEIPT and not position.paid_in_full:
        record_date = position.last_receipt_on
    shown, left, apart = _not_counted(position, invoice, policy, paid)
    return Target(
        paid=paid,
        date_paid=position.paid_in_full_on,
        record_date=record_date if paid != ZERO else None,
        credits_shown=shown,
        left_by_policy=left,
        cents_apart=apart,
    )


def _target_amount(position: Position, invoice: Invoice, policy: Policy) -> Decimal:
    """What Paid Amount should be. Where Sage leaves open who took a credit, the choice lowers and exceeds nothing."""
    apart = invoice.total - position.total if closes_apart(position, invoice, policy) else ZERO

    def amount(credit: Decimal) -> Decimal:
        if policy.paid_amount is PaidAmount.CASH:
            cash = position.cash + position.credit - credit
            return cash + (apart if cash == position.total else ZERO)
        return position.settled + apart - max(ZERO, min(invoice.credits, credit))

    if not position.shared:
        return amount(position.credit)
    least = position.credit + total(each.least - each.chosen for each in position.shared)
    most = position.credit + total(each.most - each.chosen for each in position.shared)
    chosen = amount(position.credit if policy.paid_amount is PaidAmount.CASH else most)
    not_lowered = max(chosen, min(invoice.payments, amount(least)))
    return min(not_lowered, max(amount(most), invoice.total - invoice.credits))


def _not_counted(
    position: Position, invoice: Invoice, policy: Policy, paid: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    """Return what lies between what is settled and what Paid Amount should be (`paid`), as `Proposal` names it.

    Where Sage leaves open who took a credit, `paid` has settled how much of it counts.
    """
    apart = invoice.total - position.total if closes_apart(position, invoice, policy) else ZERO
    by_cash = policy.paid_amount is PaidAmount.CASH
    if position.voided:
        return ZERO, ZERO, ZERO
    if position.shared:
        chosen = position.settled + apart - paid
        return (ZERO, chosen, apart) if by_cash else (chosen, ZERO, apart)
    if by_cash:
        left = position.discount + position.credit + position.other
        return ZERO, left, apart if position.cash == position.total else ZERO
    return max(ZERO, min(invoice.credits, position.credit)), ZERO, apart


def closes_apart(position: Position, invoice: Invoice, policy: Policy) -> bool:
    """Return whether an invoice is paid in full in Sage, and Manage's total is another one within the tolerance."""
    return position.paid_in_full and ZERO < abs(invoice.total - position.total) <= policy.tolerance


def standing_of(invoice: Invoice, payments: Sequence[Payment]) -> Standing:
    """Read an invoice's payment records; credit memos among them count as credits and are left alone."""
    if not payments:
        return Standing(paid_online=ZERO, date_paid=None, adds_up=invoice.payments == ZERO)
    own = [p for p in payments if p.ours]
    online = [p for p in payments if not (p.ours or p.credit)]
    dates = [p.paid_on for p in (own or online) if p.paid_on]
    return Standing(
        own_record=own[0] if len(own) == 1 else None,
        own_count=len(own),
        paid_online=total(p.amount for p in online),
        date_paid=max(dates, default=None),
        adds_up=paid(payments) == invoice.payments,
    )


def paid(payments: Iterable[Payment]) -> Decimal:
    """Return Paid Amount as the payment records make it up: everything but credit memos."""
    return total(p.amount for p in payments if not p.credit)


def agrees(target: Target, standing: Standing, invoice: Invoice) -> bool:
    """Return whether nothing need be written: one record at most, that adds up, with the right amount and date."""
    if invoice.payments != target.paid or standing.own_count > 1 or not standing.adds_up:
        return False
    if standing.own_record is None or (standing.paid_online != ZERO and standing.own_record.amount == ZERO):
        return True  # nothing of it is ours; an empty record of ours beside an online payment says nothing
    return standing.own_record.paid_on == target.record_date


def agrees_as_seen(target: Target, seen: Seen | None, invoice: Invoice) -> bool:
    """Return whether the amount agrees and the ledger holds a read-back of amount and date: nothing need be read."""
    if invoice.payments != target.paid:
        return False
    return target.paid == ZERO or seen == Seen(paid=target.paid, date_paid=target.record_date)


def standing_as_seen(target: Target, invoice: Invoice) -> Standing:
    """Return the standing of an invoice that agrees by `agrees_as_seen`: its records were not read."""
    return Standing(paid_online=invoice.payments, date_paid=target.record_date, adds_up=True)


def write_needed(target: Target, standing: Standing, invoice: Invoice) -> Write | None:
    """Return the one write that brings an invoice to its target; None where none is needed or may be made.

    Online payments are never edited: where they exceed the target, or where more than one record could be meant, or
    the records do not add up, nothing can be written.
    """
    amount = target.paid - standing.paid_online
    if agrees(target, standing, invoice) or standing.own_count > 1 or not standing.adds_up or amount < ZERO:
        return None
    own = standing.own_record
    remains = Action.DELETE if amount == ZERO else Action.CHANGE
    return Write(
        action=remains if own else Action.CREATE,
        invoice_id=invoice.id,
        payment_id=own.id if own else None,
        amount=amount,
        paid_on=target.record_date if amount != ZERO else None,
        amount_before=own.amount if own else ZERO,
        paid_on_before=own.paid_on if own else None,
    )


def in_known_currencies(invoices: Sequence[Invoice]) -> list[Invoice]:
    """Return invoices, those flawed that name no currency where another one does: which it is, is then not known.

    Where none names any, the site has one currency, which is the home currency.

    Args:
        invoices: all that were read of a site.
    """
    if not any(each.currency for each in invoices):
        return list(invoices)
    return [
        each
        if each.currency
        else replace(each, currency=UNNAMED, flaw=each.flaw or say("manage-invoice-without-currency", id=each.id))
        for each in invoices
    ]


def changed_since_written(invoices: Iterable[Invoice], known: LedgerMemory) -> frozenset[int]:
    """Return the documents in Sage whose invoices we once wrote, and which no longer show what was read back then.

    Args:
        invoices: every invoice in Manage.
        known: what the ledger remembers.
    """
    shown = {
        invoice.id: None if invoice.flaw and invoice.currency != UNNAMED else invoice.payments
        for invoice in invoices
        if invoice.id in known.written
    }
    return frozenset(
        document
        for invoice, document in known.documents.items()
        if (seen := known.seen.get(invoice)) is not None and shown.get(invoice) != seen.paid
    )


LOOKED_AT = 50
"""Invoices whose payment records a sync reads in turn: a few seconds' requests, whatever there is to look at."""


def in_turn(invoices: Iterable[Invoice], known: LedgerMemory, runs: int) -> tuple[list[int], int]:
    """Return the ids of invoices whose payment records are read though nothing shows a change, and of how many.

    Manage's list shows no payment date and no record: where Paid Amount is what we read back, only its records tell
    whether they are. All come up once in the fewest runs that are a power of two, at most `LOOKED_AT` in each: the
    number of runs alone says whose turn it is, and one invoice more hardly ever changes that of the others.

    Args:
        invoices: every invoice in Manage.
        known: what the ledger remembers.
        runs: how many runs are on record.
    """
    as_read_back = sorted(
        invoice.id
        for invoice in invoices
        if invoice.id in known.written.keys() - known.changed
        and (seen := known.seen.get(invoice.id)) is not None
        and seen.paid == invoice.payments != ZERO
    )
    turns = 1
    while turns * LOOKED_AT < len(as_read_back):
        turns *= 2
    return as_read_back[runs % turns :: turns], len(as_read_back)


def records_changed(
    invoices: Iterable[Invoice], payments: Mapping[int, Sequence[Payment]], known: LedgerMemory
) -> frozenset[int]:
    """Return the invoices whose payment records, that were read, are no longer those that we wrote or last found right.

    A record of the same amount and date that somebody entered anew is no change.
    """

    def as_before(invoice: Invoice) -> bool:
        standing = standing_of(invoice, payments[invoice.id])
        same = standing.own_count <= 1 and standing.date_paid == known.seen[invoice.id].date_paid
        return standing.adds_up and (same or as_written(standing, known.written.get(invoice.id)))

    return frozenset(invoice.id for invoice in invoices if invoice.id in payments and not as_before(invoice))


def changed_after_clearing(
    documents: Collection[int], invoices: Iterable[Invoice], known: LedgerMemory
) -> tuple[Text, ...]:
    """Return what is said of invoices that we wrote, that have changed since, and that no row can show.

    Args:
        documents: from `changed_since_written`, those that Sage no longer holds.
        invoices: every invoice in Manage.
        known: what the ledger remembers.
    """
    ours = {invoice for invoice, document in known.documents.items() if document in documents}
    numbers = sorted(each.number.strip() for each in invoices if each.id in ours)
    if not numbers:
        return ()
    named = ", ".join(numbers[:NAMED]) + (", …" if len(numbers) > NAMED else "")
    return (say("sync-cleared-changed-in-manage", count=len(numbers), invoices=named),)


NAMED = 10
"""Invoices that a notice names by their numbers."""


def unlike_manage(
    balances: Iterable[Balance], invoices: Iterable[Invoice], known: LedgerMemory, policy: Policy, days: Window
) -> set[int]:
    """Return the documents whose amounts in Sage are others than in Manage, whenever that came about.

    What was dated after an End Date is left out; a document that nothing in Manage answers to differs from nothing.
    """
    documents = list(balances)
    matches = match(documents, invoices, policy.prefixes, known.customers, known.accepted)
    late = {d.document.id for d in documents if days.bounded and d.last_entered and d.last_entered > days.end}
    return {
        each.document.id
        for each in documents
        if (matched := matches[each.document.id]).finding is not Finding.MISSING
        and each.document.id not in late
        and _differs(each, matched.invoice, policy)
    }


def _differs(balance: Balance, invoice: Invoice | None, policy: Policy) -> bool:
    if invoice is None:  # one of several: which one is for a person to say, where there is money
        return balance.unreadable or balance.settled != ZERO
    if balance.unreadable or invoice.flaw is not None:
        return True
    apart = abs(balance.total - invoice.total) + abs(balance.settled - invoice.payments - invoice.credits)
    currency = policy.currencies.get(balance.document.currency_id)
    return apart != ZERO or currency != (invoice.currency or policy.home_currency)


def as_written(standing: Standing, written: Written | None) -> bool:
    """Return whether our record is as our ledger last wrote it, or was never written by us (it is then adopted)."""
    if written is None:
        return True
    own = standing.own_record
    if own is None:
        return standing.own_count == 0 and written.amount == ZERO
    return (own.id, own.amount, own.paid_on) == (written.payment_id, written.amount, written.paid_on)
