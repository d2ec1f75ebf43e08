"""The sheet `Settings`: one row for each setting, the button that tests them, and what the test found.

What is typed stands in unlocked cells. Everything that is shown stands on the hidden sheet, as for the control sheet.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.values.errors import Verdict
from sync.core.values.invoice_link import PLACE
from sync.core.values.messages import Text, say
from sync.settings.interview import LABELS, LAST, SECRETS, Field
from workbook.control.control_sheet import figure_cell, put_band, put_button
from workbook.control.panel import CHECK_SETUP, FIGURES, Figure
from workbook.look import cell_formats
from workbook.look.page import Book, Sheet, bold, set_paper
from workbook.xlsx.cells import literal

NAME = say("settings")
ABOUT = say("sheet-settings-purpose")
DRIVERS = "Drivers"
"""The part of a column of the sheet `Figures` that is filled with this computer's drivers."""
DRIVER_BLOCK = "G1:G60"
HEAD = 5
"""Row of the headers above the settings, from 1; and then a row for each setting."""
ROWS: Mapping[Field, int] = {field: HEAD + 1 + place for place, field in enumerate(Field)}
INPUT_BLOCK = f"C{ROWS[Field.DRIVER]}:C{ROWS[LAST[-1]]}"
"""All answers, in the order of `Field`, read at once; the cells of secrets only show where they are."""
WRITTEN = (tuple(list(Field)[:5]), (Field.SITE, Field.COMPANY, Field.CLIENT_ID), LAST)
"""The answers between the secrets: those that are written together."""
BUTTON_CELL, BUTTON_ROWS = f"B{HEAD + 17}", (HEAD + 16, HEAD + 18)
CHECKS, MOST = HEAD + 21, 16
"""Row of the headers above what the test found, from 1, and how many rows are shown."""
SHOWN_BLOCK = f"H1:L{MOST}"
"""On the sheet `Figures`: where each secret is, and beside it link, verdict, finding and advice of each check."""
FILLED_BLOCK = f"M1:M{len(Field)}"
"""There too: what stood in the settings file when the inputs were last filled, in the order of `Field`."""
WIDTHS = {"A:A": 2, "C:C": 38, "D:D": 78, "E:E": 60, "F:F": 2}
COLUMNS = 6
TWO_LINES = 26
"""Points: Excel does not fit rows to what their formulas say."""
LEAST = 40
FIELD_HEADS = (say("setting"), say("answer"), say("sheet-setting-meaning-header"))
CHECK_HEADS = (say("link"), say("verdict"), say("sheet-finding-and-remedy-header"), say("where-to-look"))
VERDICTS = {
    Verdict.OK: say("ok"),
    Verdict.WARNING: say("sheet-verdict-warning"),
    Verdict.FAILED: say("to-be-corrected"),
    Verdict.UNREACHABLE: say("not-reached"),
}
MEANS: Mapping[Field, Text] = {
    Field.DRIVER: say("sheet-setting-driver"),
    Field.HOST: say("sheet-setting-host"),
    Field.PORT: say("sheet-setting-port"),
    Field.DATABASE: say("sheet-setting-database"),
    Field.SAGE_USER: say("sheet-setting-sage-user"),
    Field.SAGE_PASSWORD: say("sheet-setting-sage-password"),
    Field.SITE: say("sheet-setting-manage-site"),
    Field.COMPANY: say("sheet-setting-manage-company"),
    Field.CLIENT_ID: say("sheet-setting-client-id"),
    Field.PUBLIC_KEY: say("sheet-setting-public-key"),
    Field.PRIVATE_KEY: say("sheet-setting-private-key"),
    Field.CURRENCIES: say("sheet-setting-currencies"),
    Field.TOLERANCE: say("sheet-setting-tolerance"),
    Field.GO_LIVE: say("sheet-setting-go-live"),
    Field.INVOICE_LINK: say("sheet-setting-invoice-link", place=PLACE),
}
HELP = (say("sheet-check-setup-fills-empty"), say("sheet-changed-settings-are-tested"))


