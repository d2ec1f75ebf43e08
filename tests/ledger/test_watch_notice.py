"""What a watch leaves for the workbook: ids and values that any language can be made of, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.core.values.messages import say
from sync.ledger.watch_notice import FILE, WatchNotice, keep_for_workbook, kept_for_workbook

NOTICE = WatchNotice(
    at=datetime(2026, 4, 10, 10, 0, tzinfo=UTC), text=say("watch-row-counts", ready=3, held=2, reopened=1)
)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    """The newest alone."""
    assert kept_for_workbook(tmp_path) is None
    keep_for_workbook(tmp_path, WatchNotice(at=NOTICE.at, text=say("watch-run-has-notes")))
    keep_for_workbook(tmp_path, NOTICE)
    assert (kept_for_workbook(tmp_path), [path.name for path in tmp_path.iterdir()]) == (NOTICE, [FILE])


def test_no_folder_is_made_for_it(tmp_path: Path) -> None:
    """Where no ledger is, as on a share that was refused."""
    keep_for_workbook(tmp_path / "none", NOTICE)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_its_place_stops_nothing(tmp_path: Path) -> None:
    """The watch has done its work all the same."""
    (tmp_path / FILE).mkdir()
    keep_for_workbook(tmp_path, NOTICE)
    assert kept_for_workbook(tmp_path) is None


@pytest.mark.parametrize("change", [('"v":1', '"v":2'), ('"at"', '"when"'), ("{", ""), ('"#3"', '"?3"'), ('Z"', '"')])
def test_what_cannot_be_read_is_as_good_as_none(change: tuple[str, str], tmp_path: Path) -> None:
    """Of a later version, or damaged."""
    keep_for_workbook(tmp_path, NOTICE)
    text = (tmp_path / FILE).read_text("utf-8")
    assert change[0] in text
    (tmp_path / FILE).write_text(text.replace(*change, 1), "utf-8")
    assert kept_for_workbook(tmp_path) is None
