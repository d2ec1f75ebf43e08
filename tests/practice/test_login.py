from __future__ import annotations

import pytest
import requests
from requests.auth import HTTPBasicAuth

from sync.practice.api import Permission
from sync.practice.server import Server, create_app
from tests.practice.conftest import API, Client

VERSIONED = "application/vnd.connectwise.com+json; version=2025.1"


def test_the_codebase_needs_no_login(site: Client) -> None:
    """Anybody may ask where a company's API is; the answer has Manage's slash and its word for true."""
    answer = requests.get(f"{site.url}/login/companyinfo/acme", timeout=10)
    found = answer.json()
    assert (found["Codebase"], found["CompanyID"], found["IsCloud"]) == ("v2025_1/", "acme", "True")


def test_the_codebase_of_an_unknown_company(site: Client) -> None:
    """An unknown company is null, with 200."""
    answer = requests.get(f"{site.url}/login/companyinfo/other", timeout=10)
    assert (answer.status_code, answer.text) == (200, "null")


@pytest.mark.parametrize("base", [API, "/v4_6_release/apis/3.0"])
def test_system(site: Client, base: str) -> None:
    """The site tells its version, under both addresses, to whoever is logged in."""
    answer = site.session.get(f"{site.url}{base}/system/info", timeout=10)
    assert (answer.status_code, answer.json()["version"], answer.json()["isCloud"]) == (200, "v2025.1", True)


@pytest.mark.parametrize(
    ("user", "password"),
    [("acme+sandbox", "wrong"), ("acme+wrong", "sandbox"), ("other+sandbox", "sandbox"), ("", ""), ("é", "é")],
)
def test_a_wrong_login(site: Client, user: str, password: str) -> None:
    """A wrong company or key is refused in Manage's words, whatever was asked for."""
    site.session.auth = HTTPBasicAuth(user.encode(), password.encode())
    answer = site.get("/finance/invoices")
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"]) == (401, "Unauthorized", None)


@pytest.mark.parametrize("authorization", [None, "Bearer abc", "Basic", "Basic !!!"])
def test_no_login(site: Client, authorization: str | None) -> None:
    """No login, or one of another kind, is refused."""
    headers = {"clientId": "tests"} | ({"Authorization": authorization} if authorization else {})
    answer = requests.get(f"{site.url}{API}/system/info", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "Unauthorized")


def test_no_client_id(site: Client) -> None:
    """Each call needs a client id."""
    answer = site.call("GET", "/system/info", headers={"clientId": ""})
    assert (answer.status_code, answer.json()["message"]) == (401, "The request has no clientId header.")


@pytest.mark.parametrize(
    ("permission", "method", "path"),
    [
        (Permission.READ_INVOICES, "GET", "/finance/invoices"),
        (Permission.READ_INVOICES, "GET", "/finance/invoices/count"),
        (Permission.READ_PAYMENTS, "GET", "/finance/invoices/502/payments"),
        (Permission.WRITE_PAYMENTS, "POST", "/finance/invoices/501/payments"),
        (Permission.WRITE_PAYMENTS, "PATCH", "/finance/invoices/502/payments/9001"),
        (Permission.WRITE_PAYMENTS, "DELETE", "/finance/invoices/502/payments/9001"),
    ],
)
def test_a_missing_permission(site: Client, permission: Permission, method: str, path: str) -> None:
    """Taking one permission away forbids exactly what it stands for, at once."""
    site.permissions.discard(permission)
    answer = site.call(method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "Forbidden")
    assert permission.value in answer.json()["message"]
    assert site.get("/system/info").status_code == 200


def test_the_version_asked_for(site: Client) -> None:
    """An answer says which version of Manage's records it holds."""
    versioned = site.call("GET", "/finance/invoices", headers={"Accept": VERSIONED})
    plain = site.get("/finance/invoices")
    assert (versioned.headers["Content-Type"], versioned.headers["api-current-version"]) == (VERSIONED, "2025.1")
    assert ("application/json; charset=utf-8", plain.json()) == (plain.headers["Content-Type"], versioned.json())


def test_unknown_addresses(site: Client) -> None:
    """Programs get Manage's error record even where there is nothing, or another method is needed."""
    answers = [site.get("/finance/nothing"), site.call("DELETE", "/finance/invoices")]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "NotFound"), (405, "MethodNotAllowed")]


def test_a_body_without_end(site: Client) -> None:
    """A body above the limit is refused unread."""
    answer = site.call(
        "POST", "/finance/invoices/501/payments", data=b" " * 1_000_001, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"].replace("Content", "Entity")) == (413, "RequestEntityTooLarge")


def test_another_company_and_keys(site: Client) -> None:
    """A site can be given a login of its own."""
    with Server(create_app(site.store, company="maple", keys=("pub", "priv"))) as server:
        url = f"{server.url}{API}/system/info"
        headers = {"clientId": "tests"}
        good = requests.get(url, auth=("maple+pub", "priv"), headers=headers, timeout=10)
        old = requests.get(url, auth=("acme+sandbox", "sandbox"), headers=headers, timeout=10)
    assert (good.status_code, old.status_code) == (200, 401)
