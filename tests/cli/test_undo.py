"""`tieout undo RUN` from the command line."""

from __future__ import annotations

import json

import pytest

from sync.practice import Practice
from tests.cli.world import Terminal

MONTH = ("sync", "--since", "past-month", "--out", "p.xlsx", "--json", "-")


def test_a_push_is_taken_back_and_its_rows_come_again(terminal: Terminal, practice: Practice) -> None:
    """Every posted row is posted back; the next sync proposes them all anew; history nets to nothing."""
    review = json.loads(terminal.at(practice, *MONTH).out)
    before = {row["key"]: row["paid_before"] for row in review["rows"]}
    terminal.at(practice, "push", "p.xlsx")
    answer = terminal.at(practice, "undo", review["run"], "--yes", "--json", "-")
    undone = json.loads(answer.out)
    assert answer.status == 0
    assert set(undone["totals"]["outcomes"]) == {"posted"}
    assert {p["key"]: p["paid_after"] for p in undone["postings"]} == {
        p["key"]: before[p["key"]] for p in undone["postings"]
    }
    again = json.loads(terminal.at(practice, *MONTH).out)
    assert {p["key"] for p in undone["postings"]} == {row["key"] for row in again["rows"] if row["approve"]}
    (_, first) = json.loads(terminal.at(practice, "history", "--json", "-").out)
    assert set(first["posted"].values()) == {"0.00"}


def test_without_a_yes_nothing_is_taken_back(terminal: Terminal, practice: Practice) -> None:
    """Exit 4, and the push stands."""
    review = json.loads(terminal.at(practice, *MONTH).out)
    terminal.at(practice, "push", "p.xlsx")
    answer = terminal.at(practice, "undo", review["run"])
    assert (answer.status, "payment record(s) would be deleted" in answer.words) == (4, True)
    again = json.loads(terminal.at(practice, *MONTH).out)
    assert sum(1 for row in again["rows"] if row["approve"]) == 0


@pytest.mark.parametrize(
    ("lang", "push", "undo", "confirm"),
    [
        ("en", "A push can be undone with tieout undo ", "An undo cannot be undone; ", "This has to be confirmed; "),
        (
            "fr",
            "Un envoi peut être annulé avec tieout undo ",
            "Une annulation ne peut être annulée; ",
            "Une confirmation ",
        ),
    ],
)
def test_what_can_be_undone_is_said_before_it_is_done(
    terminal: Terminal, practice: Practice, lang: str, push: str, undo: str, confirm: str
) -> None:
    """Before anything is asked or written: a push can, the undo of one cannot."""
    run = json.loads(terminal.at(practice, *MONTH, "--lang", lang).out)["run"]
    pushed = terminal.at(practice, "push", "p.xlsx", "--lang", lang).out.splitlines()
    assert pushed[0].startswith(f"{push}{run} ")
    refused = terminal.at(practice, "undo", run, "--lang", lang).out.splitlines()
    assert (refused[0].startswith(undo), refused[1].startswith(confirm)) == (True, True)
    undone = terminal.at(practice, "undo", run, "--yes", "--lang", lang).out.splitlines()
    assert undone[0] == refused[0]


def test_an_unknown_run_is_status_4(terminal: Terminal, practice: Practice) -> None:
    """Named, with what it means."""
    answer = terminal.at(practice, "undo", "20260101-000000-0000", "--yes")
    assert (answer.status, "is not in the ledger" in answer.err) == (4, True)
