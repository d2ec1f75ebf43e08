"""A push that takes two people, met by one with other variables or without the line in the settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.practice.world import Practice
from tests.cli.world import TODAY, Terminal

MONTH = ("sync", "--since", "past-month", "--out", "p.xlsx")
RULE = 'second_person_above = "1.00"'


def limited(practice: Practice) -> None:
    """Above a dollar it takes two."""
    config = practice.place.config
    config.write_text(config.read_text("utf-8").replace("[policy]", f"[policy]\n{RULE}"), "utf-8")
    assert RULE in config.read_text("utf-8")


@pytest.mark.parametrize("name", ["LOGNAME", "USER", "USERNAME"])
def test_a_variable_is_no_second_person(terminal: Terminal, practice: Practice, name: str) -> None:
    """The same user with another name in the environment is refused, by the name of the logon."""
    limited(practice)
    assert "Whoever ran this sync may not push more than 1.00" in terminal.at(practice, *MONTH).out
    place = practice.place
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sync", "push", "p.xlsx", "--yes", "--today", TODAY.isoformat()),
            *("--config", str(place.config), "--state", str(place.state)),
        ],
        cwd=terminal.folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), name: "the.controller"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "prepared this run" in done.stderr, "the.controller" in done.stderr) == (4, True, False), (
        done.stderr
    )
    assert "whoever administers this computer can log on as somebody else" in done.stderr


def test_a_line_that_is_taken_out_of_the_settings_frees_nobody(terminal: Terminal, practice: Practice) -> None:
    """The limit is recorded with the run; the pack says it too."""
    limited(practice)
    terminal.at(practice, *MONTH, "--json", "-")
    config = practice.place.config
    config.write_text(config.read_text("utf-8").replace(RULE, ""), "utf-8")
    answer = terminal.at(practice, "push", "p.xlsx", "--yes")
    assert (answer.status, "more than the 1.00 that one person may push alone" in answer.err) == (4, True)
    run = terminal.at(practice, "history").out.splitlines()[-1].split()[0]
    assert terminal.at(practice, "export", run, "--dir", "packs", "--format", "csv").status == 0
    papers = [path.read_text("utf-8-sig") for path in Path("packs").rglob("*.csv")]
    assert any("whoever administers this computer can log on as somebody else" in paper for paper in papers)
