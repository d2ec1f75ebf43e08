"""Whatever is filtered or hidden, a task writes every cell where it belongs, and the filters stand as they stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from addin import tasks
from addin.live.companion import Way
from sync.language.catalogues import ENGLISH
from tests.addin.bench import Bench
from tests.excel.desktop import Refused
from tests.excel.grid import Area
from tests.excel.strict_filters import OR, VALUES, Criteria
from tests.excel.strict_tables import Table
from workbook.control.list_sheets import APPLICATIONS, HELD, PROOF, RUNS
from workbook.control.panel import Input
from workbook.control.review_blocks import LIVE_COLUMNS
from workbook.review.columns import PLACE, SHEET, ColumnId

COLOUR, FIRST_TEN = 8, 3
"""Of Excel's ways to filter, two that it does not tell."""
STATUS = PLACE[ColumnId.STATUS] + 1
ASKED: dict[str, dict[int, tuple[Any, int, Any]]] = {
    SHEET.said(ENGLISH): {STATUS: ("=Reopened", OR, "=Voided"), PLACE[ColumnId.CHANGE] + 1: ("<>0", 0, None)},
    HELD.name.said(ENGLISH): {1: (("=2*", "=nothing"), VALUES, None)},
    APPLICATIONS.name.said(ENGLISH): {1: ("=no such invoice", 0, None)},
    RUNS.name.said(ENGLISH): {1: ("=no such run", 0, None)},
}
"""A filter for each sheet that has one, by its columns."""
FILTERED = list(ASKED)


def native(bench: Bench, sheet: str) -> Criteria:
    """The only filter of a sheet: its table's, or its own."""
    impl = bench.book.sheets[sheet].impl
    found: Criteria = impl.listed[0].filter if impl.listed else impl.filter
    return found


def ask(bench: Bench) -> None:
    """Filter every sheet."""
    for sheet, columns in ASKED.items():
        for place, criteria in columns.items():
            native(bench, sheet).ask(place, *criteria)


def asked(bench: Bench) -> dict[str, dict[int, tuple[Any, ...]]]:
    """What every sheet is filtered by."""
    return {
        sheet: {
            place: (*(first if joined == VALUES else [first]), joined, second)
            for place, (first, joined, second) in sorted(native(bench, sheet).asked.items())
        }
        for sheet in FILTERED
    }


def missed(bench: Bench) -> dict[str, list[Area]]:
    """The blocks that Excel would have written wrongly, by sheet."""
    return {each.name: each.impl.content.missed for each in bench.book.sheets if each.impl.content.missed}


def beside(bench: Bench) -> Callable[[str], None]:
    """Press a button as the companion does."""
    names = {"Run Sync": "sync", "Push to Manage": "push", "Undo Push": "undo", "Export Audit": "export"}

    def press(caption: str) -> None:
        tasks.press(names[caption], bench.book, ENGLISH, Way.COMPANION, lambda: None)

    return press


@pytest.mark.parametrize("way", [Way.RUN_PYTHON, Way.COMPANION])
def test_a_day_s_work_under_filters(month: Bench, way: Way) -> None:
    """Sync, export, push, undo: no block meets a hidden row, every criterion is put back, and rows hide by it."""
    press = month.press if way is Way.RUN_PYTHON else beside(month)
    month.press("Run Sync")
    keys, held = [row["Key"] for row in month.rows()], month.sheet(HELD.name.said(ENGLISH), HELD.address(40))
    ask(month)
    before = asked(month)
    for caption in ("Run Sync", "Export Audit", "Push to Manage"):
        press(caption)
        assert (caption, missed(month), asked(month)) == (caption, {}, before)
        assert all(native(month, sheet).hides for sheet in FILTERED)
    assert month.status.startswith("Approved rows that are hidden by a filter or by hand")
    assert [row["Key"] for row in month.rows()] == keys
    assert month.sheet(HELD.name.said(ENGLISH), HELD.address(40)) == held
    table = native(month, SHEET.said(ENGLISH))
    table.clear()
    table.ask(PLACE[ColumnId.APPROVE] + 1, "=Yes")
    count = sum(row["Approve"] == "Yes" for row in month.rows())
    press("Push to Manage")
    assert month.status.startswith(f"Pushed: {count} posted.")
    month.choose(Input.CONFIRM, float(count))
    press("Undo Push")
    outcomes = {
        approve: {row["Outcome"] for row in month.rows() if row["Approve"] == approve} for approve in ("Yes", "No")
    }
    assert ([len(each) for each in outcomes.values()], outcomes["No"]) == ([1, 1], {None})
    assert (missed(month), table.asked) == ({}, {PLACE[ColumnId.APPROVE] + 1: ("=Yes", 0, None)})


