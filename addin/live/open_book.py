"""A control workbook that is open in Excel: its choices, its words, its status bar, and blocks of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from addin.live.companion import Way
from addin.live.excel import GIVE_BACK, in_bar, patiently, there, unless_busy
from addin.live.filters import rows_shown
from sync.core.values.errors import Refused, SetupError, TieoutError
from sync.core.values.messages import Language, Text, say
from sync.language.catalogues import NAMES, languages
from sync.settings.profiles import naming
from sync.usecases.ports import SilentStage, Stage
from workbook.control import control_sheet
from workbook.control.layout_mark import layout_mark
from workbook.control.panel import (
    FIGURE_BLOCK,
    FIGURE_CELLS,
    FIGURES,
    INPUT_BLOCK,
    INPUTS,
    STORED_BLOCK,
    Figure,
    Input,
    by_buttons,
)
from workbook.control.panel import SHEET as CONTROL
from workbook.xlsx.cell_stream import SheetRow
from workbook.xlsx.cells import Cell, Found, Odd, Plain, found_in, in_words, raw

if TYPE_CHECKING:
    from xlwings import Book, Sheet


class TaskEnding(Struct, frozen=True, kw_only=True):
    """How a button's task ended.

    Attributes:
        sentence: what the status cell says.
        done: nothing went wrong.
    """

    sentence: str
    done: bool = True


class OpenBook:
    """A control workbook that is open in Excel.

    Args:
        book: the workbook.
        way: how Excel and Python came together.
    """

    def __init__(self, book: Book, way: Way = Way.COMMAND) -> None:
        """Read the layout mark, and the figures that stand below it, before anything else.

        Raises:
            Refused: it was built by another version, whose places or words are not those of today.
            SetupError: it has no sheet with a mark.
        """
        self._book, self.way = book, way
        self._all: Any = None
        self._app: Any = None
        self._sheets: dict[str, Sheet] = {}
        self._filters_lost: list[Text] = []
        (mark,), *figures = self.read(FIGURES, STORED_BLOCK)
        built_in = next((each for each in languages() if layout_mark(each) == mark), None)
        if built_in is None:
            raise Refused(say("excel-workbook-of-other-version", file=self.name))
        self.built_in = built_in
        self.figures: dict[Figure, Cell] = {
            figure: as_cell(row[0]) for figure, row in zip(Figure, figures, strict=True)
        }

    @property
    def name(self) -> str:
        """As its window shows it."""
        return patiently(lambda: str(self._book.name))

    @cached_property
    def language(self) -> Language:
        """The language chosen, for what is said in the workbook: it names its buttons."""
        return by_buttons(self.language_chosen)

    @cached_property
    def language_chosen(self) -> Language:
        """The language chosen on the control sheet, else the one it was built in; commands are for its company."""
        found = self.built_in
        with suppress(SetupError):
            chosen = self.inputs[Input.LANGUAGE]
            found = next((each for each in languages() if NAMES[each.code] == chosen), found)
            found = replace(found, options=naming(control_sheet.place_chosen(self.inputs[Input.COMPANY])))
        return found

    def say(self, text: Text) -> str:
        """Return the words in the language chosen."""
        return text.said(self.language)

    @cached_property
    def inputs(self) -> dict[Input, Found]:
        """What was chosen on the control sheet, read once."""
        block = self.read(CONTROL, INPUT_BLOCK)
        return dict(zip(Input, (row[0] for row in block), strict=True))

    def forget_confirmation(self) -> None:
        """Empty the cell that confirmed this push, so that it confirms no other."""
        self.write(CONTROL, INPUTS[Input.CONFIRM], [[None]])

    def progress(self, words: str | None) -> None:
        """Say in Excel's status bar what is being done; None gives it back to Excel."""
        app = self._application()
        if self.way is Way.COMPANION:  # only what is read tells an Excel that was closed from one that is busy
            patiently(lambda: self._book.name)
        patiently(lambda: setattr(app, "status_bar", in_bar(words) if words is not None else False))

    def show(self, words: str) -> None:
        """Say in the status bar how far a task is; a busy Excel is not waited for.

        Raises:
            Unavailable: the workbook has been closed.
        """
        app = self._application()

        def put() -> None:
            if self._book.name:  # the program may well be there when the workbook is not
                app.status_bar = in_bar(words)

        unless_busy(put)

    def give_back(self) -> None:
        """Give back what a task has of Excel: the status bar, and the key that cancels it."""
        self.progress(None)
        if self.way is Way.COMPANION:
            patiently(self._book.macro(GIVE_BACK))

    def run(self, macro: str, *values: object) -> object:
        """Run a macro of the workbook's own, wait for its end, and return what it returns."""
        return patiently(lambda: self._book.macro(macro)(*values))

    def announce(self, what: Sequence[Text]) -> None:
        """Say in the status cell and in Excel's status bar what is about to be written."""
        said = [self.say(each) for each in what]
        self.write(FIGURES, FIGURE_CELLS[Figure.STATUS], [["\n".join(said)]])
        self.progress(" ".join(said))

    def read(self, sheet: Text | str, address: str) -> list[list[Found]]:
        """Return a block of cells."""
        target = self.sheet(sheet)
        return [
            [found_in(value) for value in row] for row in patiently(lambda: as_rows(target.range(address).raw_value))
        ]

    def write(self, sheet: Text | str, address: str, block: Sequence[Sequence[Cell]]) -> None:
        """Fill a block of cells; a text is put into the words of the language chosen."""
        target, values = self.sheet(sheet), self._raw(block)
        patiently(lambda: setattr(target.range(address), "raw_value", values))

    def sheet(self, sheet: Text | str) -> Sheet:
        """Return a sheet, whose name is in the language that the workbook was built in.

        Raises:
            SetupError: it is not there.
        """
        name = sheet if isinstance(sheet, str) else sheet.said(self.built_in)
        if name not in self._sheets:
            if self._all is None:
                self._all = patiently(lambda: self._book.sheets)
            self._sheets[name] = there(lambda: self._all[name], say("excel-sheet-named", sheet=name))
        return self._sheets[name]

    def format(self, sheet: Text | str, address: str, code: str) -> None:
        """Give cells a format."""
        target = self.sheet(sheet)
        patiently(lambda: setattr(target.range(address), "number_format", code))

    def calculate(self) -> None:
        """Have the formulas follow, even where the user calculates by hand."""
        app = self._application()
        patiently(app.calculate)

    def require_unprotected(self, *sheets: Text) -> None:
        """Require that sheets can be written into.

        Raises:
            SetupError: somebody protected one.
        """
        for name in sheets:
            sheet = self.sheet(name)
            if patiently(partial(getattr, sheet.api, "ProtectContents")):
                raise SetupError(say("excel-sheet-protected", sheet=name.said(self.built_in)))

    def end(self, sentence: str) -> None:
        """Show the figures, and how it all ended."""
        self.figures[Figure.STATUS] = sentence
        self.figures[Figure.WAY] = self.say(self.way.value)
        self.write(FIGURES, FIGURE_BLOCK, [[self.figures[figure]] for figure in Figure])
        self.write(FIGURES, control_sheet.LIST_BLOCK, control_sheet.list_block(self.built_in))
        self.calculate()

    def told(self, ending: TaskEnding) -> TaskEnding:
        """Return how a task ended, with the filters that could not be put back."""
        if not self._filters_lost:
            return ending
        lost = "\n".join(self.say(each) for each in dict.fromkeys(self._filters_lost))
        return TaskEnding(sentence=f"{ending.sentence}\n{lost}", done=ending.done)

    @contextmanager
    def _rows_shown(self, sheet: Text, cells: str) -> Iterator[None]:
        """Show all rows of a block while it is written."""
        target = self.sheet(sheet)
        with rows_shown(target, patiently(lambda: target.range(cells)), self._filters_lost):
            yield

    def select(self, sheet: Text | str, address: str) -> None:
        """Show a sheet and select cells of it."""
        target = self.sheet(sheet)
        patiently(self._book.activate)
        patiently(target.activate)
        patiently(target.range(address).select)

    @contextmanager
    def copied(self) -> Iterator[Path]:
        """Have Excel save a copy of the workbook as it stands, by which everything that the reviewer sees is judged.

        Yields:
            The copy, which is deleted afterwards.

        Raises:
            SetupError: Excel could not save it.
            Unavailable: Excel stayed busy.
        """
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            path = Path(folder) / f"copy{Path(self.name).suffix}"
            try:
                patiently(lambda: self._book.api.SaveCopyAs(str(path)))
            except TieoutError:
                raise
            except Exception as error:
                raise SetupError(say("excel-copy-not-saved", file=self.name)) from error
            yield path

    def _raw(self, block: Sequence[Sequence[Cell]]) -> list[list[str | float | None]]:
        return as_raw([in_words(row, self.language) for row in block])

    def _application(self) -> Any:  # noqa: ANN401 - xlwings' App
        if self._app is None:
            self._app = patiently(lambda: self._book.app)
        return self._app


