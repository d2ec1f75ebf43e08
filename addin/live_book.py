"""The open control workbook: read and written in a fixed number of blocks, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from addin.excel import patiently
from sync.core.posting import Posting
from sync.core.review import Review
from workbook.cells import Cell, Found, Odd, found_in, raw
from workbook.columns import KEY, SHEET, TABLE, Kind
from workbook.figures import Figures
from workbook.lists import ROWS, ListSheet
from workbook.live import (
    HEADER_ROW,
    LIVE_COLUMNS,
    OUTCOME,
    PROOF_ROW,
    Block,
    before,
    chosen_in,
    head_block,
    outcome_column,
    table_block,
)
from workbook.panel import FIGURE_BLOCK, FIGURES, INPUT_BLOCK, INPUTS, Figure, Input
from workbook.panel import SHEET as CONTROL
from workbook.sheet import REQUIRED
from workbook.stream import Row

if TYPE_CHECKING:
    from xlwings import Book, Sheet

AS_TYPED = "@"
TOP = 40
"""So many rows are looked through for the run id above the table."""
_LAST = len(LIVE_COLUMNS) - 1


class LiveBook:
    """A control workbook that is open in Excel."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._all: Any = None
        self._app: Any = None
        self._sheets: dict[str, Sheet] = {}
        self._figures: dict[Figure, Cell] = {}
        self.chosen: dict[str, bool] = {}

    @property
    def name(self) -> str:
        """As its window shows it."""
        return patiently(lambda: str(self._book.name))

    def inputs(self) -> dict[Input, Found]:
        """What was chosen on the control sheet."""
        block = self._read(CONTROL, INPUT_BLOCK)
        return dict(zip(Input, (row[0] for row in block), strict=True))

    def forget_confirmation(self) -> None:
        """Empty the cell that confirmed this push, so that it confirms no other."""
        self._write(CONTROL, INPUTS[Input.CONFIRM], [[None]])

    def progress(self, words: str | None) -> None:
        """Say in Excel's status bar what is being done; None gives it back to Excel."""
        if self._app is None:
            self._app = patiently(lambda: self._book.app)
        patiently(lambda: setattr(self._app, "status_bar", words if words is not None else False))

    def figures(self, figures: Figures) -> None:
        """Have figures shown on the control sheet at the end; those not given stay as they are."""
        self._figures |= figures

    def end(self, sentence: str) -> None:
        """Show the figures, and how it all ended."""
        self._figures[Figure.STATUS] = sentence
        if len(self._figures) < len(Figure):
            now = self._read(FIGURES, FIGURE_BLOCK)
            self._figures = {
                **{figure: _cell(row[0]) for figure, row in zip(Figure, now, strict=True)},
                **self._figures,
            }
        self._write(FIGURES, FIGURE_BLOCK, [[self._figures[figure]] for figure in Figure])

    def review(self, review: Review) -> None:
        """Show a review: sort order, notes and decisions stay where they still fit. All of it, or none."""
        table = self._table()
        old = patiently(lambda: _rows(table.range.raw_value))
        new = table_block(review, before([[found_in(value) for value in row] for row in old]))
        self.chosen = chosen_in(new)
        try:
            self._fill(table, new, len(old) - 1)
            patiently(lambda: _filter_again(table))
            self._write(SHEET, _address(0, PROOF_ROW), head_block(review))
        except BaseException:
            self._fill(table, [[_cell(value) for value in row] for row in old[1:]], len(new))
            raise

    def rows(self) -> Iterator[Row]:
        """The sheet's rows as a file would have them: what is above the table, its headers, its rows."""
        for row in map(_row, self._read(SHEET, _address(0, TOP - 1))):
            if set(REQUIRED) <= set(row.cells.values()):
                break
            yield row
        table = self._table()
        yield from map(_row, patiently(lambda: _rows(table.range.raw_value)))

    def outcomes(self, postings: Mapping[str, Posting]) -> None:
        """Write beside each row how its push ended."""
        table = self._table()
        block = patiently(lambda: _rows(table.range.raw_value))
        heads = [str(head).strip() for head in block[0]]
        if KEY in heads and OUTCOME.header in heads:
            place = heads.index(OUTCOME.header)
            keys = [found_in(row[heads.index(KEY)]) for row in block[1:]]
            body = patiently(lambda: table.data_body_range)
            cells = patiently(lambda: body[:, place])
            patiently(lambda: setattr(cells, "number_format", AS_TYPED))
            patiently(lambda: setattr(cells, "raw_value", _raw(outcome_column(keys, postings))))

    def listed(self, sheet: ListSheet, block: Block) -> None:
        """Replace a sheet's list; one that is never long is filled up with empty rows instead of emptied first."""
        target = self._sheet(sheet.name)
        if sheet.most is None:
            patiently(lambda: target.range(sheet.block(ROWS)).clear_contents())
        else:
            empty: Block = [[None] * len(sheet.columns)]
            block = [*block[: sheet.most], *(empty * (sheet.most - len(block)))]
        if not block:
            return
        whole = patiently(lambda: target.range(sheet.block(len(block))))
        if sheet.foreign and sheet.words is None:
            patiently(lambda: setattr(whole, "number_format", AS_TYPED))
        elif sheet.words is not None:
            self._format(sheet.name, sheet.words, AS_TYPED)
        patiently(lambda: setattr(whole, "raw_value", _raw(block)))

    def _fill(self, table: Any, block: Sequence[Sequence[Cell]], rows_before: int) -> None:  # noqa: ANN401 - xlwings' table
        """Write the table's rows over those of before, and give the table its new size."""
        longest = max(len(block), rows_before)
        empty: list[list[Cell]] = [[None] * len(LIVE_COLUMNS)] * (longest - len(block))
        self._format(SHEET, _words(longest), AS_TYPED)
        self._write(SHEET, _address(HEADER_ROW + 1, HEADER_ROW + longest), [*block, *empty])
        target = self._sheet(SHEET)
        patiently(lambda: table.resize(target.range(_address(HEADER_ROW, HEADER_ROW + len(block)))))

    def _table(self) -> Any:  # noqa: ANN401 - xlwings' table
        sheet = self._sheet(SHEET)
        return patiently(lambda: sheet.tables[TABLE])

    def _sheet(self, name: str) -> Sheet:
        if name not in self._sheets:
            if self._all is None:
                self._all = patiently(lambda: self._book.sheets)
            self._sheets[name] = patiently(lambda: self._all[name])
        return self._sheets[name]

    def _read(self, sheet: str, address: str) -> list[list[Found]]:
        target = self._sheet(sheet)
        return [[found_in(value) for value in row] for row in patiently(lambda: _rows(target.range(address).raw_value))]

    def _write(self, sheet: str, address: str, block: Sequence[Sequence[Cell]]) -> None:
        target = self._sheet(sheet)
        patiently(lambda: setattr(target.range(address), "raw_value", _raw(block)))

    def _format(self, sheet: str, address: str, code: str) -> None:
        target = self._sheet(sheet)
        patiently(lambda: setattr(target.range(address), "number_format", code))


