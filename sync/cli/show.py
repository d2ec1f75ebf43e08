"""What a command says on the terminal, and the JSON it writes for scripts."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from sync.causes import cause
from sync.cli.options import place
from sync.core.control_totals import lines
from sync.core.errors import SetupError, TieoutError
from sync.core.journal import Head, Run
from sync.core.labels import OUTCOMES, STATUSES, currency, window_words
from sync.core.posting import Outcome, Posting
from sync.core.report import change_by_currency
from sync.core.review import Review
from sync.core.words import Text, say, spoken
from sync.ports import Stage

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

STDOUT = "-"


def write_json(target: str | None, content: object) -> None:
    """Write JSON to a file, or to standard output for `-`; nothing when no target is given.

    Raises:
        SetupError: the file cannot be written.
    """
    if target is None:
        return
    # a terminal or a pipe may speak another encoding than UTF-8, and JSON needs none
    text = json.dumps(content, ensure_ascii=target == STDOUT, indent=2) + "\n"
    if target == STDOUT:
        click.echo(text, nl=False)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetupError(
            say(
                "Everything was done, but {path} cannot be written: {why}. Run tieout history --json elsewhere.",
                path=target,
                why=cause(error),
            )
        ) from None


def writable(target: str | None, other: Path | None) -> None:
    """Make sure that the JSON can be written before anything is read or sent.

    Raises:
        SetupError: its folder is missing, it is a folder, or it is the workbook itself.
    """
    if target is None or target == STDOUT:
        return
    path = Path(target)
    if other is not None and path.absolute() == other.absolute():
        raise SetupError(say("--json and the workbook are both {path}. Give one of them another name.", path=target))
    kept = path.absolute() == place().config.absolute() or path.absolute().is_relative_to(place().state.absolute())
    if kept or path.suffix.lower() in {".xlsx", ".xlsm"}:
        raise SetupError(
            say(
                "--json would write over {path}: a workbook, the settings, or what the ledger is kept in. Give it "
                "another name.",
                path=target,
            )
        )
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise SetupError(say("The file {path} cannot be written. Choose another place for --json.", path=target))


class Screen:
    """Sentences and tables for a person: on standard output, or on standard error when JSON takes its place."""

    def __init__(self, json_target: str | None = None) -> None:
        self._aside = json_target == STDOUT

    def line(self, text: Text | str | TieoutError = "") -> None:
        """One line."""
        click.echo(text, err=self._aside)

    def table(self, headers: Sequence[Text], rows: Iterable[Sequence[Text | str]], right: int) -> None:
        """A plain table; the last `right` columns are amounts or counts, aligned right."""
        everything = [[str(cell) for cell in row] for row in (headers, *rows)]
        widths = [max(len(row[i]) for row in everything) for i in range(len(headers))]
        left = len(headers) - right
        for row in everything:
            cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
            self.line("  " + "  ".join(cells).rstrip())


def show_review(screen: Screen, review: Review, path: Path) -> None:
    """What a sync found, and where it is written down."""
    run = review.run
    _show_run(screen, run)
    screen.line()
    screen.table(
        [
            say("Status"),
            say("Currency"),
            say("Invoices"),
            say("Settled in Sage"),
            say("Paid before"),
            say("Paid proposed"),
            say("Change"),
        ],
        [
            [
                STATUSES[line.status],
                currency(line.currency),
                str(line.count),
                amount(line.settled),
                amount(line.paid_before),
                amount(line.paid_proposed),
                amount(line.change),
            ]
            for line in lines(review.rows)
        ],
        right=5,
    )
    screen.line()
    if not review.rows:
        screen.line(say("No payment information was entered in this window."))
    screen.line(say("Nothing was written to Manage. The reconciliation is in {path}", path=str(path)))
    show_head(screen, review.ledger_head)


def _show_run(screen: Screen, run: Run) -> None:
    """Which books, which site, which window, and what the reader should know of the run as a whole."""
    books = run.company
    screen.line(
        say(
            "{company} with Manage {manage} at {site}, run {run}",
            company=books.sage,
            manage=books.manage,
            site=books.site,
            run=run.id,
        )
    )
    entered = say("Entered in Sage from {window}.", window=window_words(run.window))
    screen.line(entered + run.strategy)
    for notice in run.notices:
        screen.line(say("Note: {notice}", notice=notice))


def show_pushed(screen: Screen, run: Run, postings: Sequence[Posting]) -> None:
    """How a push ended: counts, amounts, and a line for each row that needs attention."""
    counts = Counter(posting.outcome for posting in postings)
    screen.line(say("Approved rows of run {run}: {count}.", run=run.id, count=len(postings)))
    for outcome in Outcome:
        if counts[outcome]:
            screen.line(say("  {outcome}: {count}", outcome=OUTCOMES[outcome], count=counts[outcome]))
    for unit, added in sorted(change_by_currency(postings).items()):
        changed = say("  Paid Amount in Manage changed by {amount} {currency}.", amount=added, currency=currency(unit))
        screen.line(changed)
    for posting in postings:
        if posting.outcome in {Outcome.STALE, Outcome.REFUSED, Outcome.UNKNOWN} or not posting.verified:
            invoice, word = posting.invoice or posting.key, OUTCOMES[posting.outcome]
            screen.line(say("  {invoice}: {outcome}.", invoice=invoice, outcome=word) + posting.message)


def show_head(screen: Screen, head: Head) -> None:
    """The end of the ledger's chain: whoever notes it down can tell later whether anything before it was changed."""
    screen.line(say("The ledger ends at row {rows}, hash {hash}", rows=head.rows, hash=head.hash))


def amount(value: Decimal) -> str:
    """An amount with thousands told apart and two decimals, as the language spoken now writes it."""
    return spoken().amount(value)


def ask(question: Text, *, aside: bool = False) -> str:
    """What a person types in answer to a question; on standard error where standard output is kept for something else.

    Nothing but Enter is an answer too.
    """
    return str(click.prompt(str(question), default="", show_default=False, prompt_suffix=" ", err=aside))


class TerminalProgress:
    """Progress bars on a terminal; silence where nobody is watching."""

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Begin a stage of `total` steps."""
        watched = sys.stderr is not None and sys.stderr.isatty()  # under pythonw there is no stream at all
        if how_long is not None and watched:
            click.echo(str(how_long), err=True)
        return _BarStage(str(label), total) if watched else _SilentStage()


class _SilentStage:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def step(self, count: int = 1) -> None:
        """Say nothing."""


class _BarStage:
    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.progress import Progress as RichProgress  # noqa: PLC0415 - same

        self._bar: Bar = RichProgress(console=Console(stderr=True), transient=True)
        self._task: TaskID = self._bar.add_task(label, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def step(self, count: int = 1) -> None:
        """Move the bar."""
        self._bar.advance(self._task, count)
