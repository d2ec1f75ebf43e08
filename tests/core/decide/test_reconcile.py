"""Statuses: the first that applies, what would be written, and whether a person may approve it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.decide.facts import fingerprint
from sync.core.decide.manage_position import LedgerMemory, Seen, standing_of, target_of
from sync.core.decide.matching import Finding, Match
from sync.core.decide.position import positions
from sync.core.decide.reasons import reason_with_records
from sync.core.decide.reconcile import pair, propose, unread
from sync.core.values.messages import say
from sync.core.values.policy import PaidAmount, PartialDate, Policy
from sync.core.values.posting import Written
from sync.core.values.proposal import REVIEWABLE, Proposal, Status
from sync.core.values.records import Action, Document, Entry, Invoice, Payment, Write
from sync.language.catalogues import ENGLISH
from tests.support.build import RECEIPT_DAY, document, entry, invoice, own, payment

POLICY = Policy(currencies={1: "CAD", 2: "USD"})
APRIL = date(2026, 4, 1)
UNPAID, FULL, PART = [own("100.00")], [own("100.00"), entry("-100.00")], [own("100.00"), entry("-40.00")]
VOIDED = [
    own("100.00"),
    own("-100.00", id=2, reversed=True),
    entry("-100.00", id=3, reversed=True),
    entry("100.00", id=4, reversed=True),
]


def row(
    rows: Iterable[Entry],
    manage: Invoice | None,
    *records: Payment,
    known: LedgerMemory | None = None,
    policy: Policy = POLICY,
    doc: Document | None = None,
) -> Proposal:
    """The proposal for one document and one invoice."""
    known = known or LedgerMemory()
    invoices = [manage] if manage else []
    pairs = pair(positions([doc or document()], rows), {1}, invoices, known, policy)
    needed = unread(pairs, known)
    (proposal,) = propose(pairs, dict.fromkeys(needed, records), known, policy)
    return proposal


def shown(proposal: Proposal) -> tuple[str, str | None, date | None]:
    """Status, paid proposed, date proposed."""
    paid = None if proposal.paid_proposed is None else str(proposal.paid_proposed)
    return proposal.status.value, paid, proposal.date_paid_proposed


def test_ready_creates_a_record_with_amount_and_date() -> None:
    """Nothing in Manage yet, paid in full in Sage."""
    found = row(FULL, invoice())
    assert shown(found) == ("ready", "100.00", RECEIPT_DAY)
    assert (found.approve, found.write and found.write.action, found.write and found.write.paid_on) == (
        True,
        Action.CREATE,
        RECEIPT_DAY,
    )


def test_a_part_payment_is_ready_without_a_date() -> None:
    """Date Paid only when paid in full."""
    found = row(PART, invoice())
    assert (shown(found), found.write and found.write.paid_on) == (("ready", "40.00", None), None)


def test_where_the_site_wants_a_date_a_part_payment_sends_the_last_receipt_s() -> None:
    """Sent, but not shown as Date Paid."""
    found = row(PART, invoice(), policy=replace(POLICY, partial_date=PartialDate.LAST_RECEIPT))
    assert (shown(found), found.write and found.write.paid_on) == (("ready", "40.00", None), RECEIPT_DAY)


def test_nothing_settled_and_nothing_shown_agree() -> None:
    """An invoice whose receipt was returned before any push."""
    assert row(UNPAID, invoice()).status is Status.IN_AGREEMENT


def test_agreement_needs_amount_and_date() -> None:
    """The record was read, and says so."""
    found = row(FULL, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert (found.status, found.write, found.record_read) == (Status.IN_AGREEMENT, None, True)


def test_a_date_alone_that_differs_is_ready() -> None:
    """The record keeps its amount and gets Sage's date."""
    found = row(FULL, invoice(payments="100.00"), payment("100.00", APRIL))
    assert (found.status, found.write and found.write.paid_on, found.date_paid_before) == (
        Status.READY,
        RECEIPT_DAY,
        APRIL,
    )


def test_a_date_on_a_part_paid_invoice_is_reopened() -> None:
    """The push would take the date away."""
    found = row(PART, invoice(payments="40.00"), payment("40.00", APRIL))
    assert (found.status, found.approve, found.lowers) == (Status.REOPENED, False, True)


