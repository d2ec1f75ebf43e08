"""Reading Manage: the fewest requests, complete or an error, and plain words for everything that can go wrong."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.core.values.errors import SetupError, TieoutError, Unavailable, Verdict
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.manage.http_session import UNSPELLABLE, URL_LIMIT, Pace, number_conditions, query_string
from tests.manage.conftest import API, PRIVATE, PUBLIC, Time, client_of
from tests.support.certificates import alert, certificate, tls_server
from tests.support.english import worded

INVOICES = f"{API}/finance/invoices"


def body(number: int, **changes: object) -> dict[str, object]:
    """An invoice as Manage sends it."""
    return {
        "id": number,
        "invoiceNumber": f"N{number}",
        "type": "Standard",
        "status": {"id": 1, "name": "Closed", "isClosed": True},
        "company": {"id": 3, "identifier": "BOREAL", "name": "Boréal inc."},
        "currency": {"currencyCode": "CAD"},
        "date": "2026-03-01T00:00:00Z",
        "total": 100.0,
        "payments": 0.0,
        "credits": 0.0,
        "balance": 100.0,
        "_info": {"new": "field"},
    } | changes


def answer(value: object, status: int = 200, **headers: str) -> Response:
    """A JSON answer."""
    return Response(json.dumps(value), status, content_type="application/json", headers=headers)


class Shelf:
    """Many invoices, as Manage pages them; each page but the last names the next."""

    def __init__(self, site: HTTPServer, ids: Iterable[int]) -> None:
        self.rows = [body(number) for number in ids]
        self.before: Callable[[int], Response | None] = lambda _: None
        self.asked = 0
        self.lock = threading.Lock()
        site.expect_request(f"{INVOICES}/count").respond_with_handler(lambda _: answer({"count": len(self.rows)}))
        site.expect_request(INVOICES).respond_with_handler(self.page)

    def page(self, request: Request) -> Response:
        """One page of what is asked for."""
        with self.lock:
            self.asked += 1
            early = self.before(self.asked)
            rows = sorted(self.rows, key=lambda row: int(str(row["id"])))
        if early is not None:
            return early
        size, conditions = int(request.args["pageSize"]), request.args.get("conditions", "")
        wanted = set(re.findall(r'"([^"]*)"', conditions))
        spans = [(int(a), int(b)) for a, b in re.findall(r"id > (\d+) and id <= (\d+)", conditions)]
        found = [
            row
            for row in rows
            if (not wanted or row["invoiceNumber"] in wanted)
            and (not spans or any(above < int(str(row["id"])) <= up_to for above, up_to in spans))
        ]
        least = re.match(r"id > (\d+) and \(", conditions)
        found = [row for row in found if not least or int(str(row["id"])) > int(least[1])]
        if request.args.get("orderBy") == "id desc":
            found.reverse()
        start = (int(request.args.get("page", 1)) - 1) * size
        more = start + size < len(found)
        link = {"Link": '<http://elsewhere.invalid/x?page=2>; rel="next"'} if more else {}
        return answer(found[start : start + size], 200, **link)


def test_the_login_goes_out_as_manage_asks(site: HTTPServer, client: ManageClient) -> None:
    """Company and public key, private key, client id, versioned Accept; none of it on the look-up's own URL."""
    Shelf(site, range(1, 2))
    client.invoices({"N1"})
    lookup, read = (request for request, _ in site.log)
    expected = "Basic " + base64.b64encode(f"acme+{PUBLIC}:{PRIVATE}".encode()).decode()
    assert (read.headers["Authorization"], read.headers["clientId"]) == (expected, "c1")
    assert read.headers["Accept"] == "application/vnd.connectwise.com+json; version=2025.1"
    assert PRIVATE not in lookup.url + read.url


def test_two_thousand_of_twenty_thousand_take_at_most_25_requests(site: HTTPServer, client: ManageClient) -> None:
    """By number in chunks or by paging, whichever asks less often; only the fields used."""
    Shelf(site, range(1, 20_001))
    found = client.invoices({f"N{n}" for n in range(1, 20_001, 10)})
    assert len(found) == 2000
    assert client.requests <= 25
    reads = [request for request, _ in site.log if request.path == INVOICES]
    assert {"fields" in request.args for request in reads} == {True}


