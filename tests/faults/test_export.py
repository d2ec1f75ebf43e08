"""An audit file that cannot be written, and a workbook whose sheet was locked or unlocked."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin import tasks
from addin.live import excel
from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH
from sync.usecases.push import push
from tests.addin.bench import Bench
from tests.addin.conftest import bench, built, month, practice
from tests.workbook.edited import edited
from workbook.review.review_file import ExcelFiles

__all__ = ["bench", "built", "month", "practice"]


@pytest.mark.parametrize("locked", [True, False])
def test_protection_decides_nothing(
    files: ExcelFiles, written: Path, reviewed: dict[str, Proposal], *, locked: bool
) -> None:
    """Fault 54: locked or not, an untouched row is as reviewed, and an edited one is refused by what it says."""
    with edited(written) as book:
        book.sheet.protection.sheet = locked
    assert [d.objection for d in files.read(written, reviewed).decisions if d.objection] == []
    with edited(written) as book:
        book.cell(0, "Paid proposed").value = 1
    (objection,) = [d.objection for d in files.read(written, reviewed).decisions if d.objection]
    assert "Paid proposed" in objection.said(ENGLISH)


def test_an_audit_that_cannot_be_exported_is_exported_again(
    month: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 66: after a good push the file's place is taken: said in words, nothing undone, and elsewhere it works."""
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    monkeypatch.setenv("TIEOUT_EXPORTS", str(taken))
    month.press("Export Audit")
    assert "cannot be made" in month.status
    monkeypatch.setenv("TIEOUT_EXPORTS", str(tmp_path / "other"))
    month.press("Export Audit")
    (path,) = (tmp_path / "other").iterdir()
    assert str(path) in month.status
    month.press("Push to Manage")
    assert "Every row was read back from Manage" in month.status


def test_an_excel_that_is_gone_after_the_push_is_told_what_happened_later(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 51: what was written is in the ledger, and pressing the button again brings it into the sheet."""

    def then_busy(*arguments: object) -> object:
        pushed = push(*arguments)  # type: ignore[arg-type] # as they come
        month.engine.busy = 10_000
        return pushed

    with monkeypatch.context() as patch:
        patch.setattr(excel, "PATIENCE", 0.0)
        patch.setattr(tasks, "push", then_busy)
        with pytest.raises(SystemExit, match="Excel is busy"):
            month.press("Push to Manage")
    month.engine.busy = 0
    month.press("Push to Manage")
    assert "already" in month.status
    assert "Every row was read back from Manage" in month.status
    assert {str(row["Outcome"])[:6] for row in month.rows() if row["Approve"] == "Yes"} == {"posted"}
