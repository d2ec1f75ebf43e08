"""What the two systems say, as values: documents, their rows and a reading of Sage; invoices and payments of Manage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sync.core.values.messages import Text
from sync.core.values.money import ZERO
from sync.core.values.periods import Window

OWN_KINDS = frozenset({0, 8, 9})
RECEIPT = 1
DISCOUNT = 2
_ODD = 10


def widespread(odd: int, of: int) -> bool:
    """Return whether more than one in ten are odd: up to that is how a company is, more is how its tables are."""
    return odd * _ODD > of


class Document(Struct, frozen=True, kw_only=True, gc=False):
    """A receivable document in Sage (`tcustr`): an invoice, a credit note or a debit note.

    Attributes:
        id: `tcustr.lId`.
        customer_id: `tcustomr.lId`; 0 when Sage names none.
        customer: the customer's name; empty when Sage holds none.
        number: the invoice number as Sage stores it, untrimmed.
        dated: the invoice's own date, or None when Sage's is empty or zero.
        kind: `nTranType` (0 invoice, 8 credit note, 9 debit note).
        currency_id: Sage's currency id; 1 is the home currency, 0 is none named.
        flaw: what is wrong with this record, in words, if anything is.
    """

    id: int
    customer_id: int
    customer: str
    number: str
    dated: date | None
    kind: int
    currency_id: int
    flaw: Text | None = None


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One row of a document's ledger (`tcustrdt`): its own amount, or an application to it.

    Attributes:
        id: `tcustrdt.lId`, rising in order of entry.
        document_id: `tcustr.lId` of the document it belongs to.
        customer_id: `tcustomr.lId`, so that what shares a receipt with it can be found.
        dated: the transaction's date, or None when Sage's is empty or zero.
        number: the receipt number (or the document's, on its own row).
        kind: `nTranType`: 0, 8, 9 own row; 1 receipt; 2 discount; others unknown.
        amount: currency units with two decimals; above zero raises what is owed. None when unreadable.
        reversed: Sage marks it as one of a reversed pair.
        banked: it names a cheque or a bank account; without both it may be a credit note applied.
        entered_on: the day it was keyed in, where Sage records it.
        entered_by: Sage's user who keyed it in, where Sage records it.
        flaw: what is wrong with this record, in words, if anything is.
        cheque: `lChqId`: tells receipts of one number and day apart; 0 when Sage names none.
        beyond: what Sage holds beyond the cent that `amount` is rounded to; nearly always zero.
    """

    id: int
    document_id: int
    customer_id: int
    dated: date | None
    number: str
    kind: int
    amount: Decimal | None
    reversed: bool
    banked: bool
    entered_on: date | None = None
    entered_by: str = ""
    flaw: Text | None = None
    cheque: int = 0
    beyond: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """The amount as Sage holds it: sums are made of these, and rounded once."""
        return (self.amount or ZERO) + self.beyond


class Balance(Struct, frozen=True, kw_only=True, gc=False):
    """What one document adds up to in Sage, computed by the database: the tie-out needs no single rows.

    Attributes:
        document: the document.
        total: Σ of its own rows.
        received: Σ of receipts and credits applied, as an amount that settles; which of it is credit, its groups tell.
        balance: Σ of all its rows: what is still owed.
        last_entered: the day its latest application was entered (or dated, where Sage records no day of entry).
        last_row: the same of its latest row of any kind: an adjustment, or its own row, may have been entered later.
        unreadable: an amount is missing, or none; the amounts are then zero.
        deposit: it has rows and none of its own: money without an invoice.
        without_rows: no row of it was found, so that its amounts are missing: rows that cancel are another thing.
    """

    document: Document
    total: Decimal
    received: Decimal
    balance: Decimal
    last_entered: date | None
    last_row: date | None = None
    unreadable: bool = False
    deposit: bool = False
    without_rows: bool = False

    @property
    def settled(self) -> Decimal:
        """Everything taken off what was owed."""
        return self.total - self.balance

    @property
    def voided(self) -> bool:
        """All its rows cancel."""
        return self.total == self.balance == 0 and not (self.unreadable or self.deposit)

    @property
    def credit_note(self) -> bool:
        """A document that lowers what the customer owes, whatever its type says."""
        return self.total < 0


