"""For whoever works by keyboard or by ear: inputs in reading order, and words for every button and chart."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import defusedxml.ElementTree
import openpyxl
import pytest

from addin.install.build import build_workbook
from sync.core.values.messages import Language, Text
from sync.language.catalogues import language, languages
from sync.settings.interview import SECRETS
from tests.workbook import paper
from tests.workbook.audit import packs
from workbook.control.panel import BUTTONS, CHECK_SETUP, INPUTS
from workbook.control.panel import SHEET as CONTROL
from workbook.control.settings_sheet import NAME as SETTINGS
from workbook.control.settings_sheet import ROWS

pytestmark = pytest.mark.filterwarnings("ignore:Print area cannot be set")  # openpyxl knows no whole columns

OBJECT = re.compile(r"xl/drawings/(drawing|vmlDrawing)\d+\.(xml|vml)")


@pytest.fixture(params=["en", "fr"], scope="module")
def built_in(request: pytest.FixtureRequest) -> Language:
    """Either language."""
    return language(request.param)


@pytest.fixture(scope="module")
def control(built_in: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The control workbook."""
    path = tmp_path_factory.mktemp("control") / "Tieout.xlsm"
    build_workbook(path, built_in, interpreter="/opt/tieout/python")
    return path


def drawn(path: Path) -> list[Element]:
    """The objects that stand on the sheets of a file: buttons, charts and pictures."""
    with ZipFile(path) as parts:
        trees = [defusedxml.ElementTree.fromstring(parts.read(n)) for n in parts.namelist() if OBJECT.fullmatch(n)]
    return [each for tree in trees for each in tree.iter() if each.tag.endswith(("}cNvPr", "vml}shape"))]


def description(drawn: Element) -> str:
    """What a screen reader says of an object."""
    return drawn.get("descr") or drawn.get("alt") or ""


def test_every_button_says_what_it_does(control: Path, built_in: Language) -> None:
    """On the control sheet and on the sheet Settings, in the workbook's language."""
    said = sorted(description(each) for each in drawn(control))
    assert said == sorted(each.description.said(built_in) for each in (*BUTTONS, CHECK_SETUP))
    others = {each.description.said(other) for each in BUTTONS for other in languages() if other is not built_in}
    assert others.isdisjoint(said)


def test_every_chart_says_what_it_shows(built_in: Language, tmp_path: Path) -> None:
    """And where its figures stand."""
    made = packs.pack(tmp_path, packs.audit(paper.rows(40)), language=built_in)
    charts = drawn(made)
    assert len(charts) > 1
    assert [each.get("name") for each in charts if len(description(each)) < 20] == []


@pytest.mark.parametrize("name", [CONTROL, SETTINGS])
def test_the_tab_key_goes_from_input_to_input_as_one_reads(control: Path, built_in: Language, name: Text) -> None:
    """The sheet is protected, so that Tab stops at unlocked cells only: row by row, all in one column."""
    sheet = openpyxl.load_workbook(control)[name.said(built_in)]
    unlocked = [cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    wanted = list(INPUTS.values())
    if name is SETTINGS:
        wanted = [f"C{row}" for field, row in ROWS.items() if field not in SECRETS]
    assert sheet.protection.sheet
    assert unlocked == wanted


def test_every_input_has_a_label_to_its_left(control: Path, built_in: Language) -> None:
    """So that what is read before the cell says what it is."""
    book = openpyxl.load_workbook(control)
    for name, cells in ((CONTROL, INPUTS.values()), (SETTINGS, [f"C{row}" for row in ROWS.values()])):
        sheet = book[name.said(built_in)]
        assert [cell for cell in cells if not sheet[f"B{cell[1:]}"].value] == []
