"""Builds the control workbook `Tieout.xlsm` from source, on any system, and always to the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from xlsxwriter.utility import xl_rowcol_to_cell

from sync.core.labels import CHOICES
from sync.core.periods import Choice
from sync.core.words import say
from sync.whole import replacing
from workbook import companies, control_sheet, formats, legend, live, review_table, settings_sheet, totals
from workbook.columns import ANSWERS, APPROVE, PLACE, Kind
from workbook.columns import SHEET as RECONCILIATION
from workbook.formulas import literal, reference
from workbook.head_block import FACT_PLACES, FACT_ROWS
from workbook.lettering import headed
from workbook.lists import LISTS, ListSheet
from workbook.page import put, put_live_band, put_live_title, set_paper
from workbook.panel import FIGURE_CELLS, FIGURES, SHOWN_CELL, WELCOME, Figure, Input
from workbook.panel import SHEET as CONTROL
from workbook.vba import BOOK_MODULE, compiled, sheet_module

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

CONFIGURATION = "xlwings.conf"
"""Hidden sheet from which xlwings' own VBA takes the interpreter."""
SHEETS = (
    CONTROL,
    RECONCILIATION,
    *(sheet.name for sheet in LISTS),
    settings_sheet.NAME,
    legend.NAME,
    FIGURES,
    CONFIGURATION,
)
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for the moment of making, so that two builds are the same."""

TITLE_HEIGHT = 21


def build(path: Path, modules: Mapping[str, str], interpreter: str) -> None:
    """Write the control workbook, whole or not at all.

    Args:
        path: the file; it ends in .xlsm.
        modules: the text of each VBA module, by name.
        interpreter: absolute path of the Python that the buttons start.

    Raises:
        OSError: the file cannot be written.
    """
    project = compiled(modules, list(map(str, SHEETS)))
    with replacing(path) as file:
        _write(file, project, interpreter)


def _write(file: IO[bytes], project: bytes, interpreter: str) -> None:
    import io  # noqa: PLC0415 - only a build pays for it

    import xlsxwriter  # noqa: PLC0415 - same

    with xlsxwriter.Workbook(file, formats.options()) as book:
        book.set_properties({"title": "Tieout", "created": MADE.replace(tzinfo=None)})
        book.add_vba_project(io.BytesIO(project), is_stream=True)
        book.set_vba_name(BOOK_MODULE)
        control_sheet.fill(book)
        _reconciliation(book)
        for each in LISTS:
            _list(book, each)
        settings_sheet.fill(book)
        legend.fill(book, None)
        _figures(book)
        _configuration(book, interpreter)
        for number, sheet in enumerate(book.worksheets(), start=1):
            sheet.set_vba_name(sheet_module(number))


def _reconciliation(book: Workbook) -> None:
    sheet = book.add_worksheet(str(RECONCILIATION))
    set_paper(sheet, None, RECONCILIATION)
    plain = book.add_format({})
    frame = review_table.Frame(header=live.HEADER_ROW, last=live.HEADER_ROW + 1, reach=live.REACH, more=live.MORE)
    review_table.build(book, sheet, frame)
    for place, column in enumerate(frame.columns):
        look = {k: v for k, v in formats.of_column(column).items() if not k.startswith("bottom")}
        sheet.set_column(place, place, headed(column.header, column.width), book.add_format(look))
    label, fact = book.add_format(formats.LABEL), book.add_format(formats.FACT)
    for row in range(live.HEADER_ROW):
        sheet.set_row(row, None, book.add_format(formats.TITLE | formats.FACT) if row == 0 else fact)
        sheet.write_blank(row, 0, None, label if row else plain)
    inside = book.add_format(formats.LABEL_INSIDE)
    for place in FACT_PLACES[1:]:
        for row in range(1, 1 + FACT_ROWS):
            sheet.write_blank(row, place, None, inside)
    put(sheet, 0, 0, say("Press Run Sync on the first sheet."), book.add_format(formats.TITLE | formats.FACT))
    put_live_band(book, sheet, len(frame.columns))
    review_table.prove(book, sheet, (), live.PROOF_ROW)


def _list(book: Workbook, each: ListSheet) -> None:
    """A sheet that is one list: title, headers, and columns that are ready to be filled."""
    sheet = book.add_worksheet(str(each.name))
    set_paper(sheet, None, each.name)
    fact = book.add_format(formats.FACT)
    for place, column in enumerate(each.columns):
        look = {k: v for k, v in formats.of_column(column).items() if not k.startswith("bottom")}
        sheet.set_column(place, place, headed(column.header, column.width), book.add_format(look | {"locked": True}))
        align = "right" if column.kind in {Kind.AMOUNT, Kind.COUNT} else "left"
        put(sheet, each.header, place, column.header, book.add_format(formats.of_header(align=align)))
    sheet.set_row(0, TITLE_HEIGHT, fact)
    sheet.set_row(1, None, fact)
    put_live_title(book, sheet, each.name, len(each.columns))
    put(sheet, 1, 0, each.about, fact)
    sheet.set_row(each.header, 28)
    sheet.freeze_panes(each.header + 1, 1)
    sheet.repeat_rows(each.header)
    sheet.ignore_errors({"number_stored_as_text": each.block(live.REACH)})
    if each.leads_back:
        link = book.add_format(formats.of_kind(Kind.LINK))
        put(sheet, each.header, len(each.columns), RECONCILIATION, book.add_format(formats.of_header()))
        sheet.set_column(len(each.columns), len(each.columns), headed(RECONCILIATION, 14))
        for row in range(each.header + 1, each.header + 1 + each.most):
            sheet.write_formula(row, len(each.columns), each.back, link, "")
    sheet.autofilter(each.header, 0, each.header, len(each.columns) - 1)


def _figures(book: Workbook) -> None:
    """The hidden sheet that is filled in one block, and the two days that the window is shown by."""
    sheet = book.add_worksheet(FIGURES)
    words, day = book.add_format(formats.FACT), book.add_format({"num_format": formats.DATE})
    sheet.set_column("A:B", 30)
    for figure, cell in FIGURE_CELLS.items():
        row = int(cell[1:]) - 1
        sheet.write_string(row, 0, figure.value)
        form = day if figure is Figure.LAST_DAY else None if figure.value.endswith("Count") else words
        sheet.write_blank(row, 1, None, form)
        book.define_name(figure.value, f"={FIGURES}!${cell[0]}${cell[1:]}")
    put(sheet, 0, 1, WELCOME, words)
    kept = book.add_format({"num_format": formats.AS_TYPED})
    _offered(book, sheet, "F", companies.NAME, companies.list_block(), kept)
    _offered(book, sheet, "G", settings_sheet.DRIVERS, [[None]] * companies.MOST, kept)
    sheet.set_column("H:M", 30, kept)
    choice, last = Input.START.value, Figure.LAST_DAY.value
    named = {each: literal(words) for each, words in CHOICES.items()}
    custom = f'IF({choice}={named[Choice.CUSTOM]},{Input.CUSTOM.value},"")'
    month = f"IF({choice}={named[Choice.PAST_MONTH]},EDATE(TODAY(),-1),{custom})"
    two_weeks = f"IF({choice}={named[Choice.PAST_TWO_WEEKS]},TODAY()-14,{month})"
    weeks = f"IF({choice}={named[Choice.PAST_WEEK]},TODAY()-7,{two_weeks})"
    run = f'IF({last}="","",MIN({last},TODAY())-1)'
    start = f"IF({choice}={named[Choice.LAST_RUN]},{run},{weeks})"
    sheet.write_formula("D1", f'=IF({start}=0,"",{start})', day, "")
    sheet.write_formula("D2", f'=IF({Input.END.value}="",TODAY(),{Input.END.value})', day, "")
    first = xl_rowcol_to_cell(live.HEADER_ROW + 1, PLACE[APPROVE], row_abs=True, col_abs=True)
    approve = totals.of_table(APPROVE)
    visible = f"SUBTOTAL(103,OFFSET({reference(RECONCILIATION)}!{first},ROW({approve})-{live.HEADER_ROW + 2},0))"
    sheet.write_formula(SHOWN_CELL, f"=SUMPRODUCT(({approve}={literal(ANSWERS[True])})*{visible})", None, "")
    sheet.hide()


def _offered(book: Workbook, sheet: Worksheet, letter: str, name: str, block: live.Block, form: Format) -> None:
    """A list to choose from, in a column of the hidden sheet; its name stands for the part that is filled."""
    place = ord(letter) - ord("A")
    sheet.set_column(place, place, 30, form)
    for row, (words,) in enumerate(block):
        put(sheet, row, place, words, form)
    whole = f"{FIGURES}!${letter}$1:${letter}${len(block)}"
    book.define_name(name, f"=OFFSET({FIGURES}!${letter}$1,0,0,MAX(1,COUNTA({whole})),1)")


def _configuration(book: Workbook, interpreter: str) -> None:
    """Xlwings' settings: this interpreter and no other, and never a module that lies beside the workbook."""
    sheet = book.add_worksheet(CONFIGURATION)
    sheet.set_column("A:B", 40)
    settings = {
        "Interpreter_Win": interpreter,
        "Interpreter_Mac": interpreter,
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "SHOW CONSOLE": "False",
        "USE UDF SERVER": "False",
    }
    for row, (key, value) in enumerate(settings.items()):
        put(sheet, row, 0, key)
        put(sheet, row, 1, value)
    sheet.hide()
