"""A copy of a ledger that can take its place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sync.core.errors import Refused
from sync.core.words import say
from sync.ledger.faults import explained
from sync.ledger.head import HeadFile
from sync.ledger.store import FILE, Store, kept_in


def back_up(store: Store, folder: Path) -> None:
    """Copy a ledger and its head into a folder where none is.

    Raises:
        SetupError: the folder cannot be written.
        Refused: a ledger is there already.
    """
    if kept_in(folder):
        raise Refused(say("There is a ledger in {folder} already. Choose another folder.", folder=str(folder)))
    with explained(folder / FILE):
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(folder / FILE)) as copy:
            store.copy_into(copy)
        HeadFile(folder).write(store.head())
