"""The reconciliation sheet of a file: header block, proof, and one row per invoice in a real table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.core.review import Review
from workbook import formats
from workbook.columns import COLUMNS, SHEET, cells
from workbook.head_block import head_cells
from workbook.page import height, put, set_paper
from workbook.review_table import Frame, build, prove

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FEWEST_LINES = 2
"""Heights stay behind when the user sorts, so most rows are made equal: two lines hold nearly every reason."""


def fill(book: Workbook, review: Review) -> None:
    """Write the sheet `Reconciliation`."""
    sheet = book.add_worksheet(SHEET)
    set_paper(sheet, review.run, SHEET)
    proof = _header_block(book, sheet, review)
    last = proof + 3 + max(1, len(review.rows))
    frame = Frame(header=proof + 3, last=last, reach=last)
    prove(book, sheet, review.rows, proof)
    build(book, sheet, frame)
    _rows(book, sheet, review, frame)


def _header_block(book: Workbook, sheet: Worksheet, review: Review) -> int:
    """Write the header block; returns the row after it."""
    label, inside, fact = (book.add_format(f) for f in (formats.LABEL, formats.LABEL_INSIDE, formats.FACT))
    last = 0
    for cell in head_cells(review):
        form = (inside if cell.column else label) if cell.label else fact
        put(sheet, cell.row, cell.column, cell.value, form if cell.row else book.add_format(formats.TITLE))
        last = cell.row
    return last + 1


def _rows(book: Workbook, sheet: Worksheet, review: Review, frame: Frame) -> None:
    forms = [book.add_format(formats.of_column(column)) for column in COLUMNS]
    for number, row in enumerate(review.rows, start=frame.header + 1):
        item = review.open_items.get(row.key)
        values = cells(row, item.note if item else "")
        wrapped = ((value, column.width) for column, value in zip(COLUMNS, values, strict=True) if column.wraps)
        sheet.set_row(number, height(wrapped, fewest=FEWEST_LINES))
        for place, value in enumerate(values):
            put(sheet, number, place, value, forms[place])
