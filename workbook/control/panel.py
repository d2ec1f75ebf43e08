"""The control sheet as data: what is asked, which figures are shown, in which cells, and what the buttons say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from sync.core.prove.figures import Disposition, Tally
from sync.core.values.labels import currency
from sync.core.values.messages import Language, Text, say
from sync.core.values.money import ZERO
from sync.core.values.runs import Company, Phase, Run, RunSummary
from workbook.look.page import PRACTICE_CELL
from workbook.review.head_block import named
from workbook.xlsx.cells import Cell

SHEET = say("update-invoice-payments")
FIGURES = "Figures"
"""Hidden sheet behind the control sheet: one column that is filled in one block; the control sheet only shows it."""
CONFIGURATION = "xlwings.conf"
"""Hidden sheet from which xlwings' own VBA takes the interpreter."""


class Input(StrEnum):
    """What the accountant chooses; the value is the name of the cell."""

    COMPANY = "Company"
    LANGUAGE = "Language"
    START = "StartDateChoice"
    CUSTOM = "CustomDate"
    END = "EndDate"
    CONFIRM = "Confirm"
    MONTH = "AuditMonth"


class Figure(StrEnum):
    """What is shown; the value is the name of its cell on the sheet `Figures`."""

    STATUS = "Status"
    LAST_RUN = "LastRun"
    LAST_DAY = "LastRunDay"
    READY_COUNT = "ReadyCount"
    READY_AMOUNT = "ReadyAmount"
    POSTED_COUNT = "PostedCount"
    POSTED_AMOUNT = "PostedAmount"
    AGREED_COUNT = "AgreedCount"
    AGREED_AMOUNT = "AgreedAmount"
    HELD_COUNT = "HeldCount"
    HELD_AMOUNT = "HeldAmount"
    FAILED_COUNT = "FailedCount"
    FAILED_AMOUNT = "FailedAmount"
    OPENING_COUNT = "OpeningCount"
    OPENING_AMOUNT = "OpeningAmount"
    OUT_COUNT = "OutOfScopeCount"
    OUT_AMOUNT = "OutOfScopeAmount"
    PRACTICE = PRACTICE_CELL
    SETTINGS = "SettingsShown"
    WAY = "DoneBy"
    HELD_FILLED = "HeldFilled"
    PROOF_FILLED = "ProofFilled"
    TIE_OUT_FILLED = "TieOutFilled"
    RECEIPTS_FILLED = "ReceiptsFilled"
    APPLICATIONS_FILLED = "ApplicationsFilled"
    RUNS_FILLED = "RunsFilled"


Figures = Mapping[Figure, Cell]
INPUTS: Mapping[Input, str] = {cell: f"C{row}" for row, cell in enumerate(Input, start=5)}
INPUT_BLOCK = f"C5:C{4 + len(Input)}"
"""All inputs, read at once; in the order of `Input`."""
FIGURE_CELLS: Mapping[Figure, str] = {figure: f"B{row}" for row, figure in enumerate(Figure, start=2)}
FIGURE_BLOCK = f"B2:B{1 + len(Figure)}"
MARK_CELL, STORED_BLOCK = "B1", f"B1:B{1 + len(Figure)}"
"""On the sheet `Figures`, in every format: the layout mark, read with the figures and never written again."""
REVIEWED_COLUMN = "E"
"""On the sheet `Figures`, from its first row: rows and totals of the review, which its check compares."""


class Card(Struct, frozen=True):
    """A summary card: what became of its rows over their count over what they change; together they are all rows."""

    became: Disposition
    count: Figure
    amount: Figure
    fill: str
    ink: str


CARDS = (
    Card(Disposition.READY, Figure.READY_COUNT, Figure.READY_AMOUNT, "#C6EFCE", "#0B4F1A"),
    Card(Disposition.POSTED, Figure.POSTED_COUNT, Figure.POSTED_AMOUNT, "#A9D8B8", "#0B4F1A"),
    Card(Disposition.WAITING, Figure.HELD_COUNT, Figure.HELD_AMOUNT, "#FFE699", "#5C4200"),
    Card(Disposition.FAILED, Figure.FAILED_COUNT, Figure.FAILED_AMOUNT, "#F8CBAD", "#7A1F00"),
    Card(Disposition.IN_AGREEMENT, Figure.AGREED_COUNT, Figure.AGREED_AMOUNT, "#E7EEF7", "#1F3864"),
    Card(Disposition.OPENING, Figure.OPENING_COUNT, Figure.OPENING_AMOUNT, "#E4DFEC", "#3F2A66"),
    Card(Disposition.OUT_OF_SCOPE, Figure.OUT_COUNT, Figure.OUT_AMOUNT, "#EDEDED", "#404040"),
)
CARDS_EXPLAINED = say("sheet-cards-explained")
FILLED = (
    Figure.HELD_FILLED,
    Figure.PROOF_FILLED,
    Figure.TIE_OUT_FILLED,
    Figure.RECEIPTS_FILLED,
    Figure.APPLICATIONS_FILLED,
    Figure.RUNS_FILLED,
)
"""How many rows of each list Tieout has filled; whatever stands below them is somebody else's."""
COUNTS = frozenset({*(card.count for card in CARDS), *FILLED})


def cards(found: Sequence[Tally], language: Language) -> Figures:
    """Return counts and amounts of the cards; amounts of two currencies stand on two lines, and no change is a dash.

    Args:
        found: the rows of the run by what became of them.
        language: that amounts are written in.
    """
    figures: dict[Figure, Cell] = {}
    for card in CARDS:
        mine = [tally for tally in found if tally.disposition is card.became]
        figures[card.count] = Decimal(sum(tally.count for tally in mine))
        figures[card.amount] = _amounts([tally for tally in mine if tally.change != ZERO], language)
    return figures


