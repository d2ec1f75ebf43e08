"""Puts papers on sheets: title, what identifies them, blocks or one list with control totals above and below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sync.core.journal import Run
from sync.core.money import to_cell
from sync.core.words import BLANK, Text, say
from workbook import formats
from workbook.audit.measures import Measures, apart, fewest_lines, measures, wrapping
from workbook.audit.paper import Block, Form, Paper
from workbook.cells import Cell, written
from workbook.lettering import bold
from workbook.long_list import MOST_LINKS
from workbook.page import LINE_HEIGHT, height, put, put_title, set_paper
from workbook.statuses import LOOKS, Look
from workbook.totals import CHECKED, CONTROL, OK, SHOWN, amount_check

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TOP = 4
"""First row below what identifies a paper."""
PROOF = 3
"""Rows of control totals above a list."""
HEADER = TOP + PROOF + 1
"""The header row of a list."""
_STYLES: Mapping[Form, dict[str, Any]] = {
    Form.TEXT: formats.CELL | {"num_format": formats.AS_TYPED},
    Form.STATUS: formats.CELL | {"bold": True},
    Form.AMOUNT: formats.MONEY,
    Form.COUNT: formats.COUNT,
    Form.DATE: formats.CELL | {"num_format": formats.DATE, "align": "center"},
    Form.LONG: formats.FACT | {"valign": "top"},
    Form.SIGN: formats.CELL | {"bg_color": formats.INPUT},
}
LINK = formats.CELL | {"font_color": formats.DARK, "underline": 1, "num_format": formats.AS_TYPED}
_ALIGN = {Form.AMOUNT: "right", Form.COUNT: "right", Form.DATE: "center"}
APART: Mapping[str, Any] = {"indent": 1}
Places = dict[Text, int]
"""By heading, or the paper's name: the row of the first line of a block."""
Found = Mapping[Text, Mapping[str, int]]
"""By paper and key: the row that stands for the key there."""


