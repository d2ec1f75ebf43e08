"""`tieout demo` and `tieout sandbox`: a whole day's work that touches nothing real."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import click

from sync.cli.options import FOLDER, audits, begin_log, command_language, common, files, given, place
from sync.cli.output import Screen, TerminalProgress, show_pushed, show_review
from sync.cli.run_commands import status
from sync.core.prove.review import Review
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, day_of
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Proposal
from sync.practice.world import SETTINGS, Practice, is_practice, practise, serve
from sync.settings.profiles import PRACTICE
from sync.usecases.guards import reviewed_rows
from sync.usecases.push import Pushed, push
from sync.usecases.sync import sync
from sync.wiring import make_pack, open_all

PAST_MONTH = Since(choice=Choice.PAST_MONTH)
EXAMPLES = 3


@click.command()
@click.option("--dir", "folder", type=FOLDER, default=Path("tieout-demo"), show_default=True)
@common
def demo(folder: Path) -> int:
    """Carry out `tieout demo`: a whole day's work in a new practice world."""
    screen = Screen(command_language())
    with practise(folder, today()) as practice:
        begin_log(practice.place.state)
        screen.line(say("cli-practice-world-built", folder=str(folder)))
        screen.line(say("cli-practice-site-address", url=practice.url))
        screen.line()
        review, pushed = _work(screen, practice)
        _export(screen, practice, review.run.id)
        again = _sync(screen, practice, folder / "reconciliation-after.xlsx")
        left = {row.key for row in again.rows if row.approve}
        posted = {posting.key for posting in pushed.postings if posting.outcome is Outcome.POSTED}
        screen.line(say("cli-second-sync-proposes", left=len(left & posted), posted=len(posted)))
        screen.line()
        _before_and_after(screen, review, pushed)
        screen.line()
        screen.line(say("cli-practice-site-again", options=f' --config "{folder / SETTINGS}"'))
        if sys.stdin.isatty() and sys.stdout.isatty():
            screen.ask(say("cli-practice-site-until-enter", url=practice.url))
    return status(pushed)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535))
@common
def sandbox(port: int | None) -> None:
    """Carry out `tieout sandbox`: serve the practice site of a practice world until Ctrl-C."""
    screen = Screen(command_language())
    with serve(_world(given("config")), today(), port) as practice:
        screen.line(say("cli-practice-site-address", url=practice.url))
        where = practice.place
        screen.line(say("cli-practice-how-to-sync", options=f' --config "{where.config}" --state "{where.state}"'))
        screen.line(say("cli-how-to-stop"))
        threading.Event().wait()


def _world(config: Path | None) -> Path:
    """The folder of a practice world; never that of real settings."""
    if config is None:
        here = place()
        return here.config.parent if here.profile == PRACTICE else here.state / PRACTICE
    if not is_practice(config):
        raise SetupError(say("cli-not-a-practice-world", path=str(config)))
    return config.parent


def today() -> date:
    """The day of `--today`, or the clock's."""
    return day_of(datetime.now(UTC), place().today)


def _work(screen: Screen, practice: Practice) -> tuple[Review, Pushed]:
    path = practice.folder / "reconciliation.xlsx"
    review = _sync(screen, practice, path)
    with open_all(practice.place, TerminalProgress(screen.language)) as (systems, rules, seat):
        reviewed = reviewed_rows(seat.ledger, systems, rules.policy, files().made_from(path).run)
        decided = files().read(path, reviewed.rows)
        pushed = push(systems, rules, seat, reviewed, decided, lambda *_: True)
    show_pushed(screen, pushed.run, pushed.postings)
    screen.line()
    return review, pushed


def _export(screen: Screen, practice: Practice, run: str) -> None:
    made, *troubles = make_pack(practice.place, run, audits(), practice.folder / "audit")
    screen.line(say("cli-practice-pack-exported", count=len(made.files), folder=made.folder))
    for trouble in troubles:
        if trouble is not None:
            screen.line(trouble)
    screen.line()


def _sync(screen: Screen, practice: Practice, path: Path) -> Review:
    with open_all(practice.place, TerminalProgress(screen.language)) as (systems, rules, seat):
        review = sync(systems, rules, seat, PAST_MONTH, show=lambda review: files().write(path, review))
    show_review(screen, review, path)
    screen.line()
    return review


def _before_and_after(screen: Screen, review: Review, pushed: Pushed) -> None:
    """A few invoices paid in full, as Invoice Search showed them and shows them now."""
    rows = {row.key: row for row in review.rows}
    shown = [p for p in pushed.postings if p.outcome is Outcome.POSTED and p.date_paid_after][:EXAMPLES]
    screen.line(say("cli-invoice-search-before-and-after"))
    screen.table(
        [
            say("invoice"),
            say("customer"),
            say("date-paid-before-in-search"),
            say("date-paid-after-in-search"),
            say("paid-before"),
            say("paid-after"),
        ],
        [
            [
                p.invoice,
                rows[p.key].customer,
                _day(rows[p.key].date_paid_before),
                _day(p.date_paid_after),
                _paid(screen, rows[p.key]),
                screen.amount(p.paid_after) if p.paid_after is not None else "-",
            ]
            for p in shown
        ],
        right=2,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"


def _paid(screen: Screen, row: Proposal) -> str:
    return screen.amount(row.paid_before) if row.paid_before is not None else "-"
