"""Builds the control workbook `Tieout.xlsm` and the add-in `Tieout.xlam`, on any system, and always to the same bytes.

The add-in is a ribbon tab whose buttons run the control workbook's own macros.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sync.core.values.labels import CHOICES
from sync.core.values.messages import Language, say
from sync.core.values.periods import Choice
from sync.language.catalogues import ENGLISH
from sync.system.files import replacing
from workbook.control import control_sheet, review_blocks, settings_sheet
from workbook.control.layout_mark import SHEETS, layout_mark
from workbook.control.list_sheets import LISTS, ListSheet
from workbook.control.panel import (
    CONFIGURATION,
    COUNTS,
    FIGURE_CELLS,
    FIGURES,
    MARK_CELL,
    WELCOME,
    Figure,
    Input,
)
from workbook.look import cell_formats
from workbook.look.column import CellKind
from workbook.look.page import Book, Sheet, headed, put, put_live_band, put_live_title, set_paper
from workbook.review import review_sheet
from workbook.review.columns import SHEET as RECONCILIATION
from workbook.review.head_block import FACT_PLACES, FACT_ROWS
from workbook.xlsx.cells import Cell, in_words, literal
from workbook.xlsx.vba_project import BOOK_MODULE, compiled, sheet_module

if TYPE_CHECKING:
    from xlsxwriter.format import Format

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for the moment of making, so that two builds are the same."""
TITLE_HEIGHT = 21
ADDIN_SHEET = "Tieout"
RIBBON = "customUI/customUI.xml"
_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_WORKBOOK_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
_OFFICE = ("Office", "2DF8D04C-5BFA-101B-BDE5-00AA0044DE52", (2, 8))
"""The library that names `IRibbonControl`."""


def build(path: Path, modules: Mapping[str, str], interpreter: str, language: Language) -> None:
    """Write the control workbook, whole or not at all.

    Args:
        path: the file; it ends in .xlsm.
        modules: the text of each VBA module, by name.
        interpreter: absolute path of the Python that the buttons start.
        language: of the workbook.

    Raises:
        OSError: the file cannot be written.
    """
    project = compiled(modules, list(map(str, in_words(SHEETS, language))))
    with replacing(path) as file:
        _write(file, project, interpreter, language)


def _write(file: IO[bytes], project: bytes, interpreter: str, language: Language) -> None:
    with Book(file, language, cell_formats.options()) as book:
        _begin(book, project)
        control_sheet.fill(book)
        _reconciliation(book)
        for each in LISTS:
            _list(book, each)
        settings_sheet.fill(book)
        review_sheet.fill_legend(book, None)
        _figures(book)
        _configuration(book, interpreter)
        for number, sheet in enumerate(book.worksheets(), start=1):
            sheet.set_vba_name(sheet_module(number))


def _begin(book: Book, project: bytes) -> None:
    """Give a workbook its VBA and the properties that say nothing of the moment."""
    book.set_properties({"title": "Tieout", "created": MADE.replace(tzinfo=None)})
    book.add_vba_project(BytesIO(project), is_stream=True)
    book.set_vba_name(BOOK_MODULE)


def _reconciliation(book: Book) -> None:
    sheet = book.sheet(RECONCILIATION)
    set_paper(sheet, None, RECONCILIATION)
    plain = book.add_format({})
    frame = review_sheet.Frame(
        header=review_blocks.HEADER_ROW,
        last=review_blocks.HEADER_ROW + 1,
        reach=review_blocks.REACH,
        more=review_blocks.MORE,
    )
    review_sheet.build(book, sheet, frame)
    for place, column in enumerate(frame.columns):
        look = {k: v for k, v in cell_formats.of_column(column).items() if not k.startswith("bottom")}
        sheet.set_column(place, place, headed(book.say(column.header), column.width), book.add_format(look))
    label, fact = book.add_format(cell_formats.LABEL), book.add_format(cell_formats.FACT)
    for row in range(review_blocks.HEADER_ROW):
        sheet.set_row(row, None, book.add_format(cell_formats.TITLE | cell_formats.FACT) if row == 0 else fact)
        sheet.write_blank(row, 0, None, label if row else plain)
    inside = book.add_format(cell_formats.LABEL_INSIDE)
    for place in FACT_PLACES[1:]:
        for row in range(1, 1 + FACT_ROWS):
            sheet.write_blank(row, place, None, inside)
    put(sheet, 0, 0, say("sheet-press-run-sync"), book.add_format(cell_formats.TITLE | cell_formats.FACT))
    put_live_band(book, sheet, len(frame.columns))
    review_sheet.prove(book, sheet, (), review_blocks.PROOF_ROW)


