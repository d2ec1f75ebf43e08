"""Undo: a run's writes taken back where Manage still holds them, by the same protocol, and reported row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.values.errors import Refused, SetupError, Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.posting import NoAnswer, Outcome, Posting, Refusal
from sync.core.values.proposal import Proposal
from sync.core.values.records import Write
from sync.core.values.runs import Phase
from sync.language.catalogues import ENGLISH
from sync.usecases.push import Pushed
from sync.usecases.undo import undo
from tests.support.english import ids
from tests.usecases.office import LAST_RUN, Office, outcomes, statuses


def taken_back(office: Office, run: str, *, yes: bool = True) -> Pushed:
    """Undo a run, a moment later."""
    office.clock.pass_by(timedelta(seconds=1))
    return office.undo(run, lambda *_: yes)


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


def test_one_row_is_taken_back_and_the_others_stay(office: Office) -> None:
    """By its key; the rest of the run can be taken back later."""
    run = pushed(office)
    office.clock.pass_by(timedelta(seconds=1))
    assert outcomes(office.undo(run, keys=["1002"])) == {"1002": Outcome.POSTED}
    assert (office.shown(1001)[0], office.shown(1002)[0]) == ("113.00", "50.00")
    assert outcomes(taken_back(office, run)) == {"1001": Outcome.POSTED}


def test_a_row_that_the_run_did_not_write_is_named_and_nothing_is_changed(office: Office) -> None:
    """Also beside one that it did write: half of what was asked for would be a silent skip."""
    run = pushed(office)
    with pytest.raises(SetupError) as raised:
        office.undo(run, keys=["1001", "7777"])
    assert raised.value.text == say("undo-row-not-written", run=run, keys="7777")
    assert office.shown(1001)[0] == "113.00"


def test_a_row_whose_write_may_still_arrive_is_not_called_unwritten(office: Office) -> None:
    """Asked for by its key it waits for the quiet period, as the whole run does."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.site.before_write = lambda _: NoAnswer(message=say("No answer."))
    office.push(review)
    with pytest.raises(Refused) as raised:
        office.undo(review.run.id, keys=["1001"])
    assert ids(raised.value.text) == ["undo-run-write-unanswered"]


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
    assert found.postings[0].message.said(ENGLISH) == "This run was undone. Run the sync again and review it."
    assert office.shown(1001) == ("0.00", None)


def test_what_somebody_changed_since_is_left_alone(office: Office) -> None:
    """Row by row, with the reason; the rest is undone."""
    run = pushed(office)
    record = office.site.records[101_002][0]
    office.site.add(office.site.invoices_[101_002], replace(record, amount=Decimal("160.00")))
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.REFUSED}
    assert "Manage no longer holds what this run wrote" in found.postings[-1].message.said(ENGLISH)
    assert not found.successful
    assert office.site.records[101_002][0].amount == Decimal("160.00")


def test_a_later_run_is_undone_first(office: Office) -> None:
    """Otherwise its before would be lost."""
    run = pushed(office)
    office.receipt(1002, "50.00")
    office.push(office.sync())
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.REFUSED}
    assert "has written this invoice again" in found.postings[-1].message.said(ENGLISH)
    assert office.shown(1002)[0] == "200.00"


def test_an_undo_is_confirmed_before_its_first_write(office: Office) -> None:
    """It deletes and lowers."""
    run = pushed(office)
    with pytest.raises(Refused, match="push-not-confirmed"):
        taken_back(office, run, yes=False)
    assert office.shown(1001)[0] == "113.00"


def test_undone_twice_is_nothing_to_undo(office: Office) -> None:
    """Said before anything is sent."""
    run = pushed(office)
    taken_back(office, run)
    with pytest.raises(Refused, match="undo-nothing-to-undo"):
        taken_back(office, run)


def test_an_undo_that_got_no_answer_is_settled_by_reading(office: Office) -> None:
    """Never sent twice: the next undo, after the quiet period, finds that it was done."""
    run = pushed(office)

    def vanish(write: Write) -> NoAnswer | None:
        office.site.down = write.invoice_id == 101_002
        return NoAnswer(message=say("No answer.")) if office.site.down else None

    office.site.after_write = vanish
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.UNKNOWN}
    office.site.down = False
    writes = len(office.site.writes)
    with pytest.raises(Refused, match="undo-nothing-to-undo"):
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
    assert [posting.message.said(ENGLISH) for posting in again.postings] == [
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
    with pytest.raises(Refused, match="undo-run-write-unanswered"):
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
    """Exactly our record goes or is changed back; what others have written beside it stays as it is."""
    run = pushed(office)
    theirs = {number: office.record(number, "5.00", record_id=77 + number) for number in (1001, 1002)}
    for number, record in theirs.items():
        ours = office.site.records[number + 100_000]
        office.site.add(office.site.invoices_[number + 100_000], record, *ours)
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.POSTED, "1002": Outcome.POSTED}
    assert office.site.records[101_001] == [theirs[1001]]
    assert office.site.records[101_002] == [theirs[1002], office.record(1002, "50.00", record_id=7)]
    assert [str(posting.paid_after) for posting in found.postings] == ["5.00", "55.00"]


