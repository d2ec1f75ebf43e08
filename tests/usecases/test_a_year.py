"""A year of monthly runs on a random company, with all that goes wrong in one: at each month end all is explained."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.bridge import gap
from sync.core.prove.figures import Disposition, counts
from sync.core.prove.review import Review
from sync.core.prove.tie_out import DifferenceClass, TieOut
from sync.core.prove.workpapers import Audit
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Choice, Since
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import DISCOUNT, Entry
from tests.usecases.office import LAST_RUN, Office

CENT = Decimal("0.01")
FIRST_MONTH = Since(choice=Choice.CUSTOM, custom=date(2025, 1, 1))
TIMING = DifferenceClass.TIMING


class Billed(Struct):
    """An invoice: what it is for, and the receipts that stand on it."""

    number: int
    total: Decimal
    receipts: list[Entry]

    @property
    def owed(self) -> Decimal:
        """What Sage says is owed."""
        return self.total + total(row.amount or ZERO for row in self.receipts)


class Year:
    """An accountant's year: a company, and a person who decides."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a company, not a secret
        self.office = Office(folder=folder, policy=Policy(tolerance=CENT * 5))
        self.invoices: list[Billed] = []
        self.waiting: set[tuple[str, str]] = set()
        """What was called timing, by invoice and amount."""
        self.happened: Counter[str] = Counter()

    def month(self, nth: int) -> tuple[date, date]:
        """Live through a month of 2025; return its last day, and the third of the next, on which it is closed."""
        first = date(2025, nth, 1)
        last = first.replace(day=monthrange(2025, nth)[1])
        for _ in range(4):
            self._bill(first)
        for _ in range(10):
            self._something(first + timedelta(days=self.random.randint(1, 26)))
        self._receive(last + timedelta(days=2))  # entered before the month is closed, in the next one
        self.office.clock.day = last + timedelta(days=3)
        self.office.clock.moment = datetime(last.year, last.month, last.day, 13, tzinfo=UTC) + timedelta(days=3)
        return last, last + timedelta(days=3)

    def _bill(self, day: date) -> None:
        number = 1001 + len(self.invoices)
        amount = Decimal(self.random.randint(1_000, 90_000)) / 100
        apart = self.random.choice([ZERO, ZERO, ZERO, CENT, -CENT, Decimal("9.00")])
        self.office.invoice(number, str(amount), manage_total=str(amount + apart))
        self.office.books.documents[-1] = replace(self.office.books.documents[-1], dated=day)
        self.office.books.entries[-1] = replace(self.office.books.entries[-1], dated=day, entered_on=day)
        self.invoices.append(Billed(number=number, total=amount, receipts=[]))

    def _something(self, day: date) -> None:
        happening = self.random.choice(
            [self._receive, self._receive, self._receive, self._part, self._bounce, self._move, self._drift, self._void]
        )
        happening(day)

    def _open(self) -> Billed | None:
        found = [each for each in self.invoices if each.owed > ZERO]
        return self.random.choice(found) if found else None

    def _paid(self) -> Billed | None:
        found = [each for each in self.invoices if each.receipts and each.owed < each.total]
        return self.random.choice(found) if found else None

    def _enter(self, on: Billed, amount: Decimal, day: date, **changes: object) -> None:
        on.receipts.append(self.office.row(on.number, str(amount), dated=day, entered_on=day, **changes))

    def _receive(self, day: date) -> None:
        """The rest of an invoice is paid, now and then with a discount."""
        if each := self._open():
            discount = self.random.choice([ZERO, ZERO, min(CENT * 37, each.owed)])
            self._enter(each, discount - each.owed, day)
            if discount:
                self._enter(each, ZERO - discount, day, kind=DISCOUNT)
            self.happened["receipt"] += 1

    def _part(self, day: date) -> None:
        """A third of what is owed."""
        if (each := self._open()) and each.owed > 1:
            self._enter(each, ZERO - (each.owed / 3).quantize(CENT), day)
            self.happened["part"] += 1

    def _bounce(self, day: date) -> None:
        """Everything that stands on an invoice comes back."""
        if each := self._paid():
            self._enter(each, each.total - each.owed, day, number="NSF")
            self.happened["nsf"] += 1

    def _move(self, day: date) -> None:
        """The last receipt of an invoice is moved to another one, as far as that owes so much."""
        one = self._paid()
        last = next((row for row in reversed(one.receipts) if (row.amount or ZERO) < ZERO), None) if one else None
        other = self._open()
        if one is None or other is None or last is None or last.amount is None or one is other:
            return
        amount = max(last.amount, ZERO - other.owed)
        if amount == last.amount and one.owed - amount <= one.total:
            self._enter(one, ZERO - amount, day, number=last.number, reversed=True)
            self._enter(other, amount, day, number=last.number)
            self.happened["moved"] += 1

    def _drift(self, _: date) -> None:
        """Somebody changes, deletes or types a payment in Manage."""
        site, each = self.office.site, self.random.choice(self.invoices)
        invoice = site.invoices_[each.number + 100_000]
        records = site.records[invoice.id]
        change = self.random.choice(["more", "none", "typed"])
        if records and change != "typed":
            (first, *others) = records
            site.add(invoice, *([] if change == "none" else [replace(first, amount=first.amount + 1)]), *others)
            self.happened["drift"] += 1
        elif not records and change == "typed":
            site.add(invoice, self.office.record(each.number, "5.00", record_id=each.number * 7))
            self.happened["typed"] += 1

    def _void(self, day: date) -> None:
        """An unpaid invoice is reversed in Sage."""
        if (each := self._open()) and not each.receipts and self.random.random() < 0.3:
            self.office.row(each.number, str(ZERO - each.total), kind=0, dated=day, entered_on=day)
            each.total = ZERO
            self.happened["void"] += 1

    def decide(self, row: Proposal) -> Decision:
        """Mostly as proposed; a ready row is held now and then, a held one released, an odd one approved."""
        chance = self.random.random()
        if row.hold is not None:
            return Decision(key=row.key, approve=row.approvable and chance < 0.5)
        if row.approve:
            return Decision(key=row.key, approve=chance < 0.85, note="" if chance < 0.85 else "Ask Luc")
        return Decision(key=row.key, approve=row.approvable and chance < 0.6)

    def difference(self) -> Decimal:
        """What is owed in Sage less what is owed in Manage, straight from both."""
        sage = total((row.amount or ZERO) for row in self.office.books.entries)
        return sage - total(invoice.balance for invoice in self.office.site.invoices_.values())

    def explained(self, tied: TieOut | None) -> None:
        """Every cent of the difference stands in a class, and none of them is "unexplained"."""
        assert tied is not None
        assert total(item.difference for item in tied.items) == self.difference()
        assert [item for item in tied.items if item.reason is DifferenceClass.UNEXPLAINED] == []
        assert tied.unexplained("CAD") == ZERO

    def timing_closes(self, tied: TieOut | None) -> None:
        """What was called timing at the last month end is it no longer."""
        assert tied is not None
        now = {(item.invoice, str(item.difference)) for item in tied.items if item.reason is TIMING}
        assert now & self.waiting == set()
        self.waiting = now


