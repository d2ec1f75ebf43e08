"""Around the rows of a push: what was not sent, why, and how all of it ended, word for word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync import steps
from sync.core.caps import Caps
from sync.core.errors import Refused
from sync.core.journal import Phase, RunEnd
from sync.core.posting import Decision, NotApplied, Outcome, Posting
from sync.core.review import Decided
from sync.core.words import Text, say
from tests.steps.office import LAST_RUN, PERSON, Office, outcomes
from tests.support.fakes import SILENCE, NoProgress

APRIL_7 = date(2026, 4, 7)


def paid_in_full(office: Office, *numbers: int) -> None:
    """Invoices of 100.00 with a receipt each."""
    for number in numbers:
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")


def unsent(run: str, number: int, outcome: Outcome, message: Text) -> Posting:
    """A posting of a row that was not sent: nothing is known but why."""
    return Posting(run=run, key=str(number), invoice=str(number), outcome=outcome, message=message)


def test_what_somebody_typed_meanwhile_is_recorded_as_found(office: Office) -> None:
    """Already, verified by the reading, with what stands there now."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.site.add(office.site.invoices_[101_001], office.record(1001, "100.00", APRIL_7))
    (posting,) = office.push(review).postings
    assert posting == Posting(
        run=review.run.id,
        key="1001",
        invoice="1001",
        currency="CAD",
        outcome=Outcome.ALREADY,
        message=say("Manage already shows what Sage says; nothing was sent."),
        invoice_id=101_001,
        paid_before=Decimal("100.00"),
        paid_after=Decimal("100.00"),
        date_paid_after=APRIL_7,
        verified=True,
    )
    assert office.ledger.postings(review.run.id) == {"1001": posting}


def test_what_was_pushed_before_keeps_what_is_on_record(office: Office) -> None:
    """Only outcome and message speak of this push; the ledger keeps the first posting."""
    paid_in_full(office, 1001)
    review = office.sync()
    (first,) = office.push(review).postings
    (second,) = office.push(review).postings
    message = say("Pushed before from this same review; nothing was sent.")
    assert second == replace(first, outcome=Outcome.ALREADY, message=message)
    before = office.ledger.head().rows
    office.push(review)
    assert office.ledger.head().rows - before == 2  # what was decided, and the end of the push
    assert office.ledger.postings(review.run.id) == {"1001": first}


def test_each_row_that_was_not_sent_says_why(office: Office) -> None:
    """Refused as it stands in the workbook, gone from Sage, changed in Sage, changed in Manage: all on record."""
    paid_in_full(office, 1001, 1002, 1003, 1004)
    office.invoice(1005, "100.00", manage_total="80.00")
    office.receipt(1005, "40.00")
    review = office.sync()
    office.books.documents = [d for d in office.books.documents if d.id != 1002]
    office.row(1003, "30.00", number="NSF")
    office.site.add(office.site.invoices_[101_004], office.record(1004, "30.00"))
    office.row(1005, "5.00", kind=0)
    decided = [Decision(key="9999", approve=True), Decision(key="1001", approve=True, objection=say("Edited."))]
    decided += [Decision(key=str(number), approve=True) for number in (1002, 1003, 1004, 1005)]
    run, rows = steps.reviewed_rows(office.desk, review.run.id)
    found = steps.push(office.desk, run, rows, Decided(run=run.id, decisions=tuple(decided)), lambda *_: True)
    says = {
        1001: "Edited.",
        1002: "Sage no longer holds this invoice, so nothing was sent. Run the sync again.",
        1003: "Sage has changed since the review (100.00 settled then, 70.00 now), so nothing was sent. Run the sync "
        "again and review it.",
        1004: "Manage has changed since the review (0.00 paid then, 30.00 now), so nothing was sent. Run the sync "
        "again and review it.",
        1005: "Sage has changed since the review (40.00 settled then, 40.00 now), so nothing was sent. Run the sync "
        "again and review it.",
        9999: "This row cannot be approved. Change Approve to No.",
    }
    assert {int(p.key): str(p.message) for p in found.postings} == says
    assert [p.key for p in found.postings] == [*rows, "9999"]
    assert {p.invoice for p in found.postings} == {*rows, ""}
    assert office.ledger.postings(run.id) == {p.key: p for p in found.postings}
    assert {p.key for p in found.postings if p.outcome is Outcome.REFUSED} == {"1001", "9999"}


