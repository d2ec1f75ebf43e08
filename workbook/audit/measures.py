"""What has to be known of a block before its first row is written: widths, control totals and currencies."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from sync.core.money import ZERO
from workbook.audit.paper import CURRENCY, Block, Form
from workbook.lettering import headed
from workbook.page import fitting

FEW_SIGNS = 2
"""A list has columns to tick and to initial; where there are more, people sign, and need room."""
_WRAPPED = {Form.TEXT, Form.STATUS}


class Measures(Struct, frozen=True, kw_only=True):
    """What has to be known of a block before its first row is written.

    Attributes:
        widths: of its columns, wider where an amount or its control total needs it: hashes are no figure.
        totals: of the columns that add up, by place.
        units: the currencies of its rows.
        counted: the column that counts the rows that are shown: of the currencies, which no row is without.
    """

    widths: list[float]
    totals: dict[int, Decimal]
    units: list[str]
    counted: int


def measures(block: Block, lines: int) -> Measures:
    """Go through the rows of a block once.

    Args:
        block: the block.
        lines: that its headers may take.
    """
    ends: dict[int, list[Decimal]] = {
        place: [ZERO, ZERO, ZERO] for place, column in enumerate(block.columns) if column.form is Form.AMOUNT
    }
    unit = next((place for place, column in enumerate(block.columns) if column.header == CURRENCY), None)
    units = set()
    for row in block.rows:
        for place, seen in ends.items():
            if isinstance(value := row[place], Decimal):
                seen[:] = min(seen[0], value), max(seen[1], value), seen[2] + value
        if unit is not None:
            units.add(str(row[unit]))
    return Measures(
        widths=[
            max(
                headed(column.header, column.width, lines=lines, indented=apart(block, place)),
                *(len(f"{amount:,.2f}") + 1 for amount in ends.get(place, (ZERO,))),
            )
            for place, column in enumerate(block.columns)
        ],
        totals={place: seen[2] for place, seen in ends.items() if block.columns[place].adds},
        units=sorted(units),
        counted=unit or 0,
    )


def wrapping(block: Block) -> list[tuple[int, int]]:
    """The columns whose words wrap, and how many characters of each fit on a line."""
    return [(place, fitting(column.width)) for place, column in enumerate(block.columns) if column.form in _WRAPPED]


def fewest_lines(block: Block) -> int:
    """How many lines high a row is at least: people who sign need room."""
    return 2 if sum(column.form is Form.SIGN for column in block.columns) > FEW_SIGNS else 1


def apart(block: Block, place: int) -> bool:
    """Words beside an amount are set off from it: a bracket ends at the very edge of its cell."""
    words = block.columns[place].form in {Form.TEXT, Form.LONG}
    return place > 0 and words and block.columns[place - 1].form is Form.AMOUNT
