"""An xlwings engine over a running LibreOffice, so that the add-in's own code drives a real grid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import xlwings as xw
import xlwings.base_classes as base

from .desktop import Desktop
from .office import Uno, connect, load, properties
from .uno_formats import area_of
from .uno_range import Range
from .uno_sheets import Sheets
from .uno_tables import Names

_FILTERS = {".xlsm": "Calc MS Excel 2007 VBA XML", ".xlsx": "Calc MS Excel 2007 XML"}


class Engine(Desktop):
    """The engine, joined to one LibreOffice."""

    name = "libreoffice"

    def __init__(self, desktop: Uno) -> None:
        super().__init__()
        self.desktop = desktop
        self.app = App(self)

    @property
    def apps(self) -> Apps:
        """The one running program."""
        return Apps(self.app)


def attach(pipe: str) -> Engine:
    """Join the LibreOffice on this pipe and make it the engine that xlwings talks to."""
    engine = Engine(connect(pipe))
    wrapped = xw.Engine(impl=engine)
    xw.engines.add(wrapped)
    wrapped.activate()
    return engine


class Apps(base.Apps):
    """The running programs: one."""

    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        """List the process numbers."""
        return [self._app.pid]

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self._app


class App(base.App):
    """LibreOffice in Excel's place; its switches are remembered and change nothing."""

    version = "16.0"
    pid = 1
    visible = False
    screen_updating = True
    display_alerts = True
    enable_events = True
    interactive = True
    calculation = "automatic"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def books(self) -> Books:
        """The open workbooks."""
        return Books(self)

    @property
    def status_bar(self) -> str | bool:
        """The last text put into the status bar by this process; False when there is none."""
        return self.engine.statuses[-1] if self.engine.statuses else False

    @status_bar.setter
    def status_bar(self, text: str | bool) -> None:
        self.engine.statuses.append(text)

    def activate(self, steal_focus: bool = False) -> None:  # noqa: FBT001, FBT002 - xlwings' own
        """Bring the program to the front; there is none headless."""

    @property
    def selection(self) -> Range | None:
        """What is selected in the first workbook; None where it is no cells."""
        book = self.books.active
        found = book.xl.CurrentController.Selection
        one = found.supportsService("com.sun.star.sheet.SheetCellRange")
        places = [found.RangeAddress] if one else found.RangeAddresses
        sheet = book.sheets(places[0].Sheet + 1)
        return Range(sheet, tuple(area_of(each) for each in places))

    def run(self, macro: str, arguments: object) -> None:
        """Run a macro, named as `'Book.xlsm'!Module.Sub`."""
        assert not arguments
        book, _, name = macro.rpartition("!")
        document = self.books(book.strip("'")).xl
        place = f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
        document.getScriptProvider().getScript(place).invoke((), (), ())

    def calculate(self) -> None:
        """Calculate every open workbook."""
        for book in self.books:
            book.xl.calculateAll()


class Books(base.Books):
    """The open workbooks, by the name of their file."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __iter__(self) -> Iterator[Book]:
        components = self.app.engine.desktop.getComponents().createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                yield Book(self.app, document)

    def __len__(self) -> int:
        return len(list(self))

    def __call__(self, name_or_index: int | str) -> Book:  # noqa: D102 - as every collection of xlwings
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        for book in self:
            if book.name.casefold() == name_or_index.casefold():
                return book
        raise KeyError(name_or_index)

    def open(self, fullname: str, *_: object, **__: object) -> Book:
        """Open a workbook from a file; nothing but the path is heeded."""
        return Book(self.app, load(self.app.engine.desktop, Path(fullname)))

    @property
    def active(self) -> Book:
        """The first workbook: a hidden one is never in front."""
        return next(iter(self))


class BookApi:
    """The few native members of a workbook that xlwings has not."""

    def __init__(self, xl: Uno) -> None:
        self._xl = xl

    def SaveCopyAs(self, Filename: str) -> None:  # noqa: N802, N803 - Excel's names
        """Save a copy under another name; the workbook stays as it is."""
        target = Path(Filename).resolve()
        self._xl.storeToURL(target.as_uri(), properties(FilterName=_FILTERS[target.suffix.lower()]))


class Book(base.Book):
    """One open workbook."""

    def __init__(self, app: App, xl: Uno) -> None:
        self._app = app
        self.xl = xl

    @property
    def app(self) -> App:
        """The program."""
        return self._app

    @property
    def api(self) -> BookApi:
        """The native members."""
        return BookApi(self.xl)

    @property
    def fullname(self) -> str:
        """The path of the file."""
        return unquote(urlsplit(self.xl.getURL()).path)

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        """The sheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """The names that hold in the whole workbook."""
        return Names(self, self.xl.NamedRanges)

    def activate(self) -> None:
        """Bring the workbook to the front, where there is one."""
        self.xl.CurrentController.Frame.activate()

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save the workbook in place, or under another name, in the kind that its ending says."""
        if password is not None:
            raise NotImplementedError("no passwords here")
        target = Path(path or self.fullname).resolve()
        options = properties(FilterName=_FILTERS[target.suffix.lower()])
        self.xl.storeAsURL(target.as_uri(), options)

    def close(self) -> None:
        """Close the workbook without saving it."""
        self.xl.setModified(False)
        self.xl.close(True)  # noqa: FBT003 - same
