"""Asks what a link needs, tests it at once, and asks again for exactly what can be wrong until it works."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Protocol

from sync.core.checks import Check, Verdict
from sync.core.errors import Part, SetupError
from sync.core.words import Text, say
from sync.defects import hide
from sync.setup.links import Link
from sync.setup.questions import SECRETS, Answers, Field, checked
from sync.vault import PRACTICE_KEY

WRONG = frozenset({Verdict.FAILED, Verdict.UNREACHABLE})


class Next(StrEnum):
    """What to do about a link that fails for a reason that no answer can mend."""

    AGAIN = "1"
    CHANGE = "2"
    GO_ON = "3"


class Asker(Protocol):
    """Whoever answers. Any of it may be interrupted; nothing has been changed by then."""

    def ask(self, field: Field, default: str | None) -> str:
        """An answer as typed; Enter gives the default, which is never shown for a secret."""
        ...

    def choose(self) -> Next:
        """What to do about a link that fails."""
        ...

    def show(self, check: Check) -> None:
        """What a test found."""
        ...

    def tell(self, text: Text) -> None:
        """A sentence."""
        ...


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
            answers[field] = _answer(field, answers.get(field), asker)
        wrong = _tested(link, answers, asker)
        if not wrong:
            return
        parts = _parts(wrong)
        behind = {field for part in parts for field in link.behind.get(part, ())} - fixed
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
    """
    links = list(links)
    fields = [field for link in links for field in link.fields]
    problems = [problem for field in fields for problem in _problems(field, answers)]
    if not problems:
        checks = [check for link in links for check in link.test(answers)]
        problems = [
            say("{link}: {finding}", link=check.link, finding=check.finding)
            for check in checks
            if check.verdict in WRONG
        ]
    if problems:
        raise SetupError(say("Nothing was changed:"), *problems)


def _problems(field: Field, answers: Answers) -> Iterable[Text]:
    if field not in answers:
        if field is not Field.SAGE_PASSWORD:  # a Sage user may have none
            yield say("{name} is missing.", name=SECRETS.get(field, f"--{field.value}"))
        return
    try:
        answers[field] = checked(field, answers[field])
    except SetupError as error:
        yield from (say("{name}: {why}", name=SECRETS.get(field, f"--{field}"), why=why) for why in error.sentences)


def _answer(field: Field, default: str | None, asker: Asker) -> str:
    while True:
        try:
            answer = checked(field, asker.ask(field, default))
        except SetupError as error:
            asker.tell(error.sentences[0])
            continue
        if field in SECRETS and answer != PRACTICE_KEY:
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


def _parts(checks: Iterable[Check]) -> set[Part]:
    return {part for check in checks for part in check.parts}
