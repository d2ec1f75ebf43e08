"""The file in a real spreadsheet program: opened, calculated, saved, and printed by LibreOffice Calc."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import openpyxl
import pytest

from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH, known_as
from tests.workbook import paper
from tests.workbook.edited import edited
from workbook.papers.control_totals import CHECKED
from workbook.review.columns import DECIDING, HOLDING, SHEET
from workbook.review.review_file import ExcelFiles
from workbook.review.totals_sheet import NAME as CONTROL_TOTALS

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LibreOffice's own folder, so that no other instance is met."""
    return tmp_path_factory.mktemp("profile")


def convert(path: Path, kind: str, profile: Path) -> Path:
    """Let LibreOffice open a file and save it as another kind, in a folder of its own."""
    target = path.parent / "converted"
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            kind,
            "--outdir",
            str(target),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return target / f"{path.stem}.{kind}"


def checks(path: Path) -> list[str]:
    """Every word of the check line above the table and of the check column of the control totals."""
    book = openpyxl.load_workbook(path, data_only=True)
    review, behind = (next(book[name] for name in known_as(text) if name in book) for text in (SHEET, CONTROL_TOTALS))
    lines = {str(row[0]): row for row in review.iter_rows(values_only=True) if row[0]}
    totals = [str(row[-1]) for row in behind.iter_rows(min_row=4, values_only=True) if row[-1]]
    (line,) = (lines[word] for word in known_as(CHECKED) if word in lines)
    return [str(value) for value in line[1:] if value] + totals


def test_values_survive_and_read_back_without_objections(tmp_path: Path, files: ExcelFiles, profile: Path) -> None:
    """Saved by LibreOffice: every row, amount, date and awkward word is still as reviewed."""
    found = [paper.proposal(n, customer=words, invoice=words) for n, words in enumerate(paper.NASTY)] + paper.rows(60)[
        40:
    ]
    reviewed: dict[str, Proposal] = {row.key: row for row in found}
    files.write(tmp_path / "review.xlsx", paper.review(list(reviewed.values())))
    saved = convert(tmp_path / "review.xlsx", "xlsx", profile)
    decided = files.read(saved, reviewed)
    assert [(d.key, d.objection.said(ENGLISH)) for d in decided.decisions if d.objection] == []
    assert {d.key: d.approve for d in decided.decisions} == {key: row.approve for key, row in reviewed.items()}


def test_the_checks_are_ok_when_a_real_program_calculates_them(written: Path, profile: Path) -> None:
    """The cached results are taken away first, so that the formulas are worked out."""
    with edited(written):
        pass
    found = checks(convert(written, "xlsx", profile))
    assert (set(found), len(found) > 10) == ({"OK", "OK: rows (26) and amounts are as reviewed"}, True)


def test_an_edited_amount_and_a_deleted_row_are_out(written: Path, profile: Path) -> None:
    """The check says by how much, and how many rows are gone."""
    with edited(written) as book:
        book.cell(0, "Paid proposed").value = 1_000.00
        rows = [book.row(number) for number in range(25)]
        book.rewrite(rows)
    found = checks(convert(written, "xlsx", profile))
    assert "OUT BY -1 rows" in found
    assert [word for word in found if re.fullmatch(r"OUT BY -?[\d,]+\.\d\d", word)]


def test_it_prints_without_a_cut_column(tmp_path: Path, files: ExcelFiles, profile: Path) -> None:
    """Each page is Letter across and bears its number; what decides is on paper, and all of the widest words."""
    files.write(tmp_path / "review.xlsx", paper.review(paper.rows(60)))
    pdf = convert(tmp_path / "review.xlsx", "pdf", profile)
    about = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    pages = int(re.findall(r"Pages:\s+(\d+)", about)[0])
    assert "792 x 612 pts" in about
    assert [n for n in range(1, pages + 1) if f"Page {n} of {pages}" not in text] == []
    heads = [word for column in (*DECIDING, *HOLDING) for word in column.header.said(ENGLISH).split()]
    assert [w for w in (*heads, "settled.", "s.e.n.c.r.l.") if w not in text] == []
    assert "###" not in text
