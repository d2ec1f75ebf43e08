"""How what happened is stored: a record of its own for each kind, with a version, written out field by field.

A record is a format, not a picture of today's classes. Its fields keep their names and meanings for ever. A kind that
needs another field, or another meaning, gets its next version, and what was written before is still read. Nothing may
be missing (what is absent is null), and nothing may be there that is not known. Amounts are strings, days and moments
ISO, sentences a message id with its marked values (see `sync.core.values.messages.say`), choices their values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec import DecodeError, MsgspecError, Struct, json
from msgspec.structs import astuple, replace

from sync.core.decide.manage_position import Seen
from sync.core.decide.opening import Opening, OpeningRow
from sync.core.prove.completeness import Intake, IntakeKind
from sync.core.prove.review import Evidence
from sync.core.prove.tie_out import Age, DifferenceClass, Owed, TieOut, TieOutItem
from sync.core.values.errors import SetupError
from sync.core.values.messages import BLANK, MARKS, Language, Sentence, Text, say
from sync.core.values.money import ZERO
from sync.core.values.periods import Window, parse_since
from sync.core.values.posting import Decision, Intent, Outcome, Posting, Written
from sync.core.values.proposal import (
    AcceptedMatch,
    Application,
    ApplicationPart,
    Hold,
    MovedReceipt,
    Proposal,
    Status,
)
from sync.core.values.records import Action, BooksMark, Payment, RowMark, Write
from sync.core.values.runs import Company, Export, Head, Person, Phase, Run, RunEnd, SiteSays
from sync.ledger.hash_chain import LedgerLine

UNDONE = "undone"
"""State of a posting that took an earlier one back: it settles nothing, and opens the row again."""
SAYS = "says"
"""State of a run whose site said of itself which it is."""
SUCCESSFUL, UNSUCCESSFUL = "successful", "unsuccessful"
Made = TypeVar("Made")
Filled = TypeVar("Filled", bound="Stored")


class Stored(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A record, or a part of one. No field has a default, so that none can be missing."""


class SentenceStored(Stored, frozen=True, kw_only=True):
    """One sentence of a text."""

    id: str
    values: dict[str, str]


Sentences = tuple[SentenceStored, ...]


class RunRecord1(Stored, frozen=True, kw_only=True):
    """A run begins, as it was stored when nobody kept what the site says of itself."""

    v: int
    id: str
    started: datetime
    day: date
    sage: str
    site: str
    manage: str
    user: str
    computer: str
    choice: str
    start: date
    end: date
    bounded: bool
    covered_to: date | None
    strategy: Sentences
    policy: str
    highest_row: int
    requests: int
    notices: tuple[Sentences, ...]
    version: str
    second_person: Decimal | None


class SiteSaysStored(Stored, frozen=True, kw_only=True):
    """What a site says of itself."""

    company_id: str
    company_name: str


class RunRecord(RunRecord1, frozen=True, kw_only=True):
    """A run begins."""

    says: SiteSaysStored | None


class IntakeStored(Stored, frozen=True, kw_only=True):
    """Payment information that was entered."""

    sort: str
    currency: str
    count: int
    amount: Decimal


class ItemStored(Stored, frozen=True, kw_only=True):
    """A difference of the tie-out."""

    reason: str
    invoice: str
    customer: str
    currency: str
    sage: Decimal | None
    manage: Decimal | None
    difference: Decimal
    text: Sentences
    key: str


class OwedStored(Stored, frozen=True, kw_only=True):
    """A line of the tie-out: a customer, or an age."""

    name: str
    currency: str
    sage: Decimal
    manage: Decimal
    documents: int
    invoices: int


class TieOutStored(Stored, frozen=True, kw_only=True):
    """The tie-out of receivables."""

    day: date
    items: tuple[ItemStored, ...]
    customers: tuple[OwedStored, ...]
    ages: tuple[OwedStored, ...]


class RowMarkStored(Stored, frozen=True, kw_only=True):
    """A row of Sage's receivables by which the books are known again."""

    id: int
    document_id: int
    content: str
    settled: bool


