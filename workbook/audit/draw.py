"""Puts papers on sheets: title, what identifies them, blocks or one list with control totals above and below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sync.core.journal import Run
from sync.core.money import ZERO, to_cell, total
from workbook import formats
from workbook.audit.paper import Block, Form, Link, Paper
from workbook.cells import Cell, visible
from workbook.page import height, put, set_paper
from workbook.statuses import LOOKS, Look
from workbook.totals import OK, amount_check

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
FEW_SIGNS = 2
"""A list has columns to tick and to initial; where there are more, people sign, and need room."""
MOST_LINKS = 65_000
"""Excel takes no more links on one sheet."""
_STYLES: Mapping[Form, dict[str, Any]] = {
    Form.TEXT: formats.CELL | {"num_format": formats.AS_TYPED},
    Form.STATUS: formats.CELL | {"bold": True},
    Form.AMOUNT: formats.MONEY,
    Form.COUNT: formats.COUNT,
    Form.DATE: formats.CELL | {"num_format": formats.DATE, "align": "center"},
    Form.LONG: formats.FACT | {"valign": "top"},
    Form.SIGN: formats.CELL | {"bg_color": formats.INPUT},
}
_ALIGN = {Form.AMOUNT: "right", Form.COUNT: "right", Form.DATE: "center"}
APART: Mapping[str, Any] = {"indent": 1}
_LOOKS = {look.word: look for look in LOOKS.values()}
Places = dict[str, int]
"""By heading, or the paper's name: the row of the first line of a block."""


class Pen:
    """Writes on the sheets of one workbook, with each format made once."""

    def __init__(self, book: Workbook, run: Run, identity: Sequence[tuple[str, str]]) -> None:
        """`identity` stands under the title of every paper."""
        self.book = book
        self._run = run
        self._identity = identity
        self._made: dict[str, Format] = {}
        self._kinds: dict[tuple[Form, str, bool, bool], Format] = {}

    def form(self, style: Mapping[str, Any]) -> Format:
        """A format, the same one for the same style."""
        name = repr(sorted(style.items()))
        if name not in self._made:
            self._made[name] = self.book.add_format(dict(style))
        return self._made[name]

    def paper(self, paper: Paper, found: Mapping[tuple[str, str], int]) -> tuple[Worksheet, Places]:
        """Write a paper on a sheet of its own.

        Args:
            paper: what stands on it.
            found: the row of each key on each paper, for links.
        """
        sheet = self.book.add_worksheet(paper.name)
        heading = f"{paper.index}  {paper.title}".strip()
        set_paper(sheet, self._run, heading)
        for place, widths in enumerate(zip_longest(*(list(_widths(b)) for b in paper.blocks), fillvalue=0)):
            sheet.set_column(place, place, max(widths))
        if paper.one_page:
            sheet.fit_to_pages(1, 1)
        put(sheet, 0, 0, heading, self.form(formats.TITLE))
        put(sheet, 1, 0, "  ·  ".join(f"{label}: {words}" for label, words in self._identity), self.form(formats.FACT))
        put(sheet, 2, 0, paper.purpose, self.form(formats.FACT))
        if paper.is_list:
            return sheet, {paper.name: self._list(sheet, paper, found)}
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
        if block.note:
            row += 1
            put(sheet, row, 0, block.note, self.form(formats.FACT))
        return row + 1

    def _rows(self, sheet: Worksheet, block: Block, header: int, found: Mapping[tuple[str, str], int]) -> int:
        """Write a header row and the rows; returns the row after them."""
        for place, column in enumerate(block.columns):
            put(sheet, header, place, column.header, self.form(_head(block, place)))
        if not block.rows:
            put(sheet, header + 1, 0, block.empty)
            return header + 2
        aparts = [_apart(block, place) for place in range(len(block.columns))]
        signed = sum(column.form is Form.SIGN for column in block.columns) > FEW_SIGNS
        for number, cells in enumerate(block.rows):
            row = header + 1 + number
            wrapped = ((cell, c.width) for cell, c in zip(cells, block.columns, strict=True) if c.form is not Form.LONG)
            sheet.set_row(row, height(wrapped, fewest=2 if signed else 1))
            for place, (column, cell) in enumerate(zip(block.columns, cells, strict=True)):
                look = _LOOKS.get(str(cell)) if column.form is Form.STATUS else None
                form = self._of_cell(column.form, look, bold=number in block.bold, apart=bool(aparts[place]))
                link = block.links.get(number) if place == 0 else None
                self._cell(sheet, row, place, cell, form, found.get((link.paper, link.key)) if link else None, link)
        return header + 1 + len(block.rows)

    def _of_cell(self, form: Form, look: Look | None, *, bold: bool, apart: bool) -> Format:
        """The format of a cell, put together once for each kind of cell."""
        kind = (form, look.word if look else "", bold, apart)
        if kind not in self._kinds:
            style = {**_STYLES[form], **(formats.of_status(look) if look else {}), **(APART if apart else {})}
            self._kinds[kind] = self.form(style | ({"bold": True} if bold else {}))
        return self._kinds[kind]

    def _cell(
        self, sheet: Worksheet, row: int, place: int, cell: Cell, form: Format, target: int | None, link: Link | None
    ) -> None:
        """A value; as a link within the workbook where it leads somewhere."""
        if link is None or target is None or not isinstance(cell, str) or not visible(cell) or row > MOST_LINKS:
            put(sheet, row, place, cell, form)
            return
        style = self.form(formats.CELL | {"font_color": formats.DARK, "underline": 1, "num_format": formats.AS_TYPED})
        where = f"internal:'{link.paper}'!A{target + 1}"
        sheet.write_url(row, place, where, style, visible(cell), f"See {link.paper}")
        if cell.startswith("<r>"):
            put(sheet, row, place, cell, style)  # XlsxWriter would take the words of the link for markup

    def _list(self, sheet: Worksheet, paper: Paper, found: Mapping[tuple[str, str], int]) -> int:
        """A list with its control totals above and below; returns the row of its first line."""
        (block,) = paper.blocks
        header = HEADER
        units = _units(block)
        if len(units) > 1:
            words = f"Control totals add {' + '.join(units)}: a proof, not an amount."
            put(sheet, TOP - 1, 0, words, self.form(formats.FACT))
        end = self._rows(sheet, block, header, found)
        if block.rows:
            self._table(sheet, paper, header, end - 1)
            self._totals(sheet, block, header + 1, end - 1)
        sheet.freeze_panes(header + 1, 1)
        sheet.repeat_rows(header)
        return header + 1

    def _table(self, sheet: Worksheet, paper: Paper, header: int, last: int) -> None:
        columns = paper.blocks[0].columns
        heads = [
            {"header": column.header, "header_format": self.form(_head(paper.blocks[0], place))}
            for place, column in enumerate(columns)
        ]
        name = f"Paper_{paper.name.split()[0]}"
        sheet.add_table(header, 0, last, len(columns) - 1, {"name": name, "columns": heads, "style": None})
        sheet.set_row(header, formats.HEAD_HEIGHT)
        words = xl_range_abs(header + 1, 0, last, len(columns) - 1).replace("$", "")
        sheet.ignore_errors({"number_stored_as_text": words})

    def _totals(self, sheet: Worksheet, block: Block, first: int, last: int) -> None:
        """The control total as a figure, the rows shown now, and whether all rows still add up; above and below."""
        label, money, count = (self.form(style) for style in (formats.LABEL, formats.TOTAL, formats.ROWS))
        check = self.form(formats.CHECK)
        for top in (TOP, last + 2):
            for down, words in enumerate(("Control total", "Shown now", "Check")):
                put(sheet, top + down, 0, words, label)
            keys = xl_range_abs(first, 0, last, 0)
            sheet.write_number(top, 1, len(block.rows), count)
            sheet.write_formula(top + 1, 1, f"=SUBTOTAL(103,{keys})", count, len(block.rows))
            for place, column in enumerate(block.columns):
                if column.adds:
                    static = total(v for row in block.rows if isinstance(v := row[place], Decimal))
                    cells = xl_range_abs(first, place, last, place)
                    put(sheet, top, place, static, money)
                    sheet.write_formula(top + 1, place, f"=SUBTOTAL(109,{cells})", money, to_cell(static))
                    formula = amount_check(xl_rowcol_to_cell(top, place), f"SUM({cells})")
                    sheet.write_formula(top + 2, place, formula, check, OK)


