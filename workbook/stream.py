"""Turns the XML of shared words and of a sheet into values while it is being parsed.

Python's parser builds the elements in C; after each piece of XML those that are complete are taken out of the tree, so
that it never holds more than some rows. Tags are taken without their namespace: Strict files have another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from msgspec import Struct

from workbook.cells import Found, Odd
from workbook.guard import DamagedError

LONGEST_ROW = 4_000_000
"""Bytes of a row's XML, or of an item of shared words; more is no spreadsheet's, and would have to be held at once."""

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE = {"1", "true"}
_SHOWN_EMPTY = {"e", "b"}
"""Kinds of cells that show something even without a value."""
_ALPHABET = 26
_DIGITS = "0123456789"


class Row(Struct, frozen=True, kw_only=True):
    """A row of a sheet that has cells.

    Attributes:
        cells: what was found, by column from 1; empty cells are left out.
        hidden: by a filter or by hand.
    """

    cells: dict[int, Found]
    hidden: bool


class _Tags(dict[str, str]):
    """Tags without their namespace, each worked out once."""

    def __missing__(self, tag: str) -> str:
        return self.setdefault(tag, tag.rpartition("}")[2])


class _Columns(dict[str, int]):
    """Numbers of columns from 1, by their letters, each worked out once."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * _ALPHABET + ord(letter) - ord("A") + 1
        return self.setdefault(letters, number)


_TAGS, _COLUMNS = _Tags(), _Columns()


def shared_words(pieces: Iterable[bytes]) -> list[str]:
    """The shared words in their order. Phonetic readings are no part of them.

    Args:
        pieces: the XML of their part, in pieces of any length.

    Raises:
        DamagedError: it is not well-formed.
    """
    return [_unescaped("".join(_texts(item))) for item in _complete(pieces, "") if _TAGS[item.tag] == "si"]


def sheet_rows(pieces: Iterable[bytes], words: Sequence[str]) -> Iterator[Row]:
    """The rows of a sheet that have cells, from the top; only as far as they are asked for.

    Args:
        pieces: the XML of its part, in pieces of any length.
        words: the shared words.

    Raises:
        DamagedError: it is not well-formed, or points past the shared words.
    """
    for row in _complete(pieces, "sheetData"):
        if _TAGS[row.tag] == "row" and (cells := _cells(row, words)):
            yield Row(cells=cells, hidden=row.get("hidden") in _TRUE)


def _complete(pieces: Iterable[bytes], inside: str) -> Iterator[Element]:
    """The children of the root, or of those of its children that are named so, each when it is complete."""
    waited = 0
    for root, read in _growing(pieces):
        waited += read
        for parent in tuple(root) if inside else (root,):
            if inside and _TAGS[parent.tag] != inside:
                parent.clear()
                waited = waited if parent is not root[-1] else 0
            elif (ready := len(parent) - bool(read)) > 0:  # while there is more to read, the last may go on
                yield from parent[:ready]
                del parent[:ready]
                waited = 0
        if waited > LONGEST_ROW:
            raise DamagedError


def _growing(pieces: Iterable[bytes]) -> Iterator[tuple[Element, int]]:
    """The root as far as it was built, and how many bytes were just read; none when it is whole."""
    builder = TreeBuilder()
    parser = XMLParser(target=builder)  # noqa: S314 - the guard let no declaration, entity or comment through
    try:
        for piece in pieces:
            parser.feed(piece)
            root: Element | None = builder.close()  # in C this only hands out the root; building goes on
            if root is not None:
                yield root, len(piece)
        yield parser.close(), 0
    except ParseError:
        raise DamagedError from None


def _cells(row: Element, words: Sequence[str]) -> dict[int, Found]:
    found: dict[int, Found] = {}
    column = 0
    for cell in row:
        attribute = cell.get
        reference = attribute("r")
        column = _COLUMNS[reference.rstrip(_DIGITS)] if reference else column + 1
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
            found[column] = content
    return found


def _rare(cell: Element, kind: str, words: Sequence[str]) -> Found:
    """What is in a cell that is calculated, made of several pieces, or of a rare kind."""
    text = "".join(_texts(cell))
    if any(_TAGS[each.tag] == "f" for each in cell):
        return Odd(what="formula", text=text)
    return _value(kind, text, words)


def _texts(parent: Element) -> Iterator[str]:
    """The pieces of text in an element, without phonetic readings."""
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
        return Odd(what="error", text=text)
    if kind == "b":
        return Odd(what="true/false", text="TRUE" if text in _TRUE else "FALSE")
    return _unescaped(text) or None


def _shared(index: str | None, words: Sequence[str]) -> str | None:
    if not index:
        return None
    if not index.isdecimal() or int(index) >= len(words):
        raise DamagedError
    return words[int(index)] or None


def _number(text: str | None) -> Found:
    """A cell's number, exactly as the file has it; what is no finite number stays words, and so never an amount."""
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _unescaped(text: str) -> str:
    """Words with the characters that spreadsheets write as `_xHHHH_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
