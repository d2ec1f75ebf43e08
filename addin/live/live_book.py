"""What the tasks show in a control workbook that is open in Excel: the reconciliation, and the lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from addin.live.companion import Way
from addin.live.excel import patiently, there
from addin.live.filters import rows_shown
from addin.live.open_book import OpenBook, as_cell, as_raw, as_row, as_rows
from addin.live.typed_cells import is_typed, typed_in
from sync.core.prove.figures import Tally
from sync.core.prove.review import Review
from sync.core.values.errors import Refused, SetupError
from sync.core.values.invoice_link import InvoiceLink
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.posting import Posting
from workbook.control.list_sheets import CellRows, ListSheet, fitted
from workbook.control.panel import FIGURE_CELLS, FIGURES, REVIEWED_COLUMN, Figure
from workbook.control.panel import SHEET as CONTROL
from workbook.control.review_blocks import (
    HEAD,
    HEADER_ROW,
    LINES,
    LINKS,
    LIVE_COLUMNS,
    before,
    chosen_in,
    explain,
    head_blocks,
    ids_of,
    lines_block,
    open_in_manage,
    outcome_column,
    table_block,
    table_rows,
)
from workbook.look.column import CellKind
from workbook.look.page import mark_of
from workbook.review.columns import BY_ID, SHEET, TABLE, ColumnId
from workbook.review.decisions import REQUIRED
from workbook.review.totals_sheet import reviewed_totals
from workbook.xlsx.cell_stream import SheetRow
from workbook.xlsx.cells import Cell, Odd, Oddity, Plain, found_in, letters

if TYPE_CHECKING:
    from xlwings import Book, Sheet


AS_TYPED = "@"
TOP = 40
"""How many rows are searched for the run id above the table."""
BESIDE = 30
"""How many cells beside the table's headers are searched for one that looks like one of them."""
_CHANGED = say("excel-table-not-as-built")
LAST = len(LIVE_COLUMNS) - 1
"""Place of the table's last column, that of the links, from 0."""


