"""The header block of a reconciliation: what the paper is, whose, from when, and what it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from sync.core.prove.figures import Disposition, counts
from sync.core.prove.review import Review
from sync.core.values.labels import window_words
from sync.core.values.messages import Language, Text, say
from sync.core.values.runs import Person, Run
from workbook.look.page import Book, marked
from workbook.review import columns
from workbook.review.columns import PLACE, ColumnId
from workbook.xlsx.cells import visible

RUN = say("run")
"""Label of the cell before the run id, by which a file is recognised when it comes back."""
HASH_SHOWN = 12


class Fact(Struct, frozen=True, kw_only=True):
    """A label and what it says."""

    label: Text
    value: Text | str


def title(run: Run) -> Text:
    """What the paper is."""
    return say("sheet-reconciliation-title", company=run.company.sage)


def set_properties(book: Book, run: Run, author: Person, at: datetime) -> None:
    """Say in a file's properties what it is, of which run, and who made it when and with what."""
    book.set_properties(
        {
            "title": visible(book.say(title(run))),
            "subject": book.say(say("sheet-run-id", run=run.id)),
            "author": visible(author.user),
            "company": visible(run.company.sage),
            "comments": book.say(say("sheet-made-with-version", version=run.version)),
            "created": at.astimezone(UTC).replace(tzinfo=None),
        }
    )


def identifying_facts(review: Review) -> list[Fact]:
    """Everything that identifies the paper, four facts to a line, most wanted first."""
    run = review.run
    head = review.ledger_head
    return [
        Fact(label=say("sage-company"), value=run.company.sage),
        Fact(label=RUN, value=run.id),
        Fact(label=say("rows"), value=_rows(review)),
        Fact(
            label=say("ledger-head"),
            value=say("sheet-ledger-rows-and-hash", rows=head.rows, hash=head.hash[:HASH_SHOWN]),
        ),
        Fact(label=say("manage-site"), value=f"{run.company.site} ({run.company.manage})"),
        Fact(label=say("started-utc"), value=f"{run.started:%Y-%m-%d %H:%M:%S}"),
        Fact(label=say("held"), value=_held(review)),
        Fact(label=say("settings"), value=say("sheet-policy-hash", hash=run.policy[:HASH_SHOWN])),
        Fact(label=say("window"), value=window_words(run.window)),
        Fact(label=say("prepared-by"), value=named(run.person)),
        Fact(label=say("requests"), value=say("sheet-requests-to-manage", count=run.requests)),
        Fact(label=say("made-with"), value=columns.made_with(run.version)),
    ]


def remarks(run: Run) -> list[Fact]:
    """What needs a line of its own: how the invoices were found, and each notice."""
    return [
        Fact(label=say("found-by"), value=run.strategy),
        *(Fact(label=say("notice"), value=notice) for notice in run.notices),
    ]


def named(person: Person) -> Text:
    """Somebody at a computer."""
    return say("cli-user-on-computer", user=person.user, computer=person.computer)


def _rows(review: Review) -> Text:
    return say("sheet-rows-approved", count=len(review.rows), approved=counts(review.figures)[Disposition.READY])


def _held(review: Review) -> Text:
    """How many rows are held, and since when the first of them; one that is new is held since this run."""
    since = [item.since if (item := review.item_of(row)) else review.run.day for row in review.held]
    return say("sheet-held-since", count=len(since), day=min(since)) if since else say("none-word")


FACT_PLACES = (0, PLACE[ColumnId.CUSTOMER], PLACE[ColumnId.CHANGE], PLACE[ColumnId.REASON])
"""Columns in which the header block's labels stand; each value stands in the next."""
FACT_ROWS = 3
"""How many rows the facts take."""
REMARK_WIDTH = 170
REMARK_LINES = 3
"""More lines than this would fill the part of the window that stands still; the rest is on the next sheet."""


class HeadCell(Struct, frozen=True, kw_only=True):
    """A cell of the header block, row and column from 0; a label or what it says."""

    row: int
    column: int
    value: str
    label: bool = False


def head_cells(review: Review, language: Language) -> Iterator[HeadCell]:
    """Yield title, facts and remarks, from the top; the proof follows on the row after the last."""
    yield HeadCell(row=0, column=0, value=marked(review.run, title(review.run)).said(language))
    row = 1
    for index, each in enumerate(identifying_facts(review)):
        down, across = divmod(index, len(FACT_PLACES))
        row = 1 + down
        yield HeadCell(row=row, column=FACT_PLACES[across], value=each.label.said(language), label=True)
        yield HeadCell(row=row, column=FACT_PLACES[across] + 1, value=_said(each, language))
    for down, (label, words) in enumerate(_remark_lines(remarks(review.run), language), start=row + 1):
        yield HeadCell(row=down, column=0, value=label, label=True)
        yield HeadCell(row=down, column=1, value=words)


def _said(fact: Fact, language: Language) -> str:
    return fact.value.said(language) if isinstance(fact.value, Text) else fact.value


def _remark_lines(remarks: Sequence[Fact], language: Language) -> list[tuple[str, str]]:
    """Return label and words of each line that the remarks take; the last points to the rest if there are too many."""
    lines = [
        ("" if number else fact.label.said(language), text)
        for fact in remarks
        for number, text in enumerate(textwrap.wrap(visible(_said(fact, language)), REMARK_WIDTH))
    ]
    if len(lines) <= REMARK_LINES:
        return lines
    return [*lines[: REMARK_LINES - 1], ("", say("sheet-more-on-control-totals").said(language))]
