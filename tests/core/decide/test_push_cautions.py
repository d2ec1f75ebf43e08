"""When a push is out of the ordinary, and what one person may not do alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.push_rules import Caps, can_be_undone, limit_for_one, moved_by_currency, why_second_person
from sync.core.values.messages import say
from sync.core.values.posting import Outcome, Posting
from tests.core.values.test_posting import row
from tests.support.english import worded

CAPS = Caps(rows=1, amount=Decimal("1.00"), second_person=Decimal("100.00"))
MOST = CAPS.second_person


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
    assert why_second_person([row(amount) for amount in amounts], (), "marie", pusher, caps.second_person) is None


def test_above_the_amount_somebody_else_has_to_push() -> None:
    """The first currency that is above it is named, whatever the others come to, and lowering counts too."""
    rows = [row("100.00"), row("60.00", "USD"), row("-40.01", "USD")]
    assert worded(why_second_person(rows, (), "marie", "Marie", MOST)) == (
        "Marie prepared this run, and 100.01 USD would change, more than the 100.00 that one person may push alone. "
        "Have somebody else review and push it. The user is whoever the operating system says is logged on; "
        "whoever administers this computer can log on as somebody else."
    )


@pytest.mark.parametrize(
    ("run", "settings", "most"),
    [
        (None, None, None),
        ("100.00", None, "100.00"),
        (None, "50.00", "50.00"),
        ("100.00", "900.00", "100.00"),
        ("100.00", "0.00", "0.00"),
    ],
)
def test_the_limit_of_the_run_holds_whatever_the_settings_say_since(
    run: str | None, settings: str | None, most: str | None
) -> None:
    """Taking the line out of the settings frees nobody; a lower limit holds from the next push on."""
    limits = [None if each is None else Decimal(each) for each in (run, settings, most)]
    assert limit_for_one(limits[0], limits[1]) == limits[2]


def test_nothing_at_all_may_be_pushed_alone_where_the_amount_is_zero() -> None:
    """Not even a date."""
    nobody = Decimal("0.00")
    assert why_second_person([row("0.01")], (), "marie", "marie", nobody) is not None
    assert why_second_person([row("0.00")], (), "marie", "marie", nobody) is not None
    assert why_second_person([], (), "marie", "marie", nobody) is None


def test_what_the_run_has_moved_before_counts_too() -> None:
    """A large push is not made small by pushing it in parts; what differs was moved, what was refused was not."""
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
    assert why_second_person([row("40.00")], [before, refused, abroad], "marie", "marie", MOST) is None
    for outcome in (Outcome.POSTED, Outcome.DIFFERS):
        moved = replace(before, outcome=outcome)
        assert why_second_person([row("40.01")], [moved], "marie", "marie", MOST) is not None


def test_how_a_push_is_undone_is_said_by_its_run() -> None:
    """Word for word it is in the catalogue."""
    assert can_be_undone("R1") == say("push-can-be-undone", run="R1")
