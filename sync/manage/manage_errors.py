"""What Manage's answers mean for a person, and what to do about them."""

from __future__ import annotations

from ssl import SSLCertVerificationError
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError
from urllib3.exceptions import SSLError as UrllibSSLError

from sync.core.values.errors import LoginPart, NotFound, SetupError, TieoutError, Unavailable
from sync.core.values.messages import Text, say
from sync.manage.answer_limits import EndlessAnswerError
from sync.manage.office_network import issuer, no_authority, of_proxy, proxy_of_the_system
from sync.manage.refusal_words import Said, said_in
from sync.settings.manage_route import Route
from sync.system.log import without_secrets

TOO_MANY = 429
_NO_REASON = say("no-reason-given")
_AT_FAULT = {401: [LoginPart.LOGIN], 403: [LoginPart.RIGHTS], 404: [LoginPart.ADDRESS, LoginPart.LOGIN]}
"""What may be wrong, by HTTP status, where Manage itself says so."""
_OF_VERSION = frozenset({400, 404, 406, 415})
_NOT_AT_HAND = frozenset({502, 503, 504})


class QuestionRefused(Unavailable):
    """Manage does not take a question as it was put (400); what was asked may be learned in another way."""


def refused(response: requests.Response, what: Text) -> TieoutError:
    """Return the error for a read that Manage answered with something other than what was asked for.

    Args:
        response: the answer.
        what: what was asked, as a verb ("read invoices").
    """
    code, said, text = response.status_code, said_in(response), advice(response, what)
    if response.is_redirect or 300 <= code < 400:  # noqa: PLR2004 - the class of redirects
        return SetupError(text, parts=[LoginPart.ADDRESS])
    if said.ssl_required:
        return SetupError(text, parts=[LoginPart.ADDRESS])
    if refuses_version(response):
        return SetupError(text)
    if said.manage_s_own and code in _AT_FAULT:
        return (NotFound if code == 404 else SetupError)(text, parts=_AT_FAULT[code])  # noqa: PLR2004 - HTTP status
    if said.manage_s_own or code == TOO_MANY:
        return (QuestionRefused if code == 400 else Unavailable)(text)  # noqa: PLR2004 - HTTP status
    if code == 404 and not said.cloudflare:  # noqa: PLR2004 - HTTP status
        return SetupError(text, parts=_AT_FAULT[code])
    return Unavailable(text, parts=[LoginPart.ADDRESS])


def advice(response: requests.Response, what: Text) -> Text:
    """Return what a complete answer other than success means, with the words of whoever gave it.

    Args:
        response: the answer.
        what: as in `refused`.
    """
    found, code, host = said_in(response), response.status_code, urlsplit(response.url or "").netloc
    said = words(response)
    if response.is_redirect or 300 <= code < 400:  # noqa: PLR2004 - the class of redirects
        target = urlsplit(response.headers.get("Location", "")).netloc or host
        return say("manage-address-redirects", code=code, target=without_secrets(target))
    if code == TOO_MANY:
        return say("manage-too-many-requests", said=said)
    if not found.manage_s_own:
        return _of_somebody_else(found, said, code, host)
    if found.ssl_required:
        return say("manage-address-for-people", host=host, said=said)
    if refuses_version(response):
        return say("manage-version-refused", said=said)
    match code:
        case 401:
            return say("manage-login-refused", said=said)
        case 403:
            return say("manage-permission-lacking", what=what, said=said)
        case 404:
            return say("manage-not-found", what=what, said=said)
        case 503:
            return say("manage-not-at-hand", code=code, said=said)
        case _:
            return say("manage-request-failed", what=what, code=code, said=said)


def _of_somebody_else(found: Said, said: Text | str, code: int, host: str) -> Text:
    """Return what a page of a proxy, a firewall or a web server means: it says nothing of keys and roles."""
    if found.cloudflare:
        return say("manage-cloudflare-in-between", code=code, said=said)
    if code == 404:  # noqa: PLR2004 - HTTP status
        return say("manage-page-not-found", code=code, said=said, host=host)
    if code in _NOT_AT_HAND:
        return say("manage-not-at-hand", code=code, said=said)
    return say("manage-page-in-between", code=code, said=said, host=host)


def refuses_version(response: requests.Response) -> bool:
    """Return whether Manage itself does not take the version of its API that it was asked for."""
    found = said_in(response)
    return response.status_code in _OF_VERSION and found.manage_s_own and found.of_version


def words(response: requests.Response) -> Text | str:
    """Return the words of an answer, on one line and not too long; Manage's name the fields that they speak of."""
    return said_in(response).words or _NO_REASON


def is_manage_s_own(response: requests.Response) -> bool:
    """Return whether an answer other than success is Manage's: a record of JSON that says what is wrong."""
    return said_in(response).manage_s_own


def never_left(error: requests.RequestException) -> bool:
    """Return whether the connection itself failed, so that no byte of the request can have arrived.

    A TLS stream that breaks afterwards is an SSLError too: only a certificate that was not trusted comes before it.
    What fails at a proxy fails before the site is spoken to.
    """
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    unmade = isinstance(reason, NewConnectionError | ConnectTimeoutError | ProxyError)
    return unmade or untrusted(error) is not None


def untrusted(error: requests.RequestException) -> SSLCertVerificationError | None:
    """Return why the site's certificate is not to be trusted: nothing was sent, and asking again does not help."""
    cause = error.args[0] if isinstance(error, requests.exceptions.SSLError) and error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    while isinstance(reason, UrllibSSLError) and reason.args:
        reason = reason.args[0]
    return reason if isinstance(reason, SSLCertVerificationError) else None


def unreachable(error: requests.RequestException, site: str, route: Route) -> TieoutError:
    """Return the error for a request that got no answer at all."""
    if (verdict := untrusted(error)) is not None:
        return SetupError(_of_certificate(verdict, site, route), parts=[LoginPart.ADDRESS])
    if (failed := of_proxy(error, route)) is not None:
        return failed
    if isinstance(error, EndlessAnswerError):
        return Unavailable(say("manage-answer-beyond-limits", site=site), parts=[LoginPart.ADDRESS])
    proxy = proxy_of_the_system(site) if route.proxy is None and never_left(error) else ""
    if proxy:
        return Unavailable(say("manage-unreachable-without-proxy", site=site, proxy=proxy), parts=[LoginPart.ADDRESS])
    if isinstance(error, requests.Timeout):
        return Unavailable(say("manage-timed-out", site=site), parts=[LoginPart.ADDRESS])
    return Unavailable(say("manage-unreachable", site=site), parts=[LoginPart.ADDRESS])


def _of_certificate(verdict: SSLCertVerificationError, site: str, route: Route) -> Text:
    """Return why a certificate is not trusted, and for one whose authority is not known who that is."""
    said = " ".join(str(getattr(verdict, "verify_message", "") or verdict).split())
    if no_authority(verdict):
        authority = issuer(site, route) or say("manage-authority-unnamed")
        return say("manage-authority-unknown", site=site, authority=authority, said=said)
    return say("manage-certificate-untrusted", site=site, said=said)


def not_manage(response: requests.Response, site: str) -> Unavailable:
    """Return the error for an answer that is not Manage's, though it looks like a success."""
    said = words(response)
    return Unavailable(say("manage-not-manage-answering", site=site, said=said), parts=[LoginPart.ADDRESS])
