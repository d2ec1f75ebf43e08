"""Start dates and the windows they stand for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.errors import SetupError
from sync.core.periods import Choice, Since, parse_day, parse_since, window

TODAY = date(2026, 4, 10)


def start(since: str, today: date = TODAY, last_run: date | None = None) -> date:
    """First day of a window."""
    return window(parse_since(since), today=today, last_run=last_run).start


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("past-week", date(2026, 4, 3)),
        ("past-two-weeks", date(2026, 3, 27)),
        ("past-month", date(2026, 3, 10)),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-04-10", TODAY),
    ],
)
def test_each_choice_has_its_first_day(since: str, expected: date) -> None:
    """As the table of the design says."""
    assert start(since) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2024, 3, 31), date(2024, 2, 29)),
        (date(2026, 1, 15), date(2025, 12, 15)),
        (date(2026, 7, 31), date(2026, 6, 30)),
    ],
)
def test_past_month_is_the_same_day_of_the_previous_month(today: date, expected: date) -> None:
    """The 31st of a month after a shorter one starts on its last day."""
    assert start("past-month", today) == expected


def test_last_run_overlaps_by_a_day() -> None:
    """The day before the last successful run began."""
    assert start("last-run", last_run=date(2026, 4, 1)) == date(2026, 3, 31)


def test_a_clock_set_back_does_not_push_last_run_past_today() -> None:
    """A last run in the future still leaves a window."""
    assert start("last-run", last_run=date(2027, 1, 1)) == date(2026, 4, 9)


def test_an_end_date_bounds_the_window_and_none_leaves_it_open() -> None:
    """`end` is today where none is given."""
    open_end = window(parse_since("past-week"), today=TODAY)
    cut_off = window(parse_since("past-month"), today=TODAY, until=date(2026, 3, 31))
    assert (open_end.end, open_end.bounded, cut_off.end, cut_off.bounded) == (TODAY, False, date(2026, 3, 31), True)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (Since(choice=Choice.LAST_RUN), None, "No successful run is on record"),
        (Since(choice=Choice.CUSTOM), None, "no date is given"),
        (Since(choice=Choice.CUSTOM, custom=date(2026, 4, 11)), None, "is in the future"),
        (Since(choice=Choice.CUSTOM, custom=date(1999, 12, 31)), None, "before 2000-01-01"),
        (Since(choice=Choice.PAST_WEEK), date(2026, 4, 11), "end date 2026-04-11 is in the future"),
        (Since(choice=Choice.PAST_WEEK), date(2026, 4, 1), "is before the start date 2026-04-03"),
    ],
)
def test_windows_that_cannot_be_are_refused(since: Since, until: date | None, words: str) -> None:
    """In one sentence with the next step."""
    with pytest.raises(SetupError, match=words):
        window(since, today=TODAY, until=until)


@pytest.mark.parametrize(
    "text", ["03/04/2026", "13/04/2026", "Friday", "10", "1er avril", "20260410", "2026-W15-5", ""]
)
def test_dates_are_never_guessed(text: str) -> None:
    """Only ISO days."""
    with pytest.raises(SetupError):
        parse_day(text)


def test_custom_is_no_choice_to_type() -> None:
    """A custom date is given as itself."""
    with pytest.raises(SetupError):
        parse_since("custom")


@given(st.dates(date(2001, 1, 1), date(2041, 1, 1)), st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_no_day_falls_outside_every_window(first: date, gaps: list[int]) -> None:
    """Whoever runs with Last Successful Run, however seldom, leaves no day unread."""
    day, last, covered = first, first, first
    for gap in gaps:
        day += timedelta(days=gap)
        found = window(Since(choice=Choice.LAST_RUN), today=day, last_run=last)
        assert found.start <= covered
        last = covered = day


@given(st.dates(date(2001, 1, 1), date(2041, 1, 1)))
def test_past_month_every_month_end_leaves_no_gap(today: date) -> None:
    """A window on this day and one a month earlier meet."""
    earlier = window(Since(choice=Choice.PAST_MONTH), today=start("past-month", today))
    assert start("past-month", today) <= earlier.end
