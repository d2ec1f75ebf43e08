"""Years of work: questions stay quick, and a review takes no more per row as it grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.core.values.proposal import Status
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger
from tests.ledger.samples import COMPANY, FIRST_DAY, MARIE, end, intent, posted, row, run

RUNS, ROWS, POSTED = 60, 1_000, 40
LARGE = 20_000
Question = Callable[[SqliteLedger], object]


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteLedger]:
    """A ledger with 60 runs of 1,000 rows, 40 of them posted in each."""
    with open_ledger(tmp_path_factory.mktemp("years")) as ledger:
        for number in range(RUNS):
            keys = [str(number * POSTED + key) for key in range(ROWS)]
            statuses = (Status.IN_AGREEMENT, Status.READY, Status.TOTAL_DIFFERS)
            ledger.begin(run(number), [row(key, statuses[int(key) % 3], record_read=True) for key in keys])
            for key in keys[:POSTED]:
                ledger.intend(intent(f"R{number}", key))
                ledger.conclude(posted(f"R{number}", key))
            ledger.finish(end(f"R{number}"))
        yield ledger


def seconds(work: Callable[[], object]) -> float:
    """How long this process computes for a piece of work, whatever else the machine does meanwhile."""
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize(
    "question",
    [
        lambda ledger: ledger.open_items(COMPANY),
        lambda ledger: ledger.known(COMPANY),
        lambda ledger: ledger.in_doubt(COMPANY),
        lambda ledger: ledger.history(),
        lambda ledger: ledger.last_success(COMPANY, MARIE),
        lambda ledger: ledger.highest_row(COMPANY, FIRST_DAY),
        lambda ledger: ledger.covering_run(COMPANY, FIRST_DAY),
    ],
    ids=["open_items", "known", "in_doubt", "history", "last_success", "highest_row", "covering_run"],
)
def test_questions_stay_quick(years: SqliteLedger, question: Question) -> None:
    """Ten times what it takes on a slow machine; a question that grows with the square takes far longer."""
    assert min(seconds(lambda: question(years)) for _ in range(3)) < 1.0


def recording_and_verifying(folder: Path, count: int) -> tuple[float, float]:
    """What one review of so many rows takes to be recorded in one transaction, and its chain to be walked."""
    rows = [row(str(key)) for key in range(count)]
    with open_ledger(folder) as ledger:
        recording = seconds(lambda: ledger.begin(run(0), rows))
        verifying = min(seconds(ledger.verify) for _ in range(2))
        assert ledger.head().rows == count + 1
    return recording, verifying


def test_a_large_review_takes_no_more_per_row_than_a_small_one(tmp_path: Path) -> None:
    """Four times the rows: four times the work, with room for noise; with the square it would be sixteen times."""
    small = recording_and_verifying(tmp_path / "small", LARGE // 4)
    large = recording_and_verifying(tmp_path / "large", LARGE)
    assert all(much < 8 * little for much, little in zip(large, small, strict=True))
