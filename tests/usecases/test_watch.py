"""A watch: a sync that takes no review out of anybody's hands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import Former
from sync.core.prove.review import Decided, Evidence, Review, Reviewed
from sync.core.values.errors import Refused, SetupError, Unavailable
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision
from sync.core.values.runs import Head, NotedHead, Phase, run_state
from sync.language.catalogues import ENGLISH
from sync.usecases.sync import rebuild, sync
from sync.usecases.watch import NOTICE, Watched, keep_notice, needs_a_person, nothing_returned, notice, watch
from tests.support.english import ids
from tests.usecases.office import LAST_RUN, PAST_MONTH, Office, statuses


def watched(
    office: Office,
    since: Since | None = None,
    shown: list[Review] | None = None,
    returned: Callable[[Reviewed], Decided | None] = nothing_returned,
) -> Watched:
    """A watch, a moment after the last thing that happened."""
    office.clock.pass_by(timedelta(seconds=1))
    show = (shown if shown is not None else []).append

    def printed(reviewed: Reviewed) -> Decided | None:
        found = returned(reviewed)
        if found is None or found.printed is not None:
            return found
        return replace(found, printed=NotedHead(head=office.ledger.head(), where="review.xlsx"))

    return watch(office.systems, office.rules, office.seat, since, show, printed)


def of_another_ledger(reviewed: Reviewed) -> Decided:
    """A file whose head this ledger does not hold."""
    head = Head(rows=1, hash="f" * 64)
    return replace(file()(reviewed), printed=NotedHead(head=head, where="review.xlsx"))


def file(missing: int = 0, **said: Any) -> Callable[[Reviewed], Decided]:  # noqa: ANN401 - fields of Decision
    """The file of a review: as it was shown, or with something said of its first row."""

    def returned(reviewed: Reviewed) -> Decided:
        first, *others = (Decision(key=row.key, approve=row.approve) for row in reviewed.rows.values())
        decisions = (replace(first, **said), *others)
        return Decided(run=reviewed.run.id, decisions=decisions, missing=missing)

    return returned


def unreadable(_: Reviewed) -> Decided:
    """A file that somebody has open."""
    raise Refused(say("file-open-by"))


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
    assert (shown[0].run.window.since.choice, office.site.writes) == (Choice.PAST_MONTH, [])
    assert notice(found).said(ENGLISH) == "1 ready, 0 held, 0 of them reopened."
    assert office.push(shown[0]).successful


def test_after_a_successful_run_a_watch_begins_there(office: Office) -> None:
    """Last Successful Run, as a person would choose."""
    office.sync()
    review = watched(office).review
    assert review is not None
    assert review.run.window.since.choice is Choice.LAST_RUN


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
    said = notice(found).said(ENGLISH)
    assert said.startswith(f"2 ready, 2 held, 0 of them reopened. The review of run {review.run.id} (marie")
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


def test_a_file_that_nobody_touched_makes_way_each_day(office: Office) -> None:
    """Rows are ready in it, and it is as it was shown: the next morning there is a fresh one."""
    paid(office, 1001)
    first = watched(office).review
    office.clock.day = date(2026, 4, 11)
    paid(office, 1002)
    second = watched(office, returned=file()).review
    assert first is not None
    assert second is not None
    assert statuses(second) == {"1001": "ready", "1002": "ready"}


@pytest.mark.parametrize(
    "returned",
    [
        file(approve=False),
        file(note="Ask Luc"),
        file(owner="Luc"),
        file(until=date(2026, 5, 1)),
        file(no_day="May"),
        file(missing=1),
        unreadable,
        of_another_ledger,
    ],
    ids=["a decision", "a note", "an owner", "a day", "no day", "a row deleted", "open", "of another ledger"],
)
def test_a_file_that_somebody_touched_is_left_alone(
    office: Office, returned: Callable[[Reviewed], Decided | None]
) -> None:
    """Even one in which no row is ready any more."""
    paid(office, 1001)
    first = watched(office).review
    assert first is not None
    head = office.ledger.head()
    found = watched(office, returned=returned).waiting
    assert found is not None
    assert (found.run, office.ledger.head()) == (first.run, head)


def test_while_only_held_rows_remain_each_day_has_a_fresh_review(office: Office) -> None:
    """The watermark moves with it, and the history calls it done."""
    office.invoice(1001, "100.00", manage_total="110.00")
    office.receipt(1001, "100.00")
    days = [date(2026, 4, day) for day in (10, 11, 12)]
    for day in days:
        office.clock.day = day
        review = watched(office, returned=file()).review
        assert review is not None
        assert statuses(review) == {"1001": "total_differs"}
        assert office.ledger.last_success(review.run.company, office.person) == review.run
    assert [run_state(entry) for entry in office.ledger.history()] == [say("nothing-to-push")] * 3


def test_what_was_said_in_a_file_after_its_push_is_on_record_first(office: Office) -> None:
    """The new review keeps it; a day that cannot be is said in it; a file that is open is named, and left."""
    paid(office, 1001)
    first = watched(office).review
    assert first is not None
    office.push(first, approve={"1001": False})
    again = watched(office, returned=file(approve=False, note="Ask Luc", no_day="May")).review
    assert again is not None
    assert (again.rows[0].hold is not None, again.open_items["1001"].note) == (True, "Ask Luc")
    assert [id_ for text in again.run.notices for id_ in ids(text)][:1] == ["hold-day-unread"]
    office.push(again, approve={"1001": False})
    open_still = watched(office, returned=unreadable).review
    assert open_still is not None
    assert "file-open-by" in [id_ for text in open_still.run.notices for id_ in ids(text)]


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
    office.undo(review.run.id)
    assert watched(office).review is not None


def test_a_review_that_nobody_was_shown_holds_nothing_up(office: Office) -> None:
    """It could not be written; the one before it still waits, if there is one."""
    paid(office, 1001)

    def broken(_: Review) -> None:
        raise SetupError(say("no room"))

    with pytest.raises(SetupError):
        sync(office.systems, office.rules, office.seat, PAST_MONTH, show=broken)
    first = watched(office).review
    assert first is not None
    office.clock.pass_by(timedelta(seconds=1))
    with pytest.raises(SetupError):
        sync(office.systems, office.rules, office.seat, PAST_MONTH, show=broken)
    again = watched(office)
    assert again.waiting is not None
    assert again.waiting.run == first.run


def test_a_review_that_can_no_longer_be_pushed_holds_nothing_up(office: Office) -> None:
    """The settings that decide have changed since."""
    paid(office, 1001)
    review = office.sync()
    office.policy = replace(Policy(), tolerance=Decimal("0.05"))
    assert watched(office).review is not None
    with pytest.raises(Refused, match="push-workbook-superseded"):
        office.push(review)


def test_a_review_that_cannot_be_read_is_taken_out_of_nobody_s_hands(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schedule may run an older Tieout than the person: it says so, and leaves the review alone."""
    paid(office, 1001)
    review = office.sync()

    def newer(_: str) -> Evidence:
        raise Refused(say("ledger-of-newer-version", path="ledger.db"))

    with monkeypatch.context() as older:
        older.setattr(office.ledger, "evidence", newer)
        with pytest.raises(Refused, match="ledger-of-newer-version"):
            watched(office)
    assert office.push(review).successful


