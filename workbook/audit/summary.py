"""The summary: the proof that nothing was lost, the control totals, the tie-out, and the figures behind the charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.completeness import Completeness, Disposition, Gap, Sort, gaps
from sync.core.labels import currency
from sync.core.money import ZERO, total
from sync.core.proposal import Status
from sync.core.words import BLANK, Labels, Text, say
from workbook.audit import receivables
from workbook.audit.endings import BECAME
from workbook.audit.paper import AMOUNT, CURRENCY, DETAIL, UNIT, WHAT, Block, Chart, Paper, count, money, text
from workbook.cells import Cell
from workbook.statuses import WORDS
from workbook.totals import ALL, MEASURES, OK, total_lines

SUMMARY = say("10 Summary and proof")
TOP = 10
GRID = (text(say("What"), WHAT), text(BLANK, DETAIL), text(CURRENCY, UNIT))
SORTS = Labels(
    {
        Sort.RECEIPT: say("Receipts"),
        Sort.DISCOUNT: say("Discounts"),
        Sort.CREDIT: say("Credits applied"),
        Sort.REVERSAL: say("Returned and reversed"),
        Sort.OTHER: say("Other kinds"),
    }
)
SHARES = (say("Settled in Manage"), say("Ready"), say("Held"), say("Not in Manage"))
SETTLED, READY, HELD, ABSENT = range(len(SHARES))


def summary(audit: Audit) -> Paper:
    """One page that says whether everything ties."""
    found = audit.evidence.tie_out
    blocks = [*proof(audit.proof), control(audit)]
    if found is not None:
        blocks += [receivables.summary(found), receivables.ageing(found)]
    return Paper(
        name=SUMMARY,
        title=say("Summary and proof"),
        purpose=say(
            "What was entered in Sage in the window has to come out in the rows, to the cent; and what is owed in "
            "both systems has to differ by what is explained. Receivables are as of the sync, the proof as of this "
            "pack."
        ),
        blocks=(*blocks, by_customer(audit)),
        charts=True,
    )


def proof(found: Completeness) -> list[Block]:
    """Both sides of the proof of completeness, and by what they differ."""
    columns = (
        *GRID[:1],
        text(say("Status"), DETAIL),
        *GRID[2:3],
        count(say("Rows")),
        money(say("Settles"), width=AMOUNT),
    )
    return [
        Block(
            heading=say("Entered in Sage in the window"),
            columns=columns,
            rows=_with_totals(
                [[SORTS[e.sort], None, str(currency(e.currency)), Decimal(e.count), e.amount] for e in found.entered]
            ),
            note=say(
                "Receipts, discounts, credits and reversals, straight from the rows that selected the invoices. What "
                "was taken back is in brackets."
            ),
            empty=say("Nothing was entered in the window."),
            bold=_bold(found.entered),
        ),
        Block(
            heading=say("What became of it"),
            columns=columns,
            rows=[
                *_with_totals(
                    [
                        [BECAME[d.disposition], WORDS[d.status], str(currency(d.currency)), Decimal(d.count), d.amount]
                        for d in found.disposed
                    ]
                ),
                *_check(found),
            ],
            note=say("The same rows, by what became of the invoice that each belongs to."),
            empty=say("Nothing was entered in the window."),
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
        added.append([str(say("Total")), None, unit, sum(counts, Decimal(0)), total(amounts)])
    return [*rows, *added]


def _bold(lines: Sequence[object]) -> frozenset[int]:
    """Places of the totals, which follow the lines."""
    units = {getattr(line, "currency", "") for line in lines}
    return frozenset(range(len(lines), len(lines) + len(units)))


def _check(found: Completeness) -> list[list[Cell]]:
    """A difference for each currency, in figures and in words."""
    return [
        [
            str(say("Difference")),
            str(_out_by(gap)),
            str(currency(gap.currency)),
            Decimal(gap.rows),
            gap.amount,
        ]
        for gap in gaps(found.entered, found.disposed)
    ]


def _out_by(gap: Gap) -> Text:
    if not gap.rows and gap.amount == ZERO:
        return OK
    return say("OUT BY {amount} in {rows} rows", amount=gap.amount, rows=gap.rows)


def control(audit: Audit) -> Block:
    """Count and sums of the rows, by status and currency."""
    rows: list[list[Cell]] = []
    bold = set()
    for line in total_lines(audit.rows):
        if line.word == ALL:
            bold.add(len(rows))
        rows.append([str(line.word), None, str(currency(line.currency)), Decimal(line.count), *line.amounts])
    return Block(
        heading=say("Control totals of the reconciliation"),
        columns=(
            text(say("Status"), WHAT),
            *GRID[1:3],
            count(MEASURES[0]),
            *(money(measure, width=AMOUNT) for measure in MEASURES[1:]),
        ),
        rows=rows,
        empty=say("The run has no rows."),
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
        heading=say("{heading}, in {unit}", heading=_BY_CUSTOMER, unit=currency(unit)) if unit else _BY_CUSTOMER,
        chart=Chart.BARS,
        columns=(
            text(say("Customer"), WHAT),
            *GRID[1:3],
            count(BLANK),
            *(money(share, width=AMOUNT) for share in SHARES),
        ),
        rows=[[name, None, str(currency(unit)), None, *shares] for name, shares in mine[:TOP]],
        new_page=True,
        note=say("What Sage shows settled on the invoices of this run."),
        empty=say("No invoice of this run has anything settled."),
    )


_BY_CUSTOMER = say("Settled, held and not in Manage, ten largest customers")


def _share(became: Disposition, status: Status) -> int | None:
    if status is Status.NOT_IN_MANAGE:
        return ABSENT
    if became in {Disposition.POSTED, Disposition.IN_AGREEMENT}:
        return SETTLED
    if became is Disposition.OUT_OF_SCOPE:
        return None
    return READY if became is Disposition.READY else HELD
