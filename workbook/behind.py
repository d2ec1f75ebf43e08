"""Papers whose lists are long: drawn without their rows, which follow when the workbook is finished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sync.core.journal import Run
from sync.core.words import Text
from workbook.audit.draw import LINK, Found, Pen, linked
from workbook.audit.measures import Measures, fewest_lines, wrapping
from workbook.audit.paper import Block, Form
from workbook.long_list import MOST_LINKS, LongList, draw
from workbook.page import LINE_HEIGHT, height
from workbook.row_xml import Line
from workbook.statuses import LOOKS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


class LongPen(Pen):
    """Draws lists without their rows, which follow when the workbook is finished."""

    def __init__(self, book: Workbook, run: Run, identity: Sequence[tuple[Text, Text | str]]) -> None:
        """`identity` stands under the title of every paper."""
        super().__init__(book, run, identity)
        self.lists: list[LongList] = []
        self._alone = False

    def _list(self, sheet: Worksheet, block: Block, measured: Measures, found: Found) -> int:
        """A list has its sheet to itself, and so its rows can follow."""
        self._alone = True
        try:
            return super()._list(sheet, block, measured, found)
        finally:
            self._alone = False

    def _rows(self, sheet: Worksheet, block: Block, header: int, found: Found) -> int:
        """Write the header row, and draw one row for each format; returns the row after them."""
        states = tuple(place for place, column in enumerate(block.columns) if column.form is Form.STATUS)
        looks = list(LOOKS.values()) if states else []
        drawn = 1 + len(looks)
        if not self._alone or block.bold or len(block.rows) < drawn:
            return super()._rows(sheet, block, header, found)
        self._heads(sheet, block, header)
        forms, link, first = self._of_columns(block), self.form(LINK), header + 1
        self.lists.append(
            LongList(
                part=draw(sheet, first, forms, link, [self._of_columns(block, look=look) for look in looks]),
                first=first,
                count=len(block.rows),
                lines=_lines(block, first, found.get(block.leads_to, {})),
                columns=len(forms),
                leads_to=str(block.leads_to),
                looks={str(look.word): row for row, look in enumerate(looks, start=1)},
                states=states,
                drawn=drawn,
            )
        )
        return first + drawn


def _lines(block: Block, first: int, targets: Mapping[str, int]) -> Iterator[Line]:
    wraps, fewest = wrapping(block), fewest_lines(block)
    keys = block.keys or [""] * len(block.rows)
    for row, (key, cells) in enumerate(zip(keys, block.rows, strict=True), start=first):
        high = height([(cells[place], fits) for place, fits in wraps], fewest=fewest)
        target = targets.get(key) if row <= MOST_LINKS and linked(cells[0]) else None
        yield Line(
            cells=cells,
            height=None if high == LINE_HEIGHT else high,
            target=None if target is None else target + 1,
        )
