"""What else happens to a company's receivables: one short function for each thing an accountant has met."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from sync.core.values.records import Payment
from sync.practice.invoice_plans import (
    CREDIT_NOTE,
    DEBIT_NOTE,
    UNKNOWN_KIND,
    Customer,
    PlannedInvoice,
    PlannedRow,
    SampleBooks,
)

THRICE = range(3)


def record(books: SampleBooks, amount: str, days: int | None = None, *, wisepay: bool = False) -> Payment:
    """A payment record in Manage, dated so many days before the anchor; ids are given at the end."""
    day = None if days is None else books.anchor - timedelta(days=days)
    return Payment(id=0, invoice_id=0, amount=Decimal(amount), paid_on=day, applied_by="jtremblay", wisepay=wisepay)


def tell_all(books: SampleBooks) -> None:
    """All stories, several times each, so that every status appears."""
    customers = books.customers
    for turn in THRICE:
        first, second, third = (customers[(turn * 7 + step) % len(customers)] for step in (0, 2, 4))
        returned_cheques(books, first)
        voided(books, second)
        credit_notes(books, third)
        bad_records(books, first, turn)
        manage_differs(books, second, third)
        typed_in_manage(books, third, turn)
        same_numbers(books, first, second, turn)
        odd_receipts(books, second)
    twelve_on_one_cheque(books, customers[9])
    foreign_currency(books)
    for turn in THRICE:
        money_ahead(books, customers[20 + turn])


def returned_cheques(books: SampleBooks, customer: Customer) -> None:
    """NSF by hand: a paid invoice reopens, wholly or in part, or is paid again at once."""
    reopened = books.invoice(customer, 75, "1149.75")
    books.returned(reopened, books.pay(reopened, entered=books.before_month()))
    partly = books.invoice(customer, 80, "900.00")
    books.pay(partly, "500.00", entered=books.before_month(20))
    books.returned(partly, books.pay(partly, "400.00", entered=books.before_month(12)))
    replaced = books.invoice(customer, 70, "452.00")
    books.returned(replaced, books.pay(replaced, entered=books.before_month(8)))
    books.pay(replaced, entered=books.anchor)


def voided(books: SampleBooks, customer: Customer) -> None:
    """Sage reverses the document and its receipt; Manage shows nothing, or still shows it paid."""
    for still_paid in (False, True):
        plan = books.invoice(customer, 60, "310.50")
        paid_on = books.before_month(6)
        cheque = books.pay(plan, entered=paid_on, reversed=True)
        day = books.recent()
        plan.rows.append(
            PlannedRow(amount=plan.total, dated=paid_on, entered=day, receipt=cheque.receipt, reversed=True)
        )
        plan.own_reversed = True
        plan.payments = None if still_paid else []


def credit_notes(books: SampleBooks, customer: Customer) -> None:
    """A credit note applied to an invoice: rows of opposite amounts on both, without cheque or bank."""
    plan = books.invoice(customer, 45, "565.00")
    note = books.invoice(customer, 40, "-65.00")
    note.kind, note.in_manage = CREDIT_NOTE, False
    apply_credit(books, note, plan, "65.00")
    books.pay(plan)
    negative = books.invoice(customer, 38, "-120.00")
    negative.in_manage = False
    partly = books.invoice(customer, 44, "480.00")
    apply_credit(books, negative, partly, "120.00")
    in_both = books.invoice(customer, 36, "700.00")
    memo = books.invoice(customer, 35, "-50.00")
    memo.kind, memo.in_manage, in_both.credits = CREDIT_NOTE, False, Decimal("50.00")
    apply_credit(books, memo, in_both, "50.00")
    books.pay(in_both)


def apply_credit(books: SampleBooks, note: PlannedInvoice, plan: PlannedInvoice, amount: str) -> None:
    """Sage's two mirror rows, with no journal entry."""
    day, number = books.recent(), f"CR{books.receipt_number()}"
    for target, sign in ((plan, -1), (note, 1)):
        target.rows.append(
            PlannedRow(amount=sign * Decimal(amount), dated=day, entered=day, receipt=number, kind=1, banked=False)
        )


def bad_records(books: SampleBooks, customer: Customer, turn: int) -> None:
    """Records that cannot be read for certain."""
    plan = books.invoice(customer, 30, "226.00")
    cheque = books.pay(plan)
    plan.payments = []
    if turn == 0:
        plan.rows[-1] = replace(cheque, dated=None)
    elif turn == 1:
        plan.rows.append(replace(cheque, amount=None, receipt=books.receipt_number()))
    else:
        plan.dated = None


def manage_differs(books: SampleBooks, customer: Customer, other: Customer) -> None:
    """Totals, customers and excess: what Manage shows is not what was invoiced in Sage."""
    total_differs = books.invoice(customer, 34, "1130.00")
    total_differs.manage_total = Decimal("1130.01")
    books.pay(total_differs)
    customer_differs = books.invoice(customer, 33, "678.00")
    customer_differs.manage_company, customer_differs.manage_total = other, Decimal("587.60")
    books.pay(customer_differs)
    overpaid = books.invoice(customer, 32, "339.00")
    books.pay(overpaid, "350.00")
    missing = books.invoice(customer, 31, "89.95")
    missing.in_manage = False
    books.pay(missing)


