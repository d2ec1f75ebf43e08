"""What every range has whatever keeps its cells: areas, addresses, and dates as the serial numbers Excel counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

ROWS = 1_048_576
COLUMNS = 16_384

_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zone
_DAY = 86_400_000_000
_PART = re.compile(r"\$?([A-Z]{1,3})?\$?([0-9]{1,7})?", re.IGNORECASE)


class Area(NamedTuple):
    """One rectangle of cells; rows and columns count from 1, as in Excel."""

    row: int
    column: int
    height: int
    width: int

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.row + self.height - 1

    @property
    def right(self) -> int:
        """The last column."""
        return self.column + self.width - 1

    def cells(self) -> list[tuple[int, int]]:
        """List the (row, column) of every cell, row by row."""
        return list(product(range(self.row, self.bottom + 1), range(self.column, self.right + 1)))

    def columns(self) -> list[Area]:
        """Cut the area into its columns."""
        return [self._replace(column=column, width=1) for column in range(self.column, self.right + 1)]

    def holds(self, other: Area) -> bool:
        """Tell whether the other lies wholly inside."""
        across = self.column <= other.column and other.right <= self.right
        return across and self.row <= other.row and other.bottom <= self.bottom

    def meets(self, other: Area) -> bool:
        """Tell whether the two share a cell."""
        across = self.column <= other.right and other.column <= self.right
        return across and self.row <= other.bottom and other.row <= self.bottom

    def shared(self, other: Area) -> Area:
        """Return the cells of both, which meet."""
        row, column = max(self.row, other.row), max(self.column, other.column)
        return Area(row, column, min(self.bottom, other.bottom) - row + 1, min(self.right, other.right) - column + 1)


def spanning(first: Area, second: Area) -> Area:
    """Return the smallest area that holds both, as Excel's Range(cell1, cell2)."""
    row, column = min(first.row, second.row), min(first.column, second.column)
    return Area(row, column, max(first.bottom, second.bottom) - row + 1, max(first.right, second.right) - column + 1)


def letters(column: int) -> str:
    """Name a column: 1 is A, 27 is AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_number(name: str) -> int:
    """Count a column: A is 1, AA is 27."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address(area: Area, *, absolute_row: bool = True, absolute_column: bool = True) -> str:
    """Write an area as Excel does, `$A$5:$B$10`; whole rows and columns as `$3:$3` and `$A:$B`."""
    row, column = "$" * absolute_row, "$" * absolute_column
    if area.height == ROWS:
        return f"{column}{letters(area.column)}:{column}{letters(area.right)}"
    if area.width == COLUMNS:
        return f"{row}{area.row}:{row}{area.bottom}"
    first = f"{column}{letters(area.column)}{row}{area.row}"
    if (area.height, area.width) == (1, 1):
        return first
    return f"{first}:{column}{letters(area.right)}{row}{area.bottom}"


def parse(text: str) -> tuple[Area, ...] | None:
    """Read an address of one or several areas, such as `A5:B10,D5:D10`, `A:C` or `3:3`; None if it is a name."""
    found: list[Area] = []
    for part in text.split(","):
        ends = [_PART.fullmatch(end.strip()) for end in part.split(":")]
        corners = [_corner(end, alone=len(ends) == 1) for end in ends if end]
        areas = [corner for corner in corners if corner]
        if not areas or len(areas) != len(ends) or len(ends) > 2:
            return None
        found.append(spanning(areas[0], areas[-1]))
    return tuple(found)


def _corner(match: re.Match[str], *, alone: bool) -> Area | None:
    """Make one end of an address an area; a bare letter or number is a whole column or row, but never alone."""
    column, row = match.groups()
    if column and row:
        return Area(int(row), column_number(column), 1, 1)
    if alone or not (column or row):
        return None
    return Area(1, column_number(column), ROWS, 1) if column else Area(int(row), 1, 1, COLUMNS)


def serial(moment: dt.date) -> float:
    """Turn a date, or a local date and time, into the number of days that Excel keeps."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - midnight on the sheet
    return (moment.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)


def moment(days: float) -> dt.datetime:
    """Turn a number of days back into a date and time, to the millisecond."""
    return _EPOCH + dt.timedelta(microseconds=round(days * _DAY / 1000) * 1000)


def date_format(moment: dt.date) -> str:
    """Choose the format that Excel gives a General cell when a date is put into it."""
    midnight = not isinstance(moment, dt.datetime) or moment.time() == dt.time()
    return "m/d/yyyy" if midnight else "m/d/yyyy h:mm"


def rows_of(content: object, area: Area) -> list[Sequence[object]]:
    """Lay out what is written into an area: a single value fills it, a block must have its shape.

    Raises:
        ValueError: the block is ragged, or has another shape than the area.
    """
    if not isinstance(content, (list, tuple)):
        return [[content] * area.width for _ in range(area.height)]
    block: list[Sequence[object]] = [row if isinstance(row, (list, tuple)) else [row] for row in content]
    if not isinstance(content[0], (list, tuple)):
        block = [content]
    shapes = {len(row) for row in block}
    if len(shapes) != 1:
        raise ValueError(f"a ragged block: rows of {sorted(shapes)} cells")
    if (len(block), len(block[0])) != (area.height, area.width):
        raise ValueError(f"{len(block)} x {len(block[0])} values for {area.height} x {area.width} cells")
    return block