def fill(book: Book) -> None:
    """Write the sheet, with no answers yet."""
    sheet = book.sheet(NAME)
    set_paper(sheet, None, NAME)
    for columns, width in WIDTHS.items():
        sheet.set_column(columns, width)
    sheet.set_column("B:B", max(LEAST, *(bold(book.say(_label(field))) for field in Field)))
    put_band(book, sheet, NAME, ABOUT, COLUMNS)
    path, none = figure_cell(Figure.SETTINGS), book.say(say("sheet-no-settings-yet"))
    fact = book.add_format({"valign": "vcenter", "font_color": cell_formats.GREY})
    label = book.add_format(cell_formats.LABEL | {"valign": "vcenter"})
    sheet.set_row(3, 21)
    sheet.write_string("B4", book.say(say("settings-file")), label)
    sheet.write_formula("C4", f'=IF({path}="",{literal(none)},{path})', fact, none)
    _settings(book, sheet)
    put_button(sheet, BUTTON_CELL, CHECK_SETUP)
    for row, words in enumerate(HELP, start=BUTTON_ROWS[0]):
        sheet.write_string(row, 2, book.say(words), fact)
        sheet.set_row(row, 18)
    _checks(book, sheet)
    sheet.protect("", {"objects": False, "format_columns": True, "format_rows": True})
    sheet.set_selection(INPUT_BLOCK.split(":", maxsplit=1)[0])


def _settings(book: Book, sheet: Sheet) -> None:
    label = book.add_format(cell_formats.LABEL | {"valign": "vcenter"})
    entry = book.add_format(cell_formats.ENTRY | {"num_format": cell_formats.AS_TYPED})
    where = book.add_format(
        {"valign": "vcenter", "indent": 1, "italic": True, "font_color": cell_formats.GREY, "shrink": True}
    )
    means = book.add_format({"valign": "vcenter"})
    _heads(book, sheet, HEAD, FIELD_HEADS)
    secrets = {field: f"{FIGURES}!$H${place}" for place, field in enumerate(SECRETS, start=1)}
    for field, row in ROWS.items():
        sheet.set_row(row - 1, 21)
        sheet.write_string(row - 1, 1, book.say(_label(field)), label)
        sheet.write_string(row - 1, 3, book.say(MEANS[field]), means)
        if field in SECRETS:
            unknown = book.say(say("sheet-press-check-setup"))
            shown = f'=IF({secrets[field]}="",{literal(unknown)},{secrets[field]})'
            sheet.write_formula(row - 1, 2, shown, where, unknown)
        else:
            sheet.write_blank(row - 1, 2, None, entry)
    title, message = book.say(LABELS[Field.DRIVER]), book.say(say("sheet-driver-unsuitable"))
    rule = {"validate": "list", "source": f"={DRIVERS}", "error_type": "warning"}
    sheet.data_validation(f"C{ROWS[Field.DRIVER]}", rule | {"error_title": title, "error_message": message})


def _label(field: Field) -> Text:
    """What a setting is called; the site's label on the command line lists the clouds, which stand beside it here."""
    return say("manage-site") if field is Field.SITE else LABELS[field]


def _checks(book: Book, sheet: Sheet) -> None:
    cell = book.add_format(cell_formats.CELL)
    strong = book.add_format(cell_formats.CELL | {"bold": True})
    _heads(book, sheet, CHECKS, CHECK_HEADS)
    for place in range(1, MOST + 1):
        sheet.set_row(CHECKS + place - 1, TWO_LINES)
        for column, letter in enumerate("IJKL", start=1):
            form = strong if column == 2 else cell  # noqa: PLR2004 - the verdict
            sheet.write_formula(CHECKS + place - 1, column, f'={FIGURES}!${letter}${place}&""', form, "")
    verdicts = (CHECKS, 2, CHECKS + MOST - 1, 2)
    first, fine = f"$C{CHECKS + 1}", literal(book.say(VERDICTS[Verdict.OK]))
    for criteria, look in (
        (f"={first}={fine}", {"bg_color": "#C6EFCE", "font_color": "#0B4F1A"}),
        (f'=AND({first}<>"",{first}<>{fine})', cell_formats.NOT_OK),
    ):
        rule = {"type": "formula", "criteria": criteria, "format": book.add_format(look)}
        sheet.conditional_format(*verdicts, rule)


def _heads(book: Book, sheet: Sheet, row: int, words: tuple[Text, ...]) -> None:
    head = book.add_format(cell_formats.of_header())
    for column, text in enumerate(words, start=1):
        sheet.write_string(row - 1, column, book.say(text), head)
