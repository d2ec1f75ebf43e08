"""A ledger in memory: everything that happened in one list, every question a walk through it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from sync.core.decide.manage_position import LedgerMemory, Seen
from sync.core.decide.opening import Opening
from sync.core.prove.review import Evidence, OpenItem
from sync.core.prove.roll_forward import Balances, BalancesRead
from sync.core.prove.story import Recorded, bears
from sync.core.values.posting import Decision, Intent, Outcome, Posting, Written
from sync.core.values.proposal import CLOSED, AcceptedMatch, Hold, Proposal, Status
from sync.core.values.records import BooksMark
from sync.core.values.runs import (
    Company,
    Export,
    Head,
    Person,
    Phase,
    Run,
    RunEnd,
    RunSummary,
    SiteSays,
    change_by_currency,
    same_site,
)
from sync.core.values.signature import Signature

Event = (
    Run
    | Proposal
    | Evidence
    | Balances
    | Opening
    | Decision
    | Hold
    | AcceptedMatch
    | Intent
    | Posting
    | RunEnd
    | Export
    | Signature
)
Kind = TypeVar("Kind", bound=Event)
NO_MOMENT = datetime.min.replace(tzinfo=UTC)
"""Of what is kept here: nobody has committed anything."""


@dataclass
class MemoryLedger:
    """What happened, oldest first, each with the id of its run."""

    events: list[tuple[str, Event]] = field(default_factory=list)

    def begin(
        self, run: Run, rows: Sequence[Proposal], evidence: Evidence | None = None, opening: Opening | None = None
    ) -> None:
        """A sync, and what was shown of it."""
        self._add(run.id, run, *rows, *([evidence] if evidence else []), *([opening] if opening else []))

    def opening(self, company: Company) -> Opening | None:
        """The first one."""
        return next((event for event in self.of(company) if isinstance(event, Opening)), None)

    def decide(self, run: str, decisions: Iterable[Decision], holds: Iterable[Hold] = ()) -> None:
        """What the reviewer decided."""
        self._add(run, *decisions, *holds)

    def holds(self, company: Company) -> dict[str, Hold]:
        """The last word on each row."""
        ours = {run.id for run in self.runs if self._is(run, company)}
        return {event.key: event for run, event in self.events if run in ours and isinstance(event, Hold)}

    def said(self, company: Company) -> list[tuple[str, Hold | AcceptedMatch]]:
        """Each with its run."""
        ours = {run.id for run in self.runs if self._is(run, company)}
        return [(run, each) for run, each in self.events if run in ours and isinstance(each, Hold | AcceptedMatch)]

    def accept(self, run: str, match: AcceptedMatch) -> None:
        """A person's word, or its end."""
        self._add(run, match)

    def agreed_rows(self, company: Company, keys: Collection[str]) -> dict[str, Proposal]:
        """The newest of each key that agreed, or whose last write stands."""
        found = {}
        for run in reversed([each.id for each in self.runs if self._is(each, company)]):
            states = {p.key: p.undo for p in self._all(run, Posting) if p.outcome is Outcome.POSTED}
            for row in self._all(run, Proposal):
                if row.key in keys and (row.status is Status.IN_AGREEMENT or states.get(row.key) is False):
                    found[row.key] = row
        return found

    def intend(self, intent: Intent) -> None:
        """A write about to be sent."""
        self._add(intent.run, intent)

    def conclude(self, posting: Posting) -> None:
        """How a row ended."""
        self._add(posting.run, posting)

    def finish(self, end: RunEnd) -> None:
        """How a sync or a push ended."""
        self._add(end.run, end)

    def export(self, export: Export) -> None:
        """Audit files that were made."""
        self._add(export.run, export)

    def sign(self, signature: Signature) -> None:
        """Somebody stands by figures."""
        self._add(signature.run, signature)

    def signatures(self, run: str) -> list[Signature]:
        """Of a run."""
        return self._all(run, Signature)

    def doubtful_since(self) -> datetime | None:
        """Never: nothing is kept."""
        return None

    def ends_since_rebuilt(self) -> list[RunEnd]:
        """From the last rebuilding on."""
        ends = [event for _, event in self.events if isinstance(event, RunEnd)]
        rebuilt = [place for place, end in enumerate(ends) if end.phase is Phase.REBUILD]
        return ends[rebuilt[-1] :] if rebuilt else []

    def head(self) -> Head:
        """There is nothing that anybody could have changed behind its back."""
        return Head(rows=len(self.events), hash=f"{len(self.events):064x}")

    def hash_of(self, row: int) -> str | None:
        """As `head` had it then."""
        return f"{row:064x}" if row <= len(self.events) else None

    def verify(self) -> Head:
        """As `head`."""
        return self.head()

    def _add(self, run: str, *events: Event) -> None:
        self.events += [(run, event) for event in events]

    def _all(self, run: str, kind: type[Kind]) -> list[Kind]:
        return [event for of, event in self.events if of == run and isinstance(event, kind)]

    def run(self, run: str) -> Run | None:
        """The run of that id."""
        return next(iter(self._all(run, Run)), None)

    def evidence(self, run: str) -> Evidence | None:
        """What it proves beside its rows."""
        return next(iter(self._all(run, Evidence)), None)

    def keep_balances(self, closing: Balances) -> None:
        """Balances read after a push."""
        self._add(closing.run, closing)

    def readings(self, company: Company) -> list[BalancesRead]:
        """Those of syncs and those after pushes."""
        ours = {run.id for run in self.runs if self._is(run, company)}
        return [
            BalancesRead(place=place, run=run, closing=isinstance(event, Balances))
            for place, (run, event) in enumerate(self.events, start=1)
            if run in ours and isinstance(event, Evidence | Balances)
        ]

    def balances(self, reading: BalancesRead) -> Balances | None:
        """What was read."""
        run, event = self.events[reading.place - 1]
        if isinstance(event, Balances):
            return event
        begun = self.run(run)
        if begun is None or not isinstance(event, Evidence) or event.tie_out is None:
            return None
        return Balances(run=run, at=begun.started, person=begun.person, tie_out=event.tie_out)

    def sent(self, company: Company, after: int, before: int | None = None) -> list[Posting]:
        """Those of an attempt."""
        ours = {run.id for run in self.runs if self._is(run, company)}
        between = self.events[after : None if before is None else before - 1]
        return [e for run, e in between if run in ours and isinstance(e, Posting) and e.attempt is not None]

    def as_before(self, run: Run) -> None:
        """What happened since is forgotten."""
        self.events = self.events[: next(place for place, (_, event) in enumerate(self.events) if event == run)]

    def last_sent(self, run: str) -> int | None:
        """The last intent, or the last posting of an attempt."""
        told = enumerate(self.events, start=1)
        sent = (n for n, (of, e) in told if of == run and isinstance(e, Intent | Posting) and e.attempt is not None)
        return max(sent, default=None)

    def next_run(self, run: Run) -> str | None:
        """The oldest later run of the same books and site."""
        later = reversed(self.runs[: self.runs.index(run)])
        return next((each.id for each in later if self._is(each, run.company)), None)

    def all_postings(self, run: str) -> list[Posting]:
        """Every ending of its rows."""
        return self._all(run, Posting)

    def decisions(self, run: str) -> dict[str, Decision]:
        """The last decision on each row."""
        return {decision.key: decision for decision in self._all(run, Decision)}

    def ends(self, run: str) -> list[RunEnd]:
        """Every end."""
        return self._all(run, RunEnd)

    def exports(self, run: str) -> list[Export]:
        """Every export."""
        return self._all(run, Export)

    def every_export(self) -> list[Export]:
        """Of every run."""
        return [event for _, event in self.events if isinstance(event, Export)]

    @property
    def runs(self) -> list[Run]:
        """All runs, newest first."""
        return [event for _, event in reversed(self.events) if isinstance(event, Run)]

    def of(self, company: Company) -> Iterator[Event]:
        """What happened in the runs of a company, oldest first."""
        ours = {run.id for run in self.runs if self._is(run, company)}
        return (event for run, event in self.events if run in ours)

    def last_success(self, company: Company, person: Person | None, by: date | None = None) -> Run | None:
        """The newest run with a successful end."""
        good = {event.run for _, event in self.events if isinstance(event, RunEnd) and _moves(event)}
        fits = (r for r in self.runs if self._is(r, company) and r.id in good and person in {None, r.person})
        return next((r for r in fits if by is None or r.complete_to <= by), None)

    def replaced_by(self, run: Run) -> Run | None:
        """The newest later run of the same books and site whose sync ended."""
        shown = {event.run for _, event in self.events if isinstance(event, RunEnd) and event.phase is Phase.SYNC}
        later = self.runs[: self.runs.index(run)]
        return next((r for r in later if self._is(r, run.company) and r.id in shown), None)

    def companies(self) -> dict[Company, SiteSays | None]:
        """Each once, with the last thing that its site said."""
        found: dict[Company, SiteSays | None] = {}
        for run in reversed(self.runs):
            found[run.company] = run.says or found.get(run.company)
        return found

    def _is(self, run: Run, company: Company) -> bool:
        known = self.companies()
        site = same_site(run.company, known.get(run.company), company, known.get(company))
        return site and run.company.sage == company.sage

    def highest_row(self, company: Company, before: date) -> int | None:
        """Of the newest run before a day."""
        runs = [run for run in self.runs if self._is(run, company)]
        return next((run for run in runs if run.day < before), runs[-1]).highest_row if runs else None

    def covering_run(self, company: Company, by: date) -> Run | None:
        """Of those up to a day the one that covers the most; the newest of equals."""
        found: Run | None = None
        for run in reversed(self.runs):
            if (
                self._is(run, company)
                and run.complete_to <= by
                and (found is None or run.complete_to >= found.complete_to)
            ):
                found = run
        return found

    def run_count(self, company: Company) -> int:
        """Of the same books and site."""
        return sum(1 for run in self.runs if self._is(run, company))

    def books_mark(self, company: Company) -> BooksMark | None:
        """Of the newest evidence."""
        return next((event.books for event in reversed(list(self.of(company))) if isinstance(event, Evidence)), None)

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """The rows of a run."""
        return {row.key: row for row in self._all(run, Proposal)}

    def postings(self, run: str) -> dict[str, Posting]:
        """The latest word on each row."""
        latest: dict[str, Posting] = {}
        for event in self.all_postings(run):
            before = latest.get(event.key)
            final = before is not None and before.outcome is Outcome.POSTED
            if event.outcome in {Outcome.POSTED, Outcome.DIFFERS} or not (event.undo or final):
                latest[event.key] = event
        return latest

    def changes(self, run: str) -> dict[str, Posting]:
        """The last change of each row."""
        return {posting.key: posting for posting in self.all_postings(run) if posting.written is not None}

    def intents(self, run: str) -> list[Intent]:
        """Every intent of a run."""
        return self._all(run, Intent)

    def recorded(self, number: str) -> list[Recorded]:
        """What was said of every key that bore the number, at no moment."""
        runs = {run.id: run for run in self.runs}
        told = [
            (place, run, event)
            for place, (run, event) in enumerate(self.events, start=1)
            if isinstance(event, Proposal | Decision | Hold | AcceptedMatch | Intent | Posting)
        ]
        named = {e.key for _, _, e in told if isinstance(e, Proposal | AcceptedMatch) and bears(e.invoice, number)}
        named |= {e.key for _, _, e in told if isinstance(e, AcceptedMatch) and bears(e.manage_number, number)}
        return [
            Recorded(
                place=place,
                at=NO_MOMENT,
                run=runs[run],
                key=event.key,
                told=event,
                by=next((e.person for of, e in self.events[place:] if of == run and isinstance(e, RunEnd)), None),
            )
            for place, run, event in told
            if event.key in named
        ]

    def in_doubt(self, company: Company, before: int | None = None) -> list[Intent]:
        """Intents that nothing settles."""
        if before is not None:
            return MemoryLedger(self.events[: before - 1]).in_doubt(company)
        doubtful: list[Intent] = []
        told: set[tuple[str, str, int | None]] = set()
        for event in self.of(company):
            if isinstance(event, Intent):
                doubtful.append(event)
            elif isinstance(event, Posting) and event.outcome is not Outcome.UNKNOWN:
                told.add((event.run, event.key, event.attempt))
        return [intent for intent in doubtful if (intent.run, intent.key, intent.attempt) not in told]

    def open_items(self, company: Company, before: str | None = None) -> dict[str, OpenItem]:
        """Rows that nothing settled, or whose settlement was undone, in the order of their last review."""
        if before is None:
            return self._open_items(company)
        begun = next(n for n, (run, event) in enumerate(self.events) if isinstance(event, Run) and run == before)
        return MemoryLedger(self.events[:begun]).open_items(company)

    def _open_items(self, company: Company) -> dict[str, OpenItem]:
        ours = {run.id for run in self.runs if self._is(run, company)}
        rows: dict[str, list[tuple[int, Proposal, date]]] = {}
        settled: dict[str, list[int]] = {}
        shown: dict[tuple[str, str], int] = {}
        said: dict[tuple[str, str, int], Decision] = {}
        whose: dict[tuple[str, str], tuple[str, str, int]] = {}
        day = date.min
        for place, (run, event) in enumerate(self.events, start=1):
            if run not in ours:
                continue
            if isinstance(event, Run):
                day = event.day
            elif isinstance(event, Decision):
                said = {key: last for key, last in said.items() if key[0] != event.key}
                said |= {key: event for row, key in whose.items() if row == (run, event.key)}
            elif isinstance(event, Proposal):
                rows.setdefault(event.key, []).append((place, event, day))
                shown[run, event.key] = place
                whose[run, event.key] = _whose(event)
                if event.status in CLOSED:
                    settled.setdefault(event.key, []).append(place)
            elif isinstance(event, Posting) and (run, event.key) in shown:
                review = shown[run, event.key]
                if _settles(event):
                    settled.setdefault(event.key, []).append(review)
                elif event.undo and event.outcome is Outcome.POSTED:
                    settled[event.key] = [at for at in settled.get(event.key, []) if at < review]
        wanted = self._taken_in(ours)
        found = _still_open(rows, settled, said)
        return {key: item for key, item in found.items() if item.row.opening is None or key in wanted}

    def _taken_in(self, runs: Collection[str]) -> set[str]:
        """The keys that somebody pushed, approved or put off since they were last shown."""
        wanted: dict[str, bool] = {}
        latest: dict[str, str] = {}
        pushed: set[str] = set()
        for run, event in self.events:
            if run not in runs:
                continue
            if isinstance(event, Proposal):
                wanted[event.key], latest[event.key] = False, run
                pushed.discard(event.key)
            elif isinstance(event, Decision) and latest.get(event.key) == run:
                wanted[event.key] = event.approve or event.until is not None
            elif isinstance(event, Intent | Posting) and latest.get(event.key) == run:
                pushed.add(event.key)
        return pushed | {key for key, so in wanted.items() if so}

    def known(self, company: Company) -> LedgerMemory:
        """What is remembered of Manage."""
        written: dict[int, Written] = {}
        documents: dict[int, int] = {}
        proofs: dict[int, Seen | None] = {}
        customers: dict[tuple[str, str], tuple[int, str, int]] = {}
        refused: dict[int, bool] = {}
        changed = set[int]()
        for event in self.of(company):
            if isinstance(event, Posting):
                self._remember(customers, event)
                if event.invoice_id is not None:
                    refused[event.invoice_id] = event.outcome in {Outcome.REFUSED, Outcome.STALE}
                if event.invoice_id is not None and event.written:
                    written[event.invoice_id] = event.written
                    documents[event.invoice_id] = int(event.key)
                if event.invoice_id is not None and event.verified:
                    paid_on = event.written.paid_on if event.written else event.date_paid_after
                    proofs[event.invoice_id] = _seen(event.paid_after, paid_on)
                    changed.discard(event.invoice_id)
            elif isinstance(event, Proposal) and event.invoice_id is not None and _proves(event):
                proofs[event.invoice_id] = _seen(event.paid_before, event.date_paid_before)
                changed.discard(event.invoice_id)
            elif isinstance(event, Proposal) and event.invoice_id and event.status is Status.CHANGED_IN_MANAGE:
                changed.add(event.invoice_id)
        seen = {invoice: proof for invoice, proof in proofs.items() if proof}
        accepted = {int(event.key): event for event in self.of(company) if isinstance(event, AcceptedMatch)}
        return LedgerMemory(
            written=written,
            documents=documents,
            seen=seen,
            customers={customer: at for customer, _, at in customers.values()},
            names={customer: name for customer, name, _ in customers.values()},
            refused=frozenset(invoice for invoice, so in refused.items() if so),
            changed=frozenset(changed),
            accepted={document: match for document, match in accepted.items() if not match.undone},
        )

    def _remember(self, customers: dict[tuple[str, str], tuple[int, str, int]], posting: Posting) -> None:
        """A write that was posted teaches which company a customer is, the last one last; an undo takes that back."""
        row = self.reviewed(posting.run).get(posting.key)
        where = (posting.run, posting.key)
        if posting.outcome is not Outcome.POSTED:
            return
        if posting.undo:
            customers.pop(where, None)
        elif row is not None and row.company_id:
            customers.pop(where, None)
            customers[where] = (row.customer_id, row.customer, row.company_id)

    def history(self) -> list[RunSummary]:
        """A line for each run."""
        return [self._summary(run) for run in self.runs]

    def _summary(self, run: Run) -> RunSummary:
        statuses = [row.status.value for row in self._all(run.id, Proposal)]
        return RunSummary(
            run=run,
            rows={status: statuses.count(status) for status in statuses},
            end=next(reversed(self.ends(run.id)), None),
            posted=change_by_currency(self.all_postings(run.id)),
            exports=tuple(self.exports(run.id)),
        )


