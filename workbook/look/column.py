"""A column of a list as data: its id, its header, how its values are written, and how a row gets its value.

A list is designed once, as a tuple of columns: sheets, files, packs and CSV files take headers and cells from there.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sync.core.values.messages import Text, say
from workbook.xlsx.cells import Cell

Row = TypeVar("Row")
Other = TypeVar("Other")


class CellKind(StrEnum):
    """How a column's values are written, aligned and compared.

    SIGN is left blank for whoever ticks, initials or signs; the words of LONG run on over the columns to its right.
    """

    TEXT = "text"
    LONG = "long"
    AMOUNT = "amount"
    COUNT = "count"
    DATE = "date"
    STATUS = "status"
    APPROVE = "approve"
    NOTE = "note"
    DAY_TO_TYPE = "day to type"
    LINK = "link"
    SIGN = "sign"


def nothing(_: object) -> None:
    """Return no value: that of columns whose cells are left blank, or given beside the row."""


class Column(Struct, Generic[Row], frozen=True, kw_only=True):
    """One column.

    Attributes:
        id: what it is known by; nobody sees it.
        header: its name in the list; unique in each language.
        kind: see `CellKind`.
        width: in characters of the default font.
        value: the cell of a row.
        adds: it has a control total.
        small: its words are in small letters: there are many of them.
    """

    id: str
    header: Text
    kind: CellKind
    width: float
    value: Callable[[Row], Cell] = nothing
    adds: bool = False
    small: bool = False

    @property
    def wraps(self) -> bool:
        """Its words may take several lines."""
        return self.kind in {CellKind.TEXT, CellKind.STATUS, CellKind.NOTE}

    @property
    def editable(self) -> bool:
        """The reviewer may change it; all other columns are only compared."""
        return self.kind in {CellKind.APPROVE, CellKind.NOTE, CellKind.DAY_TO_TYPE}

    def as_wide_as(self, width: float) -> Column[Row]:
        """Return the same column in another width, for a narrower page or a wider screen."""
        return replace(self, width=width)

    def within(self, row: Callable[[Other], Row]) -> Column[Other]:
        """Return the same column for a list of something else that holds its row."""
        value = self.value
        return Column(
            id=self.id,
            header=self.header,
            kind=self.kind,
            width=self.width,
            value=lambda other: value(row(other)),
            adds=self.adds,
            small=self.small,
        )


def set_off(before: Column[Any], column: Column[Any]) -> bool:
    """Return whether a column's words are set off from a number before them, which ends at the cell's edge."""
    return before.kind in {CellKind.AMOUNT, CellKind.COUNT} and column.kind in {CellKind.TEXT, CellKind.LONG}


def text(
    id_: str, header: Text, width: float, value: Callable[[Row], Cell] = nothing, *, small: bool = False
) -> Column[Row]:
    """Make a column of words."""
    return Column(id=id_, header=header, kind=CellKind.TEXT, width=width, value=value, small=small)


def long(id_: str, header: Text, width: float) -> Column[Row]:
    """Make a column of words that run on over the columns to its right."""
    return Column(id=id_, header=header, kind=CellKind.LONG, width=width)


def amount(
    id_: str, header: Text, value: Callable[[Row], Decimal | None] = nothing, *, width: float = 10.5, adds: bool = True
) -> Column[Row]:
    """Make a column of amounts, with a control total unless they do not add up to anything."""
    return Column(id=id_, header=header, kind=CellKind.AMOUNT, width=width, value=value, adds=adds)


def count(id_: str, header: Text, value: Callable[[Row], Cell] = nothing, *, width: float = 10) -> Column[Row]:
    """Make a column of counts."""
    return Column(id=id_, header=header, kind=CellKind.COUNT, width=width, value=value)


def day(id_: str, header: Text, value: Callable[[Row], Cell] = nothing, *, width: float = 10.5) -> Column[Row]:
    """Make a column of dates."""
    return Column(id=id_, header=header, kind=CellKind.DATE, width=width, value=value)


def status(value: Callable[[Row], Cell] = nothing, *, width: float = 16) -> Column[Row]:
    """Make a column of statuses, in words and colour."""
    return Column(id="status", header=say("status"), kind=CellKind.STATUS, width=width, value=value)


def sign(id_: str, header: Text, width: float) -> Column[Row]:
    """Make a column that is left blank, for whoever prepares and whoever reviews."""
    return Column(id=id_, header=header, kind=CellKind.SIGN, width=width)
