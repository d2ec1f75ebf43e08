"""Whatever shape a refusal has, its words are shown; and a page of somebody else's is never taken for Manage's word."""

from __future__ import annotations

import json

import pytest
import requests
from pytest_httpserver import HTTPServer

from sync.core.values.errors import LoginPart, SetupError, TieoutError, Unavailable
from sync.core.values.messages import say
from sync.core.values.runs import SiteSays
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.manage.manage_errors import advice, is_manage_s_own, words
from sync.manage.payloads import Count
from sync.manage.refusal_words import LONGEST
from tests.manage.conftest import API, client_of

INVOICES = f"{API}/finance/invoices"


def refusal(body: bytes | object, status: int = 400, kind: str = "application/json") -> requests.Response:
    """An answer with this body."""
    response = requests.Response()
    response.status_code, response.url = status, "https://na.example/v4_6_release/apis/3.0/finance/invoices"
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response.headers["Content-Type"] = kind
    return response


SHAPES: list[tuple[object, str]] = [
    ({"code": "InvalidObject", "message": "payment object is invalid", "errors": None}, "payment object is invalid"),
    (
        {
            "code": "InvalidObject",
            "message": "invoicePayment object is invalid",
            "errors": [
                {"code": "MissingRequiredField", "message": "type is required.", "resource": "x", "field": "type"},
                None,
                "and more",
                {"code": "Other", "field": "amount"},
            ],
        },
        "invoicePayment object is invalid: type is required (type, MissingRequiredField); and more; amount, Other",
    ),
    ({"code": 4003, "message": None, "errors": []}, "4003"),
    ({"code": "NotFound"}, "NotFound"),
    (
        {"Message": "An error has occurred.", "ExceptionMessage": "Timeout expired."},
        "An error has occurred. Timeout expired",
    ),
    (
        {"Message": "The request is invalid.", "ModelState": {"amount": ["Too large."]}},
        "The request is invalid: Too large. (amount)",
    ),
    (
        {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "No such field"},
        "Bad Request No such field",
    ),
    (
        {"title": "One is wrong", "errors": {"type": ["Needed", "Short"], "x": None}},
        "One is wrong: Needed; Short (type)",
    ),
    ({"message": "No", "errors": [{"message": "a", "errors": [{"message": "b", "field": "c"}]}]}, "No: a: b (c)"),
    ({"message": "No", "errors": "because"}, "No: because"),
    ({"errors": [[[[[["deep"]]]]]], "code": "X"}, "X"),
    ({"message": {"text": 1}, "code": True, "errors": [{}]}, ""),
    ({"error": "ConnectWiseAPI", "message": "Too many requests."}, "Too many requests"),
    ({"message": "x" * 900}, "x" * LONGEST),
    ({"message": " a\n\tb\u202e"}, "a b"),
]


@pytest.mark.parametrize(("body", "said"), SHAPES)
def test_a_record_of_any_shape_gives_up_its_words(body: object, said: str) -> None:
    """Manage's own, with the fields that it names; a number for a code, null and nested errors included."""
    assert words(refusal(body)) == (said or say("no-reason-given"))
    assert is_manage_s_own(refusal(body))


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + '{"message": "Refusé"}'.encode(),
        b"\xff\xfe" + '{"message": "Refusé"}'.encode("utf-16-le"),
        b"\xfe\xff" + '{"message": "Refusé"}'.encode("utf-16-be"),
        '{"message": "Refusé"}'.encode("cp1252"),
        b'{"message": "Refus\\u00e9"}',
    ],
)
def test_a_record_in_any_encoding_is_read(body: bytes) -> None:
    """With a byte order mark, in Windows' own letters, or escaped."""
    assert (words(refusal(body)), is_manage_s_own(refusal(body))) == ("Refusé", True)
    named = refusal('{"message": "Refusé"}'.encode("utf-16-le"), kind="application/json; charset=utf-16-le")
    assert words(named) == "Refusé"


IIS = "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title><style>b{}</style></head></html>"
CLOUDFLARE = "<html><head><title>Attention Required! | Cloudflare</title></head><body>Ray ID</body></html>"
SIGN_IN = (
    "<html><head><script>let a = '<title>no</title>'</script></head><body><h1>Sign&nbsp;in &amp; go</h1></body></html>"
)


@pytest.mark.parametrize(
    ("status", "page", "sentence", "said"),
    [
        (401, SIGN_IN, "manage-page-in-between", "Sign in & go"),
        (403, "<p>Blocked by policy</p>", "manage-page-in-between", "Blocked by policy"),
        (403, CLOUDFLARE, "manage-cloudflare-in-between", "Attention Required! | Cloudflare"),
        (403, '{"title": "Error 1020", "cloudflare_error": true}', "manage-cloudflare-in-between", "Error 1020"),
        (404, IIS, "manage-page-not-found", "404 - File or directory not found"),
        (400, "", "manage-page-in-between", None),
        (500, "<title>Runtime Error</title>", "manage-page-in-between", "Runtime Error"),
        (502, "<title>502 Bad Gateway</title>", "manage-not-at-hand", "502 Bad Gateway"),
        (503, "<title>Scheduled maintenance</title>", "manage-not-at-hand", "Scheduled maintenance"),
        (503, '{"message": "Maintenance"}', "manage-not-at-hand", "Maintenance"),
    ],
)
def test_a_page_is_told_as_what_it_is(status: int, page: str, sentence: str, said: str | None) -> None:
    """Nothing is said of keys or of a security role, for neither was looked at; the page's own title is."""
    response = refusal(page.encode(), status, "text/html")
    (found,) = advice(response, say("manage-to-read-invoices")).sentences
    assert found.id == sentence
    assert (said or "no reason given") in found.said(ENGLISH)


