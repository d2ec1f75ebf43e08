"""Open balances of both sides added up: by customer, by age, by currency, and what no class explains."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sync.core.prove.tie_out import Age, DifferenceClass, OpenBalance, Owed, TieOutItem, added_up, age
from sync.core.values.messages import say

DAY = date(2026, 4, 10)


def owing(amount: str, customer: str = "Boréal inc.", currency: str = "CAD", days: int | None = 0) -> OpenBalance:
    """An open balance of somebody, so many days old."""
    dated = None if days is None else DAY - timedelta(days=days)
    return OpenBalance(customer=customer, currency=currency, dated=dated, amount=Decimal(amount))


def item(
    difference: str, reason: DifferenceClass = DifferenceClass.HELD, currency: str = "CAD", **words: str
) -> TieOutItem:
    """A difference of a class."""
    return TieOutItem(
        reason=reason,
        invoice=words.get("invoice", "1001"),
        customer=words.get("customer", "Boréal inc."),
        currency=currency,
        sage=None,
        manage=None,
        difference=Decimal(difference),
        text=say("x"),
        key=words.get("key", ""),
    )


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (-1, Age.CURRENT),
        (0, Age.CURRENT),
        (30, Age.CURRENT),
        (31, Age.MONTH),
        (60, Age.MONTH),
        (61, Age.TWO_MONTHS),
        (90, Age.TWO_MONTHS),
        (91, Age.OLD),
        (5000, Age.OLD),
    ],
)
def test_an_age_counts_from_the_document_s_own_day(days: int, found: Age) -> None:
    """The last day of a band is in it, and what is dated ahead is not old."""
    assert age(DAY - timedelta(days=days), DAY) is found


def test_without_a_date_there_is_no_age() -> None:
    """None is guessed."""
    assert age(None, DAY) is Age.UNDATED


def test_each_customer_has_a_line_for_each_currency_with_both_sides() -> None:
    """Amounts and how many, by currency and then by name whatever its case; who owes on one side only is there too."""
    sage = [owing("10.00", "érable"), owing("20.00", "Érable"), owing("5.00", "Ann"), owing("1.00", "Zed", "AUD")]
    manage = [owing("15.00", "érable"), owing("7.00", "bob"), owing("0.50", "érable")]
    assert added_up(DAY, sage, manage, []).customers == (
        Owed(name="Zed", currency="AUD", sage=Decimal("1.00"), manage=Decimal("0.00"), documents=1, invoices=0),
        Owed(name="Ann", currency="CAD", sage=Decimal("5.00"), manage=Decimal("0.00"), documents=1, invoices=0),
        Owed(name="bob", currency="CAD", sage=Decimal("0.00"), manage=Decimal("7.00"), documents=0, invoices=1),
        Owed(name="Érable", currency="CAD", sage=Decimal("20.00"), manage=Decimal("0.00"), documents=1, invoices=0),
        Owed(name="érable", currency="CAD", sage=Decimal("10.00"), manage=Decimal("15.50"), documents=1, invoices=2),
    )


def test_ages_stand_youngest_first_for_each_currency() -> None:
    """Each side by its own date; what has none stands last."""
    sage = [owing("4.00", days=None), owing("3.00", days=99), owing("2.00", days=40), owing("9.00", currency="AUD")]
    manage = [owing("1.00", days=5), owing("2.50", days=41), owing("6.00", days=70)]
    found = added_up(DAY, sage, manage, []).ages
    assert [(line.name, line.currency, str(line.sage), str(line.manage)) for line in found] == [
        ("current", "AUD", "9.00", "0.00"),
        ("current", "CAD", "0.00", "1.00"),
        ("month", "CAD", "2.00", "2.50"),
        ("two_months", "CAD", "0.00", "6.00"),
        ("old", "CAD", "3.00", "0.00"),
        ("undated", "CAD", "4.00", "0.00"),
    ]


def test_items_stand_by_class_then_customer_number_and_document() -> None:
    """In the order of the paper, whatever the order of the reading."""
    items = [
        item("1.00", DifferenceClass.UNEXPLAINED),
        item("2.00", customer="Zed"),
        item("3.00", invoice="1002"),
        item("4.00", key="9"),
        item("5.00", key="8"),
        item("6.00", DifferenceClass.TO_PUSH, customer="Zed"),
    ]
    found = added_up(DAY, [], [], items)
    assert [str(each.difference) for each in found.items] == ["6.00", "5.00", "4.00", "3.00", "2.00", "1.00"]
    assert found.day == DAY


def test_totals_and_what_is_explained_keep_currencies_apart() -> None:
    """One line for each currency; a class adds up within one, and what is left over is unexplained, said or not."""
    sage = [owing("100.00"), owing("50.00", "Ann"), owing("8.00", currency="USD")]
    manage = [owing("30.00"), owing("10.00", currency="USD")]
    items = [
        item("70.00", DifferenceClass.TO_PUSH),
        item("20.00"),
        item("10.00"),
        item("15.00", DifferenceClass.UNEXPLAINED),
        item("-3.00", currency="USD"),
    ]
    found = added_up(DAY, sage, manage, items)
    cad, usd = found.totals
    assert cad == Owed(
        name="CAD", currency="CAD", sage=Decimal("150.00"), manage=Decimal("30.00"), documents=2, invoices=1
    )
    assert usd == Owed(
        name="USD", currency="USD", sage=Decimal("8.00"), manage=Decimal("10.00"), documents=1, invoices=1
    )
    assert (str(cad.difference), str(usd.difference)) == ("120.00", "-2.00")
    assert [
        str(found.explained("CAD", reason))
        for reason in (DifferenceClass.TO_PUSH, DifferenceClass.HELD, DifferenceClass.CREDIT)
    ] == [
        "70.00",
        "30.00",
        "0.00",
    ]
    assert (str(found.unexplained("CAD")), str(found.unexplained("USD"))) == ("20.00", "1.00")


def test_where_nobody_owes_anything_there_is_nothing() -> None:
    """No line, and nothing unexplained in a currency that is not there."""
    found = added_up(DAY, [], [], [])
    assert (found.items, found.customers, found.ages, found.totals) == ((), (), (), ())
    assert str(found.unexplained("CAD")) == "0.00"
