"""`tieout setup`: asks, tests, and leaves the settings file and the secrets behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from sync import vault
from sync.checkup import check_all
from sync.cli.options import common, place
from sync.cli.records import show_check, told
from sync.core.checks import Check
from sync.core.errors import SetupError
from sync.core.words import Text, say
from sync.places import PRACTICE
from sync.setup import drivers, file, interview, links, outcome
from sync.setup.interview import Next
from sync.setup.questions import LABELS, SECRETS, Answers, Field

HELP = {
    Field.DRIVER: "Name of the ODBC driver for Sage's database.",
    Field.HOST: "Computer on which Sage keeps the company.",
    Field.PORT: "Port of Sage's Connection Manager.",
    Field.DATABASE: "Name of Sage's database.",
    Field.SAGE_USER: "Sage user with third-party access Read data.",
    Field.SITE: "Manage's cloud (na, eu, au, aus, za, staging) or the address of your own server.",
    Field.COMPANY: "Company, as typed to log in to Manage.",
    Field.CLIENT_ID: "Client id from developer.connectwise.com.",
}


def answers(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each answer that is no secret."""
    for field, words in reversed(HELP.items()):
        command = click.option(f"--{field.value}", metavar="TEXT", help=words)(command)
    return command


@click.command()
@answers
@click.option("--yes", is_flag=True, help="Ask nothing: take options, settings and environment as they are.")
@common
def setup(yes: bool, **options: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Set up: ask for everything needed, test each link, write the settings.

    It can be run again to change one thing: Enter keeps what is there. Secrets go into the keyring of this computer and
    nowhere else; those in the environment are taken from there. Ctrl-C leaves everything as it was.
    """
    here = place()
    if here.profile == PRACTICE:
        raise SetupError(say("The profile practice is the sample company and needs no set-up. Choose another name."))
    settings = file.read(here.config)
    typed = {field: value for field in HELP if (value := options[field.value.replace("-", "_")]) is not None}
    found = {**outcome.known(settings), **typed}
    asked = [links.sage(settings), links.manage()]
    keyring = vault.keyring_name()
    if yes:
        interview.unattended(asked, found)
    else:
        _interview(asked, found, {*typed, *outcome.of_environment()}, keyring)
    outcome.leave(settings, found, keyring=keyring is not None)
    _said(say("The settings are in {path}.", path=str(here.config)))
    if keyring is None:
        _said(_no_keyring())
    return told(check_all(here))


def _interview(asked: list[links.Link], found: Answers, given: set[Field], keyring: str | None) -> None:
    if not sys.stdin.isatty():
        raise SetupError(say("Nobody can answer here. Give the answers as options, with --yes: see tieout setup -h."))
    _said(say("Enter keeps what stands in brackets. Ctrl-C leaves everything as it was."))
    _said(
        say("Secrets will be kept in the keyring of this computer ({keyring}).", keyring=keyring)
        if keyring
        else _no_keyring()
    )
    for field in sorted(given & set(SECRETS)):
        _said(say("{what} is taken from {name}.", what=LABELS[field], name=SECRETS[field]))
    person = Person()
    for link in asked:
        interview.connect(link, found, given, person)


class Person:
    """Whoever sits at the terminal."""

    def ask(self, field: Field, default: str | None) -> str:
        """On the terminal; a secret without showing what is typed."""
        if field is Field.DRIVER:
            self._list_drivers()
        if field not in SECRETS:
            return str(click.prompt(str(LABELS[field]), default=default))
        again = say("{what} (hidden; Enter keeps the present one)", what=LABELS[field])
        words = again if default else say("{what} (hidden)", what=LABELS[field])
        typed = click.prompt(str(words), default="", show_default=False, hide_input=True)
        return typed or default or ""

    def choose(self) -> Next:
        """One of three."""
        _said(say("1: try again. 2: change the answers. 3: go on and correct it later."))
        return Next(click.prompt(str(say("Your choice")), type=click.Choice([each.value for each in Next])))

    def show(self, check: Check) -> None:
        """As `tieout check` does."""
        show_check(check)

    def tell(self, text: Text) -> None:
        """A line."""
        _said(text)

    def _list_drivers(self) -> None:
        names = drivers.fitting(drivers.installed())
        _said(say("Drivers for Sage's database on this computer: {names}.", names=", ".join(names)))


def _no_keyring() -> Text:
    return say(
        "This computer has no keyring that can be used, and Tieout writes no secret to a file. Set {names} in the "
        "environment of whatever starts Tieout.",
        names=", ".join(SECRETS.values()),
    )


def _said(text: Text) -> None:
    click.echo(str(text))
