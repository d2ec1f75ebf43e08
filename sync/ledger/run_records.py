"""How a run is stored: its beginning, what it proves, the opening statement, its ends and what was exported of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from msgspec import json

from sync.core.decide.opening import Opening, OpeningRow
from sync.core.prove.completeness import Intake, IntakeKind
from sync.core.prove.control_account import ControlAccount, OpenPart
from sync.core.prove.review import Evidence
from sync.core.prove.roll_forward import Balances
from sync.core.prove.tie_out import Age, DifferenceClass, Owed, TieOut, TieOutItem
from sync.core.values.messages import say
from sync.core.values.periods import Window, parse_since
from sync.core.values.policy import PaidAmount, PartialDate, RunSettings
from sync.core.values.posting import Outcome
from sync.core.values.records import BooksMark, RowMark
from sync.core.values.runs import Company, Export, Head, Person, Phase, Run, RunEnd, SiteSays
from sync.ledger.hash_chain import LedgerLine
from sync.ledger.stored_form import RecordKind, Sentences, Stored, body_of, filled, from_text, parts, to_text, value_of

SAYS = "says"
"""State of a run whose site said of itself which it is."""
SUCCESSFUL, UNSUCCESSFUL = "successful", "unsuccessful"


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


class RunRecord2(RunRecord1, frozen=True, kw_only=True):
    """A run begins, as it was stored when of the settings their fingerprint alone was kept."""

    says: SiteSaysStored | None


class SettingsStored(Stored, frozen=True, kw_only=True):
    """The settings that a run proposed under, and those that limit its push."""

    paid_amount: str
    tolerance: Decimal
    partial_date: str
    currencies: tuple[tuple[int, str], ...]
    prefixes: tuple[str, ...]
    go_live: date | None
    quiet: int
    most_rows: int
    most_amount: Decimal


class RunRecord(RunRecord2, frozen=True, kw_only=True):
    """A run begins."""

    settings: SettingsStored | None


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


class FirstEvidenceRecord(Stored, frozen=True, kw_only=True):
    """What a run proves beside its rows, in version 1: when nobody read the control account."""

    v: int
    entered: tuple[IntakeStored, ...]
    tie_out: TieOutStored | None
    books: BooksStored | None


class OpenPartStored(Stored, frozen=True, kw_only=True):
    """What is open on the documents of one currency."""

    currency: str
    documents: int
    amount: Decimal


class ControlStored(Stored, frozen=True, kw_only=True):
    """The control account beside the ledger that it controls."""

    at: datetime
    account: int
    currency: str
    balance: Decimal
    parts: tuple[OpenPartStored, ...]
    exchange: Decimal
    exchanged: int
    uncounted: int


class EvidenceRecord(FirstEvidenceRecord, frozen=True, kw_only=True):
    """What a run proves beside its rows."""

    control: ControlStored | None


class ClosingRecord(Stored, frozen=True, kw_only=True):
    """Both systems' balances, read once more after a push or an undo."""

    v: int
    run: str
    at: datetime
    user: str
    computer: str
    tie_out: TieOutStored


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


def to_run(run: Run) -> RunRecord:
    """Return the record of a run."""
    return filled(
        RunRecord,
        run,
        v=RUNS.version,
        **parts(run.company, "sage", "site", "manage"),
        **parts(run.person, "user", "computer"),
        **parts(run.window, "start", "end", "bounded"),
        choice=str(run.window.since),
        strategy=to_text(run.strategy),
        notices=tuple(map(to_text, run.notices)),
        says=filled(SiteSaysStored, run.says) if run.says else None,
        settings=_to_settings(run.settings) if run.settings else None,
    )


def from_run(record: RunRecord1) -> Run:
    """Return the run of a record."""
    says = record.says if isinstance(record, RunRecord2) else None
    settings = record.settings if isinstance(record, RunRecord) else None
    window = Window(since=parse_since(record.choice), start=record.start, end=record.end, bounded=record.bounded)
    return Run(
        company=Company(sage=record.sage, site=record.site, manage=record.manage),
        person=Person(user=record.user, computer=record.computer),
        window=window,
        strategy=from_text(record.strategy),
        notices=tuple(map(from_text, record.notices)),
        **parts(record, "id", "started", "day", "covered_to", "policy", "highest_row", "requests", "version"),
        second_person=record.second_person,
        says=value_of(SiteSays, says) if says else None,
        settings=_from_settings(settings) if settings else None,
    )


