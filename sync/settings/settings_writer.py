"""Write a settings file: a new one with every setting explained, or answers set in an existing one.

Only the lines of the answers are changed, so that comments, other settings and their order stay as somebody wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from msgspec import Struct, ValidationError, convert
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from sync.core.values.errors import SetupError
from sync.core.values.messages import Language, Text, say
from sync.settings import connections
from sync.settings.connections import DATA_SOURCE, NO_DRIVER, is_data_source
from sync.settings.interview import (
    ALL_IN,
    NO_LINK,
    POLICY,
    USUAL,
    Answers,
    Field,
    checked,
    currencies_answer,
    named_currencies,
)
from sync.settings.manage_route import Route, likely_link, route
from sync.settings.settings_file import (
    Behaviour,
    ManageSettings,
    PolicySettings,
    SageSettings,
    faults_of_policy,
    parsed,
    text_of,
    unreadable,
    where_unreadable,
)
from sync.system.files import cause, replacing
from sync.system.log import without_secrets

EXAMPLES = {
    "host": "localhost",
    "port": 13540,
    "database": "simply",
    "user": "reader",
    "odbc": "DRIVER={MySQL ODBC 8.0 Unicode Driver};SERVER=localhost;PORT=13540;DATABASE=simply;UID=reader",
    "sqlite": "sample.db",
    "ca_file": "office-ca.pem",
    "proxy": "http://proxy.example:8080",
    "requests_per_minute": 800,
    "invoice_link": likely_link("https://api-na.myconnectwise.net"),
    "second_person_above": "10000.00",
    "go_live": "2026-01-01",
}
"""Settings that are off unless somebody writes them: shown as a comment."""


def new_file(language: Language) -> str:
    """Return the text of a whole file, explained in a language; settings without a default are still empty."""
    lines = [_comment(say("settings-file-heading"), language)]
    for name, kind, meanings in _sections():
        lines += ["", f"[{name}]"]
        for field in msgspec.structs.fields(kind):
            if field.type is not Behaviour:
                lines += _setting(field, _comment(meanings[field.name], language))
    return "\n".join(lines) + "\n"


def _sections() -> Iterator[tuple[str, type[msgspec.Struct], Mapping[str, Text]]]:
    yield (
        "sage",
        SageSettings,
        {
            "host": say("settings-about-sage-section"),
            "port": say("settings-about-sage-port"),
            "database": say("settings-about-sage-database"),
            "user": say("settings-about-sage-user"),
            "odbc": say("settings-about-odbc"),
            "sqlite": say("settings-about-sample-company"),
        },
    )
    yield (
        "manage",
        ManageSettings,
        {
            "site": say("settings-about-manage-address"),
            "company": say("settings-about-manage-company"),
            "client_id": say("settings-about-client-id"),
            "timeout": say("settings-about-timeout"),
            "requests_per_minute": say("settings-about-request-rate"),
            "ca_file": say("settings-about-ca-file"),
            "proxy": say("settings-about-proxy"),
            "invoice_link": say("settings-about-invoice-link"),
        },
    )
    yield (
        "manage.behaviour",
        Behaviour,
        {
            "partial_date": say("settings-about-partial-date"),
            "date_clear": say("settings-about-clearing-date"),
            "balance_identity": say("settings-about-balance-identity"),
            "payment_type": say("settings-about-payment-type"),
            "api_version": say("settings-about-api-version"),
        },
    )
    yield (
        "policy",
        PolicySettings,
        {
            "paid_amount": say("settings-about-paid-basis"),
            "tolerance": say("settings-about-tolerance"),
            "currencies": say("settings-about-currency-ids"),
            "invoice_prefix": say("settings-about-number-prefix"),
            "quiet_minutes": say("settings-about-quiet-period"),
            "max_rows": say("settings-about-row-limit"),
            "max_amount": say("settings-about-amount-limit"),
            "second_person_above": say("settings-about-second-person"),
            "go_live": say("settings-about-go-live"),
        },
    )


def _setting(field: msgspec.structs.FieldInfo, comment: str) -> list[str]:
    choices = ""
    if isinstance(field.type, type) and issubclass(field.type, StrEnum):
        choices = f" ({', '.join(choice.value for choice in field.type)})"
    if field.name in EXAMPLES:
        return [f"{comment}{choices}", f"# {field.name} = {_toml(EXAMPLES[field.name])}"]
    return [f"{comment}{choices}", f"{field.name} = {_toml(_default(field))}"]


def _default(field: msgspec.structs.FieldInfo) -> object:
    """Return a setting's default; empty text where there is none, because it has to be asked for."""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return "" if field.default is msgspec.NODEFAULT else field.default


