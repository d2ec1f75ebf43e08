"""The figures of the run on the sheet are signed in the ledger, once a person has said Yes."""

from __future__ import annotations

import pytest

from addin import tasks
from addin.live.companion import Way
from addin.live.dialogue import CAREFUL, NO, YES
from sync.core.values.messages import say
from sync.core.values.signature import Role
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from sync.wiring import open_ledger_read_only
from tests.addin.bench import Bench
from tests.addin.test_dialogue import Person


def signatures(practice: Practice) -> list[Role]:
    """The roles of the signatures on record, oldest first."""
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        return [made.role for run in ledger.history() for made in ledger.signatures(run.run.id)]


def test_a_run_is_signed_in_both_roles_and_what_changes_it_is_said(month: Bench, practice: Practice) -> None:
    """Enter is No; what was pushed afterwards lets it lapse."""
    person = Person(month, YES)
    month.press("Sign as Preparer")
    assert ("It stands" in month.status, person.styles, signatures(practice)) == (True, [CAREFUL], [Role.PREPARER])
    month.press("Push to Manage")
    month.press("Sign as Reviewer")
    assert ("Lapsed" in month.status, "It stands" in month.status) == (True, True)
    assert signatures(practice) == [Role.PREPARER, Role.REVIEWER]


def test_a_no_signs_nothing(month: Bench, practice: Practice) -> None:
    """And it says so."""
    Person(month, NO)
    month.press("Sign as Preparer")
    assert (month.status, signatures(practice)) == (say("excel-not-signed").said(ENGLISH), [])


def test_without_a_dialogue_the_command_is_named(month: Bench, practice: Practice) -> None:
    """Nobody is taken to have agreed who could not be asked."""
    ending = tasks.press("sign-reviewed", month.book, ENGLISH, Way.COMMAND)
    assert ("--as reviewer" in ending.sentence, ending.done, signatures(practice)) == (True, False, [])


@pytest.mark.parametrize("caption", ["Sign as Preparer", "Sign as Reviewer"])
def test_without_a_run_there_is_nothing_to_sign(bench: Bench, practice: Practice, caption: str) -> None:
    """The sheet is as it was built."""
    assert practice.url
    bench.press(caption)
    assert "has no run id above its table" in bench.status
