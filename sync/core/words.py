"""Sentences for people: a template and its values, put together only when shown, in the language spoken then.

Reasons, errors, notices and labels travel as `Text`: the ledger keeps what was found rather than how it happened to be
printed, and the same finding can be shown in another language. English is the key of every translation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Generic, TypeVar

from msgspec import Struct, json

Key = TypeVar("Key")

_WORDS, _COUNT, _AMOUNT, _DATE, _TEXT = "'", "#", "$", "@", "~"


class Tongue(Struct, frozen=True, kw_only=True):
    """A language, and how it writes amounts. Dates are ISO in both of Canada's.

    Attributes:
        code: such as `en` or `fr`.
        translated: an English template in this language; as it is where there is no translation.
        group: between thousands.
        point: before the cents.
    """

    code: str
    translated: Callable[[str], str] = str
    group: str = ","
    point: str = "."

    def amount(self, value: Decimal) -> str:
        """An amount with two decimals and thousands told apart."""
        whole, _, cents = f"{value:,.2f}".partition(".")
        return f"{whole.replace(',', self.group)}{self.point}{cents}"

    def plain(self, value: Decimal) -> str:
        """An amount with two decimals, as a spreadsheet of this language takes it from a text file."""
        return f"{value:.2f}".replace(".", self.point)


ENGLISH = Tongue(code="en")
_spoken = [ENGLISH]
"""One process speaks one language at a time: it is chosen once, at the door, as with gettext."""


def speak(tongue: Tongue) -> None:
    """Have everything shown in a language from now on."""
    _spoken[0] = tongue


def spoken() -> Tongue:
    """The language that everything is shown in."""
    return _spoken[0]


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Have everything shown in a language meanwhile: that of a file or a workbook, whatever its reader speaks."""
    before = spoken()
    speak(tongue)
    try:
        yield
    finally:
        speak(before)


class Sentence(Struct, frozen=True, gc=False):
    """One sentence and the values in it.

    Attributes:
        template: English text with ``{name}`` places; it is also the key of its translation.
        values: the places' values as marked strings (see `say`), so that they survive JSON unchanged.
    """

    template: str
    values: tuple[tuple[str, str], ...] = ()

    def said(self, tongue: Tongue) -> str:
        """The sentence in a language."""
        template = tongue.translated(self.template)
        if not self.values:  # as with every label, of which lists are full
            return template
        return template.format(**{name: _shown(value, tongue) for name, value in self.values})


class Text(Struct, frozen=True, gc=False):
    """Sentences that are said together; or a word, such as a label."""

    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        """The sentences in the language spoken now, one after the other."""
        return self.said(spoken())

    def __add__(self, other: Text) -> Text:
        """These sentences, then those."""
        return Text(self.sentences + other.sentences)

    def said(self, tongue: Tongue) -> str:
        """The sentences in a language, one after the other."""
        return " ".join(sentence.said(tongue) for sentence in self.sentences)

    @property
    def english(self) -> str:
        """For programs, and for what has one name in every language."""
        return self.said(ENGLISH)


BLANK = Text(())
"""No words, where there could be some."""

Value = str | int | Decimal | date | Text


class Labels(Generic[Key]):
    """Words by what they stand for, each put together once for a language: lists show them thousands of times."""

    def __init__(self, texts: Mapping[Key, Text]) -> None:
        """`texts` are the words in every language."""
        self.texts = texts
        self._tongue: Tongue | None = None
        self._said: dict[Key, str] = {}

    def __getitem__(self, key: Key) -> str:
        """What stands for a key in the language spoken now."""
        tongue = spoken()
        if self._tongue is not tongue:
            self._said = {each: text.said(tongue) for each, text in self.texts.items()}
            self._tongue = tongue
        return self._said[key]


def say(template: str, /, **values: Value) -> Text:
    """Make a `Text` of one sentence from a template and typed values (amount, date, count, words, or another Text)."""
    if not values:
        return _plain(template)
    return Text((Sentence(template, tuple(sorted([(name, _marked(value)) for name, value in values.items()]))),))


@cache
def _plain(template: str) -> Text:
    """A sentence without values is the same each time it is said."""
    return Text((Sentence(template),))


def _marked(value: Value) -> str:
    if isinstance(value, str):
        return _WORDS + value
    if isinstance(value, Decimal):
        return f"{_AMOUNT}{value:f}"
    if isinstance(value, date):
        return f"{_DATE}{value.isoformat()}"
    if isinstance(value, Text):
        return _TEXT + json.encode(value).decode()
    return f"{_COUNT}{value}"


def _shown(marked: str, tongue: Tongue) -> str:
    mark, rest = marked[0], marked[1:]
    if mark == _AMOUNT:
        return tongue.amount(Decimal(rest))
    return json.decode(rest, type=Text).said(tongue) if mark == _TEXT else rest
