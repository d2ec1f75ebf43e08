"""A month of a large provider, end to end, in fresh processes: the preview, the push, and a second run."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import tempfile
from collections import Counter
from contextlib import closing
from datetime import date
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from flask import request

from sync.core.decide.manage_position import LOOKED_AT
from sync.manage import payloads
from sync.manage.invoice_pages import PAGE
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.sample_company import statements
from sync.practice.server import Server, create_app
from sync.practice.store import Store
from sync.usecases.push import AT_ONCE
from tests.bench import installed
from tests.bench.canned import CUSTOMERS, FIRST, canned, invoice
from tests.bench.figures import Figure, seconds
from tests.bench.manage import bare_pages

INVOICES, TOUCHED, FAR = 20_000, 2_000, 0.1
DAY = date(2026, 4, 10)
ALLOWED = 25
"""Starts of a bare Python that everything beside the network may take."""

STAMP = ("1899-12-30 09:00:00", "marie", "winsim")
SETTINGS = """
[sage]
sqlite = "books.db"
[manage]
site = "{site}"
company = "acme"
client_id = "x"
[policy]
quiet_minutes = 0
max_rows = 100000
max_amount = "999999999.00"
"""


def figures(runs: int, scale: float) -> list[Figure]:
    """The preview against the network and so many bare starts; the requests of the whole month; the second run."""
    count, touched = int(INVOICES * scale), int(TOUCHED * scale)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _books(place / "books.db", count, touched)
        return [_preview(place, count, touched, runs), *_whole(place, count, touched)]


def _preview(place: Path, count: int, touched: int, runs: int) -> Figure:
    ours, network, bare = [], [], []
    with canned(count, FAR) as url:
        _settle(place, url)
        for run in range(runs):
            sync = _tieout("sync", run, "--since", "past-month", "--out", f"r{run}.xlsx")
            bare.append(seconds(lambda: _run([str(installed.python()), "-c", "pass"], place), 1))
            network.append(seconds(lambda: bare_pages(url, ceil(count / PAGE)), 1))
            ours.append(seconds(partial(_run, sync, place), 1))
    return Figure(
        stage="a month: preview",
        size=f"{count:,} invoices, {touched:,} touched, {FAR * 1000:.0f} ms, fresh process",
        ours=median(ours),
        floor=median(network) + ALLOWED * median(bare),
        floor_is=f"the bare pages over 8 connections, and {ALLOWED} starts of a bare Python",
        most=1.0,
        known=2.8,
        why=f"imports take most of {ALLOWED} starts; every invoice is tied out, and 2,000 rows and 6,000 applications "
        "are written",
    )


def _whole(place: Path, count: int, touched: int) -> list[Figure]:
    """On the practice site, which keeps what is written: requests of sync and push, and writes of the second run."""
    made = [payloads.invoice(msgspec.json.decode(invoice(n), type=payloads.WireInvoice)) for n in range(1, count + 1)]
    asked: Counter[str] = Counter()
    with Store(made, [], SiteBehaviour(), lambda: DAY) as store:
        site = create_app(store)
        site.before_request(lambda: asked.update([request.method]))
        with Server(site) as server:
            _settle(place, server.url)
            review, pushed, again = _twice(place)
    assert len(review["rows"]) == touched == len(pushed["postings"])
    size = f"{count:,} invoices, {touched:,} written"
    return [
        Figure(
            stage="a month: requests",
            size=size,
            ours=asked.total(),
            floor=count + 2 * touched + touched,
            floor_is="a script that asks for each invoice, then reads and writes the payments of the changed ones",
            most=1.0,
            unit="requests",
        ),
        Figure(
            stage="a month: requests",
            size=size,
            ours=asked.total(),
            floor=3 * (1 + ceil(count / PAGE)) + 3 * touched + ceil(touched / AT_ONCE) + min(touched, LOOKED_AT),
            floor_is="the fewest: the pages of sync, push and sync again; a reading, a write, a reading for each "
            f"row; the records of {LOOKED_AT} written invoices, which the second sync looks at",
            most=1.1,
            unit="requests",
        ),
        Figure(
            stage="a month: second run",
            size=size,
            ours=sum(row["approve"] for row in again["rows"]),
            floor=touched,
            floor_is="what the first run wrote",
            most=0.0,
            unit="writes",
        ),
    ]


def _twice(place: Path) -> list[Any]:
    """Sync, push, and sync once more: what each says of itself."""
    return [
        _said(_tieout("sync", "whole", "--since", "past-month", "--out", "whole.xlsx", "--json", "-"), place),
        _said(_tieout("push", "whole", "whole.xlsx", "--yes", "--json", "-"), place),
        _said(_tieout("sync", "whole", "--since", "past-month", "--out", "again.xlsx", "--json", "-"), place),
    ]


def _books(path: Path, count: int, touched: int) -> None:
    """The invoices of the canned site in Sage, so many of them paid in full this month."""
    old, new = "2026-01-05 00:00:00", "2026-04-01 00:00:00"
    numbers = range(1, count + 1)
    of = {number: _total_of(number) for number in numbers}
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements(sqlite=True):
            connection.execute(statement)
        connection.execute("INSERT INTO tcompany VALUES (1, 'Large Provider Inc.', NULL, NULL)")
        customers = [(n + 1, f"Client {n}", None, None, None, None, 30, 1) for n in range(CUSTOMERS)]
        connection.executemany(f"INSERT INTO tcustomr VALUES ({_marks(8)})", customers)
        documents = [(n, n % CUSTOMERS + 1, old, str(FIRST + n), 0, 30, of[n], 1) for n in numbers]
        connection.executemany(f"INSERT INTO tcustr VALUES ({_marks(8)})", documents)
        own = [(n, n, old, str(FIRST + n), 0, of[n], of[n], 0, 0, 0, old, *STAMP) for n in numbers]
        paid = [(count + n, n, new, "R1", 1, -of[n], -of[n], 0, 1060, 9, new, *STAMP) for n in range(1, touched + 1)]
        connection.executemany(f"INSERT INTO tcustrdt VALUES ({_marks(14)})", own + paid)
        connection.commit()


def _total_of(number: int) -> float:
    """What an invoice of the canned site is for."""
    return float(json.loads(invoice(number))["total"])


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _settle(place: Path, url: str) -> None:
    (place / "tieout.toml").write_text(SETTINGS.format(site=url), encoding="utf-8")


def _tieout(command: str, state: object, *more: str) -> list[str]:
    common = ["--config", "tieout.toml", "--state", f"state-{state}", "--today", DAY.isoformat()]
    return [str(installed.python()), "-m", "sync", command, *common, *more]


def _said(command: list[str], place: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads(_run(command, place).stdout)


def _run(command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
