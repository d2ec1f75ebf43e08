"""What a cell may hold when it is written, what may be found in it when it comes back, and words within formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache

from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import Language, Text, Value, say, with_unseen_marked
from sync.core.values.money import EMPTY, from_cell, to_cell
from sync.core.values.periods import parse_day


def literal(words: str) -> str:
    """Return words as a formula quotes them."""
    return '"{}"'.format(words.replace('"', '""'))


def reference(sheet: str) -> str:
    """Return a sheet's name as formulas refer to it: in apostrophes, unless it is one plain word."""
    return sheet if sheet.isidentifier() else "'{}'".format(sheet.replace("'", "''"))


def link_by_key(sheet: str, own: str, theirs: str, words: str) -> str:
    """Return a formula, the same in every row, that leads to the row of a sheet with the same key; empty without one.

    Args:
        sheet: where to.
        own: the column of keys beside the formula, such as `$A:$A`.
        theirs: the column of keys there.
        words: what is shown.
    """
    there = reference(sheet)
    link = f'HYPERLINK("#{there}!A"&MATCH(INDEX({own},ROW()),{there}!{theirs},0),{literal(words)})'
    return f'=IFERROR({link},"")'


def sentence(words: str, expressions: Mapping[str, str]) -> str:
    """Return a sentence with results in it, as a formula without its equals sign.

    Args:
        words: the sentence, with a mark in each place that a result takes.
        expressions: formulas without their equals signs, by the marks that they replace.
    """
    made = literal(words)
    for mark, expression in expressions.items():
        made = made.replace(mark, f'"&{expression}&"')
    return made.removeprefix('""&').removesuffix('&""')


def letters(column: int) -> str:
    """Return a column's letters, counted from 0: A to Z, then AA."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def whole_column(column: int) -> str:
    """Return a column, counted from 0, as formulas name it."""
    return f"${letters(column)}:${letters(column)}"


@cache
def number(column: str) -> int:
    """Return a column's number, from 0, by its letters."""
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


Plain = str | Decimal | date | None
"""A typed value as a cell can hold it: words, an amount, a calendar date, or an empty cell."""
Cell = Plain | Text
"""A typed value on its way to a cell: a `Text` becomes words only where the language of the sheet is known."""
LONGEST = 16_000
"""Characters of one cell; Excel holds 32,767 units, and one character may take two."""
FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was, so earlier days have no number that every program reads alike."""
_SECONDS = 86_400
_ERRORS = -2_146_826_000
"""Excel hands out #N/A and its like as whole numbers below this."""
_DAY_ZERO = date(1899, 12, 30)


class Oddity(StrEnum):
    """What a cell holds that is never taken for a value."""

    FORMULA = "formula"
    ERROR = "error"
    BOOLEAN = "true/false"


ODDITIES: Mapping[Oddity, Text] = {
    Oddity.FORMULA: say("formula"),
    Oddity.ERROR: say("error"),
    Oddity.BOOLEAN: say("true-or-false"),
}


class Odd(Struct, frozen=True, kw_only=True):
    """A cell that holds neither words nor a number: never taken for a value.

    Attributes:
        what: it holds.
        text: what the cell shows.
    """

    what: Oddity
    text: str


Found = str | Decimal | Odd | None
"""What was found in a cell; dates are numbers of days there."""


