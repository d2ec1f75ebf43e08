"""Receipts that left one invoice of a customer in Sage for another: both rows name them, and are decided together.

Manage still shows such a receipt on the invoice that it left. A push of the other row alone would show it twice, and a
push of the first alone would show it nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.values.messages import BLANK, Text, Value, say
from sync.core.values.money import EMPTY, ZERO
from sync.core.values.policy import Policy
from sync.core.values.proposal import Application, ApplicationPart, MovedReceipt, Proposal, Status
from sync.core.values.records import Balance

Receipt = tuple[str, date | None]
"""A receipt's number and date: among those of a customer, the number alone is no key."""
Received = dict[Receipt, Decimal]
"""What receipts bring to an invoice."""


def lowered_in_sage(balances: Iterable[Balance], known: LedgerMemory, policy: Policy) -> frozenset[int]:
    """Return the documents that Sage shows less settled on than Manage showed when our ledger last looked.

    A receipt that is moved may leave nothing on its old invoice that any window could find. Where amounts cannot be
    read, nothing is shown to be settled.

    Args:
        balances: of every document in Sage.
        known: what the ledger remembers.
        policy: its tolerance is no difference.
    """
    seen = {
        document: known.seen[invoice].paid for invoice, document in known.documents.items() if invoice in known.seen
    }
    return frozenset(
        each.document.id
        for each in balances
        if seen.get(each.document.id, ZERO) > (ZERO if each.unreadable else each.settled) + policy.tolerance
    )


def keys_to_compare(rows: Iterable[Proposal]) -> frozenset[str]:
    """Return the keys of the rows whose earlier receipts tell what has moved: all of a customer who loses some."""
    losing = {row.customer_id for row in rows if raised(row) < ZERO}
    return frozenset(row.key for row in rows if row.customer_id in losing)


def with_moves(rows: Sequence[Proposal], agreed: Mapping[str, Proposal]) -> list[Proposal]:
    """Return the rows; those between which a receipt has moved name each other, and neither is approved by default.

    Args:
        rows: of one run.
        agreed: rows of earlier runs as they were when Manage came to agree with Sage, by key.
    """
    named = {row.key: row for row in rows}
    for old, new, (number, dated), amount, sure in _moves(rows, agreed):
        said = _said_of(number, amount, old.invoice, new.invoice) | {"date": dated or EMPTY}
        reason = say("row-receipt-moved", **said) if sure else say("row-receipt-may-have-moved", **said)
        for row, other in ((old, new), (new, old)):
            moved = MovedReceipt(number=number, dated=dated, amount=amount, other=other.key, invoice=other.invoice)
            named[row.key] = _named(named[row.key], reason, moved)
    return [named[row.key] for row in rows]


def _named(row: Proposal, reason: Text, receipt: MovedReceipt) -> Proposal:
    step = BLANK if row.status is Status.READY and not row.moved else row.next_step
    together = say("row-decide-moved-together", invoice=receipt.invoice)
    return replace(row, reason=row.reason + reason, next_step=step + together, moved=(*row.moved, receipt))


def half_moves(
    written: Iterable[Proposal], reviewed: Mapping[str, Proposal], shown_already: Iterable[str]
) -> list[Text]:
    """Return what is said before rows are written whose receipt's other row is not.

    Args:
        written: the rows that would be written.
        reviewed: all rows of the run, by key.
        shown_already: keys of other approved rows, which Manage shows as they should be.
    """
    keys = [row.key for row in written]
    together, said = {*keys, *shown_already}, []
    for row in (reviewed[key] for key in keys):
        for each in row.moved:
            if each.other in together or reviewed[each.other].status is Status.IN_AGREEMENT:
                continue
            if raised(row) < ZERO:
                values = _said_of(each.number, each.amount, row.invoice, each.invoice)
                said.append(say("push-moved-shown-nowhere", **values))
            else:
                values = _said_of(each.number, each.amount, each.invoice, row.invoice)
                said.append(say("push-moved-shown-twice", **values))
    return said


def _said_of(number: str, amount: Decimal, old: str, new: str) -> dict[str, Value]:
    return {"receipt": number or say("an-application"), "amount": amount, "old": old, "new": new}


def raised(row: Proposal) -> Decimal:
    """Return by how much Paid Amount would have to be raised; below zero to be lowered."""
    if row.paid_before is None or row.target is None:
        return ZERO
    return row.target - row.paid_before


def _moves(
    rows: Sequence[Proposal], agreed: Mapping[str, Proposal]
) -> Iterator[tuple[Proposal, Proposal, Receipt, Decimal, bool]]:
    """Yield the row that a receipt has left, that where it is now, the receipt, how much of it, and whether it is sure.

    A receipt is known by customer, number and date. Where Sage and our ledger show none that has left, invoices of the
    customer that gain exactly as much are taken for where it went.
    """
    for old in (row for row in rows if raised(row) < ZERO):
        gone = _gone(old, _earlier(old, agreed))
        for new in rows:
            if new.customer_id != old.customer_id or new is old or new.unit != old.unit:
                continue
            came = _came(new, _earlier(new, agreed))
            for receipt, amount in gone.items():
                if (both := min(amount, came.get(receipt, ZERO))) > ZERO:
                    yield old, new, receipt, both, True
            if not gone and came and raised(new) == -raised(old):
                yield old, new, max(came, key=lambda one: came[one] == raised(new)), raised(new), False


def _earlier(row: Proposal, agreed: Mapping[str, Proposal]) -> Proposal | None:
    """Return a row as Manage last agreed with it; None where that is not known, or its key was another invoice's."""
    found = agreed.get(row.key)
    same = found is not None and (found.invoice, found.customer_id) == (row.invoice, row.customer_id)
    return found if same else None


def _gone(row: Proposal, earlier: Proposal | None) -> Received:
    """Return what receipts brought to a row's invoice and bring no more; Sage itself may show those taken back."""
    lowering = [each for each in row.applications if each.part is not ApplicationPart.TOTAL and _amount(each) < ZERO]
    before = _summed(lowering) if earlier is None else _received(earlier)
    now = _received(row)
    return {key: amount - now.get(key, ZERO) for key, amount in before.items() if amount > now.get(key, ZERO)}


def _came(row: Proposal, earlier: Proposal | None) -> Received:
    """Return what receipts bring to a row's invoice that Manage does not show yet, as far as is known."""
    now = _received(row)
    if earlier is None:
        return now if row.paid_before is None else {key: min(amount, raised(row)) for key, amount in now.items()}
    before = _received(earlier)
    return {key: amount - before.get(key, ZERO) for key, amount in now.items()}


def _received(row: Proposal) -> Received:
    """Return what the receipts on a row's invoice bring, but for those that another application takes back."""
    standing: list[Application] = []
    for each in row.applications:
        if each.part is ApplicationPart.TOTAL or each.reversed:
            continue
        if _amount(each) < ZERO:
            standing.append(each)
            continue
        equal = [one for one in reversed(standing) if _amount(one) == -_amount(each)]
        by_name = (one for one in equal if one.number and each.number.endswith(one.number))  # "NSF 12" takes back 12
        taken_back = next(by_name, equal[0] if equal else None)
        if taken_back is not None:
            standing.remove(taken_back)
    return _summed(standing)


def _summed(applications: Iterable[Application]) -> Received:
    found: defaultdict[Receipt, Decimal] = defaultdict(lambda: ZERO)
    for each in applications:
        found[each.number, each.dated] -= _amount(each)
    return dict(found)


def _amount(application: Application) -> Decimal:
    return application.amount or ZERO
