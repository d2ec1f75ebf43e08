"""Puts papers on sheets: title, what identifies them, blocks or one list with control totals above and below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sync.core.values.invoice_link import InvoiceLink
from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import to_cell
from sync.core.values.runs import Run
from workbook.look import cell_formats
from workbook.look.column import CellKind
from workbook.look.page import LINE_HEIGHT, Book, Sheet, bold, fitting, height, put, put_title, set_paper
from workbook.look.statuses import LOOKS, Look
from workbook.papers.control_totals import (
    CHECKED,
    CONTROL,
    OK,
    SHOWN,
    TOP,
    Measures,
    amount_check,
    apart,
    header_of,
    measures,
    units_of,
)
from workbook.papers.paper import Paper, PaperBlock
from workbook.xlsx.cells import Plain, in_words, literal, written
from workbook.xlsx.long_list import MOST_LINKS, ListRow, LongList, draw

if TYPE_CHECKING:
    from xlsxwriter.format import Format

FEW_SIGNS = 2
"""A list has columns to tick and to initial; where there are more, people sign, and need room."""


def wrapping(block: PaperBlock) -> list[tuple[int, int]]:
    """Return the columns whose words wrap, and how many characters of each fit on a line."""
    return [(place, fitting(column.width)) for place, column in enumerate(block.columns) if column.wraps]


def fewest_lines(block: PaperBlock) -> int:
    """Return how many lines high a row is at least: people who sign need room."""
    return 2 if sum(column.kind is CellKind.SIGN for column in block.columns) > FEW_SIGNS else 1


APART: dict[str, Any] = {"align": "left", "indent": 1}
RowsByKey = Mapping[Text, Mapping[str, int]]
"""By paper and key: the row that stands for the key there."""


class Pen:
    """Writes on the sheets of one workbook, row after row from the top, with each format made once."""

    def __init__(
        self,
        book: Book,
        run: Run,
        identity: Sequence[tuple[Text, Text | str]],
        link: InvoiceLink | None = None,
        source: Text | None = None,
    ) -> None:
        """Make the pen of a run's workbook.

        Args:
            book: the workbook.
            run: whose it is.
            identity: stands under the title of every paper.
            link: to the invoices in Manage; None where nobody has said how their pages are addressed.
            source: what the foot of each page names in place of the run.
        """
        self.book = book
        self._to_manage = link
        self.lists: list[LongList] = []
        """Lists that were drawn without their rows, which follow when the workbook is finished."""
        self._run = run
        self._source = source
        self._identity = identity
        self._made: dict[str, Format] = {}
        self._looks = {book.say(look.word): look for look in LOOKS.values()}
        self._cells: dict[tuple[CellKind, Look | None, bool, bool], Format] = {}
        self._link = self.form(cell_formats.of_kind(CellKind.TEXT) | cell_formats.LINK)

    def form(self, style: Mapping[str, Any]) -> Format:
        """Return a format, the same one for the same style."""
        name = repr(sorted(style.items()))
        if name not in self._made:
            self._made[name] = self.book.add_format(dict(style))
        return self._made[name]

    def paper(self, paper: Paper, targets: RowsByKey) -> tuple[Sheet, list[int]]:
        """Write a paper on a sheet of its own.

        Args:
            paper: what stands on it.
            targets: the row of each key on each paper, for links.

        Returns:
            The sheet, and the first row of each block, from 0.
        """
        sheet = self.book.sheet(paper.name)
        heading = say("pack-index-and-title", index=paper.index, title=paper.title) if paper.number else paper.title
        set_paper(sheet, self._run, heading, self._source)
        measured = [measures(block, 2 if paper.is_list else 1, self.book.language) for block in paper.blocks]
        widths = [max(each) for each in zip_longest(*(each.widths for each in measured), fillvalue=0)]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        if paper.is_list:
            labels = (*measured[0].labels(CONTROL), SHOWN, *measured[0].labels(CHECKED))
            sheet.set_column(0, 0, max(measured[0].widths[0], *(bold(sheet.say(words)) for words in labels)))
        if paper.pages:
            sheet.fit_to_pages(1, paper.pages)
        put_title(self.book, sheet, self._run, heading, widths)
        facts = (sheet.say(say("pack-label-and-words", label=label, words=words)) for label, words in self._identity)
        put(sheet, 1, 0, "  ·  ".join(facts), self.form(cell_formats.FACT))
        put(sheet, 2, 0, paper.purpose, self.form(cell_formats.FACT))
        if paper.is_list:
            return sheet, [self._list(sheet, paper.blocks[0], measured[0], targets)]
        firsts = []
        row = TOP
        breaks = []
        for block in paper.blocks:
            if block.new_page:
                breaks.append(row)
            row = self._above(sheet, block, row)
            firsts.append(row + 1)
            row = self._rows(sheet, block, row, targets) + 1
        sheet.set_h_pagebreaks(breaks)
        return sheet, firsts

    def _above(self, sheet: Sheet, block: PaperBlock, row: int) -> int:
        put(sheet, row, 0, block.heading, self.form(cell_formats.HEADING))
        if block.note != BLANK:
            row += 1
            put(sheet, row, 0, block.note, self.form(cell_formats.FACT))
        return row + 1

    def _rows(self, sheet: Sheet, block: PaperBlock, header: int, targets: RowsByKey) -> int:
        """Write a header row and the rows; returns the row after them."""
        self._heads(sheet, block, header)
        if not block.rows:
            put(sheet, header + 1, 0, block.empty)
            return header + 2
        aparts = [apart(block, place) for place in range(len(block.columns))]
        plain = [self._of_columns(block, bold=bold) for bold in (False, True)]
        states = _states(block)
        linked, outward = link_columns(block, self._to_manage)
        lines = _lines(block, header + 1, targets.get(block.leads_to, {}), sheet.language, self._to_manage)
        for number, line in enumerate(lines):
            row, bold = header + 1 + number, number in block.bold
            if line.height is not None:
                sheet.set_row(row, line.height)
            forms = list(plain[bold])
            for place in states:
                if look := self._looks.get(str(line.cells[place])):
                    forms[place] = self._of_cell(CellKind.STATUS, look, bold=bold, apart=aparts[place])
            inside = None if line.target is None else f"internal:'{sheet.say(block.leads_to)}'!A{line.target}"
            leads = {linked: inside} | ({} if outward is None else {outward: line.address})
            for place, form in enumerate(forms):
                if (where := leads.get(place)) is not None:
                    tip = sheet.say(SEE_IN_MANAGE) if place == outward else None
                    sheet.write_url(row, place, where, self._link, str(written(line.cells[place])), tip)
                else:
                    put(sheet, row, place, line.cells[place], form)
        return header + 1 + len(block.rows)

    def _rows_to_follow(self, sheet: Sheet, block: PaperBlock, header: int, targets: RowsByKey) -> int:
        """Write a header row, and draw one row for each format; returns the row after them."""
        states = _states(block)
        looks = list(self._looks.items()) if states else []
        drawn = 1 + len(looks)
        if block.bold or len(block.rows) < drawn:
            return self._rows(sheet, block, header, targets)
        self._heads(sheet, block, header)
        first, (linked, outward) = header + 1, link_columns(block, self._to_manage)
        forms, of_looks = self._of_columns(block), [self._of_columns(block, look=look) for _, look in looks]
        self.lists.append(
            LongList(
                part=draw(sheet, first, forms, self._link, of_looks),
                first=first,
                count=len(block.rows),
                lines=_lines(block, first, targets.get(block.leads_to, {}), sheet.language, self._to_manage),
                columns=len(forms),
                leads_to=sheet.say(block.leads_to),
                linked=linked,
                outward=outward,
                outward_tip=sheet.say(SEE_IN_MANAGE),
                looks={word: row for row, (word, _) in enumerate(looks, start=1)},
                states=tuple(states),
                drawn=drawn,
            )
        )
        return first + drawn

    def _heads(self, sheet: Sheet, block: PaperBlock, header: int) -> None:
        for place, column in enumerate(block.columns):
            put(
                sheet,
                header,
                place,
                column.header,
                self.form(cell_formats.of_head(column) | (APART if apart(block, place) else {})),
            )

    def _of_columns(self, block: PaperBlock, *, bold: bool = False, look: Look | None = None) -> list[Format]:
        """Return the formats of a row's cells, whose statuses have a look."""
        return [
            self._of_cell(
                column.kind, look if column.kind is CellKind.STATUS else None, bold=bold, apart=apart(block, place)
            )
            for place, column in enumerate(block.columns)
        ]

    def _of_cell(self, kind: CellKind, look: Look | None, *, bold: bool, apart: bool) -> Format:
        """Return the format of a cell, put together once for each sort of cell."""
        sort = (kind, look, bold, apart)
        if sort not in self._cells:
            style = cell_formats.of_kind(kind) | (cell_formats.of_status(look) if look else {})
            style |= APART if apart else {}
            self._cells[sort] = self.form(style | ({"bold": True} if bold else {}))
        return self._cells[sort]

    def _list(self, sheet: Sheet, block: PaperBlock, measured: Measures, targets: RowsByKey) -> int:
        """Write a list with its control totals above and below; returns its first row."""
        header, across = header_of(len(measured.controls)), len(block.columns) - 1
        first, last = header + 1, header + len(block.rows)
        if block.rows:
            self._totals(sheet, TOP, measured, (first, last))
            sheet.set_row(header, cell_formats.HEAD_HEIGHT)
            sheet.autofilter(header, 0, last, across)
            words = xl_range_abs(first, 0, last, across).replace("$", "")
            sheet.ignore_errors({"number_stored_as_text": words})
        drawn = self._rows_to_follow(sheet, block, header, targets) - 1
        if block.rows:
            self._totals(sheet, last + 2, measured, (first, last), higher=last - drawn)
        sheet.freeze_panes(first, 1)
        sheet.repeat_rows(header)
        return first

    def _totals(self, sheet: Sheet, top: int, measured: Measures, rows: tuple[int, int], higher: int = 0) -> None:
        """Write control totals as figures, those of the rows shown now, and whether all rows still add up.

        Amounts are added by currency alone: what is shown now of several currencies is counted, and not added up. They
        are drawn so many rows `higher` as the list has rows that come when the workbook is finished.
        """
        label, money, count = (
            self.form(style) for style in (cell_formats.LABEL, cell_formats.TOTAL, cell_formats.rows(sheet.language))
        )
        check = self.form(cell_formats.CHECK)
        first, last = rows
        at, several = top - higher, len(measured.controls) > 1
        counted = xl_range_abs(first, measured.unit, last, measured.unit)
        shown = at + len(measured.controls)
        labels = zip(measured.labels(CONTROL), measured.labels(CHECKED), strict=True)
        for down, (control, (total, checked)) in enumerate(zip(measured.controls, labels, strict=True)):
            put(sheet, at + down, 0, total, label)
            sheet.write_number(at + down, 1, control.count, count)
            put(sheet, shown + 1 + down, 0, checked, label)
            for place, static in control.amounts.items():
                put(sheet, at + down, place, static, money)
                cells = xl_range_abs(first, place, last, place)
                now = f"SUMIFS({cells},{counted},{literal(control.unit)})" if several else f"SUM({cells})"
                formula = amount_check(xl_rowcol_to_cell(top + down, place), now, sheet.language)
                sheet.write_formula(shown + 1 + down, place, formula, check, sheet.say(OK))
                if not several:
                    sheet.write_formula(shown, place, f"=SUBTOTAL(109,{cells})", money, to_cell(static))
        put(sheet, shown, 0, SHOWN, label)
        sheet.write_formula(shown, 1, f"=SUBTOTAL(103,{counted})", count, last - first + 1)


