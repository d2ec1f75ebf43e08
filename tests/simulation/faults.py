"""What a network, a proxy and a busy Manage do to one write: what is answered, and when it is applied, if at all."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

import requests
from urllib3.exceptions import ConnectTimeoutError

from tests.simulation.server import Fault, Request, Server, reply

PATIENCE = 30.0
"""Seconds after which the program gives up waiting for an answer."""
HTML = b"<html><body>Please sign in</body></html>"
NEVER = -1.0
AT_ONCE = 0.0
Answer = Callable[[Server], requests.Response]


def behind(answer: Answer, applied: float) -> Fault:
    """An answer, and so many seconds after the request (`AT_ONCE`, `NEVER`) the site applies it all the same."""

    def happens(server: Server, request: Request) -> requests.Response:
        if applied == AT_ONCE:
            server.answer(request)
        elif applied > AT_ONCE:
            server.world.later(applied, lambda: server.answer(request))
        return answer(server)

    return happens


def silence(server: Server) -> requests.Response:
    """No answer within the timeout."""
    server.world.tick("waits for an answer")
    server.world.pass_by(timedelta(seconds=PATIENCE))
    raise requests.ReadTimeout


def breaks(error: requests.RequestException) -> Answer:
    """The connection breaks."""

    def answer(_: Server) -> requests.Response:
        raise error

    return answer


def says(status: int, payload: object, **headers: str) -> Answer:
    """A complete answer of this status."""
    return lambda _: reply(status, payload, **headers)


def echo(field: str, value: object) -> Fault:
    """Applied, and confirmed with something else than was sent."""

    def happens(server: Server, request: Request) -> requests.Response:
        response = server.answer(request)
        said = json.loads(response.content)
        return reply(response.status_code, {**said, field: value}) if said else response

    return happens


def stores(amount: str) -> Fault:
    """Confirmed as it was sent, but another amount is stored."""
    return lambda server, request: server.answer(request, instead=Decimal(amount))


def blinded(server: Server, request: Request) -> requests.Response:
    """Applied and confirmed; the read-back gets no answer."""
    server.blind.add(server.reads + 1)
    return server.answer(request)


_NEVER_LEFT = requests.ConnectionError(ConnectTimeoutError("never left"))
_NO = {"message": "No."}
_ALERT = requests.exceptions.SSLError(ssl.SSLError("SSLV3_ALERT_BAD_RECORD_MAC"))
_RESET = requests.ConnectionError("reset by peer")
_CUT = requests.exceptions.ChunkedEncodingError("cut")
_AT_ALL_TIMES = {
    "not applied": NEVER,
    "applied": AT_ONCE,
    "applied 7 s later": 7.0,
    "applied 90 s later": 90.0,
    "applied 540 s later": 540.0,
}
_OF_ALL_TIMES: Mapping[str, Answer] = {
    "502": says(502, HTML),
    "503": says(503, _NO),
    "TLS failure": breaks(_ALERT),
    "200": says(200, {"id": 4711}),
}
_AT_SOME_TIMES = {name: _AT_ALL_TIMES[name] for name in ("not applied", "applied", "applied 90 s later")}
_OF_SOME_TIMES: Mapping[str, Answer] = {
    "reset": breaks(_RESET),
    "truncated": breaks(_CUT),
    "500": says(500, _NO),
    "504": says(504, HTML),
    "302": says(302, b"", Location="https://elsewhere.example.net/"),
    "200 HTML": says(200, HTML),
    "404 HTML": says(404, HTML),
}

FAULTS: Mapping[str, Fault] = {
    **{
        f"{answer}, {when}": behind(_OF_ALL_TIMES[answer], at)
        for answer in _OF_ALL_TIMES
        for when, at in _AT_ALL_TIMES.items()
    },
    **{
        f"{answer}, {when}": behind(_OF_SOME_TIMES[answer], at)
        for answer in _OF_SOME_TIMES
        for when, at in _AT_SOME_TIMES.items()
    },
    "timeout, not applied": behind(silence, NEVER),
    "timeout, applied": behind(silence, AT_ONCE),
    "late by 35 s": behind(silence, 35),
    "late by 90 s": behind(silence, 90),
    "late by 540 s": behind(silence, 540),
    "never left": behind(breaks(_NEVER_LEFT), NEVER),
    "429 with Retry-After": behind(says(429, _NO, Retry_After="7"), NEVER),
    **{
        f"{status}, {when}": behind(says(status, _NO), at)
        for status in (400, 403, 404, 409)
        for when, at in (("not applied", NEVER), ("applied", AT_ONCE))
    },
    "another amount is stored": stores("1.23"),
    "echo of another amount": echo("amount", 1.23),
    "echo of another date": echo("paymentDate", "2026-01-02T00:00:00Z"),
    "read-back fails": blinded,
}
"""Manage's own 4xx and its 429 are the only answers behind which nothing comes late: the protocol rests on that."""
LASTING: Mapping[str, Fault] = {
    "401 from here on": behind(says(401, _NO), NEVER),
    "503 from here on": behind(says(503, _NO), NEVER),
    "maintenance": behind(says(503, _NO, Retry_After="60"), NEVER),
    "429 from here on": behind(says(429, _NO, Retry_After="60"), NEVER),
}