def test_a_rebuilt_ledger_holds_nothing_up(office: Office) -> None:
    """Its first run is nobody's review."""
    paid(office, 1001)
    rebuild(office.systems, office.rules, office.seat, Former())
    assert [entry.end.phase for entry in office.ledger.history() if entry.end] == [Phase.REBUILD]
    assert watched(office).review is not None


def test_a_notice_says_that_the_run_has_notes(office: Office) -> None:
    """Whoever comes in looks for them."""
    office.books.notices = (say("sage-rows-skipped"),)
    assert ids(notice(watched(office))) == ["watch-row-counts", "watch-run-has-notes"]


def test_a_document_that_is_gone_since_the_review_counts_as_changed(office: Office) -> None:
    """As a push would find it."""
    paid(office, 1001)
    office.sync()
    office.books.documents.pop()
    found = watched(office).waiting
    assert found is not None
    assert found.changed == 1


def test_a_document_that_is_gone_with_all_its_rows_counts_as_changed(office: Office) -> None:
    """Nothing of it can be read any more."""
    paid(office, 1001)
    paid(office, 1002)
    office.sync()
    gone = office.books.documents.pop()
    office.books.entries = [row for row in office.books.entries if row.document_id != gone.id]
    found = watched(office).waiting
    assert found is not None
    assert found.changed == 1


def test_a_notice_is_kept_where_it_can_be(tmp_path: Path) -> None:
    """In the folder; where there is none, nothing stops."""
    keep_notice(tmp_path, "Été")
    keep_notice(tmp_path / "nowhere", "Été")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [(NOTICE, "Été\n")]


def test_what_was_settled_at_the_review_and_still_is_has_not_changed(office: Office) -> None:
    """Another receipt with its payment in Manage beside it leaves nothing to do."""
    paid(office, 1001)
    office.invoice(1002, "50.00", office.record(1002, "40.00", record_id=5))
    office.receipt(1002, "40.00")
    assert statuses(office.sync())["1002"] == "in_agreement"
    office.receipt(1002, "5.00")
    office.site.add(office.site.invoices_[101_002], office.record(1002, "45.00", record_id=5))
    found = watched(office).waiting
    assert found is not None
    assert found.changed == 0


def test_who_has_nothing_to_do_is_not_called(office: Office) -> None:
    """Windows shows a notification where something is ready, has reopened or changed, and on no other morning."""
    assert not needs_a_person(watched(office))
    paid(office, 1001)
    first = watched(office)
    assert first.review is not None
    assert needs_a_person(first)
    assert office.push(first.review).successful
    assert not needs_a_person(watched(office))


def test_a_change_beside_a_review_that_waits_calls_somebody(office: Office) -> None:
    """Though nothing is ready any more."""
    paid(office, 1001)
    office.sync()
    found = watched(office)
    assert found.waiting is not None
    calm = replace(found, rows=(), waiting=replace(found.waiting, new=0, changed=0))
    changed = replace(calm, waiting=replace(found.waiting, new=0, changed=1))
    assert (needs_a_person(calm), needs_a_person(changed)) == (False, True)