def _toml(value: Any) -> str:  # noqa: ANN401 - a setting's value, of any kind that TOML has
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    return tomlkit.item(value.value if isinstance(value, StrEnum) else value).as_string()


def _comment(text: Text, language: Language) -> str:
    return f"# {text.said(language)}"


ODBC = {
    Field.DRIVER: "DRIVER",
    Field.HOST: "SERVER",
    Field.PORT: "PORT",
    Field.DATABASE: "DATABASE",
    Field.SAGE_USER: "UID",
}
DIRECT = {Field.HOST: "host", Field.PORT: "port", Field.DATABASE: "database", Field.SAGE_USER: "user"}
MANAGE = {Field.SITE: "site", Field.COMPANY: "company", Field.CLIENT_ID: "client_id"}
_LINK = "invoice_link"


class SettingsFile(Struct, frozen=True, kw_only=True):
    """A settings file, read but not judged.

    Attributes:
        path: where it is, or will be.
        before: its bytes; None when there is none yet.
        text: what it says; a new one where there is none.
    """

    path: Path
    before: bytes | None
    text: str

    @property
    def odbc(self) -> str:
        """Return its connection string; empty where there is none."""
        return str(self._section("sage").get("odbc") or "")

    @property
    def connection(self) -> str:
        """Return its connection string, or one made of the lines for a connection without a driver; else nothing."""
        sage = self._section("sage")
        lines = {ODBC[field]: str(sage[name]) for field, name in DIRECT.items() if sage.get(name)}
        return self.odbc or connections.joined(lines)

    @property
    def is_sample(self) -> bool:
        """Return whether the books that it names are those of a sample company in a file."""
        return bool(self._section("sage").get("sqlite"))

    @property
    def answers(self) -> Answers:
        """Return the answers that stand in it."""
        found, manage = connections.parts(self.connection), self._section("manage")
        answers = {field: found[name] for field, name in ODBC.items() if found.get(name)}
        if not self.odbc and Field.HOST in answers:
            answers[Field.DRIVER] = NO_DRIVER
        elif found.get("DSN") and not found.get("DRIVER"):
            answers[Field.DRIVER] = DATA_SOURCE + found["DSN"]
        answers |= {field: without_secrets(str(manage[name])) for field, name in MANAGE.items() if manage.get(name)}
        answers[Field.INVOICE_LINK] = str(manage.get(_LINK) or NO_LINK)
        return answers | self._policy

    @property
    def rules(self) -> Mapping[Field, str | None]:
        """Return what the lines of [policy] say to whoever reads the settings; None for one that cannot be right."""
        policy, names = self._section("policy"), {field: _rule_name(field) for field in POLICY}
        read = {field: self._policy.get(field) for field, name in names.items() if _is_right(name, policy.get(name))}
        return {field: read.get(field) if name in policy else USUAL[field] for field, name in names.items()}

    @property
    def _policy(self) -> Answers:
        """The answers in [policy]; currencies that cannot be right are none."""
        policy, found = self._section("policy"), Answers()
        tolerance, day = policy.get("tolerance"), policy.get("go_live", ALL_IN)
        if isinstance(tolerance, str | float):  # a number, or a day as TOML has them, is understood all the same
            found[Field.TOLERANCE] = str(tolerance)
            with suppress(SetupError):
                found[Field.TOLERANCE] = checked(Field.TOLERANCE, str(tolerance))
        if isinstance(day, str | date):
            found[Field.GO_LIVE] = str(day)
        currencies = policy.get("currencies")
        if isinstance(currencies, dict) and currencies:
            typed = ", ".join(f"{number}={code}" for number, code in currencies.items())
            with suppress(SetupError):
                found[Field.CURRENCIES] = currencies_answer(named_currencies(typed))
        return found

    @property
    def route(self) -> Route:
        """Return the way to Manage that it names. Raises as `manage_route.route`."""
        return route(self._section("manage"), self.path.parent)

    @property
    def behaviour(self) -> Behaviour:
        """Return how it says that Manage behaves; as usual where it says nothing, or nothing that can be right."""
        with suppress(ValidationError):
            return convert(self._section("manage").get("behaviour", {}), Behaviour)
        return Behaviour()

    def _section(self, name: str) -> Mapping[str, Any]:
        found = _table(self.text).get(name)
        return found if isinstance(found, dict) else {}


