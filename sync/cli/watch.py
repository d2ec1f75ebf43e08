"""`tieout watch`: for a scheduler."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from sync.cli.options import FOLDER, StartDate, common, files, place
from sync.cli.show import TerminalProgress
from sync.core.errors import TieoutError
from sync.core.periods import Since
from sync.core.report import file_name
from sync.core.review import Review
from sync.core.words import Text, say
from sync.folders import exports_folder, made
from sync.watch import keep_notice, notice
from sync.watch import watch as look
from sync.wiring import open_desk


@click.command()
@click.option("--since", type=StartDate(), help="Start Date as for sync; last-run without it, past-month at first.")
@click.option(
    "--dir",
    "into",
    type=FOLDER,
    help="Write into this folder; without it, into Tieout among your documents.",
)
@common
def watch(since: Since | None, into: Path | None) -> None:
    """Sync for a scheduler: write the reconciliation and a one-line notice, and never push.

    A review that is still to be pushed is never replaced: the notice then says what has changed since. The line is also
    kept in notice.txt beside the reconciliation, and so is what went wrong. The exit status is that of sync.
    """
    folder = _folder(into)
    try:
        with open_desk(place(), TerminalProgress()) as desk:
            found = notice(look(desk, since, lambda review: _write(folder, review)))
    except TieoutError as error:
        keep_notice(folder, _dated(sum(error.sentences[1:], error.sentences[0])))
        raise
    keep_notice(folder, _dated(found))
    click.echo(str(_dated(found)))


def _write(folder: Path, review: Review) -> None:
    files().write(folder / file_name(review.run), review)


def _folder(into: Path | None) -> Path:
    """Where the reconciliation goes: each profile has a folder of its own, so that each has its own notice."""
    return made(into or exports_folder() / (place().profile or ""))


def _dated(text: Text) -> Text:
    """With the moment first: a notice from last week must not look like today's."""
    moment = datetime.now().astimezone()
    return say("{moment}: {text}", moment=f"{moment:%Y-%m-%d %H:%M}", text=text)
