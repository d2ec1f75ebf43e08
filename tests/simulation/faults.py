"""What a network, a proxy and a busy Manage do to one write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import requests
from urllib3.exceptions import ConnectTimeoutError

from tests.simulation.server import Fault, Request, Server, reply

PATIENCE = 30.0
"""Seconds after which the program gives up waiting for an answer."""
HTML = b"<html><body>Please sign in</body></html>"


def silent(*, applied: bool) -> Fault:
    """No answer within the timeout."""

    def happens(server: Server, request: Request) -> requests.Response:
        if applied:
            server.answer(request)
        server.world.tick("waits for an answer")
        server.world.pass_by(_seconds(PATIENCE))
        raise requests.ReadTimeout

    return happens


def late(seconds: float) -> Fault:
    """No answer within the timeout; the network delivers the request after so many seconds all the same."""

    def happens(server: Server, request: Request) -> requests.Response:
        server.world.later(seconds, lambda: server.answer(request))
        return silent(applied=False)(server, request)

    return happens


def broken(error: requests.RequestException, *, applied: bool) -> Fault:
    """The connection breaks."""

    def happens(server: Server, request: Request) -> requests.Response:
        if applied:
            server.answer(request)
        raise error

    return happens


def says(status: int, payload: object, *, applied: bool = False, **headers: str) -> Fault:
    """A complete answer of this status, whatever became of the write."""

    def happens(server: Server, request: Request) -> requests.Response:
        if applied:
            server.answer(request)
        return reply(status, payload, **headers)

    return happens


def echo(field: str, value: object) -> Fault:
    """Applied, and confirmed with something else than was sent."""

    def happens(server: Server, request: Request) -> requests.Response:
        response = server.answer(request)
        said = json.loads(response.content)
        return reply(response.status_code, {**said, field: value}) if said else response

    return happens


def blinded(server: Server, request: Request) -> requests.Response:
    """Applied and confirmed; the read-back gets no answer."""
    server.blind.add(server.reads + 1)
    return server.answer(request)


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


_NEVER_LEFT = requests.ConnectionError(ConnectTimeoutError("never left"))
_NO = {"message": "No."}

FAULTS: Mapping[str, Fault] = {
    "timeout, applied": silent(applied=True),
    "timeout, not applied": silent(applied=False),
    "late by 35 s": late(35),
    "late by 90 s": late(90),
    "late by 540 s": late(540),
    "reset, applied": broken(requests.ConnectionError("reset by peer"), applied=True),
    "reset, not applied": broken(requests.ConnectionError("reset by peer"), applied=False),
    "truncated, applied": broken(requests.exceptions.ChunkedEncodingError("cut"), applied=True),
    "never left": broken(_NEVER_LEFT, applied=False),
    "429 with Retry-After": says(429, _NO, Retry_After="7"),
    "503, not applied": says(503, _NO),
    "503, applied": says(503, _NO, applied=True),
    "500, not applied": says(500, _NO),
    "500, applied": says(500, _NO, applied=True),
    "403": says(403, _NO),
    "409": says(409, _NO),
    "302": says(302, b"", Location="https://elsewhere.example.net/"),
    "200 HTML, applied": says(200, HTML, applied=True),
    "200 HTML, not applied": says(200, HTML),
    "echo of another amount": echo("amount", 1.23),
    "echo of another date": echo("paymentDate", "2026-01-02T00:00:00Z"),
    "read-back fails": blinded,
}
LASTING: Mapping[str, Fault] = {"401 from here on": says(401, _NO), "503 from here on": says(503, _NO)}
