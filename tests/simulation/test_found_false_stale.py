"""Once found: a row settled as written during a push is told to be stale, "nothing was sent"."""

from __future__ import annotations

from pathlib import Path

from sync.core.values.posting import Outcome
from tests.simulation.faults import FAULTS
from tests.simulation.history import edit
from tests.simulation.judge import Judge
from tests.simulation.plan import CREATED, begin, manage_id, plan
from tests.simulation.world import World


def test_a_write_found_applied_is_told_as_such(tmp_path: Path) -> None:
    """The answer is lost; a person edits just after the next push has settled it by reading."""
    judge, world = Judge(), World()
    seat = begin(tmp_path / "state", world, judge)
    run, yes = plan().review.run.id, dict.fromkeys(plan().rows, True)
    seat.server.faults[1] = FAULTS["timeout, applied"]
    seat.push(run, yes)
    world.hooks[world.count + 5] = lambda: edit(seat.server, "another amount", manage_id(CREATED))
    told = {posting.invoice: posting.outcome for posting in seat.push(run, yes).postings}
    seat.stop()
    assert told[str(CREATED)] is Outcome.ALREADY
