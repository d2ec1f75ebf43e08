"""`tieout sync`, `push`, `undo`, `export` and `watch`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import click

from sync.cli.options import (
    FILE,
    FOLDER,
    CalendarMonth,
    Day,
    StartDate,
    audits,
    command_language,
    common,
    files,
    no_blank,
    place,
)
from sync.cli.output import (
    Screen,
    TerminalProgress,
    pushed_json,
    review_json,
    show_head,
    show_pushed,
    show_review,
    writable,
    write_json,
)
from sync.core.decide.push_rules import UNDO_STAYS, can_be_undone
from sync.core.prove.month import Month
from sync.core.prove.review import Decided, Review, Reviewed
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.periods import Since
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Head, Run, file_name
from sync.system.files import exports_folder, made_folder, watch_folder
from sync.system.notification import notify
from sync.usecases.export import FORMS, MANIFEST
from sync.usecases.guards import earlier_review, first_push, keep_decisions, reviewed_rows, run_on_record
from sync.usecases.known_heads import require_printed
from sync.usecases.push import Confirm, Pushed, Stopped
from sync.usecases.push import push as push_rows
from sync.usecases.sync import sync as sync_books
from sync.usecases.watch import keep_notice, needs_a_person, notice
from sync.usecases.watch import watch as watch_books
from sync.wiring import Pack, make_month_packs, make_pack, open_all

SOME_NOT_DONE = 1
Ending = TypeVar("Ending")


@click.command()
@click.option("--since", type=StartDate(), required=True)
@click.option("--until", type=Day())
@click.option("--out", type=FILE)
@click.option("--json", "json_target", metavar="FILE")
@common
def sync(since: Since, until: date | None, out: Path | None, json_target: str | None) -> int:
    """Carry out `tieout sync`: read both systems, write the reconciliation, say what was found."""
    screen = Screen(command_language(), json_target)
    writable(json_target, out)
    files().require_writable(out or _SOME_FILE)
    written: list[Path] = []

    seen = _stamp(out)

    def show(review: Review) -> None:
        path = out or Path(file_name(review.run))
        if out is not None and _stamp(out) != seen:
            raise SetupError(say("sync-file-changed-meanwhile", file=str(out)))
        files().write(path, review)
        written.append(path)

    with open_all(place(), TerminalProgress(command_language())) as (systems, rules, seat):
        said: Sequence[Text] = ()
        if out is not None and seen is not None:
            reviewed = earlier_review(seat.ledger, systems, files().made_from(out), str(out))
            decided = files().read(out, reviewed.rows)
            _, said = keep_decisions(seat.ledger, seat.person, seat.clock, reviewed, decided.decisions)
        review = sync_books(systems, rules, seat, since, until, show, said)
    show_review(screen, review, written[0])
    if any(row.approvable for row in review.rows):
        screen.line(say("cli-how-to-push", path=str(written[0])))
    return write_json(json_target, review_json(review))


_SOME_FILE = Path("reconciliation.xlsx")
"""Stands for the file that a run names, before there is one."""


def _stamp(file: Path | None) -> tuple[int, int] | None:
    """Return what tells whether a file is still the one that was read; None where there is none."""
    try:
        found = file.stat() if file else None
    except OSError:  # the name may be too long, or no name at all: writing says so
        return None
    return (found.st_mtime_ns, found.st_size) if found else None


@click.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--yes", is_flag=True)
@click.option("--json", "json_target", metavar="FILE")
@common
def push(file: Path, yes: bool, json_target: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Carry out `tieout push`: write a file's approved rows to Manage; the exit status says whether all went well."""
    screen = Screen(command_language(), json_target)
    writable(json_target, file)
    reviews = files()
    made = reviews.made_from(file)
    run_id = made.run
    with open_all(place(), TerminalProgress(command_language())) as (systems, rules, seat):
        run_on_record(seat.ledger, run_id)
        require_printed(seat.ledger, made.printed)
        reviewed = reviewed_rows(seat.ledger, systems, rules.policy, run_id)
        decided = reviews.read(file, reviewed.rows)
        _say_what_is_odd(screen, decided)
        approved = sum(1 for decision in decided.decisions if decision.approve)
        if any(decision.approve and decision.objection is None for decision in decided.decisions):
            screen.line(can_be_undone(run_id))
            for proposed in first_push(seat.ledger, reviewed.run.company):
                screen.line(proposed)
        pushed = carried_out(
            screen,
            reviewed.run,
            json_target,
            lambda: push_rows(systems, rules, seat, reviewed, decided, _confirmation(screen, yes=yes)),
            lambda reached: say("cli-push-stopped", count=reached, approved=approved),
            say("cli-how-to-resume-push"),
        )
        head = seat.ledger.head()
    return _shown(screen, pushed, head, json_target)