class Invoice(Struct, frozen=True, kw_only=True, gc=False):
    """An invoice in Manage (`GET /finance/invoices`). Amounts in its currency, two decimals.

    Attributes:
        id: Manage's record id.
        number: `invoiceNumber`.
        kind: `type`, such as Standard, Agreement or CreditMemo.
        company_id: Manage's company record id; 0 where it names none.
        company: the company's name.
        company_code: the company's identifier.
        account: the account number, which carries Sage's customer name where the export was set up so.
        currency: ISO code, or None where Manage names none (a site with one currency); `UNNAMED` where it names none
            of this invoice and one of another, so that nobody knows which it is.
        dated: the invoice's calendar date.
        total: tax included.
        payments: Manage's Paid Amount.
        credits: credit memos applied in Manage.
        balance: what Manage says is still owed.
        status: the billing status, in Manage's words.
        closed: the billing status closes the invoice; None where Manage does not say.
        flaw: what is wrong with this record, in words, if anything is; amounts are then not to be used, and zero where
            they cannot be read.
    """

    id: int
    number: str
    kind: str
    company_id: int
    company: str
    company_code: str
    account: str
    currency: str | None
    dated: date | None
    total: Decimal
    payments: Decimal
    credits: Decimal
    balance: Decimal
    status: str
    closed: bool | None
    flaw: Text | None = None

    @property
    def adds_up(self) -> bool:
        """Its total less payments and credits is its balance."""
        return self.total - self.payments - self.credits == self.balance

    @property
    def unreadable(self) -> bool:
        """An amount is missing, or none; its amounts are then zero, and are none of them."""
        return self.flaw is not None and (self.total, self.payments, self.credits, self.balance) == (ZERO,) * 4


class InvoiceList(Struct, frozen=True, kw_only=True):
    """What was meant to be every invoice of a site.

    Attributes:
        invoices: each once.
        counted: how many there are by Manage's own count; None where it gives none, so that nothing proves the list.
    """

    invoices: list[Invoice]
    counted: int | None

    @property
    def whole(self) -> bool:
        """Nothing is missing: only then is a number absent, or the only one, because the list shows it so."""
        return len(self.invoices) == self.counted


class Payment(Struct, frozen=True, kw_only=True, gc=False):
    """A payment record on an invoice in Manage (`GET /finance/invoices/{id}/payments`).

    Attributes:
        id: Manage's record id.
        invoice_id: the invoice it stands on.
        amount: currency units, two decimals.
        paid_on: `paymentDate` as a calendar day, never converted between time zones; None when absent.
        wisepay: `source` is WisePay: paid online, never edited by us, counts as paid.
        plain: `type` and `source` are those of a plain payment; any other is never edited by us, and counts as paid.
        credit: a credit memo applied (`credit` is set), never edited by us, counts among the credits.
        applied_by: Manage's member or API key who entered it.
        flaw: what is wrong with this record, in words, if anything is; its amount is then zero and not to be used.
        kind: `type` as Manage shows it; empty where it shows none.
        time_of_day: what follows the day in `paymentDate`, such as T14:30:00Z; empty for midnight, or without a date.
        beyond: what Manage holds beyond the cent that `amount` is rounded to; nearly always zero.
    """

    id: int
    invoice_id: int
    amount: Decimal
    paid_on: date | None
    wisepay: bool = False
    credit: bool = False
    applied_by: str = ""
    flaw: Text | None = None
    plain: bool = True
    kind: str = ""
    time_of_day: str = ""
    beyond: Decimal = ZERO

    @property
    def ours(self) -> bool:
        """A record that Tieout may set: a plain payment, neither paid online nor a credit memo."""
        return self.plain and not (self.wisepay or self.credit)


