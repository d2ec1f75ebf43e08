"""Number formats and places of a LibreOffice document, in the words of Excel."""

from __future__ import annotations

import re

from .grid import Area
from .office import Uno, struct

_DATE_AND_TIME = 2 | 4
_QUOTED = re.compile(r'("[^"]*"|\\.|AM/PM|A/P)')
_COLOUR = re.compile(r"\[(BLACK|BLUE|CYAN|GREEN|MAGENTA|RED|WHITE|YELLOW)\]")


def key(document: Uno, code: str) -> int:
    """Find the number under which the document keeps a format code, and add the code when it is new."""
    formats, locale = document.getNumberFormats(), struct("lang.Locale", Language="en", Country="US")
    found = int(formats.queryKey(code, locale, False))  # noqa: FBT003 - UNO takes no keywords
    return found if found >= 0 else int(formats.addNew(code, locale))


def code(document: Uno, number: int) -> str:
    """Write a format of the document as Excel does: `yyyy-mm-dd` and `[Red]`, not `YYYY-MM-DD` and `[RED]`."""
    form = document.getNumberFormats().getByKey(number)
    text = _COLOUR.sub(lambda found: f"[{found[1].capitalize()}]", str(form.FormatString))
    if not form.Type & _DATE_AND_TIME:
        return text
    return "".join(part if place % 2 else part.lower() for place, part in enumerate(_QUOTED.split(text)))


def is_date(document: Uno, number: int) -> bool:
    """Tell whether a number in this format is a date or a time of day."""
    return bool(document.getNumberFormats().getByKey(number).Type & _DATE_AND_TIME)


def area_of(at: Uno) -> Area:
    """Turn UNO's CellRangeAddress, which counts from 0, into an area."""
    return Area(at.StartRow + 1, at.StartColumn + 1, at.EndRow - at.StartRow + 1, at.EndColumn - at.StartColumn + 1)
