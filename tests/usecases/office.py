"""A small office to run the use cases in: books, site, ledger, clock, and shorthand for what happens there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sync.core.decide.push_rules import Caps
from sync.core.prove.review import Decided, MadeFrom, Review, Reviewed
from sync.core.prove.workpapers import Audit
from sync.core.values.periods import Choice, Since
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision, Outcome
from sync.core.values.records import Document, Entry, Payment
from sync.core.values.runs import NotedHead, Person
from sync.ledger.sqlite_ledger import SqliteLedger, open_ledger
from sync.usecases.export import gathered
from sync.usecases.guards import reviewed_rows
from sync.usecases.ports import Ledger, ManageSite, Progress, Rules, Seat, Systems
from sync.usecases.push import Confirm, Pushed, push
from sync.usecases.sync import sync
from sync.usecases.undo import undo
from tests.support import build
from tests.support.fakes import FakeBooks, FakeClock, FakeSite, NoProgress

TODAY = date(2026, 4, 10)
SITE = "https://api-na.example.net"
PERSON = Person(user="marie", computer="compta-1")
PAST_MONTH = Since(choice=Choice.PAST_MONTH)
LAST_RUN = Since(choice=Choice.LAST_RUN)
CAPS = Caps(rows=500, amount=Decimal("250000.00"))
FIRST = Document(id=1, customer_id=7, customer="Boréal inc.", number="1", dated=date(2020, 1, 1), kind=0, currency_id=1)
"""An invoice of long ago, of which nothing is left: books without any are refused."""


@dataclass
class Office:
    """Everything around one accountant on one computer."""

    folder: Path
    books: FakeBooks = field(default_factory=lambda: FakeBooks(documents=[FIRST]))
    site: FakeSite = field(default_factory=FakeSite)
    clock: FakeClock = field(default_factory=FakeClock)
    policy: Policy = field(default_factory=Policy)
    caps: Caps = CAPS
    quiet: timedelta = timedelta(minutes=10)
    go_live: date | None = None
    person: Person = PERSON
    progress: Progress = field(default_factory=NoProgress)
    address: str = SITE
    login: str = "acme"
    ledger: SqliteLedger = field(init=False)
    next_row: int = 0

    def __post_init__(self) -> None:
        self.ledger = open_ledger(self.folder)

    @property
    def manage(self) -> ManageSite:
        """What answers for Manage."""
        return self.site

    @property
    def systems(self) -> Systems:
        """Both systems, as the use cases are given them."""
        return Systems(sage=self.books, manage=self.manage, site=self.address, manage_company=self.login)

    @property
    def rules(self) -> Rules:
        """The settings that decide."""
        return Rules(policy=self.policy, caps=self.caps, quiet=self.quiet, go_live=self.go_live)

    @property
    def seat(self) -> Seat:
        """Who works here, with what."""
        return Seat(person=self.person, ledger=self.ledger, clock=self.clock, progress=self.progress, version="0.0.0")

    def invoice(self, number: int, total: str, *payments: Payment, manage_total: str | None = None) -> None:
        """An invoice in both systems."""
        name = str(number)
        self.books.documents.append(build.document(number, number=name))
        self.row(number, total, kind=0, dated=build.OWN_DAY, entered_on=build.OWN_DAY, number=name)
        shown = build.invoice(total=manage_total or total, id=number + 100_000, number=name, balance=Decimal(total))
        self.site.add(shown, *payments)

    def row(self, document: int, amount: str, **changes: Any) -> Entry:  # noqa: ANN401 - any field of Entry
        """A row in a document's ledger in Sage, entered a few days ago unless said otherwise."""
        self.next_row += 1
        day = date(2026, 4, 7)
        plain = build.entry(amount, document, id=self.next_row, dated=day, number=f"R{self.next_row}", entered_on=day)
        entry = replace(plain, **changes)
        self.books.entries.append(entry)
        return entry

    def receipt(self, document: int, amount: str, **changes: Any) -> Entry:  # noqa: ANN401 - any field of Entry
        """A receipt applied to an invoice."""
        return self.row(document, f"-{amount}", **changes)

    def record(self, number: int, amount: str, paid_on: date | None = None, record_id: int = 1) -> Payment:
        """A payment record on an invoice in Manage."""
        return Payment(id=record_id, invoice_id=number + 100_000, amount=Decimal(amount), paid_on=paid_on)

    def shown(self, number: int) -> tuple[str, date | None]:
        """Paid Amount and Date Paid as Manage has them."""
        records = self.site.records[number + 100_000]
        dates = [p.paid_on for p in records if p.paid_on]
        return str(self.site.invoices_[number + 100_000].payments), max(dates, default=None)

    def sync(self, since: Since = PAST_MONTH, until: date | None = None) -> Review:
        """Run Sync, a moment after the last thing that happened."""
        self.clock.pass_by(timedelta(seconds=1))
        return sync(self.systems, self.rules, self.seat, since, until)

    def push(self, review: Review, *, yes: bool = True, approve: dict[str, bool] | None = None) -> Pushed:
        """Push a review with its default approvals, or with others by invoice number."""
        choices = {row.key: (approve or {}).get(row.invoice, row.approve) for row in review.rows}
        decisions = [Decision(key=key, approve=chosen) for key, chosen in choices.items()]
        return self.push_decided(review.run.id, decisions, lambda *_: yes)

    def push_decided(self, run: str, decisions: Iterable[Decision], confirm: Confirm = lambda *_: True) -> Pushed:
        """Push a workbook that comes back with these decisions."""
        decided = Decided(run=run, decisions=tuple(decisions), printed=printed(self.ledger))
        return push(self.systems, self.rules, self.seat, self.reviewed(run), decided, confirm)

    def reviewed(self, run: str) -> Reviewed:
        """The rows of a run, if they may still be pushed."""
        return reviewed_rows(self.ledger, self.systems, self.policy, run)

    def undo(self, run: str, confirm: Confirm = lambda *_: True, keys: Collection[str] = ()) -> Pushed:
        """Take a run back, or some rows of it."""
        return undo(self.systems, self.rules, self.seat, run, confirm, keys)

    def audit(self, run: str) -> Audit:
        """Everything on record of a run."""
        return gathered(self.ledger, run, self.clock.now(), self.person)

    def reopen(self) -> None:
        """Start the program again: only what is on disk is left."""
        self.ledger.close()
        self.ledger = open_ledger(self.folder)


def printed(ledger: Ledger) -> NotedHead:
    """The ledger's head, as a workbook of this moment shows it."""
    return NotedHead(head=ledger.head(), where="the workbook")


def statuses(review: Review) -> dict[str, str]:
    """Status by invoice number."""
    return {row.invoice: row.status.value for row in review.rows}


def outcomes(pushed: Pushed) -> dict[str, Outcome]:
    """Outcome by invoice number."""
    return {posting.invoice: posting.outcome for posting in pushed.postings}


def made_from(review: Review, **head: Any) -> MadeFrom:  # noqa: ANN401 - fields of a head
    """What the file of a review says it was made from."""
    return MadeFrom(run=review.run.id, printed=NotedHead(head=replace(review.ledger_head, **head), where="review.xlsx"))