class BooksStored(Stored, frozen=True, kw_only=True):
    """What books are known again by."""

    counters: tuple[tuple[int, int], ...]
    rows: tuple[RowMarkStored, ...]


class EvidenceRecord(Stored, frozen=True, kw_only=True):
    """What a run proves beside its rows."""

    v: int
    entered: tuple[IntakeStored, ...]
    tie_out: TieOutStored | None
    books: BooksStored | None


class WriteStored(Stored, frozen=True, kw_only=True):
    """A request to Manage."""

    action: str
    invoice_id: int
    payment_id: int | None
    amount: Decimal
    paid_on: date | None
    amount_before: Decimal
    paid_on_before: date | None


class PaymentStored(Stored, frozen=True, kw_only=True):
    """A payment record in Manage as it was before a write."""

    id: int
    invoice_id: int
    amount: Decimal
    beyond: Decimal
    paid_on: date | None
    time_of_day: str
    kind: str
    applied_by: str


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


class OpeningRowStored(Stored, frozen=True, kw_only=True):
    """An invoice as the opening statement accepts it."""

    key: str
    invoice: str
    customer_id: int
    customer: str
    currency: str
    settled: Decimal
    paid: Decimal
    credits: Decimal
    difference: Decimal


class OpeningRecord(Stored, frozen=True, kw_only=True):
    """The opening statement of older differences."""

    v: int
    run: str
    user: str
    computer: str
    at: datetime
    go_live: date
    rows: tuple[OpeningRowStored, ...]


class DecisionRecord(Stored, frozen=True, kw_only=True):
    """What the reviewer decided of a row."""

    v: int
    key: str
    approve: bool
    note: str
    owner: str
    until: date | None
    objection: Sentences | None


class IntentRecord(Stored, frozen=True, kw_only=True):
    """A write about to be sent."""

    v: int
    run: str
    key: str
    attempt: int
    invoice: str
    currency: str | None
    at: datetime
    write: WriteStored
    paid_before: Decimal
    paid_proposed: Decimal
    records_before: tuple[int, ...]
    undo: bool
    clock_ahead: float
    before: PaymentStored | None
    restores: PaymentStored | None


class WrittenStored(Stored, frozen=True, kw_only=True):
    """What our payment record says after a write."""

    payment_id: int | None
    amount: Decimal
    paid_on: date | None


class PostingRecord(Stored, frozen=True, kw_only=True):
    """How a row ended."""

    v: int
    run: str
    key: str
    attempt: int | None
    invoice: str
    outcome: str
    message: Sentences
    currency: str | None
    invoice_id: int | None
    paid_before: Decimal | None
    paid_after: Decimal | None
    date_paid_after: date | None
    payment_id: int | None
    verified: bool
    written: WrittenStored | None
    undo: bool


class CustomerRecord(Stored, frozen=True, kw_only=True):
    """Which company in Manage a customer in Sage is."""

    v: int
    customer_id: int
    customer: str
    company_id: int


class EndRecord(Stored, frozen=True, kw_only=True):
    """A sync, a push or an undo ended."""

    v: int
    run: str
    phase: str
    at: datetime
    user: str
    computer: str
    successful: bool
    outcomes: dict[str, int]


class ExportRecord(Stored, frozen=True, kw_only=True):
    """Audit files were made."""

    v: int
    run: str
    at: datetime
    user: str
    computer: str
    folder: str
    files: tuple[tuple[str, str], ...]
    ledger_rows: int
    ledger_hash: str


def _parts(of: Struct, *names: str) -> dict[str, Any]:
    """Return these fields of a value, by name."""
    return {name: getattr(of, name) for name in names}


def _filled(record: type[Filled], value: Struct, **others: object) -> Filled:
    """Return a record whose fields are the value's of the same name, but for those given.

    It is the record that says which fields there are: one that a value gains is not stored, and one that a value loses
    or renames has to be given here, or nothing can be written at all.
    """
    names = [name for name in record.__struct_fields__ if name not in others]
    return record(**_parts(value, *names), **others)


