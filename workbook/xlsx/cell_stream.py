"""Turns the XML of shared words and of a sheet into values while it is being parsed.

Python's parser builds the elements in C; after each piece of XML those that are complete are taken out of the tree, so
that it never holds more than some rows. Tags are taken without their namespace: Strict files have another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from msgspec import Struct, field

from workbook.xlsx.cells import Found, Odd, Oddity, letters, number


class DamagedError(Exception):
    """A part is missing or cannot be read as what it should be."""


LONGEST_ROW = 4_000_000
"""Bytes of a row's XML, or of an item of shared words; more is no spreadsheet's, and would have to be held at once."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE = {"1", "true"}
_SHOWN_EMPTY = {"e", "b"}
"""Kinds of cells that show something even without a value."""
_DIGITS = "0123456789"
_LONGEST_NUMBER = 9
_AREA = re.compile("([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_WHOLE = {"conditionalFormatting", "extLst"}
"""Parts beside the rows that say nothing before they are complete."""


class SheetRow(Struct, frozen=True, kw_only=True):
    """A row of a sheet that has cells.

    Attributes:
        cells: what was found, by column from 1; empty cells are left out.
        hidden: by a filter or by hand, or too low to be read.
        number: of the row in the sheet, from 1; 0 where it is not known.
    """

    cells: dict[int, Found]
    hidden: bool
    number: int = 0


LOWEST, NARROWEST = 3.0, 1.0
"""A row of fewer points, or a column of fewer characters, shows nothing that could be read."""
_PADDING = 0.7
"""Files add the margins of a cell to the characters of a column."""


class Condition(Struct, frozen=True, kw_only=True):
    """A conditional format of a sheet.

    Attributes:
        areas: its cells: first and last row, first and last column of each area, all from 1.
        rule: its XML.
    """

    areas: tuple[tuple[int, int, int, int], ...]
    rule: Element


class Places:
    """Several columns whose cells are picked out of many rows: in most of these each cell stands at its own place."""

    def __init__(self, columns: Sequence[int]) -> None:
        """`columns` are at least two, counted from 1."""
        self.picked: Callable[[Element], tuple[Element, ...]] = itemgetter(*(column - 1 for column in columns))
        self.letters = [letters(column - 1) for column in columns]


class SheetLook(Struct, kw_only=True):
    """How a sheet shows its cells, filled in while its rows are read.

    Attributes:
        columns: first and last column (from 1) of each group of columns, and whether they can be read; known before
            the first row.
        others: whether every other column can be read.
        low: rows that say no height of their own are too low to be read.
        merged: the last row of merged cells, by their first and last column; known after the last row.
        conditions: its conditional formats; known after the last row.
        row: the XML of the row that was yielded last.
    """

    columns: dict[tuple[int, int], bool] = field(default_factory=dict)
    others: bool = True
    low: bool = False
    merged: dict[tuple[int, int], int] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    row: Element = field(default_factory=lambda: Element("row"))

    def styles(self, places: Places) -> tuple[str, ...]:
        """Return the numbers of the styles of cells of the row that was yielded last; "" for one that is not there."""
        row = self.row
        with suppress(IndexError):
            cells = places.picked(row)
            if [cell.get("r", "").rstrip(_DIGITS) for cell in cells] == places.letters:
                return tuple([cell.get("s", "0") for cell in cells])
        found, column = {}, 0
        for cell in row:
            reference = cell.get("r")
            column = number(reference.rstrip(_DIGITS)) + 1 if reference else column + 1
            found[column] = cell.get("s", "0")
        return tuple([found.get(number(each) + 1, "") for each in places.letters])

    def reads(self, column: int) -> bool:
        """Return whether a column (from 1) can be read."""
        own = [reads for (first, last), reads in self.columns.items() if first <= column <= last]
        return all(own) if own else self.others

    def merged_below(self, row: int, column: int) -> bool:
        """Return whether cells of a column are merged below a row."""
        return any(first <= column <= last and end > row for (first, last), end in self.merged.items())

    def take(self, part: Element) -> None:
        """Take what a part of the sheet beside its rows says; a part may come in pieces."""
        name = _TAGS[part.tag]
        if name == "sheetFormatPr":
            self.others = self.others and _can_be_read(part, "defaultColWidth")
            self.low = self.low or _measure(part, "defaultRowHeight", LOWEST) < LOWEST
        elif name == "cols":
            for each in part:
                reads = each.get("hidden") not in _TRUE and _can_be_read(each, "width")
                self.columns[whole(each, "min", 0), whole(each, "max", 0)] = reads
        elif name == "mergeCells":
            for each in part:
                for _, last, first, end in _areas(each.get("ref")):
                    self.merged[first, end] = max(last, self.merged.get((first, end), 0))
        elif name in _WHOLE:
            for each in part.iter():
                if _TAGS[each.tag] == "conditionalFormatting":
                    below = [cell.text for cell in each if _TAGS[cell.tag] == "sqref"]
                    areas = _areas(each.get("sqref") or "".join(text or "" for text in below))
                    self.conditions += [
                        Condition(areas=areas, rule=rule) for rule in each if _TAGS[rule.tag] == "cfRule"
                    ]


def _areas(words: str | None) -> tuple[tuple[int, int, int, int], ...]:
    """Return first and last row, first and last column of each area that is named."""
    found = [area for each in (words or "").split() if (area := _AREA.fullmatch(each))]
    return tuple((int(a[2]), int(a[4] or a[2]), number(a[1]) + 1, number(a[3] or a[1]) + 1) for a in found)


def _can_be_read(element: Element, width: str) -> bool:
    return _measure(element, width, NARROWEST + _PADDING) >= NARROWEST + _PADDING


def _measure(element: Element, name: str, default: float) -> float:
    """Return a height in points or a width in characters."""
    try:
        return float(element.get(name, default))
    except ValueError as error:
        raise DamagedError from error


def whole(element: Element, name: str, default: int) -> int:
    """Return a whole number that an element says; DamagedError where it is none."""
    text = element.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise DamagedError
    return int(text)


class _Tags(dict[str, str]):
    """Tags without their namespace, each worked out once."""

    def __missing__(self, tag: str) -> str:
        return self.setdefault(tag, tag.rpartition("}")[2])


_TAGS = _Tags()


def shared_words(pieces: Iterable[bytes]) -> list[str]:
    """Return the shared words in their order, without phonetic readings.

    Args:
        pieces: the XML of their part, in pieces of any length.

    Raises:
        DamagedError: it is not well-formed.
    """
    return [_joined(item) for item in _complete(pieces, "") if _TAGS[item.tag] == "si"]


def sheet_rows(pieces: Iterable[bytes], words: Sequence[str], look: SheetLook) -> Iterator[SheetRow]:
    """Yield the rows of a sheet that have cells, from the top, reading no further than they are asked for.

    Args:
        pieces: the XML of its part, in pieces of any length.
        words: the shared words.
        look: is filled in meanwhile.

    Raises:
        DamagedError: it is not well-formed, or points past the shared words.
    """
    place = 0
    for row in _complete(pieces, "sheetData", look.take):
        if _TAGS[row.tag] == "row":
            place = whole(row, "r", place + 1)
            look.row = row
            if cells := _cells(row, words):
                low = look.low if row.get("ht") is None else _measure(row, "ht", LOWEST) < LOWEST
                yield SheetRow(cells=cells, hidden=low or row.get("hidden") in _TRUE, number=place)


def _complete(
    pieces: Iterable[bytes], inside: str, other: Callable[[Element], None] = lambda _: None
) -> Iterator[Element]:
    """Yield the root's children, or those of its children named `inside`, each once it is complete.

    The other children are handed to `other`, with what has come of them by then, and are then emptied.
    """
    waited = 0
    for root, read in _growing(pieces):
        waited += read
        for parent in tuple(root) if inside else (root,):
            if inside and _TAGS[parent.tag] != inside:
                if read and parent is root[-1] and _TAGS[parent.tag] in _WHOLE:
                    continue
                other(parent)
                parent.clear()
                waited = 0 if parent is root[-1] else waited
            elif (ready := len(parent) - bool(read)) > 0:  # while there is more to read, the last may go on
                yield from parent[:ready]
                del parent[:ready]
                waited = 0
        if waited > LONGEST_ROW:
            raise DamagedError


def _growing(pieces: Iterable[bytes]) -> Iterator[tuple[Element, int]]:
    """Yield the root as far as it was built, and how many bytes were just read; no more once it is whole."""
    builder = TreeBuilder()
    parser = XMLParser(target=builder)  # noqa: S314 - the guard let no declaration, entity or comment through
    try:
        for piece in pieces:
            parser.feed(piece)
            root: Element | None = builder.close()  # in C this only hands out the root; building goes on
            if root is not None:
                yield root, len(piece)
        yield parser.close(), 0
    except ParseError as error:
        raise DamagedError from error


def _cells(row: Element, words: Sequence[str]) -> dict[int, Found]:
    cells: dict[int, Found] = {}
    column = 0
    for cell in row:
        attribute = cell.get
        reference = attribute("r")
        column = number(reference.rstrip(_DIGITS)) + 1 if reference else column + 1
        kind = attribute("t", "n")
        content: Found = None
        if len(cell) != 1:
            if len(cell) or kind in _SHOWN_EMPTY:
                content = _rare(cell, kind, words)
        elif kind == "n" and _TAGS[cell[0].tag] == "v":
            content = _number(cell[0].text)
        elif kind == "s" and _TAGS[cell[0].tag] == "v":
            content = _shared(cell[0].text, words)
        elif kind == "inlineStr" and len(cell[0]) == 1 and _TAGS[cell[0][0].tag] == "t":
            content = _unescaped(cell[0][0].text or "") or None
        else:
            content = _rare(cell, kind, words)
        if content is not None:
            cells[column] = content
    return cells


def _rare(cell: Element, kind: str, words: Sequence[str]) -> Found:
    """Return what is in a cell that is calculated, made of several pieces, or of a rare kind."""
    text = _joined(cell)
    if any(_TAGS[each.tag] == "f" for each in cell):
        return Odd(what=Oddity.FORMULA, text=text)
    return _value(kind, text, words)


class Dressed(str):
    """Words that have colours or sizes of their own within their cell."""

    __slots__ = ()


class InBlack(Dressed):
    """Words all of which say that they are black and large enough: so LibreOffice saves words in several scripts."""

    __slots__ = ()


def _joined(parent: Element) -> str:
    """Return the words in an element."""
    text = _unescaped("".join(_texts(parent)))
    if not len(parent) or _TAGS[parent[0].tag] == "t":
        return text
    dress = [each for each in parent.iter() if _TAGS[each.tag] in _DRESS]
    if not dress:
        return text
    return InBlack(text) if all(map(_plain, dress)) else Dressed(text)


_DRESS = {"color", "sz"}
_LEGIBLE = 6
"""Points of letters that anybody reads."""


def _plain(dress: Element) -> bool:
    if _TAGS[dress.tag] == "color":
        return dress.attrib == {"rgb": "FF000000"}
    size = dress.get("val", "")
    return size.replace(".", "", 1).isdigit() and float(size) >= _LEGIBLE


def _texts(parent: Element) -> Iterator[str]:
    """Yield the pieces of text in an element, without phonetic readings."""
    for each in parent:
        tag = _TAGS[each.tag]
        if tag in {"v", "t"}:
            yield each.text or ""
        elif tag != "rPh":
            yield from _texts(each)


def _value(kind: str, text: str, words: Sequence[str]) -> Found:
    if kind == "n":
        return _number(text)
    if kind == "s":
        return _shared(text, words)
    if kind == "e":
        return Odd(what=Oddity.ERROR, text=text)
    if kind == "b":
        return Odd(what=Oddity.BOOLEAN, text="TRUE" if text in _TRUE else "FALSE")
    return text or None


def _shared(index: str | None, words: Sequence[str]) -> str | None:
    if not index:
        return None
    if not index.isdecimal() or int(index) >= len(words):
        raise DamagedError
    return words[int(index)] or None


def _number(text: str | None) -> Found:
    """Return a cell's number, to the digit; what is no finite number stays words, and so is never an amount."""
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _unescaped(text: str) -> str:
    """Return words with the characters that spreadsheets write as `_xHHHH_`."""
    return _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text) if "_x" in text else text
