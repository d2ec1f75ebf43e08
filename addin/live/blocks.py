"""Blocks of cells on their way to and from Excel, and the addresses they stand at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbook.control.review_blocks import HEADER_ROW, LIVE_COLUMNS
from workbook.look.column import CellKind
from workbook.review.head_block import CHECK_ROW
from workbook.xlsx.cell_stream import SheetRow
from workbook.xlsx.cells import Odd, Plain, found_in, letters, raw

LAST = len(LIVE_COLUMNS) - 1
"""Place of the table's last column, that of the links, from 0."""


def as_raw(block: Sequence[Sequence[Plain]]) -> list[list[str | float | None]]:
    """Return a block as Excel takes it: words, numbers, nothing."""
    return [[raw(value) for value in row] for row in block]


def as_rows(value: Any) -> list[list[Any]]:  # noqa: ANN401 - whatever Excel hands out
    """Return a block as rows, even where it is one row or one cell."""
    if not isinstance(value, list | tuple):
        return [[value]]
    return [list(row) if isinstance(row, list | tuple) else [row] for row in value]


def as_cell(value: object) -> Plain:
    """Return a value as it stood, on its way back; errors and true/false cannot be put back and stay empty."""
    found = found_in(value)
    return None if isinstance(found, Odd) else found


def as_row(values: Sequence[object], *, hidden: bool = False) -> SheetRow:
    """Return a row of a block as a file would have it."""
    found = {place: found_in(value) for place, value in enumerate(values, start=1)}
    return SheetRow(cells={place: value for place, value in found.items() if value is not None}, hidden=hidden)


def address(first: int, last: int, *, column: int = 0) -> str:
    """Return the address of the table's columns, from one of them to the last, between two rows; all from 0."""
    return f"{letters(column)}{first + 1}:{letters(LAST)}{last + 1}"


def words_address(rows: int) -> str:
    """Return the address of all cells that hold words, with so many table rows: the header block, then the columns."""
    groups: list[list[int]] = []
    for place, column in enumerate(LIVE_COLUMNS):
        if column.kind not in {CellKind.AMOUNT, CellKind.DATE, CellKind.DAY_TO_TYPE, CellKind.LINK}:
            if groups and groups[-1][1] == place - 1:
                groups[-1][1] = place
            else:
                groups.append([place, place])
    first, last = HEADER_ROW + 2, HEADER_ROW + 1 + rows
    head = address(0, CHECK_ROW - 1)
    return ",".join([head, *(f"{letters(a)}{first}:{letters(b)}{last}" for a, b in groups)])
