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
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.core.values.errors import Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.posting import LATER, Accepted, NoAnswer, NotSent, Refusal, Reply
from sync.core.values.records import Action, Payment
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.manage.http_session import PATIENCE, READ_ATTEMPTS, Pace
from sync.settings.manage_route import Route
from sync.settings.settings_file import Behaviour, DateClear
from tests.manage.conftest import API, PRIVATE, Time, client_of
from tests.support.build import create
from tests.support.certificates import alert, certificate, tls_server
from tests.support.english import ids

PAYMENTS = f"{API}/finance/invoices/7/payments"
DAY = date(2026, 3, 31)
CREATE = create(7, "99999999999.99", DAY)
CHANGE = replace(CREATE, action=Action.CHANGE, payment_id=9, amount=Decimal("10.50"), amount_before=Decimal("5.00"))
DELETE = replace(CHANGE, action=Action.DELETE, amount=Decimal("0.00"), paid_on=None, paid_on_before=DAY)
ECHO = {"id": 9, "amount": 10.5, "paymentDate": "2026-03-31T00:00:00Z", "invoice": {"id": 7}}


def sent(site: HTTPServer) -> tuple[str, str]:
    """Method and body of the last request."""
    request, _ = site.log[-1]
    return request.method, request.get_data(as_text=True)


def assert_unsure(reply: Reply, status: int) -> None:
    """The answer was none that tells anything; its status is named."""
    assert isinstance(reply, NoAnswer)
    (found, *rest) = reply.message.sentences
    assert (found.id, dict(found.values)["code"]) == ("manage-write-unsure-unexpected-status", f"#{status}")
    assert Text(tuple(rest)) == LATER


def test_a_first_payment_is_posted_with_exact_digits(site: HTTPServer, client: ManageClient) -> None:
    """The amount is a JSON number with two decimals that never was a binary fraction; the day is midnight UTC."""
    site.expect_request(PAYMENTS, method="POST").respond_with_json({**ECHO, "amount": 99999999999.99}, status=201)
    reply = client.write(CREATE)
    body = '{"invoice":{"id":7},"amount":99999999999.99,"type":"P","paymentDate":"2026-03-31T00:00:00Z"}'
    assert sent(site) == ("POST", body)
    assert reply == Accepted(payment_id=9)


def test_a_part_payment_sends_no_date(site: HTTPServer, client: ManageClient) -> None:
    """Nothing is said of a date that does not exist."""
    site.expect_request(PAYMENTS).respond_with_json({"id": 9, "amount": 10.5}, status=201)
    reply = client.write(replace(CREATE, amount=Decimal("10.50"), paid_on=None))
    body = '{"invoice":{"id":7},"amount":10.50,"type":"P"}'
    assert (sent(site)[1], reply) == (body, Accepted(payment_id=9))


@pytest.mark.parametrize(
    ("setting", "restored", "kind"), [("P", None, "P"), ("", None, None), ("Cheque", None, "Cheque"), ("P", "", None)]
)
def test_a_new_record_says_its_type_as_the_settings_say(
    site: HTTPServer, setting: str, restored: str | None, kind: str | None
) -> None:
    """An empty setting sends none; what an undo makes anew says what the record before it said."""
    site.expect_request(PAYMENTS).respond_with_json(ECHO, status=201)
    was = None if restored is None else Payment(id=3, invoice_id=7, amount=Decimal("5.00"), paid_on=DAY, kind=restored)
    with client_of(site.url_for("").rstrip("/"), behaviour=Behaviour(payment_type=setting)) as client:
        client.write(replace(CREATE, restores=was))
    assert json.loads(sent(site)[1]).get("type") == kind


def test_a_change_says_only_what_changes(site: HTTPServer, client: ManageClient) -> None:
    """Operations on amount and date, without leading slashes; a date that stays is not sent."""
    site.expect_request(f"{PAYMENTS}/9", method="PATCH").respond_with_json(ECHO)
    assert client.write(CHANGE) == Accepted(payment_id=9)
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
    assert (json.loads(sent(site)[1])[1], reply) == (operation, Accepted(payment_id=9))


