"""From one reading of both systems to the next: what was posted, what others changed, and that nothing is left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.prove.roll_forward import ClassMove, RollForward, roll_forward
from sync.core.prove.tie_out import DifferenceClass, OpenBalance, TieOut, TieOutItem, added_up
from sync.core.values.messages import BLANK, say
from sync.core.values.money import ZERO
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Outcome, Posting
from tests.core.values.test_file_names import POSTED
from tests.ledger.samples import intent

DAY = date(2026, 4, 10)
CLASSES = st.sampled_from([each for each in DifferenceClass if each is not DifferenceClass.UNEXPLAINED])
CENTS = st.decimals(-5_000, 5_000, places=2)


def read(*items: TieOutItem) -> TieOut:
    """A reading whose balances are those of its differences."""
    sage = [_open(item, item.sage) for item in items if item.sage]
    manage = [_open(item, item.manage) for item in items if item.manage]
    return added_up(DAY, sage, manage, items)


def _open(item: TieOutItem, amount: Decimal) -> OpenBalance:
    return OpenBalance(customer=item.customer, currency=item.currency, dated=DAY, amount=amount)


def item(key: str, sage: str, manage: str, reason: DifferenceClass, currency: str = "CAD") -> TieOutItem:
    """A difference of one invoice."""
    return TieOutItem(
        reason=reason,
        invoice=f"INV-{key}",
        customer="Acme",
        currency=currency,
        sage=Decimal(sage),
        manage=Decimal(manage),
        difference=Decimal(sage) - Decimal(manage),
        text=BLANK,
        key=key,
    )


def posted(key: str, added: str, **changes: object) -> Posting:
    """A write that was read back."""
    fields = {"key": key, "currency": "CAD", "paid_before": ZERO, "paid_after": Decimal(added), "attempt": 1} | changes
    return replace(POSTED, **fields)


TO_PUSH = item("1", "0.00", "113.00", DifferenceClass.TO_PUSH)
HELD = item("2", "50.00", "80.00", DifferenceClass.HELD)
DOUBT = intent(POSTED.run, "1", currency="CAD")


def figures(rolled: RollForward, unit: str = "CAD") -> dict[str, tuple[str, ...]]:
    """Every class, as it stands on paper."""
    return {
        move.reason.value if move.reason else "": (
            str(move.opening),
            str(move.posted),
            str(move.others),
            str(move.moved),
            str(move.closing),
        )
        for move in (*rolled.moves, rolled.total(unit))
        if move.currency == unit and (move.reason is not DifferenceClass.UNEXPLAINED or move.closing)
    }


def test_what_was_posted_takes_the_difference_away() -> None:
    """And what is held stays as it is."""
    rolled = roll_forward(read(TO_PUSH, HELD), read(HELD), [posted("1", "113.00")])
    assert figures(rolled) == {
        "to_push": ("-113.00", "113.00", "0.00", "0.00", "0.00"),
        "held": ("-30.00", "0.00", "0.00", "0.00", "-30.00"),
        "": ("-143.00", "113.00", "0.00", "0.00", "-30.00"),
    }
    assert (rolled.others, rolled.gap("CAD")) == ((), ZERO)


def test_a_held_row_that_a_person_approved_was_posted_out_of_its_class() -> None:
    """No other class pays for it."""
    rolled = roll_forward(read(HELD), read(), [posted("2", "30.00")])
    assert figures(rolled)["held"] == ("-30.00", "30.00", "0.00", "0.00", "0.00")


def test_an_undo_brings_the_difference_back() -> None:
    """A push and its undo add up to nothing."""
    sent = [posted("1", "113.00"), posted("1", "0.00", paid_before=Decimal("113.00"), undo=True)]
    rolled = roll_forward(read(TO_PUSH), read(TO_PUSH), sent)
    assert (rolled.total("CAD").posted, rolled.others) == (ZERO, ())


@pytest.mark.parametrize(
    ("was", "now", "sent", "text"),
    [
        (TO_PUSH, item("1", "20.00", "0.00", DifferenceClass.MANAGE_ONLY), "113.00", "sage"),
        (TO_PUSH, item("1", "0.00", "13.00", DifferenceClass.CHANGED_IN_MANAGE), "113.00", "manage"),
        (TO_PUSH, item("1", "20.00", "13.00", DifferenceClass.CHANGED_IN_MANAGE), "113.00", "both"),
        (TO_PUSH, replace(TO_PUSH, sage=None, manage=None, difference=ZERO), "0.00", "unreadable"),
        (TO_PUSH, None, "0.00", "agrees"),
        (None, TO_PUSH, "0.00", "agreed"),
    ],
)
def test_what_others_changed_is_named_with_its_side(
    was: TieOutItem | None, now: TieOutItem | None, sent: str, text: str
) -> None:
    """Where both readings say what was open; an amount that could not be read says nothing of a side."""
    words = {
        "sage": say("roll-changed-in-sage", before=ZERO, after=Decimal("20.00")),
        "manage": say("roll-changed-in-manage", before=ZERO, after=Decimal("13.00")),
        "both": say("roll-changed-in-sage", before=ZERO, after=Decimal("20.00"))
        + say("roll-changed-in-manage", before=ZERO, after=Decimal("13.00")),
        "unreadable": say("roll-read-otherwise"),
        "agrees": say("roll-agrees-now"),
        "agreed": say("roll-agreed-before"),
    }
    rolled = roll_forward(read(*[was] if was else []), read(*[now] if now else []), [posted("1", sent)])
    (change,) = rolled.others
    assert (change.invoice, change.customer, change.key, change.text) == ("INV-1", "Acme", "1", words[text])
    assert rolled.gap("CAD") == ZERO


def test_a_write_in_doubt_is_no_change_by_others_without_a_word() -> None:
    """It may be ours."""
    unknown = posted("1", "0.00", paid_after=None, outcome=Outcome.UNKNOWN)
    (change,) = roll_forward(read(TO_PUSH), read(), [unknown], doubted_after=[DOUBT]).others
    assert (change.change, change.text) == (Decimal("113.00"), say("roll-write-in-doubt"))


@pytest.mark.parametrize(
    ("was", "now", "told", "others"),
    [
        ([], [], "0.00", []),  # it had arrived before the first reading
        ([TO_PUSH], [], "113.00", []),  # it arrived after it
        ([], [item("1", "0.00", "20.00", DifferenceClass.HELD)], "113.00", ["-133.00"]),  # nobody can tell
    ],
)
def test_a_write_in_doubt_at_the_first_reading_is_posted_where_it_moved_anything(
    was: list[TieOutItem], now: list[TieOutItem], told: str, others: list[str]
) -> None:
    """It is told of after that reading, which may have shown it already."""
    rolled = roll_forward(read(*was), read(*now), [posted("1", "113.00")], doubted_before=[DOUBT])
    assert [str(each.change) for each in rolled.others] == others
    assert {each.text for each in rolled.others} <= {say("roll-write-in-doubt")}
    assert [str(rolled.total(unit).posted) for unit in rolled.units or ["CAD"]] == [told]


def test_what_others_added_while_our_write_was_refused_is_not_posted() -> None:
    """Manage said no, and shows another's payment: none of it is what Tieout wrote."""
    other = posted("1", "40.00", outcome=Outcome.DIFFERS, verified=False, written=None)
    now = item("1", "0.00", "73.00", DifferenceClass.CHANGED_IN_MANAGE)
    rolled = roll_forward(read(TO_PUSH), read(now), [other])
    (change,) = rolled.others
    assert (rolled.total("CAD").posted, change.change) == (ZERO, Decimal("40.00"))
    assert change.text == say("roll-changed-in-manage", before=Decimal("113.00"), after=Decimal("73.00"))


