"""The reconciliation sheet of a file: header block, proof, and one row per invoice in a real table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sync.core.review import Review
from workbook import formats
from workbook.audit.draw import MOST_LINKS, Pen, rows_by_key
from workbook.audit.explained import applications
from workbook.cells import visible
from workbook.columns import COLUMNS, PLACE, SHEET, cells
from workbook.head_block import head_cells
from workbook.header import RUN
from workbook.page import height, put, set_paper
from workbook.review_table import Frame, build, prove

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FEWEST_LINES = 2
"""Heights stay behind when the user sorts, so most rows are made equal: two lines hold nearly every reason."""


APPLICATIONS = "Applications"


def fill(book: Workbook, review: Review) -> None:
    """Write the sheet `Reconciliation`, and behind it the applications that its invoice numbers lead to, and back."""
    sheet = book.add_worksheet(SHEET)
    set_paper(sheet, review.run, SHEET)
    proof = _header_block(book, sheet, review)
    last = proof + 3 + max(1, len(review.rows))
    frame = Frame(header=proof + 3, last=last, reach=last)
    prove(book, sheet, review.rows, proof)
    build(book, sheet, frame)
    explained = applications(review.rows, APPLICATIONS, SHEET)
    behind = rows_by_key([explained])
    _rows(book, sheet, review, frame, behind.get(APPLICATIONS, {}))
    rows = {SHEET: {row.key: frame.header + 1 + place for place, row in enumerate(review.rows)}}
    Pen(book, review.run, (("Company", review.run.company.sage), (RUN, review.run.id))).paper(explained, rows)


def _header_block(book: Workbook, sheet: Worksheet, review: Review) -> int:
    """Write the header block; returns the row after it."""
    label, inside, fact = (book.add_format(f) for f in (formats.LABEL, formats.LABEL_INSIDE, formats.FACT))
    last = 0
    for cell in head_cells(review):
        form = (inside if cell.column else label) if cell.label else fact
        put(sheet, cell.row, cell.column, cell.value, form if cell.row else book.add_format(formats.TITLE))
        last = cell.row
    return last + 1


def _rows(book: Workbook, sheet: Worksheet, review: Review, frame: Frame, behind: Mapping[str, int]) -> None:
    link = book.add_format(formats.of_column(COLUMNS[PLACE["Invoice"]]) | {"font_color": formats.DARK, "underline": 1})
    forms = [book.add_format(formats.of_column(column)) for column in COLUMNS]
    for number, row in enumerate(review.rows, start=frame.header + 1):
        item = review.open_items.get(row.key)
        values = cells(row, item)
        wrapped = ((value, column.width) for column, value in zip(COLUMNS, values, strict=True) if column.wraps)
        sheet.set_row(number, height(wrapped, fewest=FEWEST_LINES))
        for place, value in enumerate(values):
            put(sheet, number, place, value, forms[place])
        target = behind.get(row.key)
        if target is not None and row.invoice and number < MOST_LINKS:
            where = f"internal:'{APPLICATIONS}'!A{target + 1}"
            sheet.write_url(number, PLACE["Invoice"], where, link, visible(row.invoice), "See its applications")
