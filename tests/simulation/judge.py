"""The invariants of a push and of an undo, each with its letter; what breaks one is written down, never raised.

a  Manage never holds a paid amount that nobody approved, except by hand
b  an approved amount is never applied twice
c  nothing outside the approved set is sent
d  every request has its committed intent before it
e  the ledger explains what Manage shows, or a person's change is noted
f  once all is settled, another push of the same workbook sends nothing
g  rows that are not settled are never lost
h  it ends by itself, and then everything approved is done
i  directly before every request the invoice's records were read, and were as they were reviewed
j  what is called posted is exactly what Manage showed when it was read back
k  what is called refused or stale left the invoice as it was
l  nothing is written on top of what somebody else did, and a reading would have shown

Somebody else's change excuses nothing: seen or not, it has to have come after the reading that the request rests on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from sync.core.decide.manage_position import paid
from sync.core.prove.review import Review
from sync.core.values.posting import Intent, Outcome, Posting
from sync.core.values.proposal import CLOSED, Proposal, Status
from sync.core.values.records import Action, Write
from sync.core.values.runs import Run
from sync.ledger import posting_records, stored_form
from tests.simulation.seat import Seat
from tests.simulation.server import Change, Records

_LAST = "SELECT kind, body FROM entry WHERE invoice = ? AND kind IN ('intent', 'posting') ORDER BY seq DESC LIMIT 1"
_POSTINGS = "SELECT body FROM entry WHERE kind = 'posting' AND run = ?"
NOTHING_OF_OURS = frozenset({Outcome.REFUSED, Outcome.STALE})
Attempt = tuple[str, str, str, int | None]
"""A user, a run, a row's key, and the number of the attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a user's program was shown of an invoice.

    Attributes:
        at: how many readings, requests and postings there were before.
        invoice: which.
        records: its records.
        visible: how many of its changes were in them.
    """

    at: int
    invoice: int
    records: Records
    visible: int


@dataclass(slots=True, kw_only=True)
class Sent:
    """A request, and what it rests on.

    Attributes:
        at: as of a reading.
        user: who sent it.
        began: which of the pushes and undos on that seat.
        attempt: the intent that it carries out, if there is one.
        write: what it asks for.
        reading: the last one of its invoice before it, if there was one.
        changes: what it changed.
    """

    at: int
    user: str
    began: int
    attempt: Attempt | None
    write: Write
    reading: Reading | None
    changes: list[Change] = field(default_factory=list)

    def shown(self, records: Records) -> bool:
        """Whether records are exactly as this was to make them from those that it rests on."""
        write = self.write
        if self.reading is None or paid(records) != paid(self.reading.records) - write.amount_before + write.amount:
            return False
        if write.action is Action.DELETE:
            return all(each.id != write.payment_id for each in records)
        return any(each.ours and (each.amount, each.paid_on) == (write.amount, write.paid_on) for each in records)


class Approved(Struct, frozen=True):
    """A row that was marked Yes, or that is to be taken back."""

    row: Proposal
    undo: bool

    def reviewed(self, records: Records) -> bool:
        """Whether records are as they were when that was done; beside what an undo takes back, others may be."""
        write = self.row.write
        if write is None:
            return False
        own = [(each.id, each.amount, each.paid_on) for each in records if each.ours]
        before = [(write.payment_id, write.amount_before, write.paid_on_before)]
        if write.action is Action.CREATE:
            before = []
        if self.undo and before:
            return before[0] in own
        return own == before and paid(records) == self.row.paid_before


@dataclass
class Judge:
    """Watches what is read and recorded, requests leave, and Manage change.

    Attributes:
        found: what broke an invariant, each beginning with its letter.
        reviews: approved rows by user and run, then by Manage invoice.
        changes: everything that changed in Manage, in order.
        readings: the last one by user and invoice.
        last: the invoice of each user's last reading.
        sent: requests by number.
        ended: the outcome of each attempt.
        events: readings, requests and postings so far.
        taken_for_seen: changes by requests that had been taken to have arrived, see `_alike`.
    """

    found: list[str] = field(default_factory=list)
    reviews: dict[tuple[str, str], dict[int | None, Approved]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    readings: dict[tuple[str, int], Reading] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    ended: dict[Attempt, Outcome] = field(default_factory=dict)
    events: int = 0
    taken_for_seen: list[Change] = field(default_factory=list)

    @property
    def letters(self) -> Counter[str]:
        """How often each invariant was broken."""
        return Counter(text[0] for text in self.found)

    def approve(self, user: str, run: str, rows: Mapping[str, Proposal], *, undo: bool = False) -> None:
        """These rows were marked Yes, or are to be taken back, and no others of that run."""
        self.reviews[user, run] = {row.invoice_id: Approved(row, undo) for row in rows.values()}

    def reads(self, seat: Seat, invoice: int, records: Records, visible: int) -> None:
        """The records of an invoice were read."""
        self.events += 1
        reading = Reading(at=self.events, invoice=invoice, records=records, visible=visible)
        self.readings[seat.user, invoice] = reading
        self.last[seat.user] = invoice

    def leaves(self, seat: Seat, write: Write, number: int) -> None:
        """A request is about to leave: approved, with an intent that another process can read, and read just before."""
        self.events += 1
        approved = self.reviews.get((seat.user, seat.wire.run), {}).get(write.invoice_id)
        if approved is None or approved.row.write != write:
            self.found.append(f"c: {write.action} {write.amount} on {write.invoice_id} was not approved")
        intent = committed_intent(seat, write.invoice_id)
        if intent is None or intent.write != write:
            self.found.append(f"d: {write.action} on {write.invoice_id} left without its intent")
            intent = None
        reading = self.readings.get((seat.user, write.invoice_id))
        directly = self.last.get(seat.user) == write.invoice_id
        if reading is None or not directly or self._used(seat, reading):
            self.found.append(f"i: {write.action} on {write.invoice_id} left, which was not read directly before")
            unseen = self._changes_of(write.invoice_id)[reading.visible if reading else 0 :]
            if not all(_by(each, seat.user) for each in unseen):
                self.found.append(f"l: {write.action} on {write.invoice_id} left, on top of somebody else's work")
        elif approved is not None and not approved.reviewed(reading.records):
            self.found.append(f"i: {write.action} on {write.invoice_id} left, but it was read to be otherwise")
        attempt = (seat.user, intent.run, intent.key, intent.attempt) if intent else None
        self.sent[number] = Sent(
            at=self.events, user=seat.user, began=seat.began, attempt=attempt, write=write, reading=reading
        )

    def changed(self, change: Change) -> None:
        """Something changed in Manage."""
        before = self._changes_of(change.invoice)
        self.changes.append(change)
        if change.request is None:
            return
        sent, what = self.sent[change.request.number], f"{change.request.method} on {change.invoice}"
        approved = self.reviews.get((sent.user, change.request.run), {}).get(change.invoice)
        if approved is None:
            self.found.append(f"c: {what} was not approved")
            return
        unseen = before[sent.reading.visible if sent.reading else 0 :]
        others = [each for each in unseen if not _by(each, sent.user) or each in self.taken_for_seen]
        if _alike(sent, unseen):
            self.taken_for_seen.append(change)
        elif len(others) < len(unseen):
            self.found.append(f"b: {what} took effect beside an earlier one that was not seen")
        new = [record for record in change.after if record not in change.before]
        right = all(record.amount == sent.write.amount for record in new)  # a PATCH of an amount leaves another's date
        if not change.corrupt and not (right and (others or sent.shown(change.after))):
            self.found.append(f"a: {change.invoice} shows {paid(change.after)} instead of {approved.row.paid_proposed}")
        again = [each for each in before if _by(each, sent.user) and each.request.run == change.request.run]  # type: ignore[union-attr] # by a user
        if again and all(_by(each, sent.user) for each in before[before.index(again[-1]) :]):
            self.found.append(f"b: {what} took effect {len(again) + 1} times")
        if sent.attempt is not None and self.ended.get(sent.attempt) in NOTHING_OF_OURS:
            self.found.append(f"k: {what} took effect after it was said to be {self.ended[sent.attempt]}")
        sent.changes.append(change)

    def concluded(self, seat: Seat, posting: Posting) -> None:
        """How a row ended was committed."""
        self.events += 1
        attempt = (seat.user, posting.run, posting.key, posting.attempt)
        self.ended[attempt] = posting.outcome
        own = next((each for each in self.sent.values() if each.attempt == attempt), None)
        if posting.outcome in NOTHING_OF_OURS:
            in_vain = [own] if own else [each for each in self._sent_now(seat, posting.key) if posting.attempt is None]
            if any(self._lasts(each) for each in in_vain):
                self.found.append(f"k: {posting.invoice} is said to be {posting.outcome}, but something was written")
        if posting.outcome is Outcome.POSTED and own is not None:
            reading = self.readings[seat.user, own.write.invoice_id]
            same = posting.verified and posting.paid_after == paid(reading.records)
            if reading.at < own.at or not same or not own.shown(reading.records):
                self.found.append(f"j: {posting.invoice} is said to be posted, but was not read to be so")

    def by_hand(self, invoice: int | None) -> bool:
        """A person changed this invoice in Manage."""
        return any(each.invoice == invoice and each.request is None for each in self.changes)

    def spoilt(self, invoice: int | None) -> bool:
        """The site stored something else than it was sent."""
        return any(each.invoice == invoice and each.corrupt for each in self.changes)

    def nothing_lost(self, seat: Seat, review: Review) -> None:
        """What is not settled is carried forward."""
        still_open = seat.ledger.open_items(review.run.company)
        done = {posting.key for posting in _all_postings(seat, review.run.id) if settled(posting)}
        for row in review.rows:
            short = row.paid_proposed is not None and seat.server.shown(row.invoice_id or 0) != row.paid_proposed
            undone = short and not self.by_hand(row.invoice_id)
            if row.key not in still_open and (undone or row.key not in done):
                self.found.append(f"g: {row.invoice} is not settled and not among the open items")

    def carried(self, seat: Seat, review: Review) -> None:
        """As `nothing_lost`, where several runs and users touch the same invoices and Sage changes meanwhile."""
        still_open = seat.ledger.open_items(review.run.company)
        done = {posting.key for posting in _all_postings(seat, review.run.id) if settled(posting)}
        for row in review.rows:
            short = row.paid_proposed is not None and seat.server.shown(row.invoice_id or 0) != row.paid_proposed
            if short and row.status not in CLOSED and row.key not in done and row.key not in still_open:
                self.found.append(f"g: {row.invoice} is not settled and not among the open items")

    def nobody_blamed(self, rows: Iterable[Proposal]) -> None:
        """While reads lag behind writes, nobody is said to have changed what nobody has changed."""
        for row in rows:
            touched = self.by_hand(row.invoice_id) or self.spoilt(row.invoice_id)
            if row.status is Status.CHANGED_IN_MANAGE and not touched:
                self.found.append(f"e: {row.invoice} was changed by nobody, and is {row.status}")

    def explained(self, seat: Seat, rows: Mapping[str, Proposal], run: Run, last: Iterable[Proposal]) -> None:
        """What Manage shows of each approved row is what the ledger says of it, or a person's change is noted."""
        now = {row.key: row for row in last}
        written, postings = seat.ledger.known(run.company).written, seat.ledger.postings(run.id)
        for key, row in rows.items():
            invoice = row.invoice_id or 0
            shown, posting = seat.server.shown(invoice), postings.get(key)
            status = now[key].status
            if status is Status.IN_AGREEMENT and shown != row.paid_proposed:
                self.found.append(f"e: {row.invoice} shows {shown} and is {status}")
            if not self.by_hand(invoice):
                if shown != row.paid_proposed or status is not Status.IN_AGREEMENT:
                    self.found.append(f"h: {row.invoice} shows {shown} and is {status}")
                if not settled(posting) or posting is None or posting.paid_after != shown:
                    self.found.append(f"e: {row.invoice} shows {shown}, the ledger says {posting}")
                continue
            ours = [p for p in seat.server.read(invoice) if p.ours]
            wrote = written.get(invoice)
            same = wrote and (len(ours) == 1 and (ours[0].id, ours[0].amount) == (wrote.payment_id, wrote.amount))
            gone = wrote and wrote.amount == 0 and not ours
            noted = status in {Status.IN_AGREEMENT, Status.CHANGED_IN_MANAGE}
            # Stale; or posted as it was read, although Manage had refused to make that record: it is nobody's of ours.
            unclaimed = wrote is None and posting is not None and posting.written is None
            if not (same or gone or noted or unclaimed):
                self.found.append(f"e: {row.invoice} was changed by hand, is {status}, and the ledger says {posting}")

    def taken_back(self, seat: Seat, rows: Mapping[str, Proposal], run: str, before: Mapping[int, Records]) -> None:
        """What an undo was to restore is as it was, and the ledger says so; unless a person changed it."""
        changes, postings = seat.ledger.changes(run), seat.ledger.all_postings(run)
        for key, row in rows.items():
            invoice = row.invoice_id or 0
            shown, posting = seat.server.shown(invoice), changes[key]
            if self.by_hand(invoice):
                continue
            if self.spoilt(invoice):
                told = [each.paid_after for each in postings if each.key == key and each.outcome is Outcome.DIFFERS]
                if told != [shown]:
                    self.found.append(f"e: {row.invoice} shows {shown}, as nobody meant, and {told} was told")
                continue
            if posting.paid_after != shown:
                self.found.append(f"e: {row.invoice} shows {shown}, the ledger says {posting}")
            held, was = ([(p.amount, p.paid_on) for p in each[invoice]] for each in (seat.server.records, before))
            if held != was or not posting.undo or not settled(posting):
                self.found.append(f"h: {row.invoice} was to be taken back, the ledger says {posting}")

    def _changes_of(self, invoice: int) -> list[Change]:
        return [each for each in self.changes if each.invoice == invoice]

    def _used(self, seat: Seat, reading: Reading) -> bool:
        """Another request of this user rests on the same reading."""
        return any(each.user == seat.user and each.reading is reading for each in self.sent.values())

    def _sent_now(self, seat: Seat, key: str) -> Iterator[Sent]:
        """Requests for a row by the push or undo that is going on."""
        for each in self.sent.values():
            if (each.user, each.began) == (seat.user, seat.began) and each.attempt and each.attempt[2] == key:
                yield each

    def _lasts(self, sent: Sent) -> bool:
        """What a request changed is still as it made it, for all that anybody else has done there."""
        if not sent.changes:
            return False
        after = self._changes_of(sent.write.invoice_id)
        return all(_by(each, sent.user) for each in after[after.index(sent.changes[-1]) :])


