"""What a user would pick instead: the script that asks for each invoice and fills a sheet cell by cell; and pandas."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import requests

from sync.behaviour import Behaviour
from sync.core.policy import Policy
from sync.core.position import positions
from sync.core.reconcile import pair, propose
from sync.core.standing import Known
from sync.manage.client import ManageClient
from tests.bench import books
from tests.bench.canned import canned
from tests.bench.figures import Figure
from tests.bench.manage import API
from tests.workbook import paper
from workbook.columns import COLUMNS, cells
from workbook.files import ExcelFiles

SIZES = (100, 1_000, 10_000)
NEAR = 0.005
"""Seconds for an answer: a script that waits for ten thousand of them one by one should end some day."""


def figures(runs: int, scale: float) -> list[Figure]:
    """Ours against the script's way and, where it is installed, pandas'; the ratio says which part of their time."""
    found = []
    for size in SIZES:
        if size > scale * SIZES[-1]:
            continue
        found += [_reading(size), _writing(size, runs), *_merging(size, runs)]
    return found


def _taken(work: Callable[[], object], runs: int = 1) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)


def _figure(what: str, size: int, ours: float, theirs: float, floor_is: str) -> Figure:
    return Figure(stage=f"Peers: {what}", size=f"{size:,} rows", ours=ours, floor=theirs, floor_is=floor_is, most=1.0)


def _reading(size: int) -> Figure:
    with canned(size, NEAR) as url:
        client = ManageClient(
            site=url, company="a", client_id="c", public_key="p", private_key="k", timeout=30, behaviour=Behaviour()
        )
        with client:
            ours = _taken(client.all_invoices)

        def naive() -> None:
            with requests.Session() as session:
                for number in range(1, size + 1):
                    condition = f'invoiceNumber="{books.FIRST + number}"'
                    session.get(f"{url}{API}", params={"conditions": condition, "pageSize": "1"}).json()

        theirs = _taken(naive)
    return _figure("read Manage", size, ours, theirs, f"one GET for each invoice, {NEAR * 1000:.0f} ms each")


def _writing(size: int, runs: int) -> Figure:
    review = paper.review(paper.rows(size))
    with tempfile.TemporaryDirectory() as folder:
        ours = _taken(lambda: ExcelFiles().write(Path(folder) / "ours.xlsx", review), runs)

        def naive() -> None:
            book = openpyxl.Workbook()
            sheet: Any = book.active
            for column, each in enumerate(COLUMNS, start=1):
                sheet.cell(1, column, str(each.key))
            for place, row in enumerate(review.rows, start=2):
                for column, value in enumerate(cells(row), start=1):
                    sheet.cell(place, column, value)
            book.save(Path(folder) / "theirs.xlsx")

        theirs = _taken(naive)
    return _figure("write the file", size, ours, theirs, "openpyxl, cell by cell, no table, no formats, no proof")


def _merging(size: int, runs: int) -> list[Figure]:
    if find_spec("pandas") is None:
        return []
    pandas: Any = import_module("pandas")
    documents, entries, invoices = books.documents(size), books.entries(size), books.invoices(size)
    policy, known = Policy(currencies={1: "CAD"}), Known()
    everything = {document.id for document in documents}

    def reconcile() -> None:
        found = positions(documents, entries, books.DAY)
        propose(pair(found, everything, invoices, known, policy), {}, known, policy)

    def merge() -> None:
        rows = pandas.DataFrame([(e.document_id, e.kind, float(e.amount or 0)) for e in entries], columns=list("dka"))
        sums = rows[rows.k == 1].groupby("d").a.sum().rename("paid").reset_index()
        sage = pandas.DataFrame([(d.id, d.number) for d in documents], columns=["d", "number"]).merge(sums, on="d")
        manage = pandas.DataFrame([(i.number, float(i.total)) for i in invoices], columns=["number", "total"])
        with tempfile.TemporaryDirectory() as folder:
            sage.merge(manage, on="number").to_excel(Path(folder) / "r.xlsx")

    ours, theirs = _taken(reconcile, runs), _taken(merge, runs)
    return [_figure("reconcile", size, ours, theirs, "pandas: merge, groupby and to_excel of four columns")]
