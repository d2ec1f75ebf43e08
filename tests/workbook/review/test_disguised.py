"""A cell whose format hides or changes what it holds decides nothing; what a reviewer likes to colour does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl.formatting import rule as rules
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter

from sync.core.values.errors import Refused
from sync.core.values.proposal import Proposal
from tests.workbook.edited import Opened, edited
from workbook.review.review_file import ExcelFiles

Reviewed = dict[str, Proposal]
Edit = Callable[[Opened, int], None]
RULES: Any = rules
WHITE, GREEN = Font(color="FFFFFFFF"), PatternFill(fill_type="solid", fgColor="FF006100", bgColor="FF006100")


def place(book: Opened, answer: str) -> int:
    """The row that is the first on the sheet to give an answer."""
    rows = sorted(range(len(book.keys())), key=book.line)
    return next(row for row in rows if book.cell(row, "Approve").value == answer)


def in_format(header: str, code: str) -> Edit:
    """Give a cell a number format."""

    def edit(book: Opened, row: int) -> None:
        book.cell(row, header).number_format = code

    return edit


def in_colours(header: str, font: Font, fill: PatternFill | None = None) -> Edit:
    """Give a cell's letters and its fill a colour."""

    def edit(book: Opened, row: int) -> None:
        book.cell(row, header).font = font
        if fill is not None:
            book.cell(row, header).fill = fill

    return edit


def under(header: str, rule: Any, *, alone: bool = False) -> Edit:  # noqa: ANN401 - openpyxl's rule
    """Lay a conditional format over a column, or over one cell."""

    def edit(book: Opened, row: int) -> None:
        letter, last = get_column_letter(book.columns[header]), book.sheet.max_row
        where = f"{letter}{book.line(row)}" if alone else f"{letter}{book.header + 1}:{letter}{last}"
        rule.priority = 1
        book.sheet.conditional_formatting.add(where, rule)

    return edit


def of_format(code: str, formula: str = "TRUE") -> Any:  # noqa: ANN401 - openpyxl's rule
    """A conditional format that brings a number format."""
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode=code))
    return RULES.Rule(type="expression", formula=[formula], dxf=style)


def on_answer(operator: str, answer: str) -> Any:  # noqa: ANN401 - openpyxl's rule
    """A conditional format that brings white letters."""
    return RULES.CellIsRule(operator=operator, formula=[f'"{answer}"'], font=WHITE)


WHITE_ON_WHITE = RULES.FormulaRule(formula=["$A1=1"], font=WHITE, fill=PatternFill(bgColor="FFFFFFFF"))
SYMBOLS = RULES.IconSetRule("3Arrows", "percent", [0, 33, 67], showValue=False)
DISGUISES: dict[str, tuple[str, Edit]] = {
    "a Yes that looks empty": ("Yes", in_format("Approve", ";;;")),
    "a Yes that looks like No": ("Yes", in_format("Approve", '"No";"No";"No";"No"')),
    "a No that looks like Yes": ("No", in_format("Approve", '"Yes";"Yes";"Yes";"Yes"')),
    "white on white": ("Yes", in_colours("Approve", WHITE, PatternFill())),
    "white by the theme on nothing": ("Yes", in_colours("Invoice", Font(color=Color(theme=0)), PatternFill())),
    "a number of old on its like": (
        "Yes",
        in_colours("Invoice", Font(color=Color(indexed=13)), PatternFill(fill_type="solid", fgColor=Color(indexed=13))),
    ),
    "white on a green that the column's own rule makes pale": ("Yes", in_colours("Approve", WHITE, GREEN)),
    "letters of a point": ("Yes", in_colours("Approve", Font(size=1))),
    "thousands": ("Yes", in_format("Paid proposed", "#,##0,")),
    "another amount": ("Yes", in_format("Paid before", '"12.00"')),
    "a change of another sign": ("Yes", in_format("Change", "-#,##0.00")),
    "a rule that says No": ("No", under("Approve", of_format('"No";"No";"No";"No"'))),
    "a rule that says No in one cell": ("Yes", under("Approve", of_format(";;;"), alone=True)),
    "a rule that says Yes where it is No": ("No", under("Approve", of_format('0;0;0;"Yes"'), alone=True)),
    "a rule with white letters": ("Yes", under("Approve", WHITE_ON_WHITE)),
    "a rule with white letters on Yes": ("Yes", under("Approve", on_answer("equal", "Yes"))),
    "symbols for amounts": ("Yes", under("Paid proposed", SYMBOLS)),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "edit"), DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_decision_is_refused(
    files: ExcelFiles, written: Path, reviewed: Reviewed, answer: str, edit: Edit
) -> None:
    """The sentence names the first row, as the sheet counts it, and the column."""
    with edited(written) as book:
        row = place(book, answer)
        edit(book, row)
        number = book.line(row)
    with pytest.raises(Refused, match=rf"file-cell-disguised\(column=[a-z-]+, file=.*, row={number}\)"):
        files.read(written, reviewed)