def _to_settings(settings: RunSettings) -> SettingsStored:
    choices = {"paid_amount": settings.paid_amount.value, "partial_date": settings.partial_date.value}
    return filled(SettingsStored, settings, **choices)


def _from_settings(stored: SettingsStored) -> RunSettings:
    paid_amount, partial_date = PaidAmount(stored.paid_amount), PartialDate(stored.partial_date)
    return value_of(RunSettings, stored, paid_amount=paid_amount, partial_date=partial_date)


def to_evidence(evidence: Evidence) -> EvidenceRecord:
    """Return the record of what a run proves."""
    entered = tuple(filled(IntakeStored, each, sort=each.sort.value) for each in evidence.entered)
    tied, books = evidence.tie_out, evidence.books
    return EvidenceRecord(
        v=EVIDENCE.version,
        entered=entered,
        tie_out=_to_tie_out(tied) if tied else None,
        books=_to_books(books) if books else None,
        control=_to_control(evidence.control) if evidence.control else None,
    )


def from_evidence(record: FirstEvidenceRecord) -> Evidence:
    """Return what a run proves of its record."""
    entered = tuple(value_of(Intake, each, sort=IntakeKind(each.sort)) for each in record.entered)
    control = record.control if isinstance(record, EvidenceRecord) else None
    return Evidence(
        entered=entered,
        tie_out=_from_tie_out(record.tie_out) if record.tie_out else None,
        books=_from_books(record.books) if record.books else None,
        control=_from_control(control) if control else None,
    )


def to_closing(closing: Balances) -> ClosingRecord:
    """Return the record of balances read after a push."""
    person = parts(closing.person, "user", "computer")
    return filled(ClosingRecord, closing, v=CLOSINGS.version, **person, tie_out=_to_tie_out(closing.tie_out))


def from_closing(record: ClosingRecord) -> Balances:
    """Return the balances of a record, as they were read after a push."""
    person = Person(user=record.user, computer=record.computer)
    return Balances(person=person, tie_out=_from_tie_out(record.tie_out), **parts(record, "run", "at"))


def _to_books(mark: BooksMark) -> BooksStored:
    rows = tuple(filled(RowMarkStored, row) for row in mark.rows)
    return BooksStored(counters=tuple(sorted(mark.counters.items())), rows=rows)


def _from_books(stored: BooksStored) -> BooksMark:
    return BooksMark(counters=dict(stored.counters), rows=tuple(value_of(RowMark, row) for row in stored.rows))


def _to_control(control: ControlAccount) -> ControlStored:
    return filled(ControlStored, control, parts=tuple(filled(OpenPartStored, part) for part in control.parts))


def _from_control(stored: ControlStored) -> ControlAccount:
    return value_of(ControlAccount, stored, parts=tuple(value_of(OpenPart, part) for part in stored.parts))


def _to_tie_out(tied: TieOut) -> TieOutStored:
    return TieOutStored(
        day=tied.day,
        items=tuple(filled(ItemStored, item, reason=item.reason.value, text=to_text(item.text)) for item in tied.items),
        customers=tuple(filled(OwedStored, owed) for owed in tied.customers),
        ages=tuple(filled(OwedStored, owed) for owed in tied.ages),
    )


def _from_tie_out(stored: TieOutStored) -> TieOut:
    return TieOut(
        day=stored.day,
        items=tuple(
            value_of(TieOutItem, item, reason=DifferenceClass(item.reason), text=from_text(item.text))
            for item in stored.items
        ),
        customers=tuple(value_of(Owed, owed) for owed in stored.customers),
        ages=tuple(value_of(Owed, owed, name=Age(owed.name).value) for owed in stored.ages),
    )


def to_opening(opening: Opening) -> OpeningRecord:
    """Return the record of an opening statement."""
    return filled(
        OpeningRecord,
        opening,
        v=OPENINGS.version,
        **parts(opening.person, "user", "computer"),
        rows=tuple(filled(OpeningRowStored, row) for row in opening.rows),
    )


