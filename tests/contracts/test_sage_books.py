"""What any `SageBooks` must do: the in-memory stand-in, and the real one on sqlite and, both ways, on MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sync.core.decide.position import positions
from sync.core.decide.same_books import MARKED, mark_of
from sync.core.values.errors import Refused
from sync.core.values.messages import say
from sync.core.values.records import Balance, BooksMark, Covered, Document, Entered, Entry, Reading, RowMark
from tests.support.mariadb import mariadb
from tests.support.sage_books import COMPANY, CUSTOMER, BooksInMemory, SageBooks, mariadb_books, sqlite_books

__all__ = ["mariadb"]

ON_MARIADB = [
    pytest.param(way, marks=[pytest.mark.mariadb, pytest.mark.xdist_group("mariadb")]) for way in ("odbc", "direct")
]
Books = SageBooks | BooksInMemory


@pytest.fixture(params=["stand-in", "sqlite", *ON_MARIADB])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """An almost empty company, by each adapter in turn."""
    if request.param == "stand-in":
        yield BooksInMemory()
        return
    if request.param == "sqlite":
        made = sqlite_books(tmp_path / "books.db")
    else:
        made = mariadb_books(request.getfixturevalue("mariadb"), direct=request.param == "direct")
    with closing(made.admin):
        yield made


def ids(reading: Reading) -> tuple[list[int], list[int]]:
    """The documents and the rows that were read."""
    return sorted(each.id for each in reading.documents), sorted(each.id for each in reading.entries)


def test_a_company_without_documents_is_refused(books: Books) -> None:
    """Empty books are no books in which everything is settled."""
    with pytest.raises(Refused) as refused:
        books.read()
    assert refused.value.text == say("sage-books-without-invoices", company=COMPANY)


def test_a_document_and_its_rows_come_whole(books: Books) -> None:
    """Every field, amounts in exact cents, the company and the highest row."""
    books.document(1, " 1001 ", total=113.10)
    books.row(205, 1, -50.05, "2026-03-15", entered="2026-03-17")
    reading = books.read()
    document = Document(
        id=1, customer_id=7, customer=CUSTOMER, number=" 1001 ", dated=date(2026, 3, 1), kind=0, currency_id=1
    )
    receipt = Entry(
        id=205,
        document_id=1,
        customer_id=7,
        dated=date(2026, 3, 15),
        number="R205",
        kind=1,
        amount=Decimal("-50.05"),
        reversed=False,
        banked=True,
        entered_on=date(2026, 3, 17),
        entered_by="marie",
        cheque=205,
    )
    assert (reading.company, reading.highest_row, list(reading.documents)) == (COMPANY, 205, [document])
    assert receipt in reading.entries
    assert list(reading.entered) == [Entered(id=205, document_id=1, kind=1, amount=Decimal("-50.05"))]


@pytest.mark.parametrize(("bank", "cheque", "banked"), [(1060, 0, True), (0, 77, True), (0, 0, False)])
def test_a_receipt_that_names_a_bank_or_a_cheque_is_banked(
    books: Books, bank: int, cheque: int, *, banked: bool
) -> None:
    """Either will do: a deposit names no cheque, and a cheque may wait in the drawer."""
    books.document(1, "1001")
    books.row(205, 1, -50.0, "2026-03-15", bank=bank, cheque=cheque)
    assert [row.banked for row in books.read().entries if row.id == 205] == [banked]


@pytest.mark.parametrize(
    ("entered", "bounded", "touched"),
    [
        ("2026-03-09", False, False),
        ("2026-03-10", False, True),
        ("2026-04-10", True, True),
        ("2026-04-11", True, False),
        ("2026-04-11", False, True),
    ],
)
def test_the_window_is_of_days_of_entry(books: Books, entered: str, *, bounded: bool, touched: bool) -> None:
    """Both ends inclusive, and open without an end date; the receipt's own date does not matter."""
    books.document(1, "1001")
    books.row(205, 1, -50.0, "2026-01-15", entered=entered)
    assert books.read(bounded=bounded).touched == ({1} if touched else set())


@pytest.mark.parametrize(
    ("row", "stamp", "start", "late"),
    [
        (206, "2026-02-01", "2026-03-10", date(2026, 2, 1)),
        (205, "2026-02-01", "2026-03-10", None),
        (206, "2026-03-05", "2026-03-10", None),
        (206, "2026-03-04", "2026-03-10", date(2026, 3, 4)),
        (206, "2026-02-27", "2026-02-28", date(2026, 2, 27)),
        (206, "2026-02-28", "2026-02-28", None),
    ],
)
def test_a_row_entered_since_with_an_earlier_stamp_is_late(
    books: Books, row: int, stamp: str, start: str, late: date | None
) -> None:
    """Above the highest row seen, stamped before the days that were seen and before the window; else as ever."""
    books.document(1, "1001", "2026-01-05")
    books.row(row, 1, -50.0, "2026-01-15", entered=stamp)
    seen = Covered(row=205, day=date(2026, 3, 5))
    found = [Entered(id=row, document_id=1, kind=1, amount=Decimal("-50.00"), late=late)]
    assert list(books.read(start, covered=seen).entered) == (found if late or stamp >= start else [])
    assert list(books.read(None, covered=seen).entered) == []


