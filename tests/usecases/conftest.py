"""The office fixture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.usecases.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A new office with an empty ledger."""
    office = Office(folder=tmp_path / "state")
    yield office
    office.ledger.close()
