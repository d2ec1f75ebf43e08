"""The `Ledger` port on SQLite: what happened goes in as rows, what is known comes out as queries of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Self, TypeVar

from msgspec import MsgspecError, Struct, json

from sync.core.decide.holds import Former, Noted
from sync.core.decide.manage_position import LedgerMemory, Seen
from sync.core.decide.opening import Opening
from sync.core.prove.review import Evidence, OpenItem
from sync.core.prove.roll_forward import Balances, BalancesRead
from sync.core.prove.story import Recorded, bears
from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Intent, Outcome, Posting
from sync.core.values.proposal import AcceptedMatch, Hold, Proposal
from sync.core.values.records import BooksMark
from sync.core.values.runs import (
    Company,
    Export,
    Head,
    NotedHead,
    Person,
    Phase,
    Run,
    RunEnd,
    RunSummary,
    SiteSays,
    change_by_currency,
    holds_lost,
    same_site,
)
from sync.core.values.signature import Signature
from sync.ledger import posting_records, queries, row_records, run_records, signature_records, stored_form
from sync.ledger.chain_file import ChainFile, back_up, kept_in, rows_left
from sync.ledger.formats import KINDS
from sync.ledger.hash_chain import GENESIS, HEAD_FILE, HeadFile, MissedHead
from sync.ledger.ledger_errors import in_words, unreadable_row
from sync.ledger.run_records import company_key
from sync.ledger.stored_form import RecordKind, UnreadableError

Value = TypeVar("Value")
END = 2**62
"""Beyond the last row."""
MANY = 1_000
"""How many rows are read at a time when the whole ledger is read."""


def open_ledger(folder: Path, second_head: Path | None = None) -> SqliteLedger:
    """Open the ledger of a state folder, or make a new one at first use. For `second_head` see `ChainFile`.

    Raises:
        SetupError: the folder cannot be used.
        Refused: the ledger is missing, damaged, cut short, or newer than this Tieout.
    """
    return SqliteLedger(ChainFile(folder, second_head=second_head))


def open_read_only(folder: Path) -> SqliteLedger | None:
    """Open the ledger of a state folder without ever writing to it; None when none has been kept there.

    Raises:
        SetupError: the folder cannot be read.
        Refused: the ledger is missing, damaged, cut short, or newer than this Tieout.
    """
    return SqliteLedger(ChainFile(folder, look_only=True)) if kept_in(folder) else None


def second_heads(path: Path) -> tuple[list[NotedHead], list[Text]]:
    """Return every head that the second place knows, and what is said where it knows none that can be read."""
    try:
        with in_words(path):
            kept = HeadFile(path).read()
    except TieoutError as error:
        return [], [say("head-second-unreadable", path=str(path), why=error.sentences[0])]
    if kept is None:
        return [], [say("head-second-missing", path=str(path))]
    return [
        NotedHead(
            head=Head(rows=each.rows, hash=each.hash),
            where=say("head-second", path=str(path), at=f"{each.at:%Y-%m-%d %H:%M:%S}"),
        )
        for each in kept.heads
    ], []


class _Whose(Struct):
    """Of a reviewed row's record, whose it is."""

    invoice: str
    customer_id: int


