"""The paper of a sample of rows to test: to Sage, to the bank and to Manage, by whoever reviews."""

from __future__ import annotations

from sync.core.prove.figures import BECAME
from sync.core.prove.month import LastSeen
from sync.core.prove.sample import DRAWN, SHARE, Chosen, Sample, sample
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency, with_commas
from sync.core.values.messages import Text, say
from workbook.look.column import Column, amount, day, sign, text
from workbook.papers.paper import CURRENCY, ROWS, Paper, PaperBlock, Rows

SAMPLE = say("sample-paper")
_PERCENT = int(SHARE * 100)


def rows_to_test(seen: Audit | LastSeen, name: str) -> Paper:
    """Return the sample of a run or a month of that name, with room to tick each row, and the rule of the drawing."""
    found = sample(seen, name)
    columns: tuple[Column[Chosen], ...] = (
        text("invoice", say("invoice"), 11, lambda each: each.row.invoice),
        text("chosen", say("chosen-header"), 12, lambda each: say("sample-large") if each.large else say("by-chance")),
        sign("to-sage", say("to-sage"), 10),
        sign("to-bank", say("to-the-bank"), 10),
        sign("to-manage", say("to-manage"), 10),
        sign("initials", say("initials"), 8),
        text("customer", say("customer"), 22, lambda each: each.row.customer),
        text(CURRENCY, say("currency"), 8.5, lambda each: currency(each.row.unit)),
        amount("settled", say("settled-in-sage"), lambda each: each.row.settled),
        amount("cash", say("received"), lambda each: each.row.cash),
        amount("paid-before", say("paid-before"), lambda each: each.row.paid_before),
        amount("paid-proposed", say("paid-proposed"), lambda each: each.row.paid_proposed),
        day("date-proposed", say("date-paid-proposed"), lambda each: each.row.date_paid_proposed),
        text("receipt", say("receipt"), 10, lambda each: each.row.clearing_receipt),
        text("became", say("became"), 12, lambda each: BECAME[seen.became(each.row)]),
        sign("exception", say("exception-header"), 40),
        text("key", say("key"), 8, lambda each: each.row.key),
    )
    return Paper(
        name=SAMPLE,
        number="43",
        title=say("sample-title"),
        purpose=_rule(name, found),
        blocks=(
            PaperBlock(
                columns=columns,
                rows=Rows(columns, found.chosen),
                empty=say("sample-nothing"),
                keys=[each.row.key for each in found.chosen],
                leads_to=ROWS,
            ),
        ),
    )


def _rule(name: str, found: Sample) -> Text:
    drawn = say("sample-rule-drawn", most=DRAWN, run=name)
    if not found.least:
        return drawn
    each = (say("amount-in-currency", amount=least, currency=currency(unit)) for unit, least in found.least.items())
    large = say("sample-rule-large", percent=_PERCENT, amounts=with_commas(each))
    return say("sample-of", count=len(found.chosen), of=found.of) + large + drawn
