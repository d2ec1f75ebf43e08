"""Looks at a workbook file before anything in it is parsed: what it is, how large it would become, what it could do.

Python's XML parser takes hours over one huge token (expat before 2.6) and expands entities; a zip file of some
kilobytes can hold gigabytes. So the zip directory is judged first, then every part is streamed once and refused when
it holds what no spreadsheet program writes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.words import Text, say

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


class DamagedError(Exception):
    """A part is missing or cannot be read as what it should be."""


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Open a workbook file that is safe to parse.

    Args:
        path: the file.

    Yields:
        The file as a zip file. A `DamagedError` raised meanwhile becomes a `SetupError` that names the file.

    Raises:
        SetupError: missing, not a workbook, protected by a password, damaged, or not safe to open.
    """
    _of_a_workbook(path)
    try:
        with path.open("rb") as file:
            _not_locked(path, file)
            with ZipFile(file) as parts:
                _safe(path, parts)
                yield parts
    except (BadZipFile, DamagedError, zlib.error, EOFError, NotImplementedError):
        raise SetupError(
            say(
                "{file} is not an Excel workbook, or it is damaged. Choose the file that the sync wrote.",
                file=str(path),
            )
        ) from None
    except OSError as error:
        raise SetupError(
            say(
                "{file} cannot be read: {why}. Close it in other programs, then try again.",
                file=str(path),
                why=cause(error),
            )
        ) from None


def _of_a_workbook(path: Path) -> None:
    if not path.exists():
        raise SetupError(say("There is no file {file}. Check its name and folder.", file=str(path)))
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        raise SetupError(
            say(
                "{file} is not an Excel workbook (.xlsx or .xlsm). Choose the file that the sync wrote, or save it as "
                "an Excel Workbook.",
                file=str(path),
            )
        )


def _not_locked(path: Path, file: IO[bytes]) -> None:
    start = file.read(len(_OLD_OR_LOCKED))
    file.seek(0)
    if start == _OLD_OR_LOCKED:
        raise SetupError(
            say(
                "{file} is protected by a password, or it is in Excel's old format. Remove the password and save it as "
                "an Excel Workbook (.xlsx).",
                file=str(path),
            )
        )


def _safe(path: Path, parts: ZipFile) -> None:
    members = parts.infolist()
    why = _of_directory(members)
    for member in members:
        if why is None and _parsed(member.filename):
            with parts.open(member) as part:
                why = _of_part(part)
    if why is not None:
        raise SetupError(
            say("{file} was not opened, because it is not safe to open.", file=str(path))
            + why
            + say("Use the file that the sync wrote, or run the sync again.")
        )


def _of_directory(members: list[ZipInfo]) -> Text | None:
    """What is wrong with a zip directory, judged by what it declares; unpacking never goes beyond that."""
    names = {member.filename for member in members}
    if len(members) > MOST_PARTS or len(names) != len(members):
        return say("It has too many parts, or two parts of one name.")
    if any(member.flag_bits & 1 for member in members):
        return say("Its parts are encrypted.")
    if sum(member.file_size for member in members) > MOST_BYTES:
        return say("Unpacked it would take more than {limit} MB.", limit=MOST_BYTES // 1_000_000)
    if any(m.file_size > SMALL and m.file_size > MOST_RATIO * m.compress_size for m in members):
        return say("It is packed more than {limit} to 1, as no spreadsheet is.", limit=MOST_RATIO)
    if any(name.startswith("xl/externalLinks/") for name in names):
        return say("It has links to other workbooks.")
    return None


def _parsed(name: str) -> bool:
    """Whether a part may ever be parsed; document properties and custom parts never are."""
    return name.endswith((".xml", ".rels")) and (name.startswith(("xl/", "_rels/")) or "/" not in name)


def _of_part(part: IO[bytes]) -> Text | None:
    """What is wrong with a part's XML, found without parsing it.

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
                return say("It is not written in UTF-8.")
        if text.find(b"<?", 1 if start else 0) >= 0 or b"<!" in text:
            return say("It holds comments, entities or instructions, as no spreadsheet does.")
        if len(chunk) == CHUNK and b"<" not in chunk:
            return say("It holds a tag or words of more than {limit} kB.", limit=CHUNK // 1024)
        tail, start = chunk[-1:], False
    return None
