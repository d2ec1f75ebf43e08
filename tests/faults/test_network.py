"""Redirects, certificates and the environment: the login goes to one trusted host, or nowhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.posting import NoAnswer, NotSent
from sync.manage.client import ManageClient
from tests.manage.conftest import API, client_of
from tests.manage.test_writing import CREATE, PAYMENTS
from tests.support.certificates import certificate


@pytest.mark.parametrize(
    ("host", "begins", "ends"),
    [
        ("127.0.0.1", timedelta(days=-1), timedelta(days=9)),
        ("127.0.0.1", timedelta(days=-9), timedelta(days=-1)),
        ("elsewhere.example.net", timedelta(days=-1), timedelta(days=9)),
    ],
    ids=["self-signed", "expired", "wrong host"],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_certificate_nobody_vouches_for_is_refused_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, begins: timedelta, ends: timedelta
) -> None:
    """Fault 84: a real TLS server, and variables that would make requests trust it: no request reaches it."""
    path, context = certificate(tmp_path, host, begins, ends)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(path))
    with HTTPServer(host="127.0.0.1", port=0, ssl_context=context) as server:
        server.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": "v2025_1/"})
        with client_of(f"https://127.0.0.1:{server.port}") as client:
            with pytest.raises(TieoutError, match="certificate"):
                client.invoices({"N1"})
            assert isinstance(client.write(CREATE), NotSent)
        assert server.log == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_login_never_follows_a_redirect_to_another_host(
    site: HTTPServer, client: ManageClient, status: int
) -> None:
    """Fault 11: reads and writes that are sent elsewhere end there; the other host hears nothing."""
    with HTTPServer(host="127.0.0.1", port=0) as other:
        other.expect_request("/", method="GET").respond_with_json([])
        away = {"Location": other.url_for("/")}
        site.expect_request(f"{API}/finance/invoices").respond_with_json({}, status=status, headers=away)
        site.expect_request(PAYMENTS).respond_with_json({}, status=status, headers=away)
        with pytest.raises(SetupError, match="manage-address-redirects"):
            client.invoices({"N1"})
        assert isinstance(client.write(CREATE), NoAnswer)
        assert other.log == []


def test_a_company_s_address_cannot_name_another_host(httpserver: HTTPServer) -> None:
    """Fault 11: a Codebase that is a whole URL stays a path below the site of the settings."""
    with HTTPServer(host="127.0.0.1", port=0) as other:
        away = other.url_for("/").rstrip("/")
        httpserver.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": f"{away}/v2025_1/"})
        with client_of(httpserver.url_for("").rstrip("/")) as client, pytest.raises(TieoutError):
            client.invoices({"N1"})
        assert other.log == []


@pytest.mark.parametrize("codebase", [".evil.example.net/", "@127.0.0.1:9/", "//evil.example.net/", "../../x"])
def test_the_login_s_host_is_the_settings_own(httpserver: HTTPServer, codebase: str) -> None:
    """Fault 11: whatever stands in Codebase, a slash follows the host."""
    httpserver.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": codebase})
    url = httpserver.url_for("").rstrip("/")
    with client_of(url) as client:
        assert client._session.base().startswith(f"{url}/")
