"""What somebody typed into cells that Tieout has not filled, found in a block of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbook.xlsx.cells import letters


class Typed(Struct, frozen=True, kw_only=True):
    """The smallest rectangle around all that is typed in a block; counted from 0, as are rows and columns there."""

    top: int
    bottom: int
    left: int
    right: int

    def address(self, row: int, column: int) -> str:
        """Return where it is on the sheet, for a block that begins in that row and column, from 1."""
        first, last = letters(self.left + column - 1), letters(self.right + column - 1)
        corner = f"{first}{self.top + row}"
        end = f"{last}{self.bottom + row}"
        return corner if corner == end else f"{corner}:{end}"


def is_typed(value: object) -> bool:
    """Whether a cell, as Excel hands it out, holds anything that can be seen."""
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def typed_in(block: Sequence[Sequence[object]]) -> Typed | None:
    """Return where anything is typed in a block; None where all is empty."""
    found = [(row, column) for row, cells in enumerate(block) for column, cell in enumerate(cells) if is_typed(cell)]
    if not found:
        return None
    rows, columns = [row for row, _ in found], [column for _, column in found]
    return Typed(top=min(rows), bottom=max(rows), left=min(columns), right=max(columns))
