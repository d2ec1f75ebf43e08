"""The mark of a practice run: on every sheet, every printed page and every CSV file, and on none of a real run."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from sync.core.values.runs import Run
from sync.language.catalogues import ENGLISH, language
from tests.workbook import paper
from tests.workbook.audit import packs
from workbook.look.page import MARK
from workbook.review.review_file import ExcelFiles

SITES = ["http://127.0.0.1:8765", "http://localhost:8765", "http://[::1]:8765"]
REAL = "https://api-na.myconnectwise.net"


def run(site: str) -> Run:
    """A run against a site."""
    return paper.run(company=replace(paper.run().company, site=site))


def luminance(colour: str) -> float:
    """As WCAG reckons it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, fill: str) -> float:
    """Of two colours."""
    light, dark = sorted((luminance(ink), luminance(fill)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def printed(sheet: Worksheet) -> str:
    """What stands in the middle of the head of each page."""
    return str(sheet.oddHeader.center.text) if sheet.oddHeader else ""


def is_marked(sheet: Worksheet, mark: str) -> bool:
    """A sheet begins with the mark, bold on a strong fill, and so does each printed page."""
    first = sheet["A1"]
    ink, fill = first.font.color, first.fill.fgColor
    return (
        str(first.value).startswith(mark)
        and bool(first.font.b)
        and ink is not None
        and contrast(str(ink.rgb)[2:], str(fill.rgb)[2:]) >= 4.5
        and mark in printed(sheet)
    )


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize("site", SITES)
def test_every_sheet_of_a_practice_reconciliation_says_so(tmp_path: Path, site: str, code: str) -> None:
    """First of all, in the language of the file; its rows are read back as ever."""
    rows = paper.rows(9)
    path = tmp_path / "review.xlsx"
    files, mark = ExcelFiles(language(code)), MARK.said(language(code))
    files.write(path, paper.review(rows, company=run(site).company))
    sheets = openpyxl.load_workbook(path).worksheets
    assert [sheet.title for sheet in sheets if not is_marked(sheet, mark)] == []
    decided = files.read(path, {row.key: row for row in rows})
    assert (decided.run, [each.objection for each in decided.decisions]) == (run(site).id, [None] * len(rows))


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_sheet_and_every_table_of_a_practice_pack_says_so(tmp_path: Path, code: str) -> None:
    """The sheets as their title, the CSV files in the first field of every row."""
    audit, mark = packs.audit(paper.rows(9), run=run(SITES[0])), MARK.said(language(code))
    made = packs.pack(tmp_path / "pack", audit, ("xlsx", "csv"), language(code))
    sheets = openpyxl.load_workbook(made).worksheets
    assert [sheet.title for sheet in sheets if not is_marked(sheet, mark)] == []
    tables = {path.name: path.read_text(encoding="utf-8-sig").splitlines() for path in tmp_path.glob("pack/csv/*.csv")}
    assert {name[:2] for name in tables} == {sheet.title[:2] for sheet in sheets}
    assert [name for name, lines in tables.items() if not all(line.startswith(mark) for line in lines)] == []


def test_no_sheet_of_a_real_run_says_so(tmp_path: Path) -> None:
    """Nor a page, nor a table."""
    path = tmp_path / "review.xlsx"
    mark = MARK.said(ENGLISH)
    ExcelFiles(ENGLISH).write(path, paper.review(paper.rows(9), company=run(REAL).company))
    made = packs.pack(tmp_path / "pack", packs.audit(paper.rows(9), run=run(REAL)), ("xlsx", "csv"))
    sheets = [*openpyxl.load_workbook(path).worksheets, *openpyxl.load_workbook(made).worksheets]
    assert [sheet.title for sheet in sheets if mark in f"{sheet['A1'].value}{printed(sheet)}"] == []
    assert [each.name for each in tmp_path.glob("pack/csv/*.csv") if mark in each.read_text("utf-8-sig")] == []


def test_a_page_s_head_holds_the_longest_names(tmp_path: Path) -> None:
    """Excel takes no more than 255 characters of it: with more there would be none at all."""
    long = paper.run(company=replace(run(SITES[0]).company, sage="Élan & Cie " * 20))
    path = tmp_path / "review.xlsx"
    french = language("fr")
    ExcelFiles(french).write(path, paper.review(paper.rows(1), company=long.company))
    assert {MARK.said(french) in printed(each) for each in openpyxl.load_workbook(path)} == {True}
