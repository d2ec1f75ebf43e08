"""An office whose Manage is the practice site, reached over a wire that can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sync.core.prove.review import Review
from sync.core.values.records import Action
from sync.manage.client import ManageClient
from sync.practice.api import PRIVATE_KEY, PUBLIC_KEY
from sync.practice.payment_rules import SecondPayment, SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.usecases.push import Pushed
from tests.manage.conftest import client_of
from tests.support.toxic import Proxy
from tests.usecases.office import TODAY, Office

PAID_ON = date(2026, 4, 7)
QUIET = timedelta(minutes=11)
PERMISSIVE = SiteBehaviour(second_payment=SecondPayment.ALLOWED)
"""A site that takes every payment, so that one sent twice is there twice."""


@dataclass
class WiredOffice(Office):
    """An office whose requests go through a proxy to the practice site.

    Attributes:
        actions: by invoice number, the write that is due; each leads to 100.00, a deletion to nothing.
        store: the state of the practice site.
        proxy: the wire.
        client: what the office reaches Manage by.
    """

    actions: dict[int, Action] = field(default_factory=dict)
    store: Store = field(init=False)
    proxy: Proxy = field(init=False)
    client: ManageClient = field(init=False)

    @property
    def manage(self) -> ManageClient:
        """The practice site, by the wire."""
        return self.client

    def due(self, number: int, action: Action) -> None:
        """An invoice that needs this write."""
        self.actions[number] = action
        shown = {
            Action.CREATE: (),
            Action.CHANGE: (self.record(number, "40.00", record_id=number),),
            Action.DELETE: (self.record(number, "100.00", PAID_ON, record_id=number),),
        }[action]
        self.invoice(number, "100.00", *shown)
        self.receipt(number, "100.00")
        if action is Action.DELETE:
            self.row(number, "100.00", number="NSF")

    def reopen(self) -> None:
        """Start the program again. No power is cut here, so that nothing waits for the disk."""
        super().reopen()
        self.ledger._file._connection.execute("PRAGMA synchronous = OFF")

    def wait_at_most(self, seconds: float) -> None:
        """Give up on answers after so long."""
        self.client._session._timeout = (5.0, seconds)

    def approved(self, review: Review) -> Pushed:
        """Push every row, deletions too."""
        return self.push(review, approve={row.invoice: True for row in review.rows})

    def right(self) -> set[int]:
        """The invoices that hold what was approved, exactly once."""
        paid = [(Decimal("100.00"), PAID_ON)]
        return {
            number
            for number, action in self.actions.items()
            if self.held(number) == ([] if action is Action.DELETE else paid)
        }

    def held(self, number: int) -> list[tuple[Decimal, date | None]]:
        """The payment records on an invoice in Manage, as amount and date."""
        return [(record.amount, record.paid_on) for record in self.store.payments(number + 100_000)]

    def settled(self, review: Review) -> None:
        """Mend the wire, let the quiet period pass and push again: all is there once, and nothing is left to send."""
        self.proxy.mend()
        self.wait_at_most(5.0)
        self.reopen()
        self.clock.pass_by(QUIET)
        again = self.approved(review)
        assert {(p.outcome.value, p.verified) for p in again.postings} <= {("posted", True), ("already", True)}
        assert self.right() == set(self.actions)
        sent = len(self.proxy.writes)
        assert {p.outcome.value for p in self.approved(review).postings} == {"already"}
        assert {row.status.value for row in self.sync().rows} == {"in_agreement"}
        assert len(self.proxy.writes) == sent
        self.ledger.verify()


@contextmanager
def wired(office: WiredOffice) -> Iterator[None]:
    """Give an office its wire; what was put into its Manage is then on the practice site."""
    records = [record for on_invoice in office.site.records.values() for record in on_invoice]
    office.reopen()
    try:
        with (
            Store(office.site.invoices_.values(), records, PERMISSIVE, lambda: TODAY) as office.store,
            Server(office.store) as server,
            Proxy(int(server.url.rpartition(":")[2])) as office.proxy,
            logged_in(office.proxy.url) as office.client,
        ):
            office.store._last_id = 50_000  # so that all ids have as many digits, and all answers as many bytes
            yield
    finally:
        office.ledger.close()


def logged_in(url: str) -> ManageClient:
    """A client with the practice site's login; it never really sleeps."""
    return client_of(url, timeout=5.0, public_key=PUBLIC_KEY, private_key=PRIVATE_KEY)
