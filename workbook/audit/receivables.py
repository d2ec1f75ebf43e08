"""The papers of the tie-out of receivables: totals by class, every difference, and who owes what."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.completeness import Disposition
from sync.core.labels import AGES
from sync.core.money import ZERO
from sync.core.tieout import Age, Class, Item, Owed, TieOut
from workbook.audit.lists import ROWS
from workbook.audit.paper import AMOUNT, DETAIL, SIGNS, UNIT, WHAT, Block, Paper, Rows, count, long, money, text
from workbook.cells import Cell

TIE_OUT, ITEMS, CUSTOMERS = "50 Tie-out", "51 Tie-out items", "52 Tie-out customers"
WORDS: Mapping[Class, tuple[str, str]] = {
    Class.TO_PUSH: ("To be pushed", "Sage shows payments that this run would write to Manage."),
    Class.HELD: ("Held", "A row that is not approved by itself: see Held items."),
    Class.NOT_IN_MANAGE: ("Not in Manage", "Open in Sage; Manage has no invoice of the number."),
    Class.NOT_IN_SAGE: ("Not in Sage or cleared there", "Open in Manage; Sage holds no such document. Not unpaid."),
    Class.TOTAL_DIFFERS: ("Total differs", "The invoice is for another amount in each system, or voided in Sage."),
    Class.CREDIT: ("Credit", "Credits and discounts that only one of the systems shows on the invoice."),
    Class.CURRENCY: ("Currency", "The invoice is in another currency in each system."),
    Class.TIMING: ("Timing", "Settled in Sage outside this run's window."),
    Class.MANAGE_ONLY: ("Paid in Manage only", "Manage shows a payment that Sage does not."),
    Class.UNEXPLAINED: ("Unexplained", "Nothing on record says why."),
}
AGEING = "Ageing of open balances, by document date"
POSTED_SINCE = "Posted by this run"


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
        unit = owed.currency
        bold |= {len(rows), len(rows) + 1, len(rows) + 2}
        rows += [
            ["Open balance in Sage", "documents", unit, Decimal(owed.documents), owed.sage, None],
            ["Open balance in Manage", "invoices", unit, Decimal(owed.invoices), owed.manage, None],
            ["Difference, Sage less Manage", None, unit, None, owed.difference, None],
        ]
        for reason, items, amount in found.classes(unit):
            if reason is Class.UNEXPLAINED:
                bold.add(len(rows))
            rows.append([WORDS[reason][0], None, unit, Decimal(items), amount, why(reason, items, amount)])
    return Block(
        heading=f"Tie-out of receivables on {found.day}",
        columns=(
            text("What", WHAT),
            text("", DETAIL),
            text("Currency", UNIT),
            count("Items"),
            money("Amount", adds=False, width=AMOUNT),
            long("Why", AMOUNT),
        ),
        rows=rows,
        note="Open balances of every document in Sage against those of every invoice in Manage, both read by the sync.",
        empty="Nothing is open in either system.",
        bold=frozenset(bold),
    )


def why(reason: Class, items: int, amount: Decimal) -> str:
    """What a class means; that nothing is unexplained is said too."""
    if reason is Class.UNEXPLAINED and not items and amount == ZERO:
        return "Every difference has its class."
    return WORDS[reason][1]


def ageing(found: TieOut) -> Block:
    """What is open by age, in both systems."""
    return Block(
        heading=AGEING,
        columns=(
            text("Age", WHAT),
            text("", DETAIL),
            text("Currency", UNIT),
            count(""),
            *(money(header, adds=False, width=AMOUNT) for header in ("Sage", "Manage", "Difference")),
        ),
        rows=[
            [str(AGES[Age(owed.name)]), None, owed.currency, None, owed.sage, owed.manage, owed.difference]
            for owed in found.ages
        ],
        empty="Nothing is open.",
    )


def _classes(found: TieOut) -> Paper:
    return Paper(
        name=TIE_OUT,
        title="Tie-out of receivables",
        purpose="Accounts receivable by Sage against accounts receivable by Manage at the moment of the sync, before "
        "anything was pushed. Credits count against what is owed. The next papers list every item and every customer.",
        blocks=(summary(found), ageing(found)),
    )


def _items(found: TieOut, posted: set[str]) -> Paper:
    return Paper(
        name=ITEMS,
        title="Tie-out of receivables: every difference",
        purpose="Each difference between the two systems, by class; the amounts add up to the difference of the "
        "totals. An invoice may stand here twice, with one part of its difference in each line.",
        blocks=(
            Block(
                columns=(
                    text("Invoice", 14),
                    text("Class", 24),
                    *SIGNS,
                    text("Customer", 28),
                    text("Currency", 9),
                    money("Open in Sage", adds=False),
                    money("Open in Manage", adds=False),
                    money("Difference"),
                    text("Why", 54),
                    text("Since", 17),
                ),
                rows=Rows(found.items, lambda item: _item(item, posted)),
                empty="The two systems agree on every invoice.",
                keys=[item.key for item in found.items],
                leads_to=ROWS,
            ),
        ),
    )


def _item(item: Item, posted: set[str]) -> list[Cell]:
    closed = item.reason in {Class.TO_PUSH, Class.HELD} and item.key in posted
    words = WORDS[item.reason][0]
    return [
        item.invoice,
        words,
        None,
        None,
        item.customer,
        item.currency,
        item.sage,
        item.manage,
        item.difference,
        str(item.text),
        POSTED_SINCE if closed else None,
    ]


def _customers(found: TieOut) -> Paper:
    return Paper(
        name=CUSTOMERS,
        title="Tie-out of receivables: by customer",
        purpose="What each customer owes in Sage and in Manage, credits taken off.",
        blocks=(
            Block(
                columns=(
                    text("Currency", 14),
                    text("Customer", 44),
                    *SIGNS,
                    money("Sage"),
                    money("Manage"),
                    money("Difference"),
                ),
                rows=Rows(found.customers, _customer),
                empty="Nobody owes anything.",
            ),
        ),
    )


def _customer(owed: Owed) -> list[Cell]:
    return [owed.currency, owed.name, None, None, owed.sage, owed.manage, owed.difference]
