"""Where an invoice stands in Manage against its target, and the one write that would bring it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from sync.core.money import ZERO, total
from sync.core.policy import PaidAmount, PartialDate, Policy
from sync.core.position import Position
from sync.core.records import Action, Invoice, Payment, Write


class Written(Struct, frozen=True, kw_only=True):
    """What our ledger last wrote (or left) as our payment record on an invoice; amount zero after a deletion."""

    payment_id: int | None
    amount: Decimal
    paid_on: date | None


class Seen(Struct, frozen=True, kw_only=True):
    """Paid Amount and Date Paid of an invoice as our ledger last read them from Manage's payment records."""

    paid: Decimal
    date_paid: date | None


class Known(Struct, frozen=True, kw_only=True):
    """What the ledger remembers. All of it may be lost: a run is then slower, never wrong.

    Attributes:
        written: by Manage invoice id, what we last wrote.
        seen: by Manage invoice id, what we last read back.
        customers: Sage customer id to Manage company id, from rows that were posted.
        refused: Manage invoice ids whose last write was refused, so that their records deserve a look.
    """

    written: Mapping[int, Written] = field(default_factory=dict)
    seen: Mapping[int, Seen] = field(default_factory=dict)
    customers: Mapping[int, int] = field(default_factory=dict)
    refused: frozenset[int] = frozenset()


class Target(Struct, frozen=True, kw_only=True, gc=False):
    """What Manage should say of an invoice: Paid Amount of the whole invoice, and the date its record should carry.

    Attributes:
        paid: Paid Amount, the whole invoice.
        date_paid: Date Paid; only when paid in full.
        record_date: the date to keep on the payment record: `date_paid`, or the last receipt's day on a part-paid
            invoice where the site wants one.
    """

    paid: Decimal
    date_paid: date | None
    record_date: date | None


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """What Manage's payment records say of an invoice.

    Attributes:
        own: the one record that Tieout may set, if there is exactly one.
        owns: how many such records there are.
        wisepay: Σ paid online.
        date_paid: the own record's date, else the online payment's.
        adds_up: the records add up to the invoice's Paid Amount.
    """

    own: Payment | None
    owns: int
    wisepay: Decimal
    date_paid: date | None
    adds_up: bool


def target(position: Position, invoice: Invoice, policy: Policy) -> Target:
    """What Manage should say of an invoice, by the policy.

    Credit notes applied in Sage count only as far as Manage does not already show them as credits.
    """
    if position.voided:
        paid = ZERO
    elif policy.paid_amount is PaidAmount.CASH:
        paid = position.cash
    else:
        paid = position.settled - max(ZERO, min(invoice.credits, position.credit))
    record_date = position.paid_in_full_on
    if policy.partial_date is PartialDate.LAST_RECEIPT and not position.paid_in_full:
        record_date = position.last_receipt_on
    return Target(paid=paid, date_paid=position.paid_in_full_on, record_date=record_date if paid != ZERO else None)


def standing(invoice: Invoice, payments: Sequence[Payment]) -> Standing:
    """Read an invoice's payment records; credit memos among them count as credits and are left alone."""
    if not payments:
        return Standing(own=None, owns=0, wisepay=ZERO, date_paid=None, adds_up=invoice.payments == ZERO)
    own = [p for p in payments if p.ours]
    online = [p for p in payments if p.wisepay and not p.credit]
    dates = [p.paid_on for p in (own or online) if p.paid_on]
    return Standing(
        own=own[0] if len(own) == 1 else None,
        owns=len(own),
        wisepay=total(p.amount for p in online),
        date_paid=max(dates, default=None),
        adds_up=paid(payments) == invoice.payments,
    )


def paid(payments: Iterable[Payment]) -> Decimal:
    """Paid Amount as the payment records make it up: everything but credit memos."""
    return total(p.amount for p in payments if not p.credit)


def agrees(goal: Target, stands: Standing, invoice: Invoice) -> bool:
    """Amount and date are already as they should be; there is nothing to write."""
    if invoice.payments != goal.paid or stands.owns > 1 or not stands.adds_up:
        return False
    if stands.own is None or (stands.wisepay != ZERO and stands.own.amount == ZERO):
        return True  # nothing of it is ours; an empty record of ours beside an online payment says nothing
    return stands.own.paid_on == goal.record_date


def agrees_as_seen(goal: Target, seen: Seen | None, invoice: Invoice) -> bool:
    """The amount agrees, and the ledger holds a read-back of that amount and date: no need to read the records."""
    if invoice.payments != goal.paid:
        return False
    return goal.paid == ZERO or seen == Seen(paid=goal.paid, date_paid=goal.record_date)


def standing_as_seen(goal: Target, invoice: Invoice) -> Standing:
    """The standing of an invoice that agrees by `agrees_as_seen`, whose records were therefore not read."""
    return Standing(own=None, owns=0, wisepay=invoice.payments, date_paid=goal.record_date, adds_up=True)


def write(goal: Target, stands: Standing, invoice: Invoice) -> Write | None:
    """The one write that brings an invoice to its target; None where none is needed or none may be made.

    Online payments are never edited: where they exceed the target, or where more than one record could be meant, or
    the records do not add up, nothing can be written.
    """
    amount = goal.paid - stands.wisepay
    if agrees(goal, stands, invoice) or stands.owns > 1 or not stands.adds_up or amount < ZERO:
        return None
    own = stands.own
    remains = Action.DELETE if amount == ZERO else Action.CHANGE
    return Write(
        action=remains if own else Action.CREATE,
        invoice_id=invoice.id,
        payment_id=own.id if own else None,
        amount=amount,
        paid_on=goal.record_date if amount != ZERO else None,
        amount_before=own.amount if own else ZERO,
        paid_on_before=own.paid_on if own else None,
    )


def as_written(stands: Standing, written: Written | None) -> bool:
    """Our record is what our ledger last wrote; so too when the ledger never wrote one (the record is adopted)."""
    if written is None:
        return True
    own = stands.own
    if own is None:
        return stands.owns == 0 and written.amount == ZERO
    return (own.id, own.amount, own.paid_on) == (written.payment_id, written.amount, written.paid_on)
