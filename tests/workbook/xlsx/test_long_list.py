"""Rows that follow when a workbook is finished: the sheet is the one that XlsxWriter would have written with them."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from msgspec.structs import replace

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.proposal import Application, ApplicationPart, Proposal
from tests.workbook import paper
from tests.workbook.edited import header_of
from workbook.look import cell_formats
from workbook.review.columns import COLUMNS, TABLE
from workbook.review.review_file import ExcelFiles
from workbook.xlsx.cells import letters
from workbook.xlsx.long_list import ListRow, LongList, draw, finish

SHEET, BEHIND, TABLE_PART = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/tables/table1.xml"


def explained(row: Proposal) -> Proposal:
    """The row with two applications."""
    total = row.sage_total or Decimal(0)
    parts = ((ApplicationPart.TOTAL, total, total), (ApplicationPart.CASH, -total, Decimal("0.00")))
    return replace(
        row,
        applications=tuple(
            Application(
                id=place,
                number=f"R{place}",
                dated=date(2026, 3, 1),
                entered_on=None,
                entered_by="",
                part=part,
                amount=amount,
                balance=balance,
            )
            for place, (part, amount, balance) in enumerate(parts)
        ),
    )


def part(path: Path, name: str) -> str:
    """A part's XML."""
    with ZipFile(path) as parts:
        return parts.read(name).decode()


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_the_table_is_the_one_that_xlsxwriter_makes_of_as_many_rows(
    tmp_path: Path, files: ExcelFiles, count: int
) -> None:
    """Its part is the same to the byte."""
    files.write(tmp_path / "ours.xlsx", paper.review(paper.rows(count)))
    ours = part(tmp_path / "ours.xlsx", TABLE_PART)
    found = re.search(rf'ref="A(\d+):{letters(len(COLUMNS) - 1)}(\d+)"', ours)
    assert found is not None
    header, last = int(found[1]) - 1, int(found[2]) - 1
    with xlsxwriter.Workbook(tmp_path / "theirs.xlsx", cell_formats.options()) as book:
        heads = [{"header": header_of(column)} for column in COLUMNS]
        options = {"name": TABLE, "columns": heads, "style": None}
        book.add_worksheet().add_table(header, 0, last, len(COLUMNS) - 1, options)
    assert (last - header, ours) == (max(1, count), part(tmp_path / "theirs.xlsx", TABLE_PART))


def test_every_address_on_the_sheets_knows_of_all_rows(tmp_path: Path, files: ExcelFiles) -> None:
    """The used range, the numbers of rows and cells, and what stands below a list."""
    files.write(tmp_path / "x.xlsx", paper.review([explained(row) for row in paper.rows(20)]))
    for name, last_column, rows, below in ((SHEET, letters(len(COLUMNS) - 1), 20, 0), (BEHIND, "L", 40, 6)):
        xml = part(tmp_path / "x.xlsx", name)
        numbers = [int(number) for number in re.findall(r'<row r="(\d+)"', xml)]
        cells = [int(number) for number in re.findall(r'<c r="[A-Z]+(\d+)"', xml)]
        first = int(re.findall(r'<pane [^>]*topLeftCell="[A-Z]+(\d+)"', xml)[0])
        assert f'<dimension ref="A1:{last_column}{first + rows - 1 + below}"/>' in xml
        assert (numbers == sorted(set(numbers)), cells == sorted(cells)) == (True, True)
        assert max(numbers) == first + rows - 1 + below
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Applications"]
    assert [sheet.cell(53, 1).value, sheet.cell(53, 9).value] == ["Control total, CAD", sheet.cell(5, 9).value]
    assert "$C$12:$C$51" in str(sheet.cell(55, 2).value)
    for down in (0, 1):
        assert re.search(rf"\$I\$12:\$I\$51.*I{53 + down}", str(sheet.cell(56 + down, 9).value))


def test_links_lead_to_the_applications_and_back(tmp_path: Path, files: ExcelFiles) -> None:
    """Each invoice number to its first application, each application to its row; their words as they stand."""
    found = [explained(paper.proposal(number)) for number in range(2)] + [paper.proposal(5)]
    found.append(explained(paper.proposal(9, invoice='<r>"&</r>')))
    files.write(tmp_path / "x.xlsx", paper.review(found))
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    links = [
        {
            cell.value: cell.hyperlink.location
            for (cell,) in book[name].iter_rows(min_col=at, max_col=at)
            if cell.hyperlink
        }
        for name, at in (("Reconciliation", 2), ("Applications", 1))
    ]
    to, back = "'Applications'!A{}", "'Reconciliation'!A{}"
    top = min(int(str(place).rpartition("A")[2]) for place in links[1].values())
    assert links[0] == {"00000": to.format(10), "00001": to.format(12), '<r>"&</r>': to.format(14)}
    assert links[1] == {"00000": back.format(top), "00001": back.format(top + 1)}


def test_xlsxwriter_writes_the_same_rows(tmp_path: Path) -> None:
    """Cell by cell the same elements in the same styles, with words in their cells."""
    words = [w for w in paper.NASTY if not w.startswith("<r>")]
    lines = [[text, Decimal("-1234.50"), date(2026, 4, 10), None, Decimal(number)] for number, text in enumerate(words)]
    options = cell_formats.options() | {"in_memory": False, "constant_memory": True, "tmpdir": str(tmp_path)}
    theirs, ours, drawn = tmp_path / "theirs.xlsx", tmp_path / "ours.xlsx", io.BytesIO()
    with xlsxwriter.Workbook(theirs, options) as book:
        sheet, form = book.add_worksheet(), book.add_format(cell_formats.CELL)
        for number, line in enumerate(lines):
            sheet.set_row(number, 25.5)
            sheet.write_string(number, 0, line[0], form)
            sheet.write_number(number, 1, -1234.5, form)
            sheet.write_number(number, 2, 46122, form)
            sheet.write_blank(number, 3, None, form)
            sheet.write_number(number, 4, number, form)
    with xlsxwriter.Workbook(drawn, cell_formats.options()) as book:
        sheet, form = book.add_worksheet(), book.add_format(cell_formats.CELL)
        of = LongList(
            part=draw(sheet, 0, [form] * 5, form),
            first=0,
            count=len(lines),
            lines=(ListRow(cells=line, height=25.5) for line in lines),
            columns=5,
            leads_to="",
        )
    with ours.open("wb") as file:
        finish(drawn, [of], file)
    expected, found = (
        [
            (each.tag, {k: v for k, v in each.attrib.items() if k != "spans"}, _value(each.text))
            for each in fromstring(part(path, SHEET)).iter()  # noqa: S314 - our own file
        ]
        for path in (theirs, ours)
    )
    assert found == expected


def _value(text: str | None) -> object:
    return Decimal(text) if text and re.fullmatch(r"-?\d+\.\d+|-?[1-9]\d*", text) else text


def test_a_list_longer_than_a_sheet_is_refused() -> None:
    """Rows that Excel cannot read are never written, nor left out."""
    long = LongList(part=SHEET, first=10, count=1_048_567, lines=(), columns=1, leads_to="Applications")
    with pytest.raises(SetupError) as caught:
        finish(io.BytesIO(), [long], io.BytesIO())
    assert caught.value.text == say("sheet-too-many-rows", rows=1_048_577, most=1_048_576)
