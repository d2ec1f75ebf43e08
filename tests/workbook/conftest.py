"""A written reconciliation to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH
from tests.workbook import paper
from workbook.review.review_file import ExcelFiles


@pytest.fixture
def files() -> ExcelFiles:
    """The adapter, which writes in English."""
    return ExcelFiles(ENGLISH)


@pytest.fixture
def reviewed() -> dict[str, Proposal]:
    """Rows of every status, by key; the third has a name that a spreadsheet would take for a formula."""
    found = paper.rows(26)
    found[2] = paper.proposal(3, customer=paper.NASTY[0], invoice="007")
    return {row.key: row for row in found}


@pytest.fixture
def written(tmp_path: Path, files: ExcelFiles, reviewed: dict[str, Proposal]) -> Path:
    """Their reconciliation file."""
    path = tmp_path / "review.xlsx"
    files.write(path, paper.review(list(reviewed.values())))
    return path
