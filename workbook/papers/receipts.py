"""The paper of receipts: each receipt or deposit of the window once, with all that it paid and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.completeness import Intake
from sync.core.prove.figures import BECAME
from sync.core.prove.receipts import Applied, Receipt, ReceiptTotal, receipt_totals, verdict
from sync.core.values.labels import STATUSES, currency, with_commas
from sync.core.values.messages import Text, say
from sync.core.values.proposal import ApplicationPart
from workbook.look.column import Column, amount, count, day, status, text
from workbook.papers.paper import CURRENCY, RECEIPTS, ROWS, Paper, PaperBlock, Rows
from workbook.xlsx.cells import Cell

_UNKNOWN = say("not-on-record")
"""Stands where Sage keeps no day of entry and no user: nothing there is no answer."""


class ReceiptLine(Struct, frozen=True, kw_only=True):
    """What a receipt settles of one document; the first line of each has the receipt's own figures too."""

    receipt: Receipt
    applied: Applied
    first: bool


def receipt_lines(found: Sequence[Receipt]) -> list[ReceiptLine]:
    """Return a line for each document that each receipt was applied to."""
    return [
        ReceiptLine(receipt=receipt, applied=applied, first=place == 0)
        for receipt in found
        for place, applied in enumerate(receipt.applied)
    ]


def _remark(line: ReceiptLine) -> Text | None:
    applied = line.applied
    said = [
        words
        for so, words in (
            (applied.on_account, say("receipt-on-account")),
            (any(each.clears for each in applied.applications), say("pack-clears-invoice")),
            (applied.taken_back, say("receipt-taken-back")),
            (applied.before, say("receipt-entered-before-too")),
            (applied.unreadable > 0, say("pack-amount-unreadable")),
        )
        if so
    ]
    return with_commas(said) if said else None


def _part(part: ApplicationPart, id_: str, header: Text, width: float = 10.5) -> Column[ReceiptLine]:
    return amount(id_, header, lambda line: line.applied.figure(part), width=width)


COLUMNS: tuple[Column[ReceiptLine], ...] = (
    text("receipt", say("receipt"), 13, lambda line: line.receipt.number or say("receipt-without-number")),
    day("dated", say("dated"), lambda line: line.receipt.dated),
    text("customer", say("customer"), 21, lambda line: line.receipt.customer),
    text(CURRENCY, say("currency"), 8.5, lambda line: currency(line.receipt.currency)),
    amount(
        "receipt-total",
        say("receipt-total"),
        lambda line: line.receipt.figure(ApplicationPart.CASH) if line.first else None,
        width=11,
    ),
    count("invoices", say("invoices"), lambda line: Decimal(line.receipt.invoices) if line.first else None, width=8.5),
    day("entered-on", say("entered-on"), lambda line: line.applied.entered_on or _UNKNOWN),
    text("entered-by", say("entered-by"), 10, lambda line: ", ".join(line.applied.entered_by) or _UNKNOWN),
    text("invoice", say("invoice"), 12, lambda line: line.applied.row.invoice),
    _part(ApplicationPart.CASH, "received", say("received")),
    _part(ApplicationPart.DISCOUNT, "discount", say("discount"), 9.5),
    _part(ApplicationPart.CREDIT, "credit", say("credit-applied")),
    _part(ApplicationPart.OTHER, "other", say("other-kind"), 9.5),
    amount("settles", say("settles"), lambda line: line.applied.figure()),
    text("became", say("became"), 12, lambda line: BECAME[line.applied.became]),
    status(lambda line: STATUSES[line.applied.row.status]),
    text("remark", say("remark"), 32, _remark),
    text("key", say("key"), 8, lambda line: line.applied.row.key),
)


def receipts_paper(
    found: Sequence[Receipt], entered: Sequence[Intake] | None, name: Text = RECEIPTS, back: Text = ROWS
) -> Paper:
    """Return the receipts behind what was entered in the window, beginning with whether that is all of them.

    Args:
        found: the receipts.
        entered: what was entered, by the proof; None for those of a month, whose runs have a proof each.
        name: of the sheet.
        back: the sheet to which each line leads, by the key of its invoice.
    """
    lines = receipt_lines(found)
    return Paper(
        name=name,
        number="61" if name is RECEIPTS else "",
        title=say("receipts-and-what-they-paid"),
        purpose=(say("month-receipts") if entered is None else verdict(receipt_totals(found, entered)))
        + say("receipts-explained"),
        blocks=(
            PaperBlock(
                columns=COLUMNS,
                rows=Rows(COLUMNS, lines),
                empty=say("pack-nothing-entered"),
                keys=[line.applied.row.key for line in lines],
                leads_to=back,
                records=[line.applied.row.invoice_id for line in lines],
            ),
        ),
    )


def total_cells(of: ReceiptTotal) -> list[Cell]:
    """Return the line of a currency's total, in the columns of the list; it ends with what the proof has."""
    proof = say("receipts-beside-the-proof", entered=of.entered, difference=of.difference)
    cells: dict[str, Cell] = {
        "receipt": say("total"),
        "customer": say("receipts-counted", count=of.count),
        CURRENCY: currency(of.currency),
        "receipt-total": of.parts[ApplicationPart.CASH],
        "received": of.parts[ApplicationPart.CASH],
        "discount": of.parts[ApplicationPart.DISCOUNT],
        "credit": of.parts[ApplicationPart.CREDIT],
        "other": of.parts[ApplicationPart.OTHER],
        "settles": of.amount,
        "remark": proof,
    }
    return [cells.get(column.id) for column in COLUMNS]
