"""`tieout workbook`, `tieout excel` and `tieout install`: the commands that are about Excel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, NoReturn

import click

from addin.build import build_addin, build_workbook
from sync.cli.options import FILE, common, given, place
from sync.core.words import Text, say

NAMES = ("sync", "push", "export", "check")


@click.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option(
    "--addin",
    type=FILE,
    help="Also write the ribbon add-in to this .xlam file; it runs the workbook's macros.",
)
@common
def workbook(file: Path, addin: Path | None) -> None:
    """Build the control workbook FILE.xlsm, with its buttons, for this computer.

    Its buttons start the Python that runs this command. Build it again after an update of Tieout or of Python.
    """
    build_workbook(file)
    click.echo(say("The control workbook is {path}. Open it in Excel and allow its macros.", path=str(file.absolute())))
    if addin is not None:
        build_addin(addin, file.absolute())
        click.echo(say("The add-in is {path}.", path=str(addin.absolute())))


@click.command()
@click.argument("task", type=click.Choice(NAMES))
@click.option("--workbook", "name", help="Name of the open workbook; needed only where several are open.")
@common
def excel(task: str, name: str | None) -> int:
    """Do from outside Excel what the control workbook's buttons do.

    For sites where Office may not start other programs: the workbook is open in Excel, and this command works in it.
    The exit status is 1 when the status cell says that something went wrong.
    """
    from addin import tasks  # noqa: PLC0415 - brings in all that a sync needs
    from addin.excel import attach  # noqa: PLC0415 - same

    told = tasks.press(task, attach(name), by_button=False)
    click.echo(told.sentence)
    return 0 if told.done else 1


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
        self.fail(str(say("'{value}' is not a time of day like 07:30.", value=str(value))), param, ctx)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--watch", "at", type=TimeOfDay(), help="Only let tieout watch run every day at this time.")
@click.option("--no-watch", is_flag=True, help="Only take that daily run away again.")
@common
def install(dry_run: bool, at: time | None, no_watch: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Put the control workbook, the add-in and a shortcut in place for this user.

    Needs no administrator. Only Windows has these places; elsewhere the command says what it would do. With --watch or
    --no-watch only the daily run is changed.
    """
    if at is not None and no_watch:
        raise click.UsageError(str(say("Give either --watch or --no-watch.")))
    if at is not None or no_watch:
        for sentence in _daily(at, dry_run=dry_run):
            click.echo(str(sentence))
        return
    from addin.install import carry_out, plan  # noqa: PLC0415 - only this command needs it

    for line in carry_out(plan(), dry_run=dry_run):
        click.echo(line)


def _daily(at: time | None, *, dry_run: bool) -> Iterator[Text]:
    from addin import schedule  # noqa: PLC0415 - only this command needs it

    profile = place().profile
    if at is None:
        return schedule.delete(schedule.name_of(profile), dry_run=dry_run)
    options = [
        word for name in ("config", "state") if (path := given(name)) for word in (f"--{name}", str(path.absolute()))
    ]
    return schedule.create(schedule.entry(at, profile, options, Path(sys.executable)), dry_run=dry_run)
