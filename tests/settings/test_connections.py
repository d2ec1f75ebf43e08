"""Drivers, addresses, connection strings and the settings file, as setting up understands them."""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from sync.settings import connections, settings_writer
from sync.settings.interview import CLOUD, Answers, Field, checked, needless, site_of
from sync.settings.settings_file import Behaviour, ManageSettings, PolicySettings, SageSettings, load
from sync.settings.settings_form import known
from sync.settings.settings_writer import new_file

INSTALLED = [
    "SQL Server",
    "MySQL ODBC 5.3 Unicode Driver",
    "MySQL ODBC 8.0 ANSI Driver",
    "MariaDB ODBC 3.1 Driver",
    "MySQL ODBC 8.0 Unicode Driver",
    "MySQL ODBC 9.1 Unicode Driver",
    "MariaDB ODBC 3.2 Driver",
    "MySQL ODBC 8.4 Unicode Driver",
]
ANSWERS: Answers = {
    Field.DRIVER: "MySQL ODBC 8.4 Unicode Driver",
    Field.HOST: "localhost",
    Field.PORT: "13540",
    Field.DATABASE: "simply",
    Field.SAGE_USER: "o'Brien; {Ann}",
    Field.SITE: "https://api-na.myconnectwise.net",
    Field.COMPANY: "acme",
    Field.CLIENT_ID: "c-1",
    Field.CURRENCIES: "1=CAD",
    Field.TOLERANCE: "0.00",
    Field.GO_LIVE: "-",
    Field.INVOICE_LINK: "-",
}


def test_the_driver_that_suits_best_is_proposed_first() -> None:
    """MySQL's of today, then MariaDB's, then MySQL's old one; ANSI drivers and other databases' never."""
    best = [INSTALLED[index] for index in (7, 4, 5, 6, 3, 1)]
    assert connections.fitting(INSTALLED) == best
    assert connections.fitting(["MariaDB Unicode"]) == ["MariaDB Unicode"]