def _of(kind: type[Made], record: Stored, **others: object) -> Made:
    """Return a value whose fields are the record's of the same name, but for those given and the version."""
    names = [name for name in record.__struct_fields__ if name not in others and name != "v"]
    return kind(**_parts(record, *names), **others)


_NO_WORDS = Language(code="")


def to_text(text: Text) -> Sentences:
    """Return the stored form of a text."""
    return tuple(SentenceStored(id=each.id, values=dict(each.values)) for each in text.sentences)


def from_text(stored: Sentences) -> Text:
    """Return the text of its stored form.

    Raises:
        ValueError, ArithmeticError, LookupError, TypeError: a value cannot be shown, or has an unknown mark.
    """
    if any(value[:1] not in MARKS for each in stored for value in each.values.values()):
        raise ValueError
    text = Text(tuple(Sentence(each.id, tuple(each.values.items())) for each in stored))
    text.said(_NO_WORDS)
    return text


def to_run(run: Run) -> RunRecord:
    """Return the record of a run."""
    return _filled(
        RunRecord,
        run,
        v=RUNS.version,
        **_parts(run.company, "sage", "site", "manage"),
        **_parts(run.person, "user", "computer"),
        **_parts(run.window, "start", "end", "bounded"),
        choice=str(run.window.since),
        strategy=to_text(run.strategy),
        notices=tuple(map(to_text, run.notices)),
        says=_filled(SiteSaysStored, run.says) if run.says else None,
    )


def from_run(record: RunRecord1) -> Run:
    """Return the run of a record."""
    says = record.says if isinstance(record, RunRecord) else None
    window = Window(since=parse_since(record.choice), start=record.start, end=record.end, bounded=record.bounded)
    return Run(
        company=Company(sage=record.sage, site=record.site, manage=record.manage),
        person=Person(user=record.user, computer=record.computer),
        window=window,
        strategy=from_text(record.strategy),
        notices=tuple(map(from_text, record.notices)),
        **_parts(record, "id", "started", "day", "covered_to", "policy", "highest_row", "requests", "version"),
        second_person=record.second_person,
        says=_of(SiteSays, says) if says else None,
    )


def to_evidence(evidence: Evidence) -> EvidenceRecord:
    """Return the record of what a run proves."""
    entered = tuple(_filled(IntakeStored, each, sort=each.sort.value) for each in evidence.entered)
    tied, books = evidence.tie_out, evidence.books
    return EvidenceRecord(
        v=EVIDENCE.version,
        entered=entered,
        tie_out=_to_tie_out(tied) if tied else None,
        books=_to_books(books) if books else None,
    )


def from_evidence(record: EvidenceRecord) -> Evidence:
    """Return what a run proves of its record."""
    entered = tuple(_of(Intake, each, sort=IntakeKind(each.sort)) for each in record.entered)
    return Evidence(
        entered=entered,
        tie_out=_from_tie_out(record.tie_out) if record.tie_out else None,
        books=_from_books(record.books) if record.books else None,
    )


def _to_books(mark: BooksMark) -> BooksStored:
    rows = tuple(_filled(RowMarkStored, row) for row in mark.rows)
    return BooksStored(counters=tuple(sorted(mark.counters.items())), rows=rows)


def _from_books(stored: BooksStored) -> BooksMark:
    return BooksMark(counters=dict(stored.counters), rows=tuple(_of(RowMark, row) for row in stored.rows))


def _to_tie_out(tied: TieOut) -> TieOutStored:
    return TieOutStored(
        day=tied.day,
        items=tuple(
            _filled(ItemStored, item, reason=item.reason.value, text=to_text(item.text)) for item in tied.items
        ),
        customers=tuple(_filled(OwedStored, owed) for owed in tied.customers),
        ages=tuple(_filled(OwedStored, owed) for owed in tied.ages),
    )


