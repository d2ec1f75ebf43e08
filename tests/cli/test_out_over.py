"""`tieout sync --out` over a file that is there: a review of these books is carried over, anything else is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.practice.world import Practice
from sync.usecases.sync import sync
from tests.cli.test_runs import synced
from tests.cli.world import Answer, Terminal
from tests.workbook.edited import edited

OUT = Path("review.xlsx")


def again(terminal: Terminal, practice: Practice, *more: str) -> Answer:
    """Sync over the file once more."""
    return terminal.at(practice, "sync", "--since", "past-month", "--out", OUT.name, *more)


def typed(**cells: Any) -> str:  # noqa: ANN401 - whatever a cell may hold
    """Type into the first row that is ready; return its key."""
    with edited(OUT) as book:
        row = next(n for n in range(len(book.keys())) if book.cell(n, "Status").value == "Ready")
        key = str(book.cell(row, "Key").value)
        for header, value in cells.items():
            book.cell(row, header.replace("_", " ")).value = value
        return key


def row_of(key: str) -> dict[str, Any]:
    """What the file's row of a key says."""
    with edited(OUT) as book:
        row = book.keys().index(key)
        return {header: book.cell(row, header).value for header in ("Approve", "Note", "Owner", "Hold until", "Why")}


def test_a_review_of_these_books_is_carried_over_whole(terminal: Terminal, practice: Practice) -> None:
    """The No, its note and owner, and the day; a French file over an English one as well; released on its day."""
    synced(terminal, practice)
    key = typed(Approve="No", Note="Ask Zoé", Owner="Luc", Hold_until=date(2026, 5, 1))
    assert again(terminal, practice).status == 0
    row = row_of(key)
    assert (row["Approve"], row["Note"], row["Owner"], row["Hold until"].date()) == (
        "No",
        "Ask Zoé",
        "Luc",
        date(2026, 5, 1),
    )
    assert " until 2026-05-01. Note: Ask Zoé" in row["Why"]
    assert again(terminal, practice, "--lang", "fr").status == 0
    assert " au 2026-05-01. Note\u00a0: Ask Zoé" in row_of(key)["Why"]
    place = ("--config", str(practice.place.config), "--state", str(practice.place.state), "--today", "2026-05-01")
    assert terminal.tieout("sync", "--since", "past-month", "--out", OUT.name, *place).status == 0
    row = row_of(key)
    assert (row["Approve"], row["Hold until"], "that hold ended on 2026-05-01" in row["Why"]) == ("Yes", None, True)


def test_a_no_whose_key_was_emptied_is_not_forgotten(terminal: Terminal, practice: Practice) -> None:
    """Bound to the invoice that its row shows; where that cannot be told, nothing is written over or pushed."""
    synced(terminal, practice)
    key = typed(Approve="No", Note="Ask Zoé", Key=None)
    assert again(terminal, practice).status == 0
    assert row_of(key)["Approve"] == "No"
    typed(Approve="No", Note="Not this one", Key=None, Invoice=None)
    before = OUT.read_bytes()
    for answer in (again(terminal, practice), terminal.at(practice, "push", OUT.name)):
        assert (answer.status, "holds a No, a note, an owner or a day" in answer.err) == (4, True)
    assert OUT.read_bytes() == before


@pytest.mark.parametrize("day", ["next week", date(2026, 4, 10), 1.5], ids=["words", "today", "a number"])
def test_a_day_that_cannot_be_is_said_and_the_row_held(terminal: Terminal, practice: Practice, day: object) -> None:
    """In the file's header, on the screen and in the row, though Approve still says Yes."""
    synced(terminal, practice)
    key = typed(Hold_until=day)
    answer = again(terminal, practice)
    assert (answer.status, "Hold until says " in answer.out) == (0, True)
    assert (row_of(key)["Approve"], row_of(key)["Hold until"]) == ("No", None)


def test_a_file_that_is_open_in_excel_is_left(terminal: Terminal, practice: Practice) -> None:
    """By the file that Excel keeps beside it: what is typed there and not saved cannot be read."""
    synced(terminal, practice)
    before = OUT.read_bytes()
    Path("~$review.xlsx").write_bytes(b"\x04Anne" + bytes(50))
    answer = again(terminal, practice)
    assert (answer.status in {2, 4}, "Anne" in answer.err, OUT.read_bytes() == before) == (True, True, True)


def test_a_review_of_another_company_is_left(terminal: Terminal, practice: Practice, twin: Practice) -> None:
    """Exit 2, nothing is read and nothing overwritten."""
    synced(terminal, practice)
    before = OUT.read_bytes()
    answer = again(terminal, twin)
    assert (answer.status, "holds a review that this ledger does not know" in answer.err) == (2, True)
    assert OUT.read_bytes() == before


def test_what_is_saved_there_while_both_systems_are_read_is_not_lost(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is left as it was saved, and says so; the next sync takes it."""
    synced(terminal, practice)

    def meanwhile(*arguments: Any) -> Any:  # noqa: ANN401 - as the use case takes and gives them
        typed(Note="Typed meanwhile")
        return sync(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("sync.cli.run_commands.sync_books", meanwhile)
        answer = again(terminal, practice)
    assert (answer.status, "was changed while both systems were read" in answer.err) == (2, True)
    assert again(terminal, practice).status == 0
    with edited(OUT) as book:
        assert "Typed meanwhile" in [book.cell(n, "Note").value for n in range(len(book.keys()))]
