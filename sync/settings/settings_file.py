"""The settings file (TOML), read and checked whole. Secrets never stand in it.

Every problem is listed at once, each by its line. The structs below say what each line takes; msgspec would stop at the
first that does not, and say so in English, so the lines are compared with them here.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, TypeGuard
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct, inspect
from msgspec.structs import replace

from sync.core.decide.push_rules import Caps
from sync.core.values import money
from sync.core.values.errors import SetupError
from sync.core.values.invoice_link import InvoiceLink, invoice_link
from sync.core.values.messages import Text, say
from sync.core.values.periods import EARLIEST
from sync.core.values.policy import PaidAmount, PartialDate, Policy
from sync.settings import connections
from sync.settings.connections import is_loopback, is_sendable
from sync.settings.manage_route import faults_of_link, faults_of_route
from sync.system.files import cause
from sync.system.log import without_secrets

_ID, _CODE = re.compile("0|[1-9][0-9]{0,8}"), re.compile("[A-Z]{3}")
"""Sage's number of a currency, which one name alone means (no 01 beside 1), and an ISO code."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VERSION = re.compile(r"([0-9]{1,4}\.[0-9]{1,3})?")
PER_MINUTE = 800
_SECRET = re.compile("(?i)pwd|passw|secret|(?:private|public)[-_]?key")
_BACKSLASHES = re.compile(
    r"""(?x) ^[^#"']*=\s*"
        (?: \\\\(?!\\)\w | (?: [^"\\] | \\\\ )*? (?: \b[A-Za-z]:\\(?!\\) | \\[^\\"btnfrue] ) )"""
)
"""A path as Windows writes it, in double quotes, in which TOML takes each backslash for the beginning of a sign."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SECTIONS = "[sage], [manage], [manage.behaviour], [policy]"


class SageSettings(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[sage]`: where the books are; exactly one of the three: `host` with its lines, `odbc`, or `sqlite`."""

    host: str | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] = 13540
    database: str = "simply"
    user: str | None = None
    odbc: str | None = None
    sqlite: str | None = None

    @property
    def connection(self) -> str | None:
        """Return the connection string, or one made of the lines of `host`; None for books in a file."""
        if self.host is None or self.user is None:
            return self.odbc
        return connections.joined(
            {"SERVER": self.host, "PORT": str(self.port), "DATABASE": self.database, "UID": self.user}
        )


class DateClear(StrEnum):
    """How a payment date is taken away (unverified, so a switch)."""

    REMOVE = "remove"
    NULL = "null"


class BalanceIdentity(StrEnum):
    """Whether an invoice whose total less payments and credits is not its balance is bad data."""

    ON = "on"
    OFF = "off"