class Action(StrEnum):
    """What a write does to the payment record that Tieout owns on an invoice."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


class Write(Struct, frozen=True, kw_only=True, gc=False):
    """One intended request to Manage: make our payment record on an invoice say this amount and date.

    Attributes:
        action: create where there is no record, change where there is one, delete only for a reopening to zero.
        invoice_id: Manage's invoice.
        payment_id: the record to change or delete; None to create.
        amount: what our record is to say (zero to delete).
        paid_on: the payment date to send; None sends none, or takes it away from a record that has one.
        amount_before: what our record said when reviewed (zero when there was none).
        paid_on_before: the date it carried when reviewed.
        restores: the record as it was before the write that this one takes back: its type, its time of day and its
            fractions of a cent are sent as they were; None in a push.
    """

    action: Action
    invoice_id: int
    payment_id: int | None
    amount: Decimal
    paid_on: date | None
    amount_before: Decimal
    paid_on_before: date | None
    restores: Payment | None = None

    @property
    def takes_date_away(self) -> bool:
        """The record has a payment date, and is to be left without one."""
        return self.paid_on_before is not None and self.paid_on is None


class RowMark(Struct, frozen=True, kw_only=True, gc=False):
    """A row of Sage's receivables by which books are known again, with a checksum of whose it is and what it is called.

    `settled`: nothing was owed on its document when it was last read, so that Sage may clear it.
    """

    id: int
    document_id: int
    content: str
    settled: bool = False


class BooksMark(Struct, frozen=True, kw_only=True):
    """What books are known again by: the next id of each kind of record (`tnxtpids`, where it is there), and rows."""

    counters: Mapping[int, int] = field(default_factory=dict)
    rows: tuple[RowMark, ...] = ()


class Covered(Struct, frozen=True, kw_only=True):
    """How far earlier runs saw the books: every row up to number `row` that is stamped up to `day`.

    A higher number with an earlier stamp was entered since, by a clock that was late: no window of days finds it.
    """

    row: int
    day: date


class Wanted(Struct, frozen=True, kw_only=True):
    """Which documents to read from Sage.

    Attributes:
        window: documents with payment information entered in it are touched; None selects none by window.
        documents: ids wanted whatever the window: carried forward, or approved for a push.
        above_row: highest `tcustrdt.lId` seen before the window began, where the ledger knows one.
        covered: what earlier runs saw, where there were any: with a window, what was entered since with a stamp from
            before both is touched too.
        prefixes: removed from Sage's numbers when looking for other documents that bear the same number.
        numbers: other numbers, normalised, whose documents are wanted beside them.
        balances: the balance of every document is wanted too, for the tie-out of receivables.
        marks: rows of the last run that are looked for again.
    """

    window: Window | None
    documents: frozenset[int] = frozenset()
    above_row: int | None = None
    covered: Covered | None = None
    prefixes: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    balances: bool = False
    marks: tuple[RowMark, ...] = ()


class Entered(Struct, frozen=True, kw_only=True, gc=False):
    """A row of payment information entered in the window, or late, exactly as it was selected.

    Attributes:
        id: `tcustrdt.lId`.
        document_id: the document it belongs to.
        kind: Sage's `nTranType`.
        amount: as in Sage; None when unreadable.
        late: its stamp, where that lies before the window and `Covered.day`; None where it was entered in the window.
    """

    id: int
    document_id: int
    kind: int
    amount: Decimal | None
    late: date | None = None


class LedgerPart(Struct, frozen=True, kw_only=True):
    """Documents of one currency that stand alike, and what their ledgers come to in the home currency.

    Attributes:
        currency_id: theirs, by Sage's number; 0 where neither they nor their customers name one.
        settled: each comes to 0.00 in its own currency.
        documents: how many.
        leaving: how many of them do not come to 0.00 in the home currency.
        amount: Σ `dAmount` of home documents, Σ `dAmtHm` of others; None where that cannot be added up.
    """

    currency_id: int
    settled: bool
    documents: int
    leaving: int
    amount: Decimal | None


class AccountReading(Struct, frozen=True, kw_only=True):
    """Sage's linked account of receivables, and the ledger that it controls.

    Attributes:
        account: its number (`tlinkact.lAcNaccRec`); 0 where it could not be read.
        balance: of it (`taccount.dYtc`), in the home currency; None where it could not be read.
        parts: of the ledger.
        why: it could not be read; None where it could.
    """

    account: int = 0
    balance: Decimal | None = None
    parts: tuple[LedgerPart, ...] = ()
    why: Text | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """One consistent snapshot of what was wanted from Sage.

    Attributes:
        company: `tcompany.sCompName`.
        clock: the database's local clock at the start of the snapshot.
        strategy: how touched documents were found.
        highest_row: highest `tcustrdt.lId` in the books.
        entered: the rows of payment information entered in the window.
        documents: the touched and the wanted ones, those that share credit with them, and every other document that
            bears one of their numbers.
        entries: all rows of those documents, and what `sync.core.decide.credit_groups` needs to know of others.
        notices: what the reader should know, such as a login that could write.
        balances: of every document of the company, where they were wanted.
        stamped: what was entered was found by the rows' own day of entry; anything else is weaker evidence.
        mark: what these books are known again by.
        still_there: the documents of the wanted marks that Sage holds.
        account: the linked account of receivables, where balances were wanted; None where it was not asked for.
    """

    company: str
    clock: datetime
    strategy: Text
    highest_row: int
    entered: Sequence[Entered]
    documents: Sequence[Document]
    entries: Sequence[Entry]
    notices: tuple[Text, ...] = ()
    balances: Sequence[Balance] = ()
    stamped: bool = True
    mark: BooksMark = BooksMark()
    still_there: frozenset[int] = frozenset()
    account: AccountReading | None = None

    @property
    def touched(self) -> frozenset[int]:
        """Ids of the documents touched in the window."""
        return frozenset(row.document_id for row in self.entered)
