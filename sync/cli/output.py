"""What a command says on the terminal, and its JSON: amounts as text, ISO dates, null for absent, English words."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click
from msgspec import Struct

from sync.cli.options import command_language, place
from sync.core.decide.write_outcome import restored_otherwise
from sync.core.prove.bridge import BridgeLine, in_short
from sync.core.prove.completeness import ControlTotal, control_totals
from sync.core.prove.figures import Disposition, Tally, counts, counts_sentence
from sync.core.prove.review import Review
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.labels import OUTCOMES, STATUSES, currency, window_words
from sync.core.values.messages import Language, Text, legible, say
from sync.core.values.money import plain
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Head, Run, RunSummary, change_by_currency
from sync.language.catalogues import ENGLISH
from sync.system.files import cause
from sync.usecases.ports import SilentStage, Stage

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from sync.usecases.trial import Tried
STDOUT = "-"
_log = logging.getLogger(__name__)


def write_json(target: str | None, content: object) -> int:
    """Write JSON to a file, or to standard output for `-`; nothing when no target is given.

    Returns:
        0; or the exit status of a command whose JSON cannot be written, which is said, where no other is due: what
        became of the work itself comes first.
    """
    if target is None:
        return 0
    # a terminal or a pipe may speak another encoding than UTF-8, and JSON needs none
    text = json.dumps(content, ensure_ascii=target == STDOUT, indent=2) + "\n"
    path = Path(target)
    try:
        if target == STDOUT:
            click.echo(text, nl=False)
        else:
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        if target == STDOUT:
            let_go_of_output()
            said = say("cli-output-unread")
        else:
            with suppress(OSError):
                if path.is_file():
                    path.unlink()  # half of it is worse than none
            said = say("cli-json-failed-after-work", path=target, why=cause(error))
        _log.error("%s (%s)", said.said(ENGLISH), error)
        click.echo(said.said(command_language()), err=True)
        return SetupError.exit_status
    return 0


def let_go_of_output() -> None:
    """Have nothing more written to standard output, so that the exit does not fail as well."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process lasts


def writable(target: str | None, other: Path | None) -> None:
    """Check that the JSON can be written, before anything is read or sent.

    Raises:
        SetupError: it is not named, its folder is missing, it is a folder, or it is the workbook itself.
    """
    if target is None or target == STDOUT:
        return
    if not target.strip():
        raise SetupError(say("cli-path-not-named"))
    path = Path(target)
    if other is not None and path.absolute() == other.absolute():
        raise SetupError(say("cli-json-is-workbook-too", path=target))
    if is_tieouts_own(path) or path.suffix.lower() in {".xlsx", ".xlsm"}:
        raise SetupError(say("cli-json-would-overwrite", path=target))
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise SetupError(say("cli-json-not-writable", path=target))


def is_tieouts_own(path: Path) -> bool:
    """Return whether nothing else may be written here: it is the settings file, or lies in the state folder."""
    return path.absolute() == place().config.absolute() or path.absolute().is_relative_to(place().state.absolute())


class Screen:
    """What a command says to a person: on standard output, or on standard error where JSON takes its place."""

    def __init__(self, language: Language, json_target: str | None = None) -> None:
        self.language = language
        self._aside = json_target == STDOUT

    def line(self, text: Text | str = "") -> None:
        """Write a line."""
        click.echo(self._said(text), err=self._aside)

    def meanwhile(self, text: Text) -> None:
        """Write a line to whoever watches a terminal and would wait without a word; nothing where nobody does."""
        if sys.stderr is not None and sys.stderr.isatty():  # under pythonw there is no stream at all
            click.echo(self._said(text), err=True)

    def error(self, error: TieoutError) -> None:
        """Write what went wrong where the other lines stand."""
        click.echo(error.said(self.language), err=self._aside)

    def table(self, headers: Sequence[Text], rows: Iterable[Sequence[Text | str]], right: int) -> None:
        """Write a plain table; the last `right` columns are amounts or counts, aligned right."""
        everything = [[self._said(cell) for cell in row] for row in (headers, *rows)]
        widths = [max(len(row[i]) for row in everything) for i in range(len(headers))]
        left = len(headers) - right
        for row in everything:
            cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
            self.line("  " + "  ".join(cells).rstrip())

    def ask(self, question: Text, *, aside: bool = False) -> str:
        """Ask a question and return what the person types; Enter alone is an answer too.

        Args:
            question: what is asked.
            aside: ask on standard error, because standard output is kept for something else.
        """
        words = question.said(self.language)
        return str(click.prompt(words, default="", show_default=False, prompt_suffix=" ", err=aside))

    def amount(self, value: Decimal) -> str:
        """Return an amount with thousands separators and two decimals, as this language writes it."""
        return self.language.amount(value)

    def _said(self, text: Text | str) -> str:
        return legible(text) if isinstance(text, str) else text.said(self.language)


