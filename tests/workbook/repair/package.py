"""The parts of a file, how they are named and typed, and what leads from one to another."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import defusedxml.ElementTree
from defusedxml import DefusedXmlException
from pyopenvba.cfb import CFB

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
M = f"{{{MAIN}}}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES, ROOT = "[Content_Types].xml", "_rels/.rels"
_T = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
WORKBOOKS = {
    "xlsx": f"{_SPREADSHEET}sheet.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
_TYPE_OF = {
    f"{_OFFICE}worksheet": f"{_SPREADSHEET}worksheet+xml",
    f"{_OFFICE}styles": f"{_SPREADSHEET}styles+xml",
    f"{_OFFICE}sharedStrings": f"{_SPREADSHEET}sharedStrings+xml",
    f"{_OFFICE}table": f"{_SPREADSHEET}table+xml",
    f"{_OFFICE}theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    f"{_OFFICE}drawing": "application/vnd.openxmlformats-officedocument.drawing+xml",
    f"{_OFFICE}chart": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    f"{_OFFICE}vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "http://schemas.microsoft.com/office/2006/relationships/vbaProject": "application/vnd.ms-office.vbaProject",
}
RIBBON = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_UI = "{http://schemas.microsoft.com/office/2006/01/customui}"
_CONTROLS = {
    "customUI": {"ribbon"},
    "ribbon": {"tabs"},
    "tabs": {"tab"},
    "tab": {"group"},
    "group": {"button", "labelControl", "separator", "box"},
    "box": {"button", "labelControl"},
}
_ALIKE = ("label", "screentip", "supertip", "enabled", "visible", "keytip", "image")
"""Attributes of which a control has either the words or the macro that gives them, never both."""
SOURCE_ONLY = b"\xcc\x61\xff\xff\x00\x01\x00"


class Relation(NamedTuple):
    """What leads from a part to another."""

    id: str
    kind: str
    target: str
    external: bool


@lru_cache(maxsize=64)
def _parsed(content: bytes) -> Element:
    found: Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    return found


class Package:
    """A file as the names of its parts and what they hold.

    Args:
        suffix: of the file, without the dot.
        parts: names and contents, in their order.
    """

    def __init__(self, suffix: str, parts: list[tuple[str, bytes]]) -> None:
        self.suffix, self.entries, self.parts = suffix, parts, dict(parts)

    @classmethod
    def read(cls, path: Path) -> Package:
        """Open a file."""
        with ZipFile(path) as parts:
            return cls(path.suffix[1:], [(each.filename, parts.read(each)) for each in parts.infolist()])

    def written(self, path: Path) -> Path:
        """Write it to a file."""
        buffer = BytesIO()
        with ZipFile(buffer, "w") as file:
            for name, content in self.entries:
                file.writestr(name, content)
        path.write_bytes(buffer.getvalue())
        return path

    def xml(self, name: str) -> Element:
        """Return a part's root."""
        return _parsed(self.parts[name])

    def relations(self, part: str) -> list[Relation]:
        """Return what leads on from a part; from "" what leads into the file."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.parts:
            return []
        found = []
        for each in self.xml(rels):
            external = each.get("TargetMode") == "External"
            target = each.get("Target", "")
            place = target if external else posixpath.normpath(posixpath.join("/", folder, target)).removeprefix("/")
            found.append(Relation(each.get("Id", ""), each.get("Type", ""), place, external))
        return found

    def types(self) -> dict[str, str]:
        """Return the content type of each part that has one."""
        root = self.xml(TYPES)
        by_end = {
            each.get("Extension", "").casefold(): each.get("ContentType", "") for each in root.iter(f"{_T}Default")
        }
        named = {each.get("PartName", "")[1:]: each.get("ContentType", "") for each in root.iter(f"{_T}Override")}
        found = {name: named.get(name) or by_end.get(name.rpartition(".")[2].casefold()) for name in self.parts}
        return {name: kind for name, kind in found.items() if kind}

    @property
    def main(self) -> str:
        """Name of the workbook's part."""
        return next((each.target for each in self.relations("") if each.kind == f"{_OFFICE}officeDocument"), "")

    def sheets(self) -> Iterator[tuple[str, Element]]:
        """Yield the worksheets' parts, in the order of the tabs."""
        places = {each.id: each.target for each in self.relations(self.main)}
        for each in self.xml(self.main).iterfind(f"{M}sheets/{M}sheet"):
            name = places.get(each.get(f"{R}id", ""), "")
            if name in self.parts:
                yield name, self.xml(name)

    def of_kind(self, part: str, kind: str) -> list[str]:
        """Return the parts that a part leads to, of one kind."""
        return [each.target for each in self.relations(part) if each.kind == f"{_OFFICE}{kind}"]

    def workbook_part(self, kind: str) -> Element | None:
        """Return the root of the styles or the shared strings, or None."""
        found = self.of_kind(self.main, kind)
        return self.xml(found[0]) if found and found[0] in self.parts else None


