"""Work that may hang where Python cannot interrupt it: done in a thread that is waited for and can be left behind.

Database drivers wait in C code or on a socket; a thread of their own is the only bound that holds with all of them. It
is waited for in short slices, so that Ctrl-C, or whoever cancels by an exception, is heard at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from math import inf
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")
SLICE = 0.1
"""Seconds between two looks at the clock."""
listener: ContextVar[Callable[[], object]] = ContextVar("listener", default=lambda: None)
"""What is called at each of these looks, and may cancel by an exception: for a thread that no Ctrl-C ever reaches."""


class OverdueError(Exception):
    """The work took longer than it may, and was left behind.

    Attributes:
        step: the one that took too long; None where the whole did.
        seconds: how long it may take.
    """

    def __init__(self, step: str | None, seconds: float) -> None:
        super().__init__(f"{step or 'the whole'} took more than {seconds:g} s")
        self.step = step
        self.seconds = seconds


class LeftBehindError(Exception):
    """Nobody waits for this work any more: it ends at its next step."""


class Bound:
    """What the work tells of itself: at which step it is, and how long that may take.

    Args:
        seconds: that the whole may take.
    """

    def __init__(self, seconds: float = inf) -> None:
        self._whole: tuple[str | None, float, float] = (None, seconds, monotonic() + seconds)
        self._step: tuple[str | None, float, float] = self._whole
        self._left = False

    def begin(self, step: str, seconds: float) -> None:
        """Begin a step, which ends the one before.

        Raises:
            LeftBehindError: nobody waits any more.
        """
        if self._left:
            raise LeftBehindError
        self._step = (step, seconds, monotonic() + seconds)

    def leave(self) -> None:
        """End the work at its next step."""
        self._left = True

    def require_in_time(self) -> None:
        """Raise the OverdueError of a step, or of the whole, that takes longer than it may."""
        for step, seconds, until in (self._step, self._whole):
            if monotonic() > until:
                raise OverdueError(step, seconds)


def within(seconds: float, work: Callable[[Bound], T]) -> T:
    """Return what a piece of work returns, and raise what it raises.

    Args:
        seconds: that the whole of it may take.
        work: is given the bound, at which it names its steps.

    Raises:
        OverdueError: it, or a step of it, took longer; it goes on by itself until its next step at most.
    """
    bound = Bound(seconds)
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work(bound))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join(SLICE)
        while thread.is_alive():
            bound.require_in_time()
            listener.get()()
            thread.join(SLICE)
    except BaseException:
        bound.leave()
        raise
    if failed:
        raise failed[0]
    return done[0]
