"""Manage's address, from what people type or copy out of their browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from sync import settings as settings_file
from sync.address import is_loopback
from sync.core.errors import SetupError
from sync.core.words import Text, say

CLOUD = {
    **{place: f"api-{place}.myconnectwise.net" for place in ("na", "eu", "au", "aus", "za")},
    "staging": "api-staging.connectwisedev.com",
}
"""The cloud's hosts for programs, by the short name that stands first in the host for people."""
_FOR_PEOPLE = {host.removeprefix("api-"): host for host in CLOUD.values()}


def site_of(typed: str) -> str:
    """The site's address: scheme and host.

    Args:
        typed: a cloud's short name, a host, or an address with whatever follows the host.

    Raises:
        SetupError: plain http to another computer, or no address at all.
    """
    text = CLOUD.get(typed.strip().lower(), typed.strip())
    scheme, found, rest = text.partition("://")
    scheme, rest = (scheme.lower(), rest) if found else ("https", text)
    host = rest.split("/")[0].lower()
    site = f"{scheme}://{_FOR_PEOPLE.get(host, host)}"
    if scheme == "http" and not _here(site):
        raise SetupError(say("Over plain http the keys could be read on their way. Type the address with https."))
    problems: list[Text] = []
    site = settings_file.site_of(site, problems)
    if problems:
        raise SetupError(
            say(
                "'{typed}' is no address of a site. Type one of {names}, or an address like https://manage.example.com.",
                typed=typed,
                names=", ".join(CLOUD),
            )
        )
    return site


def _here(site: str) -> bool:
    try:
        urlsplit(site)
    except ValueError:
        return False
    return is_loopback(site)
