"""The command `tieout` as installed: the command line, outfitted with spreadsheets."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from sync.cli.main import run
from sync.cli.options import Outfit
from sync.files import AuditFiles, ReviewFiles

COMMANDS = {
    "workbook": ("addin.commands", "Build the control workbook, with its buttons, for this computer."),
    "excel": ("addin.commands", "Do from outside Excel what the control workbook's buttons do."),
    "install": ("addin.commands", "Put the control workbook, the add-in and a shortcut in place."),
}


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(None, outfit()))


def outfit() -> Outfit:
    """What the command line is given: spreadsheets, and the commands that need them."""
    return Outfit(files=_files, audits=_audits, commands=COMMANDS)


def _files() -> ReviewFiles:
    from workbook.files import ExcelFiles  # noqa: PLC0415 - only commands that meet a spreadsheet pay for it

    return ExcelFiles()


def _audits() -> AuditFiles:
    from workbook.audit.pack import AuditPacks  # noqa: PLC0415 - only an export pays for it

    return AuditPacks(_print)


def _print(workbook: Path, pdf: Path) -> None:
    import_module("addin.paper").make_pdf(workbook, pdf)  # by name: `python -m sync` must not depend on Excel
