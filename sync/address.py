"""Addresses of sites: which are on this computer, and what may stand in a request's head."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(site: str) -> bool:
    """The site is on this computer, so that plain http is harmless."""
    host = urlsplit(site).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_sendable(text: str) -> bool:
    """It can stand in the head of a request: printable ASCII."""
    return text.isascii() and text.isprintable()
