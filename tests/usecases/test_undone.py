"""What an undo leaves behind: rows that come back, a workbook that is spent, and writes that are still in doubt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.holds import Former
from sync.core.prove.review import Review
from sync.core.values.errors import Refused
from sync.core.values.messages import say
from sync.core.values.posting import LATER, Accepted, Decision, NoAnswer, Outcome, Posting, Written
from sync.core.values.records import Write
from sync.core.values.runs import Phase
from sync.language.catalogues import ENGLISH
from sync.usecases.push import Pushed
from sync.usecases.sync import rebuild
from tests.support.english import ids
from tests.usecases.office import LAST_RUN, Office, outcomes, statuses

SILENCE = NoAnswer(message=say("No answer."))


def later(office: Office, days: int) -> None:
    """Some days on."""
    office.clock.pass_by(timedelta(days=days))
    office.clock.day = date(2026, 4, 10) + timedelta(days=days)


def pushed(office: Office, *numbers: int) -> Review:
    """A run that paid invoices in full."""
    for number in numbers or (1001,):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    review = office.sync()
    office.push(review)
    return review


def taken_back(office: Office, review: Review) -> Pushed:
    """Undo a run, a moment later."""
    office.clock.pass_by(timedelta(seconds=1))
    return office.undo(review.run.id)


def test_a_row_that_a_later_sync_found_in_agreement_comes_back(office: Office) -> None:
    """What was seen before the undo settles nothing; it is held since the review that was undone."""
    review = pushed(office)
    assert statuses(office.sync()) == {"1001": "in_agreement"}
    taken_back(office, review)
    later(office, 10)
    again = office.sync(LAST_RUN)
    assert statuses(again) == {"1001": "ready"}
    assert again.open_items["1001"].since == date(2026, 4, 10)


def test_what_was_settled_before_the_undone_run_stays_settled(office: Office) -> None:
    """A part payment of an earlier run: the row is held since the run that was undone."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    office.push(office.sync())
    later(office, 5)
    office.receipt(1001, "60.00", entered_on=date(2026, 4, 14))
    review = office.sync()
    office.push(review)
    taken_back(office, review)
    assert office.ledger.open_items(review.run.company)["1001"].since == date(2026, 4, 15)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_its_workbook_is_spent_however_often_it_is_pushed(office: Office, times: int) -> None:
    """A refusal does not make a second one forget the undo."""
    review = pushed(office)
    taken_back(office, review)
    for _ in range(times):
        assert outcomes(office.push(review)) == {"1001": Outcome.REFUSED}
    assert office.shown(1001)[0] == "0.00"


def test_the_customer_that_it_taught_is_forgotten(office: Office) -> None:
    """A number matched across two customers, noticed and undone, decides nothing later."""
    office.invoice(2001, "100.00")
    zed = replace(office.books.documents[-1], customer_id=8, customer="Zed Ltd")
    office.books.documents[-1] = zed
    office.receipt(2001, "100.00", customer_id=8)
    review = office.sync()
    assert review.rows[0].reason.said(ENGLISH) == (
        "Paid in full by R2 of 2026-04-07. Zed Ltd in Sage, Boréal inc. in Manage."
    )
    office.push(review)
    assert office.ledger.known(review.run.company).customers == {8: 3}
    taken_back(office, review)
    assert office.ledger.known(review.run.company).customers == {}


def test_one_that_got_no_answer_shows_in_the_very_sync_that_settles_it(office: Office) -> None:
    """Settled first, then the open rows are looked up."""
    review = pushed(office)
    office.site.after_write = lambda _: SILENCE
    taken_back(office, review)
    later(office, 20)
    assert statuses(office.sync(LAST_RUN)) == {"1001": "ready"}


def test_a_push_while_it_is_in_doubt_is_not_already(office: Office) -> None:
    """Manage still shows the amount, and may not in a moment."""
    review = pushed(office)
    office.site.before_write = lambda _: SILENCE
    taken_back(office, review)
    again = office.push(review)
    assert (outcomes(again), again.successful) == ({"1001": Outcome.UNKNOWN}, False)


def test_a_write_of_the_run_that_is_in_doubt_is_told(office: Office) -> None:
    """It cannot be undone yet, and may still arrive."""
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    review = office.sync()
    office.site.before_write = lambda write: SILENCE if write.invoice_id == 101002 else None
    office.push(review)
    office.site.before_write = lambda _: None
    found = taken_back(office, review)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.UNKNOWN}
    assert not found.successful
    assert found.postings[1] == Posting(
        run=review.run.id,
        key="1002",
        invoice="1002",
        currency="CAD",
        outcome=Outcome.UNKNOWN,
        message=say("undo-write-unanswered"),
        undo=True,
    )


def test_a_ledger_that_was_changed_is_not_undone_from(office: Office) -> None:
    """What would be restored comes from its rows alone."""
    review = pushed(office)
    office.ledger.close()
    path = office.folder / "ledger.db"
    path.write_bytes(path.read_bytes().replace(b'"paid_before":"0.00"', b'"paid_before":"7.00"'))
    office.ledger = type(office.ledger)(type(office.ledger._file)(office.folder))
    writes = len(office.site.writes)
    with pytest.raises(Refused, match="ledger-row-changed"):
        taken_back(office, review)
    assert len(office.site.writes) == writes


