"""Secrets: from the environment, else from the operating system's keyring. Never from a file, never shown.

The keyring keeps each secret under where it belongs. A variable of the environment belongs nowhere, and would be sent
to whatever the settings name. So its first use binds it, for this user on this computer, and another site needs a
person's word, which is a variable too. Manage's keys are known again by a salted hash of the public one, which is no
secret. Of a password nothing is kept, as a hash of it could be guessed: the variable as such is bound to a server.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.core.values.errors import LoginPart, SetupError
from sync.core.values.messages import Text, say
from sync.settings.connections import data_source, is_loopback, is_sendable, is_this_computer, login, parts
from sync.settings.profiles import default_state
from sync.settings.settings_file import Settings, checked_site
from sync.system.files import cause, replacing
from sync.system.log import hide

SERVICE = "tieout"
SAGE, PUBLIC, PRIVATE = "TIEOUT_SAGE_PASSWORD", "TIEOUT_MANAGE_PUBLIC_KEY", "TIEOUT_MANAGE_PRIVATE_KEY"
"""Variables of the environment, which win over the keyring."""
_NAMES = f"{SAGE}, {PUBLIC}, {PRIVATE}"
_NO_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or keep it in a file."""
PRACTICE_KEY = "sandbox"
"""The practice site's published key, public and private. It opens nothing but a sandbox on this computer."""


class Secrets(Struct, frozen=True, kw_only=True):
    """What logs in to both systems. `repr` shows none of it.

    Attributes:
        sage_password: of the Sage user in the settings; None to send none.
        public_key: of Manage's API member.
        private_key: of Manage's API member.
    """

    sage_password: str | None
    public_key: str
    private_key: str

    def __repr__(self) -> str:
        """Show none of it."""
        return "Secrets()"


def unlock(settings: Settings) -> Secrets:
    """Find the secrets that the settings need.

    A site on this computer is a practice site: without keys of its own it gets the published one. The practice world
    gets no other: the environment's are for a site that is real.

    Raises:
        SetupError: Manage's keys are nowhere to be found, the keyring cannot be read, or the secrets in the environment
            are for another site or server.
    """
    account = account_of(settings.manage.site, settings.manage.company)
    practice = PRACTICE_KEY if is_loopback(settings.manage.site) else None
    published = practice if settings.manage.client_id == PRACTICE_KEY else None
    given = {} if published else {name: os.environ[name] for name in (PUBLIC, PRIVATE) if os.environ.get(name)}
    look = kept if practice else _at_hand
    public = published or given.get(PUBLIC) or look(f"{account}/public") or practice
    private = published or given.get(PRIVATE) or look(f"{account}/private") or practice
    if not (public and private):
        raise SetupError(say("settings-manage-keys-missing", account=account))
    if not (is_sendable(public) and is_sendable(private)):
        raise SetupError(say("settings-manage-keys-malformed", account=account) + say("settings-copy-keys-again"))
    password = None
    if connection := settings.sage.connection:
        password = os.environ.get(SAGE) or kept_password(connection, account, _at_hand)
    login_header = b64encode(f"{settings.manage.company}+{public}:{private}".encode()).decode()
    hide(password, login_header, *({public, private} - {PRACTICE_KEY}))
    if given:
        require_site(settings.manage.site, public)
    if connection and os.environ.get(SAGE):
        require_server(connection)
    return Secrets(sage_password=password, public_key=public, private_key=private)


def of_environment(name: str, secret: str | None) -> bool:
    """Return whether a secret is the one that a variable of the environment holds."""
    return bool(secret) and secret == os.environ.get(name)


def account_of(site: str, company: str) -> str:
    """Return the name that Manage's keys are kept under: one login for each company of a site."""
    return f"{site}/{company}"


def kept(account: str) -> str | None:
    """Return a secret from the keyring; None where it holds none, is locked, or there is no keyring."""
    from keyring.errors import KeyringError  # noqa: PLC0415 - as in `_held`

    try:
        return _held(account)
    except KeyringError:
        return None


def _at_hand(account: str) -> str | None:
    """Return a secret from the keyring; None where it holds none, or there is no keyring.

    Raises:
        SetupError: it cannot be read; whatever it holds is not nothing.
    """
    from keyring.errors import KeyringError  # noqa: PLC0415 - as in `_held`

    try:
        return _held(account)
    except KeyringError as error:
        if keyring_name() is None:
            return None
        raise SetupError(say("settings-keyring-unread", why=_words(error), names=_NAMES)) from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _held(account: str) -> str | None:
    """Return a secret from the keyring; None only where it holds none. Raises KeyringError where it cannot be asked."""
    import keyring  # noqa: PLC0415 - slow to import, and not needed when the environment has the secrets

    return keyring.get_password(SERVICE, account)


def kept_password(connection_string: str, account: str, look: Callable[[str], str | None] = kept) -> str | None:
    """Return the Sage user's password from the keyring, kept under who logs in where.

    Two companies in Sage may share one in Manage, so Manage's name would not do.

    Args:
        connection_string: of Sage's database.
        account: of Manage, under which passwords were kept at first and may still be.
        look: finds what is kept under a name.
    """
    return look(login(connection_string)) or look(f"{account}/sage")


