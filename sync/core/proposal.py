"""A row of the reconciliation: what Manage shows, what Sage says it should show, and whether that may be written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.applications import Application
from sync.core.money import ZERO
from sync.core.records import Write
from sync.core.words import Text

UNNAMED = "currency "
"""Begins what stands for a currency that the settings do not name; Sage's number of it follows."""


class Status(StrEnum):
    """What was found about an invoice. The first that applies, in this order, is the row's status."""

    BAD_DATA = "bad_data"
    CREDIT_NOTE = "credit_note"
    VOIDED = "voided"
    AMBIGUOUS = "ambiguous"
    NOT_IN_MANAGE = "not_in_manage"
    CURRENCY_DIFFERS = "currency_differs"
    CHANGED_IN_MANAGE = "changed_in_manage"
    CUSTOMER_DIFFERS = "customer_differs"
    TOTAL_DIFFERS = "total_differs"
    OVERPAID = "overpaid"
    REOPENED = "reopened"
    IN_AGREEMENT = "in_agreement"
    READY = "ready"


REVIEWABLE = frozenset(
    {
        Status.CHANGED_IN_MANAGE,
        Status.CUSTOMER_DIFFERS,
        Status.TOTAL_DIFFERS,
        Status.OVERPAID,
        Status.REOPENED,
        Status.READY,
    }
)
"""Statuses that a person may approve."""

CLOSED = frozenset({Status.IN_AGREEMENT, Status.CREDIT_NOTE, Status.VOIDED})
"""Statuses that leave nothing to do, so that the row is not carried forward."""


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
        paid_proposed: what Paid Amount should be, the whole invoice.
        date_paid_before: Manage's Date Paid.
        date_paid_proposed: what Date Paid should be; only when paid in full.
        clearing_receipt: number of the receipt that cleared the invoice.
        invoice_id: Manage's invoice.
        company_id: Manage's company.
        write: the request that would make it so; None when nothing can or need be written.
        record_read: the payment records were read, so that `date_paid_before` is known rather than absent.
        currency_id: Sage's number of the currency, which tells unnamed ones apart.
        fingerprint: hash of all that this row was decided on.
        applications: the document's rows in Sage that explain it, with the running balance.
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
    fingerprint: str = ""
    applications: tuple[Application, ...] = ()

    @property
    def approvable(self) -> bool:
        """A person may approve it: its status allows it and there is something to write."""
        return self.status in REVIEWABLE and self.write is not None

    @property
    def approve(self) -> bool:
        """Approved unless somebody says otherwise."""
        return self.status is Status.READY and self.approvable

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
    def change(self) -> Decimal:
        """How much the push would add to Paid Amount; below zero when it lowers it, zero when nothing is written."""
        if self.write is None or self.paid_before is None or self.paid_proposed is None:
            return ZERO
        return self.paid_proposed - self.paid_before

    @property
    def lowers(self) -> bool:
        """The push would take something away: an amount, a date, or the whole record."""
        if self.write is None:
            return False
        return self.change < ZERO or (self.write.paid_on_before is not None and self.write.paid_on is None)
