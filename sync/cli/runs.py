"""`tieout sync` and `tieout push`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from sync import steps
from sync.cli.options import FILE, Day, StartDate, common, files, place, same_place
from sync.cli.show import Screen, TerminalProgress, ask, show_head, show_pushed, show_review, writable, write_json
from sync.core.caps import UNDO_STAYS, can_be_undone
from sync.core.errors import TieoutError
from sync.core.journal import Run
from sync.core.periods import Since
from sync.core.posting import Outcome, Posting
from sync.core.report import file_name, pushed_json, review_json
from sync.core.review import Decided, Review
from sync.core.words import Text, say
from sync.deliver import Pushed
from sync.gather import Desk
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
@click.option("--out", type=FILE, help="Write the reconciliation to this .xlsx file.")
@click.option("--json", "json_target", metavar="FILE", help="Also write the rows as JSON; - is standard output.")
@common
def sync(since: Since, until: date | None, out: Path | None, json_target: str | None) -> None:
    """Read Sage and Manage and write a reconciliation file for review.

    Every invoice with payment information entered in Sage since the start date becomes one row. Nothing is written to
    Manage.
    """
    screen = Screen(json_target)
    writable(json_target, out)
    written: list[Path] = []

    def show(review: Review) -> None:
        path = out or Path(file_name(review.run))
        files().write(path, review)
        written.append(path)

    with open_desk(place(), TerminalProgress()) as desk:
        review = steps.sync(desk, since, until, show)
    show_review(screen, review, written[0])
    if any(row.approvable for row in review.rows):
        screen.line(
            say('Review it, then run: tieout push "{path}"{options}', path=str(written[0]), options=same_place())
        )
    write_json(json_target, review_json(review))


@click.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--yes", is_flag=True, help="Confirm deletions and a push above the caps without being asked.")
@click.option("--json", "json_target", metavar="FILE", help="Also write the outcomes as JSON; - is standard output.")
@common
def push(file: Path, yes: bool, json_target: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Write the approved rows of a reconciliation FILE to Manage.

    Each row that is still as reviewed is written, read back and recorded. Rows that changed since are left alone.
    """
    screen = Screen(json_target)
    writable(json_target, file)
    reviews = files()
    run_id = reviews.run_of(file)
    with open_desk(place(), TerminalProgress()) as desk:
        run, rows = steps.reviewed_rows(desk, run_id)
        decided = reviews.read(file, rows)
        _say_what_is_odd(screen, decided)
        before = desk.ledger.postings(run.id)
        screen.line(can_be_undone(run.id + same_place()))
        try:
            pushed = steps.push(desk, run, rows, decided, lambda why, count: yes or _confirm(screen, why, count))
        except (KeyboardInterrupt, TieoutError) as stopped:
            approved = sum(1 for decision in decided.decisions if decision.approve)
            reached = _reached(desk, run, before)
            if not reached:
                raise
            how_far = say(
                "It stopped after {count} of {approved} approved rows.", count=len(reached), approved=approved
            )
            screen.line(how_far)
            show_pushed(screen, run, reached)
            if isinstance(stopped, KeyboardInterrupt):
                raise
            screen.line(stopped)
            screen.line(
                say("Correct that, then push the same file again: what was written is known and is not sent twice.")
            )
            return SOME_NOT_DONE
        head = desk.ledger.head()
    show_pushed(screen, run, pushed.postings)
    show_head(screen, head)
    write_json(json_target, pushed_json(run, pushed.postings))
    return status(pushed)


@click.command()
@click.argument("run_id", metavar="RUN")
@click.option("--yes", is_flag=True, help="Confirm deletions and a large undo without being asked.")
@click.option("--json", "json_target", metavar="FILE", help="Also write the outcomes as JSON; - is standard output.")
@common
def undo(run_id: str, yes: bool, json_target: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Set what the RUN wrote back to what each invoice had before.

    Only where Manage still holds what was written; the rest is refused row by row, with the reason. The run's rows come
    back in the next sync. An undo cannot be undone: sync and push again instead.
    """
    from sync.undo import undo as take_back  # noqa: PLC0415 - only this command needs it

    screen = Screen(json_target)
    writable(json_target, None)
    with open_desk(place(), TerminalProgress()) as desk:
        run, before = desk.ledger.run(run_id), desk.ledger.postings(run_id)
        if run is not None:
            screen.line(UNDO_STAYS)
        try:
            undone = take_back(desk, run_id, lambda why, count: yes or _confirm(screen, why, count))
        except (KeyboardInterrupt, TieoutError) as stopped:
            reached = _reached(desk, run, before) if run is not None else []
            if run is None or not reached:
                raise
            screen.line(say("It stopped after {count} rows taken back.", count=len(reached)))
            show_pushed(screen, run, reached)
            if isinstance(stopped, KeyboardInterrupt):
                raise
            screen.line(stopped)
            screen.line(
                say("Correct that, then undo the run again: what was taken back is known and is not sent twice.")
            )
            return SOME_NOT_DONE
        head = desk.ledger.head()
    show_pushed(screen, undone.run, undone.postings)
    show_head(screen, head)
    write_json(json_target, pushed_json(undone.run, undone.postings))
    return status(undone)


def _say_what_is_odd(screen: Screen, decided: Decided) -> None:
    if decided.missing:
        screen.line(
            say("{count} reviewed rows are no longer in the file; they count as not approved.", count=decided.missing)
        )
    if decided.hidden:
        screen.line(
            say("{count} approved rows are hidden in the file; they are pushed all the same.", count=decided.hidden)
        )


def _reached(desk: Desk, run: Run, before: Mapping[str, Posting]) -> list[Posting]:
    """The rows that a push or an undo came to that did not end; none where the ledger cannot tell."""
    try:
        now = desk.ledger.postings(run.id)
    except TieoutError:
        return []
    return [posting for key, posting in now.items() if posting != before.get(key)]


def status(pushed: Pushed) -> int:
    """0 when every approved row is as it should be; 1 when some were refused, stale, unknown or not verified."""
    done = all(p.outcome in {Outcome.POSTED, Outcome.ALREADY} and p.verified for p in pushed.postings)
    return 0 if done else SOME_NOT_DONE


def _confirm(screen: Screen, why: Sequence[Text], count: int) -> bool:
    """Ask for the number of rows to be typed; without a person at the keyboard the answer is no."""
    if not sys.stdin.isatty():
        screen.line(say("This has to be confirmed; add --yes to confirm it."))
        return False
    for text in why:
        screen.line(text)
    answer = ask(say("Type {count} to write these {count} rows:", count=count), aside=True)
    return answer.strip() == str(count)
