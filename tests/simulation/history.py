"""One history: a push in which things go wrong, restarts until it ends by itself, and the invariants afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from msgspec import Struct
from msgspec.structs import replace

from sync.core.errors import TieoutError
from sync.core.posting import Outcome
from sync.core.records import Payment
from tests.simulation.faults import FAULTS, LASTING
from tests.simulation.judge import Judge, settled
from tests.simulation.plan import PAID_ON, begin, manage_id, plan
from tests.simulation.seat import QUIET, Seat
from tests.simulation.server import Fault, Request, Server
from tests.simulation.world import DiedError, World

ROUNDS = 8
MEMORY = Path("/dev/shm")  # noqa: S108 - memory where there is any; a private folder is made in it
AT_ONCE = timedelta(seconds=5)
LONG_ENOUGH = QUIET + timedelta(seconds=1)


class History(Struct, frozen=True, kw_only=True):
    """What goes wrong, and when.

    Attributes:
        fault: name of what goes wrong with a write.
        nth: with which write, from 1, over all restarts.
        deaths: ticks at which the process dies.
        edit: what a person does in Manage, on which invoice, at which tick.
        eager: the user pushes again at once, and not only after the quiet period.
        second_allowed: Manage takes a second payment on an invoice.
        quiet: the quiet period.
        blind: reads that get no answer.
    """

    fault: str = ""
    nth: int = 1
    deaths: tuple[int, ...] = ()
    edit: tuple[str, int, int] | None = None
    eager: bool = True
    second_allowed: bool = True
    quiet: timedelta = QUIET
    blind: tuple[int, ...] = ()


@dataclass
class Told:
    """How it went."""

    history: History
    judge: Judge = field(default_factory=Judge)
    ticks: int = 0
    requests: list[int] = field(default_factory=list)
    died: int = 0


def play(history: History, folder: Path) -> Told:
    """Play one history in a new folder, and judge it."""
    told = Told(history)
    world, judge = World(deaths=history.deaths), told.judge
    seat = begin(folder, world, judge)
    seat.quiet = history.quiet
    server = seat.server
    server.second_allowed = history.second_allowed
    server.blind |= set(history.blind)
    if history.fault in FAULTS:
        server.faults[history.nth] = FAULTS[history.fault]
    elif history.fault:
        server.faults[history.nth] = _from_here_on(LASTING[history.fault])
    if history.edit is not None:
        kind, number, tick = history.edit
        world.hooks[tick] = lambda: edit(server, kind, manage_id(number))
    try:
        _until_it_ends(seat, told)
        told.ticks = world.count
        told.requests = [tick for tick, name in enumerate(world.names) if name == "request"]
        world.calm()
        server.calm()
        _afterwards(seat, judge)
    finally:
        seat.stop()
        shutil.rmtree(folder)
    return told


def _from_here_on(fault: Fault) -> Fault:
    def happens(server: Server, request: Request) -> requests.Response:
        server.lasting = fault
        return fault(server, request)

    return happens


def _until_it_ends(seat: Seat, told: Told) -> None:
    """Push the same workbook, restart after each death, correct what was wrong, until nothing is left to do."""
    story, judge = plan(), told.judge
    yes = dict.fromkeys(story.rows, True)
    for attempt in range(ROUNDS):
        try:
            pushed = seat.push(story.review.run.id, yes)
        except DiedError:
            told.died += 1
            seat.die()
            judge.nothing_lost(seat, story.review)
        except TieoutError:
            judge.nothing_lost(seat, story.review)
        else:
            judge.nothing_lost(seat, story.review)
            if all(posting.outcome is Outcome.STALE or settled(posting) for posting in pushed.postings):
                return
        seat.server.lasting = None
        seat.world.pass_by(AT_ONCE if told.history.eager and attempt == 0 else LONG_ENOUGH)
    judge.found.append("h: it does not end")


def _afterwards(seat: Seat, judge: Judge) -> None:
    """All is settled: pushing again sends nothing, a sync shows the truth, and the chain is whole."""
    story = plan()
    sent = seat.server.writes
    seat.push(story.review.run.id, dict.fromkeys(story.rows, True))
    if seat.server.writes != sent:
        judge.found.append(f"f: another push sent {seat.server.writes - sent} writes")
    seat.world.pass_by(LONG_ENOUGH)
    last = seat.sync()
    judge.explained(seat, story.rows, story.review.run.id, last)
    judge.nothing_lost(seat, story.review)
    seat.ledger.verify()


def edit(server: Server, kind: str, invoice: int) -> None:
    """A person works on an invoice in Manage."""
    old = server.records[invoice]
    ours = Payment(id=0, invoice_id=invoice, amount=Decimal("45.00"), paid_on=None)
    if kind == "another amount":
        server.by_hand(invoice, *([replace(old[0], amount=ours.amount), *old[1:]] if old else [ours]))
    elif kind == "deleted":
        server.by_hand(invoice)
    elif kind == "the very same":
        same = replace(old[0] if old else ours, amount=Decimal("100.00"), paid_on=PAID_ON)
        server.by_hand(invoice, same, *old[1:])
    else:
        server.by_hand(invoice, *old, replace(ours, amount=Decimal("30.00")))


EDITS = ("another amount", "deleted", "the very same", "one more record")


@contextmanager
def folders() -> Iterator[Callable[[], Path]]:
    """New folders in memory, one for each history."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as base:
        numbers = iter(range(10**9))
        yield lambda: Path(base) / str(next(numbers))


def play_all(histories: Iterable[History]) -> list[Told]:
    """Play many histories."""
    with folders() as new:
        return [play(history, new()) for history in histories]


def every_death(history: History) -> list[Told]:
    """A history without a death, then dying at its 1st, 2nd, 3rd ... tick, until it ends by itself.

    Dying long before the write that goes wrong is left out: up to the write before it everything is as it was then.
    """
    with folders() as new:
        told = [play(history, new())]
        tick = told[0].requests[max(0, history.nth - 2)] if history.nth > 1 else 0
        while len(told) == 1 or told[-1].died:
            tick += 1
            told.append(play(replace(history, deaths=(tick,)), new()))
    return told


def broken(told: Iterable[Told]) -> Mapping[History, list[str]]:
    """The histories that broke an invariant."""
    return {each.history: each.judge.found for each in told if each.judge.found}
