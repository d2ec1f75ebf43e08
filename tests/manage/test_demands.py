"""What a site may ask for that no source tells: a version of its API, and what a new payment has to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.core.values.errors import SetupError, Verdict
from sync.core.values.messages import Text
from sync.core.values.posting import Accepted, Refusal
from sync.manage.client import ManageClient
from sync.practice.payment_rules import PostDemands, SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.settings_file import Behaviour
from tests.manage.conftest import API, client_of
from tests.manage.test_reading import answer, body
from tests.manage.test_writing import CREATE, PAYMENTS
from tests.practice.conftest import invoice
from tests.support.english import ids

INVOICES = f"{API}/finance/invoices"
WORDS = "The HTTP resource that matches the request URI does not support the API version '2025.1'."
REFUSALS = [
    {"code": "ConnectWiseApi", "message": WORDS, "errors": None},
    {"error": {"code": "UnsupportedApiVersion", "message": WORDS}},
    {"Message": "The requested API version is not supported."},
]


def sent_accepts(site: HTTPServer) -> list[str]:
    """What each request to the API asked for, in order."""
    return [request.headers["Accept"] for request, _ in site.log if request.path.startswith(API)]


def by_version(refusal: object, status: int, taken: object) -> Callable[[Request], Response]:
    """An endpoint that takes no request with a version."""

    def answered(request: Request) -> Response:
        return answer(refusal, status) if "version=" in request.headers["Accept"] else answer(taken)

    return answered


@pytest.mark.parametrize("setting", ["2025.1", "2024.8", ""])
def test_the_version_is_a_setting(site: HTTPServer, setting: str) -> None:
    """An empty one asks for none."""
    site.expect_request(INVOICES).respond_with_json([])
    with client_of(site.url_for("").rstrip("/"), behaviour=Behaviour(api_version=setting)) as client:
        client.invoices({"N1"})
        assert client.remarks == ()
    asked = f"application/vnd.connectwise.com+json; version={setting}" if setting else "application/json"
    assert sent_accepts(site) == [asked]


AROUND: dict[str, object] = {
    f"{API}/system/info": {"version": "v2025.1"},
    f"{INVOICES}/count": {"count": 1},
    f"{API}/finance/billingStatuses": [{"id": 1}],
}
"""What a check asks beside invoices and payments."""


@pytest.mark.parametrize("status", [400, 404, 406, 415])
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_version_that_is_not_taken_is_given_up_once_and_said(
    site: HTTPServer, client: ManageClient, status: int, refusal: object
) -> None:
    """At one endpoint or at all; from then on nothing asks for one, and a run and a check say so by its setting."""
    site.expect_request(INVOICES).respond_with_handler(by_version(refusal, status, [body(1)]))
    site.expect_request(f"{INVOICES}/1/payments").respond_with_json([])
    for path, given in AROUND.items():
        site.expect_request(path).respond_with_json(given)
    assert [each.id for each in client.invoices({"N1"})] == [1]
    client.payments({1})
    assert ["version=" in each for each in sent_accepts(site)] == [True, False, False]
    assert ids(sum(client.remarks, Text(()))) == ["manage-version-given-up"]
    warnings = [each for each in client.check() if each.verdict is Verdict.WARNING]
    assert [ids(each.finding) for each in warnings] == [["manage-version-given-up"]]


def test_the_look_up_of_the_address_may_refuse_it_too(httpserver: HTTPServer) -> None:
    """An older server knows no such version anywhere."""
    lookup = by_version(REFUSALS[0], 415, {"Codebase": "v2025_1/"})
    httpserver.expect_request("/login/companyinfo/acme").respond_with_handler(lookup)
    httpserver.expect_request(INVOICES).respond_with_json([])
    with client_of(httpserver.url_for("").rstrip("/")) as client:
        client.invoices({"N1"})
    assert sent_accepts(httpserver) == ["application/json"]


@pytest.mark.parametrize("refusal", [{"code": "X", "message": "Conditions cannot be read"}, "<p>No API version</p>"])
def test_no_other_refusal_gives_the_version_up(site: HTTPServer, client: ManageClient, refusal: object) -> None:
    """Nor does a page, whatever it says."""
    said = Response(refusal, 406) if isinstance(refusal, str) else answer(refusal, 406)
    site.expect_request(f"{INVOICES}/1/payments").respond_with_handler(lambda _: said)
    with pytest.raises(Exception, match="manage-"):
        client.payments({1})
    assert (sent_accepts(site)[-1].endswith("2025.1"), client.remarks) == (True, ())


def test_a_write_is_not_sent_again_without_a_version(site: HTTPServer, client: ManageClient) -> None:
    """It is refused in Manage's own words, and the setting is named."""
    site.expect_request(PAYMENTS).respond_with_json(REFUSALS[0], status=400)
    reply = client.write(CREATE)
    assert isinstance(reply, Refusal)
    assert (ids(reply.message), WORDS.rstrip(".") in str(reply.message)) == (["manage-version-refused"], True)
    assert (len(sent_accepts(site)), client.remarks) == (1, ())


