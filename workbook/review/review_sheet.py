"""The sheets Reconciliation (an empty table with its headers, colours, guards and proof; the rows) and Legend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import Any

from msgspec import Struct
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from sync.core.prove.review import Review
from sync.core.values.messages import Language, say
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Run
from workbook.look import cell_formats
from workbook.look.column import CellKind, Column
from workbook.look.page import (
    TITLE_HEIGHT,
    Book,
    Sheet,
    fitting,
    headed,
    height,
    put,
    put_live_title,
    put_title,
    set_paper,
)
from workbook.look.statuses import LOOKS
from workbook.papers.applications import applications
from workbook.papers.control_totals import CHECKED, OK
from workbook.papers.draw import SEE_IN_MANAGE, Pen, rows_by_key
from workbook.papers.receipts import receipts_paper
from workbook.review import totals_sheet
from workbook.review.columns import (
    ANSWERS,
    APPLICATIONS,
    CHANGED,
    COLUMNS,
    DECIDING,
    EVIDENCE,
    HOLDING,
    NEW,
    NOTE_LENGTH,
    PLACE,
    RECEIPTS,
    SHEET,
    TABLE,
    ColumnId,
    cells,
)
from workbook.review.head_block import CHECK_ROW, HEAD_ROWS, RUN, head_cells, heading
from workbook.xlsx.cells import in_words, letters, literal, reference
from workbook.xlsx.long_list import MOST_LINKS, ListRow, LongList, draw

CHOICES, CHOICE_OF_NONE = "Approve_choices", "Approve_no"
"""The names of the lists behind the Approve column: what an approvable row may say, and what any other may."""
FROZEN = PLACE[ColumnId.CUSTOMER] + 1
"""What stands still when the user scrolls to the right: the decision, the invoice and whose it is."""
NAME_LENGTH = 80
PRINTED = 89
"""Per cent: small letters are 8 points high on paper, and all up to Why stands on one page."""


class Frame(Struct, frozen=True, kw_only=True):
    """Where the table stands, rows from 0.

    Attributes:
        header: its header row.
        last: its last row; at least one below the header, because a table cannot be without rows. Only the row below
            the header is drawn; those of a file come when it is finished.
        reach: the last row that its colours and guards cover; further than `last` where Excel is to fill it.
        more: columns to the right that no file has.
    """

    header: int
    last: int
    reach: int
    more: tuple[Column[Proposal], ...] = ()

    @property
    def columns(self) -> tuple[Column[Proposal], ...]:
        """All its columns, in order."""
        return COLUMNS + self.more

    def span(self, column: str) -> tuple[int, int, int, int]:
        """Return first row, column, last row, column of a column's cells."""
        return (self.header + 1, PLACE[column], self.reach, PLACE[column])


def build(book: Book, sheet: Sheet, frame: Frame) -> None:
    """Lay out the table with all that helps and guards whoever reviews it."""
    _table(book, sheet, frame)
    _colours(book, sheet, frame)
    _guards(sheet, frame)
    _window(book, sheet, frame)


def put_check(book: Book, sheet: Sheet, reviewed: Sequence[str], count: int) -> None:
    """Write the check of the header block: whether the table still has the rows and the amounts of the review.

    Args:
        book: the workbook.
        sheet: the one with the table.
        reviewed: the numbers that the review had, or the cells that hold them.
        count: of its rows.
    """
    put(sheet, CHECK_ROW, 0, CHECKED, book.add_format(cell_formats.LABEL))
    fine = book.say(say("sheet-all-as-reviewed", count=count))
    formula = totals_sheet.head_check(reviewed, book.language)
    sheet.write_formula(CHECK_ROW, 1, formula, book.add_format(cell_formats.CHECK_ROWS), fine)
    first, ok = xl_rowcol_to_cell(CHECK_ROW, 1), book.say(OK)
    look = {
        "type": "formula",
        "criteria": f"=LEFT({first},{len(ok)})<>{literal(ok)}",
        "format": book.add_format(cell_formats.NOT_OK),
    }
    sheet.conditional_format(CHECK_ROW, 1, CHECK_ROW, 1, look)


