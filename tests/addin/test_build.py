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
from pyopenvba.interpreter import parse_module

from addin import OPENED, entry
from addin.install.build import BUTTONS, RIBBON_MACROS, build_addin, build_workbook, module, ribbon, xlwings_module
from addin.live.dialogue import ASK, ASK_DAY
from addin.live.excel import GIVE_BACK
from addin.tasks import TASKS
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.language.catalogues import ENGLISH, language
from workbook.control import panel
from workbook.control.layout_mark import SHEETS
from workbook.xlsx.vba_project import BOOK_MODULE

UI = "{http://schemas.microsoft.com/office/2006/01/customui}"
SIGNATURES = {
    "onLoad": "ribbon As IRibbonUI",
    "onAction": "control As IRibbonControl",
    "getLabel": "control As IRibbonControl, ByRef shown As Variant",
    "getSupertip": "control As IRibbonControl, ByRef shown As Variant",
}
"""What VBA has to take for each callback ([MS-CUSTOMUI])."""
_NAMED = {"id", "label", "getLabel", "keytip", "screentip", "supertip", "getSupertip"}
SCHEMA = {
    "customUI": {"onLoad", "loadImage"},
    "ribbon": {"startFromScratch"},
    "tabs": set[str](),
    "tab": {"id", "label", "keytip", "tag", "visible"},
    "group": {*_NAMED, "tag", "imageMso", "visible"},
    "button": {*_NAMED, "tag", "size", "imageMso", "onAction", "enabled", "visible"},
    "labelControl": {*_NAMED, "tag", "visible"},
}
"""Of the schema of 2006/01, the attributes that are of use here."""


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
    ribbons = modules(addin)
    for name in (RIBBON_MACROS, BOOK_MODULE):
        assert body(ribbons[name]) == module(name, ENGLISH)
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
    """Under a hundred lines in all, none too long to read; a message box asks, or shows what no cell can."""
    texts = [module(name, ENGLISH).splitlines() for name in (BUTTONS, RIBBON_MACROS, BOOK_MODULE)]
    assert sum(map(len, texts)) < 100
    assert [line for text in texts for line in text if len(line) > 160 and "$" not in line and '"' not in line] == []
    asks, says = [line for line in module(BUTTONS, ENGLISH).splitlines() if "MsgBox" in line]
    assert asks.startswith("Public Function Ask(")
    assert says.strip().startswith("On Error Resume Next: Status.Value = words: If Err.Number <> 0 Then MsgBox words")


@pytest.mark.parametrize("name", [BUTTONS, RIBBON_MACROS])
def test_no_macro_ends_in_the_debugger(name: str) -> None:
    """Whatever a person can start handles what Excel refuses: disabled macros, a sheet that is gone, a locked file."""
    code = module(name, ENGLISH)
    procedures = re.split(r"^(?=Public |Private )", code, flags=re.MULTILINE)
    refused = re.compile(r"Application\.Run |Workbooks\.Open|CreateObject|Status\.Value = ")
    risky = [each for each in procedures if refused.search(each)]
    assert [each for each in risky if "On Error " not in each] == []
    assert len(risky) >= 2


@pytest.mark.parametrize("code", ["en", "fr"])
def test_an_independent_parser_takes_our_vba(code: str) -> None:
    """In either language: no word of a sentence ends a line or a text too soon. It does not know WithEvents."""
    kinds = {BUTTONS: "standard", RIBBON_MACROS: "standard", BOOK_MODULE: "document"}
    for name, kind in kinds.items():
        text = module(name, language(code))
        parsed = parse_module(text.replace("WithEvents ", ""), name=name, kind=kind)
        assert len(parsed.procedures) == len(re.findall(r"^(?:Public|Private) (?:Sub|Function) ", text, re.MULTILINE))


