"""Puts papers on sheets: title, what identifies them, blocks or one list with control totals above and below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import ZERO, to_cell
from sync.core.values.runs import Run
from workbook.look import cell_formats
from workbook.look.column import CellKind, set_off
from workbook.look.page import LINE_HEIGHT, Book, Sheet, bold, fitting, headed, height, put, put_title, set_paper
from workbook.look.statuses import LOOKS, Look
from workbook.papers.paper import CURRENCY, Paper, PaperBlock
from workbook.xlsx.cells import Plain, in_words, literal, sentence, written
from workbook.xlsx.long_list import MOST_LINKS, ListRow, LongList, draw

if TYPE_CHECKING:
    from xlsxwriter.format import Format

AT_REVIEW, SHOWN, CHECKED = say("at-review"), say("shown-now"), say("check")
CONTROL = say("control-total")
OK = say("ok")


def amount_check(reviewed: str, everything: str, language: Language) -> str:
    """Return a formula that says OK, or by how much the rows have come to differ from the total in cell `reviewed`."""
    # FIXED, unlike TEXT, takes no format code, which Excel would read by the rules of the user's language.
    out = out_by(f"FIXED({everything}-{reviewed},2)", language)
    return f"=IF(ABS({everything}-{reviewed})<0.005,{literal(OK.said(language))},{out})"


def out_by(amount: str, language: Language) -> str:
    """Return the formula, without its equals sign, of the words that say by how much figures differ."""
    words = say("sheet-out-by-amount", amount="<amount>").said(language)
    return sentence(words, {"<amount>": amount})


FEW_SIGNS = 2
"""A list has columns to tick and to initial; where there are more, people sign, and need room."""


class Measures(Struct, frozen=True, kw_only=True):
    """What has to be known of a block before its first row is written.

    Attributes:
        widths: of its columns, wider where an amount or its control total needs it: hashes are no figure.
        totals: of the columns that add up, by place.
        units: the currencies of its rows.
        counted: the column that counts the rows that are shown: of the currencies, which no row is without.
    """

    widths: list[float]
    totals: dict[int, Decimal]
    units: list[str]
    counted: int


def measures(block: PaperBlock, lines: int, language: Language) -> Measures:
    """Go through the rows of a block once.

    Args:
        block: the block.
        lines: that its headers may take.
        language: of its sheet.
    """
    ends: dict[int, list[Decimal]] = {
        place: [ZERO, ZERO, ZERO] for place, column in enumerate(block.columns) if column.kind is CellKind.AMOUNT
    }
    unit = next((place for place, column in enumerate(block.columns) if column.id == CURRENCY), None)
    units: set[str] = set()
    for row in block.rows:
        for place, seen in ends.items():
            if isinstance(value := row[place], Decimal):
                seen[:] = min(seen[0], value), max(seen[1], value), seen[2] + value
        if unit is not None:
            units.update(map(str, in_words([row[unit]], language)))
    return Measures(
        widths=[
            max(
                headed(column.header.said(language), column.width, lines=lines, indented=apart(block, place)),
                *(len(f"{amount:,.2f}") + 1 for amount in ends.get(place, (ZERO,))),
            )
            for place, column in enumerate(block.columns)
        ],
        totals={place: seen[2] for place, seen in ends.items() if block.columns[place].adds},
        units=sorted(units),
        counted=unit or 0,
    )


def wrapping(block: PaperBlock) -> list[tuple[int, int]]:
    """Return the columns whose words wrap, and how many characters of each fit on a line."""
    return [(place, fitting(column.width)) for place, column in enumerate(block.columns) if column.wraps]


def fewest_lines(block: PaperBlock) -> int:
    """Return how many lines high a row is at least: people who sign need room."""
    return 2 if sum(column.kind is CellKind.SIGN for column in block.columns) > FEW_SIGNS else 1


def apart(block: PaperBlock, place: int) -> bool:
    """Return whether a column's words are set off from the amount before them."""
    return place > 0 and set_off(block.columns[place - 1], block.columns[place])


TOP = 4
"""First row below what identifies a paper."""
PROOF = 3
"""Rows of control totals above a list."""
HEADER = TOP + PROOF + 1
"""The header row of a list."""
APART: dict[str, Any] = {"align": "left", "indent": 1}
RowsByKey = Mapping[Text, Mapping[str, int]]
"""By paper and key: the row that stands for the key there."""


