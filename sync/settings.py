"""The settings file (TOML), read and checked whole: every problem is listed at once. Secrets never stand in it."""

from __future__ import annotations

import codecs
import re
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from sync.address import is_loopback, is_sendable
from sync.behaviour import Behaviour
from sync.causes import cause
from sync.core import money
from sync.core.caps import Caps
from sync.core.errors import SetupError
from sync.core.policy import PaidAmount, Policy
from sync.core.words import Text, say
from sync.setting_faults import in_words

_ID, _CODE = re.compile("[0-9]{1,9}"), re.compile("[A-Z]{3}")
PER_MINUTE = 800
SECRET_WORDS = ("pwd", "password", "private_key", "public_key")


class SageSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[sage]`: where the books are; exactly one of the two."""

    odbc: str | None = None
    sqlite: str | None = None


class ManageSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[manage]`: the site and how to behave towards it. `timeout` is seconds to wait for an answer.

    Manage slows down who asks it more than 1,000 times a minute; other programs of the same login count too.
    """

    site: str
    company: str
    client_id: str
    timeout: Annotated[float, Meta(gt=0, le=600)] = 30.0
    requests_per_minute: Annotated[int, Meta(ge=1, le=1000)] | msgspec.UnsetType = msgspec.UNSET
    behaviour: Behaviour = Behaviour()

    @property
    def per_minute(self) -> int | None:
        """Requests that may be sent in any minute; None for a practice site, which nobody else waits for."""
        if isinstance(self.requests_per_minute, int):
            return self.requests_per_minute
        return None if is_loopback(self.site) else PER_MINUTE


class PolicySettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[policy]`: what is proposed, and when a push asks first. Amounts are quoted, so that they stay exact."""

    paid_amount: PaidAmount = PaidAmount.SETTLED
    tolerance: str = "0.00"
    currencies: dict[str, str] = msgspec.field(default_factory=lambda: {"1": "CAD"})
    invoice_prefix: str = ""
    quiet_minutes: Annotated[float, Meta(ge=0, le=1440)] = 10
    max_rows: Annotated[int, Meta(ge=0)] = 500
    max_amount: str = "250000.00"
    second_person_above: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    sage: SageSettings
    manage: ManageSettings
    policy: PolicySettings = PolicySettings()


class Settings(Struct, frozen=True, kw_only=True):
    """Checked settings.

    Attributes:
        path: the file they came from; relative file names in it start from its folder.
        sage: see `SageSettings`; `sqlite` is absolute here.
        manage: see `ManageSettings`; `site` has no trailing slash here.
        policy: what is proposed.
        caps: when a push asks first.
        quiet: how long a late write may still arrive.
    """

    path: Path
    sage: SageSettings
    manage: ManageSettings
    policy: Policy
    caps: Caps
    quiet: timedelta


