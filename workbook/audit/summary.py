"""The summary: the proof that nothing was lost, the control totals, the tie-out, and the figures behind the charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.completeness import Completeness, Disposition, Sort, gaps
from sync.core.money import ZERO, total
from sync.core.proposal import Status
from workbook.audit import receivables
from workbook.audit.lists import BECAME
from workbook.audit.paper import AMOUNT, DETAIL, UNIT, WHAT, Block, Paper, count, money, text
from workbook.cells import Cell
from workbook.statuses import LOOKS
from workbook.totals import ALL, MEASURES, OK, OUT, total_lines

SUMMARY = "10 Summary and proof"
TOP = 10
GRID = (text("What", WHAT), text("", DETAIL), text("Currency", UNIT))
SORTS = {
    Sort.RECEIPT: "Receipts",
    Sort.DISCOUNT: "Discounts",
    Sort.CREDIT: "Credits applied",
    Sort.REVERSAL: "Returned and reversed",
    Sort.OTHER: "Other kinds",
}
ENTERED = "Entered in Sage in the window"
BY_CUSTOMER = "Settled, held and not in Manage, ten largest customers"
SHARES = ("Settled in Manage", "Ready", "Held", "Not in Manage")


def summary(audit: Audit) -> Paper:
    """One page that says whether everything ties."""
    found = audit.evidence.tie_out
    blocks = [*proof(audit.proof), control(audit)]
    if found is not None:
        blocks += [receivables.summary(found), receivables.ageing(found)]
    return Paper(
        name=SUMMARY,
        title="Summary and proof",
        purpose="What was entered in Sage in the window has to come out in the rows, to the cent; and what is owed in "
        "both systems has to differ by what is explained. Receivables are as of the sync, the proof as of this pack.",
        blocks=(*blocks, by_customer(audit)),
        charts=True,
    )


def proof(found: Completeness) -> list[Block]:
    """Both sides of the proof of completeness, and by what they differ."""
    columns = (*GRID[:1], text("Status", DETAIL), *GRID[2:3], count("Rows"), money("Settles", width=AMOUNT))
    return [
        Block(
            heading=ENTERED,
            columns=columns,
            rows=_with_totals([[SORTS[e.sort], None, e.currency, Decimal(e.count), e.amount] for e in found.entered]),
            note="Receipts, discounts, credits and reversals, straight from the rows that selected the invoices. What "
            "was taken back is in brackets.",
            empty="Nothing was entered in the window.",
            bold=_bold(found.entered),
        ),
        Block(
            heading="What became of it",
            columns=columns,
            rows=[
                *_with_totals(
                    [
                        [BECAME[d.disposition], LOOKS[d.status].word, d.currency, Decimal(d.count), d.amount]
                        for d in found.disposed
                    ]
                ),
                *_check(found),
            ],
            note="The same rows, by what became of the invoice that each belongs to.",
            empty="Nothing was entered in the window.",
            bold=_bold(found.disposed) | frozenset(range(len(found.disposed), len(found.disposed) + 99)),
        ),
    ]


def _units(lines: Iterable[Sequence[Cell]]) -> list[str]:
    return sorted({str(line[2]) for line in lines})


def _with_totals(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows, then a total for each currency."""
    added: list[list[Cell]] = []
    for unit in _units(rows):
        mine = [row for row in rows if row[2] == unit]
        counts = [value for row in mine if isinstance(value := row[3], Decimal)]
        amounts = [value for row in mine if isinstance(value := row[4], Decimal)]
        added.append(["Total", None, unit, sum(counts, Decimal(0)), total(amounts)])
    return [*rows, *added]


def _bold(lines: Sequence[object]) -> frozenset[int]:
    """Places of the totals, which follow the lines."""
    units = {getattr(line, "currency", "") for line in lines}
    return frozenset(range(len(lines), len(lines) + len(units)))


def _check(found: Completeness) -> list[list[Cell]]:
    """A difference for each currency, in figures and in words."""
    return [
        [
            "Difference",
            OK if not gap.rows and gap.amount == ZERO else f"{OUT} {gap.amount:,.2f} in {gap.rows} rows",
            gap.currency,
            Decimal(gap.rows),
            gap.amount,
        ]
        for gap in gaps(found.entered, found.disposed)
    ]


def control(audit: Audit) -> Block:
    """Count and sums of the rows, by status and currency."""
    rows: list[list[Cell]] = []
    bold = set()
    for line in total_lines(audit.rows):
        if line.word == ALL:
            bold.add(len(rows))
        rows.append([line.word, None, line.currency, Decimal(line.count), *line.amounts])
    return Block(
        heading="Control totals of the reconciliation",
        columns=(
            text("Status", WHAT),
            *GRID[1:3],
            count(MEASURES[0]),
            *(money(measure, width=AMOUNT) for measure in MEASURES[1:]),
        ),
        rows=rows,
        empty="The run has no rows.",
        new_page=True,
        bold=frozenset(bold),
    )


def by_customer(audit: Audit) -> Block:
    """The largest customers by what Sage shows settled, in the currency that most of them use."""
    sums: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO] * len(SHARES))
    for row in audit.rows:
        place = _share(audit.became(row), row.status)
        if row.settled is not None and place is not None:
            sums[row.unit, row.customer][place] += row.settled
    units = [unit for unit, _ in sums]
    unit = max(sorted(set(units)), key=units.count, default="")
    mine = sorted(
        ((name, shares) for (of, name), shares in sums.items() if of == unit), key=lambda each: (-sum(each[1]), each[0])
    )
    return Block(
        heading=f"{BY_CUSTOMER}{f', in {unit}' if unit else ''}",
        columns=(
            text("Customer", WHAT),
            *GRID[1:3],
            count(""),
            *(money(share, width=AMOUNT) for share in SHARES),
        ),
        rows=[[name, None, unit, None, *shares] for name, shares in mine[:TOP]],
        new_page=True,
        note="What Sage shows settled on the invoices of this run.",
        empty="No invoice of this run has anything settled.",
    )


def _share(became: Disposition, status: Status) -> int | None:
    if status is Status.NOT_IN_MANAGE:
        return SHARES.index("Not in Manage")
    if became in {Disposition.POSTED, Disposition.IN_AGREEMENT}:
        return SHARES.index("Settled in Manage")
    if became is Disposition.OUT_OF_SCOPE:
        return None
    return SHARES.index("Ready" if became is Disposition.READY else "Held")
