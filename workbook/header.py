"""The header block of a reconciliation as data: what the paper is, whose, from when, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sync.core.journal import Run
from sync.core.periods import Choice, Window
from sync.core.review import Review

RUN = "Run"
"""Label of the cell before the run id, by which a file is recognised when it comes back."""

CHOICES: Mapping[str, str] = {
    Choice.LAST_RUN: "Last Successful Run",
    Choice.PAST_WEEK: "Past Week",
    Choice.PAST_TWO_WEEKS: "Past Two Weeks",
    Choice.PAST_MONTH: "Past Month",
}
HASH_SHOWN = 12


class Fact(Struct, frozen=True, kw_only=True):
    """A label and what it says."""

    label: str
    value: str


def title(run: Run) -> str:
    """What the paper is."""
    return f"Reconciliation of customer payments: {run.company.sage}"


def facts(review: Review) -> list[Fact]:
    """Everything that identifies the paper, four facts to a line, most wanted first."""
    run = review.run
    head = review.ledger_head
    return [
        Fact(label="Sage company", value=run.company.sage),
        Fact(label=RUN, value=run.id),
        Fact(label="Rows", value=_rows(review)),
        Fact(label="Ledger head", value=f"row {head.rows}, hash {head.hash[:HASH_SHOWN]}"),
        Fact(label="Manage site", value=f"{run.company.site} ({run.company.manage})"),
        Fact(label="Started (UTC)", value=f"{run.started:%Y-%m-%d %H:%M:%S}"),
        Fact(label="Held before", value=_held(review)),
        Fact(label="Settings", value=f"policy {run.policy[:HASH_SHOWN]}"),
        Fact(label="Window", value=window_words(run.window)),
        Fact(label="Prepared by", value=f"{run.person.user} on {run.person.computer}"),
        Fact(label="Requests", value=f"{run.requests} to Manage"),
        Fact(label="Made with", value=f"Tieout {run.version}"),
    ]


def remarks(run: Run) -> list[Fact]:
    """What needs a line of its own: how the invoices were found, and each notice."""
    return [
        Fact(label="Found by", value=str(run.strategy)),
        *(Fact(label="Notice", value=str(notice)) for notice in run.notices),
    ]


def window_words(window: Window) -> str:
    """The days, and how they were chosen."""
    choice = CHOICES.get(window.choice, "Custom Date")
    return f"{window.start} to {window.end}, {choice}{', End Date set' if window.bounded else ''}"


def _rows(review: Review) -> str:
    return f"{len(review.rows)}, {sum(1 for row in review.rows if row.approve)} approved"


def _held(review: Review) -> str:
    held = [review.open_items[row.key].since for row in review.rows if row.key in review.open_items]
    return f"{len(held)}, since {min(held)}" if held else "none"
