"""One user at one computer: a real ledger on disk, whose every commit is a tick, and the real push protocol."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import requests

from sync.core.decide.matching import trimmed
from sync.core.decide.push_rules import Caps
from sync.core.prove.review import Decided, Review
from sync.core.values.errors import Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.periods import Choice, Since
from sync.core.values.policy import Policy
from sync.core.values.posting import Decision, Posting, Reply
from sync.core.values.proposal import Proposal
from sync.core.values.records import Invoice, InvoiceList, Payment, Wanted, Write
from sync.core.values.runs import Person, SiteSays
from sync.ledger import posting_records, stored_form
from sync.ledger.chain_file import LEDGER_FILE, ChainFile
from sync.ledger.hash_chain import LedgerLine as Row
from sync.ledger.sqlite_ledger import SqliteLedger
from sync.manage import payment_writes
from sync.manage.http_session import ManageSession
from sync.settings.settings_file import Behaviour
from sync.usecases.guards import reviewed_rows
from sync.usecases.ports import Rules, Systems
from sync.usecases.ports import Seat as Workplace
from sync.usecases.push import Pushed, push
from sync.usecases.read_and_propose import read_and_propose
from sync.usecases.sync import sync
from sync.usecases.undo import undo
from tests.simulation.server import Records, Request, Server
from tests.simulation.world import LocalClock, World
from tests.support.fakes import FakeBooks, NoProgress
from tests.usecases.office import printed

SITE = "https://api-na.example.net"
QUIET = timedelta(minutes=10)
PAST_MONTH = Since(choice=Choice.PAST_MONTH)
CAPS = Caps(rows=500, amount=Decimal("250000.00"))


class TickingStore(ChainFile):
    """The ledger's file; each commit is a tick before and a tick after, and somebody watches each posting."""

    def __init__(self, folder: Path, world: World, concluded: Callable[[Posting], object]) -> None:
        self.world, self.concluded = world, concluded
        super().__init__(folder)

    def append(self, lines: Iterable[Row]) -> None:
        """Commit."""
        ready = list(lines)
        kind = ready[0].kind if ready else "nothing"
        self.world.tick(f"before {kind}")
        super().append(ready)
        for line in ready:
            if line.kind == posting_records.POSTINGS.name:
                self.concluded(stored_form.read(posting_records.POSTINGS, line.body))
        self.world.tick(f"after {kind}")

    def keep_head(self) -> None:
        """Write the head beside the ledger."""
        self.world.tick("before head")
        super().keep_head()

    def vanish(self) -> None:
        """The process is gone: nothing is closed in good order."""
        self._connection.close()


class Wire(ManageSession):
    """The line to Manage: a real request's method, address and body go to the simulated server."""

    def __init__(self, server: Server, user: str, run: str = "") -> None:
        super().__init__(requests.Session(), SITE, "acme", 30, clock=server.world.seconds)
        self.server, self.user, self.run, self.number = server, user, run, 0

    def base(self) -> str:
        """The API's address."""
        return f"{SITE}/v4_6_release/apis/3.0"

    def send(self, method: str, url: str, **more: object) -> requests.Response:
        """One request, once."""
        self.requests += 1
        data = more.get("data")
        body = data if isinstance(data, bytes) else None
        sent = Request(number=self.number, method=method, url=url, body=body, user=self.user, run=self.run)
        return self.server.handle(sent)


class Watch(Protocol):
    """Somebody who watches what the program reads, sends and records."""

    def reads(self, seat: Seat, invoice: int, records: Records, visible: int) -> None:
        """The records of an invoice were read; so many of its changes could be seen."""

    def leaves(self, seat: Seat, write: Write, number: int) -> None:
        """A request is about to leave; the number is its own."""

    def concluded(self, seat: Seat, posting: Posting) -> None:
        """How a row ended was committed."""


class Nobody:
    """A watch that does not look."""

    def reads(self, seat: Seat, invoice: int, records: Records, visible: int) -> None:
        """See `Watch`."""

    def leaves(self, seat: Seat, write: Write, number: int) -> None:
        """See `Watch`."""

    def concluded(self, seat: Seat, posting: Posting) -> None:
        """See `Watch`."""


