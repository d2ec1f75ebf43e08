"""LibreOffice in Excel's place: buttons, VBA, a second process, filters, and values that only it calculates."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import xlwings as xw

from . import macros, sample, uno_engine
from .controls import buttons, choose, press, validations
from .office import Office, Uno, connect

Opened: TypeAlias = Callable[[Path], Uno]

pytestmark = pytest.mark.libreoffice

MACROS = """Attribute VB_Name = "Tieout"
Option Explicit

Sub Mark()
    ThisWorkbook.Worksheets("Control").Range("F1").Value = "pressed"
End Sub

Sub RunSync()
    Dim Answer
    Answer = RunPython("import xlwings as xw; xw.Book.caller().sheets['Control']['F2'].value = 'child'")
    ThisWorkbook.Worksheets("Control").Range("F3").Value = Answer
End Sub

Sub Fail()
    ThisWorkbook.Worksheets("Control").Range("F3").Value = RunPython("raise SystemExit(3)")
End Sub

Sub Report()
    RunPython "import xlwings as xw; xw.Book.caller().app.status_bar = 'Reading " & ChrW(201) & "rable'"
End Sub

Sub Linger()
    Dim Answer
    Answer = RunPython("import time; time.sleep(4)")
    ThisWorkbook.Worksheets("Control").Range("F3").Value = Answer
End Sub
"""

BUTTONS = {name: name for name in ("Mark", "RunSync", "Fail", "Report", "Linger")}


@pytest.fixture
def document(office: Office, opened: Opened, tmp_path: Path) -> Uno:
    """A sample workbook with macros and buttons; RunPython waits two seconds, and its messages go to `talk`."""
    (tmp_path / "talk").mkdir()
    stub = macros.stub(sys.executable, office.pipe, tmp_path / "talk", seconds=2)
    return opened(sample.build(tmp_path / "Update & pay.xlsm", {"xlwings": stub, "Tieout": MACROS}, BUTTONS))


def cell(document: Uno, a1: str) -> str:
    """Read what a cell of the first sheet shows."""
    return str(document.Sheets.getByName("Control").getCellRangeByName(a1).String)


def test_buttons_and_rules_are_read(document: Uno) -> None:
    """Each button with its macro, each rule with its entries."""
    assert buttons(document, "Control") == {name: f"Tieout.{name}" for name in BUTTONS}
    assert validations(document, "Control", "C3") == (
        "LIST",
        '"Last Sync Date";"Custom Date"',
        "0",
        ("Last Sync Date", "Custom Date"),
    )
    assert validations(document, "Control", "C4")[:3] == ("DATE", "42005", "TODAY()")
    assert validations(document, "Control", "A1").type == "ANY"


def test_a_pressed_button_runs_its_macro(document: Uno) -> None:
    """The cell that the VBA writes proves it; other captions are unknown."""
    press(document, "Control", "Mark")
    assert cell(document, "F1") == "pressed"
    with pytest.raises(KeyError):
        press(document, "Control", "Absent")


def test_a_button_reaches_python_and_back(document: Uno, tmp_path: Path) -> None:
    """Another process finds its caller and writes a cell while the macro waits; 0 is success."""
    press(document, "Control", "RunSync")
    assert (cell(document, "F2"), cell(document, "F3")) == ("child", "0")
    assert not (tmp_path / "talk" / "error").exists()


def test_a_failing_child_is_minus_one(document: Uno, tmp_path: Path) -> None:
    """Its exit code is at hand."""
    press(document, "Control", "Fail")
    assert (cell(document, "F3"), (tmp_path / "talk" / "done").read_text()) == ("-1", "3\n")


def test_the_status_bar_of_a_child_is_told(document: Uno, tmp_path: Path) -> None:
    """In the file `status`, accents and all."""
    press(document, "Control", "Report")
    assert (tmp_path / "talk" / "status").read_text(encoding="utf-8") == "Reading Érable\n"


def test_waiting_ends(document: Uno) -> None:
    """RunPython gives up after its seconds, and so does a press."""
    press(document, "Control", "Linger")
    assert cell(document, "F3") == "-1"
    with pytest.raises(TimeoutError):
        press(document, "Control", "Linger", seconds=0.2)
    while document.BasicLibraries.RunningVBAScripts:
        time.sleep(0.05)


def test_a_process_of_its_own_finds_its_caller(office: Office, opened: Opened, tmp_path: Path) -> None:
    """Started as xlwings starts it, once the engine is attached."""
    document = opened(sample.build(tmp_path / "Caller.xlsx"))
    code = (
        f"from {uno_engine.__name__} import attach; attach({office.pipe!r})\n"
        "import xlwings as xw\n"
        "book = xw.Book.caller()\n"
        "book.sheets['Control'].range('StartDateChoice').value = book.name\n"
    )
    root = Path(__file__).resolve().parents[uno_engine.__name__.count(".")]
    started = [sys.executable, "-c", code, "--wb=Caller.xlsx", "--from_xl=1"]
    subprocess.run(started, cwd=root, check=True, timeout=60)
    assert cell(document, "C3") == "Caller.xlsx"


def test_a_filter_is_applied_anew(office: Office, opened: Opened, tmp_path: Path) -> None:
    """Rows hide by what they say now."""
    document = opened(sample.build(tmp_path / "Filter.xlsx"))
    uno_engine.attach(office.pipe)
    with xw.Book("Filter.xlsx") as book:
        review = book.sheets["Review list"]
        table = review.tables["Review"]
        choose(document, "Review", 4, "Yes")
        table.api.AutoFilter.ApplyFilter()
        assert [review.range(f"A{row}").rows.hidden for row in (5, 6, 7)] == [False, True, False]
        review.range("D5:D7").value = [["No"], ["Yes"], ["No"]]
        table.api.AutoFilter.ApplyFilter()
        assert [review.range(f"A{row}").rows.hidden for row in (5, 6, 7)] == [True, False, True]
        assert table.api.AutoFilter.FilterMode is True


def test_what_begins_like_a_formula_is_one(office: Office, opened: Opened, tmp_path: Path) -> None:
    """Outside text cells, as in Excel: calculated, and read back as it was written."""
    opened(sample.build(tmp_path / "Formula.xlsx"))
    uno_engine.attach(office.pipe)
    with xw.Book("Formula.xlsx") as book:
        cells = book.sheets["Review list"].range("G1:G3")
        cells.value = [["=SUM(B5,B6)"], ['=IF(Control!C3="","a, b","c, d")'], [float("nan")]]
        assert cells.value == [15.5, "c, d", None]
        assert [one.formula for one in cells[:2]] == ["=SUM(B5,B6)", '=IF(Control!C3="","a, b","c, d")']
        assert (cells[:2].api.HasFormula, cells.api.HasFormula, cells.number_format) == (True, None, "General")


def test_a_saved_book_is_a_file_again(office: Office, opened: Opened, tmp_path: Path) -> None:
    """Under its own name and another."""
    opened(sample.build(tmp_path / "Save.xlsx"))
    uno_engine.attach(office.pipe)
    with xw.Book("Save.xlsx") as book:
        book.sheets["Control"].range("A1").value = "saved"
        book.save(tmp_path / "Other.xlsx")
    opened(tmp_path / "Other.xlsx")
    with xw.Book("Other.xlsx") as book:
        assert book.sheets["Control"].range("A1").value == "saved"


def test_nothing_is_left_of_an_office() -> None:
    """Its processes, its pipe and its profile go with it."""
    with Office() as short:
        pipe = short.pipe
        profile = short._profile
    assert not profile.exists()
    with pytest.raises(TimeoutError):
        connect(pipe, seconds=0.2)
