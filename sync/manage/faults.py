"""What Manage's answers mean for a person, and what to do about them."""

from __future__ import annotations

import msgspec
import requests

from sync.core.errors import Part, SetupError, TieoutError, Unavailable
from sync.core.words import Text, say
from sync.manage.wire import Problem, decode

_LONGEST = 300
_NO_REASON = say("no reason given")
_AT_FAULT = {401: [Part.LOGIN], 403: [Part.RIGHTS], 404: [Part.ADDRESS, Part.LOGIN]}
"""What may be wrong, by HTTP status."""


def refused(response: requests.Response, what: Text) -> TieoutError:
    """A read that Manage answered with something other than what was asked for.

    Args:
        response: the answer.
        what: what was asked, as a verb ("read invoices").
    """
    code = response.status_code
    if code in _AT_FAULT:
        return SetupError(advice(response, what), parts=_AT_FAULT[code])
    if response.is_redirect or 300 <= code < 400:  # noqa: PLR2004 - the class of redirects
        return SetupError(
            say("Manage's address leads elsewhere (status {code}). Correct [manage] site in the settings.", code=code),
            parts=[Part.ADDRESS],
        )
    return Unavailable(advice(response, what))


def advice(response: requests.Response, what: Text) -> Text:
    """What a complete answer other than success means, with Manage's own words where it gave any.

    Args:
        response: the answer.
        what: as in `refused`.
    """
    said = words(response)
    code = response.status_code
    if code == 401:  # noqa: PLR2004 - HTTP status
        return say(
            "Manage refused the login ({said}). Check the company, the client id and the API member's keys.", said=said
        )
    if code == 403:  # noqa: PLR2004 - HTTP status
        return say(
            "Manage does not allow this API member to {what} ({said}). In its security role allow Finance > Accounting "
            "Interface (add, edit, delete, inquire) and Finance > Invoicing (inquire).",
            what=what,
            said=said,
        )
    if code == 404:  # noqa: PLR2004 - HTTP status
        return say(
            "Manage did not find what it needs to {what} ({said}). On a cloud site this can also mean a wrong "
            "login: run tieout check.",
            what=what,
            said=said,
        )
    if code == 429:  # noqa: PLR2004 - HTTP status
        return say("Manage is answering too many requests just now ({said}). Try again in a minute.", said=said)
    return say(
        "Manage could not {what} (status {code}: {said}). Correct what it names, or try again later.",
        what=what,
        code=code,
        said=said,
    )


def words(response: requests.Response) -> Text | str:
    """Manage's own words in an answer, on one line and not too long."""
    try:
        problem = decode(response.content, Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _NO_REASON
    said = [problem.message or problem.code or "", *(fault.message or "" for fault in problem.errors or ())]
    line = " ".join(" ".join(said).split())
    return "".join(c for c in line if c.isprintable())[:_LONGEST].rstrip(" .") or _NO_REASON


def unreachable(error: requests.RequestException, site: str) -> TieoutError:
    """A request that got no answer at all."""
    if isinstance(error, requests.exceptions.SSLError):
        return SetupError(
            say(
                "The certificate of {site} cannot be trusted. Check the address and this computer's date; nothing was "
                "sent.",
                site=site,
            ),
            parts=[Part.ADDRESS],
        )
    if isinstance(error, requests.Timeout):
        return Unavailable(
            say("Manage at {site} did not answer in time. Nothing was changed; try again.", site=site),
            parts=[Part.ADDRESS],
        )
    return Unavailable(
        say("Manage at {site} cannot be reached. Check the address and the network, then try again.", site=site),
        parts=[Part.ADDRESS],
    )


def not_manage(site: str) -> Unavailable:
    """An answer that is not Manage's."""
    return Unavailable(
        say(
            "Something other than Manage answered at {site}, such as a proxy or a sign-in page. Check the network, "
            "then try again.",
            site=site,
        ),
        parts=[Part.ADDRESS],
    )
