"""A push or an undo that is cut short with a request out: the row in flight is named among those that may be paid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.core.decide.write_outcome import in_doubt
from sync.core.prove.review import Review
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.messages import say
from sync.core.values.posting import NotSent, Outcome, Posting
from sync.core.values.records import Write
from sync.language.catalogues import ENGLISH
from sync.usecases.push import Stopped
from tests.support.english import ids
from tests.usecases.office import Office, statuses

IN_FLIGHT = (
    "Invoice 1002 was being written when this was cut short: Manage may now show 100.00 paid on 2026-04-07, or still "
    "what it showed before. Run the sync again after the quiet period; it finds out."
)


def three(office: Office) -> Review:
    """Three invoices to be paid in full."""
    for number in (1001, 1002, 1003):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    return office.sync()


def interrupt(write: Write) -> None:
    """Ctrl-C while the request of the second row is out."""
    if write.invoice_id == 101_002:
        raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["before Manage took it", "after Manage took it"])
def test_the_row_in_flight_is_named_with_its_amount(office: Office, moment: str) -> None:
    """Whether Manage took it or not, nobody knows; the row before it is posted, and the next sync finds out."""
    review = three(office)
    setattr(office.site, "before_write" if moment.startswith("before") else "after_write", interrupt)
    with pytest.raises(Stopped) as stopped:
        office.push(review)
    found = stopped.value
    assert [(posting.invoice, posting.outcome) for posting in found.ended] == [("1001", Outcome.POSTED)]
    assert found.in_flight is not None
    assert (found.in_flight.invoice, found.in_flight.outcome) == ("1002", Outcome.UNKNOWN)
    assert found.said(ENGLISH).splitlines() == [
        IN_FLIGHT,
        "It was cut short; run the sync again, and it finds out what was written.",
    ]
    assert found.told == (*found.ended, found.in_flight)
    (doubtful,) = office.ledger.in_doubt(review.run.company)
    assert in_doubt(doubtful).said(ENGLISH) == (
        f"Run {review.run.id}, invoice 1002: whether Manage now shows 100.00 paid on 2026-04-07 is not known. Run the "
        "sync again after the quiet period; it finds out."
    )
    office.site.before_write = office.site.after_write = lambda _: None
    office.clock.pass_by(timedelta(minutes=11))
    taken = moment.startswith("after")
    assert statuses(office.sync())["1002"] == ("in_agreement" if taken else "ready")


def test_on_paper_it_is_told_the_same(office: Office) -> None:
    """The sheet's Outcome and the pack come from the ledger, which has the intent alone."""
    review = three(office)
    office.site.before_write = interrupt
    with pytest.raises(Stopped) as stopped:
        office.push(review)
    assert office.audit(review.run.id).postings["1002"] == stopped.value.in_flight


def test_an_ending_that_was_read_and_not_recorded_is_told_as_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after the answer: what Manage shows is said, and that it is not on record."""
    review = three(office)
    conclude = office.ledger.conclude

    def full(posting: Posting) -> None:
        if posting.invoice == "1002":
            raise SetupError(say("cause-disk-full"))
        conclude(posting)

    monkeypatch.setattr(office.ledger, "conclude", full)
    with pytest.raises(Stopped, match="cause-disk-full") as stopped:
        office.push(review)
    assert stopped.value.in_flight is not None
    assert ids(stopped.value.in_flight.message) == [
        "push-written-and-read-back",
        "push-outcome-unrecorded",
        "push-unanswered-sync-later",
    ]
    assert (stopped.value.in_flight.outcome, stopped.value.in_flight.verified) == (Outcome.UNKNOWN, False)
    assert str(stopped.value.in_flight.paid_after) == "100.00"
    assert len(office.site.writes) == 2


def test_between_two_rows_nothing_is_in_flight(office: Office) -> None:
    """What was recorded is told; an intent that could not be kept was never sent."""
    review = three(office)

    def read(_: object) -> None:
        if len(office.site.writes) == 1 and office.site.records[101_001] and office.ledger.postings(review.run.id):
            raise KeyboardInterrupt

    office.site.before_payments = read
    with pytest.raises(Stopped) as stopped:
        office.push(review)
    assert (len(stopped.value.ended), stopped.value.in_flight) == (1, None)
    assert stopped.value.told == stopped.value.ended


def test_before_the_first_row_it_ends_as_ever(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was written, and nothing but the interruption is to be told."""
    review = three(office)

    def read(_: object) -> None:
        raise KeyboardInterrupt

    office.site.before_payments = read
    with pytest.raises(KeyboardInterrupt):
        office.push(review)

    def full(_: object) -> None:
        raise SetupError(say("cause-disk-full"))

    office.site.before_payments = lambda _: None
    monkeypatch.setattr(office.ledger, "intend", full)
    with pytest.raises(SetupError):
        office.push(review)
    assert office.site.writes == []


def test_an_undo_names_its_row_too(office: Office) -> None:
    """And a defect of Tieout's is told apart from an interruption."""
    review = three(office)
    office.push(review)
    office.clock.pass_by(timedelta(seconds=1))

    def broken(write: Write) -> None:
        if write.invoice_id == 101_002:
            raise RuntimeError

    office.site.after_write = broken
    with pytest.raises(TieoutError) as stopped:
        office.undo(review.run.id)
    assert isinstance(stopped.value, Stopped)
    assert isinstance(stopped.value.cause, RuntimeError)
    assert stopped.value.in_flight is not None
    assert stopped.value.in_flight.message.said(ENGLISH).startswith(
        "Invoice 1002 was being written when this was cut short: Manage may now show 0.00 paid without a date"
    )


def test_one_that_was_never_sent_is_not_in_flight(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Manage was too busy: its refusal is on record when the wait for another try is interrupted."""
    review = three(office)
    office.site.before_write = lambda write: (
        NotSent(message=say("Busy."), wait=5.0) if write.invoice_id == 101_002 else None
    )

    def sleep(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(office.clock, "sleep", sleep)
    with pytest.raises(Stopped) as stopped:
        office.push(review)
    assert (len(stopped.value.ended), stopped.value.in_flight) == (1, None)
    assert outcomes_of(office, review)["1002"] is Outcome.REFUSED


def outcomes_of(office: Office, review: Review) -> dict[str, Outcome]:
    """What is on record."""
    return {posting.invoice: posting.outcome for posting in office.ledger.postings(review.run.id).values()}
