"""Settings that somebody typed into a form: what the form begins with, and what of it goes into the settings file."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct

from sync.address import is_loopback
from sync.core.checks import Check
from sync.core.errors import SetupError
from sync.core.words import BLANK, Text, say
from sync.setup import file, links, outcome
from sync.setup.file import SettingsFile
from sync.setup.questions import LABELS, SECRETS, USUAL, Answers, Field, checked

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
    """Write what was typed into the settings file where it differs from it, if all of it can be right.

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
    problems += (_about(field, say("an answer is missing.")) for field in ASKED if field not in answers)
    if problems:
        return Amended(answers=answers, problems=tuple(problems))
    file.write(settings, file.with_answers(settings, answers))
    return Amended(answers=answers, written=True)


def proposed(settings: SettingsFile) -> Answers:
    """What stands in the settings file; where nothing does, what can be proposed."""
    found: Answers = dict(USUAL)
    with suppress(SetupError):  # no driver suits: the test of the link says so, and what to install
        found = outcome.known(settings)
    return {field: answer for field, answer in (found | settings.answers).items() if field not in SECRETS}


def whereabouts(settings: SettingsFile, command: str) -> dict[Field, Text]:
    """Where each secret is, without a word of it.

    Args:
        settings: whose secrets they are.
        command: that asks for them.
    """
    if settings.is_sample:
        return dict.fromkeys(SECRETS, say("not needed for the sample company"))
    missing = dict.fromkeys(SECRETS, say("missing: run {command} in a console", command=command))
    if is_loopback(settings.answers.get(Field.SITE, "")):
        missing |= dict.fromkeys((Field.PUBLIC_KEY, Field.PRIVATE_KEY), say("the practice site's published key"))
    kept = dict.fromkeys(outcome.kept_secrets(settings), say("kept in this computer's keyring"))
    given = {field: say("taken from {name}", name=SECRETS[field]) for field in outcome.of_environment()}
    return {**missing, **kept, **given}


def advice(settings: SettingsFile, check: Check) -> Text:
    """What to look at outside Tieout where a check found something wrong."""
    link = links.sage(settings) if check.link.english.startswith("Sage") else links.manage()
    return sum((link.advice[part] for part in sorted(check.parts) if part in link.advice), BLANK)


def _about(field: Field, why: Text) -> Text:
    return say("{name}: {why}", name=LABELS[field], why=why)
