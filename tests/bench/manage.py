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

from sync import steps
from sync.behaviour import Behaviour
from sync.core.posting import Decision
from sync.core.records import Invoice
from sync.core.review import Decided
from sync.manage.client import ManageClient
from sync.manage.pace import Pace
from sync.manage.spans import PAGE
from sync.settings import PER_MINUTE
from tests.bench.canned import FIRST, canned
from tests.bench.figures import Figure, paired, taken
from tests.steps.office import PAST_MONTH, Office

API = "/v2025_1/apis/3.0/finance/invoices"
THREADS = 8
INVOICES, WANTED, FAR = 20_000, 2000, 0.1
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
    wanted = {str(FIRST + number) for number in range(1, count + 1, count // WANTED or 1)}
    pages = ceil(count / PAGE)
    sent = 0
    with canned(count, FAR) as url:

        def read() -> None:
            nonlocal sent
            with _client(url, Pace(PER_MINUTE)) as client:
                found = client.all_invoices(count)
                assert len(found) == count
                assert sum(1 for invoice in found if invoice.number in wanted) == len(wanted)
                sent = client.requests

        ours, floor = paired(read, lambda: bare_pages(url, pages), runs)
        with _client(url) as client:
            client.invoices(wanted)
            asked = client.requests
    rounds = ceil(pages / THREADS)
    size = f"{len(wanted):,} of {count:,}, {FAR * 1000:.0f} ms"
    bare = f"the address, then {pages} bare GETs over {THREADS} connections; {rounds} rounds by arithmetic"
    return [
        Figure(
            stage="read Manage",
            size=size,
            ours=ours,
            floor=floor,
            floor_is=bare,
            most=1.10,
            why="where others use the processor, decoding outlasts waiting",
        ),
        _requests("read Manage, sync", size, sent, 1 + pages),
        _requests("read Manage, push", size, asked, 1 + pages),
    ]


def _requests(stage: str, size: str, ours: int, floor: int) -> Figure:
    why = "the address, and a page for each 1,000"
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
        ours, bare = [], []
        for _ in range(max(1, runs // 2)):
            ours.append(_pushed(url, rows, None)[0])
            bare.append(taken(lambda: _bare_rows(url, rows, sent)))
    size = f"{rows} rows, {NEAR * 1000:.0f} ms"
    by_rate = max(median(bare), sent / PER_MINUTE * 60)
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
            ours=median(ours),
            floor=median(bare),
            floor_is="its requests, bare, one after the other",
            most=1.06,
            why="two commits a row wait for the disk",
        ),
        Figure(
            stage="push",
            size=size,
            ours=sent,
            floor=2 * rows,
            floor_is="a write and a reading back for each row",
            most=1.10,
            unit="requests",
        ),
    ]


def _pushed(url: str, rows: int, pace: Pace | None) -> tuple[float, int]:
    """Seconds and requests of one push of so many approved rows, with a ledger on the disk."""
    requests.get(f"{url}/forget", timeout=30)
    with tempfile.TemporaryDirectory() as folder, _client(url, pace) as client:
        office = Office(folder=Path(folder) / "state")
        site: list[Invoice] = client.all_invoices(rows)
        for invoice in site:
            office.invoice(int(invoice.number), f"{invoice.total}")
            office.receipt(int(invoice.number), f"{invoice.total}")
        desk = replace(office.desk, manage=client, caps=replace(office.caps, rows=rows, amount=Decimal(10**9)))
        review = steps.sync(desk, PAST_MONTH)
        decisions = tuple(Decision(key=row.key, approve=True) for row in review.rows)
        run, reviewed = steps.reviewed_rows(desk, review.run.id)
        before = client.requests
        began = time.perf_counter()
        pushed = steps.push(desk, run, reviewed, Decided(run=run.id, decisions=decisions), lambda *_: True)
        took = time.perf_counter() - began
        office.ledger.close()
    assert pushed.successful
    assert len(pushed.postings) == rows
    return took, client.requests - before


def _bare_rows(url: str, rows: int, sent: int) -> None:
    """As many requests as the push sent: the batch reading side by side, then a write and a reading for each row."""
    with requests.Session() as session, ThreadPoolExecutor(THREADS) as pool:
        batch = [f"{url}{API}?pageSize={PAGE}&conditions=id > 0 and id <= {rows}"] * (sent - 2 * rows)
        list(pool.map(lambda address: session.get(address).content, batch))
        for row in range(1, rows + 1):
            address = f"{url}{API}/{row}/payments"
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