def _from_tie_out(stored: TieOutStored) -> TieOut:
    return TieOut(
        day=stored.day,
        items=tuple(
            _of(TieOutItem, item, reason=DifferenceClass(item.reason), text=from_text(item.text))
            for item in stored.items
        ),
        customers=tuple(_of(Owed, owed) for owed in stored.customers),
        ages=tuple(_of(Owed, owed, name=Age(owed.name).value) for owed in stored.ages),
    )


def to_row(row: Proposal) -> RowRecord:
    """Return the record of a reviewed row."""
    return _filled(
        RowRecord,
        row,
        v=ROWS.version,
        status=row.status.value,
        reason=to_text(row.reason),
        next_step=to_text(row.next_step),
        write=_to_write(row.write) if row.write else None,
        applications=tuple(_filled(ApplicationStored, each, part=each.part.value) for each in row.applications),
        hold=to_hold(row.hold) if row.hold else None,
        moved=tuple(_filled(MovedStored, each) for each in row.moved),
    )


def from_row(record: FirstRowRecord) -> Proposal:
    """Return the reviewed row of a record."""
    return _of(
        Proposal,
        record,
        status=Status(record.status),
        reason=from_text(record.reason),
        next_step=from_text(record.next_step),
        write=_from_write(record.write) if record.write else None,
        applications=tuple(_of(Application, each, part=ApplicationPart(each.part)) for each in record.applications),
        hold=from_hold(record.hold) if record.hold else None,
        moved=tuple(_of(MovedReceipt, each) for each in record.moved),
    )


def to_opening(opening: Opening) -> OpeningRecord:
    """Return the record of an opening statement."""
    return _filled(
        OpeningRecord,
        opening,
        v=OPENINGS.version,
        **_parts(opening.person, "user", "computer"),
        rows=tuple(_filled(OpeningRowStored, row) for row in opening.rows),
    )


def from_opening(record: OpeningRecord) -> Opening:
    """Return the opening statement of a record."""
    person = Person(user=record.user, computer=record.computer)
    rows = tuple(_of(OpeningRow, row) for row in record.rows)
    return Opening(person=person, rows=rows, **_parts(record, "run", "at", "go_live"))


def to_match(match: AcceptedMatch) -> MatchRecord:
    """Return the record of an accepted match."""
    return _filled(MatchRecord, match, v=MATCHES.version)


def from_match(record: MatchRecord) -> AcceptedMatch:
    """Return the accepted match of a record."""
    return _of(AcceptedMatch, record)


def to_hold(hold: Hold) -> HoldRecord:
    """Return the record of a hold."""
    return _filled(HoldRecord, hold, v=HOLDS.version)


def from_hold(record: HoldRecord) -> Hold:
    """Return the hold of a record."""
    return _of(Hold, record)


def _to_write(write: Write) -> WriteStored:
    return _filled(WriteStored, write, action=write.action.value)


def _from_write(stored: WriteStored) -> Write:
    return _of(Write, stored, action=Action(stored.action))


def to_decision(decision: Decision) -> DecisionRecord:
    """Return the record of a decision."""
    objection = None if decision.objection is None else to_text(decision.objection)
    return _filled(DecisionRecord, decision, v=DECISIONS.version, objection=objection)


def from_decision(record: DecisionRecord) -> Decision:
    """Return the decision of a record."""
    return _of(Decision, record, objection=None if record.objection is None else from_text(record.objection))


def to_intent(intent: Intent) -> IntentRecord:
    """Return the record of an intent."""
    before, restores = intent.before, intent.write.restores
    return _filled(
        IntentRecord,
        intent,
        v=INTENTS.version,
        write=_to_write(intent.write),
        before=_filled(PaymentStored, before) if before else None,
        restores=_filled(PaymentStored, restores) if restores else None,
    )


