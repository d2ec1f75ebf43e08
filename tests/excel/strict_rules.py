"""What Excel does to values on their way into a cell, and never says so."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

LONGEST = 32_767
"""UTF-16 units that a cell keeps."""

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME = r"\d{1,4}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?\s*(?:[ap]m?)?"
_READINGS = (
    r"[-+(]?\s*[$€£]?\s*[-+]?\s*(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*%?\s*\)?",  # 00123, 1E5, $5, (12.50), 7%
    r"[-+]?\d+\s+\d+/\d+",  # 1 1/2
    rf"\d{{1,4}}\s*[-/]\s*\d{{1,4}}(?:\s*[-/]\s*\d{{1,4}})?(?:\s+{_TIME})?",  # 1/2, 10-2024, 2024-01-02 10:30
    rf"{_MONTH}[\s.,/-]*\d{{1,4}}(?:[\s,/-]+\d{{1,4}})?",  # SEPT2, May 5, 2024
    rf"\d{{1,4}}[\s/-]*{_MONTH}(?:[\s,/-]+\d{{1,4}})?",  # 5 May 2024
    _TIME,  # 12:30
    r"\d{1,2}\s*[ap]m?",  # 9 pm
    "true|false",
    r"#(?:n/a|ref!|value!|div/0!|name\?|null!|num!)",
)
_MEANT_OTHERWISE = re.compile(rf"\s*(?:{'|'.join(_READINGS)})\s*", re.IGNORECASE)


class Mangled(ValueError):
    """A value that Excel would have changed, or refused, without a word to the program."""


class ExcelClosed(Exception):
    """What every call to a workbook that was closed comes to (RPC_E_DISCONNECTED)."""

    def __init__(self) -> None:
        super().__init__(-2147417848, "The object invoked has disconnected from its clients.")


class ExcelBusy(Exception):
    """The error of a call that Excel rejects while a cell is edited or a dialog is open (RPC_E_CALL_REJECTED)."""

    def __init__(self) -> None:
        super().__init__(-2147418111, "Call was rejected by callee.", None, None)

    @property
    def hresult(self) -> int:
        """The number by which pywin32 tells errors apart."""
        return int(self.args[0])


def objection(content: object, number_format: str) -> str | None:
    """Say what Excel would do to a value in a cell of this format; None when it is kept as it is."""
    if content is None or content == "":
        return None
    if isinstance(content, str):
        return _text(content, number_format)
    problem = _number(content)
    if problem is None and number_format == "@":
        return "becomes text, the cell being formatted as text"
    return problem


def _text(content: str, number_format: str) -> str | None:
    if len(content.encode("utf-16-le")) // 2 > LONGEST:
        return f"is longer than the {LONGEST:,} characters of a cell"
    if number_format == "@":
        return None
    if content[0] in "=+-@":
        return "is taken for a formula"
    if content[0] == "'":
        return "loses its apostrophe"
    return "is taken for a number, a date or a truth value" if _MEANT_OTHERWISE.fullmatch(content) else None


def _number(content: object) -> str | None:
    match content:
        case bool():
            return None
        case int():
            return "does not fit into 32 bits" if abs(content) >= 2**31 else None
        case float():
            return None if math.isfinite(content) else "is no number"
        case Decimal():
            return "becomes currency, cut to four places"
        case dt.datetime() if content.tzinfo is not None:
            return "loses its time zone without being converted"
        case dt.date():
            return None if content.year >= 1900 else "is before Excel's first day"
    return f"is a {type(content).__name__}, which no cell keeps"
