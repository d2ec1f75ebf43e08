"""Once found: a clock set ahead ends the quiet period too soon, and a late write pays twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.simulation.faults import FAULTS
from tests.simulation.judge import Judge
from tests.simulation.plan import begin, plan
from tests.simulation.world import World


def test_a_clock_set_ahead_does_not_end_the_quiet_period(tmp_path: Path) -> None:
    """The answer is lost, the computer's clock is set an hour ahead, the user pushes again, the first write arrives."""
    judge, world = Judge(), World()
    seat = begin(tmp_path / "state", world, judge)
    seat.server.faults[1] = FAULTS["late by 540 s"]
    run, yes = plan().review.run.id, dict.fromkeys(plan().rows, True)
    seat.push(run, yes)
    seat.clock.skew = timedelta(hours=1)
    seat.push(run, yes)
    world.pass_by(timedelta(minutes=10))
    seat.stop()
    assert judge.found == []
