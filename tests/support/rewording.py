"""Catalogues in which every sentence and every word is worded otherwise, as a later version might have them."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from sync.core.values.messages import Language
from sync.language.catalogues import language

WORDED = "Reworded: "


@cache
def reworded(code: str) -> Language:
    """A language by its code, with other words for everything; the places for values stay in them."""
    today = language(code)
    return replace(today, template=lambda message: WORDED + today.template(message))
