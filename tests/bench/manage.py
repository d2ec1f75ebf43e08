"""Manage: reading all invoices side by side, the number of requests, pushing row by row, and keeping to the rate."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from math import ceil
from pathlib import Path
from statistics import median

import requests
from msgspec.structs import replace

from sync.core.prove.review import Decided
from sync.core.values.posting import Decision
from sync.core.values.records import Invoice
from sync.manage.client import ManageClient
from sync.manage.http_session import Pace
from sync.manage.invoice_pages import PAGE
from sync.settings.settings_file import PER_MINUTE, Behaviour
from sync.usecases.guards import reviewed_rows
from sync.usecases.push import AT_ONCE, push
from sync.usecases.sync import sync
from tests.bench.canned import FIRST, canned
from tests.bench.figures import Figure, paired, seconds
from tests.usecases.office import PAST_MONTH, Office, printed

API = "/v2025_1/apis/3.0/finance/invoices"
THREADS = 8
INVOICES, EVERY, FAR = 20_000, 10, 0.1
ROWS, NEAR = 200, 0.05


def figures(runs: int, scale: float) -> list[Figure]:
    """Every line of the table about Manage."""
    return [*_reading(runs, int(INVOICES * scale)), *_pushing(runs, max(20, int(ROWS * scale))), _rate()]


def _client(url: str, pace: Pace | None = None) -> ManageClient:
    return ManageClient(
        site=url,
        company="acme",
        client_id="c",
        public_key="p",
        private_key="k",
        timeout=30,
        behaviour=Behaviour(),
        threads=THREADS,
        pace=pace,
    )


def _reading(runs: int, count: int) -> list[Figure]:
    """As a sync reads them: the books tell about how many there are, and the wanted ones are taken from all."""
    wanted = {str(FIRST + number) for number in range(1, count + 1, EVERY)}
    pages = ceil(count / PAGE)
    sent = 0
    with canned(count, FAR) as url:

        def read() -> None:
            nonlocal sent
            with _client(url, Pace(PER_MINUTE)) as client:
                found = client.all_invoices(count).invoices
                assert len(found) == count
                assert sum(1 for invoice in found if invoice.number in wanted) == len(wanted)
                sent = client.requests

        ours, floor = paired(read, lambda: bare_pages(url, pages), runs)
        with _client(url) as client:
            client.invoices(wanted)
            asked = client.requests
    size = f"{len(wanted):,} of {count:,}, {FAR * 1000:.0f} ms"
    rounds = ceil(pages / THREADS)
    return [
        Figure(
            stage="read Manage",
            size=size,
            ours=ours,
            floor=floor,
            floor_is=f"the address, then {pages} bare GETs over {THREADS} connections: {rounds} rounds",
            most=1.10,
            known=1.6,
            why="every invoice is decoded and looked at, which takes the processor while little is waited for",
        ),
        _requests("read Manage, sync", size, sent, 2 + pages),
        _requests("read Manage, push", size, asked, 2 + pages),
    ]


def _requests(stage: str, size: str, ours: int, floor: int) -> Figure:
    why = "the address, the count, and a page for each 1,000"
    return Figure(stage=stage, size=size, ours=ours, floor=floor, floor_is=why, most=1.10, unit="requests")


def bare_pages(url: str, pages: int) -> None:
    """The same pages by requests alone: every byte is read, none is looked at."""
    with requests.Session() as session, ThreadPoolExecutor(THREADS) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=THREADS))
        _ = session.get(f"{url}/login/companyinfo/acme").content
        asked = [
            f"{url}{API}?pageSize={PAGE}&conditions=id > {page * PAGE} and id <= {(page + 1) * PAGE}"
            for page in range(pages)
        ]
        list(pool.map(lambda address: session.get(address).content, asked))


def _pushing(runs: int, rows: int) -> list[Figure]:
    """A push of first payments: at the default rate once, and without a rate, where only our own work can differ."""
    with canned(rows, NEAR) as url:
        limited, sent = _pushed(url, rows, Pace(PER_MINUTE))
        turns = [
            (_pushed(url, rows, None)[0], seconds(lambda: _bare_rows(url, rows, sent), 1))
            for _ in range(max(1, runs // 2))
        ]
    ours, bare = (median(times) for times in zip(*turns, strict=True))
    size = f"{rows} rows, {NEAR * 1000:.0f} ms"
    by_rate = max(bare, sent / PER_MINUTE * 60)
    return [
        Figure(
            stage="push",
            size=f"{size}, {PER_MINUTE}/min",
            ours=limited,
            floor=by_rate,
            floor_is="its requests, bare, or what the rate allows, whichever takes longer",
            most=1.06,
        ),
        Figure(
            stage="push, no rate",
            size=size,
            ours=ours,
            floor=bare,
            floor_is="its requests, bare, one after the other",
            most=1.06,
            known=1.25,
            why="two commits a row wait for the disk, which is as slow as it is; the rate hides it",
        ),
        Figure(
            stage="push",
            size=size,
            ours=sent,
            floor=3 * rows + ceil(rows / AT_ONCE) + 2,
            floor_is=f"read, write, read back for each row, {AT_ONCE} invoices at once; then all, counted and read",
            most=1.10,
            unit="requests",
        ),
    ]


def _pushed(url: str, rows: int, pace: Pace | None) -> tuple[float, int]:
    """Seconds and requests of one push of so many approved rows, with a ledger on the disk."""
    requests.get(f"{url}/forget", timeout=30)
    with tempfile.TemporaryDirectory() as folder, _client(url, pace) as client:
        office = Office(folder=Path(folder) / "state")
        site: list[Invoice] = client.all_invoices(rows).invoices
        for invoice in site:
            office.invoice(int(invoice.number), f"{invoice.total}")
            office.receipt(int(invoice.number), f"{invoice.total}")
        systems = replace(office.systems, manage=client)
        rules = replace(office.rules, caps=replace(office.caps, rows=rows, amount=Decimal(10**9)))
        review = sync(systems, rules, office.seat, PAST_MONTH)
        decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)
        decided = Decided(run=review.run.id, decisions=decisions, printed=printed(office.ledger))
        reviewed = reviewed_rows(office.ledger, systems, rules.policy, review.run.id)
        before = client.requests
        began = time.perf_counter()
        pushed = push(systems, rules, office.seat, reviewed, decided, lambda *_: True)
        taken = time.perf_counter() - began
        office.ledger.close()
    assert pushed.successful
    assert len(pushed.postings) == rows
    return taken, client.requests - before


def _bare_rows(url: str, rows: int, sent: int) -> None:
    """As many requests as the push sent: lists side by side, then a reading, a write and a reading for each row."""
    with requests.Session() as session, ThreadPoolExecutor(THREADS) as pool:
        batch = [f"{url}{API}?pageSize={PAGE}&conditions=id > 0 and id <= {rows}"] * (sent - 3 * rows)
        list(pool.map(lambda address: session.get(address).content, batch))
        for row in range(1, rows + 1):
            address = f"{url}{API}/{row}/payments"
            _ = session.get(address).content
            _ = session.post(address, json={"amount": 100.0}).content
            _ = session.get(address).content


def _rate() -> Figure:
    """Many small questions by eight threads, with a minute of two seconds: what the site saw in any two seconds."""
    most, minute = 400, 2.0
    with canned(most, 0.0) as url:
        with _client(url, Pace(most, minute=minute)) as client:
            client.payments(range(1, most * 2))
        arrived = sorted(requests.get(f"{url}/arrived", timeout=30).json())
    seen = max(sum(1 for later in arrived if first <= later < first + minute) for first in arrived)
    return Figure(
        stage="rate kept",
        size=f"{len(arrived)} requests, {most} in {minute:.0f} s",
        ours=seen,
        floor=most,
        floor_is="the rate: the most that arrived in any such span",
        most=1.0,
        unit="requests",
    )
