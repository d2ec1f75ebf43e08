"""In-memory stand-ins for Sage and Manage that implement the ports; the contract suites hold them to the real ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from sync.core.decide.credit_groups import group_of, sharing_credit
from sync.core.decide.manage_position import paid
from sync.core.decide.matching import normalise, trimmed
from sync.core.decide.same_books import MARKED, mark_of
from sync.core.values.errors import NotFound, Refused, TieoutError, Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, rounded, total
from sync.core.values.posting import Accepted, NoAnswer, Refusal, Reply
from sync.core.values.records import (
    OWN_KINDS,
    RECEIPT,
    AccountReading,
    Action,
    Balance,
    BooksMark,
    Document,
    Entered,
    Entry,
    Invoice,
    InvoiceList,
    Payment,
    Reading,
    Wanted,
    Write,
)
from sync.core.values.runs import SiteSays
from sync.sage.statements import orphan
from sync.usecases.ports import SilentStage


@dataclass
class FakeBooks:
    """A Sage company in memory. Entries need `entered_on` to be found by a window, or `dated` without stamps."""

    documents: list[Document] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    company: str = "Maple Networks Inc."
    clock: datetime = datetime(2026, 4, 10, 9, 30)  # noqa: DTZ001 - Sage's clock is local and naive
    down: bool = False
    notices: tuple[Text, ...] = ()
    stamped: bool = True
    counters: dict[int, int] = field(default_factory=lambda: {50: 8})
    account: AccountReading | None = None

    def read(self, wanted: Wanted) -> Reading:
        """Answer as the real reader does."""
        if self.down:
            raise Unavailable(say("Sage does not answer."))
        if not self.documents:
            raise Refused(say("sage-books-without-invoices", company=self.company))
        entered = self._entered(wanted)
        touched = {e.document_id for e in entered}
        chosen = touched | wanted.documents
        numbers = {normalise(d.number, wanted.prefixes) for d in self.documents if d.id in chosen} | wanted.numbers
        numbers -= {""}
        documents = [d for d in self.documents if d.id in chosen or normalise(d.number, wanted.prefixes) in numbers]
        ids = {d.id for d in documents} | touched
        balances = [self._balance(d) for d in self.documents]
        payers = {e.customer_id for e in self.entries if e.document_id in ids and e.kind == RECEIPT}
        notes = {
            b.document.id for b in balances if b.credit_note and (wanted.balances or b.document.customer_id in payers)
        }
        given = [e for e in self.entries if e.document_id in notes]
        groups = {group_of(e) for e in given if e.kind == RECEIPT}
        credit = given + [
            e for e in self.entries if e.kind == RECEIPT and e.document_id not in notes and group_of(e) in groups
        ]
        sharing = sharing_credit(credit, ids)
        numbers |= {normalise(d.number, wanted.prefixes) for d in self.documents if d.id in sharing} - {""}
        documents = [
            d for d in self.documents if d.id in ids | sharing or normalise(d.number, wanted.prefixes) in numbers
        ]
        ids |= {d.id for d in documents}
        rows = {e.id: e for e in (*credit, *(e for e in self.entries if e.document_id in ids))}
        return Reading(
            company=self.company,
            clock=self.clock,
            strategy=say("By the day of entry."),
            highest_row=max((e.id for e in self.entries), default=0),
            entered=entered,
            documents=[*documents, *map(orphan, sorted(touched - {d.id for d in self.documents}))],
            entries=list(rows.values()),
            notices=self.notices,
            balances=balances if wanted.balances else (),
            stamped=self.stamped,
            mark=self._mark({mark.id for mark in wanted.marks}),
            still_there=frozenset({d.id for d in self.documents} & {mark.document_id for mark in wanted.marks}),
            account=self.account if wanted.balances else None,
        )

    def _mark(self, known: Collection[int]) -> BooksMark:
        """What these books are known again by."""
        numbers = {document.id: document.number for document in self.documents}
        ordered = sorted((e for e in self.entries if e.document_id in numbers), key=lambda entry: entry.id)
        kept = [*(e for e in ordered[:-MARKED] if e.id in known), *ordered[-MARKED:]]
        rows = tuple(mark_of(entry, numbers[entry.document_id]) for entry in kept)
        return BooksMark(counters=dict(self.counters), rows=rows)

    def _entered(self, wanted: Wanted) -> list[Entered]:
        """The payment information entered in a window, or late: applications, and adjustments of what has some."""
        applied = {e.document_id for e in self.entries if e.kind not in OWN_KINDS}
        window, seen, found = wanted.window, wanted.covered, []
        for e in sorted(self.entries, key=lambda e: e.id):
            day = e.entered_on if self.stamped else e.dated
            if window is None or day is None or e.document_id not in applied:
                continue
            late = self.stamped and seen is not None and e.id > seen.row and day < min(seen.day, window.start)
            if late or (window.start <= day and (not window.bounded or day <= window.end)):
                stamp = day if late else None
                found.append(Entered(id=e.id, document_id=e.document_id, kind=e.kind, amount=e.amount, late=stamp))
        return found

    def _balance(self, document: Document) -> Balance:
        rows = [e for e in self.entries if e.document_id == document.id]
        applied = [e for e in rows if e.kind not in OWN_KINDS]
        unreadable = not rows or any(e.amount is None for e in rows)

        def summed(some: Iterable[Entry]) -> Decimal:
            return ZERO if unreadable else rounded(total(e.held for e in some))

        def latest(some: Iterable[Entry]) -> date | None:
            days = ((e.entered_on if self.stamped else None) or e.dated for e in some)
            return max((day for day in days if day), default=None)

        return Balance(
            document=document,
            total=summed(e for e in rows if e.kind in OWN_KINDS),
            received=ZERO - summed(e for e in applied if e.kind == RECEIPT),
            balance=summed(rows),
            last_entered=latest(applied),
            last_row=latest(rows),
            unreadable=unreadable,
            deposit=not unreadable and len(applied) == len(rows),
            without_rows=not rows,
        )


@dataclass
class FakeSite:
    """A Manage site in memory: one payment record per invoice, as the likeliest site behaves.

    Attributes:
        invoices_: by id.
        records: payment records by invoice id.
        hidden: ids of invoices that are counted, and shown to who asks for their number, but not in the list.
        before_write: called with each write before it is applied; may return a reply of its own (nothing is applied).
        after_write: called after a write is applied; may return a reply that replaces the true one.
        before_payments: called before payment records are read; may return an error that is raised in their place.
        late: payment records that a site which lags behind still shows, by invoice id, in place of those it holds.
        read: the invoice ids whose payment records were read, in order.
    """

    invoices_: dict[int, Invoice] = field(default_factory=dict)
    records: dict[int, list[Payment]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    requests: int = 0
    down: bool = False
    writes: list[Write] = field(default_factory=list)
    before_write: Callable[[Write], Reply | None] = lambda _: None
    after_write: Callable[[Write], Reply | None] = lambda _: None
    before_payments: Callable[[Collection[int]], TieoutError | None] = lambda _: None
    late: dict[int, tuple[Payment, ...]] = field(default_factory=dict)
    read: list[int] = field(default_factory=list)
    next_id: int = 9000
    clock_skew: timedelta | None = timedelta(0)
    seconds_each: float = 0.0
    remarks: tuple[Text, ...] = ()
    says: SiteSays | None = None

    def add(self, invoice: Invoice, *payments: Payment) -> None:
        """Put an invoice with its payment records in place; Paid Amount follows from the records."""
        self.records[invoice.id] = list(payments)
        self.invoices_[invoice.id] = replace(
            invoice, payments=paid(payments), balance=invoice.total - paid(payments) - invoice.credits
        )

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers."""
        self._ask(1 if numbers else 0)
        bare = {trimmed(number) for number in numbers}
        return [i for i in self.invoices_.values() if trimmed(i.number) in bare]

    def all_invoices(self, about: int = 0) -> InvoiceList:
        """Every invoice, but for those that the list hides."""
        del about
        self._ask(1)
        shown = [each for each in self.invoices_.values() if each.id not in self.hidden]
        return InvoiceList(invoices=shown, counted=len(self.invoices_))

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice."""
        self._ask(len(invoice_ids))
        error = self.before_payments(invoice_ids) if invoice_ids else None
        if error is not None:
            raise error
        if not self.invoices_.keys() >= set(invoice_ids):
            raise NotFound(say("manage-not-found", what=say("manage-to-read-payments"), said=say("no-reason-given")))
        self.read += invoice_ids
        return {i: self.late.get(i, tuple(self.records.get(i, ()))) for i in invoice_ids}

    def wait_for_turn(self) -> None:
        """Wait for nothing."""

    def write(self, write: Write) -> Reply:
        """Apply a write, unless a hook answers in its place."""
        self._ask(1)
        self.writes.append(write)
        reply = self.before_write(write)
        if reply is not None:
            return reply
        true = self.apply(write)
        return self.after_write(write) or true

    def apply(self, write: Write) -> Reply:
        """What the server does with a write."""
        records = self.records[write.invoice_id]
        if write.action is Action.CREATE:
            if any(p.ours for p in records):
                return Refusal(message=say("A payment already exists on this invoice."))
            self.next_id += 1
            record = replace(
                write.restores
                or Payment(id=0, invoice_id=write.invoice_id, amount=write.amount, paid_on=write.paid_on),
                id=self.next_id,
                applied_by="",
            )
            records = [*records, record]
        elif all(p.id != write.payment_id for p in records):
            return Refusal(message=say("There is no such payment."))
        elif write.action is Action.DELETE:
            record, records = None, [p for p in records if p.id != write.payment_id]
        else:
            old = next(p for p in records if p.id == write.payment_id)
            time_of_day = write.restores.time_of_day if write.restores else ""
            time_of_day = time_of_day if write.paid_on != old.paid_on else old.time_of_day
            record = replace(old, amount=write.amount, paid_on=write.paid_on, time_of_day=time_of_day)
            records = [record if p.id == write.payment_id else p for p in records]
        self.add(self.invoices_[write.invoice_id], *records)
        return Accepted(payment_id=record.id if record else None)

    def _ask(self, count: int) -> None:
        if self.down:
            raise Unavailable(say("Manage does not answer."))
        self.requests += count


SILENCE = NoAnswer(message=say("Manage did not answer in time."))


@dataclass
class FakeClock:
    """A clock that moves only when told to, or when somebody sleeps."""

    moment: datetime = datetime(2026, 4, 10, 13, 30, tzinfo=UTC)
    day: date | None = date(2026, 4, 10)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def today(self) -> date | None:
        """The set day."""
        return self.day

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.pass_by(timedelta(seconds=seconds))

    def pass_by(self, span: timedelta) -> None:
        """Let time go by."""
        self.moment += span


class NoProgress:
    """Nobody is watching."""

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> SilentStage:
        """Begin a stage."""
        del label, total, how_long
        return SilentStage()