def test_a_deletion_has_no_body_and_no_echo(site: HTTPServer, client: ManageClient) -> None:
    """204 and nothing else."""
    site.expect_request(f"{PAYMENTS}/9", method="DELETE").respond_with_data("", status=204)
    assert client.write(DELETE) == Accepted()


@pytest.mark.parametrize(
    ("status", "stop"), [(400, False), (404, False), (409, False), (415, False), (422, False), (401, True), (403, True)]
)
def test_manage_s_own_no_is_a_refusal(site: HTTPServer, client: ManageClient, status: int, *, stop: bool) -> None:
    """Manage's words are shown; a login or permission that failed stops the push."""
    site.expect_request(PAYMENTS).respond_with_json({"message": "Invoice is closed"}, status=status)
    reply = client.write(CREATE)
    assert isinstance(reply, Refusal)
    assert (reply.stop, "Invoice is closed" in reply.message.said(ENGLISH)) == (stop, True)


@pytest.mark.parametrize("body", [{"code": "NotFound"}, {"errors": [{"message": "amount"}]}, {"Message": "No"}])
def test_a_no_of_any_of_manage_s_shapes_is_a_refusal(site: HTTPServer, client: ManageClient, body: object) -> None:
    """A code, a list of faults, or a message, however it is written."""
    site.expect_request(PAYMENTS).respond_with_json(body, status=400)
    assert isinstance(client.write(CREATE), Refusal)


def test_that_somebody_did_not_wait_is_no_answer(site: HTTPServer, client: ManageClient) -> None:
    """408, in whatever shape: what was sent may still be carried out."""
    site.expect_request(PAYMENTS).respond_with_json({"code": "Timeout", "message": "Request timed out"}, status=408)
    assert isinstance(client.write(CREATE), NoAnswer)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
@pytest.mark.parametrize("page", [b"<html>Blocked</html>", b"", b"null", b"[]", b'{"blocked": true}', b"\xff\xfe"])
def test_a_no_of_somebody_else_is_no_answer(site: HTTPServer, client: ManageClient, status: int, page: bytes) -> None:
    """A proxy's page says nothing of Manage, whatever its status: the request may have gone through."""
    site.expect_request(PAYMENTS).respond_with_data(page, status=status, content_type="text/html")
    assert_unsure(client.write(CREATE), status)


@pytest.mark.parametrize(("header", "wait"), [("7", 7.0), ("0", 0.0), ("999", 60.0), ("soon", 5.0)])
def test_a_busy_site_says_how_long_to_wait(site: HTTPServer, client: ManageClient, header: str, wait: float) -> None:
    """A complete answer that nothing was done; the client itself never sends again."""
    site.expect_request(PAYMENTS).respond_with_json({}, status=429, headers={"Retry-After": header})
    reply = client.write(CREATE)
    assert isinstance(reply, NotSent)
    assert (reply.wait, sum(1 for request, _ in site.log if request.method == "POST")) == (wait, 1)


def test_a_write_that_was_too_much_says_how_long_to_wait(site: HTTPServer, client: ManageClient) -> None:
    """It waits for nothing itself: that is left to the push, which reads again before it sends again."""
    clock = Time()
    client._session.pace = Pace(600, clock=clock, sleep=clock.pass_by)
    site.expect_request(PAYMENTS).respond_with_json({}, status=429, headers={"Retry-After": "7"})
    reply = client.write(CREATE)
    assert isinstance(reply, NotSent)
    assert (clock.waits, reply.wait) == ([], 7.0)


