"""What is measured: a stage, its floor, and how far apart they may be; and how time and memory are taken."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from msgspec import Struct

RUNS = 5
SLACK = {"s": 1.25, "MB": 1.1}
"""Between two runs on a machine that others use too, by unit; what is counted is the same every time."""
ROOT = Path(__file__).parents[2]
PEAK = """
import atexit, pathlib, re
def _peak():
    status = pathlib.Path("/proc/self/status").read_text()
    print("PEAK", re.search(r"VmHWM:\\s+(\\d+)", status)[1])
atexit.register(_peak)
"""
"""A program says its own peak of memory in kB as its last line; the system's account of a child is its parent's too."""


class Figure(Struct, frozen=True, kw_only=True):
    """One line of the table.

    Attributes:
        stage: what is measured.
        size: of what.
        ours: seconds, or whatever `unit` says; the median of several runs.
        floor: of the floor or the peer, in the same unit, measured in the same run.
        floor_is: what the floor does.
        most: the goal: the highest ratio of the two.
        unit: of both.
        known: a ratio above the goal that is known and explained: what is worse than it has slipped.
        why: why the goal cannot be met, where it is not.
    """

    stage: str
    size: str
    ours: float
    floor: float
    floor_is: str
    most: float
    unit: str = "s"
    known: float = 0.0
    why: str = ""

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the floor."""
        return self.ours / self.floor

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.most

    @property
    def slipped(self) -> bool:
        """Whether it is worse than it should be, or is known to be, by more than what moves from run to run."""
        return self.ratio > SLACK.get(self.unit, 1.0) * max(self.most, self.known)


def seconds(work: Callable[[], object], runs: int = RUNS, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median of so many runs."""
    return median(taken(work, clock) for _ in range(runs))


def paired(
    ours: Callable[[], object],
    floor: Callable[[], object],
    runs: int = RUNS,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Seconds of both, medians of runs that take turns, so that a busy moment of the machine falls on both alike.

    Args:
        ours: what is measured.
        floor: what it is held against.
        runs: of each.
        clock: `time.process_time` where nothing is waited for, so that other programs' turns do not count.
    """
    pairs = [(taken(ours, clock), taken(floor, clock)) for _ in range(runs)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


def taken(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of one run, after the garbage of what was before is gone."""
    gc.collect()
    began = clock()
    made = work()
    took = clock() - began
    del made  # taking a large answer apart again is not part of making it
    return took


def program(code: str, *arguments: str, folder: Path | None = None) -> str:
    """What a program of its own says, with the project on its path."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder or ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def megabytes(code: str, *arguments: str, folder: Path | None = None) -> float:
    """Peak of memory of a program of its own."""
    return int(program(PEAK + code, *arguments, folder=folder).rpartition("PEAK")[2]) / 1024
