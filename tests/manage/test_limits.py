"""The limits of an answer as a whole: one that drips or unpacks without end costs neither time nor memory."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.core.values.errors import Unavailable
from sync.core.values.posting import NoAnswer
from sync.manage import answer_limits
from sync.manage.client import ManageClient
from tests.manage.conftest import API, client_of
from tests.support.build import create

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYMENTS = f"{API}/finance/invoices/1/payments"
CREATE = create(1, "10.50")


def a_drip(connection: socket.socket) -> None:
    """A head at once, and then a byte now and again."""
    connection.sendall(HEAD + b"Content-Length: 5000\r\n\r\n")
    for _ in range(30):
        connection.sendall(b" ")
        time.sleep(0.05)


def a_dripping_head(connection: socket.socket) -> None:
    """Not even its head comes to an end."""
    connection.sendall(HEAD)
    for number in range(30):
        connection.sendall(b"X-%d: y\r\n" % number)
        time.sleep(0.05)


def a_drip_until_closed(connection: socket.socket) -> None:
    """An answer without a length, so that being cut off looks like its end."""
    connection.sendall(HEAD + b"Connection: close\r\n\r\n[]")
    for _ in range(30):
        connection.sendall(b" ")
        time.sleep(0.05)


def a_packed_drip(connection: socket.socket) -> None:
    """Compressed, in pieces of which nothing can be unpacked yet."""
    packed = gzip.compress(b"[]" + b" " * 9_000_000)
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    for byte in packed[:30]:
        connection.sendall(b"1\r\n%c\r\n" % byte)
        time.sleep(0.05)


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers each connection so."""

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with closing(connection), suppress(OSError):
                    connection.recv(65536)
                    answer(connection)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@contextmanager
def reading(url: str, timeout: float) -> Iterator[ManageClient]:
    """A client that knows where the API is."""
    with client_of(url, timeout=timeout) as client:
        client._session._base = url
        yield client


@pytest.mark.parametrize("answer", [a_drip, a_dripping_head, a_drip_until_closed, a_packed_drip])
def test_an_answer_that_drips_is_unavailable_in_time(answer: Callable[[socket.socket], None]) -> None:
    """The limit is of the whole answer, not of each of its bytes; it is asked for once more, and no oftener."""
    with answering(answer) as url, reading(url, 0.5) as client:
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="manage-answer-beyond-limits"):
            client.payments({1})
        assert time.monotonic() - begun < 6  # the server's first drip holds up the second
        assert client.requests == 2


@pytest.mark.parametrize("answer", [a_drip, a_dripping_head])
def test_a_write_whose_answer_drips_is_in_doubt(answer: Callable[[socket.socket], None]) -> None:
    """It was sent, and nothing is known of it."""
    with answering(answer) as url, reading(url, 0.3) as client:
        assert isinstance(client.write(CREATE), NoAnswer)


def test_an_answer_that_unpacks_without_end_is_unavailable(site: HTTPServer, client: ManageClient) -> None:
    """Some hundred kilobytes on the wire that would fill gigabytes; memory stays near the limit."""
    packed = gzip.compress(b" " * (400 * 2**20), 9)

    def bomb(_: Request) -> Response:
        return Response(packed, headers={"Content-Encoding": "gzip"}, content_type="application/json")

    site.expect_request(PAYMENTS).respond_with_handler(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(Unavailable, match="manage-answer-beyond-limits"):
            client.payments({1})
        assert tracemalloc.get_traced_memory()[1] < 120 * 2**20
    finally:
        tracemalloc.stop()


def test_an_answer_at_the_limit_is_read(
    site: HTTPServer, client: ManageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To its last byte, packed or not; one byte more is too much."""
    monkeypatch.setattr(answer_limits, "MOST_BYTES", 100)
    site.expect_request(PAYMENTS).respond_with_data("[]" + " " * 98, content_type="application/json")
    assert client.payments({1}) == {1: ()}
    site.clear()
    site.expect_request(PAYMENTS).respond_with_data("[]" + " " * 99, content_type="application/json")
    with pytest.raises(Unavailable, match="manage-answer-beyond-limits"):
        client.payments({1})


def test_a_slow_answer_within_the_limit_is_read() -> None:
    """And the connection serves the next request."""

    def slow(connection: socket.socket) -> None:
        for _ in range(2):
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n[")
            time.sleep(0.2)
            connection.sendall(b"]")
            connection.recv(65536)

    with answering(slow) as url, reading(url, 2.0) as client:
        assert [client.payments({1}), client.payments({1})] == [{1: ()}, {1: ()}]
