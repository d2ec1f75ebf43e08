"""`tieout history`, `tieout verify` and `tieout check`: what is on record, and whether the links work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from sync import steps
from sync.checkup import check_all
from sync.cli.options import common, place
from sync.cli.show import Screen, TerminalProgress, amount, write_json
from sync.core.checks import Check, Verdict
from sync.core.errors import Lost, Refused, SetupError, Unavailable
from sync.core.journal import RunSummary
from sync.core.report import ended, history_json
from sync.core.words import say
from sync.wiring import look_at_ledger, open_new_ledger

MARKS = {Verdict.OK: "OK     ", Verdict.WARNING: "WARNING", Verdict.FAILED: "FAILED ", Verdict.UNREACHABLE: "FAILED "}


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
        screen.line(f"No run is on record in {place().state} yet.")
        return
    headers = ["Run", "Started (UTC)", "Company", "Window", "Who", "Ended", "Rows", "Posted"]
    screen.table(headers, [_history_row(entry) for entry in runs], right=2)


def _history_row(entry: RunSummary) -> list[str]:
    run = entry.run
    return [
        run.id,
        f"{run.started:%Y-%m-%d %H:%M}",
        run.company.sage,
        f"{run.window.start} to {run.window.end}",
        f"{run.person.user} on {run.person.computer}",
        ended(entry),
        str(sum(entry.rows.values())),
        ", ".join(f"{amount(added)} {currency}" for currency, added in entry.posted.items()) or "-",
    ]


@click.command()
@click.option(
    "--backup",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also copy the ledger into this folder, whole, even while it is in use.",
)
@common
def verify(backup: Path | None) -> None:
    """Check the ledger's chain from the first row to the last and name the first bad row."""
    ledger = look_at_ledger(place())
    if ledger is None:
        click.echo(f"There is no ledger in {place().state} yet.")
        return
    with ledger:
        head = ledger.verify()
        if backup is not None:
            ledger.back_up(backup)
            click.echo(f"A copy is in {backup}. To go back to it, put its files into the state folder.")
    click.echo(f"The ledger is intact: {head.rows} rows, head {head.hash}.")


@click.command()
@common
def rebuild() -> None:
    """Start a new ledger from what Sage and Manage say now, when the old one is lost or damaged.

    What is left of the old one is kept beside it. Nothing is written to Manage: the new ledger learns which invoices
    agree, and holds the others for the next sync. Runs before that can no longer be undone.
    """
    lost = _what_is_lost()
    if lost is None:
        raise Refused(say("The ledger is intact, so there is nothing to rebuild."))
    click.echo(f"Rebuilding. {lost}")
    with open_new_ledger(place(), TerminalProgress(), f"{datetime.now(UTC):%Y%m%d-%H%M%S}") as desk:
        review = steps.rebuild(desk)
    left = sum(1 for row in review.rows if row.approvable)
    click.echo(f"A new ledger was begun: {len(review.rows)} invoices were read, {left} of them are to be reviewed.")
    click.echo("Run tieout sync to review them. Pushes wait for the quiet period of the settings.")


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
    click.echo(f"{MARKS[found.verdict]}  {found.link}: {found.finding}")


def _what_is_lost() -> str | None:
    """Why the ledger is to be rebuilt; None when it is whole. One that is only in use, or newer, is not lost."""
    try:
        ledger = look_at_ledger(place())
        if ledger is None:
            return "There is no ledger yet."
        with ledger:
            return None if ledger.verify().rows else "The ledger is empty."
    except Lost as error:
        return str(error.sentences[0])
