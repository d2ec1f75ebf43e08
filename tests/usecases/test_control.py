"""The control account in a run: kept with what the run proves, or one notice that says why not, and no refusal."""

from __future__ import annotations

from decimal import Decimal

from sync.core.values.messages import say
from sync.core.values.records import AccountReading, LedgerPart
from tests.usecases.office import Office

OPEN = LedgerPart(currency_id=1, settled=False, documents=1, leaving=1, amount=Decimal("60.00"))


def test_what_was_read_is_kept_and_a_difference_stops_nothing(office: Office) -> None:
    """A cent beside the ledger: it is on record as read, at the moment of Sage's own clock, and the run is done."""
    office.invoice(1001, "60.00")
    office.books.account = AccountReading(account=12000000, balance=Decimal("60.01"), parts=(OPEN,))
    review = office.sync()
    kept = office.ledger.evidence(review.run.id)
    assert kept is not None
    assert kept.control is not None
    assert (kept.control, kept.control.at) == (review.evidence.control, office.books.clock)
    assert (kept.control.difference, review.run.notices) == (Decimal("0.01"), ())


def test_what_could_not_be_read_is_one_notice(office: Office) -> None:
    """The rows are there as ever, and nothing is kept of it."""
    office.invoice(1001, "60.00")
    office.receipt(1001, "60.00")
    why = say("control-tables-missing", missing="tlinkact, taccount")
    office.books.account = AccountReading(why=why)
    review = office.sync()
    assert review.run.notices == (say("control-not-tied", why=why),)
    assert (review.evidence.control, [row.approve for row in review.rows]) == (None, [True])
