"""Reading Sage: each behaviour on sqlite and on MariaDB, over ODBC and without a driver."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from sync.core.decide.position import Position, positions
from sync.core.values.errors import LoginPart, Refused, SetupError, Unavailable, Verdict
from sync.core.values.messages import say
from sync.core.values.records import Balance, Covered, Reading, Wanted
from sync.language.catalogues import ENGLISH
from sync.sage.snapshot import OpenSnapshot, open_direct, open_odbc, open_sqlite
from sync.system.bounded import Bound
from tests.support.mariadb import READER, MariaDb, running
from tests.support.sage_books import SageBooks, mariadb_books, mariadb_reader, sqlite_books, wanted_of

NOBODY = "DRIVER={MariaDB Unicode};SERVER=127.0.0.1;PORT=9;DATABASE=simply"


def only(reading: Reading) -> Position:
    """The position of the one touched document."""
    (number,) = reading.touched
    found = positions(reading.documents, reading.entries)
    return next(p for p in found if p.document.id == number)


@pytest.mark.parametrize(
    ("entered", "touched"),
    [
        ("2026-03-09 23:59:59", False),
        ("2026-03-10 00:00:00", True),
        ("2026-03-31 23:59:59", True),
        ("2026-04-01 00:00:00", False),
    ],
)
def test_both_ends_of_the_window_are_inclusive_days(books: SageBooks, entered: str, *, touched: bool) -> None:
    """A receipt keyed in at any time of the first or last day counts."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15", entered=entered)
    assert bool(books.read("2026-03-10", "2026-03-31", bounded=True).touched) is touched


def test_without_an_end_date_later_entries_count_too(books: SageBooks) -> None:
    """A Sage clock ahead of ours loses nothing."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15", entered="2026-04-11")
    assert books.read("2026-03-10", "2026-04-10").touched == {1}


def test_a_document_without_new_payment_information_is_not_touched(books: SageBooks) -> None:
    """A new invoice alone is nothing to push."""
    books.document(1, "1001", "2026-03-20")
    assert books.read().touched == frozenset()


def test_an_adjustment_of_an_invoice_with_receipts_is_payment_information(books: SageBooks) -> None:
    """100.00 paid in January and set to 120.00 in March: it is open again, though nobody paid anything."""
    books.document(1, "1001", "2026-01-05")
    books.row(5, 1, -100.0, "2026-01-15")
    books.row(6, 1, -100.0, "2026-01-05", kind=0, source="1001", bank=0, entered="2026-03-20")
    books.row(7, 1, 120.0, "2026-01-05", kind=0, source="1001", bank=0, entered="2026-03-20")
    assert books.read().touched == {1}


def test_a_position_is_read_to_the_cent(books: SageBooks) -> None:
    """Receipt, discount and unknown kinds stay apart; French names survive."""
    books.document(1, "1001", total=1149.75)
    books.row(5, 1, -1000.1, "2026-03-15")
    books.row(6, 1, -49.65, "2026-03-15", kind=2)
    books.row(7, 1, -0.3, "2026-03-16", kind=5)
    position = only(books.read())
    parts = (position.total, position.cash, position.discount, position.other, position.balance)
    assert [str(part) for part in parts] == ["1149.75", "1000.10", "49.65", "0.30", "99.70"]
    assert (position.document.customer, position.unknown_kinds) == ("Boréal inc.", (5,))


def test_a_returned_cheque_reopens_the_invoice(books: SageBooks) -> None:
    """NSF by hand: a positive receipt; the date paid goes away."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15")
    paid = only(books.read())
    books.row(6, 1, 100.0, "2026-03-20", source="NSF R5")
    reopened = only(books.read())
    assert (paid.paid_in_full_on, paid.clearing_receipt) == (date(2026, 3, 15), "R5")
    assert (reopened.paid_in_full_on, str(reopened.balance)) == (None, "100.00")


