"""A workbook file read into the strict engine."""

from __future__ import annotations

import datetime as dt
import warnings
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

from . import grid
from .grid import ROWS, Area
from .strict_book import Name, Sheet
from .strict_cells import Cells
from .strict_filters import Criteria
from .strict_tables import Table

if TYPE_CHECKING:
    from .strict_app import Book


def fill(book: Book, path: Path) -> None:
    """Take values, formulas, formats, tables, names and protection from an .xlsx or .xlsm file."""
    about = path.stat()
    shown, contents = _opened(path, about.st_mtime_ns, about.st_size)
    for tab, content in zip(shown.worksheets, contents, strict=True):
        sheet = book.add_sheet(tab.title, content.copy(), len(book.content))
        sheet._visible = tab.sheet_state == "visible"
        _tables(sheet, tab)
        if tab.auto_filter.ref:
            (area,) = grid.parse(tab.auto_filter.ref) or ()
            sheet.filter = Criteria(sheet.content, partial(_same, area), sheet.calls)
        book.defined[tab.title] = _names(book, tab.defined_names)
    book.defined[None] = _names(book, shown.defined_names)
    book.shown = book.content[shown.sheetnames.index(shown.active.title) if shown.active else 0]


@lru_cache(maxsize=4)
def _opened(path: Path, changed: int, size: int) -> tuple[openpyxl.Workbook, list[Cells]]:
    """The file with the results of its formulas, and each sheet's cells; read once, never changed."""
    del changed, size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names each extension that it leaves out
        shown, written = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    return shown, [_cells(tab, written[tab.title]) for tab in shown.worksheets]


def _cells(shown: Any, written: Any) -> Cells:  # noqa: ANN401 - openpyxl's sheets
    """Read one sheet, once with the results of its formulas and once with the formulas."""
    cells = Cells()
    for letter, line in shown.column_dimensions.items():
        first = line.min or grid.column_number(letter)
        for column in range(first, (line.max or first) + 1):
            cells.columns[column] = line.number_format
            cells.looks.append((Area(1, column, ROWS, 1), "column_width", line.width))
    for row, line in shown.row_dimensions.items():
        if line.s:
            cells.rows[row] = line.number_format
    for at, cell in shown._cells.items():
        cells.formats[at] = cell.number_format
        if not cell.protection.locked:
            cells.unlocked.add(at)
        if cell.data_type != "e":
            cells.put(at, grid.serial(cell.value) if isinstance(cell.value, dt.date) else cell.value)
        if written._cells[at].data_type == "f":
            cells.formulas[at] = str(written._cells[at].value)
    cells.protected = bool(shown.protection.sheet)
    return cells


def _same(area: Area) -> Area:
    return area


def _tables(sheet: Sheet, tab: Any) -> None:  # noqa: ANN401 - openpyxl's sheet
    for listed in tab.tables.values():
        areas = grid.parse(listed.ref) or ()
        table = Table(sheet, listed.displayName, areas[0])
        table._buttons = listed.autoFilter is not None
        sheet.listed.append(table)


def _names(book: Book, defined: Any) -> list[Name]:  # noqa: ANN401 - openpyxl's dictionary
    return [Name(book, name, f"={found.attr_text}") for name, found in defined.items()]
