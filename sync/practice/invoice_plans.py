"""The sample company as it is planned: customers, invoices, what happened to each, and what Manage shows of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from dateutil.relativedelta import relativedelta
from msgspec import Struct, field

from sync.core.values.money import CENT, ZERO, total
from sync.core.values.records import Payment

COMPANY = "Boréal Managed Networks Inc."
CAD = (
    "Ace Dental Clinic",
    "Acier Lévis inc.",
    "Alder & Finch LLP",
    "Atelier Côté-Gagnon",
    "Bluewater Logistics Ltd.",
    "Boulangerie L'Épi d'Or",
    "Brasserie du Vieux-Port inc.",
    "Cabinet Bélanger, notaires",
    "Canmore Outfitters",
    "Caribou Coffee Roasters",
    "Cèdre Rouge Architecture",
    "Centre dentaire Saint-Élie",
    "Charlevoix Électrique ltée",
    "City of Maplewood",
    "Clinique vétérinaire Desjardins",
    "Coopérative agricole de la Beauce",
    "Deer Lake Veterinary",
    "Éclair Transport inc.",
    "École de musique Rivière-du-Loup",
    "Évolution Santé",
    "Fabrique Notre-Dame-des-Neiges-de-la-Haute-Côte-Nord",
    "Fairview Public Library",
    "Ferme O'Connor & fils",
    "Fiducie Tremblay-Ouellet",
    "Garage Müller",
    "Glacier Property Management",
    "Granite Ridge Mining Corp.",
    "Groupe Hébert Assurances",
    "Harbourfront Realty",
    "Hôtel Le Saint-Sulpice",
    "Imprimerie Laçasse",
    "Ironwood Fabrication",
    "Jasper Trail Tours",
    "Kingfisher Seafoods",
    "L'Anse-Saint-Jean Kayak",
    "Lakehead Welding & Repair",
    "Librairie Au Cœur des mots",
    "Maison Théberge",
    "Marché Jean-Noël",
    "Meridian Law Group",
    "Moulin à fleurs inc.",
    "Northern Lights Physiotherapy",
    "Nouveau Départ OBNL",
    "Orchard Park Pharmacy",
    "Pêcheries Gaspé ltée",
    "Pinnacle Roofing",
    "Prairie Grain Co-op",
    "Quincaillerie Fortier",
    "Rocky Mountain Orthodontics",
    "Scierie Mégantic",
    "Studio Zoë",
    "Théâtre de la Cité",
    "Timberline Accounting",
    "Usinage St-Jérôme",
    "Wasaga Plumbing",
    "Yukon Air Charters",
)
USD = ("Great Lakes Freight LLC", "Lone Star Robotics", "Puget Sound Imaging", "Vermont Maple Exports")
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


class PlannedRow(Struct, frozen=True, kw_only=True):
    """A row of an invoice's ledger in Sage, beside its own amount. `amount` lowers what is owed when below zero."""

    amount: Decimal | None
    dated: date | None
    entered: date
    receipt: str
    kind: int = 1
    banked: bool = True
    reversed: bool = False


class PlannedInvoice(Struct, kw_only=True):
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
    rows: list[PlannedRow] = field(default_factory=list)
    currency_id: int | None = None
    in_manage: bool = True
    manage_total: Decimal | None = None
    manage_currency: str | None = None
    manage_company: Customer | None = None
    manage_kind: str = "Agreement"
    credits: Decimal = ZERO
    payments: list[Payment] | None = None


class SampleBooks:
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
        self.plans: list[PlannedInvoice] = []
        self._receipt = 4100

    def invoice(self, customer: Customer, age: int, amount: str | Decimal) -> PlannedInvoice:
        """An invoice dated so many days before the anchor."""
        plan = PlannedInvoice(customer=customer, dated=self.anchor - timedelta(days=age), total=Decimal(amount))
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

    def pay(self, plan: PlannedInvoice, amount: str | Decimal | None = None, **row: object) -> PlannedRow:
        """A receipt on an invoice; without an amount what is still owed, entered recently unless said otherwise."""
        owed = plan.total + total(r.amount or ZERO for r in plan.rows)
        entered = row.pop("entered", None) or max(self.recent(), plan.dated or self.month)
        fields = {"dated": entered, "receipt": self.receipt_number(), **row}
        paid = PlannedRow(amount=-(owed if amount is None else Decimal(amount)), entered=entered, **fields)  # type: ignore[arg-type] # any field of Row
        plan.rows.append(paid)
        return paid

    def returned(self, plan: PlannedInvoice, cheque: PlannedRow, days: int = 4) -> PlannedRow:
        """An NSF by hand: the same receipt number after NSF, a positive receipt on the bank's day."""
        back = -(cheque.amount or ZERO)
        day = min(max(cheque.entered + timedelta(days=days), self.month), self.anchor)
        nsf = PlannedRow(amount=back, dated=day, entered=day, receipt=f"NSF {cheque.receipt}")
        plan.rows.append(nsf)
        return nsf

    def before_month(self, days: int = 10) -> date:
        """A day before the month under review, so that an earlier push has already shown it in Manage."""
        return self.month - timedelta(days=days)


MONTHS = 12


def trade(books: SampleBooks) -> None:
    """Invoice every customer every month, some for projects too, and let them pay."""
    for customer in books.customers:
        _pay_in_time(books, _invoices(books, customer))


def _invoices(books: SampleBooks, customer: Customer) -> list[PlannedInvoice]:
    fee = books.taxed(280, 2400)
    plans = []
    for back in range(MONTHS, 0, -1):
        first = (books.anchor - relativedelta(months=back)).replace(day=1)
        plans.append(books.invoice(customer, (books.anchor - first).days, fee))
        if books.random.random() < 0.1:  # noqa: PLR2004 - one month in ten brings a project
            project = books.invoice(customer, max(0, (books.anchor - first).days - 17), books.taxed(500, 9000))
            project.manage_kind = "Standard"
            plans.append(project)
    return plans


def _pay_in_time(books: SampleBooks, invoices: list[PlannedInvoice]) -> None:
    """Pay all that is open with each cheque; some customers take six weeks, a few pay in two parts."""
    patience = books.random.randint(18, 48)
    open_invoices: list[PlannedInvoice] = []
    for plan in sorted(invoices, key=lambda p: p.dated or date.min):
        open_invoices.append(plan)
        day = (plan.dated or date.min) + timedelta(days=patience + books.random.randint(-6, 6))
        if day > books.anchor or books.random.random() < 0.15:  # noqa: PLR2004 - some wait for the next invoice
            continue
        entered = min(day + timedelta(days=books.random.randint(0, 3)), books.anchor)
        receipt = books.receipt_number()
        halves = books.random.random() < 0.06  # noqa: PLR2004 - a few send half
        for each in open_invoices:
            part = each.total / 2 if halves and not each.rows else None
            books.pay(
                each, None if part is None else part.quantize(each.total), dated=day, entered=entered, receipt=receipt
            )
        open_invoices = [each for each in open_invoices if _owes(each)]


def _owes(plan: PlannedInvoice) -> bool:
    return plan.total + sum((row.amount or 0) for row in plan.rows) > 0
