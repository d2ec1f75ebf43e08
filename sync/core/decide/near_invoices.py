"""Invoices in Manage that a document without a match may be: named with how each was found, and never matched by it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.matching import Prefixes, folded, normalise, trimmed, unseen
from sync.core.decide.reconcile import CREDIT_MEMO
from sync.core.values.messages import Text, say
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Balance, Invoice

NAMED = 3
NEAR_IN_TIME = timedelta(days=15)
"""Less than a month, so that a flat monthly fee is not taken for that of the next month."""
DIGITS = "0123456789"
LONG_ENOUGH = 4
"""Shorter numbers are one digit apart by chance."""
_ZEROS, _LETTERS = re.compile(r"(?<!\d)0+(?=\d)"), re.compile(r"^\D+(?=\d)")
Fold = tuple[Text, Callable[[str], str]]
FOLDS: tuple[Fold, ...] = (
    (say("near-unseen"), lambda number: "".join(c for c in unicodedata.normalize("NFKC", number) if not unseen(c))),
    (say("near-case"), str.casefold),
    (
        say("near-dashes"),
        lambda number: "".join(c for c in number if unicodedata.category(c) not in {"Pd", "Pc", "Sm"}),
    ),
    (say("near-zeros"), lambda number: _ZEROS.sub("", number)),
    (say("near-prefix"), lambda number: _LETTERS.sub("", number)),
)
"""What numbers may differ in and be nearly equal; in this order, the letters before the number last."""
CUSTOMER_AND_TOTAL = say("near-customer-and-total")


def with_near_invoices(
    rows: Sequence[Proposal],
    balances: Iterable[Balance],
    invoices: Iterable[Invoice],
    known: LedgerMemory,
    prefixes: Prefixes,
) -> list[Proposal]:
    """Return the rows; each that is not in Manage names up to three invoices there that are near it.

    Args:
        rows: of one run.
        balances: of every document in Sage: whose numbers they bear are no candidates.
        invoices: every invoice in Manage.
        known: what the ledger remembers; what was accepted is no candidate either.
        prefixes: of the numbers.
    """
    lost = {row.document_id for row in rows if row.status is Status.NOT_IN_MANAGE}
    if not lost:
        return list(rows)
    borne = {normalise(each.document.number, prefixes) for each in balances}
    taken = {each.invoice_id for each in known.accepted.values()}
    free = [
        each
        for each in invoices
        if each.kind != CREDIT_MEMO and each.id not in taken and normalise(each.number, prefixes) not in borne
    ]
    by_number: defaultdict[str, list[Invoice]] = defaultdict(list)
    by_owner: defaultdict[tuple[int | str | None, Decimal | None], list[Invoice]] = defaultdict(list)
    for each in free:
        by_number[folded_number(each.number)].append(each)
        owners: set[int | str] = {each.company_id, *map(folded, (each.company, each.account, each.company_code))}
        for owner in owners - {""}:
            by_owner[owner, each.total].append(each)

    def named(row: Proposal) -> Proposal:
        key = folded_number(row.invoice)
        ways = {each: differences(row.invoice, each.number) for each in by_number.get(key, ())}
        for text, way in _one_digit_off(key):
            ways |= dict.fromkeys(by_number.get(text, ()), (way,))
        for owner in (folded(row.customer), known.customers.get(row.customer_id)):  # as `same_customer` compares them
            for each in by_owner.get((owner, row.sage_total), ()):
                if _about_the_same_day(row, each) and CUSTOMER_AND_TOTAL not in ways.get(each, ()):
                    ways[each] = (CUSTOMER_AND_TOTAL, *ways.get(each, ()))
        best = sorted(ways, key=lambda each: CUSTOMER_AND_TOTAL not in ways[each])
        return _with_near(row, [(each, ways[each]) for each in best[:NAMED]])

    return [named(row) if row.document_id in lost else row for row in rows]


def folded_number(number: str) -> str:
    """Return what nearly equal numbers have in common."""
    return _folded(number, FOLDS)


def differences(one: str, other: str) -> tuple[Text, ...]:
    """Return in what two numbers differ that are equal when folded: the fewest things that make them equal."""
    without_letters = [fold for fold in FOLDS if fold is not FOLDS[-1]]
    enough = without_letters if _folded(one, without_letters) == _folded(other, without_letters) else FOLDS

    def needed(left_out: Fold) -> bool:
        others = [fold for fold in enough if fold is not left_out]
        return _folded(one, others) != _folded(other, others)

    # None is needed by itself where unseen characters and dashes have only changed places.
    return tuple(fold[0] for fold in enough if needed(fold)) or (FOLDS[0][0],)


def _folded(number: str, folds: Iterable[Fold]) -> str:
    for _, fold in folds:
        number = fold(number)
    return number


def _one_digit_off(key: str) -> Iterator[tuple[str, Text]]:
    """Yield every number with two neighbours swapped, or one digit changed, and what that is called."""
    if len(key) < LONG_ENOUGH:
        return
    for place, letter in enumerate(key):
        if place and letter != key[place - 1]:
            yield key[: place - 1] + letter + key[place - 1] + key[place + 1 :], say("near-swapped")
        for digit in DIGITS if letter in DIGITS else "":
            if digit != letter:
                yield key[:place] + digit + key[place + 1 :], say("near-one-digit")


def _about_the_same_day(row: Proposal, invoice: Invoice) -> bool:
    return row.dated is not None and invoice.dated is not None and abs(invoice.dated - row.dated) <= NEAR_IN_TIME


def _with_near(row: Proposal, near: Sequence[tuple[Invoice, tuple[Text, ...]]]) -> Proposal:
    if not near:
        return row
    said = tuple(
        say("near-invoice", number=trimmed(each.number), customer=each.company, total=each.total, how=how)
        for each, how in near
    )
    step = say("row-accept-near-invoice", invoice=row.invoice)
    return replace(row, reason=row.reason + say("row-near-invoices", near=said), next_step=row.next_step + step)
