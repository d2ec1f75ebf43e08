"""How long a push will take, in words."""

from __future__ import annotations

import pytest

from sync.core.duration import expected, told


@pytest.mark.parametrize(
    ("rows", "each", "words"),
    [
        (0, 9.0, "None"),
        (100, 0.075, "None"),
        (101, 0.075, "101 rows are written one by one; this takes about 20 seconds."),
        (300, 0.15, "300 rows are written one by one; this takes about 90 seconds."),
        (301, 0.15, "301 rows are written one by one; this takes about 2 minutes."),
        (2000, 0.075, "2000 rows are written one by one; this takes about 5 minutes."),
    ],
)
def test_what_is_said_of_it(rows: int, each: float, words: str) -> None:
    """Two requests a row; nothing for a few seconds; rounded up to ten seconds, then to minutes."""
    assert str(told(rows, each)) == words


def test_a_row_is_a_write_and_a_reading_back() -> None:
    """In seconds."""
    assert expected(800, 0.075) == 120.0
