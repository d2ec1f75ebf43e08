"""Rows that were cut from the ledger, or changed, are named by their numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.errors import LedgerLost
from sync.ledger.sqlite_ledger import open_ledger, open_read_only, second_heads
from tests.ledger.samples import run
from tests.support.rechained import cut, rechain


@pytest.fixture
def nine(tmp_path: Path) -> Path:
    """A state folder with a ledger of nine rows."""
    with open_ledger(tmp_path / "state", tmp_path / "x.head") as ledger:
        for number in range(9):
            ledger.begin(run(number), [])
    return tmp_path / "state"


def verified(folder: Path) -> str:
    """What is said of a ledger that is not whole."""
    with pytest.raises(LedgerLost) as refused:
        verify(folder)
    return str(refused.value)


def verify(folder: Path) -> None:
    """Open it without writing, and walk it."""
    ledger = open_read_only(folder)
    assert ledger is not None
    with ledger:
        ledger.verify()


def test_rows_cut_off_at_the_end_are_named_with_the_moment_of_the_head(nine: Path) -> None:
    """As its own head knows them."""
    cut(nine, 7, 9)
    assert "ledger-cut-off(at=20" in verified(nine)
    assert "missing=7-9" in verified(nine)


def test_rows_cut_from_the_middle_are_all_named(nine: Path) -> None:
    """Each gap, though the end is as it was; the first row is missed too."""
    cut(nine, 1, 1)
    cut(nine, 4, 5)
    cut(nine, 8, 8)
    assert "ledger-row-missing(rows=1, 4-5, 8)" in verified(nine)


def test_rows_cut_from_the_middle_and_the_end_are_named_together(nine: Path) -> None:
    """The last one alone is a number of its own."""
    cut(nine, 3, 3)
    cut(nine, 9, 9)
    assert "missing=3, 9" in verified(nine)


def test_a_ledger_that_another_was_put_in_place_of_is_told(nine: Path) -> None:
    """It has as many rows, and they fit each other."""
    other = nine.parent / "other"
    with open_ledger(other) as ledger:
        for number in range(10):
            ledger.begin(run(number), [])
    (nine / "ledger.db").write_bytes((other / "ledger.db").read_bytes())
    assert "ledger-replaced" in verified(nine)


def test_the_second_place_remembers_what_an_older_ledger_lacks(nine: Path) -> None:
    """Though the ledger was opened since, and has grown past that row; what comes back is no longer missed."""
    second = nine.parent / "x.head"
    newest = (nine / "ledger.db").read_bytes(), (nine / "ledger.head").read_bytes()
    rechain(nine, lambda seq, body: body if seq < 9 else body.replace("marie", "zoé"))
    for number in range(20, 22):
        with open_ledger(nine, second) as ledger:
            ledger.begin(run(number), [])
    noted, unknown = second_heads(second)
    assert ([each.head.rows for each in noted], unknown) == ([9, 11], [])
    (nine / "ledger.db").write_bytes(newest[0])
    (nine / "ledger.head").write_bytes(newest[1])
    open_ledger(nine, second).close()
    assert [each.head.rows for each in second_heads(second)[0]] == [11, 9]


def test_a_second_place_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """Missing, damaged, or a folder: never taken for agreement."""
    path = tmp_path / "x.head"
    assert [str(said)[:19] for said in second_heads(path)[1]] == ["head-second-missing"]
    path.write_text("{")
    assert [str(said)[:22] for said in second_heads(path)[1]] == ["head-second-unreadable"]
    path.unlink()
    path.mkdir()
    assert [str(said)[:22] for said in second_heads(path)[1]] == ["head-second-unreadable"]
