"""What every sheet of a file has in common: putting a value into a cell, and the paper it is printed on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sync.core.journal import Run
from sync.core.money import to_cell
from sync.core.words import BLANK, Text, say
from workbook import formats
from workbook.cells import Cell, day_number, visible, written
from workbook.formulas import literal
from workbook.lettering import bold
from workbook.panel import Figure
from workbook.practice_mark import mark_of, marked

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LETTER = 1
NAME_PRINTED, NAME_BESIDE_MARK = 80, 60
"""Characters of a name at the head of a page, which holds 255."""
LINE_HEIGHT = 12.75
PRACTICE_HEIGHT = 20
MOST_LINES = 12
WORDS_TO_DIGITS = 1.1


def put(sheet: Worksheet, row: int, column: int, value: Cell | Text, form: Format | None = None) -> None:
    """Write a value as what it is: words never become a formula, a link or a number.

    Args:
        sheet: an XlsxWriter sheet.
        row: from 0.
        column: from 0.
        value: what to write.
        form: the cell's format.
    """
    if not isinstance(value, Decimal):
        value = written(str(value) if isinstance(value, Text) else value)
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, to_cell(value), form)
    elif isinstance(value, date):
        sheet.write_number(row, column, day_number(value), form)
    elif value.startswith("<r>") and value.endswith("</r>"):
        # XlsxWriter takes such words for markup of its own; in pieces they stay words.
        sheet.write_rich_string(row, column, value[:1], value[1:2], value[2:], form)
    else:
        sheet.write_string(row, column, value, form)


def put_title(book: Workbook, sheet: Worksheet, run: Run, title: Text, widths: Sequence[float]) -> None:
    """Write a sheet's title; that of a practice run begins with the mark, and is a band across columns so wide."""
    words, form = marked(run, title), formats.TITLE
    if mark_of(run) != BLANK:
        fits = bold(words) * formats.PRACTICE["font_size"] / formats.FONT["font_size"] < sum(widths)
        form = formats.PRACTICE if fits else formats.PRACTICE_LOOK
        sheet.set_row(0, PRACTICE_HEIGHT)
        for column in range(1, len(widths)):
            sheet.write_blank(0, column, None, book.add_format(form))
    put(sheet, 0, 0, words, book.add_format(form))


def put_live_title(book: Workbook, sheet: Worksheet, title: Text, columns: int) -> None:
    """Write a title of the control workbook: it begins with the mark while the sheets show a practice run."""
    named = Figure.PRACTICE.value
    shown = f'=IF({named}="","",{named}&" ")&{literal(title)}'
    sheet.write_formula(0, 0, shown, book.add_format(formats.TITLE), str(title))
    put_live_band(book, sheet, columns)


def put_live_band(book: Workbook, sheet: Worksheet, columns: int) -> None:
    """Have a title stand out while the sheets show a practice run."""
    look = book.add_format(formats.PRACTICE_LOOK)
    criteria = f'={Figure.PRACTICE.value}<>""'
    sheet.conditional_format(0, 0, 0, columns - 1, {"type": "formula", "criteria": criteria, "format": look})


def fitting(width: float) -> int:
    """How many characters fit into a column: its width counts digits, and words are a little narrower."""
    return int(width * WORDS_TO_DIGITS)


def height(words: Iterable[tuple[Cell, int]], *, fewest: int) -> float:
    """Height in points of a row whose words wrap, each given with how many characters of it fit on a line.

    Programs other than Excel do not work it out themselves.
    """
    lines = fewest
    for text, fits in words:
        if isinstance(text, str) and (len(text) > fits or "\n" in text):  # most need one line
            lines = max(lines, sum(_lines(line, fits) for line in text.split("\n")))
    return LINE_HEIGHT * min(lines, MOST_LINES)


def _lines(line: str, fits: int) -> int:
    """How many lines a line of words needs that is broken at blanks, or anywhere in a word that fits on none."""
    lines, start = 1, 0
    while len(line) - start > fits:
        blank = line.rfind(" ", start, start + fits + 1)
        start = blank + 1 if blank > start else start + fits
        lines += 1
    return lines


def set_paper(sheet: Worksheet, run: Run | None, name: Text) -> None:
    """Landscape Letter, one page wide; on each page the company, the sheet, the file, the run and the page's number.

    Without a run the paper is that of the control workbook, which shows one run after the other.
    """
    sheet.set_landscape()
    sheet.set_paper(LETTER)
    sheet.fit_to_pages(1, 0)
    mark, top, most = "", 0.6, NAME_PRINTED
    if mark_of(run) != BLANK:
        mark, top, most = f"&C\n&B&9{mark_of(run)}", 0.75, NAME_BESIDE_MARK
    sheet.set_margins(left=0.3, right=0.3, top=top, bottom=0.6)
    sheet.hide_gridlines(2)
    company = visible(run.company.sage)[:most].replace("&", "&&") if run else "Tieout"
    printed = visible(str(name))[:most].replace("&", "&&")
    sheet.set_header(f"&L&8 {company}{mark}&R&8 {printed}", {"margin": 0.3})
    left, pages = "&F", say("Page {page} of {pages}", page="&P", pages="&N")
    if run:
        read = say("Run {run}, read {moment} UTC", run=run.id, moment=f"{run.started:%Y-%m-%d %H:%M}")
        left = f"{left}\n{read}"
    sheet.set_footer(f"&L&8{left}&R&8{pages}", {"margin": 0.25})
