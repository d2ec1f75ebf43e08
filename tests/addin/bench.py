"""A control workbook as a test sees it: what is chosen, what is pressed, and what the cells then show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlwings as xw

from sync.core.values.messages import Text
from sync.language.catalogues import ENGLISH, known_as
from workbook.control.panel import FIGURE_CELLS, FIGURES, INPUTS, Figure, Input
from workbook.control.panel import SHEET as CONTROL
from workbook.control.review_blocks import LIVE_COLUMNS
from workbook.review.columns import SHEET, TABLE

TODAY = date(2026, 4, 10)
_NAMES = {words: column.header.said(ENGLISH) for column in LIVE_COLUMNS for words in known_as(column.header)}
"""The English header of each column, by which tests name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A workbook that is open in some engine.

    Attributes:
        book: the workbook.
        press: presses the button with that caption.
        engine: the engine it is open in.
    """

    book: xw.Book
    press: Callable[[str], None]
    engine: Any

    def choose(self, cell: Input, value: object) -> None:
        """Type into an input of the control sheet."""
        self._sheet(CONTROL).range(INPUTS[cell]).raw_value = value

    def shown(self, figure: Figure) -> Any:  # noqa: ANN401 - whatever the cell holds
        """A figure behind the control sheet."""
        return self.book.sheets[FIGURES].range(FIGURE_CELLS[figure]).raw_value

    @property
    def status(self) -> str:
        """The status sentence."""
        return str(self.shown(Figure.STATUS))

    def rows(self) -> list[dict[str, Any]]:
        """The reconciliation's rows by the English headers of their columns."""
        heads, *rows = self._sheet(SHEET).tables[TABLE].range.raw_value
        return [dict(zip((_NAMES.get(head, head) for head in heads), row, strict=True)) for row in rows]

    def row(self, key: str) -> dict[str, Any]:
        """The row of a key."""
        (found,) = (row for row in self.rows() if row["Key"] == key)
        return found

    def set(self, key: str, column: str, value: object) -> None:
        """Type into a cell of the reconciliation, in the column of that English header."""
        table = self._sheet(SHEET).tables[TABLE]
        heads, *rows = table.range.raw_value
        keys = [_NAMES.get(head, head) for head in heads]
        place = keys.index(column)
        number = next(n for n, row in enumerate(rows) if row[keys.index("Key")] == key)
        body = table.data_body_range
        assert body is not None
        body[number, place].raw_value = value

    def select(self, *places: int) -> None:
        """Select rows of the reconciliation, by their places in the table from 0, in as many areas."""
        sheet = self._sheet(SHEET)
        first = sheet.tables[TABLE].range.row + 1
        sheet.range(",".join(f"B{first + place}:C{first + place}" for place in places)).select()

    def hide(self, *places: int) -> None:
        """Hide rows of the reconciliation."""
        sheet = self._sheet(SHEET)
        first = sheet.tables[TABLE].range.row + 1
        for place in places:
            sheet.range(f"A{first + place}").rows.hidden = True

    def sheet(self, name: str, address: str) -> list[list[Any]]:
        """A block of a sheet."""
        block = self.book.sheets[name].range(address).raw_value
        return [list(row) for row in block] if isinstance(block, list | tuple) else [[block]]

    def _sheet(self, sheet: Text) -> xw.Sheet:
        """A sheet, in whatever language the workbook was built."""
        return next(each for each in self.book.sheets if each.name in known_as(sheet))
