"""`tieout setup` on a terminal: each answer tested at once, asked again where it is wrong, left whole or not at all."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from sync.cli.output import Screen
from sync.cli.setup_command import TerminalAsker
from sync.language.catalogues import ENGLISH
from sync.practice.api import Permission
from sync.settings.interview import Field
from sync.system.log import LOG
from tests.faults.test_secrets import everything_below
from tests.support.kept import LOCKED
from tests.support.mariadb import PASSWORD, READER, MariaDb, mariadb
from tests.support.newcomer import PRIVATE, PUBLIC, ROOT, SECRETS, TODAY, Newcomer, newcomer, sample_database

__all__ = ["mariadb"]
pytestmark = [pytest.mark.mariadb, pytest.mark.xdist_group("mariadb")]


def left_in(home: Path) -> list[Path]:
    """Return what is in somebody's home but the log, which says of every command that it was begun."""
    return [path for path in home.rglob("*") if path.is_file() and not path.name.startswith(LOG)]


@pytest.fixture(scope="module")
def database(mariadb: MariaDb) -> str:
    """The sample company's."""
    return sample_database(mariadb)


@pytest.fixture
def person(tmp_path: Path, mariadb: MariaDb, database: str) -> Iterator[Newcomer]:
    """Somebody with nothing set up."""
    with newcomer(tmp_path, mariadb, database) as found:
        yield found


def answer(terminal: pexpect.spawn[str], *pairs: tuple[str, str]) -> None:
    """Wait for each question and type its answer."""
    for question, typed in pairs:
        terminal.expect_exact(question)
        terminal.sendline(typed)


def ended(terminal: pexpect.spawn[str]) -> tuple[int | None, str]:
    """Exit status, and what was said last."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus, str(terminal.before)


def nowhere() -> int:
    """A port that nobody serves."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def secrets_in(folder: Path) -> list[str]:
    """The secrets that stand in some file below a folder."""
    return [secret for secret in SECRETS if any(secret.encode() in data for data in everything_below(folder))]


def green(words: str) -> bool:
    """The lines of `tieout check`, and nothing wrong among them."""
    return len(re.findall(r"^OK ", words, re.MULTILINE)) >= 8 and "FAILED" not in words


RULES = ("--currencies", "1=CAD,2=USD", "--tolerance", "0.01", "--go-live", "-", "--invoice-link", "-")
SAGE_ANSWERS = ("ODBC driver [MariaDB Unicode]", "Computer on which Sage keeps the company [localhost]")


def test_a_newcomer_is_led_to_a_green_check(person: Newcomer) -> None:
    """A wrong port, password and key are each asked for again, and nothing else; no secret is written."""
    terminal = person.start("setup")
    answer(
        terminal,
        (SAGE_ANSWERS[0], ""),
        (SAGE_ANSWERS[1], "127.0.0.1"),
        ("Port of Sage's Connection Manager [13540]", str(nowhere())),
        ("Database [simply]", person.database),
        ("Sage user", READER),
        ("Password of the Sage user (hidden)", "wrong"),
    )
    terminal.expect_exact("Sage's database does not answer")
    answer(terminal, ("[127.0.0.1]", ""), ("Port of Sage's Connection Manager", str(person.sage.port)))
    terminal.expect_exact("Sage refused the user name or the password")
    answer(
        terminal,
        (f"Sage user [{READER}]", ""),
        ("(hidden; Enter keeps the present one, a space takes it away)", PASSWORD),
    )
    terminal.expect_exact("can be read: ")
    answer(
        terminal,
        ("Manage site (na, eu, au, aus, za, staging, or your own server's address)", "http://manage.example.com"),
        ("Manage site", person.site),
        ("Company", "acme"),
        ("Client id", "c-1"),
        ("Public key of the API member (hidden)", PUBLIC),
        ("Private key of the API member (hidden)", "not-this-one"),
    )
    terminal.expect_exact("Manage refused the login")
    answer(terminal, ("Company", ""), ("Client id", ""), ("Public key", ""), ("Private key", PRIVATE))
    terminal.expect(r"In currency 1, Sage has documents: \d+\.\s+In currency 2, Sage has documents: \d+\.")
    answer(terminal, ("Currencies [1=CAD, 2=USD]", "dollars"), ("Currencies [1=CAD, 2=USD]", ""))
    answer(terminal, ("Tolerance [0.00]", "0,01"))
    answer(terminal, ("Go-live date (- takes all in) [-]", "May"), ("takes all in) [-]", "2026-01-01"))
    terminal.expect_exact("recordType=InvoiceFV&recid={id}")
    answer(terminal, ("(- for no links) [-]", "https://evil.example/"), ("(- for no links) [-]", ""))
    status, words = ended(terminal)
    assert (status, green(words)) == (0, True), words
    written = person.config.read_text("utf-8")
    lines = ('currencies = {1 = "CAD", 2 = "USD"}', 'tolerance = "0.01"', 'go_live = "2026-01-01"')
    assert [line for line in lines if line not in written] == []
    assert person.run("check")[0] == 0
    assert secrets_in(person.home) == []
    assert [secret for secret in SECRETS if secret in person.keyring.read_text("utf-8")] == list(SECRETS)


