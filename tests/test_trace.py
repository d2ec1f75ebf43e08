"""How many files a reader enters who follows one receipt from Sage to the audit pack."""

from __future__ import annotations

from pathlib import Path

from tests.trace import MOST, journey


def test_one_receipt_passes_through_few_files(tmp_path: Path) -> None:
    """Its sync, push and export, each through fewer than all of them."""
    steps = journey(tmp_path)
    every = set().union(*steps.values())
    assert list(steps) == ["sync", "push", "export"]
    assert all(0 < len(files) < len(every) for files in steps.values())
    assert len(every) <= MOST, sorted(every)
