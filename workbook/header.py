"""The header block of a reconciliation as data: what the paper is, whose, from when, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sync.core.journal import Person, Run
from sync.core.periods import Choice, Window
from sync.core.review import Review
from sync.core.words import Text, say

RUN = say("Run")
"""Label of the cell before the run id, by which a file is recognised when it comes back."""

CUSTOM = say("Custom Date")
CHOICES: Mapping[str, Text] = {
    Choice.LAST_RUN: say("Last Successful Run"),
    Choice.PAST_WEEK: say("Past Week"),
    Choice.PAST_TWO_WEEKS: say("Past Two Weeks"),
    Choice.PAST_MONTH: say("Past Month"),
    Choice.CUSTOM: CUSTOM,
}
"""The five choices of the dropdown, in its order."""
HASH_SHOWN = 12


class Fact(Struct, frozen=True, kw_only=True):
    """A label and what it says."""

    label: Text
    value: Text | str


def title(run: Run) -> Text:
    """What the paper is."""
    return say("Reconciliation of customer payments: {company}", company=run.company.sage)


def of_run(run: Run) -> Text:
    """What the file says it is about, beside its title."""
    return say("Run {run}", run=run.id)


def made_with(run: Run) -> Text:
    """What made it."""
    return say("Made with Tieout {version}", version=run.version)


def facts(review: Review) -> list[Fact]:
    """Everything that identifies the paper, four facts to a line, most wanted first."""
    run = review.run
    head = review.ledger_head
    return [
        Fact(label=say("Sage company"), value=run.company.sage),
        Fact(label=RUN, value=run.id),
        Fact(label=say("Rows"), value=_rows(review)),
        Fact(
            label=say("Ledger head"), value=say("row {rows}, hash {hash}", rows=head.rows, hash=head.hash[:HASH_SHOWN])
        ),
        Fact(label=say("Manage site"), value=f"{run.company.site} ({run.company.manage})"),
        Fact(label=say("Started (UTC)"), value=f"{run.started:%Y-%m-%d %H:%M:%S}"),
        Fact(label=say("Held before"), value=_held(review)),
        Fact(label=say("Settings"), value=say("policy {hash}", hash=run.policy[:HASH_SHOWN])),
        Fact(label=say("Window"), value=window_words(run.window)),
        Fact(label=say("Prepared by"), value=named(run.person)),
        Fact(label=say("Requests"), value=say("{count} to Manage", count=run.requests)),
        Fact(label=say("Made with"), value=f"Tieout {run.version}"),
    ]


def remarks(run: Run) -> list[Fact]:
    """What needs a line of its own: how the invoices were found, and each notice."""
    return [
        Fact(label=say("Found by"), value=run.strategy),
        *(Fact(label=say("Notice"), value=notice) for notice in run.notices),
    ]


def window_words(window: Window) -> Text:
    """The days, and how they were chosen."""
    choice = CHOICES.get(window.choice, CUSTOM)
    if window.bounded:
        return say("{start} to {end}, {choice}, End Date set", start=window.start, end=window.end, choice=choice)
    return say("{start} to {end}, {choice}", start=window.start, end=window.end, choice=choice)


def named(person: Person) -> Text:
    """Somebody at a computer."""
    return say("{user} on {computer}", user=person.user, computer=person.computer)


def _rows(review: Review) -> Text:
    approved = sum(1 for row in review.rows if row.approve)
    return say("{count}, {approved} approved", count=len(review.rows), approved=approved)


def _held(review: Review) -> Text:
    held = [review.open_items[row.key].since for row in review.rows if row.key in review.open_items]
    return say("{count}, since {day}", count=len(held), day=min(held)) if held else say("none")
