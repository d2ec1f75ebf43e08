"""An office in any order: receipts, corrections, people in Manage, wrong clocks, late writes, deaths, two users."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from sync.core.prove.review import Review
from sync.core.values.errors import TieoutError
from sync.core.values.proposal import Status
from sync.ledger.sqlite_ledger import SqliteLedger
from sync.usecases import push
from tests.simulation.faults import FAULTS
from tests.simulation.history import EDITS, MEMORY, edit
from tests.simulation.judge import Judge
from tests.simulation.plan import enter, enter_invoice, manage_id
from tests.simulation.seat import Seat, approved
from tests.simulation.server import Server
from tests.simulation.test_weakened import whatever_happened
from tests.simulation.world import DiedError, World
from tests.support.fakes import FakeBooks

NUMBERS = (1001, 1002, 1003)
USERS = ("marie", "luc")
numbers, users = st.sampled_from(NUMBERS), st.sampled_from(USERS)
amounts = st.sampled_from(("20.00", "50.00", "100.00"))
LATE = tuple(name for name in FAULTS if "late" in name)
troubles = st.sampled_from(("", "", *LATE, *LATE, *FAULTS))


class OfficeMachine(RuleBasedStateMachine):
    """Two users, three invoices, one Manage in which two payments on an invoice are allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.world, self.books, self.judge = World(), FakeBooks(), Judge()
        self.server = Server(self.world, seen=self.judge.changed)
        for number in NUMBERS:
            enter_invoice(self.books, self.server, number, "300.00")
        self.seats = {user: self._seat(user) for user in USERS}
        self.reviews: dict[str, Review] = {}
        self.unseen: set[str] = set()

    def _seat(self, user: str) -> Seat:
        return Seat(self.world, self.server, self.books, self.folder / user, user=user, watch=self.judge)

    @rule(number=numbers, amount=amounts)
    def receipt(self, number: int, amount: str) -> None:
        """A receipt is entered in Sage."""
        enter(self.books, number, f"-{amount}")

    @rule(number=numbers, wrong=amounts, right=amounts)
    def correction(self, number: int, wrong: str, right: str) -> None:
        """A receipt is taken back and entered again with another amount."""
        enter(self.books, number, wrong)
        enter(self.books, number, f"-{right}")

    @rule(number=numbers, amount=amounts)
    def returned(self, number: int, amount: str) -> None:
        """A cheque comes back."""
        enter(self.books, number, amount)

    @rule(number=numbers, kind=st.sampled_from(EDITS))
    def by_hand(self, number: int, kind: str) -> None:
        """A person works in Manage."""
        edit(self.server, kind, manage_id(number))

    @rule(user=users, seconds=st.sampled_from((-86_000, -600, -60, 60, 600, 86_000)))
    def clock(self, user: str, seconds: int) -> None:
        """A computer's clock is set, whatever is on its way."""
        self.seats[user].clock.skew = timedelta(seconds=seconds)

    @rule(user=users, number=numbers, amount=amounts, fault=troubles, nth=st.integers(1, 2), again=st.booleans())
    def working_day(self, user: str, number: int, amount: str, fault: str, nth: int, again: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        """A receipt, a sync, a push in which a write goes wrong; and the same workbook once more at once."""
        self.receipt(number, amount)
        self.sync(user)
        if fault:
            self.server.faults[self.server.writes + nth] = FAULTS[fault]
        for _ in range(1 + again):
            self.push(user, everything=True)

    @rule(ticks=st.integers(1, 30))
    def death(self, ticks: int) -> None:
        """The process dies soon."""
        self.world.deaths = (self.world.count + ticks,)

    @rule(seconds=st.sampled_from((5, 60, 601)))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.world.pass_by(timedelta(seconds=seconds))

    @rule(user=users)
    def sync(self, user: str) -> None:
        """A user runs the sync."""
        seat = self.seats[user]
        try:
            self.reviews[user] = seat.sync()
            self.unseen.discard(user)
        except DiedError:
            seat.die()
            self.unseen.add(user)  # a newer run may be on record, whose rows nobody has seen
        except TieoutError:
            pass
        self._right(user)

    @rule(user=users, everything=st.booleans())
    def push(self, user: str, everything: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        """A user pushes the last workbook: with its default approvals, or with all that may be approved."""
        if user in self.reviews:
            self._push(user, everything=everything)
            self._right(user)

    def _push(self, user: str, *, everything: bool) -> None:
        seat, review = self.seats[user], self.reviews[user]
        rows = approved(review, *map(str, NUMBERS if everything else ()))
        before = self.judge.reviews.get((user, review.run.id), {})
        self.judge.approve(user, review.run.id, rows)
        self.judge.reviews[user, review.run.id] = before | self.judge.reviews[user, review.run.id]
        try:
            seat.push(review.run.id, dict.fromkeys(rows, True))
        except DiedError:
            seat.die()
        except TieoutError:
            pass

    def _right(self, user: str) -> None:
        """No invariant is broken, and what the user reviewed and Manage does not show is carried forward."""
        if user in self.reviews and user not in self.unseen:
            self.judge.carried(self.seats[user], self.reviews[user])
        assert self.judge.found == []

    def teardown(self) -> None:
        """In the end nobody interferes: each user syncs and pushes, and what both then see is the truth."""
        try:
            self.world.calm()
            self.server.calm()
            self.world.pass_by(timedelta(days=2))
            for user, seat in self.seats.items():
                seat.clock.skew = timedelta(0)
                self.reviews[user] = seat.sync()
                self.unseen.discard(user)
                self._push(user, everything=False)
                sent = self.server.writes
                self._push(user, everything=False)
                assert self.server.writes == sent
                self._truth(seat)
            self._right(USERS[0])
        finally:
            for seat in self.seats.values():
                seat.stop()
            shutil.rmtree(self.folder)

    def _truth(self, seat: Seat) -> None:
        """What a sync now calls agreed is as Sage says; two records are never agreed; nothing is ready any more.

        But for a row that a receipt may have left or reached: that waits for a person.
        """
        for row in seat.sync().rows:
            records = self.server.records[row.invoice_id or 0]
            assert row.status is not Status.READY or row.moved
            if row.status is Status.IN_AGREEMENT:
                assert (self.server.shown(row.invoice_id or 0), len(records) <= 1) == (row.paid_proposed, True)
            if len(records) > 1 and row.status is not Status.BAD_DATA:
                assert row.status is Status.CHANGED_IN_MANAGE
        seat.ledger.verify()


SETTINGS = settings(
    max_examples=300,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # shrinking takes minutes: add Phase.shrink to see the shortest case
)
TestOffice = OfficeMachine.TestCase
TestOffice.settings = SETTINGS


class HastyMachine(OfficeMachine):
    """The same office without a quiet period."""

    def _seat(self, user: str) -> Seat:
        seat = super()._seat(user)
        seat.quiet = timedelta(0)
        return seat


def test_the_machine_notices_a_missing_quiet_period() -> None:
    """Weakened: late writes pay twice."""
    with pytest.raises(AssertionError):
        run_state_machine_as_test(HastyMachine, settings=SETTINGS)


def test_the_machine_notices_missing_intents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weakened: requests leave without an intent."""
    monkeypatch.setattr(SqliteLedger, "intend", lambda *_: None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OfficeMachine, settings=SETTINGS)


def test_the_machine_notices_a_missing_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weakened: what was reviewed is sent whatever happened since."""
    monkeypatch.setattr(push, "ending_without_request", whatever_happened)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OfficeMachine, settings=SETTINGS)
