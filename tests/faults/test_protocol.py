"""A push that dies or hears nothing at any of its steps: Manage ends right, and nothing is done twice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from sync.core.values.messages import say
from sync.core.values.posting import Outcome, Refusal, Reply
from sync.core.values.records import Action, Write
from sync.ledger.sqlite_ledger import SqliteLedger, open_read_only
from tests.support.fakes import SILENCE
from tests.usecases.office import Office, outcomes, statuses

QUIET = timedelta(minutes=11)
DAY = date(2026, 4, 7)
EXPECTED = {1001: ("100.00", DAY), 1002: ("40.00", None), 1003: ("100.00", DAY), 1004: ("0.00", None)}
STEPS = ("decide", "intend", "conclude", "finish")


class Dead(BaseException):
    """The process is no more: nothing catches this."""


class Mortal:
    """A ledger whose process dies just before or just after one of its commits."""

    def __init__(self, ledger: SqliteLedger, tick: Callable[[], None]) -> None:
        self._ledger, self._tick = ledger, tick

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the ledger has under that name
        method = getattr(self._ledger, name)
        if name not in STEPS:
            return method

        def step(*arguments: object) -> None:
            self._tick()
            method(*arguments)
            self._tick()

        return step


def month(folder: Path) -> Office:
    """A create in full, a create in part, a change and a deletion, all ready to be pushed."""
    office = Office(folder=folder)
    office.invoice(1004, "100.00")
    office.receipt(1004, "100.00")
    office.push(office.sync())
    office.row(1004, "100.00", number="NSF")
    office.invoice(1001, "100.00")
    office.receipt(1001, "50.00")
    office.receipt(1001, "50.00")
    office.invoice(1002, "100.00")
    office.receipt(1002, "40.00")
    office.invoice(1003, "100.00", office.record(1003, "40.00"))
    office.receipt(1003, "100.00")
    office.site.writes.clear()
    return office


def listen(office: Office, tick: Callable[[], None], mode: str) -> Counter[int]:
    """Die around each request, hear nothing of the first two, find each intent on disk; count what is applied."""
    applied: Counter[int] = Counter()
    deaf = [SILENCE, SILENCE] if mode != "heard" else []

    def before(write: Write) -> Reply | None:
        seen = open_read_only(office.folder)
        assert seen is not None
        with seen:
            (company,) = seen.companies()
            assert write in [intent.write for intent in seen.in_doubt(company)]
        tick()
        return deaf.pop() if mode == "lost" and deaf else None

    def after(write: Write) -> Reply | None:
        applied[write.invoice_id] += 1
        tick()
        return deaf.pop() if mode == "applied" and deaf else None

    office.site.before_write, office.site.after_write = before, after
    return applied


def pushed_to_the_end(office: Office) -> None:
    """Sync and push once a quarter of an hour until nothing is left to approve."""
    for _ in range(4):
        office.clock.pass_by(QUIET)
        review = office.sync()
        if not any(row.approvable for row in review.rows):
            return
        office.push(review, approve={"1004": True})
    pytest.fail("the push never came to an end")


@pytest.mark.parametrize("mode", ["heard", "applied", "lost"])
def test_death_at_every_step_loses_nothing_and_doubles_nothing(tmp_path: Path, mode: str) -> None:
    """Faults 1, 2, 3, 4 and 23: the next runs read, send the rest, and each write is applied exactly once."""
    for nth in range(1, 100):
        office = month(tmp_path / f"{mode}{nth}")
        review = office.sync()
        left = [nth]

        def tick(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Dead

        disk = office.ledger
        office.ledger = cast("SqliteLedger", Mortal(disk, tick))
        applied = listen(office, tick, mode)
        died = False
        try:
            office.push(review, approve={"1004": True})
        except Dead:
            died = True
        office.ledger = disk
        office.reopen()
        left[0] = 0  # never again
        sent = Counter(write.invoice_id for write in office.site.writes)
        assert max(sent.values(), default=0) <= 1, "sent again in the same run"
        pushed_to_the_end(office)
        assert {number: office.shown(number) for number in EXPECTED} == EXPECTED
        assert max(len(office.site.records[number + 100_000]) for number in EXPECTED) == 1
        assert applied == dict.fromkeys((101001, 101002, 101003, 101004), 1)
        writes = len(office.site.writes)
        assert {row.status.value for row in office.sync().rows} == {"in_agreement"}
        assert len(office.site.writes) == writes
        office.ledger.verify()
        office.ledger.close()
        if not died:
            assert nth > 20
            return
    pytest.fail("the push never ran to its end")


def test_a_copy_of_the_state_from_before_an_outcome_knows_of_the_intent(office: Office, tmp_path: Path) -> None:
    """Fault 2: power lost before the outcome is kept: one reading settles it, and nothing is sent."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    review = office.sync()
    backup = tmp_path / "backup"

    def power_cut(_: Write) -> None:
        shutil.copytree(office.folder, backup)

    office.site.after_write = power_cut
    office.push(review)
    office.site.after_write = lambda _: None
    lost = Office(folder=backup, books=office.books, site=office.site, clock=office.clock)
    assert statuses(lost.sync()) == {"1001": "in_agreement"}
    (posting,) = lost.ledger.postings(review.run.id).values()
    assert (posting.outcome, posting.verified, len(office.site.writes)) == (Outcome.POSTED, True, 1)
    lost.ledger.close()


