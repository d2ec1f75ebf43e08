"""`tieout sync` and `tieout push`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from sync import steps
from sync.cli.options import Day, StartDate, common, files, place
from sync.cli.show import Screen, TerminalProgress, show_pushed, show_review, write_json
from sync.core.periods import Since
from sync.core.posting import Outcome
from sync.core.report import pushed_json, review_json
from sync.core.review import Review
from sync.core.words import Text
from sync.deliver import Pushed
from sync.wiring import open_desk

SOME_NOT_DONE = 1


@click.command()
@click.option(
    "--since",
    type=StartDate(),
    required=True,
    help="Start Date: last-run, past-week, past-two-weeks, past-month or a date like 2026-03-31.",
)
@click.option("--until", type=Day(), help="End Date for a month-end cut-off, like 2026-03-31.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the reconciliation to this .xlsx file."
)
@click.option("--json", "json_target", metavar="FILE", help="Also write the rows as JSON; - is standard output.")
@common
def sync(since: Since, until: date | None, out: Path | None, json_target: str | None) -> None:
    """Read Sage and Manage and write a reconciliation file for review.

    Every invoice with payment information entered in Sage since the start date becomes one row. Nothing is written to
    Manage.
    """
    screen = Screen(json_target)
    with open_desk(place(), TerminalProgress()) as desk:
        review = steps.sync(desk, since, until)
    path = out or Path(default_name(review))
    files().write(path, review)
    write_json(json_target, review_json(review))
    show_review(screen, review, path)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Confirm deletions and a push above the caps without being asked.")
@click.option("--json", "json_target", metavar="FILE", help="Also write the outcomes as JSON; - is standard output.")
@common
def push(file: Path, yes: bool, json_target: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Write the approved rows of a reconciliation FILE to Manage.

    Each row that is still as reviewed is written, read back and recorded. Rows that changed since are left alone.
    """
    screen = Screen(json_target)
    reviews = files()
    run_id = reviews.run_of(file)
    with open_desk(place(), TerminalProgress()) as desk:
        run, rows = steps.reviewed_rows(desk, run_id)
        decided = reviews.read(file, rows)
        if decided.missing:
            screen.line(f"{decided.missing} reviewed rows are no longer in the file; they count as not approved.")
        if decided.hidden:
            screen.line(f"{decided.hidden} approved rows are hidden in the file; they are pushed all the same.")
        try:
            pushed = steps.push(desk, run, rows, decided, lambda why, count: yes or _confirm(screen, why, count))
        except KeyboardInterrupt:
            show_pushed(screen, run, list(desk.ledger.postings(run.id).values()))
            raise
    write_json(json_target, pushed_json(run, pushed.postings))
    show_pushed(screen, run, pushed.postings)
    return status(pushed)


def default_name(review: Review) -> str:
    """A file name that says company, window and run, as workpapers are filed."""
    window = review.run.window
    company = re.sub(r"[^\w-]+", "-", review.run.company.sage).strip("-")
    return f"AR-PaymentSync_{company}_{window.start}_{window.end}_run{review.run.id}.xlsx"


def status(pushed: Pushed) -> int:
    """0 when every approved row is as it should be; 1 when some were refused, stale, unknown or not verified."""
    done = all(p.outcome in {Outcome.POSTED, Outcome.ALREADY} and p.verified for p in pushed.postings)
    return 0 if done else SOME_NOT_DONE


def _confirm(screen: Screen, why: Sequence[Text], count: int) -> bool:
    """Ask for the number of rows to be typed; without a person at the keyboard the answer is no."""
    for text in why:
        screen.line(str(text))
    if not sys.stdin.isatty():
        screen.line("Add --yes to confirm.")
        return False
    answer = click.prompt(f"Type {count} to write these {count} rows", default="", show_default=False, err=True)
    return bool(answer.strip() == str(count))
