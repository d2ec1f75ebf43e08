"""What happened, as rows for the ledger: a kind, the columns that views look for, and the whole value as JSON."""

from __future__ import annotations

import msgspec

from sync.core.journal import Company, Export, Run, RunEnd
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import Proposal, Status
from sync.core.review import Evidence
from sync.core.standing import Seen
from sync.ledger.schema import Line

RUN, EVIDENCE, ROW, DECISION, INTENT, POSTING, CUSTOMER, END, EXPORT = (
    "run",
    "evidence",
    "row",
    "decision",
    "intent",
    "posting",
    "customer",
    "end",
    "export",
)
UNDONE = "undone"
"""State of a posting that took an earlier one back: it settles nothing, and opens the row again."""
SUCCESSFUL, UNSUCCESSFUL = "successful", "unsuccessful"


def company_key(company: Company) -> str:
    """Books and site as one column."""
    return _json(company)


def of_run(run: Run) -> Line:
    """A run begins."""
    return Line(kind=RUN, run=run.id, key=company_key(run.company), body=_json(run))


def of_evidence(run: str, evidence: Evidence) -> Line:
    """What a run proves beside its rows."""
    return Line(kind=EVIDENCE, run=run, body=_json(evidence))


def of_row(run: str, row: Proposal) -> Line:
    """A row as shown for review."""
    return Line(
        kind=ROW,
        run=run,
        key=row.key,
        state=row.status.value,
        proof=row.status is Status.IN_AGREEMENT and row.record_read,
        invoice=row.invoice_id,
        body=_json(row),
    )


def of_decision(run: str, decision: Decision) -> Line:
    """What the reviewer decided of a row."""
    return Line(kind=DECISION, run=run, key=decision.key, body=_json(decision))


def of_intent(intent: Intent) -> Line:
    """A write about to be sent."""
    return Line(kind=INTENT, run=intent.run, key=intent.key, invoice=intent.write.invoice_id, body=_json(intent))


def of_posting(posting: Posting) -> Line:
    """How a row ended."""
    return Line(
        kind=POSTING,
        run=posting.run,
        key=posting.key,
        state=UNDONE if posting.undo and posting.outcome is Outcome.POSTED else posting.outcome.value,
        proof=posting.verified,
        invoice=posting.invoice_id,
        body=_json(posting),
    )


def of_customer(run: str, row: Proposal, company_id: int) -> Line:
    """Which company in Manage a customer in Sage is, once a row of theirs was posted and verified."""
    return Line(kind=CUSTOMER, run=run, key=str(row.customer_id), state=row.key, body=str(company_id))


def of_end(end: RunEnd) -> Line:
    """A sync or a push ended."""
    return Line(
        kind=END,
        run=end.run,
        key=end.phase.value,
        state=SUCCESSFUL if end.successful else UNSUCCESSFUL,
        body=_json(end),
    )


def of_export(export: Export) -> Line:
    """Audit files were made."""
    return Line(kind=EXPORT, run=export.run, body=_json(export))


def seen_at_review(row: Proposal) -> Seen | None:
    """Paid Amount and the payment record's date of a row in agreement whose records were read."""
    return None if row.paid_before is None else Seen(paid=row.paid_before, date_paid=row.date_paid_before)


def seen_at_posting(posting: Posting) -> Seen | None:
    """Paid Amount and the payment record's date as read back."""
    if posting.paid_after is None:
        return None
    date_paid = posting.written.paid_on if posting.written else posting.date_paid_after
    return Seen(paid=posting.paid_after, date_paid=date_paid)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
