"""What is about to be written is shown first, and confirmed in Excel's own dialogue where it can show one."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from addin import tasks
from addin.live import dialogue
from addin.live.companion import Way
from addin.live.dialogue import CAREFUL, NO, ORDINARY, YES
from addin.live.excel import BAR
from sync.core.values.messages import say
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.practice.world import Practice
from sync.system.this_computer import hold_lock
from tests.addin.bench import Bench
from tests.addin.test_buttons import in_manage, ready
from tests.addin.test_companion import Beside
from workbook.control.panel import Input

NOTHING_WRITTEN = say("excel-answered-no").said(ENGLISH)


class Person:
    """Answers Excel's dialogue, and keeps what it asked."""

    def __init__(self, bench: Bench, answer: int, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._bench, self._answer, self._meanwhile = bench, answer, meanwhile
        self.asked: list[str] = []
        self.styles: list[object] = []
        bench.engine.answers["Ask"] = self

    def __call__(self, arguments: Any) -> int:  # noqa: ANN401 - as xlwings hands them on
        """Answer, after what happens while the dialogue is open."""
        self.asked.append(self._bench.status)
        self.styles += arguments
        self._meanwhile()
        return self._answer


@pytest.fixture(params=["RunPython", "companion"])
def press(request: pytest.FixtureRequest, month: Bench) -> Callable[[str], None]:
    """Both ways in which a button is pressed."""
    return month.press if request.param == "RunPython" else Beside(month).press


def approved(bench: Bench) -> list[dict[str, Any]]:
    """The rows that say Yes."""
    return [row for row in bench.rows() if row["Approve"] == "Yes"]


def test_a_push_shows_what_it_comes_to_and_writes_nothing_on_a_no(
    month: Bench, press: Callable[[str], None], practice: Practice
) -> None:
    """Rows, an amount for each currency, the largest, how long it takes; a Yes is the answer of Enter."""
    person, rows = Person(month, NO), approved(month)
    press("Push to Manage")
    ((said,), changes) = person.asked, {row["Currency"]: Decimal(0) for row in rows}
    for row in rows:
        changes[row["Currency"]] += Decimal(str(row["Change"]))
    largest = max(rows, key=lambda row: abs(row["Change"]))
    lines = said.splitlines()
    assert lines[0] == f"Push these rows ({len(rows)}) to Manage now?"
    amounts = " and ".join(f"{changes[unit]:,.2f} {unit}" for unit in sorted(changes))
    assert lines[1].replace(", ", " and ").endswith(f"{len(rows)} row(s) and changing Paid Amount by {amounts}.")
    assert lines[2] == f"The largest: invoice {largest['Invoice']}, {largest['Change']:,.2f} {largest['Currency']}."
    assert re.search(r"^This takes a few seconds\.$|; this takes about \d+ (seconds|minutes)\.$", lines[3])
    assert "with Undo Push while Manage still holds" in lines[-1]
    assert (person.styles, month.status) == ([ORDINARY], NOTHING_WRITTEN)
    assert max(len(str(words)) for words in month.engine.statuses) <= BAR, "more than Excel's status bar takes"
    assert in_manage(practice, largest["Invoice"])["payments"] == largest["Paid before"]
    assert {row["Outcome"] for row in month.rows()} == {None}
    yes = Person(month, YES)
    press("Push to Manage")
    assert month.status.startswith(f"Pushed: {len(rows)} posted.")
    assert len(yes.asked) == 1


@pytest.mark.parametrize("answer", [0, 2, False])
def test_a_dialogue_that_ends_without_a_yes_writes_nothing(month: Bench, answer: int) -> None:
    """It was shown: whatever ended it, nobody has said Yes."""
    Person(month, answer)
    month.press("Push to Manage")
    assert month.status == NOTHING_WRITTEN
    assert {row["Outcome"] for row in month.rows()} == {None}


def test_what_lowers_is_asked_with_no_for_enter_and_needs_no_number(month: Bench, press: Callable[[str], None]) -> None:
    """The dialogue takes the place of the number; what is deleted is said in it."""
    row = next(r for r in month.rows() if r["Status"] == "Reopened" and r["Paid proposed"] == 0)
    month.set(row["Key"], "Approve", "Yes")
    person = Person(month, YES)
    press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert person.styles == [CAREFUL]
    assert "payment record(s) would be deleted in Manage." in person.asked[0]


def test_an_undo_and_a_trial_are_asked_too(month: Bench, press: Callable[[str], None]) -> None:
    """With No for Enter, and nothing is taken back or written before the answer."""
    no = Person(month, NO)
    press("Trial")
    assert no.asked[0].startswith("Write this invoice to Manage now and take it back?\nThe trial writes invoice 2")
    assert month.status == NOTHING_WRITTEN
    yes = Person(month, YES)
    press("Push to Manage")
    posted = int(month.status.partition("Pushed: ")[2].split()[0])
    Person(month, NO)
    press("Undo Push")
    assert month.status == NOTHING_WRITTEN
    yes = Person(month, YES)
    press("Undo Push")
    assert month.status.startswith(f"Taken back: {posted}.")
    assert (yes.styles, yes.asked[0].splitlines()[0]) == (
        [CAREFUL],
        f"Take these rows ({posted}) back in Manage now?",
    )


def test_nothing_is_held_while_a_dialogue_is_open(
    month: Bench, practice: Practice, press: Callable[[str], None]
) -> None:
    """Another program of this user can work in the ledger meanwhile."""
    worked: list[bool] = []

    def others_work() -> None:
        with hold_lock(practice.place.state):
            worked.append(True)

    Person(month, YES, others_work)
    press("Push to Manage")
    assert (worked, month.status.startswith("Pushed: ")) == ([True], True)


def test_what_changes_while_a_dialogue_is_open_is_asked_again(
    month: Bench, monkeypatch: pytest.MonkeyPatch, press: Callable[[str], None]
) -> None:
    """A row that is no longer as it was reviewed is stale, and what is left is shown before it is written."""
    rows, invoices = approved(month), ManageClient.invoices
    gone, dialogues = rows[0]["Invoice"], list[int]()

    def without(self: ManageClient, numbers: Any) -> Any:  # noqa: ANN401 - as the client's own
        found = invoices(self, numbers)
        return [each for each in found if each.number != gone] if dialogues else found

    monkeypatch.setattr(ManageClient, "invoices", without)
    person = Person(month, YES, lambda: dialogues.append(1))
    press("Push to Manage")
    assert [said.splitlines()[0] for said in person.asked] == [
        f"Push these rows ({count}) to Manage now?" for count in (len(rows), len(rows) - 1)
    ]
    assert month.row(rows[0]["Key"])["Outcome"].startswith("stale: ")
    assert month.status.startswith(f"Pushed: {len(rows) - 1} posted")


def test_what_is_typed_while_a_dialogue_is_open_is_not_pushed(month: Bench, press: Callable[[str], None]) -> None:
    """What was confirmed is what is written: a Yes of that moment waits for the next push."""
    held = ready(month)
    month.set(held["Key"], "Approve", "No")
    Person(month, YES, lambda: month.set(held["Key"], "Approve", "Yes"))
    press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    assert month.row(held["Key"])["Outcome"] is None


def test_a_number_that_was_typed_asks_nothing_more(month: Bench, press: Callable[[str], None]) -> None:
    """It confirms as before, and is empty afterwards."""
    person = Person(month, NO)
    month.choose(Input.CONFIRM, float(len(approved(month))))
    press("Push to Manage")
    assert (person.asked, month.status[:8]) == ([], "Pushed: ")


def test_a_command_asks_no_dialogue(month: Bench) -> None:
    """Nobody may be looking at Excel: what is out of the ordinary takes the number."""
    person = Person(month, YES)
    ended = tasks.press("push", month.book, ENGLISH, Way.COMMAND)
    assert (person.asked, ended.sentence[:8]) == ([], "Pushed: ")
    ended = tasks.press("undo", month.book, ENGLISH, Way.COMMAND)
    assert "into Confirm a large push" in ended.sentence
    assert person.asked == []


def test_a_workbook_without_the_macro_goes_on_as_before(month: Bench) -> None:
    """Excel refuses to run what is not there; an undo then takes the number."""

    def refused(_: object) -> None:
        raise RuntimeError("1004: cannot run the macro")

    month.engine.answers["Ask"] = refused
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    month.press("Undo Push")
    assert "into Confirm a large push" in month.status
    assert dialogue.ASK.rpartition(".")[2] == "Ask"
