"""The real program, stopped by signals in the middle of a real push: the same command again does the rest, once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from sync.ledger.sqlite_ledger import open_read_only
from sync.practice.world import Practice
from tests.cli.world import TODAY, Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
ROOT = str(Path(__file__).parents[2])


def pushing(practice: Practice) -> subprocess.Popen[str]:
    """A push in a process of its own."""
    place = practice.place
    common = ["--config", str(place.config), "--state", str(place.state), "--today", TODAY.isoformat()]
    return subprocess.Popen(
        [sys.executable, "-m", "sync", "push", "r.xlsx", *common],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )


def intents(practice: Practice) -> int:
    """How many intents are on disk, to a program that only looks."""
    path = practice.place.state / "ledger.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as ledger:
        return int(ledger.execute("SELECT COUNT(*) FROM entry WHERE kind = 'intent'").fetchone()[0])


def wait_for(process: subprocess.Popen[str], practice: Practice, count: int) -> None:
    """Wait until so many intents are on disk."""
    while intents(practice) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)


@pytest.fixture
def reviewed(terminal: Terminal, practice: Practice) -> set[str]:
    """A month reviewed into r.xlsx, by settings that wait for no late answers; the invoices that a push would write."""
    config = practice.place.config
    config.write_text(config.read_text(encoding="utf-8") + "quiet_minutes = 0\n", encoding="utf-8")
    answer = terminal.at(practice, "sync", "--since", "past-month", "--out", "r.xlsx", "--json", "-")
    return {row["invoice"] for row in json.loads(answer.out)["rows"] if row["approve"]}


def finished(terminal: Terminal, practice: Practice, reviewed: set[str]) -> None:
    """Push the rest: every row is there once, none was sent again, and a new sync has nothing left to propose."""
    time.sleep(0.2)  # the request under way, if any, is answered to nobody
    before = intents(practice)
    answer = terminal.at(practice, "push", "r.xlsx", "--json", "-")
    postings = json.loads(answer.out)["postings"]
    assert {posting["invoice"] for posting in postings} == reviewed
    assert {posting["outcome"] for posting in postings} <= {"posted", "already"}
    assert intents(practice) - before == sum(posting["outcome"] == "posted" for posting in postings)
    again = json.loads(terminal.at(practice, "sync", "--since", "past-month", "--out", "n.xlsx", "--json", "-").out)
    assert {row["status"] for row in again["rows"] if row["invoice"] in reviewed} == {"in_agreement"}
    ledger = open_read_only(practice.place.state)
    assert ledger is not None
    with ledger:
        ledger.verify()


@pytest.mark.parametrize(("number", "count"), [("SIGKILL", 1), ("SIGKILL", 2), ("SIGKILL", 30)])
def test_killed_in_a_push_and_pushed_again(
    terminal: Terminal, practice: Practice, reviewed: set[str], number: str, count: int
) -> None:
    """Faults 1, 2, 13, 16 and 23: the lock dies with its holder, and the rest is sent once."""
    process = pushing(practice)
    wait_for(process, practice, count)
    process.send_signal(getattr(signal, number))
    process.communicate(timeout=30)
    assert process.returncode == -getattr(signal, number)
    finished(terminal, practice, reviewed)


@pytest.mark.parametrize(("number", "status", "count"), [("SIGINT", 130, 1), ("SIGINT", 130, 20), ("SIGTERM", 143, 9)])
def test_ctrl_c_in_a_push_says_how_far_it_came(
    terminal: Terminal, practice: Practice, reviewed: set[str], number: str, status: int, count: int
) -> None:
    """Faults 16 and 170: exit 130, or 143 where the system ends it; what was written is shown, and the same goes on."""
    process = pushing(practice)
    wait_for(process, practice, count)
    process.send_signal(getattr(signal, number))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in out + err) == (status, False), err
    assert "run the same command again to go on" in err
    if count > 1:
        assert "It stopped after" in out
    finished(terminal, practice, reviewed)


def test_ctrl_c_while_the_program_is_loaded_leaves_no_traceback() -> None:
    """Fault 16: it takes a second to start on a slow computer, and people are impatient."""
    beforehand = (
        "import os, signal, sys; sys.addaudithook("
        "lambda event, what: os.kill(os.getpid(), signal.SIGINT)"
        " if (event, what[0]) == ('import', 'addin.program') else None); import tieout; tieout.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", beforehand], env={**os.environ, "PYTHONPATH": ROOT}, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (130, b"")


def test_a_computer_that_sleeps_in_a_push_goes_on(terminal: Terminal, practice: Practice, reviewed: set[str]) -> None:
    """Fault 16: stopped and woken, the push ends as if nothing had been."""
    process = pushing(practice)
    wait_for(process, practice, 5)
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    finished(terminal, practice, reviewed)


def test_ctrl_c_while_waiting_for_a_busy_site_ends_at_once() -> None:
    """Fault 7: the wait that Manage asks for is an ordinary sleep, which Ctrl-C ends."""
    code = "from sync.system.this_computer import SystemClock; print('on', flush=True); SystemClock().sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT
