"""The program and the workbooks of the strict engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings.base_classes as base

from . import strict_load
from .strict_book import Name, Names, Sheet, Sheets
from .strict_calls import Calls, counted
from .strict_cells import Cells
from .strict_range import Range
from .strict_save import save_copy

if TYPE_CHECKING:
    from .strict_engine import Engine


class _Switches:
    """The switches of the program, at Excel's defaults."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {
            "visible": True,
            "screen_updating": True,
            "display_alerts": True,
            "enable_events": True,
            "interactive": True,
            "calculation": "automatic",
        }


def _switch(name: str) -> property:
    """Make a property of the program that is remembered and changes nothing."""

    def get(app: App) -> object:
        return app.switches.values[name]

    def put(app: App, value: object) -> None:
        app.switches.values[name] = value

    return property(get, put, doc=f"The switch {name}.")


@counted("App")
class App(base.App):
    """The program in memory."""

    visible = _switch("visible")
    screen_updating = _switch("screen_updating")
    display_alerts = _switch("display_alerts")
    enable_events = _switch("enable_events")
    interactive = _switch("interactive")
    calculation = _switch("calculation")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls: Calls = engine.trips
        self.switches = _Switches()
        self.opened: list[Book] = []

    @property
    def version(self) -> str:
        """Excel's number."""
        return "16.0"

    @property
    def pid(self) -> int:
        """The process number."""
        return 1

    @property
    def books(self) -> Books:
        """The open workbooks."""
        return Books(self)

    @property
    def status_bar(self) -> str | bool:
        """The last text put into the status bar; False when there is none."""
        return self.engine.statuses[-1] if self.engine.statuses else False

    @status_bar.setter
    def status_bar(self, text: str | bool) -> None:
        self.engine.statuses.append(text)

    def activate(self, steal_focus: bool = False) -> None:  # noqa: FBT001, FBT002 - xlwings' own
        """Bring the program to the front; there is none."""

    def run(self, macro: str, arguments: object) -> object:
        """Remember that a macro would have been run; return what a person answers where it asks."""
        self.engine.macros.append(macro)
        return self.engine.answer(macro.rpartition(".")[2], arguments)

    def alert(self, prompt: str, title: str, buttons: str, mode: str | None, callback: str | None) -> str:
        """Remember what a message said that a person then closed."""
        assert (title, buttons, mode, callback) == ("Tieout", "ok", "critical", None)
        self.engine.alerts.append(prompt)
        return "ok"

    @property
    def selection(self) -> Range | None:
        """What is selected in the workbook in front; None where it is no cells."""
        return self.engine.selected

    def calculate(self) -> None:
        """Calculate every open workbook; formulas have no results here."""

    def load(self, path: Path) -> Book:
        """Open a workbook from a file."""
        book = Book(self, path)
        strict_load.fill(book, path)
        self.opened.append(book)
        return book


@counted("Books")
class Books(base.Books):
    """The open workbooks, by the name of their file."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.calls = app.calls

    @property
    def app(self) -> App:
        """The program."""
        return self._app

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self._app.opened))

    def __len__(self) -> int:
        return len(self._app.opened)

    def __call__(self, name_or_index: int | str) -> Book:  # noqa: D102 - as every collection of xlwings
        if isinstance(name_or_index, int):
            return self._app.opened[name_or_index - 1]
        for book in self._app.opened:
            if book.name.casefold() == name_or_index.casefold():
                return book
        raise KeyError(name_or_index)

    @property
    def active(self) -> Book:
        """The workbook opened last."""
        return self._app.opened[-1]

    def open(self, fullname: str, *_: object, **__: object) -> Book:
        """Open a workbook from a file."""
        return self._app.load(Path(fullname))


@counted("Book.api")
class BookApi:
    """The few native members of a workbook that xlwings has not."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.calls = book.calls

    @property
    def Saved(self) -> bool:  # noqa: N802 - Excel's name
        """Whether Excel would close it without asking."""
        return self._book.as_saved

    @Saved.setter
    def Saved(self, value: bool) -> None:  # noqa: N802 - Excel's name
        self._book.as_saved = value

    def SaveCopyAs(self, Filename: str) -> None:  # noqa: N802, N803 - Excel's names
        """Save a copy under another name; the workbook stays as it is."""
        save_copy(self._book, Path(Filename))


@counted("Book")
class Book(base.Book):
    """One open workbook; `saved` lists where it would have been saved to."""

    def __init__(self, app: App, path: Path) -> None:
        self._app = app
        self._path = path.resolve()
        self.calls = app.calls
        self.content: list[Sheet] = []
        self.defined: dict[str | None, list[Name]] = {}
        self.saved: list[Path] = []
        self.as_saved = True
        self.shown: Sheet

    def add_sheet(self, name: str, content: Cells, place: int) -> Sheet:
        """Add a sheet with its cells."""
        sheet = Sheet(self, name, content)
        self.content.insert(place, sheet)
        return sheet

    @property
    def app(self) -> App:
        """The program."""
        return self._app

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._path.name

    @property
    def api(self) -> BookApi:
        """The native members."""
        return BookApi(self)

    @property
    def fullname(self) -> str:
        """The path of the file."""
        return str(self._path)

    @property
    def sheets(self) -> Sheets:
        """The sheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """The names that hold in the whole workbook."""
        return Names(self)

    def activate(self) -> None:
        """Bring the workbook to the front."""

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Remember that the workbook would have been saved."""
        if password is not None:
            raise NotImplementedError("no passwords here")
        self._path = Path(path or self._path).resolve()
        self.saved.append(self._path)

    def close(self) -> None:
        """Close the workbook."""
        self._app.opened.remove(self)
