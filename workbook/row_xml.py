"""The rows of a list as a sheet's XML: words inside their cells, amounts and days as numbers, never a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from msgspec import Struct

from workbook.cells import Cell, day_number, written
from workbook.columns import letters

_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NEEDS_CARE = re.compile(r"[&<>]|_x|^\s|\s$")


class Line(Struct, frozen=True, kw_only=True):
    """A row of a list.

    Attributes:
        cells: one for each column.
        height: in points; None for the sheet's own.
        target: the row (from 1) that its first cell leads to; None where it leads nowhere.
    """

    cells: Sequence[Cell]
    height: float | None = None
    target: int | None = None


class RowMaker:
    """Makes the XML of rows whose cells have the same formats, column by column."""

    def __init__(self, styles: Sequence[int], link: int) -> None:
        """`styles` are the formats' numbers in the workbook, one for each column; `link` that of cells that lead on."""
        self._columns = [(f'<c r="{letters(place)}', f'" s="{style}"') for place, style in enumerate(styles)]
        self._linked = [(self._columns[0][0], f'" s="{link}"'), *self._columns[1:]]

    def xml(self, number: int, line: Line) -> str:
        """A row.

        Args:
            number: of the row, from 1.
            line: what stands in it.
        """
        high = "" if line.height is None else f' ht="{line.height:g}" customHeight="1"'
        pieces = [f'<row r="{number}"{high}>']
        columns = self._columns if line.target is None else self._linked
        for (start, style), cell in zip(columns, line.cells, strict=True):
            if cell is None:
                pieces.append(f"{start}{number}{style}/>")
            elif isinstance(cell, Decimal):  # to the digit; whatever reads it makes its own floating point of it
                pieces.append(f"{start}{number}{style}><v>{cell!s}</v></c>")
            else:
                pieces.append(f"{start}{number}{style}{_content(cell)}")
        pieces.append("</row>")
        return "".join(pieces)


def _content(cell: Cell) -> str:
    """What follows the style of a cell that holds words or a day."""
    value = written(cell)
    if isinstance(value, str):
        return f' t="inlineStr"><is>{_words(value)}</is></c>'
    return "/>" if value is None else f"><v>{value if isinstance(value, Decimal) else day_number(value)}</v></c>"


def _words(text: str) -> str:
    if not _NEEDS_CARE.search(text):  # as nearly all words are
        return f"<t>{text}</t>"
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{space}>{escape(_LIKE_AN_ESCAPE.sub('_x005F_', text))}</t>"


def link_xml(cell: str, sheet: str, target: int, tip: str, words: str) -> str:
    """A link from a cell to column A of a row of another sheet.

    Args:
        cell: such as `A12`.
        sheet: the other sheet.
        target: the row there, from 1.
        tip: shown when the mouse rests on it; empty for none.
        words: what the cell shows.
    """
    tooltip = f' tooltip="{_quoted(tip)}"' if tip else ""
    place = _quoted(f"'{sheet}'!A{target}")
    return f'<hyperlink ref="{cell}" location="{place}"{tooltip} display="{_quoted(words)}"/>'


def _quoted(words: str) -> str:
    return escape(words, {'"': "&quot;", "\n": "&#xA;", "\t": "&#x9;"})