@lru_cache(maxsize=4)
def _table(text: str) -> Mapping[str, Any]:
    """Return what a text says as TOML: a form asks it a hundred times, and tomlkit takes 20 ms to read it."""
    return tomlkit.parse(text).unwrap()


def read(path: Path, language: Language) -> SettingsFile:
    """Read the settings file, or begin a new one where there is none, explained in a language.

    Raises:
        SetupError: there is one that cannot be read, or that is not TOML.
    """
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        return SettingsFile(path=path, before=None, text=new_file(language))
    except OSError as error:
        raise unreadable(path, error) from error
    text = text_of(path, before)
    parsed(path, text)
    try:
        tomlkit.parse(text)
    except TOMLKitError as error:  # it is stricter than Python's own reader here and there
        raise SetupError(say("settings-file-unusable", path=str(path), why=where_unreadable(text))) from error
    return SettingsFile(path=path, before=before, text=text)


def connection_string(file: SettingsFile, answers: Answers) -> str:
    """Return the connection string for these answers; what else the file's own says is kept, but no password.

    Without a driver it only names the connection.
    """
    driver, present = answers[Field.DRIVER], connections.parts(file.odbc)
    kept = {name: value for name, value in present.items() if name not in {"DSN", "FILEDSN", "PWD"}}
    if is_data_source(driver):
        source = driver[len(DATA_SOURCE) :]
        if present.get("DSN", "").lower() != source.lower():
            kept = {}
        user = {"UID": answers[Field.SAGE_USER]} if Field.SAGE_USER in answers else {}
        return connections.joined({"DSN": source, **kept, **user})
    if driver == NO_DRIVER:
        return connections.joined({ODBC[field]: answers[field] for field in DIRECT})
    return connections.joined(dict.fromkeys(ODBC.values(), "") | kept | {ODBC[field]: answers[field] for field in ODBC})


def with_answers(file: SettingsFile, answers: Answers) -> str:
    """Return the file's text with these answers in their lines.

    Raises:
        SetupError: a line that should be a section is something else.
    """
    lines: dict[str, object] = {"odbc": connection_string(file, answers)}
    if answers[Field.DRIVER] == NO_DRIVER:
        lines = {name: int(answers[field]) if field is Field.PORT else answers[field] for field, name in DIRECT.items()}
    document = tomlkit.parse(_counting(file.text, lines))
    sage, manage = (_section(file, document, name) for name in ("sage", "manage"))
    for name in {"odbc", "sqlite", *DIRECT.values()} - set(lines):
        sage.pop(name, None)
    for name, line in lines.items():
        if not _says_the_same(sage.get(name), line):
            sage[name] = line
    for field, name in MANAGE.items():
        if manage.get(name) != answers[field]:
            manage[name] = answers[field]
    _set_link(manage, answers.get(Field.INVOICE_LINK, file.answers[Field.INVOICE_LINK]))
    for field, present in file.rules.items():
        if answers.get(field, present) != present:
            _set_rule(_section(file, document, "policy"), field, answers[field])
    return tomlkit.dumps(document)