def test_a_credit_note_is_recognised_by_its_mirror_on_an_untouched_document(books: SageBooks) -> None:
    """The mirror rows of the customer are read although their document is neither touched nor wanted."""
    books.document(1, "1001")
    books.document(2, "CN1", total=-30.0, kind=8)
    books.row(5, 1, -30.0, "2026-03-15", source="A1", bank=0)
    books.row(6, 2, 30.0, "2026-03-15", source="A1", bank=0, entered="2026-01-05")
    position = only(books.read())
    assert (str(position.credit), str(position.cash), str(position.balance)) == ("30.00", "0.00", "70.00")


@pytest.mark.parametrize("dated", [None, "0000-00-00 00:00:00", "1899-12-30 00:00:00", "2999-01-01 00:00:00"])
def test_a_receipt_without_a_valid_date_is_said_and_never_today(books: SageBooks, dated: str | None) -> None:
    """NULL, zero and absurd dates become a flaw."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, dated, entered="2026-03-15")
    position = only(books.read())
    assert [flaw.said(ENGLISH) for flaw in position.flaws] == ["Sage row 5 has no valid date."]


def test_an_empty_amount_is_said_and_never_zero(books: SageBooks) -> None:
    """NULL becomes a flaw that hides the amounts."""
    books.document(1, "1001")
    books.row(5, 1, None, "2026-03-15")
    position = only(books.read())
    assert (position.unreadable, position.flaws[0].said(ENGLISH)) == (True, "The amount of Sage row 5 is empty.")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("inf"), "not a number"),
        ("abc", "not a number"),
        (1e15, "too large"),
    ],
)
def test_an_amount_that_is_none_is_said(tmp_path: Path, value: object, words: str) -> None:
    """Infinity, text and absurd sizes; sqlite stores what MySQL would not."""
    books = sqlite_books(tmp_path / "books.db")
    with closing(books.admin):
        books.document(1, "1001")
        books.row(5, 1, value, "2026-03-15")
        assert only(books.read()).flaws[0].said(ENGLISH) == f"The amount of Sage row 5 is {words}."


def test_rows_without_a_document_come_out_as_a_row_of_their_own(books: SageBooks) -> None:
    """An orphan is never dropped."""
    books.document(1, "1001")
    books.row(5, 77, -100.0, "2026-03-15")
    position = only(books.read())
    assert "no such document" in position.flaws[0].said(ENGLISH)


def test_a_document_of_no_customer_is_said(books: SageBooks) -> None:
    """A customer row that is missing is a flaw, not a lost invoice."""
    books.document(1, "1001", customer=99)
    books.row(5, 1, -100.0, "2026-03-15")
    assert "does not belong to a customer" in only(books.read()).flaws[0].said(ENGLISH)


@pytest.mark.parametrize(
    ("other", "prefix", "found"),
    [
        ("1001", "", True),
        (" 1001 ", "", True),
        ("1001A", "", False),
        ("INV-1001", "INV-", True),
        ("inv-1001", "INV-", False),
        ("\t1001\u00a0", "", True),
        ("\ufeffINV- 1001\u200b", "INV-", True),
    ],
)
def test_every_document_that_bears_the_number_is_read(
    books: SageBooks, other: str, prefix: str, *, found: bool
) -> None:
    """What cannot be seen is trimmed and the prefix removed; nothing else is taken as equal."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15")
    books.document(2, other, "2025-01-01")
    reading = books.read(prefixes=(prefix,))
    assert (2 in {d.id for d in reading.documents}, set(reading.touched)) == (found, {1})


