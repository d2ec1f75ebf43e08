"""What single fields say: amounts that contradict each other, whose payment a record is, days that are none, clocks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from ssl import SSLCertVerificationError

import pytest
import requests
from msgspec.structs import replace
from pytest_httpserver import HTTPServer
from requests.exceptions import SSLError
from werkzeug import Request, Response

from sync.core.decide.manage_position import standing_of
from sync.core.prove.review import manage_notices
from sync.core.values.errors import SetupError, Unavailable, Verdict
from sync.core.values.messages import say
from sync.core.values.records import InvoiceList
from sync.manage import payloads, payment_writes
from sync.manage.client import ManageClient
from sync.manage.payloads import Reference, WireInvoice, WirePayment
from sync.settings.settings_file import BalanceIdentity, Behaviour
from tests.contracts.test_manage_site import invoice
from tests.manage.conftest import API, client_of
from tests.support.build import create
from tests.support.english import worded

INVOICES = f"{API}/finance/invoices"
PAYMENTS = f"{INVOICES}/1/payments"


def wire(total: str, payments: str, credits_: str, balance: str) -> WireInvoice:
    """An invoice with these amounts."""
    amounts = [Decimal(each) for each in (total, payments, credits_, balance)]
    return WireInvoice(id=7, total=amounts[0], payments=amounts[1], credits=amounts[2], balance=amounts[3])


def test_amounts_that_contradict_each_other_are_bad_data() -> None:
    """All four are named; none of them is changed."""
    found = payloads.invoice(wire("100", "40", "10", "60"))
    assert worded(found.flaw) == (
        "The amounts of invoice 7 in Manage contradict each other: "
        "total 100.00, payments 40.00, credits 10.00, balance 60.00."
    )
    assert (found.payments, found.balance) == (Decimal("40.00"), Decimal("60.00"))
    assert payloads.invoice(wire("100", "40", "10", "50")).flaw is None


def test_a_site_that_counts_otherwise_is_taken_at_its_word(site: HTTPServer) -> None:
    """The switch ends the comparison, and nothing else: an amount that is absent stays bad data."""
    off = BalanceIdentity.OFF
    assert payloads.invoice(wire("100", "40", "10", "60"), off).flaw is None
    assert payloads.invoice(WireInvoice(id=7, total=Decimal(1), credits=Decimal(0), balance=Decimal(1)), off).flaw
    row = {"id": 1, "invoiceNumber": "N1", "total": 100, "payments": 40, "credits": 10, "balance": 60}
    site.expect_request(INVOICES).respond_with_json([row])
    for identity in BalanceIdentity:
        with client_of(site.url_for("").rstrip("/"), behaviour=Behaviour(balance_identity=identity)) as client:
            assert (client.invoices({"N1"})[0].flaw is None) == (identity is off)


@pytest.mark.parametrize(("contradicting", "said"), [(0, False), (1, False), (2, True), (10, True)])
@pytest.mark.parametrize("identity", BalanceIdentity)
def test_a_tenth_of_the_paid_invoices_is_worth_a_word(
    contradicting: int, identity: BalanceIdentity, *, said: bool
) -> None:
    """Said once, with the switch; whoever has set it has heard it."""
    odd = [payloads.invoice(wire("100", "40", "10", "60"), identity) for _ in range(contradicting)]
    even = [payloads.invoice(wire("100", "40", "10", "50"), identity) for _ in range(10 - contradicting)]
    unpaid = [invoice(each, "5.00", currency=None) for each in range(1, 50)]
    listed = InvoiceList(invoices=[*odd, *even, *unpaid], counted=59)
    assert bool(manage_notices(listed)) == (said and identity is BalanceIdentity.ON)


@pytest.mark.parametrize(
    ("record", "ours", "paid"),
    [
        ({}, True, 5),
        ({"type": None, "source": None}, True, 5),
        ({"type": "P", "source": "Default"}, True, 5),
        ({"type": " payment ", "source": "default"}, True, 5),
        ({"source": "WisePay"}, False, 5),
        ({"source": "WISEPAY"}, False, 5),
        ({"type": "P", "source": "Gateway"}, False, 5),
        ({"type": "Credit"}, False, 5),
        ({"type": "R"}, False, 5),
        ({"type": "P", "credit": {"id": 77}}, False, 0),
        ({"credit": {"id": None}}, True, 5),
        ({"credit": {}}, True, 5),
        ({"credit": {"id": None, "identifier": "CM-12"}}, False, 0),
        ({"credit": {"name": "CM-12"}}, False, 0),
    ],
)
def test_only_plain_payments_are_ours(
    site: HTTPServer, client: ManageClient, record: dict[str, object], paid: int, *, ours: bool
) -> None:
    """Whatever else stands there is left alone; all but credits count as paid."""
    site.expect_request(PAYMENTS).respond_with_json([{"id": 3, "amount": 5} | record])
    (found,) = client.payments({1})[1]
    assert found.ours == ours
    plain = invoice(1, "9.00", payments=Decimal(paid))
    standing = standing_of(plain, [found])
    assert standing.adds_up
    assert (standing.own_count, standing.paid_online) == ((1, Decimal(0)) if ours else (0, Decimal(paid)))
    assert "type" in site.log[-1][0].args["fields"].split(",")


def test_wisepay_is_told_in_any_case() -> None:
    """And a payment reference without an id is no credit."""
    assert payloads.payment(WirePayment(id=1, amount=Decimal(1), source="wisepay"), 1).wisepay
    assert not payloads.payment(WirePayment(id=1, amount=Decimal(1), credit=Reference()), 1).credit


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "1979-12-31T00:00:00Z", "soon", None])
def test_a_day_long_ago_is_no_day(sent: str | None) -> None:
    """It is how programs say that there is none."""
    assert payloads.payment(WirePayment(id=1, amount=Decimal(1), payment_date=sent), 1).paid_on is None
    assert payloads.day("1980-01-01T00:00:00Z") == date(1980, 1, 1)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_all_pages_of_payments_are_read(site: HTTPServer, client: ManageClient, size: int) -> None:
    """However few records a page holds; the last is the one that names no next."""
    records = [{"id": each, "amount": 1} for each in range(1, 20)]

    def page(request: Request) -> Response:
        assert request.args["pageSize"] == "1000"
        start = (int(request.args.get("page", 1)) - 1) * size
        headers = {"Link": '<x?page=9>; rel="next", <x>; rel="last"'} if start + size < len(records) else {}
        return Response(json.dumps(records[start : start + size]), headers=headers, content_type="application/json")

    site.expect_request(PAYMENTS).respond_with_handler(page)
    assert [each.id for each in client.payments({1})[1]] == list(range(1, 20))


def test_an_empty_page_of_payments_is_not_the_last(site: HTTPServer, client: ManageClient) -> None:
    """As long as it names a next one; two in a row are."""
    pages = {1: [1, 2], 2: [], 3: [3], 4: [], 5: []}

    def page(request: Request) -> Response:
        records = [{"id": each, "amount": 1} for each in pages[int(request.args.get("page", 1))]]
        return Response(json.dumps(records), headers={"Link": '<x>; rel="next"'}, content_type="application/json")

    site.expect_request(PAYMENTS).respond_with_handler(page)
    assert [each.id for each in client.payments({1})[1]] == [1, 2, 3]


@pytest.mark.parametrize(("number", "taken"), [(2**53, True), (2**53 + 1, False), (-1, False)])
def test_an_id_beyond_what_json_can_hold_is_not_manage_s(
    site: HTTPServer, client: ManageClient, number: int, *, taken: bool
) -> None:
    """A program that reads numbers as floating point would name another record by it."""
    site.expect_request(PAYMENTS).respond_with_json([{"id": number, "amount": 1}])
    if taken:
        assert [each.id for each in client.payments({1})[1]] == [number]
    else:
        with pytest.raises(Unavailable, match="manage-not-manage-answering"):
            client.payments({1})


def test_pages_of_payments_that_repeat_are_refused(site: HTTPServer, client: ManageClient) -> None:
    """A site that shows the same page again and again would never end."""
    body = json.dumps([{"id": 1, "amount": 1}])
    site.expect_request(PAYMENTS).respond_with_data(
        body, headers={"Link": '<x>; rel="next"'}, content_type="application/json"
    )
    with pytest.raises(Unavailable, match="manage-pages-endless"):
        client.payments({1})


@pytest.mark.parametrize("ahead", [timedelta(minutes=7), timedelta(minutes=-7)])
def test_a_clock_ahead_of_manage_is_ahead(client: ManageClient, ahead: timedelta) -> None:
    """Above zero where this computer shows a later time than Manage's answer."""
    answered = requests.Response()
    answered.headers["Date"] = format_datetime(datetime.now(UTC) - ahead, usegmt=True)
    client._session._note_clock(answered)
    assert client.clock_skew is not None
    assert abs(client.clock_skew - ahead) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Date": ""},
        {"Date": "yesterday"},
        {"Date": "Thu, 01 Jan 2026 00:00:00 -0000"},
        {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "Age": "120"},
        {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "Age": "?"},
    ],
)
def test_an_answer_that_does_not_tell_the_time_compares_no_clocks(
    client: ManageClient, headers: dict[str, str]
) -> None:
    """No date, one that cannot be read, and one of an answer that a cache has kept: no agreement, and no difference."""
    answered = requests.Response()
    answered.headers.update(headers)
    client._session._note_clock(answered)
    (clocks,) = client._check_clock()
    assert (client.clock_skew, clocks.verdict) == (None, Verdict.WARNING)
    assert clocks.finding == say("manage-clocks-not-compared")
    answered.headers.update({"Date": format_datetime(datetime.now(UTC), usegmt=True), "Age": "0"})
    client._session._note_clock(answered)
    (clocks,) = client._check_clock()
    assert (client.clock_skew is not None, clocks.verdict) == (True, Verdict.OK)


