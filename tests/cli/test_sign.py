"""`tieout sign`: from the ledger alone, as preparer or reviewer; what lapsed is said by the next export."""

from __future__ import annotations

import json
from pathlib import Path

from sync.practice.world import Practice
from tests.cli.world import Terminal

SYNC = ("sync", "--since", "past-month", "--out", "a.xlsx", "--json", "-")


def test_a_run_is_signed_and_an_undo_lets_that_lapse(terminal: Terminal, practice: Practice, tmp_path: Path) -> None:
    """Once in each role; the command says when both are one person's."""
    run = json.loads(terminal.at(practice, *SYNC).out)["run"]
    assert terminal.at(practice, "push", "a.xlsx", "--yes").status == 0
    one = terminal.at(practice, "sign", run, "--note", "Month end")
    assert (one.status, one.out.count("It stands"), "Prepared by" in one.out) == (0, 1, True)
    both = terminal.at(practice, "sign", run, "--as", "reviewer")
    assert (both.out.count("It stands"), "One person signed in both roles" in both.out) == (2, True)
    pack = ("export", run, "--format", "csv", "--dir", str(tmp_path))
    assert "Lapsed" not in terminal.at(practice, *pack).words
    assert terminal.at(practice, "undo", run, "--yes").status == 0
    assert terminal.at(practice, *pack).err.count("Lapsed") == 2
    assert terminal.at(practice, "verify").status == 0


def test_what_cannot_be_signed_is_refused(terminal: Terminal, practice: Practice, tmp_path: Path) -> None:
    """Another role, a run that nobody knows, and a place without a ledger, in which none is made."""
    assert terminal.at(practice, *SYNC).status == 0
    assert terminal.at(practice, "sign", "20260410-000000-ffff").status == 4
    assert terminal.at(practice, "sign", "x", "--as", "owner").status == 2
    empty = tmp_path / "empty"
    assert terminal.tieout("sign", "20260410-000000-ffff", "--state", str(empty)).status == 2
    assert not list(empty.glob("ledger*"))
