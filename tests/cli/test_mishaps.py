"""What happens to people: typing errors in options, full disks, closed pipes, files in the way. Nothing is lost."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sync.cli.output import write_json
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.posting import Reply
from sync.core.values.records import Write
from sync.language.catalogues import ENGLISH
from sync.ledger.sqlite_ledger import SqliteLedger
from sync.manage.client import ManageClient
from sync.practice.world import SETTINGS, Practice
from sync.system.log import LOG
from tests.cli.test_words import SETTINGS as REAL
from tests.cli.world import Terminal

MONTH = ("sync", "--since", "past-month")


@pytest.mark.parametrize("out", ["missing/q.xlsx", "q.txt", "q"])
def test_a_sync_that_cannot_write_its_file_replaces_nothing(terminal: Terminal, practice: Practice, out: str) -> None:
    """The workbook of the sync before it can still be pushed."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    assert terminal.at(practice, *MONTH, "--out", out).status == 2
    assert terminal.at(practice, "push", "p.xlsx").status == 0


@pytest.mark.parametrize("command", ["sync", "watch"])
def test_ended_by_the_system_it_says_a_sentence(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """As after Ctrl-C, with the status that scripts know; the lock is free, and the next one runs."""

    def ends(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    words = [*MONTH] if command == "sync" else ["watch", "--dir", str(terminal.folder)]
    with monkeypatch.context() as patch:
        patch.setattr("sync.usecases.find_rows.read_and_propose", ends)
        answer = terminal.at(practice, *words)
    assert (answer.status, answer.err.startswith("Interrupted. Nothing is lost")) == (143, True)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert terminal.at(practice, *words).status == 0


@pytest.mark.parametrize("out", ["missing/q.xlsx", "q.txt", "q.xlsx", "/proc/q.xlsx"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_read(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    """Reading takes its time: no folder, another kind, open in Excel, a folder that takes no files."""
    (terminal.folder / "~$q.xlsx").write_bytes(b"")
    monkeypatch.setattr("sync.cli.run_commands.open_all", None)
    answer = terminal.at(practice, *MONTH, "--out", out)
    assert (answer.status, out in answer.err or "no folder" in answer.err) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a file that is always full")
def test_json_on_a_full_disk_hides_nothing_of_what_was_done(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told and the rows are shown; where rows are not as approved, that is what the exit status says."""
    answer = terminal.at(practice, *MONTH, "--out", "p.xlsx", "--json", "/dev/full")
    assert (answer.status, "What was done is on record, but /dev/full" in answer.err) == (2, True)
    assert "p.xlsx" in answer.out
    for status, expected in ((1, 1), (0, 2)):
        monkeypatch.setattr("sync.cli.run_commands.status", lambda _, found=status: found)
        answer = terminal.at(practice, "push", "p.xlsx", "--json", "/dev/full")
        assert (answer.status, "What was done is on record, but /dev/full" in answer.err) == (expected, True)


def test_json_that_nobody_takes_hides_nothing_either(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output may be a full disk too."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    monkeypatch.setattr("sync.cli.run_commands.status", lambda _: 1)

    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", Full())
        answer = terminal.at(practice, "push", "p.xlsx", "--json", "-")
        sys.stdout.close()  # what took its place
    assert (answer.status, "The output could not be written" in answer.err) == (1, True)


@pytest.mark.parametrize("day", ["1999-12-31", "2201-01-01", "31/03/2026"])
def test_a_day_that_is_refused_says_which_are_not(terminal: Terminal, day: str) -> None:
    """And how to type one."""
    answer = terminal.tieout("history", "--today", day)
    assert answer.status == 2
    assert "is not a date from 2000-01-01 to 2200-01-01. Type year, month and day, such as 2026-03-31." in answer.err


@pytest.mark.parametrize(
    "words",
    [
        [*MONTH, "--out", ""],
        [*MONTH, "--json", " "],
        ["push", ""],
        ["history", "--json", ""],
        ["history", "--state", ""],
        ["verify", "--backup", ""],
        ["watch", "--dir", ""],
        ["export", "R", "--dir", " "],
    ],
    ids=" ".join,
)
def test_a_file_or_folder_that_is_not_named_is_not_the_current_folder(terminal: Terminal, words: list[str]) -> None:
    """A script's variable that is not set: nothing is read there, nothing is written there."""
    answer = terminal.tieout(*words)
    assert (answer.status, "Nothing is named here" in answer.err) == (2, True)


def test_json_that_cannot_be_written_stops_a_push_before_its_first_write(
    terminal: Terminal, practice: Practice
) -> None:
    """Nothing was sent, so that the same push works once the place is right."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    answer = terminal.at(practice, "push", "p.xlsx", "--json", "missing/x.json")
    assert (answer.status, "Choose another place for --json" in answer.err) == (2, True)
    pushed = json.loads(terminal.at(practice, "push", "p.xlsx", "--json", "-").out)
    assert set(pushed["totals"]["outcomes"]) == {"posted"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file sizes")
def test_half_a_json_file_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script would take it for an answer."""
    import resource  # noqa: PLC0415 - Windows has none

    before, heard = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        monkeypatch.setattr("sync.cli.output.command_language", lambda: ENGLISH)
        assert write_json(str(tmp_path / "p.json"), ["x"] * 10_000) == SetupError.exit_status
        assert capsys.readouterr().err.startswith("What was done is on record, but ")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [[*MONTH, "--out", "p.xlsx"], ["push", "p.xlsx"]], ids=["sync", "push"])
def test_json_never_takes_the_workbook_s_place(terminal: Terminal, practice: Practice, command: list[str]) -> None:
    """The same name twice is refused."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    before = Path("p.xlsx").read_bytes()
    answer = terminal.at(practice, *command, "--json", "p.xlsx")
    assert (answer.status, "Give one of them another name" in answer.err) == (2, True)
    assert before == Path("p.xlsx").read_bytes()


def test_a_push_cut_short_by_a_full_disk_says_how_far_it_came(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is shown, the exit status is 1, and the next push does the rest and nothing twice."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    conclude, calls = SqliteLedger.conclude, iter(range(1000))

    def full(self: SqliteLedger, posting: object) -> None:
        if next(calls) == 5:
            raise SetupError(say("The disk is full."))
        conclude(self, posting)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(SqliteLedger, "conclude", full)
        answer = terminal.at(practice, "push", "p.xlsx")
    assert answer.status == 1
    assert re.search(r"It stopped after 5 of \d+ approved rows\.", answer.out)
    assert "The disk is full." in answer.out
    assert re.search(r"For invoice \S+ this could not be recorded in the ledger\.", answer.out)
    config = practice.place.config
    config.write_text(config.read_text(encoding="utf-8") + "quiet_minutes = 0\n", encoding="utf-8")
    again = json.loads(terminal.at(practice, "push", "p.xlsx", "--json", "-").out)["totals"]["outcomes"]
    assert again["already"] == 6
    assert set(again) == {"already", "posted"}


def test_the_sandbox_never_moves_in_with_real_settings(terminal: Terminal, tmp_path: Path) -> None:
    """The folder of real settings gets no practice files, and no command is printed that would sync with them."""
    real = tmp_path / "real" / "tieout.toml"
    real.parent.mkdir()
    real.write_text(REAL.format(books="b.db"), encoding="utf-8")
    answer = terminal.tieout("sandbox", "--config", str(real))
    assert (answer.status, "is not the settings file of a practice world" in answer.err) == (2, True)
    assert [path.name for path in real.parent.iterdir()] == ["tieout.toml"]


def test_history_and_verify_only_look(terminal: Terminal, practice: Practice, tmp_path: Path) -> None:
    """A backup is read as it is; a misspelt folder is named and not made."""
    terminal.at(practice, *MONTH, "--out", "p.xlsx")
    backup = tmp_path / "backup"
    shutil.copytree(practice.place.state, backup)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in backup.iterdir()}
    assert "reviewed" not in terminal.tieout("history", "--state", str(backup)).err
    assert "intact" in terminal.tieout("verify", "--state", str(backup)).out
    assert before == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in backup.iterdir()}
    answer = terminal.tieout("verify", "--state", "elsewhere")
    assert (answer.status, "There is no ledger in elsewhere." in answer.err) == (2, True)
    assert not Path("elsewhere").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[policy]\ntolerence = 1\n",
            "[policy] tolerence is not a setting that Tieout knows; [policy] takes paid_amount, tolerance",
        ),
        ("[policy]\nmax_amount = 5\n", "[policy] max_amount is a whole number; make it words in quotes."),
        ("[policy]\nmax_rows = 1.5\n", "is a number; make it a whole number."),
        ('[policy]\npaid_amount = "Settled"\n', "is 'Settled'; choose one of settled, cash."),
        ("[policy]\ncurrencies = {" + "9" * 5000 + ' = "CAD"}\n', "[policy] currencies has"),
        ("x = " + "[" * 5000 + "]" * 5000, "holds brackets within brackets"),
        ("[policy]\nmax_rows = -1\n", "[policy] max_rows is out of bounds; make it a whole number of 0 or more."),
        ("timeout = 0\n", "[manage] timeout is out of bounds; make it a number above 0."),
        ("requests_per_minute = 2000\n", "make it a whole number of 1000 or less."),
        ("[policy]\nmax_rows 5\n", "line 9 cannot be read beyond character 10;"),
        ('[policy]\ninvoice_prefix = "\n', "; a quotation mark or a bracket may be missing"),
        ("timeout = 3\ntimeout = 4", "a name stands twice in one of its sections"),
        ("[policy]\ncurrencies = [\n", "line 9 cannot be read; a quotation mark or a bracket may be missing"),
        ("[policy]\nmax_rows = " + "9" * 5000 + "\n", "line 9 cannot be read"),
        ('[policy]\ninvoice_prefix = "C:\\Users"\n', "line 9 holds a Windows path in double quotes"),
        ('[policy]\ninvoice_prefix = "C:\\temp\\new.db"\n', "[policy] invoice_prefix holds a tab, a line break"),
        ('private_key = "S3cret"\n', "[manage] private_key is a secret; none may stand in this file."),
        ('[manage.Password]\nx = "S3cret"\n', "[manage] Password is a secret"),
        ("", "[manage] client_id is missing."),
        ("\xff", "holds a letter that is not saved as UTF-8"),
    ],
)
def test_settings_are_corrected_by_what_is_said(terminal: Terminal, text: str, words: str) -> None:
    """The line is named, in words, with what to do."""
    whole = REAL.format(books="b.db") + text if text else "[sage]\n"
    Path("t.toml").write_bytes(whole.encode("latin-1"))
    answer = terminal.tieout(*MONTH, "--config", "t.toml")
    assert (answer.status, words in answer.err, "S3cret" in answer.err) == (2, True, False), answer.err


@pytest.mark.parametrize("site", ["https://user:S3cret@manage.example", "user:S3cret@manage.example"])
def test_a_login_in_an_address_is_shown_nowhere(terminal: Terminal, site: str) -> None:
    """Neither what is said nor the log holds it, be the address in the settings or on the command line."""
    Path("t.toml").write_text(REAL.format(books="b.db").replace("http://127.0.0.1:9", site), encoding="utf-8")
    said = terminal.tieout(*MONTH, "--config", "t.toml", "--state", "s").words
    said += terminal.tieout("setup", "--yes", "--site", site, "--config", "u.toml", "--state", "s").words
    assert "(hidden)@manage.example" in said
    assert "S3cret" not in said + Path("s", LOG).read_text("utf-8")


@pytest.mark.parametrize("command", [MONTH, ("setup", "--yes")])
def test_settings_in_another_encoding_are_called_that(terminal: Terminal, command: tuple[str, ...]) -> None:
    """By whatever reads them."""
    Path("t.toml").write_bytes(REAL.format(books="é.db").encode("latin-1"))
    answer = terminal.tieout(*command, "--config", "t.toml")
    assert (
        answer.status,
        "Line 3 of the settings file t.toml holds a letter that is not saved as UTF-8" in answer.err,
    ) == (2, True), answer.err


@pytest.mark.parametrize(
    "site", ["https://[::1", "https://exa mple.com", "https://example.com:99999", "https://a..example"]
)
def test_a_site_that_is_none_is_said(terminal: Terminal, site: str) -> None:
    """Whatever was typed."""
    Path("t.toml").write_text(REAL.format(books="b.db").replace("http://127.0.0.1:9", site), encoding="utf-8")
    answer = terminal.tieout(*MONTH, "--config", "t.toml")
    assert (answer.status, "Write it like https://" in answer.err) == (2, True), answer.err


def test_a_byte_order_mark_is_no_mistake(terminal: Terminal) -> None:
    """Some Windows editors write one."""
    Path("t.toml").write_text("\ufeff" + REAL.format(books="b.db"), encoding="utf-8")
    assert "t.toml" not in terminal.tieout(*MONTH, "--config", "t.toml").err


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_rehearsal_is_held_in_our_time(terminal: Terminal, day: str) -> None:
    """Days that no window can be worked out from are refused as they are typed."""
    assert terminal.tieout(*MONTH, "--today", day).status == 2


def test_output_that_nobody_reads_is_no_defect(terminal: Terminal, practice: Practice) -> None:
    """A full device instead of a terminal: one sentence, no traceback, no request to report anything."""
    place = practice.place
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sync", *MONTH, "--config", str(place.config), "--state", str(place.state)],
            cwd=terminal.folder,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, "The output could not be written" in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_beside_a_folder_named_like_its_settings_is_refused(terminal: Terminal) -> None:
    """A folder where a file should be."""
    (Path("d") / SETTINGS).mkdir(parents=True)
    answer = terminal.tieout("demo", "--dir", "d")
    assert (answer.status, "Choose an empty one" in answer.err) == (2, True)


@pytest.mark.parametrize("as_json", [True, False])
def test_an_interrupted_push_names_the_row_whose_request_was_out(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch, *, as_json: bool
) -> None:
    """Ctrl-C after Manage has taken the third request: exit 130, row and amount are told, in the history too."""
    review = json.loads(terminal.at(practice, *MONTH, "--out", "p.xlsx", "--json", "-").out)
    approved = {row["invoice"]: row["paid_proposed"] for row in review["rows"] if row["approve"]}
    write, sent = ManageClient.write, list[int]()

    def cut(self: ManageClient, wanted: Write) -> Reply:
        reply = write(self, wanted)
        sent.append(wanted.invoice_id)
        if len(sent) == 3:
            raise KeyboardInterrupt
        return reply

    with monkeypatch.context() as patch:
        patch.setattr(ManageClient, "write", cut)
        answer = terminal.at(practice, "push", "p.xlsx", *(["--json", "-"] if as_json else []))
    assert answer.status == 130
    words = re.compile(r"Invoice (\S+) was being written when this was cut short: Manage may now show ([0-9.,]+) paid")
    (found,) = words.findall(answer.err if as_json else answer.out)
    assert approved[found[0]] == found[1].replace(",", "")
    history = terminal.at(practice, "history").out
    assert f"Run {review['run']}, invoice {found[0]}: whether Manage now shows {found[1]} paid" in history
    if as_json:
        postings = json.loads(answer.out)["postings"]
        assert [posting["outcome"] for posting in postings] == ["posted", "posted", "unknown"]
        assert postings[-1]["invoice"] == found[0]