def load(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        SetupError: missing, unreadable, not TOML, or with problems; all of them are listed.
    """
    try:
        text = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        raise SetupError(
            say(
                "There is no settings file at {path}. Make one with tieout setup, or look at an example first with "
                "tieout demo.",
                path=str(path),
            )
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        file = msgspec.toml.decode(text, type=_File)
    except UnicodeDecodeError:
        raise SetupError(
            say("The settings file {path} is not UTF-8 text. Save it as UTF-8 in your editor.", path=str(path))
        ) from None
    except RecursionError:
        raise SetupError(
            say(
                "The settings file {path} holds brackets within brackets, too many to read. Remove them.",
                path=str(path),
            )
        ) from None
    except msgspec.DecodeError as error:
        raise SetupError(in_words(path, str(error), _choices())) from None
    return _checked(path, file)


def unreadable(path: Path, error: OSError) -> SetupError:
    """What is said of a settings file that the system does not hand out."""
    return SetupError(
        say(
            "The settings file {path} cannot be read: {why}. Choose another with --config.",
            path=str(path),
            why=cause(error),
        )
    )


def _choices() -> dict[str, list[str]]:
    """The values that each setting of few words takes."""
    kinds = {field.name: field.type for kind in (PolicySettings, Behaviour) for field in msgspec.structs.fields(kind)}
    return {
        name: [choice.value for choice in kind]
        for name, kind in kinds.items()
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    }


def _checked(path: Path, file: _File) -> Settings:
    problems: list[Text] = []
    site = site_of(file.manage.site, problems)
    if bool(file.sage.odbc) == bool(file.sage.sqlite):
        problems.append(
            say("[sage] needs either odbc or sqlite, and not both. Add the one that is missing, or remove one.")
        )
    problems.extend(
        say("[sage] odbc holds {word}=…; secrets never stand in this file, remove it (see README).", word=word)
        for word in SECRET_WORDS
        if f"{word}=" in (file.sage.odbc or "").lower().replace(" ", "")
    )
    problems.extend(
        say("[manage] {name} is empty. Write it between the quotation marks.", name=name)
        for name in ("company", "client_id")
        if not getattr(file.manage, name).strip()
    )
    problems.extend(
        say(
            "[manage] {name} holds a character that cannot be sent. Use only letters A to Z, digits and signs.",
            name=name,
        )
        for name in ("company", "client_id")
        if not is_sendable(getattr(file.manage, name))
    )
    tolerance = _amount("tolerance", file.policy.tolerance, problems)
    max_amount = _amount("max_amount", file.policy.max_amount, problems)
    above = file.policy.second_person_above
    second = None if above is None else _amount("second_person_above", above, problems)
    currencies = _currencies(file.policy.currencies, problems)
    if problems:
        raise SetupError(say("The settings file {path} needs correcting:", path=str(path)), *problems)
    return Settings(
        path=path,
        sage=SageSettings(
            odbc=file.sage.odbc, sqlite=str(path.parent / file.sage.sqlite) if file.sage.sqlite else None
        ),
        manage=msgspec.structs.replace(file.manage, site=site),
        policy=Policy(
            paid_amount=file.policy.paid_amount,
            tolerance=tolerance,
            currencies=currencies,
            invoice_prefix=file.policy.invoice_prefix,
            partial_date=file.manage.behaviour.partial_date,
        ),
        caps=Caps(rows=file.policy.max_rows, amount=max_amount, second_person=second),
        quiet=timedelta(minutes=file.policy.quiet_minutes),
    )


def site_of(site: str, problems: list[Text]) -> str:
    """A site's scheme and host, without a slash at the end; what is wrong with it is added to the problems."""
    try:
        parts, port = urlsplit(site), urlsplit(site).port
        (parts.hostname or "").encode("idna")
    except ValueError:
        parts, port = urlsplit(""), None
    plain_ok = parts.scheme == "http" and is_loopback(site)
    odd = re.search(r"[\s\x00-\x1f]", site) or port == 0
    if odd or not parts.hostname or (parts.scheme != "https" and not plain_ok):
        problems.append(
            say(
                "[manage] site is '{site}', which is no address of a site. Write it like https://api-na.myconnectwise.net.",
                site=site,
            )
        )
    elif parts.username or parts.password or parts.query or parts.fragment or parts.path not in {"", "/"}:
        problems.append(say("[manage] site is '{site}'; give the scheme and host only.", site=site))
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _amount(name: str, text: str, problems: list[Text]) -> Decimal:
    try:
        amount = money.parse(text)
    except money.BadAmountError:
        amount = -money.CENT
    if amount < money.ZERO:
        problems.append(say("[policy] {name} is '{text}'; write it like \"0.00\".", name=name, text=text))
    return amount


def _currencies(table: dict[str, str], problems: list[Text]) -> dict[int, str]:
    currencies = {}
    for number, code in table.items():
        if not (_ID.fullmatch(number) and _CODE.fullmatch(code)):
            problems.append(
                say('[policy] currencies has {number} = "{code}"; write them like 1 = "CAD".', number=number, code=code)
            )
        else:
            currencies[int(number)] = code
    return currencies
