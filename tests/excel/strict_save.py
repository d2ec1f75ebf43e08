"""A workbook of the strict engine written to a file, as far as a program that only looks at it can tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from .strict_app import Book
    from .strict_cells import Cells

_STATES = {0: "hidden", 2: "veryHidden"}


def save_copy(book: Book, path: Path) -> None:
    """Write every sheet; those without a table stay empty, as nothing is looked for there."""
    made = openpyxl.Workbook()
    made.worksheets[0].title = "never hidden, as openpyxl asks"
    for sheet in book.content:
        tab: Any = made.create_sheet(sheet.name)
        tab.sheet_state = _STATES.get(int(sheet.visible), "visible")
        if sheet.listed:
            _fill(tab, sheet.content)
    made.save(path)


def _fill(tab: Any, cells: Cells) -> None:  # noqa: ANN401 - openpyxl's sheet
    for at, value in {**cells.values, **cells.formulas}.items():
        cell = tab.cell(*at, value)
        if isinstance(value, str) and at not in cells.formulas:
            cell.data_type = "s"
        cell.number_format = cells.format(at)
    for area, kind, content in cells.looks:
        if kind in _LINES:
            lines, name = (tab.row_dimensions, kind[4:]) if kind[:3] == "row" else (tab.column_dimensions, kind[7:])
            first, last = (area.row, area.bottom) if kind[:3] == "row" else (area.column, area.right)
            for number in range(first, min(last, first + _MOST) + 1):
                setattr(lines[number if kind[:3] == "row" else get_column_letter(number)], name, content)
        elif isinstance(content, tuple) and area.height < _MOST:
            colour = "".join(f"{part:02X}" for part in content)
            for at in area.cells():
                tab.cell(*at).fill = PatternFill(fill_type="solid", fgColor=colour)
    for row in cells.filtered():
        tab.row_dimensions[row].hidden = True


_LINES = {"row_hidden", "row_height", "column_hidden", "column_width"}
_MOST = 1_000
"""Rows and columns that are gone through; tests have fewer."""
