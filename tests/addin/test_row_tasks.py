"""What the ribbon does with rows: approve and hold what is shown, hold until a day, undo a selection, go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from addin.live.dialogue import YES
from sync.core.values.messages import say
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from sync.wiring import open_ledger_read_only
from tests.addin.bench import TODAY, Bench
from tests.addin.test_companion import Beside
from tests.excel.strict_app import App
from workbook.control.panel import Figure
from workbook.xlsx.cells import day_number

NO_ROW = say("excel-no-row-selected", sheet=say("reconciliation")).said(ENGLISH)


@pytest.fixture(params=["RunPython", "companion"])
def press(request: pytest.FixtureRequest, month: Bench) -> Callable[[str], None]:
    """Both ways in which a command is given."""
    return month.press if request.param == "RunPython" else Beside(month).press


def places(bench: Bench, answer: str) -> list[int]:
    """Where the rows of the table stand that say it, from 0."""
    return [place for place, row in enumerate(bench.rows()) if row["Approve"] == answer]


def able(row: dict[str, Any]) -> bool:
    """Whether a row can be approved at all, as its Change tells."""
    return row["Change"] is not None


def rest(row: dict[str, Any]) -> dict[str, Any]:
    """All but the answer."""
    return {head: value for head, value in row.items() if head != "Approve"}


def test_what_is_shown_is_held_and_approved(month: Bench, press: Callable[[str], None]) -> None:
    """Rows that are hidden keep their answers, those that cannot be approved are counted."""
    before, hidden = month.rows(), places(month, "Yes")[:2]
    month.hide(*hidden)
    shown = [row for place, row in enumerate(before) if place not in hidden]
    can = [row["Key"] for row in shown if able(row)]
    month.engine.calls.clear()
    press("Hold Shown")
    left = len(shown) - len(can)
    assert left > 0
    assert month.status == (
        f"{len(can)} row(s) say No now. {left} row(s) that cannot be approved, or are posted, were left as they are."
    )
    after = month.rows()
    assert [place for place, row in enumerate(after) if row["Approve"] == "Yes"] == hidden
    assert list(map(rest, before)) == list(map(rest, after))
    press("Approve Shown")
    assert month.status.startswith(f"{len(can)} row(s) say Yes now.")
    assert {row["Key"] for row in month.rows() if row["Approve"] == "Yes"} == {
        *can,
        *(before[n]["Key"] for n in hidden),
    }


def test_rows_that_are_posted_keep_their_answer(month: Bench) -> None:
    """A No would hold the invoice's next receipt, which nobody has seen."""
    first, *others = places(month, "Yes")
    month.set(month.rows()[first]["Key"], "Approve", "No")
    month.engine.answers["Ask"] = lambda _: YES
    month.press("Push to Manage")
    month.press("Hold Shown")
    assert places(month, "Yes") == others
    month.press("Approve Shown")
    assert month.rows()[first]["Approve"] == "Yes"


def test_of_several_selected_rows_only_those_are_answered(month: Bench, press: Callable[[str], None]) -> None:
    """A selection of one is where somebody happens to be."""
    first, second, third, *others = places(month, "Yes")
    month.select(first, second, third)
    month.hide(second)
    press("Hold Shown")
    assert places(month, "Yes") == [second, *others]
    month.select(second)
    press("Hold Shown")
    assert places(month, "Yes") == [second]


def test_of_several_selected_rows_the_hidden_ones_widen_nothing(month: Bench, press: Callable[[str], None]) -> None:
    """One of two that are selected is shown, or none: no other row is meant for it."""
    first, second, *others = places(month, "Yes")
    month.select(first, second)
    month.hide(second)
    press("Hold Shown")
    assert places(month, "Yes") == [second, *others]
    month.hide(first)
    press("Hold Shown")
    assert month.status == say("excel-no-row-to-approve", sheet=say("reconciliation")).said(ENGLISH)
    assert places(month, "Yes") == [second, *others]