def visible(text: str) -> str:
    """Return words as a cell can hold them.

    Characters that no spreadsheet can hold, or that nobody can see, become U+FFFD, so that nothing vanishes unseen;
    every kind of line end becomes a line feed; very long words are cut with a mark.
    """
    if text.isprintable() and len(text) <= LONGEST:
        return text  # as nearly all words are
    text = with_unseen_marked(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def in_words(cells: Iterable[Cell], language: Language) -> list[Plain]:
    """Return a row's cells as they stand on a sheet of that language."""
    return [cell.said(language) if isinstance(cell, Text) else cell for cell in cells]


def day_number(day: date) -> int:
    """Return a date, not before `FIRST_DAY`, as the number of days that spreadsheets store."""
    return (day - _DAY_ZERO).days


def day_in(found: Found) -> date | None:
    """Return the date in a cell, where spreadsheets store the number of days; None for anything but a whole number."""
    if not isinstance(found, Decimal) or found != found.to_integral_value() or not 0 < found < day_number(date.max):
        return None
    return _DAY_ZERO + timedelta(days=int(found))


def day_typed(found: Found) -> date | None:
    """Return the date that somebody typed: as a date, or as ISO words (YYYY-MM-DD); None for anything else."""
    if isinstance(found, str):
        try:
            return parse_day(found.strip())
        except SetupError:
            return None
    day = day_in(found)
    return day if day is not None and day >= FIRST_DAY else None


def written(value: Plain) -> Plain:
    """Return a value as it stands in the sheet: visible words, no empty words, no day that Excel has no number for."""
    if isinstance(value, str):
        return visible(value) or None
    if isinstance(value, date) and value < FIRST_DAY:
        return value.isoformat()
    return value


def raw(value: Plain) -> str | float | None:
    """Return a value as Excel takes it in a block: words, a number, a date as its number of days, or nothing."""
    if value is None:  # most cells of a list that is filled up
        return None
    value = written(value)
    if isinstance(value, Decimal):
        return to_cell(value)
    return float(day_number(value)) if isinstance(value, date) else value


def found_in(value: object) -> Found:
    """Return what Excel hands out of a cell as a file holds it: a date as its number of days, an error as an error."""
    if value is None or value == "":
        return None
    if isinstance(value, str | Decimal):
        return value
    if isinstance(value, bool):
        return Odd(what=Oddity.BOOLEAN, text=str(value).upper())
    if isinstance(value, datetime):
        days = Decimal(day_number(value.date()))
        return days + Decimal(value.hour * 3600 + value.minute * 60 + value.second) / _SECONDS
    if isinstance(value, int | float):
        return (
            Odd(what=Oddity.ERROR, text="#ERROR")
            if isinstance(value, int) and value < _ERRORS
            else Decimal(repr(value))
        )
    return Odd(what=Oddity.ERROR, text=str(value))


def words(found: Found) -> str:
    """Return what a cell shows, as words."""
    if isinstance(found, Odd):
        return found.text
    if isinstance(found, Decimal):
        return f"{found.normalize():f}"
    return found or ""


def same(reviewed: Plain, found: Found) -> bool:
    """Return whether a cell holds what was written: words to the letter, amounts to the cent, dates to the day.

    A number is never taken for the words it looks like, nor the other way round: 007 is not 7.
    """
    expected = written(reviewed)
    if expected is None or isinstance(expected, str):
        return (expected or "") == (found if found is not None else "")
    if not isinstance(found, Decimal):
        return False
    return found == day_number(expected) if isinstance(expected, date) else from_cell(found) == expected


IN_SENTENCE = 200
"""Characters of a cell's words that a sentence repeats."""


def found_for_sentence(found: Found, *, like: Plain) -> Value:
    """Return what a cell holds, for a sentence; a number where a date was reviewed becomes a date."""
    if found is None:
        return EMPTY
    if isinstance(found, Odd):
        kind = ODDITIES[found.what]
        if not found.text:
            return say("sheet-cell-of-kind", kind=kind)
        return say("sheet-text-with-kind", text=_short(found.text), kind=kind)
    if isinstance(found, str):
        return _quoted(found)
    if isinstance(like, date) and (day := day_in(found)) is not None and day >= FIRST_DAY:
        return day
    amount = from_cell(found)
    return amount if isinstance(like, Decimal) and amount is not None else str(found)


def reviewed_for_sentence(reviewed: Plain) -> Value:
    """Return the reviewed value, for a sentence."""
    value = written(reviewed)
    if value is None:
        return EMPTY
    return _quoted(value) if isinstance(value, str) else value


def _quoted(words: str) -> Text:
    return say("sheet-words-quoted", words=_short(words))


def _short(words: str) -> str:
    """Return words as a sentence can hold them: a cell may hold 32,767 characters."""
    return words if len(words) <= IN_SENTENCE else f"{words[: IN_SENTENCE - 1]}…"
