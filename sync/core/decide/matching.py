"""Which invoice in Manage a document in Sage is. One of each: matched. Several: by the customer, then the total."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.position import Position
from sync.core.values.money import ZERO
from sync.core.values.proposal import AcceptedMatch
from sync.core.values.records import Balance, Document, Invoice

SAGE_NAME_LENGTH = 52
NAMES_REMEMBERED = 65_536
Prefixes = tuple[str, ...]
Claim = Position | Balance
"""What stands for a document in matching: its position, or only its balance."""
Accepted = Mapping[int, AcceptedMatch]
NOTHING_ACCEPTED: Accepted = MappingProxyType({})


class Finding(StrEnum):
    """How the search for a document's invoice ended."""

    MATCHED = "matched"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"


class Match(Struct, frozen=True, kw_only=True, gc=False):
    """The invoice that a document was matched to, if any.

    Attributes:
        finding: how the search ended.
        invoice: the invoice when matched.
        same_customer: the customer's name or the remembered customer map agrees.
        documents: how many documents in Sage compete for the number.
        invoices: how many invoices in Manage bear it.
        shown_paid: the invoice, or one of those that it could be, shows payments in Manage.
        accepted: a person's word that the document is an invoice of another number.
    """

    finding: Finding
    invoice: Invoice | None = None
    same_customer: bool = False
    documents: int = 0
    invoices: int = 0
    shown_paid: bool = False
    accepted: AcceptedMatch | None = None


def trimmed(number: str) -> str:
    """Return a number without what cannot be seen at its ends (any space, tab or mark), in composed Unicode."""
    if number.isascii():
        return number.strip(_UNSEEN_ASCII)
    number = unicodedata.normalize("NFC", number)
    start, end = 0, len(number)
    while start < end and unseen(number[start]):
        start += 1
    while start < end and unseen(number[end - 1]):
        end -= 1
    return number[start:end]


def unseen(letter: str) -> bool:
    """Return whether a character shows nothing by itself."""
    return unicodedata.category(letter) in _UNSEEN or letter in _BLANK


_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_BLANK = "\u034f\u115f\u1160\u2800\u3164\uffa0"
"""Joiners, fillers and the empty Braille cell, which Unicode counts among letters, marks and symbols."""
_UNSEEN_ASCII = "".join(map(chr, (*range(33), 127)))


def normalise(number: str, prefixes: Prefixes = ()) -> str:
    """Return the number that is matched by: trimmed, without the longest prefix that it has. Nothing else is guessed.

    Args:
        number: as either system has it.
        prefixes: that either system may put before its numbers.
    """
    number = trimmed(number)
    longest = max((prefix for prefix in prefixes if number.startswith(prefix)), key=len, default="")
    return trimmed(number.removeprefix(longest)) if longest else number


def numbers_of(document: Document, accepted: Accepted, prefixes: Prefixes) -> frozenset[str]:
    """Return the numbers that a document may be matched by: its own, and that of the invoice it was accepted as."""
    kept = accepted.get(document.id)
    found = (document.number, kept.manage_number) if kept else (document.number,)
    return frozenset(normalise(number, prefixes) for number in found) - {""}


def spellings(numbers: Iterable[str], prefixes: Prefixes) -> frozenset[str]:
    """Return every text that numbers may stand as, where only exact texts can be asked for.

    Args:
        numbers: from `normalise`, none empty.
        prefixes: the same.
    """
    return frozenset(prefix + number for number in numbers for prefix in ("", *prefixes))


def same_customer(document: Document, invoice: Invoice, customer_map: Mapping[int, int]) -> bool:
    """Return whether a document's customer is an invoice's company.

    Sage customers have no code: the name is compared with Manage's account number, company name and identifier
    (composed Unicode, any case, single spaces; Sage keeps 52 characters). A remembered pair is as good as a name; an
    invoice that names no company is nobody's.
    """
    if invoice.company_id != 0 and customer_map.get(document.customer_id) == invoice.company_id:
        return True
    name = folded(document.customer)
    return bool(name) and name in (folded(invoice.company), folded(invoice.account), folded(invoice.company_code))


