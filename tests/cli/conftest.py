"""A terminal, and a practice world with its site running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.practice.world import Practice, practise
from tests.cli.world import TODAY, Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder, whose user has no settings yet; its program reads again without a pause."""
    monkeypatch.setattr("sync.manage.http_session.PAUSE", (0.0, 0.0))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Terminal(capsys, tmp_path)


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    """A practice world whose site is running."""
    with practise(tmp_path / "practice", TODAY) as world:
        yield world


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Practice]:
    """A second practice world, the same as the first."""
    with practise(tmp_path / "twin", TODAY) as world:
        yield world
