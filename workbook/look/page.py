"""Books and sheets in one language, and what every sheet has in common: cells, widths, the mark of practice, paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from unicodedata import normalize

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import to_cell
from sync.core.values.runs import Run
from sync.settings.connections import is_loopback
from workbook.look import cell_formats
from workbook.xlsx.cells import Cell, Plain, day_number, literal, visible, written

if TYPE_CHECKING:
    from xlsxwriter.format import Format


class Sheet(Worksheet):  # type: ignore[misc] # XlsxWriter has no types
    """A sheet of a `Book`, in its language."""

    language: Language

    def say(self, words: Text | str) -> str:
        """Return the words as they stand on this sheet."""
        return words.said(self.language) if isinstance(words, Text) else words


class Book(Workbook):  # type: ignore[misc] # XlsxWriter has no types
    """A workbook that XlsxWriter makes, in one language."""

    def __init__(self, file: Path | IO[bytes], language: Language, options: dict[str, Any] | None = None) -> None:
        """Make an empty workbook; `options` are XlsxWriter's own."""
        super().__init__(str(file) if isinstance(file, Path) else file, options)
        self.language = language

    def say(self, words: Text | str) -> str:
        """Return the words as they stand in this workbook."""
        return words.said(self.language) if isinstance(words, Text) else words

    def add_worksheet(self, name: str | None = None) -> Sheet:
        """Add a sheet by XlsxWriter's own name for it: every sheet of the workbook knows its language."""
        sheet: Sheet = super().add_worksheet(name, worksheet_class=Sheet)
        sheet.language = self.language
        return sheet

    def sheet(self, name: Text | str) -> Sheet:
        """Add a sheet with a name in the workbook's language."""
        return self.add_worksheet(self.say(name))


_EM = 10 * 96 / 72
"""Pixels of the font's size."""
_DIGIT, _BESIDE = 7, 3
"""Pixels of a digit, which a column's width counts; and what a column has beside its digits and words do not need."""
_INDENT = 1.4
"""What a step of indentation takes of a column's width."""
_WIDTHS = {
    letter: width
    for width, letters in (
        (278, " ,./:;|!Iijl"),
        (333, "-()[]ft'"),
        (389, "r*"),
        (611, "bdghnopqu?FLTZ"),
        (667, "EPSVXY"),
        (722, "ABCDHKNRU&"),
        (778, "GOQw"),
        (833, "M"),
        (889, "m"),
        (944, "W"),
    )
    for letter in letters
}
"""Widths of Arial's bold letters, in thousandths of the font size."""
_OTHER = 556
"""Width of most small letters and of digits."""


def bold(words: str) -> float:
    """Return the width of a column that bold words fit into on one line."""
    letters = normalize("NFD", words)
    thousandths = sum(_WIDTHS.get(letter, _OTHER) for letter in letters if ord(letter) not in _ACCENTS)
    return (thousandths * _EM / 1000 - _BESIDE) / _DIGIT


_ACCENTS = range(0x300, 0x370)


def headed(header: str, width: float, *, lines: int = 2, indented: bool = False) -> float:
    """Return the width of a column, or the least that its header needs.

    Args:
        header: of the column.
        width: that it has anyway.
        lines: that its header may take, one or two.
        indented: it begins a little inside the column.
    """
    words = header.split()
    ends = range(1, len(words) + 1) if lines > 1 else [len(words)]
    halves = ((" ".join(words[:end]), " ".join(words[end:])) for end in ends)
    return max(width, min(max(map(bold, each)) for each in halves) + indented * _INDENT)


MARK = say("sheet-practice-not-real")
PRACTICE_CELL = "PracticeMark"
"""The name, in the control workbook, of the cell that holds the mark while its sheets show a practice run."""


def mark_of(run: Run | None) -> Text:
    """Return the mark of a run whose site is on this computer; no words for a real one, or without a run."""
    return MARK if run is not None and is_loopback(run.company.site) else BLANK


def marked(run: Run | None, title: Text) -> Text:
    """Return a title, after the mark where there is one."""
    mark = mark_of(run)
    return title if mark == BLANK else mark + title


LETTER = 1
NAME_PRINTED, NAME_BESIDE_MARK = 80, 60
"""Characters of a name at the head of a page, which holds 255."""
LINE_HEIGHT = 12.75
PRACTICE_HEIGHT = 20
TITLE_HEIGHT = 21
MOST_LINES = 12
WORDS_TO_DIGITS = 1.1
_SMALLER = cell_formats.FONT["font_size"] / cell_formats.SMALL["font_size"]


