"""What Excel's status bar says while a button works."""

from __future__ import annotations

from typing import cast

import pytest

from addin.live.live_book import LiveBook
from addin.live.open_book import StatusBar
from sync.core.values.messages import Text, say
from sync.language.catalogues import ENGLISH


class Bar:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str | None] = []

    def progress(self, words: str | None) -> None:
        """Say it."""
        self.said.append(words)

    def say(self, text: Text) -> str:
        """In English."""
        return text.said(ENGLISH)


@pytest.mark.parametrize(
    ("total", "how_long", "said"),
    [
        (1, None, []),
        (2, None, ["Tieout: Writing to Manage..."]),
        (300, None, ["Tieout: Writing to Manage (300 rows)..."]),
        (300, say("This takes about {minutes} minutes.", minutes=2), ["Tieout: This takes about 2 minutes."]),
    ],
)
def test_a_stage_is_one_message(total: int, how_long: Text | None, said: list[str]) -> None:
    """What begins and how many rows it has; where it will take long, how long."""
    bar = Bar()
    with StatusBar(cast("LiveBook", bar)).stage(say("writing-to-manage"), total, how_long) as stage:
        stage.step()
    assert bar.said == said