def typed_in_manage(books: SampleBooks, customer: Customer, turn: int) -> None:
    """Somebody entered payments in Manage by hand, or the customer paid online."""
    agrees = books.invoice(customer, 28, "245.25")
    cheque = books.pay(agrees)
    agrees.payments = [replace(record(books, "245.25"), paid_on=cheque.dated)]
    adopted = books.invoice(customer, 27, "500.00")
    books.pay(adopted)
    adopted.payments = [record(books, "450.00")]
    date_only = books.invoice(customer, 26, "199.00")
    books.pay(date_only, entered=books.anchor - timedelta(days=5))
    date_only.payments = [record(books, "199.00", 9)]
    two_records = books.invoice(customer, 25, "800.00")
    books.pay(two_records)
    two_records.payments = [record(books, "300.00"), record(books, "100.00")]
    online = books.invoice(customer, 24, "150.00")
    books.pay(online)
    online.payments = [record(books, "60.00", 20, wisepay=True)]
    if turn == 0:
        too_much = books.invoice(customer, 23, "260.00")
        books.pay(too_much, "160.00")
        too_much.payments = [record(books, "260.00", 12, wisepay=True)]


def same_numbers(books: SampleBooks, one: Customer, two: Customer, turn: int) -> None:
    """A number that two documents bear: told apart by the customer, or not at all."""
    for customer, amount in ((one, "410.00"), (two, "620.00")):
        plan = books.invoice(customer, 22, amount)
        plan.number = f"P-{700 + turn}"
        books.pay(plan)
    stranger = Customer(id=900 + turn, name=f"Unlisted Holdings {turn + 1}")
    for customer, present in ((one, True), (two, False)):
        plan = books.invoice(customer, 21, "95.00")
        plan.number, plan.in_manage, plan.manage_company = f"P-{800 + turn}", present, stranger
        books.pay(plan)


def odd_receipts(books: SampleBooks, customer: Customer) -> None:
    """Back-dated, early, discounted, paid on the spot, twice the same, and a kind nobody knows."""
    back_dated = books.invoice(customer, 90, "333.33")
    books.pay(back_dated, dated=books.before_month(25), entered=books.recent())
    back_dated.payments = []
    deposit = books.invoice(customer, 19, "1000.00")
    books.pay(deposit, "1000.00", dated=books.anchor - timedelta(days=26), entered=books.anchor - timedelta(days=18))
    discounted = books.invoice(customer, 29, "1000.00")
    cheque = books.pay(discounted, "980.00")
    discounted.rows.append(replace(cheque, amount=Decimal("-20.00"), kind=2))
    on_the_spot = books.invoice(customer, 12, "57.49")
    books.pay(on_the_spot, dated=on_the_spot.dated, entered=on_the_spot.dated, receipt="VISA")
    twice = books.invoice(customer, 15, "200.00")
    for _ in range(2):
        books.pay(twice, "100.00", entered=books.anchor - timedelta(days=3))
    unknown = books.invoice(customer, 16, "75.00")
    books.pay(unknown, kind=UNKNOWN_KIND)
    debit = books.invoice(customer, 17, "25.00")
    debit.kind = DEBIT_NOTE
    books.pay(debit)
    corrected = books.invoice(customer, 18, "640.00")
    wrong = books.pay(corrected, "604.00", entered=books.anchor - timedelta(days=9), reversed=True)
    corrected.rows.append(replace(wrong, amount=Decimal("604.00")))
    books.pay(corrected, "640.00", entered=books.anchor - timedelta(days=8))


def money_ahead(books: SampleBooks, customer: Customer) -> None:
    """A deposit that is no invoice's yet, and a post-dated cheque; of the last day, so that they change no number."""
    deposit = books.invoice(customer, 0, "0.00")
    deposit.number, deposit.own_row, deposit.in_manage = f"DEP-{customer.id}", False, False
    books.pay(deposit, "300.00", dated=books.anchor, entered=books.anchor, receipt=deposit.number)
    cheque = books.invoice(customer, 0, "460.00")
    books.pay(cheque, dated=books.anchor + timedelta(days=12), entered=books.anchor)


def twelve_on_one_cheque(books: SampleBooks, customer: Customer) -> None:
    """One cheque over twelve invoices, with a credit note and a discount among them."""
    receipt, day = books.receipt_number(), books.anchor - timedelta(days=2)
    plans = [books.invoice(customer, 50 + step, Decimal("101.10") + step) for step in range(12)]
    note = books.invoice(customer, 49, "-40.00")
    note.kind, note.in_manage = CREDIT_NOTE, False
    apply_credit(books, note, plans[0], "40.00")
    plans[1].rows.append(PlannedRow(amount=Decimal("-2.10"), dated=day, entered=day, receipt=receipt, kind=2))
    for plan in plans:
        books.pay(plan, entered=day, receipt=receipt)


def foreign_currency(books: SampleBooks) -> None:
    """The currencies of the two systems differ, or Sage's is one the settings do not name."""
    dollars = [customer for customer in books.customers if customer.currency_id != 1]
    for customer in dollars[:2]:
        plan = books.invoice(customer, 20, "1250.00")
        plan.manage_currency = "CAD"
        books.pay(plan)
    euros = books.invoice(books.customers[3], 20, "1250.00")
    euros.currency_id = 3
    books.pay(euros)
