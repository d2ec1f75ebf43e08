"""Hypothesis strategies for the values that the ledger records, made from their own type hints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Struct

from sync.core.money import LIMIT

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(min_value=-(2**53), max_value=2**53),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: st.decimals(min_value=-LIMIT, max_value=LIMIT, places=2),
    NoneType: st.none(),
}


def of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type hint of the core's values
    """Any value of a type: every field set, texts in all scripts, amounts in the whole range."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Struct):
        return st.builds(hint, **{name: of(field) for name, field in get_type_hints(hint).items()})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of(*(of(part) for part in inner))
    if origin is Mapping:
        return st.dictionaries(*(of(part) for part in inner), max_size=3)
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(of(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(of(part) for part in inner))
    raise NotImplementedError(hint)
