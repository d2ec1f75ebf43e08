"""The way from an office to Manage: whose certificates are trusted, and the proxy; and that from a row to its invoice.

The proxy's password is never in a file.
"""

from __future__ import annotations

import os
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.invoice_link import COMPANY, LONGEST, PLACE, invoice_link
from sync.core.values.messages import Text, say
from sync.settings.connections import is_loopback, is_sendable
from sync.system.files import cause
from sync.system.log import hide, without_secrets

PROXY_PASSWORD = "TIEOUT_MANAGE_PROXY_PASSWORD"  # noqa: S105 - the name of a variable


class Route(Struct, frozen=True, kw_only=True):
    """How an office reaches Manage. `repr` shows no password.

    Attributes:
        ca_file: certificate authorities that are trusted beside those of the operating system; None for no others.
        proxy: its address, with user and password where it wants them; None to connect directly.
    """

    ca_file: str | None = None
    proxy: str | None = None

    def __repr__(self) -> str:
        """Show what is no secret."""
        return f"Route({self.ca_file}, {self.proxy_host})"

    @property
    def proxy_host(self) -> str:
        """Return the proxy's host and port; empty where there is none."""
        return urlsplit(self.proxy or "").netloc.rpartition("@")[2]


def route(lines: Mapping[str, Any], folder: Path) -> Route:
    """Return the way that the lines of `[manage]` name, with the proxy's password from the environment.

    Args:
        lines: `ca_file` and `proxy`, as they stand in the settings file.
        folder: of that file, from which a relative file name starts.

    Raises:
        SetupError: they cannot be right, or the proxy's user has no password.
    """
    problems = list(faults_of_route(lines, folder))
    if problems:
        raise SetupError(*problems)
    name, proxy = lines.get("ca_file"), lines.get("proxy")
    if proxy is not None and (user := urlsplit(proxy).username):
        password = os.environ.get(PROXY_PASSWORD)
        if not password:
            raise SetupError(say("settings-proxy-password-missing", name=PROXY_PASSWORD, user=user))
        hide(password, b64encode(f"{unquote(user)}:{password}".encode()).decode())
        proxy = f"http://{user}:{quote(password, safe='')}@{urlsplit(proxy).netloc.rpartition('@')[2]}"
    return Route(ca_file=None if name is None else str(folder / name), proxy=proxy)


def faults_of_route(lines: Mapping[str, Any], folder: Path) -> Iterator[Text]:
    """Say what is wrong with these lines, as far as they are words; see `route`."""
    if isinstance(name := lines.get("ca_file"), str):
        yield from _faults_of_certificates(folder / name)
    if isinstance(proxy := lines.get("proxy"), str):
        yield from _faults_of_proxy(proxy)


def _faults_of_certificates(path: Path) -> Iterator[Text]:
    try:
        text = path.read_bytes().decode("ascii", "ignore")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):  # ssl's own is an OSError too
        yield say("settings-ca-file-without-certificate", path=str(path))
    except OSError as error:
        yield say("settings-ca-file-unreadable", path=str(path), why=cause(error))


def _faults_of_proxy(proxy: str) -> Iterator[Text]:
    try:
        parts, port = urlsplit(proxy), urlsplit(proxy).port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.password is not None:
        yield say("settings-proxy-password-in-file", name=PROXY_PASSWORD)
    elif parts.scheme != "http" or not (parts.hostname and port and is_sendable(proxy)) or parts.path not in {"", "/"}:
        yield say("settings-proxy-no-address", proxy=without_secrets(proxy))


CLOUD = "myconnectwise.net"
"""ConnectWise's own hosts end so: people and programs have different ones there."""
_LIKELY = (
    "/v4_6_release/services/system_io/router/openrecord.rails"
    f"?locale=en_US&companyName={COMPANY}&recordType=InvoiceFV&recid={PLACE}"
)
"""How the pages of other kinds of record are addressed; whether an invoice's kind is called so, nobody could verify."""


def likely_link(site: str) -> str:
    """Return what the address of an invoice's page may be at a site, for a person to try."""
    parts = urlsplit(site)
    host = parts.netloc.removeprefix("api-") if (parts.hostname or "").endswith(f".{CLOUD}") else parts.netloc
    return f"{parts.scheme}://{host}{_LIKELY}"


def faults_of_link(template: str, site: str | None = None) -> Iterator[Text]:
    """Say what is wrong with the address of invoices' pages; an empty one stands for no links.

    Args:
        template: as somebody wrote it.
        site: Manage's address, whose host it may have beside those of the cloud; None where it is not known yet, so
            that any host may be right.
    """
    link = invoice_link(template, "")
    if link is not None and (link.too_long or not (_addresses(template) and _of_site(template, site))):
        shown = without_secrets(template)
        yield say("settings-link-unusable", text=shown, place=PLACE, company=COMPANY, most=LONGEST, hosts=f"*.{CLOUD}")


def _addresses(template: str) -> bool:
    """Return whether a template is an address, with the place for a number once, behind the host."""
    bare = template.replace(COMPANY, "")
    try:
        parts, _ = urlsplit(bare), urlsplit(bare).port
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(bare))
    whole = bare.count(PLACE) == 1 and not re.search(r"[{}\s]", bare.replace(PLACE, "")) and is_sendable(bare)
    return safe and whole and bool(parts.hostname) and PLACE not in parts.netloc and "@" not in parts.netloc


def _of_site(template: str, site: str | None) -> bool:
    """Return whether an address is of the site or of the cloud; this computer's names for itself are one host."""
    host = urlsplit(template).hostname or ""
    here = site is not None and is_loopback(site) and is_loopback(template.replace(PLACE, "").replace(COMPANY, ""))
    return site is None or here or host == urlsplit(site).hostname or host.endswith(f".{CLOUD}")
