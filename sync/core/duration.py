"""How long a push will take: what a person is told before it starts."""

from __future__ import annotations

from math import ceil

from sync.core.words import Text, say

REQUESTS_A_ROW = 2
"""Its write, and the reading back."""
WORTH_SAYING = 15.0
"""Seconds; less is not worth a sentence."""
_MOST_SECONDS, _STEP, _MINUTE = 90, 10, 60


def expected(rows: int, seconds_each: float) -> float:
    """Seconds that it takes to write rows one by one.

    Args:
        rows: how many.
        seconds_each: from one request to the next.
    """
    return rows * REQUESTS_A_ROW * seconds_each


def told(rows: int, seconds_each: float) -> Text | None:
    """What to say of it, rounded up; None when it will not take long. Arguments as for `expected`."""
    seconds = expected(rows, seconds_each)
    if seconds <= WORTH_SAYING:
        return None
    if seconds <= _MOST_SECONDS:
        return say(
            "{rows} rows are written one by one; this takes about {seconds} seconds.",
            rows=rows,
            seconds=_STEP * ceil(seconds / _STEP),
        )
    return say(
        "{rows} rows are written one by one; this takes about {minutes} minutes.",
        rows=rows,
        minutes=ceil(seconds / _MINUTE),
    )