def test_a_site_that_refuses_any_version_is_told_in_words(site: HTTPServer, client: ManageClient) -> None:
    """Without one it is refused as well: the setting is to blame no more, but it is the one to try."""
    site.expect_request(f"{INVOICES}/1/payments").respond_with_json(REFUSALS[0], status=400)
    with pytest.raises(SetupError, match="manage-version-refused"):
        client.payments({1})
    assert len(sent_accepts(site)) == 2


def test_manage_s_current_version_is_kept(site: HTTPServer, client: ManageClient) -> None:
    """As its answers say it."""
    assert client.current_version == ""
    site.expect_request(INVOICES).respond_with_json([], headers={"api-current-version": "2025.16"})
    client.invoices({"N1"})
    assert client.current_version == "2025.16"


def test_the_practice_site_can_play_one_that_does_not_take_it() -> None:
    """The whole client works on it, without a version."""
    behaviour = SiteBehaviour(api_version="2025.1")
    with Store([], [], behaviour, lambda: date(2026, 4, 10)) as store, Server(store) as server:
        login = {"public_key": "sandbox", "private_key": "sandbox"}
        with client_of(server.url, **login) as client:
            assert client.all_invoices().whole
            assert ids(sum(client.remarks, Text(()))) == ["manage-version-given-up"]
            assert client.current_version == "2025.1"


@pytest.mark.parametrize(
    ("kind", "field"),
    [("P", None), ("", "type is required (type, MissingRequiredField)"), ("X", "type must be P (type, InvalidValue)")],
)
def test_a_site_that_demands_more_of_a_payment_gets_it_or_names_it(kind: str, field: str | None) -> None:
    """The invoice's id is always there; a type that is missing or wrong is named by its field."""
    behaviour = SiteBehaviour(post_demands=PostDemands.BOTH, payment_type="P")
    login = {"public_key": "sandbox", "private_key": "sandbox"}
    with (
        Store([invoice(7, "100.00")], [], behaviour, lambda: date(2026, 4, 10)) as store,
        Server(store) as server,
        client_of(server.url, behaviour=Behaviour(payment_type=kind), **login) as client,
    ):
        reply = client.write(replace(CREATE, amount=Decimal("10.50")))
        if field is None:
            assert isinstance(reply, Accepted)
            assert [each.kind for each in client.payments({7})[7]] == ["P"]
        else:
            assert isinstance(reply, Refusal)
            assert field in str(reply.message)


@pytest.mark.parametrize(
    ("refusal", "status", "named"),
    [
        ({"code": "InvalidObject", "message": "payment object is invalid", "errors": [{"field": "type"}]}, 400, "type"),
        ({"Message": "Type is required."}, 422, "type"),
        ({"code": "X", "message": "No.", "errors": [{"message": "bad", "field": "paymentDate"}]}, 400, "paymentDate"),
        (REFUSALS[0], 400, "version"),
        ({"code": "UnsupportedMediaType", "message": "The media type is not taken."}, 415, None),
        ({"code": "X", "message": "The invoice is closed."}, 400, None),
    ],
)
def test_a_refusal_tells_what_it_names(
    site: HTTPServer, client: ManageClient, refusal: object, status: int, named: str | None
) -> None:
    """A field or the version of the API, whatever the shape; what the last write was told is kept, and nothing else."""
    answers = iter([answer(refusal, status), answer({"id": 7}, 201)])
    site.expect_request(PAYMENTS).respond_with_handler(lambda _: next(answers))
    reply = client.write(CREATE)
    assert isinstance(reply, Refusal)
    assert (reply.names, client.named) == (frozenset({named} - {None}), reply.names)
    client.write(CREATE)
    assert client.named == frozenset()


def test_a_client_can_be_asked_to_behave_otherwise(site: HTTPServer, client: ManageClient) -> None:
    """From the next request on, in what it sends and in the version that it asks for."""
    site.expect_request(PAYMENTS, method="POST").respond_with_json({"id": 7}, status=201)
    client.behave(Behaviour(payment_type="Payment", api_version=""))
    client.write(CREATE)
    assert client.behaviour == Behaviour(payment_type="Payment", api_version="")
    request = site.log[-1][0]
    assert (request.headers["Accept"], request.get_json()["type"]) == ("application/json", "Payment")
