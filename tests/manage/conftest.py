"""A Manage site made of canned answers on a real socket, and a client that does not wait for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytest_httpserver import HTTPServer

from sync.manage.client import ManageClient
from sync.manage.http_session import Pace
from sync.settings.settings_file import Behaviour

API = "/v2025_1/apis/3.0"
PUBLIC, PRIVATE = "canary-public", "canary-private"


@dataclass
class Time:
    """A clock that moves only when somebody waits; what was waited is kept."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        """The moment, in seconds."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Wait, without waiting."""
        with self.lock:
            self.now += seconds
            self.waits.append(seconds)


def client_of(url: str, **changes: object) -> ManageClient:
    """A client for a site; it never really sleeps."""
    options: dict[str, object] = {
        "site": url,
        "company": "acme",
        "client_id": "c1",
        "public_key": PUBLIC,
        "private_key": PRIVATE,
        "timeout": 2.0,
        "behaviour": Behaviour(),
    }
    options["pace"] = Pace(clock=(time := Time()), sleep=time.pass_by)
    return ManageClient(**(options | changes))  # type: ignore[arg-type] # each option has its type above


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    """A site that tells where its API is."""
    httpserver.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": "v2025_1/", "IsCloud": "True"})
    return httpserver


@pytest.fixture
def client(site: HTTPServer) -> Iterator[ManageClient]:
    """A client for that site."""
    with client_of(site.url_for("").rstrip("/")) as made:
        yield made
