"""What decides at the button is what the reviewer sees, as in a file; and what is about to be written is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from addin.live.excel import BAR
from addin.live.live_book import LiveBook
from sync.core.values.messages import Text
from sync.language.catalogues import ENGLISH
from sync.practice.world import Practice
from tests.addin.bench import Bench
from tests.addin.test_buttons import in_manage, ready
from workbook.control.panel import Input
from workbook.review.columns import BY_ID
from workbook.review.seen import SEEN


def _places(bench: Bench, header: str) -> tuple[Any, int]:
    """The table's range, and the place of a column in it, by its English header."""
    whole = bench.book.sheets["Reconciliation"].tables["Review"].range
    return whole, list(whole.raw_value[0]).index(header)


def test_a_column_that_cannot_be_read_stops_the_button(month: Bench) -> None:
    """Hidden, or of no width: as in a file."""
    for header in (BY_ID[column].header.said(ENGLISH) for column in SEEN):
        whole, place = _places(month, header)
        for look, value in (("hidden", True), ("column_width", 0.2)):
            cells = whole[0, place].columns if look == "hidden" else whole[0, place]
            before = getattr(cells, look)
            setattr(cells, look, value)
            month.press("Push to Manage")
            assert f"hidden or too narrow to read ({header})" in month.status
            setattr(cells, look, before)
    assert {row["Outcome"] for row in month.rows()} == {None}


def test_a_hidden_sheet_stops_the_button(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel says 2 of one that only a macro can show."""
    for state in (0, 2):
        monkeypatch.setattr(type(month.book.sheets["Reconciliation"].impl), "visible", state)
        month.press("Push to Manage")
        assert "its reconciliation sheet is hidden, or there are several (Reconciliation)" in month.status


def test_sheets_that_look_alike_stop_the_button(month: Bench) -> None:
    """As in a file; and an export, which decides nothing, goes on."""
    other = month.book.sheets.add("Reconciliation (2)")
    for name in ("Reconciliation (2)", "Rec\u043enciliation", "Rapprochement"):
        other.name = name
        month.press("Push to Manage")
        assert "or there are several (" in month.status
        assert name in month.status
    month.press("Export Audit")
    assert "several" not in month.status


def test_a_header_beside_the_table_that_looks_like_one_of_its_own_stops_the_button(month: Bench) -> None:
    """As in a file, where the whole row is read."""
    whole, _ = _places(month, "Approve")
    month.book.sheets["Reconciliation"].range((whole.row, whole.column + whole.shape[1] + 2)).raw_value = "APPROVE"
    month.press("Push to Manage")
    assert "more than one column named Approve" in month.status


def test_a_hidden_row_of_headers_stops_the_button(month: Bench) -> None:
    """As in a file."""
    whole, _ = _places(month, "Approve")
    whole[0, 0].rows.hidden = True
    month.press("Push to Manage")
    assert "the row with the table's headers is hidden" in month.status


def test_approved_rows_that_are_hidden_stop_the_button_whatever_is_typed(month: Bench) -> None:
    """As in a file: show them, or say No. Rows that say No may be hidden."""
    whole, _ = _places(month, "Approve")
    number = next(n for n, row in enumerate(month.rows(), start=1) if row["Approve"] == "Yes")
    approved = sum(1 for row in month.rows() if row["Approve"] == "Yes")
    whole.rows[number].rows.hidden = True
    month.choose(Input.CONFIRM, float(approved))
    month.press("Push to Manage")
    assert month.status.startswith("Approved rows that are hidden by a filter or by hand: 1. Nothing was written.")
    assert {row["Outcome"] for row in month.rows()} == {None}
    month.set(month.rows()[number - 1]["Key"], "Approve", "No")
    month.press("Push to Manage")
    assert month.status.startswith("Pushed: ")


def test_a_decision_in_disguise_stops_the_button(month: Bench) -> None:
    """As in a file: a Yes that looks like No, and an amount in thousands."""
    number = next(n for n, row in enumerate(month.rows(), start=1) if row["Approve"] == "Yes")
    for header, code in (("Approve", '"No";"No";"No";"No"'), ("Paid proposed", "0,")):
        whole, place = _places(month, header)
        cell = whole[number, place]
        before = cell.number_format
        cell.number_format = code
        month.press("Push to Manage")
        said = f"in row {whole.row + number} the format of the column {header} hides or changes what the cell holds"
        assert said in month.status
        cell.number_format = before
    assert {row["Outcome"] for row in month.rows()} == {None}


def test_looking_takes_as_many_calls_whatever_is_hidden(month: Bench) -> None:
    """One copy, whether a filter hides one approved row or all of them."""
    whole, _ = _places(month, "Approve")
    approved = [n for n, row in enumerate(month.rows(), start=1) if row["Approve"] == "Yes"]
    made = []
    for some in (approved[:1], approved[1:]):
        for number in some:
            whole.rows[number].rows.hidden = True
        month.engine.trips.made.clear()
        month.press("Push to Manage")
        assert "Approved rows that are hidden" in month.status
        made.append(dict(month.engine.trips.made))
    assert made[0] == made[1]
    assert made[0]["Book.api.SaveCopyAs"] == 1


def test_a_workbook_that_cannot_be_copied_stops_the_button(month: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be looked at is not written."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tests.excel.strict_app.save_copy", full)
    month.press("Push to Manage")
    assert month.status.startswith("Excel could not save a copy of Tieout.xlsm")
    assert {row["Outcome"] for row in month.rows()} == {None}


def test_what_is_about_to_be_written_is_said_before_the_first_write(
    month: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the status cell and in the status bar: rows, amounts by currency, the largest; nothing is in Manage yet."""
    said: list[tuple[str, object, Any]] = []
    announce, row = LiveBook.announce, ready(month)

    def told(self: LiveBook, what: Sequence[Text]) -> None:
        announce(self, what)
        said.append((month.status, month.book.app.status_bar, in_manage(practice, row["Invoice"])["payments"]))

    monkeypatch.setattr(LiveBook, "announce", told)
    month.press("Push to Manage")
    (asked, _, _), (status, bar, paid) = said
    assert asked.endswith(status)
    assert asked.startswith("Push these rows (")
    assert re.match(r"About to be written to Manage: \d+ row\(s\), changing Paid Amount by .*CAD", status)
    assert "\nThe largest: invoice " in status
    assert (len(str(bar)) <= BAR, status.replace("\n", " ").startswith(str(bar).removesuffix("…"))) == (True, True)
    assert paid == 0