@pytest.mark.parametrize("minutes", [1, 4, 9])
def test_a_write_that_arrives_late_is_never_sent_twice(office: Office, minutes: int) -> None:
    """Fault 5: the time-out came first and the server applied it minutes later; pushes in between send nothing."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.site.before_write = lambda _: SILENCE
    review = office.sync()
    office.push(review)
    office.site.before_write = lambda _: None
    for _ in range(minutes):
        assert outcomes(office.push(review)) == {"1001": Outcome.UNKNOWN}
        office.clock.pass_by(timedelta(minutes=1))
    office.site.apply(office.site.writes[0])
    assert outcomes(office.push(review)) == {"1001": Outcome.ALREADY}
    assert (len(office.site.writes), office.shown(1001)) == (1, ("100.00", DAY))


@pytest.mark.parametrize("records", [1, 2])
def test_somebody_types_the_payment_while_ours_is_unknown(office: Office, records: int) -> None:
    """Fault 21: one new record is taken for ours; of two nobody guesses, and nothing is ever sent."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.site.before_write = lambda _: SILENCE
    review = office.sync()
    office.push(review)
    office.site.before_write = lambda _: None
    typed = [office.record(1001, "100.00", DAY, record_id=70 + n) for n in range(records)]
    office.site.add(office.site.invoices_[101001], *typed)
    first = outcomes(office.push(review))["1001"]
    office.clock.pass_by(QUIET)
    assert first is (Outcome.ALREADY if records == 1 else Outcome.UNKNOWN)
    office.push(office.sync())
    assert len(office.site.writes) == 1
    assert office.site.records[101001] == typed


@pytest.mark.parametrize("gone", [True, False])
def test_a_record_that_is_gone_or_changed_since_the_review_is_not_written(office: Office, *, gone: bool) -> None:
    """Fault 18: neither a change nor a deletion is sent when its record is not as it was reviewed."""
    for number in (1001, 1002):
        office.invoice(number, "100.00")
        office.receipt(number, "40.00" if number == 1001 else "100.00")
    office.push(office.sync())
    office.receipt(1001, "60.00")
    office.row(1002, "100.00", number="NSF")
    review = office.sync()
    office.site.writes.clear()
    for number in (101001, 101002):
        (record,) = office.site.records[number]
        left = () if gone else (replace(record, amount=Decimal("41.00")),)
        office.site.add(office.site.invoices_[number], *left)
    found = outcomes(office.push(review, approve={"1002": True}))
    assert set(found.values()) <= {Outcome.STALE, Outcome.ALREADY}
    assert found["1001"] is Outcome.STALE
    assert office.site.writes == []


def test_a_refused_deletion_of_what_is_gone_is_judged_by_reading(office: Office) -> None:
    """Faults 18 and 93: gone in the moment before our request: Manage says no, and shows what was approved."""
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.push(office.sync())
    office.row(1001, "100.00", number="NSF")

    def deleted_just_now(write: Write) -> Reply:
        assert write.action is Action.DELETE
        office.site.add(office.site.invoices_[101001])
        return Refusal(message=say("There is no such payment."))

    review = office.sync()
    office.site.before_write = deleted_just_now
    pushed = office.push(review, approve={"1001": True})
    assert (outcomes(pushed), pushed.successful) == ({"1001": Outcome.POSTED}, True)
    assert statuses(office.sync()) == {"1001": "in_agreement"}
