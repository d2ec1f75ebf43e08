"""The ledger as plain Python: everything that happened in one list, every question a walk through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sync.core.journal import Company, Person, Phase, Run, RunEnd, RunSummary
from sync.core.posting import Decision, Intent, Outcome, Posting
from sync.core.proposal import CLOSED, Proposal, Status
from sync.core.report import change_by_currency
from sync.core.review import OpenItem
from sync.core.standing import Known, Seen, Written

Event = Run | Proposal | Decision | Intent | Posting | RunEnd


@dataclass
class Model:
    """What happened, oldest first, each with the id of its run."""

    events: list[tuple[str, Event]] = field(default_factory=list)

    def add(self, run: str, *events: Event) -> None:
        """Something happened."""
        self.events += [(run, event) for event in events]

    @property
    def runs(self) -> list[Run]:
        """All runs, newest first."""
        return [event for _, event in reversed(self.events) if isinstance(event, Run)]

    def of(self, company: Company) -> Iterator[Event]:
        """What happened in the runs of a company, oldest first."""
        ours = {run.id for run in self.runs if run.company == company}
        return (event for run, event in self.events if run in ours)

    def last_success(self, company: Company, person: Person | None) -> Run | None:
        """The newest run with a successful end."""
        good = {event.run for _, event in self.events if isinstance(event, RunEnd) and _moves(event)}
        fits = (r for r in self.runs if r.company == company and r.id in good and person in {None, r.person})
        return next(fits, None)

    def replaced_by(self, run: Run) -> Run | None:
        """The newest later run of the same books and site whose sync ended."""
        shown = {event.run for _, event in self.events if isinstance(event, RunEnd) and event.phase is Phase.SYNC}
        later = self.runs[: self.runs.index(run)]
        return next((r for r in later if r.company == run.company and r.id in shown), None)

    def company_of_site(self, site: str, manage: str) -> Company | None:
        """The oldest run's company."""
        found = [run.company for run in self.runs if (run.company.site, run.company.manage) == (site, manage)]
        return found[-1] if found else None

    def highest_row(self, company: Company, before: date) -> int | None:
        """Of the newest run before a day."""
        runs = [run for run in self.runs if run.company == company]
        return next((run for run in runs if run.day < before), runs[-1]).highest_row if runs else None

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """The rows of a run."""
        return {event.key: event for of, event in self.events if of == run and isinstance(event, Proposal)}

    def postings(self, run: str) -> dict[str, Posting]:
        """The latest word on each row."""
        latest: dict[str, Posting] = {}
        for of, event in self.events:
            if of != run or not isinstance(event, Posting):
                continue
            before = latest.get(event.key)
            final = before is not None and before.outcome is Outcome.POSTED and (before.undo or before.verified)
            if event.outcome is Outcome.POSTED or not (event.undo or final):
                latest[event.key] = event
        return latest

    def changes(self, run: str) -> dict[str, Posting]:
        """The last change of each row."""
        found = [event for of, event in self.events if of == run and isinstance(event, Posting)]
        return {event.key: event for event in found if event.written is not None}

    def intents(self, run: str) -> list[Intent]:
        """Every intent of a run."""
        return [event for of, event in self.events if of == run and isinstance(event, Intent)]

    def in_doubt(self, company: Company) -> list[Intent]:
        """Intents that nothing settles."""
        doubtful: list[Intent] = []
        for event in self.of(company):
            if isinstance(event, Intent):
                doubtful.append(event)
            elif isinstance(event, Posting) and event.outcome is not Outcome.UNKNOWN:
                said = (event.run, event.key, event.invoice_id)
                doubtful = [i for i in doubtful if (i.run, i.key, i.write.invoice_id) != said]
        return doubtful

    def before(self, begun: str) -> Model:
        """What had happened when a run began."""
        place = next(n for n, (run, event) in enumerate(self.events) if isinstance(event, Run) and run == begun)
        return Model(self.events[:place])

    def open_items(self, company: Company) -> dict[str, OpenItem]:
        """Rows that nothing settled, or whose settlement was undone, in the order of their last review."""
        ours = {run.id for run in self.runs if run.company == company}
        rows: dict[str, list[tuple[int, Proposal, date]]] = {}
        settled: dict[str, list[int]] = {}
        shown: dict[tuple[str, str], int] = {}
        notes: dict[str, str] = {}
        owners: dict[str, str] = {}
        day = date.min
        for place, (run, event) in enumerate(self.events, start=1):
            if run not in ours:
                continue
            if isinstance(event, Run):
                day = event.day
            elif isinstance(event, Decision):
                notes[event.key] = event.note
                owners[event.key] = event.owner
            elif isinstance(event, Proposal):
                rows.setdefault(event.key, []).append((place, event, day))
                shown[run, event.key] = place
                if event.status in CLOSED:
                    settled.setdefault(event.key, []).append(place)
            elif isinstance(event, Posting) and (run, event.key) in shown:
                review = shown[run, event.key]
                if _settles(event):
                    settled.setdefault(event.key, []).append(review)
                elif event.undo and event.outcome is Outcome.POSTED:
                    settled[event.key] = [at for at in settled.get(event.key, []) if at < review]
        return _still_open(rows, settled, notes, owners)

    def known(self, company: Company) -> Known:
        """What is remembered of Manage."""
        written: dict[int, Written] = {}
        proofs: dict[int, Seen | None] = {}
        customers: dict[tuple[str, str], dict[int, int]] = {}
        refused: dict[int, bool] = {}
        for event in self.of(company):
            if isinstance(event, Posting):
                self._remember(customers, event)
                if event.invoice_id is not None:
                    refused[event.invoice_id] = event.outcome is Outcome.REFUSED
                if event.invoice_id is not None and event.written:
                    written[event.invoice_id] = event.written
                if event.invoice_id is not None and event.verified:
                    paid_on = event.written.paid_on if event.written else event.date_paid_after
                    proofs[event.invoice_id] = _seen(event.paid_after, paid_on)
            elif isinstance(event, Proposal) and event.invoice_id is not None and _proves(event):
                proofs[event.invoice_id] = _seen(event.paid_before, event.date_paid_before)
        seen = {invoice: proof for invoice, proof in proofs.items() if proof}
        return Known(
            written=written,
            seen=seen,
            customers={customer: at for pair in customers.values() for customer, at in pair.items()},
            refused=frozenset(invoice for invoice, so in refused.items() if so),
        )

    def _remember(self, customers: dict[tuple[str, str], dict[int, int]], posting: Posting) -> None:
        """A verified write teaches which company a customer is, the last one last; an undo takes that back."""
        row = self.reviewed(posting.run).get(posting.key)
        where = (posting.run, posting.key)
        if posting.outcome is not Outcome.POSTED:
            return
        if posting.undo:
            customers.pop(where, None)
        elif posting.verified and row is not None and row.company_id is not None:
            customers.pop(where, None)
            customers[where] = {row.customer_id: row.company_id}

    def history(self) -> list[RunSummary]:
        """A line for each run."""
        return [self._summary(run) for run in self.runs]

    def _summary(self, run: Run) -> RunSummary:
        mine = [event for of, event in self.events if of == run.id]
        statuses = [event.status.value for event in mine if isinstance(event, Proposal)]
        return RunSummary(
            run=run,
            rows={status: statuses.count(status) for status in statuses},
            end=next((event for event in reversed(mine) if isinstance(event, RunEnd)), None),
            posted=change_by_currency(_postings(mine)),
        )


