"""What has to be known of a block before its first row is written: widths, control totals and currencies."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from sync.core.money import ZERO
from workbook.audit.paper import CURRENCY, Block, Form
from workbook.lettering import headed


class Measures(Struct, frozen=True, kw_only=True):
    """What has to be known of a block before its first row is written.

    Attributes:
        widths: of its columns, wider where an amount or its control total needs it: hashes are no figure.
        totals: of the columns that add up, by place.
        units: the currencies of its rows.
    """

    widths: list[float]
    totals: dict[int, Decimal]
    units: list[str]


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
                headed(column.header, column.width, lines),
                *(len(f"{amount:,.2f}") + 1 for amount in ends.get(place, (ZERO,))),
            )
            for place, column in enumerate(block.columns)
        ],
        totals={place: seen[2] for place, seen in ends.items() if block.columns[place].adds},
        units=sorted(units),
    )
