"""The layout mark: a control workbook whose places or words are not those of today is left alone, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from addin import OPENED, entry
from addin.live.excel import GIVE_BACK
from addin.live.live_book import LiveBook
from sync.core.values.errors import Refused
from sync.core.values.labels import CHOICES
from sync.core.values.messages import Text, say
from sync.language import catalogues
from sync.language.catalogues import ENGLISH, language, languages
from sync.practice.world import Practice
from sync.settings.interview import SECRETS
from tests.addin.bench import Bench
from tests.addin.test_companion import Beside
from tests.cli.world import Terminal
from tests.support.rewording import reworded
from workbook.control import control_sheet, layout_mark, list_sheets, panel, review_blocks, settings_sheet
from workbook.control.panel import FIGURES, MARK_CELL, Input
from workbook.look.column import text
from workbook.look.statuses import LOOKS
from workbook.review.columns import ANSWERS

FRENCH = language("fr")
BUTTONS = ("Run Sync", "Push to Manage", "Export Audit", "Check Setup", "Trial", "Undo Push")
TASKS = ("sync", "push", "undo", "trial", "export", "check")
OTHERS = (
    None,
    "Choose a Start Date, then press Run Sync.",
    "1:000000000000",
    f"{layout_mark.CONTROL_FORMAT + 1}:" + layout_mark.layout_mark(ENGLISH).partition(":")[2],
)
"""Marks of no workbook of today: none, what stood there before there were marks, another hash, another format."""
REFUSED = say("excel-workbook-of-other-version", file="Tieout.xlsm")
MARKED = {each.code: layout_mark.layout_mark(each) for each in languages()}


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    """A terminal."""
    return Terminal(capsys, tmp_path)


def content(bench: Bench) -> list[dict[Any, Any]]:
    """All that stands in the workbook, sheet by sheet."""
    return [{**sheet.impl.content.values, **sheet.impl.content.formulas} for sheet in bench.book.sheets]


def files(practice: Practice) -> Mapping[str, bytes]:
    """Settings, ledger and all else that the product keeps, but for the log."""
    folders = {practice.place.config.parent, practice.place.state}
    kept = {path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".log"}
    return {str(path): path.read_bytes() for path in kept}


@contextmanager
def untouched(bench: Bench, practice: Practice) -> Iterator[None]:
    """Nothing is read but the block with the mark, nothing is written, and nothing is kept."""
    before = content(bench), files(practice)
    bench.engine.calls.clear()
    yield
    calls = {name: count for name, count in bench.engine.calls.items() if name.startswith(("Range", "Table", "Sheet"))}
    assert calls == {"Sheets()": 1, "Sheet.range": 1, "Range.raw_value": 1}
    assert before == (content(bench), files(practice))


@pytest.mark.parametrize("mark", OTHERS)
def test_a_workbook_of_another_layout_is_refused_by_every_button(
    bench: Bench, practice: Practice, mark: str | None
) -> None:
    """In one sentence, which xlwings shows: even its status cell may be another cell."""
    bench.choose(Input.START, "Past Month")
    bench.book.sheets[FIGURES].range(MARK_CELL).raw_value = mark
    for button in BUTTONS:
        with untouched(bench, practice), pytest.raises(SystemExit) as raised:
            bench.press(button)
        assert raised.value.code == REFUSED.said(ENGLISH)


def test_the_companion_says_it_over_the_window(bench: Bench, practice: Practice) -> None:
    """Where no xlwings shows it; and the key that cancels is Excel's again, after the news too, which are left out."""
    bench.book.sheets[FIGURES].range(MARK_CELL).raw_value = OTHERS[2]
    beside = Beside(bench)
    asked: list[Callable[[], None]] = [
        lambda: beside.press("Push to Manage"),
        lambda: entry.work(OPENED, bench.book, "en", lambda: None),
    ]
    for ask in asked:
        bench.engine.macros.clear()
        with untouched(bench, practice):
            ask()
        assert (bench.engine.statuses[-1], bench.engine.macros) == (False, [f"'Tieout.xlsm'!{GIVE_BACK}"])
    assert bench.engine.alerts == [REFUSED.said(ENGLISH)]


