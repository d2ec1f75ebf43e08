"""Audits to make packs of, and packs as their readers see them: sheets, lists, control totals and CSV files."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from msgspec.structs import replace
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sync.core.prove.completeness import Intake, IntakeKind
from sync.core.prove.review import Evidence, OpenItem
from sync.core.prove.tie_out import DifferenceClass, OpenBalance, TieOut, TieOutItem, added_up
from sync.core.prove.workpapers import Audit, held
from sync.core.values.errors import SetupError
from sync.core.values.messages import Language, say
from sync.core.values.money import ZERO, total
from sync.core.values.posting import Decision, Intent, Outcome, Posting
from sync.core.values.proposal import Application, ApplicationPart, Proposal
from sync.core.values.runs import Head, Person, Phase, RunEnd
from sync.language.catalogues import ENGLISH, known_as
from tests.workbook import paper
from workbook.audit.pack import AuditPacks
from workbook.look.page import MARK
from workbook.papers.control_totals import CONTROL

SECTION, TOTAL_LINES = say("csv-section"), say("csv-total-line")
DAY = date(2026, 4, 10)
AT = datetime(2026, 4, 11, 9, 0, tzinfo=UTC)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SHEETS = [
    "00 Cover and sign-off",
    "10 Summary and proof",
    "20 Reconciliation",
    "30 Posted",
    "40 Held items",
    "41 Judgement",
    "42 Settings",
    "43 Rows to test",
    "50 Tie-out",
    "51 Tie-out items",
    "52 Tie-out customers",
    "60 Applications",
    "61 Receipts",
    "70 Run log",
    "90 Legend and method",
]
LISTS = [name for name in SHEETS if name[:2] in {"20", "30", "40", "43", "51", "52", "60", "61"}]


def audit(rows: Sequence[Proposal], *, pushed: bool = True, **changes: Any) -> Audit:  # noqa: ANN401 - any field of Audit
    """Everything on record about a run of these rows, each with its applications; what was ready is posted or not."""
    rows = [replace(row, applications=_applications(row)) for row in rows]
    run = paper.run()
    sent = [row for row in rows if row.approve] if pushed else []
    postings = {row.key: posting(row) for row in sent}
    waits = {row.key: OpenItem(row=row, since=date(2026, 3, 1), note="Ask the bank", owner="luc") for row in rows[1::2]}
    ends = [RunEnd(run=run.id, phase=Phase.SYNC, at=run.started, person=run.person, successful=not rows, outcomes={})]
    if sent:
        counts = {Outcome.POSTED: len(sent)}
        ends.append(replace(ends[0], phase=Phase.PUSH, at=AT, successful=True, outcomes=counts))
    plain = Audit(
        run=run,
        rows=rows,
        decisions={row.key: Decision(key=row.key, approve=row.approve, note="007") for row in rows},
        intents=[intent(row) for row in sent],
        postings=postings,
        sent=list(postings.values()),
        evidence=Evidence(entered=_entered(rows), tie_out=tie_out(rows)),
        held=held({}, {key: item for key, item in waits.items() if key not in postings}, rows, postings, run.day),
        ends=ends,
        exports=[],
        head=Head(rows=1_234, hash=HASH),
        at=AT,
        person=Person(user="luc", computer="COMPTA-2"),
    )
    return replace(plain, **changes)


def posting(row: Proposal) -> Posting:
    """A row that was written and read back."""
    return Posting(
        run=paper.run().id,
        key=row.key,
        invoice=row.invoice,
        outcome=Outcome.POSTED,
        message=say("push-written-and-read-back"),
        currency=row.currency,
        paid_before=row.paid_before,
        paid_after=row.paid_proposed,
        date_paid_after=row.date_paid_proposed,
        payment_id=70_000,
        verified=True,
        attempt=1,
    )


def intent(row: Proposal) -> Intent:
    """Its intent, as it was recorded before the request."""
    assert row.write is not None
    return Intent(
        run=paper.run().id,
        key=row.key,
        invoice=row.invoice,
        currency=row.currency,
        at=AT,
        attempt=1,
        write=row.write,
        paid_before=row.paid_before or ZERO,
        paid_proposed=row.paid_proposed or ZERO,
    )


def _applications(row: Proposal) -> tuple[Application, ...]:
    """The invoice, a receipt and a discount."""
    parts = [
        (ApplicationPart.TOTAL, row.sage_total),
        (ApplicationPart.CASH, -(row.cash or ZERO)),
        (ApplicationPart.DISCOUNT, -(row.discount or ZERO)),
    ]
    balance, found = ZERO, []
    for place, (part, amount) in enumerate(parts):
        if amount:
            balance += amount
            named = row.invoice if part is ApplicationPart.TOTAL else f"R{row.key}"
            found.append(
                Application(
                    id=row.document_id * 10 + place,
                    number=named,
                    dated=DAY - timedelta(days=9),
                    entered_on=DAY,
                    entered_by="marie",
                    part=part,
                    amount=amount,
                    balance=balance,
                    entered=part is not ApplicationPart.TOTAL,
                )
            )
    return tuple(found)


def _entered(rows: Sequence[Proposal]) -> tuple[Intake, ...]:
    """What Sage says was entered, by sort and currency."""
    sums: defaultdict[tuple[IntakeKind, str], list[Decimal]] = defaultdict(list)
    for row in rows:
        for sort, amount in ((IntakeKind.RECEIPT, row.cash), (IntakeKind.DISCOUNT, row.discount)):
            if amount:
                sums[sort, row.unit].append(amount)
    return tuple(
        Intake(sort=sort, currency=unit, count=len(found), amount=total(found)) for (sort, unit), found in sums.items()
    )


def tie_out(rows: Sequence[Proposal]) -> TieOut:
    """Open balances of both sides, each difference held or to be pushed."""
    open_in_sage: list[OpenBalance] = []
    open_in_manage: list[OpenBalance] = []
    items = []
    for row in rows:
        ours = row.sage_balance or ZERO
        theirs = (row.manage_total or ZERO) - (row.paid_before or ZERO)
        for side, amount in ((open_in_sage, ours), (open_in_manage, theirs)):
            if amount:
                side.append(OpenBalance(customer=row.customer, currency=row.unit, dated=row.dated, amount=amount))
        if ours != theirs:
            items.append(
                TieOutItem(
                    reason=DifferenceClass.TO_PUSH if row.approve else DifferenceClass.HELD,
                    invoice=row.invoice,
                    customer=row.customer,
                    currency=row.unit,
                    sage=ours,
                    manage=theirs,
                    difference=ours - theirs,
                    text=row.reason,
                    key=row.key,
                )
            )
    return added_up(DAY, open_in_sage, open_in_manage, items)


def no_office(_: Path, __: Path) -> None:
    """A computer without Excel and LibreOffice."""
    raise SetupError(say("There is no office here."))


def pack(folder: Path, of: Audit, forms: Collection[str] = ("xlsx",), language: Language = ENGLISH) -> Path:
    """Write a pack; returns its workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    AuditPacks(no_office, language).write(folder, of, forms)
    return next(folder.glob("*.xlsx"), folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list as it stands on its sheet.

    Attributes:
        header: number of its header row.
        heads: its headers.
        rows: its rows.
        totals: numbers of the rows of control totals, above and below: one for each currency, in their order.
    """

    header: int
    heads: list[str]
    rows: list[tuple[Any, ...]]
    totals: tuple[list[int], list[int]]

    @property
    def checks(self) -> list[int]:
        """Numbers of the rows "Check", above and below: they follow the totals and what is shown now."""
        return [row + len(rows) + 1 for rows in self.totals for row in rows]

    def column(self, header: str) -> list[Any]:
        """The values under a header."""
        return [row[self.heads.index(header)] for row in self.rows]


def listed(sheet: Worksheet) -> Listed:
    """Find a list by its control totals and its header row."""
    values = list(sheet.iter_rows(values_only=True))
    begins = tuple(known_as(CONTROL))
    places = [number for number, row in enumerate(values, start=1) if str(row[0]).startswith(begins)]
    above, below = places[: len(places) // 2], places[len(places) // 2 :]
    header = above[0] + 2 * len(above) + 2
    heads = [str(value) for value in values[header - 1] if value is not None]
    return Listed(header=header, heads=heads, rows=values[header : below[0] - 2], totals=(above, below))


def opened(path: Path, *, values: bool = False) -> Workbook:
    """A pack's workbook as openpyxl sees it: formulas, or the values stored beside them."""
    return openpyxl.load_workbook(path, data_only=values)


def sheet(book: Workbook, name: str) -> Worksheet:
    """A sheet of it."""
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def table(folder: Path, name: str, between: str = ",") -> list[list[str]]:
    """A paper's CSV files without what stands on every row, block after block, each below its heading."""
    stem, found = name.replace(" ", "-"), list[list[str]]()
    paths = sorted((folder / "csv").glob(f"{stem}.csv")) or sorted((folder / "csv").glob(f"{stem}.*.csv"))
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file, delimiter=between, strict=True)
        assert {len(row) for row in rows} <= {len(head)}, path
        own = next(head.index(word) for word in ("To", "Au") if word in head) + 1
        assert len({tuple(row[:own]) for row in rows}) <= 1, path
        above = {*known_as(SECTION), *known_as(TOTAL_LINES)}
        shown = [place for place in range(own, len(head)) if head[place] not in above]
        marked = head[0] in known_as(MARK)
        found += [[head[0]]] if marked and path == paths[0] else []
        found += [[]] if path != paths[0] else []
        found += [[rows[0][own]]] if rows and head[own] in known_as(SECTION) else []
        found += [[line[place] for place in shown] for line in (head, *rows)]
    return found
