"""The language of Manage's `conditions`: a tokenizer and a recursive-descent parser.

some       = every ("or" every)*
every      = one ("and" one)*
one        = "not" one | "(" some ")" | path test
test       = ("=" | "!=") (value | "null") | ("<" | "<=" | ">" | ">=") value
           | "not"? ("like" | "contains") text | "not"? "in" "(" value ("," value)* ")"
value      = text | number | "true" | "false" | "[" date and time "]"
text       = in double or single quotes; a bracket in it is written [[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from sync.sandbox.faults import ApiError, bad_query

Value = str | int | Decimal | bool | datetime

DEEPEST = 40
KEYWORDS = frozenset({"and", "or", "not", "in", "like", "contains", "null", "true", "false"})
_ORDER = frozenset({"<", "<=", ">", ">="})
_EQUALITY = frozenset({"=", "!="})
_MATCHING = frozenset({"like", "contains"})
_TOKEN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')
      | (?P<moment>\[[^\]]*\])
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<symbol><=|>=|!=|[=<>(),])
      | (?P<word>[A-Za-z_][\w/]*)""",
    re.VERBOSE | re.ASCII,
)
_SPACE = re.compile(r"\s*")


class Comparison(Struct, frozen=True, kw_only=True):
    """A field against a value; `operator` is one of ``= != < <= > >= like contains``."""

    path: str
    operator: str
    value: Value


class Membership(Struct, frozen=True, kw_only=True):
    """A field against a list of values."""

    path: str
    values: tuple[Value, ...]


class Absence(Struct, frozen=True, kw_only=True):
    """A field that has no value."""

    path: str


class Negation(Struct, frozen=True, kw_only=True):
    """The opposite of a condition."""

    part: Condition


class Every(Struct, frozen=True, kw_only=True):
    """All of these."""

    parts: tuple[Condition, ...]


class Some(Struct, frozen=True, kw_only=True):
    """At least one of these."""

    parts: tuple[Condition, ...]


Condition = Comparison | Membership | Absence | Negation | Every | Some


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


def parse(text: str) -> Condition:
    """Read a condition.

    Raises:
        ApiError: (400) it cannot be understood; the message says where.
    """
    parser = _Parser(text)
    condition = parser.some(0)
    parser.expect("end")
    return condition


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._token = next(self._tokens)

    def some(self, depth: int) -> Condition:
        """One or more alternatives."""
        parts = [self._every(depth)]
        while self._take("or"):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Some(parts=tuple(parts))

    def expect(self, kind: str) -> str:
        """Take the next token, which must be of this kind (or be this very symbol or keyword)."""
        token = self._token
        if token.kind != kind:
            raise self._error()
        if kind != "end":
            self._token = next(self._tokens)
        return token.text

    def _every(self, depth: int) -> Condition:
        parts = [self._one(depth)]
        while self._take("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Every(parts=tuple(parts))

    def _one(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise bad_query("ApiFindCondition", "The condition is nested too deeply.")
        if self._take("not"):
            return Negation(part=self._one(depth + 1))
        if self._take("("):
            inner = self.some(depth + 1)
            self.expect(")")
            return inner
        return self._test(self.expect("word"))

    def _test(self, path: str) -> Condition:
        negated = self._take("not")
        operator = self._token.kind
        condition: Condition
        if self._take("in"):
            condition = Membership(path=path, values=self._list())
        elif operator in _MATCHING:
            self.expect(operator)
            condition = Comparison(path=path, operator=operator, value=_unquoted(self.expect("text")))
        elif negated or operator not in _EQUALITY | _ORDER:
            raise self._error()
        else:
            self.expect(operator)
            if operator in _EQUALITY and self._take("null"):
                negated = operator == "!="
                condition = Absence(path=path)
            else:
                condition = Comparison(path=path, operator=operator, value=self._value())
        return Negation(part=condition) if negated else condition

    def _list(self) -> tuple[Value, ...]:
        self.expect("(")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self.expect(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._token
        if token.kind == "text":
            return _unquoted(self.expect("text"))
        if token.kind == "moment":
            return _moment(self.expect("moment"))
        if token.kind == "number":
            text = self.expect("number")
            return Decimal(text) if "." in text else int(text)
        if token.kind in {"true", "false"}:
            return self.expect(token.kind).lower() == "true"
        raise self._error()

    def _take(self, kind: str) -> bool:
        if self._token.kind != kind:
            return False
        self._token = next(self._tokens)
        return True

    def _error(self) -> ApiError:
        found = self._token.text or "the end"
        return bad_query("ApiFindCondition", f"Unexpected {found} at position {self._token.place}.")


def _tokens(text: str) -> Iterator[_Token]:
    """Tokens of a condition; a symbol or a keyword (in any case) is its own kind. The last is an endless `end`."""
    place = _past_space(text, 0)
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise bad_query("ApiFindCondition", f"Unexpected {text[place]} at position {place}.")
        kind, word = found.lastgroup or "", found.group()
        if kind == "symbol" or word.lower() in KEYWORDS:
            kind = word.lower()
        yield _Token(kind, word, place)
        place = _past_space(text, found.end())
    while True:
        yield _Token("end", "", place)


def _past_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _unquoted(quoted: str) -> str:
    inner = quoted[1:-1]
    if "[" in inner.replace("[[]", ""):
        raise bad_query("ApiFindCondition", f"Unexpected [ in {quoted}; a bracket in a text is written [[].")
    return inner.replace("[[]", "[")


def _moment(bracketed: str) -> datetime:
    try:
        moment = datetime.fromisoformat(bracketed[1:-1])
    except ValueError:
        raise bad_query("ApiFindCondition", f"{bracketed} is not a date and time.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
