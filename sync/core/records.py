"""What the two systems say, as values: Sage's documents and their rows, Manage's invoices and payment records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sync.core.words import Text

OWN_KINDS = frozenset({0, 8, 9})
RECEIPT = 1
DISCOUNT = 2


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
        customer_id: `tcustomr.lId`, so that a mirror row on another document of the customer can be found.
        dated: the transaction's date, or None when Sage's is empty or zero.
        number: the receipt number (or the document's, on its own row).
        kind: `nTranType`: 0, 8, 9 own row; 1 receipt; 2 discount; others unknown.
        amount: currency units with two decimals; above zero raises what is owed. None when unreadable.
        reversed: Sage marks it as one of a reversed pair.
        banked: it has a cheque or a bank account; without both it may be a credit note applied.
        entered_on: the day it was keyed in, where Sage records it.
        entered_by: Sage's user who keyed it in, where Sage records it.
        flaw: what is wrong with this record, in words, if anything is.
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


class Balance(Struct, frozen=True, kw_only=True, gc=False):
    """What one document comes to in Sage, added up by the database: for the tie-out, where no row is looked at.

    Attributes:
        document: the document.
        total: Σ of its own rows.
        cash: Σ of receipts through a bank account, as an amount received.
        balance: Σ of all its rows: what is still owed.
        last_entered: the day its latest application was entered (or dated, where Sage records no day of entry).
        unreadable: an amount is missing or is not whole cents; the amounts are then zero.
    """

    document: Document
    total: Decimal
    cash: Decimal
    balance: Decimal
    last_entered: date | None
    unreadable: bool = False

    @property
    def settled(self) -> Decimal:
        """Everything taken off what was owed."""
        return self.total - self.balance

    @property
    def voided(self) -> bool:
        """All its rows cancel."""
        return self.total == self.balance == 0 and not self.unreadable

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
        company_id: Manage's company record id.
        company: the company's name.
        company_code: the company's identifier.
        account: the account number, which carries Sage's customer name where the export was set up so.
        currency: ISO code, or None where Manage names none (a site with one currency).
        dated: the invoice's calendar date.
        total: tax included.
        payments: Manage's Paid Amount.
        credits: credit memos applied in Manage.
        balance: what Manage says is still owed.
        status: the billing status, in Manage's words.
        closed: the billing status closes the invoice; None where Manage does not say.
        flaw: what is wrong with this record, in words, if anything is; amounts are then zero and not to be used.
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


class Payment(Struct, frozen=True, kw_only=True, gc=False):
    """A payment record on an invoice in Manage (`GET /finance/invoices/{id}/payments`).

    Attributes:
        id: Manage's record id.
        invoice_id: the invoice it stands on.
        amount: currency units, two decimals.
        paid_on: `paymentDate` as a calendar day, never converted between time zones; None when absent.
        wisepay: `source` is WisePay: paid online, never edited by us, counts as paid.
        credit: a credit memo applied (`credit` is set), never edited by us, counts among the credits.
        applied_by: Manage's member or API key who entered it.
        flaw: what is wrong with this record, in words, if anything is; its amount is then zero and not to be used.
    """

    id: int
    invoice_id: int
    amount: Decimal
    paid_on: date | None
    wisepay: bool = False
    credit: bool = False
    applied_by: str = ""
    flaw: Text | None = None

    @property
    def ours(self) -> bool:
        """A record that Tieout may set: neither paid online nor a credit memo."""
        return not (self.wisepay or self.credit)


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
    """

    action: Action
    invoice_id: int
    payment_id: int | None
    amount: Decimal
    paid_on: date | None
    amount_before: Decimal
    paid_on_before: date | None
