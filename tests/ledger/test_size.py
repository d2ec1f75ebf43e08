"""Years of work: questions stay quick, and a large review is recorded in seconds."""

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
    ],
    ids=["open_items", "known", "in_doubt", "history", "last_success", "highest_row"],
)
def test_questions_stay_quick(years: SqliteLedger, question: Question) -> None:
    """Ten times what it takes on a slow machine; a question that grows with the square takes far longer."""
    assert min(seconds(lambda: question(years)) for _ in range(3)) < 1.0


def test_a_large_review_is_recorded_in_seconds(tmp_path: Path) -> None:
    """20,000 rows in one transaction, and their chain walked."""
    rows = [row(str(key)) for key in range(LARGE)]
    with open_ledger(tmp_path) as ledger:
        assert seconds(lambda: ledger.begin(run(0), rows)) < 5.0
        assert seconds(ledger.verify) < 5.0
        assert ledger.head().rows == LARGE + 1
