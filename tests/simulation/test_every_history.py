"""Every death, every fault, at every request, with people working in Manage meanwhile: no invariant breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from tests.simulation.faults import FAULTS, LASTING
from tests.simulation.history import EDITS, History, Told, broken, every_death, play_all
from tests.simulation.plan import CHANGED, CREATED, DELETED, plan, pushed_plan

WRITES = 4
"""Writes of a push in which nothing goes wrong, one for each approved row."""
WRITTEN_AS = {CREATED: 1, CHANGED: 3, DELETED: 4}
"""Invoices by the number of their write."""
TICKS = range(1, 48)
"""Of a push in which nothing goes wrong, and some of what comes after it."""
DOUBTFUL = (
    "timeout, applied",
    "late by 90 s",
    "503, applied",
    "503, applied 7 s later",
    "502, applied 540 s later",
    "TLS failure, applied",
    "409, applied",
    "200, not applied",
    "429 with Retry-After",
    "another amount is stored",
)
"""Faults of each kind, to go with everything else."""
LAGS = (2.0, 5.0, 30.0)
"""Seconds that reads lag behind writes; all but the last are shorter than a read-back lasts."""
SLOW_SITES = tuple(fault for fault in DOUBTFUL if fault != "409, applied")
"""With reads that lag nothing shows that a site is not to be believed when it refuses what it has applied."""
WHICH = pytest.mark.parametrize("undo", [False, True], ids=["push", "undo"])


Tally = Callable[[str, object], None]


def right(told: Sequence[Told], tally: Tally, at_least: int) -> None:
    """No history broke an invariant, and there were as many as there should be; the figures go into the report."""
    tally("histories", len(told))
    tally("deaths", sum(each.died for each in told))
    tally("violations", len(broken(told)))
    assert broken(told) == {}
    assert len(told) >= at_least


def test_the_plan_is_four_approved_rows_and_one_held() -> None:
    """Two legally identical payments, a changed record, a deletion; and a row that is held. An undo reverses each."""
    pushed, undone = (
        [(row.write.action.value, str(row.write.amount)) for row in story.rows.values() if row.write]
        for story in (plan(), pushed_plan())
    )
    assert pushed == [("create", "100.00"), ("create", "100.00"), ("change", "100.00"), ("delete", "0.00")]
    assert undone == [("delete", "0.00"), ("delete", "0.00"), ("change", "40.00"), ("create", "100.00")]
    assert len(plan().review.rows) == len(pushed) + 1


@pytest.mark.parametrize("nth", range(1, WRITES + 1))
@pytest.mark.parametrize("fault", [*FAULTS, *LASTING])
def test_every_death_with_every_fault(fault: str, nth: int, record_property: Tally) -> None:
    """The process dies at every second tick, and one write (or every one from there on) goes wrong."""
    right(every_death(History(fault=fault, nth=nth), stride=2), record_property, 8)


@pytest.mark.parametrize("nth", range(1, WRITES + 1))
@pytest.mark.parametrize("fault", [*FAULTS, *LASTING])
def test_deaths_in_an_undo_with_every_fault(fault: str, nth: int, record_property: Tally) -> None:
    """The same while a run is taken back."""
    right(every_death(History(fault=fault, nth=nth, undo=True), stride=4), record_property, 5)


@WHICH
@pytest.mark.parametrize("read", range(1, 13))
def test_every_death_with_a_read_that_fails(
    read: int,
    record_property: Tally,
    undo: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """The process dies at each tick, and one read gets no answer."""
    right(every_death(History(blind=(read,), undo=undo), stride=1 + undo), record_property, 12)


@WHICH
def test_two_deaths(record_property: Tally, undo: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    """The process dies at each tick, and again so many ticks after it was started again."""
    pairs = [(first, first + more) for first in TICKS[:39] for more in range(2, 40, 3)]
    right(play_all(History(deaths=pair, undo=undo) for pair in pairs[:: 1 + undo]), record_property, 250)


@WHICH
@pytest.mark.parametrize("number", WRITTEN_AS)
@pytest.mark.parametrize("kind", EDITS)
def test_a_person_edits_the_invoice_at_every_tick(
    kind: str,
    number: int,
    record_property: Tally,
    undo: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """Before, between and after our reads and writes; alone, with a death there, and with an answer that is lost."""
    nth = WRITTEN_AS[number]
    alone = [History(edit=(kind, number, tick), undo=undo) for tick in TICKS]
    dying = [History(edit=(kind, number, tick), undo=undo, deaths=(tick,)) for tick in TICKS[::2]]
    lost = [
        History(edit=(kind, number, tick), undo=undo, fault=fault, nth=nth)
        for order, fault in enumerate(DOUBTFUL)
        for tick in range(1 + order % 3, 62, 3 + undo)
    ]
    right(play_all([*alone, *dying, *lost]), record_property, 200)


@WHICH
@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("fault", ["", *SLOW_SITES])
def test_deaths_while_reads_lag_behind_writes(
    fault: str,
    lag: float,
    record_property: Tally,
    undo: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """What a write made is not to be seen for some seconds: nothing is sent again, and nobody is blamed."""
    told = [
        each for nth in (1, 3, 4) for each in every_death(History(fault=fault, nth=nth, lag=lag, undo=undo), stride=4)
    ]
    right(told, record_property, 15)


@WHICH
@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("kind", EDITS)
def test_a_person_edits_while_reads_lag_behind_writes(
    kind: str,
    lag: float,
    record_property: Tally,
    undo: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """What the person did may not be to be seen yet, as if it fell between the last reading and the request."""
    edits = [(kind, number, tick) for number in WRITTEN_AS for tick in TICKS[::3]]
    right(play_all(History(edit=edit, lag=lag, undo=undo) for edit in edits), record_property, 45)


@WHICH
@pytest.mark.parametrize("fault", [*FAULTS, *LASTING])
def test_other_sites_and_other_users(
    fault: str,
    record_property: Tally,
    undo: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """A patient user, and a site that refuses a second payment, with every fault at every request."""
    every = [History(fault=fault, nth=nth, undo=undo, eager=False) for nth in range(1, WRITES + 1)]
    every += [History(fault=fault, nth=nth, undo=undo, second_allowed=False) for nth in range(1, WRITES + 1)]
    right(play_all(every), record_property, 2 * WRITES)


@WHICH
@pytest.mark.parametrize("fault", ["503 from here on", "maintenance", "429 from here on"])
def test_a_site_in_maintenance_costs_minutes(
    fault: str,
    record_property: Tally,
    undo: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """Fault 90: every write is answered so, and asks for a minute's patience: four rows end within five minutes."""
    told = play_all(History(fault=fault, nth=nth, undo=undo) for nth in range(1, WRITES + 1))
    right(told, record_property, WRITES)
    assert max(took for each in told for took in each.took) < timedelta(minutes=5)
