"""The sheet `Settings`: one row for each setting, the button that tests them, and what the test found.

What is typed stands in unlocked cells. Everything that is shown stands on the hidden sheet, as for the control sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sync.core.checks import Verdict
from sync.core.words import Text, say
from sync.setup.questions import LABELS, SECRETS, Field
from workbook import formats
from workbook.control_sheet import put_band, put_button
from workbook.formulas import literal
from workbook.lettering import bold
from workbook.page import set_paper
from workbook.panel import BUTTONS, FIGURE_CELLS, FIGURES, Figure

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME = say("Settings")
ABOUT = say("How Tieout reaches Sage and Manage for the company that is chosen on the first sheet")
DRIVERS = "Drivers"
"""The part of a column of the sheet `Figures` that is filled with this computer's drivers."""
DRIVER_BLOCK = "G1:G60"
HEAD = 5
"""Row of the headers above the settings, from 1; and then a row for each setting."""
ROWS: Mapping[Field, int] = {field: HEAD + 1 + place for place, field in enumerate(Field)}
INPUT_BLOCK = f"C{ROWS[Field.DRIVER]}:C{ROWS[Field.PRIVATE_KEY]}"
"""All answers, in the order of `Field`, read at once; the cells of secrets only show where they are."""
WRITTEN = (tuple(field for field in list(Field)[:5]), (Field.SITE, Field.COMPANY, Field.CLIENT_ID))
"""The answers between the secrets: those that are written together."""
BUTTON_CELL, BUTTON_ROWS = f"B{HEAD + 13}", (HEAD + 12, HEAD + 14)
CHECKS, MOST = HEAD + 17, 16
"""Row of the headers above what the test found, from 1, and how many rows are shown."""
SHOWN_BLOCK = f"H1:L{MOST}"
"""On the sheet `Figures`: where each secret is, and beside it link, verdict, finding and advice of each check."""
FILLED_BLOCK = f"M1:M{len(Field)}"
"""There too: what stood in the settings file when the inputs were last filled, in the order of `Field`."""
WIDTHS = {"A:A": 2, "C:C": 38, "D:D": 78, "E:E": 60, "F:F": 2}
COLUMNS = 6
LEAST = 40
FIELD_HEADS = (say("Setting"), say("Answer"), say("What it is, and where to find it"))
CHECK_HEADS = (say("Link"), say("Verdict"), say("What was found, and what to do"), say("Where to look"))
VERDICTS = {
    Verdict.OK: say("OK"),
    Verdict.WARNING: say("Works, with a warning"),
    Verdict.FAILED: say("To be corrected"),
    Verdict.UNREACHABLE: say("Not reached"),
}
MEANS: Mapping[Field, Text] = {
    Field.DRIVER: say("Reads Sage's database. Check Setup fills the list with those of this computer."),
    Field.HOST: say("localhost when it is this one; else the computer's name, as the Connection Manager shows it."),
    Field.PORT: say("Usually 13540. Sage's Connection Manager shows it."),
    Field.DATABASE: say("Usually simply, the name that Sage gives every company."),
    Field.SAGE_USER: say("Setup > Set Up Users in Sage 50: a user with third-party access Read data."),
    Field.SAGE_PASSWORD: say("Never typed here, because it would be saved with the workbook."),
    Field.SITE: say("na, eu, au, aus, za or staging for the cloud; else the address of your own server."),
    Field.COMPANY: say("The first of the three things that are typed to log in to Manage."),
    Field.CLIENT_ID: say("From developer.connectwise.com, made once for your firm."),
    Field.PUBLIC_KEY: say("System > Members > API Members in Manage, tab API Keys. Never typed here."),
    Field.PRIVATE_KEY: say("Shown once by Manage, when the pair is made. Never typed here."),
}
HELP = (
    say("Check Setup fills what is empty from the settings file, and proposes what is usual where there is none."),
    say("What you change here is written to that file, if it can be right. Then every link is tested."),
)


