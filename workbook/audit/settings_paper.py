"""The paper of settings: under which runs proposed, each in a sentence, so that another can work out every figure."""

from __future__ import annotations

from collections.abc import Iterator

from sync.core.values.labels import with_commas
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import ZERO
from sync.core.values.policy import PaidAmount, PartialDate, RunSettings
from sync.core.values.runs import Run
from workbook.look.column import Column, text
from workbook.papers.paper import Paper, PaperBlock
from workbook.review.head_block import HASH_SHOWN
from workbook.xlsx.cells import Cell

SETTINGS = say("settings-paper")
COLUMNS: tuple[Column[None], ...] = (
    text("what", say("what"), 30),
    text("words", say("setting-in-words"), 100),
    text("setting", say("setting-name-header"), 24),
)
"""What it is about, what it says, and its name in the settings file."""
_PAID = {PaidAmount.SETTLED: say("setting-paid-settled"), PaidAmount.CASH: say("setting-paid-cash")}
_PARTIAL = {PartialDate.OMIT: say("setting-partial-omit"), PartialDate.LAST_RECEIPT: say("setting-partial-last")}
_MINUTE = 60


def settings(*runs: Run) -> Paper:
    """Return the settings of runs in words, each once; of one from before they were kept, that they were not."""
    shown = {(run.policy, run.settings, run.second_person): run for run in runs}
    kept = all(run.settings for run in runs)
    return Paper(
        name=SETTINGS,
        number="42",
        title=say("settings-title"),
        purpose=say("pack-about-settings") + (BLANK if kept else say("setting-not-kept")),
        blocks=tuple(block for run in shown.values() for block in _blocks(run, alone=len(shown) == 1)),
    )


def _blocks(run: Run, *, alone: bool) -> Iterator[PaperBlock]:
    """Yield those of one run; where others have other settings, the last one that had these is named."""
    parts = (
        (say("settings-that-decide"), _that_decide(run, run.settings)),
        (say("settings-that-limit"), _that_limit(run, run.settings)),
    )
    for words, rows in parts:
        heading = words if alone else say("month-of-run", run=run.id, words=words)
        yield PaperBlock(heading=heading, columns=COLUMNS, rows=rows)


def _that_decide(run: Run, kept: RunSettings | None) -> list[list[Cell]]:
    """Return what was selected, and how that became proposals."""
    window: list[Cell] = [
        say("window"),
        say("setting-window", start=run.window.start, end=run.window.end) + run.strategy,
        None,
    ]
    print_: list[Cell] = [say("fingerprint-header"), _fingerprint(run, kept), None]
    if kept is None:
        return [window, print_]
    opened = say("setting-go-live", day=kept.go_live) if kept.go_live else say("setting-go-live-none")
    exact = kept.tolerance == ZERO
    tolerance = say("setting-tolerance-none") if exact else say("setting-tolerance", amount=kept.tolerance)
    return [
        window,
        [say("paid-amount"), _PAID[kept.paid_amount], "paid_amount"],
        [say("settings-tolerance"), tolerance, "tolerance"],
        [say("settings-currencies"), _currencies(kept), "currencies"],
        [say("numbers-header"), _prefixes(kept), "invoice_prefix"],
        [say("date-paid"), _PARTIAL[kept.partial_date], "partial_date"],
        [say("go-live-header"), opened, "go_live"],
        [say("approved-by-default"), say("setting-default"), None],
        print_,
    ]


def _that_limit(run: Run, kept: RunSettings | None) -> list[list[Cell]]:
    """Return what limits a push, and how long a write that got no answer is waited for."""
    most = run.second_person
    alone = say("setting-second-person-none") if most is None else say("setting-second-person", amount=most)
    second: list[Cell] = [say("second-person-header"), alone, "second_person_above"]
    if kept is None:
        return [second]
    return [
        [
            say("large-push-header"),
            say("setting-caps", rows=kept.most_rows, amount=kept.most_amount),
            "max_rows, max_amount",
        ],
        second,
        [say("late-writes-header"), say("setting-quiet", minutes=kept.quiet // _MINUTE), "quiet_minutes"],
    ]


def _currencies(kept: RunSettings) -> Text:
    if not kept.currencies:
        return say("setting-currencies-none")
    named = (say("setting-currency", number=number, code=code) for number, code in kept.currencies)
    return say("setting-currencies", currencies=with_commas(named))


def _prefixes(kept: RunSettings) -> Text:
    if not kept.prefixes:
        return say("setting-prefixes-none")
    quoted = (say("setting-prefix", words=each) for each in kept.prefixes)
    return say("setting-prefixes", prefixes=with_commas(quoted))


def _fingerprint(run: Run, kept: RunSettings | None) -> Text:
    """Return the fingerprint on record, and whether it is that of the settings on this paper."""
    short = run.policy[:HASH_SHOWN]
    if kept is None:
        return say("setting-fingerprint", hash=short)
    agrees = kept.policy.fingerprint() == run.policy
    return say("setting-fingerprint-agrees", hash=short) if agrees else say("setting-fingerprint-differs", hash=short)