def _table(book: Book, sheet: Sheet, frame: Frame) -> None:
    heads = [
        {"header": book.say(c.header), "header_format": book.add_format(cell_formats.of_head(c))} for c in frame.columns
    ]
    style = "Table Style Light 1" if frame.reach > frame.last else None  # grows with the table; a file has its lines
    options = {"name": TABLE, "columns": heads, "style": style}
    sheet.add_table(frame.header, 0, frame.header + 1, len(heads) - 1, options)
    sheet.set_row(frame.header, cell_formats.HEAD_HEIGHT)
    set_widths(book, sheet, frame.columns, lambda _: {})


def set_widths(
    book: Book,
    sheet: Sheet,
    columns: Sequence[Column[Proposal]],
    look: Callable[[Column[Proposal]], dict[str, Any]],
) -> None:
    """Give each column its width and format, and group those of the evidence away: a click on + shows them."""
    for place, column in enumerate(columns):
        away = {"level": 1, "hidden": True} if column in EVIDENCE else {}
        after = {"collapsed": True} if place and columns[place - 1] is EVIDENCE[-1] else {}
        sheet.set_column(
            place, place, headed(book.say(column.header), column.width), book.add_format(look(column)), away | after
        )
    if columns[-1] is EVIDENCE[-1]:
        sheet.set_column(len(columns), len(columns), None, None, {"collapsed": True})


def put_status_colours(book: Book, sheet: Sheet, span: tuple[int, int, int, int], told_in: Iterable[Language]) -> None:
    """Colour statuses by their words in some languages, in cells from first row and column to last row and column."""
    for language, look in product(told_in, LOOKS.values()):
        word, form = literal(look.word.said(language)), book.add_format(cell_formats.of_status(look))
        sheet.conditional_format(*span, {"type": "cell", "criteria": "==", "value": word, "format": form})


def _colours(book: Book, sheet: Sheet, frame: Frame) -> None:
    """Colours that follow the cell's own words, so that they stay right when the user sorts."""
    put_status_colours(book, sheet, frame.span(ColumnId.STATUS), [book.language])
    since = xl_rowcol_to_cell(frame.header + 1, PLACE[ColumnId.SINCE], col_abs=True)
    moved = ",".join(f"{since}={literal(book.say(word))}" for word in (NEW, CHANGED))
    sheet.conditional_format(
        *frame.span(ColumnId.INVOICE),
        {"type": "formula", "criteria": f"=OR({moved})", "format": book.add_format(cell_formats.STANDS_OUT)},
    )
    for condition, form in (("", cell_formats.CHOOSABLE), ("NOT", cell_formats.FIXED)):
        sheet.conditional_format(
            *frame.span(ColumnId.APPROVE),
            {"type": "formula", "criteria": f"={condition}({_approvable(frame)})", "format": book.add_format(form)},
        )


def _approvable(frame: Frame) -> str:
    """Formula, true in an approvable row: only such a row has a Change. It reads the row itself, so it sorts along."""
    cell = xl_rowcol_to_cell(frame.header + 1, PLACE[ColumnId.CHANGE], col_abs=True)
    return f"ISNUMBER({cell})"


def _guards(sheet: Sheet, frame: Frame) -> None:
    """Validations: Yes or No, only No where a row cannot be approved, short notes, and nothing typed anywhere else."""
    sheet.data_validation(
        *frame.span(ColumnId.APPROVE),
        {
            "validate": "list",
            "source": f"=IF({_approvable(frame)},{CHOICES},{CHOICE_OF_NONE})",
            "error_title": sheet.say(say("approve")),
            "error_message": sheet.say(say("sheet-choose-yes-or-no")),
        },
    )
    sheet.data_validation(
        *frame.span(ColumnId.NOTE),
        {
            "validate": "length",
            "criteria": "<=",
            "value": NOTE_LENGTH,
            "error_title": sheet.say(say("note")),
            "error_message": sheet.say(say("sheet-note-length-limit", count=NOTE_LENGTH)),
        },
    )
    sheet.data_validation(
        *frame.span(ColumnId.OWNER),
        {
            "validate": "length",
            "criteria": "<=",
            "value": NAME_LENGTH,
            "error_title": sheet.say(say("owner")),
            "error_message": sheet.say(say("sheet-name-length-limit", count=NAME_LENGTH)),
        },
    )
    sheet.data_validation(
        *frame.span(ColumnId.HOLD_UNTIL),
        {
            "validate": "date",
            "criteria": ">",
            "value": "=TODAY()",
            "error_type": "warning",  # what is typed all the same is read, and said where it cannot be
            "error_title": sheet.say(say("hold-until")),
            "error_message": sheet.say(say("sheet-type-day-to-come")),
        },
    )
    refused = {
        "validate": "custom",
        "value": "=FALSE",
        "error_title": sheet.say(say("only-approve-to-hold-until")),
        "error_message": sheet.say(say("sheet-reviewed-cell-locked")),
    }
    for typed, side_by_side in groupby(range(len(frame.columns)), lambda place: frame.columns[place].editable):
        places = list(side_by_side)
        if not typed:
            sheet.data_validation(frame.header + 1, places[0], frame.reach, places[-1], refused)
    words = [xl_range_abs(*frame.span(c.id)) for c in COLUMNS if c.kind in {CellKind.TEXT, CellKind.NOTE}]
    sheet.ignore_errors({"number_stored_as_text": " ".join(words).replace("$", "")})


