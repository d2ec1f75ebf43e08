"""The sheet of control totals: what was reviewed, the formula that adds up the sheet as it now is, and the check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct
from xlsxwriter.utility import xl_rowcol_to_cell

from sync.core.prove.completeness import ControlTotal, control_totals
from sync.core.prove.review import Review
from sync.core.values.labels import currency
from sync.core.values.messages import Language, Text, say
from sync.core.values.money import to_cell, total
from sync.core.values.proposal import Proposal, Status
from workbook.look import cell_formats
from workbook.look.column import CellKind
from workbook.look.page import LINE_HEIGHT, Book, Sheet, headed, put, put_title, set_paper
from workbook.look.statuses import LOOKS
from workbook.papers.control_totals import CHECKED, OK, out_by
from workbook.review.columns import BY_ID, COLUMNS, TABLE, ColumnId
from workbook.review.head_block import identifying_facts, remarks, title
from workbook.xlsx.cells import literal, sentence

if TYPE_CHECKING:
    from xlsxwriter.format import Format


MEASURES = (say("rows"), say("settled"), say("paid-before"), say("paid-proposed"), say("change"))
ALL = say("all")
_ADDED = (
    (ColumnId.CASH, ColumnId.DISCOUNT, ColumnId.CREDIT, ColumnId.OTHER),
    (ColumnId.PAID_BEFORE,),
    (ColumnId.PAID_PROPOSED,),
    (ColumnId.CHANGE,),
)
"""The table's columns that make up each of the measures but the first."""


def of_table(column: str, language: Language) -> str:
    """Return a column of the table as formulas of a workbook in that language name it."""
    return f"{TABLE}[{BY_ID[column].header.said(language)}]"


PROVEN = tuple(column for column in COLUMNS if column.kind is CellKind.AMOUNT)
"""The columns of the table whose totals the check above it compares."""


def reviewed_totals(rows: Sequence[Proposal]) -> list[Decimal]:
    """Return the number of rows and the total of each column of `PROVEN`, whatever the currency: proofs, no amounts."""
    totals = [total(value for row in rows if isinstance(value := column.value(row), Decimal)) for column in PROVEN]
    return [Decimal(len(rows)), *totals]


def head_check(reviewed: Sequence[str], language: Language) -> str:
    """Return the formula that says OK while the table has the rows and amounts of the review, else by what it is out.

    Args:
        reviewed: the numbers of `reviewed_totals`, or the cells that hold them.
        language: of the workbook.
    """
    count, *totals = reviewed
    sums = [f"SUM({of_table(column.id, language)})" for column in PROVEN]
    gaps = ",".join(f"ABS({now}-({then}))" for now, then in zip(sums, totals, strict=True))
    counted = f"COUNTA({of_table(ColumnId.KEY, language)})-{count}"
    fine = sentence(say("sheet-all-as-reviewed", count="<count>").said(language), {"<count>": count})
    return (
        f"=IF({counted}<>0,{_out_by_rows(f'({counted})', language)},"
        f"IF(MAX({gaps})<0.005,{fine},{out_by(f'FIXED(MAX({gaps}),2)', language)}))"
    )


def _out_by_rows(count: str, language: Language) -> str:
    return sentence(say("sheet-out-by-rows", count="<count>").said(language), {"<count>": count})


class TotalLine(Struct, frozen=True, kw_only=True):
    """A line of the sheet of control totals.

    Attributes:
        status: of its rows; None for those of every status.
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        count: rows.
        amounts: settled, paid before, paid proposed, change: in the order of `MEASURES`.
    """

    status: Status | None
    currency: str
    count: int
    amounts: tuple[Decimal, ...]

    @property
    def word(self) -> Text:
        """What stands in its first column."""
        return LOOKS[self.status].word if self.status else ALL


def total_lines(rows: Iterable[Proposal]) -> list[TotalLine]:
    """Count and add up per status and currency, then per currency; amounts of two currencies are never added."""
    parts = control_totals(rows)
    each = [_line(line.status, line.currency, [line]) for line in parts]
    units = sorted({line.currency for line in parts})
    return each + [_line(None, unit, [line for line in parts if line.currency == unit]) for unit in units]


def _line(status: Status | None, unit: str, parts: Sequence[ControlTotal]) -> TotalLine:
    return TotalLine(
        status=status,
        currency=unit,
        count=sum(part.count for part in parts),
        amounts=(
            total(part.settled for part in parts),
            total(part.paid_before for part in parts),
            total(part.paid_proposed for part in parts),
            total(part.change for part in parts),
        ),
    )


