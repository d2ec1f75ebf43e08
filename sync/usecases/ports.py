"""The ports: what the use cases need from outside. Fakes and adapters pass the same contract suite for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from msgspec import Struct

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.opening import Opening
from sync.core.decide.push_rules import Caps
from sync.core.prove.month import MonthAudit
from sync.core.prove.review import Decided, Evidence, MadeFrom, OpenItem, Review
from sync.core.prove.roll_forward import Balances, BalancesRead
from sync.core.prove.story import Recorded, Story
from sync.core.prove.workpapers import Audit
from sync.core.values.invoice_link import InvoiceLink
from sync.core.values.messages import Text
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision, Intent, Posting, Reply
from sync.core.values.proposal import AcceptedMatch, Hold, Proposal
from sync.core.values.records import BooksMark, Invoice, InvoiceList, Payment, Reading, Wanted, Write
from sync.core.values.runs import Company, Export, Head, Person, Run, RunEnd, RunSummary, SiteSays
from sync.core.values.signature import Signature


class SageBooks(Protocol):
    """A Sage 50 company, read only."""

    def read(self, wanted: Wanted) -> Reading:
        """Read in one read-only, consistent transaction.

        Raises:
            SetupError: driver, login, rights, a missing table or column.
            Unavailable: no answer, or the connection was lost; nothing was changed.
            Refused: the company has no documents at all.
        """


class ManageSite(Protocol):
    """A ConnectWise Manage site, seen as one company's login.

    Reading is complete or raises: SetupError where login, permission or site are wrong, else Unavailable.
    """

    @property
    def requests(self) -> int:
        """Requests sent so far."""

    @property
    def clock_skew(self) -> timedelta | None:
        """By how much this computer's clock is ahead of Manage's, as the last answer that tells has told; else None."""

    @property
    def says(self) -> SiteSays | None:
        """What the site says of itself, asked once; None where that is less than an id and a name."""

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What a run is to say of how the site had to be asked, so far."""

    @property
    def seconds_each(self) -> float:
        """Seconds from one request to the next when one follows the other, as far as is known; 0 before the first."""

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """Return every invoice that bears one of the numbers; a number that does not come back is not there.

        Args:
            numbers: as they may stand in Manage (see `matching.spellings`); what cannot be seen does not count.
        """

    def all_invoices(self, about: int = 0) -> InvoiceList:
        """Return every invoice of the site, each once, in the fewest requests, with Manage's own count.

        Args:
            about: how many there may be, as the books tell; what is read never depends on it.
        """

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """Return the payment records of each invoice, by Manage invoice id; an empty tuple where it has none.

        Raises:
            NotFound: one of the invoices is gone, or not to be seen.
        """

    def wait_for_turn(self) -> None:
        """Wait until one more request may be sent, so that no wait lies between an intent and its request."""

    def write(self, write: Write) -> Reply:
        """Send one request, once: never retried, never redirected. The reply says what Manage answered, if it did."""