def match(
    claims: Sequence[Claim],
    invoices: Iterable[Invoice],
    prefixes: Prefixes,
    customer_map: Mapping[int, int],
    accepted: Accepted = NOTHING_ACCEPTED,
) -> dict[int, Match]:
    """Match documents to invoices.

    Args:
        claims: every document in Sage that bears one of the numbers, touched or not.
        invoices: every invoice in Manage that bears one of the numbers.
        prefixes: removed from the numbers of both, see `normalise`.
        customer_map: Sage customer ids and the Manage company ids they were matched with before.
        accepted: what persons accepted, by document id: such a document counts as bearing the number of its invoice.

    Returns:
        A match for each document id. An invoice is matched with at most one document.
    """
    by_number: defaultdict[str, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        by_number[normalise(invoice.number, prefixes)].append(invoice)
    chosen = _still_the_same(accepted, claims, by_number, prefixes) if accepted else {}
    rivals: defaultdict[str, list[Claim]] = defaultdict(list)
    matches: dict[int, Match] = {}
    for position in claims:
        document = position.document
        if position.deposit:  # money, whatever number it bears
            matches[document.id] = Match(finding=Finding.MISSING)
            continue
        number = chosen[document.id].manage_number if document.id in chosen else document.number
        rivals[normalise(number, prefixes)].append(position)
    for number, bearing in rivals.items():
        found = by_number.pop(number, []) if number else []
        if len(bearing) == len(found) == 1:
            matches[bearing[0].document.id] = _only(bearing[0].document, found[0], customer_map)
        else:
            matches |= _match_number(bearing, found, customer_map, chosen)
    for document_id, kept in chosen.items():
        matches[document_id] = replace(matches[document_id], accepted=kept)
    return matches


def credits_shown(matches: Mapping[int, Match]) -> dict[int, Decimal]:
    """Return the credits that Manage shows on the matched invoices, by document."""
    return {
        document: each.invoice.credits for document, each in matches.items() if each.invoice and not each.invoice.flaw
    }


def _still_the_same(
    accepted: Accepted, claims: Iterable[Claim], by_number: Mapping[str, Sequence[Invoice]], prefixes: Prefixes
) -> dict[int, AcceptedMatch]:
    """Return the accepted matches whose document and invoice are those that were accepted, by document id."""
    found = {}
    for claim in claims:
        kept = accepted.get(claim.document.id)
        if kept is None or (kept.invoice, kept.customer_id) != (
            trimmed(claim.document.number),
            claim.document.customer_id,
        ):
            continue
        bearing = by_number.get(normalise(kept.manage_number, prefixes), ())
        if any((each.id, each.number) == (kept.invoice_id, kept.manage_number) for each in bearing):
            found[claim.document.id] = kept
    return found


def _only(document: Document, invoice: Invoice, customer_map: Mapping[int, int]) -> Match:
    """Match the only document and the only invoice with a number, whoever the customer is."""
    return Match(
        finding=Finding.MATCHED,
        invoice=invoice,
        same_customer=same_customer(document, invoice, customer_map),
        documents=1,
        invoices=1,
        shown_paid=invoice.payments != ZERO,
    )


def _match_number(
    bearing: Sequence[Claim], invoices: Sequence[Invoice], customer_map: Mapping[int, int], chosen: Accepted
) -> dict[int, Match]:
    """Match the documents that bear one number."""
    rivals = _rivals(bearing)
    paired = _pair(rivals, invoices, customer_map, chosen)
    taken = {invoice.id for invoice in paired.values()}
    matches = {}
    for position in bearing:
        document = position.document
        invoice = paired.get(document.id)
        if invoice is not None:
            finding = Finding.MATCHED
        elif position not in rivals or all(i.id in taken for i in invoices):
            finding = Finding.MISSING
        else:
            finding = Finding.AMBIGUOUS
        candidates = [invoice] if invoice else [i for i in invoices if i.id not in taken]
        matches[document.id] = Match(
            finding=finding,
            invoice=invoice,
            same_customer=invoice is not None and same_customer(document, invoice, customer_map),
            documents=len(rivals),
            invoices=len(invoices),
            shown_paid=finding is not Finding.MISSING and any(i.payments != ZERO for i in candidates),
        )
    return matches


def _rivals(bearing: Sequence[Claim]) -> list[Claim]:
    """Who competes for a number: each customer's live documents; of one that has none, the newest voided or credit.

    Within a customer a voided document or a credit note gives way to the document that took its place. Another
    customer's does not: the number in Manage may be theirs.
    """
    by_customer: defaultdict[int, list[Claim]] = defaultdict(list)
    for position in bearing:
        by_customer[position.document.customer_id].append(position)
    rivals = []
    for theirs in by_customer.values():
        live = [p for p in theirs if not (p.voided or p.credit_note)]
        rivals += live or [max(theirs, key=lambda p: (p.voided, p.document.id))]
    return rivals


def _pair(
    rivals: Sequence[Claim], invoices: Sequence[Invoice], customer_map: Mapping[int, int], chosen: Accepted
) -> dict[int, Invoice]:
    """Pair the only rival with the only invoice, or the one that a person chose; several by customer, then total.

    Where prefixes make several invoices of a customer alike, those come first whose numbers are alike with them.
    """
    if len(rivals) == 1:
        document = rivals[0].document
        wanted = chosen[document.id].invoice_id if document.id in chosen else None
        candidates = [invoice for invoice in invoices if invoice.id == wanted] or invoices
        if len(candidates) == 1:
            return {document.id: candidates[0]}

    def same(position: Claim, invoice: Invoice) -> bool:
        return same_customer(position.document, invoice, customer_map)

    def same_and_spelling(position: Claim, invoice: Invoice) -> bool:
        alike = trimmed(position.document.number) == trimmed(invoice.number)
        return len(invoices) > 1 and alike and same(position, invoice)

    def same_and_total(position: Claim, invoice: Invoice) -> bool:
        return same(position, invoice) and position.total == invoice.total

    paired: dict[int, Invoice] = {}
    for agrees in (same_and_spelling, same, same_and_total):
        left = [position for position in rivals if position.document.id not in paired]
        taken = {invoice.id for invoice in paired.values()}
        paired |= _mutual(left, [invoice for invoice in invoices if invoice.id not in taken], agrees)
    return paired


def _mutual(
    rivals: Sequence[Claim], invoices: Sequence[Invoice], agrees: Callable[[Claim, Invoice], bool]
) -> dict[int, Invoice]:
    """Pairs that agree with each other and with nothing else."""
    wanted = {p.document.id: [i for i in invoices if agrees(p, i)] for p in rivals}
    claims: defaultdict[int, int] = defaultdict(int)
    for found in wanted.values():
        for invoice in found:
            claims[invoice.id] += 1
    return {
        document_id: found[0] for document_id, found in wanted.items() if len(found) == 1 and claims[found[0].id] == 1
    }


@lru_cache(maxsize=NAMES_REMEMBERED)
def folded(name: str) -> str:
    """Return a name as names are compared: composed Unicode, any case, single spaces, as long as Sage keeps them."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())[:SAGE_NAME_LENGTH].rstrip()
