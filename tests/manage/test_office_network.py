"""Offices as they are: an authority of one's own, TLS inspection, and a proxy in between, over real sockets."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
import truststore
from pytest_httpserver import HTTPServer

from sync.check_links import check_all
from sync.core.values.errors import SetupError, TieoutError, Unavailable, Verdict
from sync.core.values.posting import NotSent
from sync.language.catalogues import ENGLISH
from sync.manage import office_network
from sync.manage.client import ManageClient
from sync.manage.office_network import trusting
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.manage_route import Route
from sync.settings.profiles import Place
from tests.manage.conftest import API, client_of
from tests.manage.test_writing import CREATE, PAYMENTS
from tests.practice.conftest import invoice
from tests.support.certificates import office_certificate, tls_front
from tests.support.english import ids
from tests.support.proxy import HOST, Proxy, proxy


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """The file of an office's own authority, and the context of a server with a certificate of its."""
    return office_certificate(tmp_path_factory.mktemp("office"))


@contextmanager
def server(context: ssl.SSLContext) -> Iterator[HTTPServer]:
    """A Manage with that certificate, which has one invoice without payments."""
    with HTTPServer(host=HOST, port=0, ssl_context=context) as made:
        made.expect_request("/login/companyinfo/acme").respond_with_json({"Codebase": "v2025_1/"})
        made.expect_request(PAYMENTS, method="GET").respond_with_json([])
        made.expect_request(PAYMENTS, method="POST").respond_with_json({"id": 9}, status=201)
        yield made


@contextmanager
def client(made: HTTPServer, route: Route, host: str = HOST) -> Iterator[ManageClient]:
    """A client that goes there by this way."""
    with client_of(f"https://{host}:{made.port}", route=route) as found:
        yield found


pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def test_an_authority_of_one_s_own_is_named_and_then_trusted(office: tuple[Path, ssl.SSLContext]) -> None:
    """Without its file nothing is sent, and the sentence names it and the setting; with the file all works."""
    path, context = office
    with server(context) as made:
        with client(made, Route()) as stranger, pytest.raises(SetupError, match="manage-authority-unknown") as raised:
            stranger.payments({7})
        said = raised.value.said(ENGLISH)
        assert ("Maple Office CA" in said, "[manage] ca_file" in said, made.log) == (True, True, [])
        assert stranger.requests == 1
        with client(made, Route(ca_file=str(path))) as friend:
            assert friend.payments({7}) == {7: ()}