def test_few_invoices_are_all_paged_when_that_asks_less(site: HTTPServer, client: ManageClient) -> None:
    """2,000 wanted of 2,400: three pages, not twenty chunks."""
    shelf = Shelf(site, range(1, 2401))
    assert len(client.invoices({f"N{n}" for n in range(1, 2001)})) == 2000
    assert shelf.asked == 3


def test_a_few_numbers_are_asked_for_without_counting(site: HTTPServer, client: ManageClient) -> None:
    """One chunk: the address and one request."""
    Shelf(site, range(1, 6))
    assert [i.number for i in client.invoices({"N3", "N4"})] == ["N3", "N4"]
    assert client.requests == 2


def test_rows_inserted_between_pages_shift_nothing(site: HTTPServer, client: ManageClient) -> None:
    """Every invoice that was there comes out once."""
    shelf = Shelf(site, range(1, 2501))

    def insert(asked: int) -> None:
        if asked == 2:
            shelf.rows.insert(0, body(0))

    shelf.before = insert
    found = client.invoices({f"N{n}" for n in range(1, 2501)})
    assert sorted(i.id for i in found) == list(range(1, 2501))


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_page_that_fails_fails_the_whole_reading(site: HTTPServer, client: ManageClient, failing: int) -> None:
    """Never a partial list."""
    shelf = Shelf(site, range(1, 2501))
    shelf.before = lambda asked: answer({"message": "no"}, 500) if asked >= failing else None
    with pytest.raises(Unavailable, match="code=500"):
        client.invoices({f"N{n}" for n in range(1, 2501)})


def test_pages_that_do_not_advance_are_refused(site: HTTPServer, client: ManageClient) -> None:
    """A server that keeps naming the same page would never end."""
    page = [body(1, invoiceNumber="X")] * 100
    site.expect_request(INVOICES).respond_with_handler(lambda _: answer(page, Link='<x?pageId=1>; rel="next"'))
    with pytest.raises(Unavailable, match="manage-pages-endless"):
        client.invoices({"X"})


def test_numbers_are_compared_exactly_after_trimming(site: HTTPServer, client: ManageClient) -> None:
    """Manage compares without regard to case; Tieout does not."""
    rows = [body(1, invoiceNumber=" N1 "), body(2, invoiceNumber="n1"), body(3, invoiceNumber="N10")]
    site.expect_request(INVOICES).respond_with_json(rows)
    assert [i.id for i in client.invoices({"N1"})] == [1]


@pytest.mark.parametrize(
    ("sent", "read"),
    [("99999999999.99", "99999999999.99"), ("0.1", "0.10"), ("2.675", "2.68"), ("-0.001", "0.00"), ("1e3", "1000.00")],
)
def test_amounts_are_read_exactly(site: HTTPServer, client: ManageClient, sent: str, read: str) -> None:
    """From the digits in the JSON, never through a binary fraction."""
    text = json.dumps([body(1)]).replace('"total": 100.0', f'"total": {sent}')
    site.expect_request(INVOICES).respond_with_data(text, content_type="application/json")
    assert str(client.invoices({"N1"})[0].total) == read


@pytest.mark.parametrize("sent", ["null", "1e40", '"NaN"'])
def test_an_amount_that_is_none_is_a_flaw(site: HTTPServer, client: ManageClient, sent: str) -> None:
    """The invoice comes out, and says what is wrong with it."""
    text = json.dumps([body(1)]).replace('"total": 100.0', f'"total": {sent}')
    site.expect_request(INVOICES).respond_with_data(text, content_type="application/json")
    assert client.invoices({"N1"})[0].flaw is not None


@pytest.mark.parametrize(
    "sent", ["2026-03-31T00:00:00Z", "2026-03-31T23:59:59Z", "2026-03-31T00:00:00-05:00", "2026-03-31"]
)
def test_days_are_calendar_days(site: HTTPServer, client: ManageClient, sent: str) -> None:
    """Never converted between time zones."""
    site.expect_request(f"{INVOICES}/1/payments").respond_with_json([{"id": 9, "amount": 5, "paymentDate": sent}])
    assert client.payments({1})[1][0].paid_on == date(2026, 3, 31)


