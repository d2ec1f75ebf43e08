"""Tests every link one after the other, so that one failure does not hide the next."""

from __future__ import annotations

from sync import settings as settings_file
from sync.core.checks import Check, Verdict, failed
from sync.core.errors import TieoutError
from sync.core.words import Text, say
from sync.places import Place
from sync.vault import unlock
from sync.wiring import open_ledger, open_manage, open_sage, practised


def check_all(place: Place) -> list[Check]:
    """Test ledger, settings, keys, Sage and Manage; Sage and Manage are tested even when the other fails.

    Raises:
        SetupError: the practice site cannot run.
    """
    with practised(place):
        return _checked(place)


def _checked(place: Place) -> list[Check]:
    checks = _ledger(place)
    try:
        found = settings_file.load(place.config)
    except TieoutError as error:
        return checks + failed(say("Settings"), error)
    checks.append(_ok(say("Settings"), say("{path} is complete.", path=str(place.config))))
    try:
        secrets = unlock(found)
    except TieoutError as error:
        return checks + failed(say("Keys"), error)
    checks.append(_ok(say("Keys"), say("The keys of Manage's API member are at hand.")))
    checks += open_sage(found, secrets).check()
    with open_manage(found, secrets) as manage:
        checks += manage.check()
    return checks


def _ledger(place: Place) -> list[Check]:
    link = say("Ledger")
    try:
        with open_ledger(place) as ledger:
            head = ledger.verify()
    except TieoutError as error:
        return failed(link, error)
    return [_ok(link, say("{rows} rows in {folder}; the chain is intact.", rows=head.rows, folder=str(place.state)))]


def _ok(link: Text, finding: Text) -> Check:
    return Check(link=link, verdict=Verdict.OK, finding=finding)
