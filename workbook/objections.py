"""Why a row of a returned reconciliation is refused as it stands: retyped, doubled, foreign, edited, not approvable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from sync.core.proposal import Proposal
from sync.core.words import Text, say, speaking
from sync.tongues import known_as, tongues
from workbook.cells import Cell, Found, same, shown, told
from workbook.columns import ANSWERS, Column

NAMED = 3
"""So many changed cells are named; more only say that the whole row was moved."""


Compared = tuple[int, Callable[[Proposal], Cell], Column]
"""A column that is only compared: where it stands in the sheet, from 1, and how a reviewed row gets its value."""


class Line(Struct, frozen=True, kw_only=True):
    """A row of a returned reconciliation, as it stands there.

    Attributes:
        key_cell: the Key cell.
        key: the words in it.
        approve: the Approve cell.
        note: the words of the Note cell.
        owner: the words of the Owner cell.
        others: the other columns that are still there.
        cells: what stands in the row, by the sheet's columns.
        hidden: by a filter or by hand.
    """

    key_cell: Found
    key: str
    approve: Found
    note: str
    owner: str
    others: Sequence[Compared]
    cells: Mapping[int, Found]
    hidden: bool

    @property
    def says(self) -> bool | None:
        """Yes or No; None when it is neither and so has to be refused."""
        return False if self.approve is None else answer(self.approve)


def answer(found: Found) -> bool | None:
    """What an Approve cell says, in any language and in any case; None when that is neither Yes nor No."""
    return _answers().get(found.strip().casefold()) if isinstance(found, str) else None


@cache
def _answers() -> Mapping[str, bool]:
    words = {word.casefold(): approve for approve, text in ANSWERS.texts.items() for word in known_as(text)}
    return words | {"": False}


def unidentified(line: Line, row: Proposal | None) -> Text | None:
    """Why a row cannot be told for what it is, whatever else stands in it; None when it can.

    Args:
        line: the row in the file.
        row: the row of that key as reviewed, if there is one.
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
    return None


def repeated(times: int) -> Text:
    """Why none of several rows of the same key is taken."""
    return say("The row stands {times} times in the file, so none of them is taken. Remove the copies.", times=times)


def objection(line: Line, row: Proposal) -> Text | None:
    """Why a row that stands in the file once is refused; None when it is as it was reviewed."""
    if line.says and not row.approvable:
        return say("This row cannot be approved.") + row.reason + row.next_step
    return _edits(line, row)


def _same_elsewhere(value_of: Callable[[Proposal], Cell], row: Proposal, found: Found) -> bool:
    """Whether words say in another language what was reviewed: an open workbook tells reasons in the one chosen."""
    for tongue in tongues() if isinstance(found, str) else ():
        with speaking(tongue):
            if same(value_of(row), found):
                return True
    return False


def _edits(line: Line, row: Proposal) -> Text | None:
    """The cells that differ from what was reviewed."""
    cell = line.cells.get
    changed: list[tuple[Column, Cell, Found]] = []
    for place, value_of, column in line.others:
        reviewed, found = value_of(row), cell(place)
        if found != reviewed and not (same(reviewed, found) or _same_elsewhere(value_of, row, found)):
            changed.append((column, reviewed, found))
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
