"""More than a hundred real processes of `python -m sync push`, each killed with SIGKILL somewhere in its work."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO

import pytest

from sync.ledger.sqlite_ledger import open_ledger
from sync.practice.payment_rules import SecondPayment, SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from tests.cli.test_runs import decide
from tests.cli.test_scale import DAY, SETTINGS, books, invoices
from tests.cli.world import Terminal
from tests.support.breakage import HEALTHY, Request, Toxic
from tests.support.toxic import Proxy

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
ROOT = Path(__file__).parents[2]
SEEDS = (1, 2, 3)
ROWS, PART_PAID = 240, 15
HELD = {3, 70}
"""Invoices that the reviewer does not approve."""
APPROVED = set(range(1, ROWS + 1)) - HELD
COLD, WARM = 2, 34
COMMON = ["--config", "tieout.toml", "--state", "state", "--today", DAY.isoformat()]
PUSH = ["push", "r.xlsx", "--yes", *COMMON]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
HUNDRED = Decimal("100.00")


@dataclass
class Watched:
    """A push's world, and what the wire saw: every write that arrived, each with its intent on disk before it went on.

    Attributes:
        proxy: the wire.
        store: the practice site's state.
        unannounced: writes that arrived before their intent was on disk.
        arrived: how often a write arrived for each of Manage's invoices.
    """

    proxy: Proxy
    store: Store
    unannounced: list[Request] = field(default_factory=list)
    arrived: Counter[int] = field(default_factory=Counter)

    def witness(self, request: Request) -> Toxic:
        """Look for the intent of a write that has just arrived."""
        if request.writes:
            invoice = int(request.path.split("/")[3])
            self.arrived[invoice] += 1
            if invoice not in on_disk("intent"):
                self.unannounced.append(request)
        return HEALTHY


def on_disk(kind: str, folder: str = "state") -> Counter[int]:
    """How many entries of a kind a ledger has for each of Manage's invoices, to a program that only looks."""
    path = Path(folder).absolute() / "ledger.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as ledger:
        return Counter(
            dict(ledger.execute("SELECT invoice, COUNT(*) FROM entry WHERE kind = ? GROUP BY invoice", (kind,)))
        )


@contextmanager
def world(terminal: Terminal) -> Iterator[Watched]:
    """Invoices paid this month, some of them part-paid in Manage, reviewed into r.xlsx; two are held back."""
    books(Path("books.db"), ROWS, ROWS)
    generous = SiteBehaviour(second_payment=SecondPayment.ALLOWED)  # a payment sent twice is there twice
    with (
        Store(*invoices(ROWS, PART_PAID), generous, lambda: DAY) as store,
        Server(store) as server,
        Proxy(int(server.url.rpartition(":")[2])) as proxy,
    ):
        policy = "[policy]\nquiet_minutes = 0\n"
        Path("tieout.toml").write_text(SETTINGS.format(site=proxy.url) + policy, encoding="utf-8")
        assert terminal.tieout("sync", "--since", "past-month", "--out", "r.xlsx", *COMMON).status == 0
        for number in HELD:
            assert decide(Path("r.xlsx"), "Approve", "No", ("Invoice", str(100_000 + number))) == 1
        watched = Watched(proxy, store)
        proxy.choose = watched.witness
        yield watched


class Zygote:
    """The other end of `tests.faults.zygote`."""

    def __init__(self, into: IO[str], out: IO[str]) -> None:
        self._into, self._out = into, out

    def begin(self, arguments: list[str]) -> int:
        """Begin a process; its number."""
        return int(self._ask(json.dumps(arguments)))

    def ended(self) -> int:
        """How the process that was begun last has ended."""
        return int(self._ask(""))

    def _ask(self, line: str) -> str:
        self._into.write(f"{line}\n")
        self._into.flush()
        return self._out.readline()


