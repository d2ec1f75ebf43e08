"""The log: whole enough to help a user from afar, without any secret, and never in the way of a run."""

from __future__ import annotations

import base64
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.settings import secrets
from sync.settings.secrets import unlock
from sync.settings.settings_file import load
from sync.system import log
from sync.system.log import HIDDEN, LOG, OLDER, without_secrets, words_of
from tests.catalogue import ROOT
from tests.cli.test_words import SETTINGS
from tests.support.kept import FILE, FileKeyring

_log = logging.getLogger("sync.test")
ODBC = "DRIVER={MariaDB Unicode};SERVER=LOCALHOST;PORT=13540;DATABASE=simply;UID=ann"


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Path]:
    """A log that has begun."""
    log.begin(tmp_path, verbose=False, version="1.2.3", command=["sync", "--since", "past-week"])
    yield tmp_path / LOG
    log.end()


def lines(path: Path) -> list[str]:
    """The lines of a log."""
    return path.read_text("utf-8").splitlines()


def test_a_line_tells_when_how_grave_which_process_and_where(begun: Path) -> None:
    """In UTC; what runs is the first of them."""
    form = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING) \d+ [\w.]+: .+"
    _log.warning("slow")
    first, second = lines(begun)
    assert [bool(re.fullmatch(form, line)) for line in (first, second)] == [True, True]
    assert "Tieout 1.2.3: sync --since past-week (in " in first


def test_no_line_can_be_forged(begun: Path) -> None:
    """Whatever a server answers, the lines of its answer are set in."""
    _log.info("it said\n2026-01-01T00:00:00.000Z INFO 1 sync: all is well")
    assert lines(begun)[-1] == "    2026-01-01T00:00:00.000Z INFO 1 sync: all is well"


