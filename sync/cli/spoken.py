"""Commands that speak of themselves in the language spoken now: their help, options and names of values."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from inspect import cleandoc
from typing import TypeVar

import click

from sync.core.words import spoken
from sync.tongues import NAMES

Command = TypeVar("Command", bound=click.Command)
LANGUAGE = "--lang"


def in_words(command: Command) -> Command:
    """A copy of a command in the language spoken now, so that whatever Click says of it is in that language too."""
    said = copy(command)
    said.help = _said(command.help)
    said.options_metavar = _said(command.options_metavar)
    if isinstance(said, click.Group):
        said.subcommand_metavar = _said(said.subcommand_metavar) or ""
    said.params = [_of(param) for param in command.params]
    return said


def texts(command: click.Command) -> list[str]:
    """Everything that a command says of itself, in English: the keys of its translations."""
    found = [command.help, command.options_metavar]
    if isinstance(command, click.Group):
        found.append(command.subcommand_metavar)
    for param in command.params:
        found += [param.metavar, param.help if isinstance(param, click.Option) else None]
        if not isinstance(param.type, click.Choice | click.types.BoolParamType):  # these show their values instead
            found.append(param.type.name)
    return [cleandoc(text) for text in found if text]


def asked(arguments: Sequence[str]) -> str | None:
    """The language that a command line asks for, wherever that stands in it; None where it asks for none that is known.

    It is read before anything else, so that even what is wrong with a command line is said in it. Click then reads
    it again among the other options, and refuses one that is not known.
    """
    found = None
    for place, word in enumerate(arguments):
        name, sign, value = word.partition("=")
        if name == LANGUAGE:
            value = value if sign else "".join(arguments[place + 1 : place + 2])
            found = value if value in NAMES else found
    return found


def _of(param: click.Parameter) -> click.Parameter:
    said = copy(param)
    said.metavar = _said(param.metavar)
    said.type = copy(param.type)
    said.type.name = _said(param.type.name) or ""
    if isinstance(said, click.Option):
        said.help = _said(said.help)
    return said


def _said(text: str | None) -> str | None:
    return spoken().translated(cleandoc(text)) if text else text