OWN = PatternFill(fill_type="solid", fgColor=Color(theme=4, tint=0.6))
LIKED: dict[str, tuple[str, Edit]] = {
    "bold": ("Yes", in_colours("Approve", Font(bold=True))),
    "a fill of the theme": ("Yes", in_colours("Paid proposed", Font(), OWN)),
    "white on dark green": ("Yes", in_colours("Customer", WHITE, GREEN)),
    "yellow": ("Yes", in_colours("Invoice", Font(), PatternFill(fill_type="solid", fgColor="FFFFFF00"))),
    "a No that is hardly seen": ("No", in_colours("Approve", Font(color="FFF2F2F2"), PatternFill())),
    "a No that looks empty": ("No", in_colours("Approve", WHITE, PatternFill())),
    "dollars": ("Yes", in_format("Paid proposed", '"$"#,##0.00')),
    "red when less": ("Yes", in_format("Change", "#,##0.00;[Red]-#,##0.00")),
    "general": ("Yes", in_format("Change", "General")),
    "a cell that decides nothing": ("Yes", in_format("Status", ";;;")),
    "a rule for No alone": ("Yes", under("Approve", on_answer("equal", "No"))),
    "a rule for all but Yes": ("Yes", under("Approve", on_answer("notEqual", "Yes"))),
    "a rule with colours of its own": (
        "Yes",
        under("Approve", RULES.FormulaRule(formula=["TRUE"], font=WHITE, fill=GREEN)),
    ),
    "bars": ("Yes", under("Change", RULES.DataBarRule("min", None, "max", None, color="FF638EC6"))),
    "a rule over cells beside it": ("Yes", under("Status", of_format(";;;"))),
}


@pytest.mark.parametrize(("answer", "edit"), LIKED.values(), ids=LIKED)
def test_what_a_reviewer_likes_is_read(
    files: ExcelFiles, written: Path, reviewed: Reviewed, answer: str, edit: Edit
) -> None:
    """Bold letters, fills, every colour that can be read, and every format that shows the amount."""
    with edited(written) as book:
        edit(book, place(book, answer))
    assert len(files.read(written, reviewed).decisions) == len(reviewed)


def part_changed(path: Path, part: str, pattern: str, by: str) -> None:
    """Change the XML of a part as another program would have written it."""
    with ZipFile(path) as zipped:
        parts = {each: zipped.read(each) for each in zipped.namelist()}
    changed, times = re.subn(pattern, by, parts[part].decode(), flags=re.DOTALL)
    assert times > 0
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        for name, content in {**parts, part: changed.encode()}.items():
            zipped.writestr(name, content)


SHEET = "xl/worksheets/sheet1.xml"
NEWER = (
    '<extLst><ext><x14:conditionalFormattings xmlns:x14="urn:x14" xmlns:xm="urn:xm"><x14:conditionalFormatting>'
    '<x14:cfRule type="expression" priority="1"><xm:f>TRUE</xm:f><x14:dxf><numFmt numFmtId="190" formatCode=";;;"/>'
    "</x14:dxf></x14:cfRule><xm:sqref>A1:Z200</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    "</extLst></worksheet>"
)


def test_conditional_formats_of_newer_programs_count(files: ExcelFiles, written: Path, reviewed: Reviewed) -> None:
    """They stand at the end of the sheet, with their formats."""
    part_changed(written, SHEET, "</worksheet>", NEWER)
    with pytest.raises(Refused, match="file-cell-disguised"):
        files.read(written, reviewed)


def test_letters_of_a_colour_of_their_own_within_the_cell_decide_nothing(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """The cell's own colour says nothing of them."""
    runs = '<r><rPr><color rgb="FFFFFFFF"/></rPr><t>Yes</t></r>'
    part_changed(written, SHEET, "<is><t>Yes</t></is>", f"<is>{runs}</is>")
    with pytest.raises(Refused, match="file-cell-disguised"):
        files.read(written, reviewed)


def test_letters_that_say_they_are_black_decide_where_black_can_be_read(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """LibreOffice says so of words in several scripts; on black such a Yes is unseen all the same."""
    runs = '<r><rPr><sz val="10"/><color rgb="FF000000"/></rPr><t>Yes</t></r>'
    with edited(written) as book:
        row = place(book, "Yes")
    part_changed(written, SHEET, "<is><t>Yes</t></is>", f"<is>{runs}</is>")
    assert len(files.read(written, reviewed).decisions) == len(reviewed)
    with edited(written, rich=True) as book:
        book.cell(row, "Approve").fill = PatternFill(fill_type="solid", fgColor="FF000000")
        book.cell(row, "Approve").font = WHITE
    with pytest.raises(Refused, match="file-cell-disguised"):
        files.read(written, reviewed)


def test_letters_that_say_they_are_black_are_black_under_a_conditional_format_too(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """Grey is what the cell says, which can be read on a black fill; it is the letters that are seen, or not."""
    runs = '<r><rPr><sz val="10"/><color rgb="FF000000"/></rPr><t>Yes</t></r>'
    black = PatternFill(fill_type="solid", fgColor="FF000000", bgColor="FF000000")
    with edited(written) as book:
        row = place(book, "Yes")
    part_changed(written, SHEET, "<is><t>Yes</t></is>", f"<is>{runs}</is>")
    with edited(written, rich=True) as book:
        book.cell(row, "Approve").font = Font(color="FF808080")
        under("Approve", RULES.FormulaRule(formula=["TRUE"], fill=black), alone=True)(book, row)
    with pytest.raises(Refused, match=r"file-cell-disguised\(column=approve"):
        files.read(written, reviewed)


def test_rows_that_leave_cells_out_are_judged_by_what_is_there(
    files: ExcelFiles, written: Path, reviewed: Reviewed
) -> None:
    """Some programs write no cell that holds nothing."""
    part_changed(written, SHEET, r'<c r="[A-Z]+\d+" s="\d+"/>', "")
    assert len(files.read(written, reviewed).decisions) == len(reviewed)
    with edited(written) as book:
        book.cell(place(book, "Yes"), "Approve").number_format = ";;;"
    with pytest.raises(Refused, match="file-cell-disguised"):
        files.read(written, reviewed)
