"""Work with a limit: it ends in time, or is left behind; whoever waits is interruptible."""

from __future__ import annotations

import _thread
from threading import Event, Timer

import pytest

from sync.system.bounded import Bound, LeftBehindError, OverdueError, within


def test_what_is_done_in_time_is_returned_and_what_fails_is_raised() -> None:
    """As if there were no thread."""
    assert within(60, lambda _: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda _: 1 // 0)


@pytest.mark.parametrize(("whole", "step"), [(60.0, 0.2), (0.2, 60.0)])
def test_a_step_or_the_whole_may_be_too_slow(whole: float, step: float) -> None:
    """What is left behind ends at its next step, and does nothing more."""
    go, ended, more = Event(), Event(), Event()

    def work(bound: Bound) -> None:
        bound.begin("waiting", step)
        go.wait(60)
        try:
            bound.begin("more", 60)
            more.set()
        except LeftBehindError:
            ended.set()

    with pytest.raises(OverdueError) as overdue:
        within(whole, work)
    assert (overdue.value.step, overdue.value.seconds) == ("waiting" if step < whole else None, 0.2)
    go.set()
    assert (ended.wait(60), more.is_set()) == (True, False)


def test_ctrl_c_is_heard_while_it_hangs() -> None:
    """The main thread is never in a call that cannot be interrupted; a slice is far shorter than the work."""
    hang = Event()
    Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        within(60, lambda _: hang.wait(60))
    hang.set()
