"""What a document's rows mean, from Sage to Manage: credit by groups, rounding, deposits, cheques still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.completeness import IntakeKind
from sync.core.prove.figures import Disposition
from sync.core.prove.review import Review
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.policy import PaidAmount, Policy
from sync.core.values.posting import Outcome
from tests.usecases.office import LAST_RUN, Office, outcomes, statuses

CASH = Policy(paid_amount=PaidAmount.CASH)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Around one accountant."""
    made = Office(folder=tmp_path)
    yield made
    made.ledger.close()


def credit_note(office: Office, number: int, amount: str, receipt: str) -> None:
    """A credit note that Manage does not have, used in a receipt."""
    office.invoice(number, f"-{amount}")
    del office.site.invoices_[number + 100_000]
    office.row(number, amount, number=receipt, banked=False)


def split(review: Review) -> dict[str, tuple[str, str, str]]:
    """Cash, credit and what Paid Amount should be, by invoice."""
    return {row.invoice: (str(row.cash), str(row.credit), str(row.paid_proposed)) for row in review.rows}


def credits_in_manage(office: Office, **shown: str) -> None:
    """Credit memos applied in Manage, by invoice."""
    for number, amount in shown.items():
        which = int(number[1:]) + 100_000
        old = office.site.invoices_[which]
        office.site.invoices_[which] = replace(old, credits=Decimal(amount), balance=old.balance - Decimal(amount))


def test_a_credit_note_and_a_cheque_in_one_receipt_are_told_apart(office: Office) -> None:
    """Fault 131: what Manage shows as its own credit is not paid a second time, and the proof counts both."""
    office.invoice(1001, "100.00")
    credit_note(office, 1009, "30.00", "R5")
    office.receipt(1001, "100.00", number="R5")
    credits_in_manage(office, n1001="30.00")
    review = office.sync()
    assert split(review)["1001"] == ("70.00", "30.00", "70.00")
    entered = {each.sort: (each.count, str(each.amount)) for each in review.evidence.entered}
    assert entered == {IntakeKind.RECEIPT: (1, "70.00"), IntakeKind.CREDIT: (2, "0.00")}
    assert review.evidence.proof(review.rows, {}).differences == ()
    assert outcomes(office.push(review)) == {"1001": Outcome.POSTED}


@pytest.mark.parametrize("policy", [Policy(), CASH])
def test_a_push_of_one_of_two_judges_as_the_sync_did(office: Office, policy: Policy) -> None:
    """Fault 132: who took a credit may hang on an invoice that was not approved; it is looked at all the same."""
    office.policy = policy
    for number in (1001, 1002):
        office.invoice(number, "100.00")
    credit_note(office, 1009, "30.00", "R5")
    for number in (1001, 1002):
        office.receipt(number, "60.00", number="R5")
    credits_in_manage(office, n1002="30.00")
    review = office.sync()
    assert {each: split(review)[each] for each in ("1001", "1002")} == {
        "1001": ("60.00", "0.00", "60.00"),
        "1002": ("30.00", "30.00", "30.00"),
    }
    assert outcomes(office.push(review, approve={"1002": False})) == {"1001": Outcome.POSTED}
    assert statuses(office.sync())["1001"] == "in_agreement"


def test_where_nobody_can_tell_it_the_reason_says_so_and_nothing_is_reopened(office: Office) -> None:
    """Fault 132: by cash, with a payment in Manage that another split of the sum allows."""
    office.policy = CASH
    office.invoice(1001, "100.00", office.record(1001, "60.00"))
    office.invoice(1002, "100.00")
    credit_note(office, 1009, "30.00", "R5")
    for number in (1001, 1002):
        office.receipt(number, "60.00", number="R5")
    review = office.sync()
    rows = {row.invoice: row for row in review.rows}
    assert (rows["1001"].status.value, str(rows["1001"].credit)) == ("in_agreement", "30.00")
    for each in ("1001", "1002"):
        assert "row-only-credit-sum-known" in str(rows[each].reason)
    assert outcomes(office.push(review)) == {"1002": Outcome.POSTED}
    assert statuses(office.sync())["1002"] == "in_agreement"