def test_documents_of_another_number_are_read_where_they_are_wanted(books: SageBooks) -> None:
    """Whoever bears the number of an invoice that a person accepted competes for it."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15")
    books.document(2, "7")
    books.document(3, "8")
    reading = books.read(numbers=frozenset({"7"}))
    assert {d.id for d in reading.documents} == {1, 2}


def test_upper_and_lower_case_are_different_numbers(books: SageBooks) -> None:
    """MySQL compares without regard to case; Tieout does not."""
    books.document(1, "ab-1")
    books.row(5, 1, -100.0, "2026-03-15")
    books.document(2, "AB-1")
    assert {d.id for d in books.read().documents} == {1}


def test_documents_without_a_number_bring_no_others(books: SageBooks) -> None:
    """An empty number is no number."""
    books.document(1, "")
    books.row(5, 1, -100.0, "2026-03-15")
    books.document(2, " ")
    assert {d.id for d in books.read().documents} == {1}


def test_wanted_documents_are_read_whatever_the_window(books: SageBooks) -> None:
    """Carried forward, and untouched."""
    books.document(1, "1001")
    books.document(2, "1002")
    reading = books.read(None, documents=frozenset({2, 404}))
    assert ({d.id for d in reading.documents}, set(reading.touched)) == ({2}, set())


def test_many_documents_are_read_in_chunks(books: SageBooks) -> None:
    """More documents than one list of parameters takes."""
    for number in range(1, 1203):
        books.insert("tcustr", (number, 7, "2026-03-01 00:00:00", str(number), 0, 30, 1.0, 1))
        books.row(number, number, 1.0, "2026-03-01", kind=0, bank=0)
    reading = books.read(None, documents=frozenset(range(1, 1203)))
    assert (len(reading.documents), len(reading.entries)) == (1202, 1202)


def test_the_document_s_currency_wins_over_the_customer_s(books: SageBooks) -> None:
    """Zero means that the document names none."""
    books.document(1, "1001", currency=2)
    books.document(2, "1002", currency=0)
    reading = books.read(None, documents=frozenset({1, 2}))
    assert {d.id: d.currency_id for d in reading.documents} == {1: 2, 2: 1}


def unstamped(books: SageBooks) -> None:
    """A Sage without a day of entry on its receipts."""
    books.run("ALTER TABLE tcustrdt DROP COLUMN dtASDate")


def drop_journals(books: SageBooks) -> None:
    """A Sage whose journals cannot be read."""
    for table in ("tjourent", "tjently"):
        books.run(f"DROP TABLE {table}")


def insert_unstamped(books: SageBooks, number: int, document: int, dated: str, source: str) -> None:
    """A receipt in a table without a stamp."""
    marks = ", ".join("?" * 13)
    with closing(books.admin.cursor()) as cursor:
        cursor.execute(
            f"INSERT INTO tcustrdt VALUES ({marks})",
            (number, document, f"{dated} 00:00:00", source, 1, -100.0, -100.0, 0, 1060, number, None, "marie", "x"),
        )
    books.admin.commit()


@pytest.mark.parametrize("table", ["tjourent", "tjently"])
def test_without_a_stamp_the_journal_tells_the_day_of_entry(books: SageBooks, table: str) -> None:
    """A back-dated receipt is found by its journal header of this year or the last."""
    books.document(1, "1001")
    unstamped(books)
    insert_unstamped(books, 5, 1, "2026-01-15", "R5")
    books.journal(table, 1, "R5", "2026-01-15", "2026-03-20")
    reading = books.read()
    assert (set(reading.touched), "journal" in reading.strategy.said(ENGLISH)) == ({1}, True)


def test_a_journal_header_of_another_customer_touches_nothing(books: SageBooks) -> None:
    """Customer, number and date all have to agree."""
    books.document(1, "1001")
    unstamped(books)
    insert_unstamped(books, 5, 1, "2026-01-15", "R5")
    books.journal("tjourent", 1, "R5", "2026-01-15", "2026-03-20", customer=8)
    books.journal("tjourent", 2, "R6", "2026-01-15", "2026-03-20")
    books.journal("tjourent", 3, "R5", "2026-01-16", "2026-03-20")
    assert books.read().touched == frozenset()


def test_without_any_stamp_row_numbers_and_dates_find_them(books: SageBooks) -> None:
    """Rows above the highest one seen before the window, and receipts dated in it."""
    books.document(1, "1001")
    books.document(2, "1002")
    books.document(3, "1003")
    unstamped(books)
    drop_journals(books)
    insert_unstamped(books, 5, 1, "2026-01-15", "R5")
    insert_unstamped(books, 900, 2, "2026-01-15", "R6")
    insert_unstamped(books, 6, 3, "2026-03-15", "R7")
    reading = books.read(above_row=500, covered=Covered(row=5, day=date(2026, 3, 1)))
    assert (set(reading.touched), "no day of entry" in reading.strategy.said(ENGLISH)) == ({2, 3}, True)


@pytest.mark.parametrize("stamp", [None, "0000-00-00", "1899-12-30"])
def test_a_stamp_that_is_missing_here_and_there_is_not_relied_on(books: SageBooks, stamp: str | None) -> None:
    """One receipt without a stamp, or with what stands for none: all other evidence is used as well."""
    books.document(1, "1001")
    books.document(2, "1002")
    books.row(5, 1, -100.0, "2026-01-15", entered="2026-03-20")
    books.row(6, 2, -100.0, "2026-03-21", entered=stamp)
    assert books.read().touched == {1, 2}


@pytest.mark.parametrize("stamp", [None, "0000-00-00", "1899-12-30"])
def test_an_adjustment_without_a_stamp_makes_stamps_unreliable_too(books: SageBooks, stamp: str | None) -> None:
    """Its receipt bears one. What a correction did is then found by its journal header, as without any stamp."""
    books.document(1, "1001", "2026-01-05")
    books.row(5, 1, -100.0, "2026-01-15")
    books.row(6, 1, 20.0, "2026-01-05", kind=0, source="1001", bank=0, entered=stamp)
    books.journal("tjourent", 1, "1001", "2026-01-05", "2026-03-20")
    reading = books.read()
    assert (set(reading.touched), reading.stamped) == ({1}, False)


@pytest.mark.parametrize("dated", [None, "0000-00-00"])
def test_a_new_row_without_a_date_is_found_by_its_number(books: SageBooks, dated: str | None) -> None:
    """Without stamps: that no day is known does not mean that it lies outside the window."""
    books.document(1, "1001")
    books.row(900, 1, -100.0, dated, entered=None)
    unstamped(books)
    drop_journals(books)
    assert [books.read(above_row=number).touched for number in (500, 900)] == [{1}, frozenset()]


def test_the_reading_knows_company_clock_and_highest_row(books: SageBooks) -> None:
    """What the run records: the company's name, the database's clock, the highest row."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15")
    reading = books.read()
    assert (reading.company, reading.highest_row, reading.clock.year >= 2024) == ("Érable & Fils inc.", 100, True)


