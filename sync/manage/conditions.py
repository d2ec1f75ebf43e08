"""Questions to Manage as query strings: quoted values, and lists of numbers in chunks that fit a URL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

URL_LIMIT = 1700
"""Manage promises 2,000 characters of URL and warns from 1,745 on."""

_LEGIBLE = "(),/:"


def quoted(text: str) -> str:
    """A text as a condition takes it: in double quotes, brackets escaped as the grammar asks."""
    escaped = text.replace("[", "[[]").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def query(parameters: Mapping[str, object]) -> str:
    """Parameters as a query string, with the characters that a condition is full of left legible."""
    return "&".join(f"{name}={quote(str(value), safe=_LEGIBLE)}" for name, value in parameters.items())


def chunks(numbers: Iterable[str], room: int) -> Iterator[str]:
    """Conditions `invoiceNumber in (…)` that ask for every number once.

    Args:
        numbers: invoice numbers.
        room: how many characters of the URL are left for one encoded condition.

    Yields:
        Conditions, as few as fit.
    """
    start, end = "invoiceNumber in (", ")"
    taken: list[str] = []
    used = empty = len(quote(start + end, safe=_LEGIBLE))
    for number in sorted(numbers):
        item = quoted(number)
        size = len(quote(item, safe=_LEGIBLE)) + 1
        if taken and used + size > room:
            yield start + ",".join(taken) + end
            taken, used = [], empty
        taken.append(item)
        used += size
    if taken:
        yield start + ",".join(taken) + end
