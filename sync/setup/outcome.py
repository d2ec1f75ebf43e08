"""What setting up begins with and what it leaves: answers and secrets that are there, and those that are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping

from sync import odbc, vault
from sync.address import is_loopback
from sync.defects import hide
from sync.setup import drivers, file
from sync.setup.file import SettingsFile
from sync.setup.questions import SECRETS, USUAL, Answers, Field


def known(settings: SettingsFile) -> Answers:
    """What can be proposed: what stands in the settings, what is kept, what the environment says, and what is usual.

    Raises:
        SetupError: no ODBC driver suits Sage's database.
    """
    present = settings.answers
    fitting = drivers.fitting(drivers.installed())
    if present.get(Field.DRIVER) not in drivers.installed():
        present.pop(Field.DRIVER, None)
        if not fitting:
            raise drivers.none_fits()
        present[Field.DRIVER] = fitting[0]
    return {**USUAL, **present, **kept_secrets(settings), **of_environment()}


def of_environment() -> Answers:
    """The secrets that the environment holds: they win over those that are kept."""
    return {field: value for field, name in SECRETS.items() if (value := os.environ.get(name))}


def leave(settings: SettingsFile, answers: Answers, *, keyring: bool) -> None:
    """Keep the secrets and write the settings; where either fails, everything is as it was.

    Args:
        settings: the file as it was read.
        answers: all of them.
        keyring: there is one to keep secrets in.

    Raises:
        SetupError: the keyring or the settings file cannot be written.
    """
    text = file.with_answers(settings, answers)
    before = vault.keep(_secrets(settings, answers)) if keyring else {}
    try:
        file.write(settings, text)
    except BaseException:
        vault.put_back(before)
        raise


def _secrets(settings: SettingsFile, answers: Answers) -> Mapping[str, str]:
    """What to keep, by the names that `vault.unlock` looks for. The published keys of a practice site are no secret."""
    account = vault.account_of(answers[Field.SITE], answers[Field.COMPANY])
    names = {
        Field.SAGE_PASSWORD: odbc.login(file.connection_string(settings, answers)),
        Field.PUBLIC_KEY: f"{account}/public",
        Field.PRIVATE_KEY: f"{account}/private",
    }
    practice = vault.PRACTICE_KEY if is_loopback(answers[Field.SITE]) else None
    return {name: answers[field] for field, name in names.items() if answers.get(field) not in {None, "", practice}}


def kept_secrets(settings: SettingsFile) -> Answers:
    """The secrets that belong to the settings as they stand."""
    if settings.before is None:
        return {}
    present = settings.answers
    account = vault.account_of(present.get(Field.SITE, "").rstrip("/"), present.get(Field.COMPANY, ""))
    found = {
        Field.SAGE_PASSWORD: vault.kept_password(settings.odbc, account),
        Field.PUBLIC_KEY: vault.kept(f"{account}/public"),
        Field.PRIVATE_KEY: vault.kept(f"{account}/private"),
    }
    hide(*found.values())
    return {field: secret for field, secret in found.items() if secret}
