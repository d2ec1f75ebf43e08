"""Sentences for people: a template and its values, put together only when shown.

Reasons, errors and notices travel as `Text`, so that the same finding can be shown in another language, and so that
the ledger keeps what was found rather than how it happened to be printed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from msgspec import Struct

Value = str | int | Decimal | date

_TEXT, _COUNT, _AMOUNT, _DATE = "'", "#", "$", "@"


class Sentence(Struct, frozen=True, gc=False):
    """One sentence and the values in it.

    Attributes:
        template: English text with ``{name}`` places; it is also the key of its translation.
        values: the places' values as marked strings (see `say`), so that they survive JSON unchanged.
    """

    template: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The sentence in English: amounts with two decimals and a thousands comma, dates ISO."""
        return self.template.format(**{name: _shown(value) for name, value in self.values})


class Text(Struct, frozen=True, gc=False):
    """Sentences that are said together."""

    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        """The sentences in English, one after the other."""
        return " ".join(str(sentence) for sentence in self.sentences)

    def __add__(self, other: Text) -> Text:
        """These sentences, then those."""
        return Text(self.sentences + other.sentences)


def say(template: str, /, **values: Value) -> Text:
    """Make a `Text` of one sentence from a template and typed values (amount, date, count or words)."""
    if not values:
        return _plain(template)
    return Text((Sentence(template, tuple(sorted([(name, _marked(value)) for name, value in values.items()]))),))


@cache
def _plain(template: str) -> Text:
    """A sentence without values is the same each time it is said."""
    return Text((Sentence(template),))


def _marked(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{_AMOUNT}{value:f}"
    if isinstance(value, date):
        return f"{_DATE}{value.isoformat()}"
    if isinstance(value, int):
        return f"{_COUNT}{value}"
    return _TEXT + value


def _shown(marked: str) -> str:
    mark, rest = marked[0], marked[1:]
    return f"{Decimal(rest):,.2f}" if mark == _AMOUNT else rest