def test_a_busy_excel_is_not_taken_for_one_where_nothing_is_selected(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As xlwings does for a moment: all rows would be answered in place of those that are selected."""
    first, second, *others = places(month, "Yes")
    month.select(first, second)
    answers = iter([None])
    monkeypatch.setattr(App, "selection", property(lambda app: next(answers, app.engine.selected)))
    month.press("Hold Shown")
    assert places(month, "Yes") == others


def test_a_formula_in_another_row_is_not_turned_into_its_value(month: Bench) -> None:
    """It is named, and nothing is written."""
    first, second, third, *_ = places(month, "Yes")
    body = month.book.sheets["Reconciliation"].tables["Review"].data_body_range
    assert body is not None
    body[first, 0].number_format = "General"
    body[first, 0].formula = '="Yes"'
    month.select(second, third)
    month.press("Hold Shown")
    row = body.row + first
    assert month.status.startswith(f"Row {row} of the sheet holds no plain answer in Approve")
    assert [month.rows()[place]["Approve"] for place in (second, third)] == ["Yes", "Yes"]


def test_words_for_a_day_in_another_row_leave_the_answers_as_they_are(month: Bench) -> None:
    """Of a hold, which is a No and a day, both are written or neither."""
    first, second, third, *_ = places(month, "Yes")
    month.set(month.rows()[third]["Key"], "Hold until", "next week")
    before = month.rows()
    month.select(first, second)
    month.engine.answers["AskDay"] = lambda _: float(day_number(date(2026, 5, 1)))
    month.press("Hold Until")
    assert "holds no plain answer in Hold until" in month.status
    assert before == month.rows()


def test_selected_rows_are_held_until_a_day(month: Bench, press: Callable[[str], None], practice: Practice) -> None:
    """Excel asks for it; both cells are filled, and a sync keeps them as a hold."""
    chosen = places(month, "Yes")[:2]
    keys = [month.rows()[place]["Key"] for place in chosen]
    month.select(*chosen)
    month.engine.answers["AskDay"] = lambda _: float(day_number(date(2026, 5, 1)))
    before = month.rows()
    press("Hold Until")
    assert month.status == "2 row(s) say No now and are held until 2026-05-01."
    found = [(row["Approve"], row["Hold until"]) for row in map(month.row, keys)]
    assert found == [("No", datetime(2026, 5, 1))] * 2  # noqa: DTZ001 - a cell has no time zone
    assert [row for row in before if row["Key"] not in keys] == [row for row in month.rows() if row["Key"] not in keys]
    press("Run Sync")
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        (newest, *_) = ledger.history()
        assert {ledger.holds(newest.run.company)[key].until for key in keys} == {date(2026, 5, 1)}


def test_a_day_that_is_none_changes_nothing(month: Bench) -> None:
    """Cancelled, in the past or today; and without a dialogue the first selected row's own cell is taken."""
    place = places(month, "Yes")[0]
    key = month.rows()[place]["Key"]
    month.select(place)
    past = say("excel-hold-until-past", until=TODAY, day=TODAY).said(ENGLISH)
    none = say("excel-hold-until-no-day").said(ENGLISH)
    answers: tuple[tuple[object, str], ...] = ((False, none), (float(day_number(TODAY)), past), (None, none))
    for answer, words in answers:
        month.engine.answers["AskDay"] = lambda _, answer=answer: answer
        month.press("Hold Until")
        assert (month.status, month.row(key)["Approve"]) == (words, "Yes")
    month.set(key, "Hold until", float(day_number(date(2026, 5, 1))))
    month.press("Hold Until")
    assert month.row(key)["Approve"] == "No"


def test_rows_are_taken_back_by_selecting_them(month: Bench, press: Callable[[str], None]) -> None:
    """In any shape of selection, without those that are hidden; the rest stays as it was pushed."""
    first, second, third, *_ = places(month, "Yes")
    keys = [month.rows()[place]["Key"] for place in (first, second, third)]
    month.engine.answers["Ask"] = lambda _: YES
    press("Push to Manage")
    month.select(first, second, third)
    month.hide(second)
    press("Undo Selected Rows")
    assert month.status.startswith("Taken back: 2.")
    outcomes = [month.row(key)["Outcome"].partition(":")[0] for key in keys]
    assert outcomes == ["taken back", "posted", "taken back"]


def test_rows_that_the_run_did_not_write_are_left_where_others_are_taken_back(month: Bench) -> None:
    """And named where there are no others."""
    wrote, waits = places(month, "Yes")[0], places(month, "No")[0]
    month.engine.answers["Ask"] = lambda _: YES
    month.press("Push to Manage")
    month.select(wrote, waits)
    month.press("Undo Selected Rows")
    assert month.status.startswith("Taken back: 1.")
    month.select(waits)
    month.press("Undo Selected Rows")
    assert month.status == say("excel-nothing-of-selection-written").said(ENGLISH)


def test_a_selection_elsewhere_is_told(month: Bench) -> None:
    """Another sheet, beside or below the table, or no cells at all."""
    sheet = month.book.sheets["Reconciliation"]
    for cells in (None, month.book.sheets["Proof"].range("A5"), sheet.range("AZ20:BA30"), sheet.range("B5000:C5001")):
        month.engine.selected = cells.impl if cells else None
        for caption in ("Undo Selected Rows", "Hold Until"):
            month.press(caption)
            assert month.status == NO_ROW


def test_the_keyboard_goes_through_what_waits_for_a_person(month: Bench, press: Callable[[str], None]) -> None:
    """They stand first; after the last comes the first again, and what is hidden is passed over."""
    count = int(month.shown(Figure.HELD_COUNT))
    rows, first = month.rows(), month.book.sheets["Reconciliation"].tables["Review"].range.row + 1
    month.hide(1)
    seen = []
    for caption in ("Next Exception", "Next Exception", "Previous Exception", "Previous Exception"):
        press(caption)
        seen.append((month.status.split(" that wait")[0], month.engine.selected.row - first))
    assert seen == [
        (f"{number + 1} of {count}", place) for number, place in ((0, 0), (2, 2), (0, 0), (count - 1, count - 1))
    ]
    assert f"invoice {rows[count - 1]['Invoice']}, " in month.status


def test_a_row_that_differs_after_a_push_waits_again(month: Bench) -> None:
    """And one that a person has decided does not."""
    wrong = places(month, "Yes")[3]
    key = month.rows()[wrong]["Key"]
    month.set(key, "Paid proposed", 1.0)
    month.press("Push to Manage")
    assert month.row(key)["Outcome"].startswith("refused: ")
    first = month.book.sheets["Reconciliation"].tables["Review"].range.row + 1
    month.select(wrong - 1)
    month.press("Next Exception")
    assert month.engine.selected.row - first == wrong
    for place in [place for place, row in enumerate(month.rows()) if place != wrong]:
        month.hide(place)
    month.hide(wrong)
    month.press("Next Exception")
    assert month.status == say("excel-no-exception").said(ENGLISH)
