"""The summary: the proof that nothing was lost, the control totals, the tie-out, and the figures behind the charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from sync.core.prove.bridge import TOTALS, BridgeLine, Step, gap
from sync.core.prove.completeness import SORTS, Completeness, Gap, gaps
from sync.core.prove.figures import BECAME, Disposition
from sync.core.prove.tie_out import AGE_WORDS, Age, age_of
from sync.core.prove.workpapers import Audit, Held
from sync.core.values.labels import STATUSES, currency
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.proposal import Status
from workbook.audit import tie_out_paper
from workbook.look.column import Column, amount, count, text
from workbook.papers.control_totals import OK
from workbook.papers.paper import (
    AMOUNT,
    CURRENCY,
    DETAIL,
    ROWS,
    UNIT,
    WHAT,
    Chart,
    Drawing,
    Paper,
    PaperBlock,
    Rule,
    Term,
    adding_up,
    in_currency,
)
from workbook.review.totals_sheet import ALL, MEASURES, TotalLine, total_lines
from workbook.xlsx.cells import Cell

SUMMARY = say("ten-summary-and-proof")
TOP = 10
UNITS: Column[None] = text(CURRENCY, say("currency"), UNIT)
SHARES = (
    say("settled-in-manage"),
    BECAME[Disposition.READY],
    BECAME[Disposition.WAITING],
    STATUSES[Status.NOT_IN_MANAGE],
)
SETTLED, READY, HELD, ABSENT = range(len(SHARES))
ENTERED, BECAME_OF_IT, BRIDGE = range(3)
"""Places of the first blocks of the paper."""


def summary(audit: Audit) -> Paper:
    """Return the paper that says whether everything ties."""
    tie_out = audit.balances
    blocks = [*proof(audit.proof), bridge(audit.bridge), control(audit)]
    if tie_out is not None:
        blocks += [tie_out_paper.summary(tie_out, tie_out_paper.when(audit)), tie_out_paper.ageing(tie_out)]
    return Paper(
        name=SUMMARY,
        number="10",
        title=say("summary-and-proof"),
        purpose=say("pack-summary-must-prove"),
        blocks=(*blocks, held_by_age(audit.held), by_customer(audit)),
    )


def proof(completeness: Completeness) -> list[PaperBlock]:
    """Return both sides of the proof of completeness, and by what they differ."""
    columns: tuple[Column[None], ...] = (
        text("what", say("what"), WHAT),
        text("status", say("status"), DETAIL),
        UNITS,
        count("rows", say("rows")),
        amount("settles", say("settles"), width=AMOUNT),
    )
    entered: list[list[Cell]] = [
        [SORTS[each.sort], None, currency(each.currency), Decimal(each.count), each.amount]
        for each in completeness.entered
    ]
    disposed: list[list[Cell]] = [
        [BECAME[each.disposition], STATUSES[each.status], currency(each.currency), Decimal(each.count), each.amount]
        for each in completeness.disposed
    ]
    return [
        _with_totals(
            PaperBlock(
                heading=say("entered-in-sage-in-the-window"),
                columns=columns,
                rows=entered,
                note=say("pack-window-entries-from-rows"),
                empty=say("pack-nothing-entered"),
            ),
            _totals(entered, [each.currency for each in completeness.entered]),
        ),
        _with_totals(
            PaperBlock(
                heading=say("what-became-of-it"),
                columns=columns,
                rows=disposed,
                note=say("pack-rows-by-outcome"),
                empty=say("pack-nothing-entered"),
            ),
            _totals(disposed, [each.currency for each in completeness.disposed]) + _check(completeness),
        ),
    ]


def bridge(lines: Sequence[BridgeLine]) -> PaperBlock:
    """Return the way from what was entered to what changed in Manage, currency by currency, and that it closes."""
    rows: list[list[Cell]] = []
    bold = set()
    rules: list[Rule] = []
    for unit in dict.fromkeys(line.currency for line in lines):
        mine = [line for line in lines if line.currency == unit]
        missed = gap(lines, unit)
        for place, line in enumerate(mine):
            if line.step in TOTALS:
                bold.add(len(rows))
                if line.step is Step.ENTERED:
                    rules.append(_of_the_proof(len(rows), currency(unit)))
                elif missed == ZERO:
                    rules.append(_steps(len(rows), mine[:place]))
            rows.append([line.words, None, currency(unit), Decimal(line.count), line.amount])
        bold.add(len(rows))
        rules.append(_missed(len(rows), mine))
        check = OK if missed == ZERO else say("sheet-out-by-amount", amount=missed)
        rows.append([say("difference"), check, currency(unit), None, missed])
    return PaperBlock(
        heading=say("bridge-heading"),
        columns=(
            text("what", say("what"), WHAT),
            text("detail", BLANK, DETAIL),
            UNITS,
            count("rows", say("rows")),
            amount("amount", say("amount"), width=AMOUNT, adds=False),
        ),
        rows=rows,
        note=say("bridge-note"),
        empty=say("pack-nothing-entered"),
        bold=frozenset(bold),
        rules=rules,
    )


def _of_the_proof(row: int, unit: Cell) -> Rule:
    """Return the rule of what the bridge begins with: what the proof has as entered."""
    term = Term(paper=SUMMARY, block=ENTERED, column="settles", where=in_currency(unit))
    return Rule(row=row, column="amount", terms=(term,))


def step(line: BridgeLine) -> tuple[tuple[str, Cell], ...]:
    """Return the filter of a line of the bridge."""
    return (("what", line.words), (CURRENCY, currency(line.currency)))


def _steps(row: int, before: Sequence[BridgeLine]) -> Rule:
    """Return the rule of a total: the total before it, and the steps that follow that."""
    last = max(place for place, line in enumerate(before) if line.step in TOTALS)
    return Rule(
        row=row, column="amount", terms=tuple(Term(column="amount", where=step(each)) for each in before[last:])
    )


def _missed(row: int, lines: Sequence[BridgeLine]) -> Rule:
    """Return the rule of what the steps miss: the last total less the first one and every step between them."""
    first, last = (Term(less=less, column="amount", where=step(lines[at])) for less, at in ((True, 0), (False, -1)))
    steps = Term(less=True, column="amount", where=in_currency(currency(lines[0].currency)))
    return Rule(row=row, column="amount", terms=(last, first, steps))


def _with_totals(block: PaperBlock, totals: list[list[Cell]]) -> PaperBlock:
    """Return a block with rows below it that add its own up."""
    rows = [*block.rows, *totals]
    rules: list[Rule] = []
    for place, row in enumerate(rows[len(block.rows) :], start=len(block.rows)):
        if row[0] == say("difference"):
            rules += [_entered_less_became(place, column, row[2]) for column in ("rows", "settles")]
        else:
            rules += adding_up(place, row[2], ("rows", "settles"))
    return replace(block, rows=rows, bold=frozenset(range(len(block.rows), len(rows))), rules=rules)


def _entered_less_became(row: int, column: str, unit: Cell) -> Rule:
    sides = ((ENTERED, False), (BECAME_OF_IT, True))
    terms = (Term(less=less, block=block, column=column, where=in_currency(unit)) for block, less in sides)
    return Rule(row=row, column=column, terms=tuple(terms))


def _totals(rows: list[list[Cell]], codes: Iterable[str]) -> list[list[Cell]]:
    """Return a total of the rows for each of their currencies."""
    added: list[list[Cell]] = []
    for unit in map(currency, sorted(set(codes))):
        mine = [row for row in rows if row[2] == unit]
        counts = [value for row in mine if isinstance(value := row[3], Decimal)]
        amounts = [value for row in mine if isinstance(value := row[4], Decimal)]
        added.append([say("total"), None, unit, sum(counts, Decimal(0)), total(amounts)])
    return added


def _check(completeness: Completeness) -> list[list[Cell]]:
    """Return a difference for each currency, in figures and in words."""
    return [
        [say("difference"), _out_by(gap), currency(gap.currency), Decimal(gap.rows), gap.amount]
        for gap in gaps(completeness.entered, completeness.disposed)
    ]


def _out_by(gap: Gap) -> Text:
    if not gap.rows and gap.amount == ZERO:
        return OK
    return say("pack-out-by-amount-in-rows", amount=gap.amount, rows=gap.rows)


def control(audit: Audit) -> PaperBlock:
    """Return count and sums of the rows, by status and currency."""
    rows: list[list[Cell]] = []
    bold = set()
    rules: list[Rule] = []
    for line in total_lines(audit.rows):
        if line.word == ALL:
            bold.add(len(rows))
        rules += _of_the_reconciliation(len(rows), line)
        rows.append([line.word, None, currency(line.currency), Decimal(line.count), *line.amounts])
    return PaperBlock(
        heading=say("control-totals-of-the-reconciliation"),
        columns=(
            text("status", say("status"), WHAT),
            text("detail", BLANK, DETAIL),
            UNITS,
            count("rows", MEASURES[0]),
            *(amount(f"measure-{place}", measure, width=AMOUNT) for place, measure in enumerate(MEASURES[1:])),
        ),
        rows=rows,
        empty=say("pack-run-without-rows"),
        new_page=True,
        bold=frozenset(bold),
        rules=rules,
    )


def _of_the_reconciliation(row: int, line: TotalLine) -> list[Rule]:
    """Return the rules of a line of control totals: rows counted, and columns added up, on the reconciliation."""
    where: tuple[tuple[str, Cell], ...] = ((CURRENCY, currency(line.currency)),)
    if line.word != ALL:
        where = (("status", line.word), *where)
    columns = {"rows": ""} | {f"measure-{place}": column for place, column in enumerate(_MEASURED)}
    return [
        Rule(row=row, column=shown, terms=(Term(paper=ROWS, block=0, column=column, where=where),))
        for shown, column in columns.items()
    ]


_MEASURED = ("settled", "paid-before", "paid-proposed", "change")
"""Columns of the reconciliation, in the order of `MEASURES`."""


def held_by_age(items: Sequence[Held]) -> PaperBlock:
    """Return what is held by how long it has been, and what Sage shows settled on it."""
    sums: defaultdict[tuple[str, Age], list[Decimal]] = defaultdict(lambda: [Decimal(0), ZERO])
    for item in items:
        if item.closed is None:
            line = sums[item.row.unit, age_of(item.age)]
            line[0] += 1
            line[1] += item.row.settled or ZERO
    order = {each: place for place, each in enumerate(Age)}
    return PaperBlock(
        heading=say("held-by-age"),
        drawing=Drawing(kind=Chart.COLUMNS, columns=("settled",)),
        columns=(
            text("age", say("age"), WHAT),
            text("detail", BLANK, DETAIL),
            UNITS,
            count("rows", say("rows")),
            amount("settled", say("settled-in-sage"), width=AMOUNT, adds=False),
        ),
        rows=[
            [AGE_WORDS[old], None, currency(unit), *line]
            for (unit, old), line in sorted(sums.items(), key=lambda each: (each[0][0], order[each[0][1]]))
        ],
        note=say("pack-about-held-by-age"),
        empty=say("pack-nothing-held"),
    )


def by_customer(audit: Audit) -> PaperBlock:
    """Return the largest customers by what Sage shows settled, in the currency that most of them use."""
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
    return PaperBlock(
        heading=say("settled-by-outcome-largest-customers"),
        drawing=Drawing(kind=Chart.BARS, columns=tuple(f"share-{place}" for place, _ in enumerate(SHARES))),
        columns=(
            text("customer", say("customer"), WHAT),
            text("detail", BLANK, DETAIL),
            UNITS,
            count("count", BLANK),
            *(amount(f"share-{place}", share, width=AMOUNT) for place, share in enumerate(SHARES)),
        ),
        rows=[[name, None, currency(unit), None, *shares] for name, shares in mine[:TOP]],
        new_page=True,
        note=say("pack-settled-by-customer"),
        empty=say("pack-nothing-settled"),
    )


def _share(became: Disposition, status: Status) -> int | None:
    if status is Status.NOT_IN_MANAGE:
        return ABSENT
    if became in {Disposition.POSTED, Disposition.IN_AGREEMENT}:
        return SETTLED
    if became in {Disposition.OUT_OF_SCOPE, Disposition.OPENING}:
        return None
    return READY if became is Disposition.READY else HELD