@dataclass
class _Remains:
    """What is gathered of a ledger that is lost, row by row."""

    companies: dict[str, Company] = field(default_factory=dict)
    says: dict[Company, SiteSays | None] = field(default_factory=dict)
    whose: dict[tuple[str, str], _Whose] = field(default_factory=dict)
    decided: list[tuple[str, Hold | AcceptedMatch | Noted]] = field(default_factory=list)
    ends: list[RunEnd] = field(default_factory=list)

    def gather(self, kind: str, run: str, key: str, body: str) -> None:
        """Take what a row says of a person's decisions. Raises as `stored_form.read`."""
        if kind == run_records.RUNS.name:
            begun = stored_form.read(run_records.RUNS, body)
            self.companies[run], self.says[begun.company] = begun.company, begun.says or self.says.get(begun.company)
        elif kind == row_records.ROWS.name:
            self.whose[run, key] = json.decode(body, type=_Whose)
        elif kind in {row_records.HOLDS.name, row_records.MATCHES.name}:
            self.decided.append((run, stored_form.read(KINDS[kind], body)))
        elif kind == run_records.ENDS.name:
            self.ends.append(stored_form.read(run_records.ENDS, body))
        elif kind == row_records.DECISIONS.name:
            said, of = stored_form.read(row_records.DECISIONS, body), self.whose.get((run, key))
            if of is not None:
                noted = Noted(key=key, invoice=of.invoice, customer_id=of.customer_id, note=said.note, owner=said.owner)
                self.decided.append((run, noted))


def what_is_left(folder: Path, second_head: Path) -> Former:
    """Return what a person decided, as far as it can be read in the ledger of a folder, which may be lost.

    A row counts only as it was chained; one of a run that cannot be read is of the one company that there is.
    """
    heads: list[MissedHead] = []
    for each in (HeadFile(folder / HEAD_FILE), HeadFile(second_head)):
        with suppress(TieoutError), in_words(each.path):
            heads += kept.heads if (kept := each.read()) else ()
    hashes, remains, unread = {0: GENESIS}, _Remains(), 0
    try:
        for number, row in enumerate(rows_left(folder, max((each.rows for each in heads), default=0)), start=1):
            try:
                if row is None:
                    unread += 1
                else:
                    hashes[number] = row[-1]
                    remains.gather(row[1], row[2], row[3], row[-2])
            except (UnreadableError, MsgspecError):
                unread += 1
    except TieoutError:
        return Former()
    only = next(iter(remains.says)) if len(remains.says) == 1 else None
    found = [(remains.companies.get(run, only), each) for run, each in remains.decided]
    unread += sum(books is None for books, _ in found)
    known = not unread and bool(heads) and all(hashes.get(each.rows) == each.hash for each in heads)
    return Former(
        companies=remains.says,
        decided=[(books, each) for books, each in found if books is not None],
        readable=True,
        unread=unread,
        whole=known and holds_lost(remains.ends) is None,
    )


