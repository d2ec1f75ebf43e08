"""Windows' notification, as far as it can be seen without Windows; `tests/windows` shows that it is shown."""

from __future__ import annotations

import os

import pytest

from sync.system.notification import ROOM, notify, shortened


@pytest.mark.parametrize("words", ["12 ready", "é" * ROOM, "💰" * (ROOM // 2)])
def test_what_windows_has_room_for_is_whole(words: str) -> None:
    """Counted as Windows counts."""
    assert shortened(words) == words


@pytest.mark.parametrize("words", ["é" * (ROOM + 1), "💰" * ROOM, "ready " * ROOM])
def test_what_it_has_no_room_for_is_cut(words: str) -> None:
    """Between two characters, and seen to be."""
    kept = shortened(words)
    assert (kept[-1], len(kept.encode("utf-16-le")) // 2 <= ROOM, words.startswith(kept[:-1])) == ("…", True, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows may well show it")
def test_elsewhere_nothing_is_shown() -> None:
    """And nothing waits for it."""
    assert notify("12 ready") is False
