"""The sheets and names of a workbook in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import xlwings.base_classes as base

from . import grid, ranges
from .desktop import Refused
from .grid import COLUMNS, ROWS, Area
from .ranges import Corner
from .strict_calls import counted
from .strict_cells import Cells
from .strict_filters import AutoFilter, Criteria
from .strict_range import Range
from .strict_tables import Table, Tables

if TYPE_CHECKING:
    from .strict_app import Book


@counted("Sheet.api")
class SheetApi:
    """The native members of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._cells = sheet.content
        self.calls = sheet.calls

    @property
    def AutoFilter(self) -> AutoFilter | None:  # noqa: N802 - Excel's name
        """The sheet's own filter, not that of a table."""
        return AutoFilter(self._sheet.filter) if self._sheet.filter else None

    @property
    def FilterMode(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the sheet's own filter hides rows, or an advanced one, which leaves no other behind."""
        return bool(self._cells.advanced or (self._sheet.filter and self._sheet.filter.asked))

    def ShowAllData(self) -> None:  # noqa: N802 - Excel's name
        """Take away what the sheet is filtered by."""
        if self._sheet.filter and self._sheet.filter.asked:
            self._sheet.filter.clear()
        elif not self._cells.advanced:
            raise Refused("ShowAllData of a sheet that is not filtered")
        self._cells.advanced = set()

    @property
    def ProtectContents(self) -> bool:  # noqa: N802 - Excel's name
        """Tell whether the sheet is protected."""
        return self._cells.protected

    def Protect(self, Password: str = "", *, UserInterfaceOnly: bool = False, **_: object) -> None:  # noqa: N802, N803
        """Protect the sheet; code may still change it when only the user is kept out."""
        self._cells.protected, self._cells.code_allowed, self._cells.password = True, UserInterfaceOnly, Password

    def Unprotect(self, Password: str = "") -> None:  # noqa: N802, N803 - Excel's names
        """Take the protection away."""
        if self._cells.protected and Password != self._cells.password:
            raise Refused("the password is not correct")
        self._cells.protected = False


@counted("Sheet")
class Sheet(base.Sheet):
    """One sheet."""

    def __init__(self, book: Book, name: str, content: Cells) -> None:
        self._book = book
        self._name = name
        self._visible = True
        self.calls = book.calls
        self.content = content
        self.listed: list[Table] = []
        self.filter: Criteria | None = None

    @property
    def tables(self) -> Tables:
        """The tables on this sheet."""
        return Tables(self)

    @property
    def api(self) -> SheetApi:
        """The native members."""
        return SheetApi(self)

    @property
    def book(self) -> Book:
        """The workbook."""
        return self._book

    @property
    def name(self) -> str:
        """The name on the tab."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self._name = value

    @property
    def index(self) -> int:
        """The place among the sheets, from 1."""
        return self._book.content.index(self) + 1

    @property
    def names(self) -> Names:
        """The names that hold on this sheet only."""
        return Names(self._book, self)

    def range(self, arg1: Corner, arg2: Corner = None) -> Range:
        """Find cells by address, by name, by coordinates, or between two corners."""
        return Range(self, ranges.located(self, arg1, arg2))

    @property
    def cells(self) -> Range:
        """All cells."""
        return Range(self, (Area(1, 1, ROWS, COLUMNS),))

    @property
    def used_range(self) -> Range:
        """The smallest area that holds all that is filled; A1 when nothing is."""
        return Range(self, (self.content.used(),))

    @property
    def visible(self) -> bool:
        """Whether the tab is shown."""
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        self._visible = bool(visible)

    def activate(self) -> None:
        """Show this sheet."""
        self._book.shown = self

    select = activate

    def clear_contents(self) -> None:
        """Empty every cell and keep the formats."""
        self.cells.clear_contents()

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns and rows to what is filled; nothing is measured here."""
        self.used_range.autofit(axis)


@counted("Sheets")
class Sheets(base.Sheets):
    """The sheets of one workbook, in the order of their tabs."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.calls = book.calls

    def __iter__(self) -> Iterator[Sheet]:
        return iter(list(self._book.content))

    def __len__(self) -> int:
        return len(self._book.content)

    def __call__(self, name_or_index: int | str) -> Sheet:  # noqa: D102 - as every collection of xlwings
        if isinstance(name_or_index, int):
            return self._book.content[name_or_index - 1]
        for sheet in self._book.content:
            if sheet.name.casefold() == name_or_index.casefold():
                return sheet
        raise KeyError(name_or_index)

    @property
    def active(self) -> Sheet:
        """The sheet that is shown."""
        return self._book.shown

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Add a sheet before or after another, or before the one that is shown."""
        place = before.index - 1 if before else after.index if after else self.active.index - 1
        return self._book.add_sheet(name or f"Sheet{len(self) + 1}", Cells(), place)


@counted("Name")
class Name(base.Name):
    """One defined name."""

    def __init__(self, book: Book, name: str, refers_to: str) -> None:
        self._book = book
        self._name = name
        self._target = refers_to
        self.calls = book.calls

    @property
    def name(self) -> str:
        """The name itself."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self._name = value

    @property
    def refers_to(self) -> str:
        """What it stands for, such as `=Sheet!$A$1`."""
        return self._target

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._target = value

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for."""
        sheet, _, cells = self._target.removeprefix("=").rpartition("!")
        areas = grid.parse(cells)
        if areas is None:
            raise Refused(f"{self._name} does not stand for cells")
        return Range(self._book.sheets(sheet.strip("'").replace("''", "'")), areas)


@counted("Names")
class Names(base.Names):
    """The names of a workbook, or of one sheet."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self._book = book
        self._sheet = sheet
        self.calls = book.calls

    @property
    def _held(self) -> list[Name]:
        return self._book.defined.setdefault(self._sheet.name if self._sheet else None, [])

    def snapshot(self) -> list[tuple[str, Name]]:
        """List the names with their objects."""
        return [(name.name, name) for name in self._held]

    def contains(self, name_or_index: str) -> bool:
        """Tell whether a name is defined, whatever its capitals."""
        return any(name.name.casefold() == name_or_index.casefold() for name in self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __call__(self, name_or_index: str) -> Name:  # noqa: D102 - as every collection of xlwings
        for name in self._held:
            if name.name.casefold() == name_or_index.casefold():
                return name
        raise KeyError(name_or_index)

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name."""
        self._held.append(Name(self._book, name, refers_to))
        return self._held[-1]
