"""The MariaDB server of this folder's tests, and books in each database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.mariadb import mariadb
from tests.support.sage_books import SageBooks, mariadb_books, sqlite_books

__all__ = ["mariadb"]

ON_MARIADB = [
    pytest.param(way, marks=[pytest.mark.mariadb, pytest.mark.xdist_group("mariadb")]) for way in ("odbc", "direct")
]


@pytest.fixture(params=["sqlite", *ON_MARIADB])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SageBooks]:
    """An almost empty company, in each database in turn."""
    if request.param == "sqlite":
        made = sqlite_books(tmp_path / "books.db")
    else:
        made = mariadb_books(request.getfixturevalue("mariadb"), direct=request.param == "direct")
    with closing(made.admin):
        yield made
