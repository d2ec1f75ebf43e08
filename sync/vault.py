"""Secrets: from the environment, else from the operating system's keyring. Never from a file, never shown."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from sync.core.errors import SetupError
from sync.core.words import say
from sync.settings import Settings, is_loopback

SERVICE = "tieout"
SANDBOX_KEY = "sandbox"
"""The practice site's published key, public and private. It opens nothing but a sandbox on this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What logs in to both systems. `repr` shows none of it.

    Attributes:
        sage_password: of the Sage user in the connection string; None to send none.
        public_key: of Manage's API member.
        private_key: of Manage's API member.
    """

    sage_password: str | None = field(repr=False)
    public_key: str = field(repr=False)
    private_key: str = field(repr=False)


def unlock(settings: Settings) -> Secrets:
    """Find the secrets that the settings need.

    Raises:
        SetupError: Manage's keys are nowhere to be found, or the keyring is locked.
    """
    account = f"{settings.manage.site}/{settings.manage.company}"
    practice = SANDBOX_KEY if is_loopback(settings.manage.site) else None
    public = _secret("TIEOUT_MANAGE_PUBLIC_KEY", f"{account}/public") if not practice else _named("PUBLIC", practice)
    private = (
        _secret("TIEOUT_MANAGE_PRIVATE_KEY", f"{account}/private") if not practice else _named("PRIVATE", practice)
    )
    if not (public and private):
        raise SetupError(
            say(
                "The keys of Manage's API member for {account} are neither in TIEOUT_MANAGE_PUBLIC_KEY and "
                "TIEOUT_MANAGE_PRIVATE_KEY nor in this computer's keyring. Store them with the keyring command as "
                "README says, or set both variables.",
                account=account,
            )
        )
    needs_password = settings.sage.odbc is not None
    password = _secret("TIEOUT_SAGE_PASSWORD", f"{account}/sage") if needs_password else None
    return Secrets(sage_password=password, public_key=public, private_key=private)


def _named(which: str, practice: str) -> str:
    return os.environ.get(f"TIEOUT_MANAGE_{which}_KEY") or practice


def _secret(variable: str, account: str) -> str | None:
    found = os.environ.get(variable)
    if found:
        return found
    import keyring  # noqa: PLC0415 - slow to import, and not needed when the environment has the secrets
    from keyring.errors import KeyringError  # noqa: PLC0415 - same

    try:
        return keyring.get_password(SERVICE, account)
    except KeyringError:
        return None