class Ledger(Protocol):
    """The append-only record of one user on one computer. Whatever records something has committed it on return.

    What is asked of books and their site is answered of all runs on record of the same books and site: see `same_site`.

    Raises SetupError (disk full, folder not writable; nothing was added) or Refused (the file is in use, or damaged).
    """

    def begin(
        self, run: Run, rows: Sequence[Proposal], evidence: Evidence | None = None, opening: Opening | None = None
    ) -> None:
        """Record a run, its reviewed rows, what it proves and the opening statement it makes in one transaction."""

    def opening(self, company: Company) -> Opening | None:
        """Return the opening statement of these books at this site; None where none was ever made."""

    def decide(self, run: str, decisions: Iterable[Decision], holds: Iterable[Hold] = ()) -> None:
        """Record what the reviewer decided, and what that holds or releases."""

    def intend(self, intent: Intent) -> None:
        """Commit an intent. Its request may be sent only after this returns."""

    def conclude(self, posting: Posting) -> None:
        """Commit how a row ended."""

    def finish(self, end: RunEnd) -> None:
        """Commit the end of a sync or a push; a successful one moves the watermark."""

    def run(self, run: str) -> Run | None:
        """Return a run by its id."""

    def replaced_by(self, run: Run) -> Run | None:
        """Return the newest run after this one, for the same books and site, whose review was shown to somebody."""

    def last_success(self, company: Company, person: Person | None, by: date | None = None) -> Run | None:
        """Return the newest successful run on these books and site, by this person or (None) by anyone on record."""

    def companies(self) -> Mapping[Company, SiteSays | None]:
        """Return the books and sites of all runs, each once, oldest first, and what each site last said of itself."""

    def highest_row(self, company: Company, before: date) -> int | None:
        """Return the highest `tcustrdt.lId` of the newest run before a day, else of the oldest; None without runs."""

    def covering_run(self, company: Company, by: date) -> Run | None:
        """Return the run that covers the most days up to one, the newest of several; None without runs."""

    def run_count(self, company: Company) -> int:
        """Return how many runs of these books at this site are on record."""

    def books_mark(self, company: Company) -> BooksMark | None:
        """Return what these books were known by at the newest run; None before the first."""

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """Return the rows of a run by key, as they were shown for review."""

    def postings(self, run: str) -> dict[str, Posting]:
        """Return how rows of a run ended so far, by key; the latest word on each that changed anything."""

    def changes(self, run: str) -> dict[str, Posting]:
        """Return what the rows of a run last changed in Manage, by key; an undo is a change too."""

    def intents(self, run: str) -> list[Intent]:
        """Return every write of a run that was to be sent, oldest first."""

    def recorded(self, number: str) -> list[Recorded]:
        """Return every row about any key that ever bore a number, in Sage or Manage, of whatever books, oldest first.

        Numbers are compared by `story.bears`; keys are of all books, so others' rows may be among them.
        """

    def in_doubt(self, company: Company, before: int | None = None) -> list[Intent]:
        """Return the intents without a known outcome, of all runs for these books and this site, oldest first.

        With `before`, those that had none yet when that row of the ledger was written.
        """

    def doubtful_since(self) -> datetime | None:
        """Return when this ledger was found to be older than what it has been, or a copy of another; None else."""

    def ends_since_rebuilt(self) -> list[RunEnd]:
        """Return the end of the last rebuilding of a lost ledger, and all ends since; empty where it never was one."""

    def evidence(self, run: str) -> Evidence | None:
        """Return what a run proves beside its rows; None where no run of that id is on record."""

    def keep_balances(self, closing: Balances) -> None:
        """Record both systems' balances as they were read after a push or an undo."""

    def readings(self, company: Company) -> list[BalancesRead]:
        """Return every reading of both systems' balances of these books at this site, oldest first."""

    def balances(self, reading: BalancesRead) -> Balances | None:
        """Return what was read; None where a sync read no balances."""

    def sent(self, company: Company, after: int, before: int | None = None) -> list[Posting]:
        """Return how every write that was sent between two rows of the ledger ended, by whichever run, oldest first."""

    def as_before(self, run: Run) -> None:
        """Answer every question from now on as it was before a run began; only for a ledger that is looked at."""

    def last_sent(self, run: str) -> int | None:
        """Return the number of the row that tells last of a write of a run; None where it sent nothing."""

    def holds(self, company: Company) -> dict[str, Hold]:
        """Return the last hold or release of each row, by key."""

    def said(self, company: Company) -> list[tuple[str, Hold | AcceptedMatch]]:
        """Return every hold, release and accepted match, each with the id of its run, oldest first."""

    def agreed_rows(self, company: Company, keys: Collection[str]) -> dict[str, Proposal]:
        """Return rows, by key, as last reviewed in agreement, or written, read back and not undone since."""

    def accept(self, run: str, match: AcceptedMatch) -> None:
        """Record that a person accepted an invoice of another number, or took that back."""

    def next_run(self, run: Run) -> str | None:
        """Return the id of the run that came after one, for the same books and site."""

    def all_postings(self, run: str) -> list[Posting]:
        """Return how every push and undo of a run's rows ended, oldest first."""

    def decisions(self, run: str) -> dict[str, Decision]:
        """Return the last decision on each row of a run, by key."""

    def ends(self, run: str) -> list[RunEnd]:
        """Return how the sync, the pushes and the undo of a run ended, oldest first."""

    def export(self, export: Export) -> None:
        """Record audit files that were made."""

    def exports(self, run: str) -> list[Export]:
        """Return the audit files that were made of a run, oldest first."""

    def sign(self, signature: Signature) -> None:
        """Record a signature of a run."""

    def signatures(self, run: str) -> list[Signature]:
        """Return the signatures of a run, oldest first."""

    def every_export(self) -> list[Export]:
        """Return the audit files that were made of any run, oldest first."""

    def open_items(self, company: Company, before: str | None = None) -> dict[str, OpenItem]:
        """Return the rows, by key, that no run has settled yet; with `before`, those open when that run began."""

    def known(self, company: Company) -> LedgerMemory:
        """Return what the ledger remembers of Manage, for these books and this site."""

    def history(self) -> list[RunSummary]:
        """Return all runs, newest first."""

    def verify(self) -> Head:
        """Check the whole chain.

        Raises:
            Refused: the first bad row is named, and what to do.
        """

    def head(self) -> Head:
        """Return the end of the chain."""

    def hash_of(self, row: int) -> str | None:
        """Return the hash of a row, by its number; None where there is none of that number."""