def live(line: TotalLine, word_cell: str, currency_cell: str, language: Language) -> list[str]:
    """Return formulas that count and add up the table's rows of a line's status and currency, as `MEASURES` do."""
    where = f"{of_table(ColumnId.CURRENCY, language)},{currency_cell}"
    if line.status is not None:
        where = f"{of_table(ColumnId.STATUS, language)},{word_cell},{where}"
    sums = ["+".join(f"SUMIFS({of_table(column, language)},{where})" for column in columns) for columns in _ADDED]
    return [f"=COUNTIFS({where})", *(f"={formula}" for formula in sums)]


def line_check(reviewed: Sequence[str], now: Sequence[str], language: Language) -> str:
    """Return the check of a line, from its cells reviewed and now, both in the order of `MEASURES`."""
    gaps = ",".join(f"ABS({b}-{a})" for a, b in zip(reviewed[1:], now[1:], strict=True))
    rows = f"{now[0]}-{reviewed[0]}"
    out, fine = out_by(f"FIXED(MAX({gaps}),2)", language), literal(OK.said(language))
    return f"=IF({rows}<>0,{_out_by_rows(f'({rows})', language)},IF(MAX({gaps})<0.005,{fine},{out}))"


NAME = say("control-totals")
HEAD = 2
REVIEWED = 2
"""First column of the figures at review; the figures of now follow them, and then the check."""
NOW = REVIEWED + len(MEASURES)
CHECK = NOW + len(MEASURES)
HEADS = (
    say("status"),
    say("currency"),
    *MEASURES,
    *(say("sheet-measure-now", measure=measure) for measure in MEASURES),
    CHECKED,
)
WIDTHS = (19, 10, *((9, 15, 15, 15, 15) * 2), 22)


def fill(book: Book, review: Review) -> None:
    """Write the sheet `Control totals`, and on it the whole header block, which the first sheet may have cut short."""
    sheet = book.sheet(NAME)
    set_paper(sheet, review.run, NAME)
    for place, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(place, place, headed(book.say(head), width))
    put_title(book, sheet, review.run, say("control-totals-remark") + title(review.run), WIDTHS)
    top = _heads(book, sheet)
    lines = total_lines(review.rows)
    words, count, money = map(book.add_format, (cell_formats.CELL, cell_formats.COUNT, cell_formats.MONEY))
    check = book.add_format(cell_formats.CHECK)
    for number, line in enumerate(lines, start=top):
        _check_line(sheet, number, line, (words, count, money), check)
    last = top + len(lines)
    first = xl_rowcol_to_cell(top, CHECK)
    sheet.conditional_format(
        top,
        CHECK,
        max(top, last - 1),
        CHECK,
        {
            "type": "formula",
            "criteria": f"={first}<>{literal(book.say(OK))}",
            "format": book.add_format(cell_formats.NOT_OK),
        },
    )
    _about(book, sheet, review, last + 1)
    sheet.freeze_panes(top, REVIEWED)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _heads(book: Book, sheet: Sheet) -> int:
    """Write the header row; returns the row after it."""
    words, figures = book.add_format(cell_formats.of_header()), book.add_format(cell_formats.of_header(align="right"))
    for column, head in enumerate(HEADS):
        put(sheet, HEAD, column, head, words if column < REVIEWED else figures)
    sheet.set_row(HEAD, 2 * LINE_HEIGHT)
    sheet.repeat_rows(HEAD)
    return HEAD + 1


def _check_line(sheet: Sheet, row: int, line: TotalLine, forms: tuple[Format, Format, Format], check: Format) -> None:
    words, count, money = forms
    put(sheet, row, 0, line.word, words)
    put(sheet, row, 1, currency(line.currency), words)
    word_cell, currency_cell = (xl_rowcol_to_cell(row, column, col_abs=True) for column in (0, 1))
    figures: list[int | float] = [line.count, *(to_cell(amount) for amount in line.amounts)]
    formulas = live(line, word_cell, currency_cell, sheet.language)
    for step, (figure, formula) in enumerate(zip(figures, formulas, strict=True)):
        form = money if step else count
        sheet.write_number(row, REVIEWED + step, figure, form)
        sheet.write_formula(row, NOW + step, formula, form, figure)
    reviewed, now = (
        [xl_rowcol_to_cell(row, start + step) for step in range(len(figures))] for start in (REVIEWED, NOW)
    )
    sheet.write_formula(row, CHECK, line_check(reviewed, now, sheet.language), check, sheet.say(OK))


def _about(book: Book, sheet: Sheet, review: Review, top: int) -> None:
    label, fact = book.add_format(cell_formats.LABEL), book.add_format(cell_formats.FACT)
    for row, each in enumerate([*identifying_facts(review), *remarks(review.run)], start=top):
        put(sheet, row, 0, each.label, label)
        put(sheet, row, 1, each.value, fact)
