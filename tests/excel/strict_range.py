"""A range of the strict engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .ranges import Areas
from .strict_calls import Calls, counted
from .strict_cells import At
from .strict_layout import Shown


@counted("Range.api")
class RangeApi:
    """The few native members of a range that xlwings has not."""

    def __init__(self, cells: Range) -> None:
        self._range = cells
        self.calls = cells.calls

    @property
    def HasFormula(self) -> bool | None:  # noqa: N802 - Excel's name
        """Tell whether all cells hold formulas; None when only some do."""
        found = {at in self._range.cells.formulas for at in self._range.only.cells()}
        return found.pop() if len(found) == 1 else None

    @property
    def Value2(self) -> Any:  # noqa: ANN401, N802 - Excel's name
        """Read the values with dates and currencies as bare numbers."""
        return self._range.block(self._range.cells.values.get)

    @property
    def Areas(self) -> Areas:  # noqa: N802 - Excel's name
        """Its parts."""
        return Areas(self._range.areas)

    @property
    def Locked(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the first cell is closed once the sheet is protected."""
        return (self._range.row, self._range.column) not in self._range.cells.unlocked


@counted("Range")
class Range(Shown):
    """Cells of one sheet in memory."""

    @property
    def calls(self) -> Calls:
        """The count that this range adds to."""
        found: Calls = self._sheet.calls
        return found

    @property
    def api(self) -> RangeApi:
        """The native members."""
        return RangeApi(self)

    def block(self, read: Callable[[At], object]) -> Any:  # noqa: ANN401 - one value, or rows of them
        """Lay out what is read from each cell: one value, or a tuple of rows."""
        area = self.only
        if area.height == area.width == 1:
            return read((area.row, area.column))
        across = range(area.column, area.right + 1)
        return tuple(tuple(read((row, column)) for column in across) for row in range(area.row, area.bottom + 1))

    @property
    def raw_value(self) -> Any:  # noqa: ANN401 - one value, or rows of them
        """The value of a single cell, or the rows of a block."""
        return self.block(self.cells.read)

    @raw_value.setter
    def raw_value(self, content: object) -> None:
        self.cells.write(self.only, content)

    @property
    def formula(self) -> Any:  # noqa: ANN401 - one formula, or rows of them
        """The formula of a single cell or the formulas of a block; the content where there is none."""
        return self.block(lambda at: str(self.cells.formulas.get(at) or self.cells.values.get(at, "")))

    @formula.setter
    def formula(self, text: str) -> None:
        self.cells.enter(self.only, text)

    @property
    def number_format(self) -> str | None:
        """The format code; None when the cells differ."""
        found: set[str] = set()
        for area in self.areas:
            found |= self.cells.formats_of(area)
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        for area in self.areas:
            self.cells.set_format(area, code)

    def select(self) -> None:
        """Select the cells, as a user does."""
        self.sheet.book.app.engine.selected = self

    def clear_contents(self) -> None:
        """Empty the cells and keep their formats."""
        for area in self.areas:
            self.cells.empty(area)

    def clear(self) -> None:
        """Empty the cells and take their formats away."""
        self.clear_contents()
        for area in self.areas:
            self.cells.set_format(area, "General")
            self.cells.show(area, "color", None)
            self.cells.show(area, "wrap_text", content=False)
