"""A large pack is written in sensible memory and time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 20_000
FEWER = 4_000
MEGABYTES = 250
TIMES = 1.5
"""As long as XlsxWriter takes for the same cells by itself."""
TRIES = 3
"""The best of so many: another program may take the processor's caches away."""
MEASURED = """
import pathlib, re, sys, time
from decimal import Decimal
import xlsxwriter
from tests.workbook import paper
from tests.workbook.audit import packs
from sync.language.catalogues import ENGLISH
from workbook.audit.pack import papers
from workbook.xlsx.cells import day_number, in_words
of = packs.audit(paper.rows(int(sys.argv[1])))
if sys.argv[2] == "memory":
    packs.pack(pathlib.Path("pack"), of, ("xlsx", "csv"))
    print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
    raise SystemExit
began = time.process_time()
packs.pack(pathlib.Path(sys.argv[2]), of)
took = time.process_time() - began
sheets = [[in_words(line, ENGLISH) for block in each.blocks for line in block.rows] for each in papers(of, ENGLISH)]
began = time.process_time()
with xlsxwriter.Workbook("bare.xlsx", {"strings_to_urls": False}) as book:
    form = book.add_format({"border": 1})
    for lines in sheets:
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            for place, cell in enumerate(line):
                if cell is None:
                    sheet.write_blank(row, place, None, form)
                elif isinstance(cell, Decimal):
                    sheet.write_number(row, place, float(cell), form)
                elif isinstance(cell, str):
                    sheet.write_string(row, place, cell, form)
                else:
                    sheet.write_number(row, place, day_number(cell), form)
print(took / (time.process_time() - began))
"""
"""Says the peak of memory in kB when a pack is written, or how many times as long its workbook takes as bare cells."""


def measured(folder: Path, rows: int, what: str) -> float:
    """A measurement in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", MEASURED, str(rows), what]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is Linux's account of a process")
def test_twenty_thousand_rows_are_written_in_250_mb(tmp_path: Path) -> None:
    """Each row with three applications; half of the peak is the run itself."""
    assert measured(tmp_path, ROWS, "memory") < MEGABYTES * 1024


def test_a_pack_takes_no_longer_than_one_and_a_half_times_the_bare_cells(tmp_path: Path) -> None:
    """XlsxWriter by itself, with one format and nothing else on the sheets."""
    assert min(measured(tmp_path, FEWER, f"pack{number}") for number in range(TRIES)) < TIMES
