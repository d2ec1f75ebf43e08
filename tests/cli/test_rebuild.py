"""A ledger that is lost, and one that is backed up."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.workbook.edited import edited

MONTH = ("sync", "--since", "past-month", "--out", "p.xlsx", "--json", "-")


def test_a_lost_ledger_is_rebuilt_and_nothing_is_pushed_twice(terminal: Terminal, practice: Practice) -> None:
    """Refused until it is rebuilt; then what was pushed is in agreement."""
    terminal.at(practice, *MONTH)
    terminal.at(practice, "push", "p.xlsx")
    state = practice.place.state
    (state / "ledger.db").unlink()
    assert terminal.at(practice, *MONTH).status == 4
    answer = terminal.at(practice, "rebuild")
    assert answer.status == 0
    assert "Rebuilding. The ledger" in answer.out
    assert [path.name.partition("-")[0] for path in state.glob("*.lost-*")] == ["ledger.head.lost"]
    refused = terminal.at(practice, *MONTH)
    assert (refused.status, "p.xlsx" in refused.err) == (2, True), "the new ledger knows nothing of that file's run"
    Path("p.xlsx").unlink()
    answer = terminal.at(practice, *MONTH)
    assert "older one that was put back" not in answer.words, "its head came with it to the second place"
    review = json.loads(answer.out)
    assert sum(1 for row in review["rows"] if row["approve"]) == 0
    assert terminal.at(practice, "verify").status == 0


def test_a_second_rebuild_leaves_what_the_first_set_aside(terminal: Terminal, practice: Practice) -> None:
    """Under the name it was given then, which tells when it was lost."""
    state = practice.place.state
    set_aside = []
    for _ in range(2):
        terminal.at(practice, *MONTH)
        (state / "ledger.db").unlink()
        assert terminal.at(practice, "rebuild").status == 0
        set_aside.append({path.name for path in state.glob("*.lost-*")})
        Path("p.xlsx").unlink()
    assert set_aside[0] <= set_aside[1]
    assert [name.count(".lost-") for name in set_aside[1]] == [1] * len(set_aside[1])


def test_an_intact_ledger_is_not_rebuilt(terminal: Terminal, practice: Practice) -> None:
    """Its history is worth keeping."""
    terminal.at(practice, *MONTH)
    answer = terminal.at(practice, "rebuild")
    assert (answer.status, "nothing to rebuild" in answer.err) == (4, True)


def test_a_backup_can_take_the_ledger_s_place(terminal: Terminal, practice: Practice) -> None:
    """It verifies by itself, and the run it knows can be pushed from it; an earlier backup is never overwritten."""
    terminal.at(practice, *MONTH)
    assert "A copy is in backup." in terminal.at(practice, "verify", "--backup", "backup").out
    assert terminal.at(practice, "verify", "--backup", "backup").status == 4
    shutil.rmtree(practice.place.state)
    shutil.copytree("backup", practice.place.state)
    assert terminal.at(practice, "push", "p.xlsx").status == 0
    assert terminal.at(practice, "verify").status == 0


def rebuilt(terminal: Terminal, practice: Practice) -> str:
    """Rebuild a ledger in whose last run a row was held, and return what was said."""
    state = practice.place.state
    with closing(sqlite3.connect(state / "ledger.db")) as file:
        for trigger in ("entry_stays", "entry_remains"):
            file.execute(f"DROP TRIGGER {trigger}")
        file.execute("UPDATE entry SET body = replace(body, '2026', '2025') WHERE kind = 'end'")
        file.commit()
    assert terminal.at(practice, *MONTH).status == 4
    answer = terminal.at(practice, "rebuild")
    assert answer.status == 0
    return answer.words


def test_a_no_outlives_a_ledger_that_is_damaged_elsewhere(terminal: Terminal, practice: Practice) -> None:
    """The rows that are whole are taken over, the others counted; the next review says that some may be missing."""
    terminal.at(practice, *MONTH)
    with edited(Path("p.xlsx")) as book:
        number = next(n for n in range(len(book.keys())) if book.cell(n, "Status").value == "Ready")
        key = book.cell(number, "Key").value
        book.cell(number, "Approve").value, book.cell(number, "Note").value = "No", "Ask Zoé"
    assert terminal.at(practice, *MONTH).status == 0
    words = rebuilt(terminal, practice)
    assert "Taken over from the old ledger: 1 hold(s), 0 accepted match(es), 1 note(s)." in words
    assert "missing, or not as they were written: 2." in words
    assert "Not every hold and accepted match of before" in words
    Path("p.xlsx").unlink()
    answer = terminal.at(practice, *MONTH)
    (row,) = (row for row in json.loads(answer.out)["rows"] if row["key"] == key)
    assert (row["approve"], "Note: Ask Zoé" in row["reason"]) == (False, True)
    assert "Not every hold and accepted match of before" in answer.words


def test_a_ledger_that_cannot_be_read_at_all_is_not_one_without_holds(terminal: Terminal, practice: Practice) -> None:
    """Nothing is taken over, and that is said: on the screen, in the next review, and before its push."""
    terminal.at(practice, *MONTH)
    (practice.place.state / "ledger.db").write_bytes(b"Not a ledger.")
    words = terminal.at(practice, "rebuild").words
    assert ("Taken over" in words, "Not every hold and accepted match of before" in words) == (False, True)
    Path("p.xlsx").unlink()
    assert "set No again where it said No" in terminal.at(practice, *MONTH).words