def test_nothing_typed_in_secret_is_shown(person: Newcomer) -> None:
    """The terminal never holds a secret, typed or kept."""
    assert person.run("setup", "--yes", *person.answers, **person.secrets)[0] == 0
    terminal = person.start("setup", *person.answers, *RULES)
    log = (person.home.parent / "log").open("w+", encoding="utf-8")
    with closing(log):
        terminal.logfile_read = log
        answer(terminal, ("Password", PASSWORD), ("Public key", ""), ("Private key", PRIVATE))
        assert ended(terminal)[0] == 0
        log.seek(0)
        said = log.read()
    assert [secret for secret in SECRETS if secret in said] == []


def test_a_login_without_rights_is_told_where_they_are_given(person: Newcomer) -> None:
    """Third-party access is missing in Sage: it can be given meanwhile and tried again."""
    with closing(person.sage.admin()) as admin:
        admin.execute(f"REVOKE SELECT ON {person.database}.* FROM {READER}@'127.0.0.1'")
        terminal = person.start("setup", "--yes", *person.answers, **person.secrets)
        status, words = ended(terminal)
        assert (status, "third-party access Read data" in words, person.config.exists()) == (2, True, False)
        terminal = person.start("setup", *person.answers, *RULES, **person.secrets)
        terminal.expect_exact("Setup > Set Up Users")
        answer(terminal, (f"Database [{person.database}]", ""))
        terminal.expect_exact("1: try again.")
        admin.execute(f"GRANT SELECT ON {person.database}.* TO {READER}@'127.0.0.1'")
        terminal.sendline("1")
        status, words = ended(terminal)
    assert (status, green(words)) == (0, True), words


def test_a_wrong_database_is_asked_again(person: Newcomer) -> None:
    """Its name is one that this login may not use: the server calls that a matter of rights, whatever is wrong."""
    options = [*person.answers, *RULES]
    options[options.index("--database") + 1] = "simplyy"
    terminal = person.start("setup", *options, **person.secrets)
    answer(terminal, ("Database [simplyy]", person.database))
    status, words = ended(terminal)
    assert (status, green(words)) == (0, True), words


def test_whoever_waits_is_told_for_what(person: Newcomer) -> None:
    """Before each test of each command, on a terminal: a silent site is waited for through several attempts."""
    for command in (("setup", *RULES), ("setup", "--yes"), ("check",), ("check", "--report", "report.txt")):
        terminal = person.start(*command, *(person.answers if "setup" in command else ()), **person.secrets)
        for _ in range(1 + (len(command) > 1)):
            terminal.expect_exact("Testing Sage.")
            terminal.expect_exact("Testing Manage.")
        assert ended(terminal)[0] == 0