def unreadable(found: Package) -> Iterator[str]:
    """XML that no reader takes: broken, with a document type, or with characters that XML has not."""
    for name, content in found.entries:
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                _parsed(content)
            except (SyntaxError, DefusedXmlException) as error:
                yield f"{name}: cannot be read ({type(error).__name__})"
    if TYPES not in found.parts or not found.main or found.main not in found.parts:
        yield "no content types, or no workbook"


def names(found: Package) -> Iterator[str]:
    """Parts of the same name, whatever its capitals, and names that are no path of a part."""
    for name, count in Counter(name.casefold() for name, _ in found.entries).items():
        if count > 1:
            yield f"{name}: stands twice"
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            yield f"{name}: no name of a part"


def content_types(found: Package) -> Iterator[str]:
    """Parts without a type, types of parts that are not there, and a workbook of another type than its file's name."""
    types, root = found.types(), found.xml(TYPES)
    for name in found.parts:
        if name != TYPES and name not in types:
            yield f"{name}: has no content type"
    named = [each.get("PartName", "")[1:] for each in root.iter(f"{_T}Override")]
    for name, count in Counter(named).items():
        if count > 1:
            yield f"{name}: has two content types"
        if name not in found.parts:
            yield f"{name}: has a content type and is not there"
    if types.get(found.main) != WORKBOOKS[found.suffix]:
        yield f"{found.main}: is not of the type of a file .{found.suffix}"


def relations(found: Package) -> Iterator[str]:
    """Relations that lead nowhere, bear one id twice, lead to a part of another type, or are named and not there."""
    types, reached = found.types(), {TYPES, ROOT}
    for part in ("", *found.parts):
        leads = found.relations(part)
        inside = [each for each in leads if not each.external]
        reached |= {each.target for each in inside}
        if len({each.id for each in leads} - {""}) < len(leads):
            yield f"{part}: a relation stands twice, or has no id"
        for each in inside:
            if each.target not in found.parts:
                yield f"{part}: relation {each.id} leads to {each.target}, which is not there"
            elif types.get(each.target) != _TYPE_OF.get(each.kind, types.get(each.target)):
                yield f"{part}: relation {each.id} leads to a part of another type"
        for id_ in sorted(_named(found, part) - {each.id for each in leads}):
            yield f"{part}: names relation {id_}, which is not there"
    yield from (f"{name}: nothing leads to it" for name in found.parts if name not in reached and name[-5:] != ".rels")


def _named(found: Package, part: str) -> set[str]:
    """Return the relations that a part names."""
    if not part.endswith((".xml", ".vml")):
        return set()
    return {value for node in found.xml(part).iter() for key, value in node.attrib.items() if key.startswith(R)}


def macros(found: Package) -> Iterator[str]:
    """A VBA project with compiled code, or with other modules than the code names of workbook and sheets say."""
    for name in (each.target for each in found.relations(found.main) if each.kind.endswith("vbaProject")):
        container = CFB.from_bytes(found.parts[name])
        streams = set(container.list_streams_in_storage("VBA"))
        if container.get_stream_in_storage("VBA", "_VBA_PROJECT") != SOURCE_ONLY:
            yield f"{name}: is not in the source-only form (MS-OVBA 2.3.4.1)"
        codes = [
            found.xml(found.main).find(f"{M}workbookPr"),
            *(root.find(f"{M}sheetPr") for _, root in found.sheets()),
        ]
        named = [None if each is None else each.get("codeName") for each in codes]
        if len(set(named)) < len(named) or any(each is None or each not in streams or len(each) > 31 for each in named):
            yield f"{name}: code names of sheets and modules differ"


def ribbon(found: Package) -> Iterator[str]:
    """A ribbon with controls where they may not stand, ids that stand twice, or a word given in two ways."""
    for name in (each.target for each in found.relations("") if each.kind == RIBBON):
        root = found.xml(name)
        ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
        yield from (f"{name}: id {each} stands twice" for each, count in ids.items() if count > 1)
        for each in (root, *root.iter()):
            tag = each.tag.removeprefix(_UI)
            inside = {child.tag.removeprefix(_UI) for child in each}
            if not each.tag.startswith(_UI) or not inside <= _CONTROLS.get(tag, set()):
                yield f"{name}: {tag} holds what may not stand there ({inside})"
            if tag == "button" and not (
                each.get("onAction") and re.fullmatch(r"[A-Za-z_][\w.-]*", each.get("id") or "")
            ):
                yield f"{name}: a button without a name or a macro"
            for key in _ALIKE:
                if key in each.attrib and f"get{key.capitalize()}" in each.attrib:
                    yield f"{name}: {tag} has {key} in two ways"
            if any(len(value) > 1024 for value in each.attrib.values()):
                yield f"{name}: {tag} has a text of more than 1,024 characters"


RULES = (names, content_types, relations, macros, ribbon)
