"""The table of the reconciliation sheet, empty: its headers, colours, guards, proof and paper.

A new file puts its rows into it at once; the control workbook leaves it for Excel to be filled.

The sheet is not protected, because on a protected sheet Excel sorts only where every cell is unlocked, and reviewers
sort. Instead every cell but Approve and Note refuses typing (a validation), and whatever was changed all the same is
found when the file comes back. The cells' locks are set, for whoever protects the sheet by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from sync.core.money import to_cell
from sync.core.proposal import Proposal
from sync.core.words import say
from workbook import formats, totals
from workbook.columns import APPROVE, COLUMNS, DECIDING, NOTE, NOTE_LENGTH, OWNER, PLACE, SHEET, TABLE, Column, Kind
from workbook.formulas import literal, reference
from workbook.lettering import headed
from workbook.page import put
from workbook.statuses import LOOKS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

CHOICES, CHOICE_OF_NONE = "Approve_choices", "Approve_no"
"""Names of the lists behind the Approve column: what an approvable row may say, and what any other may."""

FROZEN = PLACE[NOTE] + 1
NAME_LENGTH = 80


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
    more: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All its columns, in order."""
        return COLUMNS + self.more

    def span(self, key: str) -> tuple[int, int, int, int]:
        """First row, column, last row, column of a column's cells."""
        return (self.header + 1, PLACE[key], self.reach, PLACE[key])


def build(book: Workbook, sheet: Worksheet, frame: Frame) -> None:
    """Lay out the table with all that helps and guards whoever reviews it."""
    _table(book, sheet, frame)
    _colours(book, sheet, frame)
    _guards(sheet, frame)
    _window(book, sheet, frame)


def prove(book: Workbook, sheet: Worksheet, rows: Sequence[Proposal], top: int) -> None:
    """Three lines above the table: totals at review, totals of the rows shown, and whether all rows still add up."""
    label, count, money = (book.add_format(f) for f in (formats.LABEL, formats.rows(), formats.TOTAL))
    check, check_rows = book.add_format(formats.CHECK), book.add_format(formats.CHECK_ROWS)
    for down, words in enumerate((totals.AT_REVIEW, totals.SHOWN, totals.CHECKED)):
        put(sheet, top + down, 0, words, label)
    put(sheet, top, 2, totals.currencies(rows), book.add_format(formats.FACT))
    number = len(rows)
    sheet.write_number(top, 1, number, count)
    sheet.write_formula(top + 1, 1, totals.live_count(), count, number)
    sheet.write_formula(top + 2, 1, totals.count_check(xl_rowcol_to_cell(top, 1)), check_rows, str(totals.OK))
    for proof in totals.proofs(rows):
        put(sheet, top, proof.place, proof.reviewed, money)
        sheet.write_formula(top + 1, proof.place, proof.shown, money, to_cell(proof.reviewed))
        formula = totals.amount_check(xl_rowcol_to_cell(top, proof.place), proof.everything)
        sheet.write_formula(top + 2, proof.place, formula, check, str(totals.OK))
    first = xl_rowcol_to_cell(top + 2, 1, row_abs=True)
    sheet.conditional_format(
        top + 2,
        1,
        top + 2,
        len(COLUMNS) - 1,
        {
            "type": "formula",
            "criteria": f'=AND({first}<>"",{first}<>{literal(totals.OK)})',
            "format": book.add_format(formats.NOT_OK),
        },
    )


def _table(book: Workbook, sheet: Worksheet, frame: Frame) -> None:
    heads = [{"header": str(c.header), "header_format": book.add_format(formats.of_head(c))} for c in frame.columns]
    style = "Table Style Light 1" if frame.reach > frame.last else None  # grows with the table; a file has its lines
    options = {"name": TABLE, "columns": heads, "style": style}
    sheet.add_table(frame.header, 0, frame.header + 1, len(heads) - 1, options)
    sheet.set_row(frame.header, formats.HEAD_HEIGHT)
    for place, column in enumerate(frame.columns):
        sheet.set_column(place, place, headed(column.header, column.width))


