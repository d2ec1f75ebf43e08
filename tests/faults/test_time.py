"""Clocks that jump, nights that have an hour more or less, and midnights that differ between places."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from pytest_httpserver import HTTPServer

from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, window
from sync.core.values.posting import Accepted, Outcome, Refusal
from sync.core.values.records import Invoice
from sync.manage.client import ManageClient
from sync.system.this_computer import SystemClock
from tests.manage.test_writing import CREATE, ECHO, PAYMENTS, sent
from tests.support.fakes import SILENCE, FakeClock, FakeSite
from tests.usecases.office import LAST_RUN, PAST_MONTH, Office, outcomes, statuses

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows takes its zone from its settings alone")
ZONES = ["UTC", "America/Toronto", "America/St_Johns", "America/Vancouver", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


@contextmanager
def living_in(zone: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer in that zone."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


@dataclass
class BusySite(FakeSite):
    """A site during whose reading somebody enters a receipt in Sage."""

    office: Office | None = None

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """Read, while Sage is written to, past midnight."""
        if self.office is not None:
            office, self.office = self.office, None
            midnight = office.books.clock + timedelta(minutes=2)
            office.receipt(1002, "100.00", dated=midnight.date(), entered_on=midnight.date())
        return super().invoices(numbers)


@pytest.mark.parametrize("minutes_before_midnight", [600, 1])
def test_what_is_entered_during_a_long_reading_is_in_the_next_run(office: Office, minutes_before_midnight: int) -> None:
    """Fault 67: the watermark is the day on which the reading began, by Sage's clock."""
    site = BusySite()
    office.site = site
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.invoice(1002, "100.00")
    office.books.clock = datetime(2026, 4, 11) - timedelta(minutes=minutes_before_midnight)  # noqa: DTZ001 - Sage's clock
    site.office = office
    first = office.sync()
    assert statuses(first) == {"1001": "ready"}
    office.push(first)
    office.clock.day = date(2026, 4, 11)
    office.books.clock += timedelta(days=1)
    assert statuses(office.sync(LAST_RUN))["1002"] == "ready"


@pytest.mark.parametrize(("year", "runs"), [(2020, False), (2036, True)])
def test_a_computer_whose_clock_is_years_off_loses_no_receipt(office: Office, year: int, *, runs: bool) -> None:
    """Fault 68: the watermark is Sage's day whatever the computer thinks; one that lies after its own day is none."""
    office.sync()
    office.clock = FakeClock(moment=datetime(year, 4, 10, 13, 30, tzinfo=UTC), day=None)
    with nullcontext() if runs else pytest.raises(SetupError, match="date-no-successful-run-yet"):
        assert office.sync(LAST_RUN).run.day == date(2026, 4, 10)
    office.clock = FakeClock(moment=datetime(2026, 4, 12, 13, 30, tzinfo=UTC), day=None)
    office.books.clock = datetime(2026, 4, 12, 9, 30)  # noqa: DTZ001 - Sage's clock
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00", entered_on=date(2026, 4, 11))
    assert statuses(office.sync(LAST_RUN)) == {"1001": "ready"}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 8, 6, 59, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 59, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    ],
    ids=["spring", "autumn", "the first 01:30"],
)
def test_the_quiet_period_is_ten_minutes_on_every_night(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: datetime
) -> None:
    """Fault 69: neither the hour that is missing nor the one that comes twice makes it shorter or longer."""
    with living_in("America/Toronto", monkeypatch):
        office.clock.moment = moment
        office.invoice(1001, "100.00")
        office.receipt(1001, "100.00")
        review = office.sync()
        office.site.before_write = lambda _: SILENCE
        sent = office.clock.moment
        office.push(review)
        office.site.before_write = lambda _: None
        office.reopen()
        office.clock.moment = sent + timedelta(minutes=9, seconds=59)
        assert outcomes(office.push(review)) == {"1001": Outcome.UNKNOWN}
        office.clock.pass_by(timedelta(seconds=1))
        assert outcomes(office.push(review)) == {"1001": Outcome.POSTED}


@pytest.mark.parametrize("zone", ZONES)
def test_the_computer_s_clock_tells_instants_in_utc(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 69: the two 01:30 of the autumn night are an hour apart."""
    with living_in(zone, monkeypatch), time_machine.travel(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), tick=False) as now:
        first = SystemClock().now()
        now.shift(timedelta(hours=1))
        assert (first.utcoffset(), SystemClock().now() - first) == (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_of_a_payment_is_the_same_day_everywhere(
    zone: str, site: HTTPServer, client: ManageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 70: 31 March is sent as 31 March and read as 31 March, whatever the zone."""
    site.expect_request(PAYMENTS, method="POST").respond_with_json({**ECHO, "amount": 99999999999.99}, status=201)
    site.expect_request(PAYMENTS, method="GET").respond_with_json([ECHO])
    with living_in(zone, monkeypatch):
        assert isinstance(client.write(CREATE), Accepted)
        assert json.loads(sent(site)[1])["paymentDate"] == "2026-03-31T00:00:00Z"
        assert client.payments({7})[7][0].paid_on == date(2026, 3, 31)


def test_nine_in_the_evening_is_still_the_same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 70: on 31 March at 21:00 in Toronto it is 1 April in UTC, and the window ends on 31 March."""
    office.clock = FakeClock(moment=datetime(2026, 4, 1, 1, 0, tzinfo=UTC), day=None)
    with living_in("America/Toronto", monkeypatch):
        days = office.sync().run.window
    assert (days.start, days.end) == (date(2026, 2, 28), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("today", "month", "week"),
    [
        (date(2028, 2, 29), date(2028, 1, 29), date(2028, 2, 22)),
        (date(2028, 3, 29), date(2028, 2, 29), date(2028, 3, 22)),
        (date(2027, 3, 29), date(2027, 2, 28), date(2027, 3, 22)),
        (date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 23)),
        (date(2100, 3, 1), date(2100, 2, 1), date(2100, 2, 22)),
    ],
)
def test_leap_days(today: date, month: date, week: date) -> None:
    """Fault 71: a month back from a day that the earlier month lacks is its last day; a week is seven days."""
    assert window(PAST_MONTH, today=today).start == month
    assert window(Since(choice=Choice.PAST_WEEK), today=today).start == week


def test_a_closed_period_is_told_in_manage_s_words_and_stops_nothing_else(office: Office) -> None:
    """Fault 74: Manage refuses the day; the row is refused, the next one is posted, and the first may be sent again."""
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "100.00", dated=date(2026, 4, 7 if number == 1001 else 9))
    closed = Refusal(message=say("Manage says: the fiscal period is closed."))
    office.site.before_write = lambda write: closed if write.paid_on == date(2026, 4, 7) else None
    pushed = office.push(office.sync())
    assert outcomes(pushed) == {"1001": Outcome.REFUSED, "1002": Outcome.POSTED}
    office.site.before_write = lambda _: None
    assert outcomes(office.push(office.sync())) == {"1001": Outcome.POSTED}
