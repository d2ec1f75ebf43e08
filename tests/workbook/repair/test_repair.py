"""The files that Tieout makes need no repair, and a file that does is told from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from addin.install.build import build_addin, build_workbook
from sync.core.values.messages import Language
from sync.language.catalogues import ENGLISH, languages
from tests.workbook import paper
from tests.workbook.audit.packs import audit, pack
from workbook.review.review_file import ExcelFiles

from . import complaints
from .package import Package

Parts = dict[str, bytes]
BOOK, TYPES, STRINGS, STYLES = "xl/workbook.xml", "[Content_Types].xml", "xl/sharedStrings.xml", "xl/styles.xml"
FIRST, SECOND, THIRD = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))
TABLE, VML, RIBBON = "xl/tables/table1.xml", "xl/drawings/vmlDrawing1.vml", "customUI/customUI.xml"


def made(folder: Path, language: Language) -> dict[str, Path]:
    """One file of each kind: the control workbook, the add-in, a review, a pack."""
    folder.mkdir()
    found = {"control": folder / "Tieout.xlsm", "addin": folder / "Tieout.xlam", "review": folder / "review.xlsx"}
    build_workbook(found["control"], language, interpreter=r"C:\Users\Zoé\python.exe")
    build_addin(found["addin"], found["control"], language)
    ExcelFiles(language).write(found["review"], paper.review(paper.rows(30)))
    return found | {"pack": pack(folder / "pack", audit(paper.rows(30)), language=language)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """All kinds, in each language."""
    folder = tmp_path_factory.mktemp("files")
    return {each.code: made(folder / each.code, each) for each in languages()}


@pytest.fixture(scope="module")
def good(files: dict[str, dict[str, Path]]) -> dict[str, Package]:
    """All kinds in English; of the longest list only the first rows, which are all alike."""
    found = {kind: Package.read(path) for kind, path in files[ENGLISH.code].items()}
    entries = [
        (name, re.sub(rb'<row r="(?:\d{2,})".*</row>', b"", content) if name.endswith("sheet6.xml") else content)
        for name, content in found["control"].entries
    ]
    return found | {"control": Package("xlsm", entries)}


@pytest.mark.parametrize("kind", ["control", "addin", "review", "pack"])
@pytest.mark.parametrize("language", languages(), ids=lambda each: each.code)
def test_our_files_need_no_repair(files: dict[str, dict[str, Path]], language: Language, kind: str) -> None:
    """The control workbook, the add-in, a review and a pack."""
    assert list(complaints(Package.read(files[language.code][kind]))) == []


def test_an_empty_review_and_long_words_need_none(tmp_path: Path) -> None:
    """A table of no rows, and words as long as a cell, with signs that are nobody's."""
    for number, rows in enumerate(([], [paper.proposal(1, customer="\x01_x0041_ é🧾" * 4_000)])):
        path = tmp_path / f"{number}.xlsx"
        ExcelFiles(ENGLISH).write(path, paper.review(rows))
        assert list(complaints(Package.read(path))) == []


def swap(old: str, new: str, count: int = 1) -> Callable[[bytes], bytes]:
    """Exchange some text of a part, given as a pattern."""

    def change(content: bytes) -> bytes:
        text, times = re.subn(old, new, content.decode(), count=count, flags=re.DOTALL)
        assert times, old
        return text.encode()

    return change


def named(name: str) -> Callable[[bytes], bytes]:
    """Give the second sheet another name."""
    return swap(r'(<sheet .*?<sheet name=")[^"]*', rf"\g<1>{name}")


def called(name: str) -> Callable[[bytes], bytes]:
    """Give the first defined name that is no sheet's another one."""
    return swap(r'<definedName name="(?!_xlnm)[^"]*', f'<definedName name="{name}')


