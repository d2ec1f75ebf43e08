"""Every death, every network fault, at every request, with people working in Manage meanwhile: no invariant breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.simulation.faults import FAULTS, LASTING
from tests.simulation.history import EDITS, History, Told, broken, every_death, play_all
from tests.simulation.plan import CHANGED, CREATED, DELETED, plan

WRITES = 4
"""Writes of a push in which nothing goes wrong, one for each approved row."""
WRITTEN_AS = {CREATED: 1, CHANGED: 3, DELETED: 4}
"""Invoices by the number of their write."""
DOUBTFUL = ("timeout, applied", "late by 90 s")


Tally = Callable[[str, object], None]


def right(told: Sequence[Told], tally: Tally, at_least: int) -> None:
    """No history broke an invariant, and there were as many as there should be; the figures go into the report."""
    tally("histories", len(told))
    tally("deaths", sum(each.died for each in told))
    tally("violations", len(broken(told)))
    assert broken(told) == {}
    assert len(told) >= at_least


def test_the_plan_is_four_approved_rows_and_one_held() -> None:
    """Two legally identical payments, a changed record, a deletion; and a row that is held."""
    rows = [row.write for row in plan().rows.values() if row.write]
    assert [(write.action.value, str(write.amount)) for write in rows] == [
        ("create", "100.00"),
        ("create", "100.00"),
        ("change", "100.00"),
        ("delete", "0.00"),
    ]
    assert len(plan().review.rows) == len(rows) + 1


@pytest.mark.parametrize("nth", range(1, WRITES + 1))
@pytest.mark.parametrize("fault", [*FAULTS, *LASTING])
def test_every_death_with_every_fault(fault: str, nth: int, record_property: Tally) -> None:
    """The process dies at each tick, and one write (or every one from there on) goes wrong."""
    right(every_death(History(fault=fault, nth=nth)), record_property, 12)


@pytest.mark.parametrize("read", range(1, 10))
def test_every_death_with_a_read_that_fails(read: int, record_property: Tally) -> None:
    """The process dies at each tick, and one read gets no answer."""
    right(every_death(History(blind=(read,))), record_property, 12)


def test_two_deaths(record_property: Tally) -> None:
    """The process dies at each tick, and again so many ticks after it was started again."""
    ticks = every_death(History())[0].ticks
    pairs = [(first, first + more) for first in range(1, ticks + 1) for more in range(2, 40, 3)]
    right(play_all(History(deaths=pair) for pair in pairs), record_property, 400)


@pytest.mark.parametrize("number", WRITTEN_AS)
@pytest.mark.parametrize("kind", EDITS)
def test_a_person_edits_the_invoice_at_every_tick(kind: str, number: int, record_property: Tally) -> None:
    """Before, between and after our reads and writes; alone, with a death there, and with an answer that is lost."""
    ticks = range(1, 47)
    nth = WRITTEN_AS[number]
    alone = [History(edit=(kind, number, tick)) for tick in ticks]
    dying = [History(edit=(kind, number, tick), deaths=(tick,)) for tick in ticks[::2]]
    lost = [History(edit=(kind, number, tick), fault=fault, nth=nth) for tick in ticks[::2] for fault in DOUBTFUL]
    right(play_all([*alone, *dying, *lost]), record_property, 110)


@pytest.mark.parametrize("fault", [*FAULTS, *LASTING])
def test_other_sites_and_other_users(fault: str, record_property: Tally) -> None:
    """A patient user, and a site that refuses a second payment, with every fault at every request."""
    patient = [History(fault=fault, nth=nth, eager=False) for nth in range(1, WRITES + 1)]
    strict = [History(fault=fault, nth=nth, second_allowed=False) for nth in range(1, WRITES + 1)]
    right(play_all([*patient, *strict]), record_property, 2 * WRITES)