def test_a_deposit_is_no_row_to_see_to_and_no_invoice(office: Office) -> None:
    """Fault 133: it is out of scope, closed, and takes no invoice's place though it bears its number."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    office.books.documents.append(replace(office.books.documents[-1], id=1002, dated=date(2026, 4, 6)))
    office.receipt(1002, "300.00")
    review = office.sync()
    assert [(row.document_id, row.status.value, row.approvable) for row in review.rows] == [
        (1001, "ready", True),
        (1002, "deposit", False),
    ]
    disposed = {each.disposition: str(each.amount) for each in review.evidence.proof(review.rows, {}).disposed}
    assert disposed == {Disposition.READY: "40.00", Disposition.OUT_OF_SCOPE: "300.00"}
    tied = review.evidence.tie_out
    assert tied is not None
    (item,) = [each for each in tied.items if each.key == "1002"]
    assert (item.reason, str(item.difference)) == (DifferenceClass.CREDIT, "-300.00")
    office.push(review)
    assert statuses(office.sync(LAST_RUN)).get("1001") in {None, "in_agreement"}
    assert [item.row.document_id for item in office.ledger.open_items(review.run.company).values()] == []


def test_a_post_dated_cheque_waits_for_its_day_by_itself(office: Office) -> None:
    """Fault 134: carried forward whatever the window, and ready on the day without anybody's doing."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00", dated=date(2026, 6, 1))
    first = office.sync()
    assert [(row.status.value, row.approvable, row.date_paid_proposed) for row in first.rows] == [
        ("post_dated", False, None)
    ]
    assert office.push(first, approve={"1001": True}).postings[0].outcome is Outcome.REFUSED
    for month, day, expected in ((5, 31, "post_dated"), (6, 1, "ready")):
        office.books.clock = office.books.clock.replace(month=month, day=day)
        office.clock.day = date(2026, month, day)
        assert statuses(office.sync(LAST_RUN)) == {"1001": expected}


def test_an_unknown_kind_of_money_is_never_approved_by_default(office: Office) -> None:
    """Fault 135: its code and amount are said; a person may approve it, and what stands of it decides."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "60.00")
    office.receipt(1001, "40.00", kind=6)
    office.invoice(1002, "100.00")
    office.receipt(1002, "100.00")
    office.receipt(1002, "40.00", kind=6)
    office.row(1002, "40.00", kind=6)
    review = office.sync()
    assert statuses(review) == {"1001": "unknown_kind", "1002": "ready"}
    (row,) = [each for each in review.rows if each.invoice == "1001"]
    assert (row.approve, row.approvable) == (False, True)
    assert "row-unknown-kind-of-receipt(codes=6, other=40.00)" in str(row.reason)
    assert outcomes(office.push(review, approve={"1001": True})) == dict.fromkeys(("1001", "1002"), Outcome.POSTED)


def test_fractions_of_a_cent_stop_nothing_and_are_named(office: Office) -> None:
    """Fault 136: three thirds pay an invoice in full; the rounding stands in the reason and in the proof."""
    office.invoice(1001, "100.00")
    for _ in range(3):
        office.receipt(1001, "33.33", beyond=Decimal("-0.0033"))
    review = office.sync()
    (row,) = review.rows
    assert (row.status.value, str(row.cash), str(row.paid_proposed), str(row.rounding)) == (
        "ready",
        "100.00",
        "100.00",
        "0.01",
    )
    proof = review.evidence.proof(review.rows, {})
    assert [str(text) for text in (*proof.differences, *proof.rounding)] == [
        "totals-rounding(amount=0.01, count=1, currency=CAD)"
    ]
    office.push(review)
    assert office.shown(1001) == ("100.00", date(2026, 4, 7))
