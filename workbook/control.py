"""The sheet `Control totals`: per status and currency reviewed, as the table adds up now, and the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_rowcol_to_cell

from sync.core.labels import currency
from sync.core.money import to_cell
from sync.core.review import Review
from sync.core.words import say
from workbook import formats, totals
from workbook.formulas import literal
from workbook.header import facts, remarks, title
from workbook.lettering import headed
from workbook.page import LINE_HEIGHT, put, put_title, set_paper

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME = say("Control totals")
HEAD = 2
REVIEWED = 2
"""First column of the figures at review; the figures of now follow them, and then the check."""

NOW = REVIEWED + len(totals.MEASURES)
CHECK = NOW + len(totals.MEASURES)
HEADS = (
    say("Status"),
    say("Currency"),
    *totals.MEASURES,
    *(say("{measure} now", measure=measure) for measure in totals.MEASURES),
    totals.CHECKED,
)
WIDTHS = (19, 10, *((9, 15, 15, 15, 15) * 2), 22)


def fill(book: Workbook, review: Review) -> None:
    """Write the sheet `Control totals`, and on it the whole header block, which the first sheet may have cut short."""
    sheet = book.add_worksheet(str(NAME))
    set_paper(sheet, review.run, NAME)
    for place, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(place, place, headed(head, width))
    put_title(book, sheet, review.run, say("Control totals.") + title(review.run), WIDTHS)
    top = _heads(book, sheet)
    found = totals.total_lines(review.rows)
    forms = (book.add_format(formats.CELL), book.add_format(formats.COUNT), book.add_format(formats.MONEY))
    check = book.add_format(formats.CHECK)
    for number, line in enumerate(found, start=top):
        _line(sheet, number, line, forms, check)
    last = top + len(found)
    first = xl_rowcol_to_cell(top, CHECK)
    sheet.conditional_format(
        top,
        CHECK,
        max(top, last - 1),
        CHECK,
        {"type": "formula", "criteria": f"={first}<>{literal(totals.OK)}", "format": book.add_format(formats.NOT_OK)},
    )
    _about(book, sheet, review, last + 1)
    sheet.freeze_panes(top, REVIEWED)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _heads(book: Workbook, sheet: Worksheet) -> int:
    """Write the header row; returns the row after it."""
    words, figures = book.add_format(formats.of_header()), book.add_format(formats.of_header(align="right"))
    for column, head in enumerate(HEADS):
        put(sheet, HEAD, column, head, words if column < REVIEWED else figures)
    sheet.set_row(HEAD, 2 * LINE_HEIGHT)
    sheet.repeat_rows(HEAD)
    return HEAD + 1


def _line(
    sheet: Worksheet, row: int, line: totals.TotalLine, forms: tuple[Format, Format, Format], check: Format
) -> None:
    words, count, money = forms
    put(sheet, row, 0, line.word, words)
    put(sheet, row, 1, currency(line.currency), words)
    word_cell, currency_cell = (xl_rowcol_to_cell(row, column, col_abs=True) for column in (0, 1))
    figures: list[int | float] = [line.count, *(to_cell(amount) for amount in line.amounts)]
    for step, (figure, formula) in enumerate(zip(figures, totals.live(line, word_cell, currency_cell), strict=True)):
        form = money if step else count
        sheet.write_number(row, REVIEWED + step, figure, form)
        sheet.write_formula(row, NOW + step, formula, form, figure)
    reviewed, now = (
        [xl_rowcol_to_cell(row, start + step) for step in range(len(figures))] for start in (REVIEWED, NOW)
    )
    sheet.write_formula(row, CHECK, totals.line_check(reviewed, now), check, str(totals.OK))


def _about(book: Workbook, sheet: Worksheet, review: Review, top: int) -> None:
    label, fact = book.add_format(formats.LABEL), book.add_format(formats.FACT)
    for row, each in enumerate([*facts(review), *remarks(review.run)], start=top):
        put(sheet, row, 0, each.label, label)
        put(sheet, row, 1, each.value, fact)
