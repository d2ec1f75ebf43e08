"""One hostile name, of a customer in Sage and a company in Manage, on its way through everything that is put out."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
import requests

from sync.core.values.messages import legible
from sync.practice.world import Practice, practise, serve
from tests.cli.world import TODAY, Terminal
from tests.workbook.edited import edited
from workbook.xlsx.cells import visible

NAME = '=cmd|"/C calc"!A0 \x1b[31m[red]<b>x</b>\u202eevil\u200b\nposted: 99'
STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")
FORGED = re.compile(r"(?m)^\W*posted: 99")

pytestmark = pytest.mark.libreoffice


def _plain(text: str) -> bool:
    return "posted: 99" in text and STEERING.search(text) is None and FORGED.search(text) is None


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Practice]:
    """A practice world in which every customer, and every company in Manage, has that name."""
    folder = tmp_path / "practice"
    with practise(folder, TODAY):
        pass
    with closing(sqlite3.connect(folder / "sample.db")) as books, books:
        books.execute("UPDATE tcustomr SET sName = ?", (NAME,))
    with closing(sqlite3.connect(folder / "manage.db")) as site, site:
        for number, body in site.execute("SELECT id, body FROM invoice").fetchall():
            named = json.dumps(json.loads(body) | {"company": NAME}).encode()
            site.execute("UPDATE invoice SET body = ? WHERE id = ?", (named, number))
    with serve(folder, TODAY, port=0) as practice:
        yield practice


@pytest.mark.parametrize(("lang", "forms"), [("en", "xlsx,csv,pdf"), ("fr", "xlsx,csv")])
def test_a_hostile_name_is_plain_words_in_every_output(
    terminal: Terminal, hostile: Practice, lang: str, forms: str
) -> None:
    """Terminal, log, JSON, sheet, page, and the workbook, CSV files and PDF of a pack."""
    spoken = ("--lang", lang)
    synced = terminal.at(hostile, *spoken, "sync", "--since", "past-month", "--out", "r.xlsx", "--json", "r.json")
    assert (synced.status, STEERING.search(synced.words)) == (0, None)
    review = json.loads(Path("r.json").read_text("utf-8"))
    assert {row["customer"] for row in review["rows"]} == {NAME}
    with edited(Path("r.xlsx")) as book:
        cells = [book.cell(row, "Customer") for row in range(len(review["rows"]))]
        assert {(cell.value, cell.data_type) for cell in cells} == {(visible(NAME), "s")}
        yes = next(row for row, _ in enumerate(cells) if book.cell(row, "Approve").value in {"Yes", "Oui"})
        cells[yes].value = "Somebody else"
    pushed = terminal.at(hostile, *spoken, "--verbose", "push", "r.xlsx", "--yes", "--json", "p.json")
    assert (pushed.status, _plain(pushed.out), STEERING.search(pushed.err)) == (1, True, None)
    refused = next(
        each for each in json.loads(Path("p.json").read_text("utf-8"))["postings"] if each["outcome"] == "refused"
    )
    assert legible(NAME) in refused["message"]
    assert STEERING.search((hostile.place.state / "tieout.log").read_text("utf-8")) is None
    page = requests.get(hostile.url, headers={"Accept-Language": lang}, timeout=10).text
    assert (_plain(page), "<b>x" in page, "&lt;b&gt;x" in page) == (True, False, True)
    assert terminal.at(hostile, *spoken, "export", review["run"], "--dir", "packs", "--format", forms).status == 0
    (pack,) = Path("packs").iterdir()
    words = [field for file in pack.glob("csv/*.csv") for row in _fields(file) for field in row if "evil" in field]
    assert len(words) > len(review["rows"])
    assert [field for field in words if STEERING.search(field) or field.startswith("=")] == []
    shown = openpyxl.load_workbook(next(pack.glob("*.xlsx")))
    found = [cell for sheet in shown for row in sheet.iter_rows() for cell in row if "evil" in str(cell.value)]
    assert len(found) > len(review["rows"])
    assert [cell for cell in found if cell.data_type != "s" or STEERING.search(str(cell.value))] == []
    if "pdf" not in forms:
        return
    printed = subprocess.run(
        ["pdftotext", str(next(pack.glob("*.pdf"))), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert ("evil" in printed, STEERING.search(printed.replace("\f", ""))) == (True, None)


def _fields(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines, delimiter=";" if ";" in file.read_text("utf-8-sig").splitlines()[0] else ","))
