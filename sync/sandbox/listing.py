"""A list as Manage answers it: conditions, order, fields, and one page of it with links to the others.

Pages are numbered, 25 records each unless asked otherwise and 1000 at most; or forward-only, where a page holds the
records after an id, so that records added meanwhile never shift it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from sync.sandbox.conditions import parse
from sync.sandbox.faults import bad_query
from sync.sandbox.predicates import predicate
from sync.sandbox.resources import Json, Resource


class Numbered(Protocol):
    """A record with an id."""

    @property
    def id(self) -> int:
        """Manage's record id."""
        ...


Row = TypeVar("Row", bound=Numbered)

DEFAULT_SIZE = 25
LARGEST_SIZE = 1000
LARGEST_NUMBER = 2**31 - 1
UNSUPPORTED = ("childConditions", "customFieldConditions")


class Query(Struct, frozen=True, kw_only=True):
    """What a client asks of a list.

    Attributes:
        url: the list's address without its query string.
        given: the query string's arguments, to be repeated in links.
        conditions: which records; empty for all.
        order_by: field and direction, several separated by commas; empty for the order of ids.
        fields: slash paths to show; empty for all.
        page: 1 is the first.
        size: records on a page.
        after: show only ids above this one; None for numbered pages.
    """

    url: str
    given: Mapping[str, str]
    conditions: str
    order_by: str
    fields: tuple[str, ...]
    page: int
    size: int
    after: int | None


class Page(Struct, frozen=True, kw_only=True):
    """One page of a list, and its `Link` header (empty when it has none)."""

    records: list[Json]
    link: str


def read_query(url: str, given: Mapping[str, str], *, forward_only: bool) -> Query:
    """Read a query string.

    Args:
        url: the list's address.
        given: the arguments.
        forward_only: the request has the header ``pagination-type: forward-only``.

    Raises:
        ApiError: (400) an argument cannot be used.
    """
    for name in UNSUPPORTED:
        if given.get(name):
            raise bad_query("NotSupported", f"{name} is not supported by this practice site.")
    if forward_only and given.get("orderBy"):
        raise bad_query("InvalidPagination", "orderBy cannot be used with forward-only pages.")
    return Query(
        url=url,
        given=dict(given),
        conditions=given.get("conditions", "").strip(),
        order_by=given.get("orderBy", "").strip(),
        fields=tuple(name.strip() for name in given.get("fields", "").split(",") if name.strip()),
        page=_number(given, "page", 1, least=1),
        size=min(_number(given, "pageSize", DEFAULT_SIZE, least=1), LARGEST_SIZE),
        after=_number(given, "pageId", 0, least=0) if forward_only else None,
    )


def chosen(resource: Resource[Row], rows: Iterable[Row], conditions: str) -> Iterable[Row]:
    """The records for which the conditions are true.

    Raises:
        ApiError: (400) the conditions cannot be understood.
    """
    if not conditions:
        return rows
    test = predicate(parse(conditions), resource.reader)
    return (row for row in rows if test(row) is True)


def page_of(resource: Resource[Row], rows: Iterable[Row], query: Query) -> Page:
    """One page of a list.

    Args:
        resource: the kind of record.
        rows: all records, by rising id.
        query: what is asked.

    Raises:
        ApiError: (400) the query cannot be understood.
    """
    show = resource.cut(query.fields)
    if query.after is not None:
        return _forward(resource, rows, query, show)
    ordered = _ordered(resource, list(chosen(resource, rows, query.conditions)), query.order_by)
    start = (query.page - 1) * query.size
    return Page(
        records=[show(row) for row in ordered[start : start + query.size]],
        link=_numbered_links(query, last=max(1, -(-len(ordered) // query.size))),
    )


def _forward(resource: Resource[Row], rows: Iterable[Row], query: Query, show: Callable[[Row], Json]) -> Page:
    """The page after an id. Manage names a next page as long as this one holds anything."""
    after = (row for row in rows if row.id > (query.after or 0))
    found = list(islice(chosen(resource, after, query.conditions), query.size))
    link = _link(query, "next", pageId=found[-1].id) if found else ""
    return Page(records=[show(row) for row in found], link=link)


def _ordered(resource: Resource[Row], rows: list[Row], order_by: str) -> list[Row]:
    """Sort by each named field; records without a value come first, as in SQL Server."""
    for term in reversed([term.split() for term in order_by.split(",") if term.strip()]):
        path, direction = term[0], " ".join(term[1:]).lower() or "asc"
        if direction not in {"asc", "desc"}:
            raise bad_query("ApiFindCondition", f"{direction} is not an order; it is asc or desc.")
        read = resource.reader(path)
        try:
            rows = sorted(rows, key=lambda row: _sortable(read(row)), reverse=direction == "desc")
        except TypeError:
            raise bad_query("ApiFindCondition", f"{path} has no order.") from None
    return rows


def _sortable(value: object) -> tuple[bool, object]:
    return value is not None, value.lower() if isinstance(value, str) else value


def _numbered_links(query: Query, last: int) -> str:
    links = []
    if query.page > 1:
        links += [_link(query, "prev", page=query.page - 1), _link(query, "first", page=1)]
    if query.page < last:
        links += [_link(query, "next", page=query.page + 1), _link(query, "last", page=last)]
    return ", ".join(links)


def _link(query: Query, relation: str, **changed: int) -> str:
    arguments = {**query.given, "pageSize": query.size, **changed}
    return f'<{query.url}?{urlencode(arguments)}>; rel="{relation}"'


def _number(given: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text[:11]) <= LARGEST_NUMBER):
        raise bad_query("InvalidPagination", f"{name} is {text}; it must be a whole number from {least}.")
    return int(text)
