"""Two users at two computers push the same rows: Manage cannot prevent it, so that at least one has to see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.core.prove.review import Review
from sync.core.values.proposal import Status
from sync.usecases.push import Pushed
from tests.simulation.history import folders
from tests.simulation.judge import Judge
from tests.simulation.plan import CHANGED, CREATED, TWIN, enter, enter_invoice, manage_id
from tests.simulation.seat import Seat, approved
from tests.simulation.server import Server
from tests.simulation.world import World
from tests.support.fakes import FakeBooks

NUMBERS = (CREATED, TWIN, CHANGED)


class Pair:
    """Marie and Luc, each with a ledger, before the same rows to create, create and change."""

    def __init__(self, new: Callable[[], Path], *, second_allowed: bool) -> None:
        self.world, self.books, self.judge = World(), FakeBooks(), Judge()
        self.server = Server(self.world, second_allowed=second_allowed, seen=self.judge.changed)
        for number in NUMBERS:
            enter_invoice(self.books, self.server, number, "100.00")
        self.marie, self.luc = (self.seat(new(), user) for user in ("marie", "luc"))
        enter(self.books, CHANGED, "-40.00")
        self.push(self.marie, self.marie.sync())
        for number, amount in zip(NUMBERS, ("-100.00", "-100.00", "-60.00"), strict=True):
            enter(self.books, number, amount)

    def seat(self, folder: Path, user: str) -> Seat:
        """A user's computer."""
        return Seat(self.world, self.server, self.books, folder, user=user, watch=self.judge)

    def push(self, seat: Seat, review: Review) -> Pushed:
        """Push a review with its default approvals."""
        rows = approved(review)
        self.judge.approve(seat.user, review.run.id, rows)
        return seat.push(review.run.id, dict.fromkeys(rows, True))

    def both(self, tick: int) -> tuple[bool, list[Pushed]]:
        """Marie pushes; at one of her ticks Luc pushes all of his. Whether it came to that, and what each was told."""
        hers, his = self.marie.sync(), self.luc.sync()
        told: list[Pushed] = []
        self.world.hooks[self.world.count + tick] = lambda: told.append(self.push(self.luc, his))
        told.append(self.push(self.marie, hers))
        return len(told) > 1, told

    def doubled(self) -> set[int]:
        """Invoices with more than one record."""
        return {number for number in NUMBERS if len(self.server.records[manage_id(number)]) > 1}


def unproven(told: list[Pushed]) -> set[int]:
    """Invoices of which somebody was told, in the same run, that they are not as intended."""
    return {int(p.invoice) for pushed in told for p in pushed.postings if not p.verified}


@pytest.mark.parametrize("second_allowed", [True, False])
def test_at_least_one_of_two_users_sees_what_both_wrote(
    second_allowed: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """At each tick of one push the other runs: what both wrote is told in the same run, and held by every later one."""
    doubles, tick, met = 0, 0, True
    with folders() as new:
        while met:
            tick += 1
            pair = Pair(new, second_allowed=second_allowed)
            met, told = pair.both(tick)
            doubles += len(pair.doubled())
            assert pair.doubled() <= unproven(told), tick
            assert all(not p.successful for p in told[-1:]) or not pair.doubled(), tick
            assert pair.judge.found == [], tick
            for seat in (pair.marie, pair.luc):
                later = {int(row.invoice): row.status for row in seat.sync().rows}
                for number, status in later.items():
                    wanted = Status.CHANGED_IN_MANAGE if number in pair.doubled() else Status.IN_AGREEMENT
                    assert status is wanted, (tick, seat.user, number)
                seat.stop()
    assert (doubles > 0) is second_allowed
    assert tick >= 20
