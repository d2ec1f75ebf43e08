"""The links to both systems: what each needs, and their tests, one after the other so that none hides the next."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sync import __version__
from sync.core.decide.opening import Opening, day_to_open
from sync.core.prove import site_report
from sync.core.prove.site_report import Answer, documents_by_currency, settings_learned
from sync.core.values.errors import Check, LoginPart, SetupError, System, TieoutError, Verdict, failed_checks
from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.periods import day_of
from sync.language.catalogues import ENGLISH
from sync.settings import settings_file
from sync.settings.connections import NO_DRIVER
from sync.settings.interview import LABELS, LAST, MANAGE, SAGE, Answers, Field, Link, named_currencies
from sync.settings.profiles import Place
from sync.settings.secrets import PRIVATE, PUBLIC, of_environment, require_server, require_site, unlock
from sync.settings.secrets import SAGE as SAGE_PASSWORD
from sync.settings.settings_writer import SettingsFile, connection_string
from sync.system.log import log_error
from sync.system.this_computer import SystemClock
from sync.usecases.guards import pinned_books
from sync.usecases.ports import Systems
from sync.wiring import (
    heads_compared,
    open_ledger,
    open_ledger_read_only,
    open_manage,
    open_sage,
    open_settings,
    practised,
    systems_of,
)

if TYPE_CHECKING:
    from datetime import date

    from sync.sage.snapshot import SageDatabase

_log = logging.getLogger(__name__)


def advice(settings: SettingsFile, check: Check) -> Text:
    """What to look at outside Tieout where a check found something wrong."""
    if check.system is None:
        return BLANK
    link = sage(settings) if check.system is System.SAGE else manage(settings)
    return sum((link.advice[part] for part in sorted(check.parts) if part in link.advice), BLANK)


Tell = Callable[[Text], None]
"""Says at once, to whoever waits, which system is tested: one that is silent is waited for, and then asked again."""
TESTING = {System.SAGE: say("check-testing-sage"), System.MANAGE: say("check-testing-manage")}


def say_nothing(_: Text) -> None:
    """Say nothing, where nobody waits; a `Tell`."""


SECONDS = 30.0
"""To wait for Manage's answer to a test."""


def sage(file: SettingsFile, tell: Tell = say_nothing) -> Link:
    """Sage's database."""

    def test(answers: Answers) -> list[Check]:
        tell(TESTING[System.SAGE])
        try:
            return _books(file, answers).check()
        except SetupError as error:
            return failed_checks(say("sage"), error)

    return Link(
        fields=SAGE,
        test=test,
        behind={
            LoginPart.DRIVER: (Field.DRIVER,),
            LoginPart.ADDRESS: (Field.HOST, Field.PORT),
            LoginPart.COMPANY: (Field.DATABASE,),
            LoginPart.LOGIN: (Field.SAGE_USER, Field.SAGE_PASSWORD),
        },
        advice={
            LoginPart.ADDRESS: say("settings-sage-connection-manager-advice"),
            LoginPart.LOGIN: say("settings-sage-password-advice"),
            LoginPart.RIGHTS: say("settings-sage-administrator-only"),
        },
    )


def _books(file: SettingsFile, answers: Answers) -> SageDatabase:
    """The books that answers name. Raises SetupError where the environment's password is bound to another server."""
    from sync.sage.snapshot import open_direct, open_odbc  # noqa: PLC0415 - brings in the database driver

    password, connection = answers.get(Field.SAGE_PASSWORD) or None, connection_string(file, answers)
    if of_environment(SAGE_PASSWORD, password):
        require_server(connection, bind=False)
    if answers[Field.DRIVER] == NO_DRIVER:
        host, port, database, user = (answers[field] for field in (*SAGE[1:5],))
        return open_direct(host, int(port), database, user, password)
    return open_odbc(connection, password)


def currencies_in_use(file: SettingsFile, answers: Answers) -> dict[int, int]:
    """Return how many documents are in each of Sage's currencies, by its number; none where Sage cannot be read."""
    try:
        return _books(file, answers).currencies()
    except TieoutError as error:  # the test of Sage's link says why
        log_error(error, error.text.said(ENGLISH))
        return {}


def policy(in_use: Mapping[int, int]) -> Link:
    """The rules that are asked for once Sage could be read: its test warns of each currency in use without a name."""

    def test(answers: Answers) -> list[Check]:
        named = named_currencies(answers[Field.CURRENCIES])
        return [
            Check(
                link=LABELS[Field.CURRENCIES],
                verdict=Verdict.WARNING,
                finding=say("check-currency-without-name", number=str(number), count=documents),
            )
            for number, documents in sorted(in_use.items())
            if number not in named
        ]

    return Link(fields=LAST, test=test, behind={}, advice={})


