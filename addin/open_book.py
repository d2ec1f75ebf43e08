"""A control workbook that is open in Excel: its sheets, its choices, and blocks of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from addin.blocks import as_raw, as_rows
from addin.excel import patiently, there
from sync.core.errors import SetupError
from sync.core.words import Text, Tongue, say, spoken
from sync.tongues import NAMES, tongues
from workbook.cells import Cell, Found, found_in
from workbook.panel import INPUT_BLOCK, INPUTS, Input
from workbook.panel import SHEET as CONTROL

if TYPE_CHECKING:
    from xlwings import Book, Sheet


class OpenBook:
    """The workbook as Excel hands it out; each sheet is looked up once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._all: Any = None
        self._app: Any = None
        self._sheets: dict[str, Sheet] = {}

    @property
    def name(self) -> str:
        """As its window shows it."""
        return patiently(lambda: str(self._book.name))

    @cached_property
    def tongue(self) -> Tongue:
        """The language that it was built in, told by its control sheet; without one, that spoken now."""
        for tongue in tongues():
            with suppress(SetupError):
                self._named(CONTROL.said(tongue))
                return tongue
        return spoken()

    @cached_property
    def speech(self) -> Tongue:
        """The language chosen on the control sheet; without a choice that is known, the one it was built in."""
        with suppress(SetupError):
            chosen = self.inputs[Input.LANGUAGE]
            return next((each for each in tongues() if NAMES[each.code] == chosen), self.tongue)
        return self.tongue

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
        patiently(lambda: setattr(app, "status_bar", words if words is not None else False))

    def read(self, sheet: Text | str, address: str) -> list[list[Found]]:
        """A block of cells."""
        target = self.sheet(sheet)
        return [
            [found_in(value) for value in row] for row in patiently(lambda: as_rows(target.range(address).raw_value))
        ]

    def write(self, sheet: Text | str, address: str, block: Sequence[Sequence[Cell]]) -> None:
        """Fill a block of cells."""
        target = self.sheet(sheet)
        patiently(lambda: setattr(target.range(address), "raw_value", as_raw(block)))

    def sheet(self, sheet: Text | str) -> Sheet:
        """A sheet, whose name is in the language that the workbook was built in.

        Raises:
            SetupError: it is not there.
        """
        return self._named(sheet if isinstance(sheet, str) else sheet.said(self.tongue))

    def format(self, sheet: Text | str, address: str, code: str) -> None:
        """Give cells a format."""
        target = self.sheet(sheet)
        patiently(lambda: setattr(target.range(address), "number_format", code))

    def calculate(self) -> None:
        """Have the formulas follow, even where the user calculates by hand."""
        app = self._application()
        patiently(app.calculate)

    def _application(self) -> Any:  # noqa: ANN401 - xlwings' App
        if self._app is None:
            self._app = patiently(lambda: self._book.app)
        return self._app

    def _named(self, name: str) -> Sheet:
        if name not in self._sheets:
            if self._all is None:
                self._all = patiently(lambda: self._book.sheets)
            self._sheets[name] = there(lambda: self._all[name], say("the sheet {sheet}", sheet=name))
        return self._sheets[name]
