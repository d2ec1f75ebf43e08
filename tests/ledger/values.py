"""Hypothesis strategies for the values that the ledger records, made from their own type hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.tie_out import Age, TieOut
from sync.core.values.messages import Sentence, Text
from sync.core.values.money import LIMIT
from sync.core.values.periods import Choice, Since
from sync.core.values.proposal import Proposal
from sync.core.values.records import Payment

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
MARKED = (
    WORDS.map(lambda words: f"'{words}")
    | st.integers().map(lambda count: f"#{count}")
    | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(lambda amount: f"${amount}")
    | st.dates().map(lambda day: f"@{day}")
)
"""A place's value as it is stored; texts within texts have tests of their own."""
SENTENCES = st.builds(
    Sentence,
    st.from_regex(r"[a-z][a-z-]{0,20}", fullmatch=True),
    st.dictionaries(WORDS, MARKED, max_size=3).map(lambda values: tuple(sorted(values.items()))),
)
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(min_value=-(2**53), max_value=2**53),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: st.decimals(min_value=-LIMIT, max_value=LIMIT, places=2),
    NoneType: st.none(),
    Text: st.lists(SENTENCES, max_size=3).map(lambda sentences: Text(tuple(sentences))),
    Since: st.sampled_from([each for each in Choice if each is not Choice.CUSTOM]).map(lambda each: Since(choice=each))
    | st.dates().map(lambda day: Since(choice=Choice.CUSTOM, custom=day)),
}


def _ours(record: Payment) -> Payment:
    """A record that Tieout may write: no other is changed, and none is kept as it was."""
    return replace(record, wisepay=False, credit=False, plain=True, flaw=None)


def _reviewed(row: Proposal) -> Proposal:
    """A row of a review: only an undo restores."""
    return row if row.write is None else replace(row, write=replace(row.write, restores=None))


def of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type hint of the core's values
    """Any value of a type: every field set, texts in all scripts, amounts in the whole range."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Struct):
        made: st.SearchStrategy[Any] = st.builds(
            hint, **{name: of(field) for name, field in get_type_hints(hint).items()}
        )
        return made.map(_REAL[hint]) if hint in _REAL else made
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


def _with_real_ages(tied: TieOut) -> TieOut:
    """The name of an age is one of a few; that of a customer is anything."""
    ages = zip(tied.ages, list(Age) * len(tied.ages), strict=False)
    return replace(tied, ages=tuple(replace(owed, name=age.value) for owed, age in ages))


_REAL: dict[object, Callable[[Any], Any]] = {TieOut: _with_real_ages, Payment: _ours, Proposal: _reviewed}
"""What is made of any value of a type, so that it is one that there can be."""
