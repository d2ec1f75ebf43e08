"""The ledger that knows a run is looked for in several places; one that cannot be read may be it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.errors import Refused
from sync.ledger.sqlite_ledger import open_ledger
from sync.settings.profiles import Place
from sync.wiring import open_ledger_of
from tests.ledger.samples import run


@pytest.fixture
def places(tmp_path: Path) -> list[Place]:
    """A place without a ledger, one with a damaged one, and one whose ledger knows the run R1."""
    found = [Place(config=tmp_path / name / "t.toml", state=tmp_path / name / "state") for name in ("a", "b", "c")]
    for number, place in enumerate(found[1:]):
        with open_ledger(place.state) as ledger:
            ledger.begin(run(number), [])
    (found[1].state / "ledger.db").write_bytes(b"spoiled" * 1000)
    return found


def test_the_ledger_that_knows_a_run_is_found_beside_a_damaged_one(places: list[Place]) -> None:
    """Whatever the other one holds, the run stands in this one."""
    with open_ledger_of("R1", places) as ledger:
        assert ledger is not None
        assert ledger.run("R1") is not None


def test_a_ledger_that_cannot_be_read_is_not_one_that_does_not_know(places: list[Place]) -> None:
    """What somebody decided is written over only where no ledger can take it; where none is damaged, none has it."""
    with pytest.raises(Refused), open_ledger_of("R0", places):
        pass
    with open_ledger_of("R0", [places[0], places[2]]) as ledger:
        assert ledger is None
