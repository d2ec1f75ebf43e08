"""A pack in a real spreadsheet program: recalculated and printed; and a pack where there is none."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import openpyxl
import pytest

from addin.live import pdf as printing
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.language.catalogues import ENGLISH
from tests.workbook import paper
from tests.workbook.audit.packs import LISTS, SHEETS, audit, listed, opened, pack, sheet
from tests.workbook.test_libreoffice import convert
from workbook.audit.pack import AuditPacks

WANTED = ("xlsx", "csv", "pdf")
TITLES = [
    "AR-00  Reconciliation of customer payments: Maple Networks Inc.",
    "AR-10  Summary and proof",
    "AR-20  Reconciliation as reviewed",
    "AR-30  Posted: before, after and read back",
    "AR-40  Held items carried forward",
    "AR-41  What was decided against the default",
    "AR-42  Settings in words",
    "AR-43  Rows to test",
    "AR-50  Tie-out of receivables",
    "AR-51  Tie-out of receivables: every difference",
    "AR-52  Tie-out of receivables: by customer",
    "AR-60  Applications behind each invoice",
    "AR-70  Run log",
    "AR-90  Legend and method",
]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LibreOffice's own folder, so that no other instance is met."""
    return tmp_path_factory.mktemp("profile")


def checks(path: Path) -> dict[str, list[str]]:
    """The words of both check lines of every list, as calculated."""
    book = opened(path, values=True)
    found = {}
    for name in LISTS:
        shown = sheet(book, name)
        found[name] = [str(cell.value) for row in listed(shown).checks for cell in shown[row][2:] if cell.value]
    return found


@pytest.mark.libreoffice
def test_checks_are_ok_when_recalculated_and_out_by_the_difference_after_an_edit(tmp_path: Path, profile: Path) -> None:
    """One amount raised by a cent and one by a thousand: the checks of those two columns say so, above and below."""
    path = pack(tmp_path, audit(paper.rows(40)))
    book = openpyxl.load_workbook(path)
    book.save(tmp_path / "same.xlsx")  # takes the stored results away
    untouched = checks(convert(tmp_path / "same.xlsx", "xlsx", profile))
    assert ({word for words in untouched.values() for word in words}, set(untouched)) == ({"OK"}, set(LISTS))
    shown = sheet(book, "20 Reconciliation")
    found = listed(shown)
    for head, more in (("Settled in Sage", 0.01), ("Total Manage", -1_000.0)):
        cell = shown.cell(found.header + 1, found.heads.index(head) + 1)
        cell.value = float(str(cell.value)) + more
    book.save(tmp_path / "edited.xlsx")
    edited = checks(convert(tmp_path / "edited.xlsx", "xlsx", profile))
    assert edited == {
        **untouched,
        "20 Reconciliation": ["OK", "OUT BY -1,000.00", "OK", "OUT BY 0.01", *["OK"] * 17] * 2,
    }


@pytest.mark.libreoffice
def test_the_pdf_holds_every_sheet_and_its_totals(tmp_path: Path) -> None:
    """Letter across, numbered pages, tagged for a screen reader, each title, control totals, no column of hashes."""
    of = audit(paper.rows(60))
    made, missing = AuditPacks(printing.make_pdf, ENGLISH).write(tmp_path, of, WANTED)
    assert (missing, made[0].suffix, made[-1].suffix) == (None, ".xlsx", ".pdf")
    about = subprocess.run(["pdfinfo", str(made[-1])], check=True, capture_output=True, text=True).stdout
    printed = subprocess.run(["pdftotext", "-layout", str(made[-1]), "-"], check=True, capture_output=True, text=True)
    text, pages = printed.stdout, int(re.findall(r"Pages:\s+(\d+)", about)[0])
    assert pages >= len(SHEETS)
    assert ("792 x 612 pts" in about, re.search(r"Tagged: +yes", about) is not None) == (True, True)
    squeezed = re.sub(r"\s+", " ", text)
    assert [title for title in TITLES if re.sub(r"\s+", " ", title) not in squeezed] == []
    assert [number for number in range(1, pages + 1) if f"Page {number} of {pages}" not in text] == []
    assert "###" not in text
    shown = sheet(opened(made[0]), "20 Reconciliation")
    controls = [cell.value for cell in shown[listed(shown).totals[0][0]][2:] if cell.value is not None]
    figures = [f"({-v:,.2f})" if v < 0 else f"{v:,.2f}" for v in map(float, map(str, controls)) if v]
    assert [figure for figure in figures if figure not in text] == []


@pytest.mark.libreoffice
def test_each_page_of_a_list_repeats_its_headings(tmp_path: Path) -> None:
    """Whatever page an accountant holds in hand."""
    made, _ = AuditPacks(printing.make_pdf, ENGLISH).write(tmp_path, audit(paper.rows(60)), ("pdf",))
    text = subprocess.run(
        ["pdftotext", "-layout", str(made[-1]), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = [page for page in text.split("\f") if re.search("AR-60 +Applications", page)]
    assert len(pages) > 1
    assert [page for page in pages if not re.search(r"Invoice +Customer +Currency +Kind", page)] == []


def test_without_an_office_the_pack_is_complete_but_for_its_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain sentence that says what to install, and every other file."""
    monkeypatch.setattr("addin.live.pdf.shutil.which", lambda _: None)
    monkeypatch.setattr(printing, "PLACES", ())
    made, missing = AuditPacks(printing.make_pdf, ENGLISH).write(tmp_path, audit(paper.rows(5)), WANTED)
    assert missing == say("excel-no-program-for-pdf")
    assert {path.suffix for path in made} == {".xlsx", ".csv", ".py"}
    assert opened(made[0]).sheetnames == SHEETS


@pytest.mark.parametrize("does", ["exit 81", "exec sleep 20"])
def test_an_office_that_fails_leaves_a_sentence_and_no_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    """A program of that name that prints nothing, or never ends: the pack is still recorded without its PDF."""
    monkeypatch.setattr(printing, "SECONDS", 0.5)
    office = tmp_path / "soffice"
    office.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    office.chmod(office.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr("addin.live.pdf.shutil.which", lambda _: str(office))
    with pytest.raises(SetupError) as caught:
        printing.make_pdf(tmp_path / "pack.xlsx", tmp_path / "pack.pdf")
    assert caught.value.text == say("excel-pdf-failed")
    assert not (tmp_path / "pack.pdf").exists()
