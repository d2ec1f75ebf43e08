"""What an undo brings back exactly, and what it says of the rest (fault 96)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.write_outcome import restored_otherwise
from sync.core.prove.review import Review
from sync.core.values.messages import Text, say
from sync.core.values.posting import NoAnswer, Outcome, Posting
from sync.core.values.proposal import Proposal
from sync.core.values.records import Payment, Write
from sync.language.catalogues import ENGLISH
from tests.support.english import ids
from tests.usecases.office import Office

DAY = date(2026, 4, 1)
READ_BACK = "Written and read back. "


def deleted(office: Office, **more: object) -> tuple[Review, Payment]:
    """A run that deleted a record of a person's, because the cheque was returned."""
    record = replace(office.record(1001, "113.00", DAY), id=7, kind="P", applied_by="marie", **more)
    office.invoice(1001, "113.00", record)
    office.receipt(1001, "113.00")
    office.row(1001, "113.00", number="NSF")
    review = office.sync()
    office.push(review, approve={"1001": True})
    assert office.shown(1001) == ("0.00", None)
    return review, record


def undone(office: Office, review: Review) -> Posting:
    """How the one row of an undo ended, a moment later."""
    office.clock.pass_by(timedelta(seconds=1))
    (posting,) = office.undo(review.run.id).postings
    return posting


def test_what_was_read_before_the_write_is_kept_with_it(office: Office) -> None:
    """In the ledger, so that another day's undo knows it; a record that is made has no before."""
    review, record = deleted(office, time_of_day="T14:30:00Z", beyond=Decimal("0.004"))
    office.reopen()
    (intent,) = office.ledger.intents(review.run.id)
    assert intent.before == record
    undone(office, review)
    (_, intent) = office.ledger.intents(review.run.id)
    assert (intent.before, intent.write.restores) == (None, record)


def test_a_deleted_record_comes_back_as_it_was_but_for_what_manage_makes_anew(office: Office) -> None:
    """Amount, day, time of day and type are sent; number and user are Manage's own, and that is said."""
    review, record = deleted(office, time_of_day="T14:30:00Z", beyond=Decimal("0.004"))
    posting = undone(office, review)
    (again,) = office.site.records[101_001]
    assert again == replace(record, id=again.id, applied_by="")
    assert (posting.outcome, posting.verified, restored_otherwise(posting)) == (Outcome.POSTED, True, True)
    assert posting.message.said(ENGLISH) == (
        f"{READ_BACK}Amount and date are restored, but not all is as it was: the record is a new one with what Manage "
        f"keeps beside it ({again.id} instead of 7), it was entered by none instead of marie. Look at "
        "the invoice in Manage if that matters."
    )


def test_what_a_site_does_not_take_over_is_said(office: Office) -> None:
    """Type, time of day and fractions of a cent, each with what it is now and what it was."""
    review, _ = deleted(office, time_of_day="T14:30:00Z", beyond=Decimal("0.004"))

    def plain(_: Write) -> None:
        (record,) = office.site.records[101_001]
        changed = replace(record, kind="Payment", time_of_day="", beyond=Decimal("0.00"), applied_by="marie")
        office.site.add(office.site.invoices_[101_001], changed)

    office.site.after_write = plain
    assert (
        undone(office, review)
        .message.said(ENGLISH)
        .endswith(
            "instead of 7), its type is Payment instead of P, its time of day is 00:00:00Z instead of 14:30:00Z, its "
            "amount is 113.00 instead of 113.004. Look at the invoice in Manage if that matters."
        )
    )


def test_one_that_is_found_by_a_later_reading_says_it_too(office: Office) -> None:
    """The answer was lost; it was applied after all."""
    review, _ = deleted(office)

    def vanish(_: Write) -> NoAnswer:
        office.site.down = True
        return NoAnswer(message=say("No answer."))

    office.site.after_write = vanish
    assert undone(office, review).outcome is Outcome.UNKNOWN
    office.site.down = False
    office.clock.pass_by(timedelta(hours=1))
    office.sync()
    posting = office.ledger.changes(review.run.id)["1001"]
    assert ids(posting.message)[:2] == ["push-applied-after-all", "undo-restored-but"]


def changed(office: Office, paid_on: date | None, time_of_day: str = "") -> Review:
    """A run that raised a part payment, made by hand, to the whole."""
    record = replace(office.record(1002, "50.00", paid_on, record_id=7), time_of_day=time_of_day, applied_by="marie")
    office.invoice(1002, "200.00", record)
    office.receipt(1002, "200.00")
    review = office.sync()
    office.push(review)
    assert office.shown(1002) == ("200.00", date(2026, 4, 7))
    return review


def test_a_changed_record_gets_its_day_and_time_back(office: Office) -> None:
    """It is the same record, so that nothing else is to be said."""
    review = changed(office, DAY, "T14:30:00Z")
    posting = undone(office, review)
    (record,) = office.site.records[101_002]
    assert (str(record.amount), record.paid_on, record.time_of_day) == ("50.00", DAY, "T14:30:00Z")
    assert (ids(posting.message), restored_otherwise(posting)) == (["push-written-and-read-back"], False)


def test_a_date_that_a_site_does_not_take_away_is_said_before_and_after(office: Office) -> None:
    """Before, that it may not be allowed; after, what stands there: never as restored."""
    review = changed(office, None)
    said: list[str] = []

    def confirm(what: Sequence[Text], _: Sequence[Text], rows: Sequence[Proposal]) -> bool:
        said.extend(text.said(ENGLISH) for text in what)
        return len(rows) == 1

    def stays(_: Write) -> None:
        (record,) = office.site.records[101_002]
        office.site.add(office.site.invoices_[101_002], replace(record, paid_on=date(2026, 4, 7)))

    office.site.after_write = stays
    office.clock.pass_by(timedelta(seconds=1))
    (posting,) = office.undo(review.run.id, confirm).postings
    assert said[-1] == (
        "1 payment date(s) would be taken away again. Not every Manage allows it: a row whose date stays ends as "
        "differing, and says so."
    )
    assert (posting.outcome, posting.verified) == (Outcome.DIFFERS, False)
    assert posting.message.said(ENGLISH).startswith(
        "Manage now shows 50.00 paid on 2026-04-07 instead of 50.00 paid without a date."
    )


@pytest.mark.parametrize("deletes", [True, False])
def test_what_may_not_come_back_is_said_before_the_first_write(office: Office, *, deletes: bool) -> None:
    """Of deleted records alone."""
    review = deleted(office)[0] if deletes else changed(office, DAY)
    said: list[str] = []

    def confirm(what: Sequence[Text], _: Sequence[Text], rows: Sequence[Proposal]) -> bool:
        said.extend(text.said(ENGLISH) for text in what)
        return len(rows) == 1

    office.clock.pass_by(timedelta(seconds=1))
    office.undo(review.run.id, confirm)
    about = [text for text in said if "made anew" in text]
    words = (
        "1 deleted payment record(s) would be made anew: amount, date and type are sent as they were; number, user and "
        "what else Manage keeps beside them are new."
    )
    assert about == ([words] if deletes else [])
