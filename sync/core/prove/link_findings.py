"""What a sync would make of the first things read from each link: what `tieout check` says, and when it fails.

A check fails where a sync fails, and where every row would be bad data; whatever else is odd is a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sync.core.decide.position import positions
from sync.core.prove.review import manage_notices
from sync.core.values.errors import Check, Verdict
from sync.core.values.messages import Text, say
from sync.core.values.records import Invoice, InvoiceList, Payment, Reading, widespread

INVOICES, PAYMENTS = say("manage-invoices"), say("manage-payments")


def of_sage(reading: Reading, version: str, currencies: Mapping[int, str] | None = None) -> list[Check]:
    """Return what a reading of the newest payment information, with all balances, says of Sage.

    Args:
        reading: with every balance.
        version: of the database server.
        currencies: those that the settings name; None where there are no settings yet.
    """
    link = say("sage-receipts")
    count = len(reading.balances)
    checks = [
        _check(say("sage"), say("sage-company-readable", company=reading.company, count=count, version=version)),
        Check(link=link, verdict=Verdict.OK if reading.stamped else Verdict.WARNING, finding=reading.strategy),
    ]
    looked_at = positions(reading.documents, reading.entries, reading.clock.date())
    flaws = [each.flaws[0] for each in looked_at if each.flaws]
    unusable = sum(1 for each in reading.balances if each.unreadable or each.document.flaw)
    if flaws and len(flaws) == len(looked_at):
        checks.append(_check(link, say("check-sage-all-bad-data", count=len(flaws), why=flaws[0]), Verdict.FAILED))
    elif widespread(unusable, count):
        checks.append(_warning(link, say("check-sage-much-bad-data", count=unusable, of=count)))
    checks += [_warning(link, each) for each in reading.notices]
    if currencies is not None and (unnamed := _unnamed(reading, currencies)):
        checks.append(_warning(link, say("check-sage-currencies-unnamed", currencies=unnamed)))
    return checks


def _unnamed(reading: Reading, currencies: Mapping[int, str]) -> str:
    """Return the currencies of documents that no settings name, each with its number of documents."""
    found = Counter(each.document.currency_id for each in reading.balances)
    return ", ".join(f"{number} ({many})" for number, many in sorted(found.items()) if number not in currencies)


def of_invoices(page: Sequence[Invoice], counted: int | None, *, more: bool) -> list[Check]:
    """Return what the first page of invoices says of Manage.

    Args:
        page: as a sync reads it.
        counted: Manage's own count; None where it gives none.
        more: the page names a next one, so that it may hold fewer than are counted.
    """
    known = len(page) if counted is None else counted
    checks = [_check(INVOICES, say("manage-invoices-readable", count=known))]
    flaws = [each.flaw for each in page if each.flaw]
    unusable = sum(1 for each in page if each.unreadable)
    if flaws and len(flaws) == len(page):
        bad = say("check-manage-all-bad-data", count=len(flaws), why=flaws[0])
        checks.append(_check(INVOICES, bad, Verdict.FAILED))
    elif widespread(unusable, len(page)):
        checks.append(_warning(INVOICES, say("check-manage-much-bad-data", count=unusable, of=len(page))))
    listed = InvoiceList(invoices=list(page), counted=len(page) if more and counted and page else counted)
    return checks + [_warning(INVOICES, each) for each in manage_notices(listed)]


def of_payments(invoice: Invoice | None, records: Sequence[Payment]) -> list[Check]:
    """Return what the payment records of one invoice say of Manage.

    Args:
        invoice: one that shows payments, where there is one; records on one that shows none contradict it too.
        records: on it.
    """
    checks = [_check(PAYMENTS, say("manage-payments-readable", count=len(records)))]
    if invoice is None or invoice.flaw:
        return checks
    flaw = next((each.flaw for each in records if each.flaw), None)
    total = sum((each.amount for each in records if not each.credit), Decimal(0))
    if flaw is not None:
        checks.append(_warning(PAYMENTS, flaw))
    elif invoice.payments != total:
        checks.append(
            _warning(PAYMENTS, say("check-manage-records-differ", id=invoice.id, shown=invoice.payments, found=total))
        )
    return checks


def _check(link: Text, finding: Text, verdict: Verdict = Verdict.OK) -> Check:
    return Check(link=link, verdict=verdict, finding=finding)


def _warning(link: Text, finding: Text) -> Check:
    return _check(link, finding, Verdict.WARNING)