def show_review(screen: Screen, review: Review, path: Path) -> None:
    """What a sync found, and where it is written down."""
    run = review.run
    _show_run(screen, run)
    screen.line()
    screen.table(
        [
            say("status"),
            say("currency"),
            say("invoices"),
            say("settled-in-sage"),
            say("paid-before"),
            say("paid-proposed"),
            say("change"),
        ],
        [
            [
                STATUSES[line.status],
                currency(line.currency),
                str(line.count),
                screen.amount(line.settled),
                screen.amount(line.paid_before),
                screen.amount(line.paid_proposed),
                screen.amount(line.change),
            ]
            for line in control_totals(review.rows)
        ],
        right=5,
    )
    screen.line()
    if review.rows:
        screen.line(counts_sentence(review.figures))
    for sentence in in_short(review.bridge):
        screen.line(sentence)
    if not review.rows:
        screen.line(say("cli-no-payments-in-window"))
    screen.line(say("cli-review-written", path=str(path)))
    show_head(screen, review.ledger_head)


def _show_run(screen: Screen, run: Run) -> None:
    """Which books, which site, which window, and what the reader should know of the run as a whole."""
    books = run.company
    screen.line(say("cli-which-run", company=books.sage, manage=books.manage, site=books.site, run=run.id))
    entered = say("cli-window-of-run", window=window_words(run.window))
    screen.line(entered + run.strategy)
    for notice in run.notices:
        screen.line(say("cli-note", notice=notice))


def show_pushed(screen: Screen, run: Run, postings: Sequence[Posting]) -> None:
    """Show how a push ended: counts, amounts, and a line for each row that needs attention."""
    counts = Counter(posting.outcome for posting in postings)
    screen.line(say("cli-approved-rows-of-run", run=run.id, count=len(postings)))
    for outcome in Outcome:
        if counts[outcome]:
            screen.line(say("cli-outcome-count", outcome=OUTCOMES[outcome], count=counts[outcome]))
    for unit, added in sorted(change_by_currency(postings).items()):
        changed = say("cli-paid-amount-changed-by", amount=added, currency=currency(unit))
        screen.line(changed)
    for posting in postings:
        if not posting.as_approved or restored_otherwise(posting):
            invoice, word = posting.invoice or posting.key, OUTCOMES[posting.outcome]
            screen.line(say("cli-invoice-outcome", invoice=invoice, outcome=word) + posting.message)


def show_head(screen: Screen, head: Head) -> None:
    """Show the ledger's row count and last hash; whoever notes them can tell later if a row was changed."""
    screen.line(say("cli-ledger-head", rows=head.rows, hash=head.hash))


class TerminalProgress:
    """Progress bars on a terminal; nothing when standard error is no terminal."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Begin a stage of `total` steps."""
        watched = sys.stderr is not None and sys.stderr.isatty()  # under pythonw there is no stream at all
        if how_long is not None and watched:
            click.echo(how_long.said(self._language), err=True)
        return _BarStage(label.said(self._language), total) if watched else SilentStage()


class _BarStage:
    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.markup import escape  # noqa: PLC0415 - same
        from rich.progress import Progress as RichProgress  # noqa: PLC0415 - same

        self._bar: Bar = RichProgress(console=Console(stderr=True), transient=True)
        self._task: TaskID = self._bar.add_task(escape(label), total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, count: int = 1) -> None:
        """Move the bar."""
        self._bar.advance(self._task, count)


