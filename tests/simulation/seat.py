"""One user at one computer: a real ledger on disk, whose every commit is a tick, and the real push protocol."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import requests

from sync import steps
from sync.behaviour import Behaviour
from sync.core.caps import Caps
from sync.core.errors import Unavailable
from sync.core.journal import Person
from sync.core.matching import normalise
from sync.core.periods import Choice, Since
from sync.core.policy import Policy
from sync.core.posting import Decision, Reply
from sync.core.proposal import Proposal
from sync.core.records import Invoice, Payment, Write
from sync.core.review import Decided, Review
from sync.core.words import say
from sync.deliver import Pushed
from sync.gather import Desk
from sync.ledger.book import SqliteLedger
from sync.ledger.schema import Line as Row
from sync.ledger.store import FILE, Store
from sync.manage import writing
from sync.manage.line import Line
from tests.simulation.server import Request, Server
from tests.simulation.world import LocalClock, World
from tests.support.fakes import FakeBooks, NoProgress

SITE = "https://api-na.example.net"
QUIET = timedelta(minutes=10)
PAST_MONTH = Since(choice=Choice.PAST_MONTH)
CAPS = Caps(rows=500, amount=Decimal("250000.00"))


class TickingStore(Store):
    """The ledger's file; each commit is a tick before and a tick after."""

    def __init__(self, folder: Path, world: World) -> None:
        self.world = world
        super().__init__(folder)

    def append(self, lines: Iterable[Row]) -> None:
        """Commit."""
        ready = list(lines)
        kind = ready[0].kind if ready else "nothing"
        self.world.tick(f"before {kind}")
        super().append(ready)
        self.world.tick(f"after {kind}")

    def keep_head(self) -> None:
        """Write the head beside the ledger."""
        self.world.tick("before head")
        super().keep_head()

    def vanish(self) -> None:
        """The process is gone: nothing is closed in good order."""
        self._connection.close()


class Wire(Line):
    """The line to Manage: a real request's method, address and body go to the simulated server."""

    def __init__(self, server: Server, user: str) -> None:
        super().__init__(requests.Session(), SITE, "acme", 30)
        self.server, self.user, self.run = server, user, ""

    def base(self) -> str:
        """The API's address."""
        return f"{SITE}/v4_6_release/apis/3.0"

    def send(self, method: str, url: str, **more: object) -> requests.Response:
        """One request, once."""
        self.requests += 1
        body = more.get("data")
        sent = Request(
            method=method, url=url, body=body if isinstance(body, bytes) else None, user=self.user, run=self.run
        )
        return self.server.handle(sent)


class Site:
    """The `ManageSite` port: writes go through the product's own `writing.send`, reads are answered or fail."""

    def __init__(self, wire: Wire, before: Callable[[Write], object], clock: LocalClock) -> None:
        self.wire, self.before, self.clock = wire, before, clock

    @property
    def clock_skew(self) -> timedelta:
        """What the `Date` of an answer tells of the computer's clock."""
        return self.clock.skew

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return self.wire.requests

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers."""
        self._look()
        return [i for i in self.wire.server.invoices.values() if normalise(i.number) in numbers]

    @property
    def seconds_each(self) -> float:
        """No time passes between requests."""
        return 0.0

    def all_invoices(self, about: int = 0) -> list[Invoice]:
        """Every invoice."""
        del about
        self._look()
        return list(self.wire.server.invoices.values())

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice, one read each."""
        found = {}
        for each in sorted(invoice_ids):
            self._look()
            found[each] = self.wire.server.read(each)
        return found

    def ready(self) -> None:
        """Wait for nothing."""

    def write(self, write: Write) -> Reply:
        """One write; somebody watches it leave."""
        self.before(write)
        return writing.send(self.wire, write, Behaviour())

    def _look(self) -> None:
        self.wire.requests += 1
        if not self.wire.server.sees():
            raise Unavailable(say("Manage does not answer."))


@dataclass
class Seat:
    """A user, a computer, a state folder.

    Attributes:
        before: told of every write before it leaves.
        reader: what another process sees of the ledger: only what is committed.
    """

    world: World
    server: Server
    books: FakeBooks
    folder: Path
    user: str = "marie"
    quiet: timedelta = QUIET
    before: Callable[[Seat, Write], object] = lambda *_: None
    clock: LocalClock = field(init=False)
    ledger: SqliteLedger = field(init=False)
    store: TickingStore = field(init=False)
    wire: Wire = field(init=False)
    reader: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.clock = LocalClock(self.world)
        self.wire = Wire(self.server, self.user)
        self.start()

    def start(self) -> None:
        """Start the program: only what is on disk is there."""
        self.store = TickingStore(self.folder, self.world)
        self.ledger = SqliteLedger(self.store)
        self.reader = sqlite3.connect(f"{(self.folder / FILE).absolute().as_uri()}?mode=ro", uri=True)

    def stop(self) -> None:
        """The process is gone: nothing is closed in good order."""
        self.reader.close()
        self.store.vanish()

    @property
    def desk(self) -> Desk:
        """What the use cases are given."""
        return Desk(
            sage=self.books,
            manage=Site(self.wire, lambda write: self.before(self, write), self.clock),
            ledger=self.ledger,
            clock=self.clock,
            progress=NoProgress(),
            policy=Policy(),
            caps=CAPS,
            quiet=self.quiet,
            site=SITE,
            manage_company="acme",
            person=Person(user=self.user, computer=f"pc-{self.user}"),
            version="0.0.0",
        )

    def sync(self) -> Review:
        """Run Sync."""
        return steps.sync(self.desk, PAST_MONTH)

    def push(self, run_id: str, yes: Mapping[str, bool]) -> Pushed:
        """Push a workbook in which these keys are marked."""
        self.wire.run = run_id
        run, rows = steps.reviewed_rows(self.desk, run_id)
        decisions = tuple(Decision(key=key, approve=yes.get(key, False)) for key in rows)
        return steps.push(self.desk, run, rows, Decided(run=run_id, decisions=decisions), lambda *_: True)

    def die(self) -> None:
        """The process is gone; then the program is started again."""
        self.stop()
        self.start()


def approved(review: Review, *also: str, never: Collection[str] = ()) -> dict[str, Proposal]:
    """Rows approved by default, with those of other invoice numbers, without some; by key."""
    return {
        row.key: row
        for row in review.rows
        if row.approvable and (row.approve or row.invoice in also) and row.invoice not in never
    }
