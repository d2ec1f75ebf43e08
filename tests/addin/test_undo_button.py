"""Undo from the workbook: what it would take back, asked for in the cell that confirms a push; then row by row."""

from __future__ import annotations

from addin.live.live_book import LiveBook
from sync.core.values.posting import Outcome
from sync.practice.world import Practice
from sync.wiring import open_ledger_read_only
from tests.addin.bench import Bench
from workbook.control.panel import Input


def counted(month: Bench) -> int:
    """How many rows the status asks to confirm."""
    return int(month.status.rpartition("type ")[2].split()[0])


def test_a_push_is_taken_back_from_the_sheet(month: Bench, practice: Practice) -> None:
    """Never by one press: first it says what it would do. The rows say what became of them, and the cards move back."""
    month.press("Push to Manage")
    posted = int(month.status.partition("Pushed: ")[2].split()[0])
    month.press("Undo Push")
    assert "Nothing was taken back yet" in month.status
    assert counted(month) == posted
    month.choose(Input.CONFIRM, posted)
    month.press("Undo Push")
    assert month.status.startswith(f"Taken back: {posted}.")
    assert LiveBook(month.book).inputs[Input.CONFIRM] is None
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        (run,) = ledger.history()
        ended = ledger.all_postings(run.run.id)
    assert [each.outcome for each in ended if each.undo] == [Outcome.POSTED] * posted
    back = {each.key for each in ended if each.undo}
    assert all(row["Outcome"].startswith("taken back: ") for row in month.rows() if row["Key"] in back)
    month.press("Undo Push")
    assert "nothing in Manage that could be undone" in month.status


def test_nothing_is_taken_back_of_a_run_that_wrote_nothing(month: Bench) -> None:
    """And nothing is asked."""
    month.choose(Input.CONFIRM, 5)
    month.press("Undo Push")
    assert "Taken back" not in month.status
