"""When a push is out of the ordinary, and what one person may not do alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.caps import Caps, alone, moved_by_currency
from sync.core.posting import Outcome, Posting
from sync.core.words import say
from tests.core.test_posting import row

CAPS = Caps(rows=1, amount=Decimal("1.00"), second_person=Decimal("100.00"))


def test_what_moves_is_added_up_without_signs_for_each_currency() -> None:
    """By the code's name; what an unnamed currency moves stays apart."""
    rows = [row("60.00", "USD"), row("60.00"), row("-40.01"), replace(row("5.00"), currency=None, currency_id=4)]
    assert moved_by_currency(rows) == {
        "CAD": Decimal("100.01"),
        "USD": Decimal("60.00"),
        "currency 4": Decimal("5.00"),
    }
    assert moved_by_currency([]) == {}


@pytest.mark.parametrize(
    ("amounts", "caps", "pusher"),
    [
        (["100.00"], CAPS, "marie"),
        ([], CAPS, "marie"),
        (["100.01"], CAPS, "paul"),
        (["100.01"], replace(CAPS, second_person=None), "marie"),
    ],
)
def test_one_person_may_push_up_to_the_amount_and_anybody_else_more(
    amounts: list[str], caps: Caps, pusher: str
) -> None:
    """To the cent; where no amount is set nobody is asked for."""
    assert alone([row(amount) for amount in amounts], (), "marie", pusher, caps) is None


def test_above_the_amount_somebody_else_has_to_push() -> None:
    """The first currency that is above it is named, whatever the others come to, and lowering counts too."""
    rows = [row("100.00"), row("60.00", "USD"), row("-40.01", "USD")]
    assert str(alone(rows, (), "marie", "Marie", CAPS)) == (
        "Marie prepared this run, and 100.01 USD would change, more than the 100.00 that one person may push alone. "
        "Have somebody else review and push it."
    )


def test_nothing_at_all_may_be_pushed_alone_where_the_amount_is_zero() -> None:
    """Not even a date."""
    nobody = replace(CAPS, second_person=Decimal("0.00"))
    assert alone([row("0.01")], (), "marie", "marie", nobody) is not None
    assert alone([row("0.00")], (), "marie", "marie", nobody) is not None
    assert alone([], (), "marie", "marie", nobody) is None


def test_what_the_run_has_moved_before_counts_too() -> None:
    """A large push is not made small by pushing it in parts; what was refused moved nothing."""
    before = Posting(
        run="R",
        key="9",
        invoice="9",
        outcome=Outcome.POSTED,
        message=say("Written."),
        currency="CAD",
        paid_before=Decimal("20.00"),
        paid_after=Decimal("80.00"),
    )
    refused, abroad = replace(before, outcome=Outcome.REFUSED), replace(before, currency="USD")
    assert alone([row("40.00")], [before, refused, abroad], "marie", "marie", CAPS) is None
    assert alone([row("40.01")], [before], "marie", "marie", CAPS) is not None
