"""The story of an invoice as a workbook: what happened, row of the ledger by row, and what each run saw in Sage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from sync.core.prove.story import KINDS, Step, Story
from sync.core.values.errors import SetupError
from sync.core.values.labels import PARTS, currency
from sync.core.values.messages import Language, Text, say
from sync.core.values.proposal import Application, Proposal
from sync.core.values.runs import Head, Person
from sync.system.files import cause, replacing
from workbook.look import cell_formats
from workbook.look.column import Column, amount, count, day, text
from workbook.look.page import Book
from workbook.papers.applications import remark
from workbook.papers.draw import Pen
from workbook.papers.paper import CURRENCY, Paper, PaperBlock, Rows
from workbook.review.head_block import HASH_SHOWN, set_properties
from workbook.xlsx.long_list import finish

Seen = tuple[Step, Application]
"""What a run saw, and one of the document's rows in Sage."""
STEPS: tuple[Column[Step], ...] = (
    count("place", say("ledger-row"), lambda step: Decimal(step.recorded.place)),
    text("at", say("moment-word"), 27, lambda step: f"{step.recorded.at.astimezone():%Y-%m-%d %H:%M:%S (UTC%z)}"),
    text("run", say("run"), 22, lambda step: step.recorded.run.id),
    text("who", say("who"), 16, lambda step: step.who or None),
    text("what", say("what"), 20, lambda step: KINDS[step.kind]),
    text("told", say("story-told"), 80, lambda step: step.text),
)
SEEN: tuple[Column[Seen], ...] = (
    count("place", say("ledger-row"), lambda of: Decimal(of[0].recorded.place)),
    text("kind", say("kind"), 20, lambda of: PARTS[of[1].part]),
    text("number", say("number"), 22, lambda of: of[1].number),
    day("dated", say("dated"), lambda of: of[1].dated),
    day("entered-on", say("entered-on"), lambda of: of[1].entered_on),
    text("entered-by", say("entered-by"), 16, lambda of: of[1].entered_by or None),
    amount("amount", say("amount"), lambda of: of[1].amount),
    amount("balance", say("balance-after"), lambda of: of[1].balance, adds=False),
    text(CURRENCY, say("currency"), 10, lambda of: _unit(of[0])),
    text("remark", say("remark"), 40, lambda of: remark(of[1])),
)


def _unit(step: Step) -> Text | str | None:
    told = step.recorded.told
    return currency(told.unit) if isinstance(told, Proposal) else None


class StoryBooks:
    """Implements the port `StoryFiles`."""

    def __init__(self, language: Language) -> None:
        """Take the language of the files."""
        self._language = language

    def write(self, path: Path, stories: Sequence[Story], head: Head, at: datetime, person: Person) -> None:
        """Write a workbook with two sheets for each story. Raises as the port says."""
        drawn, last = BytesIO(), stories[-1].steps[-1].recorded.run
        try:
            with Book(drawn, self._language, cell_formats.options()) as book:
                set_properties(book, last, person, at)
                identity = (
                    (say("entity"), stories[0].company.sage),
                    (say("ledger"), say("pack-row-and-hash", rows=head.rows, hash=head.hash[:HASH_SHOWN])),
                )
                pen = Pen(book, last, identity)
                for place, story in enumerate(stories, start=1):
                    for paper in papers(story, place):
                        pen.paper(paper, {})
            with replacing(path) as file:
                finish(drawn, pen.lists, file)
        except OSError as error:
            raise SetupError(say("pack-folder-unwritable", folder=str(path.parent), why=cause(error))) from error


def papers(story: Story, place: int) -> list[Paper]:
    """Return the two papers of a story; `place` tells those of several apart."""
    title = say("story-title", invoice=story.invoice, customer=story.customer)
    seen = [(step, each) for step in story.steps for each in step.applications]
    return [
        Paper(
            name=say("story-paper", place=place),
            title=title,
            purpose=say("story-about", company=story.company.sage, site=story.company.site, key=story.key),
            blocks=(PaperBlock(columns=STEPS, rows=Rows(STEPS, story.steps)),),
        ),
        Paper(
            name=say("story-sage-paper", place=place),
            title=title,
            purpose=say("story-about-sage"),
            blocks=(PaperBlock(columns=SEEN, rows=Rows(SEEN, seen), empty=say("pack-nothing-entered")),),
        ),
    ]
