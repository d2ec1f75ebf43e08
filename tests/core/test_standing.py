"""Where an invoice stands in Manage, and the one write that would bring it to its target."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sync.core.policy import PartialDate, Policy
from sync.core.position import positions
from sync.core.records import Action, Write
from sync.core.standing import Standing, Target, standing, standing_as_seen, target, write
from tests.support.build import RECEIPT_DAY, document, entry, invoice, own, payment

APRIL = date(2026, 4, 1)


def test_an_invoice_that_was_not_read_again_stands_as_it_was_last_seen() -> None:
    """None of it is ours to set, and all of it is paid."""
    goal = Target(paid=Decimal("100.00"), date_paid=RECEIPT_DAY, record_date=RECEIPT_DAY)
    assert standing_as_seen(goal, invoice(payments="100.00")) == Standing(
        own=None, owns=0, wisepay=Decimal("100.00"), date_paid=RECEIPT_DAY, adds_up=True
    )


def test_records_are_told_apart_by_whose_they_are() -> None:
    """Ours, paid online, and credit memos, which are neither, whatever their source."""
    ours, online = payment("40.00", APRIL), payment("30.00", RECEIPT_DAY, record=4, wisepay=True)
    memo = payment("20.00", date(2026, 5, 1), record=5, credit=True, wisepay=True)
    found = standing(invoice(payments="70.00"), [ours, online, memo])
    assert found == Standing(own=ours, owns=1, wisepay=Decimal("30.00"), date_paid=APRIL, adds_up=True)
    found = standing(invoice(payments="30.00"), [online, memo])
    assert found == Standing(own=None, owns=0, wisepay=Decimal("30.00"), date_paid=RECEIPT_DAY, adds_up=True)
    second = payment("1.00", None, record=6)
    found = standing(invoice(payments="70.00"), [ours, second, online])
    assert found == Standing(own=None, owns=2, wisepay=Decimal("30.00"), date_paid=APRIL, adds_up=False)


def test_what_is_not_paid_at_all_has_no_record_and_no_date_on_it() -> None:
    """Neither a receipt that was taken back in parts, nor one that Manage shows as its own credits, dates a record."""
    dated = Policy(partial_date=PartialDate.LAST_RECEIPT)
    parts = [own("100.00"), entry("-40.00"), entry("30.00", id=2), entry("10.00", id=3)]
    credit = [own("100.00"), entry("-100.00", banked=False, number="CN")]
    mirror = entry("100.00", doc=2, banked=False, number="CN")
    nothing = Target(paid=Decimal("0.00"), date_paid=None, record_date=None)
    assert target(positions([document()], parts)[0], invoice(), dated) == nothing
    (by_credit,) = positions([document()], [*credit, mirror])
    shown = target(by_credit, invoice(credits=Decimal("100.00")), dated)
    assert shown == Target(paid=Decimal("0.00"), date_paid=RECEIPT_DAY, record_date=None)


def test_a_record_of_ours_beside_an_online_payment_of_all_of_it_is_deleted_without_a_date() -> None:
    """A deletion sends nothing, and undoing it finds no date of ours."""
    manage = invoice(payments="140.00")
    stands = standing(manage, [payment("100.00", APRIL, record=4, wisepay=True), payment("40.00", RECEIPT_DAY)])
    goal = Target(paid=Decimal("100.00"), date_paid=APRIL, record_date=APRIL)
    assert write(goal, stands, manage) == Write(
        action=Action.DELETE,
        invoice_id=501,
        payment_id=9,
        amount=Decimal("0.00"),
        paid_on=None,
        amount_before=Decimal("40.00"),
        paid_on_before=RECEIPT_DAY,
    )