def test_a_lower_amount_is_reopened() -> None:
    """A returned cheque, in part."""
    found = row(PART, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert (shown(found), str(found.change), found.lowers, found.approvable) == (
        ("reopened", "40.00", None),
        "-60.00",
        True,
        True,
    )


def test_nothing_left_deletes_the_record() -> None:
    """Reopened to zero."""
    found = row(UNPAID, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert (found.status, found.write and found.write.action) == (Status.REOPENED, Action.DELETE)


def test_a_voided_document_still_shown_paid_is_reopened_to_zero() -> None:
    """Whatever the totals say."""
    found = row(VOIDED, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert (shown(found), found.write and found.write.action) == (("reopened", "0.00", None), Action.DELETE)


@pytest.mark.parametrize("manage", [invoice(), None])
def test_a_voided_document_is_voided(manage: Invoice | None) -> None:
    """In Manage unpaid, or not there."""
    assert row(VOIDED, manage).status is Status.VOIDED


def test_within_the_tolerance_what_is_paid_in_full_is_so_in_manage() -> None:
    """By Manage's own total."""
    cent = replace(POLICY, tolerance=Decimal("0.01"))
    manage = invoice(total="100.01")
    assert row(FULL, manage).status is Status.TOTAL_DIFFERS
    assert shown(row(FULL, manage, policy=cent)) == ("ready", "100.01", RECEIPT_DAY)
    assert row(FULL, invoice(total="100.02"), policy=cent).status is Status.TOTAL_DIFFERS


def test_another_customer_alone_is_no_obstacle() -> None:
    """The number and the total agree."""
    assert row(FULL, invoice(company="Other", company_code="O")).status is Status.READY


def test_another_customer_and_another_total_is() -> None:
    """Approvable by a person, not by default."""
    found = row(FULL, invoice(total="90.00", company="Other", company_code="O"))
    assert (found.status, found.approve, found.approvable) == (Status.CUSTOMER_DIFFERS, False, True)


def test_more_than_the_total_less_credits_is_overpaid() -> None:
    """Credits shown by Manage count first."""
    over = [own("100.00"), entry("-100.01")]
    assert row(over, invoice()).status is Status.OVERPAID
    assert row(FULL, invoice(credits=Decimal("0.01"))).status is Status.OVERPAID


def test_credits_in_both_systems_count_once() -> None:
    """Settled less what Manage shows as credit, as far as Sage shows it too."""
    note = [own("-30.00", doc=2, kind=8), entry("30.00", doc=2, banked=False, number="CN")]
    rows = [own("100.00"), entry("-30.00", banked=False, number="CN"), entry("-70.00", id=5), *note]
    assert shown(row(rows, invoice()))[1] == "100.00"
    assert shown(row(rows, invoice(credits=Decimal("30.00"))))[1] == "70.00"
    assert shown(row(rows, invoice(credits=Decimal("50.00"))))[1] == "70.00"


def test_cash_only_counts_receipts() -> None:
    """The date still follows the balance."""
    rows = [own("100.00"), entry("-98.00", id=1), entry("-2.00", id=2, kind=2)]
    found = row(rows, invoice(), policy=replace(POLICY, paid_amount=PaidAmount.CASH))
    assert shown(found) == ("ready", "98.00", RECEIPT_DAY)


def test_online_payments_count_and_are_left_alone() -> None:
    """Our record makes up the rest."""
    found = row(FULL, invoice(payments="60.00"), payment("60.00", APRIL, wisepay=True))
    assert (found.status, found.write and str(found.write.amount), str(found.change)) == (
        Status.READY,
        "40.00",
        "40.00",
    )


def test_online_payments_alone_can_agree() -> None:
    """Their date is not ours to set."""
    found = row(FULL, invoice(payments="100.00"), payment("100.00", APRIL, wisepay=True))
    assert (found.status, found.date_paid_before) == (Status.IN_AGREEMENT, APRIL)


def test_more_paid_online_than_sage_shows_cannot_be_written() -> None:
    """Online payments are never edited."""
    found = row(PART, invoice(payments="60.00"), payment("60.00", APRIL, wisepay=True))
    assert (found.status, found.approvable) == (Status.CHANGED_IN_MANAGE, False)


def test_credit_memos_among_the_records_are_left_alone() -> None:
    """They are credits, not payments."""
    records = (payment("40.00", record=8), payment("30.00", record=9, credit=True))
    found = row(FULL, invoice(payments="40.00", credits=Decimal("30.00")), *records)
    assert found.write is None or found.write.payment_id == 8


def test_two_records_are_never_guessed_between() -> None:
    """Even when they add up to the target."""
    found = row(FULL, invoice(payments="100.00"), payment("60.00", record=8), payment("40.00", record=9))
    assert (found.status, found.approvable, "2 payment records" in found.reason.said(ENGLISH)) == (
        Status.CHANGED_IN_MANAGE,
        False,
        True,
    )


def test_records_that_do_not_add_up_are_not_touched() -> None:
    """Paid Amount says one thing, the records another."""
    found = row(FULL, invoice(payments="50.00"), payment("40.00"))
    assert (found.status, found.approvable) == (Status.CHANGED_IN_MANAGE, False)


def test_a_record_nobody_of_ours_wrote_is_adopted() -> None:
    """The plain status, and the reason says so."""
    found = row(FULL, invoice(payments="40.00"), payment("40.00"))
    assert (found.status, "a payment record that Tieout did not write" in found.reason.said(ENGLISH)) == (
        Status.READY,
        True,
    )


KNOWN = LedgerMemory(written={501: Written(payment_id=9, amount=Decimal("40.00"), paid_on=None)})


def test_a_record_as_we_left_it_is_plainly_ready() -> None:
    """Not adopted, not changed."""
    found = row(FULL, invoice(payments="40.00"), payment("40.00"), known=KNOWN)
    assert (found.status, "taken over" in found.reason.said(ENGLISH)) == (Status.READY, False)


@pytest.mark.parametrize("record", [payment("45.00"), payment("40.00", APRIL), payment("40.00", record=10)])
def test_a_record_that_is_not_as_we_left_it_is_held(record: Payment) -> None:
    """Amount, date or identity changed by somebody; a person may approve."""
    found = row(FULL, invoice(payments=str(record.amount)), record, known=KNOWN)
    assert (found.status, found.approve, found.approvable) == (Status.CHANGED_IN_MANAGE, False, True)


def test_a_record_that_is_gone_is_held() -> None:
    """Somebody deleted what we wrote."""
    found = row(FULL, invoice(), known=KNOWN)
    assert (found.status, "deleted it" in found.reason.said(ENGLISH)) == (Status.CHANGED_IN_MANAGE, True)


def test_a_record_we_deleted_is_not_missed() -> None:
    """Nothing was left there by us."""
    known = LedgerMemory(written={501: Written(payment_id=None, amount=Decimal("0.00"), paid_on=None)})
    assert row(FULL, invoice(), known=known).status is Status.READY


def test_a_record_somebody_set_right_agrees() -> None:
    """Decision 2: nothing to write, nothing to hold."""
    found = row(FULL, invoice(payments="100.00"), payment("100.00", RECEIPT_DAY), known=KNOWN)
    assert found.status is Status.IN_AGREEMENT


def test_an_amount_and_date_read_back_before_need_no_reading() -> None:
    """The ledger's read-back agrees; without it the record is read."""
    seen = LedgerMemory(seen={501: Seen(paid=Decimal("100.00"), date_paid=RECEIPT_DAY)})
    other = LedgerMemory(seen={501: Seen(paid=Decimal("100.00"), date_paid=APRIL)})
    for known, needed in ((seen, set()), (other, {501}), (LedgerMemory(), {501})):
        pairs = pair(positions([document()], FULL), {1}, [invoice(payments="100.00")], known, POLICY)
        assert unread(pairs, known) == needed
    found = row(FULL, invoice(payments="100.00"), known=seen)
    assert (found.status, found.date_paid_before, found.record_read) == (Status.IN_AGREEMENT, RECEIPT_DAY, False)


def test_a_total_that_differs_is_not_hidden_by_an_amount_that_agrees() -> None:
    """There is nothing to write, and still something to say."""
    found = row(FULL, invoice(total="120.00", payments="100.00"), payment("100.00", RECEIPT_DAY))
    assert (found.status, found.approvable) == (Status.TOTAL_DIFFERS, False)


@pytest.mark.parametrize(
    ("changes", "manage", "words"),
    [
        ({"currency_id": 2}, invoice(), "USD in Sage, CAD in Manage"),
        ({"currency_id": 2}, invoice(currency=None), "USD in Sage, CAD in Manage"),
        ({"currency_id": 3}, invoice(), "currency number 3 is not named"),
        ({}, invoice(currency="USD"), "CAD in Sage, USD in Manage"),
    ],
)
def test_currencies_are_never_mixed(changes: dict[str, Any], manage: Invoice, words: str) -> None:
    """An invoice without a currency in Manage is in the home currency."""
    found = row(FULL, manage, doc=document(**changes))
    assert (found.status, words in found.reason.said(ENGLISH), found.approvable) == (
        Status.CURRENCY_DIFFERS,
        True,
        False,
    )
    assert (found.manage_total, found.paid_before, found.paid_proposed) == (None, None, None)


def test_an_invoice_adjusted_below_zero_and_paid_is_held() -> None:
    """It is not a credit note like any other: money stands on its invoice in Manage."""
    found = row([own("-20.00"), entry("-100.00")], invoice(payments="100.00"), payment("100.00"))
    assert (found.status, found.approvable) == (Status.BAD_DATA, False)
    assert found.reason.said(ENGLISH) == (
        "In Sage this document is for -20.00, and Manage shows 100.00 paid on an invoice of this number."
    )
    assert found.next_step.said(ENGLISH) == (
        "Check the adjustment in Sage and the payments in Manage, then correct the one that is wrong."
    )


@pytest.mark.parametrize(
    ("rows", "manage", "doc", "status", "words"),
    [
        (FULL, None, document(), Status.NOT_IN_MANAGE, "no invoice with this number"),
        (FULL, None, document(number=" "), Status.NOT_IN_MANAGE, "has no number"),
        ([own("-50.00")], None, document(), Status.CREDIT_NOTE, "credit note in Sage"),
        (FULL, invoice(kind="CreditMemo"), document(), Status.CREDIT_NOTE, "credit memo"),
        (FULL, invoice(flaw=say("Manage's invoice has no total.")), document(), Status.BAD_DATA, "no total"),
        ([own("100.00"), entry("50.00")], invoice(), document(), Status.BAD_DATA, "more taken back than received"),
        (FULL, invoice(), document(flaw=say("No date.")), Status.BAD_DATA, "No date"),
        (
            [own("100.00"), entry(None, flaw=say("Empty."))],
            invoice(),
            document(flaw=say("No date.")),
            Status.BAD_DATA,
            "1 more",
        ),
    ],
)
def test_what_cannot_be_approved_says_why(
    rows: list[Entry], manage: Invoice | None, doc: Document, status: Status, words: str
) -> None:
    """A reason and a next step, and no way to approve it."""
    found = row(rows, manage, doc=doc)
    assert (found.status, words in found.reason.said(ENGLISH), found.next_step.said(ENGLISH) != "") == (
        status,
        True,
        True,
    )
    assert (found.approvable, found.approve) == (False, False)


def test_amounts_that_could_not_be_read_are_not_shown() -> None:
    """Null, never zero; Paid Amount, which could be read, stays as it is."""
    found = row([own("100.00"), entry(None, flaw=say("Empty."))], invoice(payments="30.00"))
    assert (found.sage_total, found.cash, found.settled, found.target) == (None, None, None, None)
    assert (found.paid_before, found.paid_proposed) == (Decimal("30.00"), Decimal("30.00"))
    assert (found.lowers, str(found.change)) == (False, "0.00")


def test_ambiguous_and_taken_numbers_say_so() -> None:
    """Two documents, one invoice: by customer, or not at all."""
    documents = [document(1), document(2, number="1001", customer="Who", customer_id=8)]
    found = positions(documents, [own("100.00"), own("100.00", doc=2)])
    taken, unsure = (
        propose(pair(found, {2}, [manage], LedgerMemory(), POLICY), {}, LedgerMemory(), POLICY)[0]
        for manage in (invoice(), invoice(company="X", company_code="Y"))
    )
    assert (taken.status, "belongs to another document" in taken.reason.said(ENGLISH)) == (Status.NOT_IN_MANAGE, True)
    assert (unsure.status, "documents in Sage: 2" in unsure.reason.said(ENGLISH)) == (Status.AMBIGUOUS, True)


def test_a_document_voided_twice_is_reopened_once_where_manage_still_shows_it_paid() -> None:
    """The newest stands for the invoice; the older one has nothing left to say."""
    documents = [document(1), document(2, number="1001")]
    found = positions(documents, [own("0.00"), own("0.00", doc=2)])
    pairs = pair(found, {1, 2}, [invoice(payments="5.00", company="X")], LedgerMemory(), POLICY)
    rows = propose(pairs, {501: (payment("5.00"),)}, LedgerMemory(), POLICY)
    assert [r.status for r in rows] == [Status.VOIDED, Status.REOPENED]


def test_a_voided_document_whose_invoice_cannot_be_told_is_ambiguous_while_something_is_paid() -> None:
    """Nobody knows whether the payment is its own; once nothing is paid it is simply voided."""
    found = positions([document(1), document(2, number="1001", customer_id=8)], [own("0.00"), own("0.00", doc=2)])
    for payments, status in (("5.00", Status.AMBIGUOUS), ("0.00", Status.VOIDED)):
        twins = [invoice(1, payments=payments, company="X"), invoice(2, number="1001", company="Y")]
        rows = propose(pair(found, {1, 2}, twins, LedgerMemory(), POLICY), {}, LedgerMemory(), POLICY)
        assert [r.status for r in rows] == [status, status]


def test_by_cash_a_voided_document_is_set_to_zero_too() -> None:
    """Its receipts were moved elsewhere by unbanked rows; what is left in cash is no reason to raise Paid Amount."""
    rows = [own("100.00"), own("-100.00", id=2), entry("-100.00", id=3), entry("100.00", id=4, kind=6, banked=False)]
    found = row(rows, invoice(payments="60.00"), payment("60.00"), policy=replace(POLICY, paid_amount=PaidAmount.CASH))
    assert (found.status, str(found.paid_proposed), found.write and found.write.action) == (
        Status.REOPENED,
        "0.00",
        Action.DELETE,
    )


def test_a_payment_record_that_cannot_be_read_is_bad_data_and_stops_nothing_else() -> None:
    """Its own sentence is the reason."""
    broken = replace(payment("0.00"), flaw=say("Payment record 9 has an amount that is empty."))
    found = row(FULL, invoice(payments="100.00"), broken)
    assert (found.status, found.reason.said(ENGLISH), found.write) == (
        Status.BAD_DATA,
        "Payment record 9 has an amount that is empty.",
        None,
    )


def test_an_empty_record_beside_an_online_payment_is_left_alone() -> None:
    """Never a deletion by default."""
    online = payment("100.00", RECEIPT_DAY, wisepay=True)
    assert row(FULL, invoice(payments="100.00"), online, payment("0.00", record=10)).status is Status.IN_AGREEMENT


def test_what_is_settled_and_what_is_shown_are_told_apart() -> None:
    """By cash, or beside Manage's own credits, Paid Amount is less than what is settled, and the reason says so."""
    rows = [own("100.00"), entry("-40.00"), entry("-30.00", id=3, kind=2, banked=False)]
    found = row(rows, invoice(), policy=replace(POLICY, paid_amount=PaidAmount.CASH))
    assert found.reason.said(ENGLISH) == (
        "Part-paid in Sage: 70.00 of 100.00 settled. Paid Amount is to show 40.00 of it; the rest is not cash, or is "
        "among Manage's credits."
    )


def test_an_invoice_cleared_by_manage_s_own_credits_agrees_without_a_date() -> None:
    """The sentence does not claim a date that is not there."""
    rows = [
        own("100.00"),
        entry("-100.00", number="CN1", banked=False),
        own("-100.00", doc=2),
        entry("100.00", doc=2, id=9, number="CN1", banked=False),
    ]
    found = row(rows, invoice(credits=Decimal("100.00")))
    assert found.status is Status.IN_AGREEMENT
    assert "online payments or credits cleared" in found.reason.said(ENGLISH)


def test_a_receipt_that_bounced_gives_no_date_to_a_part_payment() -> None:
    """Where the site wants a date with a part payment, it is that of the last receipt that stands."""
    march, april, may = date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2)
    rows = [
        own("100.00"),
        entry("-50.00", id=2, dated=march),
        entry("-30.00", id=3, dated=april),
        entry("30.00", id=4, dated=may),
        entry("1.00", id=5, dated=may),
    ]
    found = row(rows, invoice(), policy=replace(POLICY, partial_date=PartialDate.LAST_RECEIPT))
    assert found.write is not None
    assert (str(found.write.amount), found.write.paid_on) == ("49.00", march)


def test_unknown_kinds_are_said_in_the_reason() -> None:
    """Counted, and named."""
    found = row([own("100.00"), entry("-100.00", kind=6)], invoice())
    assert "100.00 of it is of a kind in Sage that Tieout does not know (code 6)" in found.reason.said(ENGLISH)


@pytest.mark.parametrize("status", list(Status))
def test_only_seven_statuses_may_be_approved_and_one_is_by_default(status: Status) -> None:
    """As the table of the design says."""
    ready = row(FULL, invoice())
    found = replace(ready, status=status)
    may = {"ready", "unknown_kind", "reopened", "total_differs", "customer_differs", "overpaid", "changed_in_manage"}
    assert (found.approvable, found.approve) == (status.value in may, status is Status.READY)


def test_the_fingerprint_changes_with_a_day_that_is_shown_and_not_written() -> None:
    """An online payment's date is what the reviewer saw as Date Paid, though the write leaves it alone."""
    manage = invoice(payments="60.00")
    first, second = (row(FULL, manage, payment("60.00", day, wisepay=True)) for day in (APRIL, RECEIPT_DAY))
    assert (first.write, first.fingerprint == second.fingerprint) == (second.write, False)


FIELDS: list[dict[str, Any]] = [
    {"rows": PART},
    {"rows": [own("100.00"), entry("-100.00", dated=APRIL)]},
    {"rows": [own("100.00"), entry("-100.00", number="R2")]},
    {"doc": document(customer="Renamed inc.")},
    {"manage": invoice(total="100.00", payments="0.00", credits=Decimal("0.01"))},
    {"manage": replace(invoice(), id=777)},
    {"manage": replace(invoice(), company_id=4)},
    {"policy": replace(POLICY, tolerance=Decimal("0.01"))},
]


@pytest.mark.parametrize("changes", FIELDS)
def test_the_fingerprint_changes_with_everything_a_row_was_decided_on(changes: dict[str, Any]) -> None:
    """Amounts, days, numbers, ids, settings; and with nothing else."""
    plain: dict[str, Any] = {"rows": FULL, "manage": invoice()}
    assert row(**plain).fingerprint == row(**plain).fingerprint
    assert row(**(plain | changes)).fingerprint != row(**plain).fingerprint


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in REVIEWABLE and s is not Status.IN_AGREEMENT], ids=lambda s: s.value
)
def test_a_status_told_early_has_no_second_reason(status: Status) -> None:
    """Asking for a judged reason of a row that was never judged is a defect, and is told as one."""
    (position,) = positions([document()], FULL)
    standing = standing_of(invoice(), ())
    target = target_of(position, invoice(), POLICY)
    matched = Match(finding=Finding.MATCHED, invoice=invoice())
    with pytest.raises(AssertionError, match=status.value):
        reason_with_records(status, position, matched, standing, target, None, adopted=False)


