"""What a user would pick instead: the script that asks for each invoice and fills a sheet cell by cell; and pandas."""

from __future__ import annotations

import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import openpyxl
import requests

from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from sync.settings.settings_file import Behaviour
from tests.bench import books
from tests.bench.canned import canned
from tests.bench.core import reconcile
from tests.bench.figures import Figure, paired
from tests.bench.manage import API
from tests.workbook import paper
from workbook.review.columns import cells
from workbook.review.review_file import ExcelFiles
from workbook.xlsx.cells import in_words

SIZES = (100, 1_000, 10_000)
NEAR, TENFOLD = 0.005, 10
"""Seconds for an answer: a script that waits for ten thousand of them one by one should end some day."""


def figures(runs: int, scale: float) -> list[Figure]:
    """Ours against the script's way and, where it is installed, pandas'; the ratio says which part of their time."""
    sizes = [size for size in SIZES if size <= scale * SIZES[-1]]
    return [figure for size in sizes for figure in (_reading(size), _writing(size, runs), *_merging(size, runs))]


def _figure(what: str, size: int, both: tuple[float, float], peer: str, known: float = 0.0, why: str = "") -> Figure:
    ours, theirs = both
    times = f"{theirs / ours:,.{0 if theirs > TENFOLD * ours else 1}f}"
    return Figure(
        stage=f"beside a script: {what}",
        size=f"{size:,} rows",
        ours=ours,
        floor=theirs,
        floor_is=f"{peer}; ours is {times} times as fast",
        most=1.0,
        known=known,
        why=why,
    )


def _reading(size: int) -> Figure:
    with canned(size, NEAR) as url:
        client = ManageClient(
            site=url, company="a", client_id="c", public_key="p", private_key="k", timeout=30, behaviour=Behaviour()
        )

        def naive() -> None:
            with requests.Session() as session:
                for number in range(1, size + 1):
                    condition = f'invoiceNumber="{books.FIRST + number}"'
                    session.get(f"{url}{API}", params={"conditions": condition, "pageSize": "1"}).json()

        with client:
            both = paired(client.all_invoices, naive, 1)
    return _figure("read Manage", size, both, f"one GET for each invoice, {NEAR * 1000:.0f} ms each")


def _writing(size: int, runs: int) -> Figure:
    review = paper.review(paper.rows(size))
    lines = [in_words(cells(row), ENGLISH) for row in review.rows]
    with tempfile.TemporaryDirectory() as folder:

        def naive() -> None:
            book = openpyxl.Workbook()
            sheet: Any = book.active
            for place, line in enumerate(lines, start=1):
                for column, value in enumerate(line, start=1):
                    sheet.cell(place, column, value)
            book.save(Path(folder) / "theirs.xlsx")

        both = paired(lambda: ExcelFiles(ENGLISH).write(Path(folder) / "ours.xlsx", review), naive, runs)
    why = "a small file is mostly its other sheets, table, formats and proof, which the script does without"
    return _figure("write the file", size, both, "openpyxl, cell by cell, one bare sheet", known=1.6, why=why)


def _merging(size: int, runs: int) -> list[Figure]:
    if find_spec("pandas") is None:
        return []
    pandas: Any = import_module("pandas")
    documents, entries, invoices = books.documents(size), books.entries(size), books.invoices(size)

    def merge() -> None:
        rows = pandas.DataFrame([(e.document_id, e.kind, float(e.amount or 0)) for e in entries], columns=list("dka"))
        sums = rows[rows.k == 1].groupby("d").a.sum().rename("paid").reset_index()
        sage = pandas.DataFrame([(d.id, d.number) for d in documents], columns=["d", "number"]).merge(sums, on="d")
        manage = pandas.DataFrame([(i.number, float(i.total)) for i in invoices], columns=["number", "total"])
        with tempfile.TemporaryDirectory() as folder:
            sage.merge(manage, on="number").to_excel(Path(folder) / "r.xlsx")

    both = paired(lambda: reconcile(documents, entries, invoices), merge, runs)
    return [_figure("reconcile", size, both, "pandas: merge, groupby and to_excel of four columns")]
