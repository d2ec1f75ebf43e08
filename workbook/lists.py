"""The sheets of the control workbook that are one list each, as data: held items, tie-out, history."""

from __future__ import annotations

from dataclasses import dataclass

from workbook.columns import Column, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSheet:
    """A sheet with a title, a sentence and one list.

    Attributes:
        name: of the sheet.
        about: what the list holds.
        columns: its columns; their values come from `workbook.live`.
        header: its header row, from 0.
        most: more rows than this are never shown.
        foreign: some of its words come from outside.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    most: int
    header: int = 3
    foreign: bool = True

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
    about="Rows that no run has settled yet. They come back in every later run, whatever its window, until they are.",
    most=5_000,
    columns=(
        _column("Invoice", Kind.TEXT, 14),
        _column("Customer", Kind.TEXT, 26),
        _column("Currency", Kind.TEXT, 10),
        _column("Status", Kind.TEXT, 18),
        _column("Held since", Kind.DATE, 12),
        _column("Settled in Sage", Kind.AMOUNT, 14),
        _column("Paid before", Kind.AMOUNT, 14),
        _column("Paid proposed", Kind.AMOUNT, 14),
        _column("Note", Kind.TEXT, 24),
        _column("Reason", Kind.TEXT, 52),
        _column("Next step", Kind.TEXT, 40),
    ),
)
TOTALS = ListSheet(
    name="Tie-out",
    about="Control totals of the run on the sheet Reconciliation: every invoice read stands in exactly one row.",
    most=80,
    foreign=False,
    columns=(
        _column("Status", Kind.TEXT, 20),
        _column("Currency", Kind.TEXT, 10),
        _column("Rows", Kind.COUNT, 10),
        _column("Settled", Kind.AMOUNT, 16),
        _column("Paid before", Kind.AMOUNT, 16),
        _column("Paid proposed", Kind.AMOUNT, 16),
        _column("Change", Kind.AMOUNT, 16),
    ),
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
        _column("Ended", Kind.TEXT, 24),
    ),
)
LISTS = (HELD, TOTALS, HISTORY)
