"""A stand-in for Excel on a Windows without one: a workbook of the strict engine, offered over COM by Excel's names.

It runs in a process of its own with the Windows Python. Like Excel it answers in its first thread and no other, hands
its workbook to the companion, and sees only what comes back over COM: values in VARIANTs, calls between processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pythoncom
import win32event
import win32gui
from win32com.client import Dispatch
from win32com.server import util

from addin import COMPANION
from sync.language.catalogues import ENGLISH
from tests.excel import strict_engine
from workbook.control import control_sheet
from workbook.control.panel import FIGURE_CELLS, FIGURES, INPUTS, Figure, Input
from workbook.control.panel import SHEET as CONTROL

LOOK = 200
"""Milliseconds between two looks at whether what is waited for is so."""


def offered(thing: Any) -> Any:  # noqa: ANN401 - an object of ours, as COM has it
    """Return an object as it is handed to another process."""
    return util.wrap(thing)


def _block(content: Any) -> Any:  # noqa: ANN401 - one value, or rows of them
    """Return a block as pywin32 hands it out: a tuple would be several results."""
    return [list(row) for row in content] if isinstance(content, tuple) else content


class Cells:
    """A range."""

    _readonly_attrs_ = ("Row", "Column", "Rows", "Columns", "Count", "Worksheet", "EntireRow", "ColumnWidth")
    _public_attrs_ = ("Value", "Formula", "NumberFormat", *_readonly_attrs_)
    _public_methods_ = ("Item",)

    def __init__(self, impl: Any, sheet: Sheet) -> None:  # noqa: ANN401 - a range of the strict engine
        self.impl, self.sheet = impl, sheet

    @property
    def Value(self) -> Any:  # noqa: ANN401, N802 - whatever stands there; Excel's name
        """The values."""
        return _block(self.impl.raw_value)

    @Value.setter
    def Value(self, content: Any) -> None:  # noqa: ANN401, N802 - as it arrives
        self.impl.raw_value = [list(row) for row in content] if isinstance(content, tuple) else content

    @property
    def Formula(self) -> Any:  # noqa: ANN401, N802 - same
        """The formulas."""
        return _block(self.impl.formula)

    @Formula.setter
    def Formula(self, text: str) -> None:  # noqa: N802 - Excel's name
        self.impl.formula = text

    @property
    def NumberFormat(self) -> Any:  # noqa: ANN401, N802 - same
        """The format."""
        return self.impl.number_format

    @NumberFormat.setter
    def NumberFormat(self, code: str) -> None:  # noqa: N802 - Excel's name
        self.impl.number_format = code

    Row = property(lambda self: self.impl.row)
    Column = property(lambda self: self.impl.column)
    Count = property(lambda self: len(self.impl))
    Worksheet = property(lambda self: offered(self.sheet))
    Rows = EntireRow = property(lambda self: offered(Lines(self, 0)))
    Columns = property(lambda self: offered(Lines(self, 1)))
    ColumnWidth = property(lambda self: self.impl.column_width)

    def Item(self, *place: int) -> Any:  # noqa: ANN401, N802 - another range; Excel's name
        """A cell of it."""
        return offered(Cells(self.impl(*place), self.sheet))


class Lines:
    """The rows or the columns of a range."""

    _public_attrs_ = ("Count", "Hidden", "Rows")
    _public_methods_ = ("Item",)

    def __init__(self, cells: Cells, axis: int) -> None:
        self._cells, self._axis = cells, axis

    Rows = property(offered)
    Count = property(lambda self: self._cells.impl.shape[self._axis])

    @property
    def Hidden(self) -> bool:  # noqa: N802 - Excel's name
        """Whether they are."""
        return bool(self._cells.impl.row_hidden)

    @Hidden.setter
    def Hidden(self, value: bool) -> None:  # noqa: N802 - Excel's name
        self._cells.impl.row_hidden = value

    def Item(self, number: int) -> Any:  # noqa: ANN401, N802 - a line; Excel's name
        """One of them."""
        return offered(Lines(Cells(self._cells.impl(number, 1), self._cells.sheet), self._axis))


class Table:
    """A ListObject."""

    _public_attrs_ = ("Name", "Range", "DataBodyRange", "AutoFilter")
    _public_methods_ = ("Resize",)

    def __init__(self, impl: Any, sheet: Sheet) -> None:  # noqa: ANN401 - a table of the strict engine
        self._impl, self._sheet = impl, sheet
        self.Name, self.AutoFilter = impl.name, None

    Range = property(lambda self: offered(Cells(self._impl.range, self._sheet)))

    @property
    def DataBodyRange(self) -> Any:  # noqa: ANN401, N802 - a range or nothing; Excel's name
        """Its rows."""
        body = self._impl.data_body_range
        return None if body is None else offered(Cells(body, self._sheet))

    def Resize(self, cells: Any) -> None:  # noqa: ANN401, N802 - a range; Excel's name
        """Let it cover other cells."""
        found = Dispatch(cells)
        first, rows, columns = (found.Row, found.Column), found.Rows.Count, found.Columns.Count
        last = (first[0] + rows - 1, first[1] + columns - 1)
        self._impl.resize(_Wanted(self._sheet.impl.range(first, last)))


class _Wanted:
    """A range as xlwings hands it to the engine."""

    def __init__(self, impl: Any) -> None:  # noqa: ANN401 - a range of the strict engine
        self.impl = impl


class Listed:
    """A collection: of sheets, of tables."""

    _public_attrs_ = ("Count",)
    _public_methods_ = ("Item",)

    def __init__(self, impl: Any, make: Callable[[Any], Any]) -> None:  # noqa: ANN401 - a collection, what offers one
        self._impl, self._make = impl, make

    Count = property(lambda self: len(self._impl))

    def Item(self, key: int | str) -> Any:  # noqa: ANN401, N802 - one of them; Excel's name
        """One of them, by place or by name."""
        return offered(self._make(self._impl(key)))

    _value_ = Item

    def _NewEnum(self) -> Any:  # noqa: ANN401, N802 - what COM goes through
        return util.NewEnum([offered(self._make(each)) for each in self._impl])


class Sheet:
    """A worksheet."""

    _public_attrs_ = (
        "Name",
        "Visible",
        "ListObjects",
        "Parent",
        "AutoFilter",
        "FilterMode",
        "ProtectContents",
        "UsedRange",
    )
    _public_methods_ = ("Range", "Cells")
    AutoFilter, FilterMode, ProtectContents = None, False, False

    def __init__(self, impl: Any, book: Book) -> None:  # noqa: ANN401 - a sheet of the strict engine
        self.impl, self._book = impl, book

    Name = property(lambda self: self.impl.name)
    Parent = property(lambda self: offered(self._book))
    UsedRange = property(lambda self: offered(Cells(self.impl.used_range, self)))
    Visible = property(lambda self: -1 if self.impl.visible else 0)
    ListObjects = property(lambda self: offered(Listed(self.impl.tables, lambda each: Table(each, self))))

    def Range(self, first: Any, last: Any = None) -> Any:  # noqa: ANN401, N802 - an address, or two corners
        """Some of its cells."""
        corners = [each if isinstance(each, str) else _corner(each) for each in (first, last) if each is not None]
        return offered(Cells(self.impl.range(*corners), self))

    def Cells(self, row: int, column: int) -> Any:  # noqa: ANN401, N802 - a range; Excel's name
        """One of its cells."""
        return offered(Cells(self.impl.range((row, column)), self))


def _corner(cell: Any) -> tuple[int, int]:  # noqa: ANN401 - a range as it comes back
    found = Dispatch(cell)
    return found.Row, found.Column


class Application:
    """Excel itself."""

    _public_attrs_ = ("StatusBar", "Hwnd", "Name")
    _public_methods_ = ("Calculate", "Run")
    Name = "Microsoft Excel"

    def __init__(self) -> None:
        self.Hwnd = win32gui.GetDesktopWindow()
        self.shown: list[object] = []
        self.ran: list[str] = []

    @property
    def StatusBar(self) -> object:  # noqa: N802 - Excel's name
        """What it says."""
        return self.shown[-1]

    @StatusBar.setter
    def StatusBar(self, words: object) -> None:  # noqa: N802 - Excel's name
        self.shown.append(words)

    def Calculate(self) -> None:  # noqa: N802 - Excel's name
        """Have the formulas follow."""

    def Run(self, macro: str, *_: object) -> None:  # noqa: N802 - Excel's name
        """Run a macro."""
        self.ran.append(macro)


class Book:
    """The workbook that hands itself to the companion."""

    _public_attrs_ = ("Name", "FullName", "Application", "Worksheets", "Sheets")
    _public_methods_ = ("SaveCopyAs",)

    def __init__(self, impl: Any, application: Application) -> None:  # noqa: ANN401 - a workbook of the strict engine
        self._impl, self._application = impl, application

    Name = property(lambda self: self._impl.name)
    FullName = property(lambda self: self._impl.fullname)

    def SaveCopyAs(self, name: str) -> None:  # noqa: N802 - Excel's name
        """Save a copy; the workbook stays as it is."""
        self._impl.api.SaveCopyAs(name)

    Application = property(lambda self: offered(self._application))
    Worksheets = Sheets = property(lambda self: offered(Listed(self._impl.sheets, lambda each: Sheet(each, self))))


class Excel:
    """A workbook that is open, and what its buttons do.

    Args:
        path: of the control workbook, built in English.
    """

    def __init__(self, path: str) -> None:
        self.book = strict_engine.begin().open_book(Path(path))
        self.application = Application()
        self._offered = offered(Book(self.book.impl, self.application))
        self.choose(Input.COMPANY, control_sheet.SAMPLE.said(ENGLISH))
        self.choose(Input.START, "Past Month")

    def choose(self, cell: Input, value: object) -> None:
        """Type into an input."""
        self.book.sheets[CONTROL.said(ENGLISH)].range(INPUTS[cell]).raw_value = value

    def start(self, task: str) -> str:
        """Press a button; what the companion answers."""
        return str(Dispatch(COMPANION).Start(task, "en", self._offered))

    def press(self, task: str, seconds: float = 120) -> str:
        """Press a button, and go on answering until the task has ended: its last words."""
        ran = len(self.application.ran)
        if said := self.start(task):
            return said
        self.until(lambda: len(self.application.ran) > ran, seconds)
        return self.until(lambda: not Dispatch(COMPANION).State("en"))

    def until(self, so: Callable[[], object], seconds: float = 120) -> str:
        """Answer whoever calls until something is so; the status then."""
        end = time.monotonic() + seconds
        while not so():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.status!r}, {self.application.shown[-3:]}")
            win32event.MsgWaitForMultipleObjects((), False, LOOK, win32event.QS_ALLINPUT)  # noqa: FBT003 - pywin32
            pythoncom.PumpWaitingMessages()
        return self.status

    def shown(self, figure: Figure) -> Any:  # noqa: ANN401 - whatever stands there
        """A figure behind the control sheet."""
        return self.book.sheets[FIGURES].range(FIGURE_CELLS[figure]).raw_value

    @property
    def status(self) -> str:
        """The status cell."""
        return str(self.shown(Figure.STATUS))