def _colours(book: Workbook, sheet: Worksheet, frame: Frame) -> None:
    """Colours that follow the cell's own words, so that they stay right when the user sorts."""
    for look in LOOKS.values():
        sheet.conditional_format(
            *frame.span("Status"),
            {
                "type": "cell",
                "criteria": "==",
                "value": literal(look.word),
                "format": book.add_format(formats.of_status(look)),
            },
        )
    for condition, form in (("", formats.CHOOSABLE), ("NOT", formats.FIXED)):
        sheet.conditional_format(
            *frame.span(APPROVE),
            {
                "type": "formula",
                "criteria": f"={condition}({_approvable(frame)})",
                "format": book.add_format(form),
            },
        )


def _approvable(frame: Frame) -> str:
    """Formula, true in an approvable row: only such a row has a Change. It reads the row itself, so it sorts along."""
    cell = xl_rowcol_to_cell(frame.header + 1, PLACE["Change"], col_abs=True)
    return f"ISNUMBER({cell})"


def _guards(sheet: Worksheet, frame: Frame) -> None:
    """Validations: Yes or No, only No where a row cannot be approved, short notes, and nothing typed anywhere else."""
    sheet.data_validation(
        *frame.span(APPROVE),
        {
            "validate": "list",
            "source": f"=IF({_approvable(frame)},{CHOICES},{CHOICE_OF_NONE})",
            "error_title": str(say("Approve")),
            "error_message": str(
                say("Choose Yes or No. A row that shows no Change cannot be approved: see Next step.")
            ),
        },
    )
    sheet.data_validation(
        *frame.span(NOTE),
        {
            "validate": "length",
            "criteria": "<=",
            "value": NOTE_LENGTH,
            "error_title": str(say("Note")),
            "error_message": str(say("A note has at most {count} characters.", count=NOTE_LENGTH)),
        },
    )
    sheet.data_validation(
        *frame.span(OWNER),
        {
            "validate": "length",
            "criteria": "<=",
            "value": NAME_LENGTH,
            "error_title": str(say("Owner")),
            "error_message": str(say("A name has at most {count} characters.", count=NAME_LENGTH)),
        },
    )
    refused = {
        "validate": "custom",
        "value": "=FALSE",
        "error_title": str(say("Only Approve, Note and Owner")),
        "error_message": str(
            say("This cell shows what was reviewed. A row that is changed here is refused at the push.")
        ),
    }
    sheet.data_validation(frame.header + 1, 0, frame.reach, PLACE[APPROVE] - 1, refused)
    sheet.data_validation(frame.header + 1, PLACE[OWNER] + 1, frame.reach, len(frame.columns) - 1, refused)
    words = [xl_range_abs(*frame.span(c.key)) for c in COLUMNS if c.kind in {Kind.TEXT, Kind.NOTE}]
    sheet.ignore_errors({"number_stored_as_text": " ".join(words).replace("$", "")})


def _window(book: Workbook, sheet: Worksheet, frame: Frame) -> None:
    """What stands still on the screen, and what is printed: what decides, then the evidence on pages of its own."""
    sheet.freeze_panes(frame.header + 1, FROZEN)
    sheet.set_selection(frame.header + 1, PLACE[APPROVE], frame.header + 1, PLACE[APPROVE])
    sheet.repeat_rows(frame.header)
    sheet.repeat_columns(0)
    decide = xl_range_abs(0, 0, frame.last, len(DECIDING) - 1)
    evidence = xl_range_abs(frame.header, len(DECIDING), frame.last, len(COLUMNS) - 1)
    if frame.reach > frame.last:  # whole columns: Excel prints the rows that are filled
        ends = [xl_col_to_name(place) for place in (len(DECIDING) - 1, len(DECIDING), len(frame.columns) - 1)]
        decide, evidence = f"$A:${ends[0]}", f"${ends[1]}:${ends[2]}"
    own = reference(SHEET)
    book.define_name(f"{own}!_xlnm.Print_Area", f"={own}!{decide},{own}!{evidence}")
