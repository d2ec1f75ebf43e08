"""From Sage's rows to a position: what was settled, how, and when the invoice was cleared."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.decide.position import Position, positions
from sync.core.values.messages import say
from sync.core.values.money import ZERO, rounded
from sync.core.values.records import OWN_KINDS, Entry
from sync.language.catalogues import ENGLISH
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


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(1, ["0.00", "0.00", "30.00", "0.00"]), (2, ["0.00", "30.00", "0.00", "0.00"]), (5, ["0.00"] * 3 + ["30.00"])],
)
def test_only_a_receipt_can_be_credit(kind: int, expected: list[str]) -> None:
    """Discounts and kinds that nobody knows stay what they are, whatever a credit note gives beside them."""
    note = [own("-30.00", doc=2, kind=8), entry("30.00", doc=2, kind=kind, banked=False, number="CN")]
    rows = [own("100.00"), entry("-30.00", kind=kind, banked=False, number="CN"), *note]
    assert parts(of(*rows)) == ["100.00", *expected, "70.00"]


@pytest.mark.parametrize(
    "changes",
    [
        {"document_id": 1, "id": 9},
        {"customer_id": 8},
        {"number": "OTHER"},
        {"dated": APRIL},
        {"amount": ZERO},
        {"amount": None},
        {"dated": None},
        {"amount": Decimal("-30.00")},
        {"kind": 8},
    ],
)
def test_a_row_that_gives_nothing_here_leaves_cash(changes: dict[str, object]) -> None:
    """On the same document, of another customer, number or day, without an amount, or one that gives nothing."""
    gives = replace(entry("30.00", doc=2, banked=False, number="CN"), **changes)
    rows = [own("100.00"), entry("-30.00", banked=False, number="CN"), own("-30.00", doc=2), gives]
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
    assert [flaw.said(ENGLISH) for flaw in position.flaws] == [
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
    assert ([f.said(ENGLISH) for f in position.flaws], position.unreadable) == (
        ["Sage row 1 is wrong."],
        amount is None,
    )


def test_a_document_without_its_own_row_is_a_deposit() -> None:
    """Used or not; it was never owed, so that it is not voided. One without any row says nothing at all."""
    kept, used = of(entry("-100.00")), of(entry("-100.00"), entry("100.00", id=2))
    assert [(each.deposit, each.flaws, each.voided, str(each.balance)) for each in (kept, used)] == [
        (True, (), False, "-100.00"),
        (True, (), False, "0.00"),
    ]
    assert (of().deposit, [flaw.said(ENGLISH) for flaw in of().flaws], of(own("1.00")).deposit) == (
        False,
        ["Sage shows no amount of its own for this document."],
        False,
    )


def thirds(*beyond: str) -> list[Entry]:
    """An invoice of 100.00 and three receipts of 33.33 and something that Sage holds beyond the cent."""
    rows = [entry("-33.33", id=nth, beyond=Decimal(more)) for nth, more in enumerate(beyond, 1)]
    return [own("100.00"), *rows]


def test_a_sum_is_rounded_once_and_its_parts_are_made_to_fit() -> None:
    """Three thirds pay 100.00 in full; the cent that the parts miss is with the largest of them, and is named."""
    position = of(*thirds("-0.0033", "-0.0033", "-0.0033"))
    assert parts(position) == ["100.00", "100.00", "0.00", "0.00", "0.00", "0.00"]
    assert (str(position.rounding), position.paid_in_full_on, position.clearing_receipt) == ("0.01", RECEIPT_DAY, "R1")
    assert [str(each.amount) for each in position.applications] == ["100.00", "-33.33", "-33.33", "-33.33"]
    assert [str(each.balance) for each in position.applications] == ["100.00", "66.67", "33.33", "0.00"]
    assert [each.clears for each in position.applications] == [False, False, False, True]
    assert (str(of(*thirds("0", "0", "0")).balance), of(*thirds("0", "0", "0")).rounding) == ("0.01", ZERO)


def test_less_than_half_a_cent_is_nothing() -> None:
    """As in Sage's control account: an invoice is paid in full by then, and a document of it is voided."""
    rest = entry("-100.00", beyond=Decimal("0.0049"))
    assert (of(own("100.00"), rest).paid_in_full, of(own("0.00", beyond=Decimal("0.0049"))).voided) == (True, True)
    assert str(of(own("100.00"), entry("-100.00", beyond=Decimal("0.005"))).balance) == "0.01"
    after = [rest, entry("0.00", id=2, beyond=Decimal("-0.0049"), dated=APRIL)]
    assert of(own("100.00"), *after).paid_in_full_on == RECEIPT_DAY


def test_rounding_falls_on_the_largest_part_whichever_it_is() -> None:
    """Cash, discount, credit or another kind; and the parts always add up."""
    third = Decimal("-0.0033")
    small, large = [entry("-1.00", id=2, beyond=third)], [entry("-60.00", id=1, kind=2, beyond=third)]
    position = of(own("100.00", beyond=Decimal("0.0050")), *large, *small)
    assert parts(position) == ["100.01", "1.00", "60.01", "0.00", "0.00", "39.00"]
    note = [own("-60.00", doc=2), entry("60.00", doc=2)]
    by_credit = of(own("100.00", beyond=Decimal("0.0050")), *note, entry("-60.00", beyond=third), *small)
    assert [parts(by_credit)[1], parts(by_credit)[3]] == ["1.00", "60.01"]


ROWS = st.lists(
    st.tuples(
        st.integers(-(10**6), 10**6),
        st.integers(0, 60),
        st.sampled_from([0, 1, 2, 5, 8, 9]),
        st.booleans(),
        st.booleans(),
        st.integers(-4999, 4999),
    ),
    max_size=12,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_cents_are_conserved_and_order_never_matters(
    rows: list[tuple[int, int, int, bool, bool, int]], chance: object
) -> None:
    """Total less everything settled is the balance, and the balance is Σ of the rows, in any order."""
    entries = [
        entry(
            f"{cents / 100:.2f}",
            id=i,
            dated=OWN_DAY + timedelta(days=day),
            kind=kind,
            banked=bank,
            reversed=back,
            beyond=Decimal(beyond).scaleb(-6),
        )
        for i, (cents, day, kind, bank, back, beyond) in enumerate(rows)
    ]
    position = of(*entries)
    p = position
    assert p.total - p.cash - p.discount - p.credit - p.other == p.balance
    assert p.balance == rounded(sum((e.held for e in entries), ZERO))
    assert p.total == rounded(sum((e.held for e in entries if e.kind in OWN_KINDS), ZERO))
    assert not p.applications or p.applications[-1].balance == p.balance
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
    assert [text.said(ENGLISH) for text in position.post_dated] == [
        "R2 is dated 2026-04-02, which is still to come: a post-dated cheque, or a typing error.",
        "An application is dated 2026-04-03, which is still to come: a post-dated cheque, or a typing error.",
    ]
    assert (position.paid_in_full_on, position.flaws, of(*rows).post_dated) == (None, (), ())
    assert positions([document()], rows, APRIL + timedelta(days=2))[0].paid_in_full_on == APRIL + timedelta(days=2)
