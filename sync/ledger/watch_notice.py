"""What the last watch found, kept beside the ledger as ids and values: a workbook shows it in its own language.

It is a message and no record: the next watch writes over it, and one that cannot be read is as good as none.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import DecodeError, Struct, ValidationError, json

from sync.core.values.messages import Text
from sync.ledger.stored_form import Sentences, Stored, from_text, to_text
from sync.system.files import replacing

FILE, VERSION = "notice.json", 1


class WatchNotice(Struct, frozen=True, kw_only=True):
    """What a watch found, or what stopped it.

    Attributes:
        at: when it ended, UTC.
        text: what it says.
    """

    at: datetime
    text: Text


class _Stored(Stored, frozen=True, kw_only=True):
    v: int
    at: datetime
    text: Sentences


def keep_for_workbook(state: Path, found: WatchNotice) -> None:
    """Keep it in a state folder that is there; a failure to write it stops nothing."""
    if state.is_dir():
        with suppress(OSError), replacing(state / FILE) as file:
            file.write(json.encode(_Stored(v=VERSION, at=found.at, text=to_text(found.text))))


def kept_for_workbook(state: Path) -> WatchNotice | None:
    """Return what the last watch found; None where there was none, or where a newer version wrote it."""
    try:
        stored = json.decode((state / FILE).read_bytes(), type=_Stored)
        if stored.v != VERSION or stored.at.tzinfo is None:  # of which place, nobody can tell
            return None
        return WatchNotice(at=stored.at, text=from_text(stored.text))
    except (OSError, DecodeError, ValidationError, ValueError, ArithmeticError, LookupError, TypeError):
        return None