def _seen(paid: Decimal | None, date_paid: date | None) -> Seen | None:
    return None if paid is None else Seen(paid=paid, date_paid=date_paid)


def _settles(posting: Posting) -> bool:
    return not (posting.undo and posting.outcome is Outcome.POSTED) and _as_intended(posting)


def _as_intended(posting: Posting) -> bool:
    return posting.outcome is Outcome.ALREADY or (posting.outcome is Outcome.POSTED and posting.verified)


def _proves(row: Proposal) -> bool:
    zero = row.status in {Status.IN_AGREEMENT, Status.VOIDED} and row.paid_before == Decimal(0)
    return zero or (row.status is Status.IN_AGREEMENT and row.record_read)


def _moves(end: RunEnd) -> bool:
    return end.successful and end.phase in {Phase.SYNC, Phase.PUSH}


def _whose(row: Proposal) -> tuple[str, str, int]:
    return row.key, row.invoice, row.customer_id


def _still_open(
    rows: dict[str, list[tuple[int, Proposal, date]]],
    settled: dict[str, list[int]],
    said: dict[tuple[str, str, int], Decision],
) -> dict[str, OpenItem]:
    found: dict[int, tuple[str, OpenItem]] = {}
    for key, shown in rows.items():
        until = max(settled.get(key, []), default=0)
        place, row, _ = shown[-1]
        if place > until:
            since = next(day for at, same, day in shown if at > until and _whose(same) == _whose(row))
            last = said.get(_whose(row)) or said.get((key.partition("/")[0], row.invoice, row.customer_id))
            item = OpenItem(row=row, since=since, note=last.note if last else "", owner=last.owner if last else "")
            found[place] = (key, item)
    return dict(item for _, item in sorted(found.items()))
