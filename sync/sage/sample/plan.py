"""The sample company as it is planned: invoices, what happened to each in Sage, and what Manage shows of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from dateutil.relativedelta import relativedelta
from msgspec import Struct, field

from sync.core.money import CENT, ZERO, total
from sync.core.records import Payment

MARIE, LUC = "marie", "luc"
CREDIT_NOTE, DEBIT_NOTE, UNKNOWN_KIND = 8, 9, 5


class Customer(Struct, frozen=True, kw_only=True):
    """A customer, in both systems."""

    id: int
    name: str
    currency_id: int = 1

    @property
    def currency(self) -> str:
        """ISO code."""
        return "CAD" if self.currency_id == 1 else "USD"


class Row(Struct, frozen=True, kw_only=True):
    """A row of an invoice's ledger in Sage, beside its own amount. `amount` lowers what is owed when below zero."""

    amount: Decimal | None
    dated: date | None
    entered: date
    receipt: str
    kind: int = 1
    banked: bool = True
    reversed: bool = False


class Plan(Struct, kw_only=True):
    """One invoice (or other document).

    Attributes:
        customer: whose.
        dated: its date; None for a record without one.
        total: tax included.
        number: given at the end, in order of date, unless set here.
        kind: `nTranType` of its own row.
        own_row: it has one.
        own_reversed: its own row was reversed by Sage.
        rows: what happened to it.
        currency_id: in Sage.
        in_manage: it is there too.
        manage_total: Manage's total where it differs.
        manage_currency: Manage's currency where it differs.
        manage_company: Manage's company where it is another.
        manage_kind: Manage's type.
        credits: credit memos applied in Manage.
        payments: Manage's payment records; None follows from what was entered before the month under review.
    """

    customer: Customer
    dated: date | None
    total: Decimal
    number: str = ""
    kind: int = 0
    own_row: bool = True
    own_reversed: bool = False
    rows: list[Row] = field(default_factory=list)
    currency_id: int | None = None
    in_manage: bool = True
    manage_total: Decimal | None = None
    manage_currency: str | None = None
    manage_company: Customer | None = None
    manage_kind: str = "Agreement"
    credits: Decimal = ZERO
    payments: list[Payment] | None = None


class Books:
    """Collects the plans, and knows the days that matter.

    Attributes:
        anchor: the day on which the sample ends.
        month: first day of the month under review (Past Month).
        random: the only source of chance.
    """

    def __init__(self, anchor: date, customers: list[Customer], seed: int) -> None:
        self.anchor = anchor
        self.month = anchor - relativedelta(months=1)
        self.random = Random(seed)  # noqa: S311 - a believable company, not a secret
        self.customers = customers
        self.plans: list[Plan] = []
        self._receipt = 4100

    def invoice(self, customer: Customer, age: int, amount: str | Decimal) -> Plan:
        """An invoice dated so many days before the anchor."""
        plan = Plan(customer=customer, dated=self.anchor - timedelta(days=age), total=Decimal(amount))
        self.plans.append(plan)
        return plan

    def receipt_number(self) -> str:
        """The next receipt's number."""
        self._receipt += 1
        return str(self._receipt)

    def taxed(self, low: int, high: int) -> Decimal:
        """An amount with tax on it, with the odd cents that brings."""
        rate = self.random.choice((Decimal("1.05"), Decimal("1.13"), Decimal("1.14975")))
        return (Decimal(self.random.randint(low, high)) * rate).quantize(CENT)

    def recent(self) -> date:
        """A day in the month under review."""
        span = (self.anchor - self.month).days
        return self.anchor - timedelta(days=self.random.randint(0, span - 1))

    def pay(self, plan: Plan, amount: str | Decimal | None = None, **row: object) -> Row:
        """A receipt on an invoice; without an amount what is still owed, entered recently unless said otherwise."""
        owed = plan.total + total(r.amount or ZERO for r in plan.rows)
        entered = row.pop("entered", None) or max(self.recent(), plan.dated or self.month)
        fields = {"dated": entered, "receipt": self.receipt_number(), **row}
        paid = Row(amount=-(owed if amount is None else Decimal(amount)), entered=entered, **fields)  # type: ignore[arg-type] # any field of Row
        plan.rows.append(paid)
        return paid

    def returned(self, plan: Plan, cheque: Row, days: int = 4) -> Row:
        """An NSF by hand: the same receipt number after NSF, a positive receipt on the bank's day."""
        back = -(cheque.amount or ZERO)
        day = min(max(cheque.entered + timedelta(days=days), self.month), self.anchor)
        nsf = Row(amount=back, dated=day, entered=day, receipt=f"NSF {cheque.receipt}")
        plan.rows.append(nsf)
        return nsf

    def before_month(self, days: int = 10) -> date:
        """A day before the month under review, so that an earlier push has already shown it in Manage."""
        return self.month - timedelta(days=days)
