"""The tables of the strict engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import xlwings.base_classes as base

from . import ranges
from .desktop import Refused
from .grid import Area
from .strict_calls import Calls, counted
from .strict_filters import AutoFilter, Criteria
from .strict_range import Range

if TYPE_CHECKING:
    import xlwings as xw

    from .strict_book import Sheet


@counted("Table.api")
class TableApi:
    """The native members of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.calls: Calls = table.calls

    @property
    def ShowAutoFilter(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the header row has filter buttons."""
        return self._table.show_autofilter

    @property
    def AutoFilter(self) -> AutoFilter | None:  # noqa: N802 - Excel's name
        """The filter; as in Excel there is none without filter buttons."""
        return AutoFilter(self._table.filter) if self._table.show_autofilter else None


@counted("Table")
class Table(base.Table):
    """One table."""

    def __init__(self, sheet: Sheet, name: str, area: Area) -> None:
        self.sheet = sheet
        self.area = area
        self.filter = Criteria(sheet.content, lambda: self.area, sheet.calls)
        self._name = name
        self._buttons, self._totals = True, False
        self.calls: Calls = sheet.calls

    @property
    def api(self) -> TableApi:
        """The native members."""
        return TableApi(self)

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self.sheet

    @property
    def name(self) -> str:
        """The table's name."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self._name = value

    display_name = name

    @property
    def range(self) -> Range:
        """Header and rows."""
        return Range(self.sheet, (self.area,))

    @property
    def header_row_range(self) -> Range:
        """The header row."""
        return Range(self.sheet, (self.area._replace(height=1),))

    @property
    def data_body_range(self) -> Range | None:
        """The rows without a total row; None when there are none."""
        rows = ranges.body(self.area._replace(height=self.area.height - self._totals))
        return Range(self.sheet, (rows,)) if rows else None

    @property
    def show_totals(self) -> bool:
        """Whether a total row stands below the rows, as a part of the table."""
        return self._totals

    @show_totals.setter
    def show_totals(self, shown: bool) -> None:
        """Show one below the rows, with its word in the first column, as Excel does."""
        assert shown
        assert not self._totals
        self._totals, self.area = True, self.area._replace(height=self.area.height + 1)
        self.sheet.content.values[self.area.bottom, self.area.column] = "Total"

    def resize(self, range: xw.Range) -> None:  # noqa: A002 - xlwings' own
        """Let the table cover other cells, under the same header row.

        Raises:
            Refused: the sheet is protected; Excel refuses then even when code may change cells.
        """
        if self.sheet.content.protected:
            raise Refused(f"resize of {self._name}: the sheet is protected")
        self.area = ranges.resized(self.area, range.impl.area)

    @property
    def show_autofilter(self) -> bool:
        """Whether the header row has filter buttons."""
        return self._buttons

    @show_autofilter.setter
    def show_autofilter(self, shown: bool) -> None:
        self._buttons = bool(shown)
        if not shown and self.filter.asked:  # as in Excel: without its buttons a table hides nothing
            self.filter.clear()


@counted("Tables")
class Tables(base.Tables):
    """The tables of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.calls: Calls = sheet.calls

    def __iter__(self) -> Iterator[Table]:
        return iter(list(self._sheet.listed))

    def __len__(self) -> int:
        return len(self._sheet.listed)

    def __contains__(self, key: str) -> bool:
        return any(table.name.casefold() == key.casefold() for table in self._sheet.listed)

    def __call__(self, key: int | str) -> Table:  # noqa: D102 - as every collection of xlwings
        if isinstance(key, int):
            return self._sheet.listed[key - 1]
        for table in self._sheet.listed:
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)
