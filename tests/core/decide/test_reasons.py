"""Every sentence a row can carry, word for word: what is so, and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory, Seen
from sync.core.decide.position import positions
from sync.core.decide.reconcile import pair, propose
from sync.core.values.messages import say
from sync.core.values.policy import PaidAmount, PartialDate, Policy
from sync.core.values.posting import Written
from sync.core.values.proposal import Proposal, Status
from sync.core.values.records import Document, Entry, Invoice, Payment
from sync.language.catalogues import ENGLISH
from tests.support.build import RECEIPT_DAY, document, entry, invoice, own, payment

POLICY = Policy(currencies={1: "CAD", 2: "USD"})
APRIL = date(2026, 4, 1)
FULL, PART = [own("100.00"), entry("-100.00")], [own("100.00"), entry("-40.00")]
RETURNED = [*FULL, entry("100.00", id=2, number="NSF", dated=APRIL)]
VOIDED = [own("0.00")]
KNOWN = LedgerMemory(written={501: Written(payment_id=9, amount=Decimal("40.00"), paid_on=None)})
SEEN = LedgerMemory(seen={501: Seen(paid=Decimal("100.00"), date_paid=RECEIPT_DAY)})
OTHER = {"company": "Other ltd", "company_code": "O"}
CHEQUE = "Check the returned cheque, void or correction in Sage; approve this row to show it in Manage."
AGAIN = "then run the sync again."
PUSH = "Push to Manage, or hold."


def row(
    rows: Iterable[Entry],
    manage: Invoice | None,
    *records: Payment,
    known: LedgerMemory | None = None,
    policy: Policy = POLICY,
    doc: Document | None = None,
    entered: frozenset[int] = frozenset(),
) -> Proposal:
    """The proposal for one document and one invoice; its records are read unless the ledger has seen them."""
    known = known or LedgerMemory()
    pairs = pair(positions([doc or document()], rows, entered=entered), {1}, [manage] if manage else [], known, policy)
    read = {} if known.seen or manage is None else {manage.id: records}
    (proposal,) = propose(pairs, read, known, policy)
    return proposal


def said(proposal: Proposal) -> list[str]:
    """Reason and next step."""
    return [proposal.reason.said(ENGLISH), proposal.next_step.said(ENGLISH)]


def test_ready_says_how_it_was_paid() -> None:
    """In full or in part, by which receipt, and what Paid Amount leaves out."""
    by_cash = replace(POLICY, paid_amount=PaidAmount.CASH)
    discount = [own("100.00"), entry("-98.00", id=1), entry("-2.00", id=2, kind=2, number="")]
    unknown = [own("100.00"), entry("-60.00", id=1, kind=6), entry("-40.00", id=2, kind=5, number="")]
    assert said(row(FULL, invoice())) == [
        "Paid in full by R1 of 2026-03-15.",
        PUSH,
    ]
    assert said(row(PART, invoice())) == ["Part-paid in Sage: 40.00 of 100.00 settled.", PUSH]
    assert said(row(discount, invoice(), policy=by_cash)) == [
        (
            "Paid in full on 2026-03-15. Paid Amount is to show 98.00 of it; the rest is not cash, or is among "
            "Manage's credits."
        ),
        PUSH,
    ]
    assert said(row(unknown, invoice())) == [
        ("Paid in full on 2026-03-15. 100.00 of it is of a kind in Sage that Tieout does not know (code 5, 6)."),
        "Find out in Sage what this amount is, then approve or hold.",
    ]


def test_a_deposit_and_a_post_dated_receipt_say_what_they_are() -> None:
    """No advice to correct what is in order; each receipt that is still to come is named."""
    kept = row([entry("-100.00")], invoice())
    assert (kept.status, said(kept)) == (
        Status.DEPOSIT,
        [
            "100.00 of money without an invoice of its own: a deposit or a prepayment, not applied to an invoice yet.",
            "Nothing to do.",
        ],
    )
    rows = [own("100.00"), entry("-60.00", dated=APRIL), entry("-40.00", id=200, number="", dated=APRIL)]
    (position,) = positions([document()], rows, RECEIPT_DAY)
    (found,) = propose(pair([position], {1}, [invoice()], LedgerMemory(), POLICY), {}, LedgerMemory(), POLICY)
    assert (found.status, said(found)) == (
        Status.POST_DATED,
        [
            (
                f"R1 is dated {APRIL}, which is still to come: a post-dated cheque, or a typing error. An application "
                f"is dated {APRIL}, which is still to come: a post-dated cheque, or a typing error."
            ),
            (
                "Nothing to do: it is released by itself on the day of the receipt. Correct the date in Sage if it is "
                "wrong."
            ),
        ],
    )


def test_what_nobody_can_tell_of_a_credit_is_said() -> None:
    """The sum, and the receipt by number and day: a number alone is no key."""
    credit = [own("-30.00", doc=9), entry("30.00", doc=9), entry("-70.00", doc=2)]
    found = row([*FULL, *credit], invoice())
    assert said(found) == [
        (
            "Paid in full by R1 of 2026-03-15. Credit notes settled 30.00 of receipt R1 of 2026-03-15 on several "
            "invoices; only this sum is known, not which of them took it."
        ),
        PUSH,
    ]


def test_rounding_is_said_whatever_the_status() -> None:
    """Of what cannot be read there is nothing to round."""
    thirds = [own("100.00"), *(entry("-33.33", id=nth, beyond=Decimal("-0.0033")) for nth in (1, 2, 3))]
    rounding = "Sage holds fractions of a cent here: 0.01 of rounding is counted with the largest part."
    assert said(row(thirds, invoice()))[0].endswith(f"Paid in full by R1 of 2026-03-15. {rounding}")
    assert said(row(thirds, None))[0] == f"Manage has no invoice with this number. {rounding}"
    unreadable = [*thirds, entry(None, id=4, flaw=say("Empty."))]
    assert said(row(unreadable, invoice()))[0] == "Empty."


def test_ready_says_what_becomes_of_the_record_in_manage() -> None:
    """A date alone; with an online payment; and a record that is taken over."""
    taken = "Takes over a payment record that Tieout did not write."
    assert said(row(FULL, invoice(payments="100.00"), payment("100.00", APRIL))) == [
        f"Only Date Paid is missing: 2026-03-15. Cleared by R1 of 2026-03-15. {taken}",
        PUSH,
    ]
    online = payment("60.00", APRIL, record=4, wisepay=True)
    assert said(row(FULL, invoice(payments="100.00"), online, payment("40.00", APRIL))) == [
        f"Only Date Paid is missing: 2026-03-15. Cleared by R1 of 2026-03-15. {taken}",
        PUSH,
    ]
    assert said(row(FULL, invoice(payments="40.00"), payment("40.00"), known=KNOWN)) == [
        "Paid in full by R1 of 2026-03-15.",
        PUSH,
    ]


def test_agreement_says_on_what() -> None:
    """Amount and date; or an amount that others cleared."""
    nothing = "Nothing to do."
    read = row(FULL, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert said(read) == ["Manage already shows the amount and the date that Sage says.", nothing]
    assert said(row(FULL, invoice(payments="100.00"), known=SEEN)) == said(read)
    online = payment("100.00", None, wisepay=True)
    assert said(row(FULL, invoice(payments="100.00"), online)) == [
        "Manage already shows the amount that Sage says; online payments or credits cleared the invoice.",
        nothing,
    ]


@pytest.mark.parametrize(
    ("rows", "manage", "records", "reason"),
    [
        (
            PART,
            invoice(payments="100.00"),
            [payment("100.00", RECEIPT_DAY)],
            "Paid Amount should be 40.00, not 100.00.",
        ),
        (
            RETURNED,
            invoice(payments="100.00"),
            [payment("100.00", RECEIPT_DAY)],
            "NSF of 2026-04-01 took 100.00 back. The push would delete the payment record of 100.00.",
        ),
        (
            [own("100.00"), entry("-60.00")],
            invoice(payments="100.00"),
            [payment("60.00", APRIL, record=4, wisepay=True), payment("40.00")],
            "The push would delete the payment record of 40.00.",
        ),
        (
            [own("200.00"), entry("-80.00")],
            invoice(total="200.00", payments="100.00"),
            [payment("60.00", APRIL, record=4, wisepay=True), payment("40.00")],
            "Paid Amount should be 80.00, not 100.00.",
        ),
        (
            PART,
            invoice(payments="40.00"),
            [payment("40.00", APRIL)],
            "The invoice is not paid in full in Sage, and Manage shows it paid on a date.",
        ),
        (
            VOIDED,
            invoice(payments="100.00"),
            [payment("60.00", APRIL, record=4, credit=True), payment("100.00", APRIL)],
            "The document is voided in Sage, and Manage still shows 100.00 paid.",
        ),
        (
            VOIDED,
            invoice(payments="100.00", **OTHER),
            [payment("100.00", APRIL)],
            (
                "The document is voided in Sage, and Manage still shows 100.00 paid. "
                "Boréal inc. in Sage, Other ltd in Manage."
            ),
        ),
    ],
)
def test_reopened_says_what_would_be_taken_away(
    rows: list[Entry], manage: Invoice, records: Sequence[Payment], reason: str
) -> None:
    """An amount, the record, or a date."""
    found = row(rows, manage, *records)
    assert (found.status, said(found)) == (Status.REOPENED, [reason, CHEQUE])


@pytest.mark.parametrize(
    ("entered", "named"),
    [
        ((), "CORR of 2026-04-01 took 10.00 back."),
        ((5, 6), "NSF of 2026-04-01 took 60.00 back. An application of 2026-04-01 took 30.00 back."),
    ],
)
def test_reopened_names_what_took_the_money_back(entered: tuple[int, ...], named: str) -> None:
    """Each row that was entered in the window; where none was, the latest."""
    taken = [
        entry("60.00", id=5, number="NSF", dated=APRIL),
        entry("30.00", id=6, number="", dated=APRIL),
        entry("10.00", id=7, number="CORR", dated=APRIL),
    ]
    found = row([*FULL, *taken], invoice(payments="100.00"), payment("100.00", RECEIPT_DAY), entered=frozenset(entered))
    assert found.reason.said(ENGLISH).removesuffix(" The push would delete the payment record of 100.00.") == named


def test_reopened_says_when_a_document_was_voided() -> None:
    """By its own row that takes it back."""
    rows = [own("100.00", reversed=True), own("-100.00", id=2, reversed=True, dated=APRIL)]
    found = row(rows, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert found.reason.said(ENGLISH) == (
        "100.00 was voided on 2026-04-01. The document is voided in Sage, and Manage still shows 100.00 paid."
    )


@pytest.mark.parametrize(
    ("rows", "manage", "records", "known", "reason", "step"),
    [
        (
            FULL,
            invoice(payments="100.00"),
            [payment("60.00"), payment("40.00", record=8)],
            None,
            "2 payment records stand on it in Manage.",
            f"Keep one payment record in Manage and delete the others, {AGAIN}",
        ),
        (
            FULL,
            invoice(payments="50.00"),
            [payment("40.00")],
            None,
            "Manage's payment records do not add up to the Paid Amount it shows.",
            f"Open the invoice in Manage and check its payments, {AGAIN}",
        ),
        (
            PART,
            invoice(payments="60.00"),
            [payment("60.00", APRIL, wisepay=True)],
            None,
            "60.00 was paid online in Manage, more than the 40.00 that Paid Amount should show.",
            f"Enter the online payment in Sage, {AGAIN}",
        ),
        (
            FULL,
            invoice(),
            [],
            KNOWN,
            "The payment that Tieout wrote is no longer in Manage; somebody has deleted it.",
            "Find out why; approve this row to write it again.",
        ),
        (
            FULL,
            invoice(payments="45.00"),
            [payment("45.00")],
            KNOWN,
            "The payment in Manage is no longer what Tieout last wrote; it now says 45.00.",
            "Find out who changed it; approve this row to set it to what Sage says.",
        ),
    ],
)
def test_changed_in_manage_says_what_was_found(
    rows: list[Entry], manage: Invoice, records: Sequence[Payment], known: LedgerMemory | None, reason: str, step: str
) -> None:
    """And what to do about each."""
    found = row(rows, manage, *records, known=known)
    assert (found.status, said(found)) == (Status.CHANGED_IN_MANAGE, [reason, step])


@pytest.mark.parametrize(
    ("rows", "manage", "status", "reason", "step"),
    [
        (
            FULL,
            invoice(total="120.00", **OTHER),
            Status.CUSTOMER_DIFFERS,
            "Boréal inc., 100.00, in Sage; Other ltd, 120.00, in Manage.",
            "Check that this is the same invoice; approve it only if it is.",
        ),
        (
            FULL,
            invoice(total="120.00"),
            Status.TOTAL_DIFFERS,
            "Sage's total 100.00, Manage's 120.00: 20.00 apart.",
            f"Correct the one that is wrong, {AGAIN}",
        ),
        (
            [own("100.00"), entry("-100.01")],
            invoice(credits=Decimal("5.00")),
            Status.OVERPAID,
            "100.01 is more than the total 100.00 less credits 5.00.",
            f"Move the excess to another invoice or a deposit in Sage, {AGAIN}",
        ),
    ],
)
def test_what_differs_says_both_figures(
    rows: list[Entry], manage: Invoice, status: Status, reason: str, step: str
) -> None:
    """Sage's and Manage's."""
    found = row(rows, manage)
    assert (found.status, said(found)) == (status, [reason, step])


@pytest.mark.parametrize(
    ("rows", "manage", "doc", "status", "reason", "step"),
    [
        (
            [own("-50.00")],
            invoice(total="-50.00", kind="CreditMemo"),
            document(),
            Status.CREDIT_NOTE,
            "This is a credit note in Sage.",
            "Nothing to push; the invoices it is applied to show it in their Credit column.",
        ),
        (
            FULL,
            invoice(kind="CreditMemo"),
            document(),
            Status.CREDIT_NOTE,
            "In Manage this number is a credit memo.",
            "Apply it in Manage; Tieout leaves it alone.",
        ),
        (
            VOIDED,
            invoice(),
            document(),
            Status.VOIDED,
            "All of this document's rows cancel in Sage: it is voided or for zero.",
            "Nothing to do.",
        ),
        (
            FULL,
            None,
            document(),
            Status.NOT_IN_MANAGE,
            "Manage has no invoice with this number.",
            "If it was invoiced in Manage, correct the number in Sage; otherwise there is nothing to push.",
        ),
        (
            FULL,
            None,
            document(number="  "),
            Status.NOT_IN_MANAGE,
            "This document has no number in Sage.",
            "Give it the number of its invoice in Manage.",
        ),
        (
            FULL,
            invoice(),
            document(currency_id=3),
            Status.CURRENCY_DIFFERS,
            "Sage's currency number 3 is not named in the settings.",
            f"Add it under [policy] currencies in the settings, {AGAIN}",
        ),
        (
            FULL,
            invoice(currency="EUR"),
            document(currency_id=2),
            Status.CURRENCY_DIFFERS,
            "USD in Sage, EUR in Manage, where 0.00 of 100.00 are paid.",
            "Correct the currency of the one that is wrong.",
        ),
        (
            FULL,
            invoice(currency=None),
            document(currency_id=2),
            Status.CURRENCY_DIFFERS,
            "USD in Sage, CAD in Manage, where 0.00 of 100.00 are paid.",
            "Correct the currency of the one that is wrong.",
        ),
        (
            FULL,
            invoice(flaw=say("Manage's invoice has no total.")),
            document(),
            Status.BAD_DATA,
            "Manage's invoice has no total.",
            f"Correct the invoice in Manage, {AGAIN}",
        ),
        (
            FULL,
            invoice(),
            document(flaw=say("No date.")),
            Status.BAD_DATA,
            "No date.",
            f"Correct the record in Sage, {AGAIN}",
        ),
        (
            [own("100.00"), *(entry(None, id=n, flaw=say("Empty.")) for n in (1, 2))],
            invoice(),
            document(flaw=say("No date.")),
            Status.BAD_DATA,
            "No date. 2 more of its records are wrong too.",
            f"Correct the record in Sage, {AGAIN}",
        ),
        (
            [own("100.00"), entry("50.00"), entry("-10.00", id=2, kind=2)],
            invoice(),
            document(),
            Status.BAD_DATA,
            "Sage shows more taken back than received on this invoice: -40.00.",
            f"Correct the record in Sage, {AGAIN}",
        ),
    ],
)
def test_what_needs_no_payment_records_says_why(
    rows: list[Entry], manage: Invoice | None, doc: Document, status: Status, reason: str, step: str
) -> None:
    """Each with its own next step."""
    found = row(rows, manage, doc=doc)
    assert (found.status, said(found)) == (status, [reason, step])


def test_by_cash_what_was_taken_back_is_cash() -> None:
    """The figure is the one that Paid Amount would have shown."""
    rows = [own("100.00"), entry("50.00"), entry("-60.00", id=2, kind=2)]
    by_cash = replace(POLICY, paid_amount=PaidAmount.CASH)
    assert said(row(rows, invoice(), policy=by_cash))[0] == (
        "Sage shows more taken back than received on this invoice: -50.00."
    )


def test_an_unnamed_home_currency_is_said_as_such() -> None:
    """No code is invented."""
    found = row(FULL, invoice(currency=None), doc=document(currency_id=2), policy=Policy(currencies={2: "USD"}))
    assert said(found)[0] == "USD in Sage, an unnamed currency in Manage, where 0.00 of 100.00 are paid."


def test_a_record_that_cannot_be_read_says_its_own_words() -> None:
    """And where to correct it."""
    broken = payment("0.00", flaw=say("Payment record 9 has no amount."))
    found = row(FULL, invoice(payments="100.00"), payment("5.00", record=8), broken)
    assert (found.status, said(found)) == (
        Status.BAD_DATA,
        ["Payment record 9 has no amount.", f"Correct the payment record in Manage, {AGAIN}"],
    )


def test_numbers_that_several_bear_say_how_many() -> None:
    """Ambiguous; or taken by the document whose invoice it is."""
    documents = [document(1), document(2, number="1001", customer="Who", customer_id=8)]
    found = positions(documents, [own("100.00"), own("100.00", doc=2)])

    def second(*invoices: Invoice) -> list[str]:
        return said(propose(pair(found, {2}, invoices, LedgerMemory(), POLICY), {}, LedgerMemory(), POLICY)[0])

    assert second(invoice()) == [
        "Manage's invoice of this number belongs to another document in Sage with the same number.",
        "Check whether this document repeats the other one; correct its number in Sage if not.",
    ]
    assert second(*(invoice(n, number="1001", **OTHER) for n in (1, 2, 3))) == [
        (
            "This number is on documents in Sage: 2, on invoices in Manage: 3. Neither customer nor total tells which "
            "is which."
        ),
        "Make the customer's name in Manage (or its account number) the same as in Sage, then run the sync again.",
    ]


def test_a_part_payment_with_a_date_is_still_part_paid() -> None:
    """Where the site wants a date with a part payment, the reason does not call it paid in full."""
    dated = replace(POLICY, partial_date=PartialDate.LAST_RECEIPT)
    assert said(row(PART, invoice(), policy=dated)) == ["Part-paid in Sage: 40.00 of 100.00 settled.", PUSH]
