"""What unlucky hands met: odd characters, a busy or torn ledger, and files named in the wrong place."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from addin.program import outfit
from sync.cli.main import run
from sync.core.values.errors import SetupError, Unavailable
from sync.core.values.messages import say
from sync.core.values.posting import Decision
from sync.ledger.chain_file import ChainFile
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger
from sync.practice.world import Practice
from sync.sage.snapshot import SageDatabase
from tests.cli.test_words import SETTINGS
from tests.cli.world import TODAY, Terminal, own_site

MONTH = ("sync", "--since", "past-month", "--out", "p.xlsx", "--json", "-")


@contextmanager
def busy(path: Path) -> Iterator[None]:
    """A ledger that another program holds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def test_a_ledger_in_use_is_not_lost(terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not set aside, and what it knows of unanswered writes is kept."""
    terminal.at(practice, *MONTH)
    monkeypatch.setattr("sync.ledger.chain_file.BUSY_SECONDS", 0.05)
    with busy(practice.place.state / "ledger.db"):
        answer = terminal.at(practice, "rebuild")
    assert (answer.status, "in use by another program" in answer.err) == (4, True)
    assert list(practice.place.state.glob("*.lost-*")) == []


def test_a_newer_ledger_is_not_lost(terminal: Terminal, practice: Practice) -> None:
    """Tieout is to be updated, the ledger kept."""
    terminal.at(practice, *MONTH)
    with closing(sqlite3.connect(practice.place.state / "ledger.db")) as ledger:
        ledger.execute("PRAGMA user_version = 9")
    answer = terminal.at(practice, "rebuild")
    assert (answer.status, "newer Tieout" in answer.err) == (4, True)


def test_a_rebuild_that_fails_leaves_everything_to_be_tried_again(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is lost stays where it is until the new ledger is whole."""
    terminal.at(practice, *MONTH)
    (practice.place.state / "ledger.db").unlink()

    def down(*_: object) -> None:
        raise Unavailable(say("Sage does not answer."))

    with monkeypatch.context() as patch:
        patch.setattr(SageDatabase, "read", down)
        assert terminal.at(practice, "rebuild").status == 3
    assert terminal.at(practice, "rebuild").status == 0
    assert "intact" in terminal.at(practice, "verify").out
    assert list(practice.place.state.glob("rebuilding*")) == []


def test_after_a_rebuild_pushes_wait(terminal: Terminal, practice: Practice) -> None:
    """The lost ledger may have known of a write that is still on its way."""
    terminal.at(practice, *MONTH)
    (practice.place.state / "ledger.db").unlink()
    assert "Pushes wait for the quiet period" in terminal.at(practice, "rebuild").out
    unknown = terminal.at(practice, *MONTH)
    assert (unknown.status, "a review that this ledger does not know" in unknown.err) == (2, True)
    Path("p.xlsx").unlink()
    terminal.at(practice, *MONTH)
    answer = terminal.at(practice, "push", "p.xlsx")
    assert (answer.status, "may still arrive" in answer.err) == (4, True)


TORN = """
import os, signal, sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
ledger.execute("PRAGMA cache_size = 1")
ledger.execute("BEGIN IMMEDIATE")
ledger.execute("CREATE TABLE half (filling TEXT)")
ledger.executemany("INSERT INTO half VALUES (?)", [("x" * 4000,)] * 300)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_commit_cut_short_is_taken_back_before_the_ledger_is_looked_at(
    terminal: Terminal, practice: Practice
) -> None:
    """Neither called a missing right to write, nor lost."""
    terminal.at(practice, *MONTH)
    ledger = practice.place.state / "ledger.db"
    died = subprocess.run([sys.executable, "-c", TORN, str(ledger)], check=False)
    assert (died.returncode, ledger.with_name("ledger.db-journal").exists()) == (-signal.SIGKILL, True)
    assert "intact" in terminal.at(practice, "verify").out


def test_a_backup_made_while_rows_are_added_is_whole(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its head is that of the copy."""
    copy = ChainFile.copy_into

    def copied(self: ChainFile, other: sqlite3.Connection) -> None:
        copy(self, other)
        ledger.decide("R", [Decision(key="1", approve=True)])

    with open_ledger(practice.place.state) as ledger:
        monkeypatch.setattr(ChainFile, "copy_into", copied)
        ledger.back_up(tmp_path / "copy")
    with open_ledger(tmp_path / "copy") as kept:
        assert kept.verify() == kept.head()


def test_a_backup_that_fails_leaves_nothing_in_the_way(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be made again in the same place."""
    terminal.at(practice, *MONTH)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ChainFile, "copy_into", full)
        answer = terminal.at(practice, "verify", "--backup", "copy")
    assert (answer.status, "the disk is full" in answer.err) == (2, True)
    assert terminal.at(practice, "verify", "--backup", "copy").status == 0


def test_an_undo_cut_short_says_how_far_it_came(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken back is shown, the exit status is 1, and the next undo does the rest."""
    terminal.at(practice, *MONTH)
    made = json.loads(terminal.at(practice, "push", "p.xlsx", "--json", "-").out)
    conclude, calls = SqliteLedger.conclude, iter(range(1000))

    def full(self: SqliteLedger, posting: object) -> None:
        if next(calls) == 5:
            raise SetupError(say("The disk is full."))
        conclude(self, posting)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(SqliteLedger, "conclude", full)
        answer = terminal.at(practice, "undo", made["run"], "--yes")
    assert (answer.status, "It stopped. Rows that were taken back: 5." in answer.out) == (1, True)
    assert "undo the run again" in answer.out


@pytest.mark.parametrize("target", ["{state}/ledger.db", "{state}/new.json", "{config}", "other.xlsm"])
def test_json_never_writes_over_what_matters(terminal: Terminal, practice: Practice, target: str) -> None:
    """The ledger, the settings, a workbook."""
    terminal.at(practice, *MONTH)
    place = practice.place
    answer = terminal.at(practice, "push", "p.xlsx", "--json", target.format(state=place.state, config=place.config))
    assert (answer.status, "would write over" in answer.err) == (2, True)
    assert terminal.at(practice, "verify").status == 0


def test_output_in_another_encoding_is_no_defect(practice: Practice, tmp_path: Path) -> None:
    """A name that the pipe's encoding does not have: JSON is plain ASCII, words are escaped."""
    place = practice.place
    common = ["--config", str(place.config), "--state", str(place.state), "--today", TODAY.isoformat()]
    told = subprocess.run(
        [sys.executable, "-m", "sync", *MONTH, *common],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
    )
    assert (told.returncode, json.loads(told.stdout)["company"][:5]) == (0, "Boréa")


@pytest.mark.parametrize("line", ['client_id = "€"', 'company = "société €"', 'client_id = "a\\nb"'])
def test_what_cannot_be_sent_is_said(terminal: Terminal, line: str) -> None:
    """A header takes printable ASCII only."""
    name = line.split(maxsplit=1)[0]
    kept = [each for each in SETTINGS.format(books="b.db").splitlines() if not each.startswith(name)]
    Path("t.toml").write_text("\n".join([*kept, line]), encoding="utf-8")
    answer = terminal.tieout("check", "--config", "t.toml")
    assert f"[manage] {name} holds a character that cannot be sent" in answer.out + answer.err
    assert answer.status == 2


def test_keys_that_no_key_looks_like_are_said(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copied from a mail with a quotation mark around."""
    own_site(practice)
    monkeypatch.setenv("TIEOUT_MANAGE_PUBLIC_KEY", "\u201cabc\u201d")
    answer = terminal.at(practice, *MONTH)
    assert (answer.status, "contain a character that keys never have" in answer.err) == (2, True)


def test_a_word_that_is_no_text_is_a_matter_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are not UTF-8."""
    assert run(["undo", "\udcff"], outfit()) == 2
    assert "not readable text" in capsys.readouterr().err


def test_a_system_without_a_home_gets_a_sentence(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The defect is told, and kept where we are."""

    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("platformdirs.user_data_path", homeless)
    answer = terminal.tieout("history")
    assert (answer.status, "Please report it" in answer.err) == (70, True)
