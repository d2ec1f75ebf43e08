"""What somebody typed below a list or the table, beside them or between the facts above them is never written over."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from addin.live.live_book import LiveBook
from addin.live.typed_cells import is_typed, typed_in
from sync.core.prove.review import Review
from sync.core.prove.workpapers import Audit
from sync.core.values.messages import Text
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from tests.addin.bench import Bench
from tests.addin.test_buttons import in_manage, ready
from workbook.control import list_sheets
from workbook.control.list_sheets import HELD, LISTS, PROOF, RUNS, CellRows, ListSheet
from workbook.control.panel import FIGURE_CELLS, FIGURES, Input
from workbook.control.review_blocks import HEAD, LIVE_COLUMNS
from workbook.review.columns import SHEET
from workbook.xlsx.cells import letters

RECONCILIATION = SHEET.said(ENGLISH)


def filled(bench: Bench, each: ListSheet) -> int:
    """How many rows of a list are Tieout's."""
    return int(bench.book.sheets[FIGURES].range(FIGURE_CELLS[each.filled]).raw_value)


def put(bench: Bench, sheet: str, cell: str, words: object) -> None:
    """Type into a cell."""
    bench.book.sheets[sheet].range(cell).raw_value = words


def stands(bench: Bench, sheet: str, cell: str) -> object:
    """What a cell holds."""
    return bench.book.sheets[sheet].range(cell).raw_value


def in_the_way(sheet: str, cells: str) -> str:
    """The beginning of what is said then."""
    return f"Cells {cells} of the sheet {sheet} hold what somebody typed"


@pytest.mark.parametrize("each", LISTS, ids=lambda each: each.name.said(ENGLISH))
def test_what_is_typed_below_a_list_stops_a_sync_and_stays(month: Bench, each: ListSheet) -> None:
    """Its cells are named; once it is moved beside the list the sync goes on, and never touches it there."""
    sheet, row = each.name.said(ENGLISH), each.header + 2 + filled(month, each)
    put(month, sheet, f"B{row}", "my total")
    put(month, sheet, f"C{row + 2}", "and a note")
    shown = [month.sheet(one.name.said(ENGLISH), one.address(60)) for one in LISTS]
    month.press("Run Sync")
    assert month.status.startswith(in_the_way(sheet, f"B{row}:C{row + 2}"))
    assert [month.sheet(one.name.said(ENGLISH), one.address(60)) for one in LISTS] == shown
    beside = [f"{letters(len(each.columns) + 1)}{number}" for number in (1, each.header + 2, row, row + 2)]
    for cell in beside:
        put(month, sheet, cell, "my total")
    for cell in (f"B{row}", f"C{row + 2}"):
        put(month, sheet, cell, None)
    month.press("Run Sync")
    assert "invoices were read" in month.status
    assert {stands(month, sheet, cell) for cell in beside} == {"my total"}


def test_what_is_typed_below_a_list_stops_a_push_before_it_writes(month: Bench, practice: Practice) -> None:
    """And an undo; an export needs only the sheet of runs."""
    row = ready(month)
    cell = f"A{HELD.header + 2 + filled(month, HELD)}"
    put(month, "Held Items", cell, "ask Zoé")
    for caption in ("Push to Manage", "Undo Push"):
        month.press(caption)
        assert month.status.startswith(in_the_way("Held Items", cell))
    assert in_manage(practice, row["Invoice"])["payments"] == 0
    month.press("Export Audit")
    assert "hold what somebody typed" not in month.status
    assert stands(month, "Held Items", cell) == "ask Zoé"


