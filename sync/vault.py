"""Secrets: from the environment, else from the operating system's keyring. Never from a file, never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct

from sync.address import is_loopback, is_sendable
from sync.core.errors import SetupError
from sync.core.words import say
from sync.defects import hide
from sync.odbc import login
from sync.settings import Settings

SERVICE = "tieout"
SAGE, PUBLIC, PRIVATE = "TIEOUT_SAGE_PASSWORD", "TIEOUT_MANAGE_PUBLIC_KEY", "TIEOUT_MANAGE_PRIVATE_KEY"
"""Variables of the environment, which win over the keyring."""
_NO_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or keep it in a file."""
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

    A site on this computer is a practice site: without keys of its own it gets the published one.

    Raises:
        SetupError: Manage's keys are nowhere to be found.
    """
    account = account_of(settings.manage.site, settings.manage.company)
    practice = PRACTICE_KEY if is_loopback(settings.manage.site) else None
    published = practice if settings.manage.client_id == PRACTICE_KEY else None
    public = os.environ.get(PUBLIC) or published or kept(f"{account}/public") or practice
    private = os.environ.get(PRIVATE) or published or kept(f"{account}/private") or practice
    if not (public and private):
        raise SetupError(
            say(
                "The keys of Manage's API member for {account} are neither in TIEOUT_MANAGE_PUBLIC_KEY and "
                "TIEOUT_MANAGE_PRIVATE_KEY nor in this computer's keyring. Run tieout setup, or set both "
                "variables.",
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
        password = os.environ.get(SAGE) or kept_password(settings.sage.odbc, account)
    hide(password, private if private != practice else None)
    return Secrets(sage_password=password, public_key=public, private_key=private)


def account_of(site: str, company: str) -> str:
    """The name that Manage's keys are kept under: one login for each company of a site."""
    return f"{site}/{company}"


def kept(account: str) -> str | None:
    """A secret from the keyring; None when it holds none or there is no keyring."""
    import keyring  # noqa: PLC0415 - slow to import, and not needed when the environment has the secrets
    from keyring.errors import KeyringError  # noqa: PLC0415 - same

    try:
        return keyring.get_password(SERVICE, account)
    except KeyringError:
        return None


def kept_password(connection_string: str, account: str) -> str | None:
    """The Sage user's password: kept under who logs in where, since two companies in Sage may share one in Manage.

    Args:
        connection_string: of Sage's database.
        account: of Manage, under which passwords were kept at first and may still be.
    """
    return kept(login(connection_string)) or kept(f"{account}/sage")


def keyring_name() -> str | None:
    """What the operating system's keyring is called; None where there is none, or only one that writes to a file."""
    import keyring  # noqa: PLC0415 - as in `kept`
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415 - same

    found = keyring.get_keyring()
    backends = found.backends if isinstance(found, ChainerBackend) else [found]
    first = next(iter(backends), None)
    return None if first is None or type(first).__module__.startswith(_NO_KEYRINGS) else first.name


def keep(secrets: Mapping[str, str]) -> dict[str, str | None]:
    """Put secrets into the keyring, all or none.

    Args:
        secrets: by the name to keep each under.

    Returns:
        What was kept under those names before, for `put_back`.

    Raises:
        SetupError: the keyring is locked or does not take them.
    """
    from keyring.errors import KeyringError  # noqa: PLC0415 - as in `kept`

    before = {account: kept(account) for account in secrets}
    try:
        put_back(secrets)
    except BaseException as error:
        with suppress(KeyringError):
            put_back(before)
        if isinstance(error, KeyringError):
            raise SetupError(
                say(
                    "This computer's keyring did not take the secrets: {why}. Unlock it and try again, or set {names} "
                    "in the environment instead.",
                    why=" ".join(str(error).split()) or type(error).__name__,
                    names=f"{SAGE}, {PUBLIC}, {PRIVATE}",
                )
            ) from None
        raise
    return before


def put_back(secrets: Mapping[str, str | None]) -> None:
    """Make the keyring hold just these under their names; None is for nothing."""
    import keyring  # noqa: PLC0415 - as in `kept`

    for account, secret in secrets.items():
        if secret is not None:
            keyring.set_password(SERVICE, account, secret)
        elif kept(account) is not None:
            keyring.delete_password(SERVICE, account)