def from_intent(record: IntentRecord) -> Intent:
    """Return the intent of a record."""
    before = _of(Payment, record.before) if record.before else None
    restores = _of(Payment, record.restores) if record.restores else None
    write = replace(_from_write(record.write), restores=restores)
    return Intent(
        **{name: getattr(record, name) for name in record.__struct_fields__ if name not in _NOT_OF_AN_INTENT},
        write=write,
        before=before,
    )


_NOT_OF_AN_INTENT = frozenset({"v", "write", "before", "restores"})


def to_posting(posting: Posting) -> PostingRecord:
    """Return the record of a posting."""
    return _filled(
        PostingRecord,
        posting,
        v=POSTINGS.version,
        outcome=posting.outcome.value,
        message=to_text(posting.message),
        written=_filled(WrittenStored, posting.written) if posting.written else None,
    )


def from_posting(record: PostingRecord) -> Posting:
    """Return the posting of a record."""
    return _of(
        Posting,
        record,
        outcome=Outcome(record.outcome),
        message=from_text(record.message),
        written=_of(Written, record.written) if record.written else None,
    )


def from_customer(record: CustomerRecord) -> tuple[int, str, int]:
    """Return the customer in Sage, with the name, and the company in Manage of a record."""
    return record.customer_id, record.customer, record.company_id


def to_end(end: RunEnd) -> EndRecord:
    """Return the record of an end."""
    outcomes = {outcome.value: count for outcome, count in end.outcomes.items()}
    return _filled(
        EndRecord,
        end,
        v=ENDS.version,
        phase=end.phase.value,
        **_parts(end.person, "user", "computer"),
        outcomes=outcomes,
    )


def from_end(record: EndRecord) -> RunEnd:
    """Return the end of a record."""
    return RunEnd(
        phase=Phase(record.phase),
        person=Person(user=record.user, computer=record.computer),
        outcomes={Outcome(outcome): count for outcome, count in record.outcomes.items()},
        **_parts(record, "run", "at", "successful"),
    )


def to_export(export: Export) -> ExportRecord:
    """Return the record of an export."""
    return _filled(
        ExportRecord,
        export,
        v=EXPORTS.version,
        **_parts(export.person, "user", "computer"),
        ledger_rows=export.head.rows,
        ledger_hash=export.head.hash,
    )


def from_export(record: ExportRecord) -> Export:
    """Return the export of a record."""
    person = Person(user=record.user, computer=record.computer)
    head = Head(rows=record.ledger_rows, hash=record.ledger_hash)
    return Export(person=person, head=head, **_parts(record, "run", "at", "folder", "files"))


class _Version(Struct):
    """The version alone."""

    v: int


class RecordKind(Struct, Generic[Made], frozen=True, kw_only=True):
    """A kind of record.

    Attributes:
        name: as it stands in the ledger's table.
        version: of its records as they are written now.
        word: for people.
        record: the type of the record.
        made: the value that a record stands for.
        older: the types of the records of earlier versions, the first one first.
    """

    name: str
    version: int
    word: Text
    record: type[Stored]
    made: Callable[..., Made]
    older: tuple[type[Stored], ...] = ()

    def of(self, version: int) -> type[Stored]:
        """Return the type of the records of a version; of one that there is not, today's."""
        return self.older[version - 1] if 0 < version <= len(self.older) else self.record