def test_a_client_that_is_ready_writes_at_once(site: HTTPServer, client: ManageClient) -> None:
    """The wait for its turn comes before, so that it never lies between an intent and its request."""
    clock = Time()
    client._session.pace = Pace(60, clock=clock, sleep=clock.pass_by)
    site.expect_request(PAYMENTS).respond_with_json(ECHO, status=201)
    for _ in range(3):
        client.write(CREATE)
    client.wait_for_turn()
    waited = list(clock.waits)
    client.write(CREATE)
    assert waited != []
    assert clock.waits == waited


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 500, 502, 503, 504])
def test_anything_else_is_no_answer(site: HTTPServer, client: ManageClient, status: int) -> None:
    """A redirect, or a server's error with whatever wait: a gateway says it of what may have been written."""
    location = {"Location": site.url_for("/elsewhere"), "Retry-After": "1"}
    site.expect_request(PAYMENTS).respond_with_json(ECHO, status=status, headers=location)
    assert_unsure(client.write(CREATE), status)
    assert [request.path for request, _ in site.log if request.path == "/elsewhere"] == []
    assert sum(1 for request, _ in site.log if request.method == "POST") == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_s_error_in_manage_s_own_words_is_no_answer(
    site: HTTPServer, client: ManageClient, status: int
) -> None:
    """It may have failed after the payment was made: only a reading tells."""
    site.expect_request(PAYMENTS).respond_with_json({"code": "Error", "message": "Object reference"}, status=status)
    assert_unsure(client.write(CREATE), status)


DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
@pytest.mark.parametrize(
    ("said", "named"),
    [
        (json.dumps(ECHO).encode(), 9),
        (json.dumps({**ECHO, "invoice": {"id": 8}, "amount": None}).encode(), 9),
        (json.dumps([ECHO]).encode(), None),
        (b"", None),
        (b"<html>Sign in</html>", None),
        (b'{"id": %d}' % 10**30, None),
        (b'{"id": -1}', None),
        (b'{"id": "9"}', None),
        (DEEP, None),
        (b'{"x": ' + DEEP + b', "id": 9}', None),
        (b"\xff\xfe", None),
    ],
    ids=[
        "echo",
        "another invoice",
        "list",
        "empty",
        "page",
        "huge id",
        "no id",
        "text",
        "deep",
        "deep within",
        "bytes",
    ],
)
def test_a_success_is_accepted_whatever_it_says(
    site: HTTPServer, client: ManageClient, status: int, said: bytes, named: int | None
) -> None:
    """It proves nothing: it names a record, or it names none, and the reading back tells."""
    site.expect_request(PAYMENTS).respond_with_data(said, status=status, content_type="application/json")
    assert client.write(CREATE) == Accepted(payment_id=None if status == 204 else named)


@pytest.mark.parametrize("said", [DEEP, b'[{"id": %d}]' % 10**30], ids=["deep", "huge id"])
def test_records_that_nobody_can_read_are_unavailable(site: HTTPServer, client: ManageClient, said: bytes) -> None:
    """Nested beyond reason, or with a number that no program is sure of: in words, and never as a crash."""
    site.expect_request(PAYMENTS).respond_with_data(said, content_type="application/json")
    site.expect_request(f"{API}/finance/invoices").respond_with_data(said, content_type="application/json")
    with pytest.raises(Unavailable, match="manage-not-manage-answering"):
        client.payments({7})
    with pytest.raises(Unavailable, match="manage-not-manage-answering"):
        client.invoices({"N1"})


def test_a_connection_that_never_opened_is_not_sent() -> None:
    """Nobody listens any more: no byte of the write can have arrived, and it may be sent after a wait."""
    with client_of("http://127.0.0.1:9") as client:
        client._session._base = "http://127.0.0.1:9/x"
        reply = client.write(CREATE)
    assert isinstance(reply, NotSent)
    assert (ids(reply.message), reply.wait) == (["manage-write-not-sent"], 5.0)


def test_a_site_that_cannot_be_found_is_not_sent() -> None:
    """The address of the API was not even looked up."""
    with client_of("http://127.0.0.1:9") as client:
        reply = client.write(CREATE)
    assert isinstance(reply, NotSent)
    assert reply.wait is None


