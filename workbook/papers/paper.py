"""A paper of an audit pack as data: what stands on it, whatever file it goes into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, overload

from msgspec import Struct

from sync.core.values.messages import BLANK, Text, say
from workbook.look.column import Column, Row, sign
from workbook.xlsx.cells import Cell

ROWS, POSTED, HELD, APPLICATIONS, RECEIPTS = (
    say("reconciliation-paper"),
    say("posted-paper"),
    say("held-items-paper"),
    say("applications-paper"),
    say("receipts-paper"),
)


class Rows(Sequence[list[Cell]], Generic[Row]):
    """Rows whose cells are made when they are asked for, so that a long list is never held twice."""

    def __init__(self, columns: Sequence[Column[Row]], sources: Sequence[Row]) -> None:
        """Take the columns that make the cells of each of the sources."""
        self._values = [column.value for column in columns]
        self._sources = sources

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._sources)

    def __iter__(self) -> Iterator[list[Cell]]:
        """Yield each row in turn."""
        return map(self._cells, self._sources)

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Cell]]: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | list[list[Cell]]:
        """Return the row at a place, or those of a slice."""
        if isinstance(place, slice):
            return list(map(self._cells, self._sources[place]))
        return self._cells(self._sources[place])

    def column(self, place: int) -> Iterator[Cell]:
        """Yield the cells of one column, without those beside them."""
        return map(self._values[place], self._sources)

    def _cells(self, source: Row) -> list[Cell]:
        return [value(source) for value in self._values]


class Chart(StrEnum):
    """How Excel draws figures: bars that add up, or columns side by side."""

    BARS = "bars"
    COLUMNS = "columns"


class Drawing(Struct, frozen=True, kw_only=True):
    """What Excel draws of a block: in the currency that most of its rows are in, without those that add others up.

    Attributes:
        kind: how.
        columns: the ids of the figures' columns; the names are those of the first column.
    """

    kind: Chart
    columns: tuple[str, ...]


NO_ROWS = say("none-in-list")


CURRENCY = "currency"
"""The id of the column, in every list of amounts, that says what they are in."""
TOTAL_LINE = "total-line"
"""The id of the column, in a CSV file alone, that marks rows that add others up: it is empty in all others."""


class Term(Struct, frozen=True, kw_only=True):
    """What a figure is made of: a column added up over the rows of a block that a filter picks.

    Attributes:
        less: it is taken away.
        paper: on which the block is; no words for the figure's own.
        block: its place on the paper; None for the figure's own.
        column: the id of the column; empty where rows are counted.
        where: ids of columns, and what has to stand in them.
    """

    less: bool = False
    paper: Text = BLANK
    block: int | None = None
    column: str = ""
    where: tuple[tuple[str, Cell], ...] = ()


class Rule(Struct, frozen=True, kw_only=True):
    """How the figure in a cell comes about.

    Attributes:
        row: its place in the block.
        column: the id of its column.
        terms: that it is made of.
    """

    row: int
    column: str
    terms: tuple[Term, ...]


class Said(Struct, frozen=True, kw_only=True):
    """A figure that a paper says in a sentence.

    Attributes:
        label: what it is.
        unit: its currency, in words.
        amount: the figure.
        terms: that it is made of.
    """

    label: Text
    unit: Text | str
    amount: Decimal
    terms: tuple[Term, ...]


def in_currency(unit: Cell) -> tuple[tuple[str, Cell], ...]:
    """Return the filter of the rows of a currency that add no others up."""
    return ((CURRENCY, unit), (TOTAL_LINE, BLANK))


def adding_up(row: int, unit: Cell, columns: Iterable[str], block: int | None = None) -> list[Rule]:
    """Return the rules of a row that adds up those of its currency, in its own block or another of its paper."""
    return [
        Rule(row=row, column=column, terms=(Term(block=block, column=column, where=in_currency(unit)),))
        for column in columns
    ]


class PaperBlock(Struct, frozen=True, kw_only=True):
    """Rows under one header.

    Attributes:
        heading: above it; empty where the paper's title says enough.
        columns: of each row.
        rows: typed cells, in the order of the columns.
        note: a sentence under the heading.
        empty: what is said where there are no rows.
        keys: of the rows, in their order; other papers lead to the first row of a key.
        leads_to: the paper to whose row of the same key a row leads; nothing for none.
        records: of the rows, in their order: the numbers of the invoices in Manage, to which their own numbers lead
            where somebody has said how its pages are addressed; None where there is none.
        drawing: what Excel draws of its figures.
        bold: places of rows that add others up.
        rules: how the figures in its cells come about.
        new_page: it is printed on a page of its own.
    """

    heading: Text = BLANK
    columns: tuple[Column[Any], ...]
    rows: Sequence[Sequence[Cell]]
    note: Text = BLANK
    empty: Text = NO_ROWS
    keys: Sequence[str] = ()
    leads_to: Text = BLANK
    records: Sequence[int | None] = ()
    drawing: Drawing | None = None
    bold: frozenset[int] = frozenset()
    rules: Sequence[Rule] = ()
    new_page: bool = False


class Paper(Struct, frozen=True, kw_only=True):
    """One sheet, and one CSV file.

    Attributes:
        name: of the sheet; its index number comes first.
        number: its index number; empty for a paper that belongs to no pack.
        title: what it is.
        purpose: what it shows and what it rests on.
        blocks: a single one is a list, with control totals and filters; several are a report.
        pages: that it is printed on at most; 0 for as many as it takes.
        said: the figures in its sentences.
    """

    name: Text
    number: str = ""
    title: Text
    purpose: Text
    blocks: tuple[PaperBlock, ...]
    pages: int = 0
    said: tuple[Said, ...] = ()

    @property
    def index(self) -> Text:
        """Its reference in the pack; no words for a paper that belongs to none."""
        return say("pack-paper-reference", number=self.number) if self.number else BLANK

    @property
    def is_list(self) -> bool:
        """It holds one block, to be filtered and added up."""
        return len(self.blocks) == 1


WHAT, DETAIL, UNIT, AMOUNT = 34, 26, 10, 16
"""Widths of the columns that all blocks of a report share."""
RUN_ID = "run"
"""The id of the column that says of which run a row is, in a pack of several."""
SIGNS: tuple[Column[Any], ...] = (sign("tick", say("tick"), 5), sign("initials", say("initials"), 7))
"""Left blank, for whoever prepares and whoever reviews."""
