"""Options that every command takes, before or after its name, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct, field
from msgspec.structs import replace

from sync.cli.spoken import LANGUAGE
from sync.core.errors import SetupError
from sync.core.periods import EARLIEST, Since, parse_day, parse_since
from sync.core.words import say
from sync.files import AuditFiles, ReviewFiles
from sync.places import Place, chosen_profile, naming, place_of
from sync.tongues import NAMES

Command = TypeVar("Command", bound=Callable[..., Any])
META = "tieout.options"
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
"""Made before a language is chosen: Click names a path in the language spoken when it is made, for good."""
LATEST = date(2200, 1, 1)


class Outfit(Struct, frozen=True, kw_only=True):
    """What the program on top brings along, so that this layer need not know spreadsheets.

    Attributes:
        files: makes the reader and writer of reconciliation files.
        audits: makes the writer of audit packs.
        commands: further commands by name: the module that holds each, and its sentence.
    """

    files: Callable[[], ReviewFiles]
    audits: Callable[[], AuditFiles]
    commands: Mapping[str, tuple[str, str]] = field(default_factory=dict)


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
            self.fail(str(say("'{value}' is not a date like 2026-03-31.", value=value)), param, ctx)
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
            self.fail(str(error), param, ctx)


def common(command: Command) -> Command:
    """Add the common options to a command; a value given after the command's name wins over one given before."""
    for option in (
        click.option(LANGUAGE, type=click.Choice(list(NAMES)), expose_value=False, help="Language of the messages."),
        click.option(
            "--today",
            type=Day(),
            expose_value=False,
            callback=_keep,
            help="Use this day instead of the clock's.",
        ),
        click.option(
            "--state",
            type=FOLDER,
            expose_value=False,
            callback=_keep,
            help="Keep the ledger in this folder.",
        ),
        click.option(
            "--profile",
            metavar="NAME",
            expose_value=False,
            callback=_keep,
            help="Use the settings and the ledger of this profile; practice is the sample company.",
        ),
        click.option(
            "--config",
            type=FILE,
            expose_value=False,
            callback=_keep,
            help="Read the settings from this file.",
        ),
    ):
        command = option(command)
    return command


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None:
        ctx.meta[f"{META}.{param.name}"] = value


def given(name: str) -> Any:  # noqa: ANN401 - click's own values
    """The value of a common option, if it was given."""
    return click.get_current_context().meta.get(f"{META}.{name}")


def place() -> Place:
    """Where this command finds its settings and keeps its state.

    Raises:
        SetupError: the profile's name cannot be one.
    """
    named = given("profile")
    found = place_of(chosen_profile() if named is None else named, given("today"))
    return replace(found, config=given("config") or found.config, state=given("state") or found.state)


def same_place() -> str:
    """The options that name this command's place, as they stand behind the command that is to be run next."""
    named = (f' --{name} "{given(name)}"' for name in ("config", "state") if given(name))
    return naming(place()) + "".join(named)


def files() -> ReviewFiles:
    """The reader and writer of reconciliation files."""
    return _outfit().files()


def audits() -> AuditFiles:
    """The writer of audit packs."""
    return _outfit().audits()


def _outfit() -> Outfit:
    outfit = click.get_current_context().find_object(Outfit)
    if outfit is None:
        raise click.ClickException(str(say("Start Tieout with the command tieout.")))
    return outfit
