"""The parts of a workbook file that are read: its list of sheets, its shared words, and the rows of one sheet.

They are read as streams rather than through openpyxl, which tells nothing of hidden rows, fills in every empty row up
to a stray cell in the sheet's last corner, parses styles, links and drawings (and can fail on them), and takes several
times as long over 100,000 rows.

Python's XML parser takes hours over one huge token (expat before 2.6) and expands entities; a zip file of some
kilobytes can hold gigabytes. So the zip directory is judged first, then every part is streamed once and refused when
it holds what no spreadsheet program writes.
"""

from __future__ import annotations

import posixpath
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.system.files import cause
from workbook.xlsx.cell_looks import Looks
from workbook.xlsx.cell_stream import DamagedError, SheetLook, SheetRow, shared_words, sheet_rows

SUFFIXES = frozenset({".xlsx", ".xlsm"})
MOST_PARTS = 2_000
MOST_BYTES = 500_000_000
"""Of all parts unpacked; 100,000 rows with three applications each take about 350 MB, and are never held at once."""
MOST_RATIO = 200
SMALL = 1_000_000
"""Parts of fewer bytes may be packed as tightly as they like."""
CHUNK = 512 * 1024
"""No tag with the words after it is longer: a cell holds 32,767 characters."""
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_BOM = b"\xef\xbb\xbf"


@contextmanager
def opened(path: Path, name: str = "") -> Iterator[ZipFile]:
    """Open a workbook file that is safe to parse.

    Args:
        path: the file.
        name: what sentences call it, where that is not its path.

    Yields:
        The file as a zip file. A `DamagedError` raised meanwhile becomes a `SetupError` that names the file.

    Raises:
        SetupError: missing, not a workbook, protected by a password, damaged, or not safe to open.
    """
    name = name or str(path)
    _of_a_workbook(path)
    try:
        with path.open("rb") as file:
            _not_locked(name, file)
            with ZipFile(file) as parts:
                _safe(name, parts)
                yield parts
    except (BadZipFile, DamagedError, zlib.error, EOFError, NotImplementedError) as error:
        raise SetupError(say("file-not-workbook-or-damaged", file=name)) from error
    except OSError as error:
        raise SetupError(say("file-unreadable", file=name, why=cause(error))) from error


def opened_by(path: Path) -> str | None:
    """Return who has a workbook open; None for nobody.

    It is told by the file that Excel or LibreOffice keeps beside it meanwhile, or by the lock on the file itself. What
    they have typed and not saved is not in the file. The name is empty where it is not told.
    """
    for owner, read in ((f"~${path.name}", _excel_user), (f".~lock.{path.name}#", _office_user)):
        try:
            return read(path.with_name(owner).read_bytes())
        except FileNotFoundError:
            continue
        except OSError:  # Excel lets nobody read its own
            return ""
    return "" if _held(path) else None


def _held(path: Path) -> bool:
    """Return whether another program has the file open and lets nobody change it, which only Windows tells.

    Windows itself is asked: what Python opens by C's functions is only said to be forbidden.
    """
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import pywintypes  # noqa: PLC0415 - exists on Windows only
        import win32con  # noqa: PLC0415 - same
        import win32file  # noqa: PLC0415 - same

        access, others = win32con.GENERIC_READ | win32con.GENERIC_WRITE, 7  # they may read, write and delete
        try:
            win32file.CreateFile(str(path), access, others, None, win32con.OPEN_EXISTING, 0, None).Close()
        except pywintypes.error as error:
            return error.winerror in _SHARING
    return False


_SHARING = {32, 33}
"""Windows' numbers for a file, or a part of it, that another program has locked."""


def _excel_user(content: bytes) -> str:
    return content[1 : 1 + content[0]].decode("cp1252", "replace").strip() if content else ""


def _office_user(content: bytes) -> str:
    return content.decode(errors="replace").partition(",")[0].strip()


def _of_a_workbook(path: Path) -> None:
    if not path.exists():
        raise SetupError(say("file-missing", file=str(path)))
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        raise SetupError(say("file-of-another-type", file=str(path)))


def _not_locked(name: str, file: IO[bytes]) -> None:
    start = file.read(len(_OLD_OR_LOCKED))
    file.seek(0)
    if start == _OLD_OR_LOCKED:
        raise SetupError(say("file-locked-or-old-format", file=name))


def _safe(name: str, parts: ZipFile) -> None:
    members = parts.infolist()
    why = _of_directory(members)
    for member in members:
        if why is None and _parsed(member.filename):
            with parts.open(member) as part:
                why = _of_part(part)
    if why is not None:
        raise SetupError(say("file-unsafe", file=name) + why + say("file-use-one-from-sync"))


