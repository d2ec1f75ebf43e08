"""An invoice that names no currency: of the home currency where none names any, of an unknown one where one does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.core.decide.manage_position import in_known_currencies
from sync.core.prove.tie_out import DifferenceClass
from sync.core.values.labels import currency
from sync.core.values.messages import say
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Outcome
from tests.support.build import invoice
from tests.usecases.office import LAST_RUN, Office, outcomes, statuses


def name_none(office: Office, *numbers: int) -> None:
    """Manage names no currency of these invoices."""
    for number in numbers:
        shown = office.site.invoices_[number + 100_000]
        office.site.invoices_[number + 100_000] = replace(shown, currency=None)


def two_paid(office: Office) -> None:
    """Two invoices that are paid in Sage."""
    for number, total in ((1001, "100.00"), (1002, "60.00")):
        office.invoice(number, total)
        office.receipt(number, total)


def test_where_no_invoice_names_a_currency_all_are_in_the_home_currency(office: Office) -> None:
    """A site with one currency shows none, and is pushed to as ever."""
    two_paid(office)
    name_none(office, *(each - 100_000 for each in office.site.invoices_))
    review = office.sync()
    assert statuses(review) == {"1001": "ready", "1002": "ready"}
    assert set(outcomes(office.push(review)).values()) == {Outcome.POSTED}


def test_where_one_invoice_names_a_currency_one_that_names_none_is_bad_data(office: Office) -> None:
    """It cannot be approved, shows no amount, and the row and the run say why."""
    two_paid(office)
    name_none(office, 1002)
    review = office.sync()
    (row,) = (each for each in review.rows if each.invoice == "1002")
    flaw = say("manage-invoice-without-currency", id=101_002)
    assert statuses(review) == {"1001": "ready", "1002": "bad_data"}
    assert (row.approve, row.approvable, row.paid_before, row.reason) == (False, False, None, flaw)
    assert say("sync-manage-currency-unnamed", count=1) in review.run.notices
    tied = review.evidence.tie_out
    assert tied is not None
    found = [(each.reason, each.currency, each.manage) for each in tied.items if each.invoice == "1002"]
    assert found == [(DifferenceClass.CURRENCY, UNNAMED, Decimal("60.00"))]
    assert office.push(review, approve={"1002": True}).postings[0].invoice == "1001"
    assert office.site.records[101_002] == []


def test_what_was_pushed_before_the_site_named_currencies_has_not_changed(office: Office) -> None:
    """Its amount is as it was read back: no later run makes a row of it because other invoices name a currency now."""
    two_paid(office)
    name_none(office, *(each - 100_000 for each in office.site.invoices_))
    office.push(office.sync())
    office.clock.pass_by(timedelta(days=60))
    office.clock.day = (office.clock.day or office.clock.moment.date()) + timedelta(days=60)
    office.invoice(1003, "10.00")
    assert statuses(office.sync(LAST_RUN)) == {}
    shown = office.site.invoices_[101_001]
    office.site.add(replace(shown, currency=None), replace(office.site.records[101_001][0], amount=Decimal("1.00")))
    assert statuses(office.sync(LAST_RUN)) == {"1001": "bad_data"}


def test_an_empty_code_names_none_and_a_flaw_of_its_amounts_comes_first() -> None:
    """Whatever else is wrong with it; the others are left as they are."""
    bad = say("manage-invoice-amount-bad", id=502, amount="total", why="empty")
    named, empty, flawed = invoice(), invoice(2, currency=""), invoice(3, currency=None, flaw=bad)
    found = in_known_currencies([named, empty, flawed])
    assert [each.currency for each in found] == ["CAD", UNNAMED, UNNAMED]
    assert [each.flaw for each in found] == [None, say("manage-invoice-without-currency", id=502), bad]
    assert in_known_currencies([empty, flawed]) == [empty, flawed]


@pytest.mark.parametrize(("unit", "words"), [(UNNAMED, "unnamed-currency"), (f"{UNNAMED}3", "currency-with-number")])
def test_an_unnamed_currency_is_called_so(unit: str, words: str) -> None:
    """By Sage's number where it has one."""
    shown = currency(unit)
    assert not isinstance(shown, str)
    assert [each.id for each in shown.sentences] == [words]