def test_a_record_of_nothing_is_found_after_it_stood_in_the_way(office: Office) -> None:
    """Paid Amount does not show it, so the first push finds it and is stale; the next sync looks and changes it."""
    office.invoice(1001, "100.00", office.record(1001, "0.00"))
    office.receipt(1001, "100.00")
    assert outcomes(office.push(office.sync())) == {"1001": Outcome.STALE}
    assert outcomes(office.push(office.sync())) == {"1001": Outcome.POSTED}
    assert (office.shown(1001)[0], len(office.site.records[101001])) == ("100.00", 1)


def test_silence_then_another_amount_is_said_as_it_is(office: Office) -> None:
    """Neither what was there nor what was sent: nobody claims that it never arrived."""
    office.invoice(1001, "100.00", office.record(1001, "20.00"))
    office.receipt(1001, "100.00")
    review = office.sync()
    office.site.before_write = lambda _: SILENCE
    office.push(review)
    office.site.before_write = lambda _: None
    office.site.add(office.site.invoices_[101001], office.record(1001, "90.00"))
    office.clock.pass_by(timedelta(minutes=11))
    office.sync()
    posting = office.ledger.postings(review.run.id)["1001"]
    assert (posting.outcome, ids(posting.message)) == (Outcome.DIFFERS, ["push-shows-other"])
    assert (str(posting.paid_after), posting.written) == ("90.00", None)


def test_a_push_that_kept_no_date_says_so(office: Office) -> None:
    """A part payment carries none, and a site that sets one shows it."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00")
    office.site.after_write = lambda write: _dated(office, write)
    (posting,) = office.push(office.sync()).postings
    assert (posting.outcome, ids(posting.message)) == (Outcome.DIFFERS, ["push-shows-other"])
    assert posting.written == Written(payment_id=9001, amount=Decimal("40.00"), paid_on=date(2026, 4, 9))


def _dated(office: Office, write: Write) -> Accepted:
    record = office.record(1001, str(write.amount), date(2026, 4, 9), record_id=9001)
    office.site.add(office.site.invoices_[101001], record)
    return Accepted(payment_id=record.id)


def test_a_record_that_is_gone_when_read_back_is_unknown(office: Office) -> None:
    """Somebody deleted it in the same moment, or the site lags: only the quiet period tells."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")

    def vanish(write: Write) -> Accepted:
        (record,) = office.site.records[write.invoice_id]
        office.site.add(office.site.invoices_[write.invoice_id])
        return Accepted(payment_id=record.id)

    office.site.after_write = vanish
    (posting,) = office.push(office.sync()).postings
    assert (posting.outcome, ids(posting.message)) == (Outcome.UNKNOWN, ["push-accepted-not-seen", *ids(LATER)])
    assert (posting.payment_id, posting.verified) == (None, False)
    office.clock.pass_by(timedelta(minutes=10))
    assert statuses(office.sync()) == {"1001": "ready"}


def test_a_later_refusal_does_not_hide_a_write_that_was_verified(office: Office) -> None:
    """The row was posted, whatever its workbook looks like the next time."""
    review = pushed(office)
    edited = Decision(key="1001", approve=True, objection=say("Edited."))
    again = office.push_decided(review.run.id, [edited])
    assert outcomes(again) == {"1001": Outcome.REFUSED}
    assert office.ledger.postings(review.run.id)["1001"].outcome is Outcome.POSTED


def test_a_rebuilt_ledger_waits_for_what_the_lost_one_may_have_sent(office: Office) -> None:
    """For the quiet period; then pushes go on as ever."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    rebuild(office.systems, office.rules, office.seat, Former())
    (rebuilt,) = office.ledger.history()
    assert rebuilt.end is not None
    assert (rebuilt.end.phase, rebuilt.end.successful) == (Phase.REBUILD, False)
    assert office.ledger.last_success(office.sync().run.company, None) is None
    review = office.sync()
    with pytest.raises(Refused, match=r"push-wait-after-rebuild\(minutes=10\)"):
        office.push(review)
    office.clock.pass_by(timedelta(minutes=9, seconds=30))
    with pytest.raises(Refused, match=r"push-wait-after-rebuild\(minutes=1\)"):
        office.push(review)
    office.clock.pass_by(timedelta(seconds=30))
    assert outcomes(office.push(office.sync())) == {"1001": Outcome.POSTED}
    assert Decimal(office.shown(1001)[0]) == Decimal("100.00")


def test_an_undo_waits_as_long_as_a_push(office: Office) -> None:
    """A write of the lost ledger may be under way to the very record that is to be taken back."""
    review = pushed(office)
    rebuild(office.systems, office.rules, office.seat, Former())
    with pytest.raises(Refused, match=r"push-wait-after-rebuild\(minutes=10\)"):
        office.undo(review.run.id)
    assert office.shown(1001)[0] == "100.00"
    office.clock.pass_by(timedelta(minutes=10))
    assert outcomes(office.undo(review.run.id)) == {"1001": Outcome.POSTED}
