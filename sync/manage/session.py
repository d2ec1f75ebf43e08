"""The one place where a session to Manage is built: credentials by `auth=`, nothing from the environment."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

from sync import __version__

CONNECT_SECONDS = 5.0
MODEL = "application/vnd.connectwise.com+json; version=2025.1"


def build(*, company: str, client_id: str, public_key: str, private_key: str, threads: int) -> requests.Session:
    """Build a session for one login.

    Args:
        company: Manage's company id, as used to log in.
        client_id: the integration's client id.
        public_key: of the API member.
        private_key: of the API member.
        threads: how many requests may be under way at once.

    Returns:
        A session that takes nothing from netrc, proxies or certificate settings in the environment, keeps no cookies
        and never sends anything again by itself.
    """
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.auth = (f"{company}+{public_key}", private_key)
    session.headers.update({"clientId": client_id, "Accept": MODEL, "User-Agent": f"Tieout/{__version__}"})
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=threads, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