LONG = "x" * 300
CHANGES: list[tuple[str, str, Callable[[bytes], bytes], str]] = [
    ("review", FIRST, swap("</worksheet>", ""), "cannot be read"),
    ("review", FIRST, swap(r"<\?xml.*?\?>", '<!DOCTYPE x [<!ENTITY a "b">]>'), "cannot be read"),
    ("review", STRINGS, swap("<t>", "<t>\x01"), "cannot be read"),
    ("review", STRINGS, swap("<t>", "<t>_x0001_"), "control character"),
    ("review", TYPES, swap(r'<Override PartName="/xl/styles.xml"[^>]*>', ""), "relation"),
    ("review", TYPES, swap(r'<Default Extension="rels"[^>]*>', ""), "has no content type"),
    ("review", TYPES, swap(r"(<Override [^>]*>)", r"\1\1"), "two content types"),
    ("review", TYPES, swap("/xl/styles.xml", "/xl/stiles.xml"), "has a content type and is not there"),
    ("review", TYPES, swap(r"sheet\.main", "template.main"), "is not of the type of a file .xlsx"),
    ("addin", TYPES, swap("addin.macroEnabled", "sheet.macroEnabled"), "is not of the type of a file .xlam"),
    ("review", "xl/_rels/workbook.xml.rels", swap('Id="rId2"', 'Id="rId1"'), "relation stands twice"),
    ("review", "xl/_rels/workbook.xml.rels", swap("theme1.xml|styles.xml", "none.xml"), "which is not there"),
    ("review", "xl/worksheets/_rels/sheet1.xml.rels", swap('Id="rId1"', 'Id="rId7"'), "names relation rId1"),
    ("review", "_rels/.rels", swap(r"<Relationship [^>]*core-properties[^>]*>", ""), "nothing leads to it"),
    ("review", BOOK, named(""), "is no name of a sheet"),
    ("review", BOOK, named("Thirty-two letters are too many!"), "is no name of a sheet"),
    ("review", BOOK, named("'Totals'"), "is no name of a sheet"),
    *(("review", BOOK, named(f"a{sign}b"), "is no name of a sheet") for sign in ":/?*[]"),
    *(("review", BOOK, named(name), "keeps for itself") for name in ("History", "HISTORIQUE")),
    ("review", BOOK, named("RECONCILIATION"), "two sheets of one name"),
    ("review", BOOK, swap('sheetId="2"', 'sheetId="1"'), "two sheets of one sheetId"),
    ("review", BOOK, swap("<workbookView ", '<workbookView activeTab="9" '), "the sheet in front"),
    ("review", BOOK, swap('<sheet name="Reconciliation"', '<sheet name="Reconciliation" state="hidden"'), "in front"),
    *(("review", BOOK, called(name), "is no name") for name in ("A1", "R1C1", "1st", "my name", LONG)),
    ("review", BOOK, called("Approve_no"), "stands twice"),
    ("review", BOOK, swap(r"(definedName [^>]*>)Legend!", r"\1Nowhere!"), "which is not there"),
    ("review", BOOK, swap(r"(definedName [^>]*>)[^<]*", r"\1#REF!"), "refers to nothing"),
    ("review", BOOK, swap('localSheetId="0"', 'localSheetId="9"'), "is of a sheet that is not there"),
    ("review", STRINGS, swap('count="', 'count="1'), "are not what is counted"),
    ("review", STRINGS, swap(r"<si><t>([^<]*)</t></si><si><t>[^<]*<", r"<si><t>\1</t></si><si><t>\1<"), "stands twice"),
    ("review", STRINGS, swap("<t>", "<t>" + "x" * 32_768), "longer than a cell"),
    ("review", STYLES, swap('<fonts count="', '<fonts count="1'), "the count of fonts"),
    ("review", STYLES, swap('(<cellXfs .*?fontId=")', r"\g<1>99"), "refers to fontId"),
    ("review", STYLES, swap('(<cellXfs .*?numFmtId="1)', r"\g<1>99"), "refers to number format"),
    ("review", STYLES, swap('formatCode="[^"]*', f'formatCode="{LONG}'), "stands twice, is empty or too long"),
    ("review", STYLES, swap('numFmt numFmtId="164"', 'numFmt numFmtId="20"'), "Excel's own"),
    ("review", STYLES, swap('rgb="FF', 'rgb="#F'), "is no colour"),
    ("review", TABLE, swap('displayName="[^"]*', 'displayName="Approve_no'), "is no name of a table"),
    ("review", TABLE, swap('id="1"', 'id="0"'), "the table's id"),
    ("review", TABLE, swap('ref="(A5):([A-Z]+)[0-9]+"', r'ref="\1:\g<2>5"', 2), "a table of no rows"),
    ("review", TABLE, swap('<tableColumn id="2"[^>]*/>', ""), "columns in"),
    ("review", TABLE, swap('id="2" name="[^"]*', 'id="2" name="Approve'), "a column's name stands twice"),
    ("review", TABLE, swap('<tableColumn id="2"', '<tableColumn id="1"'), "a column's id stands twice"),
    ("review", TABLE, swap('id="2" name="[^"]*', 'id="2" name="Bill'), "are not the words of the header row"),
    ("review", FIRST, swap('<c r="B5"[^>]*>.*?</c>', '<c r="B5"><v>5</v></c>'), "are not the words of the header row"),
    ("review", TABLE, swap('<autoFilter ref="A5', '<autoFilter ref="A6'), "the filter covers other cells"),
    ("review", FIRST, swap('<tableParts count="1">', '<tableParts count="2">'), "the tables that it names"),
    (
        "review",
        FIRST,
        swap(
            "<conditionalFormatting",
            '<mergeCells count="1"><mergeCell ref="A6:B6"/></mergeCells><conditionalFormatting',
        ),
        "meets a merged cell",
    ),
    ("review", FIRST, swap("(<pageMargins[^>]*>)(<pageSetup[^>]*>)", r"\2\1"), "out of order"),
    ("review", FIRST, swap("(<pageMargins[^>]*>)", r"\1\1"), "twice"),
    ("review", FIRST, swap('dataValidations count="', 'dataValidations count="1'), "the count of dataValidations"),
    ("review", FIRST, swap('<brk id="9"[^>]*>', ""), "the count of colBreaks"),
    ("review", FIRST, swap('priority="2"', 'priority="1"'), "of one priority"),
    ("review", FIRST, swap('dxfId="1"', 'dxfId="99"'), "conditional format refers to format 99"),
    ("review", FIRST, swap("(<cfRule[^>]*><formula>)", r"\1="), "the formula of a conditional format"),
    ("review", FIRST, swap("(<cfRule[^>]*>)<formula>[^<]*</formula>", r"\1"), "the formula of a conditional format"),
    ("review", FIRST, swap('(conditionalFormatting sqref=")[^"]*', r"\1"), "a conditional format over no cells"),
    ("review", FIRST, swap('errorTitle="', f'errorTitle="{LONG[:33]}'), "more than 32 characters in errorTitle"),
    ("review", FIRST, swap(' error="', f' error="{LONG}'), "more than 255 characters in error"),
    (
        "review",
        FIRST,
        swap('type="list"([^>]*)><formula1>[^<]*', rf'type="list"\1><formula1>"{LONG}"'),
        "a formula that",
    ),
    ("review", FIRST, swap("<formula1>500</formula1>", ""), "no formula for kind textLength"),
    ("review", FIRST, swap("TODAY[(][)]", "XLOOKUP(1,A1:A2,B1:B2)"), "without _xlfn."),
    ("review", FIRST, swap("TODAY[(][)]", "TODAY("), "a bracket or a quote too many"),
    ("review", FIRST, swap('(<dataValidation [^>]*sqref=")[^"]*', r"\1"), "no cells of a data validation"),
    ("pack", THIRD, swap('location="[^"]*"', ""), "a link to nowhere"),
    ("review", FIRST, swap("<oddHeader>", f"<oddHeader>{LONG}"), "header or footer"),
    ("review", FIRST, swap("<oddHeader>", "<oddHeader>&amp;L"), "a part twice"),
    ("review", FIRST, swap('scale="89"', 'scale="5"'), "a scale that Excel has not"),
    ("review", FIRST, swap('topLeftCell="[^"]*"', ""), "a frozen part without its corner"),
    ("review", FIRST, swap('selection pane="topRight"', 'selection pane="topLeft"'), "cells are chosen in a part"),
    ("pack", SECOND, swap("<drawing ", "<picture "), "the drawing that it names"),
    (
        "control",
        THIRD,
        swap('autoFilter ref="A4', 'autoFilter ref="A5'),
        "filter and its name differ",
    ),
    ("control", THIRD, swap("<autoFilter[^>]*>", ""), "filter and its name differ"),
    (
        "control",
        THIRD,
        swap("(<autoFilter[^>]*)/>", r'\1><filterColumn colId="99"/></autoFilter>'),
        "a filter of a column outside",
    ),
    ("control", VML, swap("_x0000_s1026", "_x0000_s1025"), "ids of controls"),
    ("control", VML, swap("_x0000_s1026", "_x0000_s9026"), "ids of controls"),
    ("control", "xl/drawings/vmlDrawing2.vml", swap('data="2"', 'data="1"'), "ids of controls"),
    ("control", VML, swap(r"\[0\]!RunSync", "[0]!"), "a control without a macro"),
    ("control", SECOND, swap('codeName="Sheet2"', 'codeName="Sheet1"'), "code names of sheets and modules differ"),
    ("control", SECOND, swap('codeName="Sheet2"', 'codeName="Reconciliation"'), "code names of sheets and modules"),
    ("addin", RIBBON, swap('id="TieoutPush"', 'id="TieoutRunSync"'), "id TieoutRunSync stands twice"),
    ("addin", RIBBON, swap("<group", "<panel"), "cannot be read"),
    ("addin", RIBBON, swap("<button(.*?)/>", r"<ribbon\1/>"), "holds what may not stand there"),
    ("addin", RIBBON, swap('onAction="[^"]*"', ""), "a button without a name or a macro"),
    ("addin", RIBBON, swap("<button ", '<button getLabel="Words" '), "label in two ways"),
    ("addin", RIBBON, swap('supertip="', f'supertip="{LONG * 4}'), "more than 1,024"),
    ("review", FIRST, swap('<col min="2" max="2"', '<col min="1" max="2"'), "columns out of order"),
    ("review", FIRST, swap('(<col [^>]*)width="[^"]*"', r'\1width="256"'), "wider than 255"),
    ("review", FIRST, swap('(<col [^>]*)style="[^"]*"', r'\1style="999"'), "a column of a format"),
    ("review", FIRST, swap('<row r="3"', '<row r="2"'), "row 2 is out of order"),
    ("review", FIRST, swap('<row r="1"', '<row r="1" ht="410" customHeight="1"'), "row 1 is higher"),
    ("review", FIRST, swap('<c r="B6"', '<c r="A6"'), "cells of row 6"),
    ("review", FIRST, swap('<c r="B6"', '<c r="B7"'), "cells of row 6"),
    ("pack", THIRD, swap('(<row r="3" spans=")[^"]*', r"\g<1>2:3"), "outside its span"),
    ("review", FIRST, swap('<dimension ref="[^"]*"', '<dimension ref="A1:C3"'), "outside the sheet's dimension"),
    ("review", FIRST, swap('(<c r="B6" s=")[0-9]*', r"\g<1>999"), "B6 is of a kind or a format"),
    ("review", FIRST, swap('(<c r="B5"[^>]*><v>)', r"\g<1>9999"), "B5 refers to a text"),
    ("review", FIRST, swap('(<c r="E6"[^>]*><v>)[^<]*', r"\1nan"), "E6 is no number"),
    ("review", FIRST, swap("<f>", "<f>="), "has a formula that"),
    (
        "review",
        FIRST,
        swap('<c r="B6"[^>]*>.*?</c>', f'<c r="B6" t="inlineStr"><is><t>{LONG * 110}</t></is></c>'),
        "B6 has a text",
    ),
    ("review", FIRST, swap("</worksheet>", '<extLst><ext uri="{0}"/></extLst></worksheet>'), "Excel does not know"),
]


