"""What every document of a company comes to, as the database adds it up: on sqlite and on MariaDB over ODBC."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sync.core.decide.position import positions
from sync.core.values.records import Balance
from tests.support.english import worded
from tests.support.sage_books import STAMP, SageBooks


def balances(books: SageBooks) -> dict[int, Balance]:
    """All balances, by document."""
    return {each.document.id: each for each in books.read(balances=True).balances}


def only(books: SageBooks) -> Balance:
    """The balance of the only document."""
    (found,) = balances(books).values()
    return found


def test_a_balance_says_what_the_document_s_rows_come_to(books: SageBooks) -> None:
    """Total, receipts, what is owed, and the day of the latest application; the document as it is."""
    books.document(1, " 1001 ", "2026-03-01", total=113.10)
    books.row(5, 1, -50.05, "2026-03-15", entered="2026-03-17")
    books.row(6, 1, -3.05, "2026-03-16", entered="2026-03-16", kind=2, bank=0)
    found, reading = only(books), books.read(documents=frozenset({1}))
    (position,) = positions(reading.documents, reading.entries)
    assert found == Balance(
        document=reading.documents[0],
        total=Decimal("113.10"),
        received=Decimal("50.05"),
        balance=Decimal("60.00"),
        last_entered=date(2026, 3, 17),
        last_row=date(2026, 3, 17),
    )
    assert (found.total, found.received, found.balance) == (
        position.total,
        position.cash + position.credit,
        position.balance,
    )


def test_a_document_without_applications_was_entered_on_no_day(books: SageBooks) -> None:
    """Its own row is not payment information."""
    books.document(1, "1001")
    assert (only(books).balance, only(books).last_entered) == (Decimal("100.00"), None)


def test_a_document_without_rows_is_not_one_whose_rows_cancel(books: SageBooks) -> None:
    """Sage voids a document by rows that cancel; where none was found, its amounts are missing and it is not voided."""
    books.document(1, "1001", total=None)
    found = only(books)
    assert (found.without_rows, found.unreadable, found.voided) == (True, True, False)
    books.row(4, 1, 100.0, "2026-03-01", kind=0, bank=0)
    books.row(5, 1, -100.0, "2026-03-15", kind=0, bank=0)
    found = only(books)
    assert (found.without_rows, found.unreadable, found.voided) == (False, False, True)


@pytest.mark.parametrize(("own", "applied"), [(100.0, None), (None, -100.0), (1e15, -100.0)])
def test_an_amount_that_is_none_makes_the_document_unreadable(
    books: SageBooks, own: float | None, applied: float | None
) -> None:
    """Empty, absurd sizes: all amounts are then zero, and the day of entry stays."""
    books.document(1, "1001", total=None)
    books.row(4, 1, own, "2026-03-01", kind=0, bank=0)
    books.row(5, 1, applied, "2026-03-15")
    found = only(books)
    assert (found.unreadable, found.total, found.received, found.balance) == (True, *[Decimal("0.00")] * 3)
    assert found.last_entered == date(2026, 3, 15)


@pytest.mark.parametrize("dated", [None, "0000-00-00 00:00:00", "1899-12-30 00:00:00", "2999-01-01 00:00:00"])
def test_a_document_without_a_valid_date_is_said(books: SageBooks, dated: str | None) -> None:
    """NULL, zero and absurd dates are none."""
    books.document(1, "1001", dated)
    document = only(books).document
    assert (document.dated, worded(document.flaw)) == (None, "Sage document 1 has no valid date.")


def test_a_document_of_no_customer_is_said(books: SageBooks) -> None:
    """It still has its number and currency."""
    books.document(1, "1001", customer=99, currency=2)
    document = only(books).document
    assert (document.customer_id, document.customer, document.currency_id) == (99, "", 2)
    assert worded(document.flaw) == "Sage document 1 does not belong to a customer."


def test_the_document_s_currency_wins_over_the_customer_s(books: SageBooks) -> None:
    """Zero on the document falls back to the customer."""
    books.insert("tcustomr", (8, "Wind Ltd", None, *STAMP, 30, 2))
    books.document(1, "1001", currency=3, customer=8)
    books.document(2, "1002", currency=0, customer=8)
    books.document(3, "1003", currency=0, customer=99)
    assert {number: each.document.currency_id for number, each in balances(books).items()} == {1: 3, 2: 2, 3: 0}


@pytest.mark.parametrize(
    ("without", "currencies"),
    [(["tcustr"], {1: 2, 2: 2}), (["tcustomr"], {1: 3, 2: 0}), (["tcustr", "tcustomr"], {1: 1, 2: 1})],
)
def test_books_may_lack_a_column_of_currencies(
    books: SageBooks, without: list[str], currencies: dict[int, int]
) -> None:
    """What is left decides; books with neither column have the home currency. Documents by themselves say the same."""
    books.insert("tcustomr", (8, "Wind Ltd", None, *STAMP, 30, 2))
    books.document(1, "1001", currency=3, customer=8)
    books.document(2, "1002", currency=0, customer=8)
    for table in without:
        books.run(f"ALTER TABLE {table} DROP COLUMN lCurrncyId")
    reading = books.read(balances=True, documents=frozenset({1, 2}))
    assert {each.document.id: each.document.currency_id for each in reading.balances} == currencies
    assert {document.id: document.currency_id for document in reading.documents} == currencies


def test_without_a_day_of_entry_an_application_s_own_date_stands_for_it(books: SageBooks) -> None:
    """Where the column is empty, and where there is none."""
    books.document(1, "1001")
    books.row(5, 1, -50.0, "2026-03-15", entered=None)
    assert only(books).last_entered == date(2026, 3, 15)
    books.run("ALTER TABLE tcustrdt DROP COLUMN dtASDate")
    assert only(books).last_entered == date(2026, 3, 15)
