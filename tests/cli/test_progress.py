"""What the terminal says before a long push."""

from __future__ import annotations

import sys

import pytest

from sync.cli.show import TerminalProgress
from sync.core.words import Text, say

LONG = say("{rows} rows are written one by one; this takes about {minutes} minutes.", rows=300, minutes=2)


@pytest.mark.parametrize(
    ("watched", "how_long", "said"), [(True, LONG, True), (True, None, False), (False, LONG, False)]
)
def test_a_long_push_is_announced_to_whoever_watches(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    how_long: Text | None,
    *,
    watched: bool,
    said: bool,
) -> None:
    """On a terminal, before the bar begins; a script that nobody watches is told nothing."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    with TerminalProgress().stage(say("Writing to Manage"), 300, how_long) as stage:
        stage.step()
    out, err = capsys.readouterr()
    assert (out, str(LONG) in err) == ("", said)
