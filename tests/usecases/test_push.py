"""Push to Manage: what is sent, what is not, and what is remembered."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.push_rules import Caps
from sync.core.prove.review import Decided
from sync.core.values.errors import Refused, Unavailable
from sync.core.values.messages import say
from sync.core.values.policy import Policy
from sync.core.values.posting import Accepted, Decision, NoAnswer, NotSent, Outcome, Refusal
from sync.core.values.records import Action, Write
from sync.language.catalogues import ENGLISH
from sync.usecases.guards import reviewed_rows
from sync.usecases.ports import Systems
from sync.usecases.push import push
from tests.support.english import ids
from tests.support.fakes import SILENCE
from tests.usecases.office import LAST_RUN, SITE, Office, outcomes, statuses

POSTED, ALREADY, STALE, REFUSED, UNKNOWN, DIFFERS = Outcome


def paid_in_full(office: Office, *numbers: int) -> None:
    """Invoices of 100.00 with a receipt each."""
    for number in numbers:
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")


def test_approved_rows_are_written_read_back_and_shown(office: Office) -> None:
    """Paid Amount and Date Paid stand in Manage afterwards, and the posting says so."""
    paid_in_full(office, 1001)
    pushed = office.push(office.sync())
    posting = pushed.postings[0]
    assert office.shown(1001) == ("100.00", date(2026, 4, 7))
    assert (posting.outcome, posting.verified, str(posting.paid_after)) == (POSTED, True, "100.00")
    assert pushed.successful


def test_a_part_payment_gets_an_amount_and_no_date(office: Office) -> None:
    """Date Paid only when paid in full."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    office.push(office.sync())
    assert office.shown(1001) == ("40.00", None)


def test_a_second_receipt_changes_the_same_record(office: Office) -> None:
    """The cumulative amount is set on the record that stands there; no second record appears."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    office.push(office.sync())
    office.receipt(1001, "60.00", dated=date(2026, 4, 9))
    office.push(office.sync())
    assert [write.action for write in office.site.writes] == [Action.CREATE, Action.CHANGE]
    assert office.shown(1001) == ("100.00", date(2026, 4, 9))


def test_a_returned_cheque_lowers_the_amount_only_when_approved(office: Office) -> None:
    """Reopened rows are off by default; approved, the date goes and the record is deleted at zero."""
    paid_in_full(office, 1001)
    office.push(office.sync())
    office.row(1001, "100.00", number="NSF R2")
    review = office.sync()
    assert (statuses(review), review.rows[0].approve) == ({"1001": "reopened"}, False)
    assert office.push(review).postings == ()
    office.push(review, approve={"1001": True})
    assert office.shown(1001) == ("0.00", None)
    assert office.site.writes[-1].action is Action.DELETE


def test_a_push_moves_the_watermark_and_held_rows_come_back(office: Office) -> None:
    """A successful push makes Last Successful Run usable, and what was held is in the next run."""
    paid_in_full(office, 1001, 1002)
    pushed = office.push(office.sync(), approve={"1002": False})
    assert pushed.successful
    assert statuses(office.sync(LAST_RUN)) == {"1002": "ready"}


def test_what_was_pushed_is_in_agreement_without_reading_its_records(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger holds the read-back, so that a second sync costs no request for that invoice but in its turn."""
    paid_in_full(office, 1001)
    office.push(office.sync())
    before = office.site.requests
    assert statuses(office.sync()) == {"1001": "in_agreement"}
    assert (office.site.requests - before, office.site.read[-1]) == (2, 101_001)
    monkeypatch.setattr("sync.usecases.find_rows.in_turn", lambda *_: ([], 1))
    before = office.site.requests
    assert statuses(office.sync()) == {"1001": "in_agreement"}
    assert office.site.requests - before == 1


def test_the_same_workbook_pushed_twice_sends_nothing(office: Office) -> None:
    """The second push reads what it finds there, and answers already."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.push(review)
    pushed = office.push(review)
    assert (outcomes(pushed), pushed.postings[0].verified, len(office.site.writes)) == ({"1001": ALREADY}, True, 1)
    office.site.down = True
    with pytest.raises(Unavailable):
        office.push(review)


@pytest.mark.parametrize("changed", ["40.00", None])
def test_what_was_read_back_then_is_not_what_manage_shows_now(office: Office, changed: str | None) -> None:
    """Somebody has changed or deleted what was pushed: the same workbook answers stale, and writes nothing."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.push(review)
    records = [office.record(1001, changed, date(2026, 4, 7), 9001)] if changed else []
    office.site.add(office.site.invoices_[101001], *records)
    pushed = office.push(review)
    assert (outcomes(pushed), pushed.postings[0].verified, len(office.site.writes)) == ({"1001": STALE}, False, 1)
    assert office.ledger.postings(review.run.id)["1001"].outcome is POSTED