class Pen:
    """Writes on the sheets of one workbook, row after row from the top, with each format made once."""

    def __init__(self, book: Book, run: Run, identity: Sequence[tuple[Text, Text | str]]) -> None:
        """Make the pen of a run's workbook; `identity` stands under the title of every paper."""
        self.book = book
        self.lists: list[LongList] = []
        """Lists that were drawn without their rows, which follow when the workbook is finished."""
        self._run = run
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
        set_paper(sheet, self._run, heading)
        measured = [measures(block, 2 if paper.is_list else 1, self.book.language) for block in paper.blocks]
        widths = [max(each) for each in zip_longest(*(each.widths for each in measured), fillvalue=0)]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        if paper.is_list:
            first = max(measured[0].widths[0], *(bold(sheet.say(words)) for words in (CONTROL, SHOWN, CHECKED)))
            sheet.set_column(0, 0, first)
        if paper.one_page:
            sheet.fit_to_pages(1, 1)
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
        for number, line in enumerate(_lines(block, header + 1, targets.get(block.leads_to, {}), sheet.language)):
            row, bold = header + 1 + number, number in block.bold
            if line.height is not None:
                sheet.set_row(row, line.height)
            forms = list(plain[bold])
            for place in states:
                if look := self._looks.get(str(line.cells[place])):
                    forms[place] = self._of_cell(CellKind.STATUS, look, bold=bold, apart=aparts[place])
            first = line.cells[0]
            if line.target is not None:
                where = f"internal:'{sheet.say(block.leads_to)}'!A{line.target}"
                sheet.write_url(row, 0, where, self._link, str(written(first)))
            else:
                put(sheet, row, 0, first, forms[0])
            for place in range(1, len(forms)):
                put(sheet, row, place, line.cells[place], forms[place])
        return header + 1 + len(block.rows)

    def _rows_to_follow(self, sheet: Sheet, block: PaperBlock, header: int, targets: RowsByKey) -> int:
        """Write a header row, and draw one row for each format; returns the row after them."""
        states = _states(block)
        looks = list(self._looks.items()) if states else []
        drawn = 1 + len(looks)
        if block.bold or len(block.rows) < drawn:
            return self._rows(sheet, block, header, targets)
        self._heads(sheet, block, header)
        first = header + 1
        forms, of_looks = self._of_columns(block), [self._of_columns(block, look=look) for _, look in looks]
        self.lists.append(
            LongList(
                part=draw(sheet, first, forms, self._link, of_looks),
                first=first,
                count=len(block.rows),
                lines=_lines(block, first, targets.get(block.leads_to, {}), sheet.language),
                columns=len(forms),
                leads_to=sheet.say(block.leads_to),
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
        first, last, across = HEADER + 1, HEADER + len(block.rows), len(block.columns) - 1
        if len(measured.units) > 1:
            added = " + ".join(measured.units)
            words = say("pack-mixed-currency-totals", currencies=added)
            put(sheet, TOP - 1, 0, words, self.form(cell_formats.FACT))
        if block.rows:
            self._totals(sheet, TOP, measured, (first, last))
            sheet.set_row(HEADER, cell_formats.HEAD_HEIGHT)
            sheet.autofilter(HEADER, 0, last, across)
            words = xl_range_abs(first, 0, last, across).replace("$", "")
            sheet.ignore_errors({"number_stored_as_text": words})
        drawn = self._rows_to_follow(sheet, block, HEADER, targets) - 1
        if block.rows:
            self._totals(sheet, last + 2, measured, (first, last), higher=last - drawn)
        sheet.freeze_panes(first, 1)
        sheet.repeat_rows(HEADER)
        return first

    def _totals(self, sheet: Sheet, top: int, measured: Measures, rows: tuple[int, int], higher: int = 0) -> None:
        """Write the control total as a figure, that of the rows shown now, and whether all rows still add up.

        They are drawn so many rows `higher` as the list has rows that come when the workbook is finished.
        """
        label, money, count = (
            self.form(style) for style in (cell_formats.LABEL, cell_formats.TOTAL, cell_formats.rows(sheet.language))
        )
        check = self.form(cell_formats.CHECK)
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
            formula = amount_check(xl_rowcol_to_cell(top, place), f"SUM({columns[place]})", sheet.language)
            sheet.write_formula(at + 2, place, formula, check, sheet.say(OK))


def _states(block: PaperBlock) -> list[int]:
    """Return the columns in which statuses stand."""
    return [place for place, column in enumerate(block.columns) if column.kind is CellKind.STATUS]


def _lines(block: PaperBlock, first: int, targets: Mapping[str, int], language: Language) -> Iterator[ListRow]:
    """Yield the rows of a block in words, with their heights and what they lead to; the first stands on row `first`."""
    wraps, fewest = wrapping(block), fewest_lines(block)
    keys = block.keys or [""] * len(block.rows)
    for row, (key, cells) in enumerate(zip(keys, block.rows, strict=True), start=first):
        plain = in_words(cells, language)
        high = height([(plain[place], fits) for place, fits in wraps], fewest=fewest)
        target = targets.get(key) if row <= MOST_LINKS and linked(plain[0]) else None
        yield ListRow(
            cells=plain, height=None if high == LINE_HEIGHT else high, target=None if target is None else target + 1
        )


def linked(cell: Plain) -> bool:
    """Return whether a cell can bear a link: words, but none that XlsxWriter would take for markup."""
    return isinstance(cell, str) and bool(written(cell)) and not cell.startswith("<r>")


def rows_by_key(papers: Sequence[Paper]) -> RowsByKey:
    """Return on each list the first row that stands for each key."""
    rows: defaultdict[Text, dict[str, int]] = defaultdict(dict)
    for paper in papers:
        if paper.is_list:
            for place, key in enumerate(paper.blocks[0].keys):
                rows[paper.name].setdefault(key, HEADER + 1 + place)
    return rows
