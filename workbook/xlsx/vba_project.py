"""Compile VBA text into `vbaProject.bin`, on any system and always to the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

PROJECT = "xl/vbaProject.bin"
Library = tuple[str, str, tuple[int, int]]
"""A library that a project refers to: name, GUID, version."""
BOOK_MODULE = "ThisWorkbook"


def sheet_module(number: int) -> str:
    """Return the code name of a sheet by its place from 1: short, so that Excel never repairs it."""
    return f"Sheet{number}"


def compiled(modules: Mapping[str, str], sheets: Sequence[str], references: Sequence[Library] = ()) -> bytes:
    """Put modules into a VBA project that fits a workbook.

    Args:
        modules: the text of each standard module, by its name.
        sheets: the workbook's sheets, in order; the project holds one document module for each.
        references: libraries beside VBA's and Excel's own.

    Returns:
        The project in its source-only form: Excel compiles it at the first opening (MS-OVBA 2.3.4.1).
    """
    from pyopenvba import ExcelFile  # noqa: PLC0415 - only a build pays for it
    from xlsxwriter import Workbook  # noqa: PLC0415 - same

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "host.xlsm"
        with Workbook(str(path)) as book:
            for name in sheets:
                book.add_worksheet(name)
        with ExcelFile(path) as host:
            project = host.add_vba_project()
            for name, text in modules.items():
                project.add_module(name, _as_stored(name, text))
            for name, guid, (major, minor) in references:
                host.add_reference(name, guid, major, minor)
            host.save()
        with ZipFile(path) as parts:
            return parts.read(PROJECT)


def _as_stored(name: str, text: str) -> str:
    """Return a module's text as a project holds it: its name first, and the line ends of Windows."""
    body = text if text.startswith("Attribute VB_Name") else f'Attribute VB_Name = "{name}"\n{text}'
    return "\r\n".join(body.splitlines()) + "\r\n"