def test_payments_tell_whose_they_are(site: HTTPServer, client: ManageClient) -> None:
    """Paid online, a credit memo, or a record that Tieout may set."""
    records = [
        {"id": 1, "amount": 5, "source": "WisePay"},
        {"id": 2, "amount": 5, "credit": {"id": 77}},
        {"id": 3, "amount": 5.5, "source": "Default", "credit": None, "appliedBy": "marie"},
    ]
    site.expect_request(f"{INVOICES}/1/payments").respond_with_json(records)
    found = client.payments({1})[1]
    assert [(p.wisepay, p.credit, p.ours) for p in found] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert (found[2].amount, found[2].applied_by) == (Decimal("5.50"), "marie")


def test_a_payment_record_without_an_amount_carries_a_flaw(site: HTTPServer, client: ManageClient) -> None:
    """It holds its own invoice and stops nothing else."""
    site.expect_request(f"{INVOICES}/1/payments").respond_with_json([{"id": 1}, {"id": 2, "amount": 1e30}])
    flaws = [worded(record.flaw) for record in client.payments({1})[1]]
    assert flaws[0] == "Payment record 1 on this invoice in Manage has an amount that is empty."
    assert flaws[1].startswith("Payment record 2 on this invoice in Manage has an amount that is ")


def test_many_payments_are_read_side_by_side_and_counted(site: HTTPServer, client: ManageClient) -> None:
    """One request each, all counted though sent by several threads."""
    site.expect_request(re.compile(rf"{INVOICES}/\d+/payments")).respond_with_json([])
    assert len(client.payments(range(1, 101))) == 100
    assert client.requests == 101


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, SetupError, "manage-login-refused"),
        (403, SetupError, "manage-permission-lacking"),
        (404, SetupError, "manage-not-found"),
        (400, Unavailable, "code=400"),
        (302, SetupError, "manage-address-redirects"),
        (429, Unavailable, "manage-too-many-requests"),
        (503, Unavailable, "code=503"),
    ],
)
def test_a_refused_read_says_what_to_do(
    site: HTTPServer, client: ManageClient, status: int, kind: type[TieoutError], words: str
) -> None:
    """With Manage's own words, and without the keys."""
    site.expect_request(INVOICES).respond_with_json({"code": "X", "message": "Because\x07 so"}, status=status)
    with pytest.raises(kind, match=words) as caught:
        client.invoices({"N1"})
    assert PRIVATE not in caught.value.said(ENGLISH) + repr(client) + repr(client._session.session)
    assert status == 302 or "Because so" in caught.value.said(ENGLISH)


@pytest.mark.parametrize("status", [401, 403])
def test_a_clear_no_is_not_asked_again(site: HTTPServer, client: ManageClient, status: int) -> None:
    """Asking again can lock a login out."""
    site.expect_request(INVOICES).respond_with_json({}, status=status)
    with pytest.raises(TieoutError):
        client.invoices({"N1"})
    assert client.requests == 2


@pytest.mark.parametrize("number", ['N"7', "N\\7"])
def test_a_number_that_no_condition_can_spell_is_found_among_all(
    site: HTTPServer, client: ManageClient, number: str
) -> None:
    """Nothing is asked by number then, so that nothing is missed; the other numbers are found with it."""
    shelf = Shelf(site, range(1, 2401))
    shelf.rows[6]["invoiceNumber"] = number
    assert [i.id for i in client.invoices({number, "N2000"})] == [7, 2000]
    assert not any("invoiceNumber" in request.args.get("conditions", "") for request, _ in site.log)


def test_an_opening_bracket_is_asked_for_as_manage_s_guide_says(site: HTTPServer, client: ManageClient) -> None:
    """Left as it is, it would begin a pattern and quietly find nothing."""
    site.expect_request(INVOICES).respond_with_json([])
    client.invoices({"N[7]"})
    assert site.log[-1][0].args["conditions"] == 'invoiceNumber in ("N[[]7]")'


def test_a_question_that_manage_does_not_take_is_answered_from_all(site: HTTPServer, client: ManageClient) -> None:
    """One number that Manage chokes on does not cost the others; what no way of asking brings is an error."""
    shelf = Shelf(site, range(1, 11))
    shelf.before = lambda asked: answer({"message": "Unexpected 7"}, 400) if asked == 1 else None
    assert [i.number for i in client.invoices({"N3", "N4"})] == ["N3", "N4"]
    shelf.before = lambda _: answer({"message": "Unexpected 7"}, 400)
    with pytest.raises(Unavailable, match="Unexpected 7"):
        client.invoices({"N3", "N4"})