class Clock(Protocol):
    """Time. `--today` replaces the day, never the moment."""

    def now(self) -> datetime:
        """Return the moment, UTC."""

    def today(self) -> date | None:
        """Return the day set by `--today`, which then stands for every clock; None when the clocks decide."""

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C interrupts."""


class Progress(Protocol):
    """Shows long work to a person."""

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Stage:
        """Begin a stage of `total` steps; say how long it will take, where that is worth a sentence."""


class Stage(Protocol):
    """One stage of long work: a context manager that begins when it is entered."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def step(self, count: int = 1) -> None:
        """Count one more step (or several) as done."""


class SilentStage:
    """A stage that nobody watches, or each of whose steps would take longer to show than to do."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def step(self, count: int = 1) -> None:
        """Say nothing."""


class Systems(Struct, frozen=True, kw_only=True):
    """The two systems that are to agree.

    Attributes:
        sage: the books.
        manage: the site.
        site: its address, scheme and host.
        manage_company: Manage's company id, as used to log in.
    """

    sage: SageBooks
    manage: ManageSite
    site: str
    manage_company: str


class Rules(Struct, frozen=True, kw_only=True):
    """The settings that decide.

    Attributes:
        policy: what is proposed.
        caps: when a push asks first.
        quiet: how long a late write may still arrive.
        go_live: what was entered before this day is accepted once, in an opening statement; None takes all in.
        link: to the invoices in Manage, for whoever reviews; None where nobody has said how they are addressed.
    """

    policy: Policy
    caps: Caps
    quiet: timedelta
    go_live: date | None = None
    link: InvoiceLink | None = None


class Seat(Struct, frozen=True, kw_only=True):
    """Where somebody works: one user at one computer, with the ledger that is theirs.

    Attributes:
        person: who, and where.
        ledger: this user's record on this computer.
        clock: time.
        progress: shows long work.
        version: of Tieout.
        said: what the reader of the next review should know of how it was opened.
    """

    person: Person
    ledger: Ledger
    clock: Clock
    progress: Progress
    version: str
    said: tuple[Text, ...] = ()


class ReviewFiles(Protocol):
    """Reconciliation files: written for review, read back for the decisions."""

    def require_writable(self, path: Path) -> None:
        """Raise what `write` would, as far as it can be known before there is a review: reading takes its time."""

    def write(self, path: Path, review: Review) -> None:
        """Write a reconciliation file, whole or not at all.

        Raises:
            SetupError: the folder is missing, or the file is open in Excel or cannot be written.
        """

    def made_from(self, path: Path) -> MadeFrom:
        """Return the run and the ledger's head in a file's header block.

        Raises:
            SetupError: the file is missing, not a workbook, hostile, or not a reconciliation of Tieout.
        """

    def read(self, path: Path, reviewed: Mapping[str, Proposal]) -> Decided:
        """Read key, decision and note of each row; the rest is compared with the review. Raises as `made_from`."""


class AuditFiles(Protocol):
    """Audit packs: written once, never read back."""

    def write(self, folder: Path, audit: Audit | MonthAudit, forms: Collection[str]) -> tuple[list[Path], Text | None]:
        """Write the files of an audit pack into a folder that is new and empty.

        Args:
            folder: where to.
            audit: what is on record of the run or of the month.
            forms: of "xlsx", "csv" and "pdf"; a PDF brings its workbook along.

        Returns:
            The files, and why a PDF that was wanted could not be made.

        Raises:
            SetupError: they cannot be written.
        """


class StoryFiles(Protocol):
    """Workbooks that tell the story of an invoice: written once, never read back."""

    def write(self, path: Path, stories: Sequence[Story], head: Head, at: datetime, person: Person) -> None:
        """Write a workbook.

        Args:
            path: where to; nothing stands there.
            stories: each gets a sheet.
            head: the end of the ledger that they are from.
            at: this moment, UTC.
            person: who asks.

        Raises:
            SetupError: it cannot be written.
        """
