"""A push's decisions: what became of a write, and what has to be confirmed first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.caps import Caps, cautions
from sync.core.posting import Fate, Intent, applied_record, fate
from sync.core.proposal import Proposal, Status
from sync.core.records import Action, Payment, Write
from sync.core.words import say
from tests.support.build import payment

DAY = date(2026, 4, 1)
SENT = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)
QUIET = timedelta(minutes=10)
CREATE = Write(
    action=Action.CREATE,
    invoice_id=501,
    payment_id=None,
    amount=Decimal("100.00"),
    paid_on=DAY,
    amount_before=Decimal("0.00"),
    paid_on_before=None,
)
CHANGE = replace(CREATE, action=Action.CHANGE, payment_id=9, amount_before=Decimal("40.00"))
DELETE = replace(CHANGE, action=Action.DELETE, amount=Decimal("0.00"), paid_on=None, paid_on_before=DAY)
DONE = payment("100.00", DAY)


def intent(write: Write, *before: int) -> Intent:
    """An intent sent at noon."""
    return Intent(
        run="r",
        key="1",
        invoice="1001",
        currency="CAD",
        at=SENT,
        write=write,
        paid_before=write.amount_before,
        paid_proposed=write.amount,
        records_before=before,
    )


@pytest.mark.parametrize(
    ("write", "before", "records", "found"),
    [
        (CREATE, (), [DONE], Fate.APPLIED),
        (CREATE, (), [], None),
        (CREATE, (9,), [DONE], None),
        (CREATE, (), [payment("90.00", DAY)], None),
        (CREATE, (), [payment("100.00")], None),
        (CREATE, (), [DONE, payment("100.00", DAY, record=10)], None),
        (CREATE, (), [replace(DONE, wisepay=True)], None),
        (CHANGE, (9,), [DONE], Fate.APPLIED),
        (CHANGE, (9,), [payment("40.00")], None),
        (CHANGE, (9,), [], None),
        (DELETE, (9,), [], Fate.APPLIED),
        (DELETE, (9,), [payment("100.00", DAY, record=10)], Fate.APPLIED),
        (DELETE, (9,), [DONE], None),
    ],
)
def test_reading_decides_and_not_applied_only_after_the_quiet_period(
    write: Write, before: tuple[int, ...], records: list[Payment], found: Fate | None
) -> None:
    """Applied as soon as the record says so; otherwise in doubt until a late write can no longer arrive."""
    sent = intent(write, *before)
    early, late = (fate(sent, records, SENT + span, QUIET) for span in (timedelta(minutes=9), QUIET))
    assert (early, late) == ((found, found) if found else (Fate.IN_DOUBT, Fate.NOT_APPLIED))


def test_a_quiet_period_of_nothing_decides_at_once() -> None:
    """Zero is allowed."""
    assert fate(intent(CREATE), [], SENT, timedelta(0)) is Fate.NOT_APPLIED


def test_a_deletion_leaves_no_record_to_point_at() -> None:
    """Whatever stands there."""
    assert applied_record(intent(DELETE), [DONE]) is None


def row(change: str, currency: str | None = "CAD", write: Write = CREATE) -> Proposal:
    """A row whose push changes Paid Amount by so much."""
    zero, amount = Decimal("0.00"), Decimal(change)
    return Proposal(
        key="1",
        document_id=1,
        customer_id=7,
        invoice="1001",
        customer="Boréal inc.",
        dated=DAY,
        currency=currency,
        status=Status.READY,
        reason=say("x"),
        next_step=say("y"),
        paid_before=zero if amount >= zero else -amount,
        paid_proposed=max(amount, zero),
        write=write,
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("50.00"), row("50.00")], []),
        ([row("1.00")] * 3, ["3 rows would be written, more than the 2 allowed."]),
        ([row("100.01")], ["100.01 CAD would change, more than the 100.00 allowed."]),
        (
            [row("60.00"), row("-60.00")],
            [
                "120.00 CAD would change, more than the 100.00 allowed.",
                "1 row(s) would lower Paid Amount or take Date Paid away.",
            ],
        ),
        ([row("60.00"), row("60.00", "USD")], []),
        ([row("-1.00", write=DELETE)], ["1 payment record(s) would be deleted in Manage."]),
        ([], []),
    ],
)
def test_what_is_out_of_the_ordinary_is_confirmed(rows: list[Proposal], words: list[str]) -> None:
    """Above the number, above the amount in any one currency whatever the signs, and every deletion."""
    assert [str(text) for text in cautions(rows, 0, Caps(rows=2, amount=Decimal("100.00")))] == words


def test_a_review_most_of_which_no_longer_holds_is_confirmed() -> None:
    """More than half of the approved rows have changed since; half is still ordinary."""
    caps = Caps(rows=9, amount=Decimal("900.00"))
    assert cautions([row("1.00")], 1, caps) == []
    assert [str(text) for text in cautions([row("1.00")], 2, caps)] == [
        "2 of 3 approved rows have changed since the review and would not be written."
    ]
    assert cautions([], 5, caps) == []
