"""The paper of judgement: what a person decided against the default, by whom, why, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sync.core.prove.figures import BECAME
from sync.core.prove.judgement import JUDGED, Judgement, JudgementTotal, judgement_totals, judgements
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency
from sync.core.values.messages import BLANK, Text, say
from workbook.look.column import Column, amount, count, text
from workbook.papers.paper import AMOUNT, CURRENCY, DETAIL, ROWS, UNIT, Paper, PaperBlock, Rows
from workbook.xlsx.cells import Cell

JUDGEMENT = say("judgement-paper")


def judgement(audits: Iterable[Audit]) -> Paper:
    """Return what was judged in some runs: totals by kind and currency, then each decision."""
    found = judgements(audits)
    return Paper(
        name=JUDGEMENT,
        number="41",
        title=say("judgement-title"),
        purpose=say("pack-about-judgement"),
        blocks=(_totals(found), _each(found)),
    )


def _totals(found: Sequence[Judgement]) -> PaperBlock:
    rows: list[list[Cell]] = [
        [JUDGED[each.kind], None, *_worth(each), Decimal(each.count)] for each in judgement_totals(found)
    ]
    return PaperBlock(
        heading=say("judged-by-kind"),
        columns=(
            text("what", say("what"), 44),
            text("detail", BLANK, DETAIL),
            text(CURRENCY, say("currency"), UNIT),
            amount("change", say("change"), width=AMOUNT, adds=False),
            count("decisions", say("decisions-header"), width=14),
        ),
        rows=rows,
        note=say("judged-amounts-explained"),
        empty=say("judged-nothing"),
    )


def _worth(of: JudgementTotal) -> list[Cell]:
    """Return currency and amount; of what is no row of these runs, neither is known."""
    return [currency(of.currency), of.amount] if of.currency else [None, None]


def _words(judged: Judgement) -> str | Text:
    return judged.note or say("judged-no-note")


def _what(judged: Judgement) -> Text:
    """Return the kind, with the day or the number that it is about."""
    if judged.until is not None:
        return say("judged-held-until", until=judged.until)
    if judged.number:
        return say("judged-number", kind=JUDGED[judged.kind], number=judged.number)
    return JUDGED[judged.kind]


EACH: tuple[Column[Judgement], ...] = (
    text("what", say("what"), 44, _what),
    text("customer", say("customer"), DETAIL, lambda each: each.row.customer if each.row else say("judged-no-row")),
    text(CURRENCY, say("currency"), UNIT, lambda each: currency(each.row.unit) if each.row else None),
    amount("change", say("change"), lambda each: each.amount, width=AMOUNT, adds=False),
    text("invoice", say("invoice"), 14, lambda each: each.invoice),
    text("became", say("became"), 14, lambda each: BECAME[each.became] if each.became else None),
    text("who", say("who"), 22, lambda each: each.user or say("judged-by-nobody")),
    text("when-utc", say("when-utc"), 19, lambda each: f"{each.at:%Y-%m-%d %H:%M:%S}" if each.at else None),
    text("why", say("why"), 46, _words),
    text("key", say("key"), 8, lambda each: each.key),
)


def _each(found: Sequence[Judgement]) -> PaperBlock:
    return PaperBlock(
        heading=say("judged-each"),
        columns=EACH,
        rows=Rows(EACH, found),
        note=say("judged-notes-explained"),
        empty=say("judged-nothing"),
        keys=[each.key for each in found],
        leads_to=ROWS,
    )
