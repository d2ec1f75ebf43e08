"""The interview of `tieout setup`: what is asked, which answers can be right, and what is asked again after a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from sync.core.values import money
from sync.core.values.errors import Check, LoginPart, SetupError, TieoutError, Unavailable, Verdict
from sync.core.values.messages import Text, say
from sync.settings import connections, secrets, settings_file
from sync.settings.connections import DATA_SOURCE, NO_DRIVER, is_computer, is_data_source, is_loopback, is_sendable
from sync.settings.manage_route import faults_of_link
from sync.system.log import hide, without_secrets

CLOUD = {
    **{place: f"api-{place}.myconnectwise.net" for place in ("na", "eu", "au", "aus", "za")},
    "staging": "api-staging.connectwisedev.com",
}
"""The cloud's hosts for programs, by the short name that stands first in the host for people."""
_FOR_PEOPLE = {host.removeprefix("api-"): host for host in CLOUD.values()}


def site_of(typed: str) -> str:
    """Return the address of a site, scheme and host, from what people type.

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
        raise SetupError(say("settings-https-needed"))
    problems: list[Text] = []
    site = settings_file.checked_site(site, problems)
    if problems:
        raise SetupError(say("settings-not-a-site", typed=without_secrets(typed), names=", ".join(CLOUD)))
    return site


def _here(site: str) -> bool:
    try:
        urlsplit(site)
    except ValueError:
        return False
    return is_loopback(site)


class Field(StrEnum):
    """One thing to know; its value names its option on the command line."""

    DRIVER = "driver"
    HOST = "host"
    PORT = "port"
    DATABASE = "database"
    SAGE_USER = "sage-user"
    SAGE_PASSWORD = "sage-password"  # noqa: S105 - the name of a question
    SITE = "site"
    COMPANY = "company"
    CLIENT_ID = "client-id"
    PUBLIC_KEY = "public-key"
    PRIVATE_KEY = "private-key"
    CURRENCIES = "currencies"
    TOLERANCE = "tolerance"
    GO_LIVE = "go-live"
    INVOICE_LINK = "invoice-link"


Answers = dict[Field, str]
SAGE = (Field.DRIVER, Field.HOST, Field.PORT, Field.DATABASE, Field.SAGE_USER, Field.SAGE_PASSWORD)
MANAGE = (Field.SITE, Field.COMPANY, Field.CLIENT_ID, Field.PUBLIC_KEY, Field.PRIVATE_KEY)
POLICY = (Field.CURRENCIES, Field.TOLERANCE, Field.GO_LIVE)
LAST = (*POLICY, Field.INVOICE_LINK)
"""What is asked once both systems could be reached."""
SECRETS = {Field.SAGE_PASSWORD: secrets.SAGE, Field.PUBLIC_KEY: secrets.PUBLIC, Field.PRIVATE_KEY: secrets.PRIVATE}
"""The secret fields, each with the environment variable that may hold it."""
ALL_IN = "-"
"""The answer that accepts no older differences, in every language: all of them are taken in."""
NO_LINK = "-"
"""The answer that wants no links to the invoices in Manage."""
USUAL = {
    Field.HOST: "localhost",
    Field.PORT: "13540",
    Field.DATABASE: "simply",
    Field.CURRENCIES: "1=CAD",
    Field.TOLERANCE: "0.00",
    Field.GO_LIVE: ALL_IN,
    Field.INVOICE_LINK: NO_LINK,
}
"""The usual answers: what a Sage 50 installation uses by default, and the strictest rules."""
USUAL_CURRENCIES = {1: "CAD", 2: "USD"}
"""What Sage's numbers meant wherever somebody looked (facts/sage50.md 2); 1 is always the home currency."""
LABELS: Mapping[Field, Text] = {
    Field.DRIVER: say("odbc-driver"),
    Field.HOST: say("sage-host-computer"),
    Field.PORT: say("sage-connection-manager-port"),
    Field.DATABASE: say("database"),
    Field.SAGE_USER: say("sage-user"),
    Field.SAGE_PASSWORD: say("sage-user-password"),
    Field.SITE: say("settings-manage-site-question", names=", ".join(CLOUD)),
    Field.COMPANY: say("settings-manage-company-question"),
    Field.CLIENT_ID: say("client-id"),
    Field.PUBLIC_KEY: say("api-member-public-key"),
    Field.PRIVATE_KEY: say("api-member-private-key"),
    Field.CURRENCIES: say("settings-currencies"),
    Field.TOLERANCE: say("settings-tolerance"),
    Field.GO_LIVE: say("settings-go-live"),
    Field.INVOICE_LINK: say("settings-invoice-link"),
}
"""How each field is asked for."""
_MOST_PORT = 65535
_PAIR = re.compile(r"\s*([0-9]{1,9})\s*=\s*([A-Za-z]{3})\s*", re.ASCII)