def test_a_row_carries_all_that_both_systems_say() -> None:
    """Every column of the reconciliation, and the one write that would make it so."""
    note = [own("-5.00", doc=2, kind=8), entry("5.00", doc=2, banked=False, number="CN")]
    rows = [
        own("100.00"),
        entry("-60.00", id=2, number="R2", dated=APRIL),
        entry("-2.00", id=3, kind=2, number="D"),
        entry("-5.00", id=4, banked=False, number="CN"),
        entry("-3.00", id=5, kind=6, number="X"),
        *note,
    ]
    manage = invoice(payments="10.00", credits=Decimal("1.00"), total="99.00")
    found = row(rows, manage, payment("10.00", APRIL), doc=document(currency_id=1, number=" 1001 "))
    assert found == Proposal(
        key="1",
        document_id=1,
        customer_id=7,
        invoice="1001",
        customer="Boréal inc.",
        dated=date(2026, 3, 1),
        currency="CAD",
        status=Status.TOTAL_DIFFERS,
        reason=found.reason,
        next_step=found.next_step,
        sage_total=Decimal("100.00"),
        cash=Decimal("60.00"),
        discount=Decimal("2.00"),
        credit=Decimal("5.00"),
        other=Decimal("3.00"),
        sage_balance=Decimal("30.00"),
        manage_total=Decimal("99.00"),
        paid_before=Decimal("10.00"),
        paid_proposed=Decimal("69.00"),
        date_paid_before=APRIL,
        date_paid_proposed=None,
        clearing_receipt=None,
        invoice_id=501,
        company_id=3,
        write=Write(
            action=Action.CHANGE,
            invoice_id=501,
            payment_id=9,
            amount=Decimal("69.00"),
            paid_on=None,
            amount_before=Decimal("10.00"),
            paid_on_before=APRIL,
        ),
        record_read=True,
        currency_id=1,
        facts=found.facts,
        fingerprint=found.fingerprint,
        applications=found.applications,
        credits_shown=Decimal("1.00"),
    )
    assert [(each.id, str(each.balance)) for each in found.applications] == [
        (100, "100.00"),
        (3, "98.00"),
        (4, "93.00"),
        (5, "90.00"),
        (2, "30.00"),
    ]
    assert found.fingerprint == fingerprint(found.facts)


