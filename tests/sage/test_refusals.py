"""What each refusal of Sage's database becomes: a sentence, a class, what set-up asks again, and the server's words."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync.core.values.errors import LoginPart, SetupError, TieoutError, Unavailable
from sync.core.values.messages import say
from sync.core.values.records import Wanted
from sync.language.catalogues import ENGLISH, language
from sync.sage import sage_errors
from sync.sage.sage_errors import MEANINGS, MOST_WORDS, UnsaidError, in_words, of_odbc, of_pymysql
from sync.sage.snapshot import SageDatabase, open_direct, open_odbc
from tests.support.certificates import certificate
from tests.support.fake_mysql import SHA2, At, FakeMySql, Refusal, old_password, wants
from tests.support.mariadb import PASSWORD, READER, MariaDb
from tests.support.sage_books import SageBooks, mariadb_books, mariadb_reader

pytestmark = [pytest.mark.mariadb, pytest.mark.xdist_group("mariadb")]
WAYS = pytest.mark.parametrize("direct", [False, True], ids=["odbc", "direct"])
Company = tuple[SageBooks, tuple[int, str]]
NOBODY = Wanted(window=None)
SETUP, AGAIN = SetupError, Unavailable
DRIVER, ADDRESS, COMPANY, LOGIN, RIGHTS = (
    *(LoginPart.DRIVER, LoginPart.ADDRESS, LoginPart.COMPANY),
    *(LoginPart.LOGIN, LoginPart.RIGHTS),
)


@pytest.fixture(scope="module")
def company(mariadb: MariaDb) -> Iterator[Company]:
    """A company, and where it is."""
    books = mariadb_books(mariadb)
    books.document(1, "1001")
    books.row(5, 1, -100.0, "2026-03-15")
    (name,) = books.admin.execute("SELECT DATABASE()").fetchone()
    yield books, (mariadb.port, name)
    books.admin.close()


def reader(port: int, database: str = "simply", *, direct: bool) -> SageDatabase:
    """A reader of a server on this computer."""
    if direct:
        return open_direct("127.0.0.1", port, database, READER, PASSWORD)
    where = f"SERVER=127.0.0.1;PORT={port};DATABASE={database};UID={READER}"
    return open_odbc(f"DRIVER={{MariaDB Unicode}};{where}", PASSWORD)


def error_of(books: SageDatabase) -> TieoutError:
    """What a reading ends with, which is what the check of the same says."""
    with pytest.raises(TieoutError) as raised:
        books.read(NOBODY)
    return raised.value


def require(
    error: TieoutError, message: str, kind: type[TieoutError], parts: Collection[LoginPart], words: str
) -> None:
    """The sentence, its class, its parts, the server's own words behind, and no advice that cures nothing."""
    first, *_, last = error.text.sentences
    found = (first.id, type(error), error.parts, last.id, words in str(dict(last.values)["words"]))
    assert found == (message, kind, frozenset(parts), "sage-own-words", True), error.said(ENGLISH)
    advised = "restart Sage 50" in error.said(ENGLISH), "redémarrez Sage 50" in error.said(language("fr"))
    assert advised == ((message == "sage-connection-lost"),) * 2
    assert PASSWORD not in error.said(ENGLISH)


GREETING = [
    (1040, "Too many connections", "sage-too-many-connections", AGAIN, ()),
    (1129, "Host '10.9.9.9' is blocked", "sage-computer-blocked", AGAIN, ()),
    (1130, "Host '10.9.9.9' is not allowed to connect", "sage-computer-not-allowed", SETUP, [RIGHTS]),
]
AT_LOGIN = [
    (1045, "Access denied for user 'far'@'localhost'", "sage-login-refused", SETUP, [LOGIN]),
    (1045, "Access denied for user 'far'@'10.9.9.9'", "sage-login-refused-from-here", SETUP, [LOGIN, RIGHTS]),
    (1044, "Access denied to database 'simply'", "sage-no-tables-in-sight", SETUP, [COMPANY, RIGHTS]),
    (1049, "Unknown database 'simply'", "sage-no-such-database", SETUP, [COMPANY]),
    (1251, "Client does not support the protocol", "sage-old-password", SETUP, [DRIVER, LOGIN]),
    (1862, "Your password has expired", "sage-password-expired", SETUP, [LOGIN]),
    (3118, "Account is locked", "sage-account-locked", SETUP, [LOGIN]),
]
AT_STATEMENT = [
    (126, "Index file is corrupt", "sage-table-damaged", SETUP, ()),
    (145, "Table was marked as crashed", "sage-table-damaged", SETUP, ()),
    (1030, "Got error 145 from storage engine", "sage-table-damaged", SETUP, ()),
    (1054, "Unknown column 'x'", "sage-table-gone", SETUP, ()),
    (1142, "SELECT command denied", "sage-third-party-access-needed", SETUP, [RIGHTS]),
    (1143, "SELECT command denied for column", "sage-third-party-access-needed", SETUP, [RIGHTS]),
    (1146, "Table doesn't exist", "sage-table-gone", SETUP, ()),
    (1194, "Table is marked as crashed", "sage-table-damaged", SETUP, ()),
    (1195, "Table is marked as crashed and repair failed", "sage-table-damaged", SETUP, ()),
    (1205, "Lock wait timeout exceeded", "sage-rows-locked", AGAIN, ()),
    (1213, "Deadlock found", "sage-rows-locked", AGAIN, ()),
    (1290, "running with --read-only", "sage-server-restricted", AGAIN, ()),
    (1317, "Query execution was interrupted", "sage-connection-lost", AGAIN, ()),
    (1820, "You must reset your password", "sage-password-expired", SETUP, [LOGIN]),
    (1064, "You have an error in your SQL syntax", "sage-database-error", AGAIN, ()),
]
BY_MOMENT = [
    *((At.GREETING, *each) for each in GREETING),
    *((At.LOGIN, *each) for each in AT_LOGIN),
    *((At.STATEMENT, *each) for each in AT_STATEMENT),
]


