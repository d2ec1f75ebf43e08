"""`tieout history INVOICE`: the story of one invoice on the terminal, as JSON and as a workbook."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from sync.core.prove.story import KINDS, StepKind
from sync.language.catalogues import language
from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.workbook.edited import edited, put

HOSTILE = '=cmd|"/C calc"!A0 \x1b[31m\u202ez'
NOTE = '=cmd|"/C calc"!A0 [31m\u202ez'
STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
LIVED = (
    StepKind.SEEN,
    StepKind.DECIDED,
    StepKind.SENT,
    StepKind.ENDED,
    StepKind.UNDO_SENT,
    StepKind.UNDO_ENDED,
)


def lived(terminal: Terminal, practice: Practice) -> str:
    """Push one ready invoice, and take it back; another one bears a hostile number. Its number is returned."""
    with closing(sqlite3.connect(practice.folder / "sample.db")) as books, books:
        books.execute("UPDATE tcustr SET sSource = ? WHERE sSource = '20604'", (HOSTILE,))
    assert terminal.at(practice, "sync", "--since", "2026-01-01", "--out", "r.xlsx", "--json", "r.json").status == 0
    review = json.loads(Path("r.json").read_text("utf-8"))
    assert HOSTILE in {row["invoice"] for row in review["rows"]}
    ready = next(row for row in review["rows"] if row["status"] == "ready")
    with edited(Path("r.xlsx")) as book:
        for row, key in enumerate(book.keys()):
            if book.cell(row, "Approve").value == "Yes":
                book.cell(row, "Approve").value = "Yes" if key == ready["key"] else "No"
            if key == ready["key"]:
                put(book.cell(row, "Note"), (NOTE, "s"))
    assert terminal.at(practice, "push", "r.xlsx", "--yes").status == 0
    assert terminal.at(practice, "undo", review["run"], "--yes").status == 0
    return str(ready["invoice"])


def test_the_story_is_told_on_every_way_out(terminal: Terminal, practice: Practice) -> None:
    """Terminal in both languages, JSON and workbook hold the same steps, and hostile words steer nothing."""
    invoice = lived(terminal, practice)
    told = terminal.at(practice, "history", invoice, "--json", "s.json", "--dir", "stories")
    french = terminal.at(practice, "--lang", "fr", "history", invoice.casefold(), "--dir", "stories")
    (story,) = json.loads(Path("s.json").read_text("utf-8"))
    assert (told.status, french.status, [step["what"] for step in story["steps"]]) == (0, 0, list(LIVED))
    for answer, code in ((told, "en"), (french, "fr")):
        places = [answer.out.find(f"  {KINDS[kind].said(language(code))}\n") for kind in LIVED]
        assert (places == sorted(places), min(places) > 0, STEERING.search(answer.words)) == (True, True, None)
    assert (story["invoice"], story["steps"][0]["status"], story["steps"][1]["note"]) == (invoice, "ready", NOTE)
    assert [step["row"] for step in story["steps"]] == sorted(step["row"] for step in story["steps"])
    assert story["steps"][3]["paid_after"] == story["steps"][4]["paid_before"] == story["steps"][2]["paid_proposed"]
    names = [f"AR-Invoice_{invoice}.xlsx", f"AR-Invoice_{invoice} (2).xlsx"]
    assert sorted(path.name for path in Path("stories").iterdir()) == sorted(names)
    book = openpyxl.load_workbook(Path("stories") / names[0])
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]
    assert book.sheetnames == ["Story 1", "Rows in Sage 1"]
    assert [str(cell.value) for cell in cells if cell.value == "Undo sent to Manage"] == ["Undo sent to Manage"]
    assert [cell.value for cell in cells if "calc" in str(cell.value) and STEERING.search(str(cell.value))] == []
    hostile = terminal.at(practice, "history", f" {HOSTILE}", "--json", "h.json", "--dir", "stories")
    (other,) = json.loads(Path("h.json").read_text("utf-8"))
    seen = other["steps"][0]["status"]
    assert (hostile.status, STEERING.search(hostile.words), seen) == (0, None, "not_in_manage")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--", "-5\x1b[31m"], "No run on record has seen an invoice -5"),
        (["\u200b "], "No invoice is named."),
        (["--dir", "stories"], "Name the invoice too."),
    ],
)
def test_what_cannot_be_told_is_one_sentence(
    terminal: Terminal, practice: Practice, arguments: list[str], words: str
) -> None:
    """A number that nobody has seen, none at all, and a folder for no story."""
    options = ("--config", str(practice.place.config), "--state", str(practice.place.state))
    nothing = terminal.tieout("history", *options, "1")
    assert (nothing.status, "ledger" in nothing.err) == (2, True)
    assert terminal.at(practice, "sync", "--since", "past-week", "--out", "r.xlsx").status == 0
    answer = terminal.tieout("history", *options, *arguments)
    assert (answer.status, words in answer.err, STEERING.search(answer.words)) == (2, True, None)