@pytest.mark.parametrize(
    ("status", "page", "kind", "parts"),
    [
        (401, SIGN_IN, Unavailable, [LoginPart.ADDRESS]),
        (403, CLOUDFLARE, Unavailable, [LoginPart.ADDRESS]),
        (404, IIS, SetupError, [LoginPart.ADDRESS, LoginPart.LOGIN]),
        (400, "<p>Bad request</p>", Unavailable, [LoginPart.ADDRESS]),
        (403, '{"code":"Security","message":"SSL is required.","errors":null}', SetupError, [LoginPart.ADDRESS]),
        (403, '{"code":"Forbidden","message":"No","errors":null}', SetupError, [LoginPart.RIGHTS]),
    ],
)
def test_what_to_ask_again_follows_from_who_refused(
    site: HTTPServer, client: ManageClient, status: int, page: str, kind: type[TieoutError], parts: list[LoginPart]
) -> None:
    """A page in between is nothing to correct in the settings; the address for people is."""
    site.expect_request(INVOICES).respond_with_data(page, status=status, content_type="text/html")
    with pytest.raises(kind) as raised:
        client.invoices({"N1"})
    assert set(raised.value.parts) == set(parts)


def test_the_address_for_people_is_told_from_a_role() -> None:
    """Manage's words for it are in its own documentation; the address for programs is named."""
    body = {"code": "Security", "message": "SSL is required.", "errors": None}
    said = advice(refusal(body, 403), say("manage-to-read-invoices"))
    assert said == say("manage-address-for-people", host="na.example", said="SSL is required")
    assert "https://api-na.example" in said.said(ENGLISH)


def test_a_role_is_asked_for_as_those_ask_who_do_this_for_a_living() -> None:
    """All four parts, and that less is untested."""
    said = advice(refusal({"message": "No."}, 403), say("manage-to-read-invoices")).said(ENGLISH)
    for part in (
        "Accounting Interface",
        "Invoicing (edit",
        "Company Maintenance",
        "Table Setup",
        "Billing Status",
        "untested",
    ):
        assert part in said


@pytest.mark.parametrize("name", ["Codebase", "codebase", "CODEBASE"])
def test_the_codebase_is_found_however_its_name_is_written(httpserver: HTTPServer, name: str) -> None:
    """And an answer without one is not Manage's."""
    httpserver.expect_request("/login/companyinfo/acme").respond_with_json({name: "v2025_1/"})
    httpserver.expect_request(f"{INVOICES}/count").respond_with_json({"count": 3})
    with client_of(httpserver.url_for("").rstrip("/")) as client:
        assert client._pages.count() == 3
    for told in ({"IsCloud": "True"}, {name: None}, {name: " / "}):
        httpserver.clear()
        httpserver.expect_request("/login/companyinfo/acme").respond_with_json(told)
        with client_of(httpserver.url_for("").rstrip("/")) as client, pytest.raises(Unavailable, match="not-manage"):
            client._pages.count()


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"CompanyID": " acme ", "companyname": "Maple"}, SiteSays(company_id="acme", company_name="Maple")),
        ({"CompanyID": "acme"}, None),
        ({"CompanyID": "acme", "CompanyName": " "}, None),
        ({"CompanyID": 7, "CompanyName": "Maple"}, None),
    ],
)
def test_a_site_says_which_it_is_only_by_id_and_name(
    httpserver: HTTPServer, told: dict[str, object], says: SiteSays | None
) -> None:
    """However they are written; one alone, or something else in their places, says nothing. It is asked once."""
    httpserver.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": "v2025_1/", **told})
    with client_of(httpserver.url_for("").rstrip("/")) as client:
        assert (client.says, client.says, client.requests) == (says, says, 1)


@pytest.mark.parametrize(("found", "stays"), [("Acme", True), ("other", False)])
def test_a_site_that_is_looked_up_again_is_still_the_same_company_s(
    httpserver: HTTPServer, found: str, *, stays: bool
) -> None:
    """Its address may have moved in the middle of a push; whose it is may not."""
    for name in ("acme", found):
        told = {"Codebase": f"{name}/", "CompanyID": name, "CompanyName": "Maple"}
        httpserver.expect_oneshot_request("/login/companyinfo/acme").respond_with_json(told)
    httpserver.expect_request("/acme/apis/3.0/finance/invoices/count").respond_with_json({}, status=404)
    httpserver.expect_request(f"/{found}/apis/3.0/finance/invoices/count").respond_with_json({"count": 3})
    with client_of(httpserver.url_for("").rstrip("/")) as client:
        if stays:
            assert client._session.get("/finance/invoices/count", Count, say("sage"), {})[0].count == 3
        else:
            with pytest.raises(SetupError, match=r"sync-site-of-other-company.*found=other, known=acme"):
                client._session.get("/finance/invoices/count", Count, say("sage"), {})


def test_a_readable_answer_may_begin_with_a_byte_order_mark(site: HTTPServer, client: ManageClient) -> None:
    """Some servers write one before JSON too."""
    site.expect_request(f"{INVOICES}/1/payments").respond_with_data(b"\xef\xbb\xbf[]", content_type="application/json")
    assert client.payments({1}) == {1: ()}
