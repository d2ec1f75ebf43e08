"""A row held to a day: released by itself on that day, and nothing that was typed there is dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import with_holds
from sync.core.prove.review import Review
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Outcome
from sync.core.values.proposal import Hold, Proposal, Status
from tests.support.english import ids
from tests.usecases.office import TODAY, Office, outcomes
from tests.usecases.test_holds import keep, paid, row_of

DAY = date(2026, 4, 15)
KEY = "1001"


def on(office: Office, day: date) -> None:
    """Make it that day, by `--today`."""
    office.clock.day = day


def typed(review: Review, key: str = KEY, **said: Any) -> list[Decision]:  # noqa: ANN401 - fields of Decision
    """What a sheet says in which a row was decided on, and all others are as proposed."""
    shown = {row.key: row.hold.until if row.hold else None for row in review.rows}
    plain = {row.key: Decision(key=row.key, approve=row.approve, until=shown[row.key]) for row in review.rows}
    return list((plain | {key: replace(plain[key], **said)}).values())


def held(office: Office, **said: Any) -> Sequence[Text]:  # noqa: ANN401 - fields of Decision
    """Hold 1001 on the tenth to the fifteenth, or say something else of it."""
    paid(office, 1001, 1002)
    review = office.sync()
    return keep(office, review, typed(review, **{"approve": False, "until": DAY, "note": "Call Luc", **said}))


def test_it_is_released_by_itself_on_its_day_and_not_before(office: Office) -> None:
    """Who, since when, until when and why; on the day it is proposed as any other, and says that it was held."""
    assert held(office) == ()
    on(office, date(2026, 4, 14))
    row = row_of(office.sync())
    words = say("row-held-by-until", user="marie", day=TODAY, until=DAY) + say("row-held-note", note="Call Luc")
    assert (row.approve, row.reason.sentences[:2]) == (False, words.sentences)
    assert row.next_step == say("row-held-until-day", until=DAY)
    on(office, DAY)
    review = office.sync()
    words = say("row-hold-ended", user="marie", day=TODAY, until=DAY) + say("row-held-note", note="Call Luc")
    assert (row_of(review).approve, row_of(review).hold, row_of(review).reason.sentences[:2]) == (
        True,
        None,
        words.sentences,
    )
    assert outcomes(office.push(review)) == {"1001": Outcome.POSTED, "1002": Outcome.POSTED}
    office.receipt(1001, "60.00")
    assert row_of(office.sync()).reason.sentences[0].id == "row-paid-in-full-by"


def test_a_sheet_from_before_its_day_says_nothing_new_afterwards(office: Office) -> None:
    """Pushed once more after the day, as it stands: the hold ends all the same, and nothing is said."""
    paid(office, 1001)
    review = office.sync()
    decisions = typed(review, approve=False, until=DAY)
    keep(office, review, decisions)
    shown = office.sync()
    on(office, date(2026, 4, 20))
    assert keep(office, review, decisions) == ()
    assert keep(office, review, typed(review, until=DAY)) == ()
    assert keep(office, shown, typed(shown)) == ()
    assert row_of(office.sync()).approve is True


@pytest.mark.parametrize("changed", [date(2026, 5, 1), None], ids=["a later day", "no day"])
def test_another_day_is_another_word(office: Office, changed: date | None) -> None:
    """A later day moves it; an emptied cell holds until a Yes."""
    held(office)
    review = office.sync()
    keep(office, review, typed(review, until=changed))
    on(office, date(2026, 4, 20))
    row = row_of(office.sync())
    assert (row.approve, row.hold.until if row.hold else "none") == (False, changed)


def test_a_yes_releases_it_sooner(office: Office) -> None:
    """The day that was shown may stand: it is the Yes that is new."""
    held(office)
    review = office.sync()
    assert office.push_decided(review.run.id, typed(review, approve=True)).notices == ()
    assert office.shown(1001)[0] == "40.00"


def test_a_no_after_its_day_is_a_hold_of_its_own(office: Office) -> None:
    """Without a day: until a Yes."""
    held(office)
    on(office, DAY)
    review = office.sync()
    keep(office, review, typed(review, approve=False))
    row = row_of(office.sync())
    assert row.hold is not None
    assert row.hold.until is None


def test_a_day_that_is_typed_holds_though_approve_says_yes(office: Office) -> None:
    """It is the row's default that still stands there; the push says so, once more when it is repeated."""
    paid(office, 1001, 1002)
    review = office.sync()
    over = say("hold-day-over-yes", invoice="1001", until=DAY)
    for expected in (Outcome.POSTED, Outcome.ALREADY):
        pushed = office.push_decided(review.run.id, typed(review, until=DAY))
        assert (outcomes(pushed), pushed.notices) == ({"1002": expected}, (over,))
    assert row_of(office.sync()).hold is not None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"until": TODAY}, say("hold-day-past", invoice="1001", until=TODAY, day=TODAY)),
        ({"until": None, "no_day": "mid-May"}, say("hold-day-unread", invoice="1001", found="mid-May")),
    ],
    ids=["not to come", "no day"],
)
def test_a_day_that_cannot_be_is_said(office: Office, wrong: dict[str, Any], why: Text) -> None:
    """Whatever Approve says, the row is held until a Yes."""
    assert held(office, **wrong) == (why + say("hold-day-not-taken"),)
    review = office.sync()
    pushed = office.push_decided(review.run.id, typed(review, "1002", **wrong))
    assert (pushed.postings, ids(pushed.notices[0])[1:]) == ((), ["hold-day-not-taken"])
    holds = [row.hold for row in office.sync().rows]
    assert [hold and hold.until for hold in holds] == [None, None]
    assert None not in holds


def test_a_day_holds_what_nobody_would_have_approved_yet(office: Office) -> None:
    """The totals differ: No by default, and so held by nobody; but a day was typed, and what is ready by then waits."""
    office.invoice(1001, "100.00", manage_total="110.00")
    office.receipt(1001, "100.00")
    review = office.sync()
    assert (row_of(review).status, row_of(review).approve) == (Status.TOTAL_DIFFERS, False)
    keep(office, review, typed(review, until=DAY))
    office.site.invoices_[101_001] = replace(office.site.invoices_[101_001], total=row_of(review).sage_total or 0)
    row = row_of(office.sync())
    assert (row.status, row.approve) == (Status.READY, False)
    on(office, DAY)
    assert row_of(office.sync()).approve is True


def test_rows_that_cannot_be_approved_show_the_day_and_closed_ones_nothing(office: Office) -> None:
    """What to do about them stays as it was."""
    paid(office, 1001)
    plain = row_of(office.sync())
    hold = Hold(key=KEY, invoice="1001", customer_id=7, user="luc", at=office.clock.now(), note="", owner="", until=DAY)

    def judged(**changes: Any) -> Proposal:  # noqa: ANN401 - fields of Proposal
        (row,) = with_holds([replace(plain, write=None, **changes)], {KEY: hold}, TODAY)
        return row

    absent, closed = judged(status=Status.NOT_IN_MANAGE), judged(status=Status.IN_AGREEMENT)
    assert (absent.hold, absent.next_step) == (hold, plain.next_step)
    assert (closed.hold, closed.reason) == (None, plain.reason)


def test_what_stands_on_a_sheet_of_before_keeps_its_note(office: Office) -> None:
    """An older sheet on which nobody did anything records nothing at all."""
    paid(office, 1001)
    older = office.sync()
    office.clock.pass_by(timedelta(seconds=1))
    office.sync()
    head = office.ledger.head()
    keep(office, older, typed(older))
    assert office.ledger.head() == head
