"""The story of an invoice as an office lived it, from its ledger alone, and the workbook that it is written into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from msgspec import Struct

from sync.core.prove.story import StepKind, Story
from sync.core.values.errors import SetupError
from sync.core.values.messages import say
from sync.core.values.posting import Decision
from sync.core.values.runs import Head, Person
from sync.usecases.tell_story import told, write
from tests.usecases.office import PERSON, Office

PAID = 1001


class Files(Struct):
    """Writes what it was given as words."""

    def write(self, path: Path, stories: Sequence[Story], head: Head, at: datetime, person: Person) -> None:
        """Write it."""
        path.write_text(f"{len(stories)} {head.rows} {at:%Y} {person.user}", encoding="utf-8")


@pytest.fixture
def lived(office: Office) -> Office:
    """An invoice that was held, pushed, undone, and seen again after its cheque came back."""
    office.invoice(PAID, "113.00")
    office.receipt(PAID, "113.00")
    first = office.sync()
    no = [Decision(key=row.key, approve=False, note="Disputed") for row in first.rows]
    office.push_decided(first.run.id, no)
    second = office.sync()
    office.push_decided(second.run.id, [Decision(key=row.key, approve=True) for row in second.rows])
    office.undo(second.run.id)
    office.row(PAID, "113.00", number="NSF 5590")
    office.sync()
    return office


def test_all_of_it_is_told_in_order(lived: Office) -> None:
    """Each row of the ledger once, in the order in which it was written."""
    (story,) = told(lived.ledger, f" {PAID} ")
    assert [step.kind for step in story.steps] == [
        StepKind.SEEN,
        StepKind.DECIDED,
        StepKind.HELD,
        StepKind.SEEN,
        StepKind.DECIDED,
        StepKind.RELEASED,
        StepKind.SENT,
        StepKind.ENDED,
        StepKind.UNDO_SENT,
        StepKind.UNDO_ENDED,
        StepKind.SEEN,
    ]
    places = [step.recorded.place for step in story.steps]
    assert places == sorted(set(places))
    assert {step.who for step in story.steps} == {PERSON.user}
    assert [each.number for each in story.steps[-1].fresh] == ["NSF 5590"]


def test_what_no_run_has_seen_is_one_sentence(lived: Office) -> None:
    """It says what to type."""
    with pytest.raises(SetupError) as error:
        told(lived.ledger, "1")
    assert error.value.text == say("story-of-no-invoice", number="1")


def test_no_workbook_is_written_over(lived: Office, tmp_path: Path) -> None:
    """A number makes a name that every system takes; the second one gets a number of its own."""
    found = told(lived.ledger, str(PAID))
    hostile = [Story(company=found[0].company, invoice='../=a:b"\n', customer="", key="1", steps=found[0].steps)]
    made = [
        write(Files(), tmp_path / "new" / "folder", lived.ledger, stories, lived.clock.now(), PERSON)
        for stories in (found, found, hostile)
    ]
    assert [path.name for path in made] == ["AR-Invoice_1001.xlsx", "AR-Invoice_1001 (2).xlsx", "AR-Invoice_a-b.xlsx"]
    assert made[1].read_text("utf-8") == f"1 {lived.ledger.head().rows} 2026 marie"
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SetupError):
        write(Files(), tmp_path / "file" / "in", lived.ledger, found, lived.clock.now(), PERSON)
