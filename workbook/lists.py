"""The sheets of the control workbook that are one list each, as data: held items, proof, tie-out, history and so on."""

from __future__ import annotations

from msgspec import Struct

from workbook.columns import KEYS, SHEET, Column, Kind, link_by_key


class ListSheet(Struct, frozen=True, kw_only=True):
    """A sheet with a title, a sentence and one list.

    Attributes:
        name: of the sheet.
        about: what the list holds.
        columns: its columns; their values come from `workbook.live`.
        header: its header row, from 0.
        most: more rows than this are never shown.
        foreign: some of its words come from outside.
        back: formula, the same in every row, that leads from a row to the reconciliation.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    most: int
    header: int = 3
    foreign: bool = True
    back: str | None = None

    @property
    def words(self) -> str | None:
        """Address of the columns that hold words from outside, below the headers; None where all of them may."""
        if not self.foreign or all(column.kind is Kind.TEXT for column in self.columns):
            return None
        letters = [chr(ord("A") + place) for place, column in enumerate(self.columns) if column.kind is Kind.TEXT]
        return ",".join(f"{letter}{self.header + 2}:{letter}{self.header + 1 + self.most}" for letter in letters)

    def block(self, rows: int) -> str:
        """Address of so many rows below the headers."""
        return f"A{self.header + 2}:{chr(ord('A') + len(self.columns) - 1)}{self.header + 1 + rows}"


def _column(header: str, kind: Kind, width: float) -> Column:
    return Column(header=header, kind=kind, width=width, value=lambda _: None)


HELD = ListSheet(
    name="Held Items",
    about="Rows that no run has settled yet: they come back in every later run until one does. Those that the run on "
    "the sheet Reconciliation closed stand last. Note and Owner are typed there.",
    most=5_000,
    columns=(
        _column("Invoice", Kind.TEXT, 14),
        _column("Customer", Kind.TEXT, 26),
        _column("Currency", Kind.TEXT, 10),
        _column("Status", Kind.TEXT, 18),
        _column("Opened", Kind.DATE, 12),
        _column("Age, days", Kind.COUNT, 10),
        _column("Owner", Kind.TEXT, 14),
        _column("Note", Kind.TEXT, 24),
        _column("Settled in Sage", Kind.AMOUNT, 14),
        _column("Paid in Manage", Kind.AMOUNT, 14),
        _column("Paid proposed", Kind.AMOUNT, 14),
        _column("Reason and next step", Kind.TEXT, 70),
        _column("Closed", Kind.DATE, 12),
        _column("How it closed", Kind.TEXT, 26),
    ),
)
PROOF = ListSheet(
    name="Proof",
    about="What was entered in Sage in the window, what became of it, and the control totals of the reconciliation.",
    most=200,
    columns=(
        _column("What", Kind.TEXT, 34),
        _column("Status", Kind.TEXT, 26),
        _column("Currency", Kind.TEXT, 10),
        _column("Rows", Kind.COUNT, 10),
        _column("Settled", Kind.AMOUNT, 16),
        _column("Paid before", Kind.AMOUNT, 16),
        _column("Paid proposed", Kind.AMOUNT, 16),
        _column("Change", Kind.AMOUNT, 16),
    ),
)
TIE_OUT = ListSheet(
    name="Tie-out",
    about="Accounts receivable by Sage against accounts receivable by Manage when the sync read them: totals, classes "
    "of difference, customers, and every difference.",
    most=5_000,
    columns=(
        _column("Part", Kind.TEXT, 12),
        _column("What", Kind.TEXT, 32),
        _column("Customer", Kind.TEXT, 30),
        _column("Invoice", Kind.TEXT, 14),
        _column("Currency", Kind.TEXT, 10),
        _column("Items", Kind.COUNT, 10),
        _column("Sage", Kind.AMOUNT, 16),
        _column("Manage", Kind.AMOUNT, 16),
        _column("Difference", Kind.AMOUNT, 16),
        _column("Why", Kind.TEXT, 80),
    ),
)
APPLICATIONS = ListSheet(
    name="Applications",
    about="What Sage holds on each invoice of the reconciliation, in order, with the balance after it. Amounts in "
    "brackets lower what is owed.",
    most=10_000,
    columns=(
        _column("Key", Kind.TEXT, 9),
        _column("Invoice", Kind.TEXT, 14),
        _column("Customer", Kind.TEXT, 26),
        _column("Currency", Kind.TEXT, 10),
        _column("Kind", Kind.TEXT, 16),
        _column("Number", Kind.TEXT, 16),
        _column("Dated", Kind.DATE, 12),
        _column("Entered on", Kind.DATE, 12),
        _column("Entered by", Kind.TEXT, 14),
        _column("Amount", Kind.AMOUNT, 14),
        _column("Balance after", Kind.AMOUNT, 14),
        _column("Remark", Kind.TEXT, 40),
    ),
    back=link_by_key(SHEET, "$A:$A", KEYS, "Go back"),
)
HISTORY = ListSheet(
    name="History",
    about="The runs on record on this computer, newest first. Times are UTC.",
    most=500,
    columns=(
        _column("Run", Kind.TEXT, 22),
        _column("Started", Kind.TEXT, 18),
        _column("From", Kind.TEXT, 12),
        _column("To", Kind.TEXT, 12),
        _column("Who", Kind.TEXT, 18),
        _column("Computer", Kind.TEXT, 20),
        _column("Rows", Kind.TEXT, 10),
        _column("Paid Amount changed by", Kind.TEXT, 30),
        _column("Ended", Kind.TEXT, 26),
        _column("Audit pack", Kind.TEXT, 80),
    ),
)
LISTS = (HELD, PROOF, TIE_OUT, APPLICATIONS, HISTORY)
