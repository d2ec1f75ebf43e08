"""What Manage holds of the sample company: invoices, and payment records as earlier pushes and people left them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from sync.core.money import ZERO, total
from sync.core.records import Invoice, Payment
from sync.core.standing import paid
from sync.sage.sample.plan import Plan

FIRST_INVOICE, FIRST_PAYMENT = 5001, 70001
TIEOUT = "tieout"


class Site:
    """Collects Manage's side, plan by plan.

    Attributes:
        invoices: so far.
        payments: so far.
    """

    def __init__(self, month: date) -> None:
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self._month = month

    def add(self, plan: Plan) -> None:
        """Add a plan's invoice, unless Manage does not have it."""
        if not plan.in_manage:
            return
        invoice_id = FIRST_INVOICE + len(self.invoices)
        records = self._pushed_before(plan) if plan.payments is None else plan.payments
        first = FIRST_PAYMENT + len(self.payments)
        records = [replace(each, id=first + i, invoice_id=invoice_id) for i, each in enumerate(records)]
        self.payments += records
        self.invoices.append(_invoice(plan, invoice_id, paid(records)))

    def _pushed_before(self, plan: Plan) -> list[Payment]:
        """What an earlier push wrote: all that was entered before the month under review, dated if that was all."""
        earlier = [row for row in plan.rows if row.entered < self._month and row.amount is not None]
        settled = ZERO - total(row.amount or ZERO for row in earlier)
        if settled == ZERO:
            return []
        days = [row.dated for row in earlier if row.dated]
        paid_on = max([*days, *([plan.dated] if plan.dated else [])]) if settled == plan.total else None
        return [Payment(id=0, invoice_id=0, amount=settled, paid_on=paid_on, applied_by=TIEOUT)]


def _invoice(plan: Plan, invoice_id: int, payments: Decimal) -> Invoice:
    company = plan.manage_company or plan.customer
    due = plan.manage_total if plan.manage_total is not None else plan.total
    code = "".join(c for c in company.name if c.isascii() and c.isalnum())[:25]
    return Invoice(
        id=invoice_id,
        number=plan.number,
        kind=plan.manage_kind,
        company_id=300 + company.id,
        company=company.name,
        company_code=code,
        account=company.name if company.id % 4 else "",
        currency=plan.manage_currency or plan.customer.currency,
        dated=plan.dated,
        total=due,
        payments=payments,
        credits=plan.credits,
        balance=due - payments - plan.credits,
        status="Closed" if company.id % 5 else "Sent",
        closed=bool(company.id % 5),
    )