def test_every_button_has_a_sub_and_every_sub_an_entry_point() -> None:
    """Captions, macros and Python functions fit together."""
    code = module(BUTTONS, ENGLISH)
    others = {"Auto_Open": "", "Press": "ByVal task As Variant", GIVE_BACK.rpartition(".")[2]: ""}
    assert subs(code) == {button.macro: "" for button in panel.BUTTONS} | others
    pressed = re.findall(r'^Public Sub (\w+)\(\)\n    Press "([\w-]+)"\nEnd Sub$', code, re.MULTILINE)
    assert {macro for macro, _ in pressed} == {button.macro for button in panel.BUTTONS} - {panel.CANCEL.macro}
    assert {task for _, task in pressed} <= set(TASKS)
    assert f'Sub Auto_Open(): ByCompanion "{OPENED}": End Sub' in code
    asked = {f"{BUTTONS}.{name}" for name in re.findall(r"^Public Function (\w+)", code, re.MULTILINE)}
    assert asked == {ASK, ASK_DAY}
    assert callable(entry.press)


def test_every_ribbon_control_has_a_callback_of_the_right_signature() -> None:
    """The callbacks run the control workbook's own macros, and no others."""
    tree: Element = defusedxml.ElementTree.fromstring(ribbon(ENGLISH))
    buttons = list(tree.iter(f"{UI}button"))
    tags = [button.get("tag") for button in buttons if button.get("onAction") == "RibbonPress"]
    assert sorted(map(str, tags)) == sorted(TASKS)
    captions = {button.caption.said(ENGLISH) for button in (*panel.BUTTONS, *panel.ON_RIBBON)}
    assert {button.get("label") for button in buttons} - captions == {say("open-workbook").said(ENGLISH)}
    assert len(buttons) == len(captions) + 1
    calls = {name: kind for each in tree.iter() for kind, name in each.attrib.items() if kind in SIGNATURES}
    found = subs(module(RIBBON_MACROS, ENGLISH))
    forwarded = set(re.findall(r'Forward "(\w+)"', module(RIBBON_MACROS, ENGLISH)))
    assert forwarded == {"Auto_Open", "Press", "Cancel"}  # Excel runs the first of them only where a person opens
    refresh = {name: "" for name in found if name not in calls}
    assert found == {name: SIGNATURES[kind] for name, kind in calls.items()} | refresh
    assert refresh == dict.fromkeys(re.findall(r": (\w+): End Sub", module(BOOK_MODULE, ENGLISH)), "")


def test_the_ribbon_shows_company_start_date_and_status() -> None:
    """By the names of the workbook's own cells; anew whenever a cell or the workbook in front changes."""
    tree: Element = defusedxml.ElementTree.fromstring(ribbon(ENGLISH))
    shown = [label.get("tag") for label in tree.iter(f"{UI}labelControl")]
    assert shown == [panel.Input.COMPANY.value, panel.Input.START.value, panel.Figure.STATUS.value]
    events = re.findall(r"^Private Sub program_(\w+)\(", module(BOOK_MODULE, ENGLISH), re.MULTILINE)
    assert events == ["WorkbookActivate", "SheetChange"]


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_control_of_the_ribbon_has_a_key_tip_of_its_own(code: str) -> None:
    """Tabs, groups and buttons in the order of the work; no key tip begins another, which could then not be typed."""
    tree: Element = defusedxml.ElementTree.fromstring(ribbon(language(code)))
    tips = [str(button.get("keytip")) for button in tree.iter(f"{UI}button")]
    assert all(re.fullmatch("[A-Z]{1,3}", tip) for tip in tips)
    assert [a for a in tips if sum(b.startswith(a) for b in tips) > 1] == []
    assert [tab.get("keytip") for tab in tree.iter(f"{UI}tab")] == ["TI"]
    groups = [group.get("id") for group in tree.iter(f"{UI}group")]
    assert groups == ["TieoutNow", "TieoutRead", "TieoutReview", "TieoutPayments", "TieoutRecords"]


def test_the_ribbon_keeps_to_its_schema() -> None:
    """The attributes that 2006/01 knows for what stands in it, none twice said, and ids that are used once."""
    tree: Element = defusedxml.ElementTree.fromstring(ribbon(ENGLISH))
    for each in tree.iter():
        kind = each.tag.removeprefix(UI)
        assert set(each.attrib) <= SCHEMA[kind], kind
        assert {name[3:].lower() for name in each.attrib if name.startswith("get")} & set(each.attrib) == set()
        assert len(each.get("label", "")) <= 1024
        assert len(each.get("supertip", "")) <= 1024
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


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
