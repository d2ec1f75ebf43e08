"""The chain: nothing is changed or taken away through SQLite, and what is done behind its back is found and named."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sync.core.values.errors import Refused
from sync.core.values.posting import Decision
from sync.core.values.runs import Head
from sync.language.catalogues import ENGLISH
from sync.ledger.hash_chain import GENESIS, OBJECTS, HeadFile
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger
from tests.ledger.samples import COMPANY, fill, intent, posted, row, run

ROWS_A_DAY = 11


@contextmanager
def behind_its_back(folder: Path) -> Iterator[sqlite3.Connection]:
    """The ledger's file in the hands of somebody who knows SQL: the triggers are lifted and put back."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        for name in ("entry_stays", "entry_remains"):
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for statement in OBJECTS[-2:]:
            connection.execute(statement)


def refusal(folder: Path) -> str:
    """What opening and verifying say of a ledger that they must not accept."""
    with pytest.raises(Refused) as refused, open_ledger(folder) as ledger:
        ledger.verify()
    return refused.value.said(ENGLISH)


@pytest.fixture
def filled(folder: Path) -> Path:
    """The folder of a ledger with three days of work, closed."""
    with open_ledger(folder) as ledger:
        fill(ledger)
    return folder


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}' WHERE seq = 1",
        "DELETE FROM entry WHERE seq = 1",
        "REPLACE INTO entry SELECT * FROM entry WHERE seq = 33",
    ],
)
def test_rows_are_neither_changed_nor_taken_away(filled: Path, statement: str) -> None:
    """The triggers refuse, for any program that opens the file with SQLite."""
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        connection.execute("PRAGMA recursive_triggers = ON")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)


def test_an_untouched_ledger_is_intact(filled: Path) -> None:
    """All rows are there, and the end of the chain is the head."""
    with open_ledger(filled) as ledger:
        assert ledger.head() == ledger.verify()
        assert ledger.head().rows == 3 * ROWS_A_DAY


def test_a_new_ledger_is_intact(ledger: SqliteLedger) -> None:
    """No rows, and the chain's beginning as its end."""
    assert Head(rows=0, hash=GENESIS) == ledger.verify()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "'decision'"),
        ("run", "'R9'"),
        ("key", "'99'"),
        ("at", "'2020-01-01T00:00:00.000+00:00'"),
        ("state", "'refused'"),
        ("proof", "0"),
        ("invoice", "NULL"),
        ("body", "replace(body, '100.00', '900.00')"),
        ("hash", "replace(hash, substr(hash, 1, 1), 'x')"),
    ],
)
def test_a_changed_row_is_named(filled: Path, column: str, value: str) -> None:
    """Whatever is changed in a row, verify gives its number, kind and run."""
    with behind_its_back(filled) as connection:
        (seq, kind, run_id) = connection.execute(
            "SELECT seq, kind, run FROM entry WHERE kind = 'posting' AND run = 'R1'"
        ).fetchone()
        connection.execute(f"UPDATE entry SET {column} = {value} WHERE seq = ?", (seq,))
        kind, run_id = {"kind": ("decision", run_id), "run": (kind, "R9")}.get(column, (kind, run_id))
    assert f"Row {seq} of the ledger ({kind} of run {run_id})" in refusal(filled)


def test_text_moved_between_columns_is_named(filled: Path) -> None:
    """Two columns that together say the same are not the same."""
    with behind_its_back(filled) as connection:
        connection.execute("UPDATE entry SET key = key || state, state = '' WHERE seq = 3")
    assert "Row 3 of the ledger (row of run R0)" in refusal(filled)


def test_bytes_in_the_place_of_text_are_named(filled: Path) -> None:
    """A column of another type is a change, even where it holds the same letters."""
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        connection.execute("DROP TRIGGER entry_stays")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ' STRICT', '') WHERE name = 'entry'")
        connection.commit()
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        connection.execute("UPDATE entry SET body = CAST(body AS BLOB) WHERE seq = 3")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'entry'", (OBJECTS[0],))
        connection.execute(OBJECTS[-2])
        connection.execute("DROP TRIGGER entry_remains")
        connection.execute(OBJECTS[-1])
        connection.commit()
    assert "Row 3 of the ledger (row of run R0)" in refusal(filled)


def test_text_that_is_no_longer_unicode_is_named(filled: Path) -> None:
    """A row that cannot be decoded is still found by its number."""
    with behind_its_back(filled) as connection:
        connection.execute("UPDATE entry SET body = CAST(x'7bff7d' AS TEXT) WHERE seq = 3")
    assert "Row 3 of the ledger (row of run R0)" in refusal(filled)


@pytest.mark.parametrize("seq", [1, 2, 17, 32])
def test_a_removed_row_is_missed(filled: Path, seq: int) -> None:
    """A gap is told from a change."""
    with behind_its_back(filled) as connection:
        connection.execute("DELETE FROM entry WHERE seq = ?", (seq,))
    assert f"issing from the ledger {'' if seq < 3 * ROWS_A_DAY else filled / 'ledger.db'}".rstrip() in refusal(filled)
    assert f", by number: {seq}." in refusal(filled)


