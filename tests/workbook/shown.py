"""Everything that a workbook file shows, wherever it stands: cells, names, prompts, charts, paper, buttons."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

TEXTS = {"t", "v", "oddHeader", "oddFooter", "title", "subject", "description", "font"}
FORMULAS = {"f", "formula1", "formula2"}
"""Not those of conditional formats, which show nothing and know the words of every language."""
ATTRIBUTES = {"promptTitle", "prompt", "errorTitle", "error", "tooltip", "descr", "alt"}
_PARTS = re.compile(r"xl/(styles|worksheets/|charts/|tables/|drawings/)|docProps/core")
_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_NUMBER = re.compile(r"-?[\d.]+(E-?\d+)?$")


def shown(path: Path) -> set[str]:
    """Every text of a workbook that is not on a hidden sheet; words within formulas too."""
    found: set[str] = set()
    with ZipFile(path) as parts:
        sheets = _sheets(parts)
        hidden = {f"xl/worksheets/sheet{n}.xml" for n, each in enumerate(sheets, 1) if each.get("state") == "hidden"}
        found |= {str(each.get("name")) for each in sheets if each.get("state") != "hidden"}
        shared = [_whole(each) for each in fromstring(parts.read("xl/sharedStrings.xml"))]
        for name in parts.namelist():
            if _PARTS.match(name) and name.endswith((".xml", ".vml")) and name not in hidden:
                found |= _of_part(fromstring(parts.read(name)), shared)
    return {text for text in found if text.strip() and not _NUMBER.match(text)}


def sheet_names(path: Path) -> list[str]:
    """The names of all sheets, hidden ones too."""
    with ZipFile(path) as parts:
        return [str(each.get("name")) for each in _sheets(parts)]


def _sheets(parts: ZipFile) -> list[Element]:
    return [each for each in fromstring(parts.read("xl/workbook.xml")).iter() if _tag(each.tag) == "sheet"]


def _of_part(root: Element, shared: list[str]) -> set[str]:
    found: set[str] = set()
    for each in root.iter():
        tag = _tag(each.tag)
        found |= {text for name, text in each.attrib.items() if _tag(name) in ATTRIBUTES}
        if tag == "tableColumn":
            found.add(str(each.get("name")))
        if tag == "numFmt":
            found |= set(_LITERAL.findall(each.get("formatCode", "")))
        if tag == "c" and each.get("t") == "s":
            found.add(shared[int("".join(v.text or "" for v in each if _tag(v.tag) == "v"))])
        elif tag in FORMULAS:
            found |= {word for literal in _LITERAL.findall(each.text or "") for word in literal.split(",")}
        elif tag in TEXTS and each.text and not (tag == "v" and _NUMBER.match(each.text)):
            found.add(each.text)
    return found


def _whole(item: Element) -> str:
    return "".join(each.text or "" for each in item.iter() if _tag(each.tag) == "t")


def _tag(name: str) -> str:
    return name.rpartition("}")[2]
