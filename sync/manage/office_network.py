"""An office's way to Manage: whose certificates are trusted, the proxy in between, and what went wrong with either."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import requests
import truststore
from urllib3.exceptions import MaxRetryError, ProxyError

from sync.core.values.errors import SetupError, TieoutError, Unavailable
from sync.core.values.messages import say
from sync.settings.manage_route import Route
from sync.system.log import without_secrets

_SECONDS = 5.0
_TUNNEL = re.compile(r"Tunnel connection failed: (\d+) ?(.*)")
_LOGIN_WANTED = 407
_NO_AUTHORITY = frozenset({18, 19, 20, 21, 0x800B0109 - 2**32, 0x800B010A - 2**32, 0x800B0109, 0x800B010A})
"""Verdicts on a certificate whose authority is not trusted: OpenSSL's, and Windows' own."""
_NAMES = ("commonName", "organizationName")


def trusting(route: Route) -> truststore.SSLContext:
    """Return what a site's certificate is judged by: the operating system's store, and the settings' own file."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if route.ca_file is not None:
        context.load_verify_locations(cafile=route.ca_file)
    return context


def refused_by_proxy(error: requests.RequestException) -> tuple[int, str] | None:
    """Return the status and the words with which a proxy did not let a request through; None where it did not say."""
    found = _TUNNEL.search(str(_inner(error)))
    return (int(found[1]), " ".join(found[2].split())) if found else None


def wants_login(error: requests.RequestException) -> bool:
    """Return whether a proxy wants a login, or another one: asking again could lock it out."""
    said = refused_by_proxy(error)
    return said is not None and said[0] == _LOGIN_WANTED


def of_proxy(error: requests.RequestException, route: Route) -> TieoutError | None:
    """Return the error where the proxy is what failed, so that nothing has reached Manage; None else."""
    if _inner(error) is None:
        return None
    proxy, said = without_secrets(route.proxy_host), refused_by_proxy(error)
    if said is None:
        return Unavailable(say("manage-proxy-unreachable", proxy=proxy))
    code, words = said
    if code == _LOGIN_WANTED:
        return SetupError(say("manage-proxy-wants-login", proxy=proxy, code=code, said=without_secrets(words)))
    return Unavailable(say("manage-proxy-refuses", proxy=proxy, code=code, said=without_secrets(words)))


def _inner(error: requests.RequestException) -> Exception | None:
    """Return what a proxy's failure came from."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return reason.original_error if isinstance(reason, ProxyError) else None


def proxy_of_the_system(site: str) -> str:
    """Return the proxy that this computer's user is set to use for a site; empty where there is none.

    It is named to the person where nothing else gets through, and never used unasked: a variable that any program may
    have set would decide where the keys are sent.
    """
    host = urlsplit(site).hostname or ""
    with suppress(OSError, ValueError):
        if not proxy_bypass(host):
            found = getproxies()
            return without_secrets(found.get("https") or found.get("all") or "")
    return ""


def no_authority(error: ssl.SSLCertVerificationError) -> bool:
    """Return whether a certificate fails because nobody here vouches for whoever issued it."""
    return getattr(error, "verify_code", None) in _NO_AUTHORITY


def issuer(site: str, route: Route) -> str:
    """Return who issued the certificate that is shown for a site, by its own account; empty where that is not seen.

    It is looked at over a connection of its own, on which nothing is said.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    at = urlsplit(site)
    host, port, proxy = at.hostname or "", at.port or 443, urlsplit(route.proxy or "")
    ends = (proxy.hostname, proxy.port) if proxy.hostname else (host, port)
    connection = HTTPSConnection(ends[0] or "", ends[1], timeout=_SECONDS, context=context)
    try:
        if proxy.hostname:
            connection.set_tunnel(host, port, dict(_login(proxy.username, proxy.password)))
        with closing(connection):
            connection.connect()
            chain: Any = getattr(connection.sock, "_sslobj").get_unverified_chain()  # noqa: B009 - public from 3.13 on
            names = dict(pair for part in chain[-1].get_info()["issuer"] for pair in part)
    except (OSError, HTTPException, AttributeError, LookupError, TypeError, ValueError):
        return ""
    said = ", ".join(names[name] for name in _NAMES if name in names)
    return "".join(each for each in said if each.isprintable())[:100]


def _login(user: str | None, password: str | None) -> Mapping[str, str]:
    if user is None:
        return {}
    login = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(login).decode()}"}