def _states(block: PaperBlock) -> list[int]:
    """Return the columns in which statuses stand."""
    return [place for place, column in enumerate(block.columns) if column.kind is CellKind.STATUS]


SEE_IN_MANAGE = say("see-it-in-manage")


def link_columns(block: PaperBlock, link: InvoiceLink | None) -> tuple[int, int | None]:
    """Return the columns whose cells lead on: within the workbook, and to Manage if any does: an invoice's number."""
    heads = [column.id for column in block.columns]
    return 0, None if link is None or not block.records else heads.index("invoice")


def _lines(
    block: PaperBlock, first: int, targets: Mapping[str, int], language: Language, link: InvoiceLink | None
) -> Iterator[ListRow]:
    """Yield the rows of a block in words, with their heights and what they lead to; the first stands on row `first`."""
    wraps, fewest = wrapping(block), fewest_lines(block)
    within, outward = link_columns(block, link)
    last = MOST_LINKS if outward is None else MOST_LINKS // 2
    none: list[None] = [None] * len(block.rows)
    keys, records = block.keys or [""] * len(none), block.records or none
    for row, (key, record, cells) in enumerate(zip(keys, records, block.rows, strict=True), start=first):
        plain = in_words(cells, language)
        high = height([(plain[place], fits) for place, fits in wraps], fewest=fewest)
        target = targets.get(key) if row <= last and linked(plain[within]) else None
        page = record is not None and row <= last and outward is not None and linked(plain[outward])
        yield ListRow(
            cells=plain,
            height=None if high == LINE_HEIGHT else high,
            target=None if target is None else target + 1,
            address=link.to(record) if page and link is not None and record is not None else None,
        )


def linked(cell: Plain) -> bool:
    """Return whether a cell can bear a link: words, but none that XlsxWriter would take for markup."""
    return isinstance(cell, str) and bool(written(cell)) and not cell.startswith("<r>")


def rows_by_key(papers: Sequence[Paper]) -> RowsByKey:
    """Return on each list the first row that stands for each key."""
    rows: defaultdict[Text, dict[str, int]] = defaultdict(dict)
    for paper in papers:
        if paper.is_list:
            first = header_of(units_of(paper.blocks[0])) + 1
            for place, key in enumerate(paper.blocks[0].keys):
                rows[paper.name].setdefault(key, first + place)
    return rows
