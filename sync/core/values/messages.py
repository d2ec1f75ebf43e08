"""Sentences for people: a message id and its values, put into words only where they are shown, in a given language.

Reasons, errors, notices and labels travel as `Text`. The ledger keeps what was found, not how it happened to be worded:
the same finding is shown in any language, and rewording a sentence changes nothing that is stored. The words of every
id stand in the catalogues of `sync.language`, English like French.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from msgspec import Struct, json

MARKS = _WORDS, _COUNT, _AMOUNT, _DATE, _TEXT, _LIST = "'", "#", "$", "@", "~", "&"
"""What the first character of a stored value says of the rest. Ledgers hold these: none ever changes its meaning."""


class Language(Struct, frozen=True, kw_only=True):
    """A language: its words, and how it writes amounts. Dates are ISO in both of Canada's.

    Attributes:
        code: such as `en` or `fr`.
        template: the words of a message id, with ``{name}`` places; the id itself where there are none.
        group: between thousands.
        point: before the cents.
        options: behind each command that a sentence names, those of the place in use: without them the command would
            act on another company.
    """

    code: str
    template: Callable[[str], str] = str
    group: str = ","
    point: str = "."
    options: str = ""

    def amount(self, value: Decimal) -> str:
        """Return an amount with two decimals and thousands set apart."""
        whole, _, cents = f"{value:,.2f}".partition(".")
        return f"{whole.replace(',', self.group)}{self.point}{cents}"

    def plain(self, value: Decimal) -> str:
        """Return an amount with two decimals, as a spreadsheet of this language takes it from a text file."""
        return f"{value:.2f}".replace(".", self.point)


class Sentence(Struct, frozen=True, gc=False):
    """One sentence: which one, and the values in it.

    Attributes:
        id: of the message. An id never changes its meaning and is never used again for another.
        values: the places' values as marked strings (see `say`), in order of name, so that they survive JSON unchanged.
    """

    id: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return the id and the values, for programmers and the log: ``ledger-in-use(path=/state)``."""
        values = ", ".join(f"{name}={_logged(value)}" for name, value in self.values)
        return f"{self.id}({values})" if values else self.id

    def said(self, language: Language) -> str:
        """Return the sentence in a language."""
        template = language.template(self.id)
        if not self.values and "{options}" not in template:  # as with every label, of which lists are full
            return template
        shown = {name: _shown(value, language) for name, value in self.values}
        return template.format_map(_Places({"options": language.options, **shown}))


class _Places(dict[str, str]):
    """What goes into a sentence's places; one that words of a later version ask for shows as an ellipsis."""

    def __missing__(self, name: str) -> str:
        return "\N{HORIZONTAL ELLIPSIS}"


class Text(Struct, frozen=True, gc=False):
    """Sentences that are said together; or a word, such as a label."""

    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        """Return the ids and their values, as a log has them; nothing that is shown to a person."""
        return "; ".join(map(str, self.sentences))

    def __add__(self, other: Text) -> Text:
        """These sentences, then those."""
        return Text(self.sentences + other.sentences)

    def said(self, language: Language) -> str:
        """Return the sentences in a language, one after the other."""
        return " ".join(sentence.said(language) for sentence in self.sentences)


BLANK = Text(())
"""The empty text."""

Value = str | int | Decimal | date | Text | tuple[Text, ...]


def say(message: str, /, **values: Value) -> Text:
    """Make a `Text` of one sentence.

    Args:
        message: its id, as it stands in the catalogues.
        values: what goes into its places: words, a count, an amount, a date, another Text, or several Texts, which are
            shown with commas between.
    """
    if not values:
        return _plain(message)
    return Text((Sentence(message, tuple(sorted([(name, _marked(value)) for name, value in values.items()]))),))


@cache
def _plain(message: str) -> Text:
    """A sentence without values is the same each time it is said."""
    return Text((Sentence(message),))


def _marked(value: Value) -> str:
    if isinstance(value, str):
        return _WORDS + value
    if isinstance(value, Decimal):
        return f"{_AMOUNT}{value:f}"
    if isinstance(value, date):
        return f"{_DATE}{value.isoformat()}"
    if isinstance(value, Text):
        return _TEXT + json.encode(_packed(value)).decode()
    if isinstance(value, tuple):
        return _LIST + json.encode([_packed(each) for each in value]).decode()
    return f"{_COUNT}{value}"


def _logged(marked: str) -> str:
    mark, rest = marked[0], marked[1:]
    if mark == _TEXT:
        return str(_unpacked(json.decode(rest)))
    return "; ".join(str(_unpacked(each)) for each in json.decode(rest)) if mark == _LIST else rest


def _shown(marked: str, language: Language) -> str:
    mark, rest = marked[0], marked[1:]
    if mark == _AMOUNT:
        return language.amount(Decimal(rest))
    if mark == _TEXT:
        return _unpacked(json.decode(rest)).said(language)
    if mark == _LIST:
        return ", ".join(_unpacked(each).said(language) for each in json.decode(rest))
    if mark == _DATE:
        return date.fromisoformat(rest).isoformat()
    return legible(rest) if mark == _WORDS else rest


_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
"""Controls, marks that turn the direction of writing, what has no width or ink; joiners only beside Latin letters."""
INSTEAD = "\ufffd"


def with_unseen_marked(words: str) -> str:
    """Return words with a mark for each character that cannot be seen, so that nothing vanishes; lines and tabs stay.

    Such characters steer a terminal, turn words around, or make two names look like one.
    """
    return words if words.isprintable() else _UNSEEN.sub(INSTEAD, words)


def legible(words: str) -> str:
    """Return words from outside as a sentence or a line may hold them: on one line, with a mark for what is unseen."""
    return words if words.isprintable() else _UNSEEN.sub(INSTEAD, _BREAKS.sub(" ", words))


def _packed(text: Text) -> list[dict[str, object]]:
    """A text within a sentence, as ledgers store it there."""
    return [{"id": each.id, "values": dict(each.values)} for each in text.sentences]


def _unpacked(stored: list[dict[str, Any]]) -> Text:
    return Text(tuple(Sentence(each["id"], tuple(each["values"].items())) for each in stored))
