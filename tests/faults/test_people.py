"""Two people, two computers, two ledgers, one Manage: every order in which their requests can fall."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.prove.review import Decided
from sync.core.values.errors import Refused
from sync.core.values.messages import Text
from sync.core.values.posting import Decision, Outcome, Reply
from sync.core.values.records import Invoice, InvoiceList, Payment, Write
from sync.core.values.runs import SiteSays
from sync.ledger.sqlite_ledger import open_ledger
from sync.settings.profiles import default_config, default_state
from sync.system import this_computer
from sync.usecases.guards import reviewed_rows
from sync.usecases.push import push
from tests.support.fakes import FakeSite
from tests.usecases.office import Office, outcomes, printed, statuses

ORDERS = sorted(set(permutations("AAABBB")))
OTHERS = {Outcome.ALREADY, Outcome.STALE, Outcome.REFUSED}


class Turns:
    """Lets threads go on one step at a time in a given order."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order, self._next = list(order), threading.Condition()

    def take(self, name: str) -> None:
        """Wait for one's turn; once one's turns are over, go on freely."""
        with self._next:
            if name in self._order:
                assert self._next.wait_for(lambda: self._order[0] == name, timeout=10)

    def done(self, name: str) -> None:
        """Let the next one go on."""
        with self._next:
            if name in self._order:
                self._order.remove(name)
            self._next.notify_all()


@dataclass
class Door:
    """The shared site as one person reaches it: the reading before, the write and the reading back each take a turn."""

    site: FakeSite
    name: str
    turns: Turns
    requests: int = field(default=0, init=False)
    clock_skew: timedelta | None = timedelta(0)
    seconds_each: float = 0.0
    remarks: tuple[Text, ...] = ()
    says: SiteSays | None = None

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """Read before anything is written, which takes no turn."""
        return self.site.invoices(numbers)

    def all_invoices(self, about: int = 0) -> InvoiceList:
        """Read by a sync only, which takes no turn."""
        return self.site.all_invoices(about)

    def wait_for_turn(self) -> None:
        """Wait for nothing."""

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """The reading just before the write, or the reading back."""
        if not invoice_ids:
            return {}
        self.turns.take(self.name)
        found = self.site.payments(invoice_ids)
        self.turns.done(self.name)
        return found

    def write(self, write: Write) -> Reply:
        """The one request."""
        self.turns.take(self.name)
        reply = self.site.write(write)
        self.turns.done(self.name)
        return reply


class Liberal(FakeSite):
    """A site that takes a second payment record on an invoice."""

    def apply(self, write: Write) -> Reply:
        """Add it beside the others."""
        others, self.records[write.invoice_id] = self.records[write.invoice_id], []
        reply = super().apply(write)
        self.add(self.invoices_[write.invoice_id], *others, *self.records[write.invoice_id])
        return reply


def books_of_both(folder: Path, site: FakeSite) -> tuple[Office, Office]:
    """Two offices on the same books and site, each with a review of the same invoice, part-paid by hand before."""
    marie = Office(folder=folder / "marie", site=site)
    marie.invoice(1001, "100.00")
    marie.receipt(1001, "100.00")
    luc = Office(folder=folder / "luc", site=site, books=marie.books)
    return marie, luc


def pushed_in(order: Sequence[str], offices: dict[str, Office]) -> dict[str, tuple[Outcome, bool]]:
    """Let each push its review in a thread of its own, in that order of requests: how it ended, and if it is right."""
    turns, ends = Turns(order), {}

    def work(name: str, office: Office, run_id: str) -> None:
        office.ledger = open_ledger(office.folder)
        systems = replace(office.systems, manage=Door(office.site, name, turns))
        try:
            reviewed = reviewed_rows(office.ledger, systems, office.policy, run_id)
            decisions = tuple(Decision(key=key, approve=True) for key in reviewed.rows)
            decided = Decided(run=run_id, decisions=decisions, printed=printed(office.ledger))
            (posting,) = push(systems, office.rules, office.seat, reviewed, decided, lambda *_: True).postings
            ends[name] = (posting.outcome, posting.verified)
        finally:
            office.ledger.close()
            for _ in range(3):
                turns.done(name)

    threads = []
    for name, office in offices.items():
        run_id = office.sync().run.id
        office.ledger.close()
        threads.append(threading.Thread(target=work, args=(name, office, run_id)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return ends


@pytest.mark.parametrize("order", ORDERS, ids="".join)
@pytest.mark.parametrize("kind", [FakeSite, Liberal])
def test_at_least_one_of_two_people_sees_the_other_s_payment(
    tmp_path: Path, order: Sequence[str], kind: type[FakeSite]
) -> None:
    """Fault 14: one record or, where the site allows two, at least one of them is told in the same run."""
    site = kind()
    marie, luc = books_of_both(tmp_path, site)
    ends = pushed_in(order, {"A": marie, "B": luc})
    records = site.records[101001]
    assert len(ends) == 2
    if len(records) == 1:
        assert (Outcome.POSTED, True) in ends.values()
        assert [end for end in ends.values() if end[0] is not Outcome.POSTED and end[0] not in OTHERS] == []
    else:
        assert (Outcome.DIFFERS, False) in ends.values()
    both_read_before_either_wrote = order[0] != order[1]
    assert len(records) == (2 if kind is Liberal and both_read_before_either_wrote else 1)


def test_a_copy_of_the_workbook_on_another_computer_is_refused(tmp_path: Path) -> None:
    """Fault 15: the review of one person is not in the other's ledger, so that nothing of it is sent there."""
    marie, luc = books_of_both(tmp_path, FakeSite())
    review = marie.sync()
    with pytest.raises(Refused, match="run-not-in-ledger"):
        luc.reviewed(review.run.id)
    marie.push(review)
    assert statuses(luc.sync()) == {"1001": "in_agreement"}
    assert outcomes(luc.push(luc.sync())) == {}
    for office in (marie, luc):
        office.ledger.close()


def test_each_user_of_a_computer_has_a_state_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults 62 and 64: settings and ledger are below the user's own local folders, and never in a shared place."""
    found = set()
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for user in ("marie", "luc"):
        monkeypatch.setenv("HOME", str(tmp_path / user))
        state, config = default_state(), default_config()
        assert state.is_relative_to(tmp_path / user)
        assert config.is_relative_to(tmp_path / user)
        found |= {state, config}
    assert len(found) == 4


def test_two_users_of_a_computer_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Fault 64: the lock is the user's own."""
    with (
        this_computer.hold_lock(tmp_path / "marie"),
        this_computer.hold_lock(tmp_path / "luc"),
        pytest.raises(Refused, match="sync-tieout-running-since"),
        this_computer.hold_lock(tmp_path / "luc"),
    ):
        pytest.fail("the same user ran twice")
