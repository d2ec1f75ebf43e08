"""A large provider: few requests, little memory, and nothing that grows with unchanged invoices."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.core.values.records import Invoice, Payment
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.sample_company import statements
from sync.practice.server import Server
from sync.practice.store import Store
from tests.support.build import invoice

DAY = date(2026, 4, 10)
TOUCHED, PART_PAID = 2000, 300
MEGABYTE = 1024
STAMP = ("1899-12-30 09:00:00", "marie", "winsim")

SETTINGS = """
[sage]
sqlite = "books.db"
[manage]
site = "{site}"
company = "acme"
client_id = "x"
"""


def books(path: Path, count: int, touched: int = TOUCHED) -> None:
    """A Sage company with so many invoices, of which 2,000 (or as many as said) were paid this month."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements(sqlite=True):
            connection.execute(statement)
        connection.execute("INSERT INTO tcompany VALUES (1, 'Large Provider Inc.', NULL, NULL)")
        connection.execute("INSERT INTO tcustomr VALUES (7, 'Boréal inc.', NULL, NULL, NULL, NULL, 30, 1)")
        old, new = "2026-01-05 00:00:00", "2026-04-01 00:00:00"
        own = [(n, n, old, str(100_000 + n), 0, 100.0, 100.0, 0, 0, 0, old, *STAMP) for n in range(1, count + 1)]
        paid = [(count + n, n, new, "R1", 1, -100.0, -100.0, 0, 1060, 9, new, *STAMP) for n in range(1, touched + 1)]
        marks = ", ".join("?" * 14)
        documents = [(n, 7, old, str(100_000 + n), 0, 30, 100.0, 1) for n in range(1, count + 1)]
        connection.executemany("INSERT INTO tcustr VALUES (?, ?, ?, ?, ?, ?, ?, ?)", documents)
        connection.executemany(f"INSERT INTO tcustrdt VALUES ({marks})", own + paid)
        connection.commit()


def invoices(count: int, part_paid: int = PART_PAID) -> tuple[list[Invoice], list[Payment]]:
    """The same invoices in Manage; 300 of the touched ones (or as many as said) are part-paid."""
    plain = invoice(dated=date(2026, 1, 5))
    made = [replace(plain, id=n, number=str(100_000 + n)) for n in range(1, count + 1)]
    part = Decimal("40.00")
    return made, [Payment(id=n, invoice_id=n, amount=part, paid_on=None) for n in range(1, part_paid + 1)]


MEASURED = """
import atexit, pathlib, re
from addin.program import main
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    pathlib.Path("peak").write_text(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
atexit.register(peak)
main()
"""
"""The program, leaving its own peak of memory in kB; the system's account of a child includes what forked it."""


def synced(folder: Path, count: int) -> tuple[int, int, int]:
    """Sync a company of that size in a process of its own: rows, requests, peak memory in MB."""
    folder.mkdir()
    books(folder / "books.db", count)
    with Store(*invoices(count), SiteBehaviour(), lambda: DAY) as store, Server(store) as server:
        (folder / "tieout.toml").write_text(SETTINGS.format(site=server.url), encoding="utf-8")
        command = [sys.executable, "-c", MEASURED, "sync", "--since", "past-month", "--today", DAY.isoformat()]
        command += ["--config", "tieout.toml", "--state", "state", "--out", "r.xlsx", "--json", "-"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    peak = int((folder / "peak").read_text(encoding="utf-8")) // MEGABYTE
    return len(found["rows"]), found["requests"], peak


@pytest.mark.xdist_group("scale")
def test_two_thousand_of_twenty_thousand(tmp_path: Path) -> None:
    """At most 25 requests and one for each invoice that is part-paid; under 300 MB; fewer invoices ask no less."""
    rows, requests, peak = synced(tmp_path / "large", 20_000)
    assert rows == TOUCHED
    assert requests <= 25 + PART_PAID
    assert peak < 300
    _, fewer, _ = synced(tmp_path / "small", 10_000)
    assert requests - fewer <= 10