def test_an_invoice_alone_is_not_payment_information(books: Books) -> None:
    """Nothing is settled by entering it."""
    books.document(1, "1001", "2026-03-20")
    assert ids(books.read()) == ([], [])


def test_an_adjustment_touches_a_document_that_has_applications(books: Books) -> None:
    """Set to another amount it may be open again, though nobody paid anything; without applications it is not told."""
    for number in (1, 2):
        books.document(number, f"100{number}", "2026-01-05")
        books.row(300 + number, number, 20.0, "2026-01-05", kind=0, bank=0, entered="2026-03-20")
    books.row(205, 1, -100.0, "2026-01-15")
    assert [(row.id, row.kind) for row in books.read().entered] == [(301, 0)]


def test_a_row_without_a_type_is_payment_information(books: Books) -> None:
    """Nobody knows what it is, so it is told of, and counts neither to the total nor as a receipt."""
    books.document(1, "1001")
    books.row(205, 1, -50.0, "2026-03-15", kind=None)
    reading = books.read(balances=True)
    assert [row.id for row in reading.entered] == [205]
    (balance,) = reading.balances
    assert [str(each) for each in (balance.total, balance.received, balance.balance)] == ["100.00", "0.00", "50.00"]
    assert [row.flaw for row in reading.entries] == [None, say("sage-row-without-type", id=205)]


def test_wanted_documents_come_whatever_the_window(books: Books) -> None:
    """Carried forward, or approved for a push; without a window nothing else does."""
    books.document(1, "1001")
    books.document(2, "1002")
    books.row(205, 1, -50.0, "2026-03-15")
    reading = books.read(None, documents=frozenset({2}))
    assert (ids(reading), reading.touched) == (([2], [200]), frozenset())


def test_every_document_that_bears_a_number_comes_with_it(books: Books) -> None:
    """Compared exactly after trimming and without the prefix; an empty number is nobody else's."""
    for number, source in enumerate(("1001", " 1001 ", "INV1001", "10010", "", ""), 1):
        books.document(number, source)
    for number in (1, 5):
        books.row(200 + number, number, -50.0, "2026-03-15")
    assert ids(books.read())[0] == [1, 2, 5]
    assert ids(books.read(prefixes=("INV",)))[0] == [1, 2, 3, 5]


def credit_over_two(books: Books) -> None:
    """A credit note of 30.00 used in one receipt on invoices 1 and 3, beside what has nothing to do with it."""
    for number, source, total in ((1, "1001", 100.0), (2, "CN-1", -30.0), (3, "1003", 100.0), (4, "1004", 100.0)):
        books.document(number, source, total=total)
    books.document(5, "1005", customer=8)
    books.document(6, "1003", customer=8)
    books.row(205, 1, -20.0, "2026-03-15", source="R9", cheque=77)
    books.row(206, 2, 30.0, "2026-03-15", source="R9", bank=0)
    books.row(207, 3, -70.0, "2026-03-15", source="R9", entered="2026-01-15")
    books.row(208, 4, -40.0, "2026-03-16", source="R9", entered="2026-01-15")
    books.row(209, 5, -40.0, "2026-03-15", source="R9", entered="2026-01-15")
    books.row(210, 3, -1.0, "2026-01-15", entered="2026-01-15")


@pytest.mark.parametrize("balances", [False, True])
def test_what_shares_a_credit_comes_whole_and_so_does_what_bears_its_number(books: Books, *, balances: bool) -> None:
    """All documents of a receipt in which a credit note gives; nothing of another day, number or customer."""
    credit_over_two(books)
    reading = books.read(None, documents=frozenset({1}), balances=balances)
    assert ids(reading) == ([1, 2, 3, 6], [100, 200, 205, 206, 207, 210, 300, 600])
    found = {each.document.id: str(each.credit) for each in positions(reading.documents, reading.entries)}
    assert found == {1: "20.00", 2: "-30.00", 3: "10.00", 6: "0.00"}


def test_beside_balances_every_credit_of_the_company_comes(books: Books) -> None:
    """So that what of it is cash can be told of every document; without them none that nobody asked for."""
    credit_over_two(books)
    assert ids(books.read(None, documents=frozenset({4}))) == ([4], [200, 205, 206, 207, 208, 400])
    assert ids(books.read(None, documents=frozenset({5}))) == ([5], [209, 500])
    assert ids(books.read(None, documents=frozenset({5}), balances=True)) == ([5], [200, 205, 206, 207, 209, 500])


