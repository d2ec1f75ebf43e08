"""What became of each row, and the figures that follow: every card, header, sentence and total asks here.

Each row is one of seven, so that their counts always add up to the invoices that were read:

* posted: this run wrote it, and what was read back is what was approved;
* in agreement: Manage already shows it, before the push or at it;
* ready: a push would write it: it says Yes, by default or by a person, and has not been pushed;
* waiting, shown as held: for a person, because it says No, cannot be approved, or was taken back. `held` as a word of
  `--json` says of a row alone that a person's No is on record;
* failed: it was pushed and did not end as approved;
* opening: the opening statement accepts it as it is, and nobody says Yes to it;
* out of scope: nothing to be paid: a credit note, a deposit, a voided document.

Its change is what it adds to Paid Amount: as read back where it is posted, nothing where Manage agrees, else what its
push would add; a row that cannot be pushed changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.values.labels import STATUSES
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO, total
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import CLOSED, Proposal, Status


class Disposition(StrEnum):
    """What became of a row, and of the rows in Sage behind it. In this order on paper."""

    POSTED = "posted"
    IN_AGREEMENT = "in_agreement"
    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    OPENING = "opening"
    OUT_OF_SCOPE = "out_of_scope"


BECAME: Mapping[Disposition, Text] = {
    Disposition.POSTED: say("posted"),
    Disposition.IN_AGREEMENT: STATUSES[Status.IN_AGREEMENT],
    Disposition.READY: STATUSES[Status.READY],
    Disposition.WAITING: say("held"),
    Disposition.FAILED: say("failed-outcome"),
    Disposition.OPENING: say("opening-word"),
    Disposition.OUT_OF_SCOPE: say("out-of-scope"),
}
OUT_OF_SCOPE = CLOSED - {Status.IN_AGREEMENT}
CARRIED = frozenset({Disposition.WAITING, Disposition.FAILED})
"""What the held items list: it comes back in every run until it is settled."""
Postings = Mapping[str, Posting]
Chosen = Mapping[str, bool]
NOBODY_CHOSE: Chosen = {}


def disposition(row: Proposal, posting: Posting | None = None, *, chosen: bool | None = None) -> Disposition:
    """Return what became of a row.

    Args:
        row: as reviewed.
        posting: how it ended so far, if it was pushed.
        chosen: what a person said; None where nobody has, and the default counts.
    """
    if posting is not None and not (posting.undo and posting.outcome is Outcome.POSTED):
        if not posting.as_approved or posting.undo:
            return Disposition.FAILED
        return Disposition.POSTED if posting.outcome is Outcome.POSTED else Disposition.IN_AGREEMENT
    if row.status is Status.IN_AGREEMENT:
        return Disposition.IN_AGREEMENT
    if row.status in OUT_OF_SCOPE:
        return Disposition.OUT_OF_SCOPE
    says_yes = row.approve if chosen is None else chosen
    if row.opening is not None and posting is None and not says_yes:
        return Disposition.OPENING
    return Disposition.READY if row.approvable and says_yes and posting is None else Disposition.WAITING


def taken_back(postings: Postings) -> list[str]:
    """Return the keys of the rows that an undo took back."""
    return [key for key, posting in postings.items() if posting.undo and posting.outcome is Outcome.POSTED]


def takes_answer(row: Proposal | None, posting: Posting | None) -> bool:
    """Return whether a person's answer to a row changes anything: a No to what was posted would hold what comes next.

    Args:
        row: as reviewed; None where the run has none of that key.
        posting: how it ended so far, if it was pushed.
    """
    done = {Disposition.POSTED, Disposition.IN_AGREEMENT}
    return row is not None and row.approvable and disposition(row, posting) not in done


class Tally(Struct, frozen=True, kw_only=True):
    """The rows of one disposition and currency.

    Attributes:
        disposition: what became of them.
        currency: ISO code, or `UNNAMED` and Sage's number.
        count: rows.
        settled: Σ that Sage shows settled.
        change: Σ that they added to Paid Amount, or would add.
    """

    disposition: Disposition
    currency: str
    count: int
    settled: Decimal
    change: Decimal


def tallies(rows: Iterable[Proposal], postings: Postings, chosen: Chosen = NOBODY_CHOSE) -> list[Tally]:
    """Count and add up rows by what became of them, in the order of `Disposition`, then by currency.

    Args:
        rows: as reviewed.
        postings: how they ended so far, by key.
        chosen: what a person said of them, by key.
    """
    groups: defaultdict[tuple[Disposition, str], list[Proposal]] = defaultdict(list)
    for row in rows:
        groups[disposition(row, postings.get(row.key), chosen=chosen.get(row.key)), row.unit].append(row)
    order = list(Disposition)
    return [
        Tally(
            disposition=became,
            currency=unit,
            count=len(of),
            settled=total(row.settled or ZERO for row in of),
            change=total(change(row, became, postings.get(row.key)) for row in of),
        )
        for (became, unit), of in sorted(groups.items(), key=lambda each: (order.index(each[0][0]), each[0][1]))
    ]


def change(row: Proposal, became: Disposition, posting: Posting | None) -> Decimal:
    """Return what a row added to Paid Amount, or would add when it is pushed."""
    if became is Disposition.POSTED and posting is not None:
        return posting.added
    return ZERO if became is Disposition.IN_AGREEMENT else row.change


def counts(found: Iterable[Tally]) -> Counter[Disposition]:
    """Return how many rows there are of each disposition."""
    counted: Counter[Disposition] = Counter()
    for each in found:
        counted[each.disposition] += each.count
    return counted


def counts_sentence(found: Iterable[Tally]) -> Text:
    """Return how many invoices there are, and what became of them, in words."""
    became = counts(found)
    opening = became[Disposition.OPENING]
    said = say(
        "pack-invoices-became",
        count=became.total(),
        posted=became[Disposition.POSTED],
        agreed=became[Disposition.IN_AGREEMENT],
        ready=became[Disposition.READY],
        held=became[Disposition.WAITING],
        failed=became[Disposition.FAILED],
        out=became[Disposition.OUT_OF_SCOPE],
    )
    return said + say("pack-invoices-opening", count=opening) if opening else said
