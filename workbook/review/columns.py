"""The columns of the reconciliation as data, and the words that a returned file is read by.

The catalogue may be reworded between a sync and its push, so whatever a returned file is read by stands word for word
in `returned_wordings.json`. Rewording one of these means a new format, whose wordings are added in front of the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, json
from msgspec.structs import replace

from sync.core.prove.figures import Disposition, disposition
from sync.core.prove.review import OpenItem
from sync.core.values.labels import STATUSES, currency
from sync.core.values.messages import Text, say
from sync.core.values.proposal import Proposal
from workbook.look.column import CellKind, Column, amount, day, status, text
from workbook.xlsx.cells import Cell, whole_column

SHEET = say("reconciliation")
APPLICATIONS = say("applications")
"""The sheet after it: each invoice's rows in Sage, one by one."""
RECEIPTS = say("receipts")
"""The sheet after that: each receipt of the window, with all that it paid."""
TABLE = "Review"
"""The table's name in formulas, the same in every language."""
ANSWERS: Mapping[bool, Text] = {True: say("yes"), False: say("no")}
"""What the Approve column says."""
NOTE_LENGTH = 500


class ColumnId(StrEnum):
    """The columns of the reconciliation, by ids that are kept: the wordings of returned files go by them."""

    APPROVE = "approve"
    INVOICE = "invoice"
    CUSTOMER = "customer"
    CURRENCY = "currency"
    PAID_BEFORE = "paid-before"
    PAID_PROPOSED = "paid-proposed"
    CHANGE = "change"
    STATUS = "status"
    REASON = "reason"
    NOTE = "note"
    OWNER = "owner"
    OUTCOME = "outcome"
    HOLD_UNTIL = "hold-until"
    SINCE = "since"
    NEXT_STEP = "next-step"
    DATE_BEFORE = "date-paid-before"
    DATE_PROPOSED = "date-paid-proposed"
    INVOICE_DATE = "invoice-date"
    TOTAL_SAGE = "total-sage"
    TOTAL_MANAGE = "total-manage"
    VARIANCE = "variance"
    CASH = "cash"
    DISCOUNT = "discount"
    CREDIT = "credit"
    OTHER = "other"
    BALANCE = "balance-sage"
    RECEIPT = "receipt"
    KEY = "key"
    RECORD = "record"
    IN_MANAGE = "in-manage"
    EXPLAINED = "explained"


def _variance(row: Proposal) -> Decimal | None:
    """Return Sage's total less Manage's; None unless both are known."""
    if row.sage_total is None or row.manage_total is None:
        return None
    return row.sage_total - row.manage_total


def _change(row: Proposal) -> Decimal | None:
    """Return what a push would add; None in a row that cannot be pushed, which is how the sheet tells the two apart."""
    return row.change if row.approvable else None


def _receipt(row: Proposal) -> Text | str | None:
    """Number and day of the receipt that cleared it: the number alone is no key."""
    cleared = row.cleared_by
    if cleared is None or cleared.dated is None:
        return row.clearing_receipt
    return say("receipt-of-day", receipt=cleared.number, date=cleared.dated)


DECIDING: tuple[Column[Proposal], ...] = (
    Column(
        id=ColumnId.APPROVE,
        header=say("approve"),
        kind=CellKind.APPROVE,
        width=9,
        value=lambda row: ANSWERS[row.approve],
    ),
    text(ColumnId.INVOICE, say("invoice"), 9, lambda row: row.invoice),
    text(ColumnId.CUSTOMER, say("customer"), 25, lambda row: row.customer),
    text(ColumnId.CURRENCY, say("currency"), 8, lambda row: currency(row.unit)),
    amount(ColumnId.PAID_BEFORE, say("paid-before"), lambda row: row.paid_before, width=10.5),
    amount(ColumnId.PAID_PROPOSED, say("paid-proposed"), lambda row: row.paid_proposed, width=10.5),
    amount(ColumnId.CHANGE, say("change"), _change, width=10.5),
    replace(status(lambda row: STATUSES[row.status], width=18), small=True),
    text(ColumnId.REASON, say("why"), 44, lambda row: row.reason, small=True),
    Column(id=ColumnId.NOTE, header=say("note"), kind=CellKind.NOTE, width=18, small=True),
    Column(id=ColumnId.OWNER, header=say("owner"), kind=CellKind.NOTE, width=10, small=True),
    text(ColumnId.OUTCOME, say("outcome"), 24, small=True),
)
"""What a decision needs and what became of it, in sight without scrolling and first on paper."""
HOLDING: tuple[Column[Proposal], ...] = (
    Column(
        id=ColumnId.HOLD_UNTIL,
        header=say("hold-until"),
        kind=CellKind.DAY_TO_TYPE,
        width=11.5,
        value=lambda row: row.hold.until if row.hold else None,
    ),
)
"""What a person may type besides."""
EVIDENCE: tuple[Column[Proposal], ...] = (
    text(ColumnId.SINCE, say("waits-since"), 12),
    Column(
        id=ColumnId.NEXT_STEP, header=say("next-step"), kind=CellKind.LONG, width=60, value=lambda row: row.next_step
    ),
    day(ColumnId.DATE_BEFORE, say("date-paid-before-header"), lambda row: row.date_paid_before, width=11.5),
    day(ColumnId.DATE_PROPOSED, say("date-paid-proposed"), lambda row: row.date_paid_proposed, width=11.5),
    day(ColumnId.INVOICE_DATE, say("invoice-date"), lambda row: row.dated, width=10.5),
    amount(ColumnId.TOTAL_SAGE, say("total-sage"), lambda row: row.sage_total, width=13),
    amount(ColumnId.TOTAL_MANAGE, say("total-manage"), lambda row: row.manage_total, width=13),
    amount(ColumnId.VARIANCE, say("variance"), _variance, width=13),
    amount(ColumnId.CASH, say("cash"), lambda row: row.cash, width=13),
    amount(ColumnId.DISCOUNT, say("discount"), lambda row: row.discount, width=12),
    amount(ColumnId.CREDIT, say("credit"), lambda row: row.credit, width=13),
    amount(ColumnId.OTHER, say("other"), lambda row: row.other, width=12),
    amount(ColumnId.BALANCE, say("balance-sage"), lambda row: row.sage_balance, width=13),
    text(ColumnId.RECEIPT, say("receipt"), 19, _receipt),
    text(ColumnId.KEY, say("key"), 9, lambda row: row.key),
)
"""What the decision rests on: grouped away on the screen and not on paper, where the audit pack has it."""
COLUMNS = DECIDING + HOLDING + EVIDENCE
BY_ID: Mapping[str, Column[Proposal]] = {column.id: column for column in COLUMNS}
PLACE: Mapping[str, int] = {column.id: place for place, column in enumerate(COLUMNS)}
"""Where each column stands in a new sheet, from 0, by its id."""
KEYS = whole_column(PLACE[ColumnId.KEY])
"""The column of keys, as formulas name it."""
ADDED = frozenset({ColumnId.OUTCOME, ColumnId.SINCE})
"""Columns that say nothing of the row as it was reviewed: they are never compared when it comes back."""
NEW, CHANGED = say("new-word"), say("changed-word")
"""What stands beside a row that waits for a person for the first time, or otherwise than before."""


