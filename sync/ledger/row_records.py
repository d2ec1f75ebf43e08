"""How a row is stored: as it was shown for review, what was decided of it, and what is kept of its customer."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sync.core.decide.manage_position import Seen
from sync.core.values.messages import say
from sync.core.values.money import ZERO
from sync.core.values.posting import Decision
from sync.core.values.proposal import AcceptedMatch, Application, ApplicationPart, Hold, MovedReceipt, Proposal, Status
from sync.ledger.hash_chain import LedgerLine
from sync.ledger.posting_records import WriteStored, from_write, to_write
from sync.ledger.stored_form import RecordKind, Sentences, Stored, body_of, filled, from_text, to_text, value_of


class ApplicationStored(Stored, frozen=True, kw_only=True):
    """A row of a document's ledger in Sage."""

    id: int
    number: str
    dated: date | None
    entered_on: date | None
    entered_by: str
    part: str
    amount: Decimal | None
    balance: Decimal
    reversed: bool
    clears: bool
    entered: bool


class HoldRecord(Stored, frozen=True, kw_only=True):
    """A person's No to a row, or the Yes that released it."""

    v: int
    key: str
    invoice: str
    customer_id: int
    user: str
    at: datetime
    note: str
    owner: str
    released: bool
    until: date | None


class MatchRecord(Stored, frozen=True, kw_only=True):
    """A person's word that an invoice is one of another number, or that it is not after all."""

    v: int
    key: str
    invoice: str
    customer_id: int
    customer: str
    invoice_id: int
    manage_number: str
    manage_customer: str
    user: str
    at: datetime
    undone: bool


class MovedStored(Stored, frozen=True, kw_only=True):
    """A receipt that ties a row to another."""

    number: str
    dated: date | None
    amount: Decimal
    other: str
    invoice: str


class FirstRowRecord(Stored, frozen=True, kw_only=True):
    """A row as it was shown for review, in version 1: before there was an opening statement."""

    v: int
    key: str
    document_id: int
    customer_id: int
    invoice: str
    customer: str
    dated: date | None
    currency: str | None
    currency_id: int
    status: str
    reason: Sentences
    next_step: Sentences
    sage_total: Decimal | None
    cash: Decimal | None
    discount: Decimal | None
    credit: Decimal | None
    other: Decimal | None
    sage_balance: Decimal | None
    manage_total: Decimal | None
    paid_before: Decimal | None
    paid_proposed: Decimal | None
    date_paid_before: date | None
    date_paid_proposed: date | None
    clearing_receipt: str | None
    invoice_id: int | None
    company_id: int | None
    write: WriteStored | None
    record_read: bool
    facts: tuple[tuple[str, str], ...]
    fingerprint: str
    applications: tuple[ApplicationStored, ...]
    hold: HoldRecord | None
    moved: tuple[MovedStored, ...]
    credits_shown: Decimal
    left_by_policy: Decimal
    cents_apart: Decimal


class RowRecord(FirstRowRecord, frozen=True, kw_only=True):
    """A row as it was shown for review."""

    opening: date | None


class DecisionRecord(Stored, frozen=True, kw_only=True):
    """What the reviewer decided of a row."""

    v: int
    key: str
    approve: bool
    note: str
    owner: str
    until: date | None
    objection: Sentences | None


class CustomerRecord(Stored, frozen=True, kw_only=True):
    """Which company in Manage a customer in Sage is."""

    v: int
    customer_id: int
    customer: str
    company_id: int


def to_row(row: Proposal) -> RowRecord:
    """Return the record of a reviewed row."""
    return filled(
        RowRecord,
        row,
        v=ROWS.version,
        status=row.status.value,
        reason=to_text(row.reason),
        next_step=to_text(row.next_step),
        write=to_write(row.write) if row.write else None,
        applications=tuple(filled(ApplicationStored, each, part=each.part.value) for each in row.applications),
        hold=to_hold(row.hold) if row.hold else None,
        moved=tuple(filled(MovedStored, each) for each in row.moved),
    )


