"""The computer's clock, and the day that stands for it in rehearsals."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from msgspec import Struct


class SystemClock(Struct, frozen=True):
    """The clock of this computer.

    Attributes:
        day: set by `--today`; stands for every clock's date.
    """

    day: date | None = None

    def now(self) -> datetime:
        """The moment, UTC."""
        return datetime.now(UTC)

    def today(self) -> date | None:
        """The day set by `--today`, if any."""
        return self.day

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C interrupts."""
        time.sleep(seconds)
