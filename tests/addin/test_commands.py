"""`tieout workbook`, `tieout excel` and `tieout install`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import xlwings as xw

from addin import COMPANION, COMPANION_ID
from addin.install import installation
from addin.install.installation import require_own_python
from addin.live import excel
from sync.core.values.errors import SetupError, Unavailable
from sync.practice.world import Practice
from tests.addin.bench import Bench
from tests.cli.world import Terminal
from tests.excel.strict_rules import ExcelBusy
from workbook.control.panel import Input


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal in an empty folder."""
    monkeypatch.chdir(tmp_path)
    yield Terminal(capsys, tmp_path)
    xw.engines.active = None


def test_workbook_and_addin_are_built_by_one_command(terminal: Terminal) -> None:
    """Where they are is said, in full."""
    answer = terminal.tieout("workbook", "Tieout.xlsm", "--addin", "Tieout.xlam")
    assert answer.status == 0
    assert f"The control workbook is {terminal.folder / 'Tieout.xlsm'}." in answer.out
    assert sorted(path.name for path in terminal.folder.iterdir()) == ["Tieout.xlam", "Tieout.xlsm"]


def test_a_wrong_name_is_told(terminal: Terminal) -> None:
    """Exit 2, one sentence, no file."""
    answer = terminal.tieout("workbook", "Tieout.xls")
    assert (answer.status, "has to end in .xlsm" in answer.err) == (2, True)


def test_the_buttons_work_from_outside(terminal: Terminal, practice: Practice, bench: Bench) -> None:
    """The open workbook is found by what it is, and by its name; the status bar is given back."""
    assert practice.url
    bench.choose(Input.START, "Past Month")
    answer = terminal.tieout("excel", "sync")
    assert (answer.status, bench.status in answer.out) == (0, True)
    assert "invoices were read" in bench.status
    assert bench.engine.statuses[-1] is False
    assert "Pushed: " in terminal.tieout("excel", "push", "--workbook", "tieout.XLSM").out
    assert "without a name in the settings: 3 (1)" in terminal.tieout("excel", "check").out
    assert "is in " in terminal.tieout("excel", "export").out


def test_a_workbook_that_is_not_open_is_told(terminal: Terminal, bench: Bench) -> None:
    """By name."""
    assert bench.book.name == "Tieout.xlsm"
    answer = terminal.tieout("excel", "sync", "--workbook", "Other.xlsm")
    assert (answer.status, "The workbook Other.xlsm is not open" in answer.err) == (2, True)


def test_without_excel_the_way_out_is_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server has none."""
    with monkeypatch.context() as patch:
        patch.setattr(xw, "engines", [])
        answer = terminal.tieout("excel", "sync")
    assert (answer.status, "Use tieout sync and tieout push instead" in answer.err) == (2, True)


def test_an_installation_is_only_told_on_another_system(terminal: Terminal) -> None:
    """Workbook, add-in and shortcut, and that nothing was written."""
    answer = terminal.tieout("install")
    assert answer.status == 0
    assert [word in answer.out for word in (installation.WORKBOOK, installation.ADDIN, installation.SHORTCUT)] == [
        True
    ] * 3
    assert "Nothing was written, because this is not Windows." in answer.out
    assert list(terminal.folder.iterdir()) == []


def test_windows_is_told_how_the_companion_is_started() -> None:
    """Below the user's own keys: its name, its id, and the Python beside this one that opens no window."""
    keys = installation.companion_keys(Path("/opt/my python/python.exe"))
    assert keys[rf"{COMPANION}\CLSID"] == COMPANION_ID
    assert keys[rf"CLSID\{COMPANION_ID}\LocalServer32"] == '"/opt/my python/pythonw.exe" -P -m tieout companion'
    assert [key for key in keys if not key.startswith((COMPANION, rf"CLSID\{COMPANION_ID}"))] == []
    assert list(keys) == sorted(keys, key=lambda key: (not key.startswith(COMPANION), key.count("\\")))


def test_taking_it_away_is_only_told_on_another_system(terminal: Terminal) -> None:
    """Companion, add-in, shortcut and daily run, and what stays; it contradicts the other options."""
    answer = terminal.tieout("install", "--uninstall")
    assert answer.status == 0
    for word in (COMPANION, installation.ADDIN, installation.SHORTCUT, "Tieout watch", "are yours, and stay"):
        assert word in answer.out
    assert "Nothing was written, because this is not Windows." in answer.out
    assert terminal.tieout("install", "--uninstall", "--no-watch").status == 2


def test_no_paid_part_of_xlwings_is_used() -> None:
    """Nor is one switched on by a key."""
    assert xw.__pro__ is False
    assert excel.PATIENCE < 60


def test_an_excel_that_is_busy_is_found_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first call on, by button and by command; one that stays busy is told as that, and as no defect."""
    bench.engine.busy = 3
    assert excel.attach(None).name == "Tieout.xlsm"
    rejected = [ExcelBusy(), ExcelBusy()]

    def caller() -> xw.Book:
        if rejected:
            raise rejected.pop()
        return bench.book

    monkeypatch.setattr(xw.Book, "caller", caller)
    assert excel.caller().name == "Tieout.xlsm"
    monkeypatch.setattr(excel, "PATIENCE", 0.0)
    bench.engine.busy = 10_000
    with pytest.raises(Unavailable, match="excel-busy"):
        excel.attach(None)
    rejected += [ExcelBusy()] * 9
    with pytest.raises(Unavailable, match="excel-busy"):
        excel.caller()


@pytest.mark.parametrize(
    ("base", "refused"),
    [
        (r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.2544.0_x64__qbz5n2kfra8p0", True),
        (r"C:\Users\zoe\AppData\Local\Microsoft\WindowsApps", True),
        (r"C:\Users\zoe\AppData\Roaming\uv\python\cpython-3.12-windows-x86_64-none", False),
        (r"C:\Python312", False),
    ],
)
def test_python_of_the_store_is_refused(base: str, *, refused: bool) -> None:
    """It keeps what it writes to itself: Excel would find neither add-in nor workbook."""
    with pytest.raises(SetupError, match="install-python-of-store") if refused else nullcontext():
        require_own_python(base)
