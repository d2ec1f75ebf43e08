"""The sheets of a LibreOffice document as xlwings sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import xlwings.base_classes as base

from . import ranges
from .office import Uno
from .ranges import Corner
from .uno_filters import AutoFilter
from .uno_formats import area_of
from .uno_range import Range
from .uno_tables import Names, Tables

if TYPE_CHECKING:
    from .uno_engine import Book


class SheetApi:
    """The native members of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._xl = sheet.xl
        self._unnamed, self._place = sheet.book.xl.getPropertyValue("UnnamedDatabaseRanges"), sheet.index - 1

    @property
    def AutoFilter(self) -> AutoFilter | None:  # noqa: N802 - Excel's name
        """The sheet's own filter, not that of a table."""
        return AutoFilter(self._unnamed.getByTable(self._place)) if self._unnamed.hasByTable(self._place) else None

    @property
    def FilterMode(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the sheet's own filter hides rows."""
        own = self.AutoFilter
        return own is not None and own.FilterMode

    @property
    def ProtectContents(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the sheet is protected."""
        return bool(self._xl.isProtected())

    def Protect(self, Password: str = "", **_: object) -> None:  # noqa: N802, N803 - Excel's names
        """Protect the sheet, against code too: LibreOffice knows no UserInterfaceOnly."""
        self._xl.protect(Password)

    def Unprotect(self, Password: str = "") -> None:  # noqa: N802, N803 - Excel's names
        """Take the protection away."""
        self._xl.unprotect(Password)


class Sheet(base.Sheet):
    """One sheet."""

    def __init__(self, book: Book, xl: Uno) -> None:
        self._book = book
        self.xl = xl

    @property
    def book(self) -> Book:
        """The workbook."""
        return self._book

    @property
    def api(self) -> SheetApi:
        """The native members."""
        return SheetApi(self)

    @property
    def name(self) -> str:
        """The name on the tab."""
        return str(self.xl.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.xl.Name = value

    @property
    def quoted(self) -> str:
        """The name as a formula writes it."""
        return self.name if self.name.isidentifier() else "'" + self.name.replace("'", "''") + "'"

    @property
    def index(self) -> int:
        """The place among the sheets, from 1."""
        return int(self.xl.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        """The names that hold on this sheet only."""
        return Names(self.book, self.xl.NamedRanges)

    @property
    def tables(self) -> Tables:
        """The tables on this sheet."""
        return Tables(self)

    def range(self, arg1: Corner, arg2: Corner = None) -> Range:
        """Find cells by address, by name, by coordinates, or between two corners."""
        return Range(self, ranges.located(self, arg1, arg2))

    @property
    def cells(self) -> Range:
        """All cells."""
        return Range(self, (area_of(self.xl.RangeAddress),))

    @property
    def used_range(self) -> Range:
        """The smallest area that holds all that is filled; A1 when nothing is."""
        cursor = self.xl.createCursor()
        cursor.gotoStartOfUsedArea(False)  # noqa: FBT003 - UNO takes no keywords
        cursor.gotoEndOfUsedArea(True)  # noqa: FBT003 - same
        return Range(self, (area_of(cursor.RangeAddress),))

    @property
    def visible(self) -> bool:
        """Whether the tab is shown."""
        return bool(self.xl.IsVisible)

    @visible.setter
    def visible(self, visible: bool) -> None:
        self.xl.IsVisible = bool(visible)

    def activate(self) -> None:
        """Show this sheet."""
        self.book.xl.CurrentController.setActiveSheet(self.xl)

    select = activate

    def clear_contents(self) -> None:
        """Empty every cell and keep the formats."""
        self.cells.clear_contents()

    def clear(self) -> None:
        """Empty every cell and take the formats away."""
        self.cells.clear()

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns and rows to what is filled."""
        self.used_range.autofit(axis)


class Sheets(base.Sheets):
    """The sheets of one workbook, in the order of their tabs."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def _remote(self) -> Uno:
        return self._book.xl.Sheets

    def __iter__(self) -> Iterator[Sheet]:
        for number in range(len(self)):
            yield Sheet(self._book, self._remote.getByIndex(number))

    def __len__(self) -> int:
        return int(self._remote.Count)

    def __call__(self, name_or_index: int | str) -> Sheet:  # noqa: D102 - as every collection of xlwings
        if isinstance(name_or_index, int):
            return Sheet(self._book, self._remote.getByIndex(name_or_index - 1))
        for name in self._remote.ElementNames:
            if name.casefold() == name_or_index.casefold():
                return Sheet(self._book, self._remote.getByName(name))
        raise KeyError(name_or_index)

    @property
    def active(self) -> Sheet:
        """The sheet that is shown."""
        return Sheet(self._book, self._book.xl.CurrentController.ActiveSheet)

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Add a sheet before or after another, or before the one that is shown."""
        place = before.index - 1 if before else after.index if after else self.active.index - 1
        title = name or f"Sheet{len(self) + 1}"
        self._remote.insertNewByName(title, place)
        return self(title)
