"""A review: what a sync shows and puts on record, what comes back of it, and what earlier runs left open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from sync.core.decide import reasons
from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.matching import Prefixes, normalise
from sync.core.decide.opening import Opening, words
from sync.core.decide.position import Position
from sync.core.decide.same_books import mark_to_keep
from sync.core.prove.bridge import BridgeLine, bridge
from sync.core.prove.completeness import Completeness, Intake, completeness, intake
from sync.core.prove.control_account import ControlAccount, control_account, not_tied
from sync.core.prove.figures import NOBODY_CHOSE, Chosen, Disposition, Postings, Tally, disposition, tallies
from sync.core.prove.receipts import Receipt, receipts
from sync.core.prove.tie_out import TieOut, TieOutScope, tie_out
from sync.core.values.invoice_link import InvoiceLink
from sync.core.values.messages import Text, say
from sync.core.values.money import ZERO
from sync.core.values.periods import Window
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import BooksMark, Invoice, InvoiceList, Payment, Reading, widespread
from sync.core.values.runs import Company, Head, NotedHead, Run


class OpenItem(Struct, frozen=True, kw_only=True):
    """A row of an earlier run that is not settled yet.

    Attributes:
        row: as last reviewed.
        since: the local day on which it was first held.
        note: the last note on it.
        owner: who was last named to see to it.
    """

    row: Proposal
    since: date
    note: str = ""
    owner: str = ""


class Evidence(Struct, frozen=True, kw_only=True):
    """What a sync proves beside its rows.

    Attributes:
        entered: what was entered in Sage in the window, as it was selected.
        tie_out: open balances of both systems, read at the same moment; None for a run that was not synced.
        books: what the books are known again by; None for a run that was not synced.
        control: the control account beside its ledger; None where it was not read.
    """

    entered: tuple[Intake, ...] = ()
    tie_out: TieOut | None = None
    books: BooksMark | None = None
    control: ControlAccount | None = None

    def proof(self, rows: Iterable[Proposal], postings: Postings, chosen: Chosen = NOBODY_CHOSE) -> Completeness:
        """Compare what was entered with what the run's rows account for.

        Args:
            rows: of the run, as reviewed.
            postings: how they ended so far, by key; empty before the first push.
            chosen: what a person said of them, by key.
        """
        return completeness(self.entered, rows, postings, chosen)


def item_of(open_items: Mapping[str, OpenItem], row: Proposal) -> OpenItem | None:
    """Return the open item of a row; None where its key stands for another invoice or customer by now."""
    item = open_items.get(row.key) or open_items.get(row.key.partition("/")[0])
    same = item is not None and (item.row.invoice, item.row.customer_id) == (row.invoice, row.customer_id)
    return item if same else None


_ORDER = (
    Disposition.WAITING,
    Disposition.READY,
    Disposition.OPENING,
    Disposition.IN_AGREEMENT,
    Disposition.OUT_OF_SCOPE,
)
"""What a sync's rows may be before anything is pushed, what waits for a person first."""