@pytest.mark.parametrize(("amounts", "owed"), [((-33.3333,) * 3, "0.00"), ((-33.33, -33.33, -33.335), "0.01")])
def test_fractions_of_a_cent_are_added_up_before_they_are_rounded(
    books: Books, amounts: tuple[float, ...], owed: str
) -> None:
    """The rows and the balance alike: what is owed is what the database adds up to."""
    books.document(1, "1001")
    for number, amount in enumerate(amounts, 205):
        books.row(number, 1, amount, "2026-03-15")
    reading = books.read(balances=True)
    (position,), (balance,) = positions(reading.documents, reading.entries), reading.balances
    assert (str(position.balance), str(balance.balance)) == (owed, owed)
    assert (position.total, position.cash) == (balance.total, balance.total - balance.balance)


def test_money_without_an_invoice_is_told_from_what_was_voided(books: Books) -> None:
    """By whether there is a row of its own: neither comes to anything."""
    books.document(1, "1001", total=None)
    books.document(2, "1002")
    books.document(3, "1003", total=None)
    for number, amount in ((205, -50.0), (206, 50.0)):
        books.row(number, 1, amount, "2026-03-15")
    books.row(207, 2, -100.0, "2026-03-15", kind=0)
    found = {each.document.id: (each.deposit, each.voided) for each in books.read(balances=True).balances}
    assert found == {1: (True, False), 2: (False, True), 3: (False, False)}


def test_rows_of_no_document_are_said(books: Books) -> None:
    """What Sage has lost is a row for a person, not nothing."""
    books.document(1, "1001")
    books.row(205, 9, -100.0, "2026-03-15")
    (lost,) = books.read().documents
    assert (lost.id, lost.flaw) == (9, say("sage-rows-without-document", id=9))


def test_an_amount_that_cannot_be_read_is_said(books: Books) -> None:
    """Empty is not zero: in the rows, and in the balance."""
    books.document(1, "1001")
    books.row(205, 1, None, "2026-03-15")
    reading = books.read(balances=True)
    assert [(row.amount, row.flaw is None) for row in reading.entries if row.id == 205] == [(None, False)]
    assert [(each.unreadable, str(each.total)) for each in reading.balances] == [(True, "0.00")]


def test_balances_are_of_every_document(books: Books) -> None:
    """Total, receipts, what is owed, the days of the latest application and row; only where wanted."""
    books.document(1, "1001")
    books.document(2, "1002", "2026-03-20")
    books.row(205, 1, -50.05, "2026-03-15", entered="2026-03-17")
    books.row(206, 1, -9.95, "2026-03-16", kind=2, bank=0)
    books.row(207, 1, 0.0, "2026-03-01", kind=0, bank=0, entered="2026-03-25")
    reading = books.read(None, balances=True, documents=frozenset({1, 2}))
    one, two = sorted(reading.documents, key=lambda document: document.id)
    assert sorted(reading.balances, key=lambda balance: balance.document.id) == [
        Balance(
            document=one,
            total=Decimal("100.00"),
            received=Decimal("50.05"),
            balance=Decimal("40.00"),
            last_entered=date(2026, 3, 17),
            last_row=date(2026, 3, 25),
        ),
        Balance(
            document=two,
            total=Decimal("100.00"),
            received=Decimal("0.00"),
            balance=Decimal("100.00"),
            last_entered=None,
            last_row=date(2026, 3, 20),
        ),
    ]
    assert books.read().balances == ()


def test_books_are_known_again_by_their_newest_rows_and_by_those_that_are_asked_for(books: Books) -> None:
    """A bounded number of rows with a document; of those known before, the ones still there, and their documents."""
    assert MARKED == 200
    books.document(1, "1001")
    books.document(2, " 1002 ", total=None)
    for number in range(1, 202):
        books.row(300 + number, 2, -1.0, "2026-03-15")
    books.row(900, 9, -1.0, "2026-03-15")
    reading = books.read()
    numbers = {1: "1001", 2: " 1002 "}
    newest = tuple(mark_of(row, numbers[row.document_id]) for row in reading.entries if row.document_id == 2)[-200:]
    assert (reading.mark, reading.still_there) == (BooksMark(counters={}, rows=newest), frozenset())
    known = tuple(RowMark(id=n, document_id=d, content="") for n, d in ((100, 1), (50, 77), (400, 2)))
    again = books.read(marks=known)
    assert [row.id for row in again.mark.rows] == [100, *(row.id for row in newest)]
    assert again.still_there == {1, 2}


def test_the_counters_of_sage_are_read_where_they_are(books: Books) -> None:
    """The next number of each kind of record."""
    books.document(1, "1001")
    assert books.read().mark.counters == {}
    books.count(50, 8)
    books.count(386, 12)
    assert dict(books.read().mark.counters) == {50: 8, 386: 12}