def fill(book: Workbook) -> None:
    """Write the sheet, with no answers yet."""
    sheet = book.add_worksheet(str(NAME))
    set_paper(sheet, None, NAME)
    for columns, width in WIDTHS.items():
        sheet.set_column(columns, width)
    sheet.set_column("B:B", max(LEAST, *(bold(_label(field)) for field in Field)))
    put_band(book, sheet, NAME, ABOUT, COLUMNS)
    path, none = _figure(Figure.SETTINGS), say("none yet: press Check Setup")
    fact = book.add_format({"valign": "vcenter", "font_color": formats.GREY})
    sheet.write_string("B4", str(say("Settings file")), book.add_format(formats.LABEL | {"valign": "vcenter"}))
    sheet.write_formula("C4", f'=IF({path}="",{literal(none)},{path})', fact, str(none))
    _settings(book, sheet)
    put_button(sheet, BUTTON_CELL, BUTTONS[-1])
    for row, words in enumerate(HELP, start=BUTTON_ROWS[0]):
        sheet.write_string(row, 2, str(words), fact)
        sheet.set_row(row, 18)
    _checks(book, sheet)
    sheet.protect("", {"objects": False, "format_columns": True, "format_rows": True})
    sheet.set_selection(INPUT_BLOCK.split(":", maxsplit=1)[0])


def _settings(book: Workbook, sheet: Worksheet) -> None:
    label = book.add_format(formats.LABEL | {"valign": "vcenter"})
    entry = book.add_format(formats.ENTRY | {"num_format": formats.AS_TYPED})
    told = book.add_format(
        {"valign": "vcenter", "indent": 1, "italic": True, "font_color": formats.GREY, "shrink": True}
    )
    means = book.add_format({"valign": "vcenter"})
    _heads(book, sheet, HEAD, FIELD_HEADS)
    secrets = {field: f"{FIGURES}!$H${place}" for place, field in enumerate(SECRETS, start=1)}
    for field, row in ROWS.items():
        sheet.set_row(row - 1, 21)
        sheet.write_string(row - 1, 1, str(_label(field)), label)
        sheet.write_string(row - 1, 3, str(MEANS[field]), means)
        if field in SECRETS:
            unknown = say("press Check Setup")
            shown = f'=IF({secrets[field]}="",{literal(unknown)},{secrets[field]})'
            sheet.write_formula(row - 1, 2, shown, told, str(unknown))
        else:
            sheet.write_blank(row - 1, 2, None, entry)
    message = say("This is none of the drivers that suit Sage's database on this computer.")
    rule = {"validate": "list", "source": f"={DRIVERS}", "error_type": "warning"}
    sheet.data_validation(
        f"C{ROWS[Field.DRIVER]}", rule | {"error_title": str(LABELS[Field.DRIVER]), "error_message": str(message)}
    )


def _label(field: Field) -> Text:
    """What a setting is called; the site's label on the command line lists the clouds, which stand beside it here."""
    return say("Manage site") if field is Field.SITE else LABELS[field]


def _checks(book: Workbook, sheet: Worksheet) -> None:
    cell = book.add_format(formats.CELL)
    strong = book.add_format(formats.CELL | {"bold": True})
    _heads(book, sheet, CHECKS, CHECK_HEADS)
    for place in range(1, MOST + 1):
        sheet.set_row(CHECKS + place - 1, 40)
        for column, letter in enumerate("IJKL", start=1):
            form = strong if column == 2 else cell  # noqa: PLR2004 - the verdict
            sheet.write_formula(CHECKS + place - 1, column, f'={FIGURES}!${letter}${place}&""', form, "")
    verdicts = (CHECKS, 2, CHECKS + MOST - 1, 2)
    first, fine = f"$C{CHECKS + 1}", literal(VERDICTS[Verdict.OK])
    for criteria, look in (
        (f"={first}={fine}", {"bg_color": "#C6EFCE", "font_color": "#0B4F1A"}),
        (f'=AND({first}<>"",{first}<>{fine})', formats.NOT_OK),
    ):
        rule = {"type": "formula", "criteria": criteria, "format": book.add_format(look)}
        sheet.conditional_format(*verdicts, rule)


def _heads(book: Workbook, sheet: Worksheet, row: int, words: tuple[Text, ...]) -> None:
    head = book.add_format(formats.of_header())
    for column, text in enumerate(words, start=1):
        sheet.write_string(row - 1, column, str(text), head)


def _figure(figure: Figure) -> str:
    cell = FIGURE_CELLS[figure]
    return f"{FIGURES}!${cell[0]}${cell[1:]}"
