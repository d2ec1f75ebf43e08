"""What stands above the signatures of the cover: the conclusion, what each role states, and who has signed."""

from __future__ import annotations

from collections.abc import Iterable

from sync.core.prove.signing import ROLES, SHOWN, by_one_person, signed, ties
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import Text, say
from sync.core.values.signature import Role
from workbook.review.head_block import Fact
from workbook.xlsx.cells import Cell

_STATES = {Role.PREPARER: say("preparer-states"), Role.REVIEWER: say("reviewer-states")}


def statements(audit: Audit) -> list[Fact]:
    """Return the conclusion, what whoever signs states by it, and which signatures stand or have lapsed."""
    found = signed(audit)
    concluded = say("concluded-it-ties") if ties(audit) else say("concluded-it-does-not-tie")
    lines = [
        Fact(label=say("conclusion"), value=concluded),
        *(Fact(label=ROLES[role], value=_STATES[role]) for role in Role),
        *(Fact(label=say("signed-label"), value=_with_note(each.words, each.signature.note)) for each in found),
    ]
    return [*lines, Fact(label=say("remark"), value=say("one-person-signed"))] if by_one_person(found) else lines


def statements_of_runs(audits: Iterable[Audit]) -> list[Fact]:
    """Return which signatures of a month's runs stand or have lapsed; a month has none of its own."""
    return [
        Fact(
            label=say("signed-label"),
            value=say("month-of-run", run=audit.run.id, words=_with_note(each.words, each.signature.note)),
        )
        for audit in audits
        for each in signed(audit)
    ]


BY_HAND: list[list[Cell]] = [[word, None, None, None, None] for word in ROLES.values()]
"""The two roles, to be filled in by hand."""


def roles(audit: Audit) -> list[list[Cell]]:
    """Return the two roles, with whose signature in the ledger stands; blank where nobody's does."""
    stands = {each.signature.role: each.signature for each in signed(audit) if each.stands}
    rows: list[list[Cell]] = []
    for role in Role:
        made = stands.get(role)
        words: list[Cell] = [None, None, None]
        if made is not None:
            words = [made.person.user, say("signed-in-ledger", hash=made.hash[:SHOWN]), f"{made.at:%Y-%m-%d %H:%M} UTC"]
        rows.append([ROLES[role], *words, None])
    return rows


def _with_note(words: Text, note: str) -> Text:
    return words + say("row-held-note", note=note) if note else words
