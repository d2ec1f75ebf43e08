"""What is asked after a test has failed: what can be wrong, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sync.check_links import manage, sage
from sync.core.values.errors import Check, LoginPart, SetupError, Unavailable, Verdict
from sync.core.values.messages import Text, say
from sync.language.catalogues import ENGLISH
from sync.settings import interview
from sync.settings.interview import MANAGE, SAGE, Answers, Field, Link, Next
from sync.settings.settings_writer import SettingsFile

KNOWN: Answers = {
    Field.SITE: "https://manage.example.com",
    Field.COMPANY: "acme",
    Field.CLIENT_ID: "c-1",
    Field.PUBLIC_KEY: "p",
    Field.PRIVATE_KEY: "q",
}


@dataclass
class Script:
    """Answers by heart, and remembers what was asked."""

    typed: dict[Field, list[str]] = field(default_factory=dict)
    choices: list[Next] = field(default_factory=list)
    asked: list[Field | str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def ask(self, field: Field, default: str | None) -> str:
        """What comes next for this field, else Enter."""
        self.asked.append(field)
        left = self.typed.get(field)
        return left.pop(0) if left else default or ""

    def choose(self) -> Next:
        """What comes next."""
        self.asked.append("choice")
        return self.choices.pop(0)

    def show(self, check: Check) -> None:
        """Nobody looks."""

    def tell(self, text: Text) -> None:
        """Remember it."""
        self.told.append(text.said(ENGLISH))


def failing(*rounds: Sequence[LoginPart] | None) -> Link:
    """Manage's link, whose tests fail in these parts one after the other, and then work."""
    left = list(rounds)

    def test(_: Answers) -> list[Check]:
        parts = left.pop(0) if left else None
        verdict = Verdict.OK if parts is None else Verdict.FAILED
        return [Check(link=say("manage"), verdict=verdict, finding=say("so"), parts=frozenset(parts or ()))]

    real = manage(SettingsFile(path=Path("none.toml"), before=None, text=""))
    return Link(fields=MANAGE, test=test, behind=real.behind, advice=real.advice)


LOGIN = (Field.COMPANY, Field.CLIENT_ID, Field.PUBLIC_KEY, Field.PRIVATE_KEY)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (LoginPart.ADDRESS, (Field.SITE,)),
        (LoginPart.COMPANY, (Field.COMPANY,)),
        (LoginPart.LOGIN, LOGIN),
    ],
)
def test_only_what_can_be_wrong_is_asked_again(part: LoginPart, expected: tuple[Field, ...]) -> None:
    """By the part of the connection that the system complained of."""
    script = Script()
    interview.connect(failing([part]), dict(KNOWN), (), script)
    assert script.asked == [*MANAGE, *expected]


def test_every_part_of_sage_leads_to_its_questions() -> None:
    """Driver, address, database and login; rights lead to none."""
    link = sage(SettingsFile(path=Path(), before=None, text=""))
    asked = [each for part in LoginPart for each in link.behind.get(part, ())]
    assert sorted(asked) == sorted(SAGE)
    assert LoginPart.RIGHTS not in link.behind


@pytest.mark.parametrize(("user", "asked"), [("", [Field.DRIVER]), ("reader", [Field.DRIVER, Field.SAGE_USER])])
def test_a_data_source_is_asked_nothing_that_it_knows(user: str, asked: list[Field]) -> None:
    """Server and database are its own, and the user where nothing else says who; its name is asked for again."""
    link = Link(
        fields=SAGE,
        test=failing([LoginPart.ADDRESS]).test,
        behind=sage(SettingsFile(path=Path(), before=None, text="")).behind,
        advice={},
    )
    script, answers = (
        Script(choices=[Next.AGAIN]),
        {Field.DRIVER: "DSN=Books", **({Field.SAGE_USER: user} if user else {})},
    )
    interview.connect(link, answers, (), script)
    assert script.asked == [*asked, Field.SAGE_PASSWORD, "choice"]


def test_unattended_tells_what_may_be_tried_again_from_what_has_to_be_corrected() -> None:
    """A script may come back later where nothing but silence is wrong."""

    def link(*verdicts: Verdict) -> Link:
        checks = [Check(link=say("manage"), verdict=each, finding=say("so")) for each in verdicts]
        return Link(fields=(), test=lambda _: checks, behind={}, advice={})

    for verdicts, kind in (
        ([Verdict.UNREACHABLE, Verdict.WARNING], Unavailable),
        ([Verdict.UNREACHABLE, Verdict.FAILED], SetupError),
    ):
        with pytest.raises(kind, match="settings-nothing-changed"):
            interview.unattended([link(*verdicts)], {})


def test_who_changes_nothing_is_asked_what_to_do() -> None:
    """Enter, Enter, Enter is no loop: again, change, go on."""
    script = Script(choices=[Next.AGAIN, Next.CHANGE, Next.GO_ON])
    interview.connect(failing([LoginPart.ADDRESS], [LoginPart.ADDRESS], [], [], []), dict(KNOWN), (), script)
    assert script.asked == [*MANAGE, Field.SITE, "choice", "choice", *MANAGE, "choice"]


def test_what_was_given_is_asked_only_when_it_fails() -> None:
    """An option of the command line; a secret of the environment wins over what would be typed and is never asked."""
    script = Script()
    interview.connect(failing([LoginPart.LOGIN]), dict(KNOWN), (*MANAGE[:3], Field.PRIVATE_KEY), script)
    assert script.asked == [Field.PUBLIC_KEY, Field.COMPANY, Field.CLIENT_ID, Field.PUBLIC_KEY]


def test_an_answer_that_cannot_be_right_is_asked_for_again() -> None:
    """Before anything is tested."""
    script, answers = Script(typed={Field.SITE: ["http://a.example.com", "b.example.com"]}), dict(KNOWN)
    interview.connect(failing(), answers, (), script)
    assert (answers[Field.SITE], len(script.told)) == ("https://b.example.com", 1)


def test_advice_is_given_for_what_is_wrong_outside() -> None:
    """Rights are given in Manage: where, is said."""
    script = Script(choices=[Next.GO_ON])
    interview.connect(failing([LoginPart.RIGHTS]), dict(KNOWN), (), script)
    assert [text for text in script.told if "System > Security Roles" in text]


def test_unattended_lists_all_that_is_wrong() -> None:
    """One error, with every missing field and every answer that cannot be right."""
    answers = {Field.SITE: "http://a.example.com", Field.COMPANY: "é"}
    with pytest.raises(SetupError) as raised:
        interview.unattended([failing()], answers)
    named = ("--site", "--company", "--client-id", "TIEOUT_MANAGE_PUBLIC_KEY", "TIEOUT_MANAGE_PRIVATE_KEY")
    assert [name for name in named if name not in raised.value.said(ENGLISH)] == []
