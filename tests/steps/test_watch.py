"""A watch: a sync that takes no review out of anybody's hands."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync import steps
from sync.core.errors import Refused, SetupError, Unavailable
from sync.core.journal import Phase
from sync.core.periods import Since
from sync.core.policy import Policy
from sync.core.review import Review
from sync.core.words import say
from sync.undo import undo
from sync.watch import Watched, notice, watch
from tests.steps.office import LAST_RUN, PAST_MONTH, Office, statuses


def watched(office: Office, since: Since | None = None, shown: list[Review] | None = None) -> Watched:
    """A watch, a moment after the last thing that happened."""
    office.clock.pass_by(timedelta(seconds=1))
    return watch(office.desk, since, (shown if shown is not None else []).append)


def paid(office: Office, number: int) -> None:
    """An invoice that is paid in Sage and not yet in Manage."""
    office.invoice(number, "113.00")
    office.receipt(number, "113.00")


def test_the_first_watch_is_a_sync_of_the_past_month(office: Office) -> None:
    """It is shown, can be pushed, and writes nothing to Manage."""
    paid(office, 1001)
    shown: list[Review] = []
    found = watched(office, shown=shown)
    assert (found.review, found.waiting, shown) == (shown[0], None, [found.review])
    assert (shown[0].run.window.choice, office.site.writes) == ("past-month", [])
    assert str(notice(found)) == "1 ready, 0 held, 0 reopened."
    assert office.push(shown[0]).successful


def test_after_a_successful_run_a_watch_begins_there(office: Office) -> None:
    """Last Successful Run, as a person would choose."""
    office.sync()
    review = watched(office).review
    assert review is not None
    assert review.run.window.choice == "last-run"


def test_a_review_that_is_worked_on_is_left_alone(office: Office) -> None:
    """What has changed since is said; nothing is recorded; the review can be pushed as it was."""
    paid(office, 1001)
    paid(office, 1002)
    office.invoice(1003, "50.00", manage_total="60.00")
    office.receipt(1003, "50.00")
    review, shown = office.sync(), list[Review]()
    head = office.ledger.head()
    assert watched(office, shown=shown).waiting is not None
    paid(office, 1004)
    office.receipt(1002, "1.00")
    found = watched(office, shown=shown)
    assert (office.ledger.head(), shown, office.site.writes) == (head, [], [])
    assert found.waiting is not None
    assert (found.waiting.run, found.waiting.changed, found.waiting.new) == (review.run, 1, 1)
    said = str(notice(found))
    assert said.startswith(f"2 ready, 2 held, 0 reopened. The review of run {review.run.id} (marie, 2026-04-10)")
    assert "Changed rows since then: 1; new ones: 1." in said
    assert [p.outcome.value for p in office.push(review).postings] == ["posted", "stale"]


def test_nothing_has_changed_since_a_moment_ago(office: Office) -> None:
    """Rows in agreement, whose records are not read twice, are no change."""
    paid(office, 1001)
    office.invoice(1002, "80.00", office.record(1002, "80.00", paid_on=office.receipt(1002, "80.00").dated))
    assert sorted(statuses(office.sync()).values()) == ["in_agreement", "ready"]
    found = watched(office)
    assert found.waiting is not None
    assert (found.waiting.changed, found.waiting.new) == (0, 0)


def test_the_review_of_an_earlier_watch_waits_too(office: Office) -> None:
    """Somebody may have it open."""
    paid(office, 1001)
    first = watched(office).review
    assert first is not None
    assert watched(office).review is None
    assert office.push(first).successful


def test_a_push_ends_the_wait_though_rows_were_left_at_no(office: Office) -> None:
    """They are held, and come back in the review of the watch."""
    paid(office, 1001)
    paid(office, 1002)
    office.push(office.sync(), approve={"1002": False})
    found = watched(office, LAST_RUN)
    assert found.review is not None
    assert statuses(found.review)["1002"] == "ready"


def test_a_push_that_broke_off_is_still_waited_for(office: Office) -> None:
    """The same file is to be pushed again."""
    paid(office, 1001)
    review = office.sync()
    office.site.down = True
    with pytest.raises(Unavailable):
        office.push(review)
    office.site.down = False
    assert watched(office).review is None
    assert office.push(review).successful


def test_an_undo_ends_the_wait(office: Office) -> None:
    """Nothing of an undone review can be pushed."""
    paid(office, 1001)
    review = office.sync()
    office.push(review)
    undo(office.desk, review.run.id, lambda *_: True)
    assert watched(office).review is not None


def test_a_review_that_nobody_was_shown_holds_nothing_up(office: Office) -> None:
    """It could not be written; the one before it still waits, if there is one."""
    paid(office, 1001)

    def broken(_: Review) -> None:
        raise SetupError(say("no room"))

    with pytest.raises(SetupError):
        steps.sync(office.desk, PAST_MONTH, show=broken)
    first = watched(office).review
    assert first is not None
    office.clock.pass_by(timedelta(seconds=1))
    with pytest.raises(SetupError):
        steps.sync(office.desk, PAST_MONTH, show=broken)
    again = watched(office)
    assert again.waiting is not None
    assert again.waiting.run == first.run


def test_a_review_that_can_no_longer_be_pushed_holds_nothing_up(office: Office) -> None:
    """The settings that decide have changed since."""
    paid(office, 1001)
    review = office.sync()
    office.policy = replace(Policy(), tolerance=Decimal("0.05"))
    assert watched(office).review is not None
    with pytest.raises(Refused, match="was replaced"):
        office.push(review)


def test_a_rebuilt_ledger_holds_nothing_up(office: Office) -> None:
    """Its first run is nobody's review."""
    paid(office, 1001)
    steps.rebuild(office.desk)
    assert [entry.end.phase for entry in office.ledger.history() if entry.end] == [Phase.REBUILD]
    assert watched(office).review is not None