def _list(book: Book, each: ListSheet) -> None:
    """A sheet that is one list: title, headers, and columns that are ready to be filled."""
    sheet = book.sheet(each.name)
    set_paper(sheet, None, each.name)
    fact = book.add_format(cell_formats.FACT)
    for place, column in enumerate(each.columns):
        look = {k: v for k, v in cell_formats.of_column(column).items() if not k.startswith("bottom")}
        sheet.set_column(
            place, place, headed(book.say(column.header), column.width), book.add_format(look | {"locked": True})
        )
        put(sheet, each.header, place, column.header, book.add_format(cell_formats.of_head(column)))
    sheet.set_row(0, TITLE_HEIGHT, fact)
    sheet.set_row(1, None, fact)
    put_live_title(book, sheet, each.name, len(each.columns))
    put(sheet, 1, 0, each.about, fact)
    sheet.set_row(each.header, 28)
    sheet.freeze_panes(each.header + 1, 1)
    sheet.repeat_rows(each.header)
    sheet.ignore_errors({"number_stored_as_text": each.address(review_blocks.REACH)})
    if each.leads_back:
        link = book.add_format(cell_formats.of_kind(CellKind.LINK))
        put(sheet, each.header, len(each.columns), RECONCILIATION, book.add_format(cell_formats.of_header()))
        sheet.set_column(len(each.columns), len(each.columns), headed(book.say(RECONCILIATION), 14))
        back = each.back(book.language)
        for row in range(each.header + 1, each.header + 1 + each.most):
            sheet.write_formula(row, len(each.columns), back, link, "")
    sheet.autofilter(each.header, 0, each.header, len(each.columns) - 1)


def _figures(book: Book) -> None:
    """The hidden sheet that is filled in one block, and the two days that the window is shown by."""
    sheet = book.sheet(FIGURES)
    words, day = book.add_format(cell_formats.FACT), book.add_format({"num_format": cell_formats.DATE})
    sheet.set_column("A:B", 30)
    for figure, cell in FIGURE_CELLS.items():
        row = int(cell[1:]) - 1
        sheet.write_string(row, 0, figure.value)
        form = day if figure is Figure.LAST_DAY else None if figure in COUNTS else words
        sheet.write_blank(row, 1, None, form)
        book.define_name(figure.value, f"={FIGURES}!${cell[0]}${cell[1:]}")
    sheet.write_string(MARK_CELL, layout_mark(book.language))
    sheet.write_string(FIGURE_CELLS[Figure.STATUS], book.say(WELCOME), words)
    kept = book.add_format({"num_format": cell_formats.AS_TYPED})
    _offered(book, sheet, "F", control_sheet.NAME, control_sheet.list_block(book.language), kept)
    _offered(book, sheet, "G", settings_sheet.DRIVERS, [[None]] * control_sheet.MOST, kept)
    sheet.set_column("H:M", 30, kept)
    sheet.write_formula("D1", _start(book), day, "")
    sheet.write_formula("D2", f'=IF({Input.END.value}="",TODAY(),{Input.END.value})', day, "")
    sheet.hide()


def _start(book: Book) -> str:
    """Return the formula of the first day that the choice on the control sheet stands for; empty where there is none.

    The rule is that of `sync.core.values.periods`, and stands here a second time because the day has to follow the
    choice at once, before any button starts Python. It only shows; what a sync reads is worked out by the core.
    """
    last = Figure.LAST_DAY.value
    days: Mapping[Choice, str] = {
        Choice.LAST_RUN: f'IF({last}="","",MIN({last},TODAY())-1)',
        Choice.PAST_WEEK: "TODAY()-7",
        Choice.PAST_TWO_WEEKS: "TODAY()-14",
        Choice.PAST_MONTH: "EDATE(TODAY(),-1)",
        Choice.CUSTOM: Input.CUSTOM.value,
    }
    start = '""'
    for choice, day in days.items():
        start = f"IF({Input.START.value}={literal(book.say(CHOICES[choice]))},{day},{start})"
    return f'=IF({start}=0,"",{start})'


