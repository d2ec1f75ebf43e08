"""The rows of a list as a sheet's XML: words inside their cells, amounts and days as numbers, never a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

    def __init__(
        self, styles: Sequence[int], link: int, looks: Mapping[str, Sequence[int]], states: Sequence[int]
    ) -> None:
        """Formats are their numbers in the workbook.

        Args:
            styles: of each column.
            link: of first cells that lead on.
            looks: of each column, by the words that give a cell of `states` another format.
            states: the columns, from 0, in which such words may stand.
        """
        self._columns = _starts(styles)
        self._linked = [(self._columns[0][0], f'" s="{link}"'), *self._columns[1:]]
        self._looks = {word: _starts(of_word) for word, of_word in looks.items()}
        self._states = states

    def xml(self, number: int, line: Line) -> str:
        """A row.

        Args:
            number: of the row, from 1.
            line: what stands in it.
        """
        high = "" if line.height is None else f' ht="{line.height:g}" customHeight="1"'
        pieces = [f'<row r="{number}"{high}>']
        for (start, style), cell in zip(self._of(line), line.cells, strict=True):
            if cell is None:
                pieces.append(f"{start}{number}{style}/>")
            elif isinstance(cell, Decimal):  # to the digit; whatever reads it makes its own floating point of it
                pieces.append(f"{start}{number}{style}><v>{cell!s}</v></c>")
            else:
                pieces.append(f"{start}{number}{style}{_content(cell)}")
        pieces.append("</row>")
        return "".join(pieces)

    def _of(self, line: Line) -> Sequence[tuple[str, str]]:
        """How each of a row's cells begins."""
        columns = self._columns if line.target is None else self._linked
        words = [(place, str(line.cells[place])) for place in self._states]
        if not any(word in self._looks for _, word in words):
            return columns
        found = list(columns)
        for place, word in words:
            if word in self._looks:
                found[place] = self._looks[word][place]
        return found


def _starts(styles: Sequence[int]) -> list[tuple[str, str]]:
    """What stands before and after the row's number where a column's cell begins."""
    return [(f'<c r="{letters(place)}', f'" s="{style}"') for place, style in enumerate(styles)]


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