def test_somebody_typed_the_same_payment_meanwhile(office: Office) -> None:
    """Manage already says so: nothing is sent, and the row is settled."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.site.add(office.site.invoices_[101001], office.record(1001, "100.00", date(2026, 4, 7)))
    assert outcomes(office.push(review)) == {"1001": ALREADY}
    assert office.site.writes == []
    assert statuses(office.sync(LAST_RUN)) == {}


def test_a_change_in_sage_since_the_review_is_stale(office: Office) -> None:
    """Another receipt after the review: the row is not sent, and comes back."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    review = office.sync()
    office.receipt(1001, "10.00")
    pushed = office.push(review)
    assert (outcomes(pushed), office.site.writes) == ({"1001": STALE}, [])
    assert "Sage's cash received was 40.00 at the review and is 50.00 now" in pushed.postings[0].message.said(ENGLISH)


def test_a_change_in_manage_since_the_review_is_stale(office: Office) -> None:
    """Another amount typed in Manage after the review: the row is not sent."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.site.add(office.site.invoices_[101001], office.record(1001, "30.00"))
    pushed = office.push(review)
    assert (outcomes(pushed), office.site.writes) == ({"1001": STALE}, [])
    assert "Manage's total Paid Amount was 0.00 at the review and is 30.00 now" in pushed.postings[0].message.said(
        ENGLISH
    )


@pytest.mark.parametrize(("seconds", "outcome"), [(9, STALE), (2, POSTED)])
def test_what_was_read_some_seconds_ago_is_read_again_before_its_write(
    office: Office, seconds: int, outcome: Outcome
) -> None:
    """Invoices are read by the batch; after a slow write the next one may have been changed in Manage."""
    paid_in_full(office, 1001, 1002)
    review = office.sync()

    def slow(_: Write) -> None:
        later = office.site.invoices_[101_002]
        office.site.invoices_[101_002] = replace(later, total=Decimal("90.00"), balance=Decimal("90.00"))
        office.clock.pass_by(timedelta(seconds=seconds))
        office.site.before_write = lambda _: None

    office.site.before_write = slow
    assert outcomes(office.push(review)) == {"1001": POSTED, "1002": outcome}


def test_an_invoice_gone_from_sage_is_stale(office: Office) -> None:
    """Cleared between review and push: not sent, never taken as unpaid."""
    paid_in_full(office, 1001, 1002)
    review = office.sync()
    office.books.documents = [each for each in office.books.documents if each.id != 1001]
    assert outcomes(office.push(review)) == {"1001": STALE, "1002": POSTED}


def test_silence_is_unknown_and_settled_by_reading(office: Office) -> None:
    """The write was applied, and neither an answer nor a reading came: the next run finds it, nothing is sent twice."""
    paid_in_full(office, 1001)

    def vanish(_: Write) -> NoAnswer:
        office.site.down = True
        return SILENCE

    office.site.after_write = vanish
    pushed = office.push(office.sync())
    assert (outcomes(pushed), pushed.successful) == ({"1001": UNKNOWN}, False)
    office.site.down = False
    assert statuses(office.sync()) == {"1001": "in_agreement"}
    assert len(office.site.writes) == 1


def test_silence_that_applied_nothing_blocks_until_the_quiet_period_is_over(office: Office) -> None:
    """Before it is over nothing is sent; after it the row is offered and sent once."""
    paid_in_full(office, 1001)
    office.site.before_write = lambda _: SILENCE
    review = office.sync()
    office.push(review)
    assert outcomes(office.push(review)) == {"1001": UNKNOWN}
    assert len(office.site.writes) == 1
    office.clock.pass_by(timedelta(minutes=11))
    office.site.before_write = lambda _: None
    assert outcomes(office.push(office.sync())) == {"1001": POSTED}
    assert len(office.site.writes) == 2


def test_a_refused_row_shows_manages_words_and_the_run_goes_on(office: Office) -> None:
    """One row refused, the next one posted; the run is not successful."""
    paid_in_full(office, 1001, 1002)
    no = Refusal(message=say("Manage says: the invoice is closed."))
    office.site.before_write = lambda write: no if write.invoice_id == 101001 else None
    pushed = office.push(office.sync())
    assert outcomes(pushed) == {"1001": REFUSED, "1002": POSTED}
    assert (pushed.postings[0].message.said(ENGLISH), pushed.successful) == (
        "Manage says: the invoice is closed.",
        False,
    )


def test_a_lost_login_stops_the_push(office: Office) -> None:
    """After a 401 no other row is tried."""
    paid_in_full(office, 1001, 1002)
    office.site.before_write = lambda _: Refusal(message=say("The keys were refused."), stop=True)
    assert outcomes(office.push(office.sync())) == {"1001": REFUSED, "1002": REFUSED}
    assert len(office.site.writes) == 1


def test_three_silences_in_a_row_stop_the_push(office: Office) -> None:
    """Manage is not answering: the fourth row is not sent; what was, is read for as long as a write may lag."""
    paid_in_full(office, 1001, 1002, 1003, 1004)
    office.site.before_write = lambda _: SILENCE
    assert outcomes(office.push(office.sync())) == {"1001": UNKNOWN, "1002": UNKNOWN, "1003": UNKNOWN, "1004": REFUSED}
    assert (len(office.site.writes), office.clock.slept) == (3, [1.0, 2.0, 4.0] * 3)


def test_too_many_requests_waits_reads_again_and_sends_once_more(office: Office) -> None:
    """A complete "too many requests" was not applied, so that a new attempt is allowed."""
    paid_in_full(office, 1001)
    answers = [NotSent(message=say("Too many requests."), wait=7.0)]
    office.site.before_write = lambda _: answers.pop() if answers else None
    assert outcomes(office.push(office.sync())) == {"1001": POSTED}
    assert (office.clock.slept, len(office.site.writes)) == ([7.0], 2)


def test_too_many_requests_for_ever_is_refused(office: Office) -> None:
    """After three attempts the row is refused and may be pushed again later."""
    paid_in_full(office, 1001)
    office.site.before_write = lambda _: NotSent(message=say("Too many requests."), wait=1.0)
    assert outcomes(office.push(office.sync())) == {"1001": REFUSED}
    assert len(office.site.writes) == 3


def test_a_record_that_appears_while_waiting_is_stale(office: Office) -> None:
    """Somebody typed a payment while we waited: the row is not sent again."""
    paid_in_full(office, 1001)

    def busy(_: Write) -> NotSent:
        office.site.add(office.site.invoices_[101001], office.record(1001, "5.00"))
        return NotSent(message=say("Too many requests."), wait=1.0)

    office.site.before_write = busy
    assert outcomes(office.push(office.sync())) == {"1001": STALE}
    assert len(office.site.writes) == 1


def test_a_site_that_dies_while_waiting_is_not_written_again(office: Office) -> None:
    """What cannot be read again is not sent again."""
    paid_in_full(office, 1001)

    def die(_: Write) -> NotSent:
        office.site.down = True
        return NotSent(message=say("Too many requests."), wait=1.0)

    office.site.before_write = die
    (posting,) = office.push(office.sync()).postings
    assert (posting.outcome, posting.attempt, ids(posting.message)[0]) == (REFUSED, None, "push-not-sent-not-read")
    assert len(office.site.writes) == 1


def test_an_accepted_write_that_cannot_be_read_back_is_unknown(office: Office) -> None:
    """Only the reading counts."""
    paid_in_full(office, 1001)

    def die(write: Write) -> None:
        del write
        office.site.down = True

    office.site.after_write = die
    assert outcomes(office.push(office.sync())) == {"1001": UNKNOWN}
    office.site.down = False
    office.site.after_write = lambda _: None
    assert statuses(office.sync()) == {"1001": "in_agreement"}


def test_a_clipped_amount_differs(office: Office) -> None:
    """Manage kept less than was sent: it says so, and the run is not successful."""
    paid_in_full(office, 1001)

    def clip(write: Write) -> Accepted:
        record = office.record(1001, "90.00", write.paid_on, record_id=9001)
        office.site.add(office.site.invoices_[101001], record)
        return Accepted(payment_id=record.id)

    office.site.after_write = clip
    pushed = office.push(office.sync())
    posting = pushed.postings[0]
    assert (posting.outcome, posting.verified, str(posting.paid_after)) == (DIFFERS, False, "90.00")
    assert (pushed.successful, posting.payment_id, ids(posting.message)) == (False, 9001, ["push-shows-other"])
    assert statuses(office.sync()) == {"1001": "ready"}


def test_a_record_changed_by_hand_after_our_push_is_held(office: Office) -> None:
    """The record is no longer what our ledger last wrote."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    office.push(office.sync())
    record = office.site.records[101001][0]
    office.site.add(office.site.invoices_[101001], replace(record, amount=Decimal("45.00")))
    assert statuses(office.sync()) == {"1001": "changed_in_manage"}


