"""A copy of a ledger that can take its place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sync.core.errors import Refused
from sync.core.words import say
from sync.ledger.faults import explained
from sync.ledger.head import HeadFile, end_of
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
        try:
            with closing(sqlite3.connect(folder / FILE)) as copy:
                store.copy_into(copy)
                head = end_of(copy)  # of the copy: rows may have been added to the ledger meanwhile
            HeadFile(folder).write(head)
        except BaseException:
            for path in (folder / FILE, HeadFile(folder).path):
                path.unlink(missing_ok=True)
            raise
