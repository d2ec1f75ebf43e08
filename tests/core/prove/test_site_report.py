"""The report of a first contact, and the settings that paid invoices speak for."""

from __future__ import annotations

from datetime import date

from sync.core.prove.site_report import (
    DOCUMENTS_BY_CURRENCY,
    Answer,
    Learned,
    documents_by_currency,
    learned,
    paid_invoices,
    report,
    settings_learned,
)
from tests.support.build import invoice, payment

DAY = date(2026, 3, 20)


def test_a_question_is_answered_or_says_why_it_is_not() -> None:
    """One line for each row, in words and numbers on one line."""
    answers = [
        Answer(question="Kinds", columns=("kind", "rows"), rows=((1, 20), (None, 3))),
        Answer(question="Rights", failed="1142 denied"),
        Answer(question="Counters"),
    ]
    assert report("Head", {"Sage": answers}, []).splitlines() == [
        *("Head", "", "Sage", "====", ""),
        *("Kinds", "  kind 1  rows 20", "  kind -  rows 3", ""),
        *("Rights", "  not answered: 1142 denied", ""),
        *("Counters", "  nothing", ""),
        *("Settings", "========", "", "# Nothing that differs from the settings was learned."),
    ]


def test_paid_invoices_show_how_payments_are_kept() -> None:
    """Full and part, dates, types, and whether the records come to what is shown."""
    full, part = invoice(1, payments="100.00"), invoice(2, payments="40.00", closed=False)
    records = {
        full.id: [payment("100.00", DAY, kind="P"), payment("5.00", credit=True)],
        part.id: [payment("30.00", nth=2)],
    }
    found = {each.question: each.rows for each in paid_invoices({full.id: full, part.id: part}, records)}
    assert found["Payment records on a paid invoice"] == ((1, 1), (2, 1))
    assert found["Records come to the payments shown"] == (("false", 1), ("true", 1))
    assert found["Types of records"] == (("(none)", 2), ("P", 1))
    assert found["Dates of records, on invoices paid in full and in part"] == (
        ("full", "with a date", 1),
        ("part", "without", 1),
    )


def test_what_most_records_show_is_offered_as_a_setting() -> None:
    """Of part payments their dates, of plain ones their type, of invoices what they come to; and currencies."""
    part = invoice(2, payments="40.00")
    records = {part.id: [payment("40.00", DAY, kind="P"), payment("1.00", kind='"'), payment("1.00", wisepay=True)]}
    found = learned([part, invoice(3)], {part.id: part}, records)
    assert found == Learned(partial_dates=(1, 1), types={"P": 1}, contradict=0, paid=1)
    assert [each.partition("  #")[0] for each in settings_learned(found, {1: 5, 3: 2}, {1: "CAD"})] == [
        "[manage.behaviour]",
        'partial_date = "omit"',
        'payment_type = "P"',
        'balance_identity = "on"',
        "[policy]",
        'currencies = {1 = "CAD"}',
        "# Currencies without a name yet, to be added above: 3",
    ]


def test_dates_on_part_payments_and_balances_that_count_otherwise_change_settings() -> None:
    """And what nothing was learned about is not offered."""
    lines = settings_learned(Learned(partial_dates=(3, 1), contradict=2, paid=9), {1: 4}, {1: "CAD"})
    assert [each.partition("  #")[0] for each in lines] == [
        "[manage.behaviour]",
        'partial_date = "last_receipt"',
        'balance_identity = "off"',
        "[policy]",
        'currencies = {1 = "CAD"}',
    ]
    assert settings_learned(Learned(), {}, {1: "CAD"}) == []


def test_documents_are_counted_by_currency_where_sage_answers() -> None:
    """Rows without a currency are left out."""
    rows = ((1, 860), (None, 2), (2, 58))
    answers = [Answer(question="Other", rows=((9, 9),)), Answer(question=DOCUMENTS_BY_CURRENCY, rows=rows)]
    assert documents_by_currency(answers) == {1: 860, 2: 58}