def test_entries_carry_the_day_and_person_of_entry(books: SageBooks) -> None:
    """For the explanation of each number."""
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15", entered="2026-03-16")
    receipt = next(e for e in books.read().entries if e.id == 5)
    assert (receipt.entered_on, receipt.entered_by, receipt.amount) == (date(2026, 3, 16), "marie", Decimal("-100.00"))


def test_a_company_without_documents_is_refused(books: SageBooks) -> None:
    """An empty source is never taken as "nothing to do"."""
    with pytest.raises(Refused, match="sage-books-without-invoices"):
        books.read()


def test_a_company_without_a_name_is_refused(books: SageBooks) -> None:
    """The name pins the books; without one nothing is read."""
    books.run("UPDATE tcompany SET sCompName = ''")
    with pytest.raises(SetupError, match="sage-company-unnamed"):
        books.read()


def test_every_missing_column_and_table_is_named(books: SageBooks) -> None:
    """A Sage update changed the tables: stop, and name them all."""
    books.run("ALTER TABLE tcustrdt RENAME COLUMN bReversed TO bWasReversed")
    books.run("DROP TABLE tcustomr")
    with pytest.raises(SetupError, match=re.escape("tcustomr, tcustrdt.breversed")):
        books.read()


def test_check_says_what_works(books: SageBooks) -> None:
    """Connection and the way receipts are found."""
    books.document(1, "1001")
    assert [check.verdict for check in books.reader.check()] == [Verdict.OK, Verdict.OK]


