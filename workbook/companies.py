"""The list behind the control sheet's Company: the default profile, the named ones, and the practice company."""

from __future__ import annotations

from sync.core.errors import SetupError
from sync.core.words import say
from sync.places import PRACTICE, Place, button_place, default_place, profiles
from sync.tongues import known_as
from workbook.cells import Found
from workbook.live import Block

DEFAULT, SAMPLE = say("(default)"), say("Practice (sample company)")
MOST = 60
"""Rows of the list; Excel's own shows eight at a time."""
LIST_BLOCK = f"F1:F{MOST}"
"""On the sheet `Figures`, filled anew by each task, because a profile may be made at any time."""
NAME = "Companies"
"""Of the part of it that is filled."""


def listed() -> list[str]:
    """What can be chosen, in the language spoken now."""
    return [str(DEFAULT), *profiles()[: MOST - 2], str(SAMPLE)]


def list_block() -> Block:
    """The whole list, with empty rows to its end."""
    names = listed()
    return [[name] for name in [*names, *[None] * (MOST - len(names))]]


def place_chosen(found: Found) -> Place:
    """Where the chosen company's settings and ledger are; nothing chosen means the default, as for a command.

    Raises:
        SetupError: no such company is set up.
    """
    name = found.strip() if isinstance(found, str) else found
    if not name or name in known_as(DEFAULT):
        return default_place()
    if name in known_as(SAMPLE):
        return button_place(PRACTICE)
    if not isinstance(name, str) or name not in profiles():
        raise SetupError(say("No such company is set up. Choose one under Company from the list."))
    return button_place(name)
