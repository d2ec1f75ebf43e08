"""What the terminal says before a long push."""

from __future__ import annotations

import sys

import pytest

from sync.cli.output import TerminalProgress
from sync.core.values.messages import Text, say
from sync.language.catalogues import ENGLISH

LONG = say("push-takes-minutes", rows=300, minutes=2)


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
    with TerminalProgress(ENGLISH).stage(say("writing-to-manage"), 300, how_long) as stage:
        stage.step()
    out, err = capsys.readouterr()
    assert (out, LONG.said(ENGLISH) in err) == ("", said)
