"""A Manage site made of canned answers on a real socket, and a client that does not wait for real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from sync.behaviour import Behaviour
from sync.manage.client import ManageClient

API = "/v2025_1/apis/3.0"
PUBLIC, PRIVATE = "canary-public", "canary-private"


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
    client = ManageClient(**(options | changes))  # type: ignore[arg-type] # each option has its type above
    client._line._sleep = lambda _: None
    return client


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
