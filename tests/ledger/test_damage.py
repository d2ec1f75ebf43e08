"""Damage to the files: every byte, every length. Either somebody refuses, or nothing was lost; never a quiet third."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.core.values.errors import Refused, TieoutError
from sync.ledger.sqlite_ledger import open_ledger
from tests.ledger.samples import everything, fill

PAGE = 512
"""The smallest page SQLite knows: all kinds of page in few bytes."""
SHARES = 16


@pytest.fixture
def small(folder: Path) -> Path:
    """The folder of a ledger with one day of work in the smallest pages."""
    with open_ledger(folder) as ledger:
        fill(ledger, 1)
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("VACUUM")
    return folder


def verified(folder: Path) -> list[object] | None:
    """All that a ledger says once it was verified; None when somebody refused in words."""
    try:
        with open_ledger(folder) as ledger:
            ledger.verify()
            return everything(ledger)
    except TieoutError:
        return None


@pytest.mark.parametrize("share", range(SHARES))
def test_no_flipped_byte_passes_quietly(small: Path, share: int) -> None:
    """Each byte of the file in turn: a refusal in words, or exactly the same answers to every question."""
    path, head = small / "ledger.db", small / "ledger.head"
    whole, kept = path.read_bytes(), head.read_bytes()
    truth = verified(small)
    refused = 0
    for at in range(share, len(whole), SHARES):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
        found = verified(small)
        assert found in (None, truth), f"byte {at} of page {at // PAGE + 1}"
        refused += found is None
        head.write_bytes(kept)
        (small / "ledger.db-journal").unlink(missing_ok=True)
    assert refused > len(whole) // SHARES // 3


def test_no_flipped_byte_of_the_head_passes(small: Path) -> None:
    """Each bit of the head in turn: the ledger is refused, never taken for a younger one."""
    head = small / "ledger.head"
    kept = head.read_bytes()
    for at in range(len(kept)):
        for bit in range(8):
            head.write_bytes(kept[:at] + bytes([kept[at] ^ 1 << bit]) + kept[at + 1 :])
            with pytest.raises(Refused):
                open_ledger(small)


def test_no_truncated_ledger_passes(small: Path) -> None:
    """At page borders and in the middle of pages, down to nothing: always a refusal."""
    path = small / "ledger.db"
    whole = path.read_bytes()
    for length in range(0, len(whole), PAGE // 4):
        path.write_bytes(whole[:length])
        assert verified(small) is None, f"{length} bytes"


def test_a_head_of_a_newer_version_asks_for_an_update(small: Path) -> None:
    """Whatever else it holds by then: nothing is damaged, and nothing is to be restored or rebuilt."""
    (small / "ledger.head").write_text('{"v":2,"rows":1,"hash":"0a","at":"noon"}')
    with pytest.raises(Refused, match="ledger-of-newer-version"):
        open_ledger(small)


def test_no_truncated_head_passes(small: Path) -> None:
    """A head that was half written by something else is damaged, at every length."""
    head = small / "ledger.head"
    kept = head.read_bytes()
    for length in range(len(kept)):
        head.write_bytes(kept[:length])
        with pytest.raises(Refused, match="ledger-head-damaged"):
            open_ledger(small)