def _set_link(manage: MutableMapping[str, Any], link: str) -> None:
    """Set the line of the link to invoices; that of none goes, unless it is there and empty."""
    if link == NO_LINK and manage.get(_LINK):
        manage.pop(_LINK)
    elif link not in {NO_LINK, manage.get(_LINK)}:
        manage[_LINK] = link


def _rule_name(field: Field) -> str:
    return field.value.replace("-", "_")


def _is_right(name: str, line: object) -> bool:
    """Return whether a line of [policy] can be right as it stands."""
    texts = line.values() if isinstance(line, dict) else [line]
    return all(isinstance(each, str) for each in texts) and not any(faults_of_policy({name: line}))


def _set_rule(policy: MutableMapping[str, Any], field: Field, answer: str) -> None:
    """Set the line of a rule; that of no go-live date goes."""
    name = _rule_name(field)
    if field is Field.CURRENCIES:
        _name_currencies(policy, named_currencies(answer))
    elif answer == ALL_IN:
        policy.pop(name, None)
    else:
        policy[name] = answer


def _name_currencies(policy: MutableMapping[str, Any], currencies: Mapping[int, str]) -> None:
    """Set the line of the currencies; where they are a section, line by line."""
    named = {str(number): code for number, code in currencies.items()}
    present = policy.get("currencies")
    if not isinstance(present, Table):
        policy["currencies"] = tomlkit.value(_toml(named))
        return
    for number in set(present) - set(named):
        del present[number]
    present.update(named)


def with_behaviour(file: SettingsFile, lines: Mapping[str, str]) -> str:
    """Return the file's text with these lines of [manage.behaviour]; only those that say something else are changed.

    Raises:
        SetupError: a line that should be a section is something else.
    """
    document = tomlkit.parse(file.text)
    behaviour = _section(file, _section(file, document, "manage"), "behaviour")
    for name, value in lines.items():
        if behaviour.get(name) != value:
            behaviour[name] = value
    return tomlkit.dumps(document)


def keep_behaviour(path: Path, language: Language, lines: Mapping[str, str]) -> None:
    """Set these lines of [manage.behaviour] in a settings file. Raises as `read`, `with_behaviour` and `write`."""
    if lines:
        file = read(path, language)
        write(file, with_behaviour(file, lines))


def _counting(text: str, names: Iterable[str]) -> str:
    """Return a file's text in which lines of [sage] that stand there as an example count, unless they do already."""
    head, found, rest = text.partition("[sage]")
    section, more, tail = rest.partition("\n[")
    for name in names:
        if not re.search(rf"(?m)^\s*{name}\s*=", section):
            section = re.sub(rf"(?m)^# ({name} = )", r"\1", section, count=1)
    return head + found + section + more + tail


def _says_the_same(present: object, line: object) -> bool:
    """Return whether a line is as it should be; of a connection string the spelling is left as it is."""
    if isinstance(present, str) and isinstance(line, str) and "=" in line:
        return connections.parts(present) == connections.parts(line)
    return present == line


def write(file: SettingsFile, text: str) -> None:
    """Replace the file, whole or not at all, by UTF-8; the one before is kept beside it, without a password.

    Raises:
        SetupError: it cannot be written.
    """
    if file.before is not None and text == file.text:
        return
    try:
        path = file.path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.before is not None:
            with replacing(path.with_name(f"{path.name}.before")) as copy:
                copy.write(without_secrets(file.text).encode())
        with replacing(path) as new:
            new.write(text.encode())
    except OSError as error:
        raise SetupError(say("settings-file-unwritable", path=str(file.path), why=cause(error))) from error


def _section(file: SettingsFile, table: MutableMapping[str, Any], name: str) -> MutableMapping[str, Any]:
    section = table.setdefault(name, tomlkit.table())
    if not isinstance(section, MutableMapping):
        raise SetupError(say("settings-name-not-a-section", path=str(file.path), name=name))
    return section
