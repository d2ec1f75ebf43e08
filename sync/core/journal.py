"""What the ledger records of a run: who, when, over which window, on what settings, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sync.core.periods import Window
from sync.core.posting import Outcome
from sync.core.words import Text


class Company(Struct, frozen=True, kw_only=True):
    """Which books and which site a run is about. A run never mixes two.

    Attributes:
        sage: the company's name in Sage (`tcompany.sCompName`).
        site: Manage's address, scheme and host.
        manage: Manage's company id, as used to log in.
    """

    sage: str
    site: str
    manage: str


class Person(Struct, frozen=True, kw_only=True):
    """Who, and on which computer."""

    user: str
    computer: str


class Run(Struct, frozen=True, kw_only=True):
    """One sync, with the pushes that follow it: they share its id.

    Attributes:
        id: short and sortable, as typed after `undo` and `export`.
        started: the moment, UTC.
        day: local date on which Sage was read, by Sage's own clock (or `--today`): the watermark.
        company: books and site.
        person: who and where.
        window: the window that selected the invoices.
        strategy: how invoices with new payment information were found.
        policy: fingerprint of the settings.
        highest_row: highest `tcustrdt.lId` seen.
        requests: requests made to Manage.
        notices: what the reader should know about the run as a whole.
        version: of Tieout.
        covered_to: where the window leaves out days since the last successful run: the last day before them.
    """

    id: str
    started: datetime
    day: date
    company: Company
    person: Person
    window: Window
    strategy: Text
    policy: str
    highest_row: int
    requests: int
    notices: tuple[Text, ...]
    version: str
    covered_to: date | None = None

    @property
    def complete_to(self) -> date:
        """The last day up to which every entry was seen: with an End Date that day, else the day of the run.

        A run that leaves out days since the run before it covers no more than that one did.
        """
        if self.covered_to is not None:
            return self.covered_to
        return min(self.day, self.window.end) if self.window.bounded else self.day


class Phase(StrEnum):
    """What ended: the sync, one of its pushes, an undo of them, or the rebuilding of a lost ledger."""

    SYNC = "sync"
    PUSH = "push"
    UNDO = "undo"
    REBUILD = "rebuild"


class RunEnd(Struct, frozen=True, kw_only=True):
    """How a sync or a push ended.

    Attributes:
        run: the run's id.
        phase: see `Phase`.
        at: the moment, UTC.
        person: who and where.
        successful: nothing unknown or refused; from then on Last Successful Run is this run.
        outcomes: how many rows ended how; empty for a sync.
    """

    run: str
    phase: Phase
    at: datetime
    person: Person
    successful: bool
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)


class Export(Struct, frozen=True, kw_only=True):
    """Audit files that were made of a run.

    Attributes:
        run: the run's id.
        at: the moment, UTC.
        person: who, and where.
        folder: that they were written to.
        files: name within the folder, and SHA-256, of each.
    """

    run: str
    at: datetime
    person: Person
    folder: str
    files: tuple[tuple[str, str], ...]


class RunSummary(Struct, frozen=True, kw_only=True):
    """A line of the history.

    Attributes:
        run: the run.
        rows: how many rows it reviewed, by status value.
        end: how its latest phase ended; None when it was interrupted.
        posted: Σ added to Paid Amount, by currency.
        exports: audit files that were made of it, oldest first.
    """

    run: Run
    rows: Mapping[str, int]
    end: RunEnd | None
    posted: Mapping[str, Decimal]
    exports: tuple[Export, ...] = ()


class Head(Struct, frozen=True, kw_only=True):
    """The end of the ledger's chain: how many rows, and the last one's hash."""

    rows: int
    hash: str