class Review(Struct, frozen=True, kw_only=True):
    """All that a reconciliation sheet shows.

    Attributes:
        run: the run.
        rows: its rows.
        ledger_head: the end of the ledger.
        evidence: what the sync proves beside its rows.
        open_items: what earlier runs left open, by key.
        opening: the keys of the opening statement on record.
        link: to the invoices in Manage; None where nobody has said how their pages are addressed.
    """

    run: Run
    rows: Sequence[Proposal]
    ledger_head: Head
    evidence: Evidence = field(default_factory=Evidence)
    open_items: Mapping[str, OpenItem] = field(default_factory=dict)
    opening: frozenset[str] = frozenset()
    link: InvoiceLink | None = None

    @property
    def figures(self) -> list[Tally]:
        """The rows counted and added up, as nobody has decided anything yet."""
        return tallies(self.rows, {})

    @property
    def bridge(self) -> list[BridgeLine]:
        """From what was entered in Sage to what the ready rows would change in Manage."""
        return bridge(self.evidence.proof(self.rows, {}), self.rows, {})

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts of the window, each once, with what the rows they paid are."""
        return receipts(self.rows, {})

    @property
    def in_order(self) -> list[Proposal]:
        """The rows as a person goes through them: what waits for one by money and age, what is ready, the rest.

        Money is what a push would change, else what Sage shows settled; amounts of several currencies are compared as
        they stand. Rows alike stay in the order of their numbers.
        """
        return sorted(self.rows, key=self._place)

    def _place(self, row: Proposal) -> tuple[int, Decimal, date]:
        became = disposition(row)
        item = self.item_of(row)
        since = item.since if item else self.run.day
        if became is not Disposition.WAITING:
            return _ORDER.index(became), ZERO, self.run.day
        return 0, -abs(row.change or row.settled or ZERO), since

    @property
    def held(self) -> list[Proposal]:
        """The rows that are held."""
        return [row for row in self.rows if disposition(row) is Disposition.WAITING]

    def item_of(self, row: Proposal) -> OpenItem | None:
        """Return the open item of a row; None where its key stands for another invoice or customer by now."""
        return item_of(self.open_items, row)


class Reviewed(Struct, frozen=True, kw_only=True):
    """A run that may still be pushed, with its rows as reviewed, by key."""

    run: Run
    rows: Mapping[str, Proposal]


class MadeFrom(Struct, frozen=True, kw_only=True):
    """What a reconciliation file says it was made from.

    Attributes:
        run: the run id in its header block.
        printed: the ledger's head there; None where it carries none.
    """

    run: str
    printed: NotedHead | None


class Decided(Struct, frozen=True, kw_only=True):
    """What a reconciliation file holds when it comes back.

    Attributes:
        run: the run id in its header block.
        printed: the ledger's head in its header block; None where it carries none.
        decisions: one per row present.
        missing: how many reviewed rows are no longer in the file; they count as not approved.
        hidden: how many approved rows are hidden by a filter or by hand.
    """

    run: str
    decisions: tuple[Decision, ...]
    printed: NotedHead | None = None
    missing: int = 0
    hidden: int = 0


def row_no_longer_in_sage(item: OpenItem, owed: Decimal | None = None) -> Proposal:
    """Return a row for a document that Sage has cleared; it shows no amounts, since no source confirms them.

    Args:
        item: the row.
        owed: the balance of the one invoice of its number in Manage; None where that cannot be told. At zero nobody
            owes anything in either system, and the row is closed.
    """
    row = item.row
    settled = owed == ZERO
    reason, step = reasons.no_longer_in_sage(row.customer, settled=settled)
    return Proposal(
        key=row.key,
        document_id=row.document_id,
        customer_id=row.customer_id,
        invoice=row.invoice,
        customer=row.customer,
        dated=row.dated,
        currency=row.currency,
        currency_id=row.currency_id,
        status=Status.IN_AGREEMENT if settled else Status.BAD_DATA,
        reason=reason,
        next_step=step,
    )


class BothSystems(Struct, frozen=True, kw_only=True):
    """What both systems say at one moment, and what follows from it.

    Attributes:
        company: books and site.
        day: on which Sage was read, by Sage's own clock (or `--today`).
        reading: Sage's snapshot.
        positions: of the documents that became rows.
        candidates: of every document that bears one of their numbers.
        proposals: the rows.
        payments: the payment records that were read, by Manage invoice id.
        invoices: what was read of Manage: the invoices of the rows, or all of them for a tie-out.
        known: what the ledger remembered at that moment.
        whole: nothing is missing among the invoices.
        notices: what the reader should know of Manage.
    """

    company: Company
    day: date
    reading: Reading
    positions: list[Position]
    candidates: list[Position]
    proposals: list[Proposal]
    payments: dict[int, tuple[Payment, ...]]
    invoices: list[Invoice]
    known: LedgerMemory
    whole: bool = True
    notices: tuple[Text, ...] = ()


UNCOUNTED, NOT_WHOLE = "sync-manage-list-uncounted", "sync-manage-list-not-whole"


def list_was_whole(run: Run) -> bool:
    """Return whether Manage showed all its invoices to a run's sync."""
    return not any(sentence.id in {UNCOUNTED, NOT_WHOLE} for notice in run.notices for sentence in notice.sentences)


