"""The sheets of the control workbook that are one list each, as data: held items, proof, tie-out, history and so on."""

from __future__ import annotations

from msgspec import Struct

from sync.core.words import Text, say
from workbook.columns import APPLICATIONS as APPLICATIONS_SHEET
from workbook.columns import KEYS, SHEET, Column, Kind
from workbook.formulas import link_by_key


class ListSheet(Struct, frozen=True, kw_only=True):
    """A sheet with a title, a sentence and one list.

    Attributes:
        name: of the sheet.
        about: what the list holds.
        columns: its columns; their values come from `workbook.live`.
        header: its header row, from 0.
        most: more rows than this are never shown.
        foreign: some of its words come from outside.
        leads_back: from each row to the reconciliation.
    """

    name: Text
    about: Text
    columns: tuple[Column, ...]
    most: int
    header: int = 3
    foreign: bool = True
    leads_back: bool = False

    @property
    def words(self) -> str | None:
        """Address of the columns that hold words from outside, below the headers; None where all of them may."""
        if not self.foreign or all(column.kind is Kind.TEXT for column in self.columns):
            return None
        letters = [chr(ord("A") + place) for place, column in enumerate(self.columns) if column.kind is Kind.TEXT]
        return ",".join(f"{letter}{self.header + 2}:{letter}{self.header + 1 + self.most}" for letter in letters)

    @property
    def back(self) -> str:
        """Formula, the same in every row, that leads from a row to the reconciliation."""
        return link_by_key(SHEET, "$A:$A", KEYS, say("Go back"))

    def block(self, rows: int) -> str:
        """Address of so many rows below the headers."""
        return f"A{self.header + 2}:{chr(ord('A') + len(self.columns) - 1)}{self.header + 1 + rows}"


def _column(header: Text, kind: Kind, width: float) -> Column:
    return Column(header=header, kind=kind, width=width, value=lambda _: None)


HELD = ListSheet(
    name=say("Held Items"),
    about=say(
        "Rows that no run has settled yet: they come back in every later run until one does. Those that the run on "
        "the sheet Reconciliation closed stand last. Note and Owner are typed there."
    ),
    most=5_000,
    columns=(
        _column(say("Invoice"), Kind.TEXT, 14),
        _column(say("Customer"), Kind.TEXT, 26),
        _column(say("Currency"), Kind.TEXT, 10),
        _column(say("Status"), Kind.TEXT, 18),
        _column(say("Opened"), Kind.DATE, 12),
        _column(say("Age, days"), Kind.COUNT, 10),
        _column(say("Owner"), Kind.TEXT, 14),
        _column(say("Note"), Kind.TEXT, 24),
        _column(say("Settled in Sage"), Kind.AMOUNT, 14),
        _column(say("Paid in Manage"), Kind.AMOUNT, 14),
        _column(say("Paid proposed"), Kind.AMOUNT, 14),
        _column(say("Reason and next step"), Kind.TEXT, 70),
        _column(say("Closed"), Kind.DATE, 12),
        _column(say("How it closed"), Kind.TEXT, 26),
    ),
)
PROOF = ListSheet(
    name=say("Proof"),
    about=say(
        "What was entered in Sage in the window, what became of it, and the control totals of the reconciliation."
    ),
    most=200,
    columns=(
        _column(say("What"), Kind.TEXT, 34),
        _column(say("Status"), Kind.TEXT, 26),
        _column(say("Currency"), Kind.TEXT, 10),
        _column(say("Rows"), Kind.COUNT, 10),
        _column(say("Settled"), Kind.AMOUNT, 16),
        _column(say("Paid before"), Kind.AMOUNT, 16),
        _column(say("Paid proposed"), Kind.AMOUNT, 16),
        _column(say("Change"), Kind.AMOUNT, 16),
    ),
)
TIE_OUT = ListSheet(
    name=say("Tie-out"),
    about=say(
        "Accounts receivable by Sage against accounts receivable by Manage when the sync read them: totals, classes "
        "of difference, customers, and every difference."
    ),
    most=5_000,
    columns=(
        _column(say("Part"), Kind.TEXT, 12),
        _column(say("What"), Kind.TEXT, 32),
        _column(say("Customer"), Kind.TEXT, 30),
        _column(say("Invoice"), Kind.TEXT, 14),
        _column(say("Currency"), Kind.TEXT, 10),
        _column(say("Items"), Kind.COUNT, 10),
        _column(say("Sage"), Kind.AMOUNT, 16),
        _column(say("Manage"), Kind.AMOUNT, 16),
        _column(say("Difference"), Kind.AMOUNT, 16),
        _column(say("Why"), Kind.TEXT, 80),
    ),
)
APPLICATIONS = ListSheet(
    name=APPLICATIONS_SHEET,
    about=say(
        "What Sage holds on each invoice of the reconciliation, in order, with the balance after it. Amounts in "
        "brackets lower what is owed."
    ),
    most=10_000,
    columns=(
        _column(say("Key"), Kind.TEXT, 9),
        _column(say("Invoice"), Kind.TEXT, 14),
        _column(say("Customer"), Kind.TEXT, 26),
        _column(say("Currency"), Kind.TEXT, 10),
        _column(say("Kind"), Kind.TEXT, 16),
        _column(say("Number"), Kind.TEXT, 16),
        _column(say("Dated"), Kind.DATE, 12),
        _column(say("Entered on"), Kind.DATE, 12),
        _column(say("Entered by"), Kind.TEXT, 14),
        _column(say("Amount"), Kind.AMOUNT, 14),
        _column(say("Balance after"), Kind.AMOUNT, 14),
        _column(say("Remark"), Kind.TEXT, 40),
    ),
    leads_back=True,
)
HISTORY = ListSheet(
    name=say("History"),
    about=say("The runs on record on this computer, newest first. Times are UTC."),
    most=500,
    columns=(
        _column(say("Run"), Kind.TEXT, 22),
        _column(say("Started"), Kind.TEXT, 18),
        _column(say("From"), Kind.TEXT, 12),
        _column(say("To"), Kind.TEXT, 12),
        _column(say("Who"), Kind.TEXT, 18),
        _column(say("Computer"), Kind.TEXT, 20),
        _column(say("Rows"), Kind.TEXT, 10),
        _column(say("Paid Amount changed by"), Kind.TEXT, 30),
        _column(say("Ended"), Kind.TEXT, 26),
        _column(say("Audit pack"), Kind.TEXT, 80),
    ),
)
LISTS = (HELD, PROOF, TIE_OUT, APPLICATIONS, HISTORY)
