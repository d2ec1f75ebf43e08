"""Excel: the calls that showing a review takes, of which each crosses to another process."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import xlwings

from addin.install.build import build_workbook
from addin.live.live_book import LiveBook
from sync.language.catalogues import ENGLISH
from tests.bench.figures import Figure
from tests.excel import strict_engine
from tests.workbook import paper

FEW, MANY, LEAST = 10, 20_000, 1_000


def figures(runs: int, scale: float) -> list[Figure]:
    """As many calls for thousands of rows as for ten."""
    del runs  # calls are counted, not timed
    many = max(LEAST, int(MANY * scale))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "Tieout.xlsm"
        build_workbook(path, ENGLISH, interpreter="python")
        few, found = _calls(path, FEW), _calls(path, many)
    return [
        Figure(
            stage="show a review in Excel",
            size=f"{many:,} rows",
            ours=found,
            floor=few,
            floor_is=f"the calls for {FEW} rows",
            most=1.0,
            unit="calls",
        )
    ]


def _calls(path: Path, rows: int) -> int:
    engine = strict_engine.begin()
    book, review = LiveBook(engine.open_book(path)), paper.review(paper.rows(rows))
    engine.calls.clear()
    book.review(review)
    xlwings.engines.active = None
    return sum(engine.calls.values())
