"""An xlwings range over cells of LibreOffice: whole blocks in one call, and Excel's habits when text meets a cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from . import grid, uno_formats
from .desktop import is_nan
from .grid import Area
from .office import Uno, struct
from .ranges import Areas
from .uno_layout import Shown

_VALUES = 1 | 2 | 4 | 16
_EVERYTHING = _VALUES | 8 | 32 | 64 | 128 | 256
_DATES, _FORMULAS = 2, 16
_XL_A1 = 1


def _stored(content: object) -> str | float:
    """Turn a value into what a cell keeps: text, a number, or "" for nothing.

    Raises:
        TypeError: a kind of value that no cell keeps.
    """
    if content is None or is_nan(content):
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, dt.date):
        return grid.serial(content)
    if isinstance(content, (bool, int, float)):
        return float(content)
    raise TypeError(f"a cell cannot keep {content!r}")


def _separated(formula: str, old: str, new: str) -> str:
    """Exchange what stands between the arguments of a formula, and leave quoted text alone."""
    parts = re.split(r"""("[^"]*"|'[^']*')""", formula)
    return "".join(part if place % 2 else part.replace(old, new) for place, part in enumerate(parts))


class RangeApi:
    """The few native members of a range that Excel's own object has and xlwings has not."""

    def __init__(self, cells: Range) -> None:
        self._cells = cells

    @property
    def HasFormula(self) -> bool | None:  # noqa: N802 - Excel's name
        """Tell whether all cells hold formulas; None when only some do."""
        found = sum(area.height * area.width for area in self._cells.found(_FORMULAS))
        return {0: False, len(self._cells): True}.get(found)

    @property
    def Value2(self) -> Any:  # noqa: ANN401, N802 - Excel's name
        """Read the values with dates as bare numbers."""
        return self._cells.block(dates=False)

    @property
    def Areas(self) -> Areas:  # noqa: N802 - Excel's name
        """Its parts."""
        return Areas(self._cells.areas)

    @property
    def Locked(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the cells are closed once the sheet is protected."""
        return bool(self._cells.xl.CellProtection.IsLocked)


class Range(Shown):
    """Cells of one sheet of a LibreOffice document."""

    @property
    def _document(self) -> Uno:
        return self.sheet.book.xl

    @property
    def api(self) -> RangeApi:
        """The native members."""
        return RangeApi(self)

    def select(self) -> None:
        """Select the cells, as a user does."""
        parts = self._document.createInstance("com.sun.star.sheet.SheetCellRanges")
        for area in self.areas:
            parts.addRangeAddress(self.remote(area).RangeAddress, False)  # noqa: FBT003 - UNO takes no keywords
        self._document.CurrentController.select(parts)

    def found(self, kind: int) -> Iterator[Area]:
        """Walk over the areas that hold contents of a kind, numbered as in UNO's CellFlags."""
        for at in self.xl.queryContentCells(kind).getRangeAddresses():
            yield uno_formats.area_of(at)

    @property
    def raw_value(self) -> Any:  # noqa: ANN401 - one value, or rows of them
        """The value of a single cell, or the rows of a block; nothing is None, and a number in a date format a date."""
        return self.block(dates=True)

    @raw_value.setter
    def raw_value(self, content: object) -> None:
        rows = grid.rows_of(content, self.only)
        self.open()
        formats = self._formats()
        self.xl.setDataArray(tuple(tuple(_stored(cell) for cell in row) for row in rows))
        for area, number in formats:  # LibreOffice has made text cells of all that hold text now
            self.remote(area).NumberFormat = number
        cells = dict(zip(self.area.cells(), (cell for row in rows for cell in row), strict=True))
        codes = [(area, uno_formats.code(self._document, number)) for area, number in formats]
        texts = [area for area, code in codes if code == "@"]
        self._enter_formulas(
            {at: text for at, text in cells.items() if isinstance(text, str) and text[:1] == "="}, texts
        )
        general = [area for area, code in codes if code == "General"]
        self._format_dates({at: cell for at, cell in cells.items() if isinstance(cell, dt.date)}, general)

    def _cell(self, at: tuple[int, int]) -> Uno:
        return self.sheet.xl.getCellByPosition(at[1] - 1, at[0] - 1)

    def _formats(self) -> list[tuple[Area, int]]:
        """List the areas of equal looks inside the range, each with the number of its format."""
        groups = self.xl.getUniqueCellFormatRanges()
        found: list[tuple[Area, int]] = []
        for group in (groups.getByIndex(number) for number in range(groups.Count)):
            number = int(group.getByIndex(0).NumberFormat)
            found += [(uno_formats.area_of(at), number) for at in group.getRangeAddresses()]
        return found

    def _enter_formulas(self, cells: dict[tuple[int, int], str], texts: list[Area]) -> None:
        """Make formulas of texts that begin with "=", as Excel does wherever the cell is not formatted as text."""
        for at, text in cells.items():
            if not any(area.meets(Area(*at, 1, 1)) for area in texts):
                Range(self.sheet, (Area(*at, 1, 1),)).formula = text

    def _format_dates(self, cells: dict[tuple[int, int], dt.date], general: list[Area]) -> None:
        """Give a date format to General cells that hold dates now; whole areas at once where they agree."""
        if not cells:
            return
        for area in (strip for found in general for strip in found.columns()):
            held = {at: grid.date_format(cells[at]) for at in area.cells() if at in cells}
            if len(held) == area.height and len(set(held.values())) == 1:
                Range(self.sheet, (area,)).number_format = next(iter(held.values()))
                continue
            for at, code in held.items():
                Range(self.sheet, (Area(*at, 1, 1),)).number_format = code

    def block(self, *, dates: bool) -> Any:  # noqa: ANN401 - one value, or rows of them
        """Read the values in one call, and turn the numbers in date formats into dates on demand."""
        area = self.only
        rows = [[None if cell == "" else cell for cell in row] for row in self.xl.getDataArray()]
        for place in self._date_areas() if dates else ():
            for row, column in place.cells():
                days = rows[row - area.row][column - area.column]
                if isinstance(days, float):
                    rows[row - area.row][column - area.column] = grid.moment(days)
        return rows[0][0] if area.height == area.width == 1 else tuple(tuple(row) for row in rows)

    def _date_areas(self) -> Iterator[Area]:
        """Walk over the areas shown as dates, results of formulas included."""
        yield from self.found(_DATES)
        formulas = list(self.found(_FORMULAS))
        for dated, number in self._formats() if formulas else ():
            met = [dated.shared(area) for area in formulas if dated.meets(area)]
            if met and uno_formats.is_date(self._document, number):
                yield from met

    @property
    def _parser(self) -> Uno:
        """LibreOffice's formula reader, set to Excel's way of writing."""
        parser = self._document.createInstance("com.sun.star.sheet.FormulaParser")
        parser.FormulaConvention = _XL_A1
        parser.CompileEnglish = True
        return parser

    def _at(self, cell: Uno) -> Uno:
        where = cell.getCellAddress()
        return struct("table.CellAddress", Sheet=where.Sheet, Column=where.Column, Row=where.Row)

    @property
    def formula(self) -> Any:  # noqa: ANN401 - one formula, or rows of them
        """The formula of a single cell as Excel writes it, or its content; of a block those of each cell."""
        if self.shape != (1, 1):
            return [list(row) for row in self.remote(self.only).getFormulaArray()]
        cell = self._cell((self.row, self.column))
        if cell.Type.value != "FORMULA":
            return str(cell.String)
        return "=" + _separated(self._parser.printFormula(cell.getTokens(), self._at(cell)), ";", ",")

    @formula.setter
    def formula(self, text: str) -> None:
        formula = _separated(text.removeprefix("="), ",", ";")
        for at in self.only.cells():
            cell = self._cell(at)
            cell.setTokens(self._parser.parseFormula(formula, self._at(cell)))

    @property
    def number_format(self) -> str | None:
        """The format code as Excel writes it; None when the cells differ."""
        codes = {self._code(area) for area in self.areas}
        return codes.pop() if len(codes) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.open("format")
        for area in self.areas:
            self.remote(area).NumberFormat = uno_formats.key(self._document, code)

    def _code(self, area: Area) -> str | None:
        cells = self.remote(area)
        if cells.getPropertyState("NumberFormat").value == "AMBIGUOUS_VALUE":
            return None
        return uno_formats.code(self._document, cells.NumberFormat)

    def clear_contents(self) -> None:
        """Empty the cells and keep their formats."""
        self.open()
        for area in self.areas:
            self.remote(area).clearContents(_VALUES)

    def clear(self) -> None:
        """Empty the cells and take their formats away."""
        self.open("clear")
        for area in self.areas:
            self.remote(area).clearContents(_EVERYTHING)
