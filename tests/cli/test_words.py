"""What a person reads when something is wrong: one plain message, the right exit status, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from addin import program
from sync import __version__
from sync.cli.main import COMMANDS as PLAIN
from sync.ledger.hash_chain import LEDGER_VERSION
from sync.practice.world import Practice
from tests.cli.world import Terminal, own_site

COMMANDS = {**PLAIN, **program.COMMANDS}
SETTINGS = """
[sage]
sqlite = "{books}"
[manage]
site = "http://127.0.0.1:9"
company = "acme"
client_id = "x"
"""


def plain(words: str) -> bool:
    """No traceback, nothing that only a developer reads."""
    return "Traceback" not in words and 'File "' not in words


def test_the_module_and_the_command_are_the_same_program() -> None:
    """`python -m sync --help` lists every command."""
    done = subprocess.run([sys.executable, "-m", "sync", "--help"], capture_output=True, text=True, check=True)
    assert [name for name in COMMANDS if f"  {name} " not in done.stdout] == []


@pytest.mark.parametrize("command", [[], *[[name] for name in COMMANDS]], ids=lambda c: " ".join(c) or "tieout")
def test_help_is_written_in_sentences(terminal: Terminal, command: list[str]) -> None:
    """Each command and each option explains itself in a sentence that ends with a full stop."""
    answer = terminal.tieout(*command, "--help")
    paragraphs = " ".join(answer.out.split())
    assert answer.status == 0
    assert paragraphs.count(".") >= 2
    assert plain(answer.words)


def test_the_versions_are_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Tieout, its ledger and xlwings, in both languages, and where xlwings is missing."""
    xlwings = version("xlwings")
    told = f"Tieout {__version__}, ledger schema {LEDGER_VERSION}, xlwings {xlwings}\n"
    assert (terminal.tieout("--version").out, terminal.tieout("--version").status) == (told, 0)
    told = f"Tieout {__version__}, schéma du registre {LEDGER_VERSION}, xlwings {xlwings}\n"
    assert terminal.tieout("--version", "--lang", "fr").out == told

    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert terminal.tieout("--version").out.endswith(", xlwings not installed\n")


