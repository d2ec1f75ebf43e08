"""`tieout workbook`, `tieout excel` and `tieout install`: the commands that are about Excel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, NoReturn

import click

from addin.install.build import build_addin, build_beside, require_writable
from sync.cli.options import FILE, command_language, common, given, place
from sync.core.values.messages import Text, say
from sync.settings.profiles import every_place, profiles

NAMES = ("sync", "push", "undo", "trial", "export", "check")


@click.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--addin", type=FILE)
@common
def workbook(file: Path, addin: Path | None) -> None:
    """Carry out `tieout workbook`: build the control workbook, and the add-in where it is asked for."""
    language = command_language()
    from addin.install.installation import carried_over  # noqa: PLC0415 - others do not need it

    if addin is not None:
        require_writable(addin)
    built, earlier = build_beside(file, language)
    click.echo(say("install-workbook-built", path=str(built.absolute())).said(language))
    if addin is not None:
        build_addin(addin, built.absolute(), language)
        click.echo(say("install-add-in-built", path=str(addin.absolute())).said(language))
    here = place()
    for sentence in carried_over(earlier, language, [here, *every_place(here.today)]):
        click.echo(sentence.said(language))


@click.command()
@click.argument("task", type=click.Choice(NAMES))
@click.option("--workbook", "name")
@common
def excel(task: str, name: str | None) -> int:
    """Carry out `tieout excel`: press a button of an open workbook; 1 when its status tells of trouble."""
    from addin import tasks  # noqa: PLC0415 - brings in all that a sync needs
    from addin.live.companion import Way  # noqa: PLC0415 - same
    from addin.live.excel import attach  # noqa: PLC0415 - same

    ending = tasks.press(task, attach(name), command_language(), Way.COMMAND)
    click.echo(ending.sentence)
    return 0 if ending.done else 1


class TimeOfDay(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """A time of day."""

    name = "HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:  # noqa: ANN401 - click's signature
        """Read HH:MM."""
        try:
            return time.fromisoformat(str(value)) if len(str(value)) == len("HH:MM") else self._wrong(value, param, ctx)
        except ValueError:
            self._wrong(value, param, ctx)

    def _wrong(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> NoReturn:
        self.fail(say("install-bad-time-of-day", value=str(value)).said(command_language(ctx)), param, ctx)


@click.command()
@click.option("--dry-run", is_flag=True)
@click.option("--watch", "at", type=TimeOfDay())
@click.option("--no-watch", is_flag=True)
@click.option("--uninstall", is_flag=True)
@common
def install(dry_run: bool, at: time | None, no_watch: bool, uninstall: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Carry out `tieout install`: put workbook, add-in and shortcut in place or away, or change the daily run only."""
    language = command_language()
    if (at is not None) + no_watch + uninstall > 1:
        raise click.UsageError(say("install-watch-contradiction").said(language))
    if at is not None or no_watch:
        for sentence in _daily(at, dry_run=dry_run):
            click.echo(sentence.said(language))
        return
    from addin.install.installation import carry_out, plan, take_away  # noqa: PLC0415 - others do not need it

    away = take_away(plan(), [None, *profiles()], dry_run=dry_run) if uninstall else None
    for line in away or carry_out(plan(), language, dry_run=dry_run):
        click.echo(line.said(language))


def _daily(at: time | None, *, dry_run: bool) -> Iterator[Text]:
    from addin.install import schedule  # noqa: PLC0415 - only this command needs it

    profile = place().profile
    if at is None:
        return schedule.delete(schedule.name_of(profile), dry_run=dry_run)
    options = [
        word for name in ("config", "state") if (path := given(name)) for word in (f"--{name}", str(path.absolute()))
    ]
    return schedule.create(schedule.entry(at, profile, options, Path(sys.executable)), dry_run=dry_run)