def keyring_name() -> str | None:
    """Return the name of the system's keyring; None where there is none, or only one that writes to a file."""
    import keyring  # noqa: PLC0415 - as in `kept`
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415 - same

    found = keyring.get_keyring()
    backends = found.backends if isinstance(found, ChainerBackend) else [found]
    first = next(iter(backends), None)
    return None if first is None or type(first).__module__.startswith(_NO_KEYRINGS) else first.name


def keep(secrets: Mapping[str, str | None]) -> dict[str, str | None]:
    """Put secrets into the keyring, all or none.

    Args:
        secrets: by the name to keep each under; None takes away what is kept there.

    Returns:
        What was kept under those names before, for `put_back`.

    Raises:
        SetupError: the keyring is locked or does not take them.
    """
    from keyring.errors import KeyringError  # noqa: PLC0415 - as in `kept`

    before: dict[str, str | None] = {}
    try:
        before |= {account: _held(account) for account in secrets}  # what cannot be read is not nothing
        put_back(secrets)
    except BaseException as error:
        with suppress(KeyringError):
            put_back(before)
        if isinstance(error, KeyringError):
            raise SetupError(say("settings-keyring-refused", why=_words(error), names=_NAMES)) from error
        raise
    return before


def put_back(secrets: Mapping[str, str | None]) -> None:
    """Make the keyring hold just these under their names; None is for nothing."""
    import keyring  # noqa: PLC0415 - as in `kept`

    for account, secret in secrets.items():
        if secret is not None:
            keyring.set_password(SERVICE, account, secret)
        elif _held(account) is not None:
            keyring.delete_password(SERVICE, account)


MANAGE_SITE, SAGE_SERVER = "TIEOUT_MANAGE_SITE", "TIEOUT_SAGE_SERVER"
"""Variables by which a person names what the secrets in the environment are for."""
BOUND = "environment-keys.json"
"""The file in the user's own state folder that says what the secrets of the environment are for."""


class _Bound(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What was bound: sites by the hash of a public key, and the server that the Sage password is for."""

    salt: str
    sites: dict[str, str] = {}
    server: str | None = None


def require_site(site: str, public_key: str, *, bind: bool = True) -> None:
    """Insist that keys of the environment are for this site; nothing has been sent to it yet.

    Args:
        site: scheme and host, from the settings.
        public_key: which pair of keys it is.
        bind: remember it; not for an answer of which nobody knows yet whether it is right.

    Raises:
        SetupError: they are for another site, or it cannot be known for which.
    """
    named = os.environ.get(MANAGE_SITE)
    problems: list[Text] = []
    if named and checked_site(named if "://" in named else f"https://{named}", problems) != site:
        raise _other(say("settings-environment-names-other-site", name=MANAGE_SITE, named=named, site=site))
    bound = _read(lenient=bool(named), name=MANAGE_SITE)
    mark = hmac.new(bytes.fromhex(bound.salt), public_key.encode(), hashlib.sha256).hexdigest()
    before = bound.sites.get(mark)
    if before not in {None, site} and not named:
        raise _other(say("settings-environment-keys-of-other-site", before=before, site=site, name=MANAGE_SITE))
    if bind and before != site:
        _keep(replace(bound, sites={**bound.sites, mark: site}), lenient=bool(named), name=MANAGE_SITE)


def require_server(connection_string: str, *, bind: bool = True) -> None:
    """Insist that the Sage password of the environment is for this server; one on this computer is always allowed.

    Companies of one server may share it: Sage gives each a port of its own, which changes.

    Raises:
        SetupError: it is for another server, or it cannot be known for which.
    """
    server = parts(connection_string).get("SERVER", "").lower() or data_source(connection_string) or "SERVER="
    if is_this_computer(server):
        return
    named = os.environ.get(SAGE_SERVER)
    if named and named.strip().lower() != server.lower():
        raise _other(say("settings-environment-names-other-server", name=SAGE_SERVER, named=named, server=server))
    bound = _read(lenient=bool(named), name=SAGE_SERVER)
    if bound.server not in {None, server} and not named:
        said = say(
            "settings-environment-password-of-other-server", before=bound.server, server=server, name=SAGE_SERVER
        )
        raise _other(said)
    if bind and bound.server != server:
        _keep(replace(bound, server=server), lenient=bool(named), name=SAGE_SERVER)


def _other(said: Text) -> SetupError:
    return SetupError(said, parts=[LoginPart.ADDRESS])


def _path() -> Path:
    return default_state() / BOUND


def _read(*, lenient: bool, name: str) -> _Bound:
    """Return what was bound; nothing yet where the file was never written, or where a person's word stands for it."""
    try:
        bound = msgspec.json.decode(_path().read_bytes(), type=_Bound)
        bytes.fromhex(bound.salt)
    except FileNotFoundError:
        return _Bound(salt=token_hex(16))
    except (OSError, ValueError) as error:  # msgspec's own errors are ValueErrors
        if lenient:
            return _Bound(salt=token_hex(16))
        why = cause(error) if isinstance(error, OSError) else say("cause-damaged")
        raise _other(say("settings-environment-binding-lost", path=str(_path()), why=why, name=name)) from error
    return bound


def _keep(bound: _Bound, *, lenient: bool, name: str) -> None:
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        with replacing(_path()) as file:
            file.write(msgspec.json.encode(bound))
        with suppress(OSError):
            _path().chmod(0o600)
    except OSError as error:
        if not lenient:
            said = say("settings-environment-binding-not-kept", path=str(_path()), why=cause(error), name=name)
            raise _other(said) from error
