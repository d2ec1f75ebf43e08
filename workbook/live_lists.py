"""What the list sheets of an open workbook show, as blocks of cells in the order of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.journal import RunSummary
from sync.core.labels import currency
from sync.core.proposal import Proposal
from sync.core.report import ended
from sync.core.tieout import Owed, TieOut
from sync.core.words import Text, say, spoken
from workbook.audit import summary
from workbook.audit.explained import PARTS, remark
from workbook.audit.paper import Block as PaperBlock
from workbook.audit.receivables import CLASSES, why
from workbook.cells import Cell
from workbook.lists import PROOF, ListSheet
from workbook.live import Block
from workbook.statuses import WORDS


def filled_up(sheet: ListSheet, block: Block) -> Block:
    """A sheet's list with empty rows to its full length; what is longer ends with how many rows are left out."""
    empty: Block = [[None] * len(sheet.columns)]
    rest = len(block) - sheet.most
    if rest > 0:
        more: list[Cell] = [str(say("{count} more rows", count=rest + 1)), *empty[0][1:]]
        block = [*block[: sheet.most - 1], more]
    return [*block, *(empty * (sheet.most - len(block)))]


def held_block(audit: Audit) -> Block:
    """Rows that wait, and those that the run closed; what is only ready to be pushed is none of them."""
    return [
        [
            item.row.invoice,
            item.row.customer,
            str(currency(item.row.unit)),
            WORDS[item.row.status],
            item.opened,
            Decimal(item.age),
            item.owner or None,
            item.note or None,
            item.row.settled,
            item.row.paid_before,
            item.row.paid_proposed,
            f"{item.row.reason} {item.row.next_step}",
            item.closed,
            str(item.how) if item.how else None,
        ]
        for item in audit.held
        if item.how or not item.row.approve
    ]


def proof_block(audit: Audit) -> Block:
    """Both sides of the proof of completeness, and the control totals."""
    rows: Block = []
    for block in (*summary.proof(audit.proof), summary.control(audit)):
        rows += _under_heading(block)
    return rows


def _under_heading(block: PaperBlock) -> Block:
    width = len(PROOF.columns)
    empty: list[list[Cell]] = [] if block.rows else [[str(block.empty)]]
    filled = [[str(block.heading)], *block.rows, *empty, []]
    return [[*row, *[None] * (width - len(row))] for row in filled]


def tie_out_block(found: TieOut | None) -> Block:
    """Totals, classes, customers and every difference, each named in the first column so that it can be filtered."""
    if found is None:
        return []
    rows: Block = [line for owed in found.totals for line in _totals(found, owed)]
    for owed in found.customers:
        amounts = (owed.sage, owed.manage, owed.difference)
        rows.append([str(say("Customer")), None, owed.name, None, str(currency(owed.currency)), None, *amounts, None])
    for item in found.items:
        unit = str(currency(item.currency))
        named: list[Cell] = [str(say("Item")), CLASSES[item.reason], item.customer, item.invoice, unit, None]
        rows.append([*named, item.sage, item.manage, item.difference, str(item.text)])
    return rows


def _totals(found: TieOut, owed: Owed) -> Block:
    unit = str(currency(owed.currency))
    counts = say(
        "{documents} open documents in Sage, {invoices} open invoices in Manage",
        documents=owed.documents,
        invoices=owed.invoices,
    )
    balances: list[Cell] = [unit, None, owed.sage, owed.manage, owed.difference]
    rows: Block = [_total(say("Total"), say("Open balances"), counts, balances)]
    for reason, items, amount in found.classes(owed.currency):
        figures: list[Cell] = [unit, Decimal(items), None, None, amount]
        rows.append(_total(say("Class"), CLASSES.texts[reason], why(reason, items, amount), figures))
    return rows


def _total(part: Text, what: Text, reason: Text, figures: list[Cell]) -> list[Cell]:
    return [str(part), str(what), None, None, *figures, str(reason)]


def applications_block(rows: Sequence[Proposal]) -> Block:
    """Each invoice's rows in Sage, in the order of the review."""
    return [
        [
            row.key,
            row.invoice,
            row.customer,
            str(currency(row.unit)),
            PARTS[each.part],
            each.number,
            each.dated,
            each.entered_on,
            each.entered_by or None,
            each.amount,
            each.balance,
            remark(each) or None,
        ]
        for row in rows
        for each in row.applications
    ]


def runs_block(history: Sequence[RunSummary]) -> Block:
    """The runs on record, newest first."""
    return [
        [
            entry.run.id,
            f"{entry.run.started:%Y-%m-%d %H:%M}",
            entry.run.window.start.isoformat(),
            entry.run.window.end.isoformat(),
            entry.run.person.user,
            entry.run.person.computer,
            str(sum(entry.rows.values())),
            ", ".join(f"{spoken().plain(added)} {currency(unit)}" for unit, added in entry.posted.items()) or None,
            str(ended(entry)),
            entry.exports[-1].folder if entry.exports else None,
        ]
        for entry in history
    ]
