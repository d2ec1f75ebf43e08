"""A day's work on the sample company with files in French: nothing in them is English, and any process pushes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.support.english import left_in, untranslated
from tests.workbook.edited import edited
from tests.workbook.shown import shown


def written(name: str) -> Any:  # noqa: ANN401 - JSON
    """A JSON file."""
    return json.loads(Path(name).read_text(encoding="utf-8"))


def pushed(terminal: Terminal, practice: Practice, made_in: str, pushed_in: str) -> list[tuple[str, str, str]]:
    """Sync in one language, hold a row and spoil another, push in the other language; how each row ended."""
    file = f"{made_in}.xlsx"
    Path(file).unlink(missing_ok=True)  # a review of another ledger would not be written over
    assert terminal.at(practice, "sync", "--since", "past-month", "--out", file, "--lang", made_in).status == 0
    with edited(Path(file)) as book:
        approved = [n for n, _ in enumerate(book.keys()) if book.cell(n, "Approve").value in {"Yes", "Oui"}]
        book.cell(approved[0], "Approve").value = "Non" if made_in == "en" else "No"
        book.cell(approved[0], "Note").value = "À revoir"
        book.cell(approved[1], "Paid proposed").value = 1.0
    line = ("push", file, "--json", "pushed.json", "--yes", "--lang", pushed_in)
    assert terminal.at(practice, *line).status == 1  # one row is refused
    rows = written("pushed.json")["postings"]
    return [(row["key"], row["outcome"], row["message"]) for row in rows]


@pytest.mark.parametrize("first", ["en", "fr"])
def test_a_file_of_either_language_is_pushed_in_the_other(
    terminal: Terminal, practice: Practice, twin: Practice, first: str
) -> None:
    """The same rows are written, held and refused as where both are English."""
    other = {"en": "fr", "fr": "en"}[first]
    mixed = pushed(terminal, practice, first, other)
    assert mixed == pushed(terminal, twin, "en", "en")
    assert [outcome for _, outcome, _ in mixed].count("posted") > 100
    (refused,) = [message for _, outcome, message in mixed if outcome == "refused"]
    assert refused.startswith("Paid proposed is 1.00 in the file and was ")


def test_the_sample_company_in_french_has_no_english(terminal: Terminal, practice: Practice) -> None:
    """Reconciliation, audit pack and the reconciliation after the push, with every reason that the company has."""
    lang = ("--lang", "fr")
    assert terminal.at(practice, "sync", "--since", "past-month", "--out", "avant.xlsx", *lang).status == 0
    assert terminal.at(practice, "push", "avant.xlsx", "--yes", *lang).status == 0
    assert terminal.at(practice, "sync", "--since", "past-month", "--out", "après.xlsx", *lang).status == 0
    assert terminal.at(practice, "history", "--json", "runs.json").status == 0
    run = written("runs.json")[-1]["run"]
    assert terminal.at(practice, "export", run, "--format", "xlsx", "--dir", "audit", *lang).status == 0
    books = [Path("avant.xlsx"), Path("après.xlsx"), *Path("audit").rglob("*.xlsx")]
    texts = {path.name: shown(path) for path in books}
    assert len(texts) == 3
    assert {name: left_in(found) for name, found in texts.items() if left_in(found)} == {}
    assert {name: untranslated(found) for name, found in texts.items() if untranslated(found)} == {}


def test_a_spoilt_file_is_told_with_its_own_names(terminal: Terminal, practice: Practice) -> None:
    """The sheet and the column as they stand in the file, in a sentence of whoever pushes it."""
    assert terminal.at(practice, "sync", "--since", "past-month", "--out", "r.xlsx", "--lang", "fr").status == 0
    with edited(Path("r.xlsx")) as book:
        book.sheet.cell(book.header, book.columns["Approve"]).value = None
    told = terminal.at(practice, "push", "r.xlsx", "--yes", "--lang", "en")
    assert told.status == 2
    assert "The sheet Rapprochement of r.xlsx has no table with the column Approuver." in told.words