def from_row(record: FirstRowRecord) -> Proposal:
    """Return the reviewed row of a record."""
    return value_of(
        Proposal,
        record,
        status=Status(record.status),
        reason=from_text(record.reason),
        next_step=from_text(record.next_step),
        write=from_write(record.write) if record.write else None,
        applications=tuple(
            value_of(Application, each, part=ApplicationPart(each.part)) for each in record.applications
        ),
        hold=from_hold(record.hold) if record.hold else None,
        moved=tuple(value_of(MovedReceipt, each) for each in record.moved),
    )


def to_match(match: AcceptedMatch) -> MatchRecord:
    """Return the record of an accepted match."""
    return filled(MatchRecord, match, v=MATCHES.version)


def from_match(record: MatchRecord) -> AcceptedMatch:
    """Return the accepted match of a record."""
    return value_of(AcceptedMatch, record)


def to_hold(hold: Hold) -> HoldRecord:
    """Return the record of a hold."""
    return filled(HoldRecord, hold, v=HOLDS.version)


def from_hold(record: HoldRecord) -> Hold:
    """Return the hold of a record."""
    return value_of(Hold, record)


def to_decision(decision: Decision) -> DecisionRecord:
    """Return the record of a decision."""
    objection = None if decision.objection is None else to_text(decision.objection)
    return filled(DecisionRecord, decision, v=DECISIONS.version, objection=objection)


def from_decision(record: DecisionRecord) -> Decision:
    """Return the decision of a record."""
    return value_of(Decision, record, objection=None if record.objection is None else from_text(record.objection))


def from_customer(record: CustomerRecord) -> tuple[int, str, int]:
    """Return the customer in Sage, with the name, and the company in Manage of a record."""
    return record.customer_id, record.customer, record.company_id


ROWS = RecordKind(name="row", version=2, word=say("row-word"), record=RowRecord, made=from_row, older=(FirstRowRecord,))
MATCHES = RecordKind(name="match", version=1, word=say("match-word"), record=MatchRecord, made=from_match)
HOLDS = RecordKind(name="hold", version=1, word=say("hold-word"), record=HoldRecord, made=from_hold)
DECISIONS = RecordKind(name="decision", version=1, word=say("decision-word"), record=DecisionRecord, made=from_decision)
CUSTOMERS = RecordKind(name="customer", version=1, word=say("customer-word"), record=CustomerRecord, made=from_customer)


def line_of_row(run: str, row: Proposal) -> LedgerLine:
    """Return the line of a row as shown for review."""
    return LedgerLine(
        kind=ROWS.name,
        run=run,
        key=row.key,
        state=row.status.value,
        proof=proves(row),
        invoice=row.invoice_id,
        body=body_of(to_row(row)),
    )


def line_of_hold(run: str, hold: Hold) -> LedgerLine:
    """Return the line of a person's No to a row, or of the Yes that released it."""
    return LedgerLine(kind=HOLDS.name, run=run, key=hold.key, body=body_of(to_hold(hold)))


def line_of_match(run: str, match: AcceptedMatch) -> LedgerLine:
    """Return the line of an accepted match, or of one that was taken back."""
    return LedgerLine(kind=MATCHES.name, run=run, key=match.key, body=body_of(to_match(match)))


def line_of_decision(run: str, decision: Decision) -> LedgerLine:
    """Return the line of what the reviewer decided of a row."""
    return LedgerLine(kind=DECISIONS.name, run=run, key=decision.key, body=body_of(to_decision(decision)))


def line_of_customer(run: str, row: Proposal, company_id: int) -> LedgerLine:
    """Return the line of the company that a customer is, once a row of theirs was posted and verified."""
    record = filled(CustomerRecord, row, v=CUSTOMERS.version, company_id=company_id)
    return LedgerLine(kind=CUSTOMERS.name, run=run, key=str(row.customer_id), state=row.key, body=body_of(record))


def proves(row: Proposal) -> bool:
    """Return whether a row shows what its invoice's payment records say: they were read, or there are none to read."""
    if row.status is Status.IN_AGREEMENT and row.record_read:
        return True
    return row.status in {Status.IN_AGREEMENT, Status.VOIDED} and row.paid_before == ZERO


def seen_at_review(row: Proposal) -> Seen | None:
    """Return Paid Amount and the payment record's date of a row in agreement whose records were read."""
    return None if row.paid_before is None else Seen(paid=row.paid_before, date_paid=row.date_paid_before)
