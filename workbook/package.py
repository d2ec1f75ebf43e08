"""The parts of a workbook file that are read: its list of sheets, its shared words, and the rows of one sheet.

They are read as streams rather than through openpyxl, which tells nothing of hidden rows, fills in every empty row up
to a stray cell in the sheet's last corner, parses styles, links and drawings (and can fail on them), and takes several
times as long over 100,000 rows.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import IO
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from workbook.guard import DamagedError
from workbook.stream import Row, shared_words, sheet_rows

PIECE = 8 * 1024
"""Elements of small pieces stay in the processor's cache until they are taken: half the time of large ones."""
_ROOT = ""


class Package(Struct, frozen=True):
    """A workbook file, opened by `workbook.guard.opened`.

    Attributes:
        parts: the zip file.
    """

    parts: ZipFile

    def sheets(self) -> Mapping[str, str]:
        """The part of each sheet, by the sheet's name, in the order of their tabs.

        Raises:
            DamagedError: the list of sheets cannot be read.
        """
        book = self._book()
        targets = {relation.get("Id"): relation.get("Target", "") for relation in self._relations(book)}
        return {
            sheet.get("name", ""): _resolve(book, targets.get(_id(sheet), ""))
            for sheet in self._tree(book).iter()
            if _tag(sheet) == "sheet"
        }

    def rows(self, part: str) -> Iterator[Row]:
        """The rows of a sheet's part that have cells, from the top; only as far as they are asked for.

        Raises:
            DamagedError: the sheet cannot be read.
        """
        yield from sheet_rows(self._pieces(part), self._words())

    def _words(self) -> list[str]:
        book = self._book()
        parts = [
            _resolve(book, relation.get("Target", ""))
            for relation in self._relations(book)
            if relation.get("Type", "").endswith("/sharedStrings")
        ]
        return [words for part in parts for words in shared_words(self._pieces(part))]

    def _book(self) -> str:
        """The part that lists the sheets."""
        for relation in self._relations(_ROOT):
            if relation.get("Type", "").endswith("/officeDocument"):
                return _resolve(_ROOT, relation.get("Target", ""))
        raise DamagedError

    def _relations(self, part: str) -> list[Element]:
        folder, name = posixpath.split(part)
        return list(self._tree(posixpath.join(folder, "_rels", f"{name}.rels")))

    def _tree(self, part: str) -> Element:
        with self._open(part) as file:
            try:
                tree: Element = fromstring(file.read(), forbid_dtd=True)
            except (ParseError, DefusedXmlException):
                raise DamagedError from None
        return tree

    def _pieces(self, part: str) -> Iterator[bytes]:
        """A part's XML, piece by piece."""
        with self._open(part) as file:
            while piece := file.read(PIECE):
                yield piece

    def _open(self, part: str) -> IO[bytes]:
        try:
            return self.parts.open(part)
        except KeyError:
            raise DamagedError from None


def _resolve(part: str, target: str) -> str:
    """The part that a relation of `part` points to; never outside the file, because parts are only looked up in it."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _id(sheet: Element) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