def test_a_missing_permission_in_manage_may_be_given_later(person: Newcomer) -> None:
    """The role is named; going on writes the settings, and the exit status says that not all is well."""
    person.permissions.remove(Permission.READ_PAYMENTS)
    terminal = person.start("setup", *person.answers, *RULES, **person.secrets)
    terminal.expect_exact("Finance > Accounting Interface (add, edit, delete, inquire)")
    answer(terminal, ("Your choice", "3"))
    status, words = ended(terminal)
    assert (status, "FAILED   Manage payments" in words, person.config.exists()) == (2, True, True)
    person.permissions.add(Permission.READ_PAYMENTS)
    assert person.run("check")[0] == 0


def test_interrupted_anywhere_nothing_is_left(person: Newcomer) -> None:
    """Ctrl-C at the first question, at a hidden one and at the last: no file, no secret, exit 130."""
    questions = ("ODBC driver", "Password of the Sage user", "Private key of the API member")
    typed = ("", "127.0.0.1", str(person.sage.port), person.database, READER, PASSWORD)
    more = (person.site, "acme", "c-1", PUBLIC)
    for count, question in zip((0, 5, 10), questions, strict=True):
        terminal = person.start("setup")
        for each in (*typed, *more)[:count]:
            terminal.expect(r"(\]|user|hidden\)|address\)|Manage|id|one\)|away\)): $")
            terminal.sendline(each)
        terminal.expect_exact(question)
        terminal.sendintr()
        status, words = ended(terminal)
        assert (status, "Interrupted" in words) == (130, True)
    assert (left_in(person.home), person.keyring.exists()) == ([], False)


def test_one_thing_is_changed_and_the_rest_of_the_file_survives(person: Newcomer) -> None:
    """Comments, own values and their order stay; the file before is kept; the password is found under the new login."""
    assert person.run("setup", "--yes", *person.answers, **person.secrets)[0] == 0
    text = person.config.read_text("utf-8").replace('tolerance = "0.00"', 'tolerance = "0.05" # ours')
    person.config.write_text(text, "utf-8")
    status, words = person.run("setup", "--yes", "--client-id", "c-2")
    assert (status, green(words)) == (0, True), words
    assert person.config.read_text("utf-8") == text.replace('"c-1"', '"c-2"')
    assert person.config.with_name("tieout.toml.before").read_text("utf-8") == text
    beside = {path.name for path in person.config.parent.iterdir()} - {"ledger-heads"}
    assert beside == {"tieout.toml", "tieout.toml.before"}


def test_a_currency_without_a_name_is_told_and_not_guessed(person: Newcomer) -> None:
    """By a script, which proposes nothing; named on the command line, its name is written into the present line."""
    status, words = person.run("setup", "--yes", *person.answers, **person.secrets)
    assert (status, re.findall(r"Currency (\d) of Sage has no name", words)) == (0, ["2", "3"]), words
    text = person.config.read_text("utf-8")
    status, words = person.run("setup", "--yes", *RULES)
    assert (status, re.findall(r"Currency (\d) of Sage has no name", words)) == (0, ["3"]), words
    changed = text.replace('{1 = "CAD"}', '{1 = "CAD", 2 = "USD"}').replace('tolerance = "0.00"', 'tolerance = "0.01"')
    assert person.config.read_text("utf-8") == changed
    status, words = person.run("setup", "--yes", "--currencies", "1=CAD,1=USD", "--tolerance", "cent")
    assert (status, "--currencies: " in words, "--tolerance: " in words) == (2, True, True), words
    assert person.config.read_text("utf-8") == changed


def test_a_script_is_told_all_that_is_missing_or_wrong(person: Newcomer) -> None:
    """Exit 2, each by the name of its option or variable, and nothing written."""
    status, words = person.run("setup", "--yes", "--port", "70000", "--site", "http://manage.example.com")
    named = ("--port", "--sage-user", "--site", "--company", "--client-id", *list(person.secrets)[1:])
    assert (status, [name for name in named if name not in words]) == (2, [])
    wrong = {**person.secrets, "TIEOUT_SAGE_PASSWORD": "x", "TIEOUT_MANAGE_PRIVATE_KEY": "y"}
    status, words = person.run("setup", "--yes", *person.answers, **wrong)
    assert (status, "Sage refused" in words, "Manage refused the login" in words) == (2, True, True)
    assert left_in(person.home) == []


