"""The paper that explains every figure: each invoice's rows in Sage, one by one, with the balance after each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from operator import sub
from typing import overload

from sync.core.values.labels import PARTS, currency, with_commas
from sync.core.values.messages import Text, say
from sync.core.values.proposal import Application, ApplicationPart, Proposal
from workbook.look.column import Column, amount, day, text
from workbook.papers.paper import APPLICATIONS, CURRENCY, ROWS, Paper, PaperBlock, Rows
from workbook.xlsx.cells import whole_column

Explaining = tuple[Proposal, Application]
"""A row of the reconciliation, and one of the rows in Sage that explain it."""


def remark(application: Application) -> Text | None:
    """Return what is to be known of an application beside its figures."""
    entered = application.entered and application.part is not ApplicationPart.TOTAL
    return _remark(application.clears, application.reversed, application.amount is None, entered)


@cache
def _remark(*applies: bool) -> Text | None:
    words = [each for so, each in zip(applies, _REMARKS, strict=True) if so]
    return with_commas(words) if words else None


_REMARKS = (
    say("pack-clears-invoice"),
    say("pack-reversed-in-sage"),
    say("pack-amount-unreadable"),
    say("pack-entered-in-window"),
)
COLUMNS: tuple[Column[Explaining], ...] = (
    text("invoice", say("invoice"), 14, lambda of: of[0].invoice),
    text("customer", say("customer"), 26, lambda of: of[0].customer),
    text(CURRENCY, say("currency"), 9, lambda of: currency(of[0].unit)),
    text("kind", say("kind"), 15, lambda of: PARTS[of[1].part]),
    text("number", say("number"), 14, lambda of: of[1].number),
    day("dated", say("dated"), lambda of: of[1].dated),
    day("entered-on", say("entered-on"), lambda of: of[1].entered_on),
    text("entered-by", say("entered-by"), 14, lambda of: of[1].entered_by or None),
    amount("amount", say("amount"), lambda of: of[1].amount),
    amount("balance", say("balance-after"), lambda of: of[1].balance, adds=False),
    text("remark", say("remark"), 40, lambda of: remark(of[1])),
    text("key", say("key"), 8, lambda of: of[0].key),
)
KEYS = whole_column(len(COLUMNS) - 1)
"""The column of keys, as formulas name it."""


def applications(rows: Sequence[Proposal], name: Text = APPLICATIONS, back: Text = ROWS) -> Paper:
    """Return the applications of every row in the reconciliation's order; an amount in brackets lowers what is owed.

    Args:
        rows: the rows.
        name: of the sheet.
        back: the sheet that the invoice numbers lead back to.
    """
    lines = Lines(rows)
    return Paper(
        name=name,
        number="60" if name is APPLICATIONS else "",
        title=say("applications-behind-each-invoice"),
        purpose=say("pack-about-applications"),
        blocks=(PaperBlock(columns=COLUMNS, rows=Rows(COLUMNS, lines), keys=lines.keys(), leads_to=back),),
    )


class Lines(Sequence[Explaining]):
    """Each row with each of its applications: put together when asked for, because they are several times as many."""

    def __init__(self, rows: Sequence[Proposal]) -> None:
        """Take the rows of the reconciliation."""
        self._rows = rows
        self._ends = list(accumulate(len(row.applications) for row in rows))

    def __len__(self) -> int:
        """Return how many applications there are."""
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Explaining]:
        """Yield each in turn."""
        return ((row, application) for row in self._rows for application in row.applications)

    @overload
    def __getitem__(self, place: int) -> Explaining: ...
    @overload
    def __getitem__(self, place: slice) -> list[Explaining]: ...
    def __getitem__(self, place: int | slice) -> Explaining | list[Explaining]:
        """Return the one at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        row = bisect_right(self._ends, at)
        return self._rows[row], self._rows[row].applications[at - self._ends[row]]

    def keys(self) -> list[str]:
        """Return the key of each one's row."""
        counts = map(sub, self._ends, [0, *self._ends])
        return [row.key for row, count in zip(self._rows, counts, strict=True) for _ in range(count)]
