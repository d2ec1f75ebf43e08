"""A file is written whole or not at all, and the same review gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.errors import SetupError
from tests.workbook import paper
from workbook.review import review_sheet
from workbook.review.review_file import ExcelFiles

REVIEW = paper.review(paper.rows(5))


def test_the_same_review_gives_the_same_bytes(tmp_path: Path, files: ExcelFiles) -> None:
    """Nothing of the moment of writing gets in."""
    for name in ("one.xlsx", "two.xlsx"):
        files.write(tmp_path / name, REVIEW)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_an_older_file_is_replaced_and_nothing_else_is_left(tmp_path: Path, files: ExcelFiles) -> None:
    """No temporary file stays behind."""
    (tmp_path / "review.xlsx").write_bytes(b"old")
    files.write(tmp_path / "review.xlsx", REVIEW)
    assert [p.name for p in tmp_path.iterdir()] == ["review.xlsx"]
    assert files.made_from(tmp_path / "review.xlsx").run == REVIEW.run.id


def test_a_failure_half_way_leaves_the_old_file(
    tmp_path: Path, files: ExcelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last sheet fails; neither a half file nor a temporary one is left."""

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(review_sheet, "fill_legend", fail)
    (tmp_path / "review.xlsx").write_bytes(b"old")
    with pytest.raises(RuntimeError):
        files.write(tmp_path / "review.xlsx", REVIEW)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("review.xlsx", b"old")]


def test_a_file_open_in_excel_is_named(tmp_path: Path, files: ExcelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace it; Linux never does, so the refusal is played."""

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(SetupError, match="sheet-output-open-or-denied"):
        files.write(tmp_path / "review.xlsx", REVIEW)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_files_place_is_named(tmp_path: Path, files: ExcelFiles) -> None:
    """It is left alone."""
    (tmp_path / "review.xlsx").mkdir()
    with pytest.raises(SetupError, match=r"sheet-output-not-written\(file=.*review\.xlsx, why=cause-is-a-folder\)"):
        files.write(tmp_path / "review.xlsx", REVIEW)
    assert [p.name for p in tmp_path.iterdir()] == ["review.xlsx"]


def test_a_full_disk_is_told(files: ExcelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, and nothing is left."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SetupError, match="cause-disk-full"):
        files.write(tmp_path / "review.xlsx", REVIEW)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path, files: ExcelFiles) -> None:
    """Nothing is created in its place."""
    with pytest.raises(SetupError, match="sheet-output-folder-missing"):
        files.write(tmp_path / "nowhere" / "review.xlsx", REVIEW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["review.xls", "review.csv", "review", "review.xlsm"])
def test_another_suffix_is_refused(tmp_path: Path, files: ExcelFiles, name: str) -> None:
    """Excel would not open it."""
    with pytest.raises(SetupError, match="sheet-output-not-xlsx"):
        files.write(tmp_path / name, REVIEW)
