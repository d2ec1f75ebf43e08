"""A list as Manage answers it: the conditions that Tieout asks with, fields, and one page of it with links to others.

Pages are numbered, 25 records each unless asked otherwise and 1000 at most; each but the last names the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from sync.core.values.records import Invoice
from sync.practice.json_records import Fields, Json, bad_query, shown

_TEXT = r'"(?:[^"\\\[]|\[\[\])*"'
"""In double quotes; an opening bracket is written [[]. No source says how a quote or a backslash is, so none may be."""
_NUMBERS = re.compile(rf"invoiceNumber in \({_TEXT}(?:,{_TEXT})*\)")
_RANGE = r"\(id > (\d{1,10}) and id <= (\d{1,10})\)"
_RANGES = re.compile(rf"{_RANGE}(?: or {_RANGE})*", re.ASCII)
_ABOVE = re.compile(r"id > (\d{1,10}) and \((.*)\)", re.ASCII | re.DOTALL)


def read_conditions(text: str) -> Callable[[Invoice], bool]:
    """Return the test of an invoice that conditions stand for.

    Args:
        text: invoice numbers, `invoiceNumber in ("A-1","A-2")`, which compare as SQL Server's usual collation does (any
            case, spaces at the end ignored); ranges of ids, `(id > 0 and id <= 9) or (id > 20 and id <= 30)`; either
            of them above an id, `id > 5 and (…)`; or nothing, for every invoice. Tieout asks with no others.

    Raises:
        ApiError: (400) any other conditions.
    """
    if not text:
        return lambda _: True
    if _NUMBERS.fullmatch(text):
        numbers = {_folded(quoted[1:-1].replace("[[]", "[")) for quoted in re.findall(_TEXT, text)}
        return lambda invoice: _folded(invoice.number) in numbers
    if _RANGES.fullmatch(text):
        ranges = [(int(above), int(up_to)) for above, up_to in re.findall(_RANGE, text)]
        return lambda invoice: any(above < invoice.id <= up_to for above, up_to in ranges)
    if narrowed := _ABOVE.fullmatch(text):
        least, asked = int(narrowed[1]), read_conditions(narrowed[2])
        return lambda invoice: invoice.id > least and asked(invoice)
    raise bad_query("ApiFindCondition", f"These conditions are not understood: {text[:200]}")


def _folded(text: str) -> str:
    return text.lower().rstrip(" ")


class Numbered(Protocol):
    """A record with an id."""

    @property
    def id(self) -> int:
        """Manage's record id."""


Row = TypeVar("Row", bound=Numbered)
DEFAULT_SIZE = 25
LARGEST_SIZE = 1000
LARGEST_NUMBER = 2**31 - 1
UNSUPPORTED = ("childConditions", "customFieldConditions")
NEWEST_FIRST = {"": False, "id": False, "id asc": False, "id desc": True}
"""The orders that Tieout asks for."""


class Query(Struct, frozen=True, kw_only=True):
    """What a client asks of a list.

    Attributes:
        url: the list's address without its query string.
        given: the query string's arguments, to be repeated in links.
        conditions: which invoices; empty for all.
        newest_first: by falling ids.
        fields: slash paths to show; empty for all.
        page: 1 is the first.
        size: records on a page.
    """

    url: str
    given: Mapping[str, str]
    conditions: str
    newest_first: bool
    fields: tuple[str, ...]
    page: int
    size: int


class Page(Struct, frozen=True, kw_only=True):
    """One page of a list, and its `Link` header (empty when it has none)."""

    records: list[Json]
    link: str


def read_query(url: str, given: Mapping[str, str]) -> Query:
    """Read a query string.

    Args:
        url: the list's address.
        given: the arguments.

    Raises:
        ApiError: (400) an argument cannot be used.
    """
    for name in UNSUPPORTED:
        if given.get(name):
            raise bad_query("NotSupported", f"{name} is not supported by this practice site.")
    order = given.get("orderBy", "").strip()
    if order not in NEWEST_FIRST:
        raise bad_query("NotSupported", f"{order} is an order that is not supported by this practice site.")
    return Query(
        url=url,
        given=dict(given),
        conditions=given.get("conditions", "").strip(),
        newest_first=NEWEST_FIRST[order],
        fields=tuple(name.strip() for name in given.get("fields", "").split(",") if name.strip()),
        page=_number(given, "page", 1, least=1),
        size=min(_number(given, "pageSize", DEFAULT_SIZE, least=1), LARGEST_SIZE),
    )


def page_of(fields: Fields[Row], rows: Iterable[Row], query: Query) -> Page:
    """Return one page of a list.

    Args:
        fields: of the kind of record.
        rows: all records asked for, by rising id.
        query: what is asked.
    """
    show = shown(fields, query.fields)
    ordered = list(rows)[::-1] if query.newest_first else list(rows)
    start = (query.page - 1) * query.size
    return Page(
        records=[show(row) for row in ordered[start : start + query.size]],
        link=_numbered_links(query, last=max(1, -(-len(ordered) // query.size))),
    )


def _numbered_links(query: Query, last: int) -> str:
    links = []
    if query.page > 1:
        links += [_link(query, "prev", page=query.page - 1), _link(query, "first", page=1)]
    if query.page < last:
        links += [_link(query, "next", page=query.page + 1), _link(query, "last", page=last)]
    return ", ".join(links)


def _link(query: Query, relation: str, page: int) -> str:
    """Return a link with the page last, as Manage has it: there are clients that look for it there."""
    others = {name: value for name, value in query.given.items() if name != "page"}
    arguments = {**others, "pageSize": query.size, "page": page}
    return f'<{query.url}?{urlencode(arguments)}>; rel="{relation}"'


def _number(given: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text[:11]) <= LARGEST_NUMBER):
        raise bad_query("InvalidPagination", f"{name} is {text}; it must be a whole number from {least}.")
    return int(text)
