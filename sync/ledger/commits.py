"""How the ledger's rows get to the disk: each commit is there before it returns, one now and then or many in a row."""

from __future__ import annotations

import sqlite3
from contextlib import suppress


class Commits:
    """The journal of one connection to the ledger's file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._hurried = False

    def in_one_file(self) -> None:
        """Keep everything in the one file, as between runs: also what a push that was killed left beside it."""
        self._hurried = False
        self._journal("DELETE")

    def hurry(self) -> None:
        """Many rows will be committed one by one: use SQLite's write-ahead log until `calm_down`.

        It takes one write to the disk for each commit. The rollback journal takes four, and does not wait for its own
        deletion: after a power cut it may come back and take the commit back. Where another program has the file open
        just now, rows are committed as before.
        """
        if not self._hurried:
            self._hurried = True
            self._journal("WAL")

    def calm_down(self) -> None:
        """One file again; where another program has it open just now, the next opening does it."""
        if self._hurried:
            self.in_one_file()

    def _journal(self, mode: str) -> None:
        """Whatever is wrong with the file is told by the first row that is read or added."""
        with suppress(sqlite3.OperationalError):
            self._connection.execute(f"PRAGMA journal_mode = {mode}")
