"""Excel: the calls that showing a review takes, each to another process; and the companion's first words."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep
from unittest.mock import patch

import xlwings

from addin import entry
from addin.install.build import build_workbook
from addin.live.companion import Companion
from addin.live.live_book import LiveBook
from sync.language.catalogues import ENGLISH
from tests.bench.figures import Figure
from tests.excel import strict_engine
from tests.workbook import paper

FEW, MANY, LEAST = 10, 20_000, 1_000
FIRST_WORDS = 0.02
"""Seconds that may lie between a click and the first words, beside what it takes to reach another thread and Excel."""


def figures(runs: int, scale: float) -> list[Figure]:
    """As many calls for thousands of rows as for ten."""
    many = max(LEAST, int(MANY * scale))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "Tieout.xlsm"
        build_workbook(path, ENGLISH, interpreter="python")
        few, found = _calls(path, FEW), _calls(path, many)
        with patch.dict(os.environ, {"XDG_DATA_HOME": folder}):  # where the companion's log is
            first = max(0.0, median(_beyond_transport(path) for _ in range(4 * runs + 1)))
    return [
        Figure(
            stage="first words of the companion",
            size="after a click, beside the transport itself",
            ours=first,
            floor=FIRST_WORDS,
            floor_is="what may be added",
            most=1.0,
        ),
        Figure(
            stage="show a review in Excel",
            size=f"{many:,} rows",
            ours=found,
            floor=few,
            floor_is=f"the calls for {FEW} rows",
            most=1.0,
            unit="calls",
        ),
    ]


def _beyond_transport(path: Path) -> float:
    """Seconds from a click to the first words, less those of a thread that says something in the same workbook."""
    book = strict_engine.begin().open_book(path)
    told = Event()

    class Heard(list[str | bool]):
        """What is put into the status bar."""

        def append(self, _: str | bool) -> None:  # noqa: FBT001 - a list's own
            told.set()

    book.impl.app.engine.statuses = Heard()
    begun = perf_counter()
    Thread(target=lambda: setattr(book.app, "status_bar", "at work"), daemon=True).start()
    told.wait()
    transport = perf_counter() - begun
    told.clear()
    companion = Companion(entry.work)
    begun = perf_counter()
    companion.start("nothing", ENGLISH.code, lambda work: work(book))
    told.wait()
    spent = perf_counter() - begun
    while companion.state(None):
        sleep(0.001)
    return spent - transport


def _calls(path: Path, rows: int) -> int:
    engine = strict_engine.begin()
    book, review = LiveBook(engine.open_book(path)), paper.review(paper.rows(rows))
    engine.calls.clear()
    book.review(review)
    xlwings.engines.active = None
    return sum(engine.calls.values())