def test_a_write_to_what_was_no_difference_is_told_all_the_same() -> None:
    """By the policy cash a row may be pushed where nothing differs; the two cancel out in the total."""
    rolled = roll_forward(read(), read(HELD), [posted("9", "5.00"), posted("8", "1.00", currency=None)])
    assert [(each.currency, each.invoice, each.key, each.change) for each in rolled.others] == [
        ("CAD", POSTED.invoice, "9", Decimal("-5.00")),
        ("CAD", "INV-2", "2", Decimal("-30.00")),
        (UNNAMED, POSTED.invoice, "8", Decimal("-1.00")),
    ]
    assert [rolled.gap(unit) for unit in rolled.units] == [ZERO, ZERO]


def test_a_difference_of_another_class_is_moved_and_nobody_changed_it() -> None:
    """A No at the push makes held of what was to be pushed."""
    rolled = roll_forward(read(TO_PUSH), read(replace(TO_PUSH, reason=DifferenceClass.HELD)), [])
    assert figures(rolled) == {
        "to_push": ("-113.00", "0.00", "0.00", "113.00", "0.00"),
        "held": ("0.00", "0.00", "0.00", "-113.00", "-113.00"),
        "": ("-113.00", "0.00", "0.00", "0.00", "-113.00"),
    }


@st.composite
def readings(draw: st.DrawFn) -> tuple[TieOut, TieOut, list[Posting]]:
    """Two readings of some invoices in two currencies, and what was posted between."""
    sides: list[list[TieOutItem]] = [[], []]
    for key in range(draw(st.integers(0, 6))):
        unit = draw(st.sampled_from(["CAD", "USD"]))
        for side in sides:
            if draw(st.booleans()):
                sage, manage = str(draw(CENTS)), str(draw(CENTS))
                side.append(item(str(key), sage, manage, draw(CLASSES), unit))
    sent = [posted(str(draw(st.integers(0, 6))), str(draw(CENTS))) for _ in range(draw(st.integers(0, 4)))]
    return read(*sides[0]), read(*sides[1]), sent


@given(readings())
def test_opening_posted_and_others_are_the_closing(found: tuple[TieOut, TieOut, list[Posting]]) -> None:
    """To the cent, in each currency and class; what others changed is named to the last of it."""
    opening, closing, sent = found
    rolled = roll_forward(opening, closing, sent)
    for unit in rolled.units:
        whole = rolled.total(unit)
        assert rolled.gap(unit) == whole.moved == ZERO
        assert whole.opening == sum((owed.difference for owed in opening.totals if owed.currency == unit), ZERO)
        assert whole.closing == sum((owed.difference for owed in closing.totals if owed.currency == unit), ZERO)
        assert whole.others == sum((each.change for each in rolled.others if each.currency == unit), ZERO)
    assert all(_closes(move) for move in rolled.moves)
    assert sum((move.posted for move in rolled.moves), ZERO) == sum((each.added for each in sent), ZERO)
    assert all(each.change for each in rolled.others)


def _closes(move: ClassMove) -> bool:
    return move.closing == move.opening + move.posted + move.others + move.moved