def test_what_excel_does_not_tell_of_a_filter_is_said(month: Bench) -> None:
    """Colours, the first ten, days in groups and an advanced filter: every row is written, and the person told."""
    for sheet, criteria in {SHEET.said(ENGLISH): (255, COLOUR), HELD.name.said(ENGLISH): (">=5", FIRST_TEN)}.items():
        native(month, sheet).ask(2, *criteria)
    native(month, APPLICATIONS.name.said(ENGLISH)).ask(2, [45_000.0], VALUES)
    month.book.sheets[PROOF.name.said(ENGLISH)].impl.content.advanced = {6, 7}
    month.press("Run Sync")
    said = [f"The filter of column B on the sheet {sheet} could not be put back." for sheet in FILTERED[:3]]
    assert [
        each for each in (*said, "The advanced filter of the sheet Proof was taken away") if each not in month.status
    ] == []
    assert "invoices were read" in month.status
    assert (missed(month), [native(month, sheet).asked for sheet in FILTERED]) == ({}, [{}, {}, {}, {}])


@pytest.mark.parametrize("name", ["Operator", "Criteria2"])
def test_half_a_filter_that_could_be_read_is_not_put_back_for_the_whole(
    month: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Excel answers with an error: rows would be shown, or hidden, that the person did not ask for."""

    def broken(_: object) -> None:
        raise Refused(f"{name} of the Filter class")

    native(month, SHEET.said(ENGLISH)).ask(STATUS, "=Reopened", OR, "=Voided")
    monkeypatch.setattr(f"tests.excel.strict_filters.Filter.{name}", property(broken))
    month.press("Run Sync")
    assert native(month, SHEET.said(ENGLISH)).asked == {}
    assert "could not be put back" in month.status


def test_a_filter_that_cannot_be_put_back_is_said_and_the_task_is_done(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written counts."""
    ask(month)

    def broken(*_: object) -> None:
        raise Refused("AutoFilter method of Range class failed")

    monkeypatch.setattr("tests.excel.strict_filters.FilteredCells.AutoFilter", broken)
    month.press("Run Sync")
    assert "invoices were read" in month.status.split("\n")[0]
    lost = month.status.count("could not be put back")
    assert (lost, missed(month)) == (sum(map(len, ASKED.values())), {})


def test_a_filter_stands_where_the_write_failed(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rows are those of before."""
    ask(month)
    before, rows = asked(month), month.rows()

    def broken(*_: object) -> None:
        raise RuntimeError("no head")

    monkeypatch.setattr("addin.live.live_book.head_blocks", broken)
    month.press("Run Sync")
    assert (asked(month), month.rows(), missed(month)) == (before, rows, {})


def test_rows_that_were_hidden_by_hand_are_shown(month: Bench) -> None:
    """Another row may stand there now, and one that says Yes would stop the push."""
    for sheet in (SHEET, HELD.name, PROOF.name, RUNS.name):
        month.book.sheets[sheet.said(ENGLISH)].range("A2:A6").rows.hidden = True
    month.press("Run Sync")
    assert missed(month) == {}
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")


def test_a_list_that_somebody_made_a_table_is_written_under_its_filter(month: Bench) -> None:
    """Its filter is the table's then, and not the sheet's."""
    sheet = month.book.sheets[HELD.name.said(ENGLISH)].impl
    sheet.filter = None
    sheet.listed.append(Table(sheet, "Table1", Area(HELD.header + 1, 1, 20, len(HELD.columns))))
    native(month, sheet.name).ask(1, "=no such invoice")
    month.press("Run Sync")
    assert (missed(month), native(month, sheet.name).asked) == ({}, {1: ("=no such invoice", 0, None)})


def test_the_calls_for_filters_grow_with_columns_and_not_with_rows(month: Bench) -> None:
    """Whether one row is hidden or all are; a table without buttons costs none of them."""
    table = month.book.sheets[SHEET.said(ENGLISH)].tables["Review"]
    counted = []
    for criterion in ("<>Ready", "=no such status"):
        native(month, SHEET.said(ENGLISH)).ask(STATUS, criterion)
        month.engine.calls.clear()
        month.press("Run Sync")
        counted.append(sum(month.engine.calls.values()))
    table.show_autofilter = False
    month.engine.calls.clear()
    month.press("Run Sync")
    assert (counted[0] == counted[1], counted[0] > sum(month.engine.calls.values()) + len(LIVE_COLUMNS)) == (True, True)
    assert [name for name in month.engine.calls if name.startswith(("Filter", "AutoFilter.Range"))] == []
