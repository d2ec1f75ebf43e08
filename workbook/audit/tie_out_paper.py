"""The papers of the tie-out of receivables: totals by class, every difference, and who owes what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.opening import Opening, OpeningRow
from sync.core.prove.figures import Disposition
from sync.core.prove.tie_out import AGE_WORDS, Age, DifferenceClass, Owed, TieOut
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import STATUSES, collated, currency
from sync.core.values.messages import BLANK, Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.proposal import Status
from workbook.look.column import Column, amount, count, long, sign, text
from workbook.papers.paper import (
    AMOUNT,
    CURRENCY,
    DETAIL,
    ROWS,
    SIGNS,
    UNIT,
    WHAT,
    Chart,
    Drawing,
    Paper,
    PaperBlock,
    Rows,
    Rule,
    Term,
    adding_up,
    in_currency,
)
from workbook.review.head_block import named
from workbook.xlsx.cells import Cell

TIE_OUT, ITEMS, CUSTOMERS = say("tie-out-paper"), say("tie-out-items-paper"), say("tie-out-customers-paper")
OPENING = say("opening-statement-paper")
WORDS: Mapping[DifferenceClass, tuple[Text, Text]] = {
    DifferenceClass.TO_PUSH: (say("to-be-pushed-class"), say("pack-class-to-be-pushed")),
    DifferenceClass.HELD: (say("held"), say("pack-class-held")),
    DifferenceClass.CHANGED_IN_MANAGE: (STATUSES[Status.CHANGED_IN_MANAGE], say("pack-class-changed-in-manage")),
    DifferenceClass.NOT_IN_MANAGE: (STATUSES[Status.NOT_IN_MANAGE], say("pack-class-not-in-manage")),
    DifferenceClass.NOT_IN_SAGE: (say("not-in-sage-or-cleared"), say("pack-class-not-in-sage")),
    DifferenceClass.TOTAL_DIFFERS: (STATUSES[Status.TOTAL_DIFFERS], say("pack-class-total-differs")),
    DifferenceClass.CREDIT: (say("credit"), say("pack-class-credit")),
    DifferenceClass.CURRENCY: (say("currency"), say("pack-class-currency-differs")),
    DifferenceClass.TIMING: (say("timing"), say("pack-class-timing")),
    DifferenceClass.OPENING: (say("opening-word"), say("pack-class-opening")),
    DifferenceClass.NEVER_LOOKED_AT: (say("never-looked-at"), say("pack-class-never-looked-at")),
    DifferenceClass.MANAGE_ONLY: (say("paid-in-manage-only"), say("pack-class-paid-in-manage")),
    DifferenceClass.UNEXPLAINED: (say("unexplained"), say("pack-class-unexplained")),
}
POSTED_SINCE = say("posted-by-this-run")
CLOSED_BY_A_PUSH = frozenset({DifferenceClass.TO_PUSH, DifferenceClass.HELD, DifferenceClass.OPENING})
TOTAL = say("total")
"""What stands where others have a customer, in the line of a currency's total."""


def papers(audit: Audit) -> list[Paper]:
    """Return three papers, and the opening statement of the run that made it; none for a run without a tie-out."""
    tie_out = audit.balances
    if tie_out is None:
        return []
    posted = set()
    if audit.rolled.closing is None:
        posted = {row.key for row in audit.rows if audit.became(row) is Disposition.POSTED}
    return papers_of(tie_out, when(audit), posted, [audit.opening] if audit.opening else [])


def papers_of(tie_out: TieOut, note: Text, posted: Collection[str], openings: Iterable[Opening]) -> list[Paper]:
    """Return three papers, and those of opening statements.

    Args:
        tie_out: the balances.
        note: when they were read.
        posted: keys of what was posted since.
        openings: the opening statements.
    """
    classes = Paper(
        name=TIE_OUT,
        number="50",
        title=say("tie-out-of-receivables"),
        purpose=say("pack-about-tie-out"),
        blocks=(summary(tie_out, note), ageing(tie_out)),
    )
    return [classes, _items_paper(tie_out, posted), _customers_paper(tie_out), *map(_opening_paper, openings)]


def when(audit: Audit) -> Text:
    """Return when the balances were read: after the push, by the next run, or before anything was written."""
    closing = audit.rolled.closing
    if closing is None:
        return say("balances-read-before-push") if audit.intents else say("balances-read-at-sync")
    at = moment(closing.at)
    if closing.run != audit.run.id:
        return say("balances-read-by-next-run", run=closing.run, moment=at)
    return say("balances-read-after-push", moment=at)


