"""What happened, as rows for the ledger: a kind, the columns that views look for, and the whole value as JSON."""

from __future__ import annotations

import msgspec

from sync.core.journal import Company, Run, RunEnd
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import Proposal, Status
from sync.core.standing import Seen
from sync.ledger.schema import Line

RUN, ROW, DECISION, INTENT, POSTING, CUSTOMER, END = (
    "run",
    "row",
    "decision",
    "intent",
    "posting",
    "customer",
    "end",
)
READ = "+"
"""After a row's status: its payment records were read. After `posted`: it was verified by reading."""

SUCCESSFUL, OPEN = "successful", "open"
NOTED = "noted"
_SEPARATOR = "\x1f"


def site_key(site: str, manage: str) -> str:
    """The end of `company_key`: the site alone."""
    return f"{_SEPARATOR}{site}{_SEPARATOR}{manage}"


def company_key(company: Company) -> str:
    """Books and site as one column."""
    return company.sage + site_key(company.site, company.manage)


def of_run(run: Run) -> Line:
    """A run begins."""
    return Line(kind=RUN, run=run.id, key=company_key(run.company), body=_json(run))


def of_row(run: str, row: Proposal) -> Line:
    """A row as shown for review."""
    state = row.status.value + (READ if row.record_read else "")
    return Line(kind=ROW, run=run, key=row.key, state=state, invoice=row.invoice_id, body=_json(row))


def of_decision(run: str, decision: Decision) -> Line:
    """What the reviewer decided of a row."""
    return Line(kind=DECISION, run=run, key=decision.key, state=NOTED if decision.note else "", body=_json(decision))


def of_intent(intent: Intent) -> Line:
    """A write about to be sent."""
    return Line(kind=INTENT, run=intent.run, key=intent.key, invoice=intent.write.invoice_id, body=_json(intent))


def of_posting(posting: Posting) -> Line:
    """How a row ended."""
    state = posting.outcome.value + (READ if posting.verified else "")
    return Line(
        kind=POSTING, run=posting.run, key=posting.key, state=state, invoice=posting.invoice_id, body=_json(posting)
    )


def of_customer(row: Proposal, run: str) -> list[Line]:
    """Which company in Manage a customer in Sage is, once a row of theirs was posted and verified."""
    if row.company_id is None:
        return []
    return [Line(kind=CUSTOMER, run=run, key=str(row.customer_id), invoice=row.company_id, body="{}")]


def of_end(end: RunEnd) -> Line:
    """A sync or a push ended."""
    return Line(kind=END, run=end.run, state=SUCCESSFUL if end.successful else OPEN, body=_json(end))


def seen(record: Posting | Proposal) -> dict[int, Seen]:
    """Paid Amount and the payment record's date as read from Manage, by invoice id."""
    if isinstance(record, Posting):
        if record.invoice_id is None or record.paid_after is None or record.outcome is not Outcome.POSTED:
            return {}
        date_paid = record.written.paid_on if record.written else record.date_paid_after
        return {record.invoice_id: Seen(paid=record.paid_after, date_paid=date_paid)}
    if record.invoice_id is None or record.paid_before is None or record.status is not Status.IN_AGREEMENT:
        return {}
    return {record.invoice_id: Seen(paid=record.paid_before, date_paid=record.date_paid_before)}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