def test_missing_books_and_files_that_are_none(tmp_path: Path) -> None:
    """A path that is not there, and a text file."""
    (tmp_path / "letter.db").write_text("Dear accountant", encoding="utf-8")
    with pytest.raises(SetupError, match="sage-books-missing"):
        open_sqlite(tmp_path / "nowhere.db").read(Wanted(window=None))
    with pytest.raises(SetupError, match="sage-books-unreadable"):
        open_sqlite(tmp_path / "letter.db").read(Wanted(window=None))


@pytest.mark.parametrize("column", ["dtASDate", "lCurrncyId"])
def test_what_the_books_do_not_show_is_warned_about(books: SageBooks, column: str) -> None:
    """In check and with every reading: weaker evidence of entry, and no currency of anything."""
    books.document(1, "1001")
    assert (books.read().notices, books.read().stamped) == ((), True)
    for table in ("tcustrdt",) if column == "dtASDate" else ("tcustr", "tcustomr"):
        books.run(f"ALTER TABLE {table} DROP COLUMN {column}")
    weaker = say("sage-without-day-of-entry" if column == "dtASDate" else "sage-without-currency")
    reading = books.read()
    assert (reading.notices, reading.stamped) == ((weaker,), column != "dtASDate")
    warned = [check.finding for check in books.reader.check() if check.verdict is Verdict.WARNING]
    assert warned[-1] == weaker
    assert (say("sage-found-by-journal") in warned) == (column == "dtASDate")


@pytest.mark.parametrize(("table", "currency"), [("tcustr", 2), ("tcustomr", 3), (None, 3)])
def test_one_column_of_currency_is_enough(books: SageBooks, table: str | None, currency: int) -> None:
    """A customer has one currency for good; the document's own counts first."""
    books.document(1, "1001", currency=3)
    books.run("UPDATE tcustomr SET lCurrncyId = 2")
    if table:
        books.run(f"ALTER TABLE {table} DROP COLUMN lCurrncyId")
    reading = books.read(None, documents=frozenset({1}), balances=True)
    assert ([d.currency_id for d in reading.documents], reading.notices) == ([currency], ())
    assert [each.document.currency_id for each in reading.balances] == [currency]


