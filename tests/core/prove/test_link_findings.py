"""What a check says of the first things it read, and when that is a failure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from sync.core.prove import link_findings
from sync.core.values.errors import Verdict
from sync.core.values.messages import say
from sync.core.values.records import Invoice, Payment, Reading
from tests.support.build import balance, document, entry, invoice, own, payment

FLAW = say("sage-row-without-date", id=1)


def reading(**changes: Any) -> Reading:  # noqa: ANN401 - any field of Reading
    """One document that is paid, in books of one."""
    plain: dict[str, Any] = {
        "company": "Érable",
        "clock": datetime(2026, 4, 10, 8),  # noqa: DTZ001 - Sage's clock is local and naive
        "strategy": say("sage-found-by-entry-day"),
        "highest_row": 101,
        "entered": [],
        "documents": [document()],
        "entries": [own("100.00"), entry("-100.00")],
        "balances": [balance(1, owed="0.00")],
    }
    return Reading(**(plain | changes))


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, []),
        ({"entries": [own("100.00"), entry(None, flaw=FLAW)]}, [Verdict.FAILED]),
        ({"balances": [balance(1), balance(2, unreadable=True)]}, [Verdict.WARNING]),
        ({"balances": [balance(1, currency_id=3)]}, [Verdict.WARNING]),
        ({"notices": (say("sage-login-could-write"),)}, [Verdict.WARNING]),
        ({"documents": [], "entries": []}, []),
    ],
)
def test_a_company_of_which_every_document_is_bad_data_fails(changes: dict[str, Any], verdict: list[Verdict]) -> None:
    """What a tenth or less of a company is, or weaker evidence, or a currency without a name, is no failure."""
    company, strategy, *more = link_findings.of_sage(reading(**changes), "MySQL 8", {1: "CAD"})
    assert [company.verdict, strategy.verdict] == [Verdict.OK, Verdict.OK]
    assert [each.verdict for each in more] == verdict


def test_weaker_evidence_of_entry_is_a_warning() -> None:
    """And nothing is said of currencies before there are settings."""
    found = link_findings.of_sage(reading(stamped=False, balances=[balance(1, currency_id=3)]), "MySQL 8")
    assert [each.verdict for each in found] == [Verdict.OK, Verdict.WARNING]


BAD: dict[str, Any] = {
    "flaw": say("manage-invoice-amount-bad", id=1, amount=say("total-word"), why=say("no-reason-given")),
    **dict.fromkeys(("total", "payments", "credits", "balance"), Decimal("0.00")),
}
ODD: dict[str, Any] = {"flaw": FLAW, "balance": Decimal(7)}


@pytest.mark.parametrize(
    ("page", "counted", "more", "verdicts"),
    [
        ([invoice(1), invoice(2)], 2, False, []),
        ([invoice(1), invoice(2)], 2000, True, []),
        ([invoice(1)], 2000, False, [Verdict.WARNING]),
        ([invoice(1)], None, True, [Verdict.WARNING]),
        ([], 0, False, []),
        ([], 2000, True, [Verdict.WARNING]),
        ([invoice(1, **BAD)], 1, False, [Verdict.FAILED]),
        ([invoice(1, **BAD), invoice(2)], 2, False, [Verdict.WARNING]),
        ([invoice(1, payments="5.00", **ODD), invoice(2)], 2, False, [Verdict.WARNING]),
    ],
)
def test_a_page_of_invoices_fails_where_none_can_be_used(
    page: list[Invoice], counted: int | None, *, more: bool, verdicts: list[Verdict]
) -> None:
    """A list that is not whole, and some that cannot be used, are warnings."""
    first, *others = link_findings.of_invoices(page, counted, more=more)
    assert (first.verdict, [each.verdict for each in others]) == (Verdict.OK, verdicts)


@pytest.mark.parametrize(
    ("about", "records", "verdicts"),
    [
        (None, [], []),
        (invoice(1, **BAD), [payment("5.00")], []),
        (invoice(1), [], []),
        (invoice(1), [payment("5.00")], [Verdict.WARNING]),
        (invoice(1, payments="5.00"), [payment("5.00"), payment("3.00", credit=True)], []),
        (invoice(1, payments="5.00"), [payment("4.00")], [Verdict.WARNING]),
        (invoice(1, payments="5.00"), [payment("0.00", flaw=FLAW)], [Verdict.WARNING]),
    ],
)
def test_payment_records_are_held_against_what_the_invoice_shows(
    about: Invoice | None, records: list[Payment], verdicts: list[Verdict]
) -> None:
    """That shows none, and has some, contradicts itself too."""
    first, *others = link_findings.of_payments(about, records)
    assert (first.verdict, [each.verdict for each in others]) == (Verdict.OK, verdicts)
