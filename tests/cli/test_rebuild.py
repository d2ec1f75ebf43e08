"""A ledger that is lost, and one that is backed up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sync.practice.world import Practice
from tests.cli.world import Terminal

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
