"""The use case of looking up one invoice: its story, from a ledger alone, and the workbook that tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sync.core.prove.story import Story, stories
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.runs import Person
from sync.system.files import cause
from sync.usecases.ports import Ledger, StoryFiles

NAMED = 40
"""Characters of the invoice's number in the file's name."""


def told(ledger: Ledger, number: str) -> list[Story]:
    """Return the story of each invoice that bears a number.

    Raises:
        SetupError: no run on record has seen any.
    """
    found = stories(ledger.recorded(number), number)
    if not found:
        raise SetupError(say("story-of-no-invoice", number=number))
    return found


def write(files: StoryFiles, into: Path, ledger: Ledger, found: Sequence[Story], at: datetime, person: Person) -> Path:
    """Write the stories into a new workbook, and return where it stands: no file is ever written over.

    Args:
        files: writes it.
        into: the folder, which is made where it is not there.
        ledger: that they are from.
        found: from `told`.
        at: this moment, UTC.
        person: who asks.

    Raises:
        SetupError: it cannot be written.
    """
    number = re.sub(r"[^\w-]+", "-", found[0].invoice).strip("-")[:NAMED]
    name, count = f"AR-Invoice_{number}", 1
    path = into / f"{name}.xlsx"
    try:
        into.mkdir(parents=True, exist_ok=True)
        while path.exists():
            count += 1
            path = into / f"{name} ({count}).xlsx"
    except OSError as error:
        raise SetupError(say("export-folder-cannot-be-made", folder=str(into), why=cause(error))) from error
    files.write(path, found, ledger.head(), at, person)
    return path
