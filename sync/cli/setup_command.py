"""`tieout setup`: asks, tests, and leaves the settings file and the secrets behind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from sync.check_links import check_all, currencies_in_use, manage, policy, sage
from sync.cli import administrator_page
from sync.cli.ledger_commands import show_check, show_checks
from sync.cli.options import FILE, command_language, common, place
from sync.cli.output import Screen
from sync.core.values.errors import Check, SetupError
from sync.core.values.messages import Text, say
from sync.settings import connections, interview, secrets, settings_form, settings_writer
from sync.settings.interview import (
    LABELS,
    LAST,
    NO_LINK,
    SECRETS,
    Answers,
    Field,
    Link,
    Next,
    checked,
    proposed_currencies,
)
from sync.settings.manage_route import likely_link
from sync.settings.profiles import PRACTICE
from sync.settings.settings_writer import SettingsFile
from sync.system.files import cause, replacing

TYPED = tuple(field for field in Field if field not in SECRETS)
"""The answers that have an option each: those that are no secret."""


def answers(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `TYPED` to a command."""
    for field in reversed(TYPED):
        command = click.option(f"--{field.value}", metavar="TEXT")(command)
    return command


@click.command()
@answers
@click.option("--yes", is_flag=True)
@click.option("--sheet", type=FILE)
@common
def setup(yes: bool, sheet: Path | None, **options: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Carry out `tieout setup`: ask, test each link, then write the settings and keep the secrets.

    With a file for a sheet it writes the page for the administrators of both systems, and does nothing else.
    """
    here, person = place(), TerminalAsker(Screen(command_language()))
    if sheet is not None:
        _write_sheet(sheet, person.screen)
        return 0
    if here.profile == PRACTICE:
        raise SetupError(say("cli-practice-needs-no-setup"))
    settings = settings_writer.read(here.config, person.screen.language)
    typed = {field: value for field in TYPED if (value := options[field.value.replace("-", "_")]) is not None}
    found = {**settings_form.known(settings), **typed}
    keyring = secrets.keyring_name()
    if yes:
        interview.unattended([*_links(settings, person), policy({})], found)
        for unnamed in policy(currencies_in_use(settings, found)).test(found):
            person.show(unnamed)
    else:
        _interview(settings, found, {*typed, *settings_form.of_environment()}, keyring, person)
    settings_form.leave(settings, found, keyring=keyring is not None)
    person.tell(say("cli-where-settings-are", path=str(here.config)))
    if keyring is None:
        person.tell(_no_keyring())
    return show_checks(person.screen, check_all(here, person.screen.meanwhile))


def _links(settings: SettingsFile, person: TerminalAsker) -> tuple[Link, Link]:
    tell = person.screen.meanwhile
    return sage(settings, tell), manage(settings, tell)


def _write_sheet(path: Path, screen: Screen) -> None:
    """Write the page for the administrators, over no file. Raises SetupError where it cannot be written."""
    if path.suffix.lower() not in {".html", ".htm"}:
        raise SetupError(say("cli-sheet-not-html", path=str(path)))
    if path.exists():
        raise SetupError(say("cli-sheet-in-the-way", path=str(path)))
    try:
        with replacing(path) as file:
            file.write(administrator_page.page(screen.language).encode())
    except OSError as error:
        raise SetupError(say("cli-sheet-unwritable", path=str(path), why=cause(error))) from error
    screen.line(say("cli-sheet-written", path=str(path)))


def _interview(
    settings: SettingsFile, found: Answers, given: set[Field], keyring: str | None, person: TerminalAsker
) -> None:
    if not sys.stdin.isatty():
        raise SetupError(say("cli-nobody-can-answer"))
    person.tell(say("cli-how-to-answer"))
    person.tell(say("cli-secrets-kept-in-keyring", keyring=keyring) if keyring else _no_keyring())
    for field in sorted(given & set(SECRETS)):
        person.tell(say("cli-answer-taken-from", what=LABELS[field], name=SECRETS[field]))
    for link in _links(settings, person):
        interview.connect(link, found, given, person)
    person.in_use, person.site = currencies_in_use(settings, found), found[Field.SITE]
    found |= {field: checked(field, found[field]) for field in LAST if field in given}
    if Field.CURRENCIES not in given:
        found[Field.CURRENCIES] = proposed_currencies(found[Field.CURRENCIES], person.in_use)
    interview.connect(policy(person.in_use), found, given, person)


class TerminalAsker:
    """Whoever sits at the terminal; an `Asker`."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.in_use: Mapping[int, int] = {}
        self.site = ""

    def ask(self, field: Field, default: str | None) -> str:
        """Ask on the terminal; a secret is not shown as it is typed."""
        if field is Field.DRIVER:
            self._list_drivers()
        elif field is Field.CURRENCIES:
            self._list_currencies()
        elif field is Field.TOLERANCE:
            self.tell(say("settings-about-tolerance"))
        elif field is Field.GO_LIVE:
            self.tell(say("cli-about-go-live"))
        elif field is Field.INVOICE_LINK:
            self.tell(say("cli-about-invoice-link", likely=likely_link(self.site), none=NO_LINK))
        if field not in SECRETS:
            return str(click.prompt(self._said(LABELS[field]), default=default))
        what, may_go = LABELS[field], field is Field.SAGE_PASSWORD
        kept = (
            say("cli-prompt-hidden-or-space", what=what) if may_go else say("cli-prompt-hidden-with-default", what=what)
        )
        words = kept if default else say("cli-prompt-hidden", what=what)
        typed = click.prompt(self._said(words), default="", show_default=False, hide_input=True)
        return "" if typed.isspace() else typed or default or ""

    def choose(self) -> Next:
        """Ask which of the three ways to go on."""
        self.tell(say("cli-choices-after-failure"))
        return Next(click.prompt(self._said(say("your-choice")), type=click.Choice([each.value for each in Next])))

    def show(self, check: Check) -> None:
        """Show a check as `tieout check` does."""
        show_check(self.screen, check)

    def tell(self, text: Text) -> None:
        """Write a line."""
        self.screen.line(text)

    def _said(self, text: Text) -> str:
        return text.said(self.screen.language)

    def _list_drivers(self) -> None:
        self.tell(say("cli-drivers-found", names=", ".join(connections.ways())))

    def _list_currencies(self) -> None:
        for number, documents in sorted(self.in_use.items()):
            self.tell(say("cli-currency-in-use", number=str(number), count=documents))
        self.tell(say("cli-how-to-name-currencies"))


def _no_keyring() -> Text:
    return say("cli-no-keyring", names=", ".join(SECRETS.values()))
