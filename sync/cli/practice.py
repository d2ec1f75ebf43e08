"""`tieout demo` and `tieout sandbox`: the whole day's work where nothing real can be touched."""

from __future__ import annotations

import sys
import threading
from datetime import date
from pathlib import Path

import click

from sync import steps
from sync.cli.options import FOLDER, audits, common, files, given, place
from sync.cli.runs import status
from sync.cli.show import Screen, TerminalProgress, amount, ask, show_pushed, show_review
from sync.core.errors import SetupError
from sync.core.periods import Choice, Since
from sync.core.posting import Outcome
from sync.core.proposal import Proposal
from sync.core.review import Review
from sync.core.words import say
from sync.deliver import Pushed
from sync.export import write_pack
from sync.places import PRACTICE
from sync.practice import SETTINGS, Practice, is_practice, practise, serve
from sync.wiring import open_desk

PAST_MONTH = Since(choice=Choice.PAST_MONTH)
EXAMPLES = 3


@click.command()
@click.option(
    "--dir",
    "folder",
    type=FOLDER,
    default=Path("tieout-demo"),
    show_default=True,
    help="Keep everything the demo makes in this folder.",
)
@common
def demo(folder: Path) -> int:
    """Run the whole day's work on a sample company and a practice site.

    It builds both, syncs, writes the reconciliation, pushes what is ready, exports the audit pack, syncs again, and
    shows before and after.
    """
    screen = Screen()
    with practise(folder, today()) as practice:
        screen.line(say("A sample Sage company and a practice site were built in {folder}.", folder=str(folder)))
        screen.line(say("Invoice Search of the practice site: {url}", url=practice.url))
        screen.line()
        review, pushed = _work(screen, practice)
        _export(screen, practice, review.run.id)
        again = _sync(screen, practice, folder / "reconciliation-after.xlsx")
        left = {row.key for row in again.rows if row.approve}
        posted = {posting.key for posting in pushed.postings if posting.outcome is Outcome.POSTED}
        screen.line(
            say(
                "The second sync proposes {left} of the {posted} rows that were pushed.",
                left=len(left & posted),
                posted=len(posted),
            )
        )
        screen.line()
        _before_and_after(screen, review, pushed)
        screen.line()
        screen.line(
            say('To look at the practice site again: tieout sandbox --config "{path}"', path=str(folder / SETTINGS))
        )
        if sys.stdin.isatty() and sys.stdout.isatty():
            ask(say("The site is at {url} until you press Enter:", url=practice.url))
    return status(pushed)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Serve on this port; 0 takes a free one.")
@common
def sandbox(port: int | None) -> None:
    """Serve the practice site that stands in for Manage on this computer, until Ctrl-C.

    With --config of a practice world it is served as it was left; otherwise one is built in the state folder.
    """
    with serve(_world(given("config")), today(), port) as practice:
        click.echo(say("Invoice Search of the practice site: {url}", url=practice.url))
        click.echo(
            say(
                'Sync with it: tieout sync --since past-month --config "{config}" --state "{state}"',
                config=str(practice.place.config),
                state=str(practice.place.state),
            )
        )
        click.echo(say("Press Ctrl-C to stop."))
        threading.Event().wait()


def _world(config: Path | None) -> Path:
    """The folder of a practice world; never that of real settings."""
    if config is None:
        here = place()
        return here.config.parent if here.profile == PRACTICE else here.state / PRACTICE
    if not is_practice(config):
        raise SetupError(
            say(
                "{path} is not the settings file of a practice world. Leave --config out to serve a new one.",
                path=str(config),
            )
        )
    return config.parent


def today() -> date:
    """The day of `--today`, or the clock's."""
    day = place().today
    return day if day is not None else date.today()  # noqa: DTZ011 - the accountant's local day


def _work(screen: Screen, practice: Practice) -> tuple[Review, Pushed]:
    path = practice.folder / "reconciliation.xlsx"
    review = _sync(screen, practice, path)
    with open_desk(practice.place, TerminalProgress()) as desk:
        run, rows = steps.reviewed_rows(desk, files().run_of(path))
        pushed = steps.push(desk, run, rows, files().read(path, rows), lambda *_: True)
    show_pushed(screen, run, pushed.postings)
    screen.line()
    return review, pushed


def _export(screen: Screen, practice: Practice, run: str) -> None:
    with open_desk(practice.place, TerminalProgress()) as desk:
        made, missing = write_pack(desk, run, audits(), practice.folder / "audit")
    screen.line(say("The audit pack ({count} files) is in {folder}", count=len(made.files), folder=made.folder))
    if missing is not None:
        screen.line(missing)
    screen.line()


def _sync(screen: Screen, practice: Practice, path: Path) -> Review:
    with open_desk(practice.place, TerminalProgress()) as desk:
        review = steps.sync(desk, PAST_MONTH, show=lambda found: files().write(path, found))
    show_review(screen, review, path)
    screen.line()
    return review


def _before_and_after(screen: Screen, review: Review, pushed: Pushed) -> None:
    """A few invoices paid in full, as Invoice Search showed them and shows them now."""
    rows = {row.key: row for row in review.rows}
    shown = [p for p in pushed.postings if p.outcome is Outcome.POSTED and p.date_paid_after][:EXAMPLES]
    screen.line(say("In Invoice Search, before and after:"))
    screen.table(
        [
            say("Invoice"),
            say("Customer"),
            say("Date Paid before"),
            say("Date Paid after"),
            say("Paid before"),
            say("Paid after"),
        ],
        [
            [
                p.invoice,
                rows[p.key].customer,
                _day(rows[p.key].date_paid_before),
                _day(p.date_paid_after),
                _paid(rows[p.key]),
                amount(p.paid_after) if p.paid_after is not None else "-",
            ]
            for p in shown
        ],
        right=2,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"


def _paid(row: Proposal) -> str:
    return amount(row.paid_before) if row.paid_before is not None else "-"
