"""Sage's own oddities, from the books to what Manage shows: backups, clearing, shared receipts, closed companies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from sync.core.values.errors import Refused, SetupError, Unavailable
from sync.core.values.posting import Outcome
from sync.ledger.sqlite_ledger import open_ledger
from tests.support.mariadb import MariaDb
from tests.support.sage_books import SageBooks, mariadb_books, sqlite_books
from tests.usecases.office import LAST_RUN, SITE, Office, outcomes, statuses


def test_a_receipt_over_several_invoices_and_several_over_one(office: Office) -> None:
    """Fault 36: each invoice gets its own share and no other, to the cent; a discount and a returned cheque count."""
    for number, total in ((1001, "33.33"), (1002, "33.33"), (1003, "100.00"), (1004, "50.00")):
        office.invoice(number, total)
    for number, share in ((1001, "33.33"), (1002, "33.33"), (1003, "33.34")):
        office.receipt(number, share, number="R900")
    office.receipt(1003, "60.66", number="R901")
    office.receipt(1003, "6.00", number="R902", kind=2, banked=False)
    office.receipt(1004, "50.00", number="R903")
    office.row(1004, "50.00", number="NSF R903")
    office.push(office.sync())
    shown = {number: office.shown(number)[0] for number in (1001, 1002, 1003, 1004)}
    assert shown == {1001: "33.33", 1002: "33.33", 1003: "100.00", 1004: "0.00"}
    assert sum(Decimal(shown[number]) for number in (1001, 1002)) + Decimal("33.34") == Decimal("100.00")


@pytest.mark.parametrize(("total", "paid"), [("0.00", "0.00"), ("-50.00", "-50.00"), ("0.00", "10.00")])
def test_what_is_for_nothing_or_less_gets_no_payment(office: Office, total: str, paid: str) -> None:
    """Fault 35: an invoice for zero or a credit note is never approved by default, and nothing is written for it."""
    office.invoice(1001, total)
    office.row(1001, str(-Decimal(paid)))
    review = office.sync()
    assert [row.approve for row in review.rows] == [False]
    assert office.push(review).postings == ()
    assert office.site.writes == []


@pytest.mark.parametrize("cents", ["0.01", "-0.01"])
def test_a_cent_is_a_difference(office: Office, cents: str) -> None:
    """Fault 35: a cent too much or too little in Sage's total holds the row."""
    office.invoice(1001, "100.00", manage_total=str(Decimal("100.00") + Decimal(cents)))
    office.receipt(1001, "100.00")
    (row,) = office.sync().rows
    assert (row.approve, row.status.value) == (False, "total_differs")


def test_a_new_ledger_is_filled_by_reading_manage(office: Office) -> None:
    """Fault 59: with ledger and head gone a run reads more and is never wrong: only the rest is sent."""
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    old = office.sync()
    office.push(old, approve={"1002": False})
    office.ledger.close()
    for name in ("ledger.db", "ledger.head"):
        (office.folder / name).unlink()
    office.ledger = open_ledger(office.folder)
    with pytest.raises(Refused, match="run-not-in-ledger"):
        office.push(old)
    review = office.sync()
    assert statuses(review) == {"1001": "in_agreement", "1002": "ready"}
    office.push(review)
    assert [write.invoice_id for write in office.site.writes] == [101001, 101002]


def test_year_end_clearing_deletes_nothing_in_manage(office: Office) -> None:
    """Fault 27: what was paid and pushed, and is then cleared from Sage, is no row, no deletion and no reversal."""
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    office.push(office.sync())
    office.invoice(1003, "100.00")
    office.receipt(1003, "40.00")
    office.books.documents = [d for d in office.books.documents if d.id == 1003]
    office.books.entries = [e for e in office.books.entries if e.document_id == 1003]
    writes = len(office.site.writes)
    review = office.sync()
    assert statuses(review) == {"1003": "ready"}
    office.push(review)
    assert len(office.site.writes) == writes + 1
    assert office.shown(1001) == ("100.00", date(2026, 4, 7))


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_whatever_the_order_of_entry_no_receipt_is_missed(office: Office, order: tuple[int, ...]) -> None:
    """Fault 30: back-dated receipts, entered in any order, all come out over the runs of the days of entry."""
    seen: set[str] = set()
    for number in range(4):
        office.invoice(1001 + number, "100.00")
    office.sync()
    for day, number in enumerate(order):
        entered = date(2026, 4, 10 + day)
        office.clock.day, office.books.clock = entered, office.books.clock.replace(day=entered.day)
        office.receipt(1001 + number, "100.00", dated=date(2026, 1, 5 + number), entered_on=entered)
        review = office.sync(LAST_RUN)
        seen |= {row.invoice for row in review.rows if row.approvable}
        assert outcomes(office.push(review)) == {str(1001 + number): Outcome.POSTED}
    assert seen == {"1001", "1002", "1003", "1004"}


