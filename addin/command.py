"""The command `tieout` as installed: the command line, outfitted with spreadsheets."""

from __future__ import annotations

import sys

from sync.cli.main import run
from sync.cli.options import Outfit
from sync.ports import ReviewFiles

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
    return Outfit(files=_files, commands=COMMANDS)


def _files() -> ReviewFiles:
    from workbook.files import ExcelFiles  # noqa: PLC0415 - only commands that meet a spreadsheet pay for it

    return ExcelFiles()
