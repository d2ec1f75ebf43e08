"""`tieout profiles`: which companies were set up on this computer."""

from __future__ import annotations

from pathlib import Path

import click

from sync import odbc
from sync import settings as settings_file
from sync.cli.options import common
from sync.cli.show import Screen
from sync.core.errors import TieoutError
from sync.core.journal import Run
from sync.core.words import Text, say
from sync.places import PRACTICE, Place, place_of
from sync.places import profiles as names
from sync.settings import Settings
from sync.wiring import look_at_ledger


@click.command()
@common
def profiles() -> None:
    """List the profiles: each is one Sage company and one Manage site, with settings and a ledger of its own.

    Make one with tieout setup --profile NAME, and use it by giving --profile NAME to any command. The profile practice
    is the sample company with its practice site, and is made when it is first used.
    """
    found = map(place_of, (None, *names(), PRACTICE))
    places = [place for place in found if place.profile not in {None, PRACTICE} or place.config.exists()]
    if not places:
        click.echo(str(say("Nothing is set up yet. Run tieout setup.")))
        return
    headers = [say("Profile"), say("Sage"), say("Manage site"), say("Last run")]
    Screen().table(headers, [_row(place) for place in places], right=0)


def _row(place: Place) -> list[str]:
    name = place.profile or str(say("(default)"))
    try:
        found = settings_file.load(place.config)
    except TieoutError:
        return [name, str(say("The settings need correcting: run tieout check with this profile.")), "", ""]
    site = f"{found.manage.site} ({found.manage.company})"
    try:
        run = _last_run(place, found)
    except TieoutError:
        return [name, _books(found), site, str(say("The ledger needs a look: run tieout verify with this profile."))]
    when: Text = say("{moment} (UTC)", moment=f"{run.started:%Y-%m-%d %H:%M}") if run else say("none yet")
    return [name, run.company.sage if run else _books(found), site, str(when)]


def _last_run(place: Place, found: Settings) -> Run | None:
    """The newest run of this site on record."""
    ledger = look_at_ledger(place)
    if ledger is None:
        return None
    with ledger:
        ours = (found.manage.site, found.manage.company)
        runs = (entry.run for entry in ledger.history())
        return next((run for run in runs if (run.company.site, run.company.manage) == ours), None)


def _books(found: Settings) -> str:
    """Where the books are, as long as no run has told the company's name."""
    return odbc.login(found.sage.odbc) if found.sage.odbc else Path(found.sage.sqlite or "").name
