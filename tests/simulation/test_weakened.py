"""The same histories with one guard taken out: the simulation has to notice, or it proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from sync import deliver
from sync.ledger.book import SqliteLedger
from tests.simulation.faults import FAULTS
from tests.simulation.history import EDITS, History, Told, broken, every_death, play_all
from tests.simulation.plan import CHANGED, CREATED, DELETED

LATE = [name for name in FAULTS if name.startswith("late")]
TICKS = range(1, 47)


def noticed(told: Iterable[Told]) -> Counter[str]:
    """In how many histories each invariant was broken."""
    return Counter(letter for each in told for letter in each.judge.letters)


Tally = Callable[[str, object], None]


def say(what: str, told: list[Told], tally: Tally) -> None:
    """Put the figures into the report: they are the result."""
    figures = ", ".join(f"{letter} {count}" for letter, count in sorted(noticed(told).items()))
    tally("weakened", f"{what}: {len(broken(told))} of {len(told)} histories break ({figures or 'none'})")


def late_and_eager(quiet: timedelta) -> list[Told]:
    """Writes that arrive late while the user pushes again at once."""
    histories = [History(fault=fault, nth=nth, quiet=quiet) for fault in LATE for nth in (1, 2, 3, 4)]
    return [*play_all(histories), *every_death(History(fault="late by 90 s", quiet=quiet))]


def test_with_the_quiet_period_late_writes_are_harmless(record_property: Tally) -> None:
    """The control: the same histories as in the next test, and nothing breaks."""
    told = late_and_eager(timedelta(minutes=10))
    say("quiet period", told, record_property)
    assert broken(told) == {}


def test_without_a_quiet_period_late_writes_pay_twice(record_property: Tally) -> None:
    """Concluding "not applied" too soon makes a second payment that nobody approved."""
    told = late_and_eager(timedelta(0))
    say("no quiet period", told, record_property)
    assert noticed(told)["b"] >= 10
    assert noticed(told)["a"] >= 10


def test_without_intents_deaths_and_lost_answers_pay_twice(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """Nothing is known of a request whose answer was lost: it is sent again, and arrives twice."""
    monkeypatch.setattr(SqliteLedger, "intend", lambda *_: None)
    told = late_and_eager(timedelta(minutes=10))
    say("no intents", told, record_property)
    assert noticed(told)["d"] == len(told)
    assert noticed(told)["b"] >= 10
    assert noticed(told)["a"] >= 10


def test_without_the_comparison_what_nobody_approved_is_sent(
    monkeypatch: pytest.MonkeyPatch, record_property: Tally
) -> None:
    """Sent although a person changed the invoice since the review, or although an earlier write is in doubt."""
    monkeypatch.setattr(deliver, "compare", lambda *_: None)
    edits = [(kind, number, tick) for kind in EDITS for number in (CREATED, CHANGED, DELETED) for tick in TICKS[:12:2]]
    told = [*play_all(History(edit=edit) for edit in edits), *late_and_eager(timedelta(minutes=10))]
    say("no comparison", told, record_property)
    assert noticed(told)["c"] >= 10
    assert noticed(told)["b"] >= 10
