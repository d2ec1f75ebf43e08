"""What is said, by its ids or in English; and English that is left in French."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text
from sync.core.values.money import BadAmountError
from sync.language import catalogues
from sync.language.catalogues import ENGLISH
from tests.catalogue import catalogue, translations


def en(said: object) -> str:
    """Return the English words of a text or an error; anything else as it is written."""
    if isinstance(said, BadAmountError):
        said = said.why
    return said.said(ENGLISH) if isinstance(said, Text | TieoutError) else str(said)


def ids(message: Text) -> list[str]:
    """The ids of what is said, in order."""
    return [sentence.id for sentence in message.sentences]


WORDS = 3
"""So many words in a row of an English text are no accident."""


def worded(value: object) -> str:
    """A text in English; anything else as it shows itself."""
    return value.said(catalogues.ENGLISH) if isinstance(value, Text) else str(value)


def left_in(texts: Iterable[str]) -> list[str]:
    """Those of some texts that hold three words in a row that only an English text has."""
    return [text for text in texts if _runs(text) & _english_runs()]


def untranslated(texts: Iterable[str]) -> list[str]:
    """Those of some texts that are, or have between their signs, a whole English text whose French is another."""
    both = _both()
    changed = {english for english, french in both.items() if english != french} - set(both.values())
    return [text for text in texts if not changed.isdisjoint({text.strip(), *map(str.strip, _pieces(text))})]


def _pieces(text: str) -> list[str]:
    return re.split(r"[:;,.()·\n\u00a0]| - ", text)


@cache
def _both() -> dict[str, str]:
    return translations(catalogue(catalogues.DOMAIN)) | translations(catalogue(catalogues.CLICK))


@cache
def _english_runs() -> set[str]:
    both = _both()
    return _runs(" {} ".join(both)) - _runs(" {} ".join(both.values()))


def _runs(text: str) -> set[str]:
    """All runs of three words of a text, between its places."""
    found = set()
    for part in re.split(r"\{.*?\}", text):
        words = re.findall(r"[\w'-]+", part.lower())
        found |= {" ".join(words[place : place + WORDS]) for place in range(len(words) - WORDS + 1)}
    return found