def checked(field: Field, typed: str) -> str:
    """Return an answer as it is kept.

    Raises:
        SetupError: it cannot be right; nothing has to be asked to know that.
    """
    if field is Field.SAGE_PASSWORD:
        return typed
    text = typed.strip()
    if not text:
        raise SetupError(say("settings-answer-needed"))
    match field:
        case Field.DRIVER:
            return _driver(text)
        case Field.HOST if not is_computer(text):
            raise SetupError(say("settings-not-a-computer", text=text))
        case Field.PORT if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _MOST_PORT):
            raise SetupError(say("settings-not-a-port", text=text))
        case Field.SITE:
            return site_of(text)
        case Field.COMPANY | Field.CLIENT_ID | Field.PUBLIC_KEY | Field.PRIVATE_KEY if not is_sendable(text):
            raise SetupError(say("settings-unsendable-character"))
        case Field.CURRENCIES | Field.TOLERANCE | Field.GO_LIVE:
            return _rule(field, text)
        case Field.INVOICE_LINK if text != NO_LINK and (faults := list(faults_of_link(text))):
            raise SetupError(*faults)
        case _:
            return text


def named_currencies(typed: str) -> dict[int, str]:
    """Return the ISO code of each of Sage's currencies by its number, from what is typed: 1=CAD, 2=USD.

    Raises:
        SetupError: some of it is not a number and a code, or a number has two codes.
    """
    pairs = [_PAIR.fullmatch(part) for part in re.split(r"[,;]", typed) if part.strip()]
    found = {int(pair[1]): pair[2].upper() for pair in pairs if pair}
    if not pairs or len(found) < len(pairs):
        raise SetupError(say("settings-not-currencies", text=typed))
    return found


def currencies_answer(named: Mapping[int, str]) -> str:
    """Return named currencies as they are typed, in the order of Sage's numbers."""
    return ", ".join(f"{number}={named[number]}" for number in sorted(named))


def proposed_currencies(present: str, in_use: Iterable[int]) -> str:
    """Return the currencies to propose: those that have a name, and the usual names of others in use."""
    usual = {number: USUAL_CURRENCIES[number] for number in in_use if number in USUAL_CURRENCIES}
    return currencies_answer(usual | named_currencies(present))


def _rule(field: Field, text: str) -> str:
    if field is Field.CURRENCIES:
        return currencies_answer(named_currencies(text))
    if field is Field.TOLERANCE:
        return _tolerance(text)
    if text != ALL_IN and not settings_file.is_day(text):
        raise SetupError(say("settings-not-a-go-live-day", text=text))
    return text


def _tolerance(text: str) -> str:
    try:
        amount = money.parse(text.replace(",", "."))
    except money.BadAmountError:
        amount = -money.CENT
    if amount < money.ZERO:
        raise SetupError(say("settings-not-a-tolerance", text=text))
    return money.plain(amount)


def _driver(text: str) -> str:
    if is_data_source(text):
        return DATA_SOURCE + text[len(DATA_SOURCE) :].strip()
    known = [*connections.installed(), NO_DRIVER]
    exact = next((name for name in known if name.lower() == text.lower()), None)
    if exact is None:
        raise SetupError(say("settings-driver-not-installed", text=text, drivers=", ".join(known)))
    return exact


def needless(answers: Answers) -> set[Field]:
    """Return what need not be known beside these answers: a data source knows the server, and mostly the user."""
    if not is_data_source(answers.get(Field.DRIVER, "")):
        return set()
    return {Field.HOST, Field.PORT, Field.DATABASE} | ({Field.SAGE_USER} - set(answers))


