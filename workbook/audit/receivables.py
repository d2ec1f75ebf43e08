"""The papers of the tie-out of receivables: totals by class, every difference, and who owes what."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.completeness import Disposition
from sync.core.labels import AGES, currency
from sync.core.money import ZERO
from sync.core.tieout import Age, Class, Item, Owed, TieOut
from sync.core.words import BLANK, Labels, Text, say
from workbook.audit.lists import ROWS
from workbook.audit.paper import (
    AMOUNT,
    CURRENCY,
    DETAIL,
    SIGNS,
    UNIT,
    WHAT,
    Block,
    Chart,
    Paper,
    Rows,
    count,
    long,
    money,
    text,
)
from workbook.cells import Cell

TIE_OUT, ITEMS, CUSTOMERS = say("50 Tie-out"), say("51 Tie-out items"), say("52 Tie-out customers")
WORDS: Mapping[Class, tuple[Text, Text]] = {
    Class.TO_PUSH: (say("To be pushed"), say("Sage shows payments that this run would write to Manage.")),
    Class.HELD: (say("Held"), say("A row that is not approved by itself: see Held items.")),
    Class.NOT_IN_MANAGE: (say("Not in Manage"), say("Open in Sage; Manage has no invoice of the number.")),
    Class.NOT_IN_SAGE: (
        say("Not in Sage or cleared there"),
        say("Open in Manage; Sage holds no such document. Not unpaid."),
    ),
    Class.TOTAL_DIFFERS: (
        say("Total differs"),
        say("The invoice is for another amount in each system, or voided in Sage."),
    ),
    Class.CREDIT: (say("Credit"), say("Credits and discounts that only one of the systems shows on the invoice.")),
    Class.CURRENCY: (say("Currency"), say("The invoice is in another currency in each system.")),
    Class.TIMING: (say("Timing"), say("Settled in Sage outside this run's window.")),
    Class.MANAGE_ONLY: (say("Paid in Manage only"), say("Manage shows a payment that Sage does not.")),
    Class.UNEXPLAINED: (say("Unexplained"), say("Nothing on record says why.")),
}
CLASSES = Labels({reason: name for reason, (name, _) in WORDS.items()})
AGE = Labels(AGES)
POSTED_SINCE = say("Posted by this run")


def tie_out(audit: Audit) -> list[Paper]:
    """Three papers; none of them where the run was not synced with a tie-out."""
    found = audit.evidence.tie_out
    if found is None:
        return []
    posted = {row.key for row in audit.rows if audit.became(row) is Disposition.POSTED}
    return [_classes(found), _items(found, posted), _customers(found)]


def summary(found: TieOut) -> Block:
    """Both totals, each class of difference, and what is left unexplained, by currency."""
    rows: list[list[Cell]] = []
    bold = set()
    for owed in found.totals:
        unit = str(currency(owed.currency))
        bold |= {len(rows), len(rows) + 1, len(rows) + 2}
        rows += [
            [str(say("Open balance in Sage")), str(say("documents")), unit, Decimal(owed.documents), owed.sage, None],
            [str(say("Open balance in Manage")), str(say("invoices")), unit, Decimal(owed.invoices), owed.manage, None],
            [str(say("Difference, Sage less Manage")), None, unit, None, owed.difference, None],
        ]
        for reason, items, amount in found.classes(owed.currency):
            if reason is Class.UNEXPLAINED:
                bold.add(len(rows))
            rows.append([CLASSES[reason], None, unit, Decimal(items), amount, str(why(reason, items, amount))])
    return Block(
        heading=say("Tie-out of receivables on {day}", day=found.day),
        columns=(
            text(say("What"), WHAT),
            text(BLANK, DETAIL),
            text(CURRENCY, UNIT),
            count(say("Items")),
            money(say("Amount"), adds=False, width=AMOUNT),
            long(say("Why"), AMOUNT),
        ),
        rows=rows,
        note=say(
            "Open balances of every document in Sage against those of every invoice in Manage, both read by the sync."
        ),
        empty=say("Nothing is open in either system."),
        bold=frozenset(bold),
    )


def why(reason: Class, items: int, amount: Decimal) -> Text:
    """What a class means; that nothing is unexplained is said too."""
    if reason is Class.UNEXPLAINED and not items and amount == ZERO:
        return say("Every difference has its class.")
    return WORDS[reason][1]


def ageing(found: TieOut) -> Block:
    """What is open by age, in both systems."""
    return Block(
        heading=say("Ageing of open balances, by document date"),
        chart=Chart.COLUMNS,
        columns=(
            text(say("Age"), WHAT),
            text(BLANK, DETAIL),
            text(CURRENCY, UNIT),
            count(BLANK),
            *(money(header, adds=False, width=AMOUNT) for header in (say("Sage"), say("Manage"), say("Difference"))),
        ),
        rows=[
            [AGE[Age(owed.name)], None, str(currency(owed.currency)), None, owed.sage, owed.manage, owed.difference]
            for owed in found.ages
        ],
        empty=say("Nothing is open."),
    )


def _classes(found: TieOut) -> Paper:
    return Paper(
        name=TIE_OUT,
        title=say("Tie-out of receivables"),
        purpose=say(
            "Accounts receivable by Sage against accounts receivable by Manage at the moment of the sync, before "
            "anything was pushed. Credits count against what is owed. The next papers list every item and every "
            "customer."
        ),
        blocks=(summary(found), ageing(found)),
    )


def _items(found: TieOut, posted: set[str]) -> Paper:
    return Paper(
        name=ITEMS,
        title=say("Tie-out of receivables: every difference"),
        purpose=say(
            "Each difference between the two systems, by class; the amounts add up to the difference of the "
            "totals. An invoice may stand here twice, with one part of its difference in each line."
        ),
        blocks=(
            Block(
                columns=(
                    text(say("Invoice"), 14),
                    text(say("Class"), 24),
                    *SIGNS,
                    text(say("Customer"), 28),
                    text(CURRENCY, 9),
                    money(say("Open in Sage"), adds=False),
                    money(say("Open in Manage"), adds=False),
                    money(say("Difference")),
                    text(say("Why"), 54),
                    text(say("Since"), 17),
                ),
                rows=Rows(found.items, lambda item: _item(item, posted)),
                empty=say("The two systems agree on every invoice."),
                keys=[item.key for item in found.items],
                leads_to=ROWS,
            ),
        ),
    )


def _item(item: Item, posted: set[str]) -> list[Cell]:
    closed = item.reason in {Class.TO_PUSH, Class.HELD} and item.key in posted
    return [
        item.invoice,
        CLASSES[item.reason],
        None,
        None,
        item.customer,
        str(currency(item.currency)),
        item.sage,
        item.manage,
        item.difference,
        str(item.text),
        str(POSTED_SINCE) if closed else None,
    ]


def _customers(found: TieOut) -> Paper:
    return Paper(
        name=CUSTOMERS,
        title=say("Tie-out of receivables: by customer"),
        purpose=say("What each customer owes in Sage and in Manage, credits taken off."),
        blocks=(
            Block(
                columns=(
                    text(CURRENCY, 14),
                    text(say("Customer"), 44),
                    *SIGNS,
                    money(say("Sage")),
                    money(say("Manage")),
                    money(say("Difference")),
                ),
                rows=Rows(found.customers, _customer),
                empty=say("Nobody owes anything."),
            ),
        ),
    )


def _customer(owed: Owed) -> list[Cell]:
    return [str(currency(owed.currency)), owed.name, None, None, owed.sage, owed.manage, owed.difference]
