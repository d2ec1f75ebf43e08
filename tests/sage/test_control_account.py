"""The linked account of receivables and the ledger behind it, as the reader finds them: on sqlite and on MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sync.core.prove.control_account import control_account
from sync.core.values.messages import Text, say
from sync.core.values.money import EMPTY
from sync.core.values.policy import Policy
from sync.core.values.records import AccountReading, LedgerPart, Wanted
from sync.practice.sample_company import TABLES, build, write_sqlite
from sync.sage.snapshot import open_sqlite
from tests.support.mariadb import MariaDb, mariadb
from tests.support.sage_books import SageBooks, mariadb_books, mariadb_reader, sqlite_books

__all__ = ["mariadb"]

RATE = 1.4
ON_MARIADB = [
    pytest.param(way, marks=[pytest.mark.mariadb, pytest.mark.xdist_group("mariadb")]) for way in ("odbc", "direct")
]


@pytest.fixture(params=["sqlite", *ON_MARIADB])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SageBooks]:
    """A company with one open invoice at home, one abroad, and one abroad that is paid at another rate."""
    if request.param == "sqlite":
        made = sqlite_books(tmp_path / "books.db")
    else:
        made = mariadb_books(request.getfixturevalue("mariadb"), direct=request.param == "direct")
    made.document(1, "1001")
    made.row(205, 1, -40.0, "2026-03-15")
    for number in (2, 3):
        made.document(number, f"100{number}", currency=2)
    made.row(206, 3, -100.0, "2026-03-16")
    made.run(f"UPDATE tcustrdt SET dAmtHm = dAmount * {RATE} WHERE lCusTrId > 1")
    made.run("UPDATE tcustrdt SET dAmtHm = -138.5 WHERE lId = 206")
    made.insert("tlinkact", (1, 12000000))
    made.insert("taccount", (12000000, 200.0), (10600000, 5.0))
    with closing(made.admin):
        yield made


def account(books: SageBooks) -> AccountReading:
    """What is read of it, beside all balances."""
    found = books.read(balances=True).account
    assert found is not None
    return found


def part(unit: int, amount: str | None, *, settled: bool = False, leaving: int = 1) -> LedgerPart:
    """One document."""
    worth = None if amount is None else Decimal(amount)
    return LedgerPart(currency_id=unit, settled=settled, documents=1, leaving=leaving, amount=worth)


HOME, OPEN_ABROAD, PAID_ABROAD = part(1, "60.00"), part(2, "140.00"), part(2, "1.50", settled=True)


def test_home_documents_count_by_their_amount_and_others_at_home(books: SageBooks) -> None:
    """The account that the link names, and no other."""
    assert account(books) == AccountReading(
        account=12000000, balance=Decimal("200.00"), parts=(HOME, OPEN_ABROAD, PAID_ABROAD)
    )
    assert books.read().account is None


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ("UPDATE tcustrdt SET dAmtHm = 0 WHERE lId = 200", (HOME, part(2, None), PAID_ABROAD)),
        ("UPDATE tcustrdt SET dAmtHm = NULL WHERE lId = 206", (HOME, OPEN_ABROAD, part(2, None, settled=True))),
        ("UPDATE tcustrdt SET dAmount = NULL WHERE lId = 206", (HOME, OPEN_ABROAD, part(2, None))),
        ("UPDATE tcustrdt SET dAmount = NULL WHERE lId = 205", (part(1, None, settled=True), OPEN_ABROAD, PAID_ABROAD)),
        ("ALTER TABLE tcustrdt DROP COLUMN dAmtHm", (HOME, part(2, None), part(2, None, settled=True, leaving=1))),
    ],
)
def test_what_has_no_amount_at_home_is_not_counted(
    books: SageBooks, change: str, parts: tuple[LedgerPart, ...]
) -> None:
    """An amount that is not there is not zero, in either currency; a zero beside an amount is one that is not there."""
    books.run(change)
    found = account(books).parts
    assert [(each.currency_id, each.settled, each.amount) for each in found] == [
        (each.currency_id, each.settled, each.amount) for each in parts
    ]


def test_a_document_without_a_currency_is_its_customer_s_or_nobody_s(books: SageBooks) -> None:
    """As everywhere: never the home currency by default."""
    books.run("UPDATE tcustr SET lCurrncyId = 0 WHERE lId = 1")
    assert account(books).parts == (HOME, OPEN_ABROAD, PAID_ABROAD)
    books.run("UPDATE tcustomr SET lCurrncyId = 0")
    assert account(books).parts == (part(0, None), OPEN_ABROAD, PAID_ABROAD)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DROP TABLE tlinkact", say("control-tables-missing", missing="tlinkact")),
        ("ALTER TABLE taccount DROP COLUMN dYtc", say("control-tables-missing", missing="taccount.dytc")),
        ("DELETE FROM tlinkact", say("control-accounts-not-one", count=0)),
        ("DELETE FROM taccount", say("control-accounts-not-one", count=0)),
        ("INSERT INTO tlinkact VALUES (2, 10600000)", say("control-accounts-not-one", count=2)),
        ("UPDATE taccount SET dYtc = NULL", say("control-balance-bad", why=EMPTY)),
    ],
)
def test_what_stands_in_the_way_is_said_and_ends_nothing(books: SageBooks, change: str, why: Text) -> None:
    """The rest is read as ever."""
    books.run(change)
    reading = books.read(balances=True)
    assert (reading.account, len(reading.balances)) == (AccountReading(why=why), 3)


def test_a_balance_that_cannot_be_worked_out_is_said_in_the_database_s_words(books: SageBooks) -> None:
    """Its columns are there and it fails all the same: everything else is read."""
    beyond = "abs(-9223372036854775808)" if books.sqlite else "9223372036854775807 + CAST(1 AS SIGNED)"
    books.run("DROP TABLE taccount")
    books.run(f"CREATE VIEW taccount AS SELECT 12000000 AS lId, {beyond} AS dYtc")
    reading = books.read(balances=True)
    assert reading.account is not None
    assert (reading.account.balance, reading.account.why is None, len(reading.balances)) == (None, False, 3)


@pytest.mark.mariadb
@pytest.mark.xdist_group("mariadb")
def test_a_login_that_may_not_read_the_account_reads_all_the_rest(mariadb: MariaDb) -> None:
    """Tables that it has no right to are not shown to it; of a column that is kept from it the same is said."""
    with closing(mariadb_books(mariadb).admin) as admin:
        name = admin.execute("SELECT DATABASE()").fetchone()[0]
        admin.execute("CREATE USER IF NOT EXISTS narrow@'127.0.0.1' IDENTIFIED BY 'narrow'")
        for table in set(TABLES) - {"taccount"}:
            admin.execute(f"GRANT SELECT ON {name}.{table} TO narrow@'127.0.0.1'")
        admin.execute("INSERT INTO tcustr (lId, lCusId, nTranType) VALUES (1, 7, 0)")
        reader = mariadb_reader(mariadb, name, "narrow", "narrow", direct=True)
        without = reader.read(Wanted(window=None, balances=True))
        admin.execute(f"GRANT SELECT (lId) ON {name}.taccount TO narrow@'127.0.0.1'")
        column = reader.read(Wanted(window=None, balances=True))
    said = [each.account.why for each in (without, column) if each.account]
    assert said == [say("control-tables-missing", missing=each) for each in ("taccount", "taccount.dytc")]


def test_the_sample_company_ties_and_a_cent_shows(tmp_path: Path) -> None:
    """With an exchange difference beside it that nobody owes."""
    write_sqlite(tmp_path / "sample.db", build(date(2026, 4, 10)))
    reading = open_sqlite(tmp_path / "sample.db").read(Wanted(window=None, balances=True))
    found = control_account(reading.account, reading.clock, Policy(currencies={1: "CAD", 2: "USD"}))
    assert found is not None
    assert (found.difference, found.exchange > 0, found.uncounted, [each.currency for each in found.parts]) == (
        Decimal("0.00"),
        True,
        1,
        ["CAD", "USD"],
    )
