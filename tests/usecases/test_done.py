"""A run that is done is done; a watermark from the future is none; clocks that disagree are said."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.values.errors import Refused, SetupError
from sync.core.values.messages import say
from sync.core.values.policy import PaidAmount, Policy
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Status
from sync.usecases.guards import require_clock
from sync.usecases.watch import watch
from tests.usecases.office import LAST_RUN, PAST_MONTH, Office, outcomes, statuses

CENT = Policy(tolerance=Decimal("0.01"))


def test_a_sync_that_approves_nothing_is_successful_and_what_is_held_comes_back(office: Office) -> None:
    """The watermark moves, a watch begins anew, and the held row is in every later run."""
    office.invoice(1001, "100.00", manage_total="110.00")
    office.receipt(1001, "100.00")
    first = office.sync()
    assert (statuses(first), office.ledger.last_success(first.run.company, None)) == (
        {"1001": "total_differs"},
        first.run,
    )
    office.clock.pass_by(timedelta(seconds=1))
    watched = watch(office.systems, office.rules, office.seat, None, lambda _: None)
    assert (watched.waiting, watched.review is not None, statuses(office.sync(LAST_RUN))) == (
        None,
        True,
        {"1001": "total_differs"},
    )


def test_a_day_that_has_not_come_is_no_watermark(office: Office) -> None:
    """A rehearsal a year ahead: the run before it counts, and the run says so."""
    office.sync()
    today = office.clock.day
    office.clock.day = date(2027, 4, 10)
    ahead = office.sync(LAST_RUN)
    office.clock.day = today
    later = office.sync(LAST_RUN)
    assert later.run.window.start == date(2026, 4, 9)
    assert say("sync-watermark-in-future", run=ahead.run.id, day=date(2027, 4, 10)) in later.run.notices


def test_where_every_watermark_lies_in_the_future_there_is_none(office: Office) -> None:
    """Another choice is asked for."""
    office.clock.day = date(2027, 4, 10)
    office.sync()
    office.clock.day = date(2026, 4, 10)
    with pytest.raises(SetupError):
        office.sync(LAST_RUN)


@pytest.mark.parametrize(("minutes", "said"), [(4, 0), (6, 1), (-6, 1), (1439, 1)])
def test_clocks_that_disagree_are_said_in_sync_and_push(office: Office, minutes: int, said: int) -> None:
    """More than five minutes, whichever is ahead."""
    office.site.clock_skew = timedelta(minutes=minutes)
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    review = office.sync()
    expected = [say("manage-clocks-apart", minutes=abs(minutes))] * said
    assert [each for each in review.run.notices if each in expected] == expected
    assert list(office.push(review).notices) == expected


def test_clocks_that_could_not_be_compared_are_said_in_sync_and_push(office: Office) -> None:
    """No answer that told the time is no agreement; nothing rests on Manage's clock, so that nothing is stopped."""
    office.site.clock_skew = None
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    review = office.sync()
    said = say("manage-clocks-not-compared")
    assert said in review.run.notices
    pushed = office.push(review)
    assert (list(pushed.notices), [posting.outcome for posting in pushed.postings]) == ([said], [Outcome.POSTED])


def test_a_site_that_was_not_asked_told_no_time(office: Office) -> None:
    """Nobody has asked it yet: there is nothing to say of its clock."""
    office.site.clock_skew = None
    assert require_clock(office.site) == ()


def test_what_the_site_makes_a_run_say_is_said_in_sync_and_push(office: Office) -> None:
    """Such as that it does not take the version of its API that is asked for."""
    remark = say("manage-version-given-up", version="2025.1", said="no")
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.site.remarks = (remark,)
    review = office.sync()
    assert remark in review.run.notices
    assert list(office.push(review).notices) == [remark]


def test_clocks_a_day_apart_stop_sync_and_push(office: Office) -> None:
    """Before anything is recorded or written."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    review = office.sync()
    office.site.clock_skew = timedelta(days=-1)
    with pytest.raises(Refused, match="manage-clocks-apart"):
        office.sync()
    with pytest.raises(Refused, match="manage-clocks-apart"):
        office.push(review)
    assert office.site.writes == []


@pytest.mark.parametrize("manage", ["448.39", "448.41"])
@pytest.mark.parametrize("paid_amount", list(PaidAmount))
def test_a_cent_of_tax_closes_on_both_sides(office: Office, manage: str, paid_amount: PaidAmount) -> None:
    """Whichever side has it and by either policy: pushed once, in agreement ever after, and the reason names it."""
    office.policy = replace(CENT, paid_amount=paid_amount)
    office.invoice(1001, "448.40", manage_total=manage)
    office.receipt(1001, "448.40")
    review = office.sync()
    (row,) = review.rows
    cent = say("row-total-apart-closed", sage=Decimal("448.40"), manage=Decimal(manage))
    assert (row.status, row.paid_proposed, cent.sentences[0] in row.reason.sentences) == (
        Status.READY,
        Decimal(manage),
        True,
    )
    assert outcomes(office.push(review)) == {"1001": Outcome.POSTED}
    assert office.site.invoices_[101_001].balance == Decimal("0.00")
    assert statuses(office.sync(PAST_MONTH)) == {"1001": "in_agreement"}


def test_without_a_tolerance_a_cent_is_a_difference(office: Office) -> None:
    """Nothing is proposed to be paid in full that is not."""
    office.invoice(1001, "448.40", manage_total="448.39")
    office.receipt(1001, "448.40")
    assert statuses(office.sync()) == {"1001": "total_differs"}


def test_a_part_payment_stays_what_it_is(office: Office) -> None:
    """Only what is paid in full closes."""
    office.policy = CENT
    office.invoice(1001, "448.40", manage_total="448.39")
    office.receipt(1001, "448.39")
    (row,) = office.sync().rows
    assert (row.paid_proposed, row.date_paid_proposed) == (Decimal("448.39"), None)
