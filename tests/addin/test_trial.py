"""The trial from the workbook: asked for in the cell that confirms a push, and told in the status cell."""

from __future__ import annotations

from sync.practice.world import Practice
from sync.wiring import open_ledger_read_only
from tests.addin.bench import Bench
from workbook.control.panel import Input


def test_a_trial_is_confirmed_in_a_cell_and_leaves_manage_as_it_was(month: Bench, practice: Practice) -> None:
    """First it says what it would write; once 1 is typed it is written and taken back, and the cell is empty again."""
    month.press("Trial")
    assert month.status.startswith("The trial writes invoice 2")
    assert "type 1 into" in month.status
    month.choose(Input.CONFIRM, 1)
    month.press("Trial")
    lines = month.status.splitlines()
    assert "as it was before the trial" in lines[0]
    assert lines[-1] == "Manage takes payments as the settings have them."
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        (run,) = ledger.history()
        assert [(each.undo, str(each.paid_after)) for each in ledger.all_postings(run.run.id)][1:] == [(True, "0.00")]
    month.press("Trial")
    assert "type 1 into" in month.status
