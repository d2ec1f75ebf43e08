"""What the use cases need of the world. Each port has one contract suite in tests/contracts, passed by all adapters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from sync.core.journal import Company, Export, Head, Person, Run, RunEnd, RunSummary
from sync.core.posting import Decision, Intent, Posting, Reply
from sync.core.proposal import Proposal
from sync.core.reading import Reading, Wanted
from sync.core.records import Invoice, Payment, Write
from sync.core.review import Evidence, OpenItem
from sync.core.standing import Known
from sync.core.words import Text


class SageBooks(Protocol):
    """A Sage 50 company, read only."""

    def read(self, wanted: Wanted) -> Reading:
        """Read in one read-only, consistent transaction.

        Raises:
            SetupError: driver, login, rights, a missing table or column.
            Unavailable: no answer, or the connection was lost; nothing was changed.
            Refused: the company has no documents at all.
        """
        ...


class ManageSite(Protocol):
    """A ConnectWise Manage site, seen as one company's login."""

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        ...

    @property
    def clock_skew(self) -> timedelta | None:
        """By how much this computer's clock is ahead of Manage's, as the last answer told; None before the first."""
        ...

    @property
    def seconds_each(self) -> float:
        """Seconds from one request to the next when one follows the other, as far as is known; 0 before the first."""
        ...

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers: complete, or an error; in the fewest requests.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        ...

    def all_invoices(self, about: int = 0) -> list[Invoice]:
        """Every invoice of the site: complete, each once, or an error; in the fewest requests.

        Args:
            about: how many there may be, as the books tell; what is read never depends on it.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        ...

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice, one request (or page) each.

        Raises:
            SetupError: login, permission or site are wrong.
            Unavailable: no complete answer.
        """
        ...

    def ready(self) -> None:
        """Wait until one more request may be sent, so that no wait lies between an intent and its request."""
        ...

    def write(self, write: Write) -> Reply:
        """Send one request, once: never retried, never redirected. The three-valued reply says what is known of it."""
        ...


class Ledger(Protocol):
    """The append-only record of one user on one computer. Every method commits before it returns."""

    def begin(self, run: Run, rows: Sequence[Proposal], evidence: Evidence | None = None) -> None:
        """Record a run, its reviewed rows and what it proves in one transaction."""
        ...

    def decide(self, run: str, decisions: Iterable[Decision]) -> None:
        """Record what the reviewer decided."""
        ...

    def intend(self, intent: Intent) -> None:
        """Commit an intent. Its request may be sent only after this returns."""
        ...

    def conclude(self, posting: Posting) -> None:
        """Commit how a row ended."""
        ...

    def finish(self, end: RunEnd) -> None:
        """Commit the end of a sync or a push; a successful one moves the watermark."""
        ...

    def run(self, run: str) -> Run | None:
        """A run by its id."""
        ...

    def replaced_by(self, run: Run) -> Run | None:
        """The newest run after this one, for the same books and site, whose review was shown to somebody."""
        ...

    def last_success(self, company: Company, person: Person | None) -> Run | None:
        """The newest successful run for these books and this site, by this person or (None) by anyone on record."""
        ...

    def company_of_site(self, site: str, manage: str) -> Company | None:
        """The books that were pinned to a site at first use."""
        ...

    def highest_row(self, company: Company, before: date) -> int | None:
        """Highest `tcustrdt.lId` seen by the newest run before a day, else by the oldest run; None without runs."""
        ...

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """The rows of a run by key, as they were shown for review."""
        ...

    def postings(self, run: str) -> dict[str, Posting]:
        """How rows of a run ended so far, by key; the latest word on each that changed anything."""
        ...

    def changes(self, run: str) -> dict[str, Posting]:
        """What the rows of a run last changed in Manage, by key; an undo is a change too."""
        ...

    def intents(self, run: str) -> list[Intent]:
        """Every write of a run that was to be sent, oldest first."""
        ...

    def in_doubt(self, company: Company) -> list[Intent]:
        """Intents without a known outcome, of all runs for these books and this site, oldest first."""
        ...

    def rebuilt(self) -> datetime | None:
        """When this ledger took the place of a lost one; None where it never did."""
        ...

    def evidence(self, run: str) -> Evidence | None:
        """What a run proves beside its rows; None where no run of that id is on record."""
        ...

    def next_run(self, run: Run) -> str | None:
        """The id of the run that came after one, for the same books and site."""
        ...

    def all_postings(self, run: str) -> list[Posting]:
        """How every push and undo of a run's rows ended, oldest first."""
        ...

    def decisions(self, run: str) -> dict[str, Decision]:
        """The last decision on each row of a run, by key."""
        ...

    def ends(self, run: str) -> list[RunEnd]:
        """How the sync, the pushes and the undo of a run ended, oldest first."""
        ...

    def export(self, export: Export) -> None:
        """Record audit files that were made."""
        ...

    def exports(self, run: str) -> list[Export]:
        """Audit files that were made of a run, oldest first."""
        ...

    def open_items(self, company: Company, before: str | None = None) -> dict[str, OpenItem]:
        """Rows by key that no run has settled yet; or that none had when a run began."""
        ...

    def known(self, company: Company) -> Known:
        """What the ledger remembers of Manage, for these books and this site."""
        ...

    def history(self) -> list[RunSummary]:
        """All runs, newest first."""
        ...

    def verify(self) -> Head:
        """Check the whole chain.

        Raises:
            Refused: the first bad row is named, and what to do.
        """
        ...

    def head(self) -> Head:
        """The end of the chain."""
        ...


class Clock(Protocol):
    """Time. `--today` replaces the day, never the moment."""

    def now(self) -> datetime:
        """The moment, UTC."""
        ...

    def today(self) -> date | None:
        """The day set by `--today`, which then stands for every clock; None when the clocks themselves decide."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C interrupts."""
        ...


class Progress(Protocol):
    """Shows long work to a person. A context manager; entering starts a stage."""

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Begin a stage of `total` steps; say how long it will take, where that is worth a sentence."""
        ...


class Stage(Protocol):
    """One stage of long work."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def step(self, count: int = 1) -> None:
        """One more (or several) done."""
        ...
