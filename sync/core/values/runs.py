"""What is recorded of a run: who, when, over which window, on what settings, and how it ended; names of its files.

A sync, the pushes that follow it and their undo share one run id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.periods import Window
from sync.core.values.policy import UNNAMED, RunSettings
from sync.core.values.posting import Outcome, Posting


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


class SiteSays(Struct, frozen=True, kw_only=True):
    """What a site says of itself (`companyinfo`): the id and the name of the company whose it is."""

    company_id: str
    company_name: str


def same_site(one: Company, says: SiteSays | None, other: Company, other_says: SiteSays | None) -> bool:
    """Return whether two sites are one: by what they say of themselves, or else by how they are spelled.

    An address that is spelled alike is the same site though the company has changed its name since. A copy of a site on
    ConnectWise's servers for tests says of itself what that site does, as practice sites on this computer (plain http)
    do of each other, and is another site.

    Args:
        one: the first site; whose books it is used with does not matter.
        says: what it said of itself; None where that was not read.
        other: the second.
        other_says: the same of it.
    """
    alike = spelled_alike(one, other)
    if says is None or other_says is None:
        return alike
    if says.company_id.casefold() != other_says.company_id.casefold() or _rehearsal(one) != _rehearsal(other):
        return False
    return alike or says.company_name.casefold() == other_says.company_name.casefold()


def spelled_alike(one: Company, other: Company) -> bool:
    """Return whether address and login of two sites are spelled alike.

    Manage takes a company id in any case; ConnectWise's cloud answers at `na.` and at `api-na.` alike.
    """
    return _spelled(one) == _spelled(other)


def _spelled(site: Company) -> tuple[str, str]:
    """Return of an address and a login what tells one site from another."""
    host = site.site.casefold().removeprefix("https://").removesuffix(":443").removesuffix(".")
    host = host.removeprefix("api-") if host.endswith(".myconnectwise.net") else host
    return host, site.manage.casefold()


def _rehearsal(site: Company) -> str:
    """Return what tells a site for tests or practice from the one that it says it is; empty of any other."""
    host = _spelled(site)[0]
    return host if host.startswith("http://") or host.endswith(".connectwisedev.com") else ""


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
        second_person: what one person might push alone by the settings of its sync; None where there was no limit.
        says: what the site said of itself; None where it did not.
        settings: those of its sync; None where no more than their fingerprint was kept.
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
    second_person: Decimal | None = None
    says: SiteSays | None = None
    settings: RunSettings | None = None

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
        successful: nothing unknown or refused; from then on Last Successful Run is this run. Of a rebuilding: all that
            people had decided was taken over.
        outcomes: how many rows ended how; empty for a sync.
    """

    run: str
    phase: Phase
    at: datetime
    person: Person
    successful: bool
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)


def holds_lost(ends: Iterable[RunEnd]) -> RunEnd | None:
    """Return the last rebuilding that did not take everything over; None once a push has posted something since.

    Args:
        ends: of a ledger, oldest first. Whoever confirmed that push was told.
    """
    lost = None
    for end in ends:
        if end.phase is Phase.REBUILD:
            lost = None if end.successful else end
        elif end.phase is Phase.PUSH and Outcome.POSTED in end.outcomes:
            lost = None
    return lost


class Head(Struct, frozen=True, kw_only=True):
    """The end of the ledger's chain: how many rows, and the last one's hash."""

    rows: int
    hash: str


class Export(Struct, frozen=True, kw_only=True):
    """Audit files that were made of a run.

    Attributes:
        run: the run's id.
        at: the moment, UTC.
        person: who, and where.
        folder: that they were written to.
        files: name within the folder, and SHA-256, of each.
        head: where the ledger ended when they were made.
    """

    run: str
    at: datetime
    person: Person
    folder: str
    files: tuple[tuple[str, str], ...]
    head: Head


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


class NotedHead(Struct, frozen=True, kw_only=True):
    """A head as something outside the ledger names it.

    Attributes:
        head: how many rows, and the last one's hash, or its first characters.
        where: what names it.
    """

    head: Head
    where: Text | str

    def names(self, whole: str) -> bool:
        """Return whether the hash is this one, as far as it is printed."""
        return whole.startswith(self.head.hash) and self.head.hash != ""


COMPANY_NAMED = 40
"""Characters of the company's name in a file's name: some systems take no long paths."""


def file_name(run: Run) -> str:
    """Return the name of a reconciliation file."""
    return f"{pack_name(run)}.xlsx"


def pack_name(run: Run, most: int | None = None) -> str:
    """Return the file name, without suffix, that says company, window and run, as workpapers are filed.

    Args:
        run: the run.
        most: characters that the whole name may have, at the cost of the company's; None: what a file may have.
    """
    return _named(run.company, f"{run.window.start}_{run.window.end}_run{run.id}", most)


def month_pack_name(company: Company, month: str, most: int | None = None) -> str:
    """Return the same for the pack of a month, such as 2026-11."""
    return _named(company, month, most)


def _named(company: Company, ends: str, most: int | None) -> str:
    room = COMPANY_NAMED if most is None else max(0, min(COMPANY_NAMED, most - len(f"AR-PaymentSync__{ends}")))
    name = re.sub(r"[^\w-]+", "-", company.sage).strip("-")[:room].rstrip("-")
    return "_".join(filter(None, ("AR-PaymentSync", name, ends)))


def pack_file(run: Run) -> str:
    """Return the name of a pack's files, without an ending: short, because their folder says the rest."""
    return f"AR-PaymentSync_run{run.id}"


def month_pack_file(month: str) -> str:
    """Return the same of a month's pack."""
    return f"AR-PaymentSync_{month}"


def run_state(entry: RunSummary) -> Text:
    """Return how a run stands, in words: the same on the sheet Runs and in `tieout history`."""
    if entry.end is None:
        return say("interrupted")
    if entry.end.phase is Phase.SYNC:
        return say("nothing-to-push") if entry.end.successful else say("to-be-pushed-word")
    if entry.end.phase is Phase.REBUILD:
        return say("run-began-new-ledger")
    if entry.end.phase is Phase.UNDO:
        return say("undone") if entry.end.successful else say("undone-with-open-rows")
    return say("pushed-word") if entry.end.successful else say("pushed-with-open-rows")


def change_by_currency(postings: Iterable[Posting]) -> dict[str, Decimal]:
    """Return Σ of what the posted rows added to Paid Amount, by currency."""
    sums: dict[str, Decimal] = {}
    for posting in postings:
        if posting.outcome is Outcome.POSTED:
            currency = posting.currency or UNNAMED
            sums[currency] = total((sums.get(currency, ZERO), posting.added))
    return sums