def moment(at: datetime) -> str:
    """Return a moment in this computer's time, which says by how much it is off UTC."""
    return f"{at.astimezone():%Y-%m-%d %H:%M (UTC%z)}"


def summary(tie_out: TieOut, note: Text) -> PaperBlock:
    """Return both totals, each class of difference, and what is left unexplained, by currency.

    Args:
        tie_out: the balances.
        note: when they were read, from `when`.
    """
    rows: list[list[Cell]] = []
    bold = set()
    rules: list[Rule] = []
    for owed in tie_out.totals:
        unit = currency(owed.currency)
        bold |= {len(rows), len(rows) + 1, len(rows) + 2}
        rows += [
            [say("open-balance-in-sage"), say("documents-word"), unit, Decimal(owed.documents), owed.sage, None],
            [say("open-balance-in-manage"), say("invoices-word"), unit, Decimal(owed.invoices), owed.manage, None],
            [say("difference-sage-less-manage"), None, unit, None, owed.difference, None],
        ]
        rules += _of_totals(len(rows) - 3, unit)
        for reason, items, part in tie_out.classes(owed.currency):
            rules += _of_class(len(rows), unit, reason)
            if reason is DifferenceClass.UNEXPLAINED:
                bold.add(len(rows))
            rows.append([WORDS[reason][0], None, unit, Decimal(items), part, why(reason, items, part)])
    return PaperBlock(
        heading=say("pack-tie-out-on-day", day=tie_out.day),
        columns=(
            text("what", say("what"), WHAT),
            text("detail", BLANK, DETAIL),
            text(CURRENCY, say("currency"), UNIT),
            count("items", say("items")),
            amount("amount", say("amount"), width=AMOUNT, adds=False),
            long("why", say("why"), AMOUNT),
        ),
        rows=rows,
        note=note + say("pack-about-tie-out-summary"),
        empty=say("pack-nothing-open-either-system"),
        bold=frozenset(bold),
        rules=rules,
    )


def _of_totals(row: int, unit: Text | str) -> list[Rule]:
    """Return the rules of both balances, which the customers add up to, and of their difference."""
    owed = [
        Rule(
            row=row + place,
            column="amount",
            terms=(Term(paper=CUSTOMERS, block=0, column=column, where=((CURRENCY, unit),)),),
        )
        for place, column in enumerate(("sage", "manage"))
    ]
    sides = (line_of(say("open-balance-in-sage"), unit), line_of(say("open-balance-in-manage"), unit, less=True))
    return [*owed, Rule(row=row + 2, column="amount", terms=sides)]


def line_of(what: Text, unit: Text | str, *, less: bool = False, paper: Text = BLANK, block: int | None = None) -> Term:
    """Return the amount of a line of the tie-out, of its own block or as another paper takes it over."""
    return Term(less=less, paper=paper, block=block, column="amount", where=(("what", what), (CURRENCY, unit)))


def _of_class(row: int, unit: Text | str, reason: DifferenceClass) -> list[Rule]:
    """Return the rules of a class: its items, and what they add up to; unexplained is what no class explains."""
    where = (("class", WORDS[reason][0]), (CURRENCY, unit))
    counted = Rule(row=row, column="items", terms=(Term(paper=ITEMS, block=0, where=where),))
    terms: tuple[Term, ...] = (Term(paper=ITEMS, block=0, column="difference", where=where),)
    if reason is DifferenceClass.UNEXPLAINED:
        classed = Term(less=True, column="amount", where=in_currency(unit))
        terms = (line_of(say("difference-sage-less-manage"), unit), classed)
    return [counted, Rule(row=row, column="amount", terms=terms)]


def why(reason: DifferenceClass, items: int, difference: Decimal) -> Text:
    """Return what a class means; that nothing is unexplained is said too."""
    if reason is DifferenceClass.UNEXPLAINED and not items and difference == ZERO:
        return say("pack-all-differences-classed")
    return WORDS[reason][1]


