"""The command `tieout`: its subcommands, loaded when used, and the one place where errors become exit statuses."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

from sync.cli.options import Outfit, common, place
from sync.cli.spoken import asked, in_words
from sync.cli.version import show_version
from sync.core.errors import SetupError, TieoutError
from sync.core.words import say
from sync.defects import defect
from sync.tongues import choose

COMMANDS = {
    "setup": ("sync.cli.setup", "Set up: ask for everything needed, test each link, write the settings."),
    "profiles": ("sync.cli.profiles", "List the profiles, one for each company that was set up."),
    "demo": ("sync.cli.practice", "Run the whole day's work on a sample company and a practice site."),
    "sync": ("sync.cli.runs", "Read Sage and Manage and write a reconciliation file for review."),
    "watch": (
        "sync.cli.watch",
        "Sync for a scheduler: write a reconciliation and a one-line notice.",
    ),
    "push": ("sync.cli.runs", "Write the approved rows of a reconciliation file to Manage."),
    "undo": ("sync.cli.runs", "Set what a run wrote in Manage back to what was there before."),
    "export": ("sync.cli.exports", "Write the audit pack of a run: workbook, CSV files and PDF."),
    "history": ("sync.cli.records", "List the runs on record."),
    "verify": ("sync.cli.records", "Check the ledger's chain from the first row to the last."),
    "rebuild": ("sync.cli.records", "Start a new ledger from Sage and Manage when the old one is lost."),
    "check": ("sync.cli.records", "Test each link and say what to do about each failure."),
    "sandbox": ("sync.cli.practice", "Serve the practice site that stands in for Manage on this computer."),
}
INTERRUPTED = 130
UNEXPECTED = 70


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are used, and speak the language spoken then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of a day's work."""
        return list(_commands(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds a command."""
        if cmd_name not in _commands(ctx):
            return None
        command = getattr(import_module(_commands(ctx)[cmd_name][0]), cmd_name)
        return in_words(command) if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their sentence, without importing them."""
        with formatter.section(str(say("Commands"))):
            formatter.write_dl([(name, str(say(sentence))) for name, (_, sentence) in _commands(ctx).items()])


def _commands(ctx: click.Context) -> dict[str, tuple[str, str]]:
    outfit = ctx.find_object(Outfit)
    return COMMANDS | dict(outfit.commands) if outfit else COMMANDS


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the versions of Tieout, its ledger and xlwings, and exit.",
)
@common
def cli() -> None:
    """Show in ConnectWise Manage what Sage 50 says is paid: reviewed, proven and written back.

    Sync reads both systems and writes a reconciliation file; push writes only the rows that were approved in it.
    """


def run(arguments: Sequence[str] | None, outfit: Outfit) -> int:
    """Run a command line.

    Args:
        arguments: without the program's name; None takes the process's own.
        outfit: see `Outfit`.

    Returns:
        The exit status: 0 done; 1 done, but some rows were refused, stale or unknown; 2 usage or settings; 3 Sage or
        Manage unavailable; 4 a guard refused before the first write; 130 interrupted; 70 a defect of Tieout.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal cannot show must not stop a push
            stream.reconfigure(errors="backslashreplace")
    given = list(arguments) if arguments is not None else _own()
    choose(asked(given))
    try:
        _readable(given)
        with in_words(cli).make_context("tieout", given, obj=outfit) as context:
            try:
                result = context.command.invoke(context)
            except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
                return _explained(error)
    except click.exceptions.Exit as stopped:
        return stopped.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("Interrupted. Nothing is lost: run the same command again to go on."), err=True)
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _unheard() -> int:
    """Whoever read our output has gone, or it cannot be written; what was done is on record."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - so that the exit does not fail as well
    click.echo(say("Nobody reads the output any more. What was done is on record: see tieout history."), err=True)
    return SetupError.exit_status


def _readable(arguments: Sequence[str]) -> None:
    if any("\udc80" <= letter <= "\udcff" for argument in arguments for letter in argument):
        why = say("One of the words on the command line is not readable text. Type it again.")
        raise click.UsageError(str(why))


def _state() -> Path:
    """The state folder, or this one where the system names no home."""
    try:
        return place().state
    except (RuntimeError, KeyError, TieoutError):
        return Path()


def _own() -> list[str]:
    return sys.argv[1:]


def _explained(error: Exception) -> int:
    if isinstance(error, click.ClickException | click.Abort | click.exceptions.Exit):
        raise error
    if isinstance(error, TieoutError):
        click.echo(error, err=True)
        return error.exit_status
    if isinstance(error, OSError) and error.errno in {errno.EPIPE, errno.EINVAL, errno.ENOSPC}:
        return _unheard()
    click.echo(defect(_state(), error), err=True)
    return UNEXPECTED
