"""What a second process may do with the ledger while a run of another is adding to it."""

from __future__ import annotations

import time
from pathlib import Path

from sync.core.values.runs import Export, Head
from sync.ledger.sqlite_ledger import open_ledger, open_read_only
from sync.usecases.export import record
from tests.ledger.samples import MARIE, NOON, row, run
from tests.ledger.test_machine import python, said

PUSH = """
import time
with open_ledger(Path(sys.argv[1])) as ledger:
    print("begun", flush=True)
    for number in range(200):
        ledger.intend(intent("R0", "1"))
        ledger.conclude(posted("R0", "1"))
        time.sleep(0.005)  # Manage takes longer to answer
"""
MADE = Export(
    run="R0",
    at=NOON,
    person=MARIE,
    folder="packs",
    files=(("audit.xlsx", "0" * 64),),
    head=Head(rows=3, hash="0c" * 32),
)


def test_packs_are_recorded_while_a_push_goes_on(folder: Path) -> None:
    """Every row of both is there, the chain is whole, and the head file names its end."""
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [row("1")])
    push = python(PUSH, folder)
    assert push.stdout is not None
    assert push.stdout.readline() == "begun\n"
    recorded = 0
    while push.poll() is None or recorded < 3:
        assert record(MADE, lambda: open_ledger(folder)) is None
        recorded += 1
        time.sleep(0.02)  # whoever comes back at once, for ever, takes every turn of the other
    said(push)
    with open_ledger(folder) as ledger:
        assert len(ledger.exports("R0")) == recorded
        assert ledger.postings("R0").keys() == {"1"}
        assert len(ledger.intents("R0")) == len(ledger.all_postings("R0")) == 200
        assert ledger.verify().hash in (folder / "ledger.head").read_text(encoding="utf-8")


def test_what_is_read_at_one_moment_stays_as_it_was(folder: Path) -> None:
    """A pack never shows half of a push that goes on meanwhile."""
    with open_ledger(folder) as ledger:
        ledger.begin(run(0), [row("1")])
        ledger._file.journal.use_write_ahead_log()
        looking = open_read_only(folder)
        assert looking is not None
        with looking:
            with looking.at_one_moment():
                before = looking.head()
                ledger.begin(run(1), [row("1")])
                assert (looking.head(), looking.run("R1")) == (before, None)
            assert looking.head() == ledger.head() != before
