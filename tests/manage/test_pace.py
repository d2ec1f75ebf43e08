"""The pace of requests: never more than allowed in any minute, a few at once, and none while Manage asks to wait."""

from __future__ import annotations

import threading
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.manage.http_session import Pace
from tests.manage.conftest import Time


def paced(per_minute: int | None, clock: Time) -> Pace:
    """A pace by a clock that only waiting moves."""
    return Pace(per_minute, clock=clock, sleep=clock.pass_by)


def most_in_a_minute(gone: list[float]) -> int:
    """The most requests that went in any sixty seconds."""
    return max(bisect_left(gone, first + 60) - place for place, first in enumerate(gone))


@given(st.integers(1, 1000), st.lists(st.sampled_from([0.0, 0.0, 0.05, 1.0, 20.0]), min_size=1, max_size=1500))
def test_no_minute_holds_more_than_allowed(per_minute: int, pauses: list[float]) -> None:
    """Whatever the number, and however the requests come."""
    clock = Time()
    pace = paced(per_minute, clock)
    gone = []
    for pause in pauses:
        clock.now += pause
        pace.turn()
        gone.append(clock.now)
    assert gone == sorted(gone)
    assert most_in_a_minute(gone) <= per_minute


@pytest.mark.parametrize("per_minute", [1, 39, 60, 100, 800, 999, 1000])
def test_the_allowance_is_used(per_minute: int) -> None:
    """Many requests in a row take hardly longer than the number allows."""
    clock = Time()
    pace, began, count = paced(per_minute, clock), clock.now, 5 * per_minute
    for _ in range(count):
        pace.turn()
    assert 0.78 < (clock.now - began) / 300 < 1.06


def test_a_few_go_at_once() -> None:
    """A reading of 40,000 invoices waits for nothing; the request after it does."""
    clock = Time()
    pace = paced(800, clock)
    for _ in range(40):
        pace.turn()
    assert clock.waits == []
    pace.turn()
    assert clock.waits == [pytest.approx(pace.spacing)]


def test_many_threads_share_one_allowance() -> None:
    """Counted together."""
    clock = Time()
    pace, gone, lock = paced(200, clock), [], threading.Lock()

    def work() -> None:
        for _ in range(100):
            pace.turn()
            with lock:
                gone.append(clock.now)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(gone), most_in_a_minute(sorted(gone)) <= 200) == (800, True)


def test_without_a_number_nothing_waits() -> None:
    """A practice site on this computer."""
    clock = Time()
    pace = paced(None, clock)
    for _ in range(5000):
        pace.turn()
    assert (clock.waits, pace.spacing) == ([], 0.0)


def test_being_ready_takes_no_turn() -> None:
    """It waits as long as the turn would; the turn then waits no more."""
    clock = Time()
    pace = paced(60, clock)
    for _ in range(3):
        pace.turn()
    pace.wait_for_turn()
    waited = sum(clock.waits)
    assert waited > 0
    pace.wait_for_turn()
    pace.turn()
    assert sum(clock.waits) == waited


@pytest.mark.parametrize("per_minute", [None, 800])
def test_a_rest_holds_everybody(per_minute: int | None) -> None:
    """Until its end, whoever asks; a shorter one changes nothing."""
    clock = Time()
    pace = paced(per_minute, clock)
    pace.rest(30)
    pace.rest(5)
    pace.turn()
    assert clock.now == 1030.0
