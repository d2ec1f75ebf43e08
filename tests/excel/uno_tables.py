"""Tables and names of a LibreOffice document: Excel's tables arrive there as database ranges of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import xlwings.base_classes as base

from . import ranges
from .desktop import Refused
from .grid import Area, parse
from .office import Uno, struct
from .uno_filters import AutoFilter
from .uno_formats import area_of
from .uno_range import Range

if TYPE_CHECKING:
    import xlwings as xw

    from .uno_engine import Book
    from .uno_sheets import Sheet


class TableApi:
    """The native members of a table."""

    def __init__(self, xl: Uno) -> None:
        self._xl = xl

    @property
    def ShowAutoFilter(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the header row has filter buttons."""
        return bool(self._xl.AutoFilter)

    @property
    def AutoFilter(self) -> AutoFilter | None:  # noqa: N802 - Excel's name
        """The filter; as in Excel there is none without filter buttons."""
        return AutoFilter(self._xl) if self._xl.AutoFilter else None


class Table(base.Table):
    """One table."""

    def __init__(self, sheet: Sheet, xl: Uno) -> None:
        self._sheet = sheet
        self.xl = xl

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self._sheet

    @property
    def api(self) -> TableApi:
        """The native members."""
        return TableApi(self.xl)

    @property
    def name(self) -> str:
        """The table's name in Excel."""
        return str(self.xl.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.xl.Name = value

    display_name = name

    @property
    def _area(self) -> Area:
        return area_of(self.xl.DataArea)

    def _range(self, area: Area) -> Range:
        return Range(self.parent, (area,))

    @property
    def range(self) -> Range:
        """Header and rows."""
        return self._range(self._area)

    @property
    def header_row_range(self) -> Range:
        """The header row."""
        return self._range(self._area._replace(height=1))

    @property
    def data_body_range(self) -> Range | None:
        """The rows; None when there are none."""
        rows = ranges.body(self._area)
        return self._range(rows) if rows else None

    def resize(self, range: xw.Range) -> None:  # noqa: A002 - xlwings' own
        """Let the table cover other cells, under the same header row."""
        if self._sheet.xl.isProtected():
            raise Refused(f"resize of {self.name}: the sheet is protected")
        area = ranges.resized(self._area, range.impl.area)
        self.xl.setDataArea(
            struct(
                "table.CellRangeAddress",
                Sheet=self.xl.DataArea.Sheet,
                StartRow=area.row - 1,
                StartColumn=area.column - 1,
                EndRow=area.bottom - 1,
                EndColumn=area.right - 1,
            )
        )

    @property
    def show_autofilter(self) -> bool:
        """Whether the header row has filter buttons."""
        return bool(self.xl.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, shown: bool) -> None:
        self.xl.AutoFilter = bool(shown)


class Tables(base.Tables):
    """The tables of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def __iter__(self) -> Iterator[Table]:
        found = self._sheet.book.xl.DatabaseRanges
        for name in found.ElementNames:
            if found.getByName(name).DataArea.Sheet == self._sheet.index - 1:
                yield Table(self._sheet, found.getByName(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: str) -> bool:
        return any(table.name.casefold() == key.casefold() for table in self)

    def __call__(self, key: int | str) -> Table:  # noqa: D102 - as every collection of xlwings
        if isinstance(key, int):
            return list(self)[key - 1]
        for table in self:
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)


def _content(refers_to: str) -> str:
    """Turn `=Sheet!$A$1` into LibreOffice's way of writing it."""
    sheet, _, cells = refers_to.removeprefix("=").rpartition("!")
    if parse(cells) is None:
        raise ValueError(f"only names of cells are supported, not {refers_to}")
    return f"${sheet}.{cells}"


class Name(base.Name):
    """One defined name."""

    def __init__(self, book: Book, xl: Uno) -> None:
        self.book = book
        self.xl = xl

    @property
    def name(self) -> str:
        """The name itself."""
        return str(self.xl.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.xl.Name = value

    @property
    def refers_to(self) -> str:
        """What it stands for, as `=Sheet!$A$1` when that is cells, in LibreOffice's words otherwise."""
        if self.xl.getReferredCells() is None:
            return f"={self.xl.Content}"
        target = self.refers_to_range
        return f"={target.sheet.quoted}!{target.address}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.xl.Content = _content(value)

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for."""
        at = self.xl.getReferredCells().RangeAddress
        return Range(self.book.sheets(at.Sheet + 1), (area_of(at),))


class Names(base.Names):
    """The names of a workbook, or of one sheet."""

    def __init__(self, book: Book, xl: Uno) -> None:
        self.book = book
        self.xl = xl

    def snapshot(self) -> list[tuple[str, Name]]:
        """List the names with their objects."""
        return [(name, Name(self.book, self.xl.getByName(name))) for name in self.xl.ElementNames]

    def contains(self, name_or_index: str) -> bool:
        """Tell whether a name is defined, whatever its capitals."""
        return any(name.casefold() == name_or_index.casefold() for name, _ in self.snapshot())

    def __len__(self) -> int:
        return len(self.snapshot())

    def __call__(self, name_or_index: str) -> Name:  # noqa: D102 - as every collection of xlwings
        for name, found in self.snapshot():
            if name.casefold() == name_or_index.casefold():
                return found
        raise KeyError(name_or_index)

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name for one area, given as `=Sheet!$A$1`."""
        origin = struct("table.CellAddress", Sheet=0, Column=0, Row=0)
        self.xl.addNewByName(name, _content(refers_to), origin, 0)
        return self(name)
