"""Receipts that moved from one invoice of a customer to another: both rows say so, and wait for a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory, Seen
from sync.core.decide.moved_receipts import half_moves, keys_to_compare, lowered_in_sage, with_moves
from sync.core.values.messages import Text, say
from sync.core.values.money import EMPTY
from sync.core.values.policy import Policy
from sync.core.values.proposal import Application, ApplicationPart, MovedReceipt, Proposal, Status
from tests.ledger.samples import row
from tests.support.build import balance

DAY = date(2026, 4, 7)


def applied(amount: str | None, number: str = "RC1", **changes: Any) -> Application:  # noqa: ANN401 - any field
    """A receipt on an invoice; its amount is below zero."""
    plain = Application(
        id=1,
        number=number,
        dated=DAY,
        entered_on=DAY,
        entered_by="",
        part=ApplicationPart.CASH,
        amount=None if amount is None else Decimal(amount),
        balance=Decimal("0.00"),
    )
    return replace(plain, **changes)


OWN = applied("100.00", "INV", part=ApplicationPart.TOTAL)


def shown(key: str, before: str, proposed: str, *applications: Application, **changes: Any) -> Proposal:  # noqa: ANN401 - any field
    """A row of which Manage shows the one amount and Sage the other."""
    figures = {"paid_before": Decimal(before), "paid_proposed": Decimal(proposed)}
    falls = Decimal(proposed) < Decimal(before)
    status = Status.REOPENED if falls else Status.READY
    return row(key, status, applications=(OWN, *applications), **(figures | changes))


OLD = shown("1", "100.00", "0.00")
NEW = shown("2", "0.00", "100.00", applied("-100.00"))
AGREED = {"1": shown("1", "100.00", "100.00", applied("-100.00"))}
"""Row 1 as it was when it had the receipt."""


def moved(rows: list[Proposal], agreed: dict[str, Proposal] | None = None) -> dict[str, tuple[MovedReceipt, ...]]:
    """The receipts that tie rows together, by key."""
    return {each.key: each.moved for each in with_moves(rows, agreed or {}) if each.moved}


def receipt(other: str, amount: str = "100.00", number: str = "RC1") -> MovedReceipt:
    """A receipt of that day whose other row has this key."""
    return MovedReceipt(number=number, dated=DAY, amount=Decimal(amount), other=other, invoice=f"INV-{other}")


BOTH = {"1": (receipt("2"),), "2": (receipt("1"),)}


def test_both_rows_name_the_receipt_and_neither_is_approved_by_default() -> None:
    """What the row had when Manage agreed with it tells what has left; facts and fingerprint stay as they are."""
    old, new = with_moves([OLD, NEW], AGREED)
    said = say("row-receipt-moved", receipt="RC1", date=DAY, amount=Decimal("100.00"), old="INV-1", new="INV-2")
    assert (old.reason, new.reason) == (OLD.reason + said, NEW.reason + said)
    assert (old.moved, new.moved) == (BOTH["1"], BOTH["2"])
    assert (NEW.approve, new.approve, new.approvable) == (True, False, True)
    assert (new.facts, new.fingerprint) == (NEW.facts, NEW.fingerprint)
    assert old.next_step == OLD.next_step + say("row-decide-moved-together", invoice="INV-2")
    assert new.next_step == say("row-decide-moved-together", invoice="INV-1")


TAKEN_BACK = [
    (applied("-100.00"), applied("100.00", "NSF RC1", dated=date(2026, 4, 9))),
    (applied("-100.00", reversed=True), applied("100.00", "CORR 1", reversed=True)),
    (applied("-100.00"), applied("100.00", "X")),
    (applied("-100.00"), applied("-40.00", "RC2"), applied("100.00", "RC1"), applied(None, "RC3")),
]


@pytest.mark.parametrize("rows_in_sage", TAKEN_BACK)
def test_sage_itself_shows_what_was_taken_off(rows_in_sage: tuple[Application, ...]) -> None:
    """Reversed, returned or corrected: no memory is needed where Sage keeps both rows."""
    assert moved([shown("1", "100.00", "0.00", *rows_in_sage), NEW]) == BOTH


def test_of_two_equal_receipts_the_one_that_is_named_was_taken_back() -> None:
    """RC1 stands, RC2 was returned and went to another invoice."""
    old = shown("1", "200.00", "100.00", applied("-100.00"), applied("-100.00", "RC2"), applied("100.00", "NSF RC2"))
    new = shown("2", "0.00", "100.00", applied("-100.00", "RC2"))
    assert moved([old, new]) == {"1": (receipt("2", number="RC2"),), "2": (receipt("1", number="RC2"),)}


def test_a_part_of_a_receipt_moves() -> None:
    """300.00 on one invoice becomes 200.00 there and 100.00 on another, which had 50.00 of it before."""
    agreed = {
        "1": shown("1", "300.00", "300.00", applied("-300.00")),
        "2": shown("2", "50.00", "50.00", applied("-50.00")),
    }
    old = shown("1", "300.00", "200.00", applied("-200.00"))
    new = shown("2", "50.00", "150.00", applied("-150.00"))
    assert moved([old, new], agreed) == BOTH


@pytest.mark.parametrize(
    "new",
    [
        replace(NEW, customer_id=8),
        replace(NEW, currency="USD"),
        shown("2", "0.00", "100.00", applied("-100.00", dated=date(2026, 4, 8))),
        shown("2", "0.00", "100.00", applied("-100.00", "RC9")),
        shown("2", "100.00", "100.00", applied("-100.00")),
        shown("2", "0.00", "0.00", applied("-100.00"), applied("100.00", "NSF RC1")),
        shown("2", "0.00", "100.00", applied("-100.00", part=ApplicationPart.TOTAL)),
    ],
)
def test_another_customer_currency_number_or_date_is_another_receipt(new: Proposal) -> None:
    """Nor has one come that Manage shows already, or that was taken back there too."""
    assert moved([OLD, new], AGREED) == {}


def test_what_an_invoice_had_before_has_not_come_to_it() -> None:
    """One cheque over two invoices bounced on one of them: nothing has moved to the other."""
    agreed = AGREED | {"2": shown("2", "100.00", "100.00", applied("-100.00"))}
    new = shown("2", "100.00", "150.00", applied("-100.00"), applied("-50.00", "RC5"))
    assert moved([OLD, new], agreed) == {}


def test_a_receipt_that_comes_to_an_invoice_which_is_not_in_manage_is_named() -> None:
    """It cannot be approved there, and the one who lowers the other should know."""
    new = replace(NEW, status=Status.NOT_IN_MANAGE, paid_before=None, paid_proposed=None)
    assert moved([OLD, new], AGREED) == BOTH


def test_an_earlier_row_of_the_same_key_that_was_another_invoice_tells_nothing() -> None:
    """Keys are used again where an older backup of the books was restored and worked on."""
    agreed = {"1": replace(AGREED["1"], invoice="INV-9")}
    assert moved([replace(OLD, applications=(OWN, applied("-30.00", "RC7"))), NEW], agreed) == {
        "1": (receipt("2"),),
        "2": (receipt("1"),),
    }


def test_without_any_trace_equal_amounts_of_one_customer_are_named_as_possible() -> None:
    """The receipt that brings the amount is named; a customer who gains another amount is not."""
    new = shown("2", "0.00", "100.00", applied("-40.00", "RC3"), applied("-100.00"), applied("40.00", "NSF RC3"))
    other = shown("3", "0.00", "99.00", applied("-99.00", "RC4"))
    old, found, left = with_moves([OLD, new, other], {})
    said = say(
        "row-receipt-may-have-moved", receipt="RC1", date=DAY, amount=Decimal("100.00"), old="INV-1", new="INV-2"
    )
    assert (old.reason, found.reason, left) == (OLD.reason + said, new.reason + said, other)
    assert not found.approve


def test_an_amount_that_no_receipt_brings_is_no_move() -> None:
    """As where a cent of tax closes an invoice."""
    assert moved([OLD, shown("2", "0.00", "100.00")]) == {}


def test_a_returned_cheque_and_another_receipt_of_the_same_amount_are_no_move() -> None:
    """Flat monthly fees: Sage shows which receipt was taken off, and it is nowhere else."""
    old = shown("1", "100.00", "0.00", applied("-100.00", "RC0"), applied("100.00", "NSF RC0"))
    assert moved([old, NEW]) == {}


def test_two_receipts_that_moved_are_both_named() -> None:
    """A receipt without number and date is named as what it is."""
    agreed = {"1": shown("1", "100.00", "100.00", applied("-60.00"), applied("-40.00", "", dated=None))}
    new = shown("2", "0.00", "100.00", applied("-60.00"), applied("-40.00", "", dated=None))
    old, found = with_moves([OLD, new], agreed)
    nameless = MovedReceipt(number="", dated=None, amount=Decimal("40.00"), other="2", invoice="INV-2")
    assert old.moved == (receipt("2", "60.00"), nameless)
    last = found.reason.sentences[-1]
    assert Text((last,)) == say(
        "row-receipt-moved",
        receipt=say("an-application"),
        date=EMPTY,
        amount=Decimal("40.00"),
        old="INV-1",
        new="INV-2",
    )
    assert len(found.next_step.sentences) == 2


def test_only_customers_who_lose_something_are_looked_up() -> None:
    """All their rows, and nobody else's."""
    nobody = replace(shown("4", "0.00", "5.00"), customer_id=9)
    unread = replace(shown("5", "9.00", "1.00"), customer_id=9, paid_proposed=None)
    assert keys_to_compare([OLD, NEW, nobody, unread]) == {"1", "2"}
    assert keys_to_compare([NEW, nobody]) == frozenset()


