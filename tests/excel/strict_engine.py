"""An xlwings engine in memory that refuses what Excel would mangle, and counts the trips to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import xlwings as xw
import xlwings.base_classes as base

from .desktop import Desktop
from .strict_app import App
from .strict_calls import Calls
from .strict_range import Range


class Engine(Desktop):
    """The engine and its workbooks; `macros` keeps the name of each that was run, `alerts` what was said."""

    name = "strict"

    def __init__(self) -> None:
        super().__init__()
        self.trips = Calls()
        self.macros: list[str] = []
        self.alerts: list[str] = []
        self.answers: dict[str, Callable[[object], object]] = {}
        self.selected: Range | None = None
        self.app = App(self)

    @property
    def apps(self) -> Apps:
        """The one running program."""
        return Apps(self.app)

    @property
    def calls(self) -> Counter[str]:
        """The trips made so far by name, such as `Range.raw_value=`; clear it to count anew."""
        return self.trips.made

    def answer(self, macro: str, arguments: object) -> object:
        """What a person answers to a macro that asks, by its name in `answers`; nothing where nobody is asked."""
        answered = self.answers.get(macro)
        return answered(arguments) if answered else None

    @property
    def busy(self) -> int:
        """How many of the next calls are rejected with ExcelBusy, as while a cell is edited."""
        return self.trips.busy

    @busy.setter
    def busy(self, calls: int) -> None:
        self.trips.busy = calls

    def open_book(self, path: Path) -> xw.Book:
        """Open a workbook from a file; it is never written back, and opening it is not counted."""
        return xw.Book(impl=self.app.load(path))


def begin() -> Engine:
    """Make a fresh strict engine the one that xlwings talks to; it lets go of the one before, with its workbooks."""
    engine = Engine()
    wrapped = xw.Engine(impl=engine)
    xw.engines.engines[:] = [each for each in xw.engines.engines if each.name != wrapped.name]
    xw.engines.add(wrapped)
    wrapped.activate()
    return engine


class Apps(base.Apps):
    """The running programs: one."""

    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        """List the process numbers."""
        return [1]

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self._app
