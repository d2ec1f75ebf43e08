"""The columns of the reconciliation as data: header, kind, width, and how a row gets its value.

Whatever fills a sheet (a new file, or an open workbook in Excel) takes its cells from here; whatever reads one back
compares with the same cells.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.proposal import Proposal
from sync.core.review import OpenItem
from workbook.cells import Cell
from workbook.statuses import LOOKS

SHEET = "Reconciliation"
TABLE = "Review"
KEY, APPROVE, NOTE, OWNER = "Key", "Approve", "Note", "Owner"
YES, NO = "Yes", "No"
NOTE_LENGTH = 500


class Kind(StrEnum):
    """How a column's values are written, aligned and compared."""

    TEXT = "text"
    AMOUNT = "amount"
    COUNT = "count"
    DATE = "date"
    STATUS = "status"
    APPROVE = "approve"
    NOTE = "note"
    LINK = "link"


class Column(Struct, frozen=True, kw_only=True):
    """One column.

    Attributes:
        header: its name in the table; unique.
        kind: see `Kind`.
        width: in characters of the default font.
        value: the cell of a row; those of Note and Owner are given beside the row.
    """

    header: str
    kind: Kind
    width: float
    value: Callable[[Proposal], Cell]

    @property
    def wraps(self) -> bool:
        """Its words may take several lines."""
        return self.kind in {Kind.TEXT, Kind.NOTE}

    @property
    def editable(self) -> bool:
        """The reviewer may change it; all other columns are only compared."""
        return self.kind in {Kind.APPROVE, Kind.NOTE}


def _text(header: str, width: float, value: Callable[[Proposal], str | None]) -> Column:
    return Column(header=header, kind=Kind.TEXT, width=width, value=value)


def _amount(header: str, width: float, value: Callable[[Proposal], Decimal | None]) -> Column:
    return Column(header=header, kind=Kind.AMOUNT, width=width, value=value)


def _date(header: str, value: Callable[[Proposal], Cell]) -> Column:
    return Column(header=header, kind=Kind.DATE, width=11.5, value=value)


def _variance(row: Proposal) -> Decimal | None:
    """Sage's total less Manage's, where both are known."""
    if row.sage_total is None or row.manage_total is None:
        return None
    return row.sage_total - row.manage_total


def _change(row: Proposal) -> Decimal | None:
    """What the push would add; empty where the row cannot be pushed, which is how the sheet tells the two apart."""
    return row.change if row.approvable else None


DECIDING = (
    _text("Invoice", 14, lambda row: row.invoice),
    Column(header="Status", kind=Kind.STATUS, width=18, value=lambda row: LOOKS[row.status].word),
    Column(header=APPROVE, kind=Kind.APPROVE, width=10, value=lambda row: YES if row.approve else NO),
    Column(header=NOTE, kind=Kind.NOTE, width=20, value=lambda _: None),
    Column(header=OWNER, kind=Kind.NOTE, width=11, value=lambda _: None),
    _text("Customer", 24, lambda row: row.customer),
    _text("Currency", 10, lambda row: row.unit),
    _amount("Paid before", 13, lambda row: row.paid_before),
    _amount("Paid proposed", 13, lambda row: row.paid_proposed),
    _amount("Change", 13, _change),
    _date("Date paid before", lambda row: row.date_paid_before),
    _date("Date paid proposed", lambda row: row.date_paid_proposed),
    _text("Reason", 52, lambda row: str(row.reason)),
    _text("Next step", 32, lambda row: str(row.next_step)),
)
"""What a decision needs, first on the screen and first on paper."""

EVIDENCE = (
    _date("Invoice date", lambda row: row.dated),
    _amount("Total Sage", 13, lambda row: row.sage_total),
    _amount("Total Manage", 13, lambda row: row.manage_total),
    _amount("Variance", 13, _variance),
    _amount("Cash", 13, lambda row: row.cash),
    _amount("Discount", 12, lambda row: row.discount),
    _amount("Credit", 13, lambda row: row.credit),
    _amount("Other", 12, lambda row: row.other),
    _amount("Balance Sage", 13, lambda row: row.sage_balance),
    _text("Receipt", 14, lambda row: row.clearing_receipt),
    _text(KEY, 9, lambda row: row.key),
)
"""What the decision rests on, to the right of it and on pages of its own."""

COLUMNS = DECIDING + EVIDENCE
BY_HEADER = {column.header: column for column in COLUMNS}
PLACE = {column.header: place for place, column in enumerate(COLUMNS)}
"""Where each column stands in a new sheet, from 0."""
_VALUES = [column.value for column in COLUMNS]


def letters(place: int) -> str:
    """A column's letters, from 0: A to Z, then AA."""
    before, last = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


KEYS = f"${letters(PLACE[KEY])}:${letters(PLACE[KEY])}"
"""The column of keys, as formulas name it."""


def link_by_key(sheet: str, own: str, theirs: str, words: str) -> str:
    """Formula, the same in every row, that leads to the row of a sheet that bears the same key; empty if none does.

    Args:
        sheet: where to.
        own: the column of keys beside the formula, such as `$A:$A`.
        theirs: the column of keys there.
        words: what is shown.
    """
    return f'=IFERROR(HYPERLINK("#{sheet}!A"&MATCH(INDEX({own},ROW()),{sheet}!{theirs},0),"{words}"),"")'


def cells(row: Proposal, item: OpenItem | None = None) -> list[Cell]:
    """A row's cells, one for each of `COLUMNS`.

    Args:
        row: the row.
        item: what earlier runs left on it: a note, and who sees to it.
    """
    made = [value(row) for value in _VALUES]
    if item is not None:
        made[PLACE[NOTE]], made[PLACE[OWNER]] = item.note or None, item.owner or None
    return made