@pytest.mark.parametrize("broken", ["no driver manager", "a broken one", "no driver"])
def test_without_a_driver_none_is_needed(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Going without one is always an answer, and the one that is proposed then."""
    manager = ModuleType("pyodbc")
    manager.Error = ValueError  # type: ignore[attr-defined]
    manager.drivers = {"a broken one": lambda: int("x"), "no driver": list}.get(broken)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyodbc", None if broken == "no driver manager" else manager)
    assert (connections.installed(), connections.ways()) == ([], [connections.NO_DRIVER])
    assert checked(Field.DRIVER, "None") == connections.NO_DRIVER
    with pytest.raises(SetupError, match="settings-driver-not-installed"):
        checked(Field.DRIVER, "MySQL ODBC 8.0 Unicode Driver")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("na", CLOUD["na"]),
        (" EU ", CLOUD["eu"]),
        ("staging", "api-staging.connectwisedev.com"),
        ("aus.myconnectwise.net", CLOUD["aus"]),
        ("https://za.myconnectwise.net/v4_6_release/services/system_io", CLOUD["za"]),
        ("api-au.myconnectwise.net", CLOUD["au"]),
        ("https://Manage.Example.com:8443/", "manage.example.com:8443"),
        ("manage.example.com", "manage.example.com"),
    ],
)
def test_an_address_is_made_of_what_people_type(typed: str, expected: str) -> None:
    """Short names, hosts for people, addresses out of the browser."""
    assert site_of(typed) == f"https://{expected}"


@pytest.mark.parametrize(
    ("server", "here"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::1]", True),
        ("[x", False),
        ("books-pc", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_a_server_is_this_computer_or_another(server: str, *, here: bool) -> None:
    """By name or address alone, whatever was typed."""
    assert connections.is_this_computer(server) is here
    assert connections.is_loopback("http://[x") is False


def test_plain_http_is_for_this_computer_only() -> None:
    """Keys are never sent in the clear."""
    assert site_of("http://127.0.0.1:8765/") == "http://127.0.0.1:8765"
    for typed in ("http://manage.example.com", "HTTP://na.myconnectwise.net"):
        with pytest.raises(SetupError, match="https"):
            site_of(typed)


@pytest.mark.parametrize("typed", ["https://", "https://a b", "ftp://x", "https://u:p@x", "https://[::1", "x?y=1"])
def test_no_address_is_said_to_be_none(typed: str) -> None:
    """With the names of the clouds."""
    with pytest.raises(SetupError, match=r"settings-(not-a-site|site-no-address)"):
        site_of(typed)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (Field.PORT, "0"),
        (Field.PORT, "65536"),
        (Field.PORT, "¹²"),
        (Field.HOST, "local host"),
        (Field.HOST, "x;PWD=1"),
        (Field.COMPANY, "Érable"),
        (Field.PRIVATE_KEY, " "),
        (Field.DRIVER, "No such driver"),
    ],
)
def test_what_cannot_be_right_is_refused_at_once(field: Field, typed: str) -> None:
    """Nobody has to be asked to know that."""
    with pytest.raises(SetupError):
        checked(field, typed)


KEYWORDS = st.sampled_from(["DRIVER", "SERVER", "PORT", "UID", "OPTION"])


@given(st.dictionaries(KEYWORDS, st.text("aé 1;={}.'\\", max_size=9)))
def test_connection_strings_come_back_as_they_went(values: dict[str, str]) -> None:
    """Whatever stands in a value."""
    assert connections.parts(connections.joined(values)) == values


def test_a_new_file_holds_every_setting_with_its_default(tmp_path: Path) -> None:
    """None can be forgotten; those without a default are the answers."""
    path = tmp_path / "tieout.toml"
    begun = settings_writer.read(path, ENGLISH)
    text = settings_writer.with_answers(begun, ANSWERS)
    settings_writer.write(begun, text)
    found, named = (
        load(path),
        tomllib.loads(
            re.sub(
                "^# (host|port|database|user|odbc|sqlite|requests|ca_file|proxy|invoice_link|second|go_live)",
                r"\1",
                new_file(ENGLISH),
                flags=re.MULTILINE,
            )
        ),
    )
    assert found.sage.odbc == settings_writer.connection_string(begun, ANSWERS)
    assert (found.manage.site, found.manage.company, found.manage.client_id) == (
        ANSWERS[Field.SITE],
        "acme",
        "c-1",
    )
    for section, kind in (("sage", SageSettings), ("manage", ManageSettings), ("policy", PolicySettings)):
        assert set(named[section]) == {field.name for field in msgspec.structs.fields(kind)}
    assert set(named["manage"]["behaviour"]) == {field.name for field in msgspec.structs.fields(Behaviour)}
    plain = tmp_path / "plain.toml"
    plain.write_text(
        f"[sage]\nodbc = {msgspec.json.encode(found.sage.odbc).decode()}\n"
        '[manage]\nsite = "https://api-na.myconnectwise.net"\ncompany = "acme"\nclient_id = "c-1"\n',
        "utf-8",
    )
    assert msgspec.structs.replace(load(plain), path=path) == found


OLD = (
    "# our books\r\n[sage]\r\nODBC = 1 # whatever this is\r\n"
    'odbc = "Driver={Old};Server=h;User=r;OPTION=3;PWD={s3cret}" # moved in May\r\n\r\n'
    '[manage]\r\nsite = "https://x.example.com/" # ours\r\ncompany="acme"\r\nfuture = [1, 2]\r\n'
)


def test_a_present_file_keeps_all_but_the_answers(tmp_path: Path) -> None:
    """Comments, unknown lines, line ends, the driver's own options; never a password, not even in the copy."""
    path = tmp_path / "tieout.toml"
    path.write_bytes(b"\xef\xbb\xbf" + OLD.encode())
    begun = settings_writer.read(path, ENGLISH)
    assert begun.answers == {
        Field.DRIVER: "Old",
        Field.HOST: "h",
        Field.SAGE_USER: "r",
        Field.SITE: "https://x.example.com/",
        Field.COMPANY: "acme",
        Field.GO_LIVE: "-",
        Field.INVOICE_LINK: "-",
    }
    settings_writer.write(begun, settings_writer.with_answers(begun, {**ANSWERS, Field.SAGE_USER: "r"}))
    now = path.read_bytes().decode()
    assert "s3cret" not in now + path.with_name("tieout.toml.before").read_text("utf-8")
    kept = ["# our books", "ODBC = 1 # whatever this is", '" # moved in May', "# ours", "future = [1, 2]", "OPTION=3"]
    assert [line for line in kept if line not in now] == []
    assert now.count("\r\n") >= OLD.count("\r\n")
    assert tomllib.loads(now)["manage"]["client_id"] == "c-1"


@pytest.mark.parametrize("broken", [b"[sage", b"\xff\xfe[", b"sage = 3\n", b"[manage]\nsite = 1\n[[sage]]\n"])
def test_a_broken_file_is_never_written_over(tmp_path: Path, broken: bytes) -> None:
    """It is named, and stays as it is."""
    path = tmp_path / "tieout.toml"
    path.write_bytes(broken)
    with pytest.raises(SetupError, match=r"tieout\.toml"):
        settings_writer.with_answers(settings_writer.read(path, ENGLISH), ANSWERS)
    assert path.read_bytes() == broken


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_any_windows_program_keeps_all_but_the_answers(tmp_path: Path, encoding: str) -> None:
    """It is written anew as UTF-8, which every program reads."""
    path = tmp_path / "tieout.toml"
    path.write_bytes(
        OLD.replace("our books", "Livres de Zoé")
        .replace("future = [1, 2]\r\n", "")
        .replace("ODBC = 1 # whatever this is\r\n", "")
        .encode(encoding)
    )
    begun = settings_writer.read(path, ENGLISH)
    settings_writer.write(begun, settings_writer.with_answers(begun, ANSWERS))
    for kept in (path.with_name("tieout.toml.before"), path):
        text = kept.read_bytes().decode()
        assert ("s3cret" in text, "# Livres de Zoé\r\n" in text) == (False, True)
    assert tomllib.loads(text)["manage"]["client_id"] == "c-1"


WITHOUT: Answers = {**ANSWERS, Field.DRIVER: connections.NO_DRIVER}


def test_without_a_driver_the_lines_of_the_server_are_written(tmp_path: Path) -> None:
    """They stand in a new file as an example, and count then; what they name is what a connection string would."""
    path = tmp_path / "tieout.toml"
    begun = settings_writer.read(path, ENGLISH)
    settings_writer.write(begun, settings_writer.with_answers(begun, WITHOUT))
    sage = load(path).sage
    assert (sage.host, sage.port, sage.database, sage.user) == ("localhost", 13540, "simply", "o'Brien; {Ann}")
    assert (sage.odbc, sage.sqlite) == (None, None)
    assert sage.connection == settings_writer.connection_string(begun, WITHOUT)
    assert connections.login(sage.connection or "") == connections.login(
        settings_writer.connection_string(begun, ANSWERS)
    )
    again = settings_writer.read(path, ENGLISH)
    assert (again.answers, settings_writer.with_answers(again, WITHOUT)) == (WITHOUT, again.text)
    assert "\n# host" not in again.text


@pytest.mark.parametrize("there_and_back", [(ANSWERS, WITHOUT), (WITHOUT, ANSWERS)])
def test_a_driver_can_be_taken_and_left(tmp_path: Path, there_and_back: tuple[Answers, Answers]) -> None:
    """One way gives way to the other, whole; the file stays one that can be read."""
    path = tmp_path / "tieout.toml"
    for answers in there_and_back:
        begun = settings_writer.read(path, ENGLISH)
        settings_writer.write(begun, settings_writer.with_answers(begun, answers))
        assert (load(path).sage.odbc is None) == (answers is WITHOUT)
        assert settings_writer.read(path, ENGLISH).answers == answers


@pytest.mark.parametrize("user", ["", ";UID=reader"])
def test_a_data_source_is_left_as_it_is(tmp_path: Path, user: str) -> None:
    """With all that its line says; nothing of a server is asked that it knows itself, and it keeps a password."""
    path = tmp_path / "tieout.toml"
    line = f'odbc = "dsn=Sage Books{user};Option=3" # made by the office\n'
    path.write_text(f'[sage]\n{line}[manage]\nsite = "https://x.example.com"\n', "utf-8")
    begun = settings_writer.read(path, ENGLISH)
    answers = {**known(begun), **{field: ANSWERS[field] for field in (Field.SITE, Field.COMPANY, Field.CLIENT_ID)}}
    assert answers[Field.DRIVER] == "DSN=Sage Books"
    assert needless(answers) == {Field.HOST, Field.PORT, Field.DATABASE} | (set() if user else {Field.SAGE_USER})
    text = settings_writer.with_answers(begun, answers)
    assert line in text
    names = [connections.login(f"DSN={name}{user}") for name in ("Sage Books", "SAGE BOOKS", "Other")]
    assert (names[0] == names[1], names[0] != names[2], "sage books" in names[0]) == (True, True, True)
    assert connections.parts(settings_writer.connection_string(begun, {**answers, Field.DRIVER: "DSN=Other"})) == {
        "DSN": "Other",
        **({"UID": "reader"} if user else {}),
    }


@pytest.mark.parametrize("keyword", ["DSN", "FILEDSN"])
def test_a_password_is_kept_under_the_name_of_its_data_source(keyword: str) -> None:
    """Two files are two data sources, as two names are; one that names none is neither."""
    names = [connections.login(f"{keyword}={name};UID=reader") for name in ("Books.dsn", "BOOKS.DSN", "Other.dsn")]
    assert (names[0] == names[1], len({*names, connections.login("UID=reader")})) == (True, 3)


def test_books_in_a_file_give_way_to_sage(tmp_path: Path) -> None:
    """Both at once would be refused."""
    path = tmp_path / "tieout.toml"
    path.write_text('[sage]\nsqlite = "sample.db"\n', "utf-8")
    begun = settings_writer.read(path, ENGLISH)
    settings_writer.write(begun, settings_writer.with_answers(begun, ANSWERS))
    assert load(path).sage.sqlite is None


@pytest.mark.parametrize(
    ("policy", "after"),
    [
        ("", '\n[policy]\ntolerance = "0.01"\ncurrencies = {1 = "CAD", 2 = "USD"}\n'),
        (
            '[policy]\ncurrencies = {1 = "CAD"} # ours\ntolerance = "0.5" # and ours\nmax_rows = 9\n',
            '[policy]\ncurrencies = {1 = "CAD", 2 = "USD"} # ours\ntolerance = "0.01" # and ours\nmax_rows = 9\n',
        ),
        (
            '[policy.currencies]\n1 = "CAD" # home\n3 = "EUR"\n',
            '[policy.currencies]\n1 = "CAD" # home\n2 = "USD"\n[policy]\ntolerance = "0.01"\n',
        ),
    ],
)
def test_currencies_and_tolerance_change_their_own_lines_only(tmp_path: Path, policy: str, after: str) -> None:
    """In every form that TOML has for them; the same answers in other figures change nothing."""
    path = tmp_path / "tieout.toml"
    head = '[sage]\nodbc = "DSN=Sage Books"\n[manage]\nsite = "https://x.example.com"\ncompany = "a"\nclient_id = "c"\n'
    path.write_text(head + policy, "utf-8")
    begun = settings_writer.read(path, ENGLISH)
    present = known(begun)
    assert settings_writer.with_answers(begun, present) == head + policy
    settings_writer.write(
        begun,
        settings_writer.with_answers(begun, present | {Field.CURRENCIES: "1=CAD, 2=USD", Field.TOLERANCE: "0.01"}),
    )
    assert sorted(filter(None, path.read_text("utf-8").splitlines())) == sorted(
        filter(None, (head + after).splitlines())
    )
    settings = load(path)
    assert (settings.policy.currencies, str(settings.policy.tolerance)) == ({1: "CAD", 2: "USD"}, "0.01")


@pytest.mark.parametrize(
    "line",
    [
        *('currencies = {1 = "Dollars"}', 'currencies = {1 = "cad"}', "currencies = {1 = 5}", "currencies = 7"),
        *("currencies = {}", 'tolerance = "0,00"', "tolerance = 0.00", "tolerance = true", "go_live = 2026-01-01"),
    ],
)
def test_a_line_that_cannot_be_right_gives_way_to_the_answer(tmp_path: Path, line: str) -> None:
    """Also to the usual one: a line that cannot be read does not say what is usual."""
    path = tmp_path / "tieout.toml"
    head = '[sage]\nodbc = "DSN=Sage Books"\n[manage]\nsite = "https://x.example.com"\ncompany = "a"\nclient_id = "c"\n'
    path.write_text(f"{head}[policy]\n{line} # ours\nmax_rows = 9\n", "utf-8")
    begun = settings_writer.read(path, ENGLISH)
    settings_writer.write(begun, settings_writer.with_answers(begun, known(begun)))
    settings = load(path)
    assert (settings.policy.currencies, str(settings.policy.tolerance), settings.caps.rows) == ({1: "CAD"}, "0.00", 9)
    assert settings.go_live == (date(2026, 1, 1) if "go_live" in line else None)
