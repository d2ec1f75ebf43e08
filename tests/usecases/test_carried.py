"""An item held for weeks: it comes back with its age, its note and its owner, and closes when Sage is corrected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.posting import Decision, Outcome
from tests.support.english import worded
from tests.usecases.office import LAST_RUN, TODAY, Office, outcomes, statuses

WEEK = timedelta(days=7)


def week(office: Office, note: str | None = None) -> Review:
    """Sync since the last successful run and push what is ready, with a note on the invoice in question or without."""
    review = office.sync(LAST_RUN) if office.ledger.history() else office.sync()
    decisions = [
        Decision(
            key=row.key,
            approve=row.approve,
            note=note or review.open_items[row.key].note if row.key == "1001" else "",
            owner="luc" if row.key == "1001" else "",
        )
        for row in review.rows
    ]
    office.push_decided(review.run.id, decisions)
    return review


def later(office: Office, day: date) -> None:
    """Go on to a day, on which another customer pays."""
    office.clock.pass_by(WEEK)
    office.clock.day = day
    number = 2000 + len(office.books.documents)
    office.invoice(number, "20.00")
    office.receipt(number, "20.00", entered_on=day, dated=day)


def test_an_invoice_held_three_runs_ago_with_a_note_comes_back_and_closes(office: Office) -> None:
    """Opened in the first week, twenty-one days old in the fourth, closed in the fifth by what was read back."""
    office.invoice(1001, "100.00", manage_total="113.00")
    office.receipt(1001, "100.00")
    first = week(office, "Tax left out in Sage; asked Marie")
    assert statuses(first) == {"1001": "total_differs"}
    day = TODAY
    for passed in range(1, 4):
        day += WEEK
        later(office, day)
        review = week(office)
        item = review.open_items["1001"]
        assert (statuses(review)["1001"], item.since) == ("total_differs", TODAY)
        assert (item.note, item.owner) == ("Tax left out in Sage; asked Marie", "luc")
        (held,) = office.audit(review.run.id).held
        assert (held.age, held.note, held.owner, held.closed) == (7 * passed, item.note, "luc", None)
    day += WEEK
    later(office, day)
    own = next(row for row in office.books.entries if row.document_id == 1001)
    office.books.entries[office.books.entries.index(own)] = replace(own, amount=Decimal("113.00"))
    office.receipt(1001, "13.00", entered_on=day, dated=day)
    review = office.sync(LAST_RUN)
    assert (statuses(review)["1001"], review.open_items["1001"].note) == ("ready", "Tax left out in Sage; asked Marie")
    assert outcomes(office.push(review))["1001"] is Outcome.POSTED
    closed = [held for held in office.audit(review.run.id).held if held.row.invoice == "1001"]
    assert [(held.closed, worded(held.how)) for held in closed] == [(day, "Posted to Manage and read back.")]
    later(office, day + WEEK)
    assert "1001" not in office.sync(LAST_RUN).open_items
