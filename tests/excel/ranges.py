"""The geometry of an xlwings range and sheet, shared by both engines; neither the cells nor their formats."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, TypeAlias

import xlwings.base_classes as base

from . import grid
from .grid import Area

Corner: TypeAlias = Any
"""What xlwings hands to `sheet.range`: an address, a name, a pair of numbers, or a range."""


class Areas:
    """The parts of a range, numbered from 1."""

    def __init__(self, areas: tuple[Area, ...]) -> None:
        self._areas = areas

    @property
    def Count(self) -> int:  # noqa: N802 - Excel's name
        """How many there are."""
        return len(self._areas)

    def Item(self, number: int) -> SimpleNamespace:  # noqa: N802 - Excel's name
        """One of them: where it begins and how many rows and columns it has."""
        area = self._areas[number - 1]
        rows, columns = SimpleNamespace(Count=area.height), SimpleNamespace(Count=area.width)
        return SimpleNamespace(Row=area.row, Column=area.column, Rows=rows, Columns=columns)


class Placed(base.Range):
    """A range known by its areas; most things are asked of the first one, as in Excel."""

    areas: tuple[Area, ...]
    options: dict[str, Any]

    def __init__(self, sheet: object, areas: tuple[Area, ...]) -> None:
        self._sheet: Any = sheet
        self.areas = areas
        self.options = {}

    @property
    def sheet(self) -> Any:  # noqa: ANN401 - either engine's sheet
        """The sheet."""
        return self._sheet

    @property
    def area(self) -> Area:
        """The first area."""
        return self.areas[0]

    @property
    def only(self) -> Area:
        """The one area, where several would make no block."""
        if len(self.areas) != 1:
            raise ValueError("a range of several areas has no single block of values")
        return self.areas[0]

    def __len__(self) -> int:
        return self.area.height * self.area.width

    @property
    def row(self) -> int:
        """The number of the first row, from 1."""
        return self.area.row

    @property
    def column(self) -> int:
        """The number of the first column, from 1."""
        return self.area.column

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return self.area.height, self.area.width

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        """The sheet, the first row and column, and the shape."""
        return (self.sheet, *self.area)

    @property
    def address(self) -> str:
        """The absolute address."""
        return self.get_address(row_absolute=True, col_absolute=True, external=False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:  # noqa: FBT001 - xlwings' own
        """Write the address, on demand with the book and the sheet before it."""
        found = ",".join(
            grid.address(area, absolute_row=row_absolute, absolute_column=col_absolute) for area in self.areas
        )
        return f"'[{self.sheet.book.name}]{self.sheet.name}'!{found}" if external else found

    @property
    def name(self) -> Any:  # noqa: ANN401 - either engine's name, or None
        """The name that stands for exactly these cells; None without one."""
        for _, name in self._sheet.book.names.snapshot():
            if name.refers_to.startswith("=") and name.refers_to.endswith(self.address):
                target = name.refers_to_range
                if (target.sheet.name, target.areas) == (self._sheet.name, self.areas):
                    return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        sheet = self._sheet.name.replace("'", "''")
        self._sheet.book.names.add(value, f"='{sheet}'!{self.address}")

    def __call__(self, arg1: int, arg2: int | None = None) -> Any:  # noqa: ANN401 - either engine's range
        """Return one cell, by row and column or by its number, all from 1 and inside the range or beyond."""
        row, column = (arg1, arg2) if arg2 is not None else divmod(arg1 - 1, self.area.width)
        if arg2 is None:
            row, column = row + 1, column + 1
        return type(self)(self.sheet, (Area(self.row + row - 1, self.column + column - 1, 1, 1),))


def corner(sheet: base.Sheet, place: Corner) -> tuple[Area, ...]:
    """Find the areas meant by one argument of `sheet.range`; a name must point to this very sheet.

    Raises:
        IndexError: a row or column 0.
        KeyError: neither an address nor a name that points to this sheet.
    """
    if isinstance(place, Placed):
        return place.areas
    if isinstance(place, tuple):
        if 0 in place[:2]:
            raise IndexError("rows and columns count from 1")
        row, column, height, width = place if len(place) == 4 else (*place, 1, 1)
        return (Area(row, column, height, width),)
    areas = grid.parse(place)
    return areas or named(sheet, place)


def named(sheet: Any, name: str) -> tuple[Area, ...]:  # noqa: ANN401 - either engine's sheet
    """Find the areas of a name of the sheet or the workbook, or of a table of this sheet."""
    for table in sheet.tables:
        if table.name.casefold() == name.casefold():
            body: tuple[Area, ...] = (table.data_body_range or table.range).areas
            return body
    for names in (sheet.names, sheet.book.names):
        if names.contains(name):
            target = names(name).refers_to_range
            if target.sheet.name == sheet.name:
                areas: tuple[Area, ...] = target.areas
                return areas
    raise KeyError(f"{name} is no address on {sheet.name}, nor a name that points to it")


def located(sheet: base.Sheet, arg1: Corner, arg2: Corner = None) -> tuple[Area, ...]:
    """Find the areas meant by `sheet.range(arg1, arg2)`: one place, or all between two corners."""
    if isinstance(arg1, int):
        return (Area(arg1, arg2, 1, 1),)
    first = corner(sheet, arg1)
    return first if arg2 is None else (grid.spanning(first[0], corner(sheet, arg2)[0]),)


def body(area: Area) -> Area | None:
    """Return the rows of a table under its header; None when there are none."""
    return area._replace(row=area.row + 1, height=area.height - 1) if area.height > 1 else None


def resized(old: Area, new: Area) -> Area:
    """Check the new place of a table as Excel does: same header row, shared cells, and a row for values.

    Raises:
        ValueError: Excel would answer with error 1004.
    """
    if new.row != old.row or not new.meets(old) or new.height < 2:
        raise ValueError(f"1004: a table at {grid.address(old)} cannot be resized to {grid.address(new)}")
    return new
