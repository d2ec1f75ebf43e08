"""Review files of every format so far are read by today's code, however its catalogue words things."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.language import catalogues
from tests.golden.review_files import EXPECTED, HERE, RUN, Brought, rows
from tests.support.rewording import reworded
from workbook.review.columns import REVIEW_FORMAT
from workbook.review.review_file import ExcelFiles

FILES = sorted(HERE.glob("review-*/*.xlsx"))


def brought(path: Path) -> tuple[str, int, dict[str, Brought]]:
    """The run, how many rows are missing, and what each row says."""
    decided = ExcelFiles(catalogues.language("fr")).read(path, rows())
    said = {
        each.key: Brought(
            approve=each.approve,
            note=each.note,
            owner=each.owner,
            until=each.until,
            no_day=each.no_day,
            objection=each.objection.sentences[0].id if each.objection else None,
        )
        for each in decided.decisions
    }
    return decided.run, decided.missing, said


def test_there_is_a_file_of_each_format_in_each_language() -> None:
    """From the first format to today's; `python -m tests.golden` writes those of today's."""
    wanted = [HERE / f"review-{n}" / f"{code}.xlsx" for n in range(1, REVIEW_FORMAT + 1) for code in catalogues.NAMES]
    assert sorted(wanted) == FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("otherwise", [False, True], ids=["as worded today", "reworded"])
def test_a_file_says_what_its_reviewer_decided(path: Path, monkeypatch: pytest.MonkeyPatch, *, otherwise: bool) -> None:
    """Decisions, notes and owners; refused are the edited fact and the wrong answers, and no row for its words."""
    if otherwise:
        monkeypatch.setattr(catalogues, "language", reworded)
    assert brought(path) == (RUN, 1, EXPECTED)
