"""The command `tieout` as installed: the command line, outfitted with spreadsheets."""

from __future__ import annotations

import sys

from sync.cli.main import run
from sync.cli.options import Outfit
from sync.ports import ReviewFiles


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(None, Outfit(files=_files)))


def _files() -> ReviewFiles:
    from workbook.files import ExcelFiles  # noqa: PLC0415 - only commands that meet a spreadsheet pay for it

    return ExcelFiles()
