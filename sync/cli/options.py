"""How a command is started: its language, the options that every command takes, and help texts in that language."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct, field
from msgspec.structs import replace

from sync import __version__
from sync.core.decide.matching import trimmed
from sync.core.prove.month import Month, parse_month
from sync.core.values.errors import SetupError
from sync.core.values.messages import Language, say
from sync.core.values.periods import EARLIEST, Since, parse_day, parse_since
from sync.language.catalogues import NAMES
from sync.settings.profiles import Place, chosen_profile, place_of
from sync.system import log
from sync.usecases.ports import AuditFiles, ReviewFiles, StoryFiles

Command = TypeVar("Command", bound=Callable[..., Any])
META, WORDS = "tieout.options", "tieout.words"


class NamedPath(click.Path):
    """A path that is named: nothing at all, as an unset variable of a script leaves it, would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's signature
        """Read the path."""
        if not str(value).strip():
            self.fail(say("cli-path-not-named").said(command_language(ctx)), param, ctx)
        return super().convert(value, param, ctx)


FILE = NamedPath(dir_okay=False, path_type=Path)
FOLDER = NamedPath(file_okay=False, path_type=Path)
"""Made before a language is chosen, because Click names the kind of a path once, when the type is made."""
LATEST = date(2200, 1, 1)


class Outfit(Struct, frozen=True, kw_only=True):
    """What the installed program supplies, so that the command line need not know spreadsheets.

    Attributes:
        files: makes the reader and writer of reconciliation files in a language.
        audits: makes the writer of audit packs in a language.
        stories: makes the writer of invoices' stories in a language.
        commands: the modules of further commands, by the command's name.
    """

    files: Callable[[Language], ReviewFiles]
    audits: Callable[[Language], AuditFiles]
    stories: Callable[[Language], StoryFiles]
    commands: Mapping[str, str] = field(default_factory=dict)


class Invocation(Struct, frozen=True, kw_only=True):
    """What all commands of one invocation share; Click keeps it as the context's object.

    Attributes:
        language: in which the commands speak and write.
        outfit: see `Outfit`.
    """

    language: Language
    outfit: Outfit


def invocation(context: click.Context | None = None) -> Invocation:
    """The invocation that a context, or the command that runs now, belongs to."""
    found = (context or click.get_current_context()).find_object(Invocation)
    if found is None:  # pragma: no cover - `run` gives every context one
        raise LookupError
    return found


def command_language(context: click.Context | None = None) -> Language:
    """The language that a context, or the command that runs now, speaks; commands are named with its own options."""
    meta = (context or click.get_current_context()).meta
    profile = meta.get(f"{META}.profile") or os.environ.get("TIEOUT_PROFILE")
    named = (f' --{name} "{meta[f"{META}.{name}"]}"' for name in ("config", "state") if f"{META}.{name}" in meta)
    options = (f" --profile {profile}" if profile else "") + "".join(named)
    return replace(invocation(context).language, options=options)


