"""Which payment information was entered in the window, by the best evidence that these books offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sync.core.periods import Window
from sync.core.reading import Entered, Wanted
from sync.core.words import Text, say
from sync.sage import queries, rows

Ask = Callable[..., Iterable[tuple[Any, ...]]]
"""Runs a query with parameters and returns its rows."""

FAR_FUTURE = date(9999, 12, 31)


def strategy(ask: Ask, columns: Mapping[str, set[str]]) -> tuple[bool, Text]:
    """Whether the day of entry on the rows themselves can be relied on, and how that is said in a run.

    Args:
        ask: runs a query.
        columns: lower-case column names by table.
    """
    if "dtasdate" in columns["tcustrdt"] and not any(True for _ in ask(queries.UNSTAMPED)):
        return True, say("Found by the day each receipt was entered.")
    journals = bool(_journals(columns))
    if journals:
        return False, say("Found by the journal's day of entry, by new row numbers, and by the receipts' dates.")
    return False, say("Found by new row numbers and by the receipts' dates; Sage shows no day of entry.")


def entered(ask: Ask, columns: Mapping[str, set[str]], wanted: Wanted, *, stamped: bool) -> list[Entered]:
    """The rows of payment information entered in the window, in order of entry.

    Without a reliable day of entry this is the union of all other evidence: too many rather than one too few.

    Args:
        ask: runs a query.
        columns: lower-case column names by table.
        wanted: the window, and the highest row seen before it.
        stamped: from `strategy`.
    """
    window = wanted.window
    if window is None:
        return []
    days = _bounds(window)
    if stamped:
        return _rows(ask(queries.TOUCHED_BY_STAMP, *days))
    found = [*ask(queries.TOUCHED_BY_DATE, *days)]
    if "dtasdate" in columns["tcustrdt"]:
        found += ask(queries.TOUCHED_BY_STAMP, *days)
    for journal in _journals(columns):
        found += ask(queries.TOUCHED_BY_JOURNAL.format(journal=journal), *days)
    if wanted.above_row is not None:
        found += ask(queries.TOUCHED_BY_ROW, wanted.above_row, days[1])
    return _rows(found)


def _journals(columns: Mapping[str, set[str]]) -> list[str]:
    return [name for name in queries.JOURNALS if columns.get(name, set()) >= queries.JOURNAL_COLUMNS]


def _bounds(window: Window) -> tuple[str, str]:
    """First day, and the day after the last; a window without an end date is open."""
    after = window.end + timedelta(days=1) if window.bounded else FAR_FUTURE
    return window.start.isoformat(), after.isoformat()


def _rows(found: Iterable[tuple[Any, ...]]) -> list[Entered]:
    """Each row once, whatever found it; rows that belong to no document are left to Sage."""
    by_id = {int(row[0]): rows.entered(row) for row in found if row[1] is not None}
    return [by_id[number] for number in sorted(by_id)]