@WAYS
@pytest.mark.parametrize(("at", "number", "words", "message", "kind", "parts"), BY_MOMENT)
def test_what_a_server_refuses_is_said_the_same_either_way(
    at: At,
    number: int,
    words: str,
    message: str,
    kind: type[TieoutError],
    parts: Collection[LoginPart],
    company: Company,
    *,
    direct: bool,
) -> None:
    """At the greeting, at the login, and at a statement."""
    refusal = Refusal(at=at, number=number, words=words, statement="ISOLATION LEVEL REPEATABLE")
    with FakeMySql(refusal, company[1]) as server:
        require(error_of(reader(server.port, direct=direct)), message, kind, parts, words)


ODBC = [
    (
        *("IM002", "[Microsoft][ODBC Driver Manager] Data source name not found and no default driver specified"),
        *(0, "sage-odbc-driver-unknown", SETUP, [DRIVER]),
    ),
    (
        *("IM003", "Specified driver could not be loaded due to system error  126: (MySQL ODBC 8.0 Unicode Driver)"),
        *(160, "sage-odbc-driver-unloadable", SETUP, [DRIVER]),
    ),
    (
        *("01000", "[unixODBC][Driver Manager]Can't open lib '/usr/lib/libmaodbc.so' : file not found"),
        *(0, "sage-odbc-driver-unloadable", SETUP, [DRIVER]),
    ),
    (
        *("01000", "[unixODBC][Driver Manager]Can't open lib 'No Such Driver' : file not found"),
        *(0, "sage-odbc-driver-unknown", SETUP, [DRIVER]),
    ),
    (
        *("IM014", "The specified DSN contains an architecture mismatch between the Driver and Application"),
        *(0, "sage-odbc-driver-wrong-bits", SETUP, [DRIVER]),
    ),
    ("08001", "Can't connect to MySQL server on 'books-pc' (10061)", 2003, "sage-database-silent", AGAIN, [ADDRESS]),
    ("HY000", "Can't connect to local server", 2002, "sage-database-silent", AGAIN, [ADDRESS]),
    ("HY000", "Unknown MySQL server host 'nowhere'", 2005, "sage-database-silent", AGAIN, [ADDRESS]),
    ("08S01", "MySQL server has gone away", 2006, "sage-answers-and-stops", AGAIN, [ADDRESS]),
    ("08S01", "Communication link failure", 0, "sage-database-silent", AGAIN, [ADDRESS]),
    ("HYT00", "Timeout expired", 0, "sage-database-silent", AGAIN, [ADDRESS]),
    ("28000", "Access denied for user 'x'@'::1'", 1045, "sage-login-refused", SETUP, [LOGIN]),
    (
        *("HY000", "Authentication plugin 'caching_sha2_password' cannot be loaded"),
        *(2059, "sage-login-plugin-missing", SETUP, [DRIVER]),
    ),
    (
        *("HY000", "Authentication plugin reported error: Authentication requires secure connection."),
        *(2061, "sage-login-needs-tls", SETUP, [DRIVER]),
    ),
    (
        *("HY000", "Connection using old (pre-4.1.1) authentication protocol refused"),
        *(2049, "sage-old-password", SETUP, [DRIVER, LOGIN]),
    ),
    ("HY000", "SSL connection error: protocol version", 2026, "sage-tls-not-agreed", SETUP, [DRIVER]),
    ("HY000", "Can't initialize character set utf8mb4", 2019, "sage-charset-unknown", SETUP, [DRIVER]),
    ("HY000", "Unknown character set: 'utf8mb4'", 1115, "sage-charset-unknown", SETUP, [DRIVER]),
    (
        *("HY000", "Unknown system variable 'transaction_isolation'"),
        *(1193, "sage-driver-of-another-age", SETUP, [DRIVER]),
    ),
    ("HY000", "Something else", 1234, "sage-database-error", AGAIN, ()),
    ("HY000", "The driver did not supply an error!", 0, "sage-database-error", UnsaidError, ()),
]