@pytest.mark.parametrize(
    ("kind", "part", "change", "said"),
    CHANGES,
    ids=[f"{number} {said}"[:40] for number, (*_, said) in enumerate(CHANGES)],
)
def test_a_broken_file_is_told(
    good: dict[str, Package], kind: str, part: str, change: Callable[[bytes], bytes], said: str
) -> None:
    """One part of a good file is changed, and what is wrong with it is said; nothing was before."""
    entries = [(name, change(content) if name == part else content) for name, content in good[kind].entries]
    assert entries != good[kind].entries
    found = list(complaints(Package(good[kind].suffix, entries)))
    assert [each for each in found if said in each] != [], found


def test_the_file_that_is_changed_is_good(good: dict[str, Package]) -> None:
    """With its longest list cut, too."""
    assert [list(complaints(each)) for each in good.values()] == [[]] * 4


def test_a_part_that_stands_twice_is_told(good: dict[str, Package]) -> None:
    """Whatever its capitals: Windows knows no difference."""
    entries = good["review"].entries
    found = Package("xlsx", [*entries, ("XL/Styles.xml", good["review"].parts[STYLES])])
    assert "xl/styles.xml: stands twice" in list(complaints(found))


def test_compiled_macros_are_told(good: dict[str, Package]) -> None:
    """A project that somebody saved with Excel is not the one that was built."""
    entries = [
        (
            name,
            content.replace(b"\xcc\x61\xff\xff\x00\x01\x00", b"\xcc\x61\xb5\x00\x00\x01\x00")
            if name.endswith(".bin")
            else content,
        )
        for name, content in good["addin"].entries
    ]
    assert any("source-only form" in each for each in complaints(Package("xlam", entries)))
