"""The Start Date choices and the window of days they stand for. Both ends are inclusive calendar days, local time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import say

EARLIEST = date(2000, 1, 1)
OVERLAP = timedelta(days=1)


class Choice(StrEnum):
    """The five Start Date choices; the value is what the command line takes (a custom date is given as itself)."""

    LAST_RUN = "last-run"
    PAST_WEEK = "past-week"
    PAST_TWO_WEEKS = "past-two-weeks"
    PAST_MONTH = "past-month"
    CUSTOM = "custom"


class Since(Struct, frozen=True, kw_only=True):
    """A Start Date as chosen: one of the choices, with its date when it is Custom Date."""

    choice: Choice
    custom: date | None = None

    def __str__(self) -> str:
        """As the command line takes it."""
        return self.custom.isoformat() if self.custom else self.choice.value


class Window(Struct, frozen=True, kw_only=True):
    """Days whose new payment information selects invoices.

    Attributes:
        since: the Start Date that was chosen.
        start: first day, inclusive.
        end: last day, inclusive; today where no end date was given.
        bounded: an end date was given, so that later entries do not select.
    """

    since: Since
    start: date
    end: date
    bounded: bool = False

    def holds(self, day: date) -> bool:
        """Return whether what was entered on a day selects its invoice; without an end date there is no upper bound."""
        return self.start <= day and (not self.bounded or day <= self.end)


def day_of(moment: datetime, stated: date | None) -> date:
    """Return the calendar day that counts as today.

    Args:
        moment: of this computer's clock, with its time zone; or of Sage's, which is local and bears none.
        stated: the day of `--today`, which stands for every clock's; None without one.
    """
    if stated is not None:
        return stated
    return (moment.astimezone() if moment.tzinfo else moment).date()


def parse_since(text: str) -> Since:
    """Read a Start Date as typed: a choice's value or an ISO date. Dates are never guessed from other forms.

    Raises:
        SetupError: neither.
    """
    if text in (c.value for c in Choice if c is not Choice.CUSTOM):
        return Since(choice=Choice(text))
    return Since(choice=Choice.CUSTOM, custom=parse_day(text))


def parse_day(text: str) -> date:
    """Read an ISO day (YYYY-MM-DD), nothing else.

    Raises:
        SetupError: not an ISO day.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise SetupError(say("date-not-a-start", text=text))
    return day


def window(since: Since, *, today: date, until: date | None = None, last_run: date | None = None) -> Window:
    """Work out the window of days for a Start Date.

    Args:
        since: the choice.
        today: the clock's local date.
        until: optional End Date.
        last_run: last day that the last successful run covers, if there is one on record.

    Returns:
        The window. Past Month starts on the same day of the previous month (31 March gives the end of February).

    Raises:
        SetupError: no last run on record, a date in the future, before 2000, or an end before the start.
    """
    start = _start(since, today, last_run)
    if start < EARLIEST:
        raise SetupError(say("date-start-too-early", day=start))
    if start > today:
        raise SetupError(say("date-start-in-future", day=start))
    if until is None:
        return Window(since=since, start=start, end=today)
    if until > today:
        raise SetupError(say("date-end-in-future", day=until))
    if until < start:
        raise SetupError(say("date-end-before-start", until=until, start=start))
    return Window(since=since, start=start, end=until, bounded=True)


def _start(since: Since, today: date, last_run: date | None) -> date:
    match since.choice:
        case Choice.LAST_RUN:
            if last_run is None:
                raise SetupError(say("date-no-successful-run-yet"))
            # A clock set back since then must not push the window past today.
            return min(last_run, today) - OVERLAP
        case Choice.PAST_WEEK:
            return today - timedelta(days=7)
        case Choice.PAST_TWO_WEEKS:
            return today - timedelta(days=14)
        case Choice.PAST_MONTH:
            return _month_before(today)
        case Choice.CUSTOM:
            if since.custom is None:
                raise SetupError(say("date-custom-not-given"))
            return since.custom
        case _:
            assert_never(since.choice)


def _month_before(day: date) -> date:
    """The same day of the previous month, or its last one."""
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - one choice of five needs it

    return day - relativedelta(months=1)
