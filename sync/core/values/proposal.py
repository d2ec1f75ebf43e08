"""A row of the reconciliation: what Manage shows, what Sage says it should show, and whether that may be written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.values.messages import Text
from sync.core.values.money import ZERO, total
from sync.core.values.policy import UNNAMED
from sync.core.values.records import Write

Facts = tuple[tuple[str, str], ...]
"""Names and values of what a row was decided on, in a fixed order: see `sync.core.decide.facts`."""


class Status(StrEnum):
    """What was found about an invoice. The first that applies, in this order, is the row's status."""

    BAD_DATA = "bad_data"
    CREDIT_NOTE = "credit_note"
    VOIDED = "voided"
    DEPOSIT = "deposit"
    AMBIGUOUS = "ambiguous"
    NOT_IN_MANAGE = "not_in_manage"
    CURRENCY_DIFFERS = "currency_differs"
    POST_DATED = "post_dated"
    CHANGED_IN_MANAGE = "changed_in_manage"
    CUSTOMER_DIFFERS = "customer_differs"
    TOTAL_DIFFERS = "total_differs"
    OVERPAID = "overpaid"
    REOPENED = "reopened"
    IN_AGREEMENT = "in_agreement"
    UNKNOWN_KIND = "unknown_kind"
    READY = "ready"


REVIEWABLE = frozenset(
    {
        Status.CHANGED_IN_MANAGE,
        Status.CUSTOMER_DIFFERS,
        Status.TOTAL_DIFFERS,
        Status.OVERPAID,
        Status.REOPENED,
        Status.UNKNOWN_KIND,
        Status.READY,
    }
)
"""Statuses that a person may approve."""
CLOSED = frozenset({Status.IN_AGREEMENT, Status.CREDIT_NOTE, Status.VOIDED, Status.DEPOSIT})
"""Statuses that leave nothing to do, so that the row is not carried forward."""


