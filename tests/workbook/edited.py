"""A reconciliation file as a user changes it: rows and cells by header, saved by another program (openpyxl)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH, known_as
from workbook.look.column import Column
from workbook.review.columns import COLUMNS, SHEET

Held = tuple[Any, str]
"""A cell's value and its type as stored: text stays text, whatever it begins with."""


def header_of(column: Column[Proposal]) -> str:
    """A column's header in English, by which tests name it."""
    return column.header.said(ENGLISH)


@dataclass
class Opened:
    """An open reconciliation sheet.

    Attributes:
        sheet: the sheet.
        header: number of the table's header row.
        columns: the sheet's column of each header, by the header in English.
        places: where each row stands below the header, from 0; rows are counted in the order of their keys.
    """

    sheet: Worksheet
    header: int
    columns: dict[str, int]
    places: list[int]

    def cell(self, row: int, header: str) -> Any:  # noqa: ANN401 - openpyxl's cell, of which there are several kinds
        """The cell of a row of the table (from 0) under a header, named in English."""
        place = self.places[row] if row < len(self.places) else row
        return self.sheet.cell(self.header + 1 + place, self.columns[header])

    def line(self, row: int) -> int:
        """The number of a row on the sheet."""
        return self.header + 1 + self.places[row]

    def keys(self) -> list[str]:
        """The keys, from the top."""
        return [self.cell(row, "Key").value for row in range(self.sheet.max_row - self.header)]

    def row(self, number: int) -> list[Held]:
        """All cells of a row."""
        cells = (self.cell(number, header_of(column)) for column in COLUMNS)
        return [(cell.value, cell.data_type) for cell in cells]

    def rewrite(self, rows: Sequence[list[Held]]) -> None:
        """Replace the table's rows."""
        for number in range(max(len(rows), self.sheet.max_row - self.header)):
            values = rows[number] if number < len(rows) else [(None, "n")] * len(COLUMNS)
            for column, held in zip(COLUMNS, values, strict=True):
                put(self.cell(number, header_of(column)), held)


def put(cell: Any, held: Held) -> None:  # noqa: ANN401 - as above
    """Set a cell to a value of a type."""
    cell.value, kind = held
    if held[0] is not None:
        cell.data_type = kind


@contextmanager
def edited(path: Path, *, rich: bool = False) -> Iterator[Opened]:
    """Open a file, let it be changed, and save it in its place; `rich` keeps letters of a colour of their own."""
    book = openpyxl.load_workbook(path, rich_text=rich)
    sheet = next(book[name] for name in known_as(SHEET) if name in book)
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    named = {words: header_of(column) for column in COLUMNS for words in known_as(column.header)}
    header, names = next(
        (number, values) for number, values in rows if "Key" in {named.get(str(value)) for value in values}
    )
    columns = {named[str(name)]: place for place, name in enumerate(names, start=1)}
    keys_of = [sheet.cell(row, columns["Key"]).value for row in range(header + 1, sheet.max_row + 1)]
    places = sorted(range(len(keys_of)), key=lambda place: str(keys_of[place]).zfill(12))
    yield Opened(sheet=sheet, header=header, columns=columns, places=places)
    book.save(path)
    book.close()