def test_what_is_typed_while_a_push_writes_stays_and_the_push_is_said_first(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel can be used meanwhile: money was written, and one sheet is behind."""
    announce, held = LiveBook.announce, list_sheets.held_block
    cell = f"A{HELD.header + 2 + filled(month, HELD)}"

    def told(self: LiveBook, what: Sequence[Text]) -> None:
        announce(self, what)
        put(month, "Held Items", cell, "ask Zoé")

    def longer(found: Audit) -> CellRows:
        rows = held(found)
        return [*rows, *rows, *rows]

    monkeypatch.setattr(LiveBook, "announce", told)
    monkeypatch.setattr(list_sheets, "held_block", longer)
    month.press("Push to Manage")
    first, second = month.status.split("\n")
    assert first.startswith("Pushed: ")
    assert second.startswith(f"The sheets could not be brought up to date. {in_the_way('Held Items', cell)}")
    assert stands(month, "Held Items", cell) == "ask Zoé"


def test_a_list_that_becomes_shorter_leaves_its_rows_to_others(month: Bench) -> None:
    """What it no longer fills is empty, and whoever types there afterwards is asked to move it."""
    book = LiveBook(month.book)
    one: CellRows = [["run", *[None] * (len(RUNS.columns) - 1)]]
    book.listed(RUNS, one * 30)
    book.listed(RUNS, one * 3)
    assert [row[0] for row in month.sheet("Runs", RUNS.address(31))] == ["run"] * 3 + [None] * 28
    put(month, "Runs", f"A{RUNS.header + 2 + 3}", "mine")
    book.listed(RUNS, one * 2)
    assert stands(month, "Runs", f"A{RUNS.header + 2 + 3}") == "mine"


def test_a_list_that_was_cut_short_is_tieout_s_all_the_same(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel fails while it is written: the next sync does not take its rows for somebody's."""

    def closed(*_: object) -> None:
        raise RuntimeError("closed")

    book = LiveBook(month.book)
    with monkeypatch.context() as patch:
        patch.setattr("tests.excel.strict_cells.Cells.set_format", closed)
        with pytest.raises(RuntimeError):
            book.listed(RUNS, [["run", *[None] * (len(RUNS.columns) - 1)]] * 30)
    put(month, "Runs", f"A{RUNS.header + 2 + 20}", "of a list that was cut short")
    month.press("Run Sync")
    assert "invoices were read" in month.status


def test_what_is_typed_below_the_table_stops_a_longer_one_and_stays(
    month: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a cell of the review is changed; a table that does not reach it is shown."""
    before, show = month.rows(), LiveBook.review
    whole = month.book.sheets[RECONCILIATION].tables["Review"].range
    cell = f"C{whole.row + whole.shape[0] + 3}"
    put(month, RECONCILIATION, cell, "my total")
    month.press("Run Sync")
    assert ("invoices were read" in month.status, stands(month, RECONCILIATION, cell)) == (True, "my total")

    def many(self: LiveBook, found: Review) -> None:
        rows = [replace(found.rows[n % len(found.rows)], key=str(n)) for n in range(2 * len(found.rows))]
        show(self, replace(found, rows=rows))

    monkeypatch.setattr(LiveBook, "review", many)
    month.press("Run Sync")
    assert month.status.startswith(in_the_way(RECONCILIATION, cell))
    assert ([row["Key"] for row in month.rows()], stands(month, RECONCILIATION, cell)) == (
        [row["Key"] for row in before],
        "my total",
    )


def test_a_row_that_somebody_added_to_the_table_stops_a_sync_and_stays(month: Bench, practice: Practice) -> None:
    """As Excel adds one when somebody types just below it, a total perhaps; a push leaves it alone."""
    sheet = month.book.sheets[RECONCILIATION]
    table = sheet.tables["Review"]
    below = table.range.row + table.range.shape[0]
    table.resize(table.range.resize(table.range.shape[0] + 1))
    put(month, RECONCILIATION, f"C{below}", "my total")
    put(month, RECONCILIATION, f"L{below}", "checked")
    keys = [row["Key"] for row in month.rows()]
    month.press("Run Sync")
    assert month.status.startswith(in_the_way(RECONCILIATION, f"A{below}:{letters(len(LIVE_COLUMNS) - 1)}{below}"))
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")
    found = [stands(month, RECONCILIATION, f"{column}{below}") for column in "CL"]
    assert ([row["Key"] for row in month.rows()], found) == (keys, ["my total", "checked"])
    assert practice.url


def test_what_is_typed_between_the_facts_above_the_table_stays(month: Bench) -> None:
    """Through a sync and a push; each of Tieout's own cells there is written."""
    ours = {(row, column) for span in HEAD for row in span.rows for column in span.columns}
    others = [(row, column) for row in range(3) for column in range(len(LIVE_COLUMNS) + 2) if (row, column) not in ours]
    for row, column in others:
        put(month, RECONCILIATION, f"{letters(column)}{row + 1}", "mine")
    for caption in ("Run Sync", "Push to Manage"):
        month.press(caption)
        cells = {stands(month, RECONCILIATION, f"{letters(column)}{row + 1}") for row, column in others}
        assert (caption, cells) == (caption, {"mine"})
    assert (month.status[:8], len(others)) == ("Pushed: ", 3 * (len(LIVE_COLUMNS) + 2) - len(ours))


def test_nothing_to_see_is_nothing_typed() -> None:
    """Spaces are; a zero, a false and an error are not."""
    assert [is_typed(value) for value in (None, "", " \u00a0", 0.0, False, "0", -2146826281)] == [False] * 3 + [
        True
    ] * 4
    assert typed_in([[None, ""], [" ", None]]) is None
    found = typed_in([[None, None, None], [None, None, 1.0], [None, "x", None]])
    assert found is not None
    assert (found.address(5, 1), found.address(1, 27)) == ("B6:C7", "AB2:AC3")
    alone = typed_in([[None, "x"]])
    assert alone is not None
    assert alone.address(3, 1) == "B3"


def test_a_confirmed_push_needs_no_room_where_nothing_grows(month: Bench) -> None:
    """The proof is as long as before: what stands far to the right of it is nobody's concern."""
    put(month, "Proof", f"{letters(len(PROOF.columns))}7", "mine")
    month.choose(Input.CONFIRM, 1.0)
    month.press("Push to Manage")
    assert (month.status[:8], stands(month, "Proof", f"{letters(len(PROOF.columns))}7")) == ("Pushed: ", "mine")