class Day(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """An ISO day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's signature
        """Read YYYY-MM-DD."""
        if isinstance(value, date):
            return value
        try:
            day: date | None = parse_day(value)
        except SetupError:
            day = None
        if day is None or not EARLIEST <= day <= LATEST:
            said = say("cli-bad-date", value=value, first=EARLIEST.isoformat(), last=LATEST.isoformat())
            self.fail(said.said(command_language(ctx)), param, ctx)
        return day


class StartDate(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """A Start Date choice, or an ISO day."""

    name = "choice"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Since:  # noqa: ANN401 - click's signature
        """Read a choice's value or YYYY-MM-DD."""
        if isinstance(value, Since):
            return value
        try:
            return parse_since(value)
        except SetupError as error:
            self.fail(error.said(command_language(ctx)), param, ctx)


class CalendarMonth(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """A month, such as 2026-11."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:  # noqa: ANN401 - click's signature
        """Read YYYY-MM."""
        if isinstance(value, Month):
            return value
        try:
            return parse_month(value)
        except SetupError as error:
            self.fail(error.said(command_language(ctx)), param, ctx)


def no_blank(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return what was typed for a run; nothing at all, as an unset variable of a script leaves it, is refused."""
    if value is None:
        return None
    if not value.strip():
        raise click.BadParameter(say("cli-run-not-named").said(command_language(ctx)), ctx, param)
    return value.strip()


def no_blank_invoice(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return what was typed for an invoice, or None; nothing that can be seen is refused."""
    if value is not None and not trimmed(value):
        raise click.BadParameter(say("cli-invoice-not-named").said(command_language(ctx)), ctx, param)
    return value


def common(command: Command) -> Command:
    """Add the common options to a command; a value given after the command's name wins over one given before."""
    for option in (
        click.option(LANGUAGE, type=click.Choice(list(NAMES)), expose_value=False),
        click.option("--verbose", is_flag=True, expose_value=False, callback=_keep_flag),
        click.option("--today", type=Day(), expose_value=False, callback=_keep),
        click.option("--state", type=FOLDER, expose_value=False, callback=_keep),
        click.option("--profile", metavar="NAME", expose_value=False, callback=_keep),
        click.option("--config", type=FILE, expose_value=False, callback=_keep),
    ):
        command = option(command)
    return command


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None:
        ctx.meta[f"{META}.{param.name}"] = value


def _keep_flag(ctx: click.Context, param: click.Parameter, value: object) -> None:
    _keep(ctx, param, value or None)


def given(name: str) -> Any:  # noqa: ANN401 - click's own values
    """The value of a common option, if it was given."""
    return click.get_current_context().meta.get(f"{META}.{name}")


def begin_log(folder: Path) -> None:
    """Begin the log of this command in a folder."""
    words = click.get_current_context().meta[WORDS]
    log.begin(folder, verbose=bool(given("verbose")), version=__version__, command=words)


def place() -> Place:
    """Where this command finds its settings and keeps its state.

    Raises:
        SetupError: the profile's name cannot be one.
    """
    named = given("profile")
    found = place_of(chosen_profile() if named is None else named, given("today"))
    return replace(found, config=given("config") or found.config, state=given("state") or found.state)


def files() -> ReviewFiles:
    """The reader and writer of reconciliation files, in this command's language."""
    return invocation().outfit.files(command_language())


def audits() -> AuditFiles:
    """The writer of audit packs, in this command's language."""
    return invocation().outfit.audits(command_language())


def story_files() -> StoryFiles:
    """The writer of invoices' stories, in this command's language."""
    return invocation().outfit.stories(command_language())


AnyCommand = TypeVar("AnyCommand", bound=click.Command)
LANGUAGE = "--lang"
OPTIONS_METAVAR, COMMAND_METAVAR = "help-metavar-options", "help-metavar-command"


def in_language(command: AnyCommand, language: Language) -> AnyCommand:
    """A copy of a command whose help texts, metavars and types are in a language, and so is what Click says of them."""
    said = copy(command)
    said.help = language.template(help_id(command))
    said.options_metavar = language.template(OPTIONS_METAVAR)
    if isinstance(said, click.Group):
        said.subcommand_metavar = language.template(COMMAND_METAVAR)
    said.params = [_in_language(param, command, language) for param in command.params]
    return said


def help_id(command: click.Command, option: click.Option | None = None) -> str:
    """Return the message id of a command's help, or of an option's help: made from their names.

    Options that every command takes are not passed on to it (`expose_value`), and have one text for all commands.
    """
    if option is None:
        return f"help-{command.name}"
    name = max(option.opts, key=len).lstrip("-")
    return f"help-{command.name}-{name}" if option.expose_value else f"help-common-{name}"


def command_id(name: str) -> str:
    """The message id of the line that stands for a command in the list of commands."""
    return f"command-{name}"


def asked(arguments: Sequence[str]) -> str | None:
    """The value of the last `--lang` of a command line; None if there is none, or none that Tieout speaks.

    It is read before anything else, so that even what is wrong with a command line is said in it. Click then reads
    it again among the other options, and refuses one that is not known.
    """
    code = None
    for position, word in enumerate(arguments):
        name, sign, value = word.partition("=")
        if name == LANGUAGE:
            value = value if sign else "".join(arguments[position + 1 : position + 2])
            code = value if value in NAMES else code
    return code


def _in_language(param: click.Parameter, command: click.Command, language: Language) -> click.Parameter:
    said = copy(param)
    if param.metavar:
        word = language.template(_metavar_id(param))
        said.metavar = f"[{word}]" if isinstance(param, click.Argument) and not param.required else word
    if _is_typed(param):
        said.type = copy(param.type)
        said.type.name = language.template(_type_id(param))
    if isinstance(said, click.Option):
        said.help = language.template(help_id(command, said))
    return said


def _is_typed(param: click.Parameter) -> bool:
    """Whether a parameter shows its type's name; those with fixed values show these instead."""
    return not isinstance(param.type, click.Choice | click.types.BoolParamType)


def _metavar_id(param: click.Parameter) -> str:
    return f"help-metavar-{(param.metavar or '').lower()}"


def _type_id(param: click.Parameter) -> str:
    return f"help-type-{re.sub(r'[^a-z]+', '-', param.type.name.lower())}"