def test_a_row_of_an_unnamed_currency_keeps_sage_s_number_of_it() -> None:
    """So that amounts of two of them are never added up."""
    found = row(FULL, invoice(), doc=document(currency_id=3))
    assert (found.currency, found.currency_id, found.unit, found.clearing_receipt) == (None, 3, "currency 3", "R1")


def test_a_flawed_invoice_shows_none_of_its_figures() -> None:
    """It is named all the same."""
    found = row(FULL, invoice(payments="5.00", flaw=say("Manage's invoice has no total.")))
    assert (found.manage_total, found.paid_before, found.invoice_id, found.company_id) == (None, None, 501, 3)


def test_rows_stand_in_order_of_number_and_document() -> None:
    """Whatever order they come in; documents that are candidates only become no rows."""
    documents = [document(3, number=" 1001"), document(1, number="1002"), document(2, number="1001"), document(4)]
    everything = positions(documents, [own("100.00", doc=d.id) for d in documents])
    pairs = pair(everything, {1, 2, 3}, [], LedgerMemory(), POLICY)
    assert [(p.position.document.number, p.position.document.id) for p in pairs] == [
        ("1001", 2),
        (" 1001", 3),
        ("1002", 1),
    ]


def test_only_invoices_whose_records_decide_are_read() -> None:
    """Not those that show nothing, that agree with a read-back, or whose status needs no record; later ones still."""
    documents = [document(nth) for nth in range(1, 6)]
    everything = positions(documents, [row for d in documents for row in (own("100.00", d.id), entry("-100.00", d.id))])
    invoices = [
        invoice(1, payments="100.00", kind="CreditMemo"),
        invoice(2),
        invoice(3, payments="100.00"),
        invoice(4, payments="100.00"),
        invoice(5, payments="90.00"),
    ]
    known = LedgerMemory(seen={503: Seen(paid=Decimal("100.00"), date_paid=RECEIPT_DAY)})
    assert unread(pair(everything, {1, 2, 3, 4, 5}, invoices, known, POLICY), known) == {504, 505}
