"""Settings as a form: the saved answers and secrets to begin with, and those that are kept in the end."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say
from sync.settings import connections, secrets, settings_writer
from sync.settings.connections import is_loopback
from sync.settings.interview import LABELS, SECRETS, USUAL, Answers, Field, checked, needless
from sync.settings.settings_writer import SettingsFile
from sync.system.log import hide


def known(settings: SettingsFile) -> Answers:
    """Return the answers to propose: from the environment, else the keyring, else the settings, else what is usual.

    A driver that is no longer there gives way to the best that is, or to none; a data source is left as it is.
    """
    present = settings.answers
    driver, ways = present.get(Field.DRIVER, ""), connections.ways()
    if driver not in {*ways, *connections.installed()} and not connections.is_data_source(driver):
        present[Field.DRIVER] = ways[0]
    return {**USUAL, **present, **kept_secrets(settings), **of_environment()}


def of_environment() -> Answers:
    """Return the secrets that the environment holds: they win over those that are kept."""
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
    text = settings_writer.with_answers(settings, answers)
    before = secrets.keep(_secrets(settings, answers)) if keyring else {}
    try:
        settings_writer.write(settings, text)
    except BaseException:
        secrets.put_back(before)
        raise


def _secrets(settings: SettingsFile, answers: Answers) -> Mapping[str, str | None]:
    """Return what to keep, by the names that `secrets.unlock` looks for; published practice keys are no secret.

    A Sage password that was emptied goes from wherever it is looked for.
    """
    account = secrets.account_of(answers[Field.SITE], answers[Field.COMPANY])
    login = connections.login(settings_writer.connection_string(settings, answers))
    names = {login: Field.SAGE_PASSWORD, f"{account}/public": Field.PUBLIC_KEY, f"{account}/private": Field.PRIVATE_KEY}
    practice = secrets.PRACTICE_KEY if is_loopback(answers[Field.SITE]) else None
    found = {name: answers[field] for name, field in names.items() if answers.get(field) not in {None, "", practice}}
    return found | (dict.fromkeys((login, f"{account}/sage")) if answers.get(Field.SAGE_PASSWORD) == "" else {})


def kept_secrets(settings: SettingsFile) -> Answers:
    """Return the secrets that are kept for the settings as they stand."""
    if settings.before is None:
        return {}
    present = settings.answers
    account = secrets.account_of(present.get(Field.SITE, "").rstrip("/"), present.get(Field.COMPANY, ""))
    found = {
        Field.SAGE_PASSWORD: secrets.kept_password(settings.connection, account),
        Field.PUBLIC_KEY: secrets.kept(f"{account}/public"),
        Field.PRIVATE_KEY: secrets.kept(f"{account}/private"),
    }
    hide(*found.values())
    return {field: secret for field, secret in found.items() if secret}


ASKED = tuple(field for field in Field if field not in SECRETS)
"""What a form asks for: all that is no secret."""


class Amended(Struct, frozen=True, kw_only=True):
    """What became of a form.

    Attributes:
        answers: what it is to show now.
        written: the settings file was changed.
        problems: why it was not, though something differs from it.
    """

    answers: Answers
    written: bool = False
    problems: tuple[Text, ...] = ()


def amend(settings: SettingsFile, typed: Answers) -> Amended:
    """Write typed answers into the settings file if they differ from it and all of them can be right.

    Args:
        settings: the file as it was read.
        typed: the form's fields that are not empty.

    Raises:
        SetupError: the file cannot be written.
    """
    present, answers = settings.answers, proposed(settings) | typed
    problems: list[Text] = []
    for field, answer in typed.items():
        if answer != present.get(field):
            try:
                answers[field] = checked(field, answer)
            except SetupError as error:
                problems += (_about(field, why) for why in error.sentences)
    if all(answers[field] == present.get(field) for field in typed):
        return Amended(answers=answers)
    problems += (
        _about(field, say("settings-answer-missing")) for field in ASKED if field not in {*answers, *needless(answers)}
    )
    if problems:
        return Amended(answers=answers, problems=tuple(problems))
    settings_writer.write(settings, settings_writer.with_answers(settings, answers))
    return Amended(answers=answers, written=True)


def proposed(settings: SettingsFile) -> Answers:
    """Return the saved answers, with defaults for missing ones."""
    found = known(settings) | settings.answers
    for field in needless(settings.answers) - set(settings.answers):
        found.pop(field, None)
    return {field: answer for field, answer in found.items() if field not in SECRETS}


def whereabouts(settings: SettingsFile) -> dict[Field, Text]:
    """Return where each secret is, and nothing of it."""
    if settings.is_sample:
        return dict.fromkeys(SECRETS, say("not-needed-for-sample-company"))
    missing = dict.fromkeys(SECRETS, say("settings-secret-missing"))
    if is_loopback(settings.answers.get(Field.SITE, "")):
        missing |= dict.fromkeys((Field.PUBLIC_KEY, Field.PRIVATE_KEY), say("practice-published-key"))
    kept = dict.fromkeys(kept_secrets(settings), say("settings-secret-in-keyring"))
    given = {field: say("settings-secret-from-environment", name=SECRETS[field]) for field in of_environment()}
    return {**missing, **kept, **given}


def _about(field: Field, why: Text) -> Text:
    return say("settings-name-and-why", name=LABELS[field], why=why)