class Site:
    """The `ManageSite` port: writes go through the product's own `payment_writes.send`, reads are answered or fail."""

    def __init__(self, seat: Seat) -> None:
        self.seat, self.wire, self.clock = seat, seat.wire, seat.clock

    @property
    def clock_skew(self) -> timedelta:
        """What the `Date` of an answer tells of the computer's clock."""
        return self.clock.skew

    @property
    def says(self) -> SiteSays:
        """What each seat reads of the one site."""
        return SiteSays(company_id="acme", company_name="Maple Networks")

    @property
    def remarks(self) -> tuple[Text, ...]:
        """Nothing is out of the ordinary."""
        return ()

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return self.wire.requests

    def invoices(self, numbers: Collection[str]) -> list[Invoice]:
        """All invoices that bear one of the numbers."""
        self._look()
        bare = {trimmed(number) for number in numbers}
        return [i for i in self.wire.server.listed() if trimmed(i.number) in bare]

    @property
    def seconds_each(self) -> float:
        """No time passes between requests."""
        return 0.0

    def all_invoices(self, about: int = 0) -> InvoiceList:
        """Every invoice."""
        del about
        self._look()
        found = self.wire.server.listed()
        return InvoiceList(invoices=found, counted=len(found))

    def payments(self, invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        """All payment records of each invoice, one read each."""
        found = {}
        for each in sorted(invoice_ids):
            self._look()
            found[each] = self.wire.server.read(each)
            self.seat.watch.reads(self.seat, each, found[each], self.wire.server.visible(each))
        return found

    def wait_for_turn(self) -> None:
        """Wait for nothing."""

    def write(self, write: Write) -> Reply:
        """One write; somebody watches it leave."""
        self.wire.server.sent += 1
        self.wire.number = self.wire.server.sent
        self.seat.watch.leaves(self.seat, write, self.wire.number)
        return payment_writes.send(self.wire, write, Behaviour())

    def _look(self) -> None:
        self.wire.requests += 1
        if not self.wire.server.sees():
            raise Unavailable(say("Manage does not answer."))


@dataclass
class Seat:
    """A user, a computer, a state folder.

    Attributes:
        watch: told of all that is read, sent and recorded.
        began: how many pushes and undos were begun here.
        reader: what another process sees of the ledger: only what is committed.
    """

    world: World
    server: Server
    books: FakeBooks
    folder: Path
    user: str = "marie"
    quiet: timedelta = QUIET
    watch: Watch = field(default_factory=Nobody)
    began: int = 0
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
        self.store = TickingStore(self.folder, self.world, lambda posting: self.watch.concluded(self, posting))
        self.ledger = SqliteLedger(self.store)
        self.reader = sqlite3.connect(f"{(self.folder / LEDGER_FILE).absolute().as_uri()}?mode=ro", uri=True)

    def stop(self) -> None:
        """The process is gone: nothing is closed in good order."""
        self.reader.close()
        self.store.vanish()

    @property
    def systems(self) -> Systems:
        """Both systems, as the use cases are given them."""
        return Systems(sage=self.books, manage=Site(self), site=SITE, manage_company="acme")

    @property
    def rules(self) -> Rules:
        """The settings that decide."""
        return Rules(policy=Policy(), caps=CAPS, quiet=self.quiet)

    @property
    def workplace(self) -> Workplace:
        """Who works here, with what."""
        person = Person(user=self.user, computer=f"pc-{self.user}")
        return Workplace(person=person, ledger=self.ledger, clock=self.clock, progress=NoProgress(), version="0.0.0")

    def sync(self) -> Review:
        """Run Sync."""
        return sync(self.systems, self.rules, self.workplace, PAST_MONTH)

    def look(self, documents: Iterable[int]) -> list[Proposal]:
        """What a sync would say of some documents; nothing is recorded."""
        wanted = Wanted(window=None, documents=frozenset(documents))
        return list(read_and_propose(self.systems, self.rules.policy, self.workplace, wanted).proposals)

    def push(self, run_id: str, yes: Mapping[str, bool]) -> Pushed:
        """Push a workbook in which these keys are marked."""
        self._begin(run_id)
        systems, rules = self.systems, self.rules
        reviewed = reviewed_rows(self.ledger, systems, rules.policy, run_id)
        decisions = tuple(Decision(key=key, approve=yes.get(key, False)) for key in reviewed.rows)
        decided = Decided(run=run_id, decisions=decisions, printed=printed(self.ledger))
        return push(systems, rules, self.workplace, reviewed, decided, lambda *_: True)

    def undo(self, run_id: str) -> Pushed:
        """Take a run back."""
        self._begin(undo_of(run_id))
        return undo(self.systems, self.rules, self.workplace, run_id, lambda *_: True)

    def _begin(self, run: str) -> None:
        """Every command is a process of its own, with a session of its own."""
        self.wire = Wire(self.server, self.user, run)
        self.began += 1

    def die(self) -> None:
        """The process is gone; then the program is started again."""
        self.stop()
        self.start()


def undo_of(run: str) -> str:
    """What requests are sent for that take a run back."""
    return f"undo of {run}"


def approved(review: Review, *also: str, never: Collection[str] = ()) -> dict[str, Proposal]:
    """Rows approved by default, with those of other invoice numbers, without some; by key."""
    return {
        row.key: row
        for row in review.rows
        if row.approvable and (row.approve or row.invoice in also) and row.invoice not in never
    }
