"""A large pack is written in sensible memory and time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 20_000
MEGABYTES = 250
TIMES = 3.0
"""As long as XlsxWriter takes for the same cells by itself."""
MEASURED = """
import pathlib, re, sys, time
import xlsxwriter
from tests.workbook import packs, paper
from workbook import formats
from workbook.audit.papers import papers
from workbook.page import put
of = packs.audit(paper.rows(int(sys.argv[1])))
began = time.process_time()
path = packs.pack(pathlib.Path("pack"), of, ("xlsx", "csv"))
took = time.process_time() - began
peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
began = time.process_time()
with xlsxwriter.Workbook("bare.xlsx", formats.options()) as book:
    for paper_ in papers(of):
        sheet = book.add_worksheet(paper_.name)
        lines = [line for block in paper_.blocks for line in block.rows]
        for row, line in enumerate(lines):
            for place, cell in enumerate(line):
                put(sheet, row, place, cell)
print(path.stat().st_size > 100_000, peak, took / (time.process_time() - began))
"""
"""Writes a pack, and the bare cells; says the peak of memory in kB before the latter, and how many times as long."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is Linux's account of a process")
def test_twenty_thousand_rows_are_written_in_250_mb_and_a_small_multiple_of_the_bare_time(tmp_path: Path) -> None:
    """Each row with three applications, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", MEASURED, str(ROWS)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    large, peak, times = done.stdout.split()
    assert large == "True"
    assert int(peak) < MEGABYTES * 1024
    assert float(times) < TIMES