def test_a_push_of_one_of_the_two_says_what_manage_would_show() -> None:
    """Both together say nothing; neither does one whose other row is shown already, or agrees."""
    rows = {each.key: each for each in with_moves([OLD, NEW], AGREED)}
    values: dict[str, Any] = {"receipt": "RC1", "amount": Decimal("100.00"), "old": "INV-1", "new": "INV-2"}
    assert half_moves([rows["1"], rows["2"]], rows, []) == []
    assert half_moves([OLD], rows, []) == [say("push-moved-shown-nowhere", **values)]
    assert half_moves([NEW], rows, []) == [say("push-moved-shown-twice", **values)]
    assert half_moves([NEW], rows, ["1"]) == []
    assert half_moves([OLD], rows | {"2": replace(rows["2"], status=Status.IN_AGREEMENT)}, []) == []


def test_documents_that_lost_something_without_a_trace_are_found_by_their_balance() -> None:
    """Against what our ledger last saw in Manage; a cent within the tolerance is nothing, what is unread is none."""
    known = LedgerMemory(
        documents={501: 1, 502: 2, 503: 3, 504: 4},
        seen={
            501: Seen(paid=Decimal("100.00"), date_paid=None),
            502: Seen(paid=Decimal("100.01"), date_paid=None),
            503: Seen(paid=Decimal("100.00"), date_paid=None),
        },
    )
    balances = [balance(1), balance(2, owed="0.00"), balance(3, unreadable=True), balance(4)]
    assert lowered_in_sage(balances, known, Policy(tolerance=Decimal("0.01"))) == {1, 3}
    assert lowered_in_sage(balances, known, Policy()) == {1, 2, 3}