class Pen:
    """Writes on the sheets of one workbook, row after row from the top, with each format made once."""

    def __init__(self, book: Workbook, run: Run, identity: Sequence[tuple[Text, Text | str]]) -> None:
        """`identity` stands under the title of every paper."""
        self.book = book
        self._run = run
        self._identity = identity
        self._made: dict[str, Format] = {}
        self._looks = {str(look.word): look for look in LOOKS.values()}
        self._kinds: dict[tuple[Form, Look | None, bool, bool], Format] = {}

    def form(self, style: Mapping[str, Any]) -> Format:
        """A format, the same one for the same style."""
        name = repr(sorted(style.items()))
        if name not in self._made:
            self._made[name] = self.book.add_format(dict(style))
        return self._made[name]

    def paper(self, paper: Paper, found: Found) -> tuple[Worksheet, Places]:
        """Write a paper on a sheet of its own.

        Args:
            paper: what stands on it.
            found: the row of each key on each paper, for links.
        """
        sheet = self.book.add_worksheet(str(paper.name))
        heading = say("{index}  {title}", index=paper.index, title=paper.title) if str(paper.index) else paper.title
        set_paper(sheet, self._run, heading)
        measured = [measures(block, 2 if paper.is_list else 1) for block in paper.blocks]
        widths = [max(each) for each in zip_longest(*(each.widths for each in measured), fillvalue=0)]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        if paper.is_list:
            first = max(measured[0].widths[0], *(bold(words) for words in (CONTROL, SHOWN, CHECKED)))
            sheet.set_column(0, 0, first)
        if paper.one_page:
            sheet.fit_to_pages(1, 1)
        put_title(self.book, sheet, self._run, heading, widths)
        known = (str(say("{label}: {words}", label=label, words=words)) for label, words in self._identity)
        put(sheet, 1, 0, "  ·  ".join(known), self.form(formats.FACT))
        put(sheet, 2, 0, paper.purpose, self.form(formats.FACT))
        if paper.is_list:
            return sheet, {paper.name: self._list(sheet, paper.blocks[0], measured[0], found)}
        places = {}
        row = TOP
        breaks = []
        for block in paper.blocks:
            if block.new_page:
                breaks.append(row)
            row = self._above(sheet, block, row)
            places[block.heading] = row + 1
            row = self._rows(sheet, block, row, found) + 1
        sheet.set_h_pagebreaks(breaks)
        return sheet, places

    def _above(self, sheet: Worksheet, block: Block, row: int) -> int:
        put(sheet, row, 0, block.heading, self.form(formats.HEADING))
        if block.note != BLANK:
            row += 1
            put(sheet, row, 0, block.note, self.form(formats.FACT))
        return row + 1

    def _rows(self, sheet: Worksheet, block: Block, header: int, found: Found) -> int:
        """Write a header row and the rows; returns the row after them."""
        self._heads(sheet, block, header)
        if not block.rows:
            put(sheet, header + 1, 0, block.empty)
            return header + 2
        aparts = [apart(block, place) for place in range(len(block.columns))]
        plain = [self._of_columns(block, bold=bold) for bold in (False, True)]
        states = [place for place, column in enumerate(block.columns) if column.form is Form.STATUS]
        wraps = wrapping(block)
        fewest = fewest_lines(block)
        targets, link = found.get(block.leads_to, {}), self.form(LINK)
        for number, cells in enumerate(block.rows):
            row, bold = header + 1 + number, number in block.bold
            high = height(((cells[place], fits) for place, fits in wraps), fewest=fewest)
            if high != LINE_HEIGHT:
                sheet.set_row(row, high)
            forms = list(plain[bold])
            for place in states:
                if look := self._looks.get(str(cells[place])):
                    forms[place] = self._of_cell(Form.STATUS, look, bold=bold, apart=aparts[place])
            target = targets.get(block.keys[number]) if targets else None
            if target is not None and linked(cells[0]) and row <= MOST_LINKS:
                where = f"internal:'{block.leads_to}'!A{target + 1}"
                sheet.write_url(row, 0, where, link, str(written(cells[0])))
            else:
                put(sheet, row, 0, cells[0], forms[0])
            for place in range(1, len(forms)):
                put(sheet, row, place, cells[place], forms[place])
        return header + 1 + len(block.rows)

    def _heads(self, sheet: Worksheet, block: Block, header: int) -> None:
        for place, column in enumerate(block.columns):
            put(sheet, header, place, column.header, self.form(_head(block, place)))

    def _of_columns(self, block: Block, *, bold: bool = False, look: Look | None = None) -> list[Format]:
        """The formats of a row's cells, whose statuses have a look."""
        return [
            self._of_cell(
                column.form,
                look if column.form is Form.STATUS else None,
                bold=bold,
                apart=apart(block, place),
            )
            for place, column in enumerate(block.columns)
        ]

    def _of_cell(self, form: Form, look: Look | None, *, bold: bool, apart: bool) -> Format:
        """The format of a cell, put together once for each kind of cell."""
        kind = (form, look, bold, apart)
        if kind not in self._kinds:
            style = {**_STYLES[form], **(formats.of_status(look) if look else {}), **(APART if apart else {})}
            self._kinds[kind] = self.form(style | ({"bold": True} if bold else {}))
        return self._kinds[kind]

    def _list(self, sheet: Worksheet, block: Block, measured: Measures, found: Found) -> int:
        """A list with its control totals above and below; returns the row of its first line."""
        first, last, across = HEADER + 1, HEADER + len(block.rows), len(block.columns) - 1
        if len(measured.units) > 1:
            added = " + ".join(measured.units)
            words = say("Control totals add {currencies}: a proof, not an amount.", currencies=added)
            put(sheet, TOP - 1, 0, words, self.form(formats.FACT))
        if block.rows:
            self._totals(sheet, TOP, measured, (first, last))
            sheet.set_row(HEADER, formats.HEAD_HEIGHT)
            sheet.autofilter(HEADER, 0, last, across)
            words = xl_range_abs(first, 0, last, across).replace("$", "")
            sheet.ignore_errors({"number_stored_as_text": words})
        drawn = self._rows(sheet, block, HEADER, found) - 1
        if block.rows:
            self._totals(sheet, last + 2, measured, (first, last), higher=last - drawn)
        sheet.freeze_panes(first, 1)
        sheet.repeat_rows(HEADER)
        return first

    def _totals(self, sheet: Worksheet, top: int, measured: Measures, rows: tuple[int, int], higher: int = 0) -> None:
        """The control total as a figure, the rows shown now, and whether all rows still add up; row after row.

        They are drawn so many rows `higher` as the list has rows that come when the workbook is finished.
        """
        label, money, count = (self.form(style) for style in (formats.LABEL, formats.TOTAL, formats.rows()))
        check = self.form(formats.CHECK)
        first, last = rows
        number, totals = last - first + 1, measured.totals
        columns = {place: xl_range_abs(first, place, last, place) for place in (measured.counted, *totals)}
        at = top - higher
        put(sheet, at, 0, CONTROL, label)
        sheet.write_number(at, 1, number, count)
        for place, static in totals.items():
            put(sheet, at, place, static, money)
        put(sheet, at + 1, 0, SHOWN, label)
        sheet.write_formula(at + 1, 1, f"=SUBTOTAL(103,{columns[measured.counted]})", count, number)
        for place, static in totals.items():
            sheet.write_formula(at + 1, place, f"=SUBTOTAL(109,{columns[place]})", money, to_cell(static))
        put(sheet, at + 2, 0, CHECKED, label)
        for place in totals:
            formula = amount_check(xl_rowcol_to_cell(top, place), f"SUM({columns[place]})")
            sheet.write_formula(at + 2, place, formula, check, str(OK))


def _head(block: Block, place: int) -> dict[str, Any]:
    """Format of a header: aligned as its column."""
    return {
        **formats.of_header(align=_ALIGN.get(block.columns[place].form, "left")),
        **(APART if apart(block, place) else {}),
    }


def linked(cell: Cell) -> bool:
    """Whether a cell can bear a link: words, but none that XlsxWriter would take for markup."""
    return isinstance(cell, str) and bool(written(cell)) and not cell.startswith("<r>")


def rows_by_key(papers: Sequence[Paper]) -> Found:
    """On each list: the first row that stands for each key."""
    found: defaultdict[Text, dict[str, int]] = defaultdict(dict)
    for paper in papers:
        if paper.is_list:
            for place, key in enumerate(paper.blocks[0].keys):
                found[paper.name].setdefault(key, HEADER + 1 + place)
    return found
