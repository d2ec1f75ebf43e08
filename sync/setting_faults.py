"""What msgspec says of a settings file that it cannot take, in the accountant's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sync.core.words import Text, say


def in_words(path: Path, found: str, choices: Mapping[str, Sequence[str]]) -> Text:
    """What is wrong with a settings file, from the words of the reader that refused it.

    Args:
        path: the file.
        found: what msgspec said of it.
        choices: the values that settings of few words take, by name.
    """
    what, _, where = found.partition(" - at `$.")
    section, _, name = where.rstrip("`").rpartition(".")
    named = re.search(r"(?:unknown|missing required) field `(\w+)`", what)
    if named:
        section, name = where.rstrip("`"), named[1]
    line = f"[{section}] {name}".strip() if section else name
    if named and "unknown" in what:
        return say(
            "The settings file {path} holds {line}, which Tieout does not know. Correct its spelling, or remove it.",
            path=str(path),
            line=line,
        )
    if named:
        return say("The settings file {path} lacks {line}. README shows every line.", path=str(path), line=line)
    why = _why(what, choices.get(name, ()))
    return say(
        "The settings file {path} cannot be used: {why}. README shows how each line is written.",
        path=str(path),
        why=say("{line}: {why}", line=line, why=why) if line else why,
    )


def _why(what: str, choices: Sequence[str]) -> Text | str:
    """What is wrong with a value; what is no TOML is told in the reader's own words, with the place."""
    if found := re.fullmatch("Invalid enum value (.*)", what):
        return say("Invalid enum value {value} (one of: {choices})", value=found[1], choices=", ".join(choices))
    if found := re.fullmatch("Expected `(.*)`, got `(.*)`", what):
        return say("Expected {wanted}, got {found}", wanted=_kind(found[1]), found=_kind(found[2]))
    if found := re.fullmatch("Expected `(.*)` ([<>=]+ .*)", what):
        return say("Expected {wanted} {bound}", wanted=_kind(found[1]), bound=found[2])
    return what


def _kind(name: str) -> Text | str:
    """A kind of value, in words where it has some."""
    said = {"str": say("words in quotes"), "int": say("a whole number"), "float": say("a number")}
    return said.get(name.removesuffix(" | null"), f"`{name}`")
