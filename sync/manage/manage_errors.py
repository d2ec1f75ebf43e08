"""What Manage's answers mean for a person, and what to do about them."""

from __future__ import annotations

from ssl import SSLCertVerificationError

import msgspec
import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from urllib3.exceptions import SSLError as UrllibSSLError

from sync.core.values.errors import LoginPart, NotFound, SetupError, TieoutError, Unavailable
from sync.core.values.messages import Text, say
from sync.manage.answer_limits import EndlessAnswerError
from sync.manage.payloads import Problem, decode

_LONGEST = 300
_NO_REASON = say("no-reason-given")
_AT_FAULT = {401: [LoginPart.LOGIN], 403: [LoginPart.RIGHTS], 404: [LoginPart.ADDRESS, LoginPart.LOGIN]}
"""What may be wrong, by HTTP status."""


class QuestionRefused(Unavailable):
    """Manage does not take a question as it was put (400); what was asked may be learned in another way."""


def refused(response: requests.Response, what: Text) -> TieoutError:
    """Return the error for a read that Manage answered with something other than what was asked for.

    Args:
        response: the answer.
        what: what was asked, as a verb ("read invoices").
    """
    code = response.status_code
    if code in _AT_FAULT:
        return (NotFound if code == 404 else SetupError)(advice(response, what), parts=_AT_FAULT[code])  # noqa: PLR2004 - HTTP status
    if response.is_redirect or 300 <= code < 400:  # noqa: PLR2004 - the class of redirects
        return SetupError(say("manage-address-redirects", code=code), parts=[LoginPart.ADDRESS])
    return (QuestionRefused if code == 400 else Unavailable)(advice(response, what))  # noqa: PLR2004 - HTTP status


def advice(response: requests.Response, what: Text) -> Text:
    """Return what a complete answer other than success means, with Manage's own words where it gave any.

    Args:
        response: the answer.
        what: as in `refused`.
    """
    said = words(response)
    code = response.status_code
    if code == 401:  # noqa: PLR2004 - HTTP status
        return say("manage-login-refused", said=said)
    if code == 403:  # noqa: PLR2004 - HTTP status
        return say("manage-permission-lacking", what=what, said=said)
    if code == 404:  # noqa: PLR2004 - HTTP status
        return say("manage-not-found", what=what, said=said)
    if code == 429:  # noqa: PLR2004 - HTTP status
        return say("manage-too-many-requests", said=said)
    return say("manage-request-failed", what=what, code=code, said=said)


def words(response: requests.Response) -> Text | str:
    """Return Manage's own words in an answer, on one line and not too long."""
    try:
        problem = decode(response.content, Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _NO_REASON
    said = [problem.message or problem.code or "", *(fault.message or "" for fault in problem.errors or ())]
    line = " ".join(" ".join(said).split())
    return "".join(c for c in line if c.isprintable())[:_LONGEST].rstrip(" .") or _NO_REASON


def is_manage_s_own(response: requests.Response) -> bool:
    """Return whether an answer other than success is Manage's: a record of JSON that says what is wrong."""
    try:
        said = decode(response.content, dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return not {name.casefold() for name in said}.isdisjoint({"code", "message", "errors"})


def never_left(error: requests.RequestException) -> bool:
    """Return whether the connection itself failed, so that no byte of the request can have arrived.

    A TLS stream that breaks afterwards is an SSLError too: only a certificate that was not trusted comes before it.
    """
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError) or untrusted(error)


def untrusted(error: requests.RequestException) -> bool:
    """Return whether the site's certificate is not to be trusted: nothing was sent, and asking again does not help."""
    cause = error.args[0] if isinstance(error, requests.exceptions.SSLError) and error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    while isinstance(reason, UrllibSSLError) and reason.args:
        reason = reason.args[0]
    return isinstance(reason, SSLCertVerificationError)


def unreachable(error: requests.RequestException, site: str) -> TieoutError:
    """Return the error for a request that got no answer at all."""
    if untrusted(error):
        return SetupError(say("manage-certificate-untrusted", site=site), parts=[LoginPart.ADDRESS])
    if isinstance(error, EndlessAnswerError):
        return Unavailable(say("manage-answer-beyond-limits", site=site), parts=[LoginPart.ADDRESS])
    if isinstance(error, requests.Timeout):
        return Unavailable(say("manage-timed-out", site=site), parts=[LoginPart.ADDRESS])
    return Unavailable(say("manage-unreachable", site=site), parts=[LoginPart.ADDRESS])


def not_manage(site: str) -> Unavailable:
    """Return the error for an answer that is not Manage's."""
    return Unavailable(say("manage-not-manage-answering", site=site), parts=[LoginPart.ADDRESS])