def test_a_passing_fault_is_asked_again(site: HTTPServer, client: ManageClient) -> None:
    """503, then 429, then 408, then the answer."""
    shelf = Shelf(site, range(1, 2))
    shelf.before = lambda asked: answer({}, {1: 503, 2: 429, 3: 408}[asked]) if asked <= 3 else None
    assert len(client.invoices({"N1"})) == 1


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("7", [7.0]),
        ("99999", [60.0]),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Fri, 01 Jan 2100 00:00:00 GMT", [60.0]),
    ],
)
def test_retry_after_is_honoured_up_to_a_minute(
    site: HTTPServer, client: ManageClient, header: str, waited: list[float] | None
) -> None:
    """Seconds or a date; nonsense means the usual pause."""
    clock = Time()
    client._session.pace = Pace(clock=clock, sleep=clock.pass_by)
    shelf = Shelf(site, range(1, 2))
    shelf.before = lambda asked: answer({}, 429, **{"Retry-After": header}) if asked == 1 else None
    client.invoices({"N1"})
    assert clock.waits == waited if waited else 0.5 <= clock.waits[0] <= 1.0


@pytest.mark.parametrize("status", [429, 503])
def test_a_fault_that_passes_holds_everybody(site: HTTPServer, client: ManageClient, status: int) -> None:
    """Nothing goes from any thread until Manage's own time has passed; then all goes on as before."""
    clock = Time()
    pace = client._session.pace = Pace(600, clock=clock, sleep=clock.pass_by)
    shelf = Shelf(site, range(1, 2))
    shelf.before = lambda asked: answer({}, status, **{"Retry-After": "7"}) if asked == 1 else None
    client.invoices({"N1"})
    assert (clock.waits, clock.now, pace.spacing) == ([7.0], 1007.0, Pace(600).spacing)


def test_a_report_reads_all_payment_records_too(site: HTTPServer, client: ManageClient) -> None:
    """A site that gives few at a time names the next page: its records come to what the invoice shows."""

    def page(request: Request) -> Response:
        number = int(request.args.get("page", 1))
        records = [{"id": number, "amount": 10.0}]
        return answer(records, Link='<x?page=9>; rel="next"') if number <= 2 else answer(records)

    site.expect_request(f"{INVOICES}/1/payments").respond_with_handler(page)
    site.expect_request(f"{INVOICES}/count").respond_with_json({"count": 1})
    site.expect_request(INVOICES).respond_with_json([body(1, payments=30.0, balance=70.0)])
    found = {each.question: each.rows for each in client.facts()[0]}
    assert found["Payment records on a paid invoice"] == ((3, 1),)
    assert found["Records come to the payments shown"] == (("true", 1),)


def test_what_a_request_takes_is_known(site: HTTPServer, client: ManageClient) -> None:
    """As the answers took, or as the rate allows; nothing before the first."""
    assert client.seconds_each == 0.0
    Shelf(site, range(1, 2))
    client.invoices({"N1"})
    assert 0.0 < client.seconds_each < 2.0
    client._session.pace = Pace(6)
    assert client.seconds_each == pytest.approx(10, rel=0.01)


def test_an_address_that_moved_is_looked_up_again(site: HTTPServer, client: ManageClient) -> None:
    """A cloud site changes its address on upgrades: one 404 looks it up again."""
    site.expect_request("/old/apis/3.0/finance/invoices").respond_with_data("gone", status=404)
    client._session._base = site.url_for("/old/apis/3.0")
    Shelf(site, range(1, 2))
    assert len(client.invoices({"N1"})) == 1


def test_an_unknown_company_is_said(httpserver: HTTPServer) -> None:
    """Manage answers null."""
    httpserver.expect_request("/login/companyinfo/acme").respond_with_data("null", content_type="application/json")
    with (
        client_of(httpserver.url_for("").rstrip("/")) as client,
        pytest.raises(SetupError, match="manage-company-unknown"),
    ):
        client.invoices({"N1"})


def test_a_portal_page_is_not_manage(site: HTTPServer, client: ManageClient) -> None:
    """HTML with status 200."""
    site.expect_request(INVOICES).respond_with_data("<html>Sign in</html>", content_type="text/html")
    with pytest.raises(Unavailable, match="manage-not-manage-answering"):
        client.invoices({"N1"})