class StatusBar:
    """Implements the port `Progress`: one message per stage, so that the calls to Excel never grow with the rows."""

    def __init__(self, book: OpenBook) -> None:
        self._book = book

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Say what begins, and how much of it there is, or how long that will take."""
        if how_long is not None:
            self._show(say("excel-status-sentence", sentence=how_long))
        elif total > 1:  # before that the button's own macro has said that Tieout is starting
            few, many = (
                say("excel-status-stage", label=label),
                say("excel-status-stage-with-rows", label=label, total=total),
            )
            self._show(few if total <= _FEW else many)
        return SilentStage()

    def _show(self, text: Text) -> None:
        self._book.progress(self._book.say(text))


_FEW = 2
"""A stage with at most this many steps does not count rows."""


def as_raw(block: Sequence[Sequence[Plain]]) -> list[list[str | float | None]]:
    """Return a block as Excel takes it: words, numbers, nothing."""
    return [[raw(value) for value in row] for row in block]


def as_rows(value: Any) -> list[list[Any]]:  # noqa: ANN401 - whatever Excel hands out
    """Return a block as rows, even where it is one row or one cell."""
    if not isinstance(value, list | tuple):
        return [[value]]
    return [list(row) if isinstance(row, list | tuple) else [row] for row in value]


def as_cell(value: object) -> Plain:
    """Return a value as it stood, on its way back; errors and true/false cannot be put back and stay empty."""
    found = found_in(value)
    return None if isinstance(found, Odd) else found


def as_row(values: Sequence[object], number: int = 0) -> SheetRow:
    """Return a row of a block as a file would have it; `number` is that of the sheet's row, from 1."""
    found = {place: found_in(value) for place, value in enumerate(values, start=1)}
    return SheetRow(
        cells={place: value for place, value in found.items() if value is not None}, hidden=False, number=number
    )
