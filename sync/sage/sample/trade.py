"""The ordinary year: monthly agreements, projects, and customers who pay some weeks later, often several at once."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from sync.sage.sample.plan import Books, Customer, Plan

MONTHS = 12


def trade(books: Books) -> None:
    """Invoice every customer every month, some for projects too, and let them pay."""
    for customer in books.customers:
        _pay_in_time(books, _invoices(books, customer))


def _invoices(books: Books, customer: Customer) -> list[Plan]:
    fee = books.taxed(280, 2400)
    found = []
    for back in range(MONTHS, 0, -1):
        first = (books.anchor - relativedelta(months=back)).replace(day=1)
        found.append(books.invoice(customer, (books.anchor - first).days, fee))
        if books.random.random() < 0.1:  # noqa: PLR2004 - one month in ten brings a project
            project = books.invoice(customer, max(0, (books.anchor - first).days - 17), books.taxed(500, 9000))
            project.manage_kind = "Standard"
            found.append(project)
    return found


def _pay_in_time(books: Books, invoices: list[Plan]) -> None:
    """Each cheque pays all that is open by then; some customers take six weeks, a few pay in two parts."""
    patience = books.random.randint(18, 48)
    open_invoices: list[Plan] = []
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


def _owes(plan: Plan) -> bool:
    return plan.total + sum((row.amount or 0) for row in plan.rows) > 0
