"""The machine around the ledger: other processes, other users, full disks, and death at the wrong moment."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync.core.values.errors import Refused, SetupError
from sync.core.values.posting import Outcome
from sync.ledger import chain_file
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger, open_read_only
from tests.ledger.samples import COMPANY, end, ended, intent, posted, row, run

NOBODY = 65534
ENOUGH = 3
"""Kills in the middle of a write that prove the point."""
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user"
)
with_limits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that works with the ledger."""
    prelude = "import sys; from pathlib import Path; from sync.ledger.sqlite_ledger import open_ledger\n"
    prelude += "from tests.ledger.samples import *\n"
    prelude += "import logging; logging.disable(logging.WARNING)\n"  # long waits belong in a log, and there is none
    return subprocess.Popen(
        [sys.executable, "-c", prelude + code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def said(process: subprocess.Popen[str]) -> str:
    """What it wrote, once it ended well."""
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    return out


def in_child(work: Callable[[], str]) -> str:
    """What a fork of this process answers; its rights, limits and death are its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - the fork is not measured
        try:
            os.write(writing, work().encode())
        except BaseException as error:  # noqa: BLE001 - everything is told to the parent
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer


def test_two_processes_at_once_make_one_chain(folder: Path) -> None:
    """Each from its own first opening on; every row of both is there, and the chain is whole."""
    code = """
with open_ledger(Path(sys.argv[1])) as ledger:
    for number in range(40):
        ledger.begin(run(number, id=f"{sys.argv[2]}{number}"), [row("1"), row("2")])
        ledger.intend(intent(f"{sys.argv[2]}{number}", "1"))
"""
    for process in [python(code, folder, name) for name in "AB"]:
        said(process)
    with open_ledger(folder) as ledger:
        assert ledger.verify().rows == 2 * 40 * 4
        ids = [summary.run.id for summary in ledger.history()]
        assert sorted(f"{name}{number}" for name in "AB" for number in range(40)) == sorted(ids)


def test_two_openings_in_one_process_see_each_other(folder: Path) -> None:
    """An append continues the chain as it is, not as it was at opening."""
    with open_ledger(folder) as one, open_ledger(folder) as two:
        one.begin(run(0), [row("1")])
        two.intend(intent("R0", "1"))
        one.conclude(posted("R0", "1"))
        assert two.head() == one.verify()
        assert two.postings("R0") == one.postings("R0") != {}


def test_a_ledger_held_by_another_program_is_said_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At opening, at reading and at writing: wait and try again; nothing was added."""
    monkeypatch.setattr(chain_file, "BUSY_SECONDS", 0.05)
    with open_ledger(folder) as ledger, closing(sqlite3.connect(folder / "ledger.db")) as other:
        assert ledger._file._connection.execute("PRAGMA busy_timeout").fetchone() == (50,)
        before = ledger.head()
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refused, match="ledger-in-use"):
            open_ledger(folder)
        with pytest.raises(Refused, match="ledger-in-use"):
            ledger.head()
        with pytest.raises(Refused, match="ledger-in-use"):
            ledger.intend(intent("R0", "1"))
        other.rollback()
        assert before == ledger.verify()


def test_a_lock_that_ends_in_time_is_waited_for(folder: Path) -> None:
    """A backup that holds the file for a moment disturbs nobody."""
    code = """
import sqlite3, time
connection = sqlite3.connect(Path(sys.argv[1]) / "ledger.db")
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(0.5)
connection.rollback()
connection.close()
"""
    with open_ledger(folder) as ledger:
        holder = python(code, folder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        ledger.begin(run(0), [])
        said(holder)
        assert ledger.verify().rows == 1


@pytest.fixture
def foreign() -> Iterator[Path]:
    """A folder that another user can look into and not write to. Those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def opened_by_nobody(folder: Path) -> str:
    """What opening says to a user without rights."""

    def work() -> str:
        os.seteuid(NOBODY)
        open_ledger(folder).close()
        return "opened"

    return in_child(work)


@as_root
@pytest.mark.parametrize("name", ["", "state"])
def test_a_folder_without_rights_is_said_at_opening(foreign: Path, name: str) -> None:
    """At the first use, whether the folder is there or would have to be made."""
    folder = foreign / name
    assert opened_by_nobody(folder).startswith(f"SetupError: ledger-folder-unusable(folder={folder}, ")


@as_root
def test_a_read_only_ledger_is_said_at_opening(foreign: Path) -> None:
    """Before anything is read from Sage, not when the first row is to be written."""
    with open_ledger(foreign) as ledger:
        ledger.begin(run(0), [])
    answer = opened_by_nobody(foreign)
    assert answer.startswith(f"SetupError: ledger-folder-unusable(folder={foreign}, why=cause-read-only)")


@as_root
def test_a_folder_in_which_nothing_may_be_made_is_said_at_opening(foreign: Path) -> None:
    """The file itself may be written, but neither SQLite's journal nor the head could be made beside it."""
    with open_ledger(foreign) as ledger:
        ledger.begin(run(0), [])
    os.chown(foreign / "ledger.db", NOBODY, NOBODY)
    assert opened_by_nobody(foreign).startswith(f"SetupError: ledger-folder-unusable(folder={foreign}, ")


@with_limits
def test_a_disk_that_is_full_adds_nothing(folder: Path) -> None:
    """No intent without its commit; what was there is intact, and room lets it go on."""
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [row("1")])
        head = ledger.head()

    def work() -> str:
        import resource  # noqa: PLC0415 - not on Windows

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with open_ledger(folder) as ledger:
            size = (folder / "ledger.db").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            for number in range(1000):
                ledger.decide("R0", [])
                ledger.begin(run(number + 1), [row(str(key)) for key in range(100)])
        return "written"

    assert in_child(work).startswith(f"SetupError: ledger-folder-unusable(folder={folder}, ")
    with open_ledger(folder) as ledger:
        assert head == ledger.verify()
        ledger.intend(intent("R0", "1"))


def test_a_ledger_that_may_not_grow_adds_nothing(ledger: SqliteLedger) -> None:
    """SQLite's own words for a full disk are told as such; the transaction is gone as a whole."""
    ledger.begin(run(0), [row("1")])
    head = ledger.head()
    connection = ledger._file._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(SetupError, match="cause-disk-full"):
        ledger.begin(run(1), [row(str(key)) for key in range(100)])
    assert head == ledger.verify()
    assert ledger.run("R1") is None


def test_a_head_that_cannot_be_written_does_not_undo_a_push(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed is done; the next opening insists on the head, and then keeps it."""

    def busy(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [row("1")])
        kept = (folder / "ledger.head").read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", busy)
            ledger.finish(end("R0"))
            ledger.close()
    assert kept == (folder / "ledger.head").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", busy)
        with pytest.raises(SetupError, match="cause-forbidden"):
            open_ledger(folder)
    with open_ledger(folder) as ledger:
        assert ledger.history()[0].end == end("R0")
    assert kept != (folder / "ledger.head").read_bytes()


def test_killed_while_a_run_is_recorded_leaves_nothing_of_it(folder: Path) -> None:
    """A run and its rows are there whole or not at all, whenever the process dies."""
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [row("1")])
    code = """
rows = [row(str(key)) for key in range(2000)]
with open_ledger(Path(sys.argv[1])) as ledger:
    print("open", flush=True)
    for number in range(1, 1000):
        ledger.begin(run(number), rows)
"""
    cut_short = 0
    for attempt in range(40):
        process = python(code, folder)
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(0.03 + 0.01 * attempt)
        while attempt and not (folder / "ledger.db-journal").exists() and process.poll() is None:
            pass  # a busy machine: wait until it is in the middle of a write
        process.kill()
        process.communicate()
        cut_short += (folder / "ledger.db-journal").exists()
        with open_ledger(folder) as ledger:
            ledger.verify()
            assert {1, 2000} >= {len(ledger.reviewed(summary.run.id)) for summary in ledger.history()}
        if cut_short >= ENOUGH:
            return
    pytest.fail(f"only {cut_short} of 40 kills came in the middle of a write")


@with_limits
def test_killed_at_the_first_use_leaves_a_first_use(folder: Path) -> None:
    """A half-made file with its journal is rolled back, and the ledger is made."""
    folder.mkdir()

    def work() -> str:
        connection = sqlite3.connect(folder / "ledger.db", isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, body)")
        for _ in range(500):
            connection.execute("INSERT INTO entry (body) VALUES (zeroblob(3000))")
        os.kill(os.getpid(), signal.SIGKILL)
        return "alive"

    assert in_child(work) == ""
    assert (folder / "ledger.db-journal").exists()
    assert (folder / "ledger.db").stat().st_size > 0
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [])
        assert ledger.verify().rows == 1


def beside(folder: Path) -> list[str]:
    """The files of a ledger."""
    return sorted(path.name for path in folder.iterdir())


@with_limits
def test_killed_in_a_push_keeps_every_intent(folder: Path) -> None:
    """What was committed one by one is there for whoever looks, and the next opening keeps it in one file again."""

    def work() -> str:
        ledger = open_ledger(folder)
        ledger.begin(run(0), [row("1"), row("2")])
        ledger.intend(intent("R0", "1"))
        ledger.conclude(posted("R0", "1"))
        ledger.intend(intent("R0", "2"))
        os.kill(os.getpid(), signal.SIGKILL)
        return "alive"

    assert in_child(work) == ""
    assert "ledger.db-wal" in beside(folder)
    looking = open_read_only(folder)
    assert looking is not None
    with looking:
        assert [each.key for each in looking.in_doubt(COMPANY)] == ["2"]
        assert looking.verify().rows == 7
    with open_ledger(folder) as ledger:
        assert [each.key for each in ledger.in_doubt(COMPANY)] == ["2"]
        assert ledger.verify().rows == 7
        assert beside(folder) == ["ledger.db", "ledger.head"]


def test_a_push_ends_with_one_file(folder: Path) -> None:
    """While it writes row by row there is a log beside the ledger; its end, or closing, puts all into one file."""
    for ends in (True, False):
        with open_ledger(folder) as ledger:
            ledger.begin(run(int(ends)), [row("1")])
            ledger.intend(intent(f"R{int(ends)}", "1"))
            assert "ledger.db-wal" in beside(folder)
            ledger.conclude(posted(f"R{int(ends)}", "1"))
            if ends:
                ledger.finish(end(f"R{int(ends)}"))
                assert beside(folder) == ["ledger.db", "ledger.head"]
        assert beside(folder) == ["ledger.db", "ledger.head"]


def test_every_commit_of_a_push_is_waited_for(folder: Path) -> None:
    """By the log's own rules: the whole of it is on the disk before a commit returns."""
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [row("1")])
        ledger.intend(intent("R0", "1"))
        connection = ledger._file._connection
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]


def test_ctrl_c_while_a_run_is_recorded_leaves_nothing_of_it(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is taken back, and the ledger works on."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    ledger.begin(run(0), [row("1")])
    head = ledger.head()
    with monkeypatch.context() as patch:
        patch.setattr(chain_file, "chained", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ledger.begin(run(1), [row("1")])
    assert head == ledger.verify()
    ledger.conclude(ended("R0", "1", Outcome.REFUSED))
    assert ledger.in_doubt(COMPANY) == []