def test_a_full_log_begins_anew_and_three_older_ones_are_kept(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes."""
    monkeypatch.setattr(log, "SIZE", 200)
    for number in range(20):
        _log.info("number %d %s", number, "x" * 200)
    kept = [begun, *(begun.with_suffix(f".log.{number}") for number in range(1, OLDER + 1))]
    assert [re.findall(r"number (\d+)", path.read_text("utf-8")) for path in kept] == [["19"], ["18"], ["17"], ["16"]]
    beside = {path.name for path in begun.parent.glob("tieout.log.*")}
    assert beside - {f"{LOG}.lock"} == {f"{LOG}.{number}" for number in range(1, OLDER + 1)}  # on Windows the lock goes


WRITER = """
import logging, sys
from pathlib import Path
from sync.system import log
log.SIZE = 20_000
log.begin(Path(sys.argv[1]), verbose=False, version="1", command=[])
for number in range(300):
    logging.getLogger("sync.x").info("%s-%d %s", sys.argv[2], number, "x" * 100)
"""


def test_two_processes_write_one_log(tmp_path: Path) -> None:
    """Every line is whole and stands once, also when either begins the file anew."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    kept = [line for path in tmp_path.glob("tieout.log*") for line in path.read_text("utf-8").splitlines()]
    marks = [mark for line in kept for mark in re.findall(r"sync\.x: ([ab]-\d+) x{100}$", line)]
    assert len(marks) == len(set(marks)) == sum("sync.x" in line for line in kept)
    assert {"a-299", "b-299"} <= set(marks)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is told either: a log is not what the person came for."""
    (tmp_path / "file").write_text("")
    log.begin(tmp_path / "file" / "state", verbose=False, version="1", command=[])
    _log.error("lost")
    log.end()
    assert capsys.readouterr() == ("", "")


def test_an_error_is_logged_with_its_ids_and_all_that_it_came_from(begun: Path) -> None:
    """The nearest cause first, each with where it was raised."""
    try:
        try:
            try:
                _ = 1 / 0
            except ZeroDivisionError as error:
                raise OSError("the disk") from error
        except OSError as error:
            raise SetupError(say("settings-https-needed")) from error
    except SetupError as error:
        log.log_error(error, "Use https.")
    told, first, second = lines(begun)[-3:]
    assert told.endswith("SetupError (settings-https-needed): Use https.")
    assert re.fullmatch(r"    caused by OSError: the disk \(.+test_log\.py:\d+\)", first)
    assert re.fullmatch(r"    caused by ZeroDivisionError: division by zero \(.+test_log\.py:\d+\)", second)


def test_no_key_of_the_keyring_is_ever_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither key, nor both as they are sent, nor Sage's password; the published key is no secret and hides no word."""
    monkeypatch.setenv(FILE, str(tmp_path / "keyring.json"))
    path = tmp_path / "tieout.toml"
    path.write_text(SETTINGS.format(books="b.db").replace("http://127.0.0.1:9", "https://x.example.net"), "utf-8")
    before, own = keyring.get_keyring(), FileKeyring()  # type: ignore[no-untyped-call] # the base has no types
    own.set_password(secrets.SERVICE, "https://x.example.net/acme/public", "kept-public")
    own.set_password(secrets.SERVICE, "https://x.example.net/acme/private", "kept-private")
    keyring.set_keyring(own)
    try:
        unlock(load(path))
        path.write_text(path.read_text("utf-8").replace('sqlite = "b.db"', f'odbc = "{ODBC}"'), "utf-8")
        own.set_password(secrets.SERVICE, "ann@localhost:13540/simply", "kept-password")
        unlock(load(path))
    finally:
        keyring.set_keyring(before)
    sent = base64.b64encode(b"acme+kept-public:kept-private").decode()
    assert without_secrets(f"kept-public kept-private {sent} sandbox") == f"{HIDDEN} {HIDDEN} {HIDDEN} sandbox"
    assert without_secrets("the login kept-password fails") == f"the login {HIDDEN} fails"


def test_a_secret_within_a_longer_one_leaves_nothing_of_it() -> None:
    """The longer one goes first; of four letters is long enough to be hidden, of three is a word like any other."""
    log.hide("canary-part", "canary-part-and-the-rest", "pw4z", "pwd")
    text = "canary-part-and-the-rest canary-part pw4z pwd"
    assert without_secrets(text) == f"{HIDDEN} {HIDDEN} {HIDDEN} pwd"


def test_a_secret_is_hidden_before_an_answer_is_cut_short() -> None:
    """Half a key would be half a secret."""
    log.hide("cut-canary-0123456789")
    assert words_of(b"x" * 1991 + b"cut-canary-0123456789" + b"y" * 50) == "x" * 1991 + HIDDEN + "y"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("PASSWORD = \"a b c\"; PWD='a b'; X=1", f"PASSWORD = {HIDDEN}; PWD={HIDDEN}; X=1"),
        ('{"password":"a\\"b c", "x": 1}', f'{{"password":{HIDDEN}, "x": 1}}'),
        ('"{\\"privateKey\\":\\"a b\\", 1}"', f'"{{\\"privateKey\\":{HIDDEN}, 1}}"'),
        ("pwd='a b\nc", f"pwd={HIDDEN}\nc"),
        ("at https://user:Sit3/p@ss@manage.example/v4", f"at https://{HIDDEN}@manage.example/v4"),
        ("user:Sit3pass@manage.example", f"{HIDDEN}@manage.example"),
        ("at 12:30:00 write to a@b.example, https://b.example", "at 12:30:00 write to a@b.example, https://b.example"),
    ],
)
def test_what_its_name_or_an_address_gives_away_is_hidden(text: str, left: str) -> None:
    """However the value is quoted; nothing that stands beside it is taken away."""
    assert without_secrets(text) == left


@pytest.mark.parametrize(
    "spelled",
    [
        r"spell+va/te\"key & é",
        r"spell\u002Bva\/te\"key \u0026 \u00E9",
        r"spell\\u002bva\\\/te\\\"key & é",
        "spell+va/te&quot;key &amp; &eacute;",
        "spell&#43;va&#x2F;te&#34;key &#x26; é",
        "spell%2bva%2Fte%22key+%26%20%C3%A9",
    ],
)
def test_a_secret_is_hidden_however_an_answer_spells_it(spelled: str) -> None:
    """As JSON, JSON within JSON, HTML and URLs spell what is no letter."""
    log.hide('spell+va/te"key & é')
    assert without_secrets(f"<{spelled}>") == f"<{HIDDEN}>"
