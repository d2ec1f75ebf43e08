"""The command `tieout` as installed: the command line, outfitted with spreadsheets."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from sync.cli.main import run
from sync.cli.options import Outfit
from sync.core.values.messages import Language
from sync.usecases.ports import AuditFiles, ReviewFiles, StoryFiles

COMMANDS = dict.fromkeys(("workbook", "excel", "install"), "addin.excel_commands")
"""The module of each command that is about Excel."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(None, outfit()))


def outfit() -> Outfit:
    """Return what the command line is given: spreadsheets, and the commands that need them."""
    return Outfit(files=_files, audits=_audits, stories=_stories, commands=COMMANDS)


def _files(language: Language) -> ReviewFiles:
    from workbook.review.review_file import ExcelFiles  # noqa: PLC0415 - only commands that meet a spreadsheet pay for it

    return ExcelFiles(language)


def _audits(language: Language) -> AuditFiles:
    from workbook.audit.pack import AuditPacks  # noqa: PLC0415 - only an export pays for it

    return AuditPacks(_print, language)


def _stories(language: Language) -> StoryFiles:
    from workbook.audit.story_book import StoryBooks  # noqa: PLC0415 - only who wants a workbook pays for it

    return StoryBooks(language)


def _print(workbook: Path, pdf: Path) -> None:
    import_module("addin.live.pdf").make_pdf(workbook, pdf)  # by name: `python -m sync` must not depend on Excel