def proven(of: Review | Audit, rows: int) -> None:
    """The proof is 0.00, the bridge closes in every currency, and each row is counted once."""
    assert {gap(of.bridge, line.currency) for line in of.bridge} <= {ZERO}
    assert counts(of.figures).total() == rows


@pytest.mark.parametrize("seed", range(4))
def test_a_year_of_monthly_runs_ends_with_every_figure_explained(seed: int, tmp_path: Path) -> None:
    """Twelve month ends and a last look in January: holds, moves, returned cheques, voids, drift, cents of tax."""
    year = Year(tmp_path / "state", seed)
    office = year.office
    changed = ZERO
    for nth in range(1, 13):
        last, _ = year.month(nth)
        review = office.sync(FIRST_MONTH if nth == 1 else LAST_RUN, until=last)
        assert review.evidence.proof(review.rows, {}).differences == ()
        proven(review, len(review.rows))
        year.explained(review.evidence.tie_out)
        year.timing_closes(review.evidence.tie_out)
        before = total(invoice.payments for invoice in office.site.invoices_.values())
        office.push_decided(review.run.id, map(year.decide, review.rows))
        audit = office.audit(review.run.id)
        assert audit.proof.differences == ()
        proven(audit, len(review.rows))
        posted = total(tally.change for tally in audit.figures if tally.disposition is Disposition.POSTED)
        assert total(invoice.payments for invoice in office.site.invoices_.values()) - before == posted
        changed += posted
    office.clock.pass_by(timedelta(days=30))
    office.clock.day = date(2026, 2, 3)
    review = office.sync(LAST_RUN)
    year.explained(review.evidence.tie_out)
    year.timing_closes(review.evidence.tie_out)
    assert year.waiting == set()
    assert sum((line.posted.get("CAD", ZERO) for line in office.ledger.history()), ZERO) == changed
    assert {"receipt", "part", "nsf", "drift"} <= set(year.happened)
    assert all(row.hold is None or row.status is not Status.IN_AGREEMENT for row in review.rows)
    office.ledger.verify()
    office.ledger.close()
