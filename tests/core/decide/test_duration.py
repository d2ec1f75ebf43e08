"""How long a push will take, in words."""

from __future__ import annotations

import pytest

from sync.core.decide.push_rules import duration, duration_sentence, expected_seconds
from tests.support.english import worded


@pytest.mark.parametrize(
    ("rows", "each", "words"),
    [
        (0, 9.0, "None"),
        (66, 0.075, "None"),
        (67, 0.075, "67 rows are written one by one; this takes about 20 seconds."),
        (200, 0.15, "200 rows are written one by one; this takes about 90 seconds."),
        (201, 0.15, "201 rows are written one by one; this takes about 2 minutes."),
        (1300, 0.075, "1300 rows are written one by one; this takes about 5 minutes."),
    ],
)
def test_what_is_said_of_it(rows: int, each: float, words: str) -> None:
    """Three requests a row; nothing for a few seconds; rounded up to ten seconds, then to minutes."""
    assert worded(duration_sentence(rows, each)) == words
    assert worded(duration(rows, each)) == (words if words != "None" else "This takes a few seconds.")


def test_a_row_is_a_reading_a_write_and_a_reading_back() -> None:
    """In seconds."""
    assert expected_seconds(800, 0.075) == 180.0