@pytest.mark.parametrize("moment", ["before the write", "while it is under way"])
def test_a_person_who_edits_during_an_undo_keeps_what_they_typed(office: Office, moment: str) -> None:
    """Seen just before, it is refused; seen just after, it is told as it stands, and never as undone."""
    run, touched = pushed(office), replace(office.record(1002, "160.00"), id=7)

    def edit(_: Write) -> None:
        office.site.add(office.site.invoices_[101_002], touched)

    if moment == "before the write":
        office.site.after_write = edit  # of the first row
    else:
        office.site.after_write = lambda write: edit(write) if write.invoice_id == 101_002 else None
    found = taken_back(office, run)
    last = found.postings[-1]
    assert (found.postings[0].outcome, found.successful) == (Outcome.POSTED, False)
    assert office.site.records[101_002] == [touched]
    if moment == "before the write":
        assert (last.outcome, ids(last.message), last.attempt) == (
            Outcome.REFUSED,
            ["undo-write-no-longer-there"],
            None,
        )
    else:
        assert (last.outcome, ids(last.message), last.verified) == (Outcome.DIFFERS, ["push-shows-other"], False)


def test_a_record_that_a_person_took_away_during_the_undo_is_undone(office: Office) -> None:
    """A 404 to the deletion, and the record is gone: that is what was wanted."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    review = office.sync()
    office.push(review)

    def gone(_: Write) -> None:
        office.site.add(office.site.invoices_[101_001])

    office.site.before_write = gone
    (posting,) = taken_back(office, review.run.id).postings
    assert (posting.outcome, posting.verified, ids(posting.message)) == (
        Outcome.POSTED,
        True,
        ["push-not-confirmed-but-read-back"],
    )


def test_a_login_lost_midway_stops_an_undo(office: Office) -> None:
    """The rest is refused, and said to be an undo's."""
    run = pushed(office)
    office.site.before_write = lambda _: Refusal(message=say("Manage refused the login."), stop=True)
    found = taken_back(office, run)
    assert outcomes(found) == {"1001": Outcome.REFUSED, "1002": Outcome.REFUSED}
    assert all(posting.undo for posting in found.postings)


def test_an_unknown_run_and_another_site_are_refused(office: Office) -> None:
    """Before anything is read."""
    run = pushed(office)
    office.site.down = True
    with pytest.raises(Refused, match=r"run-not-in-ledger\(run=nobody\)"):
        taken_back(office, "nobody")
    with pytest.raises(Refused, match="run-of-other-site"):
        undo(replace(office.systems, manage_company="other"), office.rules, office.seat, run, lambda *_: True)
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
        message=say("undo-write-no-longer-there"),
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
    elsewhere = replace(office.systems, site="https://else.example.net", manage_company="other")
    with pytest.raises(Refused) as other:
        undo(elsewhere, office.rules, office.seat, run, lambda *_: True)
    assert other.value.said(ENGLISH) == (
        f"Run {run} is for https://api-na.example.net (acme) and the settings are for https://else.example.net "
        "(other). Use the settings it was made with."
    )
    with pytest.raises(Refused, match=r"^run-not-in-ledger\(run=nobody\)$"):
        office.undo("nobody")
    taken_back(office, run)
    with pytest.raises(Refused, match=rf"^undo-nothing-to-undo\(run={run}\)$"):
        taken_back(office, run)


def test_a_silent_push_is_not_undone_before_it_is_settled(office: Office) -> None:
    """The sentence says when; another run's silence does not concern this run."""
    office.invoice(1001, "113.00")
    office.receipt(1001, "113.00")
    silent, empty = office.sync(), "undo-nothing-to-undo"
    office.site.before_write = lambda _: NoAnswer(message=say("No answer."))
    office.push(silent)
    run = silent.run.id
    with pytest.raises(Refused) as refused:
        taken_back(office, run)
    assert refused.value.said(ENGLISH) == (
        f"A write of run {run} got no answer and may still arrive. Undo it after the quiet period."
    )
    later = office.sync()
    with pytest.raises(Refused, match=empty):
        taken_back(office, later.run.id)


def test_what_an_undo_asks_before_it_writes(office: Office) -> None:
    """Rows that Manage no longer holds count as changed; what is deleted and lowered is said."""
    run = pushed(office)
    asked: list[list[str]] = []

    def confirm(_: Sequence[Text], reasons: Sequence[Text], rows: Sequence[Proposal]) -> bool:
        asked.append([*(reason.said(ENGLISH) for reason in reasons), str(len(rows))])
        return True

    office.undo(run, confirm)
    assert asked == [
        [
            "1 payment record(s) would be deleted in Manage.",
            "1 row(s) would lower Paid Amount or take Date Paid away.",
            "2",
        ]
    ]
