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
        return say("The settings file {path} lacks {line}. Add it; README shows every line.", path=str(path), line=line)
    why = _why(what, choices.get(name, ()))
    return say(
        "The settings file {path} cannot be used: {why}. Correct it; README shows how each line is written.",
        path=str(path),
        why=say("{line}: {why}", line=line, why=why) if line else why,
    )


def unread(line: int, column: int) -> Text:
    """Where a file stops being settings, counted from 1."""
    return say(
        "line {line} cannot be read beyond character {column}; a quotation mark or a bracket may be missing, or a name "
        "may stand twice",
        line=line,
        column=column,
    )


def _why(what: str, choices: Sequence[str]) -> Text | str:
    """What is wrong with a value, or where the file stops being settings."""
    if found := re.fullmatch("Invalid enum value '?(.*?)'?", what):
        return say("it is '{value}' and has to be one of {choices}", value=found[1], choices=", ".join(choices))
    if found := re.fullmatch("Expected `(.*)`, got `(.*)`", what):
        return say("it has to be {wanted}, and is {found}", wanted=_kind(found[1]), found=_kind(found[2]))
    if found := re.fullmatch("Expected `(.*)` ([<>]=?) (.*)", what):
        bounds = {
            ">=": say("of {bound} or more", bound=found[3]),
            "<=": say("of {bound} or less", bound=found[3]),
            ">": say("above {bound}", bound=found[3]),
            "<": say("below {bound}", bound=found[3]),
        }
        return say("it has to be {wanted} {bound}", wanted=_kind(found[1]), bound=bounds[found[2]])
    if found := re.search(r"\(at line (\d+), column (\d+)\)$", what):
        return unread(int(found[1]), int(found[2]))
    if what.endswith("(at end of document)"):
        return say("it ends too early; a quotation mark or a bracket may be missing, or a name may stand twice")
    return what


def _kind(name: str) -> Text | str:
    """A kind of value, in words where it has some."""
    said = {
        "array": say("a list in brackets"),
        "bool": say("true or false"),
        "float": say("a number"),
        "int": say("a whole number"),
        "object": say("a section"),
        "str": say("words in quotes"),
    }
    return said.get(name.removesuffix(" | null"), f"`{name}`")
