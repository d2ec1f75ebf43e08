"""How fast Manage is asked: so many requests in any minute at most, and less once it says that it was too many."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

SHARE = 20
"""A pause is followed by no more than this part of a minute's requests at once."""
LEAST = 1 / 8
"""However often Manage complains, this part of the rate is left."""
RECOVERY = 600.0
"""Seconds from nothing to the whole rate."""
SLACK = 0.2
"""Seconds in a minute: requests that leave apart may arrive that much closer together."""
SHORTEST = 0.001
"""Seconds: a wait is never so short that the clock would not move."""


class Pace:
    """Lets requests go, whichever thread sends them, reads and writes alike.

    At most `burst` go in any `burst`-th part of the minute, so never more than `per_minute` in any sixty seconds,
    wherever they begin. Without `per_minute` there is no such limit, and only Manage's own "wait" is kept.
    """

    def __init__(
        self,
        per_minute: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        minute: float = 60.0,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        burst = max(1, (per_minute or 0) // SHARE)
        self._span = (minute + SLACK) / (per_minute // burst) if per_minute else 0.0
        self._gone: deque[float] = deque(maxlen=burst)
        self._share, self._slowed, self._resumes = 1.0, float("-inf"), float("-inf")
        self._lock = threading.Lock()

    @property
    def spacing(self) -> float:
        """Seconds from one request to the next when many follow each other."""
        with self._lock:
            return self._span_now(self._clock()) / (self._gone.maxlen or 1)

    def turn(self) -> float:
        """Wait until one more request may go, and let it go. Returns the moment, for `slow`."""
        while True:
            with self._lock:
                now = self._clock()
                left = self._left(now)
                if left <= 0:
                    self._gone.append(now)
                    return now
            self._sleep(max(left, SHORTEST))

    def ready(self) -> None:
        """Wait until one more request may go; the next one of this thread then waits for nothing but other threads."""
        while True:
            with self._lock:
                left = self._left(self._clock())
            if left <= 0:
                return
            self._sleep(max(left, SHORTEST))

    def slow(self, gone: float) -> None:
        """Halve the rate: Manage said "too many" to a request that went at that moment.

        It comes back slowly. What was under way when the rate was halved last says nothing new.
        """
        with self._lock:
            if gone >= self._slowed:
                now = self._clock()
                self._share, self._slowed = max(self._share_now(now) / 2, LEAST), now

    def rest(self, seconds: float) -> None:
        """Let nothing go for so long, from any thread."""
        with self._lock:
            self._resumes = max(self._resumes, self._clock() + seconds)

    def wait(self, seconds: float) -> None:
        """Hold this thread only."""
        self._sleep(seconds)

    def _left(self, now: float) -> float:
        full = len(self._gone) == self._gone.maxlen
        free = self._gone[0] + self._span_now(now) if full else now
        return max(free, self._resumes) - now

    def _share_now(self, now: float) -> float:
        return min(1.0, self._share + (now - self._slowed) / RECOVERY)

    def _span_now(self, now: float) -> float:
        return self._span / self._share_now(now)
