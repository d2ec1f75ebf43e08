"""An update between a sync and its push: every sentence, header, label and answer is worded otherwise by then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.language import catalogues
from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.support.rewording import WORDED, reworded
from tests.workbook.edited import edited
from workbook.review.columns import answer


@pytest.mark.parametrize("code", catalogues.NAMES)
def test_a_push_takes_every_row_after_every_word_was_changed(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Between the sync and the push Tieout is updated: no row is stale, none edited, and what was decided holds."""
    line = ("--lang", code)
    assert terminal.at(practice, "sync", "--since", "past-month", "--out", "review.xlsx", *line).status == 0
    with edited(Path("review.xlsx")) as book:
        approved = [n for n, _ in enumerate(book.keys()) if answer(book.cell(n, "Approve").value)]
        held = book.keys()[approved[0]]
        book.cell(approved[0], "Approve").value = {"en": "No", "fr": "Non"}[code]
    monkeypatch.setattr(catalogues, "language", reworded)
    done = terminal.at(practice, "push", "review.xlsx", "--yes", "--json", "pushed.json", *line)
    postings = json.loads(Path("pushed.json").read_text("utf-8"))["postings"]
    assert {posting["outcome"] for posting in postings} == {"posted"}
    assert (held in {posting["key"] for posting in postings}, len(postings)) == (False, len(approved) - 1)
    assert (done.status, WORDED in done.words) == (0, True)