def test_without_a_keyring_the_variables_are_named(person: Newcomer) -> None:
    """Secrets stay in the environment and go nowhere else."""
    none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    status, words = person.run("setup", "--yes", *person.answers, **person.secrets, **none)
    assert (status, [name for name in person.secrets if name not in words]) == (0, [])
    assert secrets_in(person.home) == []
    assert person.run("check", **none)[0] == 2


def test_a_keyring_that_fails_midway_leaves_all_as_it_was(person: Newcomer) -> None:
    """Neither a secret nor a file is left behind, though two of three were kept already."""
    status, words = person.run("setup", "--yes", *person.answers, **person.secrets, **{LOCKED: "/private"})
    assert (status, "keyring did not take the secrets: it is locked" in words) == (2, True)
    kept = person.keyring.read_text("utf-8") if person.keyring.exists() else "{}"
    assert (kept, left_in(person.home)) == ("{}", [])


def test_settings_that_cannot_be_written_leave_the_keyring_as_it_was(person: Newcomer) -> None:
    """The settings' folder is a file."""
    (person.home / "config").write_text("in the way", "utf-8")
    status, words = person.run("setup", "--yes", *person.answers, **person.secrets)
    assert (status, "cannot be" in words, person.keyring.exists()) == (2, True, False)


@pytest.mark.parametrize("missing", ["every driver", "the driver manager"])
def test_a_computer_without_odbc_needs_none(person: Newcomer, tmp_path: Path, missing: str) -> None:
    """Set-up goes without a driver by itself, and what follows does too."""
    (tmp_path / "none").mkdir()
    gone = {"ODBCSYSINI": str(tmp_path / "none"), "ODBCINI": str(tmp_path / "none" / "odbc.ini")}
    if missing == "the driver manager":
        (tmp_path / "none" / "pyodbc.py").write_text("raise ImportError('libodbc.so.2: cannot open shared object')\n")
        gone["PYTHONPATH"] = f"{tmp_path / 'none'}:{ROOT}"
    status, words = person.run("setup", "--yes", *person.answers[2:], **person.secrets, **gone)
    assert (status, green(words)) == (0, True), words
    assert 'host = "127.0.0.1"\n' in person.config.read_text("utf-8")
    status, words = person.run("sync", "--since", "2026-03-01", "--today", TODAY.isoformat(), **gone)
    assert (status, " ready" in words) == (0, True), words
    status, words = person.run("setup", "--yes", "--driver", "MariaDB Unicode", **gone)
    assert (status, "Choose one of these: none." in words) == (2, True)


def test_a_data_source_is_kept_as_it_is_and_has_its_own_password(person: Newcomer, tmp_path: Path) -> None:
    """Its line is left alone by set-up; Tieout reads by it; a driver or none can be taken in its place."""
    source = f"Driver=MariaDB Unicode\nSERVER=127.0.0.1\nPORT={person.sage.port}\nDATABASE={person.database}\n"
    (tmp_path / "odbc.ini").write_text(f"[Sage Books]\n{source}", "utf-8")
    ini = {"ODBCINI": str(tmp_path / "odbc.ini")}
    person.config.parent.mkdir(parents=True)
    line = f'[sage]\nodbc = "DSN=Sage Books;Uid={READER};OPTION=3" # the office made it\n'
    person.config.write_text(line, "utf-8")
    status, words = person.run("setup", "--yes", *person.answers[10:], **person.secrets, **ini)
    assert (status, green(words)) == (0, True), words
    assert person.config.read_text("utf-8").startswith(line)
    assert f"{READER}@DSN=sage books;" in person.keyring.read_text("utf-8")
    assert person.run("check", **ini)[0] == 0
    status, words = person.run("setup", "--yes", *person.answers[:10], "--driver", "none", **person.secrets, **ini)
    assert (status, "DSN" in person.config.read_text("utf-8")) == (0, False), words


def test_a_space_takes_a_kept_password_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter keeps it."""
    typed = iter([" ", "", "new"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(typed))
    asker = TerminalAsker(Screen(ENGLISH))
    assert [asker.ask(Field.SAGE_PASSWORD, "old") for _ in range(3)] == ["", "old", "new"]
