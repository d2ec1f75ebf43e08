"""The invariants of a push, each with its letter; what breaks one is written down, never raised.

a  Manage never holds a paid amount that nobody approved, except by hand
b  an approved amount is never applied twice
c  nothing outside the approved set is sent
d  every request has its committed intent before it
e  the ledger explains what Manage shows, or a person's change is noted
f  once all is settled, another push of the same workbook sends nothing
g  rows that are not settled are never lost
h  it ends by itself, and then everything approved is done
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from sync.core.posting import Intent, Outcome, Posting
from sync.core.proposal import CLOSED, Proposal, Status
from sync.core.records import Write
from sync.core.review import Review
from sync.core.standing import paid
from tests.simulation.seat import Seat
from tests.simulation.server import Change

_LAST = "SELECT kind, body FROM entry WHERE invoice = ? AND kind IN ('intent', 'posting') ORDER BY seq DESC LIMIT 1"
_POSTINGS = "SELECT body FROM entry WHERE kind = 'posting' AND run = ?"


@dataclass
class Judge:
    """Watches requests leave and Manage change.

    Attributes:
        found: what broke an invariant, each beginning with its letter.
        reviews: approved rows by user and run, then by Manage invoice.
        changes: everything that changed in Manage, in order.
    """

    found: list[str] = field(default_factory=list)
    reviews: dict[tuple[str, str], dict[int | None, Proposal]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def letters(self) -> Counter[str]:
        """How often each invariant was broken."""
        return Counter(text[0] for text in self.found)

    def approve(self, user: str, run: str, rows: Mapping[str, Proposal]) -> None:
        """These rows were marked Yes, and no others of that run."""
        self.reviews[user, run] = {row.invoice_id: row for row in rows.values()}

    def leaves(self, seat: Seat, write: Write) -> None:
        """A request is about to leave: it is an approved one, and its intent can be read by another process."""
        row = self.reviews.get((seat.user, seat.wire.run), {}).get(write.invoice_id)
        if row is None or row.write != write:
            self.found.append(f"c: {write.action} {write.amount} on {write.invoice_id} was not approved")
        if committed_intent(seat, write.invoice_id) != write:
            self.found.append(f"d: {write.action} on {write.invoice_id} left without its intent")

    def changed(self, change: Change) -> None:
        """Something changed in Manage."""
        before = [each for each in self.changes if each.invoice == change.invoice]
        self.changes.append(change)
        sent = change.request
        if sent is None:
            return
        row = self.reviews.get((sent.user, sent.run), {}).get(change.invoice)
        if row is None or row.write is None:
            self.found.append(f"c: {sent.method} changed {change.invoice}, which was not approved")
            return
        others = [each for each in before if each.request is None or each.request.user != sent.user]
        new = [record for record in change.after if record not in change.before]
        approved = all(p.amount == row.write.amount for p in new)  # a late PATCH of an amount leaves another's date
        alone = all(p.paid_on == row.write.paid_on for p in new) and paid(change.after) == row.paid_proposed
        if not approved or not (others or alone):
            self.found.append(f"a: {change.invoice} shows {paid(change.after)} instead of {row.paid_proposed}")
        again = [e for e in before if e.request and (e.request.user, e.request.run) == (sent.user, sent.run)]
        if again and not any(each in others for each in before[before.index(again[-1]) :]):
            self.found.append(f"b: {sent.method} on {change.invoice} took effect {len(again) + 1} times")

    def by_hand(self, invoice: int | None) -> bool:
        """A person changed this invoice in Manage."""
        return any(each.invoice == invoice and each.request is None for each in self.changes)

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

    def explained(self, seat: Seat, rows: Mapping[str, Proposal], run: str, last: Review) -> None:
        """What Manage shows of each approved row is what the ledger says of it, or a person's change is noted."""
        now = {row.key: row for row in last.rows}
        written = seat.ledger.known(last.run.company).written
        for key, row in rows.items():
            invoice = row.invoice_id or 0
            shown, posting = seat.server.shown(invoice), seat.ledger.postings(run).get(key)
            status = now[key].status
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
            never = wrote is None and posting is not None and posting.outcome is Outcome.STALE
            if not (same or gone or noted or never):
                self.found.append(f"e: {row.invoice} was changed by hand, is {status}, and the ledger says {posting}")


def settled(posting: Posting | None) -> bool:
    """A row that needs no more."""
    if posting is None:
        return False
    return posting.outcome is Outcome.ALREADY or (posting.outcome is Outcome.POSTED and posting.verified)


def committed_intent(seat: Seat, invoice: int) -> Write | None:
    """The write that the newest row about an invoice announces, as another process reads the file."""
    found = _asked(seat, _LAST, invoice)
    return msgspec.json.decode(found[0][1], type=Intent).write if found and found[0][0] == "intent" else None


def _all_postings(seat: Seat, run: str) -> list[Posting]:
    """All that was ever said of the rows of a run, not only the latest word on each."""
    return [msgspec.json.decode(body, type=Posting) for (body,) in _asked(seat, _POSTINGS, run)]


def _asked(seat: Seat, query: str, parameter: object) -> list[tuple[str, ...]]:
    return seat.reader.execute(query, (parameter,)).fetchall()
