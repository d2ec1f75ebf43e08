"""How cells of LibreOffice look: heights, widths, colours and wrapping, in Excel's units."""

from __future__ import annotations

from typing import TypeVar

from .desktop import Refused
from .grid import COLUMNS, ROWS, Area
from .office import Uno
from .ranges import Placed

_POINT = 2540 / 72
"""Hundredths of a millimetre in a point."""

_CHARACTER, _PADDING = 7 * 0.75, 5 * 0.75
"""Points of a digit and of a cell's margins in Calibri 11, from which Excel counts column widths."""


_T = TypeVar("_T")


class Shown(Placed):
    """A range with its looks."""

    def remote(self, area: Area) -> Uno:
        """Ask the sheet for the cells of an area."""
        return self.sheet.xl.getCellRangeByPosition(area.column - 1, area.row - 1, area.right - 1, area.bottom - 1)

    def open(self, what: str = "write") -> None:
        """Check that code may change these cells, since LibreOffice itself lets formats of closed cells change.

        Raises:
            Refused: the sheet is protected, and a cell is locked, or more than contents would change.
        """
        if not self.sheet.xl.isProtected():
            return
        mixed = self.xl.getPropertyState("CellProtection").value == "AMBIGUOUS_VALUE"
        if what != "write" or mixed or self.xl.CellProtection.IsLocked:
            raise Refused(f"{what} at {self.address}: the sheet is protected")

    @property
    def xl(self) -> Uno:
        """The remote cells of the first area."""
        return self.remote(self.area)

    @property
    def row_height(self) -> float | None:
        """The height of the rows in points; None when they differ."""
        return _same([row.Height / _POINT for row in _each(self.xl.Rows)])

    @row_height.setter
    def row_height(self, points: float) -> None:
        self.xl.Rows.Height = round(points * _POINT)

    @property
    def column_width(self) -> float | None:
        """The width of the columns in characters, none of hidden ones; None when they differ.

        About right: LibreOffice counts otherwise.
        """
        if self.column_hidden:
            return 0.0
        return _same([(column.Width / _POINT - _PADDING) / _CHARACTER for column in _each(self.xl.Columns)])

    @column_width.setter
    def column_width(self, characters: float) -> None:
        self.xl.Columns.Width = round((characters * _CHARACTER + _PADDING) * _POINT)

    @property
    def wrap_text(self) -> bool | None:
        """Whether long text is broken into lines; None when the cells differ."""
        if self.xl.getPropertyState("IsTextWrapped").value == "AMBIGUOUS_VALUE":
            return None
        return bool(self.xl.IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, wrapped: bool) -> None:
        self.xl.IsTextWrapped = bool(wrapped)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour behind the cells as red, green and blue; None without one, or when the cells differ."""
        if self.xl.getPropertyState("CellBackColor").value == "AMBIGUOUS_VALUE" or self.xl.CellBackColor < 0:
            return None
        red, green, blue = int(self.xl.CellBackColor).to_bytes(3, "big")
        return red, green, blue

    @color.setter
    def color(self, color_or_rgb: str | tuple[int, int, int] | None) -> None:
        number = -1
        if isinstance(color_or_rgb, str):
            number = int(color_or_rgb.removeprefix("#"), 16)
        elif color_or_rgb is not None:
            number = int.from_bytes(bytes(color_or_rgb), "big")
        for area in self.areas:
            self.remote(area).CellBackColor = number

    @property
    def row_hidden(self) -> bool | None:
        """Whether the rows are hidden; None when some are."""
        return _same([not row.IsVisible for row in _each(self.xl.Rows)])

    @row_hidden.setter
    def row_hidden(self, hidden: bool) -> None:
        self.xl.Rows.IsVisible = not hidden

    @property
    def column_hidden(self) -> bool | None:
        """Whether the columns are hidden; None when some are."""
        return _same([not column.IsVisible for column in _each(self.xl.Columns)])

    @column_hidden.setter
    def column_hidden(self, hidden: bool) -> None:
        self.xl.Columns.IsVisible = not hidden

    def autofit(self, axis: str | None = None) -> None:
        """Fit the columns and the rows to their contents."""
        if axis not in {"r", "rows"} and self.area.width < COLUMNS:
            self.xl.Columns.OptimalWidth = True
        if axis not in {"c", "columns"} and self.area.height < ROWS:
            self.xl.Rows.OptimalHeight = True


def _each(lines: Uno) -> list[Uno]:
    """List rows or columns; of a whole sheet, the first speaks for all."""
    return [lines.getByIndex(number) for number in range(lines.Count if lines.Count < COLUMNS else 1)]


def _same(found: list[_T]) -> _T | None:
    """Return what all have in common, or None."""
    return found[0] if len(set(found)) == 1 else None