def test_documents_are_counted_in_each_currency(books: SageBooks) -> None:
    """By the document's own, else its customer's; books that show no currency have none to name."""
    for number, currency in enumerate((1, 2, 2, None), start=1):
        books.document(number, f"100{number}", currency=currency)
    assert books.reader.currencies() == {1: 2, 2: 2}
    for table in ("tcustr", "tcustomr"):
        books.run(f"ALTER TABLE {table} DROP COLUMN lCurrncyId")
    assert books.reader.currencies() == {}


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
class TestWithoutTransactions:
    """Tables that no snapshot holds still, with somebody who enters receipts beside."""

    TABLES = "tcustr, tcustrdt"

    @pytest.fixture
    def moving(self, mariadb: MariaDb) -> Iterator[SageBooks]:
        """Two invoices and one receipt, which goes from one to the other; half of the tables are MyISAM."""
        books = mariadb_books(mariadb)
        books.document(1, "1001")
        books.document(2, "1002")
        books.row(5, 1, -100.0, "2026-03-15")
        for table in self.TABLES.split(", "):
            books.run(f"ALTER TABLE {table} ENGINE=MyISAM")
        books.reader._pause = 0.0
        yield books
        books.admin.close()

    def move(self, books: SageBooks, between: Callable[[], object] = lambda: None) -> None:
        """Take the receipt off one invoice, and then enter it on the other."""
        (document,) = books.admin.execute("SELECT lCusTrId FROM tcustrdt WHERE lId = 5").fetchone()
        books.run("DELETE FROM tcustrdt WHERE lId = 5")
        between()
        books.row(5, 3 - document, -100.0, "2026-03-15")

    def meanwhile(self, books: SageBooks, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        """Move the receipt in the middle of the first readings: after the balances, before the documents' rows."""
        left, balances = [times], OpenSnapshot._balances

        def moved(session: OpenSnapshot) -> list[Balance]:
            read = balances(session)
            if left[0]:
                left[0] -= 1
                self.move(books)
            return read

        monkeypatch.setattr(OpenSnapshot, "_balances", moved)

    @staticmethod
    def owed(reading: Reading) -> str:
        """What the two invoices owe together, by the rows and by the balances, and where the receipt was found."""
        by_rows = sum(p.balance for p in positions(reading.documents, reading.entries))
        return f"{by_rows} {sum(b.balance for b in reading.balances)} {sorted(reading.touched)}"

    @pytest.mark.parametrize("times", [0, 1, 2])
    def test_everything_is_read_until_two_readings_agree(
        self, moving: SageBooks, monkeypatch: pytest.MonkeyPatch, times: int
    ) -> None:
        """One reading is torn: the receipt on neither invoice, or found on the one and read on the other."""
        self.meanwhile(moving, monkeypatch, times)
        reading = moving.read(balances=True)
        where = moving.admin.execute("SELECT lCusTrId FROM tcustrdt WHERE lId = 5").fetchone()[0]
        assert (set(reading.touched), {e.document_id for e in reading.entries if e.id == 5}) == ({where}, {where})
        assert reading.notices == (say("sage-tables-without-transactions", tables=self.TABLES),)

    def test_one_reading_beside_a_writer_is_torn(self, moving: SageBooks, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else the tests above would show nothing."""
        self.meanwhile(moving, monkeypatch, 1)
        with moving.reader._session() as session:
            reading = session.read(wanted_of("2026-03-10", "2026-04-10", balances=True))
        assert set(reading.touched) != {e.document_id for e in reading.entries if e.id == 5}

    def test_readings_that_never_agree_are_no_reading(self, moving: SageBooks, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bounded number of times; nothing is concluded from any of them."""
        self.meanwhile(moving, monkeypatch, 100)
        with pytest.raises(Unavailable) as unavailable:
            moving.read(balances=True)
        assert unavailable.value.text == say("sage-readings-differ", times=4)

    def test_no_torn_reading_passes_beside_a_real_writer(self, moving: SageBooks) -> None:
        """Somebody moves the receipt to and fro, with a moment in between in which it is on neither invoice."""
        moving.reader._pause = 0.3

        def write() -> None:
            for _ in range(10):
                sleep(0.4)
                self.move(moving, lambda: sleep(0.02))

        writer = Thread(target=write)
        writer.start()
        found: list[str] = []
        while len(found) < 1 or writer.is_alive():
            with suppress(Unavailable):
                found.append(self.owed(moving.read(None, documents=frozenset({1, 2}), balances=True)))
        assert set(found) == {"100.00 100.00 []"}

    def test_check_says_so(self, moving: SageBooks) -> None:
        """With the tables that it is about."""
        found = [check.finding for check in moving.reader.check() if check.verdict is Verdict.WARNING]
        assert found == [say("sage-tables-without-transactions", tables=self.TABLES)]

    def test_a_view_may_stand_on_anything(self, mariadb: MariaDb) -> None:
        """A table of which no engine is known is read twice as well."""
        books = mariadb_books(mariadb)
        books.document(1, "1001")
        books.run("RENAME TABLE tcustomr TO customers_kept")
        books.run("CREATE VIEW tcustomr AS SELECT * FROM customers_kept")
        assert books.read().notices == (say("sage-tables-without-transactions", tables="tcustomr"),)
        books.admin.close()


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
class TestServer:
    """What only a server can do, over ODBC and without a driver."""

    @pytest.fixture(params=[False, True], ids=["odbc", "direct"])
    def direct(self, request: pytest.FixtureRequest) -> bool:
        """Without a driver."""
        return bool(request.param)

    def test_a_wrong_password_is_said_without_showing_it(self, mariadb: MariaDb, *, direct: bool) -> None:
        """User name or password; the canary stays out of the message."""
        reader = mariadb_reader(mariadb, mariadb.new_database(), READER, "canary", direct=direct)
        with pytest.raises(SetupError, match="sage-login-refused") as caught:
            reader.read(Wanted(window=None))
        assert "canary" not in caught.value.said(ENGLISH)

    def test_no_rights_may_be_another_database(self, mariadb: MariaDb, *, direct: bool) -> None:
        """The company is there and the login may not see it: the server says the same of a name that is wrong."""
        name = mariadb.new_database()
        with closing(mariadb.admin()) as admin:
            admin.execute(f"REVOKE SELECT ON {name}.* FROM {READER}@'127.0.0.1'")
        for each in (name, "simplyy"):
            with pytest.raises(SetupError, match="sage-no-tables-in-sight") as caught:
                mariadb_reader(mariadb, each, direct=direct).read(Wanted(window=None))
            assert set(caught.value.parts) == {LoginPart.COMPANY, LoginPart.RIGHTS}

    @pytest.mark.parametrize("right", ["INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "ALL"])
    def test_a_login_that_could_write_is_warned_about(self, mariadb: MariaDb, right: str, *, direct: bool) -> None:
        """Whichever right it is, with each reading and in the check; nothing is ever written with it."""
        books = mariadb_books(mariadb, direct=direct)
        (name,) = books.admin.execute("SELECT DATABASE()").fetchone()
        books.document(1, "1001")
        books.row(5, 1, -100.0, "2026-03-15")
        with closing(books.admin), closing(mariadb.admin()) as admin:
            assert books.read().notices == ()
            admin.execute(f"GRANT {right} ON {name}.* TO {READER}@'127.0.0.1'")
            try:
                warned = [check.finding for check in books.reader.check() if check.verdict is Verdict.WARNING]
                assert (books.read().notices, warned) == ((say("sage-login-could-write"),), list(books.read().notices))
            finally:
                admin.execute(f"REVOKE {right} ON {name}.* FROM {READER}@'127.0.0.1'")

    @pytest.mark.parametrize("tables", [(), ("wp_posts", "wp_users")])
    def test_a_database_of_another_program_may_be_the_wrong_one(
        self, mariadb: MariaDb, tables: tuple[str, ...], *, direct: bool
    ) -> None:
        """No table of Sage can be seen at all: its rights are there, and the database is not Sage's."""
        name = mariadb.new_database()
        with closing(mariadb.admin(name)) as admin:
            for table in tables:
                admin.execute(f"CREATE TABLE {table} (id INT)")
        with pytest.raises(SetupError, match="sage-no-tables-in-sight") as caught:
            mariadb_reader(mariadb, name, direct=direct).read(Wanted(window=None))
        assert set(caught.value.parts) == {LoginPart.COMPANY, LoginPart.RIGHTS}

    def test_an_unknown_database_is_named(self, mariadb: MariaDb, *, direct: bool) -> None:
        """The DATABASE in the settings is wrong; a login without rights is told the same way as any."""
        with closing(mariadb.admin()) as admin:
            admin.execute(f"GRANT SELECT ON nowhere.* TO {READER}@'127.0.0.1'")
        with pytest.raises(SetupError, match="sage-no-such-database"):
            mariadb_reader(mariadb, "nowhere", direct=direct).read(Wanted(window=None))

    def test_a_driver_that_is_not_installed_lists_those_that_are(self) -> None:
        """The installed ones are named."""
        reader = open_odbc("DRIVER={Sage 50 Magic};SERVER=127.0.0.1", None)
        with pytest.raises(SetupError, match="MariaDB Unicode"):
            reader.read(Wanted(window=None))

    def test_nobody_listening_means_open_the_company(self, *, direct: bool) -> None:
        """Connection refused."""
        reader = open_direct("127.0.0.1", 9, "simply", "x", "y") if direct else open_odbc(f"{NOBODY};UID=x", "y")
        with pytest.raises(Unavailable, match="sage-database-silent"):
            reader.read(Wanted(window=None))

    def test_a_server_killed_while_reading_changes_nothing(self, *, direct: bool) -> None:
        """The connection is lost between two questions."""
        with running() as server:
            books = mariadb_books(server, direct=direct)
            books.document(1, "1001")
            books.admin.close()

            def read_on_a_dying_server() -> None:
                with books.reader._session() as session:
                    server.process.kill()
                    server.process.wait()
                    session.read(Wanted(window=None))

            with pytest.raises(Unavailable, match="sage-connection-lost"):
                read_on_a_dying_server()

    def test_a_session_cannot_write_even_when_the_login_could(self, mariadb: MariaDb, *, direct: bool) -> None:
        """The login is warned about, and the server itself refuses a write in our session."""
        books = mariadb_books(mariadb, direct=direct)
        books.document(1, "1001")
        name = books.admin.execute("SELECT DATABASE()").fetchone()[0]
        reader = mariadb_reader(mariadb, name, "admin", "admin", direct=direct)
        assert "could write" in reader.read(Wanted(window=None)).notices[0].said(ENGLISH)
        assert [check.verdict for check in reader.check()][-1] is Verdict.WARNING
        with closing(reader._dialect.connect(Bound())) as connection, pytest.raises(Exception, match="READ ONLY"):
            connection.cursor().execute("DELETE FROM tcustr")
        books.admin.close()

    def test_a_snapshot_does_not_see_what_is_entered_meanwhile(self, mariadb: MariaDb, *, direct: bool) -> None:
        """Positions and highest row are those of one moment."""
        books = mariadb_books(mariadb, direct=direct)
        books.document(1, "1001")
        with books.reader._session() as session:
            books.row(500, 1, -100.0, "2026-03-15")
            reading = session.read(Wanted(window=None, documents=frozenset({1})))
        assert (reading.highest_row, len(reading.entries)) == (100, 1)
        books.admin.close()

    def test_names_in_latin1_tables_come_out_as_they_are(self, mariadb: MariaDb, *, direct: bool) -> None:
        """The server converts to what we ask for."""
        books = mariadb_books(mariadb, direct=direct)
        books.run("ALTER TABLE tcustomr CONVERT TO CHARACTER SET latin1")
        books.run("UPDATE tcustomr SET sName = 'Théâtre Œuvre'")
        books.document(1, "1001")
        books.row(5, 1, -100.0, "2026-03-15")
        assert only(books.read()).document.customer == "Théâtre Œuvre"
        books.admin.close()

    def test_columns_of_another_kind_come_out_the_same(self, mariadb: MariaDb, *, direct: bool) -> None:
        """Text that is held as bytes, in two encodings; decimals for doubles; a bit for a number."""
        books = mariadb_books(mariadb, direct=direct)
        books.document(1, "1001-é")
        books.row(5, 1, -100.0, "2026-03-15", reversed=1)
        plain = books.read(balances=True)
        books.run("ALTER TABLE tcustr MODIFY sSource VARBINARY(40)")
        books.run("ALTER TABLE tcustomr MODIFY sName BLOB")
        books.run("UPDATE tcustomr SET sName = CONVERT(sName USING latin1)")
        books.run("ALTER TABLE tcustrdt MODIFY sASUserId BINARY(5), MODIFY dAmount DECIMAL(15, 4)")
        books.run("ALTER TABLE tcustrdt MODIFY bReversed BIT(1)")
        held = books.read(balances=True)
        assert (list(held.documents), list(held.entries)) == (list(plain.documents), list(plain.entries))
        assert (list(held.balances), held.mark) == (list(plain.balances), plain.mark)
        assert [entry.reversed for entry in held.entries] == [True, False]
        books.admin.close()