def test_no_cookie_is_kept(site: HTTPServer, client: ManageClient) -> None:
    """A session of the site's own would outlive a change of keys."""
    site.expect_request(PAYMENTS).respond_with_data(
        "[]", headers={"Set-Cookie": "session=1; Path=/"}, content_type="application/json"
    )
    client.payments({1})
    client.payments({1})
    assert "Cookie" not in site.log[-1][0].headers


def test_a_certificate_that_is_not_trusted_is_tried_once(client: ManageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """It will be no better in a second."""

    def untrusted(*_: object, **__: object) -> requests.Response:
        raise SSLError(SSLCertVerificationError("self-signed"))

    monkeypatch.setattr(client._session.session, "request", untrusted)
    with pytest.raises(SetupError, match="manage-certificate-untrusted"):
        client.payments({1})
    assert client.requests == 1


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("2026-03-31T00:00:00Z", ""),
        ("2026-03-31T00:00:00.000+00:00", ""),
        ("2026-03-31", ""),
        ("2026-03-31T14:30:00Z", "T14:30:00Z"),
        ("2026-03-31T00:00:00-05:00", "T00:00:00-05:00"),
        ("0001-01-01T14:30:00Z", ""),
        (None, ""),
    ],
)
def test_the_time_of_day_is_kept_where_there_is_one(sent: str | None, told: str) -> None:
    """So that an undo can send it as it was."""
    assert payloads.payment(WirePayment(id=1, amount=Decimal(1), payment_date=sent), 1).time_of_day == told


def test_type_and_fractions_of_a_cent_are_kept() -> None:
    """As they stand in Manage; of an amount that cannot be read there is nothing beyond."""
    found = payloads.payment(WirePayment(id=1, type="P", amount=Decimal("113.004")), 1)
    assert (found.kind, str(found.amount), found.beyond) == ("P", "113.00", Decimal("0.004"))
    assert payloads.payment(WirePayment(id=1, amount=Decimal("NaN")), 1).beyond == 0
    write = replace(create(1, str(found.amount)), restores=found)
    assert payment_writes.body(write, Behaviour()) == b'{"invoice":{"id":1},"amount":113.004,"type":"P"}'
