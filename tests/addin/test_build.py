"""What is built from text: the same bytes each time, our VBA as written, and every control with something behind it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import defusedxml.ElementTree
import pytest
from oletools.olevba import VBA_Parser
from openpyxl import load_workbook
from pyopenvba import ExcelFile, check_file
from pyopenvba.cfb import CFB

from addin import OPENED, entry
from addin.install.build import BUTTONS, RIBBON_MACROS, build_addin, build_workbook, module, ribbon, xlwings_module
from addin.live.live_book import GIVE_BACK
from addin.tasks import TASKS
from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH
from workbook.control import panel
from workbook.control.layout_mark import SHEETS

UI = "{http://schemas.microsoft.com/office/2006/01/customui}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A workbook and its add-in."""
    folder = tmp_path_factory.mktemp("built")
    workbook, addin = folder / "Tieout.xlsm", folder / "Tieout.xlam"
    build_workbook(workbook, ENGLISH, interpreter=r"C:\Users\Zoé\tieout\python.exe")
    build_addin(addin, workbook, ENGLISH)
    return workbook, addin


def modules(path: Path) -> dict[str, str]:
    """The VBA that an independent reader finds, by module, without the line ends of Windows."""
    parser = VBA_Parser(str(path))
    try:
        found = {str(name).rpartition(".")[0]: str(code) for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()
    return {name: code.replace("\r\n", "\n") for name, code in found.items()}


def body(code: str) -> str:
    """A module's text without the attributes that name it."""
    return "".join(line + "\n" for line in code.splitlines() if not line.startswith("Attribute VB_"))


def subs(code: str) -> dict[str, str]:
    """The public Subs of a module and their parameters."""
    return dict(re.findall(r"^Public Sub (\w+)\(([^)]*)\)", code, re.MULTILINE))


def test_two_builds_are_the_same_bytes(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Workbook and add-in."""
    workbook, addin = files
    build_workbook(tmp_path / "again.xlsm", ENGLISH, interpreter=r"C:\Users\Zoé\tieout\python.exe")
    build_addin(tmp_path / "again.xlam", workbook, ENGLISH)
    assert workbook.read_bytes() == (tmp_path / "again.xlsm").read_bytes()
    assert addin.read_bytes() == (tmp_path / "again.xlam").read_bytes()


def test_another_reader_finds_our_modules_as_written(files: tuple[Path, Path]) -> None:
    """Ours to the letter, and xlwings' own of the installed version."""
    workbook, addin = files
    found = modules(workbook)
    assert body(found[BUTTONS]) == module(BUTTONS, ENGLISH)
    assert body(found["xlwings"]) == body(xlwings_module())
    assert body(modules(addin)[RIBBON_MACROS]) == module(RIBBON_MACROS, ENGLISH)
    assert {f"Sheet{number}" for number in range(1, len(SHEETS) + 1)} < set(found)


def test_the_packages_are_whole(files: tuple[Path, Path]) -> None:
    """Every part that is named is there, and every container holds together."""
    for path in files:
        report = check_file(path)
        assert (report.complete, list(report.issues)) == (True, [])


def test_the_projects_hold_source_only(files: tuple[Path, Path]) -> None:
    """The documented form (MS-OVBA 2.3.4.1): seven bytes in place of compiled code, and each module from its start."""
    for path in files:
        with ZipFile(path) as parts:
            container = CFB.from_bytes(parts.read("xl/vbaProject.bin"))
        assert container.get_stream_in_storage("VBA", "_VBA_PROJECT") == bytes.fromhex("cc61ffff000100")
        assert [name for name in container.list_streams_in_storage("VBA") if name.startswith("__SRP")] == []
        with ExcelFile(path) as host:
            starts = {each.name: each.text_offset for each in host.vba_project().modules}
        assert set(starts.values()) == {0}


def test_our_vba_is_short_and_asks_nothing_of_a_test() -> None:
    """Under a hundred lines in all, and no message box behind a button."""
    assert sum(len(module(name, ENGLISH).splitlines()) for name in (BUTTONS, RIBBON_MACROS)) < 100
    assert "MsgBox" not in module(BUTTONS, ENGLISH)


def test_every_button_has_a_sub_and_every_sub_an_entry_point() -> None:
    """Captions, macros and Python functions fit together."""
    code = module(BUTTONS, ENGLISH)
    others = {"Auto_Open", GIVE_BACK.rpartition(".")[2]}
    assert subs(code) == dict.fromkeys((*(button.macro for button in panel.BUTTONS), *others), "")
    assert f'Sub Auto_Open(): ByCompanion "{OPENED}": End Sub' in code
    assert set(re.findall(r'^    Start "(\w+)"', code, re.MULTILINE)) == set(TASKS)
    assert callable(entry.press)


def test_every_ribbon_control_has_a_callback_of_the_right_signature() -> None:
    """The callbacks run the control workbook's own macros, and no others."""
    tree: Element = defusedxml.ElementTree.fromstring(ribbon(ENGLISH))
    actions = [button.get("onAction") for button in tree.iter(f"{UI}button")]
    found = subs(module(RIBBON_MACROS, ENGLISH))
    assert actions == list(found)
    assert set(found.values()) == {"control As IRibbonControl"}
    forwarded = set(re.findall(r'Forward "(\w+)"', module(RIBBON_MACROS, ENGLISH)))
    assert forwarded == {"Auto_Open", *(button.macro for button in panel.BUTTONS)}  # Excel runs it where a person opens


def test_the_addin_carries_its_ribbon_and_knows_its_workbook(files: tuple[Path, Path]) -> None:
    """The ribbon is linked from the package, the type is an add-in's, and the workbook's path stands in A1."""
    workbook, addin = files
    with ZipFile(addin) as parts:
        assert parts.read("customUI/customUI.xml").decode() == ribbon(ENGLISH)
        assert b'Target="customUI/customUI.xml"' in parts.read("_rels/.rels")
        assert b"addin.macroEnabled" in parts.read("[Content_Types].xml")
        assert str(workbook) in parts.read("xl/sharedStrings.xml").decode()


@pytest.mark.filterwarnings("ignore:Print area cannot be set")  # openpyxl's, of two areas
def test_xlwings_is_told_everything_by_the_workbook_itself(files: tuple[Path, Path]) -> None:
    """Each setting that its VBA asks for stands on the sheet, without a gap: no file beside the workbook has a say."""
    sheet = load_workbook(files[0])["xlwings.conf"]
    settings = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    asked = set(re.findall(r'GetConfig\("([^"]+)"', xlwings_module()))
    assert (sheet.sheet_state, len(settings), sheet.max_row) == ("hidden", len(asked), len(asked))
    assert set(settings) == asked
    assert {key: value for key, value in settings.items() if value} == {
        "INTERPRETER_WIN": r"C:\Users\Zoé\tieout\python.exe",
        "INTERPRETER_MAC": r"C:\Users\Zoé\tieout\python.exe",
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "SHOW CONSOLE": "False",
        "SHOW_ERROR_POPUPS": "True",
        "USE UDF SERVER": "False",
        "DEBUG UDFS": "False",
        "TEMP DIR": "%TEMP%",
    }


@pytest.mark.parametrize("name", ["Tieout.xlsx", "Tieout"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    """Excel would not run its macros."""
    with pytest.raises(SetupError, match=r"install-wrong-suffix.*suffix=\.xlsm"):
        build_workbook(tmp_path / name, ENGLISH)
    with pytest.raises(SetupError, match=r"install-wrong-suffix.*suffix=\.xlam"):
        build_addin(tmp_path / name, tmp_path / "Tieout.xlsm", ENGLISH)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In words, and with nothing left behind."""
    with pytest.raises(SetupError, match="install-file-not-writable"):
        build_workbook(tmp_path / "missing" / "Tieout.xlsm", ENGLISH)
    assert list(tmp_path.iterdir()) == []
