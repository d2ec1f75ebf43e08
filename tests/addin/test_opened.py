"""What the workbook says when it is opened: what the watch found, where its review is, how old the last sync is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from addin import OPENED, entry
from addin.live.excel import GIVE_BACK
from sync.core.values.messages import Text, say
from sync.language.catalogues import ENGLISH, language
from sync.ledger.watch_notice import WatchNotice, keep_for_workbook
from sync.practice.world import Practice
from sync.system.this_computer import SystemClock
from tests.addin.bench import Bench
from tests.cli.world import Terminal
from workbook.control.panel import FIGURE_CELLS, FIGURES, Figure, Input

BEFORE = "Pushed: all well."


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    """A command line beside the workbook."""
    return Terminal(capsys, tmp_path)


def opens(bench: Bench, code: str = "en") -> str:
    """Excel opens the workbook; the status cell then."""
    bench.book.sheets[FIGURES].range(FIGURE_CELLS[Figure.STATUS]).raw_value = BEFORE
    entry.work(OPENED, bench.book, code, lambda: None)
    return bench.status


def left(practice: Practice, text: Text) -> None:
    """A watch was here."""
    practice.place.state.mkdir(parents=True, exist_ok=True)
    keep_for_workbook(practice.place.state, WatchNotice(at=SystemClock().now(), text=text))


def test_where_nothing_has_come_what_stood_there_stays(bench: Bench, practice: Practice) -> None:
    """No company has a ledger yet; Excel gets back the key that the macro took."""
    assert practice.url
    assert opens(bench) == BEFORE
    assert (bench.engine.statuses[-1], bench.engine.macros[-1]) == (False, f"'Tieout.xlsm'!{GIVE_BACK}")


def test_what_the_watch_found_is_said_in_the_language_of_the_workbook(
    french_bench: Bench, terminal: Terminal, practice: Practice, tmp_path: Path
) -> None:
    """Though it ran in English; with the file of its review, until somebody has pushed that."""
    assert terminal.at(practice, "watch").status == 0
    (made,) = (tmp_path / "exports").glob("*.xlsx")
    found, review = opens(french_bench, "fr").split("\n")
    french = language("fr")
    assert "à envoyer" in found
    assert review == say("excel-watch-left-review", file=str(made)).said(french)
    assert terminal.at(practice, "push", str(made), "--yes").status in {0, 1}
    assert opens(french_bench, "fr") == BEFORE


def test_what_stopped_the_watch_is_said(bench: Bench, practice: Practice) -> None:
    """Each company's own, and another's never."""
    text = say("excel-busy")
    left(practice, text)
    assert opens(bench).endswith(text.said(ENGLISH))
    bench.choose(Input.COMPANY, "none of these")
    assert opens(bench) == BEFORE


def test_how_old_the_last_sync_is_is_said_from_the_next_day_on(
    month: Bench, monkeypatch: pytest.MonkeyPatch, practice: Practice
) -> None:
    """Nothing is said of today's."""
    assert practice.url
    assert opens(month) == BEFORE
    later = SystemClock().now() + timedelta(days=3)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    assert opens(month).startswith("The last sync was 3 day(s) ago (")


def test_a_clock_that_was_set_back_says_nothing_of_days(
    month: Bench, monkeypatch: pytest.MonkeyPatch, practice: Practice
) -> None:
    """The last sync is no number of days ago."""
    assert practice.url
    earlier = SystemClock().now() - timedelta(days=3)
    monkeypatch.setattr(SystemClock, "now", lambda _: earlier)
    assert opens(month) == BEFORE


@pytest.mark.parametrize("saved", [True, False])
def test_excel_asks_nobody_to_save_the_news(saved: bool, bench: Bench, practice: Practice) -> None:  # noqa: FBT001
    """And forgets no change that somebody has made."""
    left(practice, say("watch-run-has-notes"))
    bench.book.api.Saved = saved
    assert opens(bench) != BEFORE
    assert bench.book.api.Saved is saved


def test_a_ledger_that_cannot_be_read_is_left_to_the_log(bench: Bench, practice: Practice) -> None:
    """Nobody has pressed a button: the next one says it."""
    practice.place.state.mkdir(parents=True, exist_ok=True)
    (practice.place.state / "ledger.db").write_bytes(b"none" * 500)
    assert opens(bench) == BEFORE
