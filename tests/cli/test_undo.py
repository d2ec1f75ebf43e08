"""`tieout undo RUN` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.workbook.edited import edited

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
    asked = [line for line in refused if line.startswith(confirm)]
    assert (refused[0].startswith(undo), len(asked)) == (True, 1)
    undone = terminal.at(practice, "undo", run, "--yes", "--lang", lang).out.splitlines()
    assert undone[0] == refused[0]


def test_an_unknown_run_is_status_4(terminal: Terminal, practice: Practice) -> None:
    """Named, with what it means."""
    answer = terminal.at(practice, "undo", "20260101-000000-0000", "--yes")
    assert (answer.status, "is not in the ledger" in answer.err) == (4, True)


def test_no_undo_is_offered_of_a_push_that_writes_nothing(terminal: Terminal, practice: Practice) -> None:
    """Nothing is approved, so there is nothing that could be taken back."""
    terminal.at(practice, *MONTH)
    with edited(Path("p.xlsx")) as opened:
        for number in range(len(opened.keys())):
            opened.cell(number, "Approve").value = "No"
    assert "can be undone" not in terminal.at(practice, "push", "p.xlsx").out


def test_a_deleted_record_that_comes_back_says_what_is_not_as_it_was(terminal: Terminal, practice: Practice) -> None:
    """On the terminal and in the JSON; the row is posted, for amount and date are."""
    review = json.loads(terminal.at(practice, *MONTH).out)
    rows = [row for row in review["rows"] if row["status"] == "reopened" and row["paid_proposed"] == "0.00"]
    with edited(Path("p.xlsx")) as opened:
        for number, key in enumerate(opened.keys()):
            opened.cell(number, "Approve").value = "Yes" if key in {row["key"] for row in rows} else "No"
    assert terminal.at(practice, "push", "p.xlsx", "--yes").status == 0
    answer = terminal.at(practice, "undo", review["run"], "--yes", "--json", "undo.json")
    assert answer.status == 0
    assert "deleted payment record(s) would be made anew" in answer.out
    for row in rows:
        assert f"  {row['invoice']}: posted. Written and read back. Amount and date are restored, but not" in answer.out
    postings = json.loads(Path("undo.json").read_text("utf-8"))["postings"]
    assert {posting["key"] for posting in postings} == {row["key"] for row in rows} != set()
    assert all("the record is a new one" in posting["message"] for posting in postings)
    assert all("it was entered by APIMember instead of " in posting["message"] for posting in postings)
