"""Conditions as tests of records, with the three truths of SQL: a comparison with nothing is neither true nor false.

Texts compare as SQL Server's usual collation does: any case, spaces at the end ignored.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, assert_never

from sync.sandbox.conditions import (
    Absence,
    Comparison,
    Condition,
    Every,
    Membership,
    Negation,
    Some,
    Value,
)
from sync.sandbox.faults import bad_query

Row = TypeVar("Row")
Truth = bool | None
Test = Callable[[Row], Truth]
Reader = Callable[[str], Callable[[Row], object]]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def predicate(condition: Condition, reader: Reader[Row]) -> Test[Row]:
    """Turn a condition into a test of one record.

    Args:
        condition: as parsed.
        reader: gives the function that reads a field (slash path) of a record.

    Returns:
        The test. It raises ApiError when a value is compared with a field of another type.

    Raises:
        ApiError: (400) a field does not exist.
    """
    match condition:
        case Comparison():
            return _comparison(condition, reader)
        case Membership(path=path, values=values):
            wanted = frozenset(_folded(value) for value in values)
            return _valued(path, values, reader, lambda value: value in wanted)
        case Absence(path=path):
            read = reader(path)
            return lambda row: read(row) is None
        case Negation(part=part):
            inner = predicate(part, reader)
            return lambda row: _opposite(inner(row))
        case Every(parts=parts):
            return _decided_by(False, [predicate(part, reader) for part in parts])  # noqa: FBT003 - a truth value
        case Some(parts=parts):
            return _decided_by(True, [predicate(part, reader) for part in parts])  # noqa: FBT003 - a truth value
    assert_never(condition)


def _comparison(condition: Comparison, reader: Reader[Row]) -> Test[Row]:
    value, path = condition.value, condition.path
    folded = _folded(value)
    if condition.operator == "contains":
        return _valued(path, [value], reader, lambda found: str(folded) in str(found))
    if condition.operator == "like":
        pattern = re.compile("".join(".*" if c in "*%" else re.escape(c) for c in str(folded)), re.DOTALL)
        return _valued(path, [value], reader, lambda found: pattern.fullmatch(str(found)) is not None)
    holds = _OPERATORS[condition.operator]
    return _valued(path, [value], reader, lambda found: holds(found, folded))


def _valued(path: str, values: Iterable[Value], reader: Reader[Row], holds: Callable[[object], bool]) -> Test[Row]:
    """A test of a field that has a value; undecided for one that has none."""
    read = reader(path)
    kinds = {_kind(value) for value in values}

    def test(row: Row) -> Truth:
        found = read(row)
        if found is None:
            return None
        if kinds != {_kind(found)}:
            raise bad_query("ApiFindCondition", f"{path} cannot be compared with a value of another type.")
        return holds(_folded(found))

    return test


def _decided_by(truth: bool, tests: list[Test[Row]]) -> Test[Row]:  # noqa: FBT001 - a truth value
    """And is decided by the first false part, or by the first true one; undecided when none decides and one could."""

    def test(row: Row) -> Truth:
        result: Truth = not truth
        for part in tests:
            found = part(row)
            if found is truth:
                return truth
            if found is None:
                result = None
        return result

    return test


def _opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal):
        return "number"
    return "moment" if isinstance(value, datetime) else "record"


def _folded(value: object) -> object:
    return value.lower().rstrip(" ") if isinstance(value, str) else value
