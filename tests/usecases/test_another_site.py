"""The same site at another address is the same by what it says of itself; another site never inherits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Review
from sync.core.values.errors import Refused
from sync.core.values.posting import Outcome
from sync.core.values.runs import SiteSays
from sync.usecases.accept_match import accept
from sync.usecases.guards import earlier_review
from sync.usecases.watch import waiting_review
from tests.support.fakes import SILENCE
from tests.usecases.office import LAST_RUN, Office, made_from, outcomes

MOVED = "https://psa.maple.example"
SAYS = SiteSays(company_id="acme", company_name="Maple Networks")
NOTICES = {"sync-books-at-other-site", "sync-site-known-again", "sync-site-renamed"}


def reviewed(office: Office) -> Review:
    """Two invoices that are ready, at a site that says which it is."""
    office.site.says = SAYS
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00")
    return office.sync()


def of_address(review: Review) -> list[str]:
    """What the run says of the address of its site."""
    return [each.id for notice in review.run.notices for each in notice.sentences if each.id in NOTICES]


def approved(review: Review) -> dict[str, bool]:
    """What is proposed of each invoice."""
    return {row.invoice: row.approve for row in review.rows if row.approvable}


def test_a_no_is_a_no_at_another_address_of_the_site(office: Office) -> None:
    """With its note; a Yes at the new address releases it for good, and the way back forgets nothing."""
    office.push(reviewed(office), approve={"1001": False, "1002": False})
    office.address = MOVED
    review = office.sync()
    assert (approved(review), of_address(review)) == ({"1001": False, "1002": False}, ["sync-site-known-again"])
    office.push(review, approve={"1001": True})
    assert office.shown(1001)[0] == "100.00"
    office.address = "https://api-na.example.net"
    review = office.sync()
    assert (approved(review), of_address(review)) == ({"1002": False}, [])


def test_the_watermark_a_match_and_a_waiting_review_are_those_of_the_site(office: Office) -> None:
    """Last Successful Run needs no other choice, a match stands, and the file of the old address is carried over."""
    office.push(reviewed(office))
    office.invoice(1003, "70.00")
    office.receipt(1003, "70.00")
    only = office.site.invoices_[101_003]
    office.site.invoices_[101_003] = replace(only, number="INV-1003")
    review = office.sync()
    accept(office.systems, office.seat, "1003", "INV-1003")
    office.address = MOVED
    assert waiting_review(office.seat, office.systems, office.policy)[0] is None
    assert earlier_review(office.ledger, office.systems, made_from(review), "x.xlsx").run == review.run
    assert approved(office.sync(LAST_RUN)) == {"1003": True}


def test_a_write_in_doubt_is_one_at_another_address_too(office: Office) -> None:
    """Else a late one would meet a second: the row is not sent again, and read where it arrives."""
    review = reviewed(office)
    office.site.before_write = lambda _: SILENCE
    assert outcomes(office.push(review, approve={"1002": False})) == {"1001": Outcome.UNKNOWN}
    (late,) = office.site.writes
    office.site.before_write = lambda _: None
    office.address = MOVED
    review = office.sync()
    assert outcomes(office.push(review)) == {"1001": Outcome.UNKNOWN}
    office.site.apply(late)
    office.clock.pass_by(timedelta(minutes=11))
    assert outcomes(office.push(review)) == {"1001": Outcome.ALREADY}
    assert office.shown(1001)[0] == "100.00"


@pytest.mark.parametrize("says", [replace(SAYS, company_name="Maple Dental"), None])
def test_another_site_never_inherits(office: Office, says: SiteSays | None) -> None:
    """Nor one that does not say which it is: it is told by its address. The first run there says so."""
    review = reviewed(office)
    office.push(review, approve={"1001": False, "1002": False})
    office.address, office.site.says = MOVED, says
    with pytest.raises(Refused, match="run-of-other-site"):
        office.push(review)
    review = office.sync()
    assert (approved(review), of_address(review)) == ({"1001": True, "1002": True}, ["sync-books-at-other-site"])
    assert of_address(office.sync()) == []


def test_a_site_that_took_another_name_is_the_same(office: Office) -> None:
    """At its own address; said once."""
    office.push(reviewed(office), approve={"1001": False})
    office.site.says = replace(SAYS, company_name="Maple Networks of Québec")
    review = office.sync()
    assert (approved(review), of_address(review)) == ({"1001": False}, ["sync-site-renamed"])
    office.site.says = None
    office.sync()
    office.site.says = replace(SAYS, company_name="Maple Networks of Québec")
    assert of_address(office.sync()) == []


def test_another_company_s_site_at_the_same_address_is_refused(office: Office) -> None:
    """A host name that leads to another server by now: nothing is read into, or taken from, what is on record."""
    review = reviewed(office)
    office.site.says = replace(SAYS, company_id="oak")
    for work in (office.sync, lambda: office.push(review)):
        with pytest.raises(Refused, match=r"sync-site-of-other-company\(found=oak, known=acme"):
            work()
    assert office.site.writes == []