def test_nobody_listening_is_unavailable() -> None:
    """Connection refused."""
    with client_of("http://127.0.0.1:9") as client, pytest.raises(Unavailable, match="manage-unreachable"):
        client.invoices({"N1"})


def test_silence_is_unavailable(site: HTTPServer) -> None:
    """The answer takes longer than the time-out."""

    def late(_: Request) -> Response:
        time.sleep(0.3)
        return answer([])

    site.expect_request(INVOICES).respond_with_handler(late)
    url = site.url_for("").rstrip("/")
    with client_of(url, timeout=0.1) as client, pytest.raises(Unavailable, match="manage-timed-out"):
        client.invoices({"N1"})


def test_a_certificate_that_cannot_be_trusted_is_said(tmp_path: Path) -> None:
    """A server with a certificate of its own is asked once, and hears nothing."""
    _, context = certificate(tmp_path)
    with (
        tls_server(context, alert) as url,
        client_of(url) as client,
        pytest.raises(SetupError, match="manage-authority-unknown"),
    ):
        client.invoices({"N1"})
    assert client.requests == 1


def test_https_to_a_server_that_does_not_speak_it_is_unavailable(site: HTTPServer) -> None:
    """Plain http, or a stream that breaks: its certificate was not even seen."""
    with client_of(f"https://127.0.0.1:{site.port}") as client, pytest.raises(Unavailable, match="manage-unreachable"):
        client.invoices({"N1"})


def test_the_environment_is_ignored(
    site: HTTPServer, client: ManageClient, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No proxy, no netrc, no certificate file from the environment."""
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine localhost login eve password eve\nmachine 127.0.0.1 login eve password eve\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    Shelf(site, range(1, 2))
    assert len(client.invoices({"N1"})) == 1
    assert "ZXZl" not in site.log[-1][0].headers["Authorization"]


def test_a_clock_that_is_off_is_warned_about(client: ManageClient) -> None:
    """More than five minutes from the Date header of an answer."""
    answered = requests.Response()
    answered.headers["Date"] = format_datetime(datetime.now(UTC) - timedelta(minutes=20), usegmt=True)
    client._session._note_clock(answered)
    (clocks,) = client._check_clock()
    assert (clocks.verdict, "20 minutes apart" in clocks.finding.said(ENGLISH)) == (Verdict.WARNING, True)


def test_check_names_the_permission_that_is_missing(site: HTTPServer, client: ManageClient) -> None:
    """Login fine, invoices fine, payments forbidden."""
    site.expect_request(f"{API}/system/info").respond_with_json({"version": "v2025.1"})
    site.expect_request(f"{API}/finance/billingStatuses").respond_with_json([{"id": 1}])
    Shelf(site, range(1, 2))
    site.expect_request(f"{INVOICES}/1/payments").respond_with_json({"message": "no"}, status=403)
    verdicts = {check.link.said(ENGLISH): check.verdict for check in client.check()}
    assert verdicts == {
        "Manage site and login": Verdict.OK,
        "Manage invoices": Verdict.OK,
        "Manage payments": Verdict.FAILED,
        "Clocks": Verdict.OK,
    }


def test_check_stops_at_a_login_that_fails(client: ManageClient) -> None:
    """What cannot work is not tried."""
    assert [c.link.said(ENGLISH) for c in client.check()] == ["Manage site and login", "Clocks"]


@settings(max_examples=60)
@given(
    st.sets(
        st.text(st.characters(codec="utf-8", exclude_characters=UNSPELLABLE), min_size=1, max_size=15),
        min_size=1,
        max_size=400,
    )
)
def test_chunks_fit_the_url_and_ask_for_every_number_once(numbers: set[str]) -> None:
    """Whatever the numbers are made of."""
    base = "https://api-na.myconnectwise.net/v2025_1/apis/3.0/finance/invoices?"
    found = list(number_conditions(numbers, URL_LIMIT - len(base)))
    assert max(len(base + query_string({"conditions": c})) for c in found) <= URL_LIMIT + len("conditions=")
    asked = [n.replace("[[]", "[") for c in found for n in re.findall('"([^"]*)"', c, re.DOTALL)]
    assert sorted(asked) == sorted(numbers)
    assert parse_qs(urlsplit(f"x?{query_string({'conditions': found[0]})}").query)["conditions"] == [found[0]]
