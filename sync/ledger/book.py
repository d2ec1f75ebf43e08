"""The `Ledger` port on SQLite: what happened goes in as rows, what is known comes out as views of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Self

from sync.core.journal import Company, Export, Head, Person, Run, RunEnd, RunSummary
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.report import change_by_currency
from sync.core.review import Evidence, OpenItem
from sync.core.standing import Known, Seen
from sync.ledger import lines, views
from sync.ledger.backup import back_up
from sync.ledger.runs import RunRecords
from sync.ledger.store import Store, kept_in

END = 2**62
"""Beyond the last row."""


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


class SqliteLedger(RunRecords):
    """One user's append-only ledger on one computer. Use as a context manager, or close it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep the head and close the file."""
        self._store.close()

    def begin(self, run: Run, rows: Sequence[Proposal], evidence: Evidence | None = None) -> None:
        """Record a run, its reviewed rows and what it proves in one transaction."""
        shown = [lines.of_row(run.id, row) for row in rows]
        proof = [lines.of_evidence(run.id, evidence)] if evidence else []
        self._store.append([lines.of_run(run), *shown, *proof])
        self._store.keep_head()

    def decide(self, run: str, decisions: Iterable[Decision]) -> None:
        """Record what the reviewer decided."""
        self._store.append([lines.of_decision(run, decision) for decision in decisions])

    def intend(self, intent: Intent) -> None:
        """Commit an intent. Its request may be sent only after this returns."""
        self._store.commits.hurry()
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

    def in_doubt(self, company: Company) -> list[Intent]:
        """Intents without a known outcome, of all runs for these books and this site, oldest first."""
        return self._all(Intent, views.IN_DOUBT, lines.company_key(company))

    def rebuilt(self) -> datetime | None:
        """When this ledger took the place of a lost one; None where it never did."""
        return next((end.at for end in self._all(RunEnd, views.REBUILT)), None)

    def export(self, export: Export) -> None:
        """Record audit files that were made."""
        self._store.append([lines.of_export(export)])
        self._store.keep_head()

    def open_items(self, company: Company, before: str | None = None) -> dict[str, OpenItem]:
        """Rows by key that no run has settled yet, or that none had when a run began; in the order of their review."""
        ours = lines.company_key(company)
        end = END if before is None else next((seq for (seq,) in self._store.rows(views.PLACE, before)), END)
        days = {run.id: run.day for run in self._runs(company)}
        said = {key: self._read(body, Decision) for key, body in self._store.rows(views.NOTES, ours, end)}
        return {
            key: OpenItem(
                row=self._read(body, Proposal),
                since=days[first],
                note=said[key].note if key in said else "",
                owner=said[key].owner if key in said else "",
            )
            for key, body, first in self._store.rows(views.OPEN_ITEMS, ours, end)
        }

    def next_run(self, run: Run) -> str | None:
        """The id of the run that came after one, for the same books and site."""
        found = self._store.rows(views.NEXT, lines.company_key(run.company), run.id)
        return next((following for (following,) in found), None)

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
        made: defaultdict[str, list[Export]] = defaultdict(list)
        for export in self._all(Export, views.EXPORTS):
            made[export.run].append(export)
        return [
            RunSummary(
                run=run,
                rows=counts[run.id],
                end=ends.get(run.id),
                posted=change_by_currency(posted[run.id]),
                exports=tuple(made[run.id]),
            )
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
