"""A ledger that is older than it has been, cut short, or copied, is told by a head that is kept in a second place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.values.errors import LedgerLost, Refused, SetupError
from sync.core.values.messages import say
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger
from tests.ledger.samples import intent, run
from tests.usecases.office import Office


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A state folder, and where its head is kept a second time."""
    return tmp_path / "state", tmp_path / "settings" / "ledger-heads" / "x.head"


def opened(places: tuple[Path, Path]) -> SqliteLedger:
    """The ledger with its second head."""
    return open_ledger(*places)


def with_rows(places: tuple[Path, Path], first: int, last: int) -> None:
    """Add runs, and close in good order."""
    with opened(places) as ledger:
        for number in range(first, last):
            ledger.begin(run(number), [])


def test_a_ledger_that_was_here_all_along_is_in_no_doubt(places: tuple[Path, Path]) -> None:
    """From the first row on, however often it is opened."""
    for number in range(3):
        with_rows(places, number, number + 1)
    with opened(places) as ledger:
        assert ledger.doubtful_since() is None


def test_a_backup_that_is_put_back_is_in_doubt(places: tuple[Path, Path]) -> None:
    """It is whole and its own head agrees: only the second place knows that there was more."""
    state, _ = places
    with_rows(places, 0, 1)
    shutil.copytree(state, state.parent / "backup")
    with_rows(places, 1, 2)
    shutil.rmtree(state)
    (state.parent / "backup").rename(state)
    with opened(places) as ledger:
        since = ledger.doubtful_since()
    with opened(places) as ledger:
        assert (since is not None, ledger.doubtful_since()) == (True, since)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("{"), lambda path: path.write_bytes(b"")])
def test_a_copy_of_the_state_is_in_doubt(places: tuple[Path, Path], damage: Callable[[Path], object]) -> None:
    """No second head is known of it, or none that can be read."""
    with_rows(places, 0, 1)
    damage(places[1])
    with opened(places) as ledger:
        assert ledger.doubtful_since() is not None


@pytest.mark.parametrize("damage", [Path.touch, lambda path: path.write_text("{"), lambda path: path.write_bytes(b"")])
def test_a_new_ledger_beside_a_second_head_is_in_doubt(
    places: tuple[Path, Path], damage: Callable[[Path], object]
) -> None:
    """A ledger was here, whatever can still be read of where it ended: its last write may still arrive."""
    with_rows(places, 0, 1)
    shutil.rmtree(places[0])
    damage(places[1])
    with opened(places) as ledger:
        assert ledger.doubtful_since() is not None


def test_rows_that_were_cut_after_an_intent_are_missed(places: tuple[Path, Path]) -> None:
    """The process died in a push, and somebody dropped the write-ahead log: refused by name, never taken for whole."""
    state, _ = places
    ledger = opened(places)
    ledger.begin(run(0), [])
    ledger.intend(intent("R0", "1"))
    shutil.copytree(state, state.parent / "killed", ignore=shutil.ignore_patterns("ledger.db-*"))
    ledger.close()
    shutil.rmtree(state)
    (state.parent / "killed").rename(state)
    with pytest.raises(LedgerLost, match="ledger-cut-off"):
        opened(places)


def test_where_the_second_place_cannot_be_written_nothing_is_sent(places: tuple[Path, Path]) -> None:
    """The intent is on record, and its request never leaves."""
    with opened(places) as ledger:
        ledger.begin(run(0), [])
        shutil.rmtree(places[1].parent)
        places[1].parent.write_text("in the way")
        with pytest.raises(SetupError):
            ledger.intend(intent("R0", "1"))


def test_a_push_waits_and_a_sync_says_so(tmp_path: Path) -> None:
    """Nothing is sent before the quiet period is over; the push after it ends the doubt."""
    places = tmp_path / "state", tmp_path / "x.head"
    office = Office(folder=places[0])
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.sync()
    office.ledger.close()
    office.ledger = opened(places)
    since = office.ledger.doubtful_since()
    assert since is not None
    office.clock.moment = since
    review = office.sync()
    assert say("ledger-older-or-copied") in review.run.notices
    with pytest.raises(Refused, match=r"ledger-older-or-copied.*push-wait-minutes\(minutes=10\)"):
        office.push(review)
    assert office.site.writes == []
    office.clock.pass_by(timedelta(minutes=10))
    assert office.push(review).successful
    with pytest.raises(Refused, match="undo-nothing-to-undo"):
        office.undo(office.sync().run.id)
    office.ledger.close()
    office.ledger = opened(places)
    assert office.ledger.doubtful_since() is None
    office.ledger.close()
