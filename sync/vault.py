"""Secrets: from the environment, else from the operating system's keyring. Never from a file, never shown."""

from __future__ import annotations

import os

from msgspec import Struct

from sync.address import is_loopback, is_sendable
from sync.core.errors import SetupError
from sync.core.words import say
from sync.defects import hide
from sync.settings import Settings

SERVICE = "tieout"
PRACTICE_KEY = "sandbox"
"""The practice site's published key, public and private. It opens nothing but a sandbox on this computer."""


class Secrets(Struct, frozen=True, kw_only=True):
    """What logs in to both systems. `repr` shows none of it.

    Attributes:
        sage_password: of the Sage user in the connection string; None to send none.
        public_key: of Manage's API member.
        private_key: of Manage's API member.
    """

    sage_password: str | None
    public_key: str
    private_key: str

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Secrets()"


def unlock(settings: Settings) -> Secrets:
    """Find the secrets that the settings need.

    A site on this computer is a practice site: without keys of its own in the environment it gets the published one.

    Raises:
        SetupError: Manage's keys are nowhere to be found.
    """
    account = f"{settings.manage.site}/{settings.manage.company}"
    practice = PRACTICE_KEY if is_loopback(settings.manage.site) else None
    public = os.environ.get("TIEOUT_MANAGE_PUBLIC_KEY") or practice or _kept(f"{account}/public")
    private = os.environ.get("TIEOUT_MANAGE_PRIVATE_KEY") or practice or _kept(f"{account}/private")
    if not (public and private):
        raise SetupError(
            say(
                "The keys of Manage's API member for {account} are neither in TIEOUT_MANAGE_PUBLIC_KEY and "
                "TIEOUT_MANAGE_PRIVATE_KEY nor in this computer's keyring. Store them there as README says, or set "
                "both variables.",
                account=account,
            )
        )
    if not (is_sendable(public) and is_sendable(private)):
        raise SetupError(
            say("The keys of Manage's API member for {account} hold a character that no key has.", account=account)
            + say("Copy them again, without spaces or line ends.")
        )
    password = None
    if settings.sage.odbc is not None:
        password = os.environ.get("TIEOUT_SAGE_PASSWORD") or _kept(f"{account}/sage")
    hide(password, private if private != practice else None)
    return Secrets(sage_password=password, public_key=public, private_key=private)


def _kept(account: str) -> str | None:
    """A secret from the keyring; None when it holds none or there is no keyring."""
    import keyring  # noqa: PLC0415 - slow to import, and not needed when the environment has the secrets
    from keyring.errors import KeyringError  # noqa: PLC0415 - same

    try:
        return keyring.get_password(SERVICE, account)
    except KeyringError:
        return None