def test_a_date_alone_that_changed_in_sage_is_said_to_be_sage_s(office: Office) -> None:
    """The amount is the same; the day it was paid in full is not."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.books.entries[-1] = replace(office.books.entries[-1], dated=date(2026, 4, 8))
    (posting,) = office.push(review).postings
    assert str(posting.message).startswith("Sage has changed since the review (100.00 settled then, 100.00 now)")


def test_an_amount_that_can_no_longer_be_read_is_shown_as_a_dash(office: Office) -> None:
    """Never as zero."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.books.entries[-1] = replace(office.books.entries[-1], amount=None, flaw=say("Empty."))
    (posting,) = office.push(review).postings
    assert "(100.00 settled then, - now)" in str(posting.message)


def test_an_invoice_in_doubt_says_so(office: Office) -> None:
    """Nothing is sent, and the next step is said."""
    paid_in_full(office, 1001)
    office.site.before_write = lambda _: SILENCE
    review = office.sync()
    office.push(review)
    (posting,) = office.push(review).postings
    message = say(
        "An earlier write to this invoice got no answer and may still arrive, so nothing was sent. "
        "Push again after the quiet period."
    )
    assert posting == unsent(review.run.id, 1001, Outcome.UNKNOWN, message)


def test_what_both_agree_on_now_but_nobody_approved_is_stale(office: Office) -> None:
    """Another receipt, and the same typed in Manage: in agreement, though not on what was reviewed."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    review = office.sync()
    office.receipt(1001, "10.00")
    office.site.add(office.site.invoices_[101_001], office.record(1001, "50.00"))
    assert outcomes(office.push(review)) == {"1001": Outcome.STALE}


@pytest.mark.parametrize(
    ("reply", "sent", "message"),
    [
        (
            NotApplied(message=say("No."), stop=True),
            1,
            "Not sent: Manage refused the login or its permission on an earlier row. Correct it, then try again.",
        ),
        (SILENCE, 3, "Not sent: Manage stopped answering. Try again when it does."),
    ],
)
def test_rows_after_a_stop_are_refused_on_record(office: Office, reply: NotApplied, sent: int, message: str) -> None:
    """Each says why it was not sent, and belongs to this push."""
    paid_in_full(office, 1001, 1002, 1003, 1004, 1005)
    office.site.before_write = lambda _: reply
    review = office.sync()
    pushed = office.push(review)
    rest = [unsent(review.run.id, number, Outcome.REFUSED, say(message)) for number in range(1001 + sent, 1006)]
    assert list(pushed.postings[sent:]) == rest
    assert list(office.ledger.postings(review.run.id).values())[sent:] == rest


def test_silences_that_do_not_follow_each_other_stop_nothing(office: Office) -> None:
    """An answer in between shows that Manage is there."""
    numbers = range(1001, 1007)
    paid_in_full(office, *numbers)
    office.site.before_write = lambda write: None if write.invoice_id == 101_003 else SILENCE
    found = outcomes(office.push(office.sync()))
    assert [found[str(number)].value for number in numbers] == ["unknown"] * 2 + ["posted"] + ["unknown"] * 3


def test_the_end_of_a_push_is_on_record(office: Office) -> None:
    """Who, when, how many rows ended how, and that it was not successful."""
    paid_in_full(office, 1001, 1002, 1003)
    office.site.before_write = lambda write: NotApplied(message=say("No.")) if write.invoice_id == 101_002 else None
    review = office.sync()
    pushed = office.push(review)
    (summary,) = office.ledger.history()
    assert summary.end == RunEnd(
        run=review.run.id,
        phase=Phase.PUSH,
        at=datetime(2026, 4, 10, 13, 30, 1, tzinfo=UTC),
        person=PERSON,
        successful=False,
        outcomes={Outcome.POSTED: 2, Outcome.REFUSED: 1},
    )
    assert (pushed.run, pushed.rows, pushed.successful) == (review.run, {r.key: r for r in review.rows}, False)


def test_rows_that_are_only_stale_do_not_spoil_a_push(office: Office) -> None:
    """Nothing unknown or refused: the watermark moves, and the row comes back."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.receipt(1001, "1.00")
    assert office.push(review).successful
    office.clock.pass_by(timedelta(seconds=1))
    assert [row.invoice for row in office.sync(LAST_RUN).rows] == ["1001"]


