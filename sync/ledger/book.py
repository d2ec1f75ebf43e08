"""The `Ledger` port on SQLite: what happened goes in as rows, what is known comes out as views of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from sync.core.errors import Refused
from sync.core.journal import Company, Head, Person, Run, RunEnd, RunSummary
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.report import change_by_currency
from sync.core.review import OpenItem
from sync.core.standing import Known, Seen
from sync.core.words import say
from sync.ledger import lines, views
from sync.ledger.backup import back_up
from sync.ledger.store import Store, kept_in

Value = TypeVar("Value")


def open_ledger(folder: Path) -> SqliteLedger:
    """Open the ledger of a state folder, or make a new one at first use.

    Raises:
        SetupError: the folder cannot be used.
        Refused: the ledger is missing, damaged, cut short, or newer than this Tieout.
    """
    return SqliteLedger(Store(folder))


def look_at(folder: Path) -> SqliteLedger | None:
    """Open the ledger of a state folder without ever writing to it; None when none has been kept there.

    Raises:
        SetupError: the folder cannot be read.
        Refused: the ledger is missing, damaged, cut short, or newer than this Tieout.
    """
    return SqliteLedger(Store(folder, look_only=True)) if kept_in(folder) else None


class SqliteLedger:
    """One user's append-only ledger on one computer. Use as a context manager, or close it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep the head and close the file."""
        self._store.close()

    def begin(self, run: Run, rows: Sequence[Proposal]) -> None:
        """Record a run and its reviewed rows in one transaction."""
        self._store.append([lines.of_run(run), *(lines.of_row(run.id, row) for row in rows)])
        self._store.keep_head()

    def decide(self, run: str, decisions: Iterable[Decision]) -> None:
        """Record what the reviewer decided."""
        self._store.append([lines.of_decision(run, decision) for decision in decisions])

    def intend(self, intent: Intent) -> None:
        """Commit an intent. Its request may be sent only after this returns."""
        self._store.append([lines.of_intent(intent)])

    def conclude(self, posting: Posting) -> None:
        """Commit how a row ended; a verified one also remembers which company the customer is."""
        said = [lines.of_posting(posting)]
        if posting.outcome is Outcome.POSTED and posting.verified and not posting.undo:
            said += [
                lines.of_customer(posting.run, row, row.company_id)
                for row in self._all(Proposal, views.ROW, posting.run, posting.key)
                if row.company_id is not None
            ]
        self._store.append(said)

    def finish(self, end: RunEnd) -> None:
        """Commit the end of a sync or a push; a successful one moves the watermark."""
        self._store.append([lines.of_end(end)])
        self._store.keep_head()

    def run(self, run: str) -> Run | None:
        """A run by its id."""
        return next(iter(self._all(Run, views.RUN, run)), None)

    def replaced_by(self, run: Run) -> Run | None:
        """The newest run after this one, for the same books and site, whose review was shown to somebody."""
        return next(iter(self._all(Run, views.REPLACED_BY, lines.company_key(run.company), run.id)), None)

    def last_success(self, company: Company, person: Person | None) -> Run | None:
        """The newest successful run for these books and this site, by this person or (None) by anyone on record."""
        found = self._all(Run, views.SUCCESSFUL_RUNS, lines.company_key(company))
        return next((run for run in found if person is None or run.person == person), None)

    def company_of_site(self, site: str, manage: str) -> Company | None:
        """The books that were pinned to a site at first use."""
        pinned = self._all(Company, views.COMPANIES)
        return next((company for company in pinned if (company.site, company.manage) == (site, manage)), None)

    def highest_row(self, company: Company, before: date) -> int | None:
        """Highest `tcustrdt.lId` seen by the newest run before a day, else by the oldest run; None without runs."""
        runs = self._runs(company)
        return next((run for run in runs if run.day < before), runs[-1]).highest_row if runs else None

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """The rows of a run by key, as they were shown for review."""
        return {row.key: row for row in self._all(Proposal, views.ROWS, run)}

    def postings(self, run: str) -> dict[str, Posting]:
        """How rows of a run ended so far, by key; the latest word on each that changed anything.

        An undo that failed changed nothing, and neither did a push that sent nothing after a write that was verified.
        """
        latest: dict[str, Posting] = {}
        for posting in self._all(Posting, views.POSTINGS, run):
            before = latest.get(posting.key)
            final = before is not None and before.outcome is Outcome.POSTED and (before.undo or before.verified)
            if posting.outcome is Outcome.POSTED or not (posting.undo or final):
                latest[posting.key] = posting
        return latest

    def changes(self, run: str) -> dict[str, Posting]:
        """What the rows of a run last changed in Manage, by key; an undo is a change too."""
        return {
            posting.key: posting for posting in self._all(Posting, views.POSTINGS, run) if posting.written is not None
        }

    def intents(self, run: str) -> list[Intent]:
        """Every write of a run that was to be sent, oldest first."""
        return self._all(Intent, views.INTENTS, run)

    def in_doubt(self, company: Company) -> list[Intent]:
        """Intents without a known outcome, of all runs for these books and this site, oldest first."""
        return self._all(Intent, views.IN_DOUBT, lines.company_key(company))

    def rebuilt(self) -> datetime | None:
        """When this ledger took the place of a lost one; None where it never did."""
        return next((end.at for end in self._all(RunEnd, views.REBUILT)), None)

    def open_items(self, company: Company) -> dict[str, OpenItem]:
        """Rows by key that no run has settled yet, in the order of their last review."""
        ours = lines.company_key(company)
        days = {run.id: run.day for run in self._runs(company)}
        notes = {key: self._read(body, Decision).note for key, body in self._store.rows(views.NOTES, ours)}
        return {
            key: OpenItem(row=self._read(body, Proposal), since=days[first], note=notes.get(key, ""))
            for key, body, first in self._store.rows(views.OPEN_ITEMS, ours)
        }

    def known(self, company: Company) -> Known:
        """What the ledger remembers of Manage, for these books and this site."""
        ours = lines.company_key(company)
        return Known(
            written={
                posting.invoice_id: posting.written
                for posting in self._all(Posting, views.WRITTEN, ours)
                if posting.invoice_id is not None and posting.written is not None
            },
            seen={
                invoice: seen
                for invoice, kind, body in self._store.rows(views.PROOFS, ours)
                if (seen := self._seen(kind, body)) is not None
            },
            customers={int(key): int(company_id) for key, company_id in self._store.rows(views.CUSTOMERS, ours)},
            refused=frozenset(invoice for (invoice,) in self._store.rows(views.REFUSED, ours)),
        )

    def history(self) -> list[RunSummary]:
        """All runs, newest first."""
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for run, status, count in self._store.rows(views.COUNTS):
            counts[run][status] = count
        ends = {end.run: end for end in self._all(RunEnd, views.ENDS)}
        posted: defaultdict[str, list[Posting]] = defaultdict(list)
        for posting in self._all(Posting, views.POSTED):
            posted[posting.run].append(posting)
        return [
            RunSummary(run=run, rows=counts[run.id], end=ends.get(run.id), posted=change_by_currency(posted[run.id]))
            for run in self._all(Run, views.ALL_RUNS)
        ]

    def verify(self) -> Head:
        """Check the whole chain.

        Raises:
            Refused: the first bad row is named, and what to do.
        """
        return self._store.verify()

    def back_up(self, folder: Path) -> None:
        """Copy the ledger, whole, into a folder where none is.

        Raises:
            SetupError: the folder cannot be written.
            Refused: a ledger is there already.
        """
        back_up(self._store, folder)

    def head(self) -> Head:
        """The end of the chain."""
        return self._store.head()

    def _runs(self, company: Company) -> list[Run]:
        return self._all(Run, views.RUNS, lines.company_key(company))

    def _seen(self, kind: str, body: str) -> Seen | None:
        if kind == lines.ROW:
            return lines.seen_at_review(self._read(body, Proposal))
        return lines.seen_at_posting(self._read(body, Posting))

    def _all(self, kind: type[Value], query: str, *parameters: object) -> list[Value]:
        return [self._read(body, kind) for (body,) in self._store.rows(query, *parameters)]

    def _read(self, body: str, kind: type[Value]) -> Value:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.MsgspecError:
            raise Refused(
                say("A row of the ledger cannot be read. Run tieout verify to see which, and restore it from a backup.")
            ) from None
