"""The reconciliation sheet of a file: header block, proof, and one row per invoice in a real table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sync.core.review import Review
from sync.core.words import say
from workbook import formats
from workbook.audit.draw import rows_by_key
from workbook.audit.explained import applications
from workbook.behind import LongPen
from workbook.columns import APPLICATIONS, COLUMNS, PLACE, SHEET, cells
from workbook.head_block import head_cells
from workbook.header import RUN, title
from workbook.long_list import MOST_LINKS, LongList, draw
from workbook.page import fitting, height, put, put_title, set_paper
from workbook.review_table import Frame, build, prove
from workbook.row_xml import Line

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FEWEST_LINES = 2
"""Heights stay behind when the user sorts, so most rows are made equal: two lines hold nearly every reason."""

TABLE_PART = "xl/tables/table1.xml"
"""The only table of a file."""


def fill(book: Workbook, review: Review) -> list[LongList]:
    """Draw the sheet `Reconciliation`, and behind it the applications that its invoice numbers lead to, and back.

    Returns:
        Their rows, for when the workbook is finished.
    """
    sheet = book.add_worksheet(str(SHEET))
    set_paper(sheet, review.run, SHEET)
    proof = _header_block(book, sheet, review)
    last = proof + 3 + max(1, len(review.rows))
    frame = Frame(header=proof + 3, last=last, reach=last)
    prove(book, sheet, review.rows, proof)
    build(book, sheet, frame)
    explained = applications(review.rows, APPLICATIONS, SHEET)
    rows = _rows(book, sheet, review, frame, rows_by_key([explained]).get(APPLICATIONS, {}))
    pen = LongPen(book, review.run, ((say("Company"), review.run.company.sage), (RUN, review.run.id)))
    pen.paper(explained, {SHEET: {row.key: frame.header + 1 + place for place, row in enumerate(review.rows)}})
    return [rows, *pen.lists]


def _header_block(book: Workbook, sheet: Worksheet, review: Review) -> int:
    """Write the header block; returns the row after it."""
    label, inside, fact = (book.add_format(f) for f in (formats.LABEL, formats.LABEL_INSIDE, formats.FACT))
    put_title(book, sheet, review.run, title(review.run), [column.width for column in COLUMNS])
    last = 0
    for cell in head_cells(review):
        if cell.row:
            form = (inside if cell.column else label) if cell.label else fact
            put(sheet, cell.row, cell.column, cell.value, form)
        last = cell.row
    return last + 1


def _rows(book: Workbook, sheet: Worksheet, review: Review, frame: Frame, behind: Mapping[str, int]) -> LongList:
    """The rows of the table, behind whose invoice numbers stand the rows (from 0) that explain them."""
    link = book.add_format(formats.of_column(COLUMNS[PLACE["Invoice"]]) | {"font_color": formats.DARK, "underline": 1})
    forms = [book.add_format(formats.of_column(column)) for column in COLUMNS]
    first = frame.header + 1
    return LongList(
        part=draw(sheet, first, forms, link),
        first=first,
        count=len(review.rows),
        lines=_lines(review, first, behind),
        columns=len(forms),
        leads_to=str(APPLICATIONS),
        tip=str(say("See its applications")),
        table=TABLE_PART,
    )


def _lines(review: Review, first: int, behind: Mapping[str, int]) -> Iterator[Line]:
    wraps = [(place, fitting(column.width)) for place, column in enumerate(COLUMNS) if column.wraps]
    for number, row in enumerate(review.rows, start=first):
        made = cells(row, review.open_items.get(row.key))
        target = behind.get(row.key) if row.invoice and number < MOST_LINKS else None
        yield Line(
            cells=made,
            height=height([(made[place], fits) for place, fits in wraps], fewest=FEWEST_LINES),
            target=None if target is None else target + 1,
        )