def test_above_the_caps_nothing_is_sent_without_confirmation(office: Office) -> None:
    """One row too many: asked once, and a no writes nothing and records no posting."""
    paid_in_full(office, 1001, 1002)
    office.caps = Caps(rows=1, amount=Decimal("1000.00"))
    review = office.sync()
    with pytest.raises(Refused, match=r"push-over-row-cap.*count=2"):
        office.push(review, yes=False)
    assert (office.site.writes, office.ledger.postings(review.run.id)) == ([], {})
    assert outcomes(office.push(review)) == {"1001": POSTED, "1002": POSTED}


def test_approved_rows_that_are_hidden_are_not_pushed(office: Office) -> None:
    """Whatever is confirmed: nothing is written, and nothing of what the workbook says is kept."""
    paid_in_full(office, 1001, 1002)
    review = office.sync()
    decided = Decided(run=review.run.id, decisions=(Decision(key="1001", approve=True),), hidden=1)
    with pytest.raises(Refused, match=r"push-approved-rows-hidden\(count=1\)"):
        push(office.systems, office.rules, office.seat, office.reviewed(review.run.id), decided, lambda *_: True)
    assert (office.site.writes, office.ledger.decisions(review.run.id)) == ([], {})


def test_a_workbook_replaced_by_a_newer_run_is_refused(office: Office) -> None:
    """Only the latest review may be pushed."""
    paid_in_full(office, 1001)
    old = office.sync()
    office.sync()
    with pytest.raises(Refused, match="push-workbook-superseded"):
        office.push(old)


