"""The command `tieout`: its subcommands, loaded when used, and the one place where errors become exit statuses."""

from __future__ import annotations

import errno
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from sync import __version__
from sync.cli.options import (
    WORDS,
    Invocation,
    Outfit,
    asked,
    begin_log,
    command_id,
    command_language,
    common,
    given,
    in_language,
    invocation,
    place,
)
from sync.cli.output import let_go_of_output
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.messages import Language, Text, say
from sync.language.catalogues import ENGLISH, choose
from sync.settings.profiles import default_state
from sync.system import log
from sync.system.local_folders import is_local

COMMANDS = {
    "setup": "sync.cli.setup_command",
    "profiles": "sync.cli.ledger_commands",
    "demo": "sync.cli.practice_commands",
    "sync": "sync.cli.run_commands",
    "watch": "sync.cli.run_commands",
    "trial": "sync.cli.trial_command",
    "push": "sync.cli.run_commands",
    "undo": "sync.cli.run_commands",
    "export": "sync.cli.run_commands",
    "sign": "sync.cli.ledger_commands",
    "match": "sync.cli.ledger_commands",
    "history": "sync.cli.ledger_commands",
    "verify": "sync.cli.ledger_commands",
    "rebuild": "sync.cli.ledger_commands",
    "check": "sync.cli.ledger_commands",
    "sandbox": "sync.cli.practice_commands",
}
"""The module of each command, in the order of a day's work."""
INTERRUPTED, SIGNALLED = 130, 128
UNEXPECTED = 70
ONLY_LOOK = frozenset({"export", "history", "verify"})
"""Commands that leave the folder of `--state` as it is, which may be a backup: they are logged in the user's own."""
_log = logging.getLogger(__name__)


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are used, and explain themselves in the language asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of a day's work."""
        return list(_commands(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds a command."""
        if cmd_name not in _commands(ctx):
            return None
        command = getattr(import_module(_commands(ctx)[cmd_name]), cmd_name)
        if not isinstance(command, click.Command):
            return None
        said = in_language(command, command_language(ctx))
        if said.callback is not None:
            said.callback = _logged(cmd_name, said.callback)
        return said

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their sentence, without importing them."""
        words = command_language(ctx).template
        with formatter.section(words("commands")):
            formatter.write_dl([(name, words(command_id(name))) for name in _commands(ctx)])


def _logged(name: str, callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command's callback that begins the log first, now that the options are known."""

    def with_log(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the command takes
        if name != "demo":  # its ledger's folder is made anew by it
            begin_log(_log_folder(name))
        return callback(*arguments, **options)

    return with_log


def _log_folder(command: str) -> Path:
    """Return the folder of the log: that of the ledger in use where it may be written, else the user's own.

    Where the system names no home it is the current folder.
    """
    try:
        own = beside = default_state()
        with suppress(SetupError):  # no name of a profile
            beside = place().state
    except (RuntimeError, KeyError):
        own, beside = Path(), given("state") or Path()
    only_looked_at = command in ONLY_LOOK and (given("state") or not beside.is_dir())
    return own if only_looked_at or not is_local(beside) else beside


def _commands(ctx: click.Context) -> dict[str, str]:
    """Return the module of each command, including the spreadsheet commands that the installed program adds."""
    return COMMANDS | dict(invocation(ctx).outfit.commands)


def show_version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    """Print the versions of Tieout, its ledger and xlwings (without importing it), and exit."""
    if asked and not context.resilient_parsing:
        from sync.ledger.hash_chain import LEDGER_VERSION  # noqa: PLC0415 - every command passes here, and few ask

        versions = say("cli-version", version=__version__, schema=LEDGER_VERSION, xlwings=_of_xlwings())
        click.echo(versions.said(command_language(context)))
        context.exit()


@click.group(
    "tieout", cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version)
@common
def cli() -> None:
    """The command `tieout`; the help texts of its commands are in the catalogues (see `help_id`)."""


def run(arguments: Sequence[str] | None, outfit: Outfit) -> int:
    """Run a command line.

    Args:
        arguments: without the program's name; None takes the process's own.
        outfit: see `Outfit`.

    Returns:
        The exit status: 0 done; 1 done, but some rows were refused, stale or unknown; 2 usage or settings; 3 Sage or
        Manage unavailable; 4 a guard refused before the first write; 130 interrupted; 143 ended by
        the system, as when a computer shuts down; 70 a defect of Tieout.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal cannot show must not stop a push
            stream.reconfigure(errors="backslashreplace")
    words = list(arguments) if arguments is not None else _own()
    language = choose(asked(words))
    try:
        with _ended_by_signal() as came:
            status = _run(words, Invocation(language=language, outfit=outfit), came)
        _log.info("exit status %d", status)
        return status
    finally:
        log.end()


@contextmanager
def _ended_by_signal() -> Iterator[list[int]]:
    """Have the system's request to end interrupt a command as Ctrl-C does; yield the signal's number, once it came."""
    came: list[int] = []

    def interrupt(number: int, _: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # signals reach no other
        yield came
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield came
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(words: list[str], started: Invocation, came: list[int]) -> int:
    """Run a command line, whose log begins once its options are known."""
    language = started.language
    try:
        _readable(words, language)
        with in_language(cli, language).make_context("tieout", list(words), obj=started) as context:
            context.meta[WORDS] = words
            try:
                result = context.command.invoke(context)
            except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
                return _explained(error, command_language())
    except click.exceptions.Exit as stopped:
        return stopped.exit_code
    except click.ClickException as wrong:
        _log.error("%s", wrong.format_message())
        wrong.show()
        return wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("cli-interrupted").said(language), err=True)
        return SIGNALLED + came[0] if came else INTERRUPTED
    return result if isinstance(result, int) else 0


def _unheard(language: Language) -> int:
    """Report that the output could not be written: the reading program has ended, or the disk is full."""
    let_go_of_output()
    click.echo(say("cli-output-unread").said(language), err=True)
    return SetupError.exit_status


def _readable(arguments: Sequence[str], language: Language) -> None:
    if any("\udc80" <= letter <= "\udcff" for argument in arguments for letter in argument):
        raise click.UsageError(say("cli-word-unreadable").said(language))


def _own() -> list[str]:
    return sys.argv[1:]


def _explained(error: Exception, language: Language) -> int:
    if isinstance(error, click.ClickException | click.Abort | click.exceptions.Exit):
        raise error
    if isinstance(error, TieoutError):
        log.log_error(error, error.text.said(ENGLISH))
        click.echo(error.said(language), err=True)
        return error.exit_status
    if isinstance(error, OSError) and error.errno in {errno.EPIPE, errno.EINVAL, errno.ENOSPC}:
        return _unheard(language)
    click.echo(log.defect(error).said(language), err=True)
    return UNEXPECTED


def _of_xlwings() -> Text | str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - as above

    try:
        return version("xlwings")
    except PackageNotFoundError:
        return say("not-installed")
