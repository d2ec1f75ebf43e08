"""Where an invoice stands in Manage, and the one write that would bring it to its target."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sync.core.decide.manage_position import Standing, Target, standing_as_seen, standing_of, target_of, write_needed
from sync.core.decide.position import positions
from sync.core.values.policy import PaidAmount, PartialDate, Policy
from sync.core.values.records import Action, Write
from tests.support.build import RECEIPT_DAY, document, entry, invoice, own, payment

APRIL = date(2026, 4, 1)


def test_an_invoice_that_was_not_read_again_stands_as_it_was_last_seen() -> None:
    """None of it is ours to set, and all of it is paid."""
    target = Target(paid=Decimal("100.00"), date_paid=RECEIPT_DAY, record_date=RECEIPT_DAY)
    assert standing_as_seen(target, invoice(payments="100.00")) == Standing(
        own_record=None, own_count=0, paid_online=Decimal("100.00"), date_paid=RECEIPT_DAY, adds_up=True
    )


def test_records_are_told_apart_by_whose_they_are() -> None:
    """Ours, paid online, and credit memos, which are neither, whatever their source."""
    ours, online = payment("40.00", APRIL), payment("30.00", RECEIPT_DAY, record=4, wisepay=True)
    memo = payment("20.00", date(2026, 5, 1), record=5, credit=True, wisepay=True)
    found = standing_of(invoice(payments="70.00"), [ours, online, memo])
    assert found == Standing(own_record=ours, own_count=1, paid_online=Decimal("30.00"), date_paid=APRIL, adds_up=True)
    found = standing_of(invoice(payments="30.00"), [online, memo])
    assert found == Standing(
        own_record=None, own_count=0, paid_online=Decimal("30.00"), date_paid=RECEIPT_DAY, adds_up=True
    )
    second = payment("1.00", None, record=6)
    found = standing_of(invoice(payments="70.00"), [ours, second, online])
    assert found == Standing(own_record=None, own_count=2, paid_online=Decimal("30.00"), date_paid=APRIL, adds_up=False)


def test_what_is_not_paid_at_all_has_no_record_and_no_date_on_it() -> None:
    """Neither a receipt that was taken back in parts, nor one that Manage shows as its own credits, dates a record."""
    dated = Policy(partial_date=PartialDate.LAST_RECEIPT)
    parts = [own("100.00"), entry("-40.00"), entry("30.00", id=2), entry("10.00", id=3)]
    credit = [own("100.00"), entry("-100.00", banked=False, number="CN")]
    note = [own("-100.00", doc=2), entry("100.00", doc=2, banked=False, number="CN")]
    nothing = Target(paid=Decimal("0.00"), date_paid=None, record_date=None)
    assert target_of(positions([document()], parts)[0], invoice(), dated) == nothing
    (by_credit,) = positions([document()], [*credit, *note])
    shown = target_of(by_credit, invoice(credits=Decimal("100.00")), dated)
    whole = Decimal("100.00")
    assert shown == Target(paid=Decimal("0.00"), date_paid=RECEIPT_DAY, record_date=None, credits_shown=whole)


def test_a_record_of_ours_beside_an_online_payment_of_all_of_it_is_deleted_without_a_date() -> None:
    """A deletion sends nothing, and undoing it finds no date of ours."""
    manage = invoice(payments="140.00")
    standing = standing_of(manage, [payment("100.00", APRIL, record=4, wisepay=True), payment("40.00", RECEIPT_DAY)])
    target = Target(paid=Decimal("100.00"), date_paid=APRIL, record_date=APRIL)
    assert write_needed(target, standing, manage) == Write(
        action=Action.DELETE,
        invoice_id=501,
        payment_id=9,
        amount=Decimal("0.00"),
        paid_on=None,
        amount_before=Decimal("40.00"),
        paid_on_before=RECEIPT_DAY,
    )


def shared(whole: str, paid: str, manage: dict[str, str], *, by_cash: bool = False) -> tuple[Decimal, Decimal]:
    """Paid Amount as it should be of an invoice that shares 30.00 of credit with another, and Sage's own choice."""
    credit = [own("-30.00", doc=9), entry("30.00", doc=9), entry("-70.00", doc=2)]
    (position,) = positions([document()], [own(whole), entry(f"-{paid}"), *credit])
    policy = Policy(paid_amount=PaidAmount.CASH if by_cash else PaidAmount.SETTLED)
    there = invoice(
        total=whole, payments=manage.get("payments", "0.00"), credits=Decimal(manage.get("credits", "0.00"))
    )
    return target_of(position, there, policy).paid, position.credit


@pytest.mark.parametrize(
    ("whole", "paid", "manage", "expected"),
    [
        ("100.00", "100.00", {}, "100.00"),
        ("100.00", "100.00", {"credits": "10.00"}, "90.00"),
        ("100.00", "100.00", {"credits": "50.00"}, "70.00"),
        ("100.00", "60.00", {"credits": "30.00"}, "30.00"),
        ("100.00", "60.00", {"credits": "30.00", "payments": "50.00"}, "50.00"),
        ("100.00", "60.00", {"credits": "30.00", "payments": "60.00"}, "60.00"),
        ("100.00", "60.00", {"credits": "30.00", "payments": "80.00"}, "60.00"),
        ("100.00", "100.00", {"credits": "30.00", "payments": "100.00"}, "70.00"),
    ],
)
def test_where_the_credit_is_uncertain_nothing_is_lowered_or_in_excess_by_choice(
    whole: str, paid: str, manage: dict[str, str], expected: str
) -> None:
    """What Manage shows stands as far as some split of the sum allows it."""
    assert shared(whole, paid, manage) == (Decimal(expected), Decimal("30.00"))


@pytest.mark.parametrize(
    ("manage", "expected"),
    [
        ({}, "70.00"),
        ({"payments": "60.00"}, "70.00"),
        ({"payments": "85.00"}, "85.00"),
        ({"payments": "120.00"}, "100.00"),
        ({"credits": "20.00", "payments": "85.00"}, "80.00"),
        ({"credits": "60.00"}, "70.00"),
    ],
)
def test_by_cash_an_uncertain_credit_does_the_same(manage: dict[str, str], expected: str) -> None:
    """The choice shown decides where nothing stands in Manage."""
    assert shared("100.00", "100.00", manage, by_cash=True)[0] == Decimal(expected)
