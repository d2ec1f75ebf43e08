"""Lays out the control sheet: what to choose, the buttons, the status, the cards, and how it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.core.labels import CHOICES, CUSTOM
from sync.core.periods import EARLIEST, Choice
from sync.core.words import Text, say, spoken
from sync.tongues import NAMES
from workbook import companies, formats
from workbook.formulas import literal, reference, sentence
from workbook.lettering import bold
from workbook.page import set_paper
from workbook.panel import (
    BUTTONS,
    CARDS,
    FIGURE_CELLS,
    FIGURES,
    HELP,
    INPUTS,
    SHEET,
    WELCOME,
    Button,
    Figure,
    Input,
)
from workbook.practice_mark import MARK

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LABEL_WIDTH = 26
WIDTHS = {"A:A": 2, "C:C": 30, "D:D": 3, "E:H": 17, "I:I": 2}
START, END = f"{FIGURES}!$D$1", f"{FIGURES}!$D$2"
WINDOW_CELL, LAST_RUN_CELL, STATUS_RANGE = "C11", "C12", "B15:H16"
CARD_COLUMNS = ("B", "C", "E", "G")
CARD_ROW, HELP_ROW = 19, 24
BUTTON_CELLS = ("E6", "G6", "E9", "G9")
BUTTON_SIZE = {"width": 236, "height": 46, "x_offset": 4, "y_offset": 2}

SUBTITLE = say("What Sage 50 says is paid, shown in ConnectWise Manage: reviewed, proven, written back")
LABELS = {
    "B5": say("Company"),
    "B6": say("Language"),
    "B7": say("Start Date"),
    "B8": say("Custom Date"),
    "B9": say("End Date (optional)"),
    "B10": say("Confirm a large push"),
    "B11": say("Entered in Sage"),
    "B12": say("Last successful run"),
}
HEADINGS = {
    "B4": say("Choose"),
    "E4": say("Run"),
    "B14": say("Status"),
    "B18": say("This run"),
    "B23": say("How it works"),
}
PROMPTS = {
    Input.COMPANY: (
        say("Company"),
        say("Each company that was set up has settings and records of its own. Practice is the sample company."),
    ),
    Input.LANGUAGE: (
        say("Language"),
        say("Of the status, the reasons, the lists and the audit pack. Sheets and buttons stay as they are."),
    ),
    Input.START: (
        say("Start Date"),
        say("Invoices with payment information entered in Sage on or after this day are read."),
    ),
    Input.CUSTOM: (CUSTOM, say("Only used with Custom Date. A day from 2000-01-01 up to today.")),
    Input.END: (say("End Date"), say("For a month-end cut-off. Empty means no end.")),
    Input.CONFIRM: (
        say("Confirm"),
        say("Type the number of rows that the status asks for, then press Push to Manage again."),
    ),
}


def fill(book: Workbook) -> None:
    """Write the sheet `Update Invoice Payments`, which is the first."""
    sheet = book.add_worksheet(str(SHEET))
    set_paper(sheet, None, SHEET)
    for columns, width in WIDTHS.items():
        sheet.set_column(columns, width)
    sheet.set_column("B:B", max(LABEL_WIDTH, *(bold(words) for words in LABELS.values())))
    put_band(book, sheet, SHEET, SUBTITLE, 9)
    label = book.add_format(formats.LABEL | {"valign": "vcenter"})
    heading = book.add_format(formats.HEADING)
    for cell, words in LABELS.items():
        sheet.write_string(cell, str(words), label)
    for cell, words in HEADINGS.items():
        row = int(cell[1:]) - 1
        sheet.set_row(row, 18)
        last = {"B4": "C", "E4": "H"}.get(cell, "H")
        for column in range(ord(cell[0]) - ord("A"), ord(last) - ord("A") + 1):
            sheet.write_blank(row, column, None, heading)
        sheet.write_string(cell, str(words), heading)
    for row in range(4, 12):
        sheet.set_row(row, 21)
    _inputs(book, sheet)
    _shown(book, sheet)
    _cards(book, sheet)
    words = book.add_format({"font_color": formats.GREY})
    for number, step in enumerate(HELP, start=1):
        sheet.write_string(HELP_ROW + number - 2, 1, f"{number}. {step}", words)
    for button, cell in zip(BUTTONS, BUTTON_CELLS, strict=True):
        put_button(sheet, cell, button)
    sheet.protect("", {"objects": False, "format_columns": True, "format_rows": True})
    sheet.set_first_sheet()
    sheet.activate()
    sheet.set_selection(INPUTS[Input.START])


def put_button(sheet: Worksheet, cell: str, button: Button) -> None:
    """Place a button, with its caption and with what a screen reader says of it."""
    options = {"macro": button.macro, "caption": str(button.caption), "description": str(button.description)}
    sheet.insert_button(cell, options | BUTTON_SIZE)


def put_band(book: Workbook, sheet: Worksheet, title: Text, about: Text, columns: int) -> None:
    """Write the head of a sheet that is filled in: its name, what it is for, and where the mark of practice comes."""
    band = {"bg_color": formats.DARK, "font_color": "#FFFFFF", "valign": "vcenter"}
    plain, large = book.add_format(band), book.add_format(band | {"bold": True, "font_size": 18})
    sheet.set_row(0, 32)
    sheet.set_row(1, 20)
    for row in (0, 1):
        for column in range(columns):
            sheet.write_blank(row, column, None, plain)
    sheet.write_string("B1", str(title), large)
    sheet.write_string("B2", str(about), plain)
    sheet.set_row(2, 18)
    mark = f'IF({Input.COMPANY.value}={literal(companies.SAMPLE)},{literal(MARK)},{Figure.PRACTICE.value}&"")'
    for column in range(columns):
        sheet.write_blank(2, column, None)
    sheet.write_formula("B3", f"={mark}", book.add_format({"valign": "vcenter"}), "")
    look = {"type": "formula", "criteria": '=$B$3<>""', "format": book.add_format(formats.PRACTICE_LOOK)}
    sheet.conditional_format(2, 0, 2, columns - 1, look)


def _inputs(book: Workbook, sheet: Worksheet) -> None:
    choose = book.add_format(formats.ENTRY | {"bold": True})
    day = book.add_format(formats.ENTRY | {"num_format": formats.DATE, "align": "left"})
    number = book.add_format(formats.ENTRY | {"num_format": "0", "align": "left"})
    words = book.add_format(formats.ENTRY | {"num_format": formats.AS_TYPED})
    sheet.write_string(INPUTS[Input.COMPANY], str(companies.DEFAULT), words)
    sheet.write_string(INPUTS[Input.LANGUAGE], NAMES[spoken().code], words)
    sheet.write_string(INPUTS[Input.START], str(CHOICES[Choice.PAST_WEEK]), choose)
    for cell, form in ((Input.CUSTOM, day), (Input.END, day), (Input.CONFIRM, number)):
        sheet.write_blank(INPUTS[cell], None, form)
    for cell, address in INPUTS.items():
        book.define_name(cell.value, f"={reference(SHEET)}!${address[0]}${address[1:]}")
        title, message = map(str, PROMPTS[cell])
        rule = {"input_title": title, "input_message": message, "error_title": title, "error_message": message}
        sheet.data_validation(address, rule | _rule(cell))
    unused = book.add_format({"bg_color": "#EDEDED", "font_color": "#A6A6A6"})
    needed = book.add_format({"bg_color": "#FFC7CE", "font_color": formats.ALARM})
    custom, start = INPUTS[Input.CUSTOM], f"${INPUTS[Input.START][0]}${INPUTS[Input.START][1:]}={literal(CUSTOM)}"
    sheet.conditional_format(custom, {"type": "formula", "criteria": f"=NOT({start})", "format": unused})
    empty = f'=AND({start},${custom[0]}${custom[1:]}="")'
    sheet.conditional_format(custom, {"type": "formula", "criteria": empty, "format": needed})


def _rule(cell: Input) -> dict[str, object]:
    """What may be typed into an input."""
    if cell is Input.COMPANY:
        return {"validate": "list", "source": f"={companies.NAME}"}
    if cell is Input.LANGUAGE:
        return {"validate": "list", "source": list(NAMES.values())}
    if cell is Input.START:
        return {"validate": "list", "source": list(map(str, CHOICES.values()))}
    if cell is Input.CONFIRM:
        return {"validate": "integer", "criteria": ">=", "value": 1}
    return {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": "=TODAY()"}


def _shown(book: Workbook, sheet: Worksheet) -> None:
    """Cells that only show what stands on the hidden sheet."""
    fact = book.add_format({"valign": "vcenter"})
    strong = book.add_format({"valign": "vcenter", "bold": True})
    no_date, no_run = literal(say("type the custom date")), literal(say("no successful run yet: choose another"))
    missing = f"IF({Input.START.value}={literal(CUSTOM)},{no_date},{no_run})"
    days = sentence(say("{start} to {end}", start="<start>", end="<end>"), {"<start>": _iso(START), "<end>": _iso(END)})
    window = f'=IF({START}="",{missing},{days})'
    sheet.write_formula(WINDOW_CELL, window, strong, "")
    none, last_run = say("none yet"), _figure(Figure.LAST_RUN)
    sheet.write_formula(LAST_RUN_CELL, f'=IF({last_run}="",{literal(none)},{last_run})', fact, str(none))
    status = book.add_format(formats.STATUS)
    sheet.merge_range(STATUS_RANGE, "", status)
    sheet.write_formula(STATUS_RANGE.split(":", maxsplit=1)[0], f'={_figure(Figure.STATUS)}&""', status, str(WELCOME))
    for row in (14, 15):
        sheet.set_row(row, 30)


def _cards(book: Workbook, sheet: Worksheet) -> None:
    for card, column in zip(CARDS, CARD_COLUMNS, strict=True):
        look = {"bg_color": card.fill, "font_color": card.ink, "align": "center", "valign": "vcenter"}
        last = chr(ord(column) + 1) if column in "EG" else column
        forms = (look | {"bold": True}, look | {"bold": True, "font_size": 20}, look | {"text_wrap": True})
        shown = ("", card.count, card.amount)
        for down, (form, figure) in enumerate(zip(forms, shown, strict=True)):
            made, row = book.add_format(form), CARD_ROW + down
            if last != column:
                sheet.merge_range(f"{column}{row}:{last}{row}", "", made)
            if isinstance(figure, Figure):
                value = _figure(figure)
                sheet.write_formula(f"{column}{row}", f'=IF({value}="","\u2013",{value})', made, "\u2013")
            else:
                sheet.write_string(f"{column}{row}", str(card.title), made)
    for row, height in ((CARD_ROW - 1, 18), (CARD_ROW, 32), (CARD_ROW + 1, 44)):
        sheet.set_row(row, height)


def _figure(figure: Figure) -> str:
    cell = FIGURE_CELLS[figure]
    return f"{FIGURES}!${cell[0]}${cell[1:]}"


def _iso(cell: str) -> str:
    """A day as YYYY-MM-DD, without TEXT, whose format codes follow the user's language."""
    return f'YEAR({cell})&"-"&RIGHT("0"&MONTH({cell}),2)&"-"&RIGHT("0"&DAY({cell}),2)'
