"""A database that falls silent at any moment: one sentence in bounded time, over ODBC and without a driver."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic

import pexpect
import pytest

from sync.core.values.errors import LoginPart, Unavailable, Verdict
from sync.core.values.messages import say
from sync.core.values.records import Wanted
from sync.practice.world import Practice, practise
from sync.sage import mysql_ways
from sync.sage.mysql_ways import Limits
from sync.sage.snapshot import SageDatabase, open_direct, open_odbc
from sync.settings.secrets import PRACTICE_KEY as KEY
from sync.system.this_computer import hold_lock
from tests.cli.world import TODAY, Terminal
from tests.support.fake_mysql import LONGEST, At, FakeMySql, Refusal
from tests.support.mariadb import PASSWORD, READER, MariaDb
from tests.support.newcomer import Newcomer, newcomer
from tests.support.sage_books import mariadb_books

pytestmark = [pytest.mark.mariadb, pytest.mark.xdist_group("mariadb")]
WAYS = pytest.mark.parametrize("direct", [False, True], ids=["odbc", "direct"])
SHORT = Limits(connect=1, statement=1, reading=30)


@pytest.fixture(scope="module")
def behind(mariadb: MariaDb) -> Iterator[tuple[int, str]]:
    """Where a company is."""
    books = mariadb_books(mariadb)
    books.document(1, "1001")
    (name,) = books.admin.execute("SELECT DATABASE()").fetchone()
    yield mariadb.port, name
    books.admin.close()


def reader(port: int, *, direct: bool) -> SageDatabase:
    """A reader of whatever listens there."""
    if direct:
        return open_direct("127.0.0.1", port, "simply", READER, PASSWORD)
    return open_odbc(f"DRIVER={{MariaDB Unicode}};SERVER=127.0.0.1;PORT={port};DATABASE=simply;UID=x", PASSWORD)


AT_LOGIN, AT_QUESTION = say("sage-silent-at-login", seconds="1"), say("sage-silent-at-question", seconds="1")
ANY_TABLE = "information_schema.columns"
MOMENTS = [
    pytest.param(Refusal(at=At.GREETING), AT_LOGIN, id="accepts"),
    pytest.param(Refusal(at=At.LOGIN), AT_LOGIN, id="greets"),
    pytest.param(Refusal(at=At.STATEMENT, statement="ISOLATION LEVEL REPEATABLE"), AT_QUESTION, id="first statement"),
    pytest.param(Refusal(at=At.STATEMENT, statement=ANY_TABLE), AT_QUESTION, id="a statement"),
    pytest.param(Refusal(at=At.STATEMENT, statement=ANY_TABLE, partial=True), AT_QUESTION, id="within an answer"),
]


@WAYS
@pytest.mark.parametrize(("silence", "sentence"), MOMENTS)
def test_whenever_it_falls_silent_the_reading_ends(
    silence: Refusal, sentence: object, behind: tuple[int, str], monkeypatch: pytest.MonkeyPatch, *, direct: bool
) -> None:
    """The one sentence says at what; the address is asked again where nothing was ever heard."""
    monkeypatch.setattr(mysql_ways, "LIMITS", SHORT)
    with FakeMySql(silence, behind) as server, pytest.raises(Unavailable) as raised:
        reader(server.port, direct=direct).read(Wanted(window=None))
    parts = {LoginPart.ADDRESS} if sentence is AT_LOGIN else set()
    assert str(raised.value) == str(sentence)
    assert raised.value.parts == parts


@WAYS
def test_the_whole_of_it_has_a_limit_too(
    behind: tuple[int, str], monkeypatch: pytest.MonkeyPatch, *, direct: bool
) -> None:
    """However long each statement may take."""
    monkeypatch.setattr(mysql_ways, "LIMITS", Limits(connect=30, statement=30, reading=1.2))
    with FakeMySql(Refusal(at=At.STATEMENT, statement=ANY_TABLE), behind) as server:
        (check,) = reader(server.port, direct=direct).check()
    assert (check.verdict, check.finding) == (Verdict.UNREACHABLE, say("sage-reading-too-long", minutes="0.02"))


def test_the_real_limits_hold() -> None:
    """A port that accepts and says nothing, both ways at once: told in less than half a minute."""

    def wait(direct: bool) -> str:  # noqa: FBT001 - mapped over both
        (check,) = reader(server.port, direct=direct).check()
        return f"{check.verdict} {check.finding}"

    begun = monotonic()
    with FakeMySql(Refusal(at=At.GREETING)) as server, ThreadPoolExecutor() as pool:
        said = set(pool.map(wait, [False, True]))
    assert said == {f"{Verdict.UNREACHABLE} {say('sage-silent-at-login', seconds='20')}"}
    assert monotonic() - begun < LONGEST / 2


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    """A practice world, for all that is not Sage."""
    with practise(tmp_path / "practice", TODAY) as world:
        yield world


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "TIEOUT_EXPORTS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return Terminal(capsys, tmp_path)


@WAYS
def test_every_command_ends_and_leaves_the_lock(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch, *, direct: bool
) -> None:
    """Check, sync, watch and setup end with 3; another may run then."""
    monkeypatch.setattr(mysql_ways, "LIMITS", SHORT)
    for name, secret in (("SAGE_PASSWORD", PASSWORD), ("MANAGE_PUBLIC_KEY", KEY), ("MANAGE_PRIVATE_KEY", KEY)):
        monkeypatch.setenv(f"TIEOUT_{name}", secret)
    config = practice.place.config
    with FakeMySql(Refusal(at=At.LOGIN)) as server:
        where = {"host": "127.0.0.1", "port": str(server.port), "database": "simply", "sage-user": READER}
        driver = "none" if direct else "MariaDB Unicode"
        lines = f'host = "127.0.0.1"\nport = {server.port}\nuser = "{READER}"'
        if not direct:
            lines = f'odbc = "DRIVER={{{driver}}};SERVER=127.0.0.1;PORT={server.port};DATABASE=simply;UID={READER}"'
        config.write_text(config.read_text("utf-8").replace('sqlite = "sample.db"', lines), "utf-8")
        for command in (("check",), ("sync", "--since", "2026-03-01"), ("watch",)):
            answer = terminal.at(practice, *command)
            assert (answer.status, "no database answered within 1 seconds" in answer.words) == (3, True), answer.words
        options = [text for name, value in where.items() for text in (f"--{name}", value)]
        answer = terminal.at(practice, "setup", "--yes", "--driver", driver, *options)
        assert (answer.status, "no database answered within 1 seconds" in answer.words) == (3, True), answer.words
    with hold_lock(practice.place.state):
        pass


@WAYS
def test_ctrl_c_is_heard_at_once(tmp_path: Path, mariadb: MariaDb, *, direct: bool) -> None:
    """A program of its own, with the real limits, waiting for a greeting that never comes."""
    with newcomer(tmp_path, mariadb, "simply") as person, closing(socket.create_server(("127.0.0.1", 0))) as silent:
        _settings(person, silent.getsockname()[1], direct=direct)
        terminal = person.start("check", TIEOUT_SAGE_PASSWORD=PASSWORD, **_keys(person))
        taken, _ = silent.accept()
        with taken:
            begun = monotonic()
            terminal.sendintr()
            terminal.expect_exact("Interrupted")
            terminal.expect(pexpect.EOF)
            terminal.close()
        assert (terminal.exitstatus, monotonic() - begun < LONGEST / 4) == (130, True)


def _settings(person: Newcomer, port: int, *, direct: bool) -> None:
    sage = f'host = "127.0.0.1"\nport = {port}\nuser = "{READER}"'
    if not direct:
        sage = f'odbc = "DRIVER={{MariaDB Unicode}};SERVER=127.0.0.1;PORT={port};DATABASE=simply;UID={READER}"'
    person.config.parent.mkdir(parents=True)
    text = f'[sage]\n{sage}\n[manage]\nsite = "{person.site}"\ncompany = "acme"\nclient_id = "c-1"\n'
    person.config.write_text(text, "utf-8")


def _keys(person: Newcomer) -> dict[str, str]:
    return {name: value for name, value in person.secrets.items() if "MANAGE" in name}
