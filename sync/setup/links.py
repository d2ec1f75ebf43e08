"""The two links that setting up makes: what each needs to know, how it is tested, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from sync.behaviour import Behaviour
from sync.core.checks import Check
from sync.core.errors import Part
from sync.core.words import Text, say
from sync.setup.file import SettingsFile, connection_string
from sync.setup.questions import MANAGE, SAGE, Answers, Field

SECONDS = 30.0
"""To wait for Manage's answer to a test."""


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
    behind: Mapping[Part, tuple[Field, ...]]
    advice: Mapping[Part, Text]


def sage(file: SettingsFile) -> Link:
    """Sage's database."""

    def test(answers: Answers) -> list[Check]:
        from sync.sage.database import open_odbc  # noqa: PLC0415 - brings in the database driver

        return open_odbc(connection_string(file, answers), answers.get(Field.SAGE_PASSWORD) or None).check()

    return Link(
        fields=SAGE,
        test=test,
        behind={
            Part.DRIVER: (Field.DRIVER,),
            Part.ADDRESS: (Field.HOST, Field.PORT),
            Part.COMPANY: (Field.DATABASE,),
            Part.LOGIN: (Field.SAGE_USER, Field.SAGE_PASSWORD),
        },
        advice={
            Part.ADDRESS: say(
                "Sage's Connection Manager has to be running on that computer, and a firewall has to let its port "
                "through. The port is usually 13540; the Connection Manager shows it."
            ),
            Part.LOGIN: say("Capitals count in the password. The user is one of Setup > Set Up Users in Sage 50."),
            Part.RIGHTS: say(
                "Only Sage's administrator (sysadmin) can change that. Close the company once after the change."
            ),
        },
    )


def manage() -> Link:
    """Manage's API."""

    def test(answers: Answers) -> list[Check]:
        from sync.manage.client import ManageClient  # noqa: PLC0415 - brings in requests

        with ManageClient(
            site=answers[Field.SITE],
            company=answers[Field.COMPANY],
            client_id=answers[Field.CLIENT_ID],
            public_key=answers[Field.PUBLIC_KEY],
            private_key=answers[Field.PRIVATE_KEY],
            timeout=SECONDS,
            behaviour=Behaviour(),
        ) as client:
            return client.check()

    return Link(
        fields=MANAGE,
        test=test,
        behind={
            Part.ADDRESS: (Field.SITE,),
            Part.COMPANY: (Field.COMPANY,),
            Part.LOGIN: (Field.COMPANY, Field.CLIENT_ID, Field.PUBLIC_KEY, Field.PRIVATE_KEY),
        },
        advice={
            Part.LOGIN: say(
                "The keys are those of an API member (System > Members > API Members, tab API Keys). Manage shows a "
                "private key once, when it is made: make a new pair if it was not kept."
            ),
            Part.RIGHTS: say(
                "The role is under System > Security Roles; the API member names its own. A change counts at the next "
                "login."
            ),
        },
    )
