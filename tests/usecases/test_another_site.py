"""The same books with another site, which may be the same site spelled otherwise: what is known is not forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.core.prove.review import Review
from sync.core.values.errors import Refused
from sync.core.values.posting import Outcome
from tests.support.fakes import SILENCE
from tests.usecases.office import Office, outcomes

SPELLED = "https://na.example.net"


def reviewed(office: Office) -> Review:
    """Two invoices that are ready."""
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    return office.sync()


def new_address(review: Review) -> bool:
    """Whether the run says that the books were used with another site."""
    return any("sync-books-of-other-site-too" in str(notice) for notice in review.run.notices)


def test_a_no_is_a_no_however_the_site_is_spelled(office: Office) -> None:
    """It is about the invoice in Sage; a Yes under the new spelling releases it for good."""
    office.push(reviewed(office), approve={"1001": False, "1002": False})
    office.address = SPELLED
    review = office.sync()
    assert ({row.invoice: row.approve for row in review.rows}, new_address(review)) == (
        {"1001": False, "1002": False},
        True,
    )
    office.push(review, approve={"1001": True})
    assert office.shown(1001)[0] == "100.00"
    review = office.sync()
    assert [(row.invoice, row.approve) for row in review.rows if row.status == "ready"] == [("1002", False)]
    assert not new_address(review)


def test_a_write_in_doubt_is_waited_for_however_the_site_is_spelled(office: Office) -> None:
    """Else a late one would meet a second."""
    review = reviewed(office)
    office.site.before_write = lambda _: SILENCE
    assert outcomes(office.push(review, approve={"1002": False})) == {"1001": Outcome.UNKNOWN}
    (late,) = office.site.writes
    office.site.before_write = lambda _: None
    office.address = SPELLED
    review = office.sync()
    with pytest.raises(Refused, match="push-wait-other-site"):
        office.push(review)
    office.site.apply(late)
    office.clock.pass_by(timedelta(minutes=11))
    assert outcomes(office.push(review)) == {"1001": Outcome.ALREADY}
    assert office.shown(1001)[0] == "100.00"
