"""Which invoice in Manage a document in Sage is. One of each: matched. Several: by the customer, then the total."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from sync.core.money import ZERO
from sync.core.records import Document, Invoice

SAGE_NAME_LENGTH = 52
NAMES_REMEMBERED = 65_536


class Claim(Protocol):
    """What a document says for itself when a number is to be matched: a `Position`, or a `Balance`."""

    @property
    def document(self) -> Document:
        """The document."""
        ...

    @property
    def total(self) -> Decimal:
        """Σ of its own rows."""
        ...

    @property
    def voided(self) -> bool:
        """All its rows cancel."""
        ...

    @property
    def credit_note(self) -> bool:
        """It lowers what the customer owes."""
        ...


class Finding(StrEnum):
    """How the search for a document's invoice ended."""

    MATCHED = "matched"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"


class Match(Struct, frozen=True, kw_only=True, gc=False):
    """The invoice a document is, if that could be told.

    Attributes:
        finding: how the search ended.
        invoice: the invoice when matched.
        same_customer: the customer's name or the remembered customer map agrees.
        documents: how many documents in Sage compete for the number.
        invoices: how many invoices in Manage bear it.
        shown_paid: the invoice, or one of those that it could be, shows payments in Manage.
    """

    finding: Finding
    invoice: Invoice | None = None
    same_customer: bool = False
    documents: int = 0
    invoices: int = 0
    shown_paid: bool = False


def normalise(number: str, prefix: str = "") -> str:
    """The number two systems are matched by: spaces trimmed, the configured prefix removed. Nothing else is guessed."""
    return number.strip(" ").removeprefix(prefix).strip(" ")


def same_customer(document: Document, invoice: Invoice, customer_map: Mapping[int, int]) -> bool:
    """Whether a document's customer is an invoice's company.

    Sage customers have no code: the name is compared with Manage's account number, company name and identifier
    (composed Unicode, any case, single spaces; Sage keeps 52 characters). A remembered pair is as good as a name.
    """
    if customer_map.get(document.customer_id) == invoice.company_id:
        return True
    name = folded(document.customer)
    return bool(name) and name in (folded(invoice.company), folded(invoice.account), folded(invoice.company_code))


def match(
    positions: Sequence[Claim], invoices: Iterable[Invoice], prefix: str, customer_map: Mapping[int, int]
) -> dict[int, Match]:
    """Match documents to invoices.

    Args:
        positions: every document in Sage that bears one of the numbers, touched or not.
        invoices: every invoice in Manage that bears one of the numbers.
        prefix: removed from Sage's numbers, see `normalise`.
        customer_map: Sage customer ids and the Manage company ids they were matched with before.

    Returns:
        A match for each document id. An invoice is matched with at most one document.
    """
    by_number: defaultdict[str, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        by_number[normalise(invoice.number)].append(invoice)
    rivals: defaultdict[str, list[Claim]] = defaultdict(list)
    for position in positions:
        rivals[normalise(position.document.number, prefix)].append(position)
    matches: dict[int, Match] = {}
    for number, bearing in rivals.items():
        found = by_number.pop(number, []) if number else []
        if len(bearing) == len(found) == 1:
            matches[bearing[0].document.id] = _only(bearing[0].document, found[0], customer_map)
        else:
            matches |= _match_number(bearing, found, customer_map)
    return matches


def _only(document: Document, invoice: Invoice, customer_map: Mapping[int, int]) -> Match:
    """One document and one invoice bear a number: they are matched, whoever the customer is."""
    return Match(
        finding=Finding.MATCHED,
        invoice=invoice,
        same_customer=same_customer(document, invoice, customer_map),
        documents=1,
        invoices=1,
        shown_paid=invoice.payments != ZERO,
    )


def _match_number(
    bearing: Sequence[Claim], invoices: Sequence[Invoice], customer_map: Mapping[int, int]
) -> dict[int, Match]:
    """Match the documents that bear one number."""
    rivals = _rivals(bearing)
    paired = _pair(rivals, invoices, customer_map)
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


def _pair(rivals: Sequence[Claim], invoices: Sequence[Invoice], customer_map: Mapping[int, int]) -> dict[int, Invoice]:
    if len(rivals) == 1 and len(invoices) == 1:
        return {rivals[0].document.id: invoices[0]}

    def same(position: Claim, invoice: Invoice) -> bool:
        return same_customer(position.document, invoice, customer_map)

    def same_and_total(position: Claim, invoice: Invoice) -> bool:
        return same(position, invoice) and position.total == invoice.total

    return _mutual(rivals, invoices, same) | _mutual(rivals, invoices, same_and_total)


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
    """A name as names are compared: composed Unicode, any case, single spaces, as long as Sage keeps them."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())[:SAGE_NAME_LENGTH].rstrip()
