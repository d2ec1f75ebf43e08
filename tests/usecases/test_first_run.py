"""The first run on books without days of entry: positions are compared, and the run says that it knows less."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.messages import Text, say
from sync.core.values.periods import Choice, Since
from sync.core.values.policy import Policy
from sync.core.values.proposal import Status
from sync.practice.sample_company import SampleCompany, build, write_sqlite
from sync.sage.snapshot import open_sqlite
from tests.support.fakes import FakeSite
from tests.usecases.office import Office, statuses

ANCHOR = date(2026, 4, 10)
MANY = 3


@pytest.fixture(scope="module")
def sample() -> SampleCompany:
    """Both systems of the sample company."""
    return build(ANCHOR)


def first_sync(folder: Path, sample: SampleCompany, *dropped: str) -> Review:
    """A first sync over the past month, with these statements run on Sage's tables before."""
    folder.mkdir()
    write_sqlite(folder / "sample.db", sample)
    with closing(sqlite3.connect(folder / "sample.db")) as connection:
        for statement in dropped:
            connection.execute(statement)
        connection.commit()
    site = FakeSite()
    for invoice in sample.invoices:
        site.add(invoice, *(payment for payment in sample.payments if payment.invoice_id == invoice.id))
        site.invoices_[invoice.id] = invoice
    office = Office(folder=folder / "state", site=site, policy=Policy(currencies={1: "CAD", 2: "USD"}))
    office.clock.day = ANCHOR
    office.books = open_sqlite(folder / "sample.db")  # type: ignore[assignment] # the real reader
    try:
        return office.sync()
    finally:
        office.ledger.close()


STAMPS = "ALTER TABLE tcustrdt DROP COLUMN dtASDate"
JOURNALS = ("DROP TABLE tjourent", "DROP TABLE tjently")


@pytest.mark.parametrize("more", [(), JOURNALS], ids=["with journals", "without journals"])
def test_a_first_run_without_stamps_misses_nothing_that_differs(
    tmp_path: Path, sample: SampleCompany, more: tuple[str, ...]
) -> None:
    """Reversed, back-dated and all others: what is to be done comes out as it does with stamps."""
    stamped = first_sync(tmp_path / "stamped", sample)
    weaker = first_sync(tmp_path / "weaker", sample, STAMPS, *more)
    found = {row.key: row.status for row in weaker.rows}
    assert {(row.invoice, row.status) for row in stamped.rows if found.get(row.key) is not row.status} == set()
    by_status = {status: [row for row in stamped.rows if row.status is status] for status in Status}
    assert min(len(by_status[Status.REOPENED]), len(by_status[Status.VOIDED]), len(by_status[Status.READY])) >= MANY
    assert (stamped.run.notices, weaker.run.notices[0]) == ((), say("sage-without-day-of-entry"))
    assert weaker.run.notices[1].sentences[0].id == "sync-first-run-compared"


@pytest.fixture
def unstamped(office: Office) -> Office:
    """Books without days of entry: 1001 paid long ago, 1002 in agreement, 1003 voided, 1004 paid of late."""
    office.books.stamped = False
    long_ago = date(2025, 6, 1)
    for number in (1001, 1002, 1003, 1004):
        total = "70.00" if number == 1003 else "100.00"  # another amount: no receipt may have moved from it
        paid = [office.record(number, total, long_ago)] if number in {1002, 1003} else []
        office.invoice(number, total, *paid)
    for number in (1001, 1002):
        office.receipt(number, "100.00", dated=long_ago)
    office.row(1003, "-70.00", kind=0, dated=long_ago, reversed=True)
    office.receipt(1004, "100.00")
    return office


def compared(review: Review) -> list[Text]:
    """What a run says of the comparison."""
    return [text for text in review.run.notices if text.sentences[0].id == "sync-first-run-compared"]


def test_every_position_is_compared_on_the_first_run(unstamped: Office) -> None:
    """Whatever its dates; what agrees stays out, and how many came in so is said."""
    review = unstamped.sync()
    assert statuses(review) == {"1001": "ready", "1003": "reopened", "1004": "ready"}
    assert compared(review) == [say("sync-first-run-compared", count=2)]


def test_later_runs_go_by_row_number(unstamped: Office) -> None:
    """What was found once is carried forward; nothing is compared again."""
    unstamped.push(unstamped.sync())
    unstamped.site.add(unstamped.site.invoices_[101_002], unstamped.record(1002, "60.00", ANCHOR))
    review = unstamped.sync()
    assert (statuses(review), compared(review)) == ({"1003": "reopened", "1004": "in_agreement"}, [])


def test_where_nothing_differs_that_is_said_too(unstamped: Office) -> None:
    """The evidence is as weak as before."""
    unstamped.books.documents = [d for d in unstamped.books.documents if d.id in {1, 1002}]
    unstamped.books.entries = [row for row in unstamped.books.entries if row.document_id == 1002]
    review = unstamped.sync()
    assert (statuses(review), compared(review)) == ({}, [say("sync-first-run-compared", count=0)])


def test_with_days_of_entry_nothing_is_compared(unstamped: Office) -> None:
    """The window alone selects."""
    unstamped.books.stamped = True
    unstamped.books.entries = [replace(row, entered_on=row.dated) for row in unstamped.books.entries]
    review = unstamped.sync()
    assert (statuses(review), compared(review)) == ({"1004": "ready"}, [])


def test_an_end_date_holds_for_what_is_compared(unstamped: Office) -> None:
    """A receipt that is dated after it is for the next window."""
    review = unstamped.sync(Since(choice=Choice.CUSTOM, custom=date(2026, 3, 10)), until=date(2026, 3, 31))
    assert statuses(review) == {"1001": "ready", "1003": "reopened"}
