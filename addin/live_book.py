"""The open control workbook: read and written in a fixed number of blocks, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from addin.blocks import address, as_cell, as_raw, as_row, as_rows, link_address, words_address
from addin.excel import patiently, there
from addin.open_book import OpenBook
from sync.core.errors import SetupError
from sync.core.posting import Posting
from sync.core.review import Review
from sync.core.words import say, speaking, spoken
from workbook import companies
from workbook.cells import Cell, Odd, found_in
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
from workbook.panel import FIGURE_BLOCK, FIGURES, SHOWN_CELL, Figure
from workbook.panel import SHEET as CONTROL
from workbook.practice_mark import mark_of
from workbook.sheet import REQUIRED
from workbook.stream import Row

if TYPE_CHECKING:
    from xlwings import Book

AS_TYPED = "@"
TOP = 40
"""So many rows are looked through for the run id above the table."""
_CHANGED = say(
    "The table on the sheet Reconciliation is not as it was built: rows were inserted above it, or its columns were "
    "moved, added, renamed or deleted. Nothing was written into it. Undo that, or build the workbook anew with tieout "
    "workbook."
)


class LiveBook(OpenBook):
    """A control workbook that is open in Excel, and what the tasks show in it."""

    def __init__(self, book: Book) -> None:
        super().__init__(book)
        self._found: Any = None
        self._figures: dict[Figure, Cell] = {}
        self.chosen: dict[str, bool] = {}

    def ready(self, *lists: ListSheet) -> None:
        """Make sure that everything that will be written is there, before anything is done that has to be shown.

        Raises:
            SetupError: a sheet or the table is missing.
        """
        self.sheet(FIGURES)
        for name in (CONTROL, *(each.name for each in lists)):
            self.sheet(name)
        self._table()

    def hidden(self, approved: int) -> int:
        """How many of the approved rows a filter hides, by the workbook's own count of those that show."""
        self.calculate()
        ((shown,),) = self.read(FIGURES, SHOWN_CELL)
        return max(0, approved - int(shown)) if isinstance(shown, Decimal) else 0

    def figures(self, figures: Figures) -> None:
        """Have figures shown on the control sheet at the end; those not given stay as they are."""
        self._figures |= figures

    def end(self, sentence: str) -> None:
        """Show the figures, and how it all ended."""
        self._figures[Figure.STATUS] = sentence
        if len(self._figures) < len(Figure):
            now = self.read(FIGURES, FIGURE_BLOCK)
            self._figures = {
                **{figure: as_cell(row[0]) for figure, row in zip(Figure, now, strict=True)},
                **self._figures,
            }
        self.write(FIGURES, FIGURE_BLOCK, [[self._figures[figure]] for figure in Figure])
        with speaking(self.tongue):
            self.write(FIGURES, companies.LIST_BLOCK, companies.list_block())
        self.calculate()

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
        speech = spoken()
        with speaking(self.tongue):  # formulas, colours and filters go by the words that the workbook was built with
            new = table_block(review, before([[found_in(value) for value in row] for row in old]), speech)
            self.chosen = chosen_in(new)
        filtered = self._unfiltered(table)
        try:
            self._fill(table, new, len(old) - 1)
            if filtered is not None:
                patiently(filtered.ApplyFilter)
            with speaking(self.tongue):
                self.write(SHEET, address(0, PROOF_ROW), head_block(review))
            self._figures[Figure.PRACTICE] = str(mark_of(review.run)) or None
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
        for row in map(as_row, self.read(SHEET, address(0, TOP - 1))):
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
        target = self.sheet(sheet.name)
        whole = patiently(lambda: target.range(sheet.block(sheet.most)))
        if sheet.foreign and sheet.words is None:
            patiently(lambda: setattr(whole, "number_format", AS_TYPED))
        elif sheet.words is not None:
            self.format(sheet.name, sheet.words, AS_TYPED)
        patiently(lambda: setattr(whole, "raw_value", as_raw(filled_up(sheet, block))))

    def _fill(self, table: Any, block: Sequence[Sequence[Cell]], rows_before: int) -> None:  # noqa: ANN401 - xlwings' table
        """Write the table's rows over those of before, and give the table its new size."""
        longest = max(len(block), rows_before)
        empty: list[list[Cell]] = [[None] * len(LIVE_COLUMNS)] * (longest - len(block))
        self.format(SHEET, words_address(longest), AS_TYPED)
        self.write(SHEET, address(HEADER_ROW + 1, HEADER_ROW + longest), [*block, *empty])
        target = self.sheet(SHEET)
        links = link_address(HEADER_ROW + 1, HEADER_ROW + len(block))
        with speaking(self.tongue):
            formula = explain()
        patiently(lambda: setattr(target.range(links), "formula", formula))
        patiently(lambda: table.resize(target.range(address(HEADER_ROW, HEADER_ROW + len(block)))))

    def _table(self) -> Any:  # noqa: ANN401 - xlwings' table
        if self._found is None:
            sheet = self.sheet(SHEET)
            self._found = there(lambda: sheet.tables[TABLE], say("the table on the sheet {sheet}", sheet=SHEET))
        return self._found
