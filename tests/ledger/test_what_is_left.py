"""What a person decided, in a ledger that is lost: every row that is whole is read, and the others are counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import Former, Noted
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import Hold
from sync.core.values.runs import Head, Phase, RunEnd, SiteSays, holds_lost
from sync.ledger import row_records
from sync.ledger.hash_chain import HeadFile
from sync.ledger.sqlite_ledger import open_ledger, what_is_left
from tests.contracts.test_ledger import ACCEPTED, HELD
from tests.ledger.samples import COMPANY, NOON, OTHER, end, intent, row, run

SAYS = SiteSays(company_id="acme", company_name="Maple")
NOTED = Noted(key="1", invoice="INV-1", customer_id=7, note="wait", owner="luc")
ROWS = 8
"""A run, its two rows, a decision, a hold, a match, a decision of a row that was not shown, an intent."""


@pytest.fixture
def second(folder: Path) -> Path:
    """The second head of a ledger in which a person has decided of two rows."""
    second = folder.with_name("second") / "ledger.head"
    with open_ledger(folder, second) as ledger:
        first, other = (row("1", customer_id=7), row("2", customer_id=7))
        ledger.begin(run(0, says=SAYS), [first, other])
        ledger.decide("R0", [Decision(key="1", approve=False, note="wait", owner="luc")], [HELD])
        ledger.accept("R0", ACCEPTED)
        ledger.decide("R0", [Decision(key="9", approve=True, note="whose?")])
        ledger.intend(intent("R0", "2"))
    return second


WHOLE = Former(
    companies={COMPANY: SAYS},
    decided=[(COMPANY, NOTED), (COMPANY, HELD), (COMPANY, ACCEPTED)],
    readable=True,
    unread=0,
    whole=True,
)


def altered(folder: Path, *statements: str) -> None:
    """Change what the triggers would not let anybody change."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        for statement in ("DROP TRIGGER entry_stays", "DROP TRIGGER entry_remains", *statements):
            connection.execute(statement)


def test_a_whole_ledger_is_read_whole(folder: Path, second: Path) -> None:
    """And stays as it is, as does one that somebody has open."""
    with open_ledger(folder, second) as ledger:
        ledger.intend(intent("R0", "2", attempt=2))
        assert what_is_left(folder, second) == WHOLE
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert what_is_left(folder, second) == WHOLE
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("statement", "decided", "unread"),
    [
        ("UPDATE entry SET body = replace(body, 'disputed', 'agreed') WHERE kind = 'hold'", [NOTED, ACCEPTED], 1),
        ("DELETE FROM entry WHERE kind = 'hold'", [NOTED], 2),
        ("DELETE FROM entry WHERE seq > 4", [NOTED], 4),
        ("UPDATE entry SET body = '{}' WHERE kind = 'run'", [], 4),
        ("UPDATE entry SET body = '{}' WHERE kind = 'row' AND key = '1'", [HELD, ACCEPTED], 1),
    ],
    ids=["changed", "taken out", "cut off", "its only run", "the row of a note"],
)
def test_rows_that_are_whole_are_read_and_the_others_counted(
    folder: Path, second: Path, statement: str, decided: list[object], unread: int
) -> None:
    """A row after one that is missing cannot be shown to be whole."""
    altered(folder, statement)
    found = what_is_left(folder, second)
    assert ([each for _, each in found.decided], found.readable, found.whole) == (decided, True, False)
    assert found.unread == unread


def test_a_row_of_a_run_that_cannot_be_read_is_of_the_only_company(folder: Path, second: Path) -> None:
    """Where another run tells which that is; with two of them nobody knows."""
    with open_ledger(folder, second) as ledger:
        ledger.begin(run(1), [])
    altered(folder, "UPDATE entry SET key = '?' WHERE kind = 'run' AND run = 'R0'")
    found = what_is_left(folder, second)
    assert (found.companies, list(found.decided), found.unread) == ({COMPANY: None}, list(WHOLE.decided), 1)
    with open_ledger(folder.with_name("two"), second) as ledger:
        ledger.begin(run(0), [])
        ledger.decide("R0", [], [HELD])
        ledger.begin(run(1), [])
        ledger.begin(run(2, company=OTHER), [])
    altered(folder.with_name("two"), "UPDATE entry SET key = '?' WHERE kind = 'run' AND run = 'R0'")
    found = what_is_left(folder.with_name("two"), folder / "no.head")
    assert (found.companies, list(found.decided), found.unread) == ({COMPANY: None, OTHER: None}, [], 2)