def _window(book: Book, sheet: Sheet, frame: Frame) -> None:
    """What stands still on the screen, and what is printed: what decides; the evidence is the audit pack's."""
    sheet.freeze_panes(frame.header + 1, FROZEN)
    sheet.set_selection(frame.header + 1, PLACE[ColumnId.APPROVE], frame.header + 1, PLACE[ColumnId.APPROVE])
    sheet.repeat_rows(frame.header)
    sheet.repeat_columns(0, FROZEN - 1)
    sheet.set_print_scale(PRINTED)
    sheet.set_v_pagebreaks([PLACE[ColumnId.NOTE]])
    last = len(DECIDING + HOLDING) - 1
    decide = xl_range_abs(0, 0, frame.last, last)
    if frame.reach > frame.last:  # whole columns: Excel prints the rows that are filled
        decide = f"$A:${letters(last)}"
    own = reference(sheet.name)
    book.define_name(f"{own}!_xlnm.Print_Area", f"={own}!{decide}")


TABLE_PART = "xl/tables/table1.xml"
"""The only table of a file."""


def fill(book: Book, review: Review) -> list[LongList]:
    """Draw the sheet `Reconciliation`, and behind it the applications and receipts, which lead back.

    Returns:
        Their rows, for when the workbook is finished.
    """
    sheet = book.sheet(SHEET)
    set_paper(sheet, review.run, SHEET)
    _header_block(book, sheet, review)
    last = HEAD_ROWS + max(1, len(review.rows))
    frame = Frame(header=HEAD_ROWS, last=last, reach=last)
    put_check(book, sheet, list(map(str, totals_sheet.reviewed_totals(review.rows))), len(review.rows))
    build(book, sheet, frame)
    ordered = review.in_order
    explained = applications(ordered, APPLICATIONS, SHEET)
    rows = _rows(book, sheet, review, frame, rows_by_key([explained]).get(APPLICATIONS, {}))
    pen = Pen(book, review.run, ((say("company"), review.run.company.sage), (RUN, review.run.id)), review.link)
    back = {SHEET: {row.key: frame.header + 1 + place for place, row in enumerate(ordered)}}
    pen.paper(explained, back)
    pen.paper(receipts_paper(review.receipts, review.evidence.entered, RECEIPTS, SHEET), back)
    return [rows, *pen.lists]


def _header_block(book: Book, sheet: Sheet, review: Review) -> None:
    """Write the header block."""
    label, inside, fact = map(book.add_format, (cell_formats.LABEL, cell_formats.LABEL_INSIDE, cell_formats.FACT))
    said = book.add_format(cell_formats.FACT | {"align": "left", "indent": 1})
    put_title(
        book, sheet, review.run, heading(review.run), [column.width for column in DECIDING[: PLACE[ColumnId.NOTE]]]
    )
    for cell in head_cells(review, book.language, totals_sheet.NAME):
        if not (cell.row or cell.column):
            continue
        form = (inside if cell.column else label) if cell.label else said if cell.column == 1 else fact
        put(sheet, cell.row, cell.column, cell.value, form)


