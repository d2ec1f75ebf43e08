"""Files in French: nothing in them is English, they hold the same as the English ones, and both are read alike."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from addin.install.build import build_workbook
from sync.core.prove.review import OpenItem
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import CHOICES
from sync.core.values.messages import Language, say
from sync.core.values.proposal import Proposal
from sync.language.catalogues import language, languages
from tests.support.english import left_in, untranslated
from tests.workbook import paper
from tests.workbook.audit.packs import DAY, LISTS, audit, listed, opened, pack, sheet, table
from tests.workbook.edited import edited, header_of
from tests.workbook.shown import sheet_names, shown
from tests.workbook.test_libreoffice import checks, convert
from workbook.control.review_blocks import LIVE_COLUMNS
from workbook.look.column import CellKind
from workbook.look.statuses import LOOKS
from workbook.review.columns import COLUMNS
from workbook.review.review_file import ExcelFiles

FRENCH = language("fr")
REASON = say("row-paid-in-full", date=DAY, settled=Decimal("1234.50"))
FOUND = say("sage-found-by-entry-day")


def rows(count: int) -> list[Proposal]:
    """Rows of every status, with a reason that the catalogue knows."""
    return [replace(row, reason=REASON) for row in paper.rows(count)]


def said(of: Audit) -> Audit:
    """An audit whose run says nothing but what the catalogue knows."""
    return replace(of, run=replace(of.run, strategy=FOUND, notices=()))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By language, a folder with the control workbook, a reconciliation, an empty one, and packs."""
    held = {row.key: OpenItem(row=row, since=DAY) for row in rows(40)[1::5]}
    made = {}
    for each in languages():
        folder = made[each.code] = tmp_path_factory.mktemp(each.code)
        build_workbook(folder / "Tieout.xlsm", each, interpreter="/opt/tieout/python")
        for name, found in (("review", rows(40)), ("empty", [])):
            review = paper.review(found, held, strategy=FOUND, notices=())
            ExcelFiles(each).write(folder / f"{name}.xlsx", review)
        pack(folder / "pack", said(audit(rows(40))), ("xlsx", "csv"), each)
        pack(folder / "waiting", said(audit(rows(40), pushed=False)), ("xlsx",), each)
        pack(folder / "none", said(audit([])), ("xlsx",), each)
    return made


def books(folder: Path) -> list[Path]:
    """All workbooks of a language."""
    return sorted([*folder.rglob("*.xlsx"), *folder.rglob("*.xlsm")])


def test_nothing_that_is_shown_is_left_in_english(files: dict[str, Path]) -> None:
    """Names of sheets, cells, prompts, buttons, charts, headers of pages, words in formulas and formats, properties."""
    texts = {path: shown(path) for path in books(files["fr"])}
    assert len(texts) == 6
    assert {path.name: left_in(found) for path, found in texts.items() if left_in(found)} == {}
    assert {path.name: untranslated(found) for path, found in texts.items() if untranslated(found)} == {}
    for path in books(files["en"]):  # what is looked for would be found
        assert len(untranslated(shown(path))) > 40


def test_csv_files_are_french_and_open_in_a_french_excel(files: dict[str, Path]) -> None:
    """Semicolons between the cells, a comma before the cents; and the same figures as in English."""
    found = []
    for code, between, point in (("en", ",", "."), ("fr", ";", ",")):
        paths = sorted((files[code] / "pack" / "csv").iterdir())
        tables = [table(files[code] / "pack", path.stem, between) for path in paths]
        amounts = re.compile(rf"-?\d+{re.escape(point)}\d\d")
        found.append([[c.replace(point, ".") for row in each for c in row if amounts.fullmatch(c)] for each in tables])
        texts = {cell for each in tables for row in each for cell in row} | {path.stem for path in paths}
        assert (left_in(texts), untranslated(texts)) == ([], []) or code == "en"
    assert found[0] == found[1]
    assert sum(map(len, found[0])) > 900


def test_both_languages_hold_the_same(files: dict[str, Path]) -> None:
    """Keys, amounts, dates, and statuses by what they mean."""
    found = []
    for each in languages():
        with edited(files[each.code] / "review.xlsx") as book:
            statuses = {look.word.said(each): status for status, look in LOOKS.items()}
            table = []
            for number in range(40):
                cells = {column.id: book.cell(number, header_of(column)).value for column in COLUMNS}
                kept = {
                    c.id: cells[c.id] for c in COLUMNS if c.kind in {CellKind.AMOUNT, CellKind.DATE} or c.id == "key"
                }
                table.append({**kept, "status": statuses[cells["status"]]})
        found.append(table)
    assert found[0] == found[1]