def _offered(book: Book, sheet: Sheet, letter: str, name: str, block: Sequence[Sequence[Cell]], form: Format) -> None:
    """A list to choose from, in a column of the hidden sheet; its name stands for the part that is filled."""
    place = ord(letter) - ord("A")
    sheet.set_column(place, place, 30, form)
    for row, (words,) in enumerate(block):
        put(sheet, row, place, words, form)
    whole = f"{FIGURES}!${letter}$1:${letter}${len(block)}"
    book.define_name(name, f"=OFFSET({FIGURES}!${letter}$1,0,0,MAX(1,COUNTA({whole})),1)")


SETTLED: Mapping[str, str] = {
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    "SHOW CONSOLE": "False",
    "SHOW_ERROR_POPUPS": "True",
    "USE UDF SERVER": "False",
    "DEBUG UDFS": "False",
    "TEMP DIR": "%TEMP%",
}
"""Xlwings' settings but for the interpreter; what stands on the sheet is looked for nowhere else, even when empty."""
EMPTY = (
    *("INTERPRETER", "PYTHONPATH", "CONDA PATH", "CONDA ENV", "UDF MODULES", "LICENSE_KEY"),
    *(f"{place}_{system}" for system in ("WIN", "MAC") for place in ("ONEDRIVE_CONSUMER", "ONEDRIVE_COMMERCIAL")),
    *("SHAREPOINT_WIN", "SHAREPOINT_MAC"),
)
"""Xlwings' settings that stand empty: a file beside the workbook, which others may write, has no say in them."""


def _configuration(book: Book, interpreter: str) -> None:
    """Xlwings' settings: this interpreter and no other, and never a module that lies beside the workbook."""
    sheet = book.sheet(CONFIGURATION)
    sheet.set_column("A:B", 40)
    settings = {"INTERPRETER_WIN": interpreter, "INTERPRETER_MAC": interpreter, **SETTLED, **dict.fromkeys(EMPTY, "")}
    for row, (key, value) in enumerate(settings.items()):
        put(sheet, row, 0, key)
        put(sheet, row, 1, value)
    sheet.hide()


def build_addin(path: Path, modules: Mapping[str, str], ribbon: str, control_workbook: str) -> None:
    """Write the add-in, whole or not at all.

    Args:
        path: the file; it ends in .xlam.
        modules: the text of each VBA module, by name.
        ribbon: the ribbon's XML.
        control_workbook: full path of the workbook whose macros it runs.

    Raises:
        OSError: the file cannot be written.
    """
    plain = _plain(compiled(modules, [ADDIN_SHEET], [_OFFICE]), control_workbook)
    with replacing(path) as file, ZipFile(plain) as parts, ZipFile(file, "w", ZIP_DEFLATED) as made:
        for part in parts.infolist():
            made.writestr(part, _as_addin(part.filename, parts.read(part)), ZIP_DEFLATED)
        made.writestr(ZipInfo(RIBBON, MADE.timetuple()[:6]), ribbon.encode(), ZIP_DEFLATED)


def _plain(project: bytes, control_workbook: str) -> BytesIO:
    file = BytesIO()
    with Book(file, ENGLISH, cell_formats.options()) as book:
        _begin(book, project)
        sheet = book.sheet(ADDIN_SHEET)
        sheet.set_vba_name(sheet_module(1))
        put(sheet, 0, 0, control_workbook)
    return file


def _as_addin(name: str, content: bytes) -> bytes:
    """Return a part as an add-in has it: another type, and a relation to the ribbon."""
    if name == "[Content_Types].xml":
        return content.replace(_WORKBOOK_TYPE, _ADDIN_TYPE)
    if name == "_rels/.rels":
        relation = f'<Relationship Id="ribbon" Type="{_RELATION}" Target="{RIBBON}"/></Relationships>'
        return content.replace(b"</Relationships>", relation.encode())
    return content
