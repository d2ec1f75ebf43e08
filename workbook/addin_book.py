"""Builds the add-in `Tieout.xlam`: a ribbon tab whose buttons run the control workbook's own macros."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sync.whole import replacing
from workbook import formats
from workbook.control_book import MADE
from workbook.page import put
from workbook.vba import BOOK_MODULE, compiled, sheet_module

SHEET = "Tieout"
RIBBON = "customUI/customUI.xml"
_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_WORKBOOK_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
_OFFICE = ("Office", "2DF8D04C-5BFA-101B-BDE5-00AA0044DE52", (2, 8))
"""The library that names `IRibbonControl`."""


def build(path: Path, modules: Mapping[str, str], ribbon: str, control_workbook: str) -> None:
    """Write the add-in, whole or not at all.

    Args:
        path: the file; it ends in .xlam.
        modules: the text of each VBA module, by name.
        ribbon: the ribbon's XML.
        control_workbook: full path of the workbook whose macros it runs.

    Raises:
        OSError: the file cannot be written.
    """
    plain = _workbook(compiled(modules, [SHEET], [_OFFICE]), control_workbook)
    with replacing(path) as file, ZipFile(plain) as parts, ZipFile(file, "w", ZIP_DEFLATED) as made:
        for part in parts.infolist():
            made.writestr(part, _as_addin(part.filename, parts.read(part)), ZIP_DEFLATED)
        made.writestr(ZipInfo(RIBBON, MADE.timetuple()[:6]), ribbon.encode(), ZIP_DEFLATED)


def _workbook(project: bytes, control_workbook: str) -> io.BytesIO:
    import xlsxwriter  # noqa: PLC0415 - only a build pays for it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, formats.options()) as book:
        book.set_properties({"title": "Tieout", "created": MADE.replace(tzinfo=None)})
        book.add_vba_project(io.BytesIO(project), is_stream=True)
        book.set_vba_name(BOOK_MODULE)
        sheet = book.add_worksheet(SHEET)
        sheet.set_vba_name(sheet_module(1))
        put(sheet, 0, 0, control_workbook)
    return file


def _as_addin(name: str, content: bytes) -> bytes:
    """A part as an add-in has it: another type, and a relation to the ribbon."""
    if name == "[Content_Types].xml":
        return content.replace(_WORKBOOK_TYPE, _ADDIN_TYPE)
    if name == "_rels/.rels":
        relation = f'<Relationship Id="ribbon" Type="{_RELATION}" Target="{RIBBON}"/></Relationships>'
        return content.replace(b"</Relationships>", relation.encode())
    return content
