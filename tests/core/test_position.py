"""From Sage's rows to a position: what was settled, how, and when the invoice was cleared."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.money import ZERO
from sync.core.position import Position, positions
from sync.core.records import Entry
from sync.core.words import say
from tests.support.build import OWN_DAY, RECEIPT_DAY, document, entry, own

MARCH, APRIL, MAY = date(2026, 3, 5), date(2026, 4, 1), date(2026, 5, 1)


def of(*rows: Entry) -> Position:
    """The position of document 1 with these rows."""
    return positions([document()], rows)[0]


def parts(position: Position) -> list[str]:
    """Total, cash, discount, credit, other, balance."""
    p = position
    return [str(a) for a in (p.total, p.cash, p.discount, p.credit, p.other, p.balance)]


def test_an_unpaid_invoice_owes_its_total() -> None:
    """Nothing settled, no date."""
    position = of(own("100.00"))
    assert parts(position) == ["100.00", "0.00", "0.00", "0.00", "0.00", "100.00"]
    assert (position.paid_in_full, position.paid_in_full_on, position.voided) == (False, None, False)


def test_cash_discount_and_unknown_kinds_stay_apart() -> None:
    """Each in its own column; the unknown code is kept for the reason."""
    position = of(own("100.00"), entry("-70.00"), entry("-2.00", id=2, kind=2), entry("-3.00", id=3, kind=6))
    assert parts(position) == ["100.00", "70.00", "2.00", "0.00", "3.00", "25.00"]
    assert (position.unknown_kinds, str(position.settled)) == ((6,), "75.00")


def test_a_discount_can_close_an_invoice() -> None:
    """Paid in full by balance, dated by the last application."""
    position = of(own("100.00"), entry("-98.00", id=1), entry("-2.00", id=2, kind=2, dated=APRIL))
    assert (position.paid_in_full, position.paid_in_full_on) == (True, APRIL)


@pytest.mark.parametrize("kind", [1, 2, 5])
def test_a_mirror_on_another_document_makes_a_credit_whatever_its_kind(kind: int) -> None:
    """Same customer, number and date, opposite amount, no cheque, no bank."""
    note = [own("-30.00", doc=2, kind=8), entry("30.00", doc=2, kind=kind, banked=False, number="CN")]
    rows = [own("100.00"), entry("-30.00", kind=kind, banked=False, number="CN"), *note]
    assert parts(of(*rows)) == ["100.00", "0.00", "0.00", "30.00", "0.00", "70.00"]


@pytest.mark.parametrize(
    "changes",
    [
        {"document_id": 1, "id": 9},
        {"customer_id": 8},
        {"number": "OTHER"},
        {"dated": APRIL},
        {"amount": ZERO},
        {"banked": True},
        {"kind": 8},
    ],
)
def test_a_row_that_is_no_mirror_leaves_cash(changes: dict[str, object]) -> None:
    """On the same document, of another customer, number, day or amount, or with a bank account."""
    mirror = replace(entry("30.00", doc=2, banked=False, number="CN"), **changes)
    rows = [own("100.00"), entry("-30.00", banked=False, number="CN"), mirror]
    assert str(of(*rows).credit) == "0.00"


def test_a_returned_cheque_reopens_and_takes_the_date_away() -> None:
    """NSF by hand is a positive receipt."""
    position = of(own("100.00"), entry("-100.00", id=1), entry("100.00", id=2, dated=APRIL, number="NSF R1"))
    assert (parts(position)[1], position.paid_in_full_on, position.clearing_receipt) == ("0.00", None, None)


def test_an_invoice_paid_again_after_a_returned_cheque_is_dated_by_the_new_one() -> None:
    """Zero for good, not zero for a while."""
    rows = [own("100.00"), entry("-100.00", id=1), entry("100.00", id=2, dated=APRIL)]
    position = of(*rows, entry("-100.00", id=3, dated=APRIL + timedelta(days=3), number="R3"))
    assert (position.paid_in_full_on, position.clearing_receipt) == (APRIL + timedelta(days=3), "R3")


@pytest.mark.parametrize("days", [-20, -1, 0, 1, 20])
def test_a_reversed_pair_never_sets_the_date_whatever_its_days(days: int) -> None:
    """A receipt corrected in Sage: the pair cancels, the right one counts."""
    wrong = RECEIPT_DAY + timedelta(days=days)
    rows = [entry("-90.00", id=1, dated=wrong, reversed=True), entry("90.00", id=2, dated=wrong, reversed=True)]
    position = of(own("100.00"), *rows, entry("-100.00", id=3, number="R3"))
    assert (position.paid_in_full_on, position.clearing_receipt) == (RECEIPT_DAY, "R3")


def test_a_returned_cheque_takes_back_the_receipt_that_it_names() -> None:
    """Of two equal receipts the other one is the last that stands."""
    first, second = entry("-50.00", id=1, number="R1", dated=MARCH), entry("-50.00", id=2, number="R2", dated=APRIL)
    assert of(own("100.00"), first, second, entry("50.00", id=3, number="NSF R1", dated=MAY)).last_receipt_on == APRIL
    assert of(own("100.00"), first, second, entry("50.00", id=3, number="NSF R2", dated=MAY)).last_receipt_on == MARCH
    assert of(own("100.00"), first, second, entry("50.00", id=3, number="NSF", dated=MAY)).last_receipt_on == MARCH


def test_paid_only_by_reversed_rows_is_bad_data() -> None:
    """No application may set the date, so none is guessed."""
    position = of(own("100.00"), entry("-100.00", reversed=True))
    assert [str(flaw) for flaw in position.flaws] == [
        "Every application that clears this document is marked reversed in Sage."
    ]


def test_the_date_paid_is_never_before_the_invoice() -> None:
    """A deposit received earlier clears the invoice on its own day."""
    position = of(own("100.00"), entry("-100.00", dated=date(2026, 1, 5)))
    assert (position.paid_in_full_on, position.last_receipt_on) == (OWN_DAY, OWN_DAY)


def test_the_own_row_counts_first_whatever_its_date() -> None:
    """Its row id and day do not matter."""
    position = of(own("100.00", id=999, dated=APRIL), entry("-100.00"))
    assert position.paid_in_full_on == RECEIPT_DAY


def test_an_application_of_nothing_after_the_clearing_one_changes_nothing() -> None:
    """A row of 0.00 does not clear what is cleared."""
    position = of(own("100.00"), entry("-100.00", id=1), entry("0.00", id=2, dated=APRIL))
    assert position.paid_in_full_on == RECEIPT_DAY


def test_an_application_of_nothing_is_no_receipt() -> None:
    """The last receipt is the last that lowered the balance."""
    position = of(own("100.00"), entry("-40.00", id=1), entry("0.00", id=2, dated=APRIL))
    assert position.last_receipt_on == RECEIPT_DAY


def test_the_same_day_is_ordered_by_entry() -> None:
    """Two receipts on one day: the later entered clears it."""
    position = of(own("100.00"), entry("-60.00", id=8, number="B"), entry("-40.00", id=7, number="A"))
    assert position.clearing_receipt == "B"


def test_two_identical_receipts_both_count() -> None:
    """The same amount twice on one day is two receipts."""
    assert str(of(own("200.00"), entry("-100.00", id=1), entry("-100.00", id=2)).cash) == "200.00"


def test_a_document_whose_rows_all_cancel_is_voided() -> None:
    """Own rows and receipts reversed."""
    rows = [own("100.00"), own("-100.00", id=2), entry("-100.00", id=3, reversed=True)]
    assert of(*rows, entry("100.00", id=4, reversed=True)).voided


def test_a_credit_note_is_told_by_its_sign() -> None:
    """Type 0 with a negative amount."""
    assert of(own("-50.00")).credit_note


@pytest.mark.parametrize("amount", ["-100.00", None])
def test_a_flawed_row_is_said_and_an_unreadable_amount_hides_them_all(amount: str | None) -> None:
    """Never dropped, never zero."""
    position = of(own("100.00"), entry(amount, flaw=say("Sage row 1 is wrong."), dated=None))
    assert ([str(f) for f in position.flaws], position.unreadable) == (["Sage row 1 is wrong."], amount is None)


def test_a_document_without_its_own_row_is_bad_data() -> None:
    """Receipts on nothing, said after what else is wrong."""
    found = of(entry("-100.00", flaw=say("Sage row 1 is wrong.")))
    assert [str(flaw) for flaw in found.flaws] == [
        "Sage row 1 is wrong.",
        "Sage holds no amount of its own for this document.",
    ]


ROWS = st.lists(
    st.tuples(
        st.integers(-(10**6), 10**6),
        st.integers(0, 60),
        st.sampled_from([0, 1, 2, 5, 8, 9]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_cents_are_conserved_and_order_never_matters(
    rows: list[tuple[int, int, int, bool, bool]], chance: object
) -> None:
    """Total less everything settled is the balance, and the balance is Σ of the rows, in any order."""
    entries = [
        entry(f"{cents / 100:.2f}", id=i, dated=OWN_DAY + timedelta(days=day), kind=kind, banked=bank, reversed=back)
        for i, (cents, day, kind, bank, back) in enumerate(rows)
    ]
    position = of(*entries)
    p = position
    assert p.total - p.cash - p.discount - p.credit - p.other == p.balance
    assert p.balance == sum((e.amount or ZERO for e in entries), ZERO)
    chance.shuffle(entries)  # type: ignore[attr-defined] # Hypothesis gives a Random
    assert of(*entries) == position


def test_what_is_dated_after_today_is_not_money_received_yet() -> None:
    """A post-dated cheque is said, once for each; today's is money, and without a today nobody asks."""
    rows = [
        own("100.00", dated=APRIL + timedelta(days=9)),
        entry("-40.00", id=1, dated=APRIL),
        entry("-30.00", id=2, dated=APRIL + timedelta(days=1), number="R2"),
        entry("-30.00", id=3, dated=APRIL + timedelta(days=2), number=""),
    ]
    (position,) = positions([document()], rows, APRIL)
    assert [str(flaw) for flaw in position.flaws] == [
        "R2 is dated 2026-04-02, which is still to come: a post-dated cheque, or a typing error.",
        "An application is dated 2026-04-03, which is still to come: a post-dated cheque, or a typing error.",
    ]
    assert (position.paid_in_full_on, of(*rows).flaws) == (None, ())