class Link(Struct, frozen=True, kw_only=True):
    """One system to reach.

    Attributes:
        fields: what has to be known, in the order of asking.
        test: the checks of `tieout check` for this system.
        behind: which fields stand behind a part that is wrong.
        advice: what to look at outside Tieout when a part is wrong.
    """

    fields: tuple[Field, ...]
    test: Callable[[Answers], list[Check]]
    behind: Mapping[LoginPart, tuple[Field, ...]]
    advice: Mapping[LoginPart, Text]


WRONG = frozenset({Verdict.FAILED, Verdict.UNREACHABLE})


class Next(StrEnum):
    """What to do about a link that fails for a reason that no answer can mend."""

    AGAIN = "1"
    CHANGE = "2"
    GO_ON = "3"


class Asker(Protocol):
    """Whoever answers. Any of it may be interrupted; nothing has been changed by then."""

    def ask(self, field: Field, default: str | None) -> str:
        """Return an answer as typed; Enter gives the default, which is never shown for a secret."""

    def choose(self) -> Next:
        """Ask what to do about a link that fails."""

    def show(self, check: Check) -> None:
        """Show what a test found."""

    def tell(self, text: Text) -> None:
        """Show a sentence."""


def connect(link: Link, answers: Answers, given: Collection[Field], asker: Asker) -> None:
    """Ask and test until the link works or the person goes on without it.

    Args:
        link: what to reach.
        answers: what is known so far, the defaults; holds the new answers afterwards.
        given: fields that were answered on the command line or in the environment: not asked unless they fail.
        asker: the person.
    """
    fixed = {field for field in given if field in SECRETS}  # the environment wins over whatever would be typed
    wanted: Collection[Field] = [field for field in link.fields if field not in given]
    tried: Answers | None = None
    while True:
        for field in wanted:
            if field not in needless(answers):
                answers[field] = _answer(field, answers.get(field), asker)
        wrong = _tested(link, answers, asker)
        if not wrong:
            return
        parts = _parts(wrong)
        behind = {field for part in parts for field in link.behind.get(part, ())} - fixed - needless(answers)
        wanted = [field for field in link.fields if field in behind]
        if wanted and answers != tried:
            tried = dict(answers)
            continue
        choice = asker.choose()
        if choice is Next.GO_ON:
            return
        wanted = [field for field in link.fields if field not in fixed] if choice is Next.CHANGE else []


def unattended(links: Iterable[Link], answers: Answers) -> None:
    """Test every link with what is known, and ask nobody.

    Raises:
        SetupError: something is missing, cannot be right, or does not work; all of it is listed.
        Unavailable: all that is wrong is that a system cannot be reached.
    """
    kind: type[TieoutError] = SetupError
    links = list(links)
    fields = [field for link in links for field in link.fields if field not in needless(answers)]
    problems = [problem for field in fields for problem in _problems(field, answers)]
    if not problems:
        wrong = [check for link in links for check in link.test(answers) if check.verdict in WRONG]
        problems = [say("excel-link-and-finding", link=check.link, finding=check.finding) for check in wrong]
        if all(check.verdict is Verdict.UNREACHABLE for check in wrong):
            kind = Unavailable
    if problems:
        raise kind(say("settings-nothing-changed"), *problems)


def _problems(field: Field, answers: Answers) -> Iterable[Text]:
    if field not in answers:
        if field is not Field.SAGE_PASSWORD:  # a Sage user may have none
            yield say("settings-name-missing", name=SECRETS.get(field, f"--{field.value}"))
        return
    try:
        answers[field] = checked(field, answers[field])
    except SetupError as error:
        yield from (
            say("settings-name-and-why", name=SECRETS.get(field, f"--{field}"), why=why) for why in error.sentences
        )


def _answer(field: Field, default: str | None, asker: Asker) -> str:
    while True:
        try:
            answer = checked(field, asker.ask(field, default))
        except SetupError as error:
            asker.tell(error.sentences[0])
            continue
        if field in SECRETS and answer != secrets.PRACTICE_KEY:
            hide(answer)
        return answer


def _tested(link: Link, answers: Answers, asker: Asker) -> list[Check]:
    checks = link.test(answers)
    for check in checks:
        asker.show(check)
    wrong = [check for check in checks if check.verdict in WRONG]
    for part in sorted(_parts(wrong)):
        if part in link.advice:
            asker.tell(link.advice[part])
    return wrong


def _parts(checks: Iterable[Check]) -> set[LoginPart]:
    return {part for check in checks for part in check.parts}
