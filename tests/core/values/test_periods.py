"""Start dates and the windows they stand for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.errors import SetupError
from sync.core.values.periods import Choice, Since, Window, day_of, parse_day, parse_since, window
from sync.language.catalogues import ENGLISH

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
        (
            Since(choice=Choice.LAST_RUN),
            None,
            (
                "No successful run is on record for you on this computer, so Last Successful Run cannot be used. "
                "A run is successful once its push has ended with nothing unknown or refused; choose another start "
                "date this time."
            ),
        ),
        (
            Since(choice=Choice.CUSTOM),
            None,
            "Custom Date is chosen but no date is given; type the date to start from.",
        ),
        (
            Since(choice=Choice.CUSTOM, custom=date(2026, 4, 11)),
            None,
            "The start date 2026-04-11 is in the future; choose today or an earlier day.",
        ),
        (
            Since(choice=Choice.CUSTOM, custom=date(1999, 12, 31)),
            None,
            "The start date 1999-12-31 is before 2000-01-01; choose a later one.",
        ),
        (
            Since(choice=Choice.PAST_WEEK),
            date(2026, 4, 11),
            "The end date 2026-04-11 is in the future; choose today or an earlier day.",
        ),
        (
            Since(choice=Choice.PAST_WEEK),
            date(2026, 4, 2),
            "The end date 2026-04-02 is before the start date 2026-04-03; choose a later end date.",
        ),
    ],
)
def test_windows_that_cannot_be_are_refused(since: Since, until: date | None, words: str) -> None:
    """In one sentence with the next step."""
    with pytest.raises(SetupError) as refused:
        window(since, today=TODAY, until=until)
    assert refused.value.said(ENGLISH) == words


def test_the_first_and_the_last_day_that_may_be_chosen() -> None:
    """The first of January 2000, and today as both ends."""
    first = window(parse_since("2000-01-01"), today=TODAY, until=date(2000, 1, 1))
    last = window(parse_since("2026-04-10"), today=TODAY, until=TODAY)
    assert first == Window(since=parse_since("2000-01-01"), start=date(2000, 1, 1), end=date(2000, 1, 1), bounded=True)
    assert last == Window(since=parse_since("2026-04-10"), start=TODAY, end=TODAY, bounded=True)


@pytest.mark.parametrize("since", ["last-run", "past-week", "past-two-weeks", "past-month", "2026-01-31"])
def test_a_window_keeps_the_choice_as_it_is_typed(since: str) -> None:
    """What is written down is what the command line takes."""
    assert window(parse_since(since), today=TODAY, last_run=TODAY).since == parse_since(since)


@pytest.mark.parametrize(
    "text", ["03/04/2026", "13/04/2026", "Friday", "10", "1er avril", "20260410", "2026-W15-5", ""]
)
def test_dates_are_never_guessed(text: str) -> None:
    """Only ISO days, and the message says what is taken."""
    with pytest.raises(SetupError) as refused:
        parse_day(text)
    assert refused.value.said(ENGLISH) == (
        f"'{text}' is neither a start date choice nor a date. "
        "Use last-run, past-week, past-two-weeks, past-month or a date like 2026-03-31."
    )


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


def test_today_is_the_stated_day_or_that_of_the_clock_that_was_read() -> None:
    """Sage's clock is local and bears no time zone; this computer's is brought to local time first."""
    sage = datetime(2026, 4, 10, 23, 59)  # noqa: DTZ001 - as Sage tells it
    ours = datetime(2026, 4, 10, 23, 59, tzinfo=UTC)
    assert [day_of(moment, date(2026, 3, 1)) for moment in (sage, ours)] == [date(2026, 3, 1)] * 2
    assert day_of(sage, None) == date(2026, 4, 10)
    assert day_of(ours, None) == ours.astimezone().date()
