"""The rows of the reconciliation in Excel: which are selected, which a filter shows, what goes into many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from addin.live.excel import patiently
from addin.live.live_book import LiveBook
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from workbook.control.review_blocks import LIVE_COLUMNS, ids_of
from workbook.look.column import CellKind
from workbook.review.columns import BY_ID, SHEET, ColumnId
from workbook.review.decisions import REQUIRED
from workbook.review.seen import the_sheet_seen
from workbook.xlsx.cell_stream import SheetLook
from workbook.xlsx.cells import Cell, Found, Odd, found_in
from workbook.xlsx.package import Package, opened

if TYPE_CHECKING:
    from xlwings import Range


class Line(Struct, frozen=True, kw_only=True):
    """A row of the table as it stands.

    Attributes:
        number: of the sheet's row, from 1.
        key: the words in its Key cell; empty where there are none.
        cells: by the ids of their columns.
    """

    number: int
    key: str
    cells: Mapping[str, Found]


def lines(book: LiveBook) -> list[Line]:
    """Return the table's rows, from one block.

    Raises:
        SetupError: the table is missing, or a column that decides is.
    """
    first, block = book.table_block()
    heads = ids_of(block[0])
    if not set(REQUIRED) <= set(heads):
        raise SetupError(say("excel-table-not-as-built"))
    found = []
    for number, row in enumerate(block[1:], start=first + 1):
        cells = dict(zip(heads, map(found_in, row), strict=True))
        key = cells[ColumnId.KEY]
        found.append(Line(number=number, key=key if isinstance(key, str) else "", cells=cells))
    return found


def shown(book: LiveBook) -> list[Line]:
    """Return the rows that neither a filter nor a person hides: Excel saves a copy, which tells of all rows at once."""
    with book.copied() as copy, opened(copy, book.name) as parts:
        package = Package(parts)
        part = the_sheet_seen(book.name, package.sheets()).part
        hidden = {row.number for row in package.rows(part, SheetLook()) if row.hidden}
    found = lines(book)
    book.rows_hidden = frozenset(line.number for line in found if line.number in hidden)
    return [line for line in found if line.key and line.number not in hidden]


def chosen(book: LiveBook) -> list[Line]:
    """Return the rows of the table that are selected and shown, in any shape of selection.

    Raises:
        SetupError: none is, so that the person has to select some.
    """
    numbers = selected(book)
    found = [line for line in shown(book) if any(line.number in rows for rows in numbers)]
    if not found:
        raise SetupError(say("excel-no-row-selected", sheet=SHEET))
    return found


def selected(book: LiveBook) -> list[range]:
    """Return the rows of the sheet of which cells within the table's columns are selected; none on another sheet."""
    found = book.selection()
    if found is None:
        return []
    return patiently(lambda: [range(row, row + rows) for row, column, rows in _areas(found) if column <= _WIDTH])


_WIDTH = len(LIVE_COLUMNS)


def _areas(cells: Range) -> list[tuple[int, int, int]]:
    """Return first row, first column and the number of rows of each area: an address of many would be cut off."""
    areas: Any = cells.api.Areas
    each = (areas.Item(number) for number in range(1, areas.Count + 1))
    return [(area.Row, area.Column, area.Rows.Count) for area in each]


def fill(book: LiveBook, values: Mapping[ColumnId, Cell], into: Sequence[Line]) -> None:
    """Put values into columns of some rows, each as one block in which the other rows keep what they hold.

    Raises:
        SetupError: the sheet is protected; or another row holds there what a block would turn into something else: a
            formula, an error, words for a day. Nothing was written then, in any of the columns.
    """
    book.require_unprotected(SHEET)
    found, keys = lines(book), frozenset(line.key for line in into)
    blocks = {column: _block(book, column, value, found, keys) for column, value in values.items()}
    for column, block in blocks.items():
        book.fill_column(column, block)


def _block(book: LiveBook, column: ColumnId, value: Cell, rows: Sequence[Line], keys: frozenset[str]) -> list[Cell]:
    """Return a column's cells with the value in the rows of those keys. Raises as `fill`."""
    block: list[Cell] = []
    for line, formula in zip(rows, book.formulas(column), strict=False):  # a total row is none of those to be filled
        found = line.cells[column]
        loose = isinstance(found, str) and BY_ID[column].kind is CellKind.DAY_TO_TYPE  # Excel would make a date of it
        if line.key not in keys and (formula.startswith("=") or isinstance(found, Odd) or loose):
            raise SetupError(say("excel-cell-holds-formula", row=line.number, column=BY_ID[column].header))
        block.append(value if line.key in keys else found if not isinstance(found, Odd) else None)
    return block


def go_to(book: LiveBook, number: int) -> None:
    """Select the cell of a row in which its decision stands."""
    book.select(SHEET, f"A{number}")
