"""What the control sheet says of the last successful run."""

from __future__ import annotations

from sync.core.values.runs import Phase, RunSummary
from tests.ledger.samples import end, run
from workbook.control.panel import Figure, last_run


def test_a_rebuilding_is_no_successful_run() -> None:
    """Though nothing was lost by it."""
    newest = RunSummary(run=run(1), rows={}, end=end("R1", phase=Phase.REBUILD), posted={}, exports=())
    pushed = RunSummary(run=run(0), rows={}, end=end("R0"), posted={}, exports=())
    told = [last_run([newest, *more], run(0).company, None)[Figure.LAST_RUN] for more in ([], [pushed])]
    assert ["none-yet" in str(told[0]), "marie" in str(told[1])] == [True, True]