def test_an_unknown_run_is_refused(office: Office) -> None:
    """A workbook made elsewhere, or before the ledger was lost."""
    with pytest.raises(Refused, match="run-not-in-ledger"):
        office.reviewed("20260101-000000-abcd")


def test_a_workbook_of_another_site_is_refused(office: Office) -> None:
    """Staging is not production."""
    review = office.sync()
    office.address = "https://api-staging.example.net"
    with pytest.raises(Refused, match=rf"^run-of-other-site\(.*run={review.run.id}, theirs={SITE} "):
        office.reviewed(review.run.id)


def test_settings_changed_since_the_review_refuse_the_workbook(office: Office) -> None:
    """What was reviewed under one policy is not pushed under another."""
    review = office.sync()
    office.policy = replace(office.policy, tolerance=Decimal("0.01"))
    with pytest.raises(Refused, match="push-policy-changed"):
        office.reviewed(review.run.id)


def test_rows_the_workbook_spoils_are_refused_one_by_one(office: Office) -> None:
    """An objection, an unknown key, a row nobody may approve: refused; the good row is posted."""
    paid_in_full(office, 1001, 1002)
    office.invoice(1003, "100.00", manage_total="100.00")
    office.receipt(1003, "100.00")
    office.site.invoices_.pop(101003)
    review = office.sync()
    decisions = [
        Decision(key="1001", approve=True),
        Decision(key="1002", approve=True, objection=say("Paid proposed was edited.")),
        Decision(key="1003", approve=True),
        Decision(key="9999", approve=True, objection=say("This key is not in the review.")),
        Decision(key="9999", approve=False),
    ]
    pushed = office.push_decided(review.run.id, decisions)
    assert {p.key: p.outcome for p in pushed.postings} == {
        "1001": POSTED,
        "1002": REFUSED,
        "1003": REFUSED,
        "9999": REFUSED,
    }


def test_a_push_with_nothing_approved_asks_nobody_and_is_successful(office: Office) -> None:
    """Everything held: the watermark moves, and all of it comes back."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.site.down = True
    assert office.push(review, approve={"1001": False}).successful
    office.site.down = False
    assert statuses(office.sync(LAST_RUN)) == {"1001": "ready"}


def test_a_site_that_is_down_before_the_first_write_changes_nothing(office: Office) -> None:
    """The push says that Manage is unavailable; the run can be pushed later."""
    paid_in_full(office, 1001)
    review = office.sync()
    office.site.down = True
    with pytest.raises(Unavailable):
        office.push(review)
    office.site.down = False
    assert outcomes(office.push(review)) == {"1001": POSTED}


def test_a_workbook_that_may_not_be_pushed_says_why(office: Office) -> None:
    """Unknown here, of another site, replaced, or reviewed under other settings: with the next step."""
    old, unknown = office.sync().run, "20260101-000000-abcd"
    elsewhere = replace(office.systems, manage_company="other")
    stricter = replace(office.policy, tolerance=Decimal("0.01"))

    def said(run: str, systems: Systems = office.systems, policy: Policy = office.policy) -> str:
        with pytest.raises(Refused) as refused:
            reviewed_rows(office.ledger, systems, policy, run)
        return refused.value.said(ENGLISH)

    assert said(unknown) == (
        f"Run {unknown} is not in the ledger of this user on this computer. Use it where it was made, choose one that "
        "tieout history lists, or run the sync again."
    )
    assert said(old.id, systems=elsewhere) == (
        f"Run {old.id} is for {SITE} (acme) and the settings are for {SITE} (other). Use the settings it was made with."
    )
    assert said(old.id, policy=stricter) == (
        "The settings under [policy] have changed since this review. Run the sync again and review it."
    )
    new = office.sync().run
    assert said(old.id) == (
        f"This workbook (run {old.id}) was replaced by run {new.id} of marie. Push that one, or sync again."
    )