RUNS = RecordKind(name="run", version=2, word=say("run-word"), record=RunRecord, made=from_run, older=(RunRecord1,))
EVIDENCE = RecordKind(name="evidence", version=1, word=say("evidence-word"), record=EvidenceRecord, made=from_evidence)
ROWS = RecordKind(name="row", version=2, word=say("row-word"), record=RowRecord, made=from_row, older=(FirstRowRecord,))
OPENINGS = RecordKind(
    name="opening", version=1, word=say("opening-record-word"), record=OpeningRecord, made=from_opening
)
MATCHES = RecordKind(name="match", version=1, word=say("match-word"), record=MatchRecord, made=from_match)
HOLDS = RecordKind(name="hold", version=1, word=say("hold-word"), record=HoldRecord, made=from_hold)
DECISIONS = RecordKind(name="decision", version=1, word=say("decision-word"), record=DecisionRecord, made=from_decision)
INTENTS = RecordKind(name="intent", version=1, word=say("intent-word"), record=IntentRecord, made=from_intent)
POSTINGS = RecordKind(name="posting", version=1, word=say("posting-word"), record=PostingRecord, made=from_posting)
CUSTOMERS = RecordKind(name="customer", version=1, word=say("customer-word"), record=CustomerRecord, made=from_customer)
ENDS = RecordKind(name="end", version=1, word=say("end-word"), record=EndRecord, made=from_end)
EXPORTS = RecordKind(name="export", version=1, word=say("export-word"), record=ExportRecord, made=from_export)
KINDS: dict[str, RecordKind[Any]] = {
    kind.name: kind
    for kind in (RUNS, EVIDENCE, ROWS, OPENINGS, MATCHES, HOLDS, DECISIONS, INTENTS, POSTINGS, CUSTOMERS, ENDS, EXPORTS)
}


