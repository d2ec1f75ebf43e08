"""Progress in Excel's status bar: one message per stage, so that the number of calls never grows with the rows."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from addin.live_book import LiveBook
from sync.core.words import Text, say
from sync.ports import Stage


class StatusBar:
    """Implements the port `Progress`."""

    def __init__(self, book: LiveBook) -> None:
        self._book = book

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Say what begins, and how much of it there is, or how long that will take."""
        if how_long is not None:
            self._book.progress(str(say("Tieout: {sentence}", sentence=how_long)))
        elif total > 1:  # before that the button's own macro has said that Tieout is starting
            few, many = (
                say("Tieout: {label}...", label=label),
                say("Tieout: {label} ({total} rows)...", label=label, total=total),
            )
            self._book.progress(str(few if total <= _FEW else many))
        return _Quiet()


_FEW = 2
"""A stage of no more steps has no rows to count."""


class _Quiet:
    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def step(self, count: int = 1) -> None:
        """Say nothing: a call to Excel for each row would take longer than the row."""
