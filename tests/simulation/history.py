"""One history: a push or an undo in which things go wrong, restarts until it ends, and the invariants afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from msgspec import Struct
from msgspec.structs import replace

from sync.core.values.errors import Refused, TieoutError
from sync.core.values.posting import Outcome
from sync.core.values.records import Payment
from tests.simulation.faults import FAULTS, LASTING
from tests.simulation.judge import Judge, settled
from tests.simulation.plan import PAID_ON, begin, manage_id, plan, pushed_plan
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
        lag: seconds that reads lag behind writes.
        undo: it is the undo of a run that was pushed, and not its push.
    """

    fault: str = ""
    nth: int = 1
    deaths: tuple[int, ...] = ()
    edit: tuple[str, int, int] | None = None
    eager: bool = True
    second_allowed: bool = True
    quiet: timedelta = QUIET
    blind: tuple[int, ...] = ()
    lag: float = 0.0
    undo: bool = False


@dataclass
class Told:
    """How it went."""

    history: History
    judge: Judge = field(default_factory=Judge)
    ticks: int = 0
    requests: list[int] = field(default_factory=list)
    died: int = 0
    took: list[timedelta] = field(default_factory=list)


def play(history: History, folder: Path) -> Told:
    """Play one history in a new folder, and judge it."""
    told = Told(history)
    world, judge = World(deaths=history.deaths), told.judge
    seat = begin(folder, world, judge, pushed=history.undo)
    seat.quiet = history.quiet
    server = seat.server
    server.second_allowed = history.second_allowed
    server.blind |= set(history.blind)
    server.lag = timedelta(seconds=history.lag)
    if history.fault in FAULTS:
        server.faults[history.nth] = FAULTS[history.fault]
    elif history.fault:
        server.faults[history.nth] = _from_here_on(LASTING[history.fault])
    if history.edit is not None:
        kind, number, tick = history.edit
        world.hooks[tick] = lambda: edit(server, kind, manage_id(number))
    try:
        (_until_all_is_taken_back if history.undo else _until_it_ends)(seat, told)
        told.ticks = world.count
        told.requests = [tick for tick, name in enumerate(world.names) if name == "request"]
        world.calm()
        server.calm()
        (_undone if history.undo else _afterwards)(seat, judge)
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
    for _ in _rounds(seat, told):
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
        if told.history.lag and not told.history.deaths:
            judge.nobody_blamed(seat.look(row.document_id for row in story.rows.values()))


def _until_all_is_taken_back(seat: Seat, told: Told) -> None:
    """Undo the run, restart after each death, until an undo comes to its end with nothing sent and nothing in doubt."""
    run = pushed_plan().review.run
    for _ in _rounds(seat, told):
        sent, unheard = seat.server.writes, seat.server.unheard
        try:
            seat.undo(run.id)
        except DiedError:
            told.died += 1
            seat.die()
            continue
        except Refused:
            pass  # nothing is left to undo, or a write of it is in doubt
        except TieoutError:
            continue
        quiet = (seat.server.writes, seat.server.unheard) == (sent, unheard)
        if quiet and not seat.ledger.in_doubt(run.company):
            return


def _rounds(seat: Seat, told: Told) -> Iterator[int]:
    """One command after the other: what was wrong is corrected, and time goes by; each one's time is taken."""
    for attempt in range(ROUNDS):
        begun = seat.world.moment
        yield attempt
        told.took.append(seat.world.moment - begun)
        seat.server.lasting = None
        seat.world.pass_by(AT_ONCE if told.history.eager and attempt == 0 else LONG_ENOUGH)
    told.judge.found.append("h: it does not end")


def _afterwards(seat: Seat, judge: Judge) -> None:
    """All is settled: pushing again sends nothing, a sync shows the truth, and the chain is whole."""
    story = plan()
    run, rows = story.review.run, story.rows
    sent = seat.server.writes
    seat.push(run.id, dict.fromkeys(rows, True))
    if seat.server.writes != sent:
        judge.found.append(f"f: another push sent {seat.server.writes - sent} writes")
    seat.world.pass_by(LONG_ENOUGH)
    wrong = {key for key, row in rows.items() if judge.spoilt(row.invoice_id) and not judge.by_hand(row.invoice_id)}
    last = seat.look(row.document_id for row in rows.values())
    judge.explained(seat, {key: row for key, row in rows.items() if key not in wrong}, run, last)
    judge.nothing_lost(seat, story.review)
    if wrong:
        _made_good(seat, judge, wrong)
    _chained(seat)


def _made_good(seat: Seat, judge: Judge, wrong: set[str]) -> None:
    """What the site stored otherwise than it was told was never said to be right, and a new review sets it right."""
    told = {each.key for each in seat.ledger.all_postings(plan().review.run.id) if each.outcome is Outcome.DIFFERS}
    if wrong - told:
        judge.found.append(f"e: {wrong - told} were stored otherwise, and nobody was told")
    review = seat.sync()
    again = {row.key: row for row in review.rows if row.key in wrong}
    judge.approve(seat.user, review.run.id, again)
    seat.push(review.run.id, {key: row.approvable for key, row in again.items()})
    judge.explained(seat, again, review.run, seat.sync().rows)


def _undone(seat: Seat, judge: Judge) -> None:
    """All is settled: another undo sends nothing, what was there before is there again, and the chain is whole."""
    story = pushed_plan()
    run, sent = story.review.run.id, seat.server.writes
    with suppress(Refused):
        seat.undo(run)
    seat.push(run, dict.fromkeys(story.rows, True))
    if seat.server.writes != sent:
        judge.found.append(f"f: another undo, or a push of what was undone, sent {seat.server.writes - sent} writes")
    judge.taken_back(seat, story.rows, run, plan().records)
    _chained(seat)


def _chained(seat: Seat) -> None:
    """The whole chain is walked in every fourth history, and its end at every start of the program in each."""
    if seat.world.count % 4 == 0:
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


def every_death(history: History, stride: int = 1) -> list[Told]:
    """A history without a death, then dying at its 1st, 2nd, 3rd ... tick (with a stride: at some), until it ends.

    Dying long before the write that goes wrong is left out: up to the write before it everything is as it was then.
    """
    with folders() as new:
        told = [play(history, new())]
        tick = told[0].requests[max(0, history.nth - 2)] if history.nth > 1 else 0
        while len(told) == 1 or told[-1].died:
            tick += stride
            told.append(play(replace(history, deaths=(tick,)), new()))
    return told


def broken(told: Iterable[Told]) -> Mapping[History, list[str]]:
    """The histories that broke an invariant."""
    return {each.history: each.judge.found for each in told if each.judge.found}
