"""Start of a button click: a click starts Python anew, so what is imported before the first words is waited for."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path
from statistics import median

from tests.bench import installed
from tests.bench.figures import Figure

XLWINGS = "import xlwings"
LIBRARIES = "import xlwings, requests, msgspec"
FIRST_WORDS = "import addin.entry, addin.live.excel, sync.core.values.errors, sync.language.catalogues, xlwings"
"""What stands between the click and the first words in the status bar; see `addin.entry`."""

SYNC = (
    f"{FIRST_WORDS}, addin.tasks, filelock, sync.ledger.sqlite_ledger, sync.manage.client, sync.sage.snapshot, "
    "sync.settings.settings_file, sync.settings.secrets, sqlite3"
)
"""All that a sync by the button brings in."""

TOO_HEAVY = ("numpy", "pandas", "polars")


def figures(runs: int, scale: float) -> list[Figure]:
    """First words, and all imports of a sync, against Python by itself, in an environment as users have it.

    Processor time, not waiting: it is the same on a machine that does something else beside.
    """
    del scale  # a start has no size
    python = installed.python()
    taken: dict[str, list[float]] = {code: [] for code in ("pass", XLWINGS, LIBRARIES, FIRST_WORDS, SYNC)}
    for _ in range(2 * runs + 1):
        for code, times in taken.items():
            times.append(_processor_seconds(python, code))
    bare, xlwings, libraries, first, everything = (median(times) for times in taken.values())
    alone = f"xlwings alone is {xlwings / bare:.1f} of it; Excel itself shows words before Python is started"
    brought = f"xlwings, requests and msgspec alone are {libraries / bare:.1f} of it"
    return [
        _figure("first words", first, bare, most=8, known=10.5, why=alone),
        _figure("all imports of a sync", everything, bare, most=14, known=28, why=brought),
        Figure(
            stage="start",
            size="data-frame libraries installed",
            ours=len(_heavy(python)),
            floor=1,
            floor_is="none may be",
            most=0,
            unit="packages",
        ),
    ]


def _figure(size: str, ours: float, bare: float, *, most: float, known: float, why: str) -> Figure:
    return Figure(
        stage="start", size=size, ours=ours, floor=bare, floor_is="`python -c pass`", most=most, known=known, why=why
    )


def _processor_seconds(python: Path, code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-c", code], check=True, capture_output=True, cwd="/")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _heavy(python: Path) -> list[str]:
    code = "import importlib.metadata as m; print(*(d.name.lower() for d in m.distributions()))"
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd="/")
    return [name for name in done.stdout.split() if name in TOO_HEAVY]
