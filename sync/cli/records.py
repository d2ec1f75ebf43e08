"""`tieout history`, `tieout verify` and `tieout check`: what is on record, and whether the links work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from sync import steps
from sync.checkup import check_all
from sync.cli.options import FOLDER, common, place
from sync.cli.show import Screen, TerminalProgress, amount, write_json
from sync.core.checks import Check, Verdict
from sync.core.errors import Lost, Refused, SetupError, Unavailable
from sync.core.journal import RunSummary
from sync.core.report import ended, history_json
from sync.core.words import Text, say
from sync.wiring import look_at_ledger, open_new_ledger

MARKS = {
    Verdict.OK: say("OK"),
    Verdict.WARNING: say("WARNING"),
    Verdict.FAILED: say("FAILED"),
    Verdict.UNREACHABLE: say("FAILED"),
}


@click.command()
@click.option("--json", "json_target", metavar="FILE", help="Also write the runs as JSON; - is standard output.")
@common
def history(json_target: str | None) -> None:
    """List the runs on record: window, counts, amounts, who, where and how each ended."""
    screen = Screen(json_target)
    runs = []
    if (ledger := look_at_ledger(place())) is not None:
        with ledger:
            runs = ledger.history()
    write_json(json_target, history_json(runs))
    if not runs:
        screen.line(say("No run is on record in {folder} yet.", folder=str(place().state)))
        return
    screen.table(
        [
            say("Run"),
            say("Started (UTC)"),
            say("Company"),
            say("Window"),
            say("Who"),
            say("Ended"),
            say("Rows"),
            say("Posted"),
        ],
        [_history_row(entry) for entry in runs],
        right=2,
    )


def _history_row(entry: RunSummary) -> list[Text | str]:
    run = entry.run
    return [
        run.id,
        f"{run.started:%Y-%m-%d %H:%M}",
        run.company.sage,
        say("{start} to {end}", start=run.window.start, end=run.window.end),
        say("{user} on {computer}", user=run.person.user, computer=run.person.computer),
        ended(entry),
        str(sum(entry.rows.values())),
        ", ".join(f"{amount(added)} {currency}" for currency, added in entry.posted.items()) or "-",
    ]


@click.command()
@click.option(
    "--backup",
    type=FOLDER,
    help="Also copy the ledger into this folder, whole, even while it is in use.",
)
@common
def verify(backup: Path | None) -> None:
    """Check the ledger's chain from the first row to the last and name the first bad row."""
    ledger = look_at_ledger(place())
    if ledger is None:
        click.echo(say("There is no ledger in {folder} yet.", folder=str(place().state)))
        return
    with ledger:
        head = ledger.verify()
        if backup is not None:
            ledger.back_up(backup)
            click.echo(
                say("A copy is in {backup}. To go back to it, put its files into the state folder.", backup=str(backup))
            )
    click.echo(say("The ledger is intact: {rows} rows, head {hash}.", rows=head.rows, hash=head.hash))


_REBUILD_STAYS = say(
    "Runs before this can no longer be undone; what is left of the old ledger is kept beside the new one."
)


@click.command()
@common
def rebuild() -> None:
    """Start a new ledger from what Sage and Manage say now, when the old one is lost or damaged.

    What is left of the old one is kept beside it. Nothing is written to Manage: the new ledger learns which invoices
    agree, and holds the others for the next sync. Runs before that can no longer be undone.
    """
    lost = _what_is_lost()
    if lost is None:
        raise Refused(say("The ledger is intact, so there is nothing to rebuild. Run tieout sync as usual."))
    click.echo(say("Rebuilding.") + lost + _REBUILD_STAYS)
    with open_new_ledger(place(), TerminalProgress(), f"{datetime.now(UTC):%Y%m%d-%H%M%S}") as desk:
        review = steps.rebuild(desk)
    left = sum(1 for row in review.rows if row.approvable)
    click.echo(
        say(
            "A new ledger was begun: {count} invoices were read, {left} of them are to be reviewed.",
            count=len(review.rows),
            left=left,
        )
    )
    click.echo(say("Run tieout sync to review them. Pushes wait for the quiet period of the settings."))


@click.command()
@common
def check() -> int:
    """Test each link (settings, ledger, Sage, Manage, clocks) and say what to do about each failure.

    The exit status is 0 when nothing failed, 3 when Sage or Manage could not be reached, and 2 otherwise.
    """
    return told(check_all(place()))


def told(checks: Sequence[Check]) -> int:
    """Say what each check found; the exit status that they come to."""
    for found in checks:
        show_check(found)
    verdicts = {found.verdict for found in checks}
    if Verdict.FAILED in verdicts:
        return SetupError.exit_status
    return Unavailable.exit_status if Verdict.UNREACHABLE in verdicts else 0


def show_check(found: Check) -> None:
    """One line for one link."""
    width = max(len(str(mark)) for mark in MARKS.values())
    mark = str(MARKS[found.verdict]).ljust(width)
    click.echo(say("{mark}  {link}: {finding}", mark=mark, link=found.link, finding=found.finding))


def _what_is_lost() -> Text | None:
    """Why the ledger is to be rebuilt; None when it is whole. One that is only in use, or newer, is not lost."""
    try:
        ledger = look_at_ledger(place())
        if ledger is None:
            return say("There is no ledger yet.")
        with ledger:
            return None if ledger.verify().rows else say("The ledger is empty.")
    except Lost as error:
        return error.text
