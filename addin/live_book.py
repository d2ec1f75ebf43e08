"""The open control workbook: read and written in a fixed number of blocks, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from addin.blocks import address, as_cell, as_raw, as_row, as_rows, link_address, words_address
from addin.excel import patiently, there
from sync.core.errors import SetupError
from sync.core.posting import Posting
from sync.core.review import Review
from sync.core.words import Text, Tongue, say, spoken
from sync.tongues import tongues
from workbook.cells import Cell, Found, Odd, found_in
from workbook.columns import APPROVE, KEY, SHEET, TABLE
from workbook.figures import Figures
from workbook.lists import ListSheet
from workbook.live import (
    HEADER_ROW,
    LIVE_COLUMNS,
    OUTCOME,
    PROOF_ROW,
    Block,
    before,
    chosen_in,
    explain,
    head_block,
    keys_of,
    outcome_column,
    table_block,
)
from workbook.live_lists import filled_up
from workbook.panel import FIGURE_BLOCK, FIGURES, INPUT_BLOCK, INPUTS, SHOWN_CELL, Figure, Input
from workbook.panel import SHEET as CONTROL
from workbook.sheet import REQUIRED
from workbook.stream import Row

if TYPE_CHECKING:
    from xlwings import Book, Sheet

AS_TYPED = "@"
TOP = 40
"""So many rows are looked through for the run id above the table."""
_CHANGED = say(
    "The table on the sheet Reconciliation is not as it was built: rows were inserted above it, or its columns were "
    "moved, added, renamed or deleted. Nothing was written into it. Undo that, or build the workbook anew with tieout "
    "workbook."
)


class LiveBook:
    """A control workbook that is open in Excel."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._all: Any = None
        self._app: Any = None
        self._found: Any = None
        self._sheets: dict[str, Sheet] = {}
        self._figures: dict[Figure, Cell] = {}
        self.chosen: dict[str, bool] = {}

    @property
    def name(self) -> str:
        """As its window shows it."""
        return patiently(lambda: str(self._book.name))

    @property
    def tongue(self) -> Tongue:
        """The language that it was built in, told by its control sheet; without one, that spoken now."""
        for tongue in tongues():
            with suppress(SetupError):
                self._sheet(CONTROL.said(tongue))
                return tongue
        return spoken()

    def inputs(self) -> dict[Input, Found]:
        """What was chosen on the control sheet."""
        block = self._read(CONTROL, INPUT_BLOCK)
        return dict(zip(Input, (row[0] for row in block), strict=True))

    def forget_confirmation(self) -> None:
        """Empty the cell that confirmed this push, so that it confirms no other."""
        self._write(CONTROL, INPUTS[Input.CONFIRM], [[None]])

    def ready(self, *lists: ListSheet) -> None:
        """Make sure that everything that will be written is there, before anything is done that has to be shown.

        Raises:
            SetupError: a sheet or the table is missing.
        """
        self._sheet(FIGURES)
        for name in (CONTROL, *(each.name for each in lists)):
            self._sheet(name)
        self._table()

    def hidden(self, approved: int) -> int:
        """How many of the approved rows a filter hides, by the workbook's own count of those that show."""
        self._calculate()
        ((shown,),) = self._read(FIGURES, SHOWN_CELL)
        return max(0, approved - int(shown)) if isinstance(shown, Decimal) else 0

    def progress(self, words: str | None) -> None:
        """Say in Excel's status bar what is being done; None gives it back to Excel."""
        app = self._application()
        patiently(lambda: setattr(app, "status_bar", words if words is not None else False))

    def figures(self, figures: Figures) -> None:
        """Have figures shown on the control sheet at the end; those not given stay as they are."""
        self._figures |= figures

    def end(self, sentence: str) -> None:
        """Show the figures, and how it all ended."""
        self._figures[Figure.STATUS] = sentence
        if len(self._figures) < len(Figure):
            now = self._read(FIGURES, FIGURE_BLOCK)
            self._figures = {
                **{figure: as_cell(row[0]) for figure, row in zip(Figure, now, strict=True)},
                **self._figures,
            }
        self._write(FIGURES, FIGURE_BLOCK, [[self._figures[figure]] for figure in Figure])
        self._calculate()

    def review(self, review: Review) -> None:
        """Show a review: sort order, notes and decisions stay where they still fit. All of it, or none.

        Raises:
            SetupError: the table is not as it was built, so that values would come under the wrong headers.
        """
        table = self._table()
        whole = patiently(lambda: table.range)
        old = patiently(lambda: as_rows(whole.raw_value))
        place = patiently(lambda: (whole.row, whole.column))
        if place != (HEADER_ROW + 1, 1) or keys_of(old[0]) != [column.key for column in LIVE_COLUMNS]:
            raise SetupError(_CHANGED)
        new = table_block(review, before([[found_in(value) for value in row] for row in old]))
        self.chosen = chosen_in(new)
        filtered = self._unfiltered(table)
        try:
            self._fill(table, new, len(old) - 1)
            if filtered is not None:
                patiently(filtered.ApplyFilter)
            self._write(SHEET, address(0, PROOF_ROW), head_block(review))
        except BaseException:
            self._fill(table, [[*map(as_cell, row[:-1]), None] for row in old[1:]], len(new))
            raise

    def _unfiltered(self, table: Any) -> Any:  # noqa: ANN401 - Excel's AutoFilter, which is given back to apply again
        """Show the rows that a filter hides, or None: Excel does not write a block into rows that a filter hides."""
        found = patiently(lambda: table.api.AutoFilter)
        if found is None or not patiently(lambda: found.FilterMode):
            return None
        patiently(lambda: setattr(table.range.rows, "hidden", False))
        return found

    def rows(self) -> Iterator[Row]:
        """The sheet's rows as a file would have them: what is above the table, its headers, its rows."""
        for row in map(as_row, self._read(SHEET, address(0, TOP - 1))):
            if set(REQUIRED) <= set(keys_of(list(row.cells.values()))):
                break
            yield row
        table = self._table()
        whole = patiently(lambda: table.range)
        values, formulas = patiently(lambda: as_rows(whole.raw_value)), patiently(lambda: as_rows(whole.formula))
        heads = keys_of(values[0])
        approve = heads.index(APPROVE) if APPROVE in heads else None
        for number, cells in enumerate(values):
            found = as_row(cells)
            if approve is not None and number and str(formulas[number][approve]).startswith("="):
                found.cells[approve + 1] = Odd(what="formula", text=str(formulas[number][approve]))
            yield found

    def outcomes(self, postings: Mapping[str, Posting]) -> None:
        """Write beside each row how its push ended."""
        table = self._table()
        block = patiently(lambda: as_rows(table.range.raw_value))
        heads = keys_of(block[0])
        body = patiently(lambda: table.data_body_range)
        if body is None or KEY not in heads or OUTCOME.key not in heads:
            return
        place = heads.index(OUTCOME.key)
        keys = [found_in(row[heads.index(KEY)]) for row in block[1:]]
        filtered = self._unfiltered(table)
        cells = patiently(lambda: body[:, place])
        patiently(lambda: setattr(cells, "number_format", AS_TYPED))
        patiently(lambda: setattr(cells, "raw_value", as_raw(outcome_column(keys, postings))))
        if filtered is not None:
            patiently(filtered.ApplyFilter)

    def listed(self, sheet: ListSheet, block: Block) -> None:
        """Replace a sheet's list, filled up with empty rows to its full length, so that nothing of before is left."""
        target = self._sheet(sheet.name)
        whole = patiently(lambda: target.range(sheet.block(sheet.most)))
        if sheet.foreign and sheet.words is None:
            patiently(lambda: setattr(whole, "number_format", AS_TYPED))
        elif sheet.words is not None:
            self._format(sheet.name, sheet.words, AS_TYPED)
        patiently(lambda: setattr(whole, "raw_value", as_raw(filled_up(sheet, block))))

    def _fill(self, table: Any, block: Sequence[Sequence[Cell]], rows_before: int) -> None:  # noqa: ANN401 - xlwings' table
        """Write the table's rows over those of before, and give the table its new size."""
        longest = max(len(block), rows_before)
        empty: list[list[Cell]] = [[None] * len(LIVE_COLUMNS)] * (longest - len(block))
        self._format(SHEET, words_address(longest), AS_TYPED)
        self._write(SHEET, address(HEADER_ROW + 1, HEADER_ROW + longest), [*block, *empty])
        target = self._sheet(SHEET)
        links = link_address(HEADER_ROW + 1, HEADER_ROW + len(block))
        patiently(lambda: setattr(target.range(links), "formula", explain()))
        patiently(lambda: table.resize(target.range(address(HEADER_ROW, HEADER_ROW + len(block)))))

    def _application(self) -> Any:  # noqa: ANN401 - xlwings' App
        if self._app is None:
            self._app = patiently(lambda: self._book.app)
        return self._app

    def _calculate(self) -> None:
        """Have the formulas follow, even where the user calculates by hand."""
        app = self._application()
        patiently(app.calculate)

    def _table(self) -> Any:  # noqa: ANN401 - xlwings' table
        if self._found is None:
            sheet = self._sheet(SHEET)
            self._found = there(lambda: sheet.tables[TABLE], say("the table on the sheet {sheet}", sheet=SHEET))
        return self._found

    def _sheet(self, sheet: Text | str) -> Sheet:
        name = str(sheet)
        if name not in self._sheets:
            if self._all is None:
                self._all = patiently(lambda: self._book.sheets)
            self._sheets[name] = there(lambda: self._all[name], say("the sheet {sheet}", sheet=sheet))
        return self._sheets[name]

    def _read(self, sheet: Text | str, address: str) -> list[list[Found]]:
        target = self._sheet(sheet)
        return [
            [found_in(value) for value in row] for row in patiently(lambda: as_rows(target.range(address).raw_value))
        ]

    def _write(self, sheet: Text | str, address: str, block: Sequence[Sequence[Cell]]) -> None:
        target = self._sheet(sheet)
        patiently(lambda: setattr(target.range(address), "raw_value", as_raw(block)))

    def _format(self, sheet: Text | str, address: str, code: str) -> None:
        target = self._sheet(sheet)
        patiently(lambda: setattr(target.range(address), "number_format", code))