@dataclass(frozen=True, kw_only=True)
class Company:
    """A Sage company on a server, in an office."""

    office: Office
    books: SageBooks
    server: MariaDb
    database: str


@pytest.fixture
def company(office: Office, mariadb: MariaDb) -> Iterator[Company]:
    """An office whose books are a MariaDB company with one paid invoice, and whose day is Sage's."""
    books = mariadb_books(mariadb)
    books.document(1001, "1001")
    office.invoice(1001, "100.00")
    office.books = books.reader  # type: ignore[assignment] # the real reader in place of the stand-in
    name = books.admin.execute("SELECT DATABASE()").fetchone()[0]
    office.clock.day = books.admin.execute("SELECT CURDATE()").fetchone()[0]
    books.row(5, 1001, -100.0, str(office.clock.day))
    yield Company(office=office, books=books, server=mariadb, database=name)
    books.admin.close()


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
class TestServer:
    """Against a real server."""

    def test_a_receipt_voided_between_review_and_push_is_not_sent(self, company: Company) -> None:
        """Fault 24: Sage is read again just before; the row is stale."""
        company.books.run("UPDATE tcustrdt SET dAmount = -60.0, dAmtHm = -60.0 WHERE lId = 5")
        company.books.row(6, 1001, -40.0, str(company.office.clock.day))
        review = company.office.sync()
        company.books.run("UPDATE tcustrdt SET bReversed = 1 WHERE lId = 6")
        company.books.row(7, 1001, 40.0, str(company.office.clock.day), reversed=1)
        assert outcomes(company.office.push(review)) == {"1001": Outcome.STALE}
        assert company.office.site.writes == []

    def test_another_company_or_an_empty_one_is_refused_before_a_push(self, company: Company) -> None:
        """Fault 25: the databases were swapped after the review, or all rows are gone."""
        review = company.office.sync()
        company.books.run("UPDATE tcompany SET sCompName = 'Universal Construction'")
        with pytest.raises(Refused, match=r"sync-books-of-other-company.*Universal Construction"):
            company.office.push(review)
        company.books.run("UPDATE tcompany SET sCompName = 'Érable & Fils inc.'")
        company.books.run("DELETE FROM tcustr")
        with pytest.raises(Refused, match="sage-books-without-invoices"):
            company.office.push(review)
        assert company.office.site.writes == []

    def test_a_login_that_lost_its_rights_between_review_and_push(self, company: Company) -> None:
        """Fault 29: nothing is written anywhere, and once it is right the same review is pushed."""
        review = company.office.sync()
        with closing(company.server.admin()) as admin:
            admin.execute(f"REVOKE SELECT ON {company.database}.* FROM reader@'127.0.0.1'")
            with pytest.raises((SetupError, Unavailable)):
                company.office.push(review)
            assert (company.office.site.writes, company.office.ledger.postings(review.run.id)) == ([], {})
            admin.execute(f"GRANT SELECT ON {company.database}.* TO reader@'127.0.0.1'")
        assert outcomes(company.office.push(review)) == {"1001": Outcome.POSTED}

    def test_words_of_the_books_are_never_sql(self, company: Company) -> None:
        """Fault 85: by the server's own driver too, backslashes and all."""
        for place, words in enumerate(["x'; DELETE FROM tcustr; --", "x\\' or 1=1 -- ", 'x" or "1', "\\"]):
            company.books.document(2000 + place, words)
            company.books.row(20 + place, 2000 + place, -100.0, str(company.office.clock.day))
        found = {row.invoice for row in company.office.sync().rows}
        assert found == {"1001", "x'; DELETE FROM tcustr; --", "x\\' or 1=1 --", 'x" or "1', "\\"}
        assert company.books.admin.execute("SELECT COUNT(*) FROM tcustr").fetchone()[0] == 5


def test_a_renamed_customer_is_still_the_same_one(tmp_path: Path) -> None:
    """Fault 39: ids are compared; the name is only shown."""
    office = Office(folder=tmp_path / "state")
    books = sqlite_books(tmp_path / "books.db")
    books.document(1001, "1001")
    books.row(5, 1001, -40.0, "2026-04-07")
    office.invoice(1001, "100.00")
    office.books = books.reader  # type: ignore[assignment] # the real reader in place of the stand-in
    office.push(office.sync())
    books.run("UPDATE tcustomr SET sName = 'Somebody Else Ltd.'")
    books.row(6, 1001, -60.0, "2026-04-08")
    review = office.sync()
    assert (statuses(review), review.rows[0].customer) == ({"1001": "ready"}, "Somebody Else Ltd.")
    assert review.run.company.site == SITE
    office.ledger.close()
