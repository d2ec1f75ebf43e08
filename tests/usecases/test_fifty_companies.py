"""Fifty random companies: the proof is 0.00, nothing is unexplained, and one thing gone wrong blocks the push."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from sync.core.prove.completeness import completeness
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.errors import Refused
from sync.core.values.money import ZERO
from sync.core.values.periods import EARLIEST, Choice, Since
from sync.core.values.policy import Policy
from sync.core.values.records import RECEIPT, Document, Entry, Invoice, Payment, Reading, Wanted
from sync.language.catalogues import ENGLISH
from tests.support.fakes import FakeBooks
from tests.usecases.office import TODAY, Office

SEEDS = range(50)
CENT = Decimal("0.01")
CURRENCIES = {1: "CAD", 2: "USD"}
CUSTOMERS = ("Boréal inc.", "Érable & Fils", "Maple Networks Inc.", "Lac Ltd.", "Nord-Sud s.e.n.c.", "O'Brien Co.")
ALL = Since(choice=Choice.CUSTOM, custom=EARLIEST)


class Company:
    """A believable company in both systems, the same one for the same seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.office = Office(folder=folder, policy=Policy(currencies=CURRENCIES))
        self._random = Random(seed)  # noqa: S311 - a company, not a secret
        for number in range(1001, 1001 + self._random.randint(10, 60)):
            self._invoice(number)

    def _invoice(self, number: int) -> None:
        """An invoice, settled before the window and in it; Manage may lack it, or show what was settled before."""
        random, office = self._random, self.office
        total = Decimal(random.randint(1, 900_000)) / 100
        customer = random.randrange(len(CUSTOMERS))
        unit = 2 if random.random() < 0.2 else 1
        dated = TODAY - timedelta(days=random.randint(45, 200))
        office.books.documents.append(
            Document(
                id=number,
                customer_id=customer,
                customer=CUSTOMERS[customer],
                number=str(number),
                dated=dated,
                kind=0,
                currency_id=unit,
            )
        )
        changes = {"customer_id": customer, "dated": dated, "entered_on": dated}
        office.row(number, str(total), kind=0, number=str(number), **changes)
        early = self._settled(number, total)
        before = total.min(sum((-row.amount for row in early if row.amount), ZERO))
        office.books.entries = [
            replace(row, customer_id=customer, entered_on=dated + timedelta(days=9), dated=dated)
            if row in early
            else row
            for row in office.books.entries
        ]
        self._settled(number, total)
        if random.random() < 0.85:
            shown = before if random.random() < 0.9 else ZERO
            self._manage(number, total, shown, CURRENCIES[unit])

    def _settled(self, number: int, total: Decimal) -> list[Entry]:
        """A receipt, one with a discount, a part payment, a cheque that came back; mostly nothing."""
        random, office = self._random, self.office
        story = random.randrange(8)
        if story == 0:
            return [office.receipt(number, str(total))]
        if story == 1 and total > 1:
            discount = (total * 2 / 100).quantize(CENT)
            return [office.receipt(number, str(total - discount)), office.receipt(number, str(discount), kind=2)]
        if story == 2:
            return [office.receipt(number, str((total / 3).quantize(CENT)))]
        if story == 3:
            return [office.receipt(number, str(total)), office.row(number, str(total), kind=1, reversed=True)]
        return []

    def _manage(self, number: int, total: Decimal, shown: Decimal, currency: str) -> None:
        customer = self.office.books.documents[-1]
        invoice = Invoice(
            id=number + 100_000,
            number=str(number),
            kind="Standard",
            company_id=customer.customer_id + 1,
            company=customer.customer,
            company_code=f"C{customer.customer_id}",
            account="",
            currency=currency,
            dated=customer.dated,
            total=total,
            payments=shown,
            credits=ZERO,
            balance=total - shown,
            status="Closed",
            closed=True,
        )
        paid = [Payment(id=number, invoice_id=invoice.id, amount=shown, paid_on=None)] if shown else []
        self.office.site.add(invoice, *paid)


@pytest.fixture(params=SEEDS)
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """One of the companies."""
    return Company(tmp_path / "state", request.param).office


def test_the_proof_is_nil_and_nothing_is_unexplained(company: Office) -> None:
    """For a month and for all time, before and after everything that is ready is pushed."""
    for since in (None, ALL):
        review = company.sync(since) if since else company.sync()
        found = completeness(review.evidence.entered, review.rows, {})
        said = {sentence.id for notice in review.run.notices for sentence in notice.sentences}
        assert (found.differences, said - {"sync-records-looked-at"}) == ((), set())
        tie_out = review.evidence.tie_out
        assert tie_out is not None
        assert [tie_out.unexplained(owed.currency) for owed in tie_out.totals] == [ZERO] * len(tie_out.totals)
        assert [item for item in tie_out.items if item.reason is DifferenceClass.UNEXPLAINED] == []
        company.push(review)
        postings = company.ledger.postings(review.run.id)
        assert completeness(review.evidence.entered, review.rows, postings).differences == ()
    company.ledger.close()


@dataclass
class Tampered(FakeBooks):
    """Books whose reader hands on something other than what it selected."""

    change: Callable[[Reading], Reading] = lambda reading: reading

    def read(self, wanted: Wanted) -> Reading:
        """Answer with the change."""
        return self.change(super().read(wanted))


def _first(reading: Reading) -> Entry:
    """A receipt that was entered in the window."""
    ids = {row.id for row in reading.entered if row.kind == RECEIPT}
    return next(row for row in reading.entries if row.id in ids)


def _dropped(reading: Reading) -> Reading:
    gone = _first(reading)
    return replace(reading, entries=[row for row in reading.entries if row != gone])


def _a_cent_more(reading: Reading) -> Reading:
    odd = _first(reading)
    raised = replace(odd, amount=(odd.amount or ZERO) - CENT)
    return replace(reading, entries=[raised if row == odd else row for row in reading.entries])


def _lost(reading: Reading) -> Reading:
    gone = _first(reading).document_id
    return replace(
        reading,
        documents=[document for document in reading.documents if document.id != gone],
        entries=[row for row in reading.entries if row.document_id != gone],
    )


@pytest.mark.parametrize("change", [_dropped, _a_cent_more, _lost])
def test_one_thing_gone_wrong_blocks_the_push(company: Office, change: Callable[[Reading], Reading]) -> None:
    """A receipt dropped, an amount changed by a cent, an invoice lost: said in words, and nothing is written."""
    whole = company.books
    company.books = Tampered(documents=whole.documents, entries=whole.entries, change=change)
    review = company.sync(ALL)
    assert any("Out by" in notice.said(ENGLISH) for notice in review.run.notices)
    with pytest.raises(Refused, match="push-sage-read-incomplete"):
        company.push(review)
    assert company.site.writes == []
    company.ledger.close()