def test_a_french_workbook_is_refused_in_french(french_bench: Bench) -> None:
    """Its macro says what it speaks, because its mark no longer does."""
    french_bench.book.sheets[FIGURES].range(MARK_CELL).raw_value = None
    with pytest.raises(SystemExit) as raised:
        entry.press("sync", "fr")
    assert raised.value.code == REFUSED.said(FRENCH)


@pytest.mark.parametrize("task", TASKS)
def test_it_is_refused_from_the_command_line_too(
    terminal: Terminal, bench: Bench, practice: Practice, task: str
) -> None:
    """With the exit status of whatever is refused."""
    bench.book.sheets[FIGURES].range(MARK_CELL).raw_value = OTHERS[2]
    with untouched(bench, practice):
        answer = terminal.tieout("excel", task, "--workbook", "Tieout.xlsm")
    assert (answer.status, REFUSED.said(ENGLISH) in " ".join(answer.err.split())) == (4, True)


def test_a_workbook_is_found_from_outside_though_its_sheets_are_called_otherwise(
    terminal: Terminal, bench: Bench, practice: Practice
) -> None:
    """By the two sheets whose names no language and no version changes; then it is refused by its mark."""
    assert practice.url
    bench.book.sheets["Update Invoice Payments"].name = "Zahlungen"
    bench.book.sheets[FIGURES].range(MARK_CELL).raw_value = None
    assert terminal.tieout("excel", "sync").status == 4


def test_each_workbook_has_the_mark_of_its_language(bench: Bench, french_bench: Bench) -> None:
    """By which it is known what language it was built in, whatever is spoken."""
    assert {each.book.sheets[FIGURES].range(MARK_CELL).raw_value for each in (bench, french_bench)} == {
        *MARKED.values()
    }
    assert [LiveBook(each.book).built_in for each in (bench, french_bench)] == [ENGLISH, FRENCH]


def test_the_mark_outlives_a_day_s_work(bench: Bench, practice: Practice) -> None:
    """The figures are written below it."""
    assert practice.url
    bench.choose(Input.START, "Past Week")
    for button in BUTTONS:
        bench.press(button)
    assert bench.book.sheets[FIGURES].range(MARK_CELL).raw_value == MARKED["en"]


def backwards(places: Mapping[Any, Any]) -> dict[Any, Any]:
    """Each thing at the place of another."""
    return dict(zip(places, [*places.values()][::-1], strict=True))


def one_more(places: Mapping[Any, Any], place: object) -> dict[Any, Any]:
    """One more thing, behind the others."""
    return {**places, "added": place}


def lists(**changed: object) -> list[list_sheets.ListSheet]:
    """All lists, the first of them changed."""
    return [replace(list_sheets.HELD, **changed), *list_sheets.LISTS[1:]]


_HELD = list_sheets.HELD.columns
_REWORDED = replace(_HELD[0], header=say("note"))
CHANGES: Mapping[str, tuple[object, str, object]] = {
    "an input added": (layout_mark, "INPUTS", one_more(panel.INPUTS, "C12")),
    "inputs reordered": (layout_mark, "INPUTS", backwards(panel.INPUTS)),
    "the inputs elsewhere": (layout_mark, "INPUT_BLOCK", "C6:C12"),
    "a figure added": (layout_mark, "FIGURE_CELLS", one_more(panel.FIGURE_CELLS, "B15")),
    "figures reordered": (layout_mark, "FIGURE_CELLS", backwards(panel.FIGURE_CELLS)),
    "the block with the mark longer": (layout_mark, "STORED_BLOCK", "B1:B15"),
    "the companies elsewhere": (control_sheet, "LIST_BLOCK", "F1:F61"),
    "the companies called otherwise": (control_sheet, "NAME", "Firms"),
    "the drivers called otherwise": (settings_sheet, "DRIVERS", "Odbc"),
    "secrets reordered": (layout_mark, "SECRETS", [*SECRETS][::-1]),
    "a setting added": (settings_sheet, "ROWS", one_more(settings_sheet.ROWS, 17)),
    "settings reordered": (settings_sheet, "ROWS", backwards(settings_sheet.ROWS)),
    "the answers elsewhere": (settings_sheet, "INPUT_BLOCK", "C7:C17"),
    "the earlier answers elsewhere": (settings_sheet, "FILLED_BLOCK", "M2:M12"),
    "other answers written": (settings_sheet, "WRITTEN", settings_sheet.WRITTEN[:1]),
    "the checks elsewhere": (settings_sheet, "SHOWN_BLOCK", "H1:L17"),
    "the drivers elsewhere": (settings_sheet, "DRIVER_BLOCK", "G1:G61"),
    "a list added": (layout_mark, "LISTS", [*list_sheets.LISTS, list_sheets.HELD]),
    "a list's column added": (layout_mark, "LISTS", lists(columns=(*_HELD, text("added", say("note"), 10)))),
    "a list's columns reordered": (layout_mark, "LISTS", lists(columns=_HELD[::-1])),
    "a list's header reworded": (layout_mark, "LISTS", lists(columns=(_REWORDED, *_HELD[1:]))),
    "a list's header row moved": (layout_mark, "LISTS", lists(header=4)),
    "a list with a way back": (layout_mark, "LISTS", lists(leads_back=True)),
    "a longer list": (layout_mark, "LISTS", lists(most=5_001)),
    "the table's columns reordered": (layout_mark, "LIVE_COLUMNS", review_blocks.LIVE_COLUMNS[::-1]),
    "the table called otherwise": (layout_mark, "TABLE", "Rows"),
    "the table elsewhere": (layout_mark, "HEADER_ROW", review_blocks.HEADER_ROW + 1),
    "a choice added": (layout_mark, "CHOICES", one_more(CHOICES, say("note"))),
    "choices reordered": (layout_mark, "CHOICES", backwards(CHOICES)),
    "a language added": (layout_mark, "NAMES", one_more(catalogues.NAMES, "Deutsch")),
    "another format": (layout_mark, "CONTROL_FORMAT", layout_mark.CONTROL_FORMAT + 1),
}


