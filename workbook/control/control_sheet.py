"""Lays out the control sheet: what to choose, the buttons, the status, the cards, and how it works."""

from __future__ import annotations

from sync.core.prove.figures import BECAME
from sync.core.values.errors import SetupError
from sync.core.values.labels import CHOICES
from sync.core.values.messages import Language, Text, say
from sync.core.values.periods import EARLIEST, Choice
from sync.language.catalogues import NAMES, known_as
from sync.settings.profiles import PRACTICE, Place, button_place, default_place, profiles
from workbook.control.panel import (
    BUTTONS,
    CARDS,
    CARDS_EXPLAINED,
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
from workbook.look import cell_formats
from workbook.look.page import MARK, Book, Sheet, bold, set_paper
from workbook.xlsx.cells import Found, Plain, literal, reference, sentence

DEFAULT, SAMPLE = say("default-profile"), say("practice-sample-company")
MOST = 60
"""Rows of the list; Excel's own shows eight at a time."""
LIST_BLOCK = f"F1:F{MOST}"
"""On the sheet `Figures`, filled anew by each task, because a profile may be made at any time."""
NAME = "Companies"
"""The defined name of the filled part of that list."""


def list_block(language: Language) -> list[list[Plain]]:
    """Return all companies that can be chosen, in the language of the workbook, with empty rows to the list's end."""
    names = [DEFAULT.said(language), *profiles()[: MOST - 2], SAMPLE.said(language)]
    return [[name] for name in [*names, *[None] * (MOST - len(names))]]


def place_chosen(cell: Found) -> Place:
    """Return where the chosen company's settings and ledger are; nothing chosen means the default, as for a command.

    Raises:
        SetupError: no such company is set up.
    """
    name = cell.strip() if isinstance(cell, str) else cell
    if not name or name in known_as(DEFAULT):
        return default_place()
    if name in known_as(SAMPLE):
        return button_place(PRACTICE)
    if not isinstance(name, str) or name not in profiles():
        raise SetupError(say("sheet-no-such-company"))
    return button_place(name)


LABEL_WIDTH = 26
WIDTHS = {"A:A": 2, "C:C": 30, "D:D": 3, "E:I": 17, "J:J": 2}
START, END = f"{FIGURES}!$D$1", f"{FIGURES}!$D$2"
WINDOW_CELL, LAST_RUN_CELL, STATUS_RANGE, WAY_CELL = "C12", "C13", "B15:I16", "B17"
CARD_COLUMNS = ("B", "C", "E", "F", "G", "H", "I")
"""Of the cards, in their order."""
CARD_ROW, HELP_ROW = 19, 24
BUTTON_CELLS = ("E5", "G5", "E7", "G7", "E9", "G9", "E11")
"""Each button lies over two columns and two rows."""
BUTTON_SIZE = {"width": 236, "height": 46, "x_offset": 4, "y_offset": 5}
SUBTITLE = say("sheet-purpose-of-workbook")
LABELS = {
    "B5": say("company"),
    "B6": say("language"),
    "B7": say("start-date"),
    "B8": say("custom-date"),
    "B9": say("end-date-optional"),
    "B10": say("confirm-a-large-push"),
    "B11": say("audit-month"),
    "B12": say("entered-in-sage"),
    "B13": say("last-successful-run-label"),
}
HEADINGS = {
    "B4": say("choose"),
    "E4": say("run"),
    "B14": say("status"),
    "B18": say("this-run"),
    "B23": say("how-it-works"),
}
PROMPTS = {
    Input.COMPANY: (say("company"), say("sheet-company-explained")),
    Input.LANGUAGE: (say("language"), say("sheet-language-explained")),
    Input.START: (say("start-date"), say("sheet-start-date-explained")),
    Input.CUSTOM: (CHOICES[Choice.CUSTOM], say("sheet-custom-date-explained")),
    Input.END: (say("end-date"), say("sheet-end-date-explained")),
    Input.CONFIRM: (say("confirm"), say("sheet-confirm-by-row-count")),
    Input.MONTH: (say("month-word"), say("sheet-audit-month-explained")),
}


def fill(book: Book) -> None:
    """Write the sheet `Update Invoice Payments`, which is the first."""
    sheet = book.sheet(SHEET)
    set_paper(sheet, None, SHEET)
    for columns, width in WIDTHS.items():
        sheet.set_column(columns, width)
    sheet.set_column("B:B", max(LABEL_WIDTH, *(bold(book.say(words)) for words in LABELS.values())))
    put_band(book, sheet, SHEET, SUBTITLE, 10)
    label = book.add_format(cell_formats.LABEL | {"valign": "vcenter"})
    heading = book.add_format(cell_formats.HEADING)
    for cell, words in LABELS.items():
        sheet.write_string(cell, book.say(words), label)
    for cell, words in HEADINGS.items():
        row = int(cell[1:]) - 1
        sheet.set_row(row, 18)
        last = "C" if cell == "B4" else "I"
        for column in range(ord(cell[0]) - ord("A"), ord(last) - ord("A") + 1):
            sheet.write_blank(row, column, None, heading)
        sheet.write_string(cell, book.say(words), heading)
    for row in range(4, 13):
        sheet.set_row(row, 21)
    _inputs(book, sheet)
    _shown(book, sheet)
    _cards(book, sheet)
    words = book.add_format({"font_color": cell_formats.GREY})
    for number, step in enumerate(HELP, start=1):
        sheet.write_string(HELP_ROW + number - 2, 1, f"{number}. {book.say(step)}", words)
    for button, cell in zip(BUTTONS, BUTTON_CELLS, strict=True):
        put_button(sheet, cell, button)
    sheet.protect("", {"objects": False, "format_columns": True, "format_rows": True})
    sheet.set_first_sheet()
    sheet.activate()
    sheet.set_selection(INPUTS[Input.START])


def put_button(sheet: Sheet, cell: str, button: Button) -> None:
    """Place a button, with its caption and with what a screen reader says of it."""
    options = {
        "macro": button.macro,
        "caption": sheet.say(button.caption),
        "description": sheet.say(button.description),
    }
    sheet.insert_button(cell, options | BUTTON_SIZE)


def put_band(book: Book, sheet: Sheet, title: Text, about: Text, columns: int) -> None:
    """Write the head of a sheet that is filled in: its name, what it is for, and where the mark of practice comes."""
    band = {"bg_color": cell_formats.DARK, "font_color": "#FFFFFF", "valign": "vcenter"}
    plain, large = book.add_format(band), book.add_format(band | {"bold": True, "font_size": 18})
    sheet.set_row(0, 32)
    sheet.set_row(1, 20)
    for row in (0, 1):
        for column in range(columns):
            sheet.write_blank(row, column, None, plain)
    sheet.write_string("B1", book.say(title), large)
    sheet.write_string("B2", book.say(about), plain)
    sheet.set_row(2, 18)
    mark = f'IF({Input.COMPANY.value}={literal(book.say(SAMPLE))},{literal(book.say(MARK))},{Figure.PRACTICE.value}&"")'
    for column in range(columns):
        sheet.write_blank(2, column, None)
    sheet.write_formula("B3", f"={mark}", book.add_format({"valign": "vcenter"}), "")
    look = {"type": "formula", "criteria": '=$B$3<>""', "format": book.add_format(cell_formats.PRACTICE_LOOK)}
    sheet.conditional_format(2, 0, 2, columns - 1, look)


def _inputs(book: Book, sheet: Sheet) -> None:
    choose = book.add_format(cell_formats.ENTRY | {"bold": True})
    day = book.add_format(cell_formats.ENTRY | {"num_format": cell_formats.DATE, "align": "left"})
    number = book.add_format(cell_formats.ENTRY | {"num_format": "0", "align": "left"})
    words = book.add_format(cell_formats.ENTRY | {"num_format": cell_formats.AS_TYPED})
    sheet.write_string(INPUTS[Input.COMPANY], book.say(DEFAULT), words)
    sheet.write_string(INPUTS[Input.LANGUAGE], NAMES[book.language.code], words)
    sheet.write_string(INPUTS[Input.START], book.say(CHOICES[Choice.PAST_WEEK]), choose)
    for cell, form in ((Input.CUSTOM, day), (Input.END, day), (Input.CONFIRM, number), (Input.MONTH, words)):
        sheet.write_blank(INPUTS[cell], None, form)
    for cell, address in INPUTS.items():
        book.define_name(cell.value, f"={reference(sheet.name)}!${address[0]}${address[1:]}")
        title, message = map(book.say, PROMPTS[cell])
        rule = {"input_title": title, "input_message": message, "error_title": title, "error_message": message}
        sheet.data_validation(address, rule | _rule(cell, book))
    unused = book.add_format({"bg_color": "#EDEDED", "font_color": "#A6A6A6"})
    needed = book.add_format({"bg_color": "#FFC7CE", "font_color": cell_formats.ALARM})
    custom, start = INPUTS[Input.CUSTOM], f"{Input.START.value}={literal(book.say(CHOICES[Choice.CUSTOM]))}"
    sheet.conditional_format(custom, {"type": "formula", "criteria": f"=NOT({start})", "format": unused})
    empty = f'=AND({start},{Input.CUSTOM.value}="")'
    sheet.conditional_format(custom, {"type": "formula", "criteria": empty, "format": needed})


def _rule(cell: Input, book: Book) -> dict[str, object]:
    """Return what may be typed into an input."""
    if cell is Input.COMPANY:
        return {"validate": "list", "source": f"={NAME}"}
    if cell is Input.LANGUAGE:
        return {"validate": "list", "source": list(NAMES.values())}
    if cell is Input.START:
        return {"validate": "list", "source": [book.say(choice) for choice in CHOICES.values()]}
    if cell is Input.CONFIRM:
        return {"validate": "integer", "criteria": ">=", "value": 1}
    if cell is Input.MONTH:
        return {"validate": "length", "criteria": "<=", "value": len("2026-11")}
    return {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": "=TODAY()"}


def _shown(book: Book, sheet: Sheet) -> None:
    """Cells that only show what stands on the hidden sheet."""
    fact = book.add_format({"valign": "vcenter"})
    strong = book.add_format({"valign": "vcenter", "bold": True})
    no_date, no_run, custom = (
        literal(book.say(words))
        for words in (say("sheet-type-custom-date"), say("sheet-no-successful-run-yet"), CHOICES[Choice.CUSTOM])
    )
    missing = f"IF({Input.START.value}={custom},{no_date},{no_run})"
    to = book.say(say("cli-start-to-end", start="<start>", end="<end>"))
    days = sentence(to, {"<start>": _iso(START), "<end>": _iso(END)})
    window = f'=IF({START}="",{missing},{days})'
    sheet.write_formula(WINDOW_CELL, window, strong, "")
    none, last_run = book.say(say("none-yet")), figure_cell(Figure.LAST_RUN)
    sheet.write_formula(LAST_RUN_CELL, f'=IF({last_run}="",{literal(none)},{last_run})', fact, none)
    status = book.add_format(cell_formats.STATUS)
    sheet.merge_range(STATUS_RANGE, "", status)
    sheet.write_formula(
        STATUS_RANGE.split(":", maxsplit=1)[0], f'={figure_cell(Figure.STATUS)}&""', status, book.say(WELCOME)
    )
    for row in (14, 15):
        sheet.set_row(row, 30)
    small = book.add_format({"font_color": cell_formats.GREY, "font_size": 8})
    sheet.write_formula(WAY_CELL, f'={figure_cell(Figure.WAY)}&""', small, "")


def _cards(book: Book, sheet: Sheet) -> None:
    for card, column in zip(CARDS, CARD_COLUMNS, strict=True):
        look = {"bg_color": card.fill, "font_color": card.ink, "align": "center", "valign": "vcenter"}
        forms = (look | {"bold": True}, look | {"bold": True, "font_size": 20}, look | {"text_wrap": True})
        shown = ("", card.count, card.amount)
        for down, (form, figure) in enumerate(zip(forms, shown, strict=True)):
            made, row = book.add_format(form), CARD_ROW + down
            if isinstance(figure, Figure):
                value = figure_cell(figure)
                sheet.write_formula(f"{column}{row}", f'=IF({value}="","\u2013",{value})', made, "\u2013")
            else:
                sheet.write_string(f"{column}{row}", book.say(BECAME[card.became]), made)
    for row, height in ((CARD_ROW - 1, 18), (CARD_ROW, 32), (CARD_ROW + 1, 44)):
        sheet.set_row(row, height)
    sheet.write_string(
        f"B{CARD_ROW + 3}", book.say(CARDS_EXPLAINED), book.add_format({"font_color": cell_formats.GREY})
    )


def figure_cell(figure: Figure) -> str:
    """Return the cell of a figure as formulas name it."""
    cell = FIGURE_CELLS[figure]
    return f"{FIGURES}!${cell[0]}${cell[1:]}"


def _iso(cell: str) -> str:
    """Return a day as YYYY-MM-DD, without TEXT, whose format codes follow the user's language."""
    return f'YEAR({cell})&"-"&RIGHT("0"&MONTH({cell}),2)&"-"&RIGHT("0"&DAY({cell}),2)'
