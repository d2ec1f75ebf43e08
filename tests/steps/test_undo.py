"""Undo: a run's writes taken back where Manage still holds them, by the same protocol, and reported row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.errors import Refused, Unavailable
from sync.core.journal import Phase
from sync.core.posting import NoAnswer, NotApplied, Outcome, Posting
from sync.core.words import Text, say
from sync.deliver import Pushed
from sync.undo import undo
from tests.steps.office import LAST_RUN, Office, outcomes, statuses


def taken_back(office: Office, run: str, *, yes: bool = True) -> Pushed:
    """Undo a run, a moment later."""
    office.clock.pass_by(timedelta(seconds=1))
    return undo(office.desk, run, lambda *_: yes)


def pushed(office: Office) -> str:
    """A run that created one record and changed another."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    office.invoice(1002, "200.00", office.record(1002, "50.00", record_id=7))
    office.receipt(1002, "50.00")
    office.receipt(1002, "100.00")
    review = office.sync()
    office.push(review)
    return review.run.id


def test_what_was_there_before_is_there_again(office: Office) -> None:
    """The created record is gone, the changed one says what it said; both are read back."""
    run = pushed(office)
    assert (office.shown(1001)[0], office.shown(1002)[0]) == ("113.00", "150.00")
    found = taken_back(office, run)
    assert (office.shown(1001), office.shown(1002)) == (("0.00", None), ("50.00", None))
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.POSTED}
    assert all(posting.verified and posting.undo for posting in found.postings)


def test_a_deleted_record_is_written_again(office: Office) -> None:
    """With the amount and the date it had."""
    day = date(2026, 4, 1)
    office.invoice(1001, "113.00", office.record(1001, "113.00", day))
    office.receipt(1001, "113.00")
    office.row(1001, "113.00", number="NSF")
    review = office.sync()
    office.push(review, approve={"1001": True})
    assert office.shown(1001) == ("0.00", None)
    taken_back(office, review.run.id)
    assert office.shown(1001) == ("113.00", day)


def test_its_rows_come_back_in_the_next_run(office: Office) -> None:
    """Undone is open again, whatever the window."""
    run = pushed(office)
    taken_back(office, run)
    assert statuses(office.sync(LAST_RUN)) == {"1001": "ready", "1002": "ready"}


def test_the_undone_workbook_is_not_pushed_again(office: Office) -> None:
    """It was reviewed against what is no longer so."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.push(review)
    taken_back(office, review.run.id)
    found = office.push(review)
    assert outcomes(found) == {"1001": Outcome.REFUSED}
    assert str(found.postings[0].message) == "This run was undone. Run the sync again and review it."
    assert office.shown(1001) == ("0.00", None)


def test_what_somebody_changed_since_is_left_alone(office: Office) -> None:
    """Row by row, with the reason; the rest is undone."""
    run = pushed(office)
    record = office.site.records[101_002][0]
    office.site.add(office.site.invoices_[101_002], replace(record, amount=Decimal("160.00")))
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.REFUSED}
    assert "Manage no longer holds what this run wrote" in str(found.postings[-1].message)
    assert not found.successful
    assert office.site.records[101_002][0].amount == Decimal("160.00")


def test_a_later_run_is_undone_first(office: Office) -> None:
    """Otherwise its before would be lost."""
    run = pushed(office)
    office.receipt(1002, "50.00")
    office.push(office.sync())
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.REFUSED}
    assert "has written this invoice again" in str(found.postings[-1].message)
    assert office.shown(1002)[0] == "200.00"


def test_an_undo_is_confirmed_before_its_first_write(office: Office) -> None:
    """It deletes and lowers."""
    run = pushed(office)
    with pytest.raises(Refused, match="not confirmed"):
        taken_back(office, run, yes=False)
    assert office.shown(1001)[0] == "113.00"


def test_undone_twice_is_nothing_to_undo(office: Office) -> None:
    """Said before anything is sent."""
    run = pushed(office)
    taken_back(office, run)
    with pytest.raises(Refused, match="nothing in Manage that could be undone"):
        taken_back(office, run)


def test_an_undo_that_got_no_answer_is_settled_by_reading(office: Office) -> None:
    """Never sent twice: the next undo, after the quiet period, finds that it was done."""
    run = pushed(office)
    silence = iter([NoAnswer(message=say("No answer."))])
    office.site.after_write = lambda _: next(silence, None)
    found = taken_back(office, run)
    assert Outcome.UNKNOWN in outcomes(found).values()
    writes = len(office.site.writes)
    with pytest.raises(Refused, match="nothing in Manage"):
        taken_back(office, run)
    assert len(office.site.writes) == writes
    assert (office.shown(1001), office.shown(1002)) == (("0.00", None), ("50.00", None))


def test_nothing_is_sent_for_an_invoice_in_doubt(office: Office) -> None:
    """Neither after an undo without an answer, nor after a push without one."""
    run = pushed(office)
    silence = iter([NoAnswer(message=say("No answer."))])
    office.site.before_write = lambda _: next(silence, None)
    taken_back(office, run)
    again = taken_back(office, run)
    assert [str(posting.message) for posting in again.postings] == [
        "A write to this invoice got no answer and may still arrive. Undo it later."
    ]
    office.clock.pass_by(timedelta(hours=1))
    assert outcomes(taken_back(office, run)) == {"1001": Outcome.POSTED}


def test_a_run_whose_only_write_is_in_doubt_cannot_be_undone_yet(office: Office) -> None:
    """It is settled by reading first."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.site.before_write = lambda _: NoAnswer(message=say("No answer."))
    office.push(review)
    with pytest.raises(Refused, match="Undo it after the quiet period"):
        taken_back(office, review.run.id)


