"""Why a row of a returned reconciliation is refused as it stands: retyped, doubled, foreign, edited, not approvable."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sync.core.proposal import Proposal
from sync.core.words import Text, say
from workbook.cells import Cell, Found, same, shown, told
from workbook.columns import Column

ANSWERS = {"yes": True, "oui": True, "no": False, "non": False, "": False}
"""What may stand in an Approve cell, in any case."""
NAMED = 3
"""So many changed cells are named; more only say that the whole row was moved."""


class Line(Struct, frozen=True, kw_only=True):
    """A row of a returned reconciliation, as it stands there.

    Attributes:
        key_cell: the Key cell.
        key: the words in it.
        approve: the Approve cell.
        note: the words of the Note cell.
        owner: the words of the Owner cell.
        others: the other columns that are still there, and their cells.
        hidden: by a filter or by hand.
    """

    key_cell: Found
    key: str
    approve: Found
    note: str
    owner: str
    others: Sequence[tuple[Column, Found]]
    hidden: bool

    @property
    def says(self) -> bool | None:
        """Yes or No, in English or French; None when it is neither and so has to be refused."""
        if self.approve is None:
            return False
        return ANSWERS.get(self.approve.strip().casefold()) if isinstance(self.approve, str) else None


def objection(line: Line, row: Proposal | None, times: int) -> Text | None:
    """Why a row is refused as it stands; None when it is as it was reviewed.

    Args:
        line: the row in the file.
        row: the row of that key as reviewed, if there is one.
        times: how many rows of the file bear its key.
    """
    if line.says is None:
        return say(
            "Approve holds {found}, which is neither Yes nor No, so the row is refused. Type Yes or No.",
            found=shown(line.approve, like=None),
        )
    if row is None or not isinstance(line.key_cell, str):
        return say(
            "The key is {found} in the file, and no reviewed row has that key, so the row is refused. Undo the edit, "
            "or run the sync again.",
            found=shown(line.key_cell, like=None),
        )
    if times > 1:
        return say(
            "The row stands {times} times in the file, so none of them is taken. Remove the copies.", times=times
        )
    if line.says and not row.approvable:
        return say("This row cannot be approved.") + row.reason + row.next_step
    return _edits(line, row)


def _edits(line: Line, row: Proposal) -> Text | None:
    """The cells that differ from what was reviewed."""
    changed: list[tuple[Column, Cell, Found]] = [
        (column, column.value(row), found) for column, found in line.others if not same(column.value(row), found)
    ]
    if not changed:
        return None
    text = Text(())
    for column, reviewed, found in changed[:NAMED]:
        text += say(
            "{column} is {found} in the file and was {reviewed} when reviewed.",
            column=column.header,
            found=shown(found, like=reviewed),
            reviewed=told(reviewed),
        )
    if len(changed) > NAMED:
        text += say("{more} more of its cells differ.", more=len(changed) - NAMED)
    return text + say("The row is refused, not corrected: undo the edit, or run the sync again.")
