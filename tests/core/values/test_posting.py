"""What is on record of a write, and what has to be confirmed before the first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.push_rules import Caps, cautions
from sync.core.values.messages import say
from sync.core.values.posting import (
    Intent,
    Outcome,
    Posting,
    attempts_by_key,
    posting_of,
    unsent,
    with_intents,
    without_posting,
)
from sync.core.values.proposal import Proposal
from sync.core.values.records import Action, Write
from sync.language.catalogues import ENGLISH
from tests.support.build import create, payment, proposal

DAY = date(2026, 4, 1)
SENT = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)
QUIET = timedelta(minutes=10)
CREATE = create(501, "100.00", DAY)
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
        attempt=1,
        write=write,
        paid_before=write.amount_before,
        paid_proposed=write.amount,
        records_before=before,
    )


def row(change: str, currency: str | None = "CAD", write: Write = CREATE) -> Proposal:
    """A row whose push changes Paid Amount by so much."""
    zero, amount = Decimal("0.00"), Decimal(change)
    return proposal(
        dated=DAY,
        currency=currency,
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
    assert [text.said(ENGLISH) for text in cautions(rows, 0, Caps(rows=2, amount=Decimal("100.00")))] == words


def test_a_review_most_of_which_no_longer_holds_is_confirmed() -> None:
    """More than half of the approved rows have changed since; half is still ordinary."""
    caps = Caps(rows=9, amount=Decimal("900.00"))
    assert cautions([row("1.00")], 1, caps) == []
    assert [text.said(ENGLISH) for text in cautions([row("1.00")], 2, caps)] == [
        "2 of 3 approved rows have changed since the review and would not be written."
    ]
    assert cautions([], 5, caps) == []


def told(outcome: Outcome, attempt: int | None, key: str = "1") -> Posting:
    """A posting of one attempt of a row."""
    return Posting(run="r", key=key, invoice="1001", outcome=outcome, message=say("x"), attempt=attempt)


def test_each_posting_is_joined_to_the_write_it_tells_of() -> None:
    """The silence and what settled it to the first, the second to its own; what was never sent to none."""
    first, again = intent(CREATE), replace(intent(CREATE), attempt=2, at=SENT + timedelta(hours=7))
    postings = [
        told(Outcome.UNKNOWN, 1),
        told(Outcome.REFUSED, 1),
        told(Outcome.STALE, None),
        told(Outcome.POSTED, 2),
        told(Outcome.POSTED, 2, "2"),
    ]
    pairs = with_intents(postings, [first, again])
    assert [(posting, joined) for posting, joined in pairs] == list(
        zip(postings, [first, first, None, again, None], strict=True)
    )


def test_a_write_that_no_posting_tells_of_is_found() -> None:
    """Whatever else is on record of its row."""
    first, again = intent(CREATE), replace(intent(CREATE), attempt=2)
    assert without_posting([first, again], [told(Outcome.UNKNOWN, 1), told(Outcome.REFUSED, None)]) == [again]
    assert without_posting([first], [told(Outcome.POSTED, 1, "2")]) == [first]


def test_attempts_are_counted_for_each_row() -> None:
    """A push after an undo goes on where it ended."""
    intents = [intent(CREATE), replace(intent(CREATE), attempt=3, undo=True), replace(intent(CREATE), key="2")]
    assert attempts_by_key(intents) == {"1": 3, "2": 1}


def test_a_posting_says_of_its_intent_what_was_sent() -> None:
    """Nothing is read back yet; where nothing was sent there is no attempt."""
    assert posting_of(replace(intent(CREATE), attempt=2), Outcome.UNKNOWN, say("x")) == Posting(
        run="r",
        key="1",
        invoice="1001",
        currency="CAD",
        outcome=Outcome.UNKNOWN,
        message=say("x"),
        invoice_id=501,
        paid_before=Decimal("0.00"),
        attempt=2,
    )
    assert unsent("r", "1", "1001", Outcome.STALE, say("x"), undo=True) == Posting(
        run="r", key="1", invoice="1001", outcome=Outcome.STALE, message=say("x"), undo=True
    )


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("verified", [True, False])
def test_only_what_manage_was_seen_to_show_is_as_approved(outcome: Outcome, verified: bool) -> None:  # noqa: FBT001 - a case
    """Whether this push wrote it or it was there already; a write that nobody has read back is not."""
    posting = replace(told(outcome, None), verified=verified)
    assert posting.as_approved is (verified and outcome in {Outcome.POSTED, Outcome.ALREADY})
