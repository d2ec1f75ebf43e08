"""A proxy on real sockets between Tieout and the practice site: it breaks the wire wherever a test wants it broken."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread
from time import sleep
from typing import Self

from tests.support.breakage import HEALTHY, End, Request, Toxic

API = "/v2025_1/apis/3.0"
HOST, LONGEST = "127.0.0.1", 5.0
"""Where it listens, and the seconds after which it gives up on anybody."""
RST = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends RST."""


class Proxy:
    """Passes whole requests on, each over a connection of its own, as the practice site speaks HTTP/1.0.

    Attributes:
        url: where it listens; the same again after `mend`.
        choose: what happens to a request; asked once for each, before it is passed on.
        writes: every request that asked for a change, by arrival.
        answers: the length of the site's whole answer to each request.
    """

    def __init__(self, port: int) -> None:
        self._site, self._open, self._changed = (HOST, port), 0, Condition()
        self._listener = socket.create_server((HOST, 0))
        self._address = self._listener.getsockname()
        self.url = f"http://{HOST}:{self._address[1]}"
        self.writes: list[Request] = []
        self.answers: dict[Request, int] = {}
        self.choose: Callable[[Request], Toxic] = lambda _: HEALTHY

    def __enter__(self) -> Self:
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self.idle()

    def refuse(self) -> None:
        """Stop listening: who comes now is refused."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()

    def mend(self) -> None:
        """Break nothing any more, and listen again."""
        self.choose = lambda _: HEALTHY
        if self._listener.fileno() == -1:
            self._listener = socket.create_server(self._address)
            self.__enter__()

    def idle(self) -> None:
        """Wait until all who have knocked so far were let in, and have gone."""
        with suppress(OSError), socket.create_connection(self._address, LONGEST) as knock:
            knock.shutdown(socket.SHUT_WR)
            knock.recv(1)
        with self._changed:
            assert self._changed.wait_for(lambda: self._open == 0, 2 * LONGEST), "a connection never ended"

    def wait_for(self, writes: int, seconds: float) -> bool:
        """Wait for so many writes in all; whether they came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.writes) >= writes, seconds)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with self._changed:
                    self._open += 1
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            client.settimeout(LONGEST)
            with client, suppress(OSError):
                whole = _whole(client)
                if whole:
                    self._answer(client, whole)
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def _answer(self, client: socket.socket, whole: bytes) -> None:
        method, path = whole.split(b" ", 2)[:2]
        request = Request(method=method.decode(), path=path.decode().removeprefix(API))
        toxic, answer = self.choose(request), b""
        with self._changed:
            self.writes += [request] if request.writes else []
            self._changed.notify_all()
        if toxic.delivered:
            with socket.create_connection(self._site, LONGEST) as site:
                site.sendall(whole)
                answer = b"".join(iter(lambda: site.recv(65536), b""))
        self.answers[request] = len(answer)
        if toxic.last:
            self.refuse()
        _send(client, answer[: toxic.passed], toxic)


def _whole(client: socket.socket) -> bytes:
    """A whole request; nothing when the connection ends before its end."""
    got = b""
    while True:
        head, blank, body = got.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if blank and len(body) >= int(length or 0):
            return got
        more = client.recv(65536)
        if not more:
            return b""
        got += more


def _send(client: socket.socket, answer: bytes, toxic: Toxic) -> None:
    size = -(-len(answer) // toxic.drops) or 1
    for start in range(0, len(answer), size):
        sleep(toxic.pause)
        client.sendall(answer[start : start + size])
    if toxic.end is End.HANG:
        client.recv(1)  # until Tieout hangs up
    elif toxic.end is End.RESET:
        sleep(0.01)  # what has passed arrives first; the reset would overtake it
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