def test_the_authority_is_trusted_beside_the_system_s_own(
    office: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The context is the operating system's store, to which the file is added; requests' own set is no part of it."""
    path, context = office
    assert isinstance(trusting(Route()), truststore.SSLContext)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))  # what stands for the system's store on this system
    with server(context) as made, client(made, Route()) as found:
        assert found.payments({7}) == {7: ()}


def test_another_s_certificate_is_told_by_its_own_reason(office: tuple[Path, ssl.SSLContext]) -> None:
    """The authority is fine, and the name is not."""
    path, context = office
    with server(context) as made, client(made, Route(ca_file=str(path)), "localhost") as found:
        with pytest.raises(SetupError, match="manage-certificate-untrusted") as raised:
            found.payments({7})
        assert "localhost" in str(raised.value.text).partition("said=")[2]


@pytest.mark.parametrize("login", ["", "marie:s3cret/&@"])
def test_everything_goes_through_the_proxy(office: tuple[Path, ssl.SSLContext], login: str) -> None:
    """Reads and writes, with the proxy's login; the proxy sees a host and a port, and nothing else."""
    path, context = office
    with server(context) as made, proxy() as between:
        between.login = login
        between.to = (HOST, made.port)
        with client(made, _through(between, path, login), "manage.example") as found:
            assert found.payments({7}) == {7: ()}
            found.write(CREATE)
        assert {each.rpartition(" ")[0] for each in between.heard} == {f"CONNECT manage.example:{made.port}"}
        assert [request.path for request, _ in made.log][-2:] == [PAYMENTS, PAYMENTS]


def _through(between: Proxy, path: Path, login: str = "") -> Route:
    user = "marie:s3cret%2F%26%40@" if login else ""
    return Route(ca_file=str(path), proxy=between.url.replace("//", f"//{user}"))


def refuse(status: str) -> Callable[[Proxy], None]:
    """A proxy that answers so."""
    return lambda between: setattr(between, "answer", status)


@pytest.mark.parametrize(
    ("how", "kind", "sentence", "asked"),
    [
        (refuse("407 Proxy Authentication Required"), SetupError, "manage-proxy-wants-login", 1),
        (refuse("403 Blocked by policy"), Unavailable, "manage-proxy-refuses", 4),
        (refuse("502 Bad Gateway"), Unavailable, "manage-proxy-refuses", 4),
        (refuse("nonsense"), Unavailable, "manage-proxy-unreachable", 4),
    ],
    ids=["login", "policy", "gateway", "no proxy"],
)
def test_a_proxy_that_does_not_let_through_is_named(
    office: tuple[Path, ssl.SSLContext],
    how: Callable[[Proxy], None],
    kind: type[TieoutError],
    sentence: str,
    asked: int,
) -> None:
    """As the proxy, with its own words, and not as Manage; nothing was sent, and a wrong login is tried once."""
    path, context = office
    with server(context) as made, proxy() as between:
        how(between)
        with client(made, _through(between, path)) as found:
            with pytest.raises(kind, match=sentence) as raised:
                found.payments({7})
            assert len(between.heard) == asked
            assert between.url.removeprefix("http://") in raised.value.said(ENGLISH)
            assert all(word in str(raised.value.text) for word in between.answer.split()[1:])
            found._session._base = f"https://{HOST}:{made.port}{API}"
            assert isinstance(found.write(CREATE), NotSent)
        assert made.log == []


def test_a_proxy_that_is_not_there_is_named(office: tuple[Path, ssl.SSLContext]) -> None:
    """Nobody listens at its port."""
    path, context = office
    with server(context) as made, client(made, Route(ca_file=str(path), proxy="http://127.0.0.1:9")) as found:
        with pytest.raises(Unavailable, match="manage-proxy-unreachable"):
            found.payments({7})
        assert isinstance(found.write(CREATE), NotSent)


def test_a_proxy_that_looks_into_traffic_is_named_by_its_authority(office: tuple[Path, ssl.SSLContext]) -> None:
    """It answers with a certificate of its own for Manage's name."""
    _, context = office
    with server(context) as inspecting, proxy() as between:
        between.to = (HOST, inspecting.port)
        route = Route(proxy=between.url)
        with client_of("https://manage.example", route=route) as found, pytest.raises(SetupError) as raised:
            found.payments({7})
        assert "Maple Office CA" in raised.value.said(ENGLISH)


def test_who_issued_a_certificate_is_not_always_to_be_seen() -> None:
    """Nobody answers, or what answers speaks no TLS: no name, and no other error."""
    assert office_network.issuer("https://127.0.0.1:9", Route()) == ""
    with proxy() as between:
        assert office_network.issuer(between.url.replace("http:", "https:"), Route()) == ""


def test_the_proxy_of_the_system_is_named_and_not_used(
    office: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Manage cannot be reached directly, the person reads which proxy this computer is set to use."""
    path, context = office
    with server(context) as made, proxy() as between:
        monkeypatch.setenv("HTTPS_PROXY", between.url.replace("//", "//eve:hidden@"))
        monkeypatch.setenv("NO_PROXY", "")
        with client(made, Route(ca_file=str(path))) as found:
            assert found.payments({7}) == {7: ()}
        with client_of("https://127.0.0.1:9") as lost, pytest.raises(Unavailable) as raised:
            lost.payments({7})
        assert ids(raised.value.text) == ["manage-unreachable-without-proxy"]
        said = raised.value.said(ENGLISH)
        assert (between.url.removeprefix("http://") in said, "hidden@" in said, between.heard) == (True, False, [])


def test_check_goes_by_the_way_that_the_settings_name(
    office: tuple[Path, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An authority of one's own, a proxy, its user, and its password from the environment."""
    path, context = office
    with (
        Store([invoice(7, "100.00")], [], SiteBehaviour(), lambda: date(2026, 4, 10)) as store,
        Server(store) as plain,
        tls_front(context, urlsplit(plain.url).port or 0) as host,
        proxy() as between,
    ):
        between.login = "marie:s3cret/&@"
        place = Place(config=tmp_path / "tieout.toml", state=tmp_path / "state")
        place.config.write_text(
            f'[sage]\nsqlite = "none.db"\n[manage]\nsite = "https://{host}"\ncompany = "acme"\nclient_id = "sandbox"\n'
            f"ca_file = {msgspec.json.encode(str(path)).decode()}\n"
            f'proxy = "{between.url.replace("//", "//marie@")}"\n',
            "utf-8",
        )
        assert "settings-proxy-password-missing" in found(place, Verdict.FAILED)
        monkeypatch.setenv("TIEOUT_MANAGE_PROXY_PASSWORD", "not-s3cret")
        assert "manage-proxy-wants-login" in found(place, Verdict.FAILED)
        monkeypatch.setenv("TIEOUT_MANAGE_PROXY_PASSWORD", "s3cret/&@")
        assert found(place, Verdict.FAILED) == []
        assert "manage-payments-readable" in found(place, Verdict.OK)


def found(place: Place, verdict: Verdict) -> list[str]:
    """What the checks of Manage that ended so say."""
    checks = [each for each in check_all(place) if each.link.said(ENGLISH).startswith("Manage")]
    return [name for each in checks if each.verdict is verdict for name in ids(each.finding)]