def ageing(tie_out: TieOut) -> PaperBlock:
    """Return what is open by age, in both systems."""
    return PaperBlock(
        heading=say("ageing-by-document-date"),
        drawing=Drawing(kind=Chart.COLUMNS, columns=("sage", "manage")),
        columns=(
            text("age", say("age"), WHAT),
            text("detail", BLANK, DETAIL),
            text(CURRENCY, say("currency"), UNIT),
            count("count", BLANK),
            amount("sage", say("sage"), width=AMOUNT, adds=False),
            amount("manage", say("manage"), width=AMOUNT, adds=False),
            amount("difference", say("difference"), width=AMOUNT, adds=False),
        ),
        rows=[
            [AGE_WORDS[Age(owed.name)], None, currency(owed.currency), None, owed.sage, owed.manage, owed.difference]
            for owed in tie_out.ages
        ],
        empty=say("pack-nothing-open"),
    )


class TieOutLine(Struct, frozen=True, kw_only=True, gc=False):
    """A line of the tie-out: a currency's totals, a class of differences, a customer, or a single difference.

    Attributes:
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        reason: the class of a difference; None for totals and customers.
        invoice: its number, where it is of one.
        customer: whose it is, where it is one's.
        items: how many differences a class has.
        sage: what is owed in Sage.
        manage: what is owed in Manage.
        difference: Sage less Manage.
        why: what explains it.
        key: of the reconciliation row, where there is one.
    """

    currency: str
    reason: DifferenceClass | None = None
    invoice: str | None = None
    customer: Text | str | None = None
    items: int | None = None
    sage: Decimal | None = None
    manage: Decimal | None = None
    difference: Decimal
    why: Text | None = None
    key: str = ""


INVOICE: Column[TieOutLine] = text("invoice", say("invoice"), 14, lambda line: line.invoice)
CLASS: Column[TieOutLine] = text("class", say("class"), 24, lambda line: WORDS[line.reason][0] if line.reason else None)
CUSTOMER: Column[TieOutLine] = text("customer", say("customer"), 28, lambda line: line.customer)
UNITS: Column[TieOutLine] = text(CURRENCY, say("currency"), 9, lambda line: currency(line.currency))
COUNT: Column[TieOutLine] = count(
    "items", say("items"), lambda line: None if line.items is None else Decimal(line.items)
)
SAGE: Column[TieOutLine] = amount("sage", say("open-in-sage"), lambda line: line.sage)
MANAGE: Column[TieOutLine] = amount("manage", say("open-in-manage"), lambda line: line.manage)
DIFFERENCE: Column[TieOutLine] = amount("difference", say("difference"), lambda line: line.difference)
WHY: Column[TieOutLine] = text("why", say("why"), 54, lambda line: line.why)
LINES = (CUSTOMER, INVOICE, CLASS, UNITS, COUNT, SAGE, MANAGE, DIFFERENCE, WHY)
"""All lines in one list, as the control workbook shows them."""


def tie_out_parts(tie_out: TieOut) -> Iterator[tuple[Text, list[TieOutLine]]]:
    """Yield each part of the tie-out under its heading: classes by currency, who owes what, every difference."""
    for owed in tie_out.totals:
        counts = say("sheet-open-in-both-systems", documents=owed.documents, invoices=owed.invoices)
        classes = [
            TieOutLine(
                currency=owed.currency, reason=reason, items=items, difference=part, why=why(reason, items, part)
            )
            for reason, items, part in tie_out.classes(owed.currency)
        ]
        total = _of(owed, TOTAL, why=counts)
        yield say("tie-out-in-currency", currency=currency(owed.currency)), [*classes, total]
    yield say("tie-out-customers-part"), _customers(tie_out)
    yield say("tie-out-items-part"), _items(tie_out)


def _of(owed: Owed, customer: str | Text, why: Text | None = None) -> TieOutLine:
    return TieOutLine(
        currency=owed.currency,
        customer=customer,
        sage=owed.sage,
        manage=owed.manage,
        difference=owed.difference,
        why=why,
    )


def _customers(tie_out: TieOut) -> list[TieOutLine]:
    named = sorted(tie_out.customers, key=lambda owed: (owed.currency, collated(owed.name), owed.name))
    return [_of(owed, owed.name) for owed in named]


def _items(tie_out: TieOut) -> list[TieOutLine]:
    return [
        TieOutLine(
            currency=item.currency,
            reason=item.reason,
            invoice=item.invoice,
            customer=item.customer,
            sage=item.sage,
            manage=item.manage,
            difference=item.difference,
            why=item.text,
            key=item.key,
        )
        for item in tie_out.items
    ]


