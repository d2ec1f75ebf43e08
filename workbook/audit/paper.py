"""A paper of an audit pack as data: what stands on it, whatever file it goes into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Generic, TypeVar, overload

from msgspec import Struct

from sync.core.words import BLANK, Text, say
from workbook.cells import Cell

Source = TypeVar("Source")


class Form(StrEnum):
    """How a column's values are written and aligned."""

    TEXT = "text"
    STATUS = "status"
    AMOUNT = "amount"
    COUNT = "count"
    DATE = "date"
    SIGN = "sign"
    LONG = "long"


class Col(Struct, frozen=True, kw_only=True):
    """A column of a block.

    Attributes:
        header: its name in the file's language.
        width: in characters of the default font.
        form: see `Form`; SIGN is left blank for whoever ticks or initials the row, LONG runs on to the right.
        adds: it has a control total.
    """

    header: Text
    width: float
    form: Form = Form.TEXT
    adds: bool = False


class Rows(Sequence[list[Cell]], Generic[Source]):
    """Rows whose cells are made when they are asked for, so that a long list is never held twice."""

    def __init__(self, sources: Sequence[Source], cells: Callable[[Source], list[Cell]]) -> None:
        """`cells` makes the row of one of the `sources`."""
        self._sources = sources
        self._cells = cells

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._sources)

    def __iter__(self) -> Iterator[list[Cell]]:
        """Each row in turn."""
        return map(self._cells, self._sources)

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Cell]]: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | list[list[Cell]]:
        """The row at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self._cells(source) for source in self._sources[place]]
        return self._cells(self._sources[place])


class Chart(StrEnum):
    """How Excel draws a block's figures."""

    BARS = "bars"
    COLUMNS = "columns"


NO_ROWS = say("None.")


class Block(Struct, frozen=True, kw_only=True):
    """Rows under one header.

    Attributes:
        heading: above it; empty where the paper's title says enough.
        columns: of each row.
        rows: typed cells, in the order of the columns.
        note: a sentence under the heading.
        empty: what is said where there are no rows.
        keys: of the rows, in their order; other papers lead to the first row of a key.
        leads_to: the paper to whose row of the same key the first cell of a row leads; nothing for none.
        chart: what Excel draws of its figures.
        bold: places of rows that add others up.
        new_page: it is printed on a page of its own.
    """

    heading: Text = BLANK
    columns: tuple[Col, ...]
    rows: Sequence[Sequence[Cell]]
    note: Text = BLANK
    empty: Text = NO_ROWS
    keys: Sequence[str] = ()
    leads_to: Text = BLANK
    chart: Chart | None = None
    bold: frozenset[int] = frozenset()
    new_page: bool = False


class Paper(Struct, frozen=True, kw_only=True):
    """One sheet, and one CSV file.

    Attributes:
        name: of the sheet; its index number comes first.
        title: what it is.
        purpose: what it shows and what it rests on.
        blocks: a single one is a list, with control totals and filters; several are a report.
        charts: whether the summary's charts stand on it.
        one_page: it is printed on a single page.
    """

    name: Text
    title: Text
    purpose: Text
    blocks: tuple[Block, ...]
    charts: bool = False
    one_page: bool = False

    @property
    def index(self) -> Text:
        """Its index number; nothing for a paper that belongs to no pack."""
        number = str(self.name).split()[0]
        return say("AR-{number}", number=number) if number.isdecimal() else BLANK

    @property
    def is_list(self) -> bool:
        """It holds one block, to be filtered and added up."""
        return len(self.blocks) == 1


def text(header: Text, width: float) -> Col:
    """A column of words."""
    return Col(header=header, width=width)


def long(header: Text, width: float) -> Col:
    """A column of words that run on over the columns to its right."""
    return Col(header=header, width=width, form=Form.LONG)


def money(header: Text, *, adds: bool = True, width: float = 10.5) -> Col:
    """A column of amounts."""
    return Col(header=header, width=width, form=Form.AMOUNT, adds=adds)


def count(header: Text, width: float = 10) -> Col:
    """A column of counts."""
    return Col(header=header, width=width, form=Form.COUNT)


def day(header: Text, width: float = 10.5) -> Col:
    """A column of dates."""
    return Col(header=header, width=width, form=Form.DATE)


def status(width: float = 16) -> Col:
    """A column of statuses, in words and colour."""
    return Col(header=say("Status"), width=width, form=Form.STATUS)


CURRENCY = say("Currency")


WHAT, DETAIL, UNIT, AMOUNT = 34, 26, 10, 16
"""Widths of the columns that all blocks of a report share."""
SIGNS = (Col(header=say("Tick"), width=5, form=Form.SIGN), Col(header=say("Initials"), width=7, form=Form.SIGN))
"""Left blank, for whoever prepares and whoever reviews."""
