"""A practice world to run commands in, and the commands' exit status and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from addin.program import outfit
from sync.cli.main import run
from sync.practice.world import Practice

TODAY = date(2026, 4, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Everything it said."""
        return self.out + self.err


class Terminal:
    """Runs command lines in this process, in a folder of their own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        self.folder = folder

    def tieout(self, *arguments: str) -> Answer:
        """Run `tieout` with these arguments."""
        self._capsys.readouterr()
        status = run(list(arguments), outfit())
        said = self._capsys.readouterr()
        return Answer(status=status, out=said.out, err=said.err)

    def at(self, practice: Practice, *arguments: str) -> Answer:
        """Run `tieout` with the settings, state and day of a practice world."""
        place = practice.place
        common = ("--config", str(place.config), "--state", str(place.state), "--today", TODAY.isoformat())
        return self.tieout(*arguments, *common)


def own_site(practice: Practice) -> None:
    """Make a practice world's site one that keys of one's own are for: the environment's never go to the practice."""
    config = practice.place.config
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('client_id = "sandbox"', 'client_id = "own"'), encoding="utf-8")