@contextmanager
def zygote() -> Iterator[Zygote]:
    """A process that has everything imported."""
    command = [sys.executable, "-m", "tests.faults.zygote"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Zygote(process.stdin, process.stdout)
        process.stdin.close()


def left_behind() -> tuple[int, int]:
    """How many intents and outcomes a process left on disk, where the ledger is whole whenever it died.

    A copy is opened, so that the next push finds what was left, such as a commit that was cut short.
    """
    shutil.copytree("state", "copy")
    with open_ledger(Path("copy")) as ledger:
        ledger.verify()
    found = on_disk("intent", "copy").total(), on_disk("posting", "copy").total()
    shutil.rmtree("copy")
    return found


def place_of_death(before: tuple[int, int], after: tuple[int, int]) -> str:
    """In which part of a push a process was, by the intents and outcomes on disk."""
    intents, outcomes = after
    assert intents - outcomes in {0, 1}
    if intents == before[0]:
        return "before its first write"
    return "with its write in doubt" if intents > outcomes else "between two rows"


def true_so_far(watched: Watched) -> None:
    """Nothing was sent unannounced, twice or unapproved; each invoice is as it was or as approved, with one record."""
    assert watched.unannounced == []
    assert set(watched.arrived) <= APPROVED
    assert max(watched.arrived.values(), default=1) == 1
    for number in range(1, ROWS + 1):
        before = [Decimal("40.00")] if number <= PART_PAID else []
        after = [Decimal("100.00")] if watched.arrived[number] else before
        assert [record.amount for record in watched.store.payments(number)] == after


def kills(watched: Watched, lent: Zygote, moments: random.Random) -> Iterator[str]:
    """Let one push after another begin and kill it; where each died.

    The first few are started by the command itself. Of the others every fourth is killed between its start and its
    first write, and the rest in their first rows.
    """
    started, before = 1.0, left_behind()
    for life in range(COLD + WARM):
        begun = time.monotonic()
        if life < COLD:
            process = subprocess.Popen([sys.executable, "-m", "sync", *PUSH], env=ENVIRONMENT)
            time.sleep(moments.uniform(0, 2 * started))
            process.kill()
            status = process.wait(10)
        else:
            number = lent.begin(PUSH)
            if life % 4:
                assert watched.proxy.wait_for(len(watched.proxy.writes) + 1, 30), "the push wrote nothing"
                started = time.monotonic() - begun
                time.sleep(moments.uniform(0, 0.012))
            else:
                time.sleep(moments.uniform(0, started))
            os.kill(number, signal.SIGKILL)
            status = lent.ended()
        watched.proxy.idle()  # the request under way is answered to nobody
        assert status == -signal.SIGKILL, "it ended before it was killed"
        after = left_behind()
        yield place_of_death(before, after)
        before = after


def test_a_hundred_kills_are_a_hundred() -> None:
    """The next test, with all its seeds."""
    assert len(SEEDS) * (COLD + WARM) >= 100


@pytest.mark.parametrize("seed", SEEDS)
def test_a_push_killed_dozens_of_times(
    terminal: Terminal, record_property: Callable[[str, object], None], seed: int
) -> None:
    """Faults 1, 2, 16, 23 and 65: each life goes on where the one before died; all is written once, and no more."""
    died = Counter[str]()
    moments = random.Random(seed)  # noqa: S311 - the same moments every time
    with world(terminal) as watched, zygote() as lent:
        for place in kills(watched, lent, moments):
            died[place] += 1
            true_so_far(watched)
        assert set(watched.arrived) < APPROVED, "the push ended before the kills did"
        for ending in ("posted", "already"):
            sent = len(watched.proxy.writes)
            postings = json.loads(terminal.tieout(*PUSH, "--json", "-").out)["postings"]
            assert {int(posting["invoice"]) - 100_000 for posting in postings} == APPROVED
            assert {posting["outcome"] for posting in postings} <= {ending, "already"}
        assert len(watched.proxy.writes) == sent
        assert set(watched.arrived) == APPROVED
        true_so_far(watched)
    assert died.total() == COLD + WARM
    assert died["with its write in doubt"] >= 8
    assert died["before its first write"] >= 5
    for place, times in died.items():
        record_property(f"killed {place}", times)