def test_the_versions_are_told_without_excel() -> None:
    """The package xlwings is not imported for them."""
    asked = "import sys; from addin.program import main; sys.argv = ['tieout', '--version']\n"
    watched = f"{asked}try:\n    main()\nfinally:\n    assert 'xlwings' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", watched], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:7]) == (0, "Tieout ")


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["sync"], 2, "Missing option '--since'"),
        (["sync", "--since", "yesterday"], 2, "neither a start date choice nor a date"),
        (["sync", "--since", "03/04/2026"], 2, "neither a start date choice nor a date"),
        (["sync", "--since", "past-week", "--until", "31-03-2026"], 2, "not a date from 2000-01-01 to 2200-01-01"),
        (["sync", "--since", "past-week", "--frobnicate"], 2, "No such option"),
        (["frobnicate"], 2, "No such command"),
        (["push"], 2, "Missing argument"),
        (["sync", "--since", "past-week", "--lang", "de"], 2, "Invalid value for '--lang'"),
        (["sync", "--since", "past-week"], 2, "There is no settings file at"),
        (["push", "missing.xlsx"], 2, "missing.xlsx"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(
    terminal: Terminal, arguments: list[str], status: int, expected: str
) -> None:
    """Usage errors and missing files are exit status 2."""
    answer = terminal.tieout(*arguments)
    assert (answer.status, expected in answer.err, plain(answer.words)) == (status, True, True), answer.err


def test_settings_with_several_faults_list_them_all(terminal: Terminal) -> None:
    """Every problem at once, so that one round of corrections is enough."""
    Path("bad.toml").write_text(
        '[sage]\nodbc = "DSN=x;PWD=y"\n[manage]\nsite = "http://example.net"\ncompany = ""\nclient_id = "x"\n'
        '[policy]\ntolerance = "0,50"\n',
        encoding="utf-8",
    )
    answer = terminal.tieout("sync", "--since", "past-week", "--config", "bad.toml")
    assert answer.status == 2
    assert [w for w in ("site is", "PWD=", "company is empty", "tolerance is") if w not in answer.err] == []


@pytest.mark.parametrize("text", ["not toml [", "", '[sage]\nsqlite="x"\n', "[sage]\nsqlite=3\n[manage]\n"])
def test_a_broken_settings_file_is_named(terminal: Terminal, text: str) -> None:
    """Not TOML, or a section missing: the file is named and the status is 2."""
    Path("broken.toml").write_text(text, encoding="utf-8")
    answer = terminal.tieout("check", "--config", "broken.toml")
    assert (answer.status, "broken.toml" in answer.words, plain(answer.words)) == (2, True, True)


def test_an_unreadable_workbook_is_status_2(terminal: Terminal, practice: Practice) -> None:
    """A text file with the name of a workbook."""
    Path("letter.xlsx").write_text("Dear accountant", encoding="utf-8")
    answer = terminal.at(practice, "push", "letter.xlsx")
    assert (answer.status, "letter.xlsx" in answer.err, plain(answer.words)) == (2, True, True)


def test_manage_down_is_status_3_and_nothing_is_recorded(terminal: Terminal, practice: Practice) -> None:
    """Nobody listens at the site's address."""
    settings = SETTINGS.format(books=practice.folder / "sample.db")
    Path("down.toml").write_text(settings, encoding="utf-8")
    answer = terminal.tieout("sync", "--since", "past-month", "--config", "down.toml", "--today", "2026-04-10")
    assert (answer.status, plain(answer.words), list(terminal.folder.glob("*.xlsx"))) == (3, True, [])
    assert "No run is on record" in terminal.tieout("history", "--config", "down.toml").out


def test_missing_books_are_status_2(terminal: Terminal) -> None:
    """The embedded company's file is not there."""
    Path("t.toml").write_text(SETTINGS.format(books="nowhere.db"), encoding="utf-8")
    answer = terminal.tieout("sync", "--since", "past-week", "--config", "t.toml")
    assert (answer.status, "nowhere.db" in answer.err) == (2, True)


def test_missing_keys_are_status_2(terminal: Terminal) -> None:
    """A real site needs keys; the message names the variables."""
    text = SETTINGS.format(books="x.db").replace("http://127.0.0.1:9", "https://api-na.example.net")
    Path("t.toml").write_text(text, encoding="utf-8")
    answer = terminal.tieout("sync", "--since", "past-week", "--config", "t.toml")
    assert (answer.status, "TIEOUT_MANAGE_PUBLIC_KEY" in answer.err) == (2, True)


def test_wrong_keys_are_status_2(terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Manage refuses the login at the start."""
    own_site(practice)
    monkeypatch.setenv("TIEOUT_MANAGE_PRIVATE_KEY", "canary-secret")
    answer = terminal.at(practice, "sync", "--since", "past-month")
    assert (answer.status, "canary-secret" in answer.words) == (2, False)


def test_check_tests_each_link(terminal: Terminal, practice: Practice) -> None:
    """All links of the practice world work."""
    answer = terminal.at(practice, "check")
    assert answer.status == 0, answer.out
    assert [w for w in ("Ledger", "Settings", "Sage", "Manage") if w not in answer.out] == []


def test_check_goes_on_after_a_failure(terminal: Terminal, practice: Practice) -> None:
    """Sage is missing and Manage is down: both are said."""
    del practice
    Path("t.toml").write_text(SETTINGS.format(books="nowhere.db"), encoding="utf-8")
    answer = terminal.tieout("check", "--config", "t.toml")
    assert (answer.status, answer.out.count("FAILED") >= 2) == (2, True)


def test_a_second_run_at_the_same_time_says_who_is_running(terminal: Terminal, practice: Practice) -> None:
    """The lock belongs to another process; the message says since when."""
    holder = (
        "import sys\nfrom pathlib import Path\nfrom sync.system.this_computer import hold_lock\n"
        f"with hold_lock(Path({str(practice.place.state)!r})):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        answer = terminal.at(practice, "sync", "--since", "past-week")
        process.communicate("")
    assert (answer.status, "has been running since" in answer.err) == (4, True)


def test_a_defect_is_told_in_one_sentence_with_a_log(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even what nobody foresaw does not show a traceback; the details are in a file."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sync.usecases.find_rows.read_and_propose", broken)
    answer = terminal.at(practice, "sync", "--since", "past-week")
    assert (answer.status, plain(answer.words)) == (70, True)
    assert "ZeroDivisionError" in (practice.place.state / "tieout.log").read_text(encoding="utf-8")
