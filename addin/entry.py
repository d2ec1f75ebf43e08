"""What Excel runs: a task by RunPython, which starts Python anew, or the companion, which does one after another.

Each task says at once that it is at work, and only then brings in what it needs: the words in the status bar wait for
xlwings alone, not for both systems' libraries.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from addin import OPENED

if TYPE_CHECKING:
    from xlwings import Book

    from addin.live.companion import Hear


def press(name: str, language: str | None = None) -> None:
    """Do a button's task by RunPython.

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
    from addin.live.companion import Way  # noqa: PLC0415 - same

    tasks.press(name, book, built_in, Way.RUN_PYTHON)


def companion() -> None:
    """Be the companion that Windows starts: answer Excel at once, and end when nobody has asked for a while."""
    from addin.live.com_server import serve  # noqa: PLC0415 - RunPython does without
    from addin.live.companion import IDLE, Companion  # noqa: PLC0415 - same

    serve(Companion(work), IDLE, _prepare)


def work(name: str, book: Book, language: str | None, hear: Hear) -> None:
    """Do a button's task for the companion.

    Args:
        name: of the task.
        book: the workbook.
        language: as for `press`.
        hear: hears that the task is cancelled.
    """
    from addin.live import excel  # noqa: PLC0415 - has been brought in by then
    from addin.live.companion import Way  # noqa: PLC0415 - same
    from sync import __version__  # noqa: PLC0415 - same
    from sync.language.catalogues import choose  # noqa: PLC0415 - same
    from sync.settings.profiles import default_state  # noqa: PLC0415 - same
    from sync.system import log  # noqa: PLC0415 - same

    built_in = choose(language)
    log.begin(default_state(), verbose=False, version=__version__, command=["companion", name])
    try:
        if name == OPENED:
            from addin.live.opened import show  # noqa: PLC0415 - the log has begun

            show(book)
            return
        excel.greet(book, built_in)
        from addin import tasks  # noqa: PLC0415 - may still be under way, once something stands in the status bar

        tasks.press(name, book, built_in, Way.COMPANION, hear)
    except SystemExit as error:  # what xlwings would show
        excel.take_leave(book, str(error.code))
        raise
    except Exception as error:
        log.defect(error)
        raise
    finally:
        log.end()


def _prepare() -> None:
    """Bring in what tasks need."""
    for module in ("xlwings", "addin.tasks"):
        import_module(module)
