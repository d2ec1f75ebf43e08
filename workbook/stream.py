"""Turns the XML of shared words and of a sheet into values while it is being parsed.

Tags are taken without their prefix: Excel, LibreOffice and others write the same ones under different prefixes.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from xml.sax.handler import ContentHandler

from msgspec import Struct

from workbook.cells import Found, Odd
from workbook.guard import DamagedError

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE = {"1", "true"}
_ALPHABET = 26


class Row(Struct, frozen=True, kw_only=True):
    """A row of a sheet that has cells.

    Attributes:
        cells: what was found, by column from 1; empty cells are left out.
        hidden: by a filter or by hand.
    """

    cells: dict[int, Found]
    hidden: bool


class WordStream(ContentHandler):
    """Collects the shared words in their order. Phonetic readings are no part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._pieces: list[str] = []
        self._inside = False
        self._aside = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802, ARG002 - SAX's name and signature
        """Begin an item or a piece of its words."""
        tag = name.rpartition(":")[2]
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._aside = True
        elif tag == "t":
            self._inside = not self._aside

    def characters(self, content: str) -> None:
        """Take words."""
        if self._inside:
            self._pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        """End an item or a piece."""
        tag = name.rpartition(":")[2]
        if tag == "t":
            self._inside = False
        elif tag == "rPh":
            self._aside = False
        elif tag == "si":
            self.words.append(_unescaped("".join(self._pieces)))


class RowStream(ContentHandler):
    """Collects the rows of a sheet, to be taken while the parsing goes on."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words
        self._rows: list[Row] = []
        self._cells: dict[int, Found] = {}
        self._hidden = False
        self._column = 0
        self._kind = "n"
        self._formula = False
        self._inside = False
        self._aside = False
        self._pieces: list[str] = []
        self._columns: dict[str, int] = {}

    def take(self) -> list[Row]:
        """The rows that are complete and were not taken yet."""
        rows, self._rows = self._rows, []
        return rows

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        """Begin a row, a cell, or its value."""
        tag = name.rpartition(":")[2]
        if tag == "c":
            reference = attrs.get("r")
            self._column = self._number(reference) if reference else self._column + 1
            self._kind = attrs.get("t", "n")
            self._formula = False
            self._pieces = []
        elif tag in {"v", "t"}:
            self._inside = not self._aside
        elif tag == "row":
            self._cells = {}
            self._column = 0
            self._hidden = attrs.get("hidden") in _TRUE
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._aside = True

    def characters(self, content: str) -> None:
        """Take a value."""
        if self._inside:
            self._pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        """End a value, a cell or a row."""
        tag = name.rpartition(":")[2]
        if tag in {"v", "t"}:
            self._inside = False
        elif tag == "c":
            found = self._found("".join(self._pieces))
            if found is not None:
                self._cells[self._column] = found
        elif tag == "row" and self._cells:
            self._rows.append(Row(cells=self._cells, hidden=self._hidden))
        elif tag == "rPh":
            self._aside = False

    def _found(self, text: str) -> Found:
        if self._formula:
            return Odd(what="formula", text=text)
        if self._kind == "s" and text:
            return self._shared(text)
        if self._kind == "e":
            return Odd(what="error", text=text)
        if self._kind == "b":
            return Odd(what="true/false", text="TRUE" if text in _TRUE else "FALSE")
        if self._kind == "n" and text:
            return _number(text)
        return _unescaped(text) or None

    def _shared(self, index: str) -> str | None:
        if not index.isdecimal() or int(index) >= len(self._words):
            raise DamagedError
        return self._words[int(index)] or None

    def _number(self, reference: str) -> int:
        """The column of a reference such as `AB12`, from 1."""
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            number = 0
            for letter in letters:
                number = number * _ALPHABET + ord(letter) - ord("A") + 1
            self._columns[letters] = number
        return self._columns[letters]


def _number(text: str) -> Found:
    """A cell's number, exactly as the file has it; what is no finite number stays words, and so never an amount."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _unescaped(text: str) -> str:
    """Words with the characters that spreadsheets write as `_xHHHH_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