def test_a_record_that_was_deleted_and_entered_again_by_hand_is_left_alone(office: Office) -> None:
    """Our deletion is no longer what Manage holds."""
    office.invoice(1001, "113.00", office.record(1001, "113.00"))
    office.receipt(1001, "113.00")
    office.row(1001, "113.00", number="NSF")
    review = office.sync()
    office.push(review, approve={"1001": True})
    office.site.add(office.site.invoices_[101_001], office.record(1001, "5.00", record_id=77))
    assert outcomes(taken_back(office, review.run.id)) == {"1001": Outcome.REFUSED}


def test_a_second_record_entered_by_hand_is_left_alone(office: Office) -> None:
    """Nobody knows which of the two was meant."""
    run = pushed(office)
    (ours,) = office.site.records[101_001]
    office.site.add(office.site.invoices_[101_001], ours, office.record(1001, "5.00", record_id=77))
    assert outcomes(taken_back(office, run))["1001"] is Outcome.REFUSED


def test_a_login_lost_midway_stops_an_undo(office: Office) -> None:
    """The rest is refused, and said to be an undo's."""
    run = pushed(office)
    office.site.before_write = lambda _: NotApplied(message=say("Manage refused the login."), stop=True)
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.REFUSED, "1002": Outcome.REFUSED}
    assert all(posting.undo for posting in found.postings)


def test_an_unknown_run_and_another_site_are_refused(office: Office) -> None:
    """Before anything is read."""
    run = pushed(office)
    office.site.down = True
    with pytest.raises(Refused, match="Run nobody is not in the ledger"):
        taken_back(office, "nobody")
    with pytest.raises(Refused, match="the settings are for"):
        undo(replace(office.desk, manage_company="other"), run, lambda *_: True)
    with pytest.raises(Unavailable):
        taken_back(office, run)


def test_an_undo_moves_no_watermark(office: Office) -> None:
    """Last Successful Run stays the run that was pushed."""
    run = pushed(office)
    before = office.sync(LAST_RUN).run.window.start
    taken_back(office, run)
    assert before == office.sync(LAST_RUN).run.window.start


def test_a_refused_row_says_whose_it_is_and_belongs_to_the_undo(office: Office) -> None:
    """Run, key, invoice and currency; nothing that was not read."""
    run = pushed(office)
    record = office.site.records[101_002][0]
    office.site.add(office.site.invoices_[101_002], replace(record, amount=Decimal("160.00")))
    refused = taken_back(office, run).postings[-1]
    assert refused == Posting(
        run=run,
        key="1002",
        invoice="1002",
        currency="CAD",
        outcome=Outcome.REFUSED,
        message=say("Manage no longer holds what this run wrote, so it is left alone. Look at the invoice's payments."),
        undo=True,
    )


def test_the_end_of_an_undo_is_told_from_that_of_a_push(office: Office) -> None:
    """In the history."""
    run = pushed(office)
    taken_back(office, run)
    (summary,) = office.ledger.history()
    assert summary.end is not None
    assert (summary.end.phase, summary.end.successful, summary.end.outcomes) == (
        Phase.UNDO,
        True,
        {Outcome.POSTED: 2},
    )


def test_what_cannot_be_undone_says_why(office: Office) -> None:
    """Each in one sentence with the run."""
    run = pushed(office)
    elsewhere = replace(office.desk, site="https://else.example.net", manage_company="other")
    with pytest.raises(Refused) as other:
        undo(elsewhere, run, lambda *_: True)
    assert str(other.value) == (
        f"Run {run} wrote to https://api-na.example.net (acme) and the settings are for https://else.example.net "
        "(other). Use the settings it was made with."
    )
    with pytest.raises(Refused, match=r"^Run nobody is not in the ledger of this user on this computer\. Choose one"):
        undo(office.desk, "nobody", lambda *_: True)
    taken_back(office, run)
    with pytest.raises(
        Refused, match=f"^Run {run} has nothing in Manage that could be undone\\. See in tieout history"
    ):
        taken_back(office, run)


def test_a_silent_push_is_not_undone_before_it_is_settled(office: Office) -> None:
    """The sentence says when; another run's silence does not concern this run."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    silent, empty = office.sync(), "nothing in Manage that could be undone"
    office.site.before_write = lambda _: NoAnswer(message=say("No answer."))
    office.push(silent)
    run = silent.run.id
    with pytest.raises(Refused) as refused:
        taken_back(office, run)
    assert str(refused.value) == (
        f"A write of run {run} got no answer and may still arrive. Undo it after the quiet period."
    )
    later = office.sync()
    with pytest.raises(Refused, match=empty):
        taken_back(office, later.run.id)


def test_what_an_undo_asks_before_it_writes(office: Office) -> None:
    """Rows that Manage no longer holds count as changed; what is deleted and lowered is said."""
    run = pushed(office)
    asked: list[list[str]] = []

    def confirm(reasons: Sequence[Text], count: int) -> bool:
        asked.append([*(str(reason) for reason in reasons), str(count)])
        return True

    undo(office.desk, run, confirm)
    assert asked == [
        [
            "1 payment record(s) would be deleted in Manage.",
            "1 row(s) would lower Paid Amount or take Date Paid away.",
            "2",
        ]
    ]