def manage_notices(listed: InvoiceList) -> tuple[Text, ...]:
    """Return what is said of a site whose list is not whole, whose currencies or balances are none to us."""
    said = []
    if listed.counted is None:
        said.append(say("sync-manage-list-uncounted"))
    elif not listed.whole:
        said.append(say("sync-manage-list-not-whole", counted=listed.counted, shown=len(listed.invoices)))
    unnamed = sum(1 for invoice in listed.invoices if not invoice.currency)
    if 0 < unnamed < len(listed.invoices):
        said.append(say("sync-manage-currency-unnamed", count=unnamed))
    paid = [invoice for invoice in listed.invoices if invoice.payments != ZERO]
    contradict = sum(1 for invoice in paid if invoice.flaw and not invoice.adds_up)
    if widespread(contradict, len(paid)):
        said.append(say("sync-manage-balances-count-otherwise", count=contradict, paid=len(paid)))
    return tuple(said)


def evidence(
    read: BothSystems,
    rows: Sequence[Proposal],
    days: Window,
    policy: Policy,
    opening: Opening | None = None,
    accepted: Collection[str] = (),
) -> Evidence:
    """Return what was entered in Sage in the window, and how the two systems' open balances tie.

    Args:
        read: both, at the same moment.
        rows: of the run.
        days: the window.
        policy: the settings.
        opening: the statement of older differences, if there is one.
        accepted: keys of what stands of it.
    """
    not_accepted = {row.key for row in rows if row.opening is None}
    said = {int(key): words(opening) for key in accepted if key not in not_accepted} if opening else {}
    scope = TieOutScope(
        rows={row.document_id: row for row in rows},
        window=days,
        policy=policy,
        customers=read.known.customers,
        day=read.day,
        entries=read.reading.entries,
        whole=read.whole,
        accepted=read.known.accepted,
        opening=said,
    )
    return Evidence(
        entered=intake(read.reading.entered, read.positions, policy),
        tie_out=tie_out(read.reading.balances, read.invoices, scope),
        books=mark_to_keep(read.reading),
        control=control_account(read.reading.account, read.reading.clock, policy),
    )


def rows_no_longer_in_sage(open_items: Iterable[OpenItem], read: BothSystems, prefixes: Prefixes) -> list[Proposal]:
    """Return rows for open items of earlier runs whose documents Sage no longer holds.

    An item is closed where Manage shows nothing owed on the one invoice of its number, in a list that is whole.

    Args:
        open_items: of earlier runs.
        read: with every invoice in Manage.
        prefixes: of the numbers.
    """
    here = {each.id: (normalise(each.number, prefixes), each.customer_id) for each in read.reading.documents}
    absent = [
        item if item.row.document_id not in here else replace(item, row=replace(item.row, key=_key_apart(item.row)))
        for item in open_items
        if here.get(item.row.document_id) != (normalise(item.row.invoice, prefixes), item.row.customer_id)
    ]
    owed: dict[str, Decimal | None] = dict.fromkeys(number for number, _ in here.values()) if absent else {}
    for invoice in read.invoices if absent and read.whole else ():
        number = normalise(invoice.number, prefixes)
        # Two invoices of one number, or a document in Sage that bears it, tell nothing about this one.
        owed[number] = None if number in owed or invoice.flaw else invoice.balance
    return [row_no_longer_in_sage(item, owed.get(normalise(item.row.invoice, prefixes))) for item in absent]


def _key_apart(row: Proposal) -> str:
    """Return a key for a row whose document id is another document's by now."""
    return f"{row.document_id}/{row.customer_id}/{row.invoice}"


def covered_before(last: Run | None, days: Window) -> date | None:
    """Return the last day that earlier runs cover, where the window leaves out days after it; else None."""
    return last.complete_to if last is not None and days.start > last.complete_to else None


def notices(read: BothSystems, days: Window, covered: date | None, said: Iterable[Text]) -> tuple[Text, ...]:
    """Return what the reader should know about the run as a whole.

    Args:
        read: the readings, with notices of their own.
        days: the window.
        covered: from `covered_before`; days that no run looks at are said, never skipped in silence.
        said: what else there is to say, such as what the proof of completeness found missing.
    """
    gap = () if covered is None else (say("sync-window-leaves-gap", last=covered, start=days.start),)
    stamps = [row.late for row in read.reading.entered if row.late is not None]
    late = (say("sync-entered-late", count=len(stamps), earliest=min(stamps)),) if stamps else ()
    return (*read.reading.notices, *not_tied(read.reading.account), *read.notices, *gap, *late, *said)
