"""The bridge from what was entered in Sage in the window to what the push changes in Manage, step by step.

Each step is added up by itself from the rows, none as what is left over: that the steps come to the end is the proof.
Before a push it leads to what the ready rows would change, from the first posted row on to what was posted and read
back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.prove.completeness import Completeness
from sync.core.prove.figures import BECAME, NOBODY_CHOSE, Chosen, Disposition, Postings, change, disposition
from sync.core.values.labels import currency
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.proposal import ApplicationPart, Proposal


class Step(StrEnum):
    """A step of the bridge. In this order on paper; a total is what the steps above it come to."""

    ENTERED = "entered"
    POSTED = "posted"
    IN_AGREEMENT = "in_agreement"
    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    OPENING = "opening"
    OUT_OF_SCOPE = "out_of_scope"
    OTHER_DAYS = "other_days"
    ROUNDING = "rounding"
    SETTLED = "settled"
    CREDITS_SHOWN = "credits_shown"
    LEFT_BY_POLICY = "left_by_policy"
    CENTS_APART = "cents_apart"
    PROPOSED = "proposed"
    PAID_ONLINE = "paid_online"
    DATES_ONLY = "dates_only"
    PAID_BEFORE = "paid_before"
    CHANGED = "changed"


TOTALS = frozenset({Step.ENTERED, Step.SETTLED, Step.PROPOSED, Step.CHANGED})


class BridgeLine(Struct, frozen=True, kw_only=True):
    """One step in one currency.

    Attributes:
        step: see `Step`.
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: rows in Sage up to the step `rounding`, invoices from there on.
        amount: what it adds; of a total, what it comes to.
        posted: the bridge leads to what was posted; else to what is ready.
    """

    step: Step
    currency: str
    count: int
    amount: Decimal
    posted: bool

    @property
    def words(self) -> Text:
        """What stands before its amount."""
        match self.step:
            case Step.IN_AGREEMENT | Step.READY | Step.WAITING | Step.FAILED | Step.OPENING | Step.OUT_OF_SCOPE:
                return say("bridge-less-entered-on", became=BECAME[Disposition(self.step.value)])
            case Step.CHANGED:
                return say("bridge-changed") if self.posted else say("bridge-to-change")
            case _:
                return WORDS[self.step]


WORDS: Mapping[Step, Text] = {
    Step.ENTERED: say("entered-in-sage-in-the-window"),
    Step.OTHER_DAYS: say("bridge-entered-other-days"),
    Step.ROUNDING: say("bridge-rounding"),
    Step.SETTLED: say("settled-in-sage"),
    Step.CREDITS_SHOWN: say("bridge-credits-shown"),
    Step.LEFT_BY_POLICY: say("bridge-left-by-policy"),
    Step.CENTS_APART: say("bridge-cents-apart"),
    Step.PROPOSED: say("paid-proposed"),
    Step.PAID_ONLINE: say("bridge-paid-online"),
    Step.DATES_ONLY: say("bridge-dates-only"),
    Step.PAID_BEFORE: say("bridge-paid-before"),
}


def bridge(
    proof: Completeness, rows: Iterable[Proposal], postings: Postings, chosen: Chosen = NOBODY_CHOSE
) -> list[BridgeLine]:
    """Return the bridge of each currency, line by line; steps that nothing stands in are left out.

    Args:
        proof: what was entered, and what became of it, by the same postings and choices.
        rows: as reviewed.
        postings: how they ended so far, by key.
        chosen: what a person said of them, by key.
    """
    became = [(row, disposition(row, postings.get(row.key), chosen=chosen.get(row.key))) for row in rows]
    posted = any(each is Disposition.POSTED for _, each in became)
    end = Disposition.POSTED if posted else Disposition.READY
    crossing = [row for row, each in became if each is end]
    units = {line.currency for line in proof.entered} | {row.unit for row in crossing}
    found = []
    for unit in sorted(units):
        mine = [row for row in crossing if row.unit == unit]
        steps = [*_sage_side(proof, unit, end), *_manage_side(mine, end, postings)]
        found += [
            BridgeLine(step=step, currency=unit, count=count, amount=amount, posted=posted)
            for step, count, amount in steps
            if step in TOTALS or count
        ]
    return found


_Steps = Iterator[tuple[Step, int, Decimal]]


def _sage_side(proof: Completeness, unit: str, end: Disposition) -> _Steps:
    """What was entered, less what was entered on invoices that became something else."""
    entered = [line for line in proof.entered if line.currency == unit]
    yield Step.ENTERED, sum(line.count for line in entered), total(line.amount for line in entered)
    for became in Disposition:
        lines = [line for line in proof.disposed if (line.disposition, line.currency) == (became, unit)]
        if became is not end:
            yield Step(became.value), sum(line.count for line in lines), ZERO - total(line.amount for line in lines)


def _manage_side(rows: Sequence[Proposal], end: Disposition, postings: Postings) -> _Steps:
    """From what was entered on the rows that cross, to what they change."""

    def each(step: Step, amounts: Iterable[Decimal]) -> tuple[Step, int, Decimal]:
        some = [amount for amount in amounts if amount != ZERO]
        return step, len(rows) if step in TOTALS else len(some), total(some)

    moving = [row for row in rows if row.change != ZERO]
    still = [row for row in rows if row.change == ZERO]
    yield each(Step.OTHER_DAYS, (amount for row in rows for amount in _entered_other_days(row)))
    yield each(Step.ROUNDING, map(_rounding, rows))
    yield each(Step.SETTLED, (row.settled or ZERO for row in rows))
    yield each(Step.CREDITS_SHOWN, (ZERO - row.credits_shown for row in rows))
    yield each(Step.LEFT_BY_POLICY, (ZERO - row.left_by_policy for row in rows))
    yield each(Step.CENTS_APART, (row.cents_apart for row in rows))
    yield each(Step.PROPOSED, (row.paid_proposed or ZERO for row in rows))
    yield each(Step.PAID_ONLINE, (ZERO - _online(row) for row in moving))
    yield each(Step.DATES_ONLY, (ZERO - (row.paid_before or ZERO) for row in still))
    yield each(Step.PAID_BEFORE, (ZERO - (row.write.amount_before if row.write else ZERO) for row in moving))
    yield each(Step.CHANGED, (change(row, end, postings.get(row.key)) for row in rows))


def _entered_other_days(row: Proposal) -> Iterator[Decimal]:
    for each in row.applications:
        if not each.entered and each.part is not ApplicationPart.TOTAL:
            yield ZERO - (each.amount or ZERO)


def _rounding(row: Proposal) -> Decimal:
    """Return what is settled by total and balance, as Sage holds them, less what the rows settle in cents."""
    rows = (each.amount or ZERO for each in row.applications if each.part is not ApplicationPart.TOTAL)
    return (row.sage_total or ZERO) - (row.sage_balance or ZERO) + total(rows)


def _online(row: Proposal) -> Decimal:
    """Return what Manage shows as paid by records that are not ours to set."""
    return Decimal(dict(row.facts).get("manage.online") or ZERO)


def gap(lines: Sequence[BridgeLine], unit: str) -> Decimal:
    """Return by how much the steps of a currency miss a total that they lead to; 0.00 where the bridge closes."""
    running, missed = ZERO, ZERO
    for line in (line for line in lines if line.currency == unit):
        if line.step in TOTALS and line.step is not Step.ENTERED:
            missed = missed or line.amount - running
            running = line.amount
        else:
            running += line.amount
    return missed


def in_short(lines: Sequence[BridgeLine]) -> list[Text]:
    """Return one sentence for each currency: what was entered, and what of it changes Manage."""
    by_step = {(line.currency, line.step): line for line in lines}
    found = []
    for unit in dict.fromkeys(line.currency for line in lines):
        entered, settled, changed = (by_step[unit, step] for step in (Step.ENTERED, Step.SETTLED, Step.CHANGED))
        amounts = {"entered": entered.amount, "settled": settled.amount, "changed": changed.amount}
        if changed.posted:
            found.append(say("bridge-short-posted", currency=currency(unit), **amounts))
        else:
            found.append(say("bridge-short-ready", currency=currency(unit), **amounts))
    return found
