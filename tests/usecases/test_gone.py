"""An invoice that Manage does not find any more stands in nobody's way, and says nothing of what was written to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sync.core.values.errors import NotFound
from sync.core.values.messages import say
from sync.core.values.posting import Outcome, Reply
from sync.core.values.records import Write
from tests.support.fakes import SILENCE
from tests.usecases.office import Office, outcomes, statuses

NOT_FOUND = NotFound(say("manage-not-found", what=say("manage-to-read-payments"), said=say("no-reason-given")))


def paid(office: Office, *numbers: int) -> None:
    """Invoices of 100.00 with a receipt each."""
    for number in numbers:
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")


def gone(office: Office, number: int) -> None:
    """A person deletes the invoice in Manage."""
    del office.site.invoices_[number + 100_000], office.site.records[number + 100_000]


def silent_for(number: int) -> Callable[[Write], Reply | None]:
    """A site that says nothing about one invoice's write, and does not apply it."""

    def reply(write: Write) -> Reply | None:
        return SILENCE if write.invoice_id == number + 100_000 else None

    return reply


def test_a_write_in_doubt_on_an_invoice_that_is_gone_stops_no_later_run(office: Office) -> None:
    """It stays in doubt; everything else is read, proposed and pushed."""
    paid(office, 1001, 1002)
    review = office.sync()
    office.site.before_write = silent_for(1001)
    assert outcomes(office.push(review, approve={"1002": False})) == {"1001": Outcome.UNKNOWN}
    gone(office, 1001)
    office.clock.pass_by(timedelta(hours=1))
    review = office.sync()
    assert statuses(review) == {"1001": "not_in_manage", "1002": "ready"}
    assert outcomes(office.push(review, approve={"1002": True})) == {"1002": Outcome.POSTED}
    assert [intent.invoice for intent in office.ledger.in_doubt(review.run.company)] == ["1001"]


def test_a_run_is_undone_though_one_of_its_invoices_is_gone(office: Office) -> None:
    """That row is refused and says why; the others are restored."""
    paid(office, 1001, 1002)
    review = office.sync()
    office.push(review)
    gone(office, 1001)
    undone = office.undo(review.run.id)
    assert outcomes(undone) == {"1001": Outcome.REFUSED, "1002": Outcome.POSTED}
    assert "undo-invoice-not-found" in {each.id for each in undone.postings[0].message.sentences}
    assert office.shown(1002) == ("0.00", None)


def test_an_invoice_that_goes_during_a_push_stops_no_other_row(office: Office) -> None:
    """A record that is not found is no login that failed."""
    paid(office, 1001, 1002)
    review = office.sync()
    office.site.before_payments = lambda ids: NOT_FOUND if 101_001 in ids else None
    assert outcomes(office.push(review)) == {"1001": Outcome.REFUSED, "1002": Outcome.POSTED}
