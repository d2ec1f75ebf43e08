"""The cells of one sheet in memory: what they hold, how they are formatted, and which are locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, Decimal
from typing import Any, Protocol, TypeAlias

from openpyxl.styles.numbers import is_date_format

from . import grid
from .desktop import Refused
from .grid import COLUMNS, ROWS, Area
from .strict_rules import Mangled, objection

At: TypeAlias = tuple[int, int]
"""A row and a column, from 1."""


class Hiding(Protocol):
    """A filter, as far as it hides rows."""

    hides: set[int]


_CURRENCIES = ("$", "€", "£")


class Cells:
    """A sheet's content. Values are text, floats and truth values; dates are serial numbers, as in Excel."""

    def __init__(self) -> None:
        self.values: dict[At, str | float | bool] = {}
        self.formulas: dict[At, str] = {}
        self.formats: dict[At, str] = {}
        self.rows: dict[int, str] = {}
        self.columns: dict[int, str] = {}
        self.looks: list[tuple[Area, str, object]] = []
        self.unlocked: set[At] = set()
        self.filters: list[Hiding] = []
        self.advanced: set[int] = set()
        self.missed: list[Area] = []
        self.protected = False
        self.code_allowed = False
        self.password = ""

    def copy(self) -> Cells:
        """Return cells of the same content, of which a change leaves these alone."""
        assert not self.filters
        made = Cells()
        for name, content in vars(self).items():
            setattr(made, name, content.copy() if isinstance(content, dict | list | set) else content)
        return made

    def format(self, at: At) -> str:
        """Return the number format of a cell: its own, its row's or its column's."""
        return self.formats.get(at) or self.rows.get(at[0]) or self.columns.get(at[1]) or "General"

    def formats_of(self, area: Area) -> set[str]:
        """Collect the number formats found in an area; of whole columns, those of the columns and the used cells."""
        if area.height < ROWS and area.width < COLUMNS:
            return {self.format(at) for at in area.cells()}
        used = {self.format(at) for at in self._used(area)}
        lines = self.columns if area.height == ROWS else self.rows
        numbers = range(area.column, area.right + 1) if area.height == ROWS else range(area.row, area.bottom + 1)
        return used | {lines.get(number, "General") for number in numbers}

    def filtered(self) -> set[int]:
        """Return the rows that some filter hides."""
        return self.advanced.union(*(each.hides for each in self.filters))

    def hidden(self, area: Area) -> set[int]:
        """Return the rows of an area that are hidden, by a filter or by hand."""
        found = {row for row in self.filtered() if area.row <= row <= area.bottom}
        by_hand: set[int] = set()
        for place, kind, content in self.looks:
            if kind == "row_hidden":
                rows = range(max(place.row, area.row), min(place.bottom, area.bottom) + 1)
                (by_hand.update if content else by_hand.difference_update)(rows)
        return found | by_hand

    def set_format(self, area: Area, code: str) -> None:
        """Format the cells of an area, whole columns and rows included; those that a filter hides stay as they are."""
        self.open(area, "format")
        if ROWS in area or COLUMNS in area:
            cells: Iterable[At] = self._used(area)
        else:
            filtered = self.filtered() if area.height > 1 else set()
            cells = [at for at in area.cells() if at[0] not in filtered] if filtered else area.cells()
        self.formats |= dict.fromkeys(cells, code)
        if area.height == ROWS:
            self.columns |= dict.fromkeys(range(area.column, area.right + 1), code)
        elif area.width == COLUMNS:
            self.rows |= dict.fromkeys(range(area.row, area.bottom + 1), code)

    def _used(self, area: Area) -> Iterator[At]:
        """Walk over the cells of an area that hold or look like something."""
        for at in sorted({*self.values, *self.formulas, *self.formats}):
            if area.holds(Area(*at, 1, 1)):
                yield at

    def used(self) -> Area:
        """Return the smallest area around all that is filled; A1 when nothing is."""
        filled = [Area(*at, 1, 1) for at in (self.values.keys() | self.formulas.keys())] or [Area(1, 1, 1, 1)]
        around = filled[0]
        for cell in filled:
            around = grid.spanning(around, cell)
        return around

    def open(self, area: Area, what: str = "write") -> None:
        """Check that code may change an area.

        Raises:
            Refused: the sheet is protected, and a cell is locked, or more than contents would change.
        """
        closed = self.protected and not self.code_allowed
        if closed and (what != "write" or area.height * area.width > len(self.unlocked & set(area.cells()))):
            raise Refused(f"{what} at {grid.address(area)}: the sheet is protected")

    def show(self, area: Area, kind: str, content: object) -> None:
        """Remember a look of an area."""
        self.open(area, kind)
        self.looks.append((area, kind, content))

    def look(self, area: Area, kind: str, default: object) -> Any:  # noqa: ANN401 - whatever was remembered
        """Return the look that covers an area wholly; None when several meet it."""
        for place, _, content in (look for look in reversed(self.looks) if look[1] == kind):
            if place.holds(area):
                return content
            if place.meets(area):
                return None
        return default

    def read(self, at: At) -> Any:  # noqa: ANN401 - whatever a cell holds
        """Return a value as COM does: a number in a date format as a date, in a currency as a Decimal."""
        content = self.values.get(at)
        if not isinstance(content, float):
            return content
        code = self.format(at)
        if is_date_format(code):
            return grid.moment(content)
        if any(sign in code for sign in _CURRENCIES):
            return Decimal(repr(content)).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
        return content

    def write(self, area: Area, content: object) -> None:
        """Fill an area with one value or a block of its shape; nothing is written unless all of it is kept.

        Where rows of a block are hidden, the others get its first value and they nothing, as in Excel (xlwings #747).
        By a filter it is known; of rows that are hidden by hand it is feared.

        Raises:
            Mangled: Excel would change a value.
            Refused: a cell is locked.
            ValueError: the block is ragged or of another shape.
        """
        rows = grid.rows_of(content, area)
        hidden = self.hidden(area) if area.height > 1 else set()
        if hidden:
            self.missed.append(area)
            rows = [[rows[0][0]] * area.width] * area.height
        filled = {
            (row, column): cell
            for row, cells in enumerate(rows, area.row)
            for column, cell in enumerate(cells, area.column)
            if cell is not None and cell != "" and row not in hidden
        }
        problems = {at: problem for at, cell in filled.items() if (problem := objection(cell, self.format(at)))}
        if problems:
            at, problem = next(iter(problems.items()))
            shown = str(filled[at])[:80]
            raise Mangled(f"{grid.address(Area(*at, 1, 1))}: {shown!r} {problem}; {len(problems)} in all")
        self.open(area)
        for at in (self.values.keys() | self.formulas.keys()) - filled.keys():
            if area.row <= at[0] <= area.bottom and area.column <= at[1] <= area.right and at[0] not in hidden:
                self.put(at, None)
        for at, cell in filled.items():
            self.put(at, cell)

    def put(self, at: At, content: object) -> None:
        """Keep one value, and give its cell a date format when it is a date and the cell General."""
        self.formulas.pop(at, None)
        if content is None or content == "":
            self.values.pop(at, None)
        elif isinstance(content, dt.date):
            self.values[at] = grid.serial(content)
            if self.format(at) == "General":
                self.formats[at] = grid.date_format(content)
        elif isinstance(content, (str, bool)):
            self.values[at] = content
        elif isinstance(content, (int, float)):
            self.values[at] = float(content)

    def enter(self, area: Area, formula: str) -> None:
        """Put a formula into every cell; it is not calculated.

        Raises:
            Mangled: a cell is formatted as text, and the formula would be shown instead of its result.
        """
        self.open(area)
        hidden = self.hidden(area) if area.height > 1 else set()
        for at in area.cells():
            if at[0] in hidden:
                continue
            if self.format(at) == "@":
                raise Mangled(f"{grid.address(Area(*at, 1, 1))}: a formula in a text cell stays text")
            self.values.pop(at, None)
            self.formulas[at] = formula

    def empty(self, area: Area) -> None:
        """Take the contents away."""
        self.open(area)
        for at in list(self._used(area)):
            self.values.pop(at, None)
            self.formulas.pop(at, None)
