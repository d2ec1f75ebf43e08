"""What every stored record has in common: its version, how it is written out, and how it is read back.

A record is a format, not a picture of today's classes. Its fields keep their names and meanings for ever. A kind that
needs another field, or another meaning, gets its next version, and what was written before is still read. Nothing may
be missing (what is absent is null), and nothing may be there that is not known. Amounts are strings, days and moments
ISO, sentences a message id with its marked values (see `sync.core.values.messages.say`), choices their values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec import DecodeError, MsgspecError, Struct, json
from msgspec.structs import astuple

from sync.core.values.errors import SetupError
from sync.core.values.messages import BLANK, MARKS, Language, Sentence, Text, say

Made = TypeVar("Made")
Filled = TypeVar("Filled", bound="Stored")


class Stored(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A record, or a part of one. No field has a default, so that none can be missing."""


class SentenceStored(Stored, frozen=True, kw_only=True):
    """One sentence of a text."""

    id: str
    values: dict[str, str]


Sentences = tuple[SentenceStored, ...]


def parts(of: Struct, *names: str) -> dict[str, Any]:
    """Return these fields of a value, by name."""
    return {name: getattr(of, name) for name in names}


def filled(record: type[Filled], value: Struct, **others: object) -> Filled:
    """Return a record whose fields are the value's of the same name, but for those given.

    It is the record that says which fields there are: one that a value gains is not stored, and one that a value loses
    or renames has to be given here, or nothing can be written at all.
    """
    names = [name for name in record.__struct_fields__ if name not in others]
    return record(**parts(value, *names), **others)


def value_of(kind: type[Made], record: Stored, **others: object) -> Made:
    """Return a value whose fields are the record's of the same name, but for those given and the version."""
    names = [name for name in record.__struct_fields__ if name not in others and name != "v"]
    return kind(**parts(record, *names), **others)


_NO_WORDS = Language(code="")


def to_text(text: Text) -> Sentences:
    """Return the stored form of a text."""
    return tuple(SentenceStored(id=each.id, values=dict(each.values)) for each in text.sentences)


def from_text(stored: Sentences) -> Text:
    """Return the text of its stored form.

    Raises:
        ValueError, ArithmeticError, LookupError, TypeError: a value cannot be shown, or has an unknown mark.
    """
    if any(value[:1] not in MARKS for each in stored for value in each.values.values()):
        raise ValueError
    text = Text(tuple(Sentence(each.id, tuple(each.values.items())) for each in stored))
    text.said(_NO_WORDS)
    return text


class _Version(Struct):
    """The version alone."""

    v: int


class RecordKind(Struct, Generic[Made], frozen=True, kw_only=True):
    """A kind of record.

    Attributes:
        name: as it stands in the ledger's table.
        version: of its records as they are written now.
        word: for people.
        record: the type of the record.
        made: the value that a record stands for.
        older: the types of the records of earlier versions, the first one first.
    """

    name: str
    version: int
    word: Text
    record: type[Stored]
    made: Callable[..., Made]
    older: tuple[type[Stored], ...] = ()

    def of(self, version: int) -> type[Stored]:
        """Return the type of the records of a version; of one that there is not, today's."""
        return self.older[version - 1] if 0 < version <= len(self.older) else self.record


class UnreadableError(ValueError):
    """A record that is not of a format this Tieout knows.

    Attributes:
        newer: it is of a later version than this Tieout writes.
        why: what is wrong with it, where it is not newer.
    """

    def __init__(self, why: Text, *, newer: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.newer = newer


def read(kind: RecordKind[Made], body: str) -> Made:
    """Return the value of a record.

    Raises:
        UnreadableError: it is of a later version, or it does not have exactly the fields of its version.
    """
    try:
        version = json.decode(body, type=_Version).v if kind.older else kind.version
        record = json.decode(body, type=kind.of(version))
        known = 0 < getattr(record, "v") <= kind.version  # noqa: B009 - parts of records have none
        if not known or (_NO_AMOUNT.search(body) and not _finite(record)):
            raise _unreadable(kind, body)
        return kind.made(record)
    except (MsgspecError, ValueError, ArithmeticError, LookupError, TypeError, SetupError) as error:
        raise _unreadable(kind, body) from error


_NO_AMOUNT = re.compile(r'":"[+-]?(?:s?nan\d*|inf(?:inity)?)"', re.IGNORECASE)
"""What Decimal takes and no amount is; a customer may be called so, hence `_finite`."""


def _finite(value: object) -> bool:
    """Return whether every amount in a record is a number."""
    if isinstance(value, Struct):
        return all(map(_finite, astuple(value)))
    return all(map(_finite, value)) if isinstance(value, tuple) else not isinstance(value, Decimal) or value.is_finite()


def _unreadable(kind: RecordKind[Made], body: str) -> UnreadableError:
    """Tell what is wrong with a record: msgspec's own words are for programmers."""
    try:
        fields = json.decode(body, type=dict[str, object])
    except DecodeError:
        return UnreadableError(say("ledger-record-no-record"))
    version = fields.get("v")
    if isinstance(version, int) and version > kind.version:
        return UnreadableError(BLANK, newer=True)
    record = kind.of(version) if isinstance(version, int) else kind.record
    known = set(record.__struct_fields__)
    if unknown := sorted(fields.keys() - known):
        return UnreadableError(say("ledger-record-field-unknown", field=unknown[0]))
    if missing := sorted(known - fields.keys()):
        return UnreadableError(say("ledger-record-field-missing", field=missing[0]))
    return UnreadableError(say("ledger-record-value-unknown"))


def body_of(record: Stored) -> str:
    """Return what stands in the ledger for a record."""
    return json.encode(record).decode()