def test_rows_that_close_the_gap_are_named(filled: Path) -> None:
    """Numbering the rest again does not hide a removed row."""
    with behind_its_back(filled) as connection:
        connection.execute("DELETE FROM entry WHERE seq = 5")
        for seq in range(6, 3 * ROWS_A_DAY + 1):
            connection.execute("UPDATE entry SET seq = ? WHERE seq = ?", (seq - 1, seq))
    assert "Row 5 of the ledger (" in refusal(filled)
    assert f", by number: {3 * ROWS_A_DAY}. Its head, written 20" in refusal(filled)


@pytest.mark.parametrize("left", [0, 1, ROWS_A_DAY, 3 * ROWS_A_DAY - 1])
def test_a_cut_tail_is_missed(filled: Path, left: int) -> None:
    """The head beside the ledger remembers how far it went."""
    with behind_its_back(filled) as connection:
        connection.execute("DELETE FROM entry WHERE seq > ?", (left,))
    missing = f"{left + 1}-{3 * ROWS_A_DAY}" if left + 1 < 3 * ROWS_A_DAY else 3 * ROWS_A_DAY
    assert f", by number: {missing}. Its head, written 20" in refusal(filled)


def test_a_ledger_written_anew_is_told_from_the_old_one(filled: Path, tmp_path: Path) -> None:
    """A whole chain of another's making does not meet the head that was kept."""
    with open_ledger(tmp_path / "forged") as ledger:
        fill(ledger, 4)
    (tmp_path / "forged" / "ledger.db").replace(filled / "ledger.db")
    assert f"Row {3 * ROWS_A_DAY} of the ledger" in refusal(filled)
    assert "changed and chained anew, or another one was put in its place" in refusal(filled)


def test_a_lifted_trigger_is_noticed(filled: Path) -> None:
    """A file whose rows could be changed is not trusted, even when none was."""
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        connection.execute("DROP TRIGGER entry_remains")
    assert "is damaged, or is not a ledger" in refusal(filled)


def test_an_index_that_contradicts_the_rows_is_noticed(filled: Path) -> None:
    """Views look things up in the indexes, so verify compares them with the rows."""
    path = filled / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entry_by_run'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(path.read_bytes())
    at = raw.index(b"posting", (root - 1) * size, root * size)
    raw[at : at + 7] = b"postinh"
    path.write_bytes(raw)
    assert "is damaged, or is not a ledger" in refusal(filled)


def test_rows_after_the_kept_head_are_checked_at_opening(filled: Path) -> None:
    """What an interrupted push left behind is not taken on trust: it is walked before anything is added to it."""
    head = (filled / "ledger.head").read_bytes()
    with open_ledger(filled) as ledger:
        ledger.intend(intent("R2", "2"))
        ledger.conclude(posted("R2", "2"))
    (filled / "ledger.head").write_bytes(head)
    with behind_its_back(filled) as connection:
        connection.execute("UPDATE entry SET state = 'refused' WHERE kind = 'posting' AND seq > ?", (3 * ROWS_A_DAY,))
    with pytest.raises(Refused, match=r"ledger-row-.*seq=35"):
        open_ledger(filled)


def test_a_head_that_lags_behind_catches_up(filled: Path) -> None:
    """A crash after a commit leaves an older head; the next opening accepts it and keeps the true one."""
    head = (filled / "ledger.head").read_bytes()
    with open_ledger(filled) as ledger:
        ledger.intend(intent("R2", "1"))
        newest = ledger.head()
    (filled / "ledger.head").write_bytes(head)
    with open_ledger(filled) as ledger:
        kept = HeadFile(filled / "ledger.head").read()
        assert kept is not None
        assert (kept.rows, kept.hash) == (newest.rows, newest.hash)
        assert newest == ledger.head()


def test_the_head_is_kept_at_the_ends_of_phases_and_before_each_request(folder: Path) -> None:
    """After a review, with each intent, and on closing; not with what was decided."""
    head = folder / "ledger.head"
    with open_ledger(folder) as ledger:
        new = head.read_bytes()
        ledger.begin(run(0), [row("2")])
        reviewed = head.read_bytes()
        ledger.decide("R0", [Decision(key="2", approve=True)])
        assert reviewed == head.read_bytes()
        ledger.intend(intent("R0", "2"))
        sent = head.read_bytes()
        ledger.conclude(posted("R0", "2"))
        assert (new != reviewed != sent, sent) == (True, head.read_bytes())
    assert sent != head.read_bytes()
    assert [head.parent / "ledger.db", head] == sorted(folder.iterdir())


def test_reading_leaves_the_files_as_they_are(filled: Path) -> None:
    """History and verify do not write."""
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in filled.iterdir()}
    with open_ledger(filled) as ledger:
        ledger.verify()
        ledger.history()
        ledger.open_items(COMPANY)
    assert before == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in filled.iterdir()}


def test_each_row_says_when_it_was_committed(filled: Path) -> None:
    """In UTC, to the millisecond, so that computers in two time zones can be compared."""
    with closing(sqlite3.connect(filled / "ledger.db")) as connection:
        moments = [at for (at,) in connection.execute("SELECT at FROM entry ORDER BY seq")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", at) for at in moments)