def _postings(events: Iterable[Event]) -> list[Posting]:
    return [event for event in events if isinstance(event, Posting)]


def _seen(paid: Decimal | None, date_paid: date | None) -> Seen | None:
    return None if paid is None else Seen(paid=paid, date_paid=date_paid)


def _settles(posting: Posting) -> bool:
    return not (posting.undo and posting.outcome is Outcome.POSTED) and _as_intended(posting)


def _as_intended(posting: Posting) -> bool:
    return posting.outcome is Outcome.ALREADY or (posting.outcome is Outcome.POSTED and posting.verified)


def _proves(row: Proposal) -> bool:
    return row.status is Status.IN_AGREEMENT and row.record_read


def _moves(end: RunEnd) -> bool:
    return end.successful and end.phase in {Phase.SYNC, Phase.PUSH}


def _still_open(
    rows: dict[str, list[tuple[int, Proposal, date]]],
    settled: dict[str, list[int]],
    notes: dict[str, str],
    owners: dict[str, str],
) -> dict[str, OpenItem]:
    found: dict[int, tuple[str, OpenItem]] = {}
    for key, shown in rows.items():
        until = max(settled.get(key, []), default=0)
        place, row, _ = shown[-1]
        if place > until:
            since = next(day for at, _, day in shown if at > until)
            found[place] = (key, OpenItem(row=row, since=since, note=notes.get(key, ""), owner=owners.get(key, "")))
    return dict(item for _, item in sorted(found.items()))
