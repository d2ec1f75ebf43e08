"""Around the rows of a push: what was not sent, why, and how all of it ended, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.push_rules import Caps
from sync.core.values.errors import Refused
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, NoAnswer, Outcome, Posting, Refusal
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Phase, RunEnd
from sync.language.catalogues import ENGLISH
from sync.usecases.ports import SilentStage
from tests.support.english import en
from tests.support.fakes import SILENCE
from tests.usecases.office import LAST_RUN, PERSON, Office, outcomes

APRIL_7 = date(2026, 4, 7)
AGAIN = "so nothing was sent. Run the sync again and review it."


def paid_in_full(office: Office, *numbers: int) -> None:
    """Invoices of 100.00 with a receipt each."""
    for number in numbers:
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")


def unsent(run: str, number: int, outcome: Outcome, message: Text, currency: str | None = None) -> Posting:
    """A posting of a row that was not sent: nothing is known but why."""
    return Posting(run=run, key=str(number), invoice=str(number), outcome=outcome, message=message, currency=currency)


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
        message=say("push-already-in-agreement"),
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
    message = say("push-already-pushed")
    assert second == replace(first, outcome=Outcome.ALREADY, message=message)
    before = office.ledger.head().rows
    office.push(review)
    assert office.ledger.head().rows - before == 1  # the end of the push: what was decided is on record already
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
    found = office.push_decided(review.run.id, decided)
    says = {
        1001: "Edited.",
        1002: "Sage no longer holds this invoice, so nothing was sent. Run the sync again.",
        1003: f"Sage's cash received was 100.00 at the review and is 70.00 now, {AGAIN}",
        1004: f"Manage's total Paid Amount was 0.00 at the review and is 30.00 now, {AGAIN}",
        1005: f"Sage's invoice total was 100.00 at the review and is 105.00 now, {AGAIN}",
        9999: "This row cannot be approved. Change Approve to No.",
    }
    assert {int(p.key): p.message.said(ENGLISH) for p in found.postings} == says
    assert [p.key for p in found.postings] == [*found.rows, "9999"]
    assert {p.invoice for p in found.postings} == {*found.rows, ""}
    assert office.ledger.postings(review.run.id) == {p.key: p for p in found.postings}
    assert {p.key for p in found.postings if p.outcome is Outcome.REFUSED} == {"1001", "9999"}


def test_a_date_alone_that_changed_in_sage_is_said_to_be_sage_s(office: Office) -> None:
    """The amount is the same; the day it was paid in full is not."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.books.entries[-1] = replace(office.books.entries[-1], dated=date(2026, 4, 8))
    (posting,) = office.push(review).postings
    assert posting.message.said(ENGLISH) == (
        f"Sage's date paid in full was 2026-04-07 at the review and is 2026-04-08 now, {AGAIN}"
    )


def test_an_amount_that_can_no_longer_be_read_is_said_to_be_empty(office: Office) -> None:
    """Never as zero."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.books.entries[-1] = replace(office.books.entries[-1], amount=None, flaw=say("Empty."))
    (posting,) = office.push(review).postings
    assert posting.message.said(ENGLISH) == f"Sage's invoice total was 100.00 at the review and is empty now, {AGAIN}"


def test_an_invoice_in_doubt_says_so(office: Office) -> None:
    """Nothing is sent, and the next step is said."""
    paid_in_full(office, 1001)
    office.site.before_write = lambda _: SILENCE
    review = office.sync()
    office.push(review)
    (posting,) = office.push(review).postings
    message = say("push-earlier-write-may-arrive")
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
            Refusal(message=say("No."), stop=True),
            1,
            "push-not-sent-after-refused-login",
        ),
        (SILENCE, 3, "push-not-sent-manage-silent"),
    ],
)
def test_rows_after_a_stop_are_refused_on_record(
    office: Office, reply: Refusal | NoAnswer, sent: int, message: str
) -> None:
    """Each says why it was not sent, and belongs to this push."""
    paid_in_full(office, 1001, 1002, 1003, 1004, 1005)
    office.site.before_write = lambda _: reply
    review = office.sync()
    pushed = office.push(review)
    rest = [unsent(review.run.id, number, Outcome.REFUSED, say(message), "CAD") for number in range(1001 + sent, 1006)]
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
    office.site.before_write = lambda write: Refusal(message=say("No.")) if write.invoice_id == 101_002 else None
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
    decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)

    def confirm(_: object, reasons: object, rows: Sequence[Proposal]) -> bool:
        asked.append(([en(reason) for reason in list(reasons)], len(rows)))  # type: ignore[call-overload] # a sequence
        return False

    with pytest.raises(Refused) as refused:
        office.push_decided(review.run.id, decisions, confirm)
    reasons = [
        "2 of 3 approved rows have changed since the review and would not be written.",
        "100.00 CAD would change, more than the 99.99 allowed.",
    ]
    assert asked == [(reasons, 1)]
    assert refused.value.said(ENGLISH).split("\n") == [
        "This was not confirmed, so nothing was written to Manage. Run it again to confirm it.",
        *reasons,
    ]


@dataclass
class Watched(SilentStage):
    """Somebody is watching."""

    seen: list[str] = field(default_factory=list)

    def stage(self, label: Text, total: int, how_long: Text | None = None) -> Watched:
        """Begin a stage."""
        self.seen += [f"{label.said(ENGLISH)} {total}", *([how_long.said(ENGLISH)] if how_long else [])]
        return self

    def step(self, count: int = 1) -> None:
        """Move on."""
        self.seen.append(f"+{count}")


def test_a_push_shows_how_far_it_came(office: Office) -> None:
    """One step for each row to be written, sent or not."""
    paid_in_full(office, 1001, 1002)
    office.site.before_write = lambda _: Refusal(message=say("No."), stop=True)
    review, watched = office.sync(), Watched()
    decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)
    office.progress = watched
    office.push_decided(review.run.id, decisions)
    begun = watched.seen.index("Writing to Manage 2")
    assert watched.seen[begun : begun + 3] == ["Writing to Manage 2", "+1", "+1"]


@pytest.mark.parametrize(
    ("each", "shown"),
    [
        (2.5, ["Writing to Manage 2"]),
        (0.0, ["Writing to Manage 2"]),
        (9.0, ["Writing to Manage 2", "2 rows are written one by one; this takes about 60 seconds."]),
    ],
)
def test_a_push_that_takes_long_says_so_before_it_starts(office: Office, each: float, shown: list[str]) -> None:
    """From the rows that are to be written and what a request takes; not the rows that are not sent."""
    paid_in_full(office, 1001, 1002)
    review, watched = office.sync(), Watched()
    decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)
    office.site.seconds_each = each
    office.progress = watched
    office.push_decided(review.run.id, decisions)
    begun = watched.seen.index(shown[0])
    assert watched.seen[begun : begun + len(shown) + 1] == [*shown, "+1"]


def test_a_turn_is_waited_for_before_the_intent(office: Office) -> None:
    """A late write may arrive for so long after its intent: the wait for a turn must not be taken from that."""
    paid_in_full(office, 1001)
    review = office.sync()
    moments = []
    office.site.wait_for_turn = lambda: office.clock.sleep(60)  # type: ignore[method-assign]
    office.site.before_write = lambda _: moments.append(office.clock.now())
    office.push(review)
    (intent,) = office.ledger.intents(review.run.id)
    assert (moments, office.clock.slept) == ([intent.at], [60])
