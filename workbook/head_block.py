"""The header block above the reconciliation's table as cells: title, facts, and what needs a line of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sync.core.review import Review
from sync.core.words import BLANK, say
from workbook.cells import visible
from workbook.columns import PLACE
from workbook.header import Fact, facts, remarks, title
from workbook.practice_mark import marked

FACT_PLACES = (0, PLACE["Customer"], PLACE["Change"], PLACE["Reason"])
"""Columns in which the header block's labels stand; each value stands in the next."""

FACT_ROWS = 3
"""So many rows the facts take."""
REMARK_WIDTH = 170
REMARK_LINES = 3
"""More lines than this would fill the part of the window that stands still; the rest is on the next sheet."""


class HeadCell(Struct, frozen=True, kw_only=True):
    """A cell of the header block, row and column from 0; a label or what it says."""

    row: int
    column: int
    value: str
    label: bool = False


def head_cells(review: Review) -> Iterator[HeadCell]:
    """Title, facts and remarks, from the top; the proof follows on the row after the last."""
    yield HeadCell(row=0, column=0, value=str(marked(review.run, title(review.run))))
    row = 1
    for index, each in enumerate(facts(review)):
        down, across = divmod(index, len(FACT_PLACES))
        row = 1 + down
        yield HeadCell(row=row, column=FACT_PLACES[across], value=str(each.label), label=True)
        yield HeadCell(row=row, column=FACT_PLACES[across] + 1, value=str(each.value))
    for down, line in enumerate(_remark_lines(remarks(review.run)), start=row + 1):
        yield HeadCell(row=down, column=0, value=str(line.label), label=True)
        yield HeadCell(row=down, column=1, value=str(line.value))


def _remark_lines(found: Sequence[Fact]) -> list[Fact]:
    lines = [
        Fact(label=BLANK if number else each.label, value=text)
        for each in found
        for number, text in enumerate(textwrap.wrap(visible(str(each.value)), REMARK_WIDTH))
    ]
    if len(lines) <= REMARK_LINES:
        return lines
    return [*lines[: REMARK_LINES - 1], Fact(label=BLANK, value=say("More on the sheet Control totals."))]