class Hold(Struct, frozen=True, kw_only=True, gc=False):
    """A person's No to an invoice that would be approved by default: until a person says Yes, or its day comes.

    Attributes:
        key: of the row.
        invoice: the invoice number, which the row has to bear still.
        customer_id: the customer in Sage, whose the row has to be still.
        user: who said No; or who said Yes, where it is `released`.
        at: when, UTC.
        note: what was noted then.
        owner: who was named then.
        released: a person has said Yes since.
        until: the day on which it ends by itself; None where only a Yes ends it.
    """

    key: str
    invoice: str
    customer_id: int
    user: str
    at: datetime
    note: str
    owner: str
    released: bool = False
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Neither a Yes nor its own day has ended it by then."""
        return not self.released and (self.until is None or day < self.until)


class AcceptedMatch(Struct, frozen=True, kw_only=True, gc=False):
    """A person's word that an invoice in Sage is one of another number in Manage; until it is taken back.

    Attributes:
        key: of the row.
        invoice: the number in Sage, trimmed, which the document has to bear still.
        customer_id: the customer in Sage, whose the document has to be still.
        customer: their name then.
        invoice_id: Manage's invoice.
        manage_number: its number, exactly, which it has to bear still.
        manage_customer: its company then.
        user: who accepted it; or who took it back, where it is `undone`.
        at: when, UTC.
        undone: a person has taken it back since.
    """

    key: str
    invoice: str
    customer_id: int
    customer: str
    invoice_id: int
    manage_number: str
    manage_customer: str
    user: str
    at: datetime
    undone: bool = False


class MovedReceipt(Struct, frozen=True, kw_only=True, gc=False):
    """A receipt that has left this row's invoice for another one in Sage, or has come from there.

    Attributes:
        number: of the receipt.
        dated: its date.
        amount: how much of it has moved, as an amount received.
        other: key of the other row.
        invoice: number of the other invoice.
    """

    number: str
    dated: date | None
    amount: Decimal
    other: str
    invoice: str


class Proposal(Struct, frozen=True, kw_only=True, gc=False):
    """One invoice, before and proposed. Amounts in `currency`, two decimals; None where there is none to show.

    Attributes:
        key: the row's lasting key (Sage's document id); the same invoice has the same key in every run.
        document_id: `tcustr.lId`.
        customer_id: `tcustomr.lId`.
        invoice: the invoice number as Sage has it, trimmed.
        customer: the customer's name in Sage.
        dated: the invoice's date in Sage.
        currency: ISO code; None when Sage's currency is not named in settings.
        status: see `Status`.
        reason: what is so.
        next_step: what to do about it.
        sage_total: Sage's total, tax included.
        cash: receipts applied.
        discount: discounts taken.
        credit: credit notes applied.
        other: applications of an unknown kind.
        sage_balance: what Sage says is still owed.
        manage_total: Manage's total.
        paid_before: Manage's Paid Amount, the whole invoice.
        paid_proposed: what Paid Amount would be after its push, the whole invoice: in a row that cannot be approved it
            stays as it is. Always ``paid_before + change == paid_proposed``.
        date_paid_before: Manage's Date Paid.
        date_paid_proposed: what Date Paid would be; only when paid in full.
        clearing_receipt: number of the receipt that cleared the invoice.
        invoice_id: Manage's invoice.
        company_id: Manage's company.
        write: the request that would make it so; None when nothing can or need be written.
        record_read: the payment records were read, so that `date_paid_before` is known rather than absent.
        currency_id: Sage's number of the currency, which tells unnamed ones apart.
        facts: all that this row was decided on; empty where nothing was.
        fingerprint: their hash.
        applications: the document's rows in Sage that explain it, with the running balance.
        hold: a person's No of an earlier run.
        opening: the go-live date of the opening statement that accepts it as it is; None where none does.
        moved: receipts that tie it to other rows: to be decided together.
        credits_shown: of what is settled, what Manage shows among its own credits and Paid Amount need not say.
        left_by_policy: of what is settled, discounts and credits that the policy `cash` leaves out of Paid Amount.
        cents_apart: what is added so that an invoice paid in full in Sage is paid in full in Manage, whose total is
            another one within the tolerance. Always ``settled - credits_shown - left_by_policy + cents_apart ==
            target``.
    """

    key: str
    document_id: int
    customer_id: int
    invoice: str
    customer: str
    dated: date | None
    currency: str | None
    status: Status
    reason: Text
    next_step: Text
    sage_total: Decimal | None = None
    cash: Decimal | None = None
    discount: Decimal | None = None
    credit: Decimal | None = None
    other: Decimal | None = None
    sage_balance: Decimal | None = None
    manage_total: Decimal | None = None
    paid_before: Decimal | None = None
    paid_proposed: Decimal | None = None
    date_paid_before: date | None = None
    date_paid_proposed: date | None = None
    clearing_receipt: str | None = None
    invoice_id: int | None = None
    company_id: int | None = None
    write: Write | None = None
    record_read: bool = False
    currency_id: int = 0
    facts: Facts = ()
    fingerprint: str = ""
    applications: tuple[Application, ...] = ()
    hold: Hold | None = None
    opening: date | None = None
    moved: tuple[MovedReceipt, ...] = ()
    credits_shown: Decimal = ZERO
    left_by_policy: Decimal = ZERO
    cents_apart: Decimal = ZERO

    @property
    def approvable(self) -> bool:
        """A person may approve it: its status allows it and there is something to write."""
        return self.status in REVIEWABLE and self.write is not None

    @property
    def approve(self) -> bool:
        """Approved unless somebody says otherwise, or has said so before."""
        ours = self.hold is None and self.opening is None and not self.moved
        return self.status is Status.READY and self.approvable and ours

    @property
    def unit(self) -> str:
        """What its amounts are in: the ISO code, or the word and Sage's number of an unnamed currency."""
        return self.currency or f"{UNNAMED}{self.currency_id}"

    @property
    def settled(self) -> Decimal | None:
        """Everything Sage shows taken off what was owed."""
        if self.cash is None or self.discount is None or self.credit is None or self.other is None:
            return None
        return self.cash + self.discount + self.credit + self.other

    @property
    def target(self) -> Decimal | None:
        """What Paid Amount should be by what Sage shows, if it shows any, whether or not a push may make it so."""
        if self.approvable:
            return self.paid_proposed
        return (
            None if self.settled is None else self.settled - self.credits_shown - self.left_by_policy + self.cents_apart
        )

    @property
    def cleared_by(self) -> Application | None:
        """The row in Sage that cleared the invoice: its number alone is no key, so its day is named with it."""
        return next((each for each in self.applications if each.clears), None)

    @property
    def rounding(self) -> Decimal:
        """What the largest part has been given so that the parts, in cents, add up to what Sage holds."""
        parts = (each.amount for each in self.applications if each.part is not ApplicationPart.TOTAL)
        known = self.settled is not None and self.applications
        return (self.settled or ZERO) + total(amount or ZERO for amount in parts) if known else ZERO

    @property
    def change(self) -> Decimal:
        """How much the push would add to Paid Amount; below zero when it lowers it, zero where it cannot be pushed."""
        if not self.approvable or self.paid_before is None or self.paid_proposed is None:
            return ZERO
        return self.paid_proposed - self.paid_before

    @property
    def lowers(self) -> bool:
        """The push would take something away: an amount, a date, or the whole record."""
        return self.write is not None and (self.change < ZERO or self.write.takes_date_away)


class ApplicationPart(StrEnum):
    """What a row of a document's ledger counts as."""

    TOTAL = "total"
    CASH = "cash"
    DISCOUNT = "discount"
    CREDIT = "credit"
    OTHER = "other"


class Application(Struct, frozen=True, kw_only=True, gc=False):
    """A row of a document's ledger as an accountant reads it: its own amount, a receipt, a discount, a credit.

    Attributes:
        id: `tcustrdt.lId`; two of a document have the same where one row is part cash, part credit.
        number: of the receipt, or the document's own.
        dated: the transaction's date.
        entered_on: the day it was keyed in, where Sage records it.
        entered_by: Sage's user who keyed it in, where Sage records it.
        part: what it counts as.
        amount: as in Sage: above zero raises what is owed; None when unreadable.
        balance: what is owed after it, in the order shown.
        reversed: Sage marks it as one of a reversed pair.
        clears: it brought the balance to zero for good.
        entered: it is payment information entered in the run's window.
    """

    id: int
    number: str
    dated: date | None
    entered_on: date | None
    entered_by: str
    part: ApplicationPart
    amount: Decimal | None
    balance: Decimal
    reversed: bool = False
    clears: bool = False
    entered: bool = False