@pytest.mark.parametrize(("state", "words", "number", "message", "kind", "parts"), ODBC)
def test_what_a_driver_says_is_understood(
    state: str, words: str, number: int, message: str, kind: type[TieoutError], parts: Collection[LoginPart]
) -> None:
    """In the words of the drivers and driver managers of Windows and Linux, with pyodbc's additions."""
    spoken = (
        f"[{state}] [MySQL][ODBC 8.0(w) Driver][mysqld-8.0.27]{words} ({number}) (SQLDriverConnect); [{state}] {{}}"
    )
    error = in_words(of_odbc(Exception(state, spoken)), connecting=True)
    require(error, message, kind, parts, " ".join(words.rpartition("]")[2].split()))


def test_every_meaning_is_met_by_a_test() -> None:
    """A number whose sentence nobody has seen may not be understood at all."""
    met = {number for _, number, *_ in BY_MOMENT} | {number for _, _, number, *_ in ODBC}
    unmet = {MEANINGS[number].text for number in set(MEANINGS) - met}
    assert unmet <= {MEANINGS[number].text for number in met & set(MEANINGS)} | {say("sage-not-a-database")}


def test_a_driver_s_words_are_shortened_and_hold_no_secret() -> None:
    """The log has the whole; a connection string that a driver repeats is not shown."""
    long = "x " * MOST_WORDS + "PWD=canary"
    short = dict(
        in_words(of_odbc(Exception("HY000", f"{long} (1234) (SQL)")), connecting=False).text.sentences[-1].values
    )
    assert len(str(short["words"])) <= MOST_WORDS + 2
    shown = in_words(of_pymysql(Exception(1234, "no PWD=canary;")), connecting=False).said(ENGLISH)
    assert "canary" not in shown


@pytest.mark.parametrize("answer", [old_password(), wants("mysql_old_password", b"12345678")])
def test_the_old_password_is_refused_in_words(answer: bytes) -> None:
    """Nothing of it is sent, whichever way the server asks for it."""
    with FakeMySql(switch=answer) as server:
        require(error_of(reader(server.port, direct=True)), "sage-old-password", SETUP, [DRIVER, LOGIN], "")


@pytest.mark.parametrize("plugin", ["mysql_clear_password", "dialog", "authentication_windows_client"])
def test_no_password_is_sent_to_who_asks_for_it_bare(plugin: str) -> None:
    """Nor to a plug-in that nobody knows."""
    with FakeMySql(switch=wants(plugin)) as server:
        require(error_of(reader(server.port, direct=True)), "sage-login-plugin-missing", SETUP, [DRIVER], "")


@pytest.mark.parametrize(
    "greeting",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x01\0\0\0\x0a", b"\x05\0\0\0\x0a8\0\0\0"],
)
def test_another_program_s_port_is_told_as_such(greeting: bytes) -> None:
    """Bytes that are no greeting of MySQL's: the address is asked again, and nothing ends in a traceback."""
    with FakeMySql(greeting=greeting) as server:
        error = error_of(reader(server.port, direct=True))
    assert error.text.sentences[0].id in {"sage-not-a-database", "sage-answers-and-stops"}
    assert error.parts == {ADDRESS}


