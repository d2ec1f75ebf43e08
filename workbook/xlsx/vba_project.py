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
SOURCE_ONLY = bytes.fromhex("cc61ffff000100")
"""What a project says that holds no compiled code (MS-OVBA 2.3.4.1, 3.1.1): Excel must not look for any."""


def sheet_module(number: int) -> str:
    """Return the code name of a sheet by its place from 1: short, so that Excel never repairs it."""
    return f"Sheet{number}"


def compiled(modules: Mapping[str, str], sheets: Sequence[str], references: Sequence[Library] = ()) -> bytes:
    """Put modules into a VBA project that fits a workbook.

    Args:
        modules: the text of each standard module, by its name; that of `BOOK_MODULE` is the workbook's own.
        sheets: the workbook's sheets, in order; the project holds one document module for each.
        references: libraries beside VBA's and Excel's own.

    Returns:
        The project in its source-only form: Excel compiles it at the first opening.
    """
    from pyopenvba import ExcelFile  # noqa: PLC0415 - only a build pays for it
    from pyopenvba.cfb import CFB  # noqa: PLC0415 - same
    from xlsxwriter import Workbook  # noqa: PLC0415 - same

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "host.xlsm"
        with Workbook(str(path)) as book:
            for name in sheets:
                book.add_worksheet(name)
        with ExcelFile(path) as host:
            project = host.add_vba_project()
            own = {each.name: each for each in project.modules}
            for name, text in modules.items():
                if name in own:
                    own[name].body = _lines(text)
                else:
                    project.add_module(name, _as_stored(name, text))
            for each in project.modules:
                each.dirty = True  # written anew, without what the template had compiled
            for name, guid, (major, minor) in references:
                host.add_reference(name, guid, major, minor)
            host.save()
        with ZipFile(path) as parts:
            container = CFB.from_bytes(parts.read(PROJECT))
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", SOURCE_ONLY)
    return bytes(container.to_bytes())


def _as_stored(name: str, text: str) -> str:
    """Return a module's text as a project holds it: its name first, and the line ends of Windows."""
    body = text if text.startswith("Attribute VB_Name") else f'Attribute VB_Name = "{name}"\n{text}'
    return _lines(body)


def _lines(text: str) -> str:
    return "\r\n".join(text.splitlines()) + "\r\n"