class Behaviour(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[manage.behaviour]`: what nobody could verify about Manage, with the likeliest value as default."""

    partial_date: PartialDate = PartialDate.OMIT
    date_clear: DateClear = DateClear.REMOVE
    balance_identity: BalanceIdentity = BalanceIdentity.ON
    payment_type: str = "P"
    api_version: str = "2025.1"


class ManageSettings(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[manage]`: the site, the way to it, and how to behave. `timeout` is seconds to wait for a whole answer.

    Manage slows down who asks it more than 1,000 times a minute; other programs of the same login count too.
    """

    site: str
    company: str
    client_id: str
    timeout: Annotated[float, Meta(gt=0, le=600)] = 30.0
    requests_per_minute: Annotated[int, Meta(ge=1, le=1000)] | msgspec.UnsetType = msgspec.UNSET
    ca_file: str | None = None
    proxy: str | None = None
    invoice_link: str = ""
    behaviour: Behaviour = Behaviour()

    @property
    def link(self) -> InvoiceLink | None:
        """From a row to its invoice in Manage; None where nobody has said how its page is addressed."""
        return invoice_link(self.invoice_link, self.company)

    @property
    def per_minute(self) -> int | None:
        """Requests that may be sent in any minute; None for a practice site, which nobody else waits for."""
        if isinstance(self.requests_per_minute, int):
            return self.requests_per_minute
        return None if is_loopback(self.site) else PER_MINUTE


class PolicySettings(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[policy]`: what is proposed, and when a push asks first. Amounts are quoted, so that they stay exact."""

    paid_amount: PaidAmount = PaidAmount.SETTLED
    tolerance: str = "0.00"
    currencies: dict[str, str] = msgspec.field(default_factory=lambda: {"1": "CAD"})
    invoice_prefix: str | tuple[str, ...] = ""
    quiet_minutes: Annotated[float, Meta(ge=0, le=1440)] = 10
    max_rows: Annotated[int, Meta(ge=0, le=1_000_000)] = 500
    max_amount: str = "250000.00"
    second_person_above: str | None = None
    go_live: str | None = None


class _File(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    sage: SageSettings
    manage: ManageSettings
    policy: PolicySettings = PolicySettings()


class Settings(Struct, frozen=True, kw_only=True):
    """Checked settings.

    Attributes:
        path: the file they came from; relative file names in it start from its folder.
        sage: see `SageSettings`; `sqlite` is absolute here.
        manage: see `ManageSettings`; `site` has no trailing slash here, and `ca_file` is absolute.
        policy: what is proposed.
        caps: when a push asks first.
        quiet: how long a late write may still arrive.
        go_live: older differences than this day are accepted once; None takes all in.
    """

    path: Path
    sage: SageSettings
    manage: ManageSettings
    policy: Policy
    caps: Caps
    quiet: timedelta
    go_live: date | None


def load(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        SetupError: missing, unreadable, not TOML, or with problems; all of them are listed.
    """
    table = parsed(path, text_of(path, _content(path)))
    problems = [*_misfits(inspect.type_info(_File), table, ""), *_faults(table)]
    problems += faults_of_route(_section(table, "manage"), path.parent)
    if problems:
        raise SetupError(say("settings-file-needs-correcting", path=str(path)), *problems)
    return _settings(path, msgspec.convert(table, _File))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SetupError(say("settings-file-missing", path=str(path))) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> SetupError:
    """Return the error for a settings file that cannot be opened."""
    return SetupError(say("settings-file-unreadable", path=str(path), why=cause(error)))


def text_of(path: Path, content: bytes) -> str:
    """Return the text of a settings file: UTF-8, or what a Windows editor or PowerShell begins with another mark.

    Raises:
        SetupError: it is in none of these, such as Windows' own letters; the first line that is not is named.
    """
    mark, encoding = next(((m, name) for m, name in _MARKS if content.startswith(m)), (b"", "utf-8"))
    content = content.removeprefix(mark)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise SetupError(say("settings-file-not-utf8", path=str(path), line=str(line))) from error


def parsed(path: Path, text: str) -> dict[str, Any]:
    """Return what TOML makes of a settings file's text.

    Raises:
        SetupError: it is not TOML; the line is named where that can be told.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise SetupError(say("settings-file-nested-too-deep", path=str(path))) from error
    except ValueError as error:  # more than TOML's own error: a number of 5,000 digits is one too
        raise SetupError(say("settings-file-unusable", path=str(path), why=where_unreadable(text))) from error


def where_unreadable(text: str) -> Text:
    """Return where a text stops being TOML. Python's reader tells that in English only; tomlkit has it as numbers."""
    import tomlkit  # noqa: PLC0415 - slow to import, and rarely needed
    from tomlkit.exceptions import KeyAlreadyPresent, ParseError  # noqa: PLC0415 - same

    found: ParseError | None = None
    try:
        tomlkit.parse(text)
    except KeyAlreadyPresent:
        return say("settings-name-twice")
    except ParseError as error:
        found = error
    except RecursionError:
        pass
    for number, line in enumerate(text.splitlines(), 1):
        if _BACKSLASHES.search(line) and (found is None or number == found.line):
            return say("settings-line-with-backslashes", line=str(number))
    if found is None:
        return say("settings-file-holds-other")
    if found.col:
        return say("settings-line-unreadable", line=found.line, column=found.col)
    return say("settings-line-unfinished", line=found.line)


def _misfits(kind: inspect.Type, value: object, line: str) -> Iterator[Text]:
    """Say whatever in a value is not of the kind that its line takes.

    Args:
        kind: of the line, as the structs above declare it.
        value: as TOML has it.
        line: how the line is named to people; empty for the whole file.
    """
    match kind:
        case inspect.UnionType(types=(plain, other)):  # a line that may be left out, or hold several
            entries = value if isinstance(value, list) and isinstance(other, inspect.VarTupleType) else [value]
            yield from chain.from_iterable(_misfits(plain, entry, line) for entry in entries)
        case inspect.StructType() if isinstance(value, dict):
            yield from _misfits_of_section(kind, value, line)
        case inspect.DictType() if isinstance(value, dict):
            for name, entry in value.items():
                yield from _misfits(kind.value_type, entry, f"{line} {name}")
        case inspect.EnumType() if isinstance(value, str):
            choices = [choice.value for choice in kind.cls]
            if value not in choices:
                yield say("settings-line-not-a-choice", line=line, value=value, choices=", ".join(choices))
        case inspect.FloatType() | inspect.IntType() if _counts(value, kind):
            yield from _out_of_bounds(kind, value, line)
        case inspect.StrType() if isinstance(value, str):
            if _CONTROL.search(value):
                yield say("settings-line-with-control-signs", line=line)
        case _:
            yield say("settings-line-of-wrong-kind", line=line, wanted=_wanted(kind), given=_given(value))


def _misfits_of_section(kind: inspect.StructType, section: Mapping[str, object], name: str) -> Iterator[Text]:
    """Say what is wrong with a section's lines in the order of the file, then which lines are missing."""
    fields = {field.name: field for field in kind.fields}
    for key, value in section.items():
        if key in fields:
            yield from _misfits(fields[key].type, value, _line(name, key, fields[key].type))
        elif _SECRET.search(key):
            yield say("settings-secret-in-line", line=_line(name, key).strip())
        elif isinstance(value, dict):
            yield say("settings-section-unknown", section=_line(name, key, kind), sections=SECTIONS)
        elif name:
            names = ", ".join(each for each in fields if not isinstance(fields[each].type, inspect.StructType))
            yield say("settings-line-unknown", line=_line(name, key), section=name, names=names)
        else:
            yield say("settings-line-outside-sections", line=key, sections=SECTIONS)
    for field in kind.fields:
        line = _line(name, field.name, field.type)
        if field.required and field.name not in section:
            is_section = isinstance(field.type, inspect.StructType)
            yield from _misfits(field.type, {}, line) if is_section else [say("settings-line-lacking", line=line)]


def _line(section: str, key: str, kind: inspect.Type | None = None) -> str:
    """Return how a line is named: behind its section in brackets; a section by its whole name in brackets."""
    if isinstance(kind, inspect.StructType):
        return f"{section[:-1]}.{key}]" if section else f"[{key}]"
    return f"{section} {key}"


def _counts(value: object, kind: inspect.FloatType | inspect.IntType) -> TypeGuard[float]:
    """Return whether a value is a number of the kind; Python counts true and false among them, and nobody else does."""
    return not isinstance(value, bool) and isinstance(value, int if isinstance(kind, inspect.IntType) else int | float)


def _out_of_bounds(kind: inspect.FloatType | inspect.IntType, number: float, line: str) -> Iterator[Text]:
    wanted = _wanted(kind)
    if kind.ge is not None and not number >= kind.ge:  # "not", so that TOML's nan is out of any bounds
        yield say("settings-line-below-bound", line=line, wanted=wanted, bound=f"{kind.ge:g}")
    elif kind.gt is not None and not number > kind.gt:
        yield say("settings-line-not-above-bound", line=line, wanted=wanted, bound=f"{kind.gt:g}")
    elif kind.le is not None and not number <= kind.le:
        yield say("settings-line-above-bound", line=line, wanted=wanted, bound=f"{kind.le:g}")


def _wanted(kind: inspect.Type) -> Text:
    """Return what a line takes, in words."""
    match kind:
        case inspect.StructType():
            return say("a-section")
        case inspect.DictType():
            return say("settings-kind-pairs-in-braces")
        case inspect.IntType():
            return say("a-whole-number")
        case inspect.FloatType():
            return say("a-number")
        case _:
            return say("words-in-quotes")


def _given(value: object) -> Text:
    """Return what a line holds, in words."""
    match value:
        case bool():
            return say("settings-kind-true-or-false")
        case int():
            return say("a-whole-number")
        case float():
            return say("a-number")
        case str():
            return say("words-in-quotes")
        case list():
            return say("list-in-brackets")
        case dict():
            return say("a-section")
        case _:
            return say("settings-kind-date-or-time")


def _faults(table: Mapping[str, Any]) -> Iterator[Text]:
    """Say what is wrong with lines that are of their kind, and between them."""
    yield from _faults_of_sage(_section(table, "sage"))
    yield from _faults_of_manage(_section(table, "manage"))
    yield from faults_of_policy(_section(table, "policy"))


def _faults_of_sage(lines: Mapping[str, Any]) -> Iterator[Text]:
    ways = [name for name in ("host", "odbc", "sqlite") if lines.get(name)]
    astray = ways != ["host"] and any(lines.get(name) for name in ("port", "database", "user"))
    needed = ("user", "database") if ways == ["host"] else ("host", "odbc", "sqlite") if not ways else ()
    empty = [say("settings-line-empty", line=f"[sage] {name}") for name in needed if lines.get(name) == ""]
    yield from empty
    if not empty and (len(ways) != 1 or astray):
        yield say("settings-sage-one-of-three")
    if isinstance(host := lines.get("host"), str) and host and not connections.is_computer(host):
        yield say("settings-not-a-computer", text=without_secrets(host))
    if ways == ["host"] and "user" not in lines:
        yield say("settings-line-lacking", line="[sage] user")
    names = (name.strip() for name in re.findall("[^;={}]+(?==)", str(lines.get("odbc"))))
    yield from (say("settings-secret-in-odbc", word=name) for name in names if _SECRET.search(name))


def _faults_of_manage(lines: Mapping[str, Any]) -> Iterator[Text]:
    if isinstance(site := lines.get("site"), str):
        problems: list[Text] = []
        checked_site(site, problems)
        yield from problems
        if isinstance(link := lines.get("invoice_link"), str):
            yield from faults_of_link(link, None if problems else site)
    version = _section(lines, "behaviour").get("api_version")
    if isinstance(version, str) and not _VERSION.fullmatch(version):
        yield say("settings-api-version-bad", text=version)
    for name in ("company", "client_id"):
        if isinstance(text := lines.get(name), str):
            if not text.strip():
                yield say("settings-line-empty", line=f"[manage] {name}")
            elif not is_sendable(text):
                yield say("settings-manage-value-unsendable", name=name)


def faults_of_policy(lines: Mapping[str, Any]) -> Iterator[Text]:
    """Say what is wrong with these lines of [policy], as far as they are of the right type."""
    for name in ("tolerance", "max_amount", "second_person_above"):
        if isinstance(text := lines.get(name), str) and not _is_amount(text):
            yield say("settings-policy-amount-bad", name=name, text=text)
    if isinstance(text := lines.get("go_live"), str) and not is_day(text):
        yield say("settings-not-a-go-live-day", text=text)
    for number, code in _section(lines, "currencies").items():
        if isinstance(code, str) and not (_ID.fullmatch(number) and _CODE.fullmatch(code)):
            yield say("settings-currencies-bad", number=number, code=code)


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a section's lines; none where something else stands in its place."""
    section = table.get(name)
    return section if isinstance(section, dict) else {}


def _is_amount(text: str) -> bool:
    try:
        return money.parse(text) >= money.ZERO
    except money.BadAmountError:
        return False


def is_day(text: str) -> bool:
    """Return whether a text is a day that books can go live on: YYYY-MM-DD, not before 2000."""
    try:
        return bool(_DAY.fullmatch(text)) and date.fromisoformat(text) >= EARLIEST
    except ValueError:
        return False


def _settings(path: Path, file: _File) -> Settings:
    """Return the settings of a file in which nothing is wrong."""
    second = file.policy.second_person_above
    return Settings(
        path=path,
        sage=replace(
            file.sage,
            host=file.sage.host or None,
            odbc=file.sage.odbc or None,
            sqlite=str(path.parent / file.sage.sqlite) if file.sage.sqlite else None,
        ),
        manage=replace(
            file.manage,
            site=checked_site(file.manage.site, []),
            ca_file=str(path.parent / file.manage.ca_file) if file.manage.ca_file is not None else None,
        ),
        policy=Policy(
            paid_amount=file.policy.paid_amount,
            tolerance=money.parse(file.policy.tolerance),
            currencies={int(number): code for number, code in file.policy.currencies.items()},
            invoice_prefix=file.policy.invoice_prefix,
            partial_date=file.manage.behaviour.partial_date,
        ),
        caps=Caps(
            rows=file.policy.max_rows,
            amount=money.parse(file.policy.max_amount),
            second_person=None if second is None else money.parse(second),
        ),
        quiet=timedelta(minutes=file.policy.quiet_minutes),
        go_live=None if file.policy.go_live is None else date.fromisoformat(file.policy.go_live),
    )


def checked_site(site: str, problems: list[Text]) -> str:
    """Return a site's scheme and host, without a slash at the end; what is wrong with it is added to the problems."""
    try:
        parts, port = urlsplit(site), urlsplit(site).port
        (parts.hostname or "").encode("idna")
    except ValueError:
        parts, port = urlsplit(""), None
    plain_ok = parts.scheme == "http" and is_loopback(site)
    odd = re.search(r"[\s\x00-\x1f]", site) or port == 0
    if odd or not parts.hostname or (parts.scheme != "https" and not plain_ok):
        problems.append(say("settings-site-no-address", site=without_secrets(site)))
    elif parts.username or parts.password or parts.query or parts.fragment or parts.path not in {"", "/"}:
        problems.append(say("settings-site-scheme-and-host", site=without_secrets(site)))
    return f"{parts.scheme}://{parts.netloc.lower()}"