class LiveBook(OpenBook):
    """A control workbook that is open in Excel, with the sheets that tasks fill.

    Args:
        book: the workbook.
        way: how Excel and Python came together.
    """

    def __init__(self, book: Book, way: Way = Way.COMMAND) -> None:
        """As `OpenBook`."""
        super().__init__(book, way)
        self._review_table: Any = None
        self._to_manage: InvoiceLink | None = None
        self.chosen: dict[str, bool] = {}
        self.on_record = False
        self.rows_hidden: frozenset[int] = frozenset()

    def ready(self, *lists: ListSheet, table: bool = False, outcomes: bool = False) -> None:
        """Make sure that everything can be written, before anything is done that has to be shown.

        Args:
            lists: the lists that will be filled.
            table: the reconciliation will be too.
            outcomes: of it, how each row ended.

        Raises:
            SetupError: a sheet or the table is missing, or is protected.
            Refused: somebody typed where Tieout's rows will stand.
        """
        for name in (CONTROL, *(each.name for each in lists)):
            self.sheet(name)
        found = self._table()
        self.require_unprotected(*([SHEET] if table or outcomes else []), *(each.name for each in lists))
        if table:
            whole = patiently(lambda: found.range)
            self._require_own(patiently(lambda: as_rows(whole.raw_value)), patiently(lambda: whole.row))
        for each in lists:
            self._require_free(each.name, each.below(self._filled(each), min(each.most, self._used(each))))

    def review(self, review: Review) -> None:
        """Show a review, what needs a person first; notes and decisions stay where they still fit. All of it, or none.

        Raises:
            SetupError: the table is not as it was built, so that values would come under the wrong headers.
        """
        table = self._table()
        whole = patiently(lambda: table.range)
        old = patiently(lambda: as_rows(whole.raw_value))
        place = patiently(lambda: (whole.row, whole.column))
        if place != (HEADER_ROW + 1, 1) or old[0] != [column.header.said(self.built_in) for column in LIVE_COLUMNS]:
            raise SetupError(_CHANGED)
        self._require_own(old, place[0])
        rows = table_rows(review, before([[found_in(value) for value in row] for row in old]), on_record=self.on_record)
        new = table_block(rows, built=self.built_in, chosen=self.language)
        if len(new) > len(old) - 1:
            self._require_free(SHEET, address(HEADER_ROW + len(old), HEADER_ROW + len(new)))
        self.chosen = chosen_in(rows)
        self._to_manage = review.link
        with self._rows_shown(SHEET, address(0, HEADER_ROW + max(len(new), len(old) - 1))):
            try:
                self._fill(table, new, len(old) - 1)
                self._head(review)
                mark = mark_of(review.run)
                self.figures[Figure.PRACTICE] = None if mark == BLANK else mark
            except BaseException:
                self._fill(table, [[*map(as_cell, row[:-LINKS]), *[None] * LINKS] for row in old[1:]], len(new))
                raise

    def _require_own(self, block: list[list[Any]], row: int) -> None:
        """Require that every row of the table is Tieout's: what is typed below a table becomes a part of it.

        Args:
            block: the table, with its headers.
            row: of the sheet, that of the headers.
        """
        heads = ids_of(block[0])
        if not {ColumnId.KEY, ColumnId.STATUS} <= set(heads):
            return
        ours = [heads.index(ColumnId.KEY), heads.index(ColumnId.STATUS)]
        for number, cells in enumerate(block[1:], start=row + 1):
            if not any(cells[place] for place in ours) and any(is_typed(cell) for cell in cells[:-LINKS]):
                raise Refused(self._in_the_way(SHEET, f"A{number}:{letters(LAST)}{number}"))

    def _require_free(self, sheet: Text, cells: str | None) -> None:
        """Require that nobody typed into cells that Tieout has not filled yet.

        Raises:
            Refused: somebody did.
        """
        if cells is None:
            return
        found = patiently(lambda: self.sheet(sheet).range(cells))
        typed = typed_in(patiently(lambda: as_rows(found.raw_value)))
        if typed is not None:
            row, column = patiently(lambda: (found.row, found.column))
            raise Refused(self._in_the_way(sheet, typed.address(row, column)))

    def _in_the_way(self, sheet: Text, cells: str) -> Text:
        return say("excel-cells-in-the-way", sheet=sheet.said(self.built_in), cells=cells)

    def _used(self, sheet: ListSheet) -> int:
        """Return how many rows below a list's headers hold anything at all, whoever put it there."""
        used = patiently(lambda: self.sheet(sheet.name).used_range)
        return int(patiently(lambda: used.row + used.rows.count - 1)) - sheet.header - 1

    def _filled(self, sheet: ListSheet) -> int:
        """Return how many rows of a list are Tieout's; the workbook is built with one, that says what fills it."""
        found = self.figures[sheet.filled]
        return int(found) if isinstance(found, Decimal) else 1

    def _head(self, review: Review) -> None:
        """Show what the review is, what needs a person, what is ready, and the check of the rows below."""
        for place, block in head_blocks(review, self.built_in):
            self.write(SHEET, place, block)
        reviewed = reviewed_totals(review.rows)
        self.write(FIGURES, f"{REVIEWED_COLUMN}1:{REVIEWED_COLUMN}{len(reviewed)}", [[each] for each in reviewed])

    def counted(self, figures: Sequence[Tally]) -> None:
        """Show above the table what still waits for a person and what was posted."""
        with self._rows_shown(SHEET, LINES.address):
            self.write(SHEET, LINES.address, lines_block(figures, self.built_in))

    def rows(self) -> Iterator[SheetRow]:
        """Yield the sheet's rows as a file would have them: what is above the table, its headers, the table."""
        for row in map(as_row, self.read(SHEET, address(0, TOP - 1))):
            if set(REQUIRED) <= set(ids_of(list(row.cells.values()))):
                break
            yield row
        table = self._table()
        whole = patiently(lambda: table.range)
        values, formulas = patiently(lambda: as_rows(whole.raw_value)), patiently(lambda: as_rows(whole.formula))
        row, after = patiently(lambda: (whole.row, whole.column + len(values[0])))
        beside = self.read(SHEET, f"{letters(after - 1)}{row}:{letters(after - 1 + BESIDE)}{row}")
        yield as_row([*values[0], *beside[0]])
        heads = ids_of(values[0])
        approve = heads.index(ColumnId.APPROVE) if ColumnId.APPROVE in heads else None
        for number, cells in enumerate(values[1:], start=1):
            found = as_row(cells, row + number)
            if approve is not None and str(formulas[number][approve]).startswith("="):
                found.cells[approve + 1] = Odd(what=Oddity.FORMULA, text=str(formulas[number][approve]))
            yield found

    def table_block(self) -> tuple[int, list[list[Any]]]:
        """Return the sheet's row of the table's headers, and the values of headers and rows."""
        table = self._table()
        whole = patiently(lambda: table.range)
        return patiently(lambda: whole.row), patiently(lambda: as_rows(whole.raw_value))

    def formulas(self, column: ColumnId) -> list[str]:
        """Return what was typed into a column of the table, formulas as such."""
        cells = self._column(column)
        return [str(row[0]) for row in patiently(lambda: as_rows(cells.formula))]

    def fill_column(self, column: ColumnId, values: Sequence[Cell]) -> None:
        """Fill a column of the table, a value for each row; `rows_hidden` are hidden again, by their filter if any."""
        cells, sheet = self._column(column), self.sheet(SHEET)
        block = self._raw([[value] for value in values])
        with rows_shown(sheet, cells, self._filters_lost) as filtered:
            if BY_ID[column].kind is not CellKind.DAY_TO_TYPE:
                patiently(lambda: setattr(cells, "number_format", AS_TYPED))
            patiently(lambda: setattr(cells, "raw_value", block))
        for first, last in () if filtered else runs(self.rows_hidden):  # a filter may hide every other row
            patiently(partial(_hide, sheet, f"A{first}:A{last}"))

    def _column(self, column: ColumnId) -> Any:  # noqa: ANN401 - xlwings' Range
        table = self._table()
        place = ids_of(patiently(lambda: as_rows(table.header_row_range.raw_value))[0]).index(column)
        body = patiently(lambda: table.data_body_range)
        return patiently(lambda: body[:, place])

    def selection(self) -> Any:  # noqa: ANN401 - xlwings' Range
        """Return what is selected on the reconciliation; None where it is another sheet, or no cells."""
        app, name = self._application(), SHEET.said(self.built_in)
        found = patiently(lambda: app.selection)
        if found is None:  # xlwings makes that of a busy Excel too: it is asked once more when it answers
            patiently(lambda: self._book.name)
            found = patiently(lambda: app.selection)
        here = found is not None and patiently(lambda: (found.sheet.name, found.sheet.book.name)) == (name, self.name)
        return found if here else None

    def outcomes(self, postings: Mapping[str, Posting]) -> None:
        """Write beside each row how its push ended."""
        table = self._table()
        block = patiently(lambda: as_rows(table.range.raw_value))
        heads = ids_of(block[0])
        body = patiently(lambda: table.data_body_range)
        if body is None or ColumnId.KEY not in heads or ColumnId.OUTCOME not in heads:
            return
        place = heads.index(ColumnId.OUTCOME)
        keys = [found_in(row[heads.index(ColumnId.KEY)]) for row in block[1:]]
        values = as_raw(outcome_column(keys, postings, self.language))
        values = [ours if key else [row[place]] for key, ours, row in zip(keys, values, block[1:], strict=True)]
        with rows_shown(self.sheet(SHEET), body, self._filters_lost):
            cells = patiently(lambda: body[:, place])
            patiently(lambda: setattr(cells, "number_format", AS_TYPED))
            patiently(lambda: setattr(cells, "raw_value", values[: body.rows.count]))  # without a total row

    def listed(self, sheet: ListSheet, block: CellRows) -> None:
        """Replace a sheet's list, so that nothing of before is left, and nothing below it or beside it is touched.

        Raises:
            Refused: somebody typed where its rows would stand; the list is as it was.
        """
        values, filled = self._raw(fitted(sheet, block)), self._filled(sheet)
        kept = len(values)
        self._require_free(sheet.name, sheet.below(filled, len(values)))
        rows = max(len(values), filled)
        if rows > filled:  # on record before they are written: whatever fails, they are Tieout's
            self.write(FIGURES, FIGURE_CELLS[sheet.filled], [[Decimal(rows)]])
        self.figures[sheet.filled] = Decimal(rows)
        target, values = self.sheet(sheet.name), values + [[None] * len(sheet.columns)] * (rows - len(values))
        with self._rows_shown(sheet.name, sheet.address(rows)):
            self.format(sheet.name, sheet.words(rows), AS_TYPED)
            patiently(lambda: setattr(target.range(sheet.address(rows)), "raw_value", values))
        self.figures[sheet.filled] = Decimal(kept)

    def _fill(self, table: Any, block: Sequence[Sequence[Plain]], rows_before: int) -> None:  # noqa: ANN401 - xlwings' table
        """Overwrite the table's rows, and resize it."""
        longest = max(len(block), rows_before)
        empty: list[list[Plain]] = [[None] * len(LIVE_COLUMNS)] * (longest - len(block))
        self.format(SHEET, words_address(longest), AS_TYPED)
        self.write(SHEET, address(HEADER_ROW + 1, HEADER_ROW + longest), [*block, *empty])
        target = self.sheet(SHEET)
        links = address(HEADER_ROW + 1, HEADER_ROW + len(block), column=LAST)
        formula = explain(self.built_in)
        patiently(lambda: setattr(target.range(links), "formula", formula))
        if self._to_manage is not None:
            column, page = letters(LAST - 1), open_in_manage(self._to_manage, self.built_in)
            pages = f"{column}{HEADER_ROW + 2}:{column}{HEADER_ROW + 1 + len(block)}"
            patiently(lambda: setattr(target.range(pages), "formula", page))
        patiently(lambda: table.resize(target.range(address(HEADER_ROW, HEADER_ROW + len(block)))))

    def _table(self) -> Any:  # noqa: ANN401 - xlwings' table
        if self._review_table is None:
            sheet = self.sheet(SHEET)
            self._review_table = there(lambda: sheet.tables[TABLE], say("excel-table-on-sheet", sheet=SHEET))
        return self._review_table


def _hide(sheet: Sheet, address: str) -> None:
    sheet.range(address).rows.hidden = True


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as runs without a gap, each by its first and its last."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def address(first: int, last: int, *, column: int = 0) -> str:
    """Return the address of the table's columns, from one of them to the last, between two rows; all from 0."""
    return f"{letters(column)}{first + 1}:{letters(LAST)}{last + 1}"


def words_address(rows: int) -> str:
    """Return the address of all cells that hold words, with so many table rows: the header block, then the columns."""
    groups: list[list[int]] = []
    for place, column in enumerate(LIVE_COLUMNS):
        if column.kind not in {CellKind.AMOUNT, CellKind.DATE, CellKind.DAY_TO_TYPE, CellKind.LINK}:
            if groups and groups[-1][1] == place - 1:
                groups[-1][1] = place
            else:
                groups.append([place, place])
    first, last = HEADER_ROW + 2, HEADER_ROW + 1 + rows
    return ",".join([*(span.address for span in HEAD), *(f"{letters(a)}{first}:{letters(b)}{last}" for a, b in groups)])