def manage(file: SettingsFile, tell: Tell = say_nothing) -> Link:
    """Manage's API, by the way that the settings file names."""

    def test(answers: Answers) -> list[Check]:
        from sync.manage.client import ManageClient  # noqa: PLC0415 - brings in requests

        public, private = answers[Field.PUBLIC_KEY], answers[Field.PRIVATE_KEY]
        tell(TESTING[System.MANAGE])
        try:
            if of_environment(PUBLIC, public) or of_environment(PRIVATE, private):
                require_site(answers[Field.SITE], public, bind=False)
            way = file.route
        except SetupError as error:
            return failed_checks(say("manage-site-and-login"), error)
        with ManageClient(
            site=answers[Field.SITE],
            company=answers[Field.COMPANY],
            client_id=answers[Field.CLIENT_ID],
            public_key=public,
            private_key=private,
            timeout=SECONDS,
            behaviour=file.behaviour,
            route=way,
        ) as client:
            return client.check()

    return Link(
        fields=MANAGE,
        test=test,
        behind={
            LoginPart.ADDRESS: (Field.SITE,),
            LoginPart.COMPANY: (Field.COMPANY,),
            LoginPart.LOGIN: (Field.COMPANY, Field.CLIENT_ID, Field.PUBLIC_KEY, Field.PRIVATE_KEY),
        },
        advice={
            LoginPart.LOGIN: say("settings-manage-keys-where"),
            LoginPart.RIGHTS: say("settings-manage-role-where"),
        },
    )


def check_all(place: Place, tell: Tell = say_nothing) -> list[Check]:
    """Test ledger, settings, keys, Sage and Manage; Sage and Manage are tested even when the other fails.

    Raises:
        SetupError: the practice site cannot run.
    """
    with practised(place) as said:
        checks = [*(_ok(say("settings"), each) for each in said), *_checked(place, tell)]
    for check in checks:
        _log.info("%s: %s, %s", check.link.said(ENGLISH), check.verdict, check.finding.said(ENGLISH))
    return checks


def _checked(place: Place, tell: Tell) -> list[Check]:
    checks = _ledger(place)
    try:
        settings = settings_file.load(place.config)
    except TieoutError as error:
        return checks + failed_checks(say("settings"), error)
    checks.append(_ok(say("settings"), say("check-settings-complete", path=str(place.config))))
    try:
        secrets = unlock(settings)
    except TieoutError as error:
        return checks + failed_checks(say("keys"), error)
    checks.append(_ok(say("keys"), say("check-keys-at-hand")))
    tell(TESTING[System.SAGE])
    checks += _of(System.SAGE, open_sage(settings, secrets).check(settings.policy.currencies))
    tell(TESTING[System.MANAGE])
    try:
        with open_manage(settings, secrets) as site:
            checks += _of(System.MANAGE, site.check())
            return checks + _go_live(place, settings.go_live, systems_of(settings, secrets, site))
    except TieoutError as error:  # the way to it cannot be used
        return checks + failed_checks(say("manage-site-and-login"), error)


def _go_live(place: Place, asked: date | None, systems: Systems) -> list[Check]:
    """Say of the go-live date what a sync will: it lies ahead, or the statement on record is of another one."""
    if asked is None:
        return []
    clock = SystemClock(place.today)
    try:
        opening = _opening(place, systems)
    except TieoutError:  # the tests of ledger and site say why
        return []
    try:
        day_to_open(asked, opening, day_of(clock.now(), clock.today()))
    except SetupError as error:
        return failed_checks(say("settings"), error)
    return []


def _opening(place: Place, systems: Systems) -> Opening | None:
    """Return the opening statement on record. Raises TieoutError where ledger or site cannot be read."""
    ledger = open_ledger_read_only(place)
    if ledger is None:
        return None
    with ledger:
        books = pinned_books(ledger, systems)
        return ledger.opening(books) if books else None


def report(place: Place, head: Text, language: Language, tell: Tell = say_nothing) -> str:
    """Return the report of a first contact with both systems, as text to send; nothing in it names a customer.

    Args:
        place: whose settings name the systems.
        head: what the report says of itself.
        language: of the head; the rest is English, as the log is.
        tell: says which system is asked.

    Raises:
        SetupError: settings or keys need correcting, or the practice site cannot run.
    """
    with open_settings(place) as (settings, secrets, _):
        tell(TESTING[System.SAGE])
        sage_tells = open_sage(settings, secrets).facts()
        tell(TESTING[System.MANAGE])
        with open_manage(settings, secrets) as site:
            manage_tells, learned = site.facts()
    proposed = settings_learned(learned, documents_by_currency(sage_tells), settings.policy.currencies)
    row = (platform.platform(), platform.python_version(), __version__)
    computer = Answer(question="Programs", columns=("", "Python", "Tieout"), rows=(row,))
    parts = {"This computer": [computer], "Sage": sage_tells, "Manage": manage_tells}
    return site_report.report(head.said(language), parts, proposed)


def _of(system: System, checks: Iterable[Check]) -> list[Check]:
    return [replace(check, system=system) for check in checks]


def _ledger(place: Place) -> list[Check]:
    link = say("ledger")
    try:
        with open_ledger(place) as ledger:
            head = ledger.verify()
            compared = heads_compared(place, ledger)
    except TieoutError as error:
        return failed_checks(link, error)
    intact = _ok(link, say("check-ledger-intact", rows=head.rows, folder=str(place.state)))
    odd = [Check(link=link, verdict=Verdict.WARNING, finding=each) for each in (*compared.unlike, *compared.unreadable)]
    return odd or [intact]


def _ok(link: Text, finding: Text) -> Check:
    return Check(link=link, verdict=Verdict.OK, finding=finding)