class UnreadableError(ValueError):
    """A record that is not of a format this Tieout knows.

    Attributes:
        newer: it is of a later version than this Tieout writes.
        why: what is wrong with it, where it is not newer.
    """

    def __init__(self, why: Text, *, newer: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.newer = newer


def read(kind: RecordKind[Made], body: str) -> Made:
    """Return the value of a record.

    Raises:
        UnreadableError: it is of a later version, or it does not have exactly the fields of its version.
    """
    try:
        version = json.decode(body, type=_Version).v if kind.older else kind.version
        record = json.decode(body, type=kind.of(version))
        known = 0 < getattr(record, "v") <= kind.version  # noqa: B009 - parts of records have none
        if not known or (_NO_AMOUNT.search(body) and not _finite(record)):
            raise _unreadable(kind, body)
        return kind.made(record)
    except (MsgspecError, ValueError, ArithmeticError, LookupError, TypeError, SetupError) as error:
        raise _unreadable(kind, body) from error


_NO_AMOUNT = re.compile(r'":"[+-]?(?:s?nan\d*|inf(?:inity)?)"', re.IGNORECASE)
"""What Decimal takes and no amount is; a customer may be called so, hence `_finite`."""


def _finite(value: object) -> bool:
    """Return whether every amount in a record is a number."""
    if isinstance(value, Struct):
        return all(map(_finite, astuple(value)))
    return all(map(_finite, value)) if isinstance(value, tuple) else not isinstance(value, Decimal) or value.is_finite()


def _unreadable(kind: RecordKind[Made], body: str) -> UnreadableError:
    """Tell what is wrong with a record: msgspec's own words are for programmers."""
    try:
        fields = json.decode(body, type=dict[str, object])
    except DecodeError:
        return UnreadableError(say("ledger-record-no-record"))
    version = fields.get("v")
    if isinstance(version, int) and version > kind.version:
        return UnreadableError(BLANK, newer=True)
    record = kind.of(version) if isinstance(version, int) else kind.record
    known = set(record.__struct_fields__)
    if unknown := sorted(fields.keys() - known):
        return UnreadableError(say("ledger-record-field-unknown", field=unknown[0]))
    if missing := sorted(known - fields.keys()):
        return UnreadableError(say("ledger-record-field-missing", field=missing[0]))
    return UnreadableError(say("ledger-record-value-unknown"))


def company_key(company: Company) -> str:
    """Return books and site as one column."""
    return json.encode([company.sage, company.site, company.manage]).decode()


def line_of_run(run: Run) -> LedgerLine:
    """Return the line that says that a run begins."""
    said = SAYS if run.says else ""
    return LedgerLine(kind=RUNS.name, run=run.id, key=company_key(run.company), state=said, body=_body(to_run(run)))


def line_of_evidence(run: str, evidence: Evidence) -> LedgerLine:
    """Return the line that says what a run proves beside its rows."""
    return LedgerLine(kind=EVIDENCE.name, run=run, body=_body(to_evidence(evidence)))


def line_of_opening(opening: Opening) -> LedgerLine:
    """Return the line of an opening statement."""
    return LedgerLine(kind=OPENINGS.name, run=opening.run, body=_body(to_opening(opening)))


def line_of_row(run: str, row: Proposal) -> LedgerLine:
    """Return the line of a row as shown for review."""
    return LedgerLine(
        kind=ROWS.name,
        run=run,
        key=row.key,
        state=row.status.value,
        proof=proves(row),
        invoice=row.invoice_id,
        body=_body(to_row(row)),
    )


def line_of_hold(run: str, hold: Hold) -> LedgerLine:
    """Return the line of a person's No to a row, or of the Yes that released it."""
    return LedgerLine(kind=HOLDS.name, run=run, key=hold.key, body=_body(to_hold(hold)))


def line_of_match(run: str, match: AcceptedMatch) -> LedgerLine:
    """Return the line of an accepted match, or of one that was taken back."""
    return LedgerLine(kind=MATCHES.name, run=run, key=match.key, body=_body(to_match(match)))


def line_of_decision(run: str, decision: Decision) -> LedgerLine:
    """Return the line of what the reviewer decided of a row."""
    return LedgerLine(kind=DECISIONS.name, run=run, key=decision.key, body=_body(to_decision(decision)))


def line_of_intent(intent: Intent) -> LedgerLine:
    """Return the line of a write about to be sent."""
    return LedgerLine(
        kind=INTENTS.name,
        run=intent.run,
        key=intent.key,
        invoice=intent.write.invoice_id,
        attempt=intent.attempt,
        body=_body(to_intent(intent)),
    )


def line_of_posting(posting: Posting) -> LedgerLine:
    """Return the line of how a row ended."""
    return LedgerLine(
        kind=POSTINGS.name,
        run=posting.run,
        key=posting.key,
        state=UNDONE if posting.undo and posting.outcome is Outcome.POSTED else posting.outcome.value,
        proof=posting.verified,
        invoice=posting.invoice_id,
        attempt=posting.attempt,
        written=posting.written is not None,
        body=_body(to_posting(posting)),
    )


def line_of_customer(run: str, row: Proposal, company_id: int) -> LedgerLine:
    """Return the line of the company that a customer is, once a row of theirs was posted and verified."""
    record = _filled(CustomerRecord, row, v=CUSTOMERS.version, company_id=company_id)
    return LedgerLine(kind=CUSTOMERS.name, run=run, key=str(row.customer_id), state=row.key, body=_body(record))


def line_of_end(end: RunEnd) -> LedgerLine:
    """Return the line of the end of a sync, a push or an undo."""
    return LedgerLine(
        kind=ENDS.name,
        run=end.run,
        key=end.phase.value,
        state=SUCCESSFUL if end.successful else UNSUCCESSFUL,
        body=_body(to_end(end)),
    )


def line_of_export(export: Export) -> LedgerLine:
    """Return the line of audit files that were made."""
    return LedgerLine(kind=EXPORTS.name, run=export.run, body=_body(to_export(export)))


def proves(row: Proposal) -> bool:
    """Return whether a row shows what its invoice's payment records say: they were read, or there are none to read."""
    if row.status is Status.IN_AGREEMENT and row.record_read:
        return True
    return row.status in {Status.IN_AGREEMENT, Status.VOIDED} and row.paid_before == ZERO


def seen_at_review(row: Proposal) -> Seen | None:
    """Return Paid Amount and the payment record's date of a row in agreement whose records were read."""
    return None if row.paid_before is None else Seen(paid=row.paid_before, date_paid=row.date_paid_before)


def seen_at_posting(posting: Posting) -> Seen | None:
    """Return Paid Amount and the payment record's date as read back."""
    if posting.paid_after is None:
        return None
    date_paid = posting.written.paid_on if posting.written else posting.date_paid_after
    return Seen(paid=posting.paid_after, date_paid=date_paid)


def _body(record: Stored) -> str:
    return json.encode(record).decode()
