"""The VBA a test workbook carries: the stand-in for xlwings' own module, and projects built from text."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter
from pyopenvba import ExcelFile

_HERE = Path(__file__).resolve().parent


def stub(python: str, pipe: str, folder: Path, seconds: int = 30) -> str:
    """Write the module `xlwings` whose RunPython starts Python beside LibreOffice instead of Excel.

    Args:
        python: the interpreter that runs the command.
        pipe: the pipe of the LibreOffice that the workbook is open in.
        folder: a folder for messages between the two: `command`, `workbook`, `done` (the exit code),
            `status` (each text put into the status bar) and `error` (what went wrong, if anything).
        seconds: how long RunPython waits before it returns -1.
    """
    arguments = " ".join(f'"{part}"' for part in (_HERE / "child.py", __package__, pipe, folder))
    text = (_HERE / "stub.bas").read_text(encoding="utf-8")
    filled = {"PYTHON": python, "ARGUMENTS": arguments, "FOLDER": str(folder), "SECONDS": str(seconds)}
    for word, meaning in filled.items():
        text = text.replace(f"@{word}@", meaning.replace('"', '""'))
    return text


def project(sheets: int, modules: Mapping[str, str]) -> bytes:
    """Build a vbaProject.bin for a workbook of so many sheets (`Sheet1` ...) out of module texts by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.xlsm"
        with xlsxwriter.Workbook(str(path)) as book:
            for number in range(sheets):
                book.add_worksheet(f"Sheet{number + 1}")
        with ExcelFile(path) as file:
            added = file.add_vba_project()
            for name, text in modules.items():
                added.add_module(name, "\r\n".join(text.splitlines()) + "\r\n")
            file.save()
        with zipfile.ZipFile(path) as parts:
            return parts.read("xl/vbaProject.bin")
