"""Writing to Manage: one request, and a reply that claims no more than the answer proves."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.behaviour import Behaviour, DateClear
from sync.core.posting import Applied, NoAnswer, NotApplied, Reply
from sync.core.records import Action, Payment, Write
from sync.manage.client import ManageClient
from sync.manage.pace import Pace
from tests.manage.conftest import API, PRIVATE, Time, client_of

PAYMENTS = f"{API}/finance/invoices/7/payments"
DAY = date(2026, 3, 31)
CREATE = Write(
    action=Action.CREATE,
    invoice_id=7,
    payment_id=None,
    amount=Decimal("99999999999.99"),
    paid_on=DAY,
    amount_before=Decimal("0.00"),
    paid_on_before=None,
)
CHANGE = replace(CREATE, action=Action.CHANGE, payment_id=9, amount=Decimal("10.50"), amount_before=Decimal("5.00"))
DELETE = replace(CHANGE, action=Action.DELETE, amount=Decimal("0.00"), paid_on=None, paid_on_before=DAY)
ECHO = {"id": 9, "amount": 10.5, "paymentDate": "2026-03-31T00:00:00Z", "invoice": {"id": 7}}


def sent(site: HTTPServer) -> tuple[str, str]:
    """Method and body of the last request."""
    request, _ = site.log[-1]
    return request.method, request.get_data(as_text=True)


def test_a_first_payment_is_posted_with_exact_digits(site: HTTPServer, client: ManageClient) -> None:
    """The amount is a JSON number with two decimals that never was a binary fraction; the day is midnight UTC."""
    site.expect_request(PAYMENTS, method="POST").respond_with_json({**ECHO, "amount": 99999999999.99}, status=201)
    reply = client.write(CREATE)
    assert sent(site) == ("POST", '{"amount":99999999999.99,"paymentDate":"2026-03-31T00:00:00Z"}')
    assert reply == Applied(payment=Payment(id=9, invoice_id=7, amount=CREATE.amount, paid_on=DAY))


def test_a_part_payment_sends_no_date(site: HTTPServer, client: ManageClient) -> None:
    """Nothing is said of a date that does not exist."""
    site.expect_request(PAYMENTS).respond_with_json({"id": 9, "amount": 10.5}, status=201)
    reply = client.write(replace(CREATE, amount=Decimal("10.50"), paid_on=None))
    assert (sent(site)[1], isinstance(reply, Applied)) == ('{"amount":10.50}', True)


def test_a_change_says_only_what_changes(site: HTTPServer, client: ManageClient) -> None:
    """Operations on amount and date, without leading slashes; a date that stays is not sent."""
    site.expect_request(f"{PAYMENTS}/9", method="PATCH").respond_with_json(ECHO)
    assert isinstance(client.write(CHANGE), Applied)
    assert json.loads(sent(site)[1]) == [
        {"op": "replace", "path": "amount", "value": 10.5},
        {"op": "replace", "path": "paymentDate", "value": "2026-03-31T00:00:00Z"},
    ]
    client.write(replace(CHANGE, paid_on_before=DAY))
    assert json.loads(sent(site)[1]) == [{"op": "replace", "path": "amount", "value": 10.5}]


@pytest.mark.parametrize(
    ("how", "operation"),
    [
        (DateClear.REMOVE, {"op": "remove", "path": "paymentDate"}),
        (DateClear.NULL, {"op": "replace", "path": "paymentDate", "value": None}),
    ],
)
def test_a_date_is_taken_away_as_the_settings_say(site: HTTPServer, how: DateClear, operation: object) -> None:
    """Remove it, or set it to null."""
    site.expect_request(f"{PAYMENTS}/9").respond_with_json({"id": 9, "amount": 10.5, "paymentDate": None})
    with client_of(site.url_for("").rstrip("/"), behaviour=Behaviour(date_clear=how)) as client:
        reply = client.write(replace(CHANGE, paid_on=None, paid_on_before=DAY))
    assert (json.loads(sent(site)[1])[1], isinstance(reply, Applied)) == (operation, True)


def test_a_deletion_has_no_body_and_no_echo(site: HTTPServer, client: ManageClient) -> None:
    """204 and nothing else."""
    site.expect_request(f"{PAYMENTS}/9", method="DELETE").respond_with_data("", status=204)
    assert client.write(DELETE) == Applied(payment=None)


@pytest.mark.parametrize(
    ("status", "stop"), [(400, False), (404, False), (409, False), (415, False), (422, False), (401, True), (403, True)]
)
def test_a_complete_no_is_not_applied(site: HTTPServer, client: ManageClient, status: int, *, stop: bool) -> None:
    """Manage's words are shown; a login or permission that failed stops the push."""
    site.expect_request(PAYMENTS).respond_with_json({"message": "Invoice is closed"}, status=status)
    reply = client.write(CREATE)
    assert isinstance(reply, NotApplied)
    assert (reply.stop, reply.wait, "Invoice is closed" in str(reply.message)) == (stop, None, True)


@pytest.mark.parametrize(("status", "header", "wait"), [(429, "7", 7.0), (503, "999", 60.0), (429, "soon", 5.0)])
def test_a_busy_site_says_how_long_to_wait(
    site: HTTPServer, client: ManageClient, status: int, header: str, wait: float
) -> None:
    """A complete answer that nothing was done; the client itself never sends again."""
    site.expect_request(PAYMENTS).respond_with_json({}, status=status, headers={"Retry-After": header})
    reply = client.write(CREATE)
    assert isinstance(reply, NotApplied)
    assert (reply.wait, sum(1 for request, _ in site.log if request.method == "POST")) == (wait, 1)


