"""A folder for a ledger, and a new ledger in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ledger is kept; not made yet."""
    return tmp_path / "state"


@pytest.fixture
def ledger(folder: Path) -> Iterator[SqliteLedger]:
    """A new ledger."""
    with open_ledger(folder) as book:
        yield book
