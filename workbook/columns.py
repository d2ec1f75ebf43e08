"""The columns of the reconciliation as data: header, kind, width, and how a row gets its value.

A column is known by its key, which is its header in English; what is shown is its header in the language of the file.
Whatever fills a sheet (a new file, or an open workbook in Excel) takes its cells from here; whatever reads one back
compares with the same cells.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.labels import currency
from sync.core.proposal import Proposal
from sync.core.review import OpenItem
from sync.core.words import Labels, Text, say
from workbook.cells import Cell
from workbook.statuses import WORDS

SHEET = say("Reconciliation")
APPLICATIONS = say("Applications")
"""Behind it: each invoice's rows in Sage, one by one."""
TABLE = "Review"
"""Its name in formulas, in every language."""
KEY, APPROVE, NOTE, OWNER = "Key", "Approve", "Note", "Owner"
"""Keys of the columns that are read back."""
ANSWERS = Labels({True: say("Yes"), False: say("No")})
"""What the Approve column says."""
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
        header: its name in the table; unique in each language.
        kind: see `Kind`.
        width: in characters of the default font.
        value: the cell of a row; those of Note and Owner are given beside the row.
    """

    header: Text
    kind: Kind
    width: float
    value: Callable[[Proposal], Cell]

    @property
    def key(self) -> str:
        """What it is known by, in whatever language its header is shown."""
        return self.header.english

    @property
    def wraps(self) -> bool:
        """Its words may take several lines."""
        return self.kind in {Kind.TEXT, Kind.NOTE}

    @property
    def editable(self) -> bool:
        """The reviewer may change it; all other columns are only compared."""
        return self.kind in {Kind.APPROVE, Kind.NOTE}


def _text(header: Text, width: float, value: Callable[[Proposal], str | None]) -> Column:
    return Column(header=header, kind=Kind.TEXT, width=width, value=value)


def _amount(header: Text, width: float, value: Callable[[Proposal], Decimal | None]) -> Column:
    return Column(header=header, kind=Kind.AMOUNT, width=width, value=value)


def _date(header: Text, value: Callable[[Proposal], Cell]) -> Column:
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
    _text(say("Invoice"), 14, lambda row: row.invoice),
    Column(header=say("Status"), kind=Kind.STATUS, width=18, value=lambda row: WORDS[row.status]),
    Column(header=say("Approve"), kind=Kind.APPROVE, width=10, value=lambda row: ANSWERS[row.approve]),
    Column(header=say("Note"), kind=Kind.NOTE, width=20, value=lambda _: None),
    Column(header=say("Owner"), kind=Kind.NOTE, width=11, value=lambda _: None),
    _text(say("Customer"), 24, lambda row: row.customer),
    _text(say("Currency"), 10, lambda row: str(currency(row.unit))),
    _amount(say("Paid before"), 13, lambda row: row.paid_before),
    _amount(say("Paid proposed"), 13, lambda row: row.paid_proposed),
    _amount(say("Change"), 13, _change),
    _date(say("Date paid before"), lambda row: row.date_paid_before),
    _date(say("Date paid proposed"), lambda row: row.date_paid_proposed),
    _text(say("Reason"), 52, lambda row: str(row.reason)),
    _text(say("Next step"), 32, lambda row: str(row.next_step)),
)
"""What a decision needs, first on the screen and first on paper."""

EVIDENCE = (
    _date(say("Invoice date"), lambda row: row.dated),
    _amount(say("Total Sage"), 13, lambda row: row.sage_total),
    _amount(say("Total Manage"), 13, lambda row: row.manage_total),
    _amount(say("Variance"), 13, _variance),
    _amount(say("Cash"), 13, lambda row: row.cash),
    _amount(say("Discount"), 12, lambda row: row.discount),
    _amount(say("Credit"), 13, lambda row: row.credit),
    _amount(say("Other"), 12, lambda row: row.other),
    _amount(say("Balance Sage"), 13, lambda row: row.sage_balance),
    _text(say("Receipt"), 14, lambda row: row.clearing_receipt),
    _text(say("Key"), 9, lambda row: row.key),
)
"""What the decision rests on, to the right of it and on pages of its own."""

COLUMNS = DECIDING + EVIDENCE
BY_KEY = {column.key: column for column in COLUMNS}
HEADERS = Labels({column.key: column.header for column in COLUMNS})
"""Headers as they are shown, by key."""
PLACE = {column.key: place for place, column in enumerate(COLUMNS)}
"""Where each column stands in a new sheet, from 0, by key."""
_VALUES = [column.value for column in COLUMNS]


def letters(place: int) -> str:
    """A column's letters, from 0: A to Z, then AA."""
    before, last = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


KEYS = f"${letters(PLACE[KEY])}:${letters(PLACE[KEY])}"
"""The column of keys, as formulas name it."""


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
