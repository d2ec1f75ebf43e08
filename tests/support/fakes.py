"""In-memory stand-ins for Sage and Manage that implement the ports; the contract suites hold them to the real ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from sync.core.errors import Unavailable
from sync.core.matching import normalise
from sync.core.money import ZERO, total
from sync.core.posting import Applied, NoAnswer, NotApplied, Reply
from sync.core.reading import Entered, Reading, Wanted
from sync.core.records import OWN_KINDS, RECEIPT, Action, Balance, Document, Entry, Invoice, Payment, Write
from sync.core.standing import paid
from sync.core.words import Text, say


@dataclass
class FakeBooks:
    """A Sage company in memory. Entries need `entered_on` to be found by a window."""

    documents: list[Document] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    company: str = "Maple Networks Inc."
    clock: datetime = datetime(2026, 4, 10, 9, 30)  # noqa: DTZ001 - Sage's clock is local and naive
    down: bool = False
    notices: tuple[Text, ...] = ()

    def read(self, wanted: Wanted) -> Reading:
        """Answer as the real reader does."""
        if self.down:
            raise Unavailable(say("Sage does not answer."))
        entered = [
            Entered(id=e.id, document_id=e.document_id, kind=e.kind, amount=e.amount)
            for e in self.entries
            if wanted.window and _touches(e, wanted)
        ]
        chosen = {e.document_id for e in entered} | wanted.documents
        numbers = {normalise(d.number, wanted.prefix) for d in self.documents if d.id in chosen} - {""}
        documents = [d for d in self.documents if d.id in chosen or normalise(d.number, wanted.prefix) in numbers]
        ids = {d.id for d in documents}
        return Reading(
            company=self.company,
            clock=self.clock,
            strategy=say("By the day of entry."),
            highest_row=max((e.id for e in self.entries), default=0),
            entered=entered,
            documents=documents,
            entries=[e for e in self.entries if e.document_id in ids or not e.banked],
            notices=self.notices,
            balances=[self._balance(d) for d in self.documents] if wanted.balances else (),
        )

    def _balance(self, document: Document) -> Balance:
        rows = [e for e in self.entries if e.document_id == document.id]
        applied = [e for e in rows if e.kind not in OWN_KINDS]
        unreadable = any(e.amount is None for e in rows)

        def summed(some: Iterable[Entry]) -> Decimal:
            return ZERO if unreadable else total(e.amount or ZERO for e in some)

        return Balance(
            document=document,
            total=summed(e for e in rows if e.kind in OWN_KINDS),
            cash=ZERO - summed(e for e in applied if e.kind == RECEIPT and e.banked),
            balance=summed(rows),
            last_entered=max((day for e in applied if (day := e.entered_on or e.dated)), default=None),
            unreadable=unreadable,
        )


def _touches(entry: Entry, wanted: Wanted) -> bool:
    window = wanted.window
    if window is None or entry.kind in OWN_KINDS or entry.entered_on is None:
        return False
    return window.start <= entry.entered_on and (not window.bounded or entry.entered_on <= window.end)


@dataclass
class FakeSite:
    """A Manage site in memory: one payment record per invoice, as the likeliest site behaves.

    Attributes:
        invoices_: by id.
        records: payment records by invoice id.
        before_write: called with each write before it is applied; may return a reply of its own (nothing is applied).
        after_write: called after a write is applied; may return a reply that replaces the true one.
    """

    invoices_: dict[int, Invoice] = field(default_factory=dict)
    records: dict[int, list[Payment]] = field(default_factory=dict)
    requests: int = 0
    down: bool = False
    writes: list[Write] = field(default_factory=list)
    before_write: Callable[[Write], Reply | None] = lambda _: None
    after_write: Callable[[Write], Reply | None] = lambda _: None
    next_id: int = 9000
    clock_skew: timedelta | None = None
    seconds_each: float = 0.0

    def add(self, invoice: Invoice, *payments: Payment) -> None:
        """Put an invoice with its payment records in place; Paid Amount follows from the records."""
        self.records[invoice.id] = list(payments)
        self.invoices_[invoice.id] = replace(
            invoice, payments=paid(payments), balance=invoice.total - paid(payments) - invoice.credits
        )

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers."""
        self._ask(1 if numbers else 0)
        return [i for i in self.invoices_.values() if normalise(i.number) in numbers]

    def all_invoices(self, about: int = 0) -> list[Invoice]:
        """Every invoice."""
        del about
        self._ask(1)
        return list(self.invoices_.values())

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice."""
        self._ask(len(invoice_ids))
        return {i: tuple(self.records.get(i, ())) for i in invoice_ids}

    def ready(self) -> None:
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
                return NotApplied(message=say("A payment already exists on this invoice."))
            self.next_id += 1
            record = Payment(id=self.next_id, invoice_id=write.invoice_id, amount=write.amount, paid_on=write.paid_on)
            records = [*records, record]
        elif all(p.id != write.payment_id for p in records):
            return NotApplied(message=say("There is no such payment."))
        elif write.action is Action.DELETE:
            record, records = None, [p for p in records if p.id != write.payment_id]
        else:
            old = next(p for p in records if p.id == write.payment_id)
            record = replace(old, amount=write.amount, paid_on=write.paid_on)
            records = [record if p.id == write.payment_id else p for p in records]
        self.add(self.invoices_[write.invoice_id], *records)
        return Applied(payment=record)

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

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> NoProgress:
        """Begin a stage."""
        del label, total, how_long
        return self

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""

    def step(self, count: int = 1) -> None:
        """Move on."""
