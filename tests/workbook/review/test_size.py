"""A large reconciliation file is written and read back in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 20_000
MEGABYTES = 300
MEASURED = """
import pathlib, re, sys
from tests.workbook import paper
from sync.language.catalogues import ENGLISH
from workbook.review.review_file import ExcelFiles
path, count = pathlib.Path("large.xlsx"), int(sys.argv[2])
rows = paper.rows(count)
if sys.argv[1] == "write":
    ExcelFiles(ENGLISH).write(path, paper.review(rows))
    found = count
else:
    reviewed = {row.key: row for row in rows}
    decisions = ExcelFiles(ENGLISH).read(path, reviewed).decisions
    found = sum(d.approve == reviewed[d.key].approve and d.objection is None for d in decisions)
print(found, re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""
"""Writes or reads a file, and says how many rows came out right and its own peak of memory in kB."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is Linux's account of a process")
def test_twenty_thousand_rows_are_written_and_read_back_in_300_mb(tmp_path: Path) -> None:
    """Fault 53: each in a process of its own, with every decision as it was proposed."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    for step in ("write", "read"):
        command = [sys.executable, "-c", MEASURED, step, str(ROWS)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        found, peak = map(int, done.stdout.split())
        assert found == ROWS
        assert peak < MEGABYTES * 1024