def test_a_write_that_was_too_much_slows_what_follows(site: HTTPServer, client: ManageClient) -> None:
    """The rate is halved; how long to wait is left to the push, which reads again before it sends again."""
    clock = Time()
    pace = client._line.pace = Pace(600, clock=clock, sleep=clock.pass_by)
    whole = pace.spacing
    site.expect_request(PAYMENTS).respond_with_json({}, status=429, headers={"Retry-After": "7"})
    client.write(CREATE)
    assert (clock.waits, pace.spacing) == ([], 2 * whole)


def test_a_client_that_is_ready_writes_at_once(site: HTTPServer, client: ManageClient) -> None:
    """The wait for its turn comes before, so that it never lies between an intent and its request."""
    clock = Time()
    client._line.pace = Pace(60, clock=clock, sleep=clock.pass_by)
    site.expect_request(PAYMENTS).respond_with_json(ECHO, status=201)
    for _ in range(3):
        client.write(CREATE)
    client.ready()
    waited = list(clock.waits)
    client.write(CREATE)
    assert waited != []
    assert clock.waits == waited


@pytest.mark.parametrize("status", [200, 202, 204, 301, 302, 307, 500, 502, 504])
def test_anything_else_is_no_answer(site: HTTPServer, client: ManageClient, status: int) -> None:
    """Another success than the exact one, a redirect, a server error: it may have been written."""
    location = {"Location": site.url_for("/elsewhere")}
    site.expect_request(PAYMENTS).respond_with_json(ECHO, status=status, headers=location)
    assert isinstance(client.write(CREATE), NoAnswer)
    assert [request.path for request, _ in site.log if request.path == "/elsewhere"] == []
    assert sum(1 for request, _ in site.log if request.method == "POST") == 1


@pytest.mark.parametrize("echo", [{**ECHO, "invoice": {"id": 8}}, {**ECHO, "id": 10}, {"id": 9, "amount": 9.5}, [ECHO]])
def test_an_echo_of_something_else_is_no_answer(site: HTTPServer, client: ManageClient, echo: object) -> None:
    """Another invoice or record, one that does not say which, or another shape."""
    site.expect_request(f"{PAYMENTS}/9").respond_with_json(echo)
    assert isinstance(client.write(CHANGE), NoAnswer)


@pytest.mark.parametrize("change", [{"amount": 9.5}, {"paymentDate": "2026-03-30T00:00:00Z"}, {"amount": None}])
def test_an_echo_of_this_record_is_an_answer_whatever_it_says(
    site: HTTPServer, client: ManageClient, change: dict[str, object]
) -> None:
    """A site may store another amount or date than was sent; the reading back tells."""
    site.expect_request(f"{PAYMENTS}/9").respond_with_json({**ECHO, **change})
    assert isinstance(client.write(CHANGE), Applied)


def test_a_portal_page_with_the_right_status_is_no_answer(site: HTTPServer, client: ManageClient) -> None:
    """HTML with 201."""
    site.expect_request(PAYMENTS).respond_with_data("<html>", status=201, content_type="text/html")
    assert isinstance(client.write(CREATE), NoAnswer)


def test_a_connection_that_never_opened_is_not_applied() -> None:
    """Nobody listens any more: no byte of the write can have arrived."""
    with client_of("http://127.0.0.1:9") as client:
        client._line._base = "http://127.0.0.1:9/x"
        reply = client.write(CREATE)
    assert isinstance(reply, NotApplied)
    assert str(reply.message).startswith("Not sent: ")


def test_a_site_that_cannot_be_found_is_not_applied() -> None:
    """The address of the API was not even looked up."""
    with client_of("http://127.0.0.1:9") as client:
        assert isinstance(client.write(CREATE), NotApplied)


BODY = json.dumps({"id": 9, "amount": 10.5, "paymentDate": "2026-03-31T00:00:00Z"}).encode()
GOOD = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


@contextmanager
def one_answer(data: bytes) -> Iterator[str]:
    """A server that reads a request, sends these bytes and hangs up."""

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with closing(connection):
            connection.settimeout(5)
            connection.recv(65536)
            connection.sendall(data)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def answered(data: bytes) -> Reply:
    """The reply to a write whose answer is these bytes."""
    with one_answer(data) as url, client_of(url) as client:
        client._line._base = url
        return client.write(replace(CREATE, amount=Decimal("10.50")))


def test_the_whole_answer_is_applied() -> None:
    """The reference for the cut ones below."""
    assert isinstance(answered(GOOD), Applied)


@pytest.mark.parametrize("length", range(0, len(GOOD), 9))
def test_an_answer_cut_anywhere_is_no_answer(length: int) -> None:
    """The write happened although its answer was cut: only a reading can tell."""
    assert isinstance(answered(GOOD[:length]), NoAnswer)


def test_silence_is_no_answer(site: HTTPServer) -> None:
    """The server takes longer than the time-out, and may still apply it."""

    def late(_: Request) -> Response:
        time.sleep(0.4)
        return Response("{}")

    site.expect_request(PAYMENTS).respond_with_handler(late)
    with client_of(site.url_for("").rstrip("/"), timeout=0.1) as client:
        reply = client.write(CREATE)
    assert isinstance(reply, NoAnswer)
    assert PRIVATE not in str(reply.message)