def _amounts(found: Iterable[Tally], language: Language) -> str:
    """Return the change of each currency, a line each."""
    lines = [
        say("amount-in-currency", amount=tally.change, currency=currency(tally.currency)).said(language)
        for tally in found
    ]
    return "\n".join(lines) or "\u2013"


def last_run(history: Iterable[RunSummary], company: Company, own: Run | None) -> Figures:
    """Return a company's last successful run by anyone on record, in words, and the day that this user's own reaches.

    Args:
        history: the runs on record, of every company, newest first.
        company: books and site.
        own: this user's last successful run on this computer.
    """
    ours = (each for each in history if each.run.company == company)
    ended = (entry for entry in ours if entry.end is not None and entry.end.phase is not Phase.REBUILD)
    newest = next((entry for entry in ended if entry.end is not None and entry.end.successful), None)
    words = say("none-yet")
    if newest is not None and newest.end is not None:
        at, person = newest.end.at.astimezone(), newest.end.person
        words = say("sheet-moment-by-person", moment=f"{at:%Y-%m-%d %H:%M}", person=named(person))
    return {Figure.LAST_RUN: words, Figure.LAST_DAY: own.complete_to if own else None}


class Button(Struct, frozen=True, kw_only=True):
    """A button on a sheet and on the ribbon.

    Attributes:
        caption: what stands on it.
        macro: the VBA Sub that it runs; of one that is on the ribbon alone, its place in the ribbon's text.
        description: what it does, for a screen reader and for the ribbon's tip.
    """

    caption: Text
    macro: str
    description: Text


RUN_SYNC = Button(caption=say("run-sync"), macro="RunSync", description=say("excel-run-sync-tip"))
PUSH = Button(caption=say("push-to-manage"), macro="PushToManage", description=say("excel-push-tip"))
TRIAL = Button(caption=say("trial"), macro="Trial", description=say("excel-trial-tip"))
EXPORT_AUDIT = Button(caption=say("export-audit"), macro="ExportAudit", description=say("excel-export-audit-tip"))
CHECK_SETUP = Button(caption=say("check-setup"), macro="CheckSetup", description=say("sheet-check-setup-explained"))
CANCEL = Button(caption=say("excel-cancel"), macro="Cancel", description=say("excel-cancel-tip"))
UNDO = Button(caption=say("excel-undo"), macro="UndoPush", description=say("excel-undo-tip"))
BUTTONS = (RUN_SYNC, PUSH, EXPORT_AUDIT, UNDO, CHECK_SETUP, TRIAL, CANCEL)
UNDO_SELECTED = Button(
    caption=say("excel-undo-selected"), macro="UndoSelected", description=say("excel-undo-selected-tip")
)
APPROVE_SHOWN = Button(
    caption=say("excel-approve-shown"), macro="ApproveShown", description=say("excel-approve-shown-tip")
)
HOLD_SHOWN = Button(caption=say("excel-hold-shown"), macro="HoldShown", description=say("excel-hold-shown-tip"))
HOLD_UNTIL = Button(caption=say("excel-hold-until"), macro="HoldUntil", description=say("excel-hold-until-tip"))
NEXT = Button(caption=say("excel-next"), macro="NextException", description=say("excel-next-tip"))
PREVIOUS = Button(caption=say("excel-previous"), macro="PreviousException", description=say("excel-previous-tip"))
SIGN_PREPARED = Button(caption=say("excel-sign-prepared"), macro="SignPrepared", description=say("excel-sign-tip"))
SIGN_REVIEWED = Button(caption=say("excel-sign-reviewed"), macro="SignReviewed", description=say("excel-sign-tip"))
ON_RIBBON = (
    NEXT,
    PREVIOUS,
    APPROVE_SHOWN,
    HOLD_SHOWN,
    HOLD_UNTIL,
    UNDO_SELECTED,
    SIGN_PREPARED,
    SIGN_REVIEWED,
)
"""On the ribbon alone: they act on the reconciliation, which no button lies beside."""
WELCOME = say("sheet-choose-date-then-run")
HELP = (
    say("sheet-how-sync-reads"),
    say("sheet-how-to-review"),
    say("sheet-how-push-writes"),
    say("sheet-how-held-rows-return"),
)
BY_BUTTON: Mapping[str, Text] = {
    "push-can-be-undone": say("push-can-be-undone-by-button"),
    "push-first-to-site": say("push-first-to-site-by-button"),
    "trial-cut-short": say("trial-cut-short-by-button"),
    "trial-nothing-fits": say("trial-nothing-fits-by-button"),
    "trial-in-doubt": say("trial-in-doubt-by-button"),
    "trial-stands": say("trial-stands-by-button"),
    "undo-nothing-to-undo": say("undo-nothing-to-undo-by-button"),
    "month-without-runs": say("month-without-runs-by-button"),
    "run-not-in-ledger": say("run-not-in-ledger-by-button"),
    "sage-table-gone": say("sage-table-gone-by-button"),
}
"""What the workbook says in place of sentences that name a command where it has a button, by their ids."""


def by_buttons(language: Language) -> Language:
    """Return a language whose sentences name the workbook's buttons and sheets in place of commands."""
    instead = {message: text.sentences[0].id for message, text in BY_BUTTON.items()}

    def template(message: str) -> str:
        return language.template(instead.get(message, message))

    return replace(language, template=template)
