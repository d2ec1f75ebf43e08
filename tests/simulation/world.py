"""The one clock and the one tick: every side effect goes through it, so that anything can happen just before it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

START = datetime(2026, 4, 10, 13, 30, tzinfo=UTC)
TODAY = date(2026, 4, 10)
STEP = timedelta(seconds=1)


class DiedError(BaseException):
    """The process was killed. No product code may catch this."""


@dataclass
class World:
    """True time, what is still on its way through the network, and what happens at which tick.

    Attributes:
        moment: true time, UTC.
        count: ticks so far, over all restarts.
        names: what each tick stood before or after, in order.
        deaths: ticks at which the process dies.
        hooks: what somebody else does at a tick.
        arrivals: requests that the network still holds, with the moment at which they arrive.
    """

    moment: datetime = START
    count: int = 0
    names: list[str] = field(default_factory=list)
    deaths: Collection[int] = ()
    hooks: dict[int, Callable[[], object]] = field(default_factory=dict)
    arrivals: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    def tick(self, name: str) -> None:
        """A side effect is about to happen, or has just happened.

        Raises:
            DiedError: this is where the process dies.
        """
        self.count += 1
        self.names.append(name)
        count = self.count
        self.pass_by(STEP)
        if hook := self.hooks.pop(count, None):
            hook()
        if count in self.deaths:
            raise DiedError(name)

    def seconds(self) -> float:
        """True time as a number."""
        return self.moment.timestamp()

    def later(self, seconds: float, happens: Callable[[], object]) -> None:
        """Let something happen once so many seconds have gone by."""
        self.arrivals.append((self.moment + timedelta(seconds=seconds), happens))

    def pass_by(self, span: timedelta) -> None:
        """Let time go by; what was on its way arrives when it is due."""
        end = self.moment + span
        while due := [each for each in self.arrivals if each[0] <= end]:
            first = min(due, key=lambda each: each[0])
            self.arrivals.remove(first)
            self.moment = max(self.moment, first[0])
            first[1]()
        self.moment = end

    def calm(self) -> None:
        """From now on nobody interferes and nothing dies; what is on its way still arrives."""
        self.deaths, self.hooks = (), {}


@dataclass
class LocalClock:
    """The clock of one computer, which may be wrong by `skew`."""

    world: World
    skew: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The moment this computer believes in."""
        return self.world.moment + self.skew

    def today(self) -> date | None:
        """Always the same day, so that windows stay put."""
        return TODAY

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.world.tick("waits")
        self.world.pass_by(timedelta(seconds=seconds))
