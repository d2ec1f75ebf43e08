"""Random companies in which everything happens that Tieout has a word for, the same one for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from sync.core.values.messages import say
from sync.core.values.money import ZERO
from sync.core.values.policy import PaidAmount, PartialDate, Policy
from sync.core.values.records import Document, Invoice, Payment
from tests.usecases.office import TODAY, Office

CENT = Decimal("0.01")
CURRENCIES = {1: "CAD", 2: "USD"}
CUSTOMERS = ("Boréal inc.", "Érable & Fils", "Maple Networks Inc.", "Lac Ltd.", "Nord-Sud s.e.n.c.", "O'Brien Co.")
NEW = TODAY - timedelta(days=3)
"""A day in every window."""
OLD = TODAY - timedelta(days=90)
"""A day before the past month."""


class Company:
    """An office of a company of some thirty documents."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a company, not a secret
        policy = Policy(
            currencies=CURRENCIES,
            tolerance=self.random.choice([ZERO, Decimal("0.05")]),
            paid_amount=self.random.choice([PaidAmount.SETTLED, PaidAmount.SETTLED, PaidAmount.CASH]),
            partial_date=self.random.choice(list(PartialDate)),
        )
        go_live = (None, OLD + timedelta(days=1), NEW + timedelta(days=1))[seed % 3]
        self.office = Office(folder=folder, policy=policy, go_live=go_live)
        self._number = 1000
        stories = [getattr(self, name) for name in dir(type(self)) if name.startswith("story_")]
        told: list[Callable[[], None]] = [*stories, *self.random.choices(stories, k=5)]
        for story in told:
            story()

    def money(self, most: int = 300_000) -> Decimal:
        """An amount of at least two dollars."""
        return Decimal(self.random.randint(200, most)) / 100

    def document(self, total: Decimal | None, unit: int | None = None, number: str | None = None) -> Document:
        """A document in Sage, with a row of its own unless its total is None."""
        self._number += 1
        customer = self.random.randrange(len(CUSTOMERS))
        made = Document(
            id=self._number,
            customer_id=customer,
            customer=CUSTOMERS[customer],
            number=number or str(self._number),
            dated=OLD,
            kind=0,
            currency_id=unit or self.random.choice([1, 1, 1, 2]),
        )
        self.office.books.documents.append(made)
        if total is not None:
            self.row(made, total, OLD, kind=0, number=made.number)
        return made

    def row(self, of: Document, amount: Decimal | None, day: date = NEW, **changes: Any) -> None:  # noqa: ANN401 - any field of Entry
        """A row in Sage, entered and dated on a day."""
        fields = {"customer_id": of.customer_id, "dated": day, "entered_on": day} | changes
        row = self.office.row(of.id, str(amount or ZERO), **fields)
        if amount is None:
            self.office.books.entries[-1] = replace(row, amount=None, flaw=say("Empty."))

    def in_manage(self, of: Document, total: Decimal, *paid: Payment, credit: Decimal = ZERO, **changes: Any) -> None:  # noqa: ANN401 - any field of Invoice
        """Its invoice in Manage, with payment records."""
        made = Invoice(
            id=of.id + 100_000,
            number=of.number,
            kind="Standard",
            company_id=of.customer_id + 1,
            company=of.customer,
            company_code=f"C{of.customer_id}",
            account="",
            currency=CURRENCIES.get(of.currency_id, "EUR"),
            dated=of.dated,
            total=total,
            payments=ZERO,
            credits=credit,
            balance=total,
            status="Closed",
            closed=True,
        )
        self.office.site.add(replace(made, **changes), *paid)

    def paid(self, of: Document, amount: Decimal, day: date | None = None, nth: int = 0, **changes: Any) -> Payment:  # noqa: ANN401 - any field of Payment
        """A payment record in Manage."""
        return Payment(id=of.id * 10 + nth, invoice_id=of.id + 100_000, amount=amount, paid_on=day, **changes)

    def story_paid(self) -> None:
        """Paid in full, and not yet in Manage; now and then with a discount."""
        total = self.money()
        one = self.document(total)
        discount = self.random.choice([ZERO, CENT, Decimal("1.15")])
        self.row(one, discount - total)
        if discount:
            self.row(one, ZERO - discount, kind=2)
        self.in_manage(one, total)

    def story_in_parts(self) -> None:
        """A part that Manage shows already, another one now."""
        total = self.money()
        one, first = self.document(total), (total / 3).quantize(CENT)
        self.row(one, ZERO - first, OLD)
        self.row(one, ZERO - first)
        self.in_manage(one, total, self.paid(one, first))

    def story_paid_online(self) -> None:
        """A part paid online, the rest by cheque."""
        total = self.money()
        one, first = self.document(total), (total / 4).quantize(CENT)
        self.row(one, ZERO - first)
        self.row(one, first - total)
        self.in_manage(one, total, self.paid(one, first, NEW, wisepay=True))

    def story_date_only(self) -> None:
        """Somebody typed the amount without its date."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total)
        self.in_manage(one, total, self.paid(one, total))

    def story_agrees(self) -> None:
        """Nothing to do."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total)
        self.in_manage(one, total, self.paid(one, total, NEW))

    def story_credit(self) -> None:
        """A cheque and a credit note in one receipt; Manage shows the credit, or does not."""
        total, credit = self.money(), Decimal("1.50")
        one = self.document(total, unit=1)
        note = replace(self.document(None, unit=1), customer_id=one.customer_id, customer=one.customer)
        self.office.books.documents[-1] = note
        self.row(note, ZERO - credit, OLD, kind=0, number=note.number)
        receipt = f"C{one.id}"
        self.row(note, credit, number=receipt, banked=False)
        self.row(one, ZERO - total, number=receipt)
        self.in_manage(one, total, credit=self.random.choice([ZERO, credit]))

    def story_cents_apart(self) -> None:
        """A cent of tax between the two totals."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total)
        self.in_manage(one, total + self.random.choice([CENT, -CENT, Decimal("7.00")]))

    def story_fractions(self) -> None:
        """Sage holds more than cents."""
        total = self.money()
        one = self.document(total)
        self.row(one, CENT - total, beyond=Decimal("-0.004"))
        self.row(one, ZERO, beyond=Decimal("-0.006"))
        self.in_manage(one, total)

    def story_returned(self) -> None:
        """A cheque came back that Manage shows."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total, OLD, number="R7")
        self.row(one, total, number="NSF R7")
        self.in_manage(one, total, self.paid(one, total, OLD))

    def story_not_in_manage(self) -> None:
        """Manage has no such invoice."""
        one = self.document(self.money())
        self.row(one, ZERO - Decimal("1.00"))

    def story_unnamed_currency(self) -> None:
        """A currency that the settings do not name."""
        one = self.document(total := self.money(), unit=7)
        self.row(one, ZERO - total)
        self.in_manage(one, total)

    def story_two_of_a_number(self) -> None:
        """Two documents of one customer bear a number."""
        total = self.money()
        one = self.document(total)
        other = replace(self.document(total, number=one.number), customer_id=one.customer_id, customer=one.customer)
        self.office.books.documents[-1] = other
        self.row(one, ZERO - total)
        self.in_manage(one, total)

    def story_two_records(self) -> None:
        """Two payments in Manage: which is ours?"""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total)
        self.in_manage(one, total, self.paid(one, CENT), self.paid(one, CENT, nth=1))

    def story_unknown_kind(self) -> None:
        """Money of a kind without a name."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total, kind=5)
        self.in_manage(one, total)

    def story_post_dated(self) -> None:
        """A cheque for next month."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total, NEW, dated=TODAY + timedelta(days=20))
        self.in_manage(one, total)

    def story_deposit(self) -> None:
        """Money without an invoice."""
        self.row(self.document(None), ZERO - self.money())

    def story_credit_note(self) -> None:
        """A credit note that is paid out."""
        total = self.money()
        one = self.document(ZERO - total)
        self.row(one, total)

    def story_voided(self) -> None:
        """Reversed in Sage with its receipt, and never in Manage."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total, OLD, kind=0)
        self.row(one, ZERO - total, reversed=True)
        self.row(one, total, reversed=True)

    def story_unreadable(self) -> None:
        """An amount that nobody can read."""
        total = self.money()
        one = self.document(total)
        self.row(one, None)
        self.in_manage(one, total)

    def story_too_much(self) -> None:
        """Paid more than the invoice."""
        total = self.money()
        one = self.document(total)
        self.row(one, ZERO - total - 10)
        self.in_manage(one, total)