def _items_paper(tie_out: TieOut, posted: Collection[str]) -> Paper:
    def since(line: TieOutLine) -> Text | None:
        closed = line.reason in CLOSED_BY_A_PUSH and line.key in posted
        return POSTED_SINCE if closed else None

    # One document may have several differences, so its balances would be added several times.
    sage, manage = (replace(column, adds=False) for column in (SAGE, MANAGE))
    columns = (
        INVOICE,
        CLASS,
        *SIGNS,
        CUSTOMER,
        UNITS,
        sage,
        manage,
        DIFFERENCE,
        WHY,
        text("since", say("since"), 17, since),
    )
    items = _items(tie_out)
    return Paper(
        name=ITEMS,
        number="51",
        title=say("tie-out-every-difference"),
        purpose=say("pack-about-tie-out-items"),
        blocks=(
            PaperBlock(
                columns=columns,
                rows=Rows(columns, items),
                empty=say("pack-systems-agree"),
                keys=[line.key for line in items],
                leads_to=ROWS,
            ),
        ),
    )


def _customers_paper(tie_out: TieOut) -> Paper:
    columns = (UNITS.as_wide_as(14), CUSTOMER.as_wide_as(44), *SIGNS, SAGE, MANAGE, DIFFERENCE)
    return Paper(
        name=CUSTOMERS,
        number="52",
        title=say("tie-out-by-customer"),
        purpose=say("pack-about-tie-out-customers"),
        blocks=(PaperBlock(columns=columns, rows=Rows(columns, _customers(tie_out)), empty=say("pack-nobody-owes")),),
    )


OPENING_MEASURES = ("settled", "paid", "credits", "difference")


def _opening_paper(opening: Opening) -> Paper:
    """Return the opening statement, to be signed: what it says, its totals, where to sign, and every row of it."""
    label, words, wide = 24, 40, 14
    columns: tuple[Column[OpeningRow], ...] = (
        text("invoice", say("invoice"), label, lambda row: row.invoice),
        text("customer", say("customer"), words, lambda row: row.customer),
        text(CURRENCY, say("currency"), wide, lambda row: currency(row.currency)),
        amount("settled", say("settled-in-sage"), lambda row: row.settled, width=wide),
        amount("paid", say("paid-in-manage"), lambda row: row.paid, width=wide),
        amount("credits", say("opening-credits"), lambda row: row.credits, width=wide),
        amount("difference", say("difference"), lambda row: row.difference, width=wide),
    )
    rows = sorted(opening.rows, key=lambda row: (row.currency, row.customer.casefold(), row.invoice))
    totals: list[list[Cell]] = []
    rules: list[Rule] = []
    for unit in dict.fromkeys(row.currency for row in rows):
        mine = [row for row in rows if row.currency == unit]
        measures = ([getattr(row, name) for row in mine] for name in OPENING_MEASURES)
        counted = say("opening-rows-counted", count=len(mine))
        rules += adding_up(len(totals), currency(unit), OPENING_MEASURES, block=3)
        totals.append([say("total"), counted, currency(unit), *(total(each) for each in measures)])
    return Paper(
        name=OPENING,
        number="53",
        title=say("opening-statement"),
        purpose=say("pack-about-opening"),
        blocks=(
            PaperBlock(
                heading=say("identification"),
                columns=(text("what", say("what"), label), long("words", BLANK, words)),
                rows=[
                    [say("opening-go-live"), opening.go_live.isoformat()],
                    [say("opening-accepted-by"), named(opening.person)],
                    [say("opening-accepted-at"), f"{opening.at:%Y-%m-%d %H:%M:%S} UTC"],
                    [say("run"), opening.run],
                ],
            ),
            PaperBlock(
                heading=say("opening-totals"),
                columns=(text("what", say("what"), label), text("detail", BLANK, words), *columns[2:]),
                rows=totals,
                empty=say("opening-nothing"),
                bold=frozenset(range(len(totals))),
                rules=rules,
            ),
            PaperBlock(
                heading=say("sign-off"),
                columns=(
                    text("role", say("role"), label),
                    sign("signature", say("opening-name-and-signature"), words),
                    sign("date", say("date"), wide),
                    sign("initials", say("initials"), wide),
                ),
                rows=[[role, None, None, None] for role in (say("prepared-by"), say("reviewed-by"))],
                note=say("opening-to-sign"),
            ),
            PaperBlock(
                heading=say("opening-accepted"),
                columns=columns,
                rows=Rows(columns, rows),
                keys=[row.key for row in rows],
                leads_to=ROWS,
                empty=say("opening-nothing"),
            ),
        ),
    )