def test_a_certificate_that_nobody_vouches_for_is_not_sent(tmp_path: Path) -> None:
    """Nothing was said to that server, and waiting does not help."""
    heard: list[bytes] = []
    _, context = certificate(tmp_path)
    with tls_server(context, lambda connection: heard.append(connection.recv(1))) as url, client_of(url) as client:
        client._session._base = url
        reply = client.write(CREATE)
    assert isinstance(reply, NotSent)
    assert (reply.wait, b"".join(heard), "manage-authority-unknown" in str(reply.message)) == (None, b"", True)


def test_a_tls_stream_that_breaks_after_the_request_is_no_answer(tmp_path: Path) -> None:
    """An SSL error too, though the whole request had arrived by then: a reading of the same server is unavailable."""
    path, context = certificate(tmp_path)
    with tls_server(context, alert) as url, client_of(url, route=Route(ca_file=str(path))) as client:
        client._session._base = url
        assert client.write(CREATE) == NoAnswer(message=say("manage-write-unsure-no-answer") + LATER)
        with pytest.raises(Unavailable, match="manage-unreachable"):
            client.payments({7})
        assert client.requests == 1 + READ_ATTEMPTS


def test_patience_with_a_busy_site_ends(
    site: HTTPServer, client: ManageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All waits of a session are bounded together; after that a write is not sent again, nor a reading asked again."""
    now = [1000.0]
    monkeypatch.setattr(client._session, "_clock", lambda: now[0])
    site.expect_request(PAYMENTS, method="POST").respond_with_json({}, status=429, headers={"Retry-After": "60"})
    site.expect_request(PAYMENTS, method="GET").respond_with_json({"message": "Busy"}, status=503)
    waits = []
    for _ in range(4):
        reply = client.write(CREATE)
        assert isinstance(reply, NotSent)
        waits.append(reply.wait)
        now[0] += reply.wait or 0.0
    assert waits == [60.0, 60.0, None, None]
    now[0] += PATIENCE
    client._session._lost = PATIENCE
    before = client.requests
    with pytest.raises(Unavailable):
        client.payments({7})
    assert client.requests == before + 1


def test_waits_side_by_side_are_one_wait(site: HTTPServer, client: ManageClient) -> None:
    """Threads that wait for the same trouble lose its time once."""
    site.expect_request(PAYMENTS).respond_with_json({}, status=429, headers={"Retry-After": "60"})
    replies = [client.write(CREATE) for _ in range(9)]
    assert {reply.wait for reply in replies if isinstance(reply, NotSent)} == {60.0}


BODY = json.dumps({"id": 9, "amount": 10.5, "paymentDate": "2026-03-31T00:00:00Z"}).encode()
GOOD = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
BAD = b'HTTP/1.1 409 Conflict\r\nContent-Length: 25\r\n\r\n{"message": "It is not."}'


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
        client._session._base = url
        return client.write(replace(CREATE, amount=Decimal("10.50")))


def test_the_whole_answer_is_accepted() -> None:
    """The reference for the cut ones below."""
    assert answered(GOOD) == Accepted(payment_id=9)


@pytest.mark.parametrize("length", range(0, len(GOOD), 9))
def test_an_answer_cut_anywhere_proves_nothing(length: int) -> None:
    """The write happened although its answer was cut: no answer, or a bare success that names no record."""
    reply = answered(GOOD[:length])
    assert reply == Accepted() or isinstance(reply, NoAnswer)


@pytest.mark.parametrize("length", range(0, len(BAD), 9))
def test_a_no_that_is_cut_anywhere_is_no_answer(length: int) -> None:
    """Only a whole one is Manage's."""
    assert isinstance(answered(BAD), Refusal)
    assert isinstance(answered(BAD[:length]), NoAnswer)


def test_silence_is_no_answer(site: HTTPServer) -> None:
    """The server takes longer than the time-out, and may still apply it."""

    def late(_: Request) -> Response:
        time.sleep(0.4)
        return Response("{}")

    site.expect_request(PAYMENTS).respond_with_handler(late)
    with client_of(site.url_for("").rstrip("/"), timeout=0.1) as client:
        reply = client.write(CREATE)
    assert isinstance(reply, NoAnswer)
    assert PRIVATE not in reply.message.said(ENGLISH)