def from_opening(record: OpeningRecord) -> Opening:
    """Return the opening statement of a record."""
    person = Person(user=record.user, computer=record.computer)
    rows = tuple(value_of(OpeningRow, row) for row in record.rows)
    return Opening(person=person, rows=rows, **parts(record, "run", "at", "go_live"))


def to_end(end: RunEnd) -> EndRecord:
    """Return the record of an end."""
    outcomes = {outcome.value: count for outcome, count in end.outcomes.items()}
    return filled(
        EndRecord,
        end,
        v=ENDS.version,
        phase=end.phase.value,
        **parts(end.person, "user", "computer"),
        outcomes=outcomes,
    )


def from_end(record: EndRecord) -> RunEnd:
    """Return the end of a record."""
    return RunEnd(
        phase=Phase(record.phase),
        person=Person(user=record.user, computer=record.computer),
        outcomes={Outcome(outcome): count for outcome, count in record.outcomes.items()},
        **parts(record, "run", "at", "successful"),
    )


def to_export(export: Export) -> ExportRecord:
    """Return the record of an export."""
    return filled(
        ExportRecord,
        export,
        v=EXPORTS.version,
        **parts(export.person, "user", "computer"),
        ledger_rows=export.head.rows,
        ledger_hash=export.head.hash,
    )


def from_export(record: ExportRecord) -> Export:
    """Return the export of a record."""
    person = Person(user=record.user, computer=record.computer)
    head = Head(rows=record.ledger_rows, hash=record.ledger_hash)
    return Export(person=person, head=head, **parts(record, "run", "at", "folder", "files"))


RUNS = RecordKind(
    name="run", version=3, word=say("run-word"), record=RunRecord, made=from_run, older=(RunRecord1, RunRecord2)
)
EVIDENCE = RecordKind(
    name="evidence",
    version=2,
    word=say("evidence-word"),
    record=EvidenceRecord,
    made=from_evidence,
    older=(FirstEvidenceRecord,),
)
CLOSINGS = RecordKind(name="closing", version=1, word=say("closing-word"), record=ClosingRecord, made=from_closing)
OPENINGS = RecordKind(
    name="opening", version=1, word=say("opening-record-word"), record=OpeningRecord, made=from_opening
)
ENDS = RecordKind(name="end", version=1, word=say("end-word"), record=EndRecord, made=from_end)
EXPORTS = RecordKind(name="export", version=1, word=say("export-word"), record=ExportRecord, made=from_export)


def company_key(company: Company) -> str:
    """Return books and site as one column."""
    return json.encode([company.sage, company.site, company.manage]).decode()


def line_of_run(run: Run) -> LedgerLine:
    """Return the line that says that a run begins."""
    said = SAYS if run.says else ""
    return LedgerLine(kind=RUNS.name, run=run.id, key=company_key(run.company), state=said, body=body_of(to_run(run)))


def line_of_evidence(run: str, evidence: Evidence) -> LedgerLine:
    """Return the line that says what a run proves beside its rows."""
    return LedgerLine(kind=EVIDENCE.name, run=run, body=body_of(to_evidence(evidence)))


def line_of_closing(closing: Balances) -> LedgerLine:
    """Return the line of balances read after a push."""
    return LedgerLine(kind=CLOSINGS.name, run=closing.run, body=body_of(to_closing(closing)))


def line_of_opening(opening: Opening) -> LedgerLine:
    """Return the line of an opening statement."""
    return LedgerLine(kind=OPENINGS.name, run=opening.run, body=body_of(to_opening(opening)))


def line_of_end(end: RunEnd) -> LedgerLine:
    """Return the line of the end of a sync, a push or an undo."""
    return LedgerLine(
        kind=ENDS.name,
        run=end.run,
        key=end.phase.value,
        state=SUCCESSFUL if end.successful else UNSUCCESSFUL,
        body=body_of(to_end(end)),
    )


def line_of_export(export: Export) -> LedgerLine:
    """Return the line of audit files that were made."""
    return LedgerLine(kind=EXPORTS.name, run=export.run, body=body_of(to_export(export)))