def test_a_record_that_this_version_cannot_read_is_counted(folder: Path, second: Path) -> None:
    """Though its chain is sound."""
    line = row_records.line_of_hold("R0", HELD)
    with open_ledger(folder, second) as ledger:
        ledger._file.append([replace(line, body=line.body.replace('"v":1', '"v":9'))])
    found = what_is_left(folder, second)
    assert (list(found.decided), found.unread, found.whole) == (list(WHOLE.decided), 1, False)


def test_an_end_that_nobody_knows_is_not_the_end(folder: Path, second: Path) -> None:
    """Without a head, or with one that names another row, later rows may be missing, though none is counted."""
    (folder / "ledger.head").unlink()
    assert what_is_left(folder, second) == WHOLE
    HeadFile(second).write(Head(rows=3, hash="0" * 64))
    assert what_is_left(folder, second) == replace(WHOLE, whole=False)
    second.write_bytes(b"?")
    assert what_is_left(folder, second) == replace(WHOLE, whole=False)
    second.unlink()
    assert what_is_left(folder, second) == replace(WHOLE, whole=False)


@pytest.mark.parametrize(
    ("ends", "whole"),
    [
        ([end("R0", phase=Phase.REBUILD)], True),
        ([end("R0", phase=Phase.REBUILD, successful=False), end("R0", phase=Phase.SYNC)], False),
        ([end("R0", phase=Phase.REBUILD, successful=False), end("R0", outcomes={Outcome.STALE: 1})], False),
        ([end("R0", phase=Phase.REBUILD, successful=False), end("R0")], True),
        ([end("R0", phase=Phase.REBUILD, successful=False), end("R0", phase=Phase.REBUILD)], True),
    ],
)
def test_a_ledger_that_did_not_know_all_itself_is_not_whole(
    folder: Path, second: Path, ends: list[RunEnd], *, whole: bool
) -> None:
    """It took the place of one that could not be read, and nobody has pushed with it since."""
    with open_ledger(folder, second) as ledger:
        for each in ends:
            ledger.finish(each)
        assert (holds_lost(ledger.ends_since_rebuilt()) is None) is whole
    assert what_is_left(folder, second).whole is whole


def test_an_older_ledger_lacks_what_came_after_it(folder: Path, second: Path) -> None:
    """As the second head tells: a backup that was put back."""
    HeadFile(second).write(Head(rows=ROWS + 5, hash="0" * 64))
    assert what_is_left(folder, second) == replace(WHOLE, whole=False, unread=5)


def test_the_pages_that_are_left_are_read(folder: Path, second: Path) -> None:
    """A bad sector takes its rows alone."""
    with open_ledger(folder, second) as ledger:
        for number in range(200):
            hold = replace(HELD, key=str(number), at=NOON + timedelta(seconds=number), note="x" * 300)
            ledger.decide("R0", [], [hold])
        rows = ledger.head().rows
    file = folder / "ledger.db"
    content = bytearray(file.read_bytes())
    middle = content.index(b'"key":"100"') // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    file.write_bytes(content)
    found = what_is_left(folder, second)
    holds = [each for _, each in found.decided if isinstance(each, Hold)]
    assert (found.readable, found.whole, 100 < len(holds) < 200) == (True, False, True)
    assert len(holds) + found.unread == rows - ROWS + 1


def _absent(file: Path) -> None:
    file.unlink()


def _no_database(file: Path) -> None:
    file.write_bytes(b"Not a ledger. " * 100)


def _older(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 1")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [_absent, _no_database, _older, _empty])
def test_what_cannot_be_read_says_nothing(folder: Path, second: Path, damage: Callable[[Path], None]) -> None:
    """Not that nobody has decided anything."""
    damage(folder / "ledger.db")
    assert what_is_left(folder, second) == Former()
    assert not what_is_left(folder.with_name("nowhere"), second).readable


def test_an_empty_ledger_has_lost_nothing(folder: Path) -> None:
    """Where its head says so."""
    with open_ledger(folder):
        pass
    assert what_is_left(folder, folder / "no.head") == Former(decided=[], readable=True, whole=True)