def _rows(book: Book, sheet: Sheet, review: Review, frame: Frame, behind: Mapping[str, int]) -> LongList:
    """The rows of the table, behind whose invoice numbers stand the rows (from 0) that explain them."""
    link = book.add_format(cell_formats.of_column(COLUMNS[PLACE[ColumnId.INVOICE]]) | cell_formats.LINK)
    invoice, customer = PLACE[ColumnId.INVOICE], PLACE[ColumnId.CUSTOMER]
    forms = [book.add_format(cell_formats.of_column(column)) for column in COLUMNS]
    first = frame.header + 1
    return LongList(
        part=draw(sheet, first, forms, link),
        first=first,
        count=len(review.rows),
        lines=_lines(review, first, behind, book),
        columns=len(forms),
        leads_to=book.say(APPLICATIONS),
        linked=customer if review.link else invoice,
        tip=sheet.say(say("see-its-applications")),
        outward=invoice if review.link else None,
        outward_tip=sheet.say(SEE_IN_MANAGE),
        table=TABLE_PART,
    )


def _lines(review: Review, first: int, behind: Mapping[str, int], book: Book) -> Iterator[ListRow]:
    wraps = [
        (place, fitting(column.width, small=column.small)) for place, column in enumerate(DECIDING) if column.wraps
    ]
    for number, row in enumerate(review.in_order, start=first):
        made = in_words(cells(row, review.item_of(row)), book.language)
        leads = number < (MOST_LINKS // 2 if review.link else MOST_LINKS)
        shown = row.customer if review.link else row.invoice
        target = behind.get(row.key) if shown and leads else None
        page = review.link.to(row.invoice_id) if review.link and row.invoice_id and row.invoice and leads else None
        yield ListRow(
            cells=made,
            height=height([(made[place], fits) for place, fits in wraps], fewest=1),
            target=None if target is None else target + 1,
            address=page,
        )


LEGEND = say("legend")
LEGEND_WIDTHS = (20, 24, 62, 62)
LEGEND_HEADS = (say("status"), say("approved-by-default"), say("what-was-found"), say("what-to-do"))
LEGEND_HELP = (
    say("sheet-columns-to-change"),
    say("sheet-row-known-by-key"),
    say("sheet-deleted-row-returns"),
    say("sheet-no-change-no-push"),
    say("sheet-variance-and-balance-defined"),
    say("sheet-check-defined"),
)


def fill_legend(book: Book, run: Run | None) -> None:
    """Write the sheet `Legend`, with the lists behind the Approve column at its foot."""
    sheet = book.sheet(LEGEND)
    set_paper(sheet, run, LEGEND)
    for place, (head, width) in enumerate(zip(LEGEND_HEADS, LEGEND_WIDTHS, strict=True)):
        sheet.set_column(place, place, headed(book.say(head), width))
    if run is None:
        sheet.set_row(0, TITLE_HEIGHT)
        put_live_title(book, sheet, LEGEND, len(LEGEND_HEADS))
    else:
        put_title(book, sheet, run, LEGEND, LEGEND_WIDTHS)
    head, words = book.add_format(cell_formats.of_header()), book.add_format(cell_formats.CELL)
    for place, words_of_head in enumerate(LEGEND_HEADS):
        put(sheet, 2, place, words_of_head, head)
    for row, look in enumerate(LOOKS.values(), start=3):
        status = book.add_format({**cell_formats.CELL, **cell_formats.of_status(look), "bold": True})
        texts = [book.say(each) for each in (look.approve, look.meaning, look.step)]
        sheet.set_row(row, height(zip(texts, map(fitting, LEGEND_WIDTHS[1:]), strict=True), fewest=1))
        put(sheet, row, 0, look.word, status)
        for place, text in enumerate(texts, start=1):
            put(sheet, row, place, text, words)
    row = 3 + len(LOOKS) + 1
    for number, sentence in enumerate(LEGEND_HELP, start=row):
        put(sheet, number, 0, sentence)
    choices = row + len(LEGEND_HELP) + 1
    put(sheet, choices, 0, say("approve"), book.add_format(cell_formats.LABEL))
    put(sheet, choices, 1, ANSWERS[True], words)
    put(sheet, choices + 1, 1, ANSWERS[False], words)
    book.define_name(CHOICES, f"={reference(sheet.name)}!$B${choices + 1}:$B${choices + 2}")
    book.define_name(CHOICE_OF_NONE, f"={reference(sheet.name)}!$B${choices + 2}")
    sheet.repeat_rows(2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
