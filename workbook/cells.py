"""What a cell may hold when it is written, what may be found in it when it comes back, and whether the two agree."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from sync.core.money import EMPTY, from_cell, to_cell
from sync.core.words import Text, Value, say

Cell = str | Decimal | date | None
"""A typed value on its way to a cell: words, an amount, a calendar date, or an empty cell."""

LONGEST = 16_000
"""Characters of one cell; Excel holds 32,767 units, and one character may take two."""

FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was, so earlier days have no number that every program reads alike."""

_SECONDS = 86_400
_ERRORS = -2_146_826_000
"""Excel hands out #N/A and its like as whole numbers below this."""
_DAY_ZERO = date(1899, 12, 30)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


ODDITIES = {"formula": say("formula"), "error": say("error"), "true/false": say("true/false")}
"""What a cell holds that is never taken for a value, in words."""


class Odd(Struct, frozen=True, kw_only=True):
    """A cell that holds neither words nor a number: never taken for a value.

    Attributes:
        what: of `ODDITIES`.
        text: what the cell shows.
    """

    what: str
    text: str


Found = str | Decimal | Odd | None
"""What was found in a cell; dates are numbers of days there."""


def visible(text: str) -> str:
    """Words as a cell can hold them.

    Characters that no spreadsheet can hold become U+FFFD, so that nothing vanishes unseen; every kind of line end
    becomes a line feed; very long words are cut with a mark.
    """
    if text.isprintable() and len(text) <= LONGEST:
        return text  # as nearly all words are
    text = _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def day_number(day: date) -> int:
    """A date as the number of days that spreadsheets store; `day` is not before `FIRST_DAY`."""
    return (day - _DAY_ZERO).days


def written(value: Cell) -> Cell:
    """A value exactly as it stands in the sheet: visible words, no empty words, no day that Excel has no number for."""
    if isinstance(value, str):
        return visible(value) or None
    if isinstance(value, date) and value < FIRST_DAY:
        return value.isoformat()
    return value


def raw(value: Cell) -> str | float | None:
    """A typed value as Excel takes it in a block: words, a number, a date as its number of days, or nothing."""
    value = written(value)
    if isinstance(value, Decimal):
        return to_cell(value)
    return float(day_number(value)) if isinstance(value, date) else value


def found_in(value: object) -> Found:
    """What Excel hands out of a cell, as what a file would hold: a date as its number of days, an error as an error."""
    if value is None or value == "":
        return None
    if isinstance(value, str | Decimal):
        return value
    if isinstance(value, bool):
        return Odd(what="true/false", text=str(value).upper())
    if isinstance(value, datetime):
        days = Decimal(day_number(value.date()))
        return days + Decimal(value.hour * 3600 + value.minute * 60 + value.second) / _SECONDS
    if isinstance(value, int | float):
        return Odd(what="error", text="#ERROR") if isinstance(value, int) and value < _ERRORS else Decimal(repr(value))
    return Odd(what="error", text=str(value))


def words(found: Found) -> str:
    """What a cell shows, as words."""
    if isinstance(found, Odd):
        return found.text
    if isinstance(found, Decimal):
        return f"{found.normalize():f}"
    return found or ""


def same(reviewed: Cell, found: Found) -> bool:
    """Whether a cell still holds what was written: words to the letter, amounts to the cent, dates to the day.

    A number is never taken for the words it looks like, nor the other way round: 007 is not 7.
    """
    expected = written(reviewed)
    if expected is None or isinstance(expected, str):
        return (expected or "") == (found if found is not None else "")
    if not isinstance(found, Decimal):
        return False
    return found == day_number(expected) if isinstance(expected, date) else from_cell(found) == expected


def shown(found: Found, *, like: Cell) -> Value:
    """What a cell holds, for a sentence about it; a number where a date was reviewed is told as a date."""
    if found is None:
        return EMPTY
    if isinstance(found, Odd):
        kind = ODDITIES[found.what]
        if not found.text:
            return say("a cell of the kind {kind}", kind=kind)
        return say("{text} ({kind})", text=found.text, kind=kind)
    if isinstance(found, str):
        return _quoted(found)
    if isinstance(like, date) and (day := _day(found)) >= FIRST_DAY:
        return day
    amount = from_cell(found)
    return amount if isinstance(like, Decimal) and amount is not None else str(found)


def told(reviewed: Cell) -> Value:
    """What a cell held when it was written, for a sentence about it."""
    value = written(reviewed)
    if value is None:
        return EMPTY
    return _quoted(value) if isinstance(value, str) else value


def _quoted(words: str) -> Text:
    return say("'{words}'", words=words)


def _day(number: Decimal) -> date:
    whole = number == number.to_integral_value() and 0 < number < day_number(date.max)
    return _DAY_ZERO + timedelta(days=int(number)) if whole else date.min
