"""The companion: does what the workbook's buttons ask for, one task at a time, in a thread beside Excel.

It knows neither Windows nor Excel. Whoever serves it says how the thread reaches the workbook, and what the work is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from sync.core.values.messages import Text, say
from sync.language.catalogues import choose
from sync.system import bounded
from sync.usecases.ports import SilentStage, Stage

if TYPE_CHECKING:
    from xlwings import Book

IDLE = 15 * 60.0
"""Seconds after which a companion that nobody asked for anything ends."""
EACH = 0.5
"""Seconds between two showings of how far a task is: so often, however many rows."""
Reach = Callable[[Callable[["Book"], object]], object]
"""Does something with the workbook, in the thread that calls it."""
Hear = Callable[[], None]
"""Raises KeyboardInterrupt where somebody has cancelled the task."""
Work = Callable[[str, "Book", str | None, Hear], object]
"""Does a task: its name, the workbook, the language it was built in, and how it hears that it is cancelled."""
_log = logging.getLogger(__name__)


class Companion:
    """Begins tasks, cancels them, and knows how long nothing was asked of it.

    Args:
        work: see `Work`; whatever it raises ends its task, and no more.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._lock = Lock()
        self._name = ""
        self._cancelled = Event()
        self._asked = monotonic()

    def start(self, name: str, language: str | None, reach: Reach) -> str:
        """Begin a task, and return at once.

        Args:
            name: of the task.
            language: that the workbook was built in.
            reach: see `Reach`; it is called in the task's own thread.

        Returns:
            Why it was not begun, in one sentence; empty where it was.
        """
        with self._lock:
            if busy := self.state(language):
                return busy
            self._name, self._cancelled = name, Event()
            Thread(target=self._run, args=(name, language, reach, self._cancelled), daemon=True).start()
        return ""

    def cancel(self, language: str | None) -> str:
        """Have the task end at its next safe point; return what is to be said of it."""
        if not self._name:
            return self.state(language) or say("excel-nothing-to-cancel").said(choose(language))
        self._cancelled.set()
        return say("excel-cancelling").said(choose(language))

    def state(self, language: str | None) -> str:
        """Return that a task is under way, in one sentence; empty where none is."""
        self._asked = monotonic()
        return say("excel-still-at-work").said(choose(language)) if self._name else ""

    def idle(self) -> float:
        """Return for how many seconds nothing was done and nothing asked; 0 while a task is under way."""
        return 0.0 if self._name else monotonic() - self._asked

    def _run(self, name: str, language: str | None, reach: Reach, cancelled: Event) -> None:
        def hear() -> None:
            if cancelled.is_set():
                raise KeyboardInterrupt

        bounded.listener.set(hear)
        try:
            reach(lambda book: self._work(name, book, language, hear))
        except BaseException as error:  # noqa: BLE001 - a task that fails ends by itself, and the companion stays
            _log.error("the task %s came to nothing: %s", name, error)
        finally:
            self._asked, self._name = monotonic(), ""


class Way(Enum):
    """How Excel and Python came together; the value is what the workbook says of it."""

    COMPANION = say("excel-way-companion")
    RUN_PYTHON = say("excel-way-run-python")
    COMMAND = say("excel-way-command")


class Screen(Protocol):
    """Where it is shown how far a task is."""

    def say(self, text: Text) -> str:
        """Return the words in the language chosen."""

    def show(self, words: str) -> None:
        """Show it where Excel listens, without waiting where it does not.

        Raises:
            Unavailable: the workbook has been closed.
        """


class RowByRow:
    """Implements the port `Progress`: each row is counted, what is shown is shown by time, and a cancel is heard.

    A cancel is heard between two steps and nowhere else, so never while a row is written and read back.
    """

    def __init__(self, screen: Screen, hear: Hear) -> None:
        self._screen, self._hear = screen, hear

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Say what begins; raise KeyboardInterrupt where it is cancelled already."""
        self._hear()
        return _Rows(self._screen, self._hear, label, total, how_long)


class _Rows(SilentStage):
    """A stage whose steps are counted."""

    def __init__(self, screen: Screen, hear: Hear, label: Text, total: int, how_long: Text | None) -> None:
        self._screen, self._hear, self._label, self._total = screen, hear, label, total
        self._done, self._shown = 0, monotonic()
        first = say("excel-status-sentence", sentence=how_long) if how_long is not None else self._so_far()
        screen.show(screen.say(first))

    def step(self, count: int = 1) -> None:
        """Count it, show it twice a second, and raise KeyboardInterrupt where the task is cancelled."""
        self._done += count
        if monotonic() - self._shown >= EACH:
            self._shown = monotonic()
            self._screen.show(self._screen.say(self._so_far()))
        self._hear()

    def _so_far(self) -> Text:
        if self._total <= _FEW:
            return say("excel-status-stage", label=self._label)
        return say("excel-status-row-of-rows", label=self._label, done=self._done, total=self._total)


_FEW = 2
"""A stage with at most this many steps does not count rows."""
