"""Start of a button click: a click starts Python anew, so what is imported before the first words is waited for."""

from __future__ import annotations

import resource
import subprocess
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import mkdtemp

from tests.bench.figures import ROOT, Figure

FIRST_WORDS = "import addin.entry, addin.excel, sync.core.errors, sync.tongues, xlwings"
"""What stands between the click and the first words in the status bar; see `addin.entry`."""

SYNC = (
    f"{FIRST_WORDS}, addin.tasks, filelock, sync.ledger.book, sync.manage.client, sync.sage.database, sync.settings, "
    "sync.vault, sqlite3"
)
"""All that a sync by the button brings in."""

TOO_HEAVY = ("numpy", "pandas", "polars")


def figures(runs: int, scale: float) -> list[Figure]:
    """First words, and all imports of a sync, against Python by itself, in an environment as users have it.

    Processor time, not waiting: it is the same on a machine that does something else beside.
    """
    del scale  # a start has no size
    python = _installed()
    taken: dict[str, list[float]] = {code: [] for code in ("pass", "import xlwings", FIRST_WORDS, SYNC)}
    for _ in range(runs):
        for code, times in taken.items():
            times.append(_processor_seconds(python, code))
    bare, xlwings, first, everything = (median(times) for times in taken.values())
    floor_is = f"`python -c pass` (xlwings alone: {xlwings / bare:.1f} x)"
    return [
        Figure(stage="Start", size="first words", ours=first, floor=bare, floor_is=floor_is, most=8),
        Figure(stage="Start", size="all imports of a sync", ours=everything, floor=bare, floor_is=floor_is, most=14),
        Figure(
            stage="Start",
            size="data-frame libraries installed",
            ours=len(_heavy(python)),
            floor=1,
            floor_is="none may be",
            most=0,
            unit="packages",
        ),
    ]


def _processor_seconds(python: Path, code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-c", code], check=True, capture_output=True, cwd="/")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _heavy(python: Path) -> list[str]:
    code = "import importlib.metadata as m; print(*(d.name.lower() for d in m.distributions()))"
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd="/")
    return [name for name in done.stdout.split() if name in TOO_HEAVY]


@cache
def _installed() -> Path:
    """Python of a new environment that holds Tieout as users install it, its bytecode made as `tieout install` does."""
    folder = Path(mkdtemp(prefix="tieout-bench-"))
    python = folder / "bin" / "python"
    for command in (
        ["uv", "venv", "--quiet", str(folder)],
        ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), str(ROOT)],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return python