class TestLogins:
    """The ways in which MySQL 8 logs in; MariaDB itself is the one of MySQL's native password."""

    @WAYS
    def test_by_the_server_s_cache(self, company: Company, *, direct: bool) -> None:
        """Nothing but a proof is sent, and the books are read."""
        books, behind = company
        with FakeMySql(upstream=behind, plugin=SHA2, fast=True) as server:
            assert reader(server.port, behind[1], direct=direct).read(NOBODY).company == books.read().company
        assert (server.ways, server.passwords) == (["fast"], [])

    def test_under_the_server_s_public_key(self, company: Company) -> None:
        """Where no TLS is offered and the cache is empty; a password in any letters."""
        _, behind = company
        with FakeMySql(upstream=behind, plugin=SHA2) as server:
            open_direct("127.0.0.1", server.port, behind[1], READER, "Müllér œ;'").read(NOBODY)
        assert (server.ways, server.passwords) == (["rsa"], ["Müllér œ;'"])

    def test_over_tls_where_it_is_offered(self, company: Company, tmp_path: Path) -> None:
        """With whatever certificate, as Sage's signs itself; the books are read over it."""
        books, behind = company
        with FakeMySql(upstream=behind, plugin=SHA2, tls=certificate(tmp_path)[1]) as server:
            assert reader(server.port, behind[1], direct=True).read(NOBODY).company == books.read().company
        assert (server.ways, server.passwords) == (["tls"], [PASSWORD])

    def test_tls_of_another_age_is_done_without_on_this_computer_only(
        self, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A server that knows no TLS of today: plain where nobody listens, and told where somebody might."""
        _, behind = company
        old = certificate(tmp_path)[1]
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_3
        monkeypatch.setattr(ssl, "create_default_context", _without_1_3)
        with FakeMySql(upstream=behind, plugin=SHA2, tls=old) as server:
            reader(server.port, behind[1], direct=True).read(NOBODY)
            assert server.ways == ["rsa"]
            monkeypatch.setattr("sync.settings.connections.is_this_computer", lambda _: False)
            require(error_of(reader(server.port, direct=True)), "sage-tls-not-agreed", SETUP, [DRIVER], "SSL")


def _without_1_3(**_: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


class TestOldServers:
    """What an older MySQL does not know is done without, and said where it matters."""

    @WAYS
    def test_no_read_only_session(self, company: Company, *, direct: bool) -> None:
        """Before 5.6.5: it is read all the same, with a warning, in a run and in the check."""
        _, behind = company
        words = Refusal(at=At.STATEMENT, number=1064, state="42000", statement="READ ONLY")
        with FakeMySql(words, behind) as server:
            books = reader(server.port, behind[1], direct=direct)
            assert books.read(NOBODY).notices == (say("sage-session-not-read-only"),)
            assert say("sage-session-not-read-only") in [check.finding for check in books.check()]

    def test_no_utf8mb4(self, company: Company) -> None:
        """Before 5.5.3: what it has of UTF-8 holds every name that Sage can."""
        books, behind = company
        refusal = Refusal(at=At.STATEMENT, number=1115, statement="utf8mb4", words="Unknown character set: 'utf8mb4'")
        with FakeMySql(refusal, behind) as server:
            assert reader(server.port, behind[1], direct=True).read(NOBODY).company == books.read().company
        both = Refusal(at=At.STATEMENT, number=1115, statement="NAMES", words="Unknown character set")
        with FakeMySql(both, behind) as server:
            require(error_of(reader(server.port, direct=True)), "sage-charset-unknown", SETUP, [DRIVER], "Unknown")


class TestRealUsers:
    """What MariaDB refuses by itself, with users as an administrator can make them."""

    @WAYS
    @pytest.mark.parametrize(
        ("made", "message", "parts"),
        [
            ("'10.9.9.9' IDENTIFIED BY 'pw'", "sage-login-refused", [LOGIN]),
            ("'127.0.0.1' IDENTIFIED BY 'pw' PASSWORD EXPIRE", "sage-password-expired", [LOGIN]),
            ("'127.0.0.1' IDENTIFIED BY 'pw' ACCOUNT LOCK", "sage-account-locked", [LOGIN]),
            ("'127.0.0.1' IDENTIFIED BY 'pw'", "sage-no-tables-in-sight", [COMPANY, RIGHTS]),
        ],
    )
    def test_a_user_that_cannot_read(
        self,
        mariadb: MariaDb,
        company: Company,
        made: str,
        message: str,
        parts: Collection[LoginPart],
        *,
        direct: bool,
    ) -> None:
        """From elsewhere only, expired, locked, without any right."""
        _, (_, name) = company
        with closing(mariadb.admin()) as admin:
            admin.execute(f"CREATE USER 'new one'@{made}")
            if RIGHTS not in parts:
                admin.execute(f"GRANT SELECT ON {name}.* TO 'new one'@{made.split(maxsplit=1)[0]}")
            try:
                error = error_of(mariadb_reader(mariadb, name, "new one", "pw", direct=direct))
            finally:
                admin.execute(f"DROP USER 'new one'@{made.split(maxsplit=1)[0]}")
        require(error, message, SETUP, parts, "")


def test_no_driver_manager_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyodbc cannot be loaded at all."""
    monkeypatch.setitem(sys.modules, "pyodbc", None)
    error = error_of(open_odbc("DRIVER={X}", None))
    assert (str(error), type(error).__name__, set(error.parts)) == ("sage-no-odbc-manager", "SetupError", {DRIVER})


def test_without_any_driver_none_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver manager is there, and nothing else."""
    import pyodbc  # noqa: PLC0415 - missing where there is no driver manager

    monkeypatch.setattr(pyodbc, "drivers", list)
    error = in_words(of_odbc(Exception("IM002", "not found (0) (SQLDriverConnect)")), connecting=True)
    assert error.text.sentences[0] == say("sage-no-odbc-driver").sentences[0]
    assert sage_errors.word_size() in {"32", "64"}
