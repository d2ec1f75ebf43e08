"""`tieout watch`: one line, one file, and the exit status of a sync."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sync.practice.world import Practice
from tests.cli.world import TODAY, Terminal
from tests.workbook.edited import edited


@pytest.fixture(autouse=True)
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of exports."""
    monkeypatch.setenv("TIEOUT_EXPORTS", str(tmp_path / "exports"))
    return tmp_path / "exports"


def test_a_watch_leaves_a_reconciliation_and_a_line(terminal: Terminal, practice: Practice, exports: Path) -> None:
    """What is printed is what is kept; the next watch makes a fresh one, until somebody has touched the file."""
    answer = terminal.at(practice, "watch")
    kept = (exports / "notice.txt").read_text("utf-8")
    assert (answer.status, answer.out, kept.count("\n")) == (0, kept, 1)
    assert " ready, " in kept
    (first,) = exports.glob("*.xlsx")
    assert "is still to be pushed" not in terminal.at(practice, "watch").out
    (made,) = set(exports.glob("*.xlsx")) - {first}
    with edited(made) as book:
        book.cell(0, "Note").value = "Ask Luc"
    again = terminal.at(practice, "watch")
    assert (again.status, "is still to be pushed and was left as it was" in again.out) == (0, True)
    assert "Changed rows since then: 0; new ones: 0." in again.out
    assert set(exports.glob("*.xlsx")) == {first, made}
    assert terminal.at(practice, "push", str(made), "--yes").status in {0, 1}
    assert "is still to be pushed" not in terminal.at(practice, "watch").out


def test_a_file_that_somebody_has_open_is_left_alone(terminal: Terminal, practice: Practice, exports: Path) -> None:
    """As Excel marks it beside the file."""
    assert terminal.at(practice, "watch").status == 0
    (made,) = exports.glob("*.xlsx")
    made.with_name(f"~${made.name}").write_bytes(b"\x04Anne" + bytes(50))
    assert "was left as it was" in terminal.at(practice, "watch").out
    assert list(exports.glob("AR*.xlsx")) == [made]


def test_what_went_wrong_is_kept_as_well(terminal: Terminal, practice: Practice, exports: Path) -> None:
    """A notice of yesterday must not pass for today's; the exit status is that of sync."""
    assert terminal.at(practice, "watch").status == 0
    config = terminal.folder / "down.toml"
    text = practice.place.config.read_text("utf-8").replace(practice.url.rstrip("/"), "http://127.0.0.1:9")
    config.write_text(text.replace('"sample.db"', f'"{practice.folder / "sample.db"}"'), "utf-8")
    answer = terminal.tieout("watch", "--config", str(config), "--state", "elsewhere", "--today", TODAY.isoformat())
    kept = (exports / "notice.txt").read_text("utf-8")
    assert (answer.status, "cannot be reached" in kept, kept.count("\n")) == (3, True, 1)


def test_each_profile_has_a_notice_of_its_own(terminal: Terminal, practice: Practice, exports: Path) -> None:
    """In a folder of its name."""
    assert terminal.at(practice, "watch", "--profile", "north").status == 0
    assert sorted(path.name for path in exports.iterdir()) == ["north"]
    assert (exports / "north" / "notice.txt").exists()


def test_a_folder_that_cannot_be_made_is_told(terminal: Terminal, practice: Practice) -> None:
    """Exit 2, in words."""
    (terminal.folder / "taken").write_text("", "utf-8")
    answer = terminal.at(practice, "watch", "--dir", "taken/below")
    assert (answer.status, "cannot be made" in answer.err) == (2, True)


def test_it_runs_where_nobody_looks(terminal: Terminal, practice: Practice, exports: Path) -> None:
    """Under pythonw there are no streams at all: the notice is left all the same."""
    arguments = ["watch", "--config", str(practice.place.config), "--state", str(practice.place.state)]
    program = (
        "import sys\nsys.stdout = sys.stderr = sys.stdin = None\n"
        "from addin.program import outfit\nfrom sync.cli.main import run\n"
        f"raise SystemExit(run({[*arguments, '--today', TODAY.isoformat()]!r}, outfit()))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=False, capture_output=True)
    assert (done.returncode, done.stdout, terminal.folder.exists()) == (0, b"", True)
    assert " ready, " in (exports / "notice.txt").read_text("utf-8")


@pytest.mark.parametrize("down", [False, True])
def test_where_nobody_looks_windows_is_asked_to_tell(
    down: bool,  # noqa: FBT001 - a parameter of pytest
    terminal: Terminal,
    practice: Practice,
    exports: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line of the notice, what went wrong too; never on a terminal, which says it itself."""
    told = list[str]()
    monkeypatch.setattr("sync.cli.run_commands.notify", told.append)
    assert terminal.at(practice, "watch").status == 0
    assert told == []
    if down:
        practice.place.config.write_text(
            practice.place.config.read_text("utf-8").replace(practice.url.rstrip("/"), "http://127.0.0.1:9"), "utf-8"
        )
    with monkeypatch.context() as nowhere:
        nowhere.setattr(sys, "stdout", None)
        status = terminal.at(practice, "watch").status
    assert (status, [f"{line}\n" for line in told]) == (3 if down else 0, [(exports / "notice.txt").read_text("utf-8")])
