"""The limits of an answer as a whole, in seconds and in bytes: one that drips, or unpacks without end, is cut off."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPException
from io import BytesIO
from ssl import SSLContext
from threading import Timer
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ProxyError

MOST_BYTES = 64 * 2**20
"""The longest answer, unpacked: a hundred times a page of 1,000 invoices."""
_CHUNK = 2**16


class EndlessAnswerError(requests.RequestException):
    """An answer began, and went on beyond a limit: worth asking for once more, and no oftener."""


class Deadline:
    """Cuts an answer off that has not come whole in time, wherever its reading waits by then.

    A time-out of a socket begins anew with each byte; only who looks at the clock from outside ends an answer that
    drips. To be used in the thread that sends the request.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._before = _DEADLINE.set(self)
        self._timer.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._timer.cancel()
        _DEADLINE.reset(self._before)
        silent = isinstance(error, requests.RequestException) and not isinstance(error, EndlessAnswerError)
        if silent and self.passed and self._socket is not None:  # a request that was sent, and cut off by us
            raise requests.ReadTimeout("no answer in time") from error

    def watch(self, connection: socket.socket) -> None:
        """Say which connection the answer comes from."""
        self._socket = connection
        if self.passed:
            self._end()

    def _end(self) -> None:
        self.passed = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


_DEADLINE: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def read_whole(response: requests.Response, deadline: Deadline) -> None:
    """Read the rest of an answer, so that its content is there whole.

    Raises:
        EndlessAnswerError: it is beyond a limit.
        requests.ConnectionError: it broke off.
    """
    content = BytesIO()
    with _cut_off(response, deadline):
        for chunk in response.raw.stream(_CHUNK, decode_content=True):
            content.write(chunk)
            if content.tell() > MOST_BYTES:
                break
    if content.tell() > MOST_BYTES:
        response.close()
        content.close()  # whoever keeps the error keeps no answer
        raise EndlessAnswerError(f"more than {MOST_BYTES} bytes")
    content.seek(0)
    response.raw = content


@contextmanager
def _cut_off(response: requests.Response, deadline: Deadline) -> Iterator[None]:
    """Whatever breaks after the deadline was cut off by it, and what seems to end then may have been cut off too."""
    try:
        yield
    except HTTPError as error:
        response.close()
        if not deadline.passed:
            raise requests.ConnectionError(error) from error
    if deadline.passed:
        raise EndlessAnswerError("not whole in time")


class _Watched(HTTPConnection):
    """A connection that tells the deadline of its request where to cut."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in urllib3
        deadline = _DEADLINE.get()
        if deadline is not None and self.sock is not None:
            deadline.watch(self.sock)
        return super().getresponse()


class _WatchedTLS(_Watched, HTTPSConnection):
    """A connection that may lead through a proxy, which is not spoken of as the site when it fails."""

    def _tunnel(self) -> None:
        try:
            super()._tunnel()
        except (OSError, HTTPException) as error:
            raise ProxyError("no way through the proxy", error) from error


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


_POOLS = {"http": _Pool, "https": _TLSPool}


class WatchedAdapter(HTTPAdapter):
    """Connections whose answers a `Deadline` can cut off, directly or through a proxy."""

    def __init__(self, context: SSLContext, threads: int) -> None:
        """Prepare the pools.

        Args:
            context: what certificates are judged by; nothing is added to it.
            threads: how many requests may be under way at once.
        """
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=threads, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:  # noqa: ANN401 - as requests passes them
        """Make the pools; see `HTTPAdapter`."""
        super().init_poolmanager(*arguments, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:  # noqa: ANN401 - same
        """Make the pools of a proxy; see `HTTPAdapter`."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, conn: Any, *_: object, **__: object) -> None:  # noqa: ANN401 - same
        """Leave it to the context: what requests would add is the set of authorities that it brings along."""
        conn.cert_reqs = "CERT_REQUIRED"
