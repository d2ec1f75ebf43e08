"""`tieout workbook`, `tieout excel` and `tieout install`: the commands that are about Excel."""

from __future__ import annotations

from pathlib import Path

import click

from addin.build import build_addin, build_workbook
from sync.cli.options import FILE, common
from sync.core.words import say

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


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@common
def install(dry_run: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Put the control workbook, the add-in and a shortcut in place for this user.

    Needs no administrator. Only Windows has these places; elsewhere the command says what it would do.
    """
    from addin.install import carry_out, plan  # noqa: PLC0415 - only this command needs it

    for line in carry_out(plan(), dry_run=dry_run):
        click.echo(line)
