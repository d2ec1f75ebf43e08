"""The header block of a reconciliation: what the paper is, whose, from when, and what it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.figures import BECAME, CARRIED, Disposition, Tally, counts
from sync.core.prove.review import Review
from sync.core.values.labels import currency, window_words, with_commas
from sync.core.values.messages import Language, Text, say
from sync.core.values.money import ZERO
from sync.core.values.runs import Person, Run
from workbook.look.page import Book, marked
from workbook.review import columns
from workbook.review.columns import PLACE, ColumnId
from workbook.xlsx.cells import visible

RUN = say("run")
"""Label of the cell before the run id, by which a file is recognised when it comes back."""
HASH_SHOWN = 12
NEEDS_YOU = say("needs-you")
"""Label of what waits for a person."""


class Fact(Struct, frozen=True, kw_only=True):
    """A label and what it says."""

    label: Text
    value: Text | str


def title(run: Run) -> Text:
    """What the paper is."""
    return say("sheet-reconciliation-title", company=run.company.sage)


def heading(run: Run) -> Text:
    """Say above the table what it is, of which days and of which run."""
    return say("sheet-review-heading", company=run.company.sage, window=window_words(run.window), run=run.id)


def set_properties(book: Book, run: Run, author: Person, at: datetime, subject: Text | None = None) -> None:
    """Say in a file's properties what it is, of which run or other subject, and who made it when and with what."""
    book.set_properties(
        {
            "title": visible(book.say(title(run))),
            "subject": book.say(subject or say("sheet-run-id", run=run.id)),
            "author": visible(author.user),
            "company": visible(run.company.sage),
            "comments": book.say(say("sheet-made-with-version", version=run.version)),
            "created": at.astimezone(UTC).replace(tzinfo=None),
        }
    )


def identifying_facts(review: Review) -> list[Fact]:
    """Everything that identifies the paper, four facts to a line."""
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


def head_lines(figures: Sequence[Tally]) -> list[tuple[Text, Text]]:
    """Return the lines below the title: what waits for a person, and what is ready or, after a push, was posted."""
    became = {tally.disposition for tally in figures}
    done = Disposition.POSTED if Disposition.POSTED in became else Disposition.READY
    return [(NEEDS_YOU, _count_and_money(figures, CARRIED)), (BECAME[done], _count_and_money(figures, {done}))]


def _count_and_money(figures: Iterable[Tally], wanted: Collection[Disposition]) -> Text:
    """Return how many rows became what is wanted, and what they change in each currency."""
    found = [tally for tally in figures if tally.disposition in wanted]
    count = sum(tally.count for tally in found)
    changes: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for tally in found:
        changes[tally.currency] += tally.change
    amounts = [
        say("amount-in-currency", amount=change, currency=currency(unit))
        for unit, change in changes.items()
        if change != ZERO
    ]
    if amounts:
        return say("sheet-rows-and-money", count=count, amounts=with_commas(amounts))
    return say("sheet-rows-without-money", count=count) if count else say("none-word")


HEAD_ROWS = 4
"""Title, what needs a person, what is ready, the check: the part of the window that stands still has no more."""
CHECK_ROW = HEAD_ROWS - 1
"""Row of the check, from 0: below everything that a sync fills."""
FACT_PLACES = (PLACE[ColumnId.SINCE], PLACE[ColumnId.INVOICE_DATE], PLACE[ColumnId.CASH], PLACE[ColumnId.BALANCE])
"""Columns in which the labels of what identifies the paper stand; each value stands in the next."""
NOTICE_WIDTH = 110
"""Characters of a notice that fit beside the figures."""


class HeadCell(Struct, frozen=True, kw_only=True):
    """A cell of the header block, row and column from 0; a label or what it says."""

    row: int
    column: int
    value: str
    label: bool = False


def head_cells(review: Review, language: Language, notices_on: Text) -> Iterator[HeadCell]:
    """Yield the cells of the header block above the check: what it says in sight, and what identifies the paper.

    Args:
        review: of which it is the head.
        language: of the workbook.
        notices_on: the sheet that holds all notices, where there is no room for them.
    """
    run = review.run
    yield HeadCell(row=0, column=0, value=marked(run, heading(run)).said(language))
    for row, (label, figures) in enumerate(head_lines(review.figures), start=1):
        yield HeadCell(row=row, column=0, value=label.said(language), label=True)
        yield HeadCell(row=row, column=1, value=figures.said(language))
    if run.notices:
        yield HeadCell(
            row=CHECK_ROW - 1, column=PLACE[ColumnId.STATUS], value=_notices(run.notices, language, notices_on)
        )
    for index, each in enumerate(identifying_facts(review)):
        row, across = divmod(index, len(FACT_PLACES))
        yield HeadCell(row=row, column=FACT_PLACES[across], value=each.label.said(language), label=True)
        yield HeadCell(row=row, column=FACT_PLACES[across] + 1, value=_said(each, language))


def _said(fact: Fact, language: Language) -> str:
    return fact.value.said(language) if isinstance(fact.value, Text) else fact.value


def _notices(notices: Sequence[Text], language: Language, notices_on: Text) -> str:
    """Return the only notice, or how many there are and where they stand."""
    only = visible(notices[0].said(language))
    if len(notices) == 1 and len(only) <= NOTICE_WIDTH:
        return only
    return say("sheet-notices-elsewhere", sheet=notices_on, count=len(notices)).said(language)