Json = dict[str, Any]


def review_json(review: Review) -> Json:
    """`sync --json`: the run, its window, one object per row, and totals per status and currency."""
    run = review.run
    return {
        "run": run.id,
        "company": run.company.sage,
        "window": _window(run),
        "strategy": run.strategy.said(ENGLISH),
        "notices": [notice.said(ENGLISH) for notice in run.notices],
        "requests": run.requests,
        "rows": [_row(row) for row in review.rows],
        "totals": {
            "count": len(review.rows),
            "approved": counts(review.figures)[Disposition.READY],
            "became": [_of_unit(each, "disposition currency count settled change") for each in review.figures],
            "bridge": [_of_unit(each, "currency step count amount") for each in review.bridge],
            "statuses": [
                _of_unit(line, "status currency count settled paid_before paid_proposed change")
                for line in control_totals(review.rows)
            ],
        },
    }


def pushed_json(run: Run, postings: Sequence[Posting]) -> Json:
    """`push --json`: one object per row marked Yes, and totals per outcome and currency."""
    return {
        "run": run.id,
        "postings": [_posting(posting) for posting in postings],
        "totals": {
            "count": len(postings),
            "outcomes": {
                outcome.value: count for outcome, count in sorted(Counter(p.outcome for p in postings).items())
            },
            "change": {currency: plain(amount) for currency, amount in sorted(change_by_currency(postings).items())},
        },
    }


def trial_json(tried: Tried) -> Json:
    """`trial --json`: the run, one object per attempt, what was learned, and whether Manage is as it was."""
    return {
        "run": tried.candidate.reviewed.run.id,
        "invoice": tried.candidate.row.invoice,
        "postings": [_posting(each) | {"undo": each.undo} for each in (*tried.written, *tried.undone)],
        "learned": dict(tried.learned),
        "as_it_was": tried.as_it_was,
    }


def history_json(history: Iterable[RunSummary]) -> list[Json]:
    """`history --json`: one object per run, newest first."""
    return [
        {
            "run": entry.run.id,
            "company": entry.run.company.sage,
            **fields(entry.run, "started"),
            **fields(entry.run.company, "site"),
            **fields(entry.run.person, "user computer"),
            "window": _window(entry.run),
            "rows": dict(entry.rows),
            "ended": entry.end.phase.value if entry.end else None,
            "successful": entry.end.successful if entry.end else False,
            "outcomes": {outcome.value: count for outcome, count in entry.end.outcomes.items()} if entry.end else {},
            "posted": {currency: plain(amount) for currency, amount in entry.posted.items()},
            "exports": [
                {**fields(each, "at"), "user": each.person.user, "folder": each.folder, "files": dict(each.files)}
                for each in entry.exports
            ],
        }
        for entry in history
    ]


_ROW = (
    "sage_total manage_total cash discount credit other sage_balance paid_before paid_proposed date_paid_before "
    "date_paid_proposed clearing_receipt approve"
)
"""Fields of a row and their names here, which scripts rely on: a field that is renamed has to be given by itself."""


def _row(row: Proposal) -> Json:
    reason, held = (row.reason + row.next_step).said(ENGLISH), row.hold is not None
    first = fields(row, "key invoice customer currency status")
    return {**first, "reason": reason, **fields(row, _ROW), "held": held}


def _posting(posting: Posting) -> Json:
    names = "key invoice outcome paid_before paid_after date_paid_after payment_id verified"
    return {**fields(posting, names), "message": posting.message.said(ENGLISH)}


def _window(run: Run) -> Json:
    return {"choice": str(run.window.since), **fields(run.window, "start end")}


def fields(of: Struct, names: str) -> Json:
    """Return fields by their names: money with two decimals, dates ISO, choices by their values."""
    return {name: _simple(getattr(of, name)) for name in names.split()}


def _of_unit(of: ControlTotal | Tally | BridgeLine, names: str) -> Json:
    """Return fields as `_fields` does; an unnamed currency is absent."""
    return fields(of, names) | ({"currency": None} if of.currency.startswith(UNNAMED) else {})


def _simple(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
