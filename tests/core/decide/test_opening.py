"""What an opening statement may be made of: only what both systems show, and what is known to be older than its day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import LedgerMemory
from sync.core.decide.opening import Opening, OpeningRow, compared, standing, to_accept, with_opening
from sync.core.values.messages import say
from sync.core.values.policy import Policy
from sync.core.values.posting import Written
from sync.core.values.proposal import REVIEWABLE, Status
from sync.core.values.records import Balance, Invoice
from tests.ledger.samples import MARIE, NOON, row
from tests.ledger.test_formats import HOLD
from tests.support.build import OWN_DAY, RECEIPT_DAY, balance, document, invoice

AFTER = RECEIPT_DAY + timedelta(days=1)
PAID = balance(owed="40.00", last_entered=RECEIPT_DAY)
SHOWN = invoice(total="99.00", payments="10.00", credits=Decimal("5.00"), balance=Decimal("84.00"))
ROW = OpeningRow(
    key="1",
    invoice="1001",
    customer_id=7,
    customer="Boréal inc.",
    currency="CAD",
    settled=Decimal("60.00"),
    paid=Decimal("10.00"),
    credits=Decimal("5.00"),
    difference=Decimal("-44.00"),
)


def seen(sage: Balance, *manage: Invoice, go_live: date = AFTER, key: str = "1") -> dict[str, OpeningRow]:
    """How both systems show one document."""
    return compared([sage], manage, LedgerMemory(), Policy(), go_live, {key})


def test_a_row_says_what_both_systems_show() -> None:
    """Its difference is all of what is open in one and not in the other: totals, payments and credits."""
    assert seen(PAID, SHOWN) == {"1": ROW}
    assert seen(PAID, SHOWN, key="2") == {}


@pytest.mark.parametrize(
    ("sage", "go_live", "old"),
    [
        (PAID, RECEIPT_DAY, False),
        (balance(owed="0.00", last_entered=None), OWN_DAY + timedelta(days=1), True),
        (balance(owed="0.00", last_entered=None), OWN_DAY, False),
        (balance(owed="0.00", last_entered=OWN_DAY - timedelta(days=9)), OWN_DAY, False),
        (replace(PAID, document=document(dated=None)), AFTER, False),
        (replace(PAID, last_row=AFTER), AFTER, False),
        (balance(owed="0.00", last_entered=None, last_row=OWN_DAY - timedelta(days=9)), OWN_DAY, False),
    ],
    ids=[
        *("a receipt of the day", "no receipt", "an invoice of the day", "paid before it was dated", "without a date"),
        *("adjusted since", "dated ahead"),
    ],
)
def test_only_what_was_there_before_the_day_is_old(sage: Balance, go_live: date, *, old: bool) -> None:
    """The invoice and every application; a day that nobody knows is none."""
    assert bool(seen(sage, SHOWN, go_live=go_live)) is old


def test_what_cannot_be_told_is_no_row() -> None:
    """Nothing in Manage, two that could be meant, amounts that cannot be read on either side."""
    twins = [replace(SHOWN, id=nth, company=name, company_code=name) for nth, name in enumerate(("Ann", "Bob"))]
    assert [seen(PAID), seen(PAID, *twins), seen(PAID, replace(SHOWN, flaw=say("Empty.")))] == [{}, {}, {}]
    assert seen(replace(PAID, unreadable=True), SHOWN) == {}


@pytest.mark.parametrize("status", list(Status))
def test_a_person_has_to_see_to_what_nobody_may_approve(status: Status) -> None:
    """Whatever its age; and only what is unlike Manage is accepted."""
    assert to_accept([row("1", status)], {1}, LedgerMemory()) == (frozenset("1") if status in REVIEWABLE else set())
    assert to_accept([row("1", status)], {2}, LedgerMemory()) == frozenset()


def test_what_tieout_wrote_or_tried_to_is_no_history() -> None:
    """By the invoice in Manage."""
    sent = Written(payment_id=1, amount=Decimal("1.00"), paid_on=None)
    for known in (LedgerMemory(documents={101: 1}, written={101: sent}), LedgerMemory(refused=frozenset({101}))):
        assert to_accept([row("1"), row("2")], {1, 2}, known) == frozenset("2")


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, True),
        ({"customer": "Boréal ltée"}, True),
        *(({name: Decimal("1.00")}, False) for name in ("settled", "paid", "credits", "difference")),
        ({"customer_id": 8}, False),
        ({"invoice": "1002"}, False),
        ({"currency": "USD"}, False),
    ],
)
def test_a_row_stands_while_both_systems_show_it(changes: dict[str, object], *, stands: bool) -> None:
    """Every figure, and whose it is; a customer may be renamed. What is not shown any more stands no longer."""
    opening = Opening(run="R0", person=MARIE, at=NOON, go_live=AFTER, rows=(ROW,))
    assert standing(opening, {"1": replace(ROW, **changes)}) == (frozenset("1") if stands else frozenset())
    assert standing(opening, {}) == frozenset()


def test_a_row_that_waits_for_a_person_keeps_its_own_words() -> None:
    """What is held, or what nobody may approve any more, says so; another row of the statement says that it stands."""
    opening = Opening(run="R0", person=MARIE, at=NOON, go_live=AFTER, rows=(ROW,))
    rows = [row("1", hold=HOLD), row("2", Status.POST_DATED), row("3"), row("4")]
    found = with_opening(rows, opening, {"1", "2", "3"})
    assert (found[:2], found[3]) == (rows[:2], rows[3])
    assert (found[2].opening, found[2].approve, found[2].reason.sentences[0].id) == (AFTER, False, "row-in-opening")