@pytest.mark.parametrize(("module", "name", "value"), CHANGES.values(), ids=CHANGES)
def test_whatever_is_found_by_place_changes_the_mark(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object
) -> None:
    """In every language."""
    monkeypatch.setattr(module, name, value)
    assert [each.code for each in languages() if layout_mark.layout_mark(each) == MARKED[each.code]] == []


FOUND_BY_WORD = {
    *(words for words in layout_mark.SHEETS if isinstance(words, Text)),
    control_sheet.DEFAULT,
    control_sheet.SAMPLE,
    *CHOICES.values(),
    *(column.header for sheet in list_sheets.LISTS for column in sheet.columns),
    *(column.header for column in review_blocks.LIVE_COLUMNS),
    *settings_sheet.VERDICTS.values(),
    *(look.word for look in LOOKS.values()),
    *ANSWERS.values(),
}


@pytest.mark.parametrize("words", sorted({each.sentences[0].id for each in FOUND_BY_WORD}))
@pytest.mark.parametrize("code", catalogues.NAMES)
def test_a_rewording_changes_the_mark_of_its_language(words: str, code: str) -> None:
    """One word is enough."""
    today = language(code)
    later = replace(today, template=lambda each: f"{today.template(each)}!" if each == words else today.template(each))
    assert layout_mark.layout_mark(later) != MARKED[code]


def test_other_sentences_may_be_reworded() -> None:
    """They are never looked for in a workbook."""
    today = ENGLISH.template
    later = replace(ENGLISH, template=lambda each: today(each) + "!" * each.startswith(("excel-", "review-")))
    assert layout_mark.layout_mark(later) == MARKED["en"]


@pytest.mark.filterwarnings("ignore:Print area cannot be set")
def test_what_was_decided_in_it_can_still_be_pushed_from_its_file(
    bench: Bench, built: Path, practice: Practice, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the sentence says: Tieout is updated between Run Sync and the push, and every word with it."""
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    kept = next(row["Key"] for row in bench.rows() if row["Approve"] == "Yes")
    bench.set(kept, "Approve", "No")
    approved = sum(1 for row in bench.rows() if row["Approve"] == "Yes")
    monkeypatch.setattr(catalogues, "language", reworded)
    with pytest.raises(Refused):
        LiveBook(bench.book)
    saved = load_workbook(built, keep_vba=True)
    for (row, column), value in bench.book.sheets["Reconciliation"].impl.content.values.items():
        saved["Reconciliation"].cell(row, column, value)
    saved.save(terminal.folder / "Tieout.xlsm")
    answer = terminal.at(practice, "push", str(terminal.folder / "Tieout.xlsm"), "--yes")
    assert (answer.status, f"posted: {approved}" in answer.out) == (0, True), answer.words
