"""The roll-forward of receivables: from the difference of two systems at one reading to that at the next, to the cent.

Opening difference, what Tieout posted and read back, what others changed in either system, closing difference: by
currency and by class of difference, and invoice by invoice where others changed anything. An invoice that is no
difference in either reading shows the same balance in both systems both times and moves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.tie_out import DifferenceClass, TieOut, TieOutItem
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Intent, Outcome, Posting
from sync.core.values.runs import Person


class Balances(Struct, frozen=True, kw_only=True):
    """Both systems' balances as they were read at one moment.

    Attributes:
        run: whose sync began with them, or whose push or undo they were read after.
        at: the moment, UTC.
        person: who synced, pushed or undid.
        tie_out: open balances of both systems, every difference with its class at that moment.
    """

    run: str
    at: datetime
    person: Person
    tie_out: TieOut


class BalancesRead(Struct, frozen=True, kw_only=True):
    """A reading of both systems' balances that is on record.

    Attributes:
        place: the number of its row in the ledger.
        run: whose it is.
        closing: it was read after a push or an undo; else it is what a sync began with.
    """

    place: int
    run: str
    closing: bool


class ClassMove(Struct, frozen=True, kw_only=True):
    """How the differences of one class in one currency went from opening to closing.

    Attributes:
        currency: ISO code, or the mark and Sage's number of an unnamed one.
        reason: the class; None in the sum of all of them.
        opening: Σ of its differences at the first reading, Sage less Manage.
        posted: what Tieout's writes added to it, as they were read back.
        others: what others changed in either system.
        moved: what went from one class to another without any change of a balance.
        closing: Σ of its differences at the last reading.
    """

    currency: str
    reason: DifferenceClass | None
    opening: Decimal
    posted: Decimal
    others: Decimal
    moved: Decimal
    closing: Decimal


class OthersChange(Struct, frozen=True, kw_only=True):
    """An invoice whose difference moved by more, or by less, than Tieout posted.

    Attributes:
        currency: as in `ClassMove`.
        invoice: the number.
        customer: as Sage names them, else as Manage does.
        key: of the reconciliation row, where Sage has the document.
        opening: its difference at the first reading.
        posted: what Tieout added to it.
        closing: its difference at the last reading.
        text: what is known of who changed what.
    """

    currency: str
    invoice: str
    customer: str
    key: str
    opening: Decimal
    posted: Decimal
    closing: Decimal
    text: Text

    @property
    def change(self) -> Decimal:
        """What others changed."""
        return self.closing - self.opening - self.posted


class RollForward(Struct, frozen=True, kw_only=True):
    """From one reading of both systems to the next.

    Attributes:
        opening: the first reading.
        closing: the last one.
        moves: every class that occurs in either, by currency and in the order of `DifferenceClass`.
        others: every invoice that others changed, by currency, customer and number.
    """

    opening: TieOut
    closing: TieOut
    moves: tuple[ClassMove, ...]
    others: tuple[OthersChange, ...]

    @property
    def units(self) -> list[str]:
        """The currencies."""
        return list(dict.fromkeys(move.currency for move in self.moves))

    def total(self, unit: str) -> ClassMove:
        """Return all classes of a currency added up."""
        mine = [move for move in self.moves if move.currency == unit]
        sums = {name: total(getattr(move, name) for move in mine) for name in MEASURES}
        return ClassMove(currency=unit, reason=None, **sums)

    def gap(self, unit: str) -> Decimal:
        """Return what is left beside what was posted and what others changed: nothing, where all is told."""
        whole = self.total(unit)
        return whole.closing - whole.opening - whole.posted - whole.others


class Rolled(Struct, frozen=True, kw_only=True):
    """How the balances of both systems went, as far as they are on record.

    Attributes:
        before: from the last reading before the run's sync to that of the sync; None where there was none before.
        within: from the run's sync to the first reading after its last write; None where it wrote nothing, or where
            nothing was read since.
        closing: that last reading: the run's own, else the next run's.
    """

    before: RollForward | None = None
    within: RollForward | None = None
    closing: Balances | None = None


NOTHING_ROLLED = Rolled()
MEASURES = ("opening", "posted", "others", "moved", "closing")
"""The figures of a `ClassMove`, in the order in which they are shown."""
_Whose = tuple[str, str]
"""Currency, and the key of a row or the number and the customer of what Manage alone has."""


def roll_forward(
    opening: TieOut,
    closing: TieOut,
    postings: Sequence[Posting],
    doubted_before: Collection[Intent] = (),
    doubted_after: Collection[Intent] = (),
) -> RollForward:
    """Return how the differences went from one reading to the next.

    Args:
        opening: the first reading.
        closing: the last one.
        postings: how every write ended of which that was told between the two, by whichever run, pushes and undos
            alike.
        doubted_before: the writes in doubt at the first reading, which may show them already.
        doubted_after: the writes in doubt at the last one.
    """
    before, after = _by_invoice(opening.items), _by_invoice(closing.items)
    units = {key: unit for unit, key in (*before, *after)}
    doubted = {_whose(each, units) for each in (*doubted_before, *doubted_after)}
    posted = _posted(postings, {_write(each) for each in doubted_before}, units, _moved(before, after))
    numbers = {_whose(each, units): each.invoice for each in postings}
    shares: defaultdict[tuple[str, DifferenceClass], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    others = []
    for whose in dict.fromkeys((*before, *after, *posted)):
        was, now = before.get(whose, ()), after.get(whose, ())
        change = OthersChange(
            currency=whose[0],
            opening=total(item.difference for item in was),
            posted=posted[whose],
            closing=total(item.difference for item in now),
            text=_who(was, now, posted[whose], in_doubt=whose in doubted),
            **_names(was, now, whose, numbers.get(whose, "")),
        )
        shares[whose[0], _posted_class(was, now)][0] += change.posted
        if change.change != ZERO:
            others.append(change)
            shares[whose[0], _others_class(was, now)][1] += change.change
    return RollForward(
        opening=opening,
        closing=closing,
        moves=tuple(_moves(opening, closing, shares)),
        others=tuple(sorted(others, key=lambda each: (each.currency, each.customer.casefold(), each.invoice))),
    )


def _whose(each: Posting | Intent, units: Mapping[str, str]) -> _Whose:
    return units.get(each.key, each.currency or UNNAMED), each.key


def _write(each: Posting | Intent) -> tuple[str, str, int | None]:
    return each.run, each.key, each.attempt


def _posted(
    postings: Iterable[Posting], early: Collection[object], units: Mapping[str, str], moved: Mapping[_Whose, Decimal]
) -> defaultdict[_Whose, Decimal]:
    """Return what was written to each invoice between two readings.

    A write in doubt at the first one (`early`) had arrived by then where nothing has moved but what was written since.
    """
    posted: defaultdict[_Whose, Decimal] = defaultdict(lambda: ZERO)
    settled: defaultdict[_Whose, Decimal] = defaultdict(lambda: ZERO)
    for each in postings:
        (settled if _write(each) in early else posted)[_whose(each, units)] += of_ours(each)
    for whose, added in settled.items():
        if moved.get(whose, ZERO) != posted[whose]:
            posted[whose] += added
    return posted


def of_ours(posting: Posting) -> Decimal:
    """Return what a write added, as read back; nothing where what is shown is not known to be ours."""
    of_others = posting.outcome is Outcome.DIFFERS and posting.written is None
    return ZERO if posting.paid_after is None or of_others else posting.added


def _moved(
    before: Mapping[_Whose, Sequence[TieOutItem]], after: Mapping[_Whose, Sequence[TieOutItem]]
) -> dict[_Whose, Decimal]:
    """Return by how much the difference of each invoice moved."""
    return {
        whose: total(item.difference for item in after.get(whose, ()))
        - total(item.difference for item in before.get(whose, ()))
        for whose in (*before, *after)
    }


def _by_invoice(items: Iterable[TieOutItem]) -> dict[_Whose, list[TieOutItem]]:
    found: defaultdict[_Whose, list[TieOutItem]] = defaultdict(list)
    for item in items:
        found[item.currency, item.key or f"{item.invoice}\n{item.customer}"].append(item)
    return dict(found)


def _names(was: Sequence[TieOutItem], now: Sequence[TieOutItem], whose: _Whose, number: str) -> Mapping[str, str]:
    item = next(iter((*now, *was)), None)
    if item is None:  # posted, and no difference in either reading
        return {"invoice": number, "customer": "", "key": whose[1]}
    return {"invoice": item.invoice, "customer": item.customer, "key": item.key}


def _posted_class(was: Sequence[TieOutItem], now: Sequence[TieOutItem]) -> DifferenceClass:
    """Return the class that a write closes: to be pushed, else what the invoice was, else what it is."""
    classes = [item.reason for item in (*was, *now)]
    return DifferenceClass.TO_PUSH if DifferenceClass.TO_PUSH in classes or not classes else classes[0]


def _others_class(was: Sequence[TieOutItem], now: Sequence[TieOutItem]) -> DifferenceClass:
    """Return the class in which a change by others shows: the largest difference that it left, else that it ended."""
    items = now or was
    if not items:
        return DifferenceClass.UNEXPLAINED
    return max(items, key=lambda item: abs(item.difference)).reason


def _moves(
    opening: TieOut, closing: TieOut, shares: Mapping[tuple[str, DifferenceClass], Sequence[Decimal]]
) -> Iterable[ClassMove]:
    totals = (*opening.totals, *closing.totals)
    for unit in sorted({owed.currency for owed in totals} | {unit for unit, _ in shares}):
        first = {reason: amount for reason, _, amount in opening.classes(unit)}
        last = {reason: amount for reason, _, amount in closing.classes(unit)}
        for reason in DifferenceClass:
            posted, others = shares.get((unit, reason), (ZERO, ZERO))
            if reason in first or reason in last or posted or others:
                was, now = first.get(reason, ZERO), last.get(reason, ZERO)
                yield ClassMove(
                    currency=unit,
                    reason=reason,
                    opening=was,
                    posted=posted,
                    others=others,
                    moved=now - was - posted - others,
                    closing=now,
                )


def _who(was: Sequence[TieOutItem], now: Sequence[TieOutItem], posted: Decimal, *, in_doubt: bool) -> Text:
    """Return what is known of who changed what: each side's balance, where both readings say it."""
    if in_doubt:
        return say("roll-write-in-doubt")
    if not now:
        return say("roll-agrees-now")
    if not was:
        return say("roll-agreed-before")
    said = []
    sage, manage = (was[0].sage, now[0].sage), (was[0].manage, now[0].manage)
    if sage[0] is not None and sage[1] is not None and sage[0] != sage[1]:
        said.append(say("roll-changed-in-sage", before=sage[0], after=sage[1]))
    if manage[0] is not None and manage[1] is not None and manage[0] - posted != manage[1]:
        said.append(say("roll-changed-in-manage", before=manage[0] - posted, after=manage[1]))
    return sum(said[1:], said[0]) if said else say("roll-read-otherwise")
