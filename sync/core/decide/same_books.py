"""Whether books are those that were read before: an older copy is refused, cleared transactions are no fault.

Sage numbers its rows upwards. Clearing paid transactions takes whole invoices away, so the highest number may fall; an
older copy lacks what was entered since, or bears other entries under the same numbers. The highest number alone tells
neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec.structs import replace

from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.records import BooksMark, Entry, Reading, RowMark

MARKED = 200
"""How many of the newest rows are remembered."""
PERMANENT = frozenset({50, 62, 150, 386})
"""Kinds in `tnxtpids` whose records keep their numbers for ever: customers, orders, invoices, ship-to addresses."""
JOURNAL = 100
"""The kind of the general journal, whose numbers begin anew with each year's table."""


def mark_of(row: Entry, number: str) -> RowMark:
    """Return what a row is known again by: whose it is and how it is called.

    What it says may be corrected under the same number, as far as anybody knows: that is for the positions to show.

    Args:
        row: as read.
        number: of its document, as Sage stores it.
    """
    named = (row.document_id, row.customer_id, number.strip(), row.kind, row.number.strip())
    content = hashlib.sha256("\x1f".join(map(str, named)).encode()).hexdigest()[:16]
    return RowMark(id=row.id, document_id=row.document_id, content=content)


def mark_to_keep(reading: Reading) -> BooksMark:
    """Return what is remembered of a reading with balances: with each row, whether Sage may clear it."""
    settled = {each.document.id for each in reading.balances if each.balance == ZERO and not each.unreadable}
    newest = sorted(reading.mark.rows, key=lambda row: row.id)[-MARKED:]
    rows = tuple(replace(row, settled=row.document_id in settled) for row in newest)
    return replace(reading.mark, rows=rows)


def why_older(before: BooksMark, reading: Reading) -> Text | None:
    """Return why books are an older copy of those that were read before, or another's; None where they are neither.

    Args:
        before: what was remembered of the last run.
        reading: of now, with the rows of then that are still there.
    """
    there = {row.id: row.content for row in reading.mark.rows}
    other = [row.id for row in before.rows if there.get(row.id, row.content) != row.content]
    if other:
        return say("sync-older-rows-differ", row=str(max(other)), count=len(other), known=len(before.rows))
    gone = [row for row in before.rows if row.id not in there]
    now = reading.mark.counters
    fallen = {kind for kind, seen in before.counters.items() if now.get(kind, seen) < seen and kind != JOURNAL}
    if fallen and (gone or fallen & PERMANENT):
        kind = min(fallen & PERMANENT or fallen)
        return say("sync-older-counter-fell", kind=kind, now=str(now[kind]), seen=str(before.counters[kind]))
    # Copies give a number that is free anew: a row that is gone from below the highest one was cleared in these books.
    above = [row for row in gone if row.id > reading.highest_row]
    unlike = any(_unlike_clearing(row, reading) for row in above)
    if above and not _counted(before, now) and (unlike or len(gone) == len(before.rows)):
        return say("sync-older-rows-gone", row=str(above[-1].id), count=len(gone), known=len(before.rows))
    return None


def cleared(before: BooksMark, reading: Reading) -> tuple[Text, ...]:
    """Return what is said where rows of the last run are gone from books that are no older copy."""
    there = {row.id for row in reading.mark.rows}
    gone = [row for row in before.rows if row.id not in there]
    if not gone:
        return ()
    said = say("sync-transactions-cleared", count=len(gone), known=len(before.rows))
    if unlike := sum(1 for row in gone if _unlike_clearing(row, reading)):
        said += say("sync-cleared-unlike-clearing", count=unlike)
    return (said if _counted(before, reading.mark.counters) else said + say("sync-cleared-without-counters"),)


def _unlike_clearing(gone: RowMark, reading: Reading) -> bool:
    """Return whether a row is not gone with the whole of a settled document."""
    return not gone.settled or gone.document_id in reading.still_there


def _counted(before: BooksMark, now: Mapping[int, int]) -> bool:
    """Return whether Sage's counters can be compared."""
    return bool(before.counters) and before.counters.keys() <= now.keys()
