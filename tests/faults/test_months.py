"""Months of syncs and pushes in which answers are lost, late or refused, and the program dies now and then."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.core.values.messages import say
from sync.core.values.posting import NotSent, Refusal, Reply
from sync.core.values.records import Write
from tests.support.fakes import SILENCE
from tests.usecases.office import Office

NUMBERS = (1001, 1002, 1003)
TOTAL = Decimal("100.00")
NO = Refusal(message=say("No."))
BUSY = NotSent(message=say("Too many requests."), wait=3.0)
LATEST = timedelta(minutes=9)
"""A write that was not answered arrives until then, or never."""


class Dead(BaseException):
    """The process is no more."""


class Months(RuleBasedStateMachine):
    """Faults 1 to 8, 16, 20 and 23, in any order: nothing doubles, and in the end Manage says what Sage says."""

    def __init__(self) -> None:
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.office = Office(folder=Path(self.temporary.name))
        self.paid = dict.fromkeys(NUMBERS, Decimal("0.00"))
        self.said = {number: {Decimal("0.00")} for number in NUMBERS}
        self.late: list[tuple[datetime, Write]] = []
        for number in NUMBERS:
            self.office.invoice(number, str(TOTAL))

    def teardown(self) -> None:
        """All is well in the end, and the chain is whole."""
        self.wait(30)
        for _ in range(3):
            self.push([], {str(number): True for number in NUMBERS})
            self.wait(30)
        for number in NUMBERS:
            assert Decimal(self.office.shown(number)[0]) == self.paid[number]
        self.office.ledger.verify()
        self.office.ledger.close()
        self.temporary.cleanup()

    @rule(number=st.sampled_from(NUMBERS), amount=st.sampled_from(["10.00", "33.33", "100.00"]))
    def receive(self, number: int, amount: str) -> None:
        """A receipt, as far as something is owed; the same one twice on a day is two receipts."""
        if self.paid[number] + Decimal(amount) <= TOTAL:
            self.office.receipt(number, amount)
            self.paid[number] += Decimal(amount)
            self.said[number].add(self.paid[number])

    @rule(number=st.sampled_from(NUMBERS))
    def bounce(self, number: int) -> None:
        """All that was received comes back."""
        if self.paid[number]:
            self.office.row(number, str(self.paid[number]), number="NSF")
            self.paid[number] = Decimal("0.00")

    @rule(minutes=st.sampled_from([1, 5, 12]))
    def wait(self, minutes: int) -> None:
        """Time goes by, and what was under way arrives in the meantime."""
        until = self.office.clock.moment + timedelta(minutes=minutes)
        for at, write in [found for found in self.late if found[0] <= until]:
            self.late.remove((at, write))
            self.office.site.apply(write)
        self.office.clock.moment = until

    @rule(
        plan=st.lists(st.sampled_from(["heard", "lost", "late", "applied", "no", "busy", "dead", "dead after"])),
        approve=st.dictionaries(st.sampled_from([str(number) for number in NUMBERS]), st.booleans()),
    )
    def push(self, plan: list[str], approve: dict[str, bool]) -> None:
        """A sync and its push; each request ends as planned, and as it should once the plan is through."""
        plan = list(plan)
        after: list[Reply | type[Dead]] = []

        def before(write: Write) -> Reply | None:
            fate = plan.pop(0) if plan else "heard"
            if fate == "late":
                self.late.append((self.office.clock.moment + LATEST, write))
            if fate == "dead":
                raise Dead
            after[:] = [SILENCE] if fate == "applied" else [Dead] if fate == "dead after" else []
            replies: dict[str, Reply] = {"lost": SILENCE, "late": SILENCE, "no": NO, "busy": BUSY}
            return replies.get(fate)

        def then(_: Write) -> Reply | None:
            reply = after.pop() if after else None
            if isinstance(reply, type):
                raise reply
            return reply

        self.office.site.before_write, self.office.site.after_write = before, then
        try:
            review = self.office.sync()
            may = {row.invoice: row.approvable for row in review.rows}
            self.office.push(review, approve={key: yes and may[key] for key, yes in approve.items() if key in may})
        except Dead:
            self.office.reopen()

    @invariant()
    def nothing_is_doubled(self) -> None:
        """One record per invoice, which says what Sage has said at some time."""
        for number in NUMBERS:
            assert len(self.office.site.records[number + 100_000]) <= 1
            assert Decimal(self.office.shown(number)[0]) in self.said[number]


TestMonths = Months.TestCase
TestMonths.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
