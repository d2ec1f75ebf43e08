"""What the workbook's buttons call. Each says at once that it is at work, and only then brings in what its task needs.

A click starts Python anew: the words in the status bar wait for xlwings alone, not for both systems' libraries.
"""

from __future__ import annotations

import sys


def run_sync(language: str | None = None) -> None:
    """The button Run Sync."""
    _start("sync", language)


def push(language: str | None = None) -> None:
    """The button Push to Manage."""
    _start("push", language)


def trial(language: str | None = None) -> None:
    """The button Trial."""
    _start("trial", language)


def export_audit(language: str | None = None) -> None:
    """The button Export Audit."""
    _start("export", language)


def check_setup(language: str | None = None) -> None:
    """The button Check Setup."""
    _start("check", language)


def _start(name: str, language: str | None) -> None:
    """Do a button's task.

    Args:
        name: of the task.
        language: that the workbook was built in; None for one that was built before it said so.
    """
    from addin.live import excel  # noqa: PLC0415 - brings in xlwings' own part of the wait, and nothing else
    from sync.core.values.errors import TieoutError  # noqa: PLC0415 - same
    from sync.language.catalogues import choose  # noqa: PLC0415 - same

    built_in = choose(language)
    try:
        book = excel.caller()
        excel.greet(book, built_in)
    except TieoutError as error:
        sys.exit(error.said(built_in))
    from addin import tasks  # noqa: PLC0415 - all the rest, once something stands in the status bar

    tasks.press(name, book, built_in, by_button=True)
