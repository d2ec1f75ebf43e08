"""Who took the credit of credit notes: receipts, reversals and credits of one customer, number and day, taken together.

Neither a cheque nor a bank account proves cash, and one credit note may go to several invoices, or pay part of one
beside a cheque: no row has an exact mirror then. Only the sums of a group are certain, and only a document whose own
total is below zero gives credit: a deposit used, an excess moved and a return are money.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from sync.core.values.money import CENT, ZERO, rounded, total
from sync.core.values.records import OWN_KINDS, RECEIPT, Entry

NOBODY: Mapping[int, Decimal] = {}


class SharedCredit(Struct, frozen=True, kw_only=True, gc=False):
    """Credit of which only the sum over several documents is certain, as one of them sees it.

    Attributes:
        number: of the receipt.
        dated: its day.
        amount: the sum; below zero where it was taken back.
        least: the smallest part of it that this document may have.
        chosen: the part that it is shown with.
        most: the largest.
    """

    number: str
    dated: date
    amount: Decimal
    least: Decimal
    chosen: Decimal
    most: Decimal


class Credits(Struct, frozen=True, kw_only=True):
    """What counts as credit.

    Attributes:
        by_row: by `tcustrdt.lId`, as an amount that settles; below zero on the rows of credit notes.
        by_document: their sums.
        shared: by document, where a choice had to be made.
        moved: by document, how much more it has because Manage shows it so.
    """

    by_row: dict[int, Decimal] = field(default_factory=dict)
    by_document: dict[int, Decimal] = field(default_factory=dict)
    shared: dict[int, tuple[SharedCredit, ...]] = field(default_factory=dict)
    moved: dict[int, Decimal] = field(default_factory=dict)


def credits_of(entries: Sequence[Entry], shown: Mapping[int, Decimal] = NOBODY) -> Credits:
    """Return what of the receipts and reversals among these rows is credit.

    Args:
        entries: all rows of the credit notes that matter, and all receipts that share customer, number and day with
            one of theirs. The order never matters.
        shown: the credits that Manage shows, by document, where its invoice is known. They tell who took a credit
            where Sage does not, if they fit its sum.
    """
    found = Credits()
    notes = _credit_notes(entries)
    giving = {group_of(row) for row in entries if row.document_id in notes and row.kind == RECEIPT and row.dated}
    groups: defaultdict[tuple[int, str, date | None], list[Entry]] = defaultdict(list)
    for row in entries if giving else ():
        if row.kind == RECEIPT and row.amount is not None and group_of(row) in giving:
            groups[group_of(row)].append(row)
    for key in sorted(groups):
        for rows in _parts(sorted(groups[key], key=lambda row: row.id), notes):
            _split(rows, notes, shown, found)
    return found


def sharing_credit(entries: Iterable[Entry], documents: Collection[int]) -> set[int]:
    """Return the other documents with receipts in groups that these ones are in: what Manage shows of them may matter.

    Args:
        entries: of groups in which credit notes give.
        documents: ids of those that are looked at.
    """
    receipts = [row for row in entries if row.kind == RECEIPT]
    groups = {group_of(row) for row in receipts if row.document_id in documents}
    return {row.document_id for row in receipts if group_of(row) in groups} - set(documents)


_Lot = tuple[Entry, Decimal]
"""A row, and the amount, above zero, that it can have given or taken as credit."""


def group_of(row: Entry) -> tuple[int, str, date | None]:
    """Return customer, number and day of a receipt: what it shares with the rest of its group."""
    return row.customer_id, row.number, row.dated


def _credit_notes(entries: Iterable[Entry]) -> set[int]:
    """Return the documents whose own total is below zero; one with an unreadable amount gives nothing for certain."""
    below = {row.document_id for row in entries if row.kind in OWN_KINDS and row.amount is not None and row.amount < 0}
    sums = dict.fromkeys(below, ZERO)
    unreadable = set()
    for row in entries if below else ():
        if row.document_id in below:
            sums[row.document_id] += row.held if row.kind in OWN_KINDS else ZERO
            if row.amount is None:
                unreadable.add(row.document_id)
    return {document for document, own in sums.items() if rounded(own) < ZERO} - unreadable


def _parts(rows: list[Entry], notes: set[int]) -> list[list[Entry]]:
    """Divide a group by cheque, if no part gives more credit than is settled in it; else it stays whole."""
    by_cheque: defaultdict[int, list[Entry]] = defaultdict(list)
    for row in rows:
        by_cheque[row.cheque].append(row)
    stands = all(_credit(part, notes) == _given(part, notes) for part in by_cheque.values())
    return list(by_cheque.values()) if stands else [rows]


def _given(rows: Iterable[Entry], notes: set[int]) -> Decimal:
    return total(row.amount or ZERO for row in rows if row.document_id in notes)


def _credit(rows: Sequence[Entry], notes: set[int]) -> Decimal:
    """What credit notes give, no more than is settled there; below zero where it is taken back."""
    given = _given(rows, notes)
    settled = given - total(row.amount or ZERO for row in rows)
    return min(given, max(settled, ZERO)) if given > ZERO else max(given, min(settled, ZERO))


def _split(rows: Sequence[Entry], notes: set[int], shown: Mapping[int, Decimal], found: Credits) -> None:
    """Decide which rows of a group are credit, and add them to what was found."""
    amount = _credit(rows, notes)
    if amount == ZERO:
        return
    sign = 1 if amount > ZERO else -1
    takers = _Side([row for row in rows if row.document_id not in notes], -sign)
    givers = _Side([row for row in rows if row.document_id in notes], sign)
    takers.share(abs(amount), givers)
    givers.share(abs(amount), takers)
    for document, more in takers.share_as_shown(shown if sign > 0 else NOBODY).items():
        found.moved[document] = found.moved.get(document, ZERO) + more
    for side, signed in ((takers, sign), (givers, -sign)):
        for row, _ in side.lots:
            if part := side.taken[row.id] * signed:
                found.by_row[row.id] = part
                found.by_document[row.document_id] = found.by_document.get(row.document_id, ZERO) + part
    pool = total(chosen for _, chosen, _ in takers.ranges().values())
    for document, each in takers.ranges().items():
        least, chosen, most = sorted(part * sign for part in each)
        shared = SharedCredit(
            number=rows[0].number,
            dated=rows[0].dated or date.min,
            amount=pool * sign,
            least=least,
            chosen=chosen,
            most=most,
        )
        found.shared[document] = (*found.shared.get(document, ()), shared)


class _Side:
    """The rows of one side of a group, and how much each of them gave or took.

    Attributes:
        lots: what can have been given or taken, in order of entry, no more of a document than stands of its rows.
        taken: by row.
        open: the documents among which a choice had to be made.
    """

    def __init__(self, rows: Sequence[Entry], sign: int) -> None:
        net: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
        for row in rows:
            net[row.document_id] += (row.amount or ZERO) * sign
        self.lots: list[_Lot] = []
        for row in sorted(rows, key=lambda row: (row.reversed, row.id)):  # what was taken back leaves the last of them
            part = min((row.amount or ZERO) * sign, net[row.document_id])
            if part > ZERO:
                self.lots.append((row, part))
                net[row.document_id] -= part
        self.taken: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
        self.open: set[int] = set()

    def share(self, amount: Decimal, other: _Side) -> None:
        """Share an amount out: exact opposites first, then rows that name neither bank nor cheque, then the others."""
        opposites = Counter(size for _, size in other.lots)
        left = amount
        for size in sorted({size for _, size in self.lots if opposites[size]}):
            room = size * opposites[size]
            for banked in (False, True):
                taken = self._take(
                    [lot for lot in self.lots if lot[1] == size and lot[0].banked is banked], min(room, left)
                )
                room, left = room - taken, left - taken
        for banked in (False, True):
            left -= self._take([lot for lot in self.lots if lot[0].banked is banked], left)

    def share_as_shown(self, shown: Mapping[int, Decimal]) -> dict[int, Decimal]:
        """Share what is open as Manage shows it, if that can be and is the same sum; return who got how much more."""
        ranges = self.ranges()
        fits = all(least <= shown.get(each, -CENT) <= most for each, (least, _, most) in ranges.items())
        if not fits or total(shown[each] for each in ranges) != total(chosen for _, chosen, _ in ranges.values()):
            return {}
        for document in ranges:
            lots = [lot for lot in self.lots if lot[0].document_id == document]
            for row, _ in lots:
                self.taken[row.id] = ZERO
            self._take(sorted(lots, key=lambda lot: (lot[1] != shown[document], lot[0].banked)), shown[document])
        self.open.clear()
        return {document: shown[document] - chosen for document, (_, chosen, _) in ranges.items()}

    def ranges(self) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
        """Return the least, the chosen and the most that each open document may have taken."""
        whole, chosen = dict.fromkeys(sorted(self.open), ZERO), dict.fromkeys(self.open, ZERO)
        for row, size in self.lots:
            if row.document_id in self.open:
                whole[row.document_id] += size
                chosen[row.document_id] += self.taken[row.id]
        pool, everything = total(chosen.values()), total(whole.values())
        return {
            each: (max(ZERO, pool - (everything - size)), chosen[each], min(size, pool)) for each, size in whole.items()
        }

    def _take(self, tier: Sequence[_Lot], most: Decimal) -> Decimal:
        """Take up to an amount from the lots of a tier, in their order, and return what was taken."""
        free = [(row, size - self.taken[row.id]) for row, size in tier if size > self.taken[row.id]]
        documents = {row.document_id for row, _ in free}
        if len(documents) > 1 and ZERO < most < total(size for _, size in free):
            self.open |= documents
        left = most
        for row, size in free:
            part = min(size, left)
            self.taken[row.id] += part
            left -= part
        return most - left
