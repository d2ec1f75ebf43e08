"""The control sheet as data: what is asked, what is shown, and in which cells."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from sync.core.words import Text, say

SHEET = say("Update Invoice Payments")
FIGURES = "Figures"
"""Hidden sheet behind the control sheet: one column that is filled in one block; the control sheet only shows it."""


class Input(StrEnum):
    """What the accountant chooses; the value is the name of the cell."""

    COMPANY = "Company"
    LANGUAGE = "Language"
    START = "StartDateChoice"
    CUSTOM = "CustomDate"
    END = "EndDate"
    CONFIRM = "Confirm"


INPUTS: Mapping[Input, str] = {cell: f"C{row}" for row, cell in enumerate(Input, start=5)}
INPUT_BLOCK = f"C5:C{4 + len(Input)}"
"""All inputs, read at once; in the order of `Input`."""


class Figure(StrEnum):
    """What is shown; the value is the name of its cell on the sheet `Figures`."""

    STATUS = "Status"
    LAST_RUN = "LastRun"
    LAST_DAY = "LastRunDay"
    READY_COUNT = "ReadyCount"
    READY_AMOUNT = "ReadyAmount"
    AGREED_COUNT = "AgreedCount"
    AGREED_AMOUNT = "AgreedAmount"
    HELD_COUNT = "HeldCount"
    HELD_AMOUNT = "HeldAmount"
    FAILED_COUNT = "FailedCount"
    FAILED_AMOUNT = "FailedAmount"
    PRACTICE = "PracticeMark"
    SETTINGS = "SettingsShown"


FIGURE_CELLS: Mapping[Figure, str] = {figure: f"B{row}" for row, figure in enumerate(Figure, start=1)}
FIGURE_BLOCK = f"B1:B{len(Figure)}"
SHOWN_CELL = "D3"
"""On the sheet `Figures`: how many rows that say Yes no filter hides."""


class Card(Struct, frozen=True, kw_only=True):
    """A summary card: a title over a count over the amounts behind it."""

    title: Text
    count: Figure
    amount: Figure
    fill: str
    ink: str


CARDS = (
    Card(title=say("Ready"), count=Figure.READY_COUNT, amount=Figure.READY_AMOUNT, fill="#C6EFCE", ink="#0B4F1A"),
    Card(
        title=say("In agreement"), count=Figure.AGREED_COUNT, amount=Figure.AGREED_AMOUNT, fill="#E7EEF7", ink="#1F3864"
    ),
    Card(title=say("Held"), count=Figure.HELD_COUNT, amount=Figure.HELD_AMOUNT, fill="#FFE699", ink="#5C4200"),
    Card(title=say("Failed"), count=Figure.FAILED_COUNT, amount=Figure.FAILED_AMOUNT, fill="#F8CBAD", ink="#7A1F00"),
)


class Button(Struct, frozen=True, kw_only=True):
    """A button: its caption, the VBA Sub that it runs, and what a screen reader says of it."""

    caption: Text
    macro: str
    description: Text


BUTTONS = (
    Button(
        caption=say("Run Sync"),
        macro="RunSync",
        description=say("Read Sage and Manage and fill the sheet Reconciliation. Nothing is written to Manage."),
    ),
    Button(
        caption=say("Push to Manage"),
        macro="PushToManage",
        description=say(
            "Write the rows of the sheet Reconciliation that say Yes to Manage. tieout undo takes them back."
        ),
    ),
    Button(
        caption=say("Export Audit"),
        macro="ExportAudit",
        description=say("Write the audit file of the run on the sheet Reconciliation."),
    ),
    Button(
        caption=say("Check Setup"),
        macro="CheckSetup",
        description=say("Test the ledger, the settings, Sage and Manage, and say what to do about each failure."),
    ),
)

WELCOME = say("Choose a Start Date, then press Run Sync.")

HELP = (
    say(
        "Run Sync reads the invoices with payment information entered in Sage since the Start Date. Nothing is written."
    ),
    say(
        "On the sheet Reconciliation, review each row: change Approve (Yes or No), add a Note, sort and filter freely."
    ),
    say(
        "Push to Manage writes each approved row that is still as reviewed, reads it back and marks it. Other rows "
        "wait."
    ),
    say("Rows that are not settled come back in every later run, on the sheet Held Items, until they are."),
)
