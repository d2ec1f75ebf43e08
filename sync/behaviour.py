"""What nobody could verify about Manage without a live site: each question is a switch under `[manage.behaviour]`."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sync.core.policy import PartialDate


class SecondPayment(StrEnum):
    """What Manage does with a second payment on an invoice (unverified, so a switch)."""

    REFUSED = "refused"
    ALLOWED = "allowed"


class Overpayment(StrEnum):
    """What Manage does with a payment above the balance (unverified, so a switch)."""

    REFUSED = "refused"
    CLIPPED = "clipped"


class DateClear(StrEnum):
    """How a payment date is taken away (unverified, so a switch)."""

    REMOVE = "remove"
    NULL = "null"


class ClosedInvoices(StrEnum):
    """Whether payments may be written on closed invoices (unverified, so a switch)."""

    WRITABLE = "writable"
    REFUSED = "refused"


class Behaviour(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[manage.behaviour]`: what nobody could verify about Manage, with the likeliest value as default."""

    partial_date: PartialDate = PartialDate.OMIT
    second_payment: SecondPayment = SecondPayment.REFUSED
    overpayment: Overpayment = Overpayment.REFUSED
    date_clear: DateClear = DateClear.REMOVE
    closed_invoices: ClosedInvoices = ClosedInvoices.WRITABLE
