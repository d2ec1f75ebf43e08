"""The opening statement: older differences of a company with history, accepted once, and what of it still stands.

A statement is of one day: the go-live date. What was entered in Sage before it, and is unlike Manage when the statement
is made, is accepted as it is. It stays accepted while both systems show what the statement says of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.matching import match
from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.core.values.periods import Window
from sync.core.values.policy import Policy
from sync.core.values.proposal import REVIEWABLE, Proposal
from sync.core.values.records import Balance, Invoice
from sync.core.values.runs import Person


class OpeningRow(Struct, frozen=True, kw_only=True, gc=False):
    """One invoice as both systems show it. Amounts in `currency`, two decimals.

    Attributes:
        key: of the reconciliation row.
        invoice: the number in Sage, trimmed.
        customer_id: the customer in Sage.
        customer: their name then.
        currency: ISO code, or `UNNAMED` and Sage's number.
        settled: everything Sage shows taken off what was owed.
        paid: Manage's Paid Amount.
        credits: what Manage shows as credits.
        difference: what is open in Sage less what is open in Manage.
    """

    key: str
    invoice: str
    customer_id: int
    customer: str
    currency: str
    settled: Decimal
    paid: Decimal
    credits: Decimal
    difference: Decimal


class Opening(Struct, frozen=True, kw_only=True):
    """An opening statement.

    Attributes:
        run: the run that made it.
        person: who ran it.
        at: when, UTC.
        go_live: what was entered before this day is accepted.
        rows: what was accepted; there may be nothing to accept.
    """

    run: str
    person: Person
    at: datetime
    go_live: date
    rows: tuple[OpeningRow, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Of its rows."""
        return frozenset(row.key for row in self.rows)


def day_to_open(asked: date, on_record: Opening | None, today: date) -> date | None:
    """Return the go-live date where a statement is still to be made for it; None where there is one already.

    Raises:
        SetupError: the date is not past yet, or another than that of the statement on record, which stays as it is.
    """
    if on_record is not None and asked != on_record.go_live:
        at, user = on_record.at.date(), on_record.person.user
        raise SetupError(say("opening-day-changed", day=on_record.go_live, asked=asked, at=at, user=user))
    if asked > today:
        raise SetupError(say("opening-day-ahead", asked=asked, day=today))
    return asked if on_record is None else None


def why_not_opened(asked: date, days: Window, *, stamped: bool, whole: bool, sure: bool) -> tuple[Text, ...]:
    """Return why a run cannot make the statement it is asked for; empty where it can.

    Args:
        asked: the go-live date.
        days: the window: an End Date before the go-live date leaves part of the history unread.
        stamped: Sage records the day on which rows were entered.
        whole: nothing is missing among Manage's invoices.
        sure: that the ledger holds no statement means that none was made.
    """
    found = (
        *(() if stamped else (say("opening-without-days-of-entry"),)),
        *(() if whole else (say("opening-list-not-whole"),)),
        *(() if sure else (say("opening-ledger-unsure"),)),
    )
    return (*found, say("opening-end-date-before", day=asked)) if days.bounded and days.end < asked else found


def compared(
    balances: Iterable[Balance],
    invoices: Sequence[Invoice],
    known: LedgerMemory,
    policy: Policy,
    go_live: date,
    keys: Collection[str],
) -> dict[str, OpeningRow]:
    """Return how both systems show these documents, by key: those that can be compared, and are as old as that.

    A document that cannot be read, that nothing or more than one invoice answers to, or whose day nobody knows, is not
    among them: nothing is accepted of it.
    """
    documents = list(balances)
    matches = match(documents, invoices, policy.prefixes, known.customers, known.accepted)
    found = {}
    for each in documents:
        key, invoice = str(each.document.id), matches[each.document.id].invoice
        if key in keys and invoice is not None and not (each.unreadable or invoice.flaw) and _before(each, go_live):
            found[key] = OpeningRow(
                key=key,
                invoice=each.document.number.strip(),
                customer_id=each.document.customer_id,
                customer=each.document.customer,
                currency=policy.unit(each.document.currency_id),
                settled=each.settled,
                paid=invoice.payments,
                credits=invoice.credits,
                difference=each.balance - invoice.balance,
            )
    return found


def _before(balance: Balance, day: date) -> bool:
    """Return whether the document and every row of it are known to be older than a day."""
    dated, entered, changed = balance.document.dated, balance.last_entered, balance.last_row
    return dated is not None and max(dated, entered or dated, changed or dated) < day


def to_accept(rows: Iterable[Proposal], unlike: Collection[int], known: LedgerMemory) -> frozenset[str]:
    """Return the keys of the rows that a statement may accept, if they are old enough.

    Not what Tieout has written or tried to write, nor what a person holds: that is no history. Nor what nobody may
    approve: a person has to see to it.

    Args:
        rows: as they are proposed, with holds.
        unlike: documents that are unlike Manage, from `unlike_manage`.
        known: what the ledger remembers.
    """
    return frozenset(
        row.key
        for row in rows
        if row.document_id in unlike
        and row.status in REVIEWABLE
        and row.hold is None
        and row.invoice_id not in known.documents
        and row.invoice_id not in known.refused
    )


def standing(opening: Opening, now: Mapping[str, OpeningRow]) -> frozenset[str]:
    """Return the keys of what both systems still show as the statement says.

    Args:
        opening: the statement.
        now: from `compared`; what has left the statement is not among it.
    """
    return frozenset(
        row.key for row in opening.rows if (same := now.get(row.key)) and replace(same, customer=row.customer) == row
    )


def with_opening(rows: Iterable[Proposal], opening: Opening, keys: Collection[str]) -> list[Proposal]:
    """Return rows of which those that the statement accepts say so: they are not approved by default, and not held."""
    return [_accepted(row, opening) if row.key in keys else row for row in rows]


def _accepted(row: Proposal, opening: Opening) -> Proposal:
    if row.status not in REVIEWABLE or row.hold is not None:
        return row
    return replace(row, opening=opening.go_live, reason=words(opening) + row.reason, next_step=say("row-opening-step"))


def words(opening: Opening) -> Text:
    """Return what is said of whatever a statement accepts."""
    return say("row-in-opening", day=opening.go_live, user=opening.person.user, run=opening.run)