@click.command()
@click.argument("run_id", metavar="RUN", callback=no_blank)
@click.option("--row", "keys", metavar="KEY", multiple=True)
@click.option("--yes", is_flag=True)
@click.option("--json", "json_target", metavar="FILE")
@common
def undo(run_id: str, keys: tuple[str, ...], yes: bool, json_target: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Carry out `tieout undo`: set what a run wrote, or some rows of it, back to what each invoice had before."""
    from sync.usecases.undo import undo as take_back  # noqa: PLC0415 - only this command needs it

    screen = Screen(command_language(), json_target)
    writable(json_target, None)
    with open_all(place(), TerminalProgress(command_language())) as (systems, rules, seat):
        run = run_on_record(seat.ledger, run_id)
        screen.line(UNDO_STAYS)
        undone = carried_out(
            screen,
            run,
            json_target,
            lambda: take_back(systems, rules, seat, run_id, _confirmation(screen, yes=yes), keys),
            lambda reached: say("cli-undo-stopped", count=reached),
            say("cli-how-to-resume-undo"),
        )
        head = seat.ledger.head()
    return _shown(screen, undone, head, json_target)


def carried_out(
    screen: Screen,
    run: Run,
    json_target: str | None,
    work: Callable[[], Ending],
    how_far: Callable[[int], Text],
    resume: Text,
) -> Ending | None:
    """Do a push, an undo or a trial (`work`) and return how it ended.

    Where it is cut short, the rows it had reached are shown with `how_far` it came, the one in flight among them, and
    how to `resume`, and None is returned. An interruption or a defect is raised again.
    """
    try:
        return work()
    except Stopped as stopped:
        screen.line(how_far(len(stopped.ended)))
        show_pushed(screen, run, stopped.told)
        if isinstance(stopped.cause, TieoutError):
            screen.error(stopped.cause)
            screen.line(resume)
        write_json(json_target, pushed_json(run, stopped.told))
        if not isinstance(stopped.cause, TieoutError):
            raise stopped.cause from None
        return None


def _shown(screen: Screen, pushed: Pushed | None, head: Head, json_target: str | None) -> int:
    """Show how a push or an undo ended; return the exit status."""
    if pushed is None:
        return SOME_NOT_DONE
    show_pushed(screen, pushed.run, pushed.postings)
    for each in pushed.notices:
        screen.line(each)
    show_head(screen, head)
    unwritten = write_json(json_target, pushed_json(pushed.run, pushed.postings))
    return status(pushed) or unwritten


def _say_what_is_odd(screen: Screen, decided: Decided) -> None:
    if decided.missing:
        screen.line(say("cli-reviewed-rows-missing", count=decided.missing))


def status(pushed: Pushed) -> int:
    """0 when every approved row is as it should be; 1 when some were refused, stale, unknown or not verified."""
    return 0 if all(posting.as_approved for posting in pushed.postings) else SOME_NOT_DONE


def _confirmation(screen: Screen, *, yes: bool) -> Confirm:
    """Return the function that asks for the number of rows to be typed; with nobody at the keyboard the answer is no.

    Args:
        screen: shows the reasons.
        yes: the answer was given with the command.
    """

    def ask_for_count(what: Sequence[Text], why: Sequence[Text], rows: Sequence[Proposal]) -> bool:
        for text in what:
            screen.line(text)
        if yes or not why:
            return True
        if not sys.stdin.isatty():
            screen.line(say("cli-needs-confirming"))
            return False
        for text in why:
            if text not in what:
                screen.line(text)
        answer = screen.ask(say("cli-type-count-to-confirm", count=len(rows)), aside=True)
        return answer.strip() == str(len(rows))

    return ask_for_count


NOT_ALL = 1


class Forms(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """Some of xlsx, csv and pdf, with commas between."""

    name = "forms"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Read the forms."""
        chosen = tuple(str(value).lower().replace(" ", "").split(","))
        if not set(chosen) <= set(FORMS):
            why = say("cli-bad-list-of-forms", value=str(value), forms=", ".join(FORMS))
            self.fail(why.said(command_language(ctx)), param, ctx)
        return chosen


@click.command()
@click.argument("run_id", metavar="RUN", required=False, callback=no_blank)
@click.option("--month", type=CalendarMonth())
@click.option("--dir", "into", type=FOLDER)
@click.option("--format", "forms", type=Forms())
@common
def export(run_id: str | None, month: Month | None, into: Path | None, forms: tuple[str, ...] | None) -> int:
    """Carry out `tieout export`: make the audit pack of a run or a month; 1 when a wanted PDF is missing."""
    folder, wanted = into or exports_folder(), forms or FORMS
    if (run_id is None) == (month is None):
        raise click.UsageError(say("cli-run-or-month").said(command_language()))
    if month is not None:
        endings = [
            _exported(say("cli-month-exported", month=str(month), folder=pack[0].folder), pack, forms)
            for pack in make_month_packs(place(), month, audits(), folder, wanted)
        ]
        return max(endings)
    assert run_id is not None  # noqa: S101 - one of the two is given
    pack = make_pack(place(), run_id, audits(), folder, wanted)
    return _exported(say("cli-pack-exported", run=run_id, folder=pack[0].folder), pack, forms)


def _exported(said: Text, pack: Pack, forms: tuple[str, ...] | None) -> int:
    made, missing, unrecorded, noted = pack
    screen = Screen(command_language())
    screen.line(said)
    for name, digest in made.files:
        screen.line(f"  {digest[:16]}  {name}")
    if unrecorded is None:
        screen.line(say("cli-where-full-hashes-are", file=MANIFEST))
    for text in (missing, unrecorded, noted):
        if text is not None:
            click.echo(text.said(screen.language), err=True)
    return NOT_ALL if missing is not None and forms is not None else 0


@click.command()
@click.option("--since", type=StartDate())
@click.option("--dir", "into", type=FOLDER)
@common
def watch(since: Since | None, into: Path | None) -> None:
    """Carry out `tieout watch`: sync unless a review waits, and keep the notice, also of what went wrong."""
    folder, language = _folder(into), command_language()
    try:
        with open_all(place(), TerminalProgress(language)) as (systems, rules, seat):
            watched = watch_books(
                systems, rules, seat, since, lambda review: _write(folder, review), lambda of: _returned(folder, of)
            )
    except TieoutError as error:
        _tell(folder, error.text, urgent=True)
        raise
    click.echo(_tell(folder, notice(watched), urgent=needs_a_person(watched)))


def _tell(folder: Path, text: Text, *, urgent: bool) -> str:
    """Keep what a watch found, or what stopped it, where people look for it; return its words.

    They look into a file, which begins with date and time so that last week's does not look like today's, and at the
    workbook that they open. What is urgent is shown by Windows where there is no window that could say it.
    """
    from sync.ledger.watch_notice import WatchNotice, keep_for_workbook  # noqa: PLC0415 - nothing else here stores

    moment = datetime.now().astimezone()
    words = say("cli-dated-text", moment=f"{moment:%Y-%m-%d %H:%M}", text=text).said(command_language())
    keep_notice(folder, words)
    keep_for_workbook(place().state, WatchNotice(at=moment.astimezone(UTC), text=text))
    if urgent and sys.stdout is None:
        notify(words)
    return words


def _write(folder: Path, review: Review) -> None:
    files().write(folder / file_name(review.run), review)


def _returned(folder: Path, reviewed: Reviewed) -> Decided | None:
    """Return what the file says that an earlier watch has left; None where there is none."""
    path = folder / file_name(reviewed.run)
    return files().read(path, reviewed.rows) if path.exists() else None


def _folder(into: Path | None) -> Path:
    """Where the reconciliation goes: each profile has a folder of its own, so that each has its own notice."""
    return made_folder(into or watch_folder(place().profile))
