"""The paper of the roll-forward: opening difference, what was posted, what others changed, closing difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sync.core.prove.roll_forward import MEASURES, ClassMove, RollForward
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import ZERO
from workbook.audit.tie_out_paper import WORDS, TieOutLine, when
from workbook.look.column import amount, long, text
from workbook.papers.control_totals import OK
from workbook.papers.paper import (
    AMOUNT,
    CURRENCY,
    DETAIL,
    ROWS,
    UNIT,
    WHAT,
    Chart,
    Drawing,
    Paper,
    PaperBlock,
    Rule,
    Term,
    adding_up,
)
from workbook.xlsx.cells import Cell

ROLL_FORWARD = say("roll-forward-paper")
HEADERS = (
    say("opening-difference"),
    say("posted-and-read-back"),
    say("changed-by-others"),
    say("moved-between-classes"),
    say("closing-difference"),
)
"""Of `MEASURES`, in their order."""


class Part(NamedTuple):
    """A roll-forward on the paper: its headings, and from when to when it goes."""

    heading: Text
    note: Text
    others: Text
    rolled: RollForward | None


def papers(audit: Audit) -> list[Paper]:
    """Return the roll-forward; none where nothing was ever read before or after the sync's own reading."""
    return papers_of(
        Part(say("roll-within-run"), when(audit), say("roll-others-within"), audit.rolled.within),
        Part(say("roll-before-run"), say("roll-about-before"), say("roll-others-before"), audit.rolled.before),
    )


def papers_of(*parts: Part) -> list[Paper]:
    """Return the paper of those parts that there are; none where there is none."""
    blocks = [
        block
        for heading, note, others, rolled in parts
        if rolled is not None
        for block in (_classes(heading, note, rolled), _others(others, rolled))
    ]
    if not blocks:
        return []
    return [
        Paper(
            name=ROLL_FORWARD,
            number="54",
            title=say("roll-forward-title"),
            purpose=say("pack-about-roll-forward"),
            blocks=tuple(blocks),
        )
    ]


def in_words(rolled: RollForward) -> Text:
    """Return the roll-forward of a run in one sentence for each currency."""
    said = BLANK
    for unit in rolled.units:
        whole = rolled.total(unit)
        said += say(
            "roll-in-words",
            currency=currency(unit),
            opening=whole.opening,
            posted=whole.posted,
            others=whole.others,
            closing=whole.closing,
        )
    return said if rolled.units else say("pack-nothing-open-either-system")


def _classes(heading: Text, note: Text, rolled: RollForward) -> PaperBlock:
    """Return each class of difference from opening to closing, added up by currency, and that it closes."""
    rows: list[list[Cell]] = []
    bold = set()
    rules: list[Rule] = []
    for unit in rolled.units:
        rows += [_cells(WORDS[move.reason][0], move) for move in rolled.moves if move.currency == unit and move.reason]
        bold |= {len(rows), len(rows) + 1}
        rules += adding_up(len(rows), currency(unit), MEASURES)
        left = tuple(total_of(name, unit, less=name != "closing") for name in MEASURES if name != "moved")
        rules.append(Rule(row=len(rows) + 1, column="closing", terms=left))
        rows.append(_cells(say("total"), rolled.total(unit)))
        gap = rolled.gap(unit)
        check = OK if gap == ZERO else say("sheet-out-by-amount", amount=gap)
        rows.append([say("unexplained"), check, currency(unit), *[None] * (len(MEASURES) - 1), gap])
    return PaperBlock(
        heading=heading,
        columns=(
            text("class", say("class"), WHAT),
            text("detail", BLANK, DETAIL),
            text(CURRENCY, say("currency"), UNIT),
            *(amount(name, header, width=AMOUNT, adds=False) for name, header in zip(MEASURES, HEADERS, strict=True)),
        ),
        rows=rows,
        note=note,
        empty=say("pack-nothing-open-either-system"),
        drawing=Drawing(kind=Chart.COLUMNS, columns=("opening", "closing")),
        bold=frozenset(bold),
        rules=rules,
    )


def total_of(measure: str, unit: str, *, less: bool = False, paper: Text = BLANK, block: int | None = None) -> Term:
    """Return a figure of a currency's total line, of its own block or as another paper takes it over."""
    where = (("class", say("total")), (CURRENCY, currency(unit)))
    return Term(less=less, paper=paper, block=block, column=measure, where=where)


def _cells(word: Text, move: ClassMove) -> list[Cell]:
    return [word, None, currency(move.currency), *(getattr(move, name) for name in MEASURES)]


def _others(heading: Text, rolled: RollForward) -> PaperBlock:
    """Return every invoice that others changed."""
    rows: list[list[Cell]] = [
        [each.invoice, each.customer, currency(each.currency), each.opening, each.posted, each.change, each.closing]
        for each in rolled.others
    ]
    return PaperBlock(
        heading=heading,
        columns=(
            text("invoice", say("invoice"), WHAT),
            text("customer", say("customer"), DETAIL),
            text(CURRENCY, say("currency"), UNIT),
            *(amount(f"measure-{place}", HEADERS[place], width=AMOUNT, adds=False) for place in (0, 1, 2, 4)),
            long("why", say("why"), AMOUNT),
        ),
        rows=[[*row, each.text] for row, each in zip(rows, rolled.others, strict=True)],
        empty=say("roll-nobody-changed"),
        keys=[each.key for each in rolled.others],
        leads_to=ROWS,
    )


def parts(audit: Audit) -> Iterator[tuple[Text, list[TieOutLine]]]:
    """Yield the roll-forward as lines of the sheet Tie-out: in each currency, then what others changed."""
    rolled = audit.rolled.within
    if rolled is None:
        return
    for unit in rolled.units:
        whole = rolled.total(unit)
        measures = (
            (word, getattr(whole, name)) for name, word in zip(MEASURES, HEADERS, strict=True) if name != "moved"
        )
        lines = [TieOutLine(currency=unit, customer=word, difference=amount) for word, amount in measures]
        yield say("roll-in-currency", currency=currency(unit)), lines
    if rolled.others:
        yield (
            say("roll-others-within"),
            [
                TieOutLine(
                    currency=each.currency,
                    invoice=each.invoice,
                    customer=each.customer,
                    difference=each.change,
                    why=each.text,
                    key=each.key,
                )
                for each in rolled.others
            ],
        )