def _of_directory(members: list[ZipInfo]) -> Text | None:
    """Return what is wrong with a zip directory by what it declares, beyond which nothing is ever unpacked; or None."""
    names = {member.filename for member in members}
    if len(members) > MOST_PARTS or len(names) != len(members):
        return say("file-too-many-parts")
    if any(member.flag_bits & 1 for member in members):
        return say("file-parts-encrypted")
    if sum(member.file_size for member in members) > MOST_BYTES:
        return say("file-too-large-unpacked", limit=MOST_BYTES // 1_000_000)
    if any(m.file_size > SMALL and m.file_size > MOST_RATIO * m.compress_size for m in members):
        return say("file-packed-too-tightly", limit=MOST_RATIO)
    if any(name.startswith("xl/externalLinks/") for name in names):
        return say("file-links-to-workbooks")
    return None


def _parsed(name: str) -> bool:
    """Return whether a part may ever be parsed; document properties and custom parts never are."""
    return name.endswith((".xml", ".rels")) and (name.startswith(("xl/", "_rels/")) or "/" not in name)


def _of_part(part: IO[bytes]) -> Text | None:
    """Return what is wrong with a part's XML, found without parsing it; or None.

    In XML a `<` only ever begins a tag, so the distance from one to the next bounds every tag. Comments, CDATA,
    processing instructions and declarations may hold `<` themselves; no spreadsheet program writes any of them here.
    """
    tail = b""
    start = True
    while chunk := part.read(CHUNK):
        text = tail + chunk
        if start:
            text = text.removeprefix(_BOM)
            encoding = _ENCODING.match(text)
            if b"\0" in text[:200] or (encoding and encoding[1].lower() != b"utf-8"):
                return say("file-not-utf-8")
        if text.find(b"<?", 1 if start else 0) >= 0 or b"<!" in text:
            return say("file-forbidden-markup")
        if len(chunk) == CHUNK and b"<" not in chunk:
            return say("file-tag-or-words-too-long", limit=CHUNK // 1024)
        tail, start = chunk[-1:], False
    return None


PIECE = 8 * 1024
"""Elements of small pieces stay in the processor's cache until they are taken: half the time of large ones."""
_ROOT = ""


class SheetPart(Struct, frozen=True, kw_only=True):
    """A sheet of a workbook: its name, the part that holds it, and whether no tab is shown of it."""

    name: str
    part: str
    hidden: bool


class Package(Struct, frozen=True):
    """A workbook file, opened by `workbook.xlsx.package.opened`.

    Attributes:
        parts: the zip file.
    """

    parts: ZipFile

    def sheets(self) -> list[SheetPart]:
        """Return the sheets in the order of their tabs.

        Raises:
            DamagedError: the list of sheets cannot be read.
        """
        book = self._book()
        targets = {relation.get("Id"): relation.get("Target", "") for relation in self._relations(book)}
        return [
            SheetPart(
                name=sheet.get("name", ""),
                part=_resolve(book, targets.get(_id(sheet), "")),
                hidden=sheet.get("state", "visible") != "visible",
            )
            for sheet in self._tree(book).iter()
            if _tag(sheet) == "sheet"
        ]

    def rows(self, part: str, look: SheetLook) -> Iterator[SheetRow]:
        """Yield the rows of a sheet's part that have cells, from the top, reading no further than they are asked for.

        Args:
            part: the sheet's.
            look: how the sheet shows them, which is filled in meanwhile.

        Raises:
            DamagedError: the sheet cannot be read.
        """
        yield from sheet_rows(self._pieces(part), self._words(), look)

    def looks(self) -> Looks:
        """Return the looks that cells may have.

        Raises:
            DamagedError: the styles or the theme cannot be read.
        """
        styles, theme = ([self._tree(part) for part in self._parts(kind)] for kind in ("styles", "theme"))
        return Looks(styles[0] if styles else None, theme[0] if theme else None)

    def _words(self) -> list[str]:
        return [words for part in self._parts("sharedStrings") for words in shared_words(self._pieces(part))]

    def _parts(self, kind: str) -> list[str]:
        """Return the workbook's parts of a kind."""
        book = self._book()
        found = [each for each in self._relations(book) if each.get("Type", "").endswith(f"/{kind}")]
        return [_resolve(book, each.get("Target", "")) for each in found]

    def _book(self) -> str:
        """Return the part that lists the sheets."""
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
            except (ParseError, DefusedXmlException) as error:
                raise DamagedError from error
        return tree

    def _pieces(self, part: str) -> Iterator[bytes]:
        """Yield a part's XML, piece by piece."""
        with self._open(part) as file:
            while piece := file.read(PIECE):
                yield piece

    def _open(self, part: str) -> IO[bytes]:
        try:
            return self.parts.open(part)
        except KeyError as error:
            raise DamagedError from error


def _resolve(part: str, target: str) -> str:
    """Return the part that a relation of `part` points to; parts are only looked up in the file, never outside it."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _id(sheet: Element) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
