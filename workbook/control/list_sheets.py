"""The sheets of the control workbook that are one list each: held items, proof, tie-out, history and so on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from sync.core.prove.receipts import receipt_totals, verdict
from sync.core.prove.tie_out import TieOut
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import currency, with_commas
from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import ZERO
from sync.core.values.proposal import Proposal
from sync.core.values.runs import RunSummary, run_state
from workbook.audit import control_paper, roll_forward_paper, summary
from workbook.audit.row_papers import HELD_ITEMS
from workbook.audit.tie_out_paper import LINES, tie_out_parts, when
from workbook.control.panel import Figure
from workbook.look.column import CellKind, Column, amount, count, long, text
from workbook.papers import applications, receipts
from workbook.papers.paper import CURRENCY
from workbook.review.columns import APPLICATIONS as APPLICATIONS_SHEET
from workbook.review.columns import KEYS, SHEET
from workbook.review.columns import RECEIPTS as RECEIPTS_SHEET
from workbook.xlsx.cells import Cell, letters, link_by_key, whole_column

CellRows = list[list[Cell]]
"""Rows of a list, not yet in words."""
WIDER = 1.3
"""Column widths are set for a printed page; on the screen they are this many times wider."""


class ListSheet(Struct, frozen=True, kw_only=True):
    """A sheet with a title, a sentence and one list.

    Attributes:
        name: of the sheet.
        about: what the list holds.
        columns: its columns.
        empty: what is said where a sync finds nothing for it.
        header: its header row, from 0.
        most: more rows than this are never shown.
        filled: where it is kept how many of its rows are Tieout's.
        leads_back: from each row to the reconciliation.
        parted: it has headings and totals among its rows.
    """

    name: Text
    about: Text
    columns: tuple[Column[Any], ...]
    most: int
    empty: Text
    filled: Figure
    header: int = 3
    leads_back: bool = False
    parted: bool = False

    def words(self, rows: int) -> str:
        """Return the address of so many rows of its columns of words, to be kept from being taken for numbers."""
        columns = [letters(place) for place, column in enumerate(self.columns) if column.kind in WORDS]
        return ",".join(f"{column}{self.header + 2}:{column}{self.header + 1 + rows}" for column in columns)

    def back(self, language: Language) -> str:
        """Return the formula, the same in every row, that leads from a row to the reconciliation."""
        own = whole_column([column.id for column in self.columns].index("key"))
        return link_by_key(SHEET.said(language), own, KEYS, say("go-back").said(language))

    def address(self, rows: int) -> str:
        """Return the address of so many rows below the headers."""
        return f"A{self.header + 2}:{letters(len(self.columns) - 1)}{self.header + 1 + rows}"

    def below(self, filled: int, rows: int) -> str | None:
        """Return the address of the rows after those that are filled, down to that one; None where there are none."""
        if rows <= filled:
            return None
        return f"A{self.header + 2 + filled}:{letters(len(self.columns) - 1)}{self.header + 1 + rows}"

    def block(self, rows: Iterable[object]) -> CellRows:
        """Return the cells of a list."""
        return [[column.value(row) for column in self.columns] for row in rows]


WORDS = frozenset({CellKind.TEXT, CellKind.STATUS, CellKind.LONG})


def _on_screen(columns: Sequence[Column[Any]]) -> tuple[Column[Any], ...]:
    """Return the columns of a printed list for a screen: wider, and without those to tick and initial."""
    return tuple(column.as_wide_as(column.width * WIDER) for column in columns if column.kind is not CellKind.SIGN)


def _added(run: RunSummary) -> Text | None:
    """Return what a run added to Paid Amount, by currency."""
    amounts = [say("amount-in-currency", amount=added, currency=currency(unit)) for unit, added in run.posted.items()]
    return with_commas(amounts) if amounts else None


_WHO_AND_WHY = ("invoice", "customer", "status", "reason", "currency", "settled", "paid", "paid-proposed", "age")
"""What is wanted of a held item, first."""


NOTICE = say("notice")


def _wanted_first(columns: Sequence[Column[Any]]) -> list[Column[Any]]:
    return sorted(columns, key=lambda each: [*_WHO_AND_WHY, each.id].index(each.id))


HELD = ListSheet(
    name=say("held-items"),
    about=say("sheet-held-items-explained"),
    filled=Figure.HELD_FILLED,
    most=5_000,
    empty=say("pack-nothing-held"),
    columns=_on_screen(_wanted_first(HELD_ITEMS)),
)
PROOF = ListSheet(
    name=say("proof"),
    about=say("sheet-proof-explained"),
    filled=Figure.PROOF_FILLED,
    most=200,
    empty=say("pack-nothing-entered"),
    parted=True,
    columns=(
        long("what", say("what"), 34),
        long("status", say("status"), 26),
        text(CURRENCY, say("currency"), 10),
        count("rows", say("rows")),
        amount("settled", say("settled"), width=16),
        amount("paid-before", say("paid-before"), width=16),
        amount("paid-proposed", say("paid-proposed"), width=16),
        amount("change", say("change"), width=16),
    ),
)
TIE_OUT = ListSheet(
    name=say("tie-out"),
    about=say("sheet-tie-out-explained"),
    filled=Figure.TIE_OUT_FILLED,
    most=5_000,
    empty=say("list-nothing-compared"),
    columns=LINES,
    parted=True,
)
APPLICATIONS = ListSheet(
    name=APPLICATIONS_SHEET,
    about=say("sheet-applications-explained"),
    filled=Figure.APPLICATIONS_FILLED,
    most=10_000,
    empty=say("pack-nothing-entered"),
    columns=_on_screen(applications.COLUMNS),
    leads_back=True,
)
RECEIPTS = ListSheet(
    name=RECEIPTS_SHEET,
    about=say("receipts-explained"),
    filled=Figure.RECEIPTS_FILLED,
    most=5_000,
    empty=say("pack-nothing-entered"),
    columns=_on_screen(receipts.COLUMNS),
    leads_back=True,
    parted=True,
)
RUN_COLUMNS: tuple[Column[RunSummary], ...] = (
    text("run", say("run"), 22, lambda entry: entry.run.id),
    text("started", say("started"), 18, lambda entry: f"{entry.run.started.astimezone():%Y-%m-%d %H:%M}"),
    text("from", say("from"), 12, lambda entry: entry.run.window.start.isoformat()),
    text("to", say("to"), 12, lambda entry: entry.run.window.end.isoformat()),
    text("who", say("who"), 18, lambda entry: entry.run.person.user),
    text("computer", say("computer"), 20, lambda entry: entry.run.person.computer),
    count("rows", say("rows"), lambda entry: Decimal(sum(entry.rows.values()))),
    text("added", say("paid-amount-changed-by"), 30, _added),
    text("ended", say("ended"), 26, run_state),
    text("pack", say("audit-pack"), 80, lambda entry: entry.exports[-1].folder if entry.exports else None),
)
RUNS = ListSheet(
    name=say("runs"),
    about=say("sheet-runs-explained"),
    filled=Figure.RUNS_FILLED,
    most=500,
    empty=say("none-yet"),
    columns=RUN_COLUMNS,
)
"""Never called History, in any language: Excel keeps that name for itself."""
LISTS = (HELD, PROOF, TIE_OUT, RECEIPTS, APPLICATIONS, RUNS)
AFTER_WRITING = (HELD, PROOF, TIE_OUT, RECEIPTS, RUNS)
"""What a push or an undo shows anew."""


def fitted(sheet: ListSheet, block: CellRows) -> CellRows:
    """Return the rows of a list that its sheet has room for; of a longer one the last says how many are left out.

    One without rows says so.
    """
    block = block or [[sheet.empty, *[None] * (len(sheet.columns) - 1)]]
    rest = len(block) - sheet.most
    if rest <= 0:
        return block
    more: list[Cell] = [say("sheet-more-rows", count=rest + 1), *[None] * (len(sheet.columns) - 1)]
    return [*block[: sheet.most - 1], more]


def held_block(audit: Audit) -> CellRows:
    """Return the rows that wait, by money and age, then those that the run closed; what is ready is none of them."""
    open_, closed = ([item for item in audit.held if (item.how is None) is wanted] for wanted in (True, False))
    money = sorted(open_, key=lambda item: (-abs(item.row.change or item.row.settled or ZERO), item.opened))
    return HELD.block([*money, *closed])


def proof_block(audit: Audit) -> CellRows:
    """Return both sides of the proof of completeness, the bridge to what changes in Manage, and the control totals."""
    verdict = sum(audit.proof.differences, BLANK) if audit.proof.differences else say("proof-all-accounted-for")
    rows: CellRows = [[verdict, *[None] * (len(PROOF.columns) - 1)]]
    rows += [[NOTICE, notice, *[None] * (len(PROOF.columns) - 2)] for notice in audit.run.notices]
    rows.append([None] * len(PROOF.columns))
    for block in (*summary.proof(audit.proof), summary.bridge(audit.bridge), summary.control(audit)):
        rows += _part(block.heading, block.rows or [[block.empty]], len(PROOF.columns))
    return rows


def _part(heading: Text, rows: Iterable[Sequence[Cell]], width: int) -> CellRows:
    """Return rows under their heading, as wide as the list, with an empty one below."""
    return [[*row, *[None] * (width - len(row))] for row in ([heading], *rows, [])]


def tie_out_block(audit: Audit) -> CellRows:
    """Return the balances as last read: the way from the sync to them, then totals and classes, each part headed."""
    found = audit.balances
    if found is None:
        return []
    words = [_verdict(found) + when(audit), None]
    rows: CellRows = [[word, *[None] * (len(LINES) - 1)] for word in words]
    for heading, lines in (*roll_forward_paper.parts(audit), *control_paper.parts(audit), *tie_out_parts(found)):
        rows += _part(heading, TIE_OUT.block(lines), len(LINES))
    return rows


def _verdict(found: TieOut) -> Text:
    left = [
        say("amount-in-currency", amount=amount, currency=currency(owed.currency))
        for owed in found.totals
        if (amount := found.unexplained(owed.currency)) != ZERO
    ]
    return say("tie-out-part-unexplained", amounts=with_commas(left)) if left else say("tie-out-all-explained")


def applications_block(rows: Sequence[Proposal]) -> CellRows:
    """Return each invoice's rows in Sage, in the order of the review."""
    return APPLICATIONS.block(applications.Lines(rows))


def receipts_block(audit: Audit) -> CellRows:
    """Return whether every receipt is there, the totals by currency, and the receipts with all that each paid."""
    found, width = audit.receipts, len(RECEIPTS.columns)
    totals = receipt_totals(found, audit.evidence.entered)
    if not totals:
        return []
    rows: CellRows = [[verdict(totals), *[None] * (width - 1)], [None] * width]
    rows += _part(say("opening-totals"), map(receipts.total_cells, totals), width)
    return rows + _part(RECEIPTS.name, RECEIPTS.block(receipts.receipt_lines(found)), width)[:-1]
