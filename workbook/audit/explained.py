"""The paper that explains every figure: each invoice's rows in Sage, one by one, with the balance after each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import sub
from typing import overload

from sync.core.applications import Application, Part
from sync.core.labels import currency
from sync.core.proposal import Proposal
from sync.core.words import Labels, Text, say
from workbook.audit.lists import APPLICATIONS, ROWS
from workbook.audit.paper import CURRENCY, Block, Paper, Rows, day, money, text
from workbook.cells import Cell

PARTS = Labels(
    {
        Part.TOTAL: say("Invoice"),
        Part.CASH: say("Receipt"),
        Part.DISCOUNT: say("Discount"),
        Part.CREDIT: say("Credit applied"),
        Part.OTHER: say("Other kind"),
    }
)
REMARKS = Labels(
    {
        "clears": say("clears the invoice"),
        "reversed": say("reversed in Sage"),
        "unreadable": say("amount cannot be read"),
        "entered": say("entered in this window"),
    }
)
COLUMNS = (
    text(say("Invoice"), 14),
    text(say("Customer"), 26),
    text(CURRENCY, 9),
    text(say("Kind"), 15),
    text(say("Number"), 14),
    day(say("Dated")),
    day(say("Entered on")),
    text(say("Entered by"), 14),
    money(say("Amount")),
    money(say("Balance after"), adds=False),
    text(say("Remark"), 39),
    text(say("Key"), 8),
)


def applications(rows: Sequence[Proposal], name: Text = APPLICATIONS, back: Text = ROWS) -> Paper:
    """The applications of every row, in the order of the reconciliation; an amount in brackets lowers what is owed.

    Args:
        rows: the rows.
        name: of the sheet.
        back: the sheet that the invoice numbers lead back to.
    """
    lines = Lines(rows)
    return Paper(
        name=name,
        title=say("Applications behind each invoice"),
        purpose=say(
            "What Sage holds on each invoice, in order, with the balance after it: its own amount, receipts, "
            "discounts, credits. Amounts in brackets lower what is owed. Follow the invoice number back to its row."
        ),
        blocks=(
            Block(
                columns=COLUMNS,
                rows=Rows(lines, _cells),
                keys=lines.keys(),
                leads_to=back,
            ),
        ),
    )


class Lines(Sequence[tuple[Proposal, Application]]):
    """Each row with each of its applications: put together when asked for, because they are several times as many."""

    def __init__(self, rows: Sequence[Proposal]) -> None:
        """`rows` are those of the reconciliation."""
        self._rows = rows
        self._ends = list(accumulate(len(row.applications) for row in rows))

    def __len__(self) -> int:
        """How many applications there are."""
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[tuple[Proposal, Application]]:
        """Each in turn."""
        return ((row, application) for row in self._rows for application in row.applications)

    @overload
    def __getitem__(self, place: int) -> tuple[Proposal, Application]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[Proposal, Application]]: ...
    def __getitem__(self, place: int | slice) -> tuple[Proposal, Application] | list[tuple[Proposal, Application]]:
        """The one at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        row = bisect_right(self._ends, at)
        return self._rows[row], self._rows[row].applications[at - self._ends[row]]

    def keys(self) -> list[str]:
        """The key of each one's row."""
        counts = map(sub, self._ends, [0, *self._ends])
        return [row.key for row, count in zip(self._rows, counts, strict=True) for _ in range(count)]


def _cells(line: tuple[Proposal, Application]) -> list[Cell]:
    row, application = line
    return [
        row.invoice,
        row.customer,
        str(currency(row.unit)),
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
        (application.clears, "clears"),
        (application.reversed, "reversed"),
        (application.amount is None, "unreadable"),
        (application.entered and application.part is not Part.TOTAL, "entered"),
    )
    return "; ".join(REMARKS[remark] for so, remark in said if so)