def _head(block: Block, place: int) -> dict[str, Any]:
    """Format of a header: aligned as its column."""
    return {**formats.of_header(align=_ALIGN.get(block.columns[place].form, "left")), **_apart(block, place)}


def _apart(block: Block, place: int) -> Mapping[str, Any]:
    """Words beside an amount are set off from it: a bracket ends at the very edge of its cell."""
    words = block.columns[place].form in {Form.TEXT, Form.LONG}
    return APART if place and words and block.columns[place - 1].form is Form.AMOUNT else {}


def _widths(block: Block) -> Iterator[float]:
    """Widths of the columns, wider where an amount or its control total needs it: hashes are no figure."""
    for place, column in enumerate(block.columns):
        if column.form is not Form.AMOUNT:
            yield column.width
            continue
        amounts = [value for row in block.rows if isinstance(value := row[place], Decimal)]
        ends = (min(amounts, default=ZERO), max(amounts, default=ZERO), total(amounts))
        yield max(column.width, *(len(f"{amount:,.2f}") + 1 for amount in ends))


def _units(block: Block) -> list[str]:
    """The currencies that a list's control totals add up."""
    place = next((place for place, column in enumerate(block.columns) if column.header == "Currency"), None)
    return [] if place is None else sorted({str(row[place]) for row in block.rows})


def rows_by_key(papers: Sequence[Paper]) -> dict[tuple[str, str], int]:
    """The row that stands for each key on each list, so that others can lead to it."""
    return {
        (paper.name, key): HEADER + 1 + place
        for paper in papers
        if paper.is_list
        for place, key in paper.blocks[0].keys.items()
    }