def test_names_fit_excel(files: dict[str, Path]) -> None:
    """Sheets of at most 31 characters, headers that are told apart, choices that a list can hold."""
    names = [name for path in books(files["fr"]) for name in sheet_names(path)]
    assert [name for name in names if len(name) > 31 or re.search(r"[][:*?/\\]", name)] == []
    assert len({column.header.said(FRENCH) for column in LIVE_COLUMNS}) == len(LIVE_COLUMNS)
    choices = [choice.said(FRENCH) for choice in CHOICES.values()]
    assert len(",".join(choices)) <= 255
    assert [text for text in choices if "," in text] == []


@pytest.mark.parametrize("made_in", languages(), ids=lambda each: each.code)
@pytest.mark.parametrize("read_in", languages(), ids=lambda each: each.code)
def test_a_file_is_read_in_any_language(tmp_path: Path, made_in: Language, read_in: Language) -> None:
    """Every row as reviewed; decisions in both languages; and edits are told in the reader's."""
    reviewed = {row.key: row for row in rows(26)}
    path = tmp_path / "review.xlsx"
    ExcelFiles(made_in).write(path, paper.review(list(reviewed.values())))
    reader = ExcelFiles(read_in)
    whole = reader.read(path, reviewed)
    assert reader.made_from(path).run == paper.run().id
    assert [each.objection for each in whole.decisions] == [None] * len(reviewed)
    assert {each.key: each.approve for each in whole.decisions} == {key: row.approve for key, row in reviewed.items()}
    with edited(path) as book:
        book.cell(0, "Approve").value = "non"
        book.cell(2, "Approve").value = "No"
        book.cell(4, "Paid proposed").value = 1_234.5
        book.cell(6, "Customer").value = "Prêt?"
    by_key = {d.key: d for d in reader.read(path, reviewed).decisions}
    keys = list(reviewed)
    assert [by_key[keys[n]].approve for n in (0, 2)] == [False, False]
    objections = [said.said(read_in) for n in (4, 6) if (said := by_key[keys[n]].objection)]
    amount, word = ("1,234.50", "Paid proposed") if read_in.code == "en" else ("1\u00a0234,50", "Payé proposé")
    assert (amount in objections[0], word in objections[0], "Prêt?" in objections[1]) == (True, True, True)
    assert left_in(objections) == [] or read_in.code == "en"


@pytest.mark.libreoffice
def test_french_formulas_are_ok_when_calculated(files: dict[str, Path], tmp_path: Path) -> None:
    """Every check of a pack and of a reconciliation; the window on the control sheet; and a difference is told."""
    profile = tmp_path / "profile"
    for name in ("pack", "review"):
        (path,) = books(files["fr"] / name) if name == "pack" else [files["fr"] / "review.xlsx"]
        openpyxl.load_workbook(path).save(tmp_path / f"{name}.xlsx")  # takes the stored results away
    converted = convert(tmp_path / "pack.xlsx", "xlsx", profile)
    book = opened(converted, values=True)
    found = {}
    for name in (name for name in book.sheetnames if name[:2] in {each[:2] for each in LISTS}):
        rows = listed(sheet(book, name)).checks
        found[name] = {str(cell.value) for row in rows for cell in sheet(book, name)[row][2:] if cell.value}
    assert (set(map(frozenset, found.values())), len(found)) == ({frozenset({"OK"})}, len(LISTS))
    words = checks(convert(tmp_path / "review.xlsx", "xlsx", profile))
    head = "OK\u00a0: les lignes (40) et les montants sont ceux de la revue"
    assert (set(words), len(words) > 20) == ({"OK", head}, True)
    with edited(tmp_path / "review.xlsx") as changed:
        changed.cell(0, "Paid proposed").value = 1_000.00
        changed.rewrite([changed.row(number) for number in range(39)])
    words = checks(convert(tmp_path / "review.xlsx", "xlsx", profile))
    assert "ÉCART DE -1 lignes" in words
    assert [word for word in words if re.fullmatch(r"ÉCART DE -?[\d,]+\.\d\d", word)]
    first_sheet = convert(files["fr"] / "Tieout.xlsm", "csv", profile).read_text(encoding="latin-1")
    assert re.search(r"Saisi dans Sage,\d{4}-\d\d-\d\d au \d{4}-\d\d-\d\d,", first_sheet)
