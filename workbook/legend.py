"""The sheet `Legend`: how the file is used, and what each status means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.core.journal import Run
from sync.core.words import say
from workbook import formats
from workbook.columns import ANSWERS
from workbook.formulas import reference
from workbook.lettering import headed
from workbook.page import fitting, height, put, put_live_title, put_title, set_paper
from workbook.review_table import CHOICE_OF_NONE, CHOICES
from workbook.statuses import LOOKS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

NAME = say("Legend")
WIDTHS = (20, 24, 62, 62)
HEADS = (say("Status"), say("Approved by default"), say("What was found"), say("What to do"))
HELP = (
    say("Change only the columns Approve (Yes or No), Note and Owner. Sort and filter as you like."),
    say("A row is identified by its Key. A row that is changed elsewhere, or stands twice, is refused at the push."),
    say("A row that you delete is not approved; it comes back in the next run until it is settled."),
    say("A row without an amount under Change has nothing that could be pushed; its Approve stays No."),
    say("Variance is Total Sage less Total Manage. Balance Sage is Total Sage less cash, discount, credit and other."),
    say("At review is what the table held when it was made; Shown now leaves out rows that are filtered or hidden."),
    say("Check compares all rows with At review: OK, or OUT BY the difference."),
)


def fill(book: Workbook, run: Run | None) -> None:
    """Write the sheet `Legend`, with the lists behind the Approve column at its foot."""
    sheet = book.add_worksheet(str(NAME))
    set_paper(sheet, run, NAME)
    for place, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(place, place, headed(head, width))
    if run is None:
        put_live_title(book, sheet, NAME, len(HEADS))
    else:
        put_title(book, sheet, run, NAME, WIDTHS)
    head, words = book.add_format(formats.of_header()), book.add_format(formats.CELL)
    for place, heading in enumerate(HEADS):
        put(sheet, 2, place, heading, head)
    for row, look in enumerate(LOOKS.values(), start=3):
        status = book.add_format({**formats.CELL, **formats.of_status(look), "bold": True})
        texts = (str(look.approve), str(look.meaning), str(look.step))
        sheet.set_row(row, height(zip(texts, map(fitting, WIDTHS[1:]), strict=True), fewest=1))
        put(sheet, row, 0, look.word, status)
        for place, text in enumerate(texts, start=1):
            put(sheet, row, place, text, words)
    row = 3 + len(LOOKS) + 1
    for number, sentence in enumerate(HELP, start=row):
        put(sheet, number, 0, sentence)
    choices = row + len(HELP) + 1
    put(sheet, choices, 0, say("Approve"), book.add_format(formats.LABEL))
    put(sheet, choices, 1, ANSWERS[True], words)
    put(sheet, choices + 1, 1, ANSWERS[False], words)
    book.define_name(CHOICES, f"={reference(NAME)}!$B${choices + 1}:$B${choices + 2}")
    book.define_name(CHOICE_OF_NONE, f"={reference(NAME)}!$B${choices + 2}")
    sheet.repeat_rows(2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