def put(sheet: Sheet, row: int, column: int, value: Cell, form: Format | None = None) -> None:
    """Write a value as what it is: words never become a formula, a link or a number.

    Args:
        sheet: where to; a text is put into the words of its language.
        row: from 0.
        column: from 0.
        value: what to write.
        form: the cell's format.
    """
    if not isinstance(value, Decimal):
        value = written(sheet.say(value) if isinstance(value, Text) else value)
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


def put_title(book: Book, sheet: Sheet, run: Run, title: Text, widths: Sequence[float]) -> None:
    """Write a sheet's title; that of a practice run begins with the mark, and is a band across columns so wide."""
    words, form = sheet.say(marked(run, title)), cell_formats.TITLE
    if mark_of(run) != BLANK:
        fits = bold(words) * cell_formats.PRACTICE["font_size"] / cell_formats.FONT["font_size"] < sum(widths)
        form = cell_formats.PRACTICE if fits else cell_formats.PRACTICE_LOOK
        sheet.set_row(0, PRACTICE_HEIGHT)
        for column in range(1, len(widths)):
            sheet.write_blank(0, column, None, book.add_format(form))
    put(sheet, 0, 0, words, book.add_format(form))


def put_live_title(book: Book, sheet: Sheet, title: Text, columns: int) -> None:
    """Write a title of the control workbook: it begins with the mark while the sheets show a practice run."""
    words = sheet.say(title)
    shown = f'=IF({PRACTICE_CELL}="","",{PRACTICE_CELL}&" ")&{literal(words)}'
    sheet.write_formula(0, 0, shown, book.add_format(cell_formats.TITLE), words)
    put_live_band(book, sheet, columns)


def put_live_band(book: Book, sheet: Sheet, columns: int) -> None:
    """Have a title stand out while the sheets show a practice run."""
    look = book.add_format(cell_formats.PRACTICE_LOOK)
    criteria = f'={PRACTICE_CELL}<>""'
    sheet.conditional_format(0, 0, 0, columns - 1, {"type": "formula", "criteria": criteria, "format": look})


def fitting(width: float, *, small: bool = False) -> int:
    """Return how many characters fit into a column: its width counts digits, and words are a little narrower."""
    return int(width * WORDS_TO_DIGITS * (_SMALLER if small else 1))


def height(words: Iterable[tuple[Plain, int]], *, fewest: int) -> float:
    """Return the height in points of a row whose words wrap, each given with how many characters fit on a line.

    Programs other than Excel do not work it out themselves.
    """
    lines = fewest
    for text, fits in words:
        if isinstance(text, str) and (len(text) > fits or "\n" in text):  # most need one line
            lines = max(lines, sum(_lines(line, fits) for line in text.split("\n")))
    return LINE_HEIGHT * min(lines, MOST_LINES)


def _lines(line: str, fits: int) -> int:
    """Return how many lines a line of words needs, broken at blanks, or anywhere in a word that fits on none."""
    lines, start = 1, 0
    while len(line) - start > fits:
        blank = line.rfind(" ", start, start + fits + 1)
        start = blank + 1 if blank > start else start + fits
        lines += 1
    return lines


def set_paper(sheet: Sheet, run: Run | None, name: Text, source: Text | None = None) -> None:
    """Print on landscape Letter, one page wide; each page says company, sheet, file, run and the page's number.

    Args:
        sheet: the sheet.
        run: whose it is; without one the paper is that of the control workbook, which shows one run after the other.
        name: of the paper.
        source: stands in place of the run where the paper is of several.
    """
    sheet.set_landscape()
    sheet.set_paper(LETTER)
    sheet.fit_to_pages(1, 0)
    mark, top, most = "", 0.6, NAME_PRINTED
    if mark_of(run) != BLANK:
        mark, top, most = f"&C\n&B&9{sheet.say(mark_of(run))}", 0.75, NAME_BESIDE_MARK
    sheet.set_margins(left=0.3, right=0.3, top=top, bottom=0.6)
    sheet.hide_gridlines(2)
    company = _printed(run.company.sage, most) if run else "Tieout"
    printed = _printed(sheet.say(name), most)
    sheet.set_header(f"&L&8 {company}{mark}&R&8 {printed}", {"margin": 0.3})
    left, pages = "&F", sheet.say(say("practice-page-of-pages", page="&P", pages="&N"))
    if run:
        read = source or say("sheet-run-read-at", run=run.id, moment=f"{run.started:%Y-%m-%d %H:%M}")
        left = f"{left}\n{sheet.say(read)}"
    sheet.set_footer(f"&L&8{left}&R&8{pages}", {"margin": 0.25})


def _printed(name: str, most: int) -> str:
    """Return a name as the head of a page holds it, where an ampersand begins a code."""
    name = visible(name)
    return (name if len(name) <= most else f"{name[: most - 1]}…").replace("&", "&&")
