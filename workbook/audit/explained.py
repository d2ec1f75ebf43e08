"""The paper that explains every figure: each invoice's rows in Sage, one by one, with the balance after each."""

from __future__ import annotations

from collections.abc import Sequence

from sync.core.applications import Application, Part
from sync.core.proposal import Proposal
from workbook.audit.lists import APPLICATIONS, ROWS
from workbook.audit.paper import Block, Paper, Rows, day, money, text
from workbook.cells import Cell

PARTS = {
    Part.TOTAL: "Invoice",
    Part.CASH: "Receipt",
    Part.DISCOUNT: "Discount",
    Part.CREDIT: "Credit applied",
    Part.OTHER: "Other kind",
}
COLUMNS = (
    text("Invoice", 14),
    text("Customer", 26),
    text("Currency", 9),
    text("Kind", 15),
    text("Number", 14),
    day("Dated"),
    day("Entered on"),
    text("Entered by", 14),
    money("Amount"),
    money("Balance after", adds=False),
    text("Remark", 39),
    text("Key", 8),
)


def applications(rows: Sequence[Proposal], name: str = APPLICATIONS, back: str = ROWS) -> Paper:
    """The applications of every row, in the order of the reconciliation; an amount in brackets lowers what is owed.

    Args:
        rows: the rows.
        name: of the sheet.
        back: the sheet that the invoice numbers lead back to.
    """
    lines = [(row, application) for row in rows for application in row.applications]
    return Paper(
        name=name,
        title="Applications behind each invoice",
        purpose="What Sage holds on each invoice, in order, with the balance after it: its own amount, receipts, "
        "discounts, credits. Amounts in brackets lower what is owed. Follow the invoice number back to its row.",
        blocks=(
            Block(
                columns=COLUMNS,
                rows=Rows(lines, _cells),
                keys=[row.key for row, _ in lines],
                leads_to=back,
            ),
        ),
    )


def _cells(line: tuple[Proposal, Application]) -> list[Cell]:
    row, application = line
    return [
        row.invoice,
        row.customer,
        row.unit,
        PARTS[application.part],
        application.number,
        application.dated,
        application.entered_on,
        application.entered_by or None,
        application.amount,
        application.balance,
        remark(application) or None,
        row.key,
    ]


def remark(application: Application) -> str:
    """What is to be known of an application beside its figures."""
    said = (
        (application.clears, "clears the invoice"),
        (application.reversed, "reversed in Sage"),
        (application.amount is None, "amount cannot be read"),
        (application.entered and application.part is not Part.TOTAL, "entered in this window"),
    )
    return "; ".join(words for so, words in said if so)
