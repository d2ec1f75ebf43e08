"""The sheet behind a reconciliation: the applications of its rows, which may be several times as many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sync.core.journal import Run
from workbook.audit.draw import LINK, Found, Pen, linked, wrapping
from workbook.audit.paper import Block
from workbook.long_list import MOST_LINKS, LongList, draw
from workbook.page import LINE_HEIGHT, height
from workbook.row_xml import Line

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


class LongPen(Pen):
    """Draws lists without their rows, which follow when the workbook is finished."""

    def __init__(self, book: Workbook, run: Run, identity: Sequence[tuple[str, str]]) -> None:
        """`identity` stands under the title of every paper."""
        super().__init__(book, run, identity)
        self.lists: list[LongList] = []

    def _rows(self, sheet: Worksheet, block: Block, header: int, found: Found) -> int:
        """Write the header row, and draw one row for all; returns the row after it."""
        if not block.rows:
            return super()._rows(sheet, block, header, found)
        self._heads(sheet, block, header)
        forms, link, first = self._of_columns(block), self.form(LINK), header + 1
        part = draw(sheet, first, forms, link)
        lines = _lines(block, first, found.get(block.leads_to, {}))
        self.lists.append(
            LongList(
                part=part,
                first=first,
                count=len(block.rows),
                lines=lines,
                columns=len(forms),
                leads_to=block.leads_to,
            )
        )
        return first + 1


def _lines(block: Block, first: int, targets: Mapping[str, int]) -> Iterator[Line]:
    wraps = wrapping(block)
    for row, (key, cells) in enumerate(zip(block.keys, block.rows, strict=True), start=first):
        high = height([(cells[place], fits) for place, fits in wraps], fewest=1)
        target = targets.get(key) if row <= MOST_LINKS and linked(cells[0]) else None
        yield Line(
            cells=cells,
            height=None if high == LINE_HEIGHT else high,
            target=None if target is None else target + 1,
        )