class SqliteLedger:
    """One user's append-only ledger on one computer. Use as a context manager, or close it."""

    def __init__(self, file: ChainFile) -> None:
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep the head and close the file."""
        self._file.close()

    def begin(
        self, run: Run, rows: Sequence[Proposal], evidence: Evidence | None = None, opening: Opening | None = None
    ) -> None:
        """Record a run, its reviewed rows, what it proves and the opening statement it makes in one transaction."""
        shown = [row_records.line_of_row(run.id, row) for row in rows]
        proof = [run_records.line_of_evidence(run.id, evidence)] if evidence else []
        opened = [run_records.line_of_opening(opening)] if opening else []
        self._file.append([run_records.line_of_run(run), *shown, *proof, *opened])
        self._file.keep_head()

    def decide(self, run: str, decisions: Iterable[Decision], holds: Iterable[Hold] = ()) -> None:
        """Record what the reviewer decided, and what that holds or releases."""
        made = [row_records.line_of_decision(run, decision) for decision in decisions]
        self._file.append([*made, *(row_records.line_of_hold(run, hold) for hold in holds)])

    def intend(self, intent: Intent) -> None:
        """Commit an intent. Its request may be sent only after this returns."""
        self._file.journal.use_write_ahead_log()
        self._file.append([posting_records.line_of_intent(intent)])
        self._file.mark_intent()

    def conclude(self, posting: Posting) -> None:
        """Commit how a row ended; a verified one also remembers which company the customer is."""
        said = [posting_records.line_of_posting(posting)]
        if posting.outcome is Outcome.POSTED and not posting.undo:
            said += [
                row_records.line_of_customer(posting.run, row, row.company_id)
                for row in self._all(row_records.ROWS, queries.ROW, posting.run, posting.key)
                if row.company_id  # 0 is no company
            ]
        self._file.append(said)

    def finish(self, end: RunEnd) -> None:
        """Commit the end of a sync or a push; a successful one moves the watermark."""
        self._file.append([run_records.line_of_end(end)])
        if end.phase in {Phase.PUSH, Phase.UNDO} and end.outcomes:
            self._file.doubtful_since = None  # it was waited for, and everything read, before the first row
        self._file.keep_head()

    def run(self, run: str) -> Run | None:
        """Return a run by its id."""
        return next(iter(self._all(run_records.RUNS, queries.RUN, run)), None)

    def reviewed(self, run: str) -> dict[str, Proposal]:
        """Return the rows of a run by key, as they were shown for review."""
        return {row.key: row for row in self._all(row_records.ROWS, queries.ROWS, run)}

    def postings(self, run: str) -> dict[str, Posting]:
        """Return how rows of a run ended so far, by key; the latest word on each that changed anything.

        An undo that failed changed nothing, and neither did a push that sent nothing after a write that was verified.
        """
        latest: dict[str, Posting] = {}
        for posting in self._all(posting_records.POSTINGS, queries.POSTINGS, run):
            before = latest.get(posting.key)
            final = before is not None and before.outcome is Outcome.POSTED
            if posting.outcome in {Outcome.POSTED, Outcome.DIFFERS} or not (posting.undo or final):
                latest[posting.key] = posting
        return latest

    def all_postings(self, run: str) -> list[Posting]:
        """Return how every push and undo of a run's rows ended, oldest first."""
        return self._all(posting_records.POSTINGS, queries.POSTINGS, run)

    def changes(self, run: str) -> dict[str, Posting]:
        """Return what the rows of a run last changed in Manage, by key; an undo is a change too."""
        return {
            posting.key: posting
            for posting in self._all(posting_records.POSTINGS, queries.POSTINGS, run)
            if posting.written is not None
        }

    def intents(self, run: str) -> list[Intent]:
        """Return every write of a run that was to be sent, oldest first."""
        return self._all(posting_records.INTENTS, queries.INTENTS, run)

    def decisions(self, run: str) -> dict[str, Decision]:
        """Return the last decision on each row of a run, by key."""
        return {decision.key: decision for decision in self._all(row_records.DECISIONS, queries.DECISIONS, run)}

    def ends(self, run: str) -> list[RunEnd]:
        """Return how the sync, the pushes and the undo of a run ended, oldest first."""
        return self._all(run_records.ENDS, queries.RUN_ENDS, run)

    def exports(self, run: str) -> list[Export]:
        """Return the audit files that were made of a run, oldest first."""
        return self._all(run_records.EXPORTS, queries.RUN_EXPORTS, run)

    def every_export(self) -> list[Export]:
        """Return the audit files that were made of any run, oldest first."""
        return self._all(run_records.EXPORTS, queries.EXPORTS)

    def sign(self, signature: Signature) -> None:
        """Record a signature of a run."""
        self._file.append([signature_records.line_of_signature(signature)])
        self._file.keep_head()

    def signatures(self, run: str) -> list[Signature]:
        """Return the signatures of a run, oldest first."""
        return self._all(signature_records.SIGNATURES, queries.SIGNATURES, run)

    def evidence(self, run: str) -> Evidence | None:
        """Return what a run proves beside its rows; None where no run of that id is on record."""
        return next(iter(self._all(run_records.EVIDENCE, queries.EVIDENCE, run)), None)

    def keep_balances(self, closing: Balances) -> None:
        """Record both systems' balances as they were read after a push or an undo."""
        self._file.append([run_records.line_of_closing(closing)])
        self._file.keep_head()

    def readings(self, company: Company) -> list[BalancesRead]:
        """Return every reading of both systems' balances of these books at this site, oldest first."""
        found = self._file.rows(queries.READINGS, self._ours(company))
        return [BalancesRead(place=place, run=run, closing=bool(closing)) for place, run, closing in found]

    def balances(self, reading: BalancesRead) -> Balances | None:
        """Return what was read; None where a sync read no balances."""
        if reading.closing:
            return next(iter(self._all(run_records.CLOSINGS, queries.AT, reading.place)), None)
        run, evidence = self.run(reading.run), self.evidence(reading.run)
        if run is None or evidence is None or evidence.tie_out is None:
            return None
        return Balances(run=run.id, at=run.started, person=run.person, tie_out=evidence.tie_out)

    def sent(self, company: Company, after: int, before: int | None = None) -> list[Posting]:
        """Return how every write that was sent between two rows of the ledger ended, by whichever run, oldest first."""
        return self._all(
            posting_records.POSTINGS, queries.SENT, self._ours(company), after, END if before is None else before
        )

    def as_before(self, run: Run) -> None:
        """Answer every question from now on as it was before a run began; only for a ledger that is looked at."""
        for (place,) in self._file.rows(queries.PLACE, run.id):
            self._file.hide_from(place)

    def last_sent(self, run: str) -> int | None:
        """Return the number of the row that tells last of a write of a run; None where it sent nothing."""
        return next((seq for (seq,) in self._file.rows(queries.LAST_SENT, run)), None)

    def replaced_by(self, run: Run) -> Run | None:
        """Return the newest run after this one, for the same books and site, whose review was shown to somebody."""
        return next(iter(self._all(run_records.RUNS, queries.REPLACED_BY, self._ours(run.company), run.id)), None)

    def last_success(self, company: Company, person: Person | None, by: date | None = None) -> Run | None:
        """Return the newest successful run on these books and site, by this person or (None) by anyone on record."""
        found = self._all(run_records.RUNS, queries.SUCCESSFUL_RUNS, self._ours(company))
        ours = (run for run in found if person is None or run.person == person)
        return next((run for run in ours if by is None or run.complete_to <= by), None)

    def companies(self) -> dict[Company, SiteSays | None]:
        """Return the books and sites of all runs, each once, oldest first, and what each site last said of itself."""
        said = {run.company: run.says for run in self._all(run_records.RUNS, queries.SAID)}
        return {run.company: said.get(run.company) for run in self._all(run_records.RUNS, queries.COMPANIES)}

    def highest_row(self, company: Company, before: date) -> int | None:
        """Return the highest `tcustrdt.lId` of the newest run before a day, else of the oldest; None without runs."""
        runs = self._runs(company)
        return next((run for run in runs if run.day < before), runs[-1]).highest_row if runs else None

    def covering_run(self, company: Company, by: date) -> Run | None:
        """Return the run that covers the most days up to one, the newest of several; None without runs."""
        runs = (run for run in self._runs(company) if run.complete_to <= by)
        return max(runs, key=lambda run: run.complete_to, default=None)

    def run_count(self, company: Company) -> int:
        """Return how many runs of these books at this site are on record."""
        return sum(count for (count,) in self._file.rows(queries.RUN_COUNT, self._ours(company)))

    def books_mark(self, company: Company) -> BooksMark | None:
        """Return what these books were known by at the newest run; None before the first."""
        return next((each.books for each in self._all(run_records.EVIDENCE, queries.BOOKS, self._ours(company))), None)

    def in_doubt(self, company: Company, before: int | None = None) -> list[Intent]:
        """Return the intents without a known outcome, oldest first; with `before`, as they were at that row."""
        end = END if before is None else before
        return self._all(posting_records.INTENTS, queries.IN_DOUBT, self._ours(company), end)

    def doubtful_since(self) -> datetime | None:
        """When this ledger was found to be older than another one here, or in a place where none was; None else."""
        return self._file.doubtful_since

    def ends_since_rebuilt(self) -> list[RunEnd]:
        """Return the end of the last rebuilding of a lost ledger, and all ends since; empty where it never was one."""
        return self._all(run_records.ENDS, queries.SINCE_REBUILT)

    def export(self, export: Export) -> None:
        """Record audit files that were made."""
        self._file.append([run_records.line_of_export(export)])
        self._file.keep_head()

    def open_items(self, company: Company, before: str | None = None) -> dict[str, OpenItem]:
        """Return the rows that no run has settled yet, in review order; with `before`, those open when it began."""
        ours = self._ours(company)
        end = END if before is None else next((seq for (seq,) in self._file.rows(queries.PLACE, before)), END)
        days = {run.id: run.day for run in self._runs(company)}
        notes = self._file.rows(queries.NOTES, ours, end)
        said = {(key, *whose): self._read(row_records.DECISIONS, body) for key, body, *whose in notes}
        items = {}
        for key, body, first in self._file.rows(queries.OPEN_ITEMS, ours, end):
            row = self._read(row_records.ROWS, body)
            of = (row.invoice, row.customer_id)
            last = said.get((key, *of)) or said.get((key.partition("/")[0], *of)) or Decision(key=key, approve=False)
            items[key] = OpenItem(row=row, since=days[first], note=last.note, owner=last.owner)
        return items

    def opening(self, company: Company) -> Opening | None:
        """Return the opening statement of these books at this site; None where none was ever made."""
        return next(iter(self._all(run_records.OPENINGS, queries.OPENING, self._ours(company))), None)

    def holds(self, company: Company) -> dict[str, Hold]:
        """Return the last hold or release of each row, by key."""
        return {hold.key: hold for hold in self._all(row_records.HOLDS, queries.HOLDS, self._ours(company))}

    def said(self, company: Company) -> list[tuple[str, Hold | AcceptedMatch]]:
        """Return every hold, release and accepted match, each with the id of its run, oldest first."""
        found = self._file.rows(queries.JUDGED, self._ours(company))
        return [(run, self._read(KINDS[kind], body)) for run, kind, body in found]

    def agreed_rows(self, company: Company, keys: Collection[str]) -> dict[str, Proposal]:
        """Return rows, by key, as last reviewed in agreement, or written, read back and not undone since."""
        asked = json.encode(sorted(keys)).decode()
        return {row.key: row for row in self._all(row_records.ROWS, queries.AGREED, self._ours(company), asked)}

    def accept(self, run: str, match: AcceptedMatch) -> None:
        """Record that a person accepted an invoice of another number, or took that back."""
        self._file.append([row_records.line_of_match(run, match)])
        self._file.keep_head()

    def next_run(self, run: Run) -> str | None:
        """Return the id of the run that came after one, for the same books and site."""
        found = self._file.rows(queries.NEXT, self._ours(run.company), run.id)
        return next((following for (following,) in found), None)

    def known(self, company: Company) -> LedgerMemory:
        """Return what the ledger remembers of Manage, for these books and this site."""
        ours = self._ours(company)
        written = [
            (posting.invoice_id, posting)
            for posting in self._all(posting_records.POSTINGS, queries.WRITTEN, ours)
            if posting.invoice_id is not None
        ]
        customers = self._all(row_records.CUSTOMERS, queries.CUSTOMERS, ours)
        return LedgerMemory(
            written={invoice: posting.written for invoice, posting in written if posting.written is not None},
            documents={invoice: int(posting.key) for invoice, posting in written},
            seen={
                invoice: seen
                for invoice, kind, body in self._file.rows(queries.PROOFS, ours)
                if (seen := self._seen(kind, body)) is not None
            },
            customers={customer: company_id for customer, _, company_id in customers},
            names={customer: name for customer, name, _ in customers},
            refused=frozenset(invoice for (invoice,) in self._file.rows(queries.REFUSED, ours)),
            changed=frozenset(invoice for (invoice,) in self._file.rows(queries.CHANGED, ours)),
            accepted={int(m.key): m for m in self._all(row_records.MATCHES, queries.MATCHES, ours) if not m.undone},
        )

    def recorded(self, number: str) -> list[Recorded]:
        """Return every row about any key that ever bore a number, in Sage or Manage, of all books, oldest first."""
        named = {key for key, each in self._file.rows(queries.NUMBERS) if bears(each, number)}
        runs = {run.id: run for run in self._all(run_records.RUNS, queries.ALL_RUNS)}
        return [
            Recorded(
                place=seq,
                at=datetime.fromisoformat(at),
                run=runs[run],
                key=key,
                told=self._read(KINDS[kind], body),
                by=None if end is None else self._read(run_records.ENDS, end).person,
            )
            for seq, kind, run, key, at, body, end in self._file.rows(
                queries.OF_KEYS, json.encode(sorted(named)).decode()
            )
        ]

    def history(self) -> list[RunSummary]:
        """Return all runs, newest first."""
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for run, status, count in self._file.rows(queries.COUNTS):
            counts[run][status] = count
        ends = {end.run: end for end in self._all(run_records.ENDS, queries.ENDS)}
        posted: defaultdict[str, list[Posting]] = defaultdict(list)
        for posting in self._all(posting_records.POSTINGS, queries.POSTED):
            posted[posting.run].append(posting)
        made: defaultdict[str, list[Export]] = defaultdict(list)
        for export in self._all(run_records.EXPORTS, queries.EXPORTS):
            made[export.run].append(export)
        return [
            RunSummary(
                run=run,
                rows=counts[run.id],
                end=ends.get(run.id),
                posted=change_by_currency(posted[run.id]),
                exports=tuple(made[run.id]),
            )
            for run in self._all(run_records.RUNS, queries.ALL_RUNS)
        ]

    def verify(self) -> Head:
        """Check the whole chain, and that every row can be read. Raises as the port `Ledger` says."""
        head = self._file.verify()
        for first in range(1, head.rows + 1, MANY):
            for kind, body in self._file.rows(queries.BODIES, first, first + MANY - 1):
                self._read(KINDS[kind], body)
        return head

    def back_up(self, folder: Path) -> None:
        """Copy the ledger, whole, into a folder where none is. Raises as `chain_file.back_up`."""
        back_up(self._file, folder)

    def at_one_moment(self) -> AbstractContextManager[None]:
        """Read everything within this block from one snapshot, whatever another process adds."""
        return self._file.at_one_moment()

    def head(self) -> Head:
        """Return the end of the chain."""
        return self._file.head()

    def hash_of(self, row: int) -> str | None:
        """Return the hash of a row, by its number; None where there is none of that number."""
        return self._file.hash_of(row)

    def _ours(self, company: Company) -> str:
        """Return the keys of books and of every site on record that is the same one."""
        known = self.companies()
        says = known.get(company)
        same = [e for e in known if e.sage == company.sage and same_site(e, known[e], company, says)]
        return json.encode([company_key(each) for each in same or [company]]).decode()

    def _runs(self, company: Company) -> list[Run]:
        return self._all(run_records.RUNS, queries.RUNS, self._ours(company))

    def _seen(self, kind: str, body: str) -> Seen | None:
        if kind == row_records.ROWS.name:
            return row_records.seen_at_review(self._read(row_records.ROWS, body))
        return posting_records.seen_at_posting(self._read(posting_records.POSTINGS, body))

    def _all(self, kind: RecordKind[Value], query: str, *parameters: object) -> list[Value]:
        return [self._read(kind, body) for (body,) in self._file.rows(query, *parameters)]

    def _read(self, kind: RecordKind[Value], body: str) -> Value:
        try:
            return stored_form.read(kind, body)
        except UnreadableError as error:
            ((seq,),) = self._file.rows(queries.OF_BODY, kind.name, body)
            raise unreadable_row(seq, kind, error) from error