def _filter_again(table: Any) -> None:  # noqa: ANN401 - xlwings' table
    """Apply the user's filter to the new rows; a row that a stale filter hides would be skipped in silence."""
    if (found := table.api.AutoFilter) is not None:
        found.ApplyFilter()


def _raw(block: Sequence[Sequence[Cell]]) -> list[list[str | float | None]]:
    return [[raw(value) for value in row] for row in block]


def _rows(value: Any) -> list[list[Any]]:  # noqa: ANN401 - whatever Excel hands out
    """A block as rows, even where it is one row or one cell."""
    if not isinstance(value, list | tuple):
        return [[value]]
    return [list(row) if isinstance(row, list | tuple) else [row] for row in value]


def _cell(value: object) -> Cell:
    """A value as it stood, on its way back; errors and true/false cannot be put back and stay empty."""
    found = found_in(value)
    return None if isinstance(found, Odd) else found


def _row(values: Sequence[object]) -> Row:
    found = {place: found_in(value) for place, value in enumerate(values, start=1)}
    return Row(cells={place: value for place, value in found.items() if value is not None}, hidden=False)


def _address(first: int, last: int) -> str:
    """All of the table's columns from one row to another, rows from 0."""
    return f"A{first + 1}:{_letter(_LAST)}{last + 1}"


def _words(rows: int) -> str:
    """Address of all cells that hold words, with so many table rows: the header block, and the table's columns."""
    groups: list[list[int]] = []
    for place, column in enumerate(LIVE_COLUMNS):
        if column.kind not in {Kind.AMOUNT, Kind.DATE}:
            if groups and groups[-1][1] == place - 1:
                groups[-1][1] = place
            else:
                groups.append([place, place])
    first, last = HEADER_ROW + 2, HEADER_ROW + 1 + rows
    head = _address(0, PROOF_ROW - 1)
    return ",".join([head, *(f"{_letter(a)}{first}:{_letter(b)}{last}" for a, b in groups)])


def _letter(place: int) -> str:
    return chr(ord("A") + place)