def cells(row: Proposal, item: OpenItem | None = None) -> list[Cell]:
    """Return a row's cells, one for each of `COLUMNS`.

    Args:
        row: the row.
        item: what earlier runs left on it: a note, and who sees to it.
    """
    made = [column.value(row) for column in COLUMNS]
    if item is not None:
        made[PLACE[ColumnId.NOTE]], made[PLACE[ColumnId.OWNER]] = item.note or None, item.owner or None
    if disposition(row) is Disposition.WAITING:
        made[PLACE[ColumnId.SINCE]] = _since(row, item)
    return made


def _since(row: Proposal, item: OpenItem | None) -> Text | str:
    """Return since when a row waits, or that it is new or waits for something else than before."""
    if item is None:
        return NEW
    before = item.row
    same = (before.status, before.paid_before, before.paid_proposed, before.sage_total, before.manage_total) == (
        row.status,
        row.paid_before,
        row.paid_proposed,
        row.sage_total,
        row.manage_total,
    )
    return item.since.isoformat() if same else CHANGED


REVIEW_FORMAT = 2
"""The format that files are written in. Files of every earlier one are read."""
_MADE_WITH = re.compile(r"Tieout \S+, format (\d{1,9})")


class Wording(Struct, frozen=True, kw_only=True):
    """The words of one format in one language.

    Attributes:
        format: its number.
        language: its code.
        sheet: name of the sheet that holds the table.
        run: label of the run id above the table.
        head: label of the ledger's head there.
        yes: what an approved row says in Approve.
        no: what any other row says there.
        headers: of the table's columns; a file has no "explained", and in format 1 neither "outcome" nor "since".
    """

    format: int
    language: str
    sheet: str
    run: str
    head: str
    yes: str
    no: str
    headers: Mapping[ColumnId, str]

    @property
    def answers(self) -> Mapping[bool, str]:
        """What Approve says, by whether the row is approved."""
        return {True: self.yes, False: self.no}


WORDINGS = json.decode((Path(__file__).parent / "returned_wordings.json").read_bytes(), type=tuple[Wording, ...])
"""Every wording that a returned file may have, those of the newest format first."""
_ANSWERS = {"": False} | {word.casefold(): approve for each in WORDINGS for approve, word in each.answers.items()}


def made_with(version: str) -> str:
    """Return what the header block says beside "Made with": the same in every language."""
    return f"Tieout {version}, format {REVIEW_FORMAT}"


def format_in(words: str) -> int | None:
    """Return the format that words of the header block say, or None if they are not those of `made_with`."""
    said = _MADE_WITH.fullmatch(words.strip())
    return int(said[1]) if said else None


def answer(words: str) -> bool | None:
    """Return what the words in an Approve cell say, in any language and case: none are a No, any others None."""
    return _ANSWERS.get(words.strip().casefold())


_CYRILLIC = "\u0430\u0432\u0433\u0435\u0455\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445"
_RARE = "\u04bb\u0501\u051b\u051d"
_GREEK = "\u03b1\u03b2\u03b3\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
_ALIKE = str.maketrans(f"{_CYRILLIC}{_RARE}{_GREEK}01i", "abresljkmhopctyxhdqwabyelkvoptuxoll")
"""Small letters and digits, and the Latin letters that they are taken for on a screen."""


def looks(name: str) -> str:
    """Return a name as it looks: without case, what cannot be seen, and the number that Excel gives a copy."""
    name = unicodedata.normalize("NFKD", re.sub(r"\s*\(\d+\)\s*$", "", name).casefold())
    return "".join(each for each in name.translate(_ALIKE) if each.isalnum())