def test_a_push_that_is_not_confirmed_says_what_was_asked(office: Office) -> None:
    """The person is shown the reasons and the number of rows, rows that changed since the review not among them."""
    paid_in_full(office, 1001, 1002, 1003)
    office.caps = Caps(rows=9, amount=Decimal("99.99"))
    review = office.sync()
    for number in (1002, 1003):
        office.receipt(number, "1.00")
    asked: list[tuple[list[str], int]] = []
    run, rows = steps.reviewed_rows(office.desk, review.run.id)
    decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)

    def confirm(reasons: object, count: int) -> bool:
        asked.append(([str(reason) for reason in list(reasons)], count))  # type: ignore[call-overload] # a sequence
        return False

    with pytest.raises(Refused) as refused:
        steps.push(office.desk, run, rows, Decided(run=run.id, decisions=decisions), confirm)
    reasons = [
        "2 of 3 approved rows have changed since the review and would not be written.",
        "100.00 CAD would change, more than the 99.99 allowed.",
    ]
    assert asked == [(reasons, 1)]
    assert str(refused.value).split("\n") == [
        "This was not confirmed, so nothing was written to Manage. Run it again to confirm it.",
        *reasons,
    ]


@dataclass
class Watched(NoProgress):
    """Somebody is watching."""

    seen: list[str] = field(default_factory=list)

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Watched:
        """Begin a stage."""
        self.seen += [f"{label} {total}", *([str(how_long)] if how_long else [])]
        return self

    def step(self, count: int = 1) -> None:
        """Move on."""
        self.seen.append(f"+{count}")


def test_a_push_shows_how_far_it_came(office: Office) -> None:
    """One step for each row to be written, sent or not."""
    paid_in_full(office, 1001, 1002)
    office.site.before_write = lambda _: NotApplied(message=say("No."), stop=True)
    review, watched = office.sync(), Watched()
    run, rows = steps.reviewed_rows(office.desk, review.run.id)
    decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)
    desk = replace(office.desk, progress=watched)
    steps.push(desk, run, rows, Decided(run=run.id, decisions=decisions), lambda *_: True)
    assert watched.seen[-3:] == ["Writing to Manage 2", "+1", "+1"]


@pytest.mark.parametrize(
    ("each", "shown"),
    [
        (3.75, ["Writing to Manage 2"]),
        (0.0, ["Writing to Manage 2"]),
        (9.0, ["Writing to Manage 2", "2 rows are written one by one; this takes about 40 seconds."]),
    ],
)
def test_a_push_that_takes_long_says_so_before_it_starts(office: Office, each: float, shown: list[str]) -> None:
    """From the rows that are to be written and what a request takes; not the rows that are not sent."""
    paid_in_full(office, 1001, 1002)
    review, watched = office.sync(), Watched()
    run, rows = steps.reviewed_rows(office.desk, review.run.id)
    decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)
    office.site.seconds_each = each
    desk = replace(office.desk, progress=watched)
    steps.push(desk, run, rows, Decided(run=run.id, decisions=decisions), lambda *_: True)
    assert watched.seen[-2 - len(shown) : -2] == shown


def test_a_turn_is_waited_for_before_the_intent(office: Office) -> None:
    """A late write may arrive for so long after its intent: the wait for a turn must not be taken from that."""
    paid_in_full(office, 1001)
    review = office.sync()
    moments = []
    office.site.ready = lambda: office.clock.sleep(60)  # type: ignore[method-assign]
    office.site.before_write = lambda _: moments.append(office.clock.now())
    office.push(review)
    (intent,) = office.ledger.intents(review.run.id)
    assert (moments, office.clock.slept) == ([intent.at], [60])