def _alike(sent: Sent, unseen: Sequence[Change]) -> bool:
    """While a request was on its way, somebody else did exactly what it asks for, before this user did anything more.

    No reading can tell whose work that is (faults 20 and 21), so that the request was taken to have arrived.
    """
    first = next((number for number, each in enumerate(unseen) if _by(each, sent.user)), len(unseen))
    return any(sent.shown(each.after) for each in unseen[:first])


def _by(change: Change, user: str) -> bool:
    return change.request is not None and change.request.user == user


def settled(posting: Posting | None) -> bool:
    """A row that needs no more."""
    if posting is None:
        return False
    return posting.outcome is Outcome.ALREADY or (posting.outcome is Outcome.POSTED and posting.verified)


def committed_intent(seat: Seat, invoice: int) -> Intent | None:
    """The intent that the newest row about an invoice is, as another process reads the file."""
    found = _asked(seat, _LAST, invoice)
    return stored_form.read(posting_records.INTENTS, found[0][1]) if found and found[0][0] == "intent" else None


def _all_postings(seat: Seat, run: str) -> list[Posting]:
    """All that was ever said of the rows of a run, not only the latest word on each."""
    return [stored_form.read(posting_records.POSTINGS, body) for (body,) in _asked(seat, _POSTINGS, run)]


def _asked(seat: Seat, query: str, parameter: object) -> list[tuple[str, ...]]:
    return seat.reader.execute(query, (parameter,)).fetchall()
